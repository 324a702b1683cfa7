"""One connection to a relay that takes commands in groups (RFC 2920): the end of a message and the next envelope in one write.

aiosmtplib has connected, secured and logged in; from there the envelope loop is this one. A message costs one round trip:

    us                                      the relay
    MAIL RCPT DATA                   ──▶
                                     ◀──    250 250 354
    (the claim is made durable)
    message, dot, MAIL RCPT DATA     ──▶                         the next one's envelope
                                     ◀──    250 | 250 250 354    the word on the first, then the next may be claimed

What the relay may have of us at any moment is one message; the next is not claimed before the word on it is durable as well.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from console.channels.live.smtp import Answer, meaning

if TYPE_CHECKING:
    from console.channels.live.dispatcher import Dispatcher
    from console.channels.protocol import Recipient

LONGEST_ANSWER: Final = 64 * 1024  # bytes that may come without being a whole reply
_CODE: Final = 3
_GO_AHEAD: Final = 354
_CLOSING: Final = 421
_CODES: Final = {str(code).encode(): code for code in range(200, 600)}
_ENDS: Final = (b" ", b"\r", b"")
_ENVELOPE: Final = 3  # replies: to MAIL, to RCPT, to DATA


class Line(asyncio.Protocol):
    """The envelope loop of one connection; a `dispatcher.Sending`.

    Args:
        dispatcher: who hands out recipients.
        transport: an open connection of which everything was read.
        timeout: seconds for any answer but the last.
        answer_timeout: seconds for the answer after a message has left.
        words: fit for the record: what a relay says, without our password.

    Attributes:
        fresh: until a message has been answered on it.
        alive: whether anything can still be sent on it.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        transport: asyncio.Transport,
        *,
        timeout: float,
        answer_timeout: float,
        words: Cleaner,
    ) -> None:
        self._dispatcher = dispatcher
        self._transport = transport
        self._timeout = timeout
        self._answer_timeout = answer_timeout
        self._words = words
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._lines: list[bytes] = []
        self._sent: Recipient | None = None  # its message has left
        self._next: Recipient | None = None  # its envelope has left
        self._claiming = False
        self._replies: list[tuple[int, str]] = []
        self._ignore = 0  # replies of no interest, such as RSET's
        self._rest = b""  # to be sent before the next envelope
        self._leaving = False
        self._lost = ""
        self._heard: list[bytes] = []
        self._said = ""
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.fresh = True
        self.alive = True
        transport.set_protocol(self)

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way on it."""
        return self._sent is None and self._next is None

    def begin(self) -> None:
        """Take the next recipient, if there is one and nothing is on its way."""
        if self.alive and not self._leaving and self.idle and (recipient := self._dispatcher.following()):
            self._write(self._envelope(recipient), self._timeout)

    def go(self) -> None:
        """The claim is durable: let the message leave, with the next envelope behind it."""
        recipient, self._next, self._claiming = self._next, None, False
        if recipient is None:
            return
        if not self.alive:
            self._dispatcher.answered(recipient, Answer("unsent", text=self._lost), self)
            self._end()
            return
        message = self._dispatcher.copy(recipient)
        self._sent = recipient
        following = None if self._leaving else self._dispatcher.following()
        tail = b"" if following is None else self._envelope(following)
        self._write(message + tail, self._answer_timeout)

    def never(self) -> None:
        """The claim was not made: leave in the middle of the transaction, with nothing sent."""
        self._claiming = False
        self._next = None
        if self.alive:
            self.cut("not claimed")
        else:
            self._end()

    def leave(self) -> None:
        """Finish what is on its way, then part politely."""
        self._leaving = True
        if self.alive and self.idle:
            self._write(b"QUIT\r\n", self._timeout)
            self.alive = False
            self._transport.close()
            self._end()

    def cut(self, why: str) -> None:
        """Close without a word; what was on its way is answered for at once."""
        if self.alive:
            self._transport.abort()
            self._broken(why)

    # -- asyncio.Protocol ----------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take in replies; a group of them may come at once, or a piece of one."""
        buffer = self._buffer + data if self._buffer else data
        *whole, self._buffer = buffer.split(b"\n")
        if len(self._buffer) > LONGEST_ANSWER or len(self._lines) > LONGEST_ANSWER // 64:
            self.cut("an endless answer")
            return
        for raw in whole:
            if not self.alive:
                return
            after = raw[_CODE : _CODE + 1]
            if after == b"-":
                self._lines.append(raw)
                continue
            code = _CODES.get(raw[:_CODE]) if after in _ENDS else None
            if code is None:
                self.cut("an answer that makes no sense")
                return
            if self._lines:
                lines, self._lines = [*self._lines, raw], []
            else:
                lines = [raw]
            self._reply(code, lines)

    def eof_received(self) -> bool | None:
        """The relay hung up."""
        self.cut("the relay closed the connection")
        return None

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        strerror = error.strerror if isinstance(error, OSError) else ""
        self._broken(self._words(strerror or "the connection was lost"))

    # -- replies -------------------------------------------------------------------------------------------------------

    def _reply(self, code: int, lines: list[bytes]) -> None:
        if code == _CLOSING:
            self._closed(self._text(lines))
        elif self._ignore:
            self._ignore -= 1
        elif self._sent is not None:
            self._last_word(self._sent, code, lines)
        elif self._next is not None and not self._claiming:
            self._replies.append((code, "" if code < 400 else self._text(lines)))
            if len(self._replies) == _ENVELOPE:
                self._enveloped(self._next)
        else:
            self.cut(f"an answer to nothing: {code} {self._text(lines)}")

    def _closed(self, text: str) -> None:
        """421: the relay takes nothing more here, and has not taken what it had not answered for."""
        waits = None if self._claiming else self._next
        for recipient in (self._sent, waits):
            if recipient is not None:
                self._dispatcher.answered(recipient, Answer("busy", _CLOSING, text), self)
        self._sent = None
        if not self._claiming:
            self._next = None
        self.cut(text)

    def _last_word(self, recipient: Recipient, code: int, lines: list[bytes]) -> None:
        """The answer after the dot."""
        self._sent = None
        self.fresh = False
        self._until(self._timeout)
        answer = (
            Answer("accepted", code, self._text(lines))
            if code < 300
            else meaning(code, self._text(lines), about_us=False)
        )
        self._dispatcher.answered(recipient, answer, self)
        if answer.word == "doubt":
            self.cut("an answer that makes no sense")
        elif self._next is None:
            self._on()

    def _enveloped(self, recipient: Recipient) -> None:
        """MAIL, RCPT and DATA are answered: claim it, or say what became of it."""
        (mail, mail_text), (rcpt, rcpt_text), (data, data_text) = self._replies
        self._replies = []
        if mail < 300 and rcpt < 300 and data == _GO_AHEAD:
            self._claiming = True
            self._until(None)
            self._dispatcher.claim(recipient, self)
            return
        self._next = None
        if mail >= 300:
            answer = meaning(mail, mail_text, about_us=True)
        elif rcpt >= 300:
            answer = meaning(rcpt, rcpt_text, about_us=False)
        else:
            answer = meaning(data, data_text, about_us=False)
        if answer.word == "doubt":  # an answer that makes no sense, before anything has left
            answer = answer._replace(word="unsent")
        # After a DATA that was let through for nobody a lone dot ends it (RFC 2920, 3.1).
        self._rest = b".\r\nRSET\r\n" if data == _GO_AHEAD else b"RSET\r\n"
        self._dispatcher.answered(recipient, answer, self)
        if answer.word == "unsent":
            self.cut(answer.text)
        else:
            self._on()

    def _on(self) -> None:
        """Nothing is on its way: the next one, or the end."""
        if self._leaving:
            self.leave()
            return
        self.begin()
        if self.idle:
            self._until(None)

    def _envelope(self, recipient: Recipient) -> bytes:
        self._next = recipient
        self._ignore += self._rest.count(b"\r\n")
        rest, self._rest = self._rest, b""
        sender = self._dispatcher.sender(recipient)
        return rest + f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient.address}>\r\nDATA\r\n".encode("ascii")

    def _text(self, lines: list[bytes]) -> str:
        if lines != self._heard:
            joined = " ".join(line[_CODE + 1 :].strip().decode("utf-8", "replace") for line in lines)
            self._heard, self._said = lines, self._words(joined)
        return self._said

    # -- ends ----------------------------------------------------------------------------------------------------------

    def _write(self, data: bytes, timeout: float) -> None:
        self._until(timeout)
        self._transport.write(data)

    def _until(self, seconds: float | None) -> None:
        """Something must come within so many seconds; one timer serves a connection, and looks again when it goes off early."""
        self._deadline = 0.0 if seconds is None else self._loop.time() + seconds
        if self._deadline and self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._late)
        elif self._deadline and self._timer is not None and self._timer.when() > self._deadline:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._deadline, self._late)

    def _late(self) -> None:
        self._timer = None
        if not self._deadline or not self.alive:
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._late)
            return
        self.cut("no answer in time")

    def _broken(self, why: str) -> None:
        if not self.alive:
            return
        self.alive = False
        self._lost = why
        sent, self._sent = self._sent, None
        if sent is not None:
            self._dispatcher.answered(sent, Answer("doubt", text=why), self)
        if self._claiming:  # `go` or `never` comes, and answers for it
            return
        following, self._next = self._next, None
        if following is not None:
            self._dispatcher.answered(following, Answer("unsent", text=why), self)
        self._end()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._dispatcher.ended(self)


class Cleaner(Protocol):
    """Makes a relay's words fit for the record."""

    def __call__(self, text: str, /) -> str:
        """The words without secrets, bounded."""
        ...
