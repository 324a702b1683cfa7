"""A playbook by its name: read, joined with what it uses, checked.

Nothing heavy is imported before a file is really read: an incident that is opened from a snapshot needs no YAML.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from console.errors import BadPlaybook, NotFound
from console.playbook.findings import Finding, draw
from console.playbook.model import Loaded, Playbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from console.playbook.books import Shelf

CACHED: Final = 32


def load(name: str, read: Callable[[str], bytes]) -> Loaded:
    """The playbook of that name with the closure it was read from.

    Args:
        name: an id, or a path that ends in .yaml. What it uses and its text files are looked for beside it.
        read: gives a file's bytes by its path, with `/` between folders; OSError, LookupError or NotFound when there
            is none. It should not read more than a few hundred KiB: more is refused anyway.

    Raises:
        NotFound: there is no such playbook.
        BadPlaybook: it cannot be used; its `findings` are drawn, in the order of the files. Warnings never raise.
    """
    playbook, shelf = _assembled(name, read, advise=False)
    errors = [finding for finding in _findings(shelf) if finding.severity == "error"]
    if playbook is None or errors:
        raise broken(
            "playbook", path_of(name), errors, {file.path: file.notes.lines for file in shelf.files()}
        )
    return Loaded(playbook, tuple(shelf.sources))


def check(name: str, read: Callable[[str], bytes]) -> tuple[Finding, ...]:
    """Everything wrong with a playbook and the files it uses, errors and warnings; fifty at most of each file.

    A file that cannot be read at all is a finding too.
    """
    try:
        _, shelf = _assembled(name, read, advise=True)
    except NotFound as error:
        return unreadable(path_of(name), error)
    return _findings(shelf)


def from_closure(files: dict[str, str], root: str) -> Playbook:
    """The playbook of a run's own copy of its files; the same copy is read once.

    Args:
        files: each file's text by its path, as `Loaded.sources` kept them.
        root: the path of the playbook's own file.

    Raises:
        BadPlaybook: the copy cannot be used.
    """
    return _cached(tuple(files.items()), root)


@lru_cache(maxsize=CACHED)
def _cached(files: tuple[tuple[str, str], ...], root: str) -> Playbook:
    texts = dict(files)
    return load(root, lambda path: texts[path].encode()).playbook


def path_of(name: str) -> str:
    """The path of a playbook's own file."""
    return name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"


def _assembled(name: str, read: Callable[[str], bytes], *, advise: bool) -> tuple[Playbook | None, Shelf]:
    from console.playbook.assemble import assemble
    from console.playbook.books import Shelf

    path = posixpath.normpath(path_of(name))
    shelf = Shelf(read)
    return assemble(path, shelf, advise=advise), shelf


def _findings(shelf: Shelf) -> tuple[Finding, ...]:
    return tuple(finding for file in shelf.files() for finding in file.notes.sorted())


def broken(
    what: str, path: str, errors: Sequence[Finding], lines: Mapping[str, Sequence[str]]
) -> BadPlaybook:
    """The error for a person: every finding drawn with its line."""
    drawn = []
    for finding in errors:
        known = lines[finding.path]
        drawn.append(draw(finding, known[finding.line - 1] if finding.line <= len(known) else ""))
    count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    return BadPlaybook(f"The {what} {path} has {count}.", drawn, "It cannot be opened.")


def unreadable(path: str, why: NotFound) -> tuple[Finding, ...]:
    """The one finding of a file that is not there."""
    return (
        Finding(
            code="PB001", severity="error", path=path, line=1, col=1, end_col=2, message=why.what.rstrip(".")
        ),
    )
