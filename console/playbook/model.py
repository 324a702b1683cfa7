"""A playbook as the engine reads it: checked, merged with what it uses, every name in full.

Lengths of time are milliseconds; a step's `name` is `phase/step`. The reader makes these from the document that an
author wrote (`document.py`); nothing else does.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from msgspec import Struct

from console.playbook.conditions import Condition

RESERVED_CHANNELS: Final = ("evidence", "items", "voices")
STAND_DOWN: Final = "stand-down"


class Choice(Struct, frozen=True):
    """One answer an officer may pick: the slug that conditions see, the words that people read."""

    slug: str
    words: str


class Answer(Struct, frozen=True):
    """What the officer reports. `kind` is `choose`, `value`, `number` or `people`."""

    kind: str
    prompt: str = ""
    choices: tuple[Choice, ...] = ()
    want: int | None = None


class Gate(Struct, frozen=True):
    """How many codes, and whose. With `not_writer` one of them is an approver's who wrote none of it."""

    codes: int = 1
    by: str = ""
    not_writer: bool = False


class Verb(Struct, frozen=True):
    """`channel.verb` of an act, or `channel.probe` of a check."""

    channel: str
    verb: str


class Alternative(Struct, frozen=True):
    """One way to satisfy a need, and the steps it looks at."""

    condition: Condition
    steps: tuple[str, ...]
    source: str


class Need(Struct, frozen=True):
    """What must be so first. Any alternative satisfies it; folded ones are dropped; all folded: the need is void."""

    alternatives: tuple[Alternative, ...]
    source: str


class Guard(Struct, frozen=True):
    """A condition with the author's own words for it."""

    condition: Condition
    source: str


class Step(Struct, frozen=True, kw_only=True):
    """One step. Every field but `do` is optional in the file; see the format's table for each."""

    name: str
    do: str
    why: str = ""
    how: tuple[str, ...] = ()
    link: str = ""
    by: str = ""
    due: int | None = None
    critical: bool = False
    answer: Answer | None = None
    go: dict[str, str] = {}
    when: Guard | None = None
    needs: tuple[Need, ...] = ()
    act: Verb | None = None
    arguments: dict[str, str] = {}
    check: Verb | None = None
    text: str = ""
    gate: Gate | None = None
    confirm: str = ""
    repeat: int | None = None
    until: str = ""
    background: bool = False
    fallback: str = ""
    objective: str = ""
    was: str = ""
    access: tuple[tuple[str, str], ...] = ()

    @property
    def phase(self) -> str:
        """The id of its phase."""
        return self.name.partition("/")[0]


class WayOut(Struct, frozen=True):
    """An offer: when the condition turns true the screen names `go` and says `say`."""

    when: Guard
    go: str
    say: str = ""


class Phase(Struct, frozen=True):
    """Steps with one purpose. `opens` None: open from the start. `when` false folds all of its steps."""

    id: str
    title: str
    steps: tuple[Step, ...]
    opens: Guard | None = None
    when: Guard | None = None
    way_outs: tuple[WayOut, ...] = ()


class Part(Struct, frozen=True):
    """One named part of a wording, as a template."""

    name: str
    template: str


class Wording(Struct, frozen=True):
    """An outward text. `kind` is one of the format's kinds; parts are in the order they are sent."""

    slug: str
    kind: str
    parts: tuple[Part, ...]


class Question(Struct, frozen=True):
    """An opening question. `kind` is `pick`, `choose`, `time`, `yes-no` or `text`; `default` is one slug or several."""

    slug: str
    say: str
    kind: str
    options: tuple[Choice, ...] = ()
    default: tuple[str, ...] = ()


class Channel(Struct, frozen=True):
    """A named surface; `kinds` in order of preference."""

    name: str
    kinds: tuple[str, ...]


class Playbook(Struct, frozen=True, kw_only=True, dict=True):
    """One whole playbook with everything it uses in place."""

    id: str
    version: str
    title: str
    opens_when: str = ""
    not_for: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    channels: tuple[Channel, ...] = ()
    ask: tuple[Question, ...] = ()
    facts: dict[str, str] = {}
    memory: tuple[str, ...] = ()
    texts: tuple[Wording, ...] = ()
    phases: tuple[Phase, ...]

    def step(self, name: str) -> Step | None:
        """The step of that full name."""
        return self._by_name.get(name)

    def steps(self) -> tuple[Step, ...]:
        """All steps in the author's order."""
        return self._in_order

    @cached_property
    def _in_order(self) -> tuple[Step, ...]:
        return tuple(step for phase in self.phases for step in phase.steps)

    @cached_property
    def _by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self._in_order}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Full step names to the numbers on the screen: `contain/cut-link` to `3.2`."""
        return {
            step.name: f"{first}.{second}"
            for first, phase in enumerate(self.phases, 1)
            for second, step in enumerate(phase.steps, 1)
        }

    def phase(self, name: str) -> Phase | None:
        """The phase of that id."""
        return self._phases.get(name)

    @cached_property
    def _phases(self) -> dict[str, Phase]:
        return {phase.id: phase for phase in self.phases}

    def wording(self, slug: str) -> Wording | None:
        """The wording of that slug."""
        return next((text for text in self.texts if text.slug == slug), None)

    def channel(self, name: str) -> Channel | None:
        """The channel of that name."""
        return self._channels.get(name)

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {channel.name: channel for channel in self.channels}


class Source(Struct, frozen=True):
    """One file of a playbook's closure, as it was read."""

    path: str
    text: str
    sha256: str


class Loaded(Struct, frozen=True):
    """A playbook together with the closure it was read from; `sources[0]` is the playbook's own file."""

    playbook: Playbook
    sources: tuple[Source, ...]
