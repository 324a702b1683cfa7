"""Exchanges as files that anybody's WARC tools can read: WARC 1.1 (ISO 28500), one file an exchange, named by its SHA-256.

A file is written under another name first, then put in its place whole (`console.kept`).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from console.kept import put
from console.places import make_private

if TYPE_CHECKING:
    from pathlib import Path

    from console.channels.live.wire import Exchange

SUFFIX: Final = ".warc.gz"
SAME_FOR: Final = 600_000  # ms
MOST_KNOWN: Final = 1_000


class Archive:
    """A folder of exchanges. It satisfies `wire.Keeper`.

    The watch asks the same twice a minute all night. What was answered to a look with the very same bytes within
    `SAME_FOR` is that answer: it is not written again.

    Args:
        folder: made 0700 when the first exchange comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._same: OrderedDict[tuple[str, int, bytes], tuple[int, str]] = OrderedDict()

    def keep(self, exchange: Exchange) -> str:
        """Write it; its SHA-256 in hex, durable when this returns. OSError when the disk does not take it."""
        told = (exchange.url, exchange.status, hashlib.sha256(exchange.body).digest())
        at, name = self._same.get(told, (0, ""))
        if name and exchange.method == "GET" and exchange.status and 0 <= exchange.at - at < SAME_FOR:
            return name
        raw = as_warc(exchange)
        name = hashlib.sha256(raw).hexdigest()
        make_private(self._folder)
        put(self._folder / f"{name}{SUFFIX}", raw)
        self._same[told] = (exchange.at, name)
        if len(self._same) > MOST_KNOWN:
            self._same.popitem(last=False)
        return name

    def path(self, name: str) -> Path:
        """The file of that name."""
        return self._folder / f"{name}{SUFFIX}"


class Kept:
    """Keeps nothing but a count: for trying a channel, where nothing is evidence. It satisfies `wire.Keeper`."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def keep(self, exchange: Exchange) -> str:
        """In this process only; the SHA-256 it would have."""
        self.exchanges.append(exchange)
        return hashlib.sha256(as_warc(exchange)).hexdigest()


def as_warc(exchange: Exchange) -> bytes:
    """The exchange as WARC records: a request, and its response or what went wrong."""
    file = BytesIO()
    writer = WARCWriter(file, gzip=True, warc_version="1.1")
    named = {"WARC-Date": _date(exchange.at)}
    request = writer.create_warc_record(
        exchange.url,
        "request",
        payload=BytesIO(exchange.request_body),
        length=len(exchange.request_body),
        http_headers=StatusAndHeaders(_line(exchange), list(exchange.request_headers), is_http_request=True),
        warc_headers_dict=dict(named),
    )
    if exchange.status:
        answer = writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=StatusAndHeaders(
                _status(exchange.status), list(exchange.headers), protocol="HTTP/1.1"
            ),
            warc_headers_dict={"WARC-Date": _date(exchange.ended)},
        )
        writer.write_request_response_pair(request, answer)
    else:
        why = f"outcome: no answer\r\nreason: {exchange.error}\r\n".encode()
        writer.write_record(request)
        writer.write_record(
            writer.create_warc_record(
                exchange.url,
                "metadata",
                payload=BytesIO(why),
                length=len(why),
                warc_content_type="application/warc-fields",
                warc_headers_dict={"WARC-Date": _date(exchange.ended)},
            )
        )
    return file.getvalue()


def _line(exchange: Exchange) -> str:
    parts = urlsplit(exchange.url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return f"{exchange.method} {target} HTTP/1.1"


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _date(wall: int) -> str:
    return datetime.fromtimestamp(wall / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
