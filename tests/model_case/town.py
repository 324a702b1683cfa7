"""Everything outside the console on the night: the platforms and the mail relay on loopback, who misuses them, and who mends them.

The platforms run in a thread of their own and are asked over HTTP; what they hold is the ground truth. All go by one clock.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self

from standins.mynewsdesk import Newsroom
from standins.wordpress import WordPressSite
from standins.x import US, XPlatform
from support_smtp import Behaviour, Rule, SmtpServer, make_certificates

from console.clock import TurnedClock

PATIENCE = 20  # seconds of this machine for anything that happens at once
MINUTE = 60_000
DAY = 86_400_000
HANDLE, TRUSTED = "ExamplePolice", "SuptBrandt"
RELAY_USER, RELAY_PASSWORD = "press", "relay-pass-77-Quay"
MAILED, UNKNOWN_THERE = 24, 2  # subscribers; of them the relay refuses so many
ROUTES = ("account", "newsroom", "website")


class NightClock(TurnedClock):
    """A turned clock that other threads can wait on."""

    def __init__(self, wall: int, boot: int = 0) -> None:
        super().__init__(wall, boot)
        self.turned = threading.Condition()

    def turn(self, ms: int) -> None:
        super().turn(ms)
        with self.turned:
            self.turned.notify_all()


@dataclass(frozen=True)
class Hoax:
    """One thing that nobody authorised: where it stands, its words, when it was put there (boot ms)."""

    channel: str
    link: str
    words: str
    at: int
    at_risk: bool


class Town:
    """The platforms, the relay and their people. Use it with `with`; what a platform was wrongly asked fails at the end.

    Args:
        clock: turned by the test.
        folder: for the website's notice and the relay's certificates.
        every: ms between two posts of the attacker, by route.
    """

    def __init__(self, clock: NightClock, folder, every: dict[str, int]) -> None:
        self.clock = clock
        self.account, self.voice = XPlatform(clock), XPlatform(clock)
        self.voice.accounts = {US: TRUSTED}
        self.newsroom, self.website = Newsroom(clock), WordPressSite(clock)
        self.newsroom.api_delay, self.newsroom.feed_delay, self.newsroom.page_delay = 55_000, 30_000, 40_000
        self.platforms = {
            "account": self.account,
            "voice": self.voice,
            "newsroom": self.newsroom,
            "website": self.website,
        }
        self.website.notice = folder / "notice"
        self.website.notice.mkdir()
        self.certificates = make_certificates(folder / "authority", "127.0.0.1", "localhost")
        self.relay = SmtpServer(
            Behaviour(fail_rcpt=[Rule("^gone", 550)]),
            tls=(self.certificates.cert, self.certificates.key),
            auth=(RELAY_USER, RELAY_PASSWORD),
        )
        self.ours: list[str] = []  # words that colleagues published, on whatever platform
        self.attacker = Attacker(self, every)
        self.person = Person(self)
        self._loop = asyncio.new_event_loop()
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="town")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE), self._error
        self._yesterday()
        return self

    def __exit__(self, kind, *_rest) -> None:
        self.attacker.leave()
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE)
        if kind is None and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._open())
        except Exception as error:  # noqa: BLE001 - it is raised where this thread is waited for
            self._error = error
        finally:
            self._ready.set()
            self._loop.close()

    async def _open(self) -> None:
        async with AsyncExitStack() as stack:
            for each in (*self.platforms.values(), self.relay):
                await stack.enter_async_context(each)
            self._ready.set()
            await self._over.wait()

    def call(self, what):
        """Do something in the platforms' own thread; its result."""

        async def do():
            return what()

        return asyncio.run_coroutine_threadsafe(do(), self._loop).result(PATIENCE)

    @property
    def traffic(self) -> int:
        """How many requests and mails were taken so far."""
        return sum(len(each.log) for each in self.platforms.values()) + len(self.relay.accepted)

    def _yesterday(self) -> None:
        """What stands there rightly: from days ago, and one post of a colleague from this evening."""
        wall = self.clock.now().wall
        for words, ago in (
            ("Our new front desk opens on Monday", 3 * DAY),
            ("The A10 is open again", 40 * MINUTE),
        ):
            self.ours.append(words)
            self.call(lambda words=words, ago=ago: self.account.publish(words, wall=wall - ago))
        self.ours += ["Station open day", "Who we are"]
        self.call(lambda: self.newsroom.publish("Station open day", published=wall - 3 * DAY))
        self.newsroom.items[0].created = wall - 3 * DAY
        self.call(lambda: self.website.publish("Who we are", kind="pages", at=wall - 3 * DAY))
        self.website.posts["pages"][12]["modified"] = wall - 3 * DAY


class Attacker(threading.Thread):
    """Posts on and on through every route that is open to them: to X through the newsroom's app, over HTTP as that does."""

    def __init__(self, town: Town, every: dict[str, int]) -> None:
        super().__init__(name="attacker", daemon=True)
        self._town = town
        self._every = every
        self._due = dict.fromkeys(every, 0)
        self._lock = threading.Lock()
        self._over = False
        self.routes = set(every)
        self.posted: list[Hoax] = []
        self.until = -1  # boot ms up to which everything that was due is posted
        self.error: BaseException | None = None
        self.token = ""

    def begin(self) -> None:
        """Get in."""
        self.token, _ = self._town.call(self._town.account.give)
        now = self._town.clock.now().boot
        self._due = dict.fromkeys(self._every, now)
        self.start()

    def leave(self) -> None:
        """Stop the thread."""
        self._over = True
        with self._town.clock.turned:
            self._town.clock.turned.notify_all()
        if self.is_alive():
            self.join(PATIENCE)

    def cut(self, *routes: str) -> None:
        """Somebody took these from them."""
        with self._lock:
            self.routes -= set(routes)

    def run(self) -> None:
        clock = self._town.clock
        try:
            while not self._over:
                now = clock.now().boot
                for route in sorted(self._due):
                    while self._due[route] <= now:
                        self._due[route] += self._every[route]
                        self._post(route)
                self.until = now
                with clock.turned:
                    clock.turned.wait_for(lambda now=now: self._over or clock.now().boot > now)
        except Exception as error:  # noqa: BLE001 - it fails the test, which waits for this thread
            self.error = error

    def _post(self, route: str) -> None:
        with self._lock:
            if route not in self.routes:
                return
            count = sum(each.channel == route for each in self.posted)
            risk = count == 0 and route != "account"
            who = " about a missing child, call this number" if risk else ""
            words = f"False {route} news {count}{who} xkqp"
            at = self._town.clock.now().boot
            link = getattr(self, f"_to_{route}")(words)
            if link:
                self.posted.append(Hoax(route, link, words, at, risk))

    def _to_account(self, words: str) -> str:
        line = http.client.HTTPConnection("127.0.0.1", self._town.account.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        line.request("POST", "/2/tweets", json.dumps({"text": words}), headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        if answer.status == 401:
            self.routes.discard("account")
            return ""
        if answer.status == 429:
            return ""  # X slows them down as well
        assert answer.status == 201, (answer.status, told)
        return f"https://x.com/{HANDLE}/status/{told['data']['id']}"

    def _to_newsroom(self, words: str) -> str:
        room = self._town.newsroom
        return self._town.call(lambda: room.link(room.publish(words, body="<p>Share this at once</p>")))

    def _to_website(self, words: str) -> str:
        return self._town.call(lambda: self._town.website.publish(words, "<p>Share this at once</p>"))


class Person:
    """Somebody at a browser: what the console asks people to do, done on the platforms."""

    def __init__(self, town: Town) -> None:
        self._town = town

    def revoke_app(self) -> None:
        """Take the newsroom's app off the account at X."""
        self._town.call(lambda: self._town.account.user_tokens.pop(self._town.attacker.token, None))

    def remove_strangers(self) -> None:
        """Remove every user of the newsroom, and so of the website's news, that nobody knows."""
        self._town.attacker.cut("newsroom", "website")

    def withdraw(self, link: str) -> None:
        """Set a release to draft."""
        room = self._town.newsroom
        found = next(each for each in room.items if room.link(each) == link)
        self._town.call(lambda: room.withdraw(found))

    def publish_in_newsroom(self, words: str) -> str:
        """Publish a news item in these words; its link."""
        room = self._town.newsroom
        self._town.ours.append(words)
        headline = words.splitlines()[0]
        body = "".join(f"<p>{line}</p>" for line in words.splitlines() if line)
        return self._town.call(lambda: room.link(room.publish(headline, "news", body)))

    def pin(self, post: str) -> None:
        """Pin a post of the account by its number; unpin with none."""
        self._town.call(lambda: self._town.account.pin(post))

    def standing(self, item) -> bool:
        """Whether something on the console's list can be seen by somebody who opens its link."""
        town = self._town
        if item.channel == "account":
            return any(item.link.endswith(each.id) for each in town.account.standing())
        if item.channel == "newsroom":
            return any(town.newsroom.link(x) == item.link and x.turns[-1][1] for x in town.newsroom.items)
        return any(
            town.website.link(kind, number) == item.link and each["status"] == "publish"
            for kind, posts in town.website.posts.items()
            for number, each in posts.items()
        )

    def knows(self, item) -> str:
        """What they hold something on the list to be, from its words: `bogus` or `ours`."""
        return "bogus" if "xkqp" in item.words else "ours"
