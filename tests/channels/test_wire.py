"""The wire: bounded, kept, without secrets, and never to an address inside that nobody configured."""

from __future__ import annotations

import gzip
import hashlib
import io

import httpx
import pytest
from support_http import Reply, StandIn
from warcio.archiveiterator import ArchiveIterator

from console.channels.live.archive import Archive
from console.channels.live.redact import OUT, Redactor
from console.channels.live.web import Lost, NotSent, fetch, repeat, send
from console.channels.live.wire import Wire, is_outside

SECRET = "s3cr3t-token/with+signs"


class Echo(StandIn):
    async def reply(self, request):
        if request.path == "/packed":
            return Reply(200, gzip.compress(b"unpacked words"), {"Content-Encoding": "gzip"})
        if request.path == "/strange":
            return Reply(200, b"x", {"Content-Encoding": "br"})
        return Reply(
            200,
            {
                "access_token": "brand-new-token",
                "code": "rest_invalid",
                "echo": request.headers.get("authorization", ""),
            },
            {"Set-Cookie": "session=1", "X-Rate-Limit-Reset": "1563574620"},
        )


@pytest.fixture
async def platform():
    async with Echo() as running:
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "evidence")


@pytest.fixture
async def client(clock, archive, platform):
    wire = Wire(clock, archive, Redactor([SECRET]), open_to=[f"127.0.0.1:{platform.port}"], longest=0.5)
    async with httpx.AsyncClient(transport=wire, base_url=platform.url, trust_env=False) as opened:
        yield opened


def records(archive, name):
    raw = archive.path(name).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == name
    return [
        (
            each.rec_type,
            each.rec_headers.get_header("WARC-Target-URI"),
            str(each.http_headers),
            each.content_stream().read(),
        )
        for each in ArchiveIterator(io.BytesIO(raw))
    ]


async def test_what_was_asked_and_answered_is_kept_without_secrets(client, archive, platform):
    answer = await send(
        client,
        "POST",
        f"/services/{SECRET}/list?token=abc",
        headers={"Authorization": f"Bearer {SECRET}"},
        json={"password": "x y"},
    )
    (_, url, head, body), (kind, _, _, said) = sorted(records(archive, answer.kept))
    assert {kind} == {"response"}
    whole = f"{url}{head}{body}{said}"
    assert "s3cr3t" not in whole
    assert "x y" not in whole
    assert "abc" not in whole
    assert "brand-new-token" not in whole
    assert "session=1" not in whole
    assert whole.count(OUT) >= 4
    assert b"rest_invalid" in said
    assert platform.log[0].headers["authorization"] == f"Bearer {SECRET}"
    assert answer.table()["access_token"] == "brand-new-token"
    assert oct(archive.path(answer.kept).stat().st_mode & 0o777) == "0o600"
    assert answer.wait(1_563_574_560_000) == 60_000


async def test_the_same_answer_to_the_same_look_is_written_once_in_ten_minutes(client, archive, clock):
    first = (await send(client, "GET", "/packed")).kept
    clock.turn(30_000)
    assert (await send(client, "GET", "/packed")).kept == first
    assert (await send(client, "POST", "/packed")).kept != first
    clock.turn(600_000)
    assert (await send(client, "GET", "/packed")).kept != first
    assert len(list(archive._folder.iterdir())) == 3


async def test_an_answer_is_unpacked_within_its_bounds(client):
    assert (await send(client, "GET", "/packed")).body == b"unpacked words"


@pytest.mark.parametrize("word", ["huge", "bomb", "endless", "silent", "drop-after", "drop-before"])
async def test_what_is_no_whole_answer_is_lost_and_kept(client, archive, platform, word):
    platform.script.append(word)
    with pytest.raises(Lost):
        await send(client, "GET", "/")
    (kept,) = list(archive._folder.iterdir())
    kinds = {kind for kind, *_ in records(archive, kept.name.partition(".")[0])}
    assert kinds == {"request", "metadata"}


async def test_packing_that_nobody_asked_for_is_refused(client):
    with pytest.raises(Lost, match="packed as"):
        await send(client, "GET", "/strange")


async def test_no_redirect_is_followed_with_credentials_and_none_leads_inside(client, platform):
    platform.script.extend(["redirect", "redirect"])
    assert (await send(client, "GET", "/")).status == 302
    with pytest.raises(NotSent):
        await fetch(client, f"{platform.url}/page")
    assert len(platform.log) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:80/",
        "http://[::1]/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        f"http://{'a' * 70}.example/",
    ],
)
async def test_a_strangers_link_leads_nowhere_inside(client, url):
    with pytest.raises(NotSent, match=r"no public page|ConnectError"):
        await fetch(client, url)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://x", "http://", "//", "http://[", "http://\x00/"],
)
async def test_nor_does_what_is_no_web_address(client, url):
    with pytest.raises(NotSent):
        await fetch(client, url)


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("93.184.216.34", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
    ],
)
def test_what_is_outside(address, outside):
    assert is_outside(address) is outside


async def test_a_name_that_has_one_address_inside_is_not_gone_to(client, monkeypatch):
    import asyncio

    async def both(*_, **__):
        return [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    with pytest.raises(NotSent):
        await send(client, "GET", "http://rebind.example/")


async def test_what_may_be_repeated_is_until_it_is_answered(client, clock, platform):
    platform.script.extend(["500", "drop-before", ""])
    import asyncio

    task = asyncio.create_task(repeat(clock, lambda: send(client, "GET", "/")))
    while not task.done():
        await asyncio.sleep(0)
        if clock.sleepers:
            clock.turn(4_000)
    assert (await task).status == 200
