"""A supervisor in a process of its own, which may be another user's; it says what it does in JSON.

Usage: embedded_child.py --data FOLDER [--user NAME] [--wheel FOLDER]; `stop` on its input stops it.
"""

import argparse
import json
import os
import pwd
import sys
from pathlib import Path

from penstock.kernel.embedded import EmbeddedServer, default_data_folder
from penstock.kernel.errors import PenstockError


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--user")
    parser.add_argument("--wheel")
    arguments = parser.parse_args()
    if arguments.wheel:
        sys.path.insert(0, arguments.wheel)
    if arguments.user:
        # Only now, with all code loaded: the user may have no access to this Python.
        user = pwd.getpwnam(arguments.user)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    server = EmbeddedServer(
        arguments.data or default_data_folder(),
        progress=lambda text: say(progress=str(text)),
        settings={"fsync": "off"},
    )
    try:
        say(conninfo=server.start(), data=str(server.data))
    except PenstockError as error:
        say(error=type(error).__name__, text=str(error))
        return
    if sys.stdin.readline().strip() == "stop":
        server.stop()
        say(stopped=True)


if __name__ == "__main__":
    main()
