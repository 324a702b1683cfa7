"""One connection to a relay, and what its answers mean for one recipient.

The rule of RFC 1047 and RFC 5321 section 4.2.5: until the final dot has left us, the message is not theirs; from the dot
to the reply nobody can know. So the claim is written down between their `354` and our last byte, and the answers are:

    accepted   2xx after the dot
    refused    5xx to RCPT, to DATA or after the dot: this recipient will not get it
    later      4xx to any of them: not accepted, in so many words
    busy       4xx to MAIL, or 421 anywhere: not accepted, and the trouble is the relay's, not the recipient's
    barred     5xx to MAIL: the relay refuses us
    unsent     the connection broke, or made no sense, before anything but commands had left
    doubt      no readable answer after the dot
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, cast

import aiosmtplib

from console.channels.ledger import storable
from console.channels.live.mail_settings import MailSettings
from console.errors import ChannelError, ConsoleError
from console.text import visible

Secret = Callable[[], Awaitable[str | None]]

_BROKEN: Final = (aiosmtplib.SMTPException, OSError, ValueError)
_GO_ON: Final = {"MAIL": (250,), "RCPT": (250, 251, 252), "DATA": (354,)}
_CLOSING: Final = 421
LONGEST_REPLY: Final = 300


class Answer(NamedTuple):
    """What became of one recipient: a word of the table above, the server's code (0 when it gave none), its text."""

    word: str
    code: int = 0
    text: str = ""

    @property
    def said(self) -> str:
        """What the relay said, code and all."""
        return f"{self.code or ''} {self.text}".strip()


class NoConnection(Exception):
    """The relay cannot be used now; nothing was sent. `words` say why; `passing` when trying again may help."""

    def __init__(self, words: str, *, passing: bool) -> None:
        super().__init__(words)
        self.words = words
        self.passing = passing


def tls_context(settings: MailSettings) -> ssl.SSLContext:
    """A context that verifies certificate and name, against `cafile` when there is one.

    Raises:
        ChannelError: the file holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=settings.cafile or None)
    except OSError as error:
        raise ChannelError(f"{visible(settings.cafile)} holds no certificate that can be read.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Connection:
    """One session with the relay. `fresh` until a message has been answered on it.

    Args:
        settings: the relay.
        secret: gives the password at the moment of login.
        context: from `tls_context`; shared by all connections of a mailing.
    """

    def __init__(self, settings: MailSettings, secret: Secret, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._secret = secret
        self._hidden: tuple[str, ...] = ()
        self.fresh = True
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=context,
            timeout=settings.timeout,
            local_hostname=settings.hello,
        )

    @property
    def alive(self) -> bool:
        """Whether the relay still listens on it, as far as we have heard."""
        return self._smtp.is_connected

    async def open(self) -> None:
        """Connect, secure and log in.

        Raises:
            NoConnection: with the reason in words; nothing was sent.
        """
        try:
            await self._smtp.connect()
            if self._smtp.is_ehlo_or_helo_needed:
                await self._smtp.ehlo()
            if self._settings.user:
                await self._login()
        except NoConnection:
            self.cut()
            raise
        except aiosmtplib.SMTPAuthenticationError as error:
            self.cut()
            raise NoConnection(f"The relay refused the login: {self._words(error)}", passing=False) from None
        except ConsoleError as error:
            self.cut()
            raise NoConnection(error.what, passing=False) from error
        except _BROKEN as error:
            self.cut()
            raise NoConnection(self._why_not(error), passing=not _is_certificate(error)) from None

    async def noop(self) -> str:
        """The relay's answer to NOOP; raises NoConnection."""
        try:
            reply = await self._smtp.execute_command(b"NOOP")
        except _BROKEN as error:
            raise NoConnection(self._words(error), passing=True) from None
        return f"{reply.code} {self.clean(reply.message)}"

    def offers(self) -> tuple[str, ...]:
        """The extensions the relay named in its greeting, in lower case."""
        return tuple(self._smtp.esmtp_extensions)

    @property
    def pipelines(self) -> bool:
        """Whether the relay takes commands in groups (RFC 2920)."""
        return "pipelining" in self._smtp.esmtp_extensions

    @property
    def transport(self) -> asyncio.Transport:
        """The open connection, for `pipeline.Line` to take over.

        Raises:
            NoConnection: it is gone.
        """
        transport = self._smtp.transport
        if not isinstance(transport, asyncio.Transport) and not hasattr(transport, "set_protocol"):
            raise NoConnection("The connection was lost.", passing=True)
        return cast("asyncio.Transport", transport)

    async def quit(self) -> None:
        """Leave politely, or at least leave."""
        try:
            if self.alive:
                await self._smtp.quit()
        except _BROKEN:
            pass
        finally:
            self.cut()

    def cut(self) -> None:
        """Close without a word."""
        self._smtp.close()

    async def deliver(
        self, sender: str, address: str, message: bytes, claim: Callable[[], Awaitable[None]]
    ) -> Answer:
        """Send one message to one recipient.

        Args:
            sender: the envelope's sender.
            address: the recipient, checked.
            message: the whole message with CRLF lines.
            claim: awaited after the relay's `354` and before the first byte of the message; what it raises is raised
                here, with nothing sent.
        """
        before = await self._envelope(sender, address)
        if before is not None:
            return before
        try:
            await claim()
        except BaseException:
            self.cut()  # in the middle of a transaction; the relay drops what it has not got
            raise
        return await self._body(message)

    async def _envelope(self, sender: str, address: str) -> Answer | None:
        """MAIL, RCPT and DATA; None when the relay waits for the message."""
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA")
        try:
            for command in commands:
                code, text = await self._smtp.execute_command(command.encode("ascii"))
                if code not in _GO_ON[command[:4]]:
                    break
            else:
                return None
        except _BROKEN as error:
            self.cut()
            return Answer("unsent", text=self._words(error))
        answer = meaning(code, self.clean(text), about_us=command.startswith("MAIL"))
        if answer.word == "doubt":
            self.cut()
            return answer._replace(word="unsent")
        await self._reset()
        return answer

    async def _body(self, message: bytes) -> Answer:
        protocol = self._smtp.protocol
        if protocol is None:
            return Answer(
                "doubt", text="the connection broke"
            )  # claimed already: better asked about than sent twice
        try:
            protocol.write(dotted(message))
            code, text = await protocol.read_response(timeout=self._settings.answer_timeout)
        except asyncio.CancelledError:
            self.cut()
            raise
        except _BROKEN as error:
            self.cut()
            return Answer("doubt", text=self._words(error))
        if code == _CLOSING:
            self.cut()
        self.fresh = False
        if 200 <= code <= 299:
            return Answer("accepted", code, self.clean(text))
        answer = meaning(code, self.clean(text), about_us=False)
        if answer.word == "doubt":
            self.cut()
        return answer

    async def _reset(self) -> None:
        try:
            if self.alive and (await self._smtp.execute_command(b"RSET")).code != 250:
                self.cut()
        except _BROKEN:
            self.cut()

    async def _login(self) -> None:
        password = await self._secret()
        if password is None:
            raise NoConnection("No password is kept for this relay.", passing=False)
        encoded = (
            base64.b64encode(each.encode()).decode()
            for each in (password, f"\0{self._settings.user}\0{password}")
        )
        self._hidden = tuple(filter(None, (password, *encoded)))
        await self._smtp.login(self._settings.user.encode(), password.encode())

    def _why_not(self, error: Exception) -> str:
        place = f"{self._settings.host} port {self._settings.port}"
        if _is_certificate(error):
            return f"The certificate of {place} cannot be trusted: {self._words(_deepest(error))}"
        if isinstance(error, aiosmtplib.SMTPTimeoutError):
            return f"{place} does not answer within {self._settings.timeout} seconds."
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return f"{place} turned us away: {self._words(error)}"
        if isinstance(error, aiosmtplib.SMTPConnectError):
            return f"{place} cannot be reached: {self._words(_deepest(error))}"
        return f"{place} cannot be used: {self._words(error)}"

    def _words(self, error: BaseException) -> str:
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return f"{error.code} {self.clean(error.message)}"
        if isinstance(error, aiosmtplib.SMTPTimeoutError):
            return "no answer in time"
        if isinstance(error, OSError) and error.strerror:
            return self.clean(error.strerror)
        return self.clean(str(error)) or type(error).__name__

    def clean(self, text: str) -> str:
        """Fit for the record: no password a server may have echoed, nothing JSON cannot hold, not endless."""
        for hidden in self._hidden:
            text = text.replace(hidden, "(hidden)")
        return storable(text)[:LONGEST_REPLY]


def dotted(message: bytes) -> bytes:
    """The message as it travels after DATA: lines that begin with a dot get another, and the final dot (RFC 5321 4.5.2)."""
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def meaning(code: int, text: str, *, about_us: bool) -> Answer:
    """What a reply that is no success says; `about_us` when it answers MAIL."""
    if code == _CLOSING or (about_us and 400 <= code <= 499):
        return Answer("busy", code, text)
    if 400 <= code <= 499:
        return Answer("later", code, text)
    if 500 <= code <= 599:
        return Answer("barred" if about_us else "refused", code, text)
    return Answer("doubt", code, text)


def _deepest(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _is_certificate(error: BaseException) -> bool:
    return isinstance(_deepest(error), ssl.SSLCertVerificationError)
