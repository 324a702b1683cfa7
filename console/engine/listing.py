"""Reads lists of recipients in a process of its own: `python -m console.engine.listing FILE-NUMBER`, the choice on its stdin.

The addresses go to the open file of that number, one a line; the report goes to stdout.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import msgspec

from console.apart import tell
from console.channels.recipients import Choice, ListReport, read
from console.errors import ConsoleError

BUFFER = 256 * 1024


def read_into(choice: Choice, out: BinaryIO) -> ListReport:
    """Read a list and keep its addresses in this file; raises BadList."""
    report = read(choice, out)
    out.flush()
    return report


def main() -> None:
    """Read what the choice on stdin names."""
    choice = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Choice)
    try:
        with os.fdopen(int(sys.argv[1]), "wb", BUFFER) as out:
            report = read_into(choice, out)
    except ConsoleError as error:
        sys.exit(tell(error))
    sys.stdout.buffer.write(msgspec.msgpack.encode(report))


if __name__ == "__main__":
    main()
