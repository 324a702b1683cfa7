"""The envelope loop of one connection against a relay that speaks from a script, byte by byte where that matters."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock

GREETING = b"220 relay.example\r\n"
EHLO = b"250-relay.example\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"


class Scripted:
    """A relay: `answer(command)` gives the bytes for each command line, `None` hangs up, and `after_dot` for each message.

    What arrived in one read is in `reads`, whole messages in `messages`.
    """

    def __init__(self, answer=None, after_dot=None, *, crumbs=False):
        self.answer = answer or (lambda command: None)
        self.after_dot = after_dot or (lambda message: b"250 2.0.0 Ok\r\n")
        self.crumbs = crumbs
        self.reads = []
        self.commands = []
        self.messages = []
        self.open = 0

    async def serve(self, reader, writer):
        self.open += 1
        try:
            await self._serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _serve(self, reader, writer):
        await self.say(writer, GREETING)
        body, buffer = None, b""
        while data := await reader.read(65536):
            self.reads.append(data)
            buffer += data
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\r\n", 1)
                if body is not None:
                    if line != b".":
                        body.append(line)
                        continue
                    said = self.after_dot(b"\r\n".join(body))
                    if body:
                        self.messages.append(b"\r\n".join(body))
                    body = None
                else:
                    self.commands.append(line)
                    said = self.answer(line)
                    if said is None:
                        said = self.usual(line)
                    if line == b"DATA" and said.startswith(b"354"):
                        body = []
                if said == b"hang up":
                    writer.transport.abort()
                    return
                await self.say(writer, said)

    async def say(self, writer, said):
        pieces = [said[at : at + 1] for at in range(len(said))] if self.crumbs else [said]
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if self.crumbs:
                await asyncio.sleep(0)

    @staticmethod
    def usual(line):
        if line.startswith(b"EHLO"):
            return EHLO
        return b"354 go on\r\n" if line == b"DATA" else b"221 bye\r\n" if line == b"QUIT" else b"250 Ok\r\n"


@asynccontextmanager
async def listening(relay):
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def channel():
    def make(port, **settings):
        raw = {
            "host": "127.0.0.1",
            "port": str(port),
            "tls": "none",
            "from": "news@example.org",
            "connections": "1",
            "timeout": "2",
            "answer-timeout": "2",
            "retry-after": "0",
            **{name.replace("_", "-"): str(value) for name, value in settings.items()},
        }

        async def no_secret():
            return None

        return MailChannel("mailer", Relay(MailSettings.read("mailer", raw), no_secret, TurnedClock(0)))

    return make


@pytest.fixture
def run(channel, make_ledger, order, people):
    async def go(relay, many=6, **settings):
        ledger = await make_ledger(people(many))
        async with listening(relay) as port:
            return await channel(port, **settings).act(order(), ledger), ledger

    return go


async def test_the_end_of_a_message_and_the_next_envelope_travel_together(run):
    relay = Scripted()
    outcome, _ = await run(relay)
    assert (outcome.accepted, len(relay.messages)) == (6, 6)
    together = [read for read in relay.reads if b"\r\n.\r\nMAIL FROM" in read]
    assert len(together) == 5
    assert all(read.endswith(b"DATA\r\n") for read in together)
    assert relay.commands[-1] == b"QUIT"


async def test_answers_that_come_in_crumbs_and_over_several_lines_are_put_together(run):
    relay = Scripted(
        answer=lambda line: b"250-first\r\n250-second\r\n250 third\r\n" if line.startswith(b"RCPT") else None,
        crumbs=True,
    )
    outcome, _ = await run(relay)
    assert outcome.accepted == 6


async def test_a_refused_recipient_leaves_the_connection_fit_for_the_next(run):
    def answer(line):
        if b"person2@" in line:
            return b"550 5.1.1 <person2@example.net> no such user\r\n"
        return None

    relay = Scripted(
        answer
    )  # this relay answers DATA with 354 all the same: a lone dot must end it (RFC 2920, 3.1)
    outcome, ledger = await run(relay)
    assert (outcome.accepted, outcome.refused) == (5, 1)
    assert [each.address for each in await ledger.refused()] == ["person2@example.net"]
    assert ledger.reasons() == {"550 5.1.1": 1}
    assert len(relay.messages) == 5
    assert b"RSET" in relay.commands


async def test_a_refused_recipient_where_data_is_refused_too(run):
    refused = set()

    def answer(line):
        if b"person2@" in line:
            refused.add(line)
            return b"550 no\r\n"
        if line == b"DATA" and refused:
            refused.clear()
            return b"503 5.5.1 no valid recipients\r\n"
        return None

    outcome, _ = await run(Scripted(answer))
    assert (outcome.accepted, outcome.refused) == (5, 1)


async def test_a_message_refused_after_the_dot_is_refused_and_the_next_goes_on(run):
    relay = Scripted(after_dot=lambda body: b"554 5.7.1 spam\r\n" if b"person3@" in body else b"250 Ok\r\n")
    outcome, ledger = await run(relay)
    assert (outcome.accepted, outcome.refused) == (5, 1)
    assert ledger.reasons() == {"554 5.7.1": 1}


async def test_a_relay_that_closes_with_421_has_not_taken_it_and_gets_it_once_more(run):
    closing = iter([b"421 4.3.2 shutting down\r\n"])
    relay = Scripted(
        after_dot=lambda body: next(closing, b"250 Ok\r\n") if b"person2@" in body else b"250 Ok\r\n"
    )
    outcome, _ = await run(relay)
    assert (outcome.accepted, outcome.doubtful) == (6, 0)
    assert (
        sum(b"person2@" in message for message in relay.messages) == 2
    )  # it said that it did not take the first


async def test_a_connection_lost_before_the_message_left_costs_nobody_anything(run):
    lost = iter([b"hang up"])
    relay = Scripted(lambda line: next(lost, None) if b"RCPT TO:<person3@" in line else None)
    outcome, _ = await run(relay)
    assert (outcome.accepted, outcome.doubtful) == (6, 0)
    assert len(relay.messages) == len(set(relay.messages)) == 6


async def test_a_connection_lost_after_the_dot_is_one_doubt_and_the_next_envelope_is_not(run):
    lost = iter([b"hang up"])
    relay = Scripted(
        after_dot=lambda body: next(lost, b"250 Ok\r\n") if b"person2@" in body else b"250 Ok\r\n"
    )
    outcome, ledger = await run(relay)
    assert (outcome.accepted, outcome.doubtful) == (5, 1)
    assert [each.address for each in await ledger.doubtful()] == ["person2@example.net"]


@pytest.mark.parametrize("nonsense", [b"hello\r\n", b"999 what\r\n", b"250", b"x" * 70_000, b"\xff\xfe\r\n"])
async def test_an_answer_that_makes_no_sense_is_a_doubt_for_one_alone(run, nonsense):
    said = iter([nonsense])
    relay = Scripted(
        after_dot=lambda body: next(said, b"250 Ok\r\n") if b"person1@" in body else b"250 Ok\r\n"
    )
    outcome, ledger = await run(relay, answer_timeout=1)
    assert (outcome.accepted, outcome.doubtful) == (5, 1)
    assert [each.address for each in await ledger.doubtful()] == ["person1@example.net"]


async def test_a_relay_that_says_more_than_it_was_asked_is_cut(run):
    more = iter([b"250 Ok\r\n250 and another\r\n"])
    relay = Scripted(after_dot=lambda body: next(more, b"250 Ok\r\n"))
    outcome, ledger = await run(relay)
    counts = await ledger.counts()
    assert isinstance(outcome, Done)
    assert counts["accepted"] + counts["tried"] == 6
    assert counts["tried"] <= 1


async def test_the_sender_refused_in_a_group_stops_before_anybody_is_claimed(run):
    relay = Scripted(lambda line: b"550 5.7.1 not you\r\n" if line.startswith(b"MAIL") else None)
    outcome, ledger = await run(relay)
    assert isinstance(outcome, Failed)
    assert "550 5.7.1 not you" in outcome.reason
    assert (await ledger.counts())["waiting"] == 6
    assert relay.messages == []


async def test_a_silent_relay_is_waited_for_as_long_as_it_was_told_and_no_longer(run):
    relay = Scripted(after_dot=lambda body: b"")
    outcome, ledger = await run(relay, many=1, answer_timeout=1)
    assert isinstance(outcome, Done)
    assert [each.address for each in await ledger.doubtful()] == ["person0@example.net"]


async def test_lines_that_begin_with_a_dot_arrive_as_they_were_written(run, channel, make_ledger, order):
    relay = Scripted()
    ledger = await make_ledger(["ann@example.net", "bob@example.net"])
    async with listening(relay) as port:
        words = ".\n..\n.hidden\nthe end."
        outcome = await channel(port, html="no").act(order(text=words), ledger)
    assert outcome.accepted == 2
    for message in relay.messages:
        body = message.split(b"\r\n\r\n", 1)[1]
        assert body.replace(b"\r\n..", b"\r\n.").removeprefix(b".") == words.replace("\n", "\r\n").encode()


async def test_three_lost_without_a_word_stop_the_line(run):
    relay = Scripted(after_dot=lambda body: b"hang up")
    outcome, ledger = await run(relay, many=50)
    assert isinstance(outcome, InDoubt)
    assert (await ledger.counts())["tried"] == 3
