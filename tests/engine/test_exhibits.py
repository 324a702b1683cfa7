"""Bringing a file in: on the disk before it is in the record, once, and with nothing of a stranger's in its name."""

import hashlib
from contextlib import asynccontextmanager

import pytest
from support_incident import T0, shipped

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.exhibits import bring_in
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.errors import BadInput, NotFound, Refused
from console.incident import commands as c
from console.incident import events as e
from console.journal.sqlite import SqliteJournal
from console.kept import files_in

PNG = b"\x89PNG\r\n\x1a\n a picture"
MAIL = b"From: news@met.example\r\nSubject: Missing \x1b[31mchild\r\nDate: Fri, 19 Jul 2019 23:16:00 +0100\r\n\r\nwords\r\n"


@asynccontextmanager
async def incident():
    clock = TurnedClock(T0, 1_000)
    loaded = shipped("press-channels-misused")
    async with await SqliteJournal.open(":memory:", "live") as journal:
        opening = Opening(by="Reid", loaded=loaded, mode="live", zone="Europe/London")
        name = await open_incident(journal, opening, clock.now())
        channels = manual_channels(loaded.playbook.channels)
        yield await Session.resume(journal, name, clock=clock, channels=channels, gatekeeper=None)


@pytest.fixture
async def session():
    async with incident() as opened:
        await opened.do(c.See(by="Reid", channel="account", words="bogus", link="https://x.example/1"))
        yield opened


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "evidence"


@pytest.fixture
def outside(tmp_path):
    def make(raw=PNG, name="Screenshot.png"):
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return make


async def test_a_picture_is_kept_and_saves_its_item(session, outside, folder):
    source = outside()
    brought = await bring_in(session, "Shah", source, folder, item="i1", note="my phone")
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert (folder / f"{sha256}.png").read_bytes() == PNG
    (kept,) = session.state.files
    assert (kept.sha256, kept.name, kept.size, kept.item, kept.note, kept.by) == (
        sha256,
        "Screenshot.png",
        len(PNG),
        "i1",
        "my phone",
        "Shah",
    )
    assert session.state.items["i1"].saved.startswith("by hand: Screenshot.png")
    assert "kept of i1" in brought.words()


async def test_the_same_file_twice_changes_nothing(session, outside, folder):
    source = outside()
    await bring_in(session, "Reid", source, folder, item="i1")
    seq = session.state.seq
    for item in ("i1", ""):
        again = await bring_in(session, "Reid", source, folder, item=item)
        assert again.events == ()
        assert "known already of i1" in again.words()
    assert session.state.seq == seq
    assert len(files_in(folder)) == 1


async def test_a_mail_says_what_it_says_and_is_reported_once(session, outside, folder):
    source = outside(MAIL, "hoax.eml")
    brought = await bring_in(session, "Reid", source, folder, seen="mailer", note="from my aunt")
    item = session.state.items["i2"]
    assert (item.channel, item.words, item.bogus) == ("mailer", "Missing \\u{1b}[31mchild", True)
    assert item.saved
    (kept,) = session.state.files
    assert kept.note.startswith(
        "from my aunt. Subject: Missing \\u{1b}[31mchild; From: news@met.example; Date: "
    )
    assert [type(each) for each in brought.events] == [e.ItemSeen, e.EvidenceAdded, e.ItemSaved]
    again = await bring_in(session, "Reid", source, folder, seen="mailer")
    assert (again.events, again.item) == ((), "i2")
    assert list(session.state.items) == ["i1", "i2"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"item": "i9"}, NotFound),
        ({"seen": "nowhere"}, NotFound),
        ({"seen": "mailer", "item": "i1"}, Refused),
    ],
)
async def test_what_the_record_would_refuse_is_not_kept(session, outside, folder, more, error):
    seq = session.state.seq
    with pytest.raises(error):
        await bring_in(session, "Reid", outside(MAIL, "hoax.eml"), folder, **more)
    assert not folder.exists()
    assert session.state.seq == seq


async def test_a_picture_is_no_report(session, outside, folder):
    with pytest.raises(BadInput, match="no saved mail"):
        await bring_in(session, "Reid", outside(), folder, seen="mailer")
    assert not folder.exists()


async def test_a_strange_name_is_words_and_no_path(session, outside, folder):
    name = "\u202egnp.\x1b[2J; rm -rf ~" + "x" * 200
    brought = await bring_in(session, "Reid", outside(name=name), folder)
    assert brought.name.startswith("\\u{202e}gnp.\\u{1b}[2J; rm -rf ~xxx")
    assert len(brought.name) == 120
    assert [each.path.name for each in files_in(folder)] == [f"{brought.sha256}.png"]


async def test_after_the_end_evidence_is_still_taken_and_no_item(session, outside, folder):
    await session.do(c.Mark(by="Reid", item="i1", verdict="ours"))
    await session.do(c.Answer(by="Reid", step="confirm/look", value="nothing", confirmed=True))
    assert session.state.end is not None
    assert (await bring_in(session, "Reid", outside(), folder, item="i1")).events
    assert session.state.items["i1"].saved
    with pytest.raises(Refused, match="closed"):
        await bring_in(session, "Reid", outside(MAIL, "hoax.eml"), folder, seen="mailer")
    assert len(files_in(folder)) == 1


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Message-ID: <1.2@bogus.example>", "<1.2@bogus.example>"),
        ("Message-ID: <1.2@bogus.example> (a comment)", ""),
        ("Message-ID: <1\x1b[2J@bogus.example>", ""),
        ("Message-ID: <a@b>\r\n\tBcc: everybody@example.org", ""),
        (f"Message-ID: <{'a' * 300}@bogus.example>", ""),
        ("Message-ID: nobody", ""),
    ],
)
async def test_only_an_id_that_may_stand_in_a_header_is_kept_to_answer_to(
    session, outside, folder, line, kept
):
    raw = f"From: a@b\r\nSubject: hoax\r\n{line}\r\n\r\nwords\r\n".encode()
    await bring_in(session, "Reid", outside(raw, "hoax.eml"), folder, seen="mailer")
    assert [each.message_id for each in session.state.files] == [kept]
