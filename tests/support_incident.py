"""Incidents for tests: opened from the shipped playbooks, moved by commands, on a clock that is turned."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from console.incident.codec import decode, encode
from console.incident.decide import decide
from console.incident.events import Opened, SourceFile
from console.incident.fold import fold
from console.incident.moment import Now
from console.playbook.load import load

if TYPE_CHECKING:
    from console.incident.state import State

PLAYBOOKS = Path(__file__).parent.parent / "playbooks"
T0 = 1_563_574_680_000  # Friday 19 July 2019, 22:18 UTC: 23:18 in London, two minutes after the first false tweet
MINUTE = 60_000


def read_shipped(path: str) -> bytes:
    return (PLAYBOOKS / path).read_bytes()


@cache
def shipped(name: str):
    return load(f"{name}.yaml", read_shipped)


def opening(
    name: str = "press-channels-misused",
    *,
    mode: str = "live",
    by: str = "Reid",
    at: int = T0,
    configured: dict[str, str] | None = None,
    answers: dict[str, str] | None = None,
) -> Opened:
    loaded = shipped(name)
    given = {question.slug: " ".join(question.default) for question in loaded.playbook.ask}
    return Opened(
        at=at,
        boot=1_000,
        by=by,
        incident="L-20190719-1" if mode == "live" else "D-20190719-1",
        mode=mode,
        playbook=loaded.playbook.id,
        version=loaded.playbook.version,
        files=tuple(SourceFile(path=s.path, text=s.text, sha256=s.sha256) for s in loaded.sources),
        answers={**given, **(answers or {})},
        configured=configured or {},
        fields={"account.handle": "@ExamplePolice"},
        zone="Europe/London",
        nonce="n",
    )


@dataclass
class Play:
    """One incident in memory: every event goes through its bytes, as it would on disk."""

    now: Now = field(default_factory=lambda: Now(T0, 1_000))
    state: State | None = None
    events: list = field(default_factory=list)

    @classmethod
    def open(cls, *args, **kwargs) -> Play:
        play = cls()
        play.take(opening(*args, **kwargs))
        return play

    def take(self, event) -> None:
        again = decode(encode(event))
        assert again == event
        self.state = fold(self.state, again)
        self.events.append(again)

    def do(self, command):
        events = decide(self.state, command, self.now)
        for event in events:
            self.take(event)
        return events

    def turn(self, ms: int) -> None:
        self.now = Now(self.now.wall + ms, self.now.boot + ms)
