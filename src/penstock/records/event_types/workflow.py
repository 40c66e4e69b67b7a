"""What workflows do with a record of any type."""

from functools import partial

from penstock.records.defaults import text
from penstock.records.model import EventType

_workflow = partial(EventType, object_type=None, properties=(text("hs_workflow_id", "Workflow"),))

WORKFLOW_ENROLLED = _workflow("4-1466013", "e_workflow_enrolled", "Enrolled in a workflow")
WORKFLOW_UNENROLLED = _workflow("4-1466014", "e_workflow_unenrolled", "Unenrolled from a workflow")
GOAL_ACHIEVED = _workflow("4-1753168", "e_workflow_goal_achieved", "Achieved a workflow's goal")
