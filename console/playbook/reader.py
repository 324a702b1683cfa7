"""Nodes to document structs, with a place for every error.

One bad value never hides another: what cannot be used is noted and left out, and the rest is read on. A text that was
refused is empty in the document, so a later check that meets an empty text knows that it has been reported.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from console.playbook import durations
from console.playbook.findings import Notes, Place, did_you_mean, listed, short
from console.playbook.forms import FORMS, Form
from console.playbook.nodes import REFUSED, Mapping, Node, Scalar, Sequence
from console.playbook.shapes import (
    Either,
    Field,
    Flag,
    Listing,
    Record,
    Shape,
    Table,
    Text,
    Whole,
    Words,
    shape_of,
)

if TYPE_CHECKING:
    pass

DocT = TypeVar("DocT")

# What authors write when they know another tool.
SYNONYMS: Final = {
    "condition": "when",
    "if": "when",
    "only-if": "when",
    "unless-not": "when",
    "target": "due",
    "deadline": "due",
    "by-when": "due",
    "name": "id",
    "slug": "id",
    "description": "why",
    "reason": "why",
    "action": "act",
    "run": "act",
    "uses": "use",
    "include": "use",
    "import": "use",
    "args": "with",
    "parameters": "with",
    "role": "by",
    "owner": "by",
    "who": "by",
    "requires": "needs",
    "depends-on": "needs",
    "after": "needs",
    "verify": "check",
    "probe": "check",
    "template": "text",
    "wording": "text",
    "message": "text",
    "url": "link",
    "href": "link",
    "approve": "gate",
    "approval": "gate",
    "goto": "go",
    "next": "go",
    "every": "repeat",
    "choices": "choose",
    "options": "choose",
    "question": "say",
    "prompt": "say",
    "variables": "facts",
    "vars": "facts",
    "inputs": "ask",
    "questions": "ask",
    "templates": "texts",
    "wordings": "texts",
    "stages": "phases",
    "sections": "phases",
    "tasks": "steps",
    "label": "title",
    "summary": "title",
    "heading": "title",
    "escape": "way-out",
    "exit": "way-out",
    "instructions": "how",
    "task": "do",
    "step": "do",
    "optional": "background",
    "required": "critical",
    "important": "critical",
}
_EMPTY: Final[dict[type, Any]] = {Text: "", Whole: 0, Flag: False, Words: ""}


class Reader:
    """Reads one file's nodes; what it finds wrong goes to `notes`.

    Attributes:
        placeholders: every text that holds a placeholder, to be checked when all names are known.
    """

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.placeholders: list[Scalar] = []
        self._trail: list[tuple[str, Mapping]] = []
        self._methods = {
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
        if not isinstance(node, Mapping):
            self._shape(node, "keys with values", "")
            return None
        document: DocT = self._record(shape_of(made), node)
        return document

    def _value(self, shape: Shape, node: Node) -> Any:
        method: Any = self._methods[type(shape)]
        return method(shape, node)

    # -- scalars --

    def _text(self, shape: Text, node: Node) -> str:
        form = FORMS[shape.limits.form]
        if type(node) is not Scalar:
            self._shape(node, form.wants, "")
            return ""
        text = node.text
        if node.style == REFUSED:
            return ""
        if text.endswith("\n"):
            text = text.rstrip("\n")
        if not text.strip():
            self._empty(node, form.wants)
            return ""
        if "{{" in text or "}}" in text:
            if not form.placeholders:
                self.notes.error(
                    "PB035", node.place, "no placeholder is filled in here", "write the words out"
                )
                return ""
            self.placeholders.append(node)
        return text if self._fits(shape, form, node, text) else ""

    def _fits(self, shape: Text, form: Form, node: Scalar, text: str) -> bool:
        most = shape.limits.most
        if most is not None and len(text) > most:
            message = f"{len(text)} characters{self._where()}; {most} is the most"
            self.notes.error("PB027", node.within(most, len(text)), message, "shorten it")
            return False
        if not form.lines and "\n" in text:
            self.notes.error(
                "PB029", node.place, f"several lines{self._where()}; one is wanted", "keep it in one line"
            )
            return False
        if form.pattern and _compiled(form.pattern).search(text) is None:
            hint = _cure(shape.limits.form, text)
            self.notes.error(form.code, node.place, f"{short(text)} is not {form.wants}", hint)
            return False
        return True

    def _whole(self, shape: Whole, node: Node) -> int:
        number = durations.whole(node.text) if isinstance(node, Scalar) else None
        if number is None:
            if not isinstance(node, Scalar):
                self._shape(node, "a whole number", "")
            elif node.text.strip():
                self.notes.error("PB024", node.place, f"{short(node.text)} is not a whole number")
            else:
                self._empty(node, "a whole number")
            return 0
        low, high = shape.limits.least, shape.limits.most
        if (low is not None and number < low) or (high is not None and number > high):
            self.notes.error("PB024", node.place, f"{number} is not between {low} and {high}")
        return number

    def _flag(self, shape: Flag, node: Node) -> bool:
        del shape
        if not isinstance(node, Scalar):
            self._shape(node, "true or false", "")
            return False
        if node.text in ("true", "false") or node.style == REFUSED:
            return node.text == "true"
        meant = {
            "yes": "true",
            "on": "true",
            "y": "true",
            "1": "true",
            "no": "false",
            "off": "false",
            "n": "false",
            "0": "false",
        }
        known = node.text.casefold()
        cure = meant.get(known, known if known in ("true", "false") else "")
        hint = f'did you mean "{cure}"?' if cure else ""
        self.notes.error("PB025", node.place, f"{short(node.text)} is neither true nor false", hint)
        return False

    def _words(self, shape: Words, node: Node) -> str | int:
        if not isinstance(node, Scalar):
            self._shape(node, "one of " + ", ".join(map(str, shape.options)), "")
            return ""
        for option in shape.options:
            if str(option) == node.text:
                return option
        names = [str(option) for option in shape.options]
        if not node.text.strip():
            self._empty(node, "one of " + ", ".join(names))
        elif node.style != REFUSED:
            hint = did_you_mean(node.text, names)
            self.notes.error(
                "PB026",
                node.place,
                f"{short(node.text)} is not known here",
                hint,
                listed("allowed here", names),
            )
        return ""

    # -- lists and keys --

    def _listing(self, shape: Listing, node: Node) -> list[Any]:
        if not isinstance(node, Sequence):
            self._shape(node, "a list", "begin each entry with a hyphen on its own line")
            return []
        self._size(shape, node, len(node.items), "entries")
        return [
            value
            for value in (self._value(shape.item, item) for item in node.items)
            if value not in ("", None)
        ]

    def _table(self, shape: Table, node: Node) -> dict[str, Any]:
        if not isinstance(node, Mapping):
            self._shape(node, "keys with values", "write each as `key: value`")
            return {}
        if not node.broken:
            self._size(shape, node, len(node.entries), "entries")
        read = {}
        for key, value in node.entries:
            if _comma(node, value):
                self._commas(node, key)
                continue
            name = self._text(shape.key, key)
            self._trail.append((key.text, node))
            content = self._value(shape.value, value)
            self._trail.pop()
            if name and content is not None:
                read[name] = content
        return read

    def _size(self, shape: Listing | Table, node: Node, size: int, what: str) -> None:
        least, most = shape.limits.least, shape.limits.most
        if most is not None and size > most:
            extra = node.items[most].place if isinstance(node, Sequence) else node.entries[most][0].place  # type: ignore[union-attr]
            self.notes.error(
                "PB027", extra, f"{size} {what}{self._where()}; {most} is the most", "from here on too many"
            )
        elif least is not None and size < least:
            self.notes.error(
                "PB028", node.place, f"nothing stands here{self._where()}", "fill it, or delete the key"
            )

    # -- records --

    def _record(self, shape: Record, node: Node) -> Any:
        if not isinstance(node, Mapping):
            self._shape(node, "keys: " + ", ".join(shape.required or shape.fields), "")
            return None
        values: dict[str, Any] = {"node": node}
        rest: dict[str, Any] = {}
        self._trail.append(("", node))
        fields = shape.fields
        for key, value in node.entries:
            field = fields.get(key.text)
            if field is not None:
                self._field(field, value, values)
            elif shape.rest is not None:
                name = self._text(shape.rest.key, key)
                rest[name] = self._value(shape.rest.value, value)
            else:
                self._unknown(shape, node, key, value)
        for name in shape.required:
            field = fields[name]
            if field.attribute not in values:
                self._missing(shape, node, name)
                values[field.attribute] = _nothing(field.shape)
        self._trail.pop()
        if shape.rest is not None:
            values["rest"] = rest
        return shape.made(**values)

    def _field(self, field: Field, value: Node, values: dict[str, Any]) -> None:
        content = self._value(field.shape, value)
        if content is not None or field.required:
            values[field.attribute] = content if content is not None else _nothing(field.shape)

    def _missing(self, shape: Record, node: Mapping, name: str) -> None:
        if node.broken or node.get(name) is not None:
            return
        first = node.entries[0][0].place if node.entries else node.place
        wanted = ", ".join(one for one in shape.required if node.get(one) is None)
        self.notes.error("PB020", first, f'the key "{name}" is missing{self._where()}', f"add: {wanted}")

    def _unknown(self, shape: Record, node: Mapping, key: Scalar, value: Node) -> None:
        if key.style == REFUSED:
            return
        if _comma(node, value):
            self._commas(node, key)
            return
        free = [name for name in shape.fields if node.get(name) is None]
        hint = did_you_mean(key.text, free, SYNONYMS)
        message = f"unknown key {short(key.text)}{self._where()}"
        self.notes.error("PB012", key.place, message, hint, listed("allowed here", shape.fields))

    def _commas(self, node: Mapping, key: Scalar) -> None:
        before = next(
            (
                value
                for name, value in zip(
                    (k for k, _ in node.entries[1:]), (v for _, v in node.entries), strict=False
                )
                if name is key
            ),
            None,
        )
        said = f"{before.text}, {key.text}" if isinstance(before, Scalar) else key.text
        begin = before.place if isinstance(before, Scalar) and before.line == key.line else key.place
        place = Place(begin.line, begin.col, key.end_col if key.line == begin.line else 0)
        self.notes.error(
            "PB021", place, "a comma ends a text between { and }", f"put quotes here: {short(said, 60)}"
        )

    # -- short and long forms --

    def _either(self, shape: Either, node: Node) -> Any:
        options = [option for option in shape.options if _kind_fits(option, node)]
        if len(options) == 1:
            return self._value(options[0], node)
        records = [option for option in options if isinstance(option, Record)]
        if records and isinstance(node, Mapping):
            return self._one_record(records, node)
        if options:
            return self._value(options[0], node)
        wants = " or ".join(dict.fromkeys(_wants(option) for option in shape.options))
        if isinstance(node, Scalar) and not node.text.strip():
            self._empty(node, wants)
        else:
            self._shape(node, wants, "")
        return None

    def _one_record(self, records: list[Record], node: Mapping) -> Any:
        if node.broken:
            return None
        present = {key.text for key, _ in node.entries}

        def score(record: Record) -> tuple[int, int, int]:
            kind = node.get("kind")
            constant = record.constant("kind")
            tagged = int(constant is not None and isinstance(kind, Scalar) and kind.text == constant)
            return (
                tagged,
                sum(name in present for name in record.required),
                sum(name in present for name in record.fields),
            )

        best = max(records, key=score)
        tagged, required, _ = score(best)
        kinds = [str(record.constant("kind")) for record in records if record.constant("kind") is not None]
        kind = node.get("kind")
        if kinds and not tagged and kind is not None:
            self._words(Words(tuple(kinds), best.limits), kind)
            return None
        if not required:
            self._no_record(records, node)
            return None
        return self._record(best, node)

    def _no_record(self, records: list[Record], node: Mapping) -> None:
        keys = list(dict.fromkeys(name for record in records for name in record.required))
        first = node.entries[0][0] if node.entries else None
        place = first.place if first else node.place
        hint = did_you_mean(first.text, keys, SYNONYMS) if first else ""
        self.notes.error(
            "PB020", place, f"one of these keys is missing{self._where()}: {', '.join(keys)}", hint
        )

    # -- words for a person --

    def _shape(self, node: Node, wants: str, hint: str) -> None:
        """Note that something else was wanted; the parser's traps first."""
        if (isinstance(node, Mapping) and node.broken) or (
            isinstance(node, Scalar) and node.style == REFUSED
        ):
            return
        got = {Scalar: "a text", Sequence: "a list", Mapping: "keys with values"}[type(node)]
        line = self.notes.lines[node.line - 1] if node.line <= len(self.notes.lines) else ""
        char = line[node.col - 1 : node.col]
        if isinstance(node, Scalar) and not node.text.strip():
            self._empty(node, wants)
            return
        if isinstance(node, Mapping) and wants != "a list":
            if char == "?":
                hint = "put quotes here: a ? begins a key"
            elif not node.flow or char != "{":
                hint = "put quotes here: a colon and a space make a key"
        self.notes.error(
            "PB021", node.place, f"{got}{self._where()}, where {wants} {_be(wants)} wanted", hint
        )

    def _empty(self, node: Scalar, wants: str) -> None:
        if node.style != REFUSED:
            self.notes.error("PB028", node.place, f"nothing stands here{self._where()}", f"wanted: {wants}")

    def _where(self) -> str:
        """` in step contain/cut-link`, as near as ids tell."""
        names = []
        table = ""
        for key, node in self._trail:
            own = node.get("id")
            if not key and isinstance(own, Scalar) and node.get("phases") is None:
                names.append(own.text)
            elif key:
                table = key
        if len(names) > 1:
            return f" in step {short('/'.join(names))[1:-1]}"
        if names:
            return f" in phase {short(names[0])[1:-1]}"
        return f" in {short(table)[1:-1]}" if table else ""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("$", r"\Z"))


def _be(wants: str) -> str:
    return "were" if wants.startswith(("keys", "words")) else "was"


def _nothing(shape: Shape) -> Any:
    if isinstance(shape, Listing):
        return []
    if isinstance(shape, Table):
        return {}
    return _EMPTY.get(type(shape), "" if isinstance(shape, Either) else None)


def _comma(node: Mapping, value: Node) -> bool:
    """Whether this key is what a comma between { and } cut off: it has no value at all."""
    return (
        node.flow
        and isinstance(value, Scalar)
        and not value.text
        and not value.style
        and value.end_col == value.col
    )


def _kind_fits(shape: Shape, node: Node) -> bool:
    if isinstance(shape, Either):
        return any(_kind_fits(option, node) for option in shape.options)
    if isinstance(node, Scalar):
        return isinstance(shape, Text | Whole | Flag | Words)
    if isinstance(node, Sequence):
        return isinstance(shape, Listing)
    return isinstance(shape, Table | Record)


def _wants(shape: Shape) -> str:
    if isinstance(shape, Text):
        return FORMS[shape.limits.form].wants
    if isinstance(shape, Words):
        return "one of " + ", ".join(map(str, shape.options))
    if isinstance(shape, Either):
        return " or ".join(_wants(option) for option in shape.options)
    return {Whole: "a whole number", Flag: "true or false", Listing: "a list"}.get(
        type(shape), "keys with values"
    )


def _cure(form: str, text: str) -> str:
    if form == "slug":
        slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()[:200]).strip("-0123456789")[:60]
        return f"write it as {slug}" if slug else ""
    if form == "duration":
        squeezed = text.replace(" ", "").casefold()
        days = re.fullmatch(r"([0-9]{1,3})d(ays?)?", squeezed)
        if days:
            return f"write it as {int(days[1]) * 24}h"
        match = re.fullmatch(r"([0-9]{1,6})(s|m|h)[a-z]*", squeezed)
        if match:
            return f"write it as {match[1]}{match[2]}"
        return f"write {text}m for minutes" if re.fullmatch(r"[0-9]{1,6}", text) else ""
    return ""
