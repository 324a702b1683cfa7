"""YAML text to our own nodes, each with its place. The only module that knows PyYAML.

Only the parser's events are used: no type is guessed (every scalar is text), nothing is composed, resolved or
constructed. What a playbook has no use for is refused with a code of its own, and a hostile file is left as soon as it
shows: at the 33rd level, the 10,001st node, the 501st entry, the fiftieth finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.playbook.findings import SYNTAX, Notes, Place, short
from console.playbook.sources import decode
from console.playbook.traps import Stop, explain
from console.text import unshowable

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS: Final = 32
NODES: Final = 10_000
ENTRIES: Final = 500
REFUSED: Final = "*"  # the style of a scalar that stands where an alias stood: already reported


class Scalar(Struct):
    """A text. `style` is empty for a plain one, else its quote or block sign."""

    text: str
    line: int
    col: int
    end_line: int
    end_col: int
    style: str = ""

    @property
    def place(self) -> Place:
        """Where it stands; a text of several lines by its first."""
        return Place(self.line, self.col, self.end_col if self.line == self.end_line else 0)

    def within(self, start: int, end: int) -> Place:
        """Where characters `start` to `end` of the text stand; the whole when escapes or line breaks hide it."""
        quotes = len(self.style) if self.style in ("'", '"') else 0
        exact = self.line == self.end_line and self.end_col - self.col == len(self.text) + 2 * quotes
        if not exact:
            return self.place
        return Place(self.line, self.col + quotes + start, self.col + quotes + end)


class Sequence(Struct):
    """A list."""

    line: int
    col: int
    items: list[Node] = []
    flow: bool = False

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.line, self.col)


class Mapping(Struct):
    """Keys with values, in the author's order. `broken`: reported already, and of no use."""

    line: int
    col: int
    entries: list[tuple[Scalar, Node]] = []
    flow: bool = False
    broken: bool = False

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.line, self.col)

    def get(self, key: str) -> Node | None:
        """The value of that key."""
        for name, value in self.entries:
            if name.text == key:
                return value
        return None

    def key(self, key: str) -> Scalar | None:
        """That key itself."""
        for name, _ in self.entries:
            if name.text == key:
                return name
        return None

    def at(self, *keys: str) -> Place:
        """Where the value of a key stands, through several mappings; the nearest place that exists."""
        node: Node = self
        for key in keys:
            inner = node.get(key) if isinstance(node, Mapping) else None
            if inner is None:
                break
            node = inner
        return node.place


Node = Scalar | Sequence | Mapping


def read_nodes(raw: bytes, notes: Notes) -> tuple[Node | None, str]:
    """The document of a file, and its text. None when it cannot be used: then `notes` says why.

    Args:
        raw: the file's bytes.
        notes: takes the findings, and the file's lines.
    """
    text = decode(raw, notes)
    if text is None:
        return None, ""
    return _Builder(text, notes).build(), text


class _Builder:
    """Events to nodes with a stack of its own; the depth of a file costs no stack of ours."""

    def __init__(self, text: str, notes: Notes) -> None:
        self._text = text
        self._notes = notes
        self._count = 0
        self._left = False

    def build(self) -> Node | None:
        """The one document, or None."""
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self._text)
        try:
            return self._document(loader, yaml)
        except yaml.MarkedYAMLError as error:
            self._stopped(error)
        except (yaml.YAMLError, ValueError, RecursionError, MemoryError) as error:
            self._notes.error(SYNTAX, Place(), f"the parser cannot read this file: {short(str(error))}")
        finally:
            loader.dispose()
        return None

    def _stopped(self, error: Any) -> None:
        mark, context = error.problem_mark, error.context_mark
        stop = Stop(
            problem=str(error.problem or ""),
            context=str(error.context or ""),
            line=mark.line if mark else 0,
            col=mark.column if mark else 0,
            context_line=context.line if context else -1,
            context_col=context.column if context else -1,
        )
        place, message, hint = explain(stop, self._notes.lines)
        if self._notes.on_line(place.line):
            return  # its cause is reported already, in better words
        self._notes.error(SYNTAX, place, message, hint)

    def _document(self, loader: Any, yaml: Any) -> Node | None:
        root: Node | None = None
        for node in self._nodes(loader, yaml):
            if root is not None:
                self._notes.error(
                    "PB015", node.place, "a second document begins here", "one file is one document"
                )
                return None
            root = node
        if root is None and not self._notes.errors:
            self._notes.error("PB015", Place(), "this file is empty")
        return None if self._left else root

    def _nodes(self, loader: Any, yaml: Any) -> Iterator[Node]:
        """Each finished document; ends early, with a finding, at anything hostile."""
        scalar, alias, end = yaml.ScalarEvent, yaml.AliasEvent, yaml.StreamEndEvent
        starts = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        stack: list[_Open] = []
        get_event = loader.get_event
        while (kind := type(event := get_event())) is not end:
            if kind is scalar:
                node: Node = self._scalar(event)
            elif kind in starts:
                if not self._begin(event, stack, mapping=kind is starts[0]):
                    return
                continue
            elif kind in ends:
                node = stack.pop().node
            elif kind is alias:
                node = self._alias(event)
            else:
                self._directive(event)
                continue
            self._count += 1
            if self._count > NODES:
                self._leave("PB009", node.place, f"more than {NODES} values in one file")
                return
            if not stack:
                yield node
            elif not self._put(stack[-1], node):
                return

    def _begin(self, event: Any, stack: list[_Open], *, mapping: bool) -> bool:
        begun = event.start_mark
        line, col = begun.line + 1, begun.column + 1
        if len(stack) == LEVELS:
            self._leave("PB008", Place(line, col, col + 1), f"more than {LEVELS} levels")
            return False
        if event.anchor is not None or event.tag is not None:
            self._mark(event)
        flow = bool(event.flow_style)
        stack.append(_Open(Mapping(line, col, [], flow) if mapping else Sequence(line, col, [], flow)))
        return True

    def _directive(self, event: Any) -> None:
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._notes.error("PB013", Place(), "directives are not used here", "delete this line")

    def _scalar(self, event: Any) -> Scalar:
        begun, ended = event.start_mark, event.end_mark
        style = event.style or ""
        text: str = event.value
        node = Scalar(text, begun.line + 1, begun.column + 1, ended.line + 1, ended.column + 1, style)
        if event.anchor is not None or event.tag is not None:
            self._mark(event)
            node.style = style if text else REFUSED
        if style == '"' and not text.isprintable():
            for _, char in unshowable(text)[:1]:
                message = f"an escape makes a character that cannot be seen: U+{ord(char):04X}"
                self._notes.error("PB006", node.place, message, "delete it")
        return node

    def _mark(self, event: Any) -> None:
        begun = event.start_mark
        line, col = begun.line + 1, begun.column + 1
        if event.anchor is not None:
            place = Place(line, col, col + 1 + len(event.anchor))
            self._notes.error(
                "PB011",
                place,
                f"anchors are not used here: {short('&' + event.anchor)}",
                "put quotes here if these are words",
            )
        if event.tag is not None:
            place = Place(line, col, col + 1)
            self._notes.error(
                "PB013",
                place,
                f"tags are not used here: {short(event.tag)}",
                "put quotes here if these are words",
            )

    def _alias(self, event: Any) -> Scalar:
        begun = event.start_mark
        line, col = begun.line + 1, begun.column + 1
        end = col + 1 + len(event.anchor)
        name = short("*" + event.anchor)
        self._notes.error(
            "PB011",
            Place(line, col, end),
            f"aliases are not used here: {name}",
            "put quotes here if these are words",
        )
        return Scalar("", line, col, line, end, REFUSED)

    def _put(self, top: _Open, node: Node) -> bool:
        """Hand a finished node to what holds it. False: this file is not worth reading on."""
        holder = top.node
        if type(holder) is Sequence:
            holder.items.append(node)
            size = len(holder.items)
        elif top.key is None:
            top.key = node
            return True
        else:
            key, top.key = top.key, None
            seen = top.seen
            assert type(holder) is Mapping
            if type(key) is Scalar and key.text not in seen and key.text != "<<" and key.style != REFUSED:
                seen.add(key.text)
                holder.entries.append((key, node))
            else:
                self._odd_key(key, seen, holder)
            size = len(seen)
        if size > ENTRIES:
            self._leave("PB009", node.place, f"more than {ENTRIES} entries in one place")
        return not self._left

    def _odd_key(self, key: Node, seen: set[str], holder: Mapping) -> None:
        """A key that is no plain word, or stands there already."""
        if not isinstance(key, Scalar):
            holder.broken = not holder.entries
            start = self._notes.lines[holder.line - 1][holder.col - 1 :]
            hint = 'put quotes here: "{{ name }}"' if start.startswith("{{") else "put quotes here"
            place = holder.place if start.startswith("{{") else key.place
            self._notes.error("PB016", place, "a key must be one plain word", hint)
        elif key.text in seen:
            message = f"the key {short(key.text)} stands here twice"
            self._notes.error("PB010", key.place, message, "keep one of them")
        elif key.style != REFUSED:
            self._notes.error("PB014", key.place, "merge keys are not used here", "write the keys out")

    def _leave(self, code: str, place: Place, message: str) -> None:
        self._left = True
        self._notes.error(code, place, message)


class _Open(Struct):
    """A collection that has begun and not ended."""

    node: Mapping | Sequence
    key: Node | None = None
    seen: set[str] = set()
