"""What is wrong with an author's file, where, and what cures it; and how that is drawn for a person.

A finding's place is 1-based; `end_col` is one past the last character. Codes are stable: scripts may rely on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST: Final = 50
SYNTAX: Final = "PB007"
COMPARED: Final = 8
LONGEST_GUESS: Final = 40

# Each code with what it means, for the documentation and for `check --explain`.
CODES: Final[dict[str, str]] = {
    "PB001": "The file cannot be read.",
    "PB002": "The file is larger than 256 KiB.",
    "PB003": "The file is not UTF-8.",
    "PB004": "The file begins with a byte-order mark.",
    "PB005": "The file has Windows line ends.",
    "PB006": "A control, bidi or invisible character.",
    "PB007": "This is not YAML: the parser stops here.",
    "PB008": "More than 32 levels.",
    "PB009": "Too many entries, or a line is too long.",
    "PB010": "The same key twice.",
    "PB011": "An anchor or an alias.",
    "PB012": "An unknown key.",
    "PB013": "A tag or a directive.",
    "PB014": "A merge key.",
    "PB015": "An empty file, or more than one document.",
    "PB016": "A key that is not a plain word.",
    "PB020": "A key is missing.",
    "PB021": "The wrong shape: a text, a list or keys were wanted.",
    "PB022": "Not a slug.",
    "PB023": "Not a length of time.",
    "PB024": "Not a whole number.",
    "PB025": "Neither true nor false.",
    "PB026": "Not one of the words that may stand here.",
    "PB027": "Too long, or too many.",
    "PB028": "Nothing stands here.",
    "PB029": "This text does not have the form wanted here.",
    "PB030": "No such step.",
    "PB031": "No such role.",
    "PB032": "No such channel.",
    "PB033": "The channel knows no such verb or probe.",
    "PB034": "No such wording.",
    "PB035": "No such name for a placeholder, or a broken placeholder.",
    "PB036": "The verb takes no such argument.",
    "PB037": "The same id twice.",
    "PB038": "The id is not the file's name.",
    "PB039": "Needs that go round in a circle.",
    "PB040": "The condition cannot be read.",
    "PB041": "The condition names something unknown.",
    "PB042": "The condition compares with a word that is not among the answers.",
    "PB043": "The two sides of the comparison do not fit.",
    "PB044": "A key that means nothing without another one.",
    "PB045": "The act needs a text.",
    "PB050": "The used playbook cannot be read.",
    "PB051": "A used playbook uses another one.",
    "PB052": "A playbook that can be used has one phase, with its own id.",
    "PB053": "Both playbooks have this channel, with different kinds.",
    "PB054": "The same playbook is used twice.",
    "PB055": "The used playbook has no such name.",
    "PB056": "More than five opening questions together.",
    "PB060": "Words that may not stand in a drill.",
    "PB101": "A part of the wording is missing.",
    "PB102": "A sentence of more than 25 words.",
    "PB103": "A word that should not be said early.",
    "PB104": "Longer than 60 characters once it is filled in.",
    "PB105": "More than nine steps in a phase that always apply.",
    "PB106": "The text may be longer than the channel takes.",
    "PB107": "A comparison with not-sure is never decided.",
    "PB108": "A step without an id.",
    "PB109": "This is never used.",
    "PB110": "This never happens.",
}


class Place(Struct, frozen=True):
    """A stretch of one line. `end_col` 0 reaches to the end of the line."""

    line: int = 1
    col: int = 1
    end_col: int = 0


class Finding(Struct, frozen=True, kw_only=True):
    """One thing wrong with a file.

    Attributes:
        code: as `PB012`; `CODES` says what each means.
        severity: `error` blocks a load, `warning` never does.
        message: what is wrong, without a full stop.
        hint: what cures it, drawn at the caret.
        note: what may stand here instead, drawn below.
    """

    code: str
    severity: str
    path: str
    line: int
    col: int
    end_col: int
    message: str
    hint: str = ""
    note: str = ""


class Enough(Exception):
    """Fifty errors have been noted; whoever reads the file stops here."""


class Notes:
    """The findings of one file while it is read; fifty at most of each severity. The fiftieth error raises Enough.

    Attributes:
        path: as the findings shall name it.
        lines: the file's lines, once it is decoded.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: Sequence[str] = ()
        self._found: dict[tuple[str, int, int, str], Finding] = {}
        self._count = {"error": 0, "warning": 0}

    @property
    def errors(self) -> int:
        """How many errors there are so far."""
        return self._count["error"]

    def on_line(self, line: int) -> bool:
        """Whether that line has a finding."""
        return any(place[1] == line for place in self._found)

    def error(self, code: str, place: Place, message: str, hint: str = "", note: str = "") -> None:
        """Note something that blocks a load."""
        self._add("error", code, place, message, hint, note)

    def warn(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note something that an author should look at."""
        self._add("warning", code, place, message, hint, "")

    def sorted(self) -> tuple[Finding, ...]:
        """Errors before warnings are cut at fifty; what is left stands in the order of the file."""
        ranked = sorted(self._found.values(), key=lambda one: (one.severity != "error", one.line, one.col))
        return tuple(sorted(ranked[:MOST], key=lambda one: (one.line, one.col, one.code)))

    def _add(self, severity: str, code: str, place: Place, message: str, hint: str, note: str) -> None:
        key = (code, place.line, place.col, message)
        if self._count[severity] >= MOST or key in self._found:
            return
        self._count[severity] += 1
        length = len(self.lines[place.line - 1]) if place.line <= len(self.lines) else place.col
        end = min(place.end_col or length + 1, length + 1)
        self._found[key] = Finding(
            code=code,
            severity=severity,
            path=self.path,
            line=place.line,
            col=place.col,
            end_col=max(end, place.col + 1),
            message=message,
            hint=hint,
            note=note,
        )
        if self._count["error"] >= MOST:
            raise Enough


def nearest(word: str, known: Iterable[str], synonyms: dict[str, str] | None = None) -> str:
    """The known word that was probably meant, or nothing.

    Only the few that share most letters are compared in full, and long words not at all: a hostile file has many.
    """
    names = list(known)
    word = word.casefold()
    meant = (synonyms or {}).get(word, "")
    if meant in names:
        return meant
    if len(word) > LONGEST_GUESS:
        return ""
    letters = set(word)
    ranked = sorted(names, key=lambda name: len(letters ^ set(name)) + abs(len(word) - len(name)))
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, ranked[:COMPARED], n=1, cutoff=0.6)), "")


def nearest_step(name: str, steps: Iterable[str]) -> str:
    """The step (`phase/step`) that was probably meant, or nothing. An id is compared with ids alone: a shared phase is no likeness."""
    known = list(steps)
    phase, _, own = name.rpartition("/")
    for there in ([each for each in known if each.rpartition("/")[0] == phase], known):
        ids = {each.rpartition("/")[2]: each for each in reversed(there)}
        meant = nearest(own, ids)
        if meant:
            return ids[meant]
    return ""


def did_you_mean(word: str, known: Iterable[str], synonyms: dict[str, str] | None = None) -> str:
    """`did you mean "..."?` when something is near."""
    meant = nearest(word, known, synonyms)
    return f'did you mean "{meant}"?' if meant else ""


def did_you_mean_step(name: str, steps: Iterable[str]) -> str:
    """As `did_you_mean`, for a step's full name."""
    meant = nearest_step(name, steps)
    return f'did you mean "{meant}"?' if meant else ""


def listed(what: str, names: Iterable[str]) -> str:
    """`allowed here: a, b (2)`; nothing for no names, and no more than thirty of them."""
    known = sorted(names)
    if not known:
        return ""
    shown = ", ".join(known[:30]) + (", ..." if len(known) > 30 else "")
    return f"{what}: {shown} ({len(known)})"


def short(text: str, room: int = 40) -> str:
    """The text in one line, cut to `room` characters, in double quotes."""
    flat = " ".join(text[: room * 4].split())
    return f'"{flat[: room - 3]}..."' if len(flat) > room else f'"{flat}"'


_WINDOW: Final = 100


def draw(finding: Finding, source_line: str) -> str:
    """A finding for a person: place, code, the offending line with a caret, the cure.

    Args:
        finding: what to draw.
        source_line: the line it is about, without its line end; everything in it is made visible.
    """
    from console.text import cells, visible

    head = (
        f"{finding.path}:{finding.line}:{finding.col}  {finding.severity} {finding.code}  {finding.message}"
    )
    start = max(0, finding.col - 1 - _WINDOW // 2) if len(source_line) > _WINDOW else 0
    before = source_line[start : finding.col - 1]
    marked = source_line[finding.col - 1 : min(finding.end_col - 1, start + _WINDOW)]
    after = source_line[finding.col - 1 + len(marked) : start + _WINDOW]
    lead = ("..." if start else "") + visible(before)
    tail = "..." if start + _WINDOW < len(source_line) else ""
    number = str(finding.line)
    gutter = " " * len(number)
    carets = "^" * max(1, cells(visible(marked)))
    lines = [
        visible(head),
        f"{gutter} |",
        f"{number} | {lead}{visible(marked)}{visible(after)}{tail}",
        f"{gutter} | {' ' * cells(lead)}{carets} {visible(finding.hint)}".rstrip(),
    ]
    if finding.note:
        lines.append(f"{gutter} = {visible(finding.note)}")
    return "\n".join(lines)
