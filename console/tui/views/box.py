"""The one boxed step: what to do, why, how, the text, what it asks, and what Enter does at this moment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from console.incident.board import Board, Way
from console.incident.board_box import Box
from console.incident.moment import spell
from console.incident.sizes import size_words
from console.playbook.model import Choice
from console.text import cells, fit, visible
from console.tui.text import Part, Tone
from console.tui.theme import Mode
from console.tui.views.lay import Row, Section, cut, hang, size, squeeze, wrap
from console.tui.views.standing import address_rows, standing_rows
from console.tui.views.voices import Voices

CALLS: Final = re.compile(r"\b(call|phone|ring)\b", re.IGNORECASE)
LABEL: Final = 7
TEXT_ROWS: Final = 5
ROOMY: Final = 18
MOST_ADDRESSES: Final = 12  # rows
EARLY: Final = ("needs", "gate", "send")
VERDICTS: Final = (
    Choice("happened", "It happened"),
    Choice("not", "It did not"),
    Choice("unknown", "Cannot tell yet"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The characters of a box's edge; live and drill never share one."""

    corner: str
    across: str
    side: str


SHAPES: Final[dict[Mode, Shape]] = {"live": Shape("+", "-", "|"), "practice": Shape("#", "~", ":")}


@dataclass(frozen=True, slots=True)
class Looking:
    """What an officer has under the fingers: nothing of it is in the record.

    Attributes:
        cursor: the key of the list's row; empty for the boxed step.
        chosen: the slug of the selected answer.
        typing: what is being typed: `answer`, `words`, `note`, or nothing.
        unfolded: phases whose steps that are not needed are shown.
        message: said to the officer above the last rows, until the next key.
        voices: what was called in and may not be read yet.
        kinds: the kinds of the channels that the step's text goes to.
        following: the step that was let go, of which is said what becomes of it, until the next key.
        going: how far the mailing is that is on its way.
    """

    cursor: str = ""
    chosen: str = ""
    typing: str = ""
    unfolded: frozenset[str] = frozenset()
    message: tuple[str, ...] = ()
    voices: Voices = ()
    kinds: tuple[str, ...] = ()
    following: str = ""
    going: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn box: its rows, where in them a line is typed (row, column, width), and which row holds which answers."""

    rows: list[Row]
    typed_at: tuple[int, int, int] | None = None
    answers: dict[int, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)


def choices(box: Box, go: Sequence[str]) -> tuple[tuple[int, Choice], ...]:
    """The numbered answers possible at this stage; before an act only those that lead away from it.

    Args:
        box: the step.
        go: slugs of answers that lead elsewhere.
    """
    if box.stage == "doubt" or box.asked is None or box.asked.kind != "choose":
        return ()
    numbered = tuple(enumerate(box.asked.choices, 1))
    return tuple(pair for pair in numbered if pair[1].slug in go) if _early(box) else numbered


def _early(box: Box) -> bool:
    """Whether the act comes first, and only what leads away from it can be answered yet."""
    return box.stage in EARLY and not box.says


def draw(board: Board, box: Box, looking: Looking, go: Sequence[str], width: int, height: int) -> Drawn:
    """The box in at most `height` rows of exactly `width` cells.

    Args:
        board: whose box it is.
        box: the step.
        looking: what is chosen or being typed.
        go: slugs of answers that lead elsewhere.
        width: cells, edges included.
        height: rows, edges included.
    """
    mode: Mode = "live" if board.live else "practice"
    shape = SHAPES[mode]
    inner = width - 4
    asked = list(_question(box, looking, go, inner))
    roomy = height >= ROOMY
    how = _how(box, board, inner, listed=roomy)
    link = hang("Link".ljust(LABEL), box.link, inner, "info") if box.link else []
    text = _text(box, inner, height - 14 if roomy else TEXT_ROWS)
    sections = [
        Section(_title(box, board, inner), 1, 1),
        Section(hang("Why".ljust(LABEL), box.why, inner) if box.why else [], 0, 4),
        Section(how, len(how) if box.stage in ("hands", "checking") else 0, 3),
        Section(link, len(link)),
        Section(text, min(len(text), 2), 2),
        Section(_text_size(box, looking) if text else [], 0, 5),
        Section(list(standing_rows(box, board, looking.going, inner)), 1, 1),
        Section(asked, len(asked)),
        Section(_way_rows(board.ways, inner), 1, 1),
    ]
    room = height - 2 - sum(min(each.least, len(each.rows)) for each in sections)
    whither = address_rows(box, inner, min(room, MOST_ADDRESSES))
    sections.insert(-2, Section(whither, len(whither)))
    rows = squeeze(sections, height - 2)
    side: Part = (shape.side, "drill" if mode == "practice" else "muted")
    body = [(side, " ", *cut(row, inner, pad=True), " ", side) for row in rows]
    top = _edge(shape, mode, (_heading(box), "late" if box.late else "strong"), _owner(box), width)
    bottom = _edge(shape, mode, ("", "strong"), enter_words(board, box, looking, go), width)
    drawn = [top, *body, bottom]
    return Drawn(drawn, _typed_at(drawn, looking, inner), _answers_at(drawn, choices(box, go)))


def _edge(shape: Shape, mode: Mode, left: tuple[str, Tone], right: str, width: int) -> Row:
    """An edge with words in it at both ends; the right ones are cut last."""
    tone: Tone = "drill" if mode == "practice" else "muted"
    right = fit(visible(right), width - 8)
    heading = fit(visible(left[0]), width - 10 - cells(right))
    parts: list[Part] = [(shape.corner + shape.across, tone)]
    if heading:
        parts.append((f" {heading} ", left[1]))
    tail: list[Part] = [(f" {right} ", "strong")] if right else []
    tail.append((shape.across + shape.corner, tone))
    gap = width - size(tuple(parts)) - size(tuple(tail))
    return (*parts, (shape.across * max(gap, 0), tone), *tail)


def _heading(box: Box) -> str:
    parts = [f"NOW {box.number}"]
    if box.late:
        parts.append(f"LATE {spell(box.late)}")
    elif box.due and box.stage != "settled":
        parts.append(f"due {box.due}")
    if box.critical and box.stage != "settled":
        parts.append("CRITICAL")
    return "  ".join(parts)


def _owner(box: Box) -> str:
    return f"asked of {box.by}" if box.by else ""


def _title(box: Box, board: Board, width: int) -> list[Row]:
    words = box.do if box.do[-1:] in ".?!" else f"{box.do}."
    if not board.live and CALLS.search(box.do):
        words += " DRILL: call nobody, tell the drill lead."
    return [((line, "strong"),) for line in wrap(words, width)]


def _how(box: Box, board: Board, width: int, *, listed: bool) -> list[Row]:
    by_hand = box.stage == "hands"
    moves = box.guide if by_hand else box.how
    if not moves:
        return []
    told = [
        f"{move} (tell the drill lead)" if not board.live and CALLS.search(move) else move for move in moves
    ]
    if listed:
        heading: list[Row] = [(("Do it by hand", "late") if by_hand else ("How", "muted"),)]
        return heading + [row for move in told for row in hang("  - ", move, width)]
    sentences = " ".join(move if move[-1:] in ".?!" else f"{move}." for move in told)
    if by_hand:
        return hang("Do it by hand: ", sentences, width, "strong", "late")
    return hang("How".ljust(LABEL), sentences, width)


def _text(box: Box, width: int, most: int) -> list[Row]:
    """The words as they would go out, or as they were planned; their beginning when they are long."""
    if box.text is None or box.stage in ("shut", "settled", "needs"):
        return []
    rows = hang("Text".ljust(LABEL), _words(box), width, label_tone="info")
    if len(rows) > most:
        rows = rows[:most]
        last = rows[-1][-1]
        rows[-1] = (rows[-1][0], f"{last if isinstance(last, str) else last[0]} ...")
    return rows


def _words(box: Box) -> str:
    if box.manifest is not None and box.manifest.text:
        return box.manifest.text
    return box.text.text if box.text is not None else ""


def _text_size(box: Box, looking: Looking) -> list[Row]:
    copies = "t copies it" if box.stage in ("hands", "running", "doubt") else "t reads, edits or copies it"
    return [((" " * LABEL, "muted"), (f"{size_words(_words(box), looking.kinds)}; {copies}", "muted"))]


def _question(box: Box, looking: Looking, go: Sequence[str], width: int) -> Iterator[Row]:
    if box.stage == "doubt":
        yield (("Did it happen? ", "strong"), ("Enter shows what was seen, and asks.", "plain"))
        return
    asked = box.asked
    if asked is None:
        return
    if looking.typing in ("answer", "words"):
        prompt = asked.prompt if looking.typing == "answer" else "What do you see? A few words are enough."
        yield ((prompt, "strong"), ("  Enter answers, Esc goes back", "muted"))
        yield (("> ", "strong"),)
        return
    if asked.kind != "choose":
        if not _early(box):
            want = f"  (wanted: {asked.want})" if asked.want is not None else ""
            yield ((asked.prompt, "strong"), (want, "muted"))
        return
    offered = choices(box, go)
    if not offered:
        return
    yield ((("If it cannot be done:" if _early(box) else asked.prompt), "strong"),)
    yield from _choice_rows(offered, looking.chosen, width)


def _choice(number: int, choice: Choice, chosen: str) -> tuple[Part, ...]:
    if choice.slug == chosen:
        return (" ", (f"[{number}] {choice.words}", "inverse"), " ")
    return ("  ", (f"{number}", "head"), f"  {choice.words} ")


def _choice_rows(offered: Sequence[tuple[int, Choice]], chosen: str, width: int) -> Iterator[Row]:
    """On one row if they fit, else one a row: an answer is never torn apart."""
    drawn = [_choice(number, choice, chosen) for number, choice in offered]
    whole: Row = tuple(part for each in drawn for part in each)
    if size(whole) <= width:
        yield whole
    else:
        yield from (cut(each, width) for each in drawn)


def _way_rows(ways: Sequence[Way], width: int) -> list[Row]:
    labels = ("WAY OUT (w)  ", "WAY OUT      ")
    return [
        row
        for label, way in zip(labels, ways, strict=False)
        for row in hang(label, f"{way.words} ({way.number})", width, "late", "late")[:2]
    ]


def enter_words(board: Board, box: Box, looking: Looking, go: Sequence[str]) -> str:
    """What Enter does at this moment; it stands in the box's lower edge."""
    if looking.typing:
        return ""
    if looking.cursor and looking.cursor != box.step:
        number = next((r.number for p in board.phases for r in p.rows if r.step == looking.cursor), "")
        return f"Enter: open {number} here" if number else "Enter: show them"
    for offered, choice in choices(box, go):
        if choice.slug == looking.chosen:
            return f"Enter: answer {offered}, {choice.words}"
    act = {
        "gate": "Enter: read it and ask for the codes" if not box.says else None,
        "doubt": "Enter: settle it",
        "interrupted": "Enter: look at the mailing",
        "running": "Enter: look at the mailing" if box.takes == "recipients" else "",
        "settled": "Enter: the next step",
        "needs": "",
        "send": _send_words(board, box),
    }.get(box.stage)
    if act is not None:
        return act
    if box.asked is not None and (box.stage in ("answer", "hands") or box.says):
        return "a digit chooses, Enter answers" if box.asked.kind == "choose" else "Enter: type the answer"
    return ""


def _send_words(board: Board, box: Box) -> str:
    if box.takes == "recipients" and not box.people and not box.guided:
        return "Enter: choose the list of people"
    if box.looks:
        what = "save them" if box.takes == "items" else "begin"
        return f"Enter: {what}, by hand" if box.guided else f"Enter: {what}"
    if box.guided:
        return "Enter: read it once more, then by hand"
    return "Enter: read it once more, then send" if board.live else "Enter: read it once more, then simulate"


def _typed_at(rows: Sequence[Row], looking: Looking, inner: int) -> tuple[int, int, int] | None:
    if looking.typing not in ("answer", "words"):
        return None
    for place, row in enumerate(rows):
        if len(row) > 2 and row[2] == ("> ", "strong"):
            return place, 4, inner - 2
    return None


def _answers_at(
    rows: Sequence[Row], offered: Sequence[tuple[int, Choice]]
) -> dict[int, tuple[tuple[int, int, int], ...]]:
    """For the mouse: on each row, from which cell to which an answer stands, and its number."""
    found: dict[int, tuple[tuple[int, int, int], ...]] = {}
    wanted = {f"  {choice.words} ": number for number, choice in offered}
    wanted |= {f"[{number}] {choice.words}": number for number, choice in offered}
    for place, row in enumerate(rows):
        spans: list[tuple[int, int, int]] = []
        at = 0
        for part in row:
            text = visible(part if isinstance(part, str) else part[0])
            raw = part if isinstance(part, str) else part[0]
            if raw in wanted:
                spans.append((at - 3, at + cells(text), wanted[raw]))
            at += cells(text)
        if spans:
            found[place] = tuple(spans)
    return found
