"""The command line.

Exit codes: 0 done; 1 failed, with the reason on stderr; 2 wrong usage; 3 done, but rows of an
import were rejected; 130 interrupted.
"""

from penstock.cli.app import main

__all__ = ["main"]
