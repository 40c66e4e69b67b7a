"""Whoever may delete a definition asks first who needs it."""

import pytest

from penstock.bootstrap import web
from penstock.filters import uses as of_criteria
from penstock.records.definitions import uses


def test_a_web_process_asks_lists_and_workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    wired = {
        "PROPERTY_LOOKS": of_criteria.of_properties,
        "TYPE_LOOKS": of_criteria.of_type,
        "PIPELINE_LOOKS": of_criteria.of_pipeline,
    }
    for name in wired:
        monkeypatch.setattr(uses, name, [])
    web.load()
    web.load()
    assert {name: getattr(uses, name) for name in wired} == {
        name: [look] for name, look in wired.items()
    }
