"""The mailing that is killed again and again: python smtp_killed.py JOURNAL PORT CONNECTIONS MANY freeze|send."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.clock import SystemClock
from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal
from tests.benchmarks.smtp_senders import address, order


async def main(path: str, port: str, connections: str, many: str, what: str) -> None:
    """Freeze the list, or send to whoever waits."""
    raw = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "from": "news@example.org",
        "connections": connections,
    }

    async def no_secret() -> None:
        return None

    relay = Relay(MailSettings.read("mailer", raw), no_secret, SystemClock(), apart=True)
    async with await SqliteJournal.open(Path(path), "live") as journal:
        ledger = JournalLedger(journal, "mailing", SystemClock())
        if what == "freeze":
            await ledger.create([address(n) for n in range(int(many))])
            return
        await MailChannel("mailer", relay).act(order(attempt=2), ledger)
        doubtful = [each.address for each in await ledger.doubtful()]
        print(json.dumps({**await ledger.counts(), "doubtful": doubtful}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
