"""Opening an incident: entry 0 with the closure of its playbook, under an id that names one database."""

from __future__ import annotations

import platform
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

import console
from console.errors import BadInput, Contended, JournalBusy
from console.incident.codec import encode
from console.incident.events import Opened, SourceFile
from console.incident.moment import Now
from console.text import unshowable

if TYPE_CHECKING:
    from console.journal.protocol import Journal
    from console.playbook.model import Loaded, Question

PREFIX: Final = {"live": "L", "practice": "D"}
TRIES: Final = 50
MOMENT_DIGITS: Final = 14  # of wall ms: beyond the year 5000


class Opening(Struct, frozen=True, kw_only=True):
    """What is asked before an incident stands.

    Attributes:
        answers: opening answers by slug; what is missing takes the question's safe default.
        configured: channels the console can act on by itself, `name: kind`.
        by_hand: verbs of those channels that are left to a person's hands, such as `mailer.send-internal`.
        fields: channel fields for texts, such as `account.handle`.
    """

    by: str
    loaded: Loaded
    mode: str
    answers: dict[str, str] = {}
    configured: dict[str, str] = {}
    by_hand: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    zone: str = "UTC"
    scenario: str = ""
    seed: int = 0
    engine: str = ""


async def open_incident(journal: Journal, opening: Opening, now: Now) -> str:
    """Write entry 0 and return the incident's id: `L-20190719-1` live, `D-…` in practice.

    Raises:
        BadInput: an opening answer does not fit its question.
    """
    answers = {
        q.slug: opening_answer(q, opening.answers.get(q.slug, "")) for q in opening.loaded.playbook.ask
    }
    day = datetime.fromtimestamp(now.wall / 1000, UTC).strftime("%Y%m%d")
    prefix = f"{PREFIX[opening.mode]}-{day}-"
    taken = [name for name in await journal.streams() if name.startswith(prefix)]
    number = 1 + max((int(name.rpartition("-")[2]) for name in taken), default=0)
    for _ in range(TRIES):
        incident = f"{prefix}{number}"
        try:
            await journal.append(incident, [encode(_entry(opening, incident, answers, now))], 0)
        except Contended:
            number += 1
            continue
        return incident
    raise JournalBusy("Other consoles opened incidents faster than this one could.")


def _entry(opening: Opening, incident: str, answers: dict[str, str], now: Now) -> Opened:
    playbook = opening.loaded.playbook
    return Opened(
        at=now.wall,
        boot=now.boot,
        by=opening.by,
        incident=incident,
        mode=opening.mode,
        playbook=playbook.id,
        version=playbook.version,
        files=tuple(SourceFile(path=s.path, text=s.text, sha256=s.sha256) for s in opening.loaded.sources),
        answers=answers,
        configured=dict(opening.configured),
        by_hand=opening.by_hand,
        fields=dict(opening.fields),
        versions={
            "console": console.__version__,
            "python": platform.python_version(),
            **({"sqlite": opening.engine} if opening.engine else {}),
        },
        zone=opening.zone,
        scenario=opening.scenario,
        seed=opening.seed,
        nonce=secrets.token_hex(16),
    )


def opening_answer(question: Question, typed: str) -> str:
    """The answer as it is kept: slugs joined with spaces, a time as wall ms or `not-sure`; the default for nothing.

    Raises:
        BadInput: it does not fit; the error lists what would.
    """
    if unshowable(typed):
        raise BadInput(f"The answer to “{question.say}” holds a character that cannot be seen.")
    words = typed.replace(",", " ").split()
    if not words:
        return " ".join(question.default)
    if question.kind == "time":
        moment = typed.strip()
        if moment == "not-sure" or (moment.isascii() and moment.isdecimal() and len(moment) <= MOMENT_DIGITS):
            return moment
        raise BadInput(f"{typed} is not a time for “{question.say}”.", do="Type it as 23:16, or not-sure.")
    allowed = [choice.slug for choice in question.options]
    if not allowed:
        return typed.strip()
    wrong = [word for word in words if word not in allowed]
    if wrong or (question.kind != "pick" and len(words) > 1):
        raise BadInput(f"{typed} does not answer “{question.say}”.", do=f"Choose from: {', '.join(allowed)}.")
    return " ".join(dict.fromkeys(words))
