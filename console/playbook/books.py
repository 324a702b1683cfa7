"""The files of one playbook, each read once: their documents, their findings, their sources."""

from __future__ import annotations

import hashlib
import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from console.errors import NotFound
from console.playbook.document import PlaybookDoc
from console.playbook.findings import Enough, Notes, Place, did_you_mean, listed
from console.playbook.forms import Doc
from console.playbook.model import Source
from console.playbook.nodes import Mapping, Node, Scalar, read_nodes
from console.playbook.reader import Reader
from console.playbook.scope import DECLARED, Scope
from console.playbook.templates import placeholders
from console.playbook.wordings import FileText, WordingDoc, WordingFile

if TYPE_CHECKING:
    from collections.abc import Callable


DocT = TypeVar("DocT")


class File(Struct):
    """One file as it was read. `document` is None when it cannot be used at all: `notes` says why."""

    path: str
    notes: Notes
    document: Doc | None = None
    placeholders: list[Scalar] = []


class Text(Struct):
    """A wording, and the file that it stands in. `place` is where its slug stands in the playbook."""

    document: WordingDoc
    file: File


class Book(Struct):
    """A playbook's own file, and the files of its wordings."""

    file: File
    document: PlaybookDoc
    texts: dict[str, Text]

    @property
    def notes(self) -> Notes:
        """The findings of the playbook's own file."""
        return self.file.notes


class Shelf:
    """Reads files through the function that was handed in; every path once, in order.

    Attributes:
        sources: what was read and can be kept, the playbook's own file first.
    """

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self.sources: list[Source] = []
        self._read = read
        self._files: dict[str, File] = {}

    def files(self) -> tuple[File, ...]:
        """Every file so far, in the order of reading."""
        return tuple(self._files.values())

    def file(self, path: str, made: type[Doc]) -> File | None:
        """The file at that path, read as that document; None when there is none."""
        known = self._files.get(path)
        if known is not None:
            return known
        try:
            raw = self._read(path)
        except (OSError, LookupError, NotFound):
            return None
        file = File(path, Notes(path))
        self._files[path] = file
        with suppress(Enough):
            self._fill(file, raw, made)
        return file

    def _fill(self, file: File, raw: bytes, made: type[Doc]) -> None:
        node, text = read_nodes(raw, file.notes)
        if text:
            self.sources.append(Source(file.path, text, hashlib.sha256(raw).hexdigest()))
        if node is not None:
            reader = Reader(file.notes)
            file.document = reader.read(made, _wrapped(node) if made is WordingFile else node)
            file.placeholders = reader.placeholders

    def book(self, path: str) -> Book | None:
        """The playbook at that path with its wordings; None when it cannot be read or used."""
        file = self.file(path, PlaybookDoc)
        if file is None or not isinstance(file.document, PlaybookDoc):
            return None
        document = file.document
        if document.id and path_id(path) != document.id:
            message = f'the id is "{document.id}", but the file is called {posixpath.basename(path)}'
            file.notes.error(
                "PB038", document.node.at("id"), message, f"write {path_id(path)}, or rename the file"
            )
        texts = {}
        for slug, text in document.texts.items():
            found = self._text(file, slug, text) if isinstance(text, FileText) else Text(text, file)
            if found is not None:
                texts[slug] = found
        return Book(file, document, texts)

    def _text(self, book: File, slug: str, text: FileText) -> Text | None:
        place: Place = text.node.at("file")
        if not text.file:
            return None
        file = self.file(posixpath.join(posixpath.dirname(book.path), text.file), WordingFile)
        if file is None:
            book.notes.error("PB001", place, f'the file of the text "{slug}" cannot be read: {text.file}')
            return None
        if not isinstance(file.document, WordingFile) or not isinstance(file.document.wording, Doc):
            return None
        return Text(file.document.wording, file)


def path_id(path: str) -> str:
    """The id that a file's name gives its playbook."""
    return posixpath.basename(path).removesuffix(".yaml").removesuffix(".yml")


def check_placeholders(file: File, scope: Scope) -> None:
    """Note every placeholder of a file that names nothing in the scope."""
    if not file.placeholders:
        return
    known = scope.template_names()
    unsure = bool(scope.unsure & DECLARED)
    hints: dict[str, str] = {}
    for node in file.placeholders:
        for one in placeholders(node.text):
            if one.name and (unsure or scope.template_name(one.name) in known):
                continue
            place = node.within(one.start, one.end)
            if not one.name:
                file.notes.error("PB035", place, "a broken placeholder", "write {{ name }}, in small letters")
                continue
            hint = hints.get(one.name)
            if hint is None:
                hint = hints[one.name] = did_you_mean(one.name, known)
            note = listed("known", known)
            file.notes.error("PB035", place, f'there is no "{one.name}" to fill in', hint, note)


def _wrapped(node: Node) -> Mapping:
    """A file that is one wording, as the record that holds it."""
    key = Scalar("wording", node.line, node.col, node.line, node.col)
    return Mapping(node.line, node.col, [(key, node)])
