"""The notice banner by file drop, and whether pages show it."""

from __future__ import annotations

import json
import os
from html.parser import HTMLParser

import pytest
from contracts.channel_contract import ChannelContract
from support_website import NOTICE, SITES, adapter, driven, order

from console.channels.live.notice import HTML, JSON, HalfDone, notice_of, put_up, standing
from console.channels.protocol import Done, Failed, InDoubt

HOSTILE = '<script>alert(1)</script>" onload=\'x\' <!--#exec cmd="id" --> & </section> ${x} <?php x ?>'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


@pytest.fixture
async def site(clock, folder):
    async with SITES["none"](clock) as running:
        running.notice = folder
        yield running


@pytest.fixture
async def website(site, clock, folder):
    made = adapter(site, "filedrop", clock, notice_folder=folder)
    yield made
    await made.close()


class TestFileDrop(ChannelContract):
    @pytest.fixture
    def channel(self, website):
        return website

    @pytest.fixture
    async def refusing(self, site, clock, folder):
        made = adapter(site, "filedrop", clock, notice_folder=folder / "not-there")
        yield made
        await made.close()

    @pytest.fixture
    async def silent(self, site, clock):
        made = adapter(site, "none", clock)
        yield made
        await made.close()

    @pytest.fixture
    def traces(self, folder):
        return lambda: {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()}


class Elements(HTMLParser):
    def __init__(self, raw):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(raw)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.tags.append(("!--", data))

    def handle_pi(self, data):
        self.tags.append(("?", data))


async def test_the_approved_words_stand_there_whole_and_nothing_else(website, folder):
    outcome = await website.act(order("banner"))
    assert isinstance(outcome, Done), outcome
    record = json.loads((folder / JSON).read_text())
    assert record == {
        "class": "incident",
        "heading": "Ignore messages in our name since 23:30. They are not from us.",
        "short": "We are working on it & will say more.",
        "link": "",
        "link_text": "",
        "from": "2019-07-19T22:16:00Z",
        "until": "",
        "incident": "L-0007",
    }
    page = Elements((folder / HTML).read_text())
    assert " ".join("".join(page.words).split()) == " ".join(NOTICE.split())
    assert page.tags[0][1]["data-incident"] == "L-0007"
    assert sorted(each.name for each in folder.iterdir()) == [HTML, JSON]
    assert {oct(each.stat().st_mode & 0o777) for each in folder.iterdir()} == {"0o644"}


async def test_link_and_end_come_from_the_settings(site, clock, folder):
    made = adapter(
        site,
        "filedrop",
        clock,
        notice_folder=folder,
        notice_link="https://www.example.org/a?b=1&c=2",
        notice_hours=12,
    )
    await made.act(order("banner", subject="Please ignore our messages"))
    record = json.loads((folder / JSON).read_text())
    assert record["heading"] == "Please ignore our messages"
    assert record["until"] == "2019-07-20T10:16:00Z"
    (link,) = [attrs for tag, attrs in Elements((folder / HTML).read_text()).tags if tag == "a"]
    assert link == {"href": "https://www.example.org/a?b=1&c=2"}
    await made.close()


@pytest.mark.parametrize("where", ["text", "subject", "incident"])
async def test_nothing_in_the_words_becomes_markup(website, folder, where):
    await website.act(order("banner", **{where: HOSTILE}))
    tags = [tag for tag, _ in Elements((folder / HTML).read_text()).tags]
    assert set(tags) <= {"section", "h2", "p", "br"}
    assert not set("<>&") & set((folder / JSON).read_text())
    assert "<?php" not in (folder / HTML).read_text()


@pytest.mark.parametrize("text", ["", "  \n", "stop\x1b[2J", "a\0b", "half \ud800", "\x07"])
async def test_what_no_page_can_show_is_refused(website, folder, text):
    assert isinstance(await website.act(order("banner", text=text)), Failed)
    assert list(folder.iterdir()) == []


async def test_a_second_try_changes_nothing_and_another_notice_takes_its_place(website, folder, clock):
    await website.act(order("banner"))
    before = (folder / HTML).stat().st_mtime_ns
    clock.turn(60_000)
    assert isinstance(await website.act(order("banner", attempt=2)), Done)
    assert (folder / HTML).stat().st_mtime_ns == before
    assert (await website.probe(order("banner"))).verdict == "agrees"
    await website.act(order("banner", text="We are back in control of our accounts."))
    assert (await website.probe(order("banner"))).verdict == "disagrees"
    assert "back in control" in (folder / HTML).read_text()


async def test_it_is_taken_down_and_pages_show_it_no_more(site, website, folder, clock):
    shown = adapter(site, "filedrop", clock, notice_folder=folder)
    await website.act(order("banner"))
    assert (await driven(clock, shown.check("banner-down", order("banner-off")))).verdict == "disagrees"
    assert (await website.probe(order("banner-off"))).verdict == "disagrees"
    assert isinstance(await website.act(order("banner-off")), Done)
    assert (folder / HTML).read_bytes() == b""
    assert (await website.probe(order("banner-off"))).verdict == "agrees"
    assert isinstance(await website.act(order("banner-off", attempt=2)), Done)
    for _ in range(3):  # caches may be ten minutes behind
        seen = await driven(clock, shown.check("banner-down", order("banner-off")))
        clock.turn(6 * 60_000)
    assert seen.verdict == "agrees"
    assert (await driven(clock, shown.check("banner-up", order("banner")))).verdict == "disagrees"
    await shown.close()


@pytest.mark.parametrize("words", ["another incident", "somebody's own"])
async def test_what_is_not_ours_is_left_standing(website, folder, words):
    if words == "another incident":
        await website.act(order("banner", incident="L-0008"))
    else:
        (folder / HTML).write_text("<p>Road closed</p>")
    before = (folder / HTML).read_bytes()
    outcome = await website.act(order("banner-off"))
    assert isinstance(outcome, Failed)
    assert "left as it is" in outcome.reason
    assert (folder / HTML).read_bytes() == before


async def test_what_somebody_else_wrote_there_is_not_ours(website, folder):
    await website.act(order("banner"))
    (folder / HTML).write_text("<p>Pay here</p>")
    assert (await website.probe(order("banner"))).verdict == "disagrees"
    assert isinstance(await website.act(order("banner", attempt=2)), Done)
    assert "Ignore messages" in (folder / HTML).read_text()
    for raw in (b"\x00\xff", b"[]", b"{}", b'{"class": 1}', b"[" * 100_000):
        (folder / JSON).write_bytes(raw)
        assert (await website.probe(order("banner"))).verdict == "disagrees"


async def test_a_link_in_the_folder_is_replaced_and_not_followed(website, folder, tmp_path):
    (tmp_path / "precious").write_text("precious")
    (folder / HTML).symlink_to(tmp_path / "precious")
    (folder / f".{HTML}.{os.getpid()}").symlink_to(tmp_path / "precious")
    outcome = await website.act(order("banner"))
    assert (tmp_path / "precious").read_text() == "precious"
    assert isinstance(outcome, Failed)
    (folder / HTML).unlink()
    assert isinstance(await website.act(order("banner", attempt=2)), Done)


async def test_a_folder_that_does_not_take_it_is_a_definite_no(website, folder):
    (folder / JSON).mkdir()
    outcome = await website.act(order("banner"))
    assert isinstance(outcome, Failed)
    assert [each.name for each in folder.iterdir()] == [JSON]


async def test_half_a_notice_is_in_doubt(website, folder):
    (folder / JSON).write_text("{}")
    notice = notice_of(order("banner"), {}, 0)
    (folder / HTML).mkdir()
    with pytest.raises(HalfDone):
        put_up(str(folder), notice)
    assert standing_says(folder) == (notice, False)


def standing_says(folder):
    (folder / HTML).rmdir()
    return standing(str(folder))


async def test_a_full_disk_is_a_definite_no(website, folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = await website.act(order("banner"))
    assert outcome == Failed("The folder did not take it: No space left on device.")
    assert list(folder.iterdir()) == []


async def test_a_folder_that_does_not_answer_is_a_doubt(site, clock, folder, monkeypatch):
    import threading

    go_on = threading.Event()
    made = adapter(site, "filedrop", clock, notice_folder=folder, longest=0.2)
    monkeypatch.setattr("console.channels.live.notice_board.standing", lambda _: go_on.wait())
    assert isinstance(await made.act(order("banner")), InDoubt)
    assert (await made.probe(order("banner"))).verdict == "cannot-see"
    assert not (await made.test()).ok
    go_on.set()
    await made.close()


async def test_it_is_up_when_every_page_shows_it(website, site):
    assert (await website.check("banner-up", order("banner"))).verdict == "disagrees"
    await website.act(order("banner"))
    seen = await website.check("banner-up", order("banner"))
    assert seen.verdict == "agrees"
    assert len([each for each in site.log if each.path == "/news/"]) == 4
    assert (await website.check("banner-up", order("banner", incident="L-0008"))).verdict == "disagrees"


async def test_one_page_without_it_is_named(website, site, clock):
    await website.act(order("banner"))
    del site.pages["/contact/"]
    assert (await website.check("banner-up", order("banner"))).verdict == "cannot-see"
    site.redirects["/contact/"] = "/plain/"
    real = site.drawn
    site.drawn = lambda request: (
        real(request)
        if request.path != "/plain/"
        else __import__("support_http").Reply(200, "<p>Contact</p>")
    )
    seen = await website.check("banner-up", order("banner"))
    assert seen.verdict == "disagrees"
    assert "/contact/" in seen.value


async def test_a_cache_without_it_is_waited_for_and_then_said(website, site, clock):
    site.cache_ms = 3_600_000
    await website.check("banner-up", order("banner"))
    await website.act(order("banner"))
    assert (await website.check("banner-up", order("banner"))).verdict == "cannot-see"
    clock.turn(11 * 60_000)
    assert (await website.check("banner-up", order("banner"))).verdict == "disagrees"
    clock.turn(3_600_000)
    assert (await website.check("banner-up", order("banner"))).verdict == "agrees"


@pytest.mark.parametrize(
    "word",
    [
        "drop-before",
        "drop-after",
        "500",
        "503",
        "429",
        "html",
        "garbage",
        "huge",
        "endless",
        "bomb",
        "redirect",
        "silent",
    ],
)
async def test_no_misbehaviour_of_a_page_makes_it_up_or_absent(site, clock, folder, word):
    made = adapter(site, "filedrop", clock, notice_folder=folder, longest=1.0 if word == "silent" else 20.0)
    await made.act(order("banner"))
    site.misbehave = lambda _: word
    assert (await driven(clock, made.check("banner-up", order("banner")))).verdict in (
        "cannot-see",
        "disagrees",
    )
    seen = await driven(clock, made.check("absent", order(item=f"{site.url}/news/gone/")))
    assert seen.verdict == "cannot-see"
    assert await driven(clock, made.read()) is None
    await made.close()
