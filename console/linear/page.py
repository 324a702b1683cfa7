"""A board as lines: the status, the current step, its question. Pure; nothing is decided here.

Prefix words carry what colour and place carry elsewhere: LATE, WAY OUT, NEW FALSE ITEM, DOUBT, DRILL.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from console.incident.moment import hhmmss, spell
from console.incident.once_more import is_once_more, once_more_words, waits_with
from console.incident.sizes import kinds_of_text, size_words
from console.incident.tried_out import tried_out
from console.incident.whereto import answers_words, from_words, list_words, to_words
from console.incident.wordings import zone_of
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.incident.board import Board
    from console.incident.board_box import Box
    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.playbook.model import Choice

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
CALLS: Final = re.compile(r"\b(call|phone|ring)\b", re.IGNORECASE)
WAITS: Final = {"shut": "Not open yet", "needs": "Waits for"}
STAGES: Final = {
    "needs": ("go on: go on without it, with a reason.",),
    "running": ("It is being carried out.",),
    "interrupted": (
        "DOUBT The mailing stopped in the middle. Nobody is mailed twice.",
        "a goes on with those who were not tried.",
    ),
    "checking": ("The console looks by itself; nothing is asked of you.",),
}
EARLY: Final = ("needs", "gate", "send")
GO_ON: Final = ("settled", "running", "checking", "shut")


def status(board: Board, state: State, whys: Mapping[str, str] = NOTHING) -> list[str]:
    """Where the whole incident stands, the clock included."""
    mode = "LIVE" if board.live else "DRILL"
    lines = [f"{mode} {board.incident}, {board.title}. You are {board.officer}. {board.lead} leads."]
    lines.append(f"The time is {hhmmss(board.now, zone_of(state))}.")
    if board.since_first is not None:
        lines.append(f"{spell(board.since_first)} since the first false post.")
    lines += [f"False posts: {board.stream}.", f"Public notice: {board.notice}."]
    lines += [unwatched_words(each, whys) for each in board.unwatched]
    if board.update:
        lines.append(f"Next public update: {board.update}.")
    lines.append(f"False items: {board.items}, {board.items_saved} saved, {board.items_left} still up.")
    lines += [
        f"{phase.number} {phase.title}: {phase.done} of {phase.total} done"
        + (f", shut: {phase.shut}" if phase.shut else "")
        + "."
        for phase in board.phases
    ]
    lines.append(f"Late: {board.late}." if board.late else "Nothing is late.")
    lines += [f"Waiting: {each}." for each in board.waiting]
    lines += [f"DOUBT {step}: we do not know if it went out." for step in board.doubts]
    lines += [f"WAY OUT {way.number} {way.words}. w takes it." for way in board.ways]
    if board.last:
        lines.append(f"Last: {board.last}.")
    if board.next:
        lines.append(f"Next: {board.next}.")
    return lines


def unwatched_words(line: str, whys: Mapping[str, str]) -> str:
    """One channel where the console should look and does not, with why where that is known."""
    where = line.removeprefix("not watching ")
    why = whys.get(where.partition(" ")[0], "").rstrip(".")
    return f"NOT WATCHING {where}{f': {why}' if why else ''}. Look there yourself."


def steps(board: Board) -> list[str]:
    """Every step with its mark and note."""
    return [
        f"{row.mark} {row.number} {row.do}. {row.note}".strip()
        for phase in board.phases
        for row in phase.rows
    ]


def step_page(board: Board, state: State) -> list[str]:
    """The current step, whole, without the word of the mode before its first line."""
    box = board.box
    if box is None:
        return nothing_now(board)
    lines = [f"Step {box.number}, {box.step}."]
    late = f"LATE {spell(box.late)}. " if box.late else ""
    due = f"Due {box.due}. " if box.due else ""
    critical = "Critical." if box.critical else ""
    lines.append(f"Do: {sentence(box.do)}")
    if late or due or critical:
        lines.append(f"{late}{due}{critical}".strip())
    if box.by:
        lines.append(f"Asked of: {box.by}. Anyone may answer for them.")
    if box.why:
        lines.append(f"Why: {box.why}")
    lines += [f"How {place}: {sentence(move)}" for place, move in enumerate(box.how, 1)]
    if not board.live and any(CALLS.search(words) for words in (box.do, *box.how, *box.guide)):
        lines.append("DRILL: call nobody. Tell the drill lead.")
    if box.link:
        lines.append(f"Link: {box.link}")
    return [*lines, *_rest(board, box, state)]


def nothing_now(board: Board) -> list[str]:
    """What is printed when no step is in front: what opens later, and how to end."""
    if board.ended:
        return [f"{sentence(board.ended)} Nothing more is asked. n writes a note, l shows the log, q leaves."]
    lines = ["No step is to be done now."]
    lines += [
        f"{phase.number} {phase.title}, not open yet: {phase.shut}." for phase in board.phases if phase.shut
    ]
    if board.update:
        lines.append(f"Next public update: {board.update}.")
    return [*lines, "Enter looks for the next step. close ends the incident."]


def stage_page(board: Board, state: State) -> list[str]:
    """What a step wants by now, when the step itself was printed before."""
    box = board.box
    return (
        nothing_now(board) if box is None else [f"Step {box.number}, {box.step}.", *_rest(board, box, state)]
    )


def _rest(board: Board, box: Box, state: State) -> list[str]:
    ways = [f"WAY OUT {way.number} {way.words}. w takes it." for way in board.ways]
    return [*_stage(box, board, state), *ways, *question(box, state)]


def words_of(text: str) -> list[str]:
    """An outward text as its lines, without empty ones."""
    return [line for line in text.splitlines() if line.strip()]


def sentence(words: str) -> str:
    """The words with a full stop, unless they end in a mark of their own."""
    return words if words.endswith((".", "?", "!", ":")) else f"{words}."


def question(box: Box, state: State) -> list[str]:
    """What can be answered at this stage, numbered."""
    if box.stage == "doubt":
        return ["Did it happen?", "1 It happened", "2 It did not", "3 Cannot tell yet"]
    asked = box.asked
    if asked is None:
        return []
    if asked.kind != "choose":
        return [f"{asked.prompt}", "1 Type the answer"]
    shown = [f"{place} {choice.words}" for place, choice in offered(box, state).items()]
    if not shown:
        return []
    early = box.stage in EARLY and not box.says
    return ["If it cannot be done:" if early else asked.prompt, *shown]


def offered(box: Box, state: State) -> dict[int, Choice]:
    """The answers that fit this stage by their numbers: before the act, only those that lead elsewhere."""
    if box.asked is None:
        return {}
    step = state.playbook.step(box.step)
    away = step.go if step is not None else {}
    return {
        place: choice
        for place, choice in enumerate(box.asked.choices, 1)
        if box.stage not in EARLY or box.says or choice.slug in away
    }


def _stage(box: Box, board: Board, state: State) -> Iterator[str]:
    """What the step wants at this stage, and what is known of it."""
    match box.stage:
        case "gate" | "send":
            yield from _outward(box, board, state)
        case "hands":
            yield from hands(box)
        case "doubt":
            yield from doubts(box)
        case "answer" if not box.outward:
            if box.people:
                yield f"The list that is chosen here holds {counted(box.people, 'person', 'people')}."
            yield from _text(box, state)
        case stage:
            yield from (f"{WAITS[stage]}: {why}." for why in box.waits if stage in WAITS)
            if let := waits_with(box.effects):
                yield f"The mailing has not gone on yet: {let}. a goes on with it."
            else:
                yield from STAGES.get(stage, ())
    if box.stage in ("answer", "checking"):
        yield from whither(box)
    if box.tells:
        yield f"Known: {sentence(box.tells)}"
    if box.stage in GO_ON:
        yield "Nothing more is asked here. Enter goes to the next step."


def _outward(box: Box, board: Board, state: State) -> Iterator[str]:
    if box.takes == "items":
        yield f"It is about {counted(len(box.items), 'false item')}, {box.unsaved} of them not saved."
    if box.takes == "recipients":
        yield (
            f"It reaches {counted(box.people, 'person', 'people')}."
            if box.people
            else "No list of people is chosen yet: list."
        )
    yield from _text(box, state)
    yield from (f"It did not happen: {each.reason}" for each in box.effects if each.status == "failed")
    if box.stage == "gate":
        wants = " and ".join(box.wants) or (
            "your code and a second person's code" if box.second else "a code"
        )
        asks = "Choose the answer, then they are asked for." if box.says else "g asks for it."
        yield f"It still needs {wants}. {asks} NOTHING HAS BEEN SENT."
        return
    yield f"a: {act_words(box, board)}. Nothing goes before you type what is asked there."


def _text(box: Box, state: State) -> Iterator[str]:
    if box.text is not None:
        yield f"Text, {size_words(box.text.text, kinds_of_text(state, box.text_slug))}. t changes it, x copies it to a file:"
        if box.text.subject:
            yield f"Subject: {box.text.subject}"
        yield from words_of(box.text.text)


def act_words(box: Box, board: Board) -> str:
    """What `a` does, in the words of the mode."""
    if box.guided:
        return "do it by hand; the moves are shown next"
    if not board.live:
        return "simulate it; nothing leaves this drill"
    if box.takes == "items" and not box.looks:
        return "take them down, for real"
    return "send to the world" if box.text is not None else "do it, for real"


def hands(box: Box) -> Iterator[str]:
    """A guided act: the moves of a person's hands and the text they copy."""
    yield "Do it by hand:"
    yield from (f"Move {place}: {sentence(move)}" for place, move in enumerate(box.guide, 1))
    if box.text is not None:
        words = box.manifest.text if box.manifest is not None else box.text.text
        subject = box.manifest.subject if box.manifest is not None else box.text.subject
        if subject:
            yield f"Subject: {subject}"
        yield "The words, as they were planned. x copies them to a file:"
        yield from words_of(words)
    yield from whither(box)


def whither(box: Box) -> Iterator[str]:
    """What the step is about and its addresses, one fact a line."""
    yield from (line for each in box.addresses for line in each.lines())


def doubts(box: Box) -> Iterator[str]:
    """The first open doubt of a step, with what was seen when it was looked into."""
    open_ones = [effect for effect in box.effects if effect.status == "doubt"]
    effect = open_ones[0]
    where = " ".join(part for part in (effect.channel, effect.item) if part)
    yield f"DOUBT We do not know if it went out: {where or effect.step}. It is never repeated by itself."
    if len(open_ones) > 1:
        yield f"{len(open_ones)} are in doubt; this is the first."
    yield f"What happened: {effect.reason}."
    yield f"What was seen: {effect.proof or 'nothing can be read back, look yourself'}"


def what_goes_out(manifest: Manifest, state: State, left: int = 0) -> list[str]:
    """A planned act, read from the manifest and from nowhere else; `left` of it where a mailing stopped."""
    what = once_more_words(manifest) or f"{manifest.verb} in step {manifest.step}."
    lines = [f"What: {what}", f"To: {to_words(manifest, state)}."]
    if from_words(manifest):
        lines.append(f"From: {from_words(manifest)}")
    if answers_words(manifest):
        lines.append(f"Shown under the false mail: {answers_words(manifest)}")
    tested = tried_out(manifest, state)
    lines += [tested.words] if tested is not None else []
    if manifest.reaches:
        lines.append(
            f"How many: {left:,} are left of {manifest.reaches:,}."
            if left
            else f"How many: {manifest.reaches:,}."
        )
    lines += [f"{name}: {words}." for name, words in list_words(manifest, state)]
    lines += [
        f"Item {item.id} on {item.channel}: {' '.join(item.words.split()) or item.link}{'' if item.saved else ', NOT SAVED'}."
        for target in manifest.targets
        if (item := state.items.get(target.item)) is not None
    ]
    if manifest.answer:
        lines.append(f"{'Because' if is_once_more(manifest) else 'Answer'}: {manifest.answer}")
    if manifest.subject:
        lines.append(f"Subject: {manifest.subject}")
    if manifest.text:
        lines.append(f"Text, {size_words(manifest.text, [target.kind for target in manifest.targets])}:")
        lines += words_of(manifest.text)
    return lines


def read_to_them(manifest: Manifest, state: State, words: str) -> list[str]:
    """The page that is read to an approver on the phone."""
    lines = ["Read this to them, slowly:"]
    lines += what_goes_out(manifest, state)
    if manifest.reaches:
        lines.append("Ask them to read the number back to you.")
    lines.append(f"If they have a screen of their own, the check code words are: {words}")
    return lines
