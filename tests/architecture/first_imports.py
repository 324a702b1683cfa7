"""Imports modules in processes forked off one another, and tells of each what was loaded after it.

    python -P -W error tests/architecture/first_imports.py    {"console.text": "", "console.incident.codec": "console.text", …} on stdin

A module is imported where another already is that it imports anyway, and that does not lead back to it: what is loaded
afterwards, and whether the order of its imports works out, is as if it had come first in an interpreter of its own. A line of
JSON each on stdout: its name, every name in `sys.modules`, and where it failed.
"""

import json
import os
import sys


def grow(children, name=""):
    """Import it, tell of it, and fork for each that is imported where it is there."""
    if name:
        failed = ""
        try:
            __import__(name)
        except BaseException as error:  # noqa: BLE001 - it is told, whatever it is
            failed = repr(error)
        print(json.dumps([name, sorted(sys.modules), failed]), flush=True)
    for child in children.get(name, ()):
        if os.fork() == 0:
            grow(children, child)
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    beneath = {}
    for each, parent in json.load(sys.stdin).items():
        beneath.setdefault(parent, []).append(each)
    grow(beneath)
