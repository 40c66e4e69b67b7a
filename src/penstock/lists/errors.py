"""What can go wrong with lists.

NotFound     ListNotFound, FolderNotFound
Conflict     MembersUnknown
Invalid      ListInvalid, NameTaken, ListCycle, ListInUse, MembersFixed, TypesDiffer,
             RestoreTooLate, FolderInvalid
"""

from penstock.kernel.errors import Conflict, Invalid, NotFound


class ListNotFound(NotFound):
    """There is no list with the id {id}"""

    code = "OBJECT_NOT_FOUND"


class FolderNotFound(NotFound):
    """There is no folder with the id {id}"""

    code = "OBJECT_NOT_FOUND"


class ListInvalid(Invalid):
    """This list is not valid"""

    code = "INVALID_LIST"


class NameTaken(Invalid):
    """There is already a list of {type} named "{name}\""""

    code = "LIST_NAME_TAKEN"


class ListCycle(Invalid):
    """This list would ask about itself: {path}"""

    code = "LIST_CYCLE"


class ListInUse(Invalid):
    """The list "{name}" cannot be deleted because it is in use: {use}"""

    code = "LIST_IN_USE"


class MembersFixed(Invalid):
    """The members of the list "{name}" are those that match its filter: they cannot be chosen"""

    code = "LIST_MEMBERS_FIXED"


class MembersUnknown(Conflict):
    """The members of the list "{name}" are not known yet; try again in a moment"""

    code = "LIST_PROCESSING"


class TypesDiffer(Invalid):
    """The list "{source}" holds {source_type}, and the list "{name}" holds {type}"""

    code = "LIST_TYPES_DIFFER"


class RestoreTooLate(Invalid):
    """The list "{name}" was deleted more than {days} days ago: it cannot be restored"""

    code = "LIST_RESTORE_TOO_LATE"


class FolderInvalid(Invalid):
    """This folder is not valid"""

    code = "INVALID_FOLDER"
