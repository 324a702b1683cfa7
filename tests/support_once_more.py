"""A mailing that leaves people in doubt, and what an officer does to have them mailed once more."""

from __future__ import annotations

from collections import Counter

from support_conductor import SEND, Scripted, ready_to_send

from console.channels.protocol import Done, InDoubt, Told
from console.incident.manifest import from_bytes
from console.incident.planning import ONCE_MORE, confirmation, step_of

PEOPLE = [f"reader{n}@example.net" for n in range(12)]
IN_DOUBT = [PEOPLE[2], PEOPLE[3], PEOPLE[7]]
AGAIN = ONCE_MORE + SEND
WHY = "The relay lost its connection while it answered."


class Mailer(Scripted):
    """Takes everybody; on the first run it gives no answer on some, and stops before the last `left`."""

    def __init__(self, silent=(2, 3, 7), left=0):
        super().__init__("mailer")
        self.mailed, self.silent, self.left, self.runs = Counter(), silent, left, 0

    async def act(self, order, ledger=None):
        if order.verb != "send":
            return Done("250", "x")
        self.runs += 1
        waiting = [each async for each in ledger.waiting()]
        first = self.runs == 1
        for each in waiting[: len(waiting) - self.left] if first else waiting:
            await ledger.commit((), [each.n])
            self.mailed[each.address] += 1
            if not (first and each.n in self.silent):
                await ledger.commit([Told(each.n, "accepted", 250, "Ok")], ())
        counts = await ledger.counts()
        if counts["waiting"]:
            return InDoubt("The line stopped.")
        return Done("", accepted=counts["accepted"], refused=counts["refused"], doubtful=counts["tried"])


async def mailed(d):
    count = await ready_to_send(d, PEOPLE)
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()


async def asked(d, only=(), *officers):
    plan = await d.conductor.ask_once_more("Reid", SEND, WHY, only)
    for officer in officers or ("Reid", "Lindqvist"):
        await d.present(AGAIN, officer, plan.digest)
    return plan


def left(d):
    return confirmation(d.state, step_of(d.state, SEND), from_bytes(d.state.plan_of(SEND).raw.encode()))


async def goes_on(d, by="Reid"):
    await d.conductor.account(SEND)
    await d.conductor.act(by, SEND, confirm=left(d))
    await d.conductor.settle()


async def rows_again(d):
    ledger = d.conductor.ledger(from_bytes(d.state.plan_of(SEND).raw.encode()).recipients)
    return [line async for _, line in ledger.entries() if any(group[0] == "again" for group in line.groups)]
