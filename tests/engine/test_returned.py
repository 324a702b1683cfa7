"""Bounces read back into a mailing over a real relay: by the envelope, the Message-ID or the address; twice is once."""

from __future__ import annotations

import pytest
from support_bounces import dsn, mbox, words
from support_conductor import SEND, ready_to_send, standing
from support_smtp import Rule, SmtpServer

from console.channels.live.archive import Kept
from console.channels.live.registry import live_channels
from console.channels.protocol import Told
from console.clock import TurnedClock
from console.engine.ledger import JournalLedger
from console.errors import BadInput, NotFound
from console.kept import files_in

PEOPLE = [f"reader{n}@example.net" for n in range(8)] + [f"{'long' * 15}@example.net", "a%b@example.net"]


class NoSecrets:
    async def secret(self, channel, name):
        del channel, name

    async def keep_secret(self, channel, name, value):
        raise AssertionError


@pytest.fixture
async def relay():
    async with SmtpServer() as server:
        yield server


@pytest.fixture
async def d(tmp_path, relay):
    settings = {
        "kind": "mail",
        "host": "127.0.0.1",
        "port": str(relay.port),
        "tls": "none",
        "from": "news@example.org",
        "bounces": "bounces@example.org",
        "verp": "yes",
        "test-to": "me@example.org",
    }
    mailer = live_channels({"mailer": settings}, NoSecrets(), TurnedClock(0), Kept)["mailer"]
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


@pytest.fixture
async def sent(d, relay):
    """The mailing went out; by address, what the relay took."""
    await d.conductor.act("Reid", SEND, confirm=await ready_to_send(d, PEOPLE))
    await d.conductor.settle()
    taken = {each.recipients[0]: each for each in relay.accepted if "me@example.org" not in each.recipients}
    assert sorted(taken) == sorted(PEOPLE)
    return taken


@pytest.fixture
def back(d, tmp_path):
    """Reads a mailbox of these messages back."""

    async def read(*found, name="bounces.mbox"):
        path = tmp_path / name
        path.write_text(mbox(*found))
        return await d.conductor.bounces("Shah", path, tmp_path / "evidence")

    return read


def returned(sent, address):
    """The headers that a bounce of the mail to `address` returns."""
    return sent[address].raw.decode().partition("\r\n\r\n")[0].replace("\r\n", "\n")


async def test_each_way_of_saying_whose_it_is_is_understood(d, sent, back, tmp_path):
    long, percent = PEOPLE[-2:]
    assert "=" in sent[PEOPLE[0]].sender
    assert "=" not in sent[long].sender
    assert "=" not in sent[percent].sender
    told = await back(
        dsn("gone@elsewhere.example", to=sent[PEOPLE[0]].sender),
        words("550 5.1.1 no such user", to=sent[long].sender),
        words("550 5.1.1 no such user", to=sent[percent].sender),
        dsn("alias@elsewhere.example", headers=returned(sent, PEOPLE[1])),
        dsn(PEOPLE[2].upper().replace("EXAMPLE.NET", "example.net"), status="5.2.2", said="552 5.2.2 full"),
        dsn("x@elsewhere.example", original=PEOPLE[3]),
    )
    assert (told.bounced, told.known, told.unmatched) == (6, 0, 0)
    counts = await d.conductor.counts(SEND)
    assert (counts["bounced"], counts["accepted"]) == (6, 4)
    reasons = await d.conductor.reasons(SEND)
    assert reasons["552 5.2.2"] == 1
    (kept,) = files_in(tmp_path / "evidence")
    assert kept.sha256 == told.sha256
    (file,) = d.state.files
    assert (file.sha256, file.by, file.name) == (told.sha256, "Shah", "bounces.mbox")
    assert "6 new" in file.note


async def test_read_twice_it_changes_nothing(d, sent, back):
    found = [dsn(address, to=sent[address].sender) for address in PEOPLE[:3]]
    await back(*found, found[0])
    seq, counts = d.state.seq, await d.conductor.counts(SEND)
    again = await back(*found, found[0])
    assert (again.bounced, again.known) == (0, 4)
    assert (d.state.seq, await d.conductor.counts(SEND)) == (seq, counts)
    other = await back(*found, name="the same, elsewhere.mbox")
    assert (other.bounced, other.known) == (0, 3)
    assert await d.conductor.counts(SEND) == counts


async def test_what_is_delayed_away_or_of_nobody_is_counted_and_listed(d, sent, back):
    told = await back(
        dsn(PEOPLE[0], action="delayed"),
        words("I am away", to=sent[PEOPLE[1]].sender, subject="Out of office"),
        dsn("stranger@example.com", said="550 5.1.1 \x1b[2Jno"),
        words("550 no", to="bounces+L-20180101-9.reader0=example.net@example.org"),
        words("550 no", to="bounces+L-20190719-1.3.00000000@example.org"),
    )
    assert (told.messages, told.bounced, told.delayed, told.other, told.unmatched) == (5, 0, 1, 1, 3)
    assert [number for number, _ in told.unknown] == [3, 4, 5]
    assert "stranger@example.com" in told.unknown[0][1]
    assert all(line.isprintable() for line in told.lines())
    assert (await d.conductor.counts(SEND))["bounced"] == 0


async def test_a_forged_bounce_can_do_no_more_than_say_of_somebody_that_it_came_back(d, sent, back, relay):
    before = len(relay.accepted)
    await back(*(dsn(address) for address in PEOPLE))
    counts = await d.conductor.counts(SEND)
    assert (counts["bounced"], counts["waiting"], counts["tried"]) == (len(PEOPLE), 0, 0)
    await d.conductor.settle()
    assert len(relay.accepted) == before


async def test_who_was_refused_did_not_get_a_mail_that_could_come_back(d, relay, back):
    relay.behaviour.fail_rcpt = [Rule("^reader0@", 550)]
    await d.conductor.act("Reid", SEND, confirm=await ready_to_send(d, PEOPLE))
    await d.conductor.settle()
    told = await back(dsn(PEOPLE[0]))
    assert (told.bounced, told.unsent) == (0, 1)
    assert (await d.conductor.counts(SEND))["refused"] == 1


async def test_who_came_back_from_a_mailing_that_stopped_is_not_left_to_be_mailed(d, relay, back):
    count = await ready_to_send(d, PEOPLE)
    relay.behaviour.fail_mail = [Rule(".*", 550)]
    await d.conductor.act("Reid", SEND, confirm=count)
    await d.conductor.settle()
    effect = d.state.effects_of(SEND)[0]
    assert effect.status in ("failed", "interrupted")
    ledger = d.conductor.told(SEND)
    await ledger.commit((), [0, 1])
    await ledger.commit((Told(0, "accepted", 250, "2.0.0 Ok"), Told(1, "accepted", 250, "2.0.0 Ok")), ())
    assert (await back(dsn(PEOPLE[0]))).bounced == 1
    known = d.state.effects[effect.id]
    assert (known.accepted, known.refused, known.doubtful, known.total) == (2, 0, 0, len(PEOPLE))


async def test_before_a_mailing_there_is_nothing_to_read_back_into(d, back):
    with pytest.raises(NotFound):
        await back(dsn())


async def test_a_file_without_a_message_is_not_kept(d, sent, tmp_path):
    path = tmp_path / "empty"
    path.write_text("\n\n")
    with pytest.raises(BadInput, match="holds no message"):
        await d.conductor.bounces("Shah", path, tmp_path / "evidence")
    for path in (tmp_path / "not there", tmp_path / "a\0b"):
        with pytest.raises(BadInput, match="cannot be read"):
            await d.conductor.bounces("Shah", path, tmp_path / "evidence")
    assert files_in(tmp_path / "evidence") == ()


async def test_the_record_stands_after_it_and_is_read_the_same_by_another_console(d, sent, back):
    await back(dsn(PEOPLE[0]))
    (name,) = {each.ledger for each in d.state.lists.values()}
    assert (await JournalLedger(d.session.journal, name).counts())["bounced"] == 1
