"""What can go wrong with records.

NotFound     ObjectTypeUnknown, RecordNotFound, DefinitionNotFound
Conflict     RecordExists, ValueTaken, DefinitionExists (PropertyExists)
Invalid      ValuesInvalid, PropertyUnknown, EdgeInvalid, EventsInvalid, MergeInvalid,
             DefinitionInvalid (DefinitionFixed, PropertyInUse, GroupNotEmpty, TypeInUse,
             PipelineInUse, StageInUse)
"""

from typing import Any

from penstock.kernel.errors import Conflict, Invalid, NotFound


class ObjectTypeUnknown(NotFound):
    """There is no object type "{name}\""""

    code = "OBJECT_TYPE_UNKNOWN"


class RecordNotFound(NotFound):
    """Object not found: there is no {type} with {key} {value}"""

    code = "OBJECT_NOT_FOUND"


class DefinitionNotFound(NotFound):
    """There is no {what} "{name}\""""


class DefinitionExists(Conflict):
    """There is already a {what} "{name}\""""


class PropertyExists(DefinitionExists):
    """A property named "{name}" already exists"""

    code = "Properties.PROPERTY_WITH_NAME_EXISTS"


class DefinitionInvalid(Invalid):
    """This definition is not valid"""


class DefinitionFixed(DefinitionInvalid):
    """The {what} "{name}" is built in: it cannot be changed or deleted in this way"""

    code = "DEFINITION_READ_ONLY"


class PropertyInUse(DefinitionInvalid):
    """The property "{name}" cannot be deleted because it is in use: {use}"""

    code = "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"


class GroupNotEmpty(DefinitionInvalid):
    """The property group "{name}" has properties: move or delete them first: {properties}"""

    code = "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"


class TypeInUse(DefinitionInvalid):
    """The object type "{name}" cannot be deleted because it is in use: {use}"""

    code = "OBJECT_TYPE_IN_USE"


class PipelineInUse(DefinitionInvalid):
    """Pipeline ID {id} is being referenced: {use}"""

    code = "PipelineError.PIPELINE_ID_IN_USE"


class StageInUse(DefinitionInvalid):
    """Stage ID: {id} is being referenced by object IDs: {objects}"""

    code = "PipelineError.STAGE_ID_IN_USE"


class RecordExists(Conflict):
    """{type} already exists. Existing ID: {existing}"""

    code = "OBJECT_ALREADY_EXISTS"

    def __init__(self, *, existing: int, **arguments: Any) -> None:
        super().__init__(existing=existing, **arguments)
        self.existing = existing


class ValueTaken(Conflict):
    """The value "{value}" of {property} belongs to another record: {existing}"""

    code = "VALUE_ALREADY_TAKEN"

    def __init__(self, *, existing: int, **arguments: Any) -> None:
        super().__init__(existing=existing, **arguments)
        self.existing = existing


class ValuesInvalid(Invalid):
    """Property values were not valid"""


class PropertyUnknown(Invalid):
    """Property "{name}" does not exist"""

    code = "PROPERTY_DOESNT_EXIST"


class EdgeInvalid(Invalid):
    """These records cannot be associated"""

    code = "INVALID_ASSOCIATION"


class EventsInvalid(Invalid):
    """These events cannot be recorded"""


class MergeInvalid(Invalid):
    """A record cannot be merged with itself"""
