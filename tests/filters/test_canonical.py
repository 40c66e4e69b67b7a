"""Documents in canonical form, and their digests."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.filters.model import canonical, digest
from penstock.kernel.db import dumps
from tests.filters import golden
from tests.filters.documents import documents
from tests.filters.golden import asks, only

CASES = [case for name in golden.names() for case in golden.cases(name)]


def reordered(part: Any) -> Any:
    """The same JSON with the keys of every object the other way round."""
    if isinstance(part, dict):
        return {key: reordered(part[key]) for key in reversed(part)}
    return [reordered(item) for item in part] if isinstance(part, list) else part


def with_noise(part: Any) -> Any:
    """The same JSON with a stray key and a null in every object."""
    if isinstance(part, dict):
        noisy = {key: with_noise(value) for key, value in part.items()}
        return {**noisy, "strayKey": [1, {"x": None}], "strayNull": None}
    return [with_noise(item) for item in part] if isinstance(part, list) else part


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_writing_a_document_differently_changes_nothing(case: golden.Case) -> None:
    once = canonical(case.document)
    assert canonical(once) == once
    assert canonical(json.loads(dumps(once), parse_float=Decimal)) == once
    others = [reordered(case.document)]
    if case.refused is None:  # What cannot be read is kept with all that is in it.
        others.append(with_noise(case.document))
    for other in others:
        assert canonical(other) == once
        assert digest(other) == digest(case.document)


@given(documents())
def test_the_canonical_form_is_stable(document: dict[str, Any]) -> None:
    once = canonical(document)
    stored = json.loads(dumps(once), parse_float=Decimal)
    assert canonical(once) == once
    assert canonical(reordered(stored)) == once
    assert digest(stored) == digest(document)


@given(documents(), documents())
def test_documents_that_mean_different_things_have_different_digests(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


def test_defaults_are_filled_in_and_aliases_resolved() -> None:
    written = only(
        asks("hubspotscore", {"operationType": "number", "operator": "X", "value": "5.0"})
    )
    assert canonical(written) == {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "filters": [
            {
                "filterType": "PROPERTY",
                "property": "hubspotscore",
                "operation": {
                    "operationType": "NUMBER",
                    "operator": "X",
                    "includeObjectsWithNoValueSet": False,
                    "value": 5,
                },
            }
        ],
    }


def test_what_is_not_known_is_kept() -> None:
    unknown = {"filterType": "HOROSCOPE", "sign": "leo", "refineBy": {"b": 1, "a": [None]}}
    broken = asks("city", {"operationType": "STRING", "operator": "CONTAINS"})
    found = canonical(only(unknown, broken))["filters"]
    assert found == [unknown, broken]
    assert digest(only(unknown)) == digest(only(reordered(unknown)))
    assert canonical({"filterBranchType": "XOR", "x": 1}) == {"filterBranchType": "XOR", "x": 1}


words = st.text(alphabet="ab.é\0", max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)
keys = st.sampled_from(["filterBranchType", "filters", "filterBranches"])


@given(st.dictionaries(keys, values))
def test_any_json_at_all_has_a_canonical_form(document: dict[str, Any]) -> None:
    assert canonical(canonical(document)) == canonical(document)
