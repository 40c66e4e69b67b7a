"""What can go wrong with records.

    NotFound     ObjectTypeUnknown, RecordNotFound, DefinitionNotFound
    Conflict     RecordExists, ValueTaken, DefinitionExists
    Invalid      ValuesInvalid, PropertyUnknown, EdgeInvalid, DefinitionInvalid
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


class DefinitionInvalid(Invalid):
    """This definition is not valid"""


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


class MergeInvalid(Invalid):
    """A record cannot be merged with itself"""
