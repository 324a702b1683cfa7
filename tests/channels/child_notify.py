"""A console's mailing through GOV.UK Notify as a process of its own, so that it can be killed: JOURNAL URL CONNECTIONS."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from msgspec.structs import replace
from standins.notify import KEY, TEMPLATE
from support_notify import Forgets, words

from console.channels.live.notify import Notify
from console.channels.live.notify_settings import NotifySettings
from console.channels.live.transport import Control
from console.clock import SystemClock
from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal


async def key():
    return KEY


async def main(path, url, connections):
    settings = NotifySettings.read(
        "mailer", {"base": url, "template-id": TEMPLATE, "connections": connections}
    )
    faster = replace(settings, per_minute=60_000)  # than Notify takes: a test does not wait for minutes
    transport = Notify(faster, key, SystemClock(), Forgets())
    async with await SqliteJournal.open(Path(path), "live") as journal:
        ledger = JournalLedger(journal, "mailing")
        why = await transport.send(words(), ledger, Control())
        print(json.dumps({**await ledger.counts(), "why": why}))
    await transport.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
