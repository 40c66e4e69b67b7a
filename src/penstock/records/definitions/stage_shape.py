"""What a stage may say: its label, its metadata, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.definitions.words import check_label, check_text, doubled
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Stage
from penstock.records.schema import TypeSchema

LONGEST_KEY: Final = 100

_MILLIONTH: Final = Decimal("0.000001")


@dataclass(frozen=True)
class StageDraft:
    """A stage to be; without an `id` it gets a new one."""

    label: str
    display_order: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None


def check_stages(
    type: TypeSchema, drafts: Sequence[StageDraft], problems: list[Problem]
) -> list[StageDraft]:
    """The drafts with clean labels and full metadata; adds a problem for each that is wrong."""
    checked = [
        replace(
            draft,
            id=None if draft.id is None else check_label(draft.id, problems, f"stages[{place}].id"),
            label=check_label(draft.label, problems, f"stages[{place}].label"),
            metadata=_metadata(type, draft.metadata, problems, f"stages[{place}].metadata"),
        )
        for place, draft in enumerate(drafts)
    ]
    for label in doubled([draft.label.casefold() for draft in checked]):
        text = Text('there are several stages labelled "{label}"', label=label)
        problems.append(Problem(text, where="stages", code="DUPLICATE_STAGE_LABEL"))
    for id in doubled([draft.id for draft in checked if draft.id is not None]):
        text = Text('there are several stages with the id "{id}"', id=id)
        problems.append(Problem(text, where="stages", code="DUPLICATE_STAGE_ID"))
    return checked


def check_stage(type: TypeSchema, stage: Stage) -> Stage:
    """One stage with a clean label and full metadata. Raises DefinitionInvalid."""
    problems: list[Problem] = []
    checked = replace(
        stage,
        label=check_label(stage.label, problems),
        metadata=_metadata(type, stage.metadata, problems, "metadata"),
    )
    if problems:
        raise DefinitionInvalid(problems=problems)
    return checked


def _metadata(
    type: TypeSchema, given: Mapping[str, str], problems: list[Problem], where: str
) -> dict[str, str]:
    """What a stage of the type says: whether it is closed, its probability, its state."""
    metadata = {
        check_text(key, problems, where, LONGEST_KEY): check_text(value, problems, where)
        for key, value in given.items()
    }
    state = f"{type.name}State"
    closed: str | None = None
    if type.staging is not None and type.staging.probability is not None:
        closed = _closed_by_probability(metadata, problems, where)
    elif type.staging is not None and type.staging.closed is not None:
        metadata.setdefault(state, "CLOSED" if metadata.get("isClosed") == "true" else "OPEN")
    if state in metadata:
        closed = _closed_by_state(metadata[state], problems, f"{where}.{state}")
    if closed is not None:
        metadata.setdefault("isClosed", closed)
    if metadata.get("isClosed", "true") not in {"true", "false"}:
        text = Text('"{value}" is neither true nor false', value=metadata["isClosed"])
        problems.append(Problem(text, where=f"{where}.isClosed", code="INVALID_METADATA"))
    return metadata


def _closed_by_probability(
    metadata: dict[str, str], problems: list[Problem], where: str
) -> str | None:
    given = metadata.get("probability")
    try:
        probability = Decimal(given or "NaN")
        if probability.is_finite() and 0 <= probability <= 1:
            rounded = probability.quantize(_MILLIONTH)
            metadata["probability"] = _written(rounded)
            return "true" if rounded in {0, 1} else "false"
    except InvalidOperation:
        pass
    text = (
        Text('a stage needs a "probability" between 0.0 and 1.0')
        if given is None
        else Text('the probability "{value}" is not between 0.0 and 1.0', value=given)
    )
    problems.append(Problem(text, where=f"{where}.probability", code="INVALID_METADATA"))
    return None


def _written(probability: Decimal) -> str:
    """As HubSpot writes it: "0.2", "1.0"."""
    text = format(probability, "f").rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _closed_by_state(given: str, problems: list[Problem], where: str) -> str | None:
    if given in {"OPEN", "CLOSED"}:
        return "true" if given == "CLOSED" else "false"
    text = Text('the state "{value}" is neither OPEN nor CLOSED', value=given)
    problems.append(Problem(text, where=where, code="INVALID_METADATA"))
    return None
