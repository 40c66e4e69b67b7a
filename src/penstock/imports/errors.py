"""What can go wrong with an import as a whole; a row that is wrong is a Problem in its report.

NotFound     ImportUnknown
Conflict     ImportBusy, ImportEnded, FileGone
Invalid      FileEmpty, FileUnreadable, FileTooLarge, HeaderTooLong, HeaderBroken,
             TooManyColumns, EncodingUnknown, MappingInvalid, NothingMapped, KeyMissing (a row's)
"""

from penstock.kernel.errors import Conflict, Invalid, NotFound


class ImportUnknown(NotFound):
    """There is no import with the id {id}"""

    code = "IMPORT_UNKNOWN"


class ImportBusy(Conflict):
    """Import {id} is being run by another process"""

    code = "IMPORT_BUSY"


class ImportEnded(Conflict):
    """Import {id} has already ended: it is {state}"""

    code = "IMPORT_ENDED"


class FileGone(Conflict):
    """Part {part} of the file is no longer there; import the file again"""

    code = "FILE_GONE"


class KeyMissing(Invalid):
    """nothing tells which record to update: "{column}" is empty"""

    code = "KEY_MISSING"


class FileEmpty(Invalid):
    """The file has no rows: it needs a line of column names and at least one row below it"""

    code = "FILE_EMPTY"


class FileUnreadable(Invalid):
    """The file is not a text of separated values; save it as CSV in UTF-8 and try again"""

    code = "FILE_UNREADABLE"


class FileTooLarge(Invalid):
    """The file is larger than {limit} bytes; split it and import the parts"""

    code = "FILE_TOO_LARGE"


class HeaderTooLong(Invalid):
    """The first row is longer than {limit} bytes or its quotation marks are never closed: is this a
    CSV file with a line of column names?"""

    code = "HEADER_TOO_LONG"


class HeaderBroken(Invalid):
    """The first row cannot be read as the names of the columns: check its quotation marks"""

    code = "HEADER_BROKEN"


class TooManyColumns(Invalid):
    """The file has more than {limit} columns; remove those that are not to be imported"""

    code = "TOO_MANY_COLUMNS"


class EncodingUnknown(Invalid):
    """The encoding "{name}" is not known; possible: {known}"""

    code = "ENCODING_UNKNOWN"


class MappingInvalid(Invalid):
    """The columns of the file cannot be imported in this way"""

    code = "MAPPING_INVALID"


class NothingMapped(Invalid):
    """No column is mapped to a property of {type}; the columns are: {columns}"""

    code = "NOTHING_MAPPED"
