"""What the console and the process that sends say to each other: whole messages in frames over a socket that only they hold."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from console.channels.live.mail_settings import MailSettings
from console.channels.live.message import Copies

LARGEST: Final = 16 * 1024 * 1024  # bytes of a frame
_SIZE: Final = 4
T = TypeVar("T")


class Job(Struct, tag=True):
    """What is to be sent, and how. The password goes this way and no other."""

    settings: MailSettings
    copies: Copies
    password: str | None


class People(Struct, tag=True):
    """Who comes next; nobody when that is all."""

    people: list[tuple[int, str]]


class Committed(Struct, tag=True):
    """The commit is durable; or why it is not."""

    trouble: str = ""


class Hold(Struct, tag=True):
    """Hold it, or let it go on."""

    on: bool


class Stop(Struct, tag=True):
    """End it."""

    words: str


class Want(Struct, tag=True):
    """More people; `fresh` for all who wait, from the beginning."""

    fresh: bool = False


class Commit(Struct, tag=True):
    """Keep these words, and claim these."""

    told: list[tuple[int, str, int, str]]
    claims: list[int]


class Note(Struct, tag=True):
    """What it is at, for a person."""

    words: str


class Ended(Struct, tag=True):
    """It is over: why before everybody was tried, or the trouble because of which nothing was sent."""

    stopped: str = ""
    trouble: str = ""


ToSender = Job | People | Committed | Hold | Stop
ToConsole = Want | Commit | Note | Ended


class Frames:
    """Both ends of the socket: whole frames in, whole frames out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._encoder = msgspec.msgpack.Encoder()

    def put(self, message: Struct) -> None:
        """Send one."""
        raw = self._encoder.encode(message)
        self._writer.write(len(raw).to_bytes(_SIZE, "big") + raw)

    async def take(self, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
        """The next one; None when the other end is gone."""
        try:
            size = int.from_bytes(await self._reader.readexactly(_SIZE), "big")
            if size > LARGEST:
                return None
            return decoder.decode(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, OSError):
            return None

    def close(self) -> None:
        """Let go of it."""
        self._writer.close()
