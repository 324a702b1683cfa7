"""A mailing by a process of its own: secured, held, stopped, and what is left when either of the two processes dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from console.channels.live import sender
from console.channels.protocol import Done, Failed, InDoubt
from console.clock import SystemClock
from console.errors import JournalPoisoned


@pytest.fixture
def tls(certificates):
    return certificates.cert, certificates.key


def senders():
    """The processes that send for this one: pid and command line."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"console.channels.live.sender" in words:
                found.append((int(pid), words))
    return found


def environment(pid):
    """What another process was given in its environment."""
    return Path(f"/proc/{pid}/environ").read_bytes()


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - another process has no event of ours
            await asyncio.sleep(0.002)


async def test_it_secures_the_line_logs_in_and_sends_to_everybody(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "right"))
    ledger = await make_ledger(people(120))
    channel = mailer(
        server.port,
        apart=True,
        when=SystemClock(),
        tls="starttls",
        cafile=certificates.cafile,
        user="press",
        password="right",
        connections=3,
    )
    outcome = await channel.act(order(), ledger)
    assert isinstance(outcome, Done), outcome
    assert sorted(server.addresses()) == sorted(people(120))
    assert server.most_at_once == 3
    assert set(server.logins) == {("press", "right")}
    assert senders() == []


async def test_the_password_is_in_no_command_line_and_no_environment(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "a-secret-word"), delay=0.01)
    channel = mailer(
        server.port,
        apart=True,
        when=SystemClock(),
        tls="starttls",
        cafile=certificates.cafile,
        user="press",
        password="a-secret-word",
    )
    sending = asyncio.create_task(channel.act(order(), await make_ledger(people(200))))
    await until(lambda: server.accepted)
    ((pid, words),) = senders()
    assert b"secret" not in b" ".join(words)
    assert b"a-secret-word" not in environment(pid)
    await sending


async def test_a_login_that_is_refused_sends_nothing_and_does_not_echo_the_password(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "right"))
    channel = mailer(
        server.port,
        apart=True,
        when=SystemClock(),
        tls="starttls",
        cafile=certificates.cafile,
        user="press",
        password="a-wrong-word",
    )
    ledger = await make_ledger(people(3))
    outcome = await channel.act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert "refused the login" in outcome.reason
    assert "a-wrong-word" not in outcome.reason
    assert (await ledger.counts())["waiting"] == 3


async def test_it_is_held_and_let_go_and_stopped_from_here(serve, mailer, make_ledger, order, people):
    server = await serve(delay=0.002)
    ledger = await make_ledger(people(600))
    channel = mailer(server.port, apart=True, when=SystemClock())
    sending = asyncio.create_task(channel.act(order(), ledger))
    await until(lambda: len(server.accepted) >= 20)
    control = channel.control("mailing")
    control.pause()
    await until(
        lambda: ledger.standing()["accepted"] == len(server.accepted) and not ledger.standing()["tried"]
    )
    held = len(server.accepted)
    await until(lambda: control.note)
    assert len(server.accepted) == held < 600
    control.resume()
    await until(lambda: len(server.accepted) > held)
    control.stop("Reid stopped it.")
    outcome = await sending
    assert isinstance(outcome, InDoubt)
    assert "Reid stopped it." in outcome.reason
    counts = await ledger.counts()
    assert (counts["tried"], counts["accepted"]) == (0, len(server.accepted))


async def test_when_the_sender_dies_the_console_says_so_and_goes_on_with_those_not_tried(
    serve, mailer, make_ledger, order, people
):
    server = await serve(delay=0.002)
    ledger = await make_ledger(people(400))
    channel = mailer(server.port, apart=True, when=SystemClock(), connections=4)
    sending = asyncio.create_task(channel.act(order(), ledger))
    await until(lambda: len(server.accepted) >= 40)
    ((pid, _),) = senders()
    os.kill(pid, signal.SIGKILL)
    outcome = await sending
    assert isinstance(outcome, InDoubt)
    assert "ended by itself" in outcome.reason
    doubtful = await ledger.doubtful()
    assert len(doubtful) <= 4
    outcome = await channel.act(order(attempt=2), ledger)
    assert isinstance(outcome, Done)
    assert await ledger.doubtful() == doubtful
    assert max(Counter(server.addresses()).values()) == 1
    assert {*people(400)} - {*server.addresses()} <= {each.address for each in doubtful}


async def test_a_record_that_fails_lets_no_message_leave(serve, mailer, make_ledger, order, people):
    server = await serve()
    ledger = await make_ledger(people(5))

    class Full:
        waiting = ledger.waiting
        counts = ledger.counts

        async def commit(self, told, claims):
            raise JournalPoisoned("The disk is full.")

    outcome = await mailer(server.port, apart=True, when=SystemClock()).act(order(), Full())
    assert isinstance(outcome, Failed)
    assert "The disk is full" in outcome.reason
    assert server.accepted == []


async def test_where_there_can_be_no_other_process_this_one_sends(
    serve, mailer, make_ledger, order, people, monkeypatch
):
    server = await serve()
    monkeypatch.setattr(sender.sys, "executable", "/nonexistent/python")
    outcome = await mailer(server.port, apart=True).act(order(), await make_ledger(people(7)))
    assert outcome.accepted == 7


async def test_quitting_lets_messages_on_their_way_be_answered(serve, mailer, make_ledger, order, people):
    server = await serve(delay=0.02)
    ledger = await make_ledger(people(500))
    sending = asyncio.create_task(mailer(server.port, apart=True, when=SystemClock()).act(order(), ledger))
    await until(lambda: len(server.accepted) >= 4)
    sending.cancel()
    await asyncio.wait({sending})
    assert sending.cancelled()
    counts = await ledger.counts()
    assert counts["tried"] == 0
    assert counts["accepted"] == len(server.accepted) < 500
    assert senders() == []
