"""Any file of an author, checked for what it is: a playbook, a drill scenario, or one wording."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from console.errors import NotFound
from console.playbook.findings import Finding
from console.playbook.load import check, unreadable
from console.playbook.scenario import check_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

_SCENARIO: Final = re.compile(rb"^(?:scenario|injects) *:", re.MULTILINE)
_WORDING: Final = re.compile(rb"^kind *:", re.MULTILINE)


def check_file(path: str, read: Callable[[str], bytes]) -> tuple[Finding, ...]:
    """Everything wrong with one file of an author, and with the files that it takes in.

    A wording in a file of its own is checked without the playbook: which names it may use is not known then.

    Args:
        path: ends in .yaml. What it takes in is looked for beside it; a scenario's playbook above `drills/`.
        read: gives a file's bytes, as for `console.playbook.load.load`.
    """
    try:
        raw = read(path)
    except (OSError, LookupError, NotFound):
        return unreadable(path, NotFound(f"There is no file {path}."))
    if _SCENARIO.search(raw):
        return check_scenario(path, read)
    if _WORDING.search(raw):
        return _check_wording(posixpath.normpath(path), read)
    return check(path, read)


def _check_wording(path: str, read: Callable[[str], bytes]) -> tuple[Finding, ...]:
    from console.playbook.books import Shelf, Text
    from console.playbook.forms import Doc
    from console.playbook.lint import check_text
    from console.playbook.wordings import WordingFile

    file = Shelf(read).file(path, WordingFile)
    if file is None:
        return unreadable(path, NotFound(f"There is no file {path}."))
    if isinstance(file.document, WordingFile) and isinstance(file.document.wording, Doc):
        check_text(Text(file.document.wording, file))
    return file.notes.sorted()
