"""A live console on the screen with a mailing in hand: python smtp_console.py FOLDER PORT MANY CONNECTIONS.

FOLDER/ready appears when the list is frozen and both codes are given; the mailing begins when FOLDER/go appears.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests' own helpers

from support_conductor import SEND, desk, opened

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.recipients import digest_of
from console.clock import SystemClock
from console.engine.lists import freeze_list
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.tui.app import run_incident
from tests.benchmarks.smtp_senders import address


async def main(folder: Path, port: str, many: int, connections: str) -> None:
    """Open it, have everything ready, show it, send when told."""
    raw = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "from": "news@example.org",
        "connections": connections,
        "test-to": "me@example.org",
    }
    clock = SystemClock()

    async def no_secret() -> None:
        return None

    relay = Relay(MailSettings.read("mailer", raw), no_secret, clock, apart=True)
    mailer = MailChannel("mailer", relay, testers=("me@example.org",))
    async with await SqliteJournal.open(folder / "live.db", "live") as journal:
        incident = await opened(journal, clock, "mailer")
        made = await desk(journal, incident, clock, mailer)
        await _ready(made, many)
        (folder / "ready").touch()
        sending = asyncio.create_task(_send(made, folder, many))
        await run_incident(
            made.session, made.conductor, "Reid", state=folder, contacts=(), drill=None, back=True
        )
        sending.cancel()
        await made.conductor.stop()


async def _ready(made, many: int) -> None:
    session, conductor = made.session, made.conductor
    people = [address(n) for n in range(many)]
    name = f"{session.state.incident}/mailer"
    digest = digest_of(people)
    await freeze_list(
        session, people, c.Freeze(by="Reid", channel="mailer", ledger=name, sha256=digest, count=many)
    )
    for step, value in (("list", "today's export"), ("text", "right"), ("count", str(many))):
        await made.answer(f"notify-subscribers/{step}", value)
    await made.act("notify-subscribers/test")
    await made.answer("notify-subscribers/test", "right")
    plan = await conductor.ask("Reid", SEND)
    for officer in ("Reid", "Lindqvist"):
        code = made.vault.code_for(officer, clock_of(made))
        await conductor.approve("Reid", SEND, officer, code, digest=plan.digest, people=str(many))


def clock_of(made) -> int:
    """The wall of this moment, ms."""
    return made.clock.now().wall


async def _send(made, folder: Path, many: int) -> None:
    while not (folder / "go").exists():  # noqa: ASYNC110 - another process has no event of ours
        await asyncio.sleep(0.05)
    await made.conductor.act("Reid", SEND, confirm=str(many))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
