"""What GOV.UK Notify is asked, and what each answer means for one recipient.

    accepted   201
    refused    400 ValidationError: this recipient, once anybody was accepted with the same settings
    rate       429 RateLimitError: not accepted, too many in this minute
    day        429 TooManyRequestsError: not accepted, the day is used up
    barred     any other 4xx: not accepted, and nobody else would be: the key, the clock, the template, trial mode
    unsent     it never left
    doubt      5xx, no whole answer, or one that makes no sense

Source: docs.notifications.service.gov.uk `rest-api.html`. What an error is, its status and its `error` say; its message is for people
and may change. A clock that is wrong and a key that is revoked are both 403: the answer's own Date tells them apart.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from console.channels.ledger import storable
from console.channels.live.message import Unfit
from console.channels.live.notify_settings import NotifySettings, key_of
from console.channels.live.notify_words import Letter, Template
from console.channels.live.redact import Redactor
from console.channels.live.web import Answer, Lost, NotSent, place_of, repeat, send
from console.channels.live.wire import Exchange, Keeper, Wire
from console.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.clock import Clock

    Secret = Callable[[], Awaitable[str | None]]

SEND: Final = "/v2/notifications/email"
LIST: Final = "/v2/notifications"
CLOCK_MAY_DIFFER: Final = 25_000  # ms: Notify refuses a token of more than 30 s
LONGEST_REPLY: Final = 300
LARGEST_PAGE: Final = 32 * 1024 * 1024  # bytes: 250 mails of the longest text that is sent
KEPT_OF_EACH: Final = 100  # exchanges of one sort
KEPT: Final = {("POST", 201): 3, ("GET", 200): 20}  # of what says nothing that the ledger does not
LARGEST_KEPT: Final = 1024 * 1024  # bytes


class Verdict(NamedTuple):
    """What became of one recipient: a word of the table above, the status (0 for none), Notify's words.

    Attributes:
        differs: of `accepted`: what in the mail that was made is not ours; empty when all is.
        notification: Notify's id for it.
    """

    word: str
    code: int = 0
    text: str = ""
    differs: str = ""
    notification: str = ""


class Calls:
    """One service at Notify.

    Args:
        settings: the channel's.
        secret: gives the API key; asked once, when it is first wanted.
        clock: for tokens and for what is kept.
        keeper: where exchanges are kept.
    """

    def __init__(self, settings: NotifySettings, secret: Secret, clock: Clock, keeper: Keeper) -> None:
        self.settings: Final = settings
        self.clock: Final = clock
        self._secret = secret
        self._redactor = Redactor()
        self._wire = Wire(
            clock,
            Sparing(keeper),
            self._redactor,
            open_to=(place_of(settings.base),),
            longest=settings.timeout,
            most=LARGEST_PAGE,
            connections=settings.connections,
        )
        self._http: httpx.AsyncClient | None = None
        self._signing: tuple[str, OctKey] | None = None
        self._token = (0, "")

    async def close(self) -> None:
        """Let go of connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None
        await self._wire.aclose()

    # -- one recipient -------------------------------------------------------------------------------------------------

    async def post(self, letter: Letter, n: int, address: str) -> Verdict:
        """Send to one, once. Raises ChannelError where the key cannot be had: nothing was sent."""
        headers = {**await self._bearer(), "Content-Type": "application/json"}
        try:
            answer = await send(
                self._client(),
                "POST",
                SEND,
                headers=headers,
                content=letter.body(n, address),
            )
        except NotSent as error:
            return Verdict("unsent", text=self.clean(str(error)))
        except Lost as error:
            return Verdict("doubt", text=self.clean(str(error)))
        return self._judged(answer, letter, n)

    def _judged(self, answer: Answer, letter: Letter, n: int) -> Verdict:
        table = answer.table()
        if answer.status == httpx.codes.CREATED:
            if table.get("reference") != letter.reference(n):
                return Verdict("doubt", 201, "the answer does not name the mail that was sent")
            return Verdict("accepted", 201, "", letter.differs(table), str(table.get("id", "")))
        kind, words = self.error_of(answer)
        if answer.status == httpx.codes.TOO_MANY_REQUESTS:
            return Verdict("day" if kind == "TooManyRequestsError" else "rate", 429, words)
        if answer.status == httpx.codes.BAD_REQUEST and kind == "ValidationError":
            return Verdict("refused", 400, words)
        if 400 <= answer.status < 500 and kind:
            return Verdict("barred", answer.status, self.why_barred(answer))
        return Verdict("doubt", answer.status, words)

    async def found(self, reference: str, address: str) -> str | None:
        """The status of the mail to this address that Notify knows by this reference; empty when it knows none.

        Returns:
            None when that cannot be told.
        """
        answer = await self.get(LIST, {"reference": reference})
        mails = answer.table().get("notifications") if answer.ok else None
        if not isinstance(mails, list):
            return None
        for mail in mails:
            known = mail if isinstance(mail, dict) else {}
            if known.get("reference") == reference and _same_address(known.get("email_address"), address):
                return str(known.get("status", ""))
        return ""

    # -- looks -----------------------------------------------------------------------------------------------------------

    async def get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """Look, more than once where no answer comes. Raises NotSent, Lost, ChannelError."""

        async def once() -> Answer:
            return await send(self._client(), "GET", path, headers=await self._bearer(), params=query)

        return await repeat(self.clock, once)

    async def template(self) -> Template:
        """The template as it stands at Notify.

        Raises:
            ChannelError: it cannot be read, with what to do.
            Unfit: it is none for mail.
        """
        path = f"/v2/template/{self.settings.template}"
        try:
            answer = await self.get(path)
        except (NotSent, Lost) as error:
            raise ChannelError(f"GOV.UK Notify cannot be reached: {self.clean(str(error))}") from error
        if answer.status == httpx.codes.NOT_FOUND:
            raise ChannelError(f"Notify knows no template {self.settings.template} of this service.")
        if not answer.ok:
            raise ChannelError(self.why_barred(answer))
        try:
            return Template.read(answer.table())
        except Unfit as error:
            raise ChannelError(f"{error} Its id is {self.settings.template}.") from error

    def skew(self, answer: Answer) -> int | None:
        """How far this machine's clock is ahead of Notify's, in ms; None when the answer bears no date."""
        try:
            there = parsedate_to_datetime(answer.headers.get("date", ""))
            return self.clock.now().wall - int(there.timestamp() * 1_000)
        except (ValueError, TypeError, OverflowError):
            return None

    def why_barred(self, answer: Answer) -> str:
        """Why Notify turned us away, and what to do, for a person."""
        _, words = self.error_of(answer)
        if answer.status != httpx.codes.FORBIDDEN:
            return f"Notify answered {answer.status}: {words}"
        skew = self.skew(answer)
        if skew is not None and abs(skew) > CLOCK_MAY_DIFFER:
            how = "ahead of" if skew > 0 else "behind"
            return (
                f"This machine's clock is {abs(skew) // 1_000:,} seconds {how} Notify's, which takes no more than 30. "
                f"Set the clock; the key may be good. Notify says: {words}"
            )
        unknown = (
            ""
            if skew is not None
            else " Its answer bears no time: look whether this machine's clock is right."
        )
        return (
            "Notify does not take the key: it was revoked, or is another's. Make one under API integration, API keys, and "
            f"give it with incident channels set --kind mail.{unknown} Notify says: {words}"
        )

    def error_of(self, answer: Answer) -> tuple[str, str]:
        """What Notify calls its error, and its words."""
        errors = answer.table().get("errors")
        first: Any = errors[0] if isinstance(errors, list) and errors else {}
        kind, words = (first.get("error"), first.get("message")) if isinstance(first, dict) else ("", "")
        said = f"{kind or ''}: {words}" if words else f"status {answer.status}"
        return (kind if isinstance(kind, str) else ""), self.clean(said)

    def clean(self, words: str) -> str:
        """Fit for the record: no key, nothing JSON cannot hold, not endless."""
        return storable(self._redactor.text(words))[:LONGEST_REPLY]

    # -- the line --------------------------------------------------------------------------------------------------------

    async def service(self) -> str:
        """The id of the service whose key it is. Raises ChannelError."""
        return (await self._signed())[0]

    async def _signed(self) -> tuple[str, OctKey]:
        if self._signing is None:
            text = await self._secret()
            if not text:
                raise ChannelError(
                    "No API key is kept for this channel.",
                    do="Give it with incident channels set --kind mail transport=notify.",
                )
            self._redactor.learn(text.strip())
            key = key_of(text)
            self._redactor.learn(key.secret)
            self._signing = key.service, OctKey.import_key(key.secret)
        return self._signing

    async def _bearer(self) -> dict[str, str]:
        """A token of this second: what is older, Notify might refuse."""
        second = self.clock.now().wall // 1_000
        if self._token[0] != second:
            service, key = await self._signed()
            token = jwt.encode({"typ": "JWT", "alg": "HS256"}, {"iss": service, "iat": second}, key)
            self._token = second, token
        return {"Authorization": f"Bearer {self._token[1]}"}

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                transport=self._wire,
                base_url=self.settings.base,
                trust_env=False,
                timeout=self.settings.timeout,
            )
        return self._http


class Sparing:
    """Keeps some of each sort of exchange: a million of them are no evidence, they are what the ledger says.

    The first mails that were accepted, and the first of each other status, with their raw bytes. It satisfies `wire.Keeper`.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._kept: dict[tuple[str, int], int] = {}

    def keep(self, exchange: Exchange) -> str:
        """Keep it if there are few of its sort; empty when there are enough."""
        sort = (exchange.method, exchange.status)
        count = self._kept[sort] = self._kept.get(sort, 0) + 1
        wanted = count <= KEPT.get(sort, KEPT_OF_EACH) and len(exchange.body) <= LARGEST_KEPT
        return self._keeper.keep(exchange) if wanted else ""


def _same_address(known: object, address: str) -> bool:
    return isinstance(known, str) and known.casefold() == address.casefold()
