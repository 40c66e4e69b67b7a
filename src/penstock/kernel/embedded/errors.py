"""What can keep the embedded database from running.

Unavailable  ProgramsMissing, SystemUserMissing, NamelessUser, FolderUnusable, NoSocketFolder,
             CreationFailed, StartFailed, LeftoverProcesses, NoAnswer
Forbidden    FolderForeign, FolderOpenToAll, FolderUnreachable, FolderNotPrivate
Conflict     OtherMajorVersion, NoDatabase, RunsElsewhere
"""

from penstock.kernel.errors import Conflict, Forbidden, Unavailable


class ProgramsMissing(Unavailable):
    """PostgreSQL's programs are not in {folder}: the package {package} is missing or damaged.
    Install it again, or let PENSTOCK_DATABASE_URL point at a PostgreSQL server of your own"""


class SystemUserMissing(Unavailable):
    """PostgreSQL refuses to run as root, and the system user {user} that it would run as
    could not be created: {reason}
    Create it with "{command}", or start Penstock as another user"""


class NamelessUser(Unavailable):
    """The user with number {uid} has no name on this machine, so the database cannot recognise it.
    Give it a name (a line in /etc/passwd), or start Penstock as another user"""


class FolderUnusable(Unavailable):
    """The data folder {folder} cannot be used: {reason}
    Put that right, or choose another folder with --data"""


class NoSocketFolder(Unavailable):
    """No folder with a path short enough for the database's socket was found for {folder}.
    Choose a data folder with a shorter path, or let TMPDIR name a short one"""


class CreationFailed(Unavailable):
    """The database could not be created in {folder}. PostgreSQL says:
    {lines}"""


class StartFailed(Unavailable):
    """The database in {folder} stopped while it was starting. Its log, {log}, ends with:
    {lines}"""


class LeftoverProcesses(Unavailable):
    """The database in {folder} cannot start: processes of the server before it have not ended
    within {seconds} seconds. End them by hand, and try again: {processes}"""


class NoAnswer(Unavailable):
    """The database in {folder} runs, but does not answer: {reason}
    Its log is {log}"""


class FolderForeign(Forbidden):
    """The folder {folder} belongs to the user {owner}, but the database would run as {user}.
    Start Penstock as {owner}, or choose another folder with --data"""


class FolderOpenToAll(Forbidden):
    """Every user of this machine may write in the data folder {folder}, so it is not safe there.
    Forbid it with "chmod o-w", or choose another folder with --data"""


class FolderUnreachable(Forbidden):
    """The database runs as the system user {user}, who may not enter {folder},
    and so cannot reach {target}.
    Let it in with "chmod o+x {folder}", or choose another folder with --data"""


class FolderNotPrivate(Forbidden):
    """The folder {folder} should be private to the user {user}, but it is not:
    it belongs to {owner} and has the mode {mode}. Somebody else may have made it.
    Remove it, and try again"""


class OtherMajorVersion(Conflict):
    """The database in {folder} is of PostgreSQL {found}, but this Penstock brings {ours}.
    Export it with the Penstock that made it, or choose another folder with --data"""


class NoDatabase(Conflict):
    """The folder {folder} holds files, but no PostgreSQL database: it has no file PG_VERSION.
    Move it away, or choose another folder with --data"""


class RunsElsewhere(Conflict):
    """The data folder {folder} is in use by a Penstock on another machine or in another container.
    Stop that one first: two servers on one folder would destroy the database"""
