"""A strict, counting SMTP sink as a process of its own, with PIPELINING: it writes down whom it accepted before it says so.

    python tests/benchmarks/smtp_sink.py PORT_FILE LOG [DELAY_MS]

The port file appears when it listens. The log holds one address a line. With a delay every burst of replies leaves that much
later, as over a line with such a round trip. A command that is not in its place ends the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import uvloop

EHLO = b"250-sink.example\r\n250-PIPELINING\r\n250 SIZE 0\r\n"


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, log: int, delay: float) -> None:
        self._log = log
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._in_body = False
        self._to = b""
        self._step = 0  # 0 nothing, 1 after MAIL, 2 after RCPT

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = transport
        self._say(b"220 sink.example\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer all that is whole, in one burst."""
        self._buffer += data
        replies: list[bytes] = []
        taken: list[bytes] = []
        while True:
            if self._in_body:
                end = self._buffer.find(b"\r\n.\r\n")
                if end < 0:
                    break
                self._buffer = self._buffer[end + 5 :]
                self._in_body, self._step = False, 0
                taken.append(self._to)
                replies.append(b"250 2.0.0 Ok\r\n")
                continue
            end = self._buffer.find(b"\r\n")
            if end < 0:
                break
            line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
            reply = self._command(line)
            if reply is None:
                self._transport.abort()
                return
            replies.append(reply)
        if taken:
            os.write(self._log, b"\n".join(taken) + b"\n")
        if replies:
            self._say(b"".join(replies))

    def _command(self, line: bytes) -> bytes | None:
        verb = line[:4]
        if verb in (b"EHLO", b"HELO"):
            return EHLO
        if verb == b"MAIL" and self._step == 0:
            self._step = 1
        elif verb == b"RCPT" and self._step == 1:
            self._step, self._to = 2, line[line.index(b"<") + 1 : line.index(b">")]
        elif verb == b"DATA" and self._step == 2:
            self._in_body = True
            return b"354 go on\r\n"
        elif verb in (b"RSET", b"NOOP"):
            self._step = 0
        elif verb == b"QUIT":
            return b"221 bye\r\n"
        else:
            return None
        return b"250 Ok\r\n"

    def _say(self, words: bytes) -> None:
        if self._delay:
            self._loop.call_later(self._delay, self._write, words)
        else:
            self._write(words)

    def _write(self, words: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(words)


async def main(port_file: str, log: str, delay: str = "0") -> None:
    """Listen until killed."""
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    server = await asyncio.get_running_loop().create_server(
        lambda: Session(file, int(delay) / 1000), "127.0.0.1", 0, backlog=512
    )
    part = Path(port_file).with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.replace(port_file)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(main(*sys.argv[1:]))
