"""What the steps of a workflow are called, for people."""

from collections.abc import Mapping

from penstock.actions.base import ACTIONS
from penstock.kernel.texts import Text
from penstock.workflows.document import Document


def labels(document: Document) -> Mapping[str, Text]:
    """The action of each step, by the step's id."""
    return {
        id: Text(ACTIONS[step.type_id].label if step.type_id in ACTIONS else step.type_id)
        for id, step in document.steps.items()
    }
