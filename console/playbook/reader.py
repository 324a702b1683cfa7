"""Nodes to document structs, with a place for every error.

One bad value never hides another: what cannot be used is noted and left out, and the rest is read on. A text that was
refused is empty in the document, so a later check that meets an empty text knows that it has been reported.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from console.playbook import durations
from console.playbook.forms import FORMS, Form
from console.playbook.nodes import Mapping, Node, Scalar, Sequence
from console.playbook.refusals import Refusals, cut_by_comma, reported, wants
from console.playbook.shapes import Either, Flag, Listing, Record, Shape, Table, Text, Whole, Words, shape_of

if TYPE_CHECKING:
    from console.playbook.findings import Notes

DocT = TypeVar("DocT")
_EMPTY: Final[dict[type, Any]] = {Text: "", Whole: 0, Flag: False, Words: "", Either: ""}


class Reader:
    """Reads one file's nodes; what it finds wrong goes to `notes`.

    Attributes:
        placeholders: every text that holds a placeholder, to be checked when all names are known.
    """

    def __init__(self, notes: Notes) -> None:
        self.placeholders: list[Scalar] = []
        self._refuse = Refusals(notes)
        self._trail = self._refuse.trail
        self._methods: dict[type, Any] = {
            Text: self._text,
            Whole: self._whole,
            Flag: self._flag,
            Words: self._words,
            Listing: self._listing,
            Table: self._table,
            Record: self._record,
            Either: self._either,
        }

    def read(self, made: type[DocT], node: Node) -> DocT | None:
        """The document of that struct; None when the node is not even of its shape."""
        document: DocT | None = self._record(shape_of(made), node)
        return document

    def _value(self, shape: Shape, node: Node) -> Any:
        return self._methods[type(shape)](shape, node)

    # -- scalars --

    def _text(self, shape: Text, node: Node) -> str:
        form = FORMS[shape.limits.form]
        if type(node) is not Scalar:
            self._refuse.shape(node, form.wants)
            return ""
        text = node.text.rstrip("\n")
        if not text or text.isspace():
            self._refuse.empty(node, form.wants)
            return ""
        braces = "{{" in text or "}}" in text
        if braces and not form.placeholders:
            self._refuse.placeholder(node)
            return ""
        if not self._fits(shape, form, node, text):
            return ""
        if braces:
            self.placeholders.append(node)
        return text

    def _fits(self, shape: Text, form: Form, node: Scalar, text: str) -> bool:
        most = shape.limits.most
        if form.pattern and _compiled(form.pattern).match(text) is None:
            self._refuse.form(node, shape.limits.form, text)
        elif most is not None and len(text) > most:
            self._refuse.long(node, len(text), most)
        elif not form.lines and "\n" in text:
            self._refuse.lines(node)
        else:
            return True
        return False

    def _whole(self, shape: Whole, node: Node) -> int:
        if not isinstance(node, Scalar) or not node.text.strip():
            self._refuse.shape(node, wants(shape))
            return 0
        number = durations.whole(node.text)
        least, most = shape.limits.least, shape.limits.most
        outside = number is not None and (
            (least is not None and number < least) or (most is not None and number > most)
        )
        if number is None or outside:
            self._refuse.number(node, least, most)
            return 0
        return number

    def _flag(self, shape: Flag, node: Node) -> bool:
        if not isinstance(node, Scalar) or not node.text.strip():
            self._refuse.shape(node, wants(shape))
            return False
        if node.text not in ("true", "false"):
            self._refuse.flag(node)
        return node.text == "true"

    def _words(self, shape: Words, node: Node) -> str | int:
        if not isinstance(node, Scalar) or not node.text.strip():
            self._refuse.shape(node, wants(shape))
            return ""
        for option in shape.options:
            if str(option) == node.text:
                return option
        self._refuse.word(node, [str(option) for option in shape.options])
        return ""

    # -- lists and keys --

    def _listing(self, shape: Listing, node: Node) -> list[Any]:
        if not isinstance(node, Sequence):
            self._refuse.shape(node, wants(shape), "begin each entry with a hyphen on its own line")
            return []
        self._refuse.size(node, shape.limits.least, shape.limits.most)
        values = [self._value(shape.item, item) for item in node.items]
        return [value for value in values if value is not None and value != ""]

    def _table(self, shape: Table, node: Node) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            self._refuse.shape(node, wants(shape), "write each as `key: value`")
            return {}
        self._refuse.size(node, shape.limits.least, shape.limits.most)
        read = {}
        for key, value in node.entries:
            if cut_by_comma(node, value):
                self._refuse.comma(node, key)
                continue
            name = self._text(shape.key, key)
            self._trail.append((key.text, node))
            content = self._value(shape.value, value)
            self._trail.pop()
            if name and content is not None:
                read[name] = content
        return read

    # -- records --

    def _record(self, shape: Record, node: Node) -> Any:
        if not isinstance(node, Mapping):
            self._refuse.shape(node, wants(shape))
            return None
        values: dict[str, Any] = {"node": node}
        rest: dict[str, Any] = {}
        self._trail.append(("", node))
        fields = shape.fields
        for key, value in node.entries:
            field = fields.get(key.text)
            if field is not None:
                content = self._methods[type(field.shape)](field.shape, value)
                if content is not None or field.required:
                    values[field.attribute] = content if content is not None else _nothing(field.shape)
            elif cut_by_comma(node, value):
                self._refuse.comma(node, key)
            elif shape.rest is not None:
                rest[self._text(shape.rest.key, key)] = self._value(shape.rest.value, value)
            else:
                self._refuse.unknown(shape, node, key)
        missing = [name for name in shape.required if fields[name].attribute not in values]
        if missing:
            self._refuse.missing(node, missing)
            values.update((fields[name].attribute, _nothing(fields[name].shape)) for name in missing)
        self._trail.pop()
        if shape.rest is not None:
            values["rest"] = rest
        return shape.made(**values)

    # -- short and long forms --

    def _either(self, shape: Either, node: Node) -> Any:
        chosen: Shape | None
        if isinstance(node, Scalar):
            chosen = shape.scalar
        elif isinstance(node, Sequence):
            chosen = shape.listing
        elif len(shape.keyed) > 1:
            return self._one_of([one for one in shape.keyed if isinstance(one, Record)], node)
        else:
            chosen = next(iter(shape.keyed), None)
        if chosen is not None:
            return self._value(chosen, node)
        self._refuse.shape(node, wants(shape))
        return None

    def _one_of(self, records: list[Record], node: Mapping) -> Any:
        """The long form whose `kind` is named, else the one that most of the keys belong to."""
        if reported(node):
            return None
        kind = node.get("kind")
        kinds = {record.constant("kind"): record for record in records if record.constant("kind") is not None}
        if kinds and kind is not None:
            if isinstance(kind, Scalar) and kind.text in kinds:
                return self._record(kinds[kind.text], node)
            self._words(Words(tuple(name for name in kinds if name is not None), records[0].limits), kind)
            return None
        present = {key.text for key, _ in node.entries}

        def belonging(record: Record) -> tuple[int, int]:
            return len(present.intersection(record.required)), len(present.intersection(record.fields))

        best = max(records, key=belonging)
        if not belonging(best)[0]:
            self._refuse.neither(records, node)
            return None
        return self._record(best, node)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("$", r"\Z"))


def _nothing(shape: Shape) -> Any:
    """What stands in a document for a value that was refused."""
    if isinstance(shape, Listing):
        return []
    return {} if isinstance(shape, Table) else _EMPTY.get(type(shape))
