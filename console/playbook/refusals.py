"""What the reader says of a value that it refuses: the place, what was wanted, and the likeliest cure."""

from __future__ import annotations

import re
from typing import Final

from console.playbook.findings import Notes, Place, did_you_mean, listed, short
from console.playbook.forms import FORMS
from console.playbook.nodes import REFUSED, Mapping, Node, Scalar, Sequence
from console.playbook.shapes import Either, Flag, Listing, Record, Shape, Table, Text, Whole, Words

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
_TRUE: Final = ("true", "yes", "on", "y", "1")
_FALSE: Final = ("false", "no", "off", "n", "0")
_GOT: Final[dict[type, str]] = {Scalar: "a text", Sequence: "a list", Mapping: "keys with values"}


class Refusals:
    """Notes what is refused in one file.

    Attributes:
        trail: the keys and mappings that lead to the value being read, outermost first.
    """

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.trail: list[tuple[str, Mapping]] = []

    def shape(self, node: Node, wants: str, hint: str = "") -> None:
        """Something of another shape was wanted; the parser's own traps are told first."""
        if reported(node):
            return
        if isinstance(node, Scalar) and not node.text.strip():
            self.empty(node, wants)
            return
        if isinstance(node, Mapping) and wants != "a list":
            line = self.notes.lines[node.line - 1] if node.line <= len(self.notes.lines) else ""
            char = line[node.col - 1 : node.col]
            if char == "?":
                hint = "put quotes here: a ? begins a key"
            elif not node.flow or char != "{":
                hint = "put quotes here: a colon and a space make a key"
        be = "were" if wants.startswith(("keys", "the keys", "words")) else "was"
        message = f"{_GOT[type(node)]}{self._where()}, where {wants} {be} wanted"
        self.notes.error("PB021", node.place, message, hint)

    def empty(self, node: Scalar, wants: str) -> None:
        """Nothing stands where something is wanted."""
        if not reported(node):
            self.notes.error("PB028", node.place, f"nothing stands here{self._where()}", f"wanted: {wants}")

    def long(self, node: Scalar, length: int, most: int) -> None:
        """A text is too long; the caret stands under what is too much."""
        message = f"{length} characters{self._where()}; {most} is the most"
        self.notes.error("PB027", node.within(most, length), message, "shorten it")

    def lines(self, node: Scalar) -> None:
        """Several lines stand where one is wanted."""
        message = f"several lines{self._where()}; one is wanted"
        self.notes.error("PB029", node.place, message, "keep it in one line")

    def form(self, node: Scalar, form: str, text: str) -> None:
        """A text does not look as it must."""
        wanted = FORMS[form]
        self.notes.error(wanted.code, node.place, f"{short(text)} is not {wanted.wants}", _cure(form, text))

    def placeholder(self, node: Scalar) -> None:
        """A placeholder stands where none is filled in."""
        self.notes.error("PB035", node.place, "no placeholder is filled in here", "write the words out")

    def number(self, node: Scalar, least: int | None, most: int | None) -> None:
        """No whole number, or none between the bounds."""
        message = f"{short(node.text)} is not a whole number"
        if least is not None and most is not None:
            message += f" between {least} and {most}"
        self.notes.error("PB024", node.place, message)

    def flag(self, node: Scalar) -> None:
        """Neither true nor false."""
        said = node.text.casefold()
        cure = "true" if said in _TRUE else "false" if said in _FALSE else ""
        hint = f'did you mean "{cure}"?' if cure else ""
        self.notes.error("PB025", node.place, f"{short(node.text)} is neither true nor false", hint)

    def word(self, node: Scalar, names: list[str]) -> None:
        """None of the words that may stand here."""
        if not reported(node):
            hint, note = did_you_mean(node.text, names), listed("allowed here", names)
            self.notes.error("PB026", node.place, f"{short(node.text)} is not known here", hint, note)

    def size(self, node: Sequence | Mapping, least: int | None, most: int | None) -> None:
        """Too many entries, or none."""
        entries = node.items if isinstance(node, Sequence) else [key for key, _ in node.entries]
        if most is not None and len(entries) > most:
            message = f"{len(entries)} entries{self._where()}; {most} is the most"
            self.notes.error("PB027", entries[most].place, message, "from here on too many")
        elif least is not None and len(entries) < least and not reported(node):
            message = f"nothing stands here{self._where()}"
            self.notes.error("PB028", node.place, message, "fill it, or delete the key")

    def missing(self, node: Mapping, names: list[str]) -> None:
        """Required keys are not there."""
        if reported(node):
            return
        first = node.entries[0][0].place if node.entries else node.place
        said = ", ".join(f'"{name}"' for name in names)
        message = (
            f"the {'keys' if len(names) > 1 else 'key'} {said} {'are' if len(names) > 1 else 'is'} missing"
        )
        self.notes.error("PB020", first, f"{message}{self._where()}", f"add: {', '.join(names)}")

    def unknown(self, shape: Record, node: Mapping, key: Scalar) -> None:
        """A key that this record does not have."""
        free = [name for name in shape.fields if node.get(name) is None]
        hint = did_you_mean(key.text, free, SYNONYMS)
        message = f"unknown key {short(key.text)}{self._where()}"
        self.notes.error("PB012", key.place, message, hint, listed("allowed here", shape.fields))

    def neither(self, records: list[Record], node: Mapping) -> None:
        """None of several long forms: the keys that would tell them apart are not there."""
        keys = list(dict.fromkeys(name for record in records for name in record.required))
        first = node.entries[0][0] if node.entries else None
        hint = did_you_mean(first.text, keys, SYNONYMS) if first else ""
        message = f"one of these keys is missing{self._where()}: {', '.join(keys)}"
        self.notes.error("PB020", first.place if first else node.place, message, hint)

    def comma(self, node: Mapping, key: Scalar) -> None:
        """A text between { and } ended at its comma; the rest looks like a key without a value."""
        at = next(at for at, (name, _) in enumerate(node.entries) if name is key)
        before = node.entries[at - 1][1] if at else None
        said, place = key.text, key.place
        if isinstance(before, Scalar):
            said = f"{before.text}, {key.text}"
            if before.line == key.line == key.end_line:
                place = Place(before.line, before.col, key.end_col)
        self.notes.error(
            "PB021", place, "a comma ends a text between { and }", f"put quotes here: {short(said, 60)}"
        )

    def _where(self) -> str:
        """` in step contain/cut-link`, as near as ids tell."""
        names, table = [], ""
        for key, node in self.trail:
            own = node.get("id")
            if key:
                table = key
            elif isinstance(own, Scalar) and node.get("phases") is None:
                names.append(own.text)
        if names:
            return f" in {'step' if len(names) > 1 else 'phase'} {short('/'.join(names), 80)[1:-1]}"
        return f" in {short(table)[1:-1]}" if table else ""


def reported(node: Node) -> bool:
    """Whether this node has been refused while the file was parsed."""
    if isinstance(node, Mapping):
        return node.broken
    return isinstance(node, Scalar) and node.style == REFUSED


def cut_by_comma(node: Mapping, value: Node) -> bool:
    """Whether a key is what a comma between { and } cut off: it has no value at all."""
    bare = isinstance(value, Scalar) and not value.text and not value.style
    return node.flow and bare and isinstance(value, Scalar) and value.end_col == value.col


def wants(shape: Shape) -> str:
    """The shape in words."""
    if isinstance(shape, Text):
        return FORMS[shape.limits.form].wants
    if isinstance(shape, Words):
        return "one of " + ", ".join(map(str, shape.options))
    if isinstance(shape, Either):
        return " or ".join(dict.fromkeys(wants(option) for option in shape.options))
    if isinstance(shape, Record):
        return "the keys " + ", ".join(shape.required or shape.fields)
    return {Whole: "a whole number", Flag: "true or false", Listing: "a list", Table: "keys with values"}[
        type(shape)
    ]


def _cure(form: str, text: str) -> str:
    if form == "slug":
        slug = re.sub(r"[^a-z0-9]+", "-", text.casefold()[:200]).strip("-0123456789")[:60]
        return f"write it as {slug}" if slug else ""
    if form != "duration":
        return ""
    squeezed = text.replace(" ", "").casefold()
    if days := re.fullmatch(r"([0-9]{1,3})d(?:ays?)?", squeezed):
        return f"write it as {int(days[1]) * 24}h"
    if match := re.fullmatch(r"([0-9]{1,6})([smh])[a-z]*", squeezed):
        return f"write it as {match[1]}{match[2]}"
    return f"write {text}m for minutes" if re.fullmatch(r"[0-9]{1,6}", text) else ""
