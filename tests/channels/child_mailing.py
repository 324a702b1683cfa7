"""A console's mailing as a process of its own, so that it can be killed: python child_mailing.py JOURNAL PORT CONNECTIONS apart|here."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.protocol import Order
from console.clock import SystemClock
from console.engine.ledger import JournalLedger
from console.journal.sqlite import SqliteJournal


async def no_secret():
    return None


async def main(path, port, connections, apart):
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "from": "news@example.org",
        "connections": connections,
        "retry-after": "0",
    }
    relay = Relay(MailSettings.read("mailer", settings), no_secret, SystemClock(), apart=apart == "apart")
    channel = MailChannel("mailer", relay)
    order = Order(
        effect="E-1",
        attempt=1,
        incident="L-0001",
        step="notify-subscribers/send",
        channel="mailer",
        kind="mail",
        verb="send",
        subject="Please ignore last night's messages",
        text="Messages sent in our name were not from us. " * 20,
        recipients="mailing",
    )
    async with await SqliteJournal.open(Path(path), "live") as journal:
        ledger = JournalLedger(journal, "mailing")
        await channel.act(order, ledger)
        doubtful = [recipient.address for recipient in await ledger.doubtful()]
        print(json.dumps({**await ledger.counts(), "doubtful": doubtful}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
