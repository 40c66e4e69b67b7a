"""The embedded database: PostgreSQL's own programs, started and looked after by Penstock."""

from penstock.kernel.embedded.places import default_data_folder
from penstock.kernel.embedded.supervisor import EmbeddedServer

__all__ = ["EmbeddedServer", "default_data_folder"]
