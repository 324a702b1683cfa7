"""What the plain face says of the watch: where the console looks no more, once, and when it does again."""

from __future__ import annotations

from support_conductor import Scripted, desk, opened
from support_drill import Drilled
from support_incident import T0, Play
from support_linear import Officer

from console.clock import TurnedClock
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.linear.run import run_linear
from console.linear.watch import news_line

LOST = "NOT WATCHING account since 23:18: The credits are used up. Look there yourself."
NOTE = "account: could not be read at the last look. The credits are used up."
BACK = "WATCHING again: the console looks at every connected channel."


class Quiet:
    """Stands where a drill has its world."""

    async def beat(self):
        """Nothing is scripted."""


class Account(Scripted):
    """Says why it could not be read."""

    async def read(self):
        self.notes = {"watch": "The credits are used up."} if self.standing is None else {}
        return await super().read()


async def test_a_lost_watch_is_said_once_stands_in_the_status_and_its_return_is_said():
    clock = TurnedClock(T0, 1_000)
    account = Account("account", standing=())
    async with await SqliteJournal.open(":memory:", "live") as journal:
        incident = await opened(journal, clock, "account")
        d = await desk(journal, incident, clock, account)
        await d.conductor.beat()

        def lost(_said):
            account.standing = None
            return "s"

        def back(_said):
            account.standing = ()
            return "s"

        typist = Officer(
            Drilled(d.session, d.conductor, Quiet(), clock, journal),
            lost,
            (300, "s"),
            back,
            (60, "q"),
        )
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out)
        assert typist.said.count(LOST) == 3  # once by itself, and each time that the status was asked for
        assert typist.said.count(BACK) == 1
        assert typist.said.count(NOTE) == 1
        assert NOTE not in typist.said[typist.said.index(LOST) :]
        assert typist.said.index(LOST) < typist.said.index(BACK)
        await d.conductor.stop()


def test_what_took_anothers_place_and_what_went_is_told_as_such():
    play = Play.open(configured={"account": "x"})
    seen = {"channel": "account", "link": "https://x.com/1", "source": "watch", "verdict": "unknown"}
    play.do(c.See(words="Fire the chief", **seen))
    (changed,) = play.do(c.See(words="Changed: Send money", instead="i1", **seen))
    (gone,) = play.do(c.Gone(item="i2", verified=True))
    assert news_line(changed, play.state, "Reid") == (
        'NEW, NOT BY US: i2 (was i1) on account: "Changed: Send money". Is it false or ours? mark says so.'
    )
    assert news_line(gone, play.state, "Reid") == "GONE i2 is not there any more; the console looked."
    (by_hand,) = play.do(c.Gone(by="Reid", item="i1", how="hidden"))
    assert news_line(by_hand, play.state, "Reid") == ""
