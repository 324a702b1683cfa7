"""The organisation's website: by WordPress or Drupal where one runs it, a notice banner by file drop, and what anybody sees.

With no engine the console only looks, at the pages and the feed, and a person's hands do the rest.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import httpx
from msgspec.structs import replace

from console.channels.live import drupal, wordpress
from console.channels.live.adapter import Adapter, Tried
from console.channels.live.arrivals import Arrivals, key_of
from console.channels.live.cms import Cms, Desk, Entry, Unclear, undone
from console.channels.live.notice_board import NoticeBoard
from console.channels.live.public_looks import PublicLooks
from console.channels.live.web import Lost, NotSent
from console.channels.live.website_settings import NEEDS, PASSWORD, SIGNED_IN, listed, pages_of, problems
from console.channels.live.wordpress_keys import Keys
from console.channels.live.wordpress_people import Revoked
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Seen, Sighting

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from console.channels.live.adapter import Look, Secrets
    from console.channels.live.cms import Words
    from console.channels.live.wire import Keeper
    from console.clock import Clock

__all__ = ["NEEDS", "Website", "problems"]

OVER_THE_WIRE: Final = ("post", "unpublish")  # what is asked of the system, and may arrive late
_NO_WAY_IN: Final = "No user and password are kept for it on this machine"


class Website(Adapter):
    """One website.

    Attributes:
        wordpress: its WordPress, if it is one: who may do what there.
    """

    kind = "website"

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        engine = settings.get("engine", "")
        self.wordpress: wordpress.WordPress | None = None
        self._cms: Cms | None = None
        self._arrivals = Arrivals(clock)
        types = listed(settings.get("types", ""))
        if engine in SIGNED_IN and settings.get("user"):
            cms: Cms
            if engine == "wordpress":
                desk = self._desk("/wp-json", wordpress.words_in, {})
                cms = self.wordpress = wordpress.WordPress(desk, self._base, types)
                keys = Keys(
                    self.wordpress.people, desk, secrets, PASSWORD, self._secret, self._redactor.learn
                )
                self._acts |= {"rotate": keys.rotate}
                self._probes |= {"rotate": keys.rotated}
            else:
                desk = self._desk("/jsonapi", drupal.words_in, drupal.HEADERS)
                cms = drupal.Drupal(desk, self._base, types, settings.get("format", ""))
            self._cms = cms
            self._acts |= {"unpublish": self._unpublish, "post": cms.post}
            self._probes |= {"unpublish": self._unpublished, "post": cms.posted}
        feed = settings.get("feed", "") or (f"{self._base}/feed/" if engine == "wordpress" else "")
        self.looks: Final = PublicLooks(self._browser, clock, self._base, feed, pages_of(settings))
        self._checks |= {"absent": self._absent}
        if pages_of(settings):
            self._checks |= {"banner-up": self.looks.banner, "banner-down": self.looks.no_banner}
        if settings.get("notice-folder"):
            self._board: NoticeBoard | None = NoticeBoard(settings, clock, self.longest)
            self._acts |= {"banner": self._board.put_up, "banner-off": self._board.take_down}
            self._probes |= {"banner": self._board.stands, "banner-off": self._board.is_down}
        else:
            self._board = None

    # -- acts and their probes ---------------------------------------------------------------------------------------

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order; raises nothing, and tells no secret that an answer repeated to us."""
        if not _sendable(order.text, order.subject, order.item):
            return Failed("There is half a character in it, which cannot be sent.")
        outcome = await super().act(order, ledger)
        if order.verb in OVER_THE_WIRE and not isinstance(outcome, Failed):
            self._arrivals.tried(key_of(order))
        if isinstance(outcome, Done):
            return replace(outcome, proof=self._redactor.text(outcome.proof))
        return replace(
            outcome, reason=self._redactor.text(outcome.reason), proof=self._redactor.text(outcome.proof)
        )

    async def probe(self, order: Order) -> Seen:
        """Look whether an order that is in doubt happened; that it did not is said once it can no longer arrive."""
        seen = await super().probe(order)
        if seen.verdict == "disagrees" and order.verb in OVER_THE_WIRE:
            return self._arrivals.nothing_yet(key_of(order), seen.raw)
        return seen

    async def _look(self, look: Look | None, order: Order) -> Seen:
        try:
            seen = await super()._look(look, order)
        finally:
            self.held = ""
        return replace(seen, raw=self._redactor.text(seen.raw))

    async def _unpublish(self, order: Order) -> Outcome:
        assert self._cms is not None
        if not order.item.strip():
            return Failed("No item was named.")
        try:
            entry = await self._cms.find(order.item)
            if entry is None:
                return self._nowhere(order, await self.looks.at(order.item))
        except (NotSent, Lost, Unclear) as error:
            return undone(order, error)
        self.looks.remember(order.item, entry)
        outcome = await self._cms.unpublish(entry)
        return replace(outcome, remote=order.item) if isinstance(outcome, Done) else outcome

    def _nowhere(self, order: Order, seen: Seen) -> Outcome:
        assert self._cms is not None
        if seen.verdict == "agrees":
            return Done(seen.raw, order.item)
        what = f"{self._cms.title} knows no item there, and nothing was changed. Look at the page by hand."
        return Failed(what, seen.raw) if order.attempt == 1 else InDoubt(what, seen.raw)

    async def _unpublished(self, order: Order) -> Seen:
        """The CMS's own word, asked anew."""
        assert self._cms is not None
        try:
            entry = await self._cms.find(order.item)
        except Unclear as error:
            return Seen("cannot-see", error.answer.proof())
        if entry is None:
            seen = await self.looks.at(order.item)
            return seen if seen.verdict == "agrees" else replace(seen, verdict="cannot-see")
        self.looks.remember(order.item, entry)
        return Seen("disagrees" if entry.public else "agrees", _said(entry))

    # -- looking -----------------------------------------------------------------------------------------------------

    async def _absent(self, order: Order) -> Seen:
        """Signed out: the public API, the page with and without caches, the feed. All must say so."""
        if not order.item.strip():
            return Seen("cannot-see", "no item was named")
        entry, lights = None, []
        if self._cms is not None:
            try:
                entry = await self._cms.find(order.item)
                lights = [await self._cms.shown(entry)] if entry is not None else []
            except (NotSent, Lost, Unclear) as error:
                lights = [self.looks.dark("public API", str(error))]
        if entry is not None:
            self.looks.remember(order.item, entry)
        return await self.looks.absent(order.item, lights)

    async def read(self) -> tuple[Sighting, ...] | None:
        """What is public, newest change first: from the API, else from the feed."""
        found: tuple[Sighting, ...] | None = None
        if self._cms is not None:
            try:
                entries = await self._cms.listed()
            except (NotSent, Lost, Unclear):
                entries = None
            if entries is not None:
                for entry in entries:
                    self.looks.remember(entry.link, entry)
                found = tuple(entry.sighting() for entry in entries)
        self.held = ""
        return found if found is not None else await self.looks.feed_items()

    async def capture(self, item: str) -> dict[str, str]:
        """Everything about one item: what its editors see, what it was before, and the page as anybody gets it.

        Raises:
            NotSent: it is no web address, and no system knows it.
            Lost: neither could be read, or nothing stands there.
        """
        if not _sendable(item):
            raise NotSent("It is no web address.")
        entry, found, missing = None, dict[str, str](), ""
        if self._cms is not None:
            try:
                entry, found = await self._cms.saved(item)
            except (NotSent, Lost, Unclear) as error:
                missing = f"the API could not be read: {self._redactor.text(str(error))[:200]}"
            finally:
                self.held = ""
        if entry is not None:
            self.looks.remember(item, entry)
        try:
            where = entry.link if entry is not None else item
            found |= await self.looks.captured(where, vouched=not missing)
        except (NotSent, Lost) as error:
            if not found:
                raise
            missing = f"the page could not be read: {str(error)[:200]}"
        return found | ({"missing": missing} if missing else {})

    async def profile(self) -> dict[str, str]:
        """What a baseline compares later. Raises NotSent or Lost when nothing of it can be read."""
        found = await self.looks.profile()
        if self._cms is not None:
            try:
                found |= await self._cms.profile()
            except Unclear as error:
                raise Lost(self._redactor.text(str(error))) from error
            finally:
                self.held = ""
        return found

    async def revoke_others(self, keep: Collection[str] = ()) -> Revoked | None:
        """End every application password that is not ours; None where there are none.

        Args:
            keep: UUIDs of those that stay.

        Raises:
            NotSent, Lost: it could not be told which is ours; nothing was ended.
        """
        if self.wordpress is None:
            return None
        try:
            return await self.wordpress.people.revoke_others(keep)
        except Unclear as error:
            raise Lost(self._redactor.text(str(error))) from error
        finally:
            self.held = ""

    async def test(self) -> Tried:
        """Who we are there, what the console can do by itself, and what stays with a person."""
        ok, lines = True, list[str]()
        if self._cms is not None:
            try:
                ok, said = await self._cms.tried()
                lines += said
            except (NotSent, Lost, Unclear) as error:
                ok, lines = False, [f"{self._cms.title} could not be tried. {error}."]
            self.held = ""
        elif self._settings.get("engine") in SIGNED_IN:
            ok, lines = False, [f"{_NO_WAY_IN}."]
        seen, said = await self.looks.tried()
        lines += said
        board = await self._board.tried() if self._board is not None else None
        ok = ok and seen and (board is None or board[0])
        lines += [board[1]] if board is not None else []
        for verb, what in (
            ("unpublish", "Taking items down"),
            ("post", "Posting news"),
            ("banner", "The notice banner"),
        ):
            lines.append(f"{what}: {'by the console' if self.can(verb) else 'by hand, with instructions'}.")
        return Tried(ok, tuple(self._redactor.text(line) for line in lines))

    # -- the wire ----------------------------------------------------------------------------------------------------

    def _browser(self) -> httpx.AsyncClient:
        """One client that keeps no cookie: what signs in must not colour what a stranger is shown."""
        return self._client()

    def _desk(self, usual: str, words: Words, headers: dict[str, str]) -> Desk:
        api = self._settings.get("api", "").rstrip("/") or f"{self._base}{usual}"
        return Desk(self._browser, self._clock, api, self._login, self._hold, words, headers)

    async def _login(self, password: str = "") -> httpx.BasicAuth:
        user, password = self._settings.get("user", ""), password or await self._secret(PASSWORD)
        if not user or not password:
            raise NotSent(_NO_WAY_IN)
        packed = base64.b64encode(f"{user}:{password}".encode()).decode()
        for known in (password.replace(" ", ""), packed):
            self._redactor.learn(known)
        return httpx.BasicAuth(user, password)

    def _hold(self, said: str) -> None:
        self.held = said


def _sendable(*words: str) -> bool:
    """Whether it can be written as UTF-8 at all: half of a surrogate pair cannot."""
    return not any("\ud800" <= char <= "\udfff" for each in words for char in each)


def _said(entry: Entry) -> str:
    return f"{entry.link} is {'public' if entry.public else 'not public'} (answer kept as {entry.kept})"
