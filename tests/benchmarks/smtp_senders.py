"""One mailing as a process of its own, ours or another's; it prints seconds of sending, microseconds of processor, MiB, and more.

python tests/benchmarks/smtp_senders.py ours PORT MANY CONNECTIONS JOURNAL
python tests/benchmarks/smtp_senders.py smtplib PORT MANY
python tests/benchmarks/smtp_senders.py aiosmtplib PORT MANY CONNECTIONS
"""

from __future__ import annotations

import asyncio
import json
import resource
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter

import aiosmtplib

from console.channels.protocol import Order

WORDS = "Messages sent in our name last night were not from us. Please ignore them.\n" * 20
SUBJECT = "Please ignore last night's messages"


def address(n: int) -> str:
    """One of many."""
    return f"person{n}@subscribers{n % 997}.example"


def built(n: int) -> EmailMessage:
    """A message as Django and most others build it, anew for each."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "news@example.org", address(n), SUBJECT
    message.set_content(WORDS)
    return message


def order(attempt: int = 1) -> Order:
    """What a mail channel is told."""
    return Order(
        effect="E-1",
        attempt=attempt,
        incident="L-1",
        step="notify-subscribers/send",
        channel="mailer",
        kind="mail",
        verb="send",
        subject=SUBJECT,
        text=WORDS,
        recipients="mailing",
    )


def by_smtplib(port: int, many: int) -> dict[str, float]:
    """One connection, the standard library."""
    begun = perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for n in range(many):
            relay.send_message(built(n), "news@example.org", [address(n)])
    return {"seconds": perf_counter() - begun}


async def by_aiosmtplib(port: int, many: int, connections: int) -> dict[str, float]:
    """A loop over so many connections, the same message built anew for each."""
    numbers = iter(range(many))

    async def work() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as relay:
            for n in numbers:
                await relay.sendmail("news@example.org", [address(n)], built(n).as_bytes())

    begun = perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    return {"seconds": perf_counter() - begun}


async def ours(port: int, many: int, connections: int, path: Path) -> dict[str, float]:
    """The console's own way: a ledger on disk, a process that sends, an intent before each final dot."""
    from console.channels.live.mail import MailChannel
    from console.channels.live.mail_settings import MailSettings
    from console.channels.live.relay import Relay
    from console.channels.recipients import digest_of
    from console.clock import SystemClock
    from console.engine.ledger import JournalLedger
    from console.journal.sqlite import SqliteJournal

    class People:
        def __iter__(self):
            return map(address, range(many))

    async def no_secret() -> None:
        return None

    raw = {
        "host": "127.0.0.1",
        "port": str(port),
        "tls": "none",
        "from": "news@example.org",
        "connections": str(connections),
        "html": "no",
    }
    relay = Relay(MailSettings.read("mailer", raw), no_secret, SystemClock(), apart=True)
    async with await SqliteJournal.open(path, "live") as journal:
        ledger = JournalLedger(journal, "mailing", SystemClock())
        begun = perf_counter()
        await ledger.create(People(), digest_of(People()))
        frozen = perf_counter() - begun
        outcome = await MailChannel("mailer", relay).act(order(), ledger)
        counts = await ledger.counts()
        if counts["accepted"] != many:
            raise SystemExit(f"not everybody was sent to: {outcome}")
        times = [line.at async for _, line in ledger.entries()]
        begun = perf_counter()
        again = JournalLedger(journal, "mailing")
        await again.counts()
        resumed = perf_counter() - begun
    return {
        "seconds": (times[-1] - times[0]) / 1000,
        "frozen": frozen,
        "resumed": resumed,
        "rows": len(times),
    }


def main(how: str, *given: str) -> None:
    """Send, and print what it took."""
    if how == "ours":
        found = asyncio.run(ours(int(given[0]), int(given[1]), int(given[2]), Path(given[3])))
    elif how == "smtplib":
        found = by_smtplib(int(given[0]), int(given[1]))
    else:
        found = asyncio.run(by_aiosmtplib(*map(int, given)))
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    found["processor"] = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    found["memory"] = own.ru_maxrss / 1024
    found["memory of the sender"] = children.ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
