"""What can go wrong with workflows.

NotFound     WorkflowNotFound, RevisionNotFound
Conflict     RevisionStale, WorkflowNotOn, WorkflowNotPaused, WorkflowOff
Invalid      DocumentInvalid (ReplacementInvalid), StepsUnknown, WorkflowIncomplete
"""

from penstock.kernel.errors import Conflict, Invalid, NotFound


class WorkflowNotFound(NotFound):
    """There is no workflow with the id {id}"""

    code = "OBJECT_NOT_FOUND"


class RevisionNotFound(NotFound):
    """Workflow {id} has no revision {revision}"""


class RevisionStale(Conflict):
    """Workflow {id} was changed meanwhile: you sent revision {given}, the current one is {current}.
    Read it again and apply your change to that"""


class WorkflowNotOn(Conflict):
    """Workflow {id} is {state}: only one that is on can be paused"""


class WorkflowNotPaused(Conflict):
    """Workflow {id} is {state}: only one that is paused can be resumed"""


class WorkflowOff(Conflict):
    """Workflow {id} is off: turn it on first"""


class DocumentInvalid(Invalid):
    """Invalid request to flow creation"""


class ReplacementInvalid(DocumentInvalid):
    """Invalid request to flow update"""


class StepsUnknown(Invalid):
    """Workflow {id} has no step {steps}; there are: {known}"""


class WorkflowIncomplete(Invalid):
    """This workflow cannot be turned on yet"""
