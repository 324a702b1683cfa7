from __future__ import annotations

import asyncio
from collections import Counter

from support_smtp import Rule

from console.channels.protocol import Done, Failed, InDoubt
from console.errors import JournalPoisoned


async def test_everybody_gets_it_once(serve, mailer, make_ledger, order, people):
    server = await serve()
    ledger = await make_ledger(people(60))
    outcome = await mailer(server.port).act(order(), ledger)
    assert (outcome.accepted, outcome.refused, outcome.doubtful) == (60, 0, 0)
    assert sorted(server.addresses()) == sorted(people(60))
    assert all(len(message.recipients) == 1 for message in server.accepted)
    assert await ledger.counts() == {
        "waiting": 0,
        "tried": 0,
        "accepted": 60,
        "refused": 0,
        "bounced": 0,
        "delivered": 0,
        "total": 60,
    }


async def test_connections_are_reused_and_no_more_than_asked_for(serve, mailer, make_ledger, order, people):
    server = await serve()
    await mailer(server.port, connections=3).act(order(), await make_ledger(people(40)))
    assert server.sessions == 3
    assert server.most_at_once == 3


async def test_one_recipient_opens_one_connection(serve, mailer, make_ledger, order, people):
    server = await serve()
    await mailer(server.port).act(order(), await make_ledger(people(1)))
    assert server.sessions == 1


async def test_refusals_are_told_by_name_and_the_others_get_it(serve, mailer, make_ledger, order, people):
    server = await serve(fail_rcpt=[Rule("person3@", 550)], fail_data=[Rule("person7@", 554)])
    ledger = await make_ledger(people(12))
    outcome = await mailer(server.port).act(order(), ledger)
    assert isinstance(outcome, Done)
    assert (outcome.accepted, outcome.refused) == (10, 2)
    assert [each.address for each in await ledger.refused()] == ["person3@example.net", "person7@example.net"]
    assert "person3@example.net" not in server.addresses()


async def test_who_is_put_off_is_tried_once_more_at_the_end(serve, mailer, make_ledger, order, people):
    server = await serve(
        fail_rcpt=[Rule("person2@", 451, 1)], fail_data=[Rule("person5@", 452, 1), Rule("person6@", 452)]
    )
    ledger = await make_ledger(people(10))
    outcome = await mailer(server.port, connections=2).act(order(), ledger)
    assert (outcome.accepted, outcome.refused, outcome.doubtful) == (9, 1, 0)
    assert set(server.addresses()[-2:]) == {"person2@example.net", "person5@example.net"}
    assert [each.address for each in await ledger.refused()] == ["person6@example.net"]
    assert max(Counter(server.addresses()).values()) == 1


async def test_the_second_try_waits_as_long_as_it_was_told(serve, mailer, make_ledger, order, people, clock):
    server = await serve(fail_rcpt=[Rule("person0@", 451, 1)])
    ledger = await make_ledger(people(2))
    sending = asyncio.create_task(mailer(server.port, retry_after=60).act(order(), ledger))
    await _until(lambda: len(server.accepted) == 1 and clock.sleepers == 1)
    clock.turn(59_999)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(server.accepted) == 1
    clock.turn(1)
    assert (await sending).accepted == 2


async def test_a_cut_after_the_message_is_a_doubt_for_exactly_that_person(
    serve, mailer, make_ledger, order, people
):
    server = await serve(drop_after_data=10)
    ledger = await make_ledger(people(35))
    outcome = await mailer(server.port, connections=2).act(order(), ledger)
    assert (outcome.accepted, outcome.refused, outcome.doubtful) == (32, 0, 3)
    doubtful = {each.address for each in await ledger.doubtful()}
    # The relay did take those three; nobody was sent to twice, in doubt or not.
    assert sorted(server.addresses()) == sorted(people(35))
    assert doubtful == {server.addresses()[at] for at in (9, 19, 29)}


async def test_a_relay_that_never_answers_leaves_a_doubt(serve, mailer, make_ledger, order, people):
    server = await serve(delay=30)
    ledger = await make_ledger(people(1))
    outcome = await mailer(server.port, answer_timeout=1).act(order(), ledger)
    assert isinstance(outcome, Done)
    assert (outcome.accepted, outcome.doubtful) == (0, 1)
    assert [each.address for each in await ledger.doubtful()] == ["person0@example.net"]


async def test_three_unanswered_on_fresh_connections_stop_the_line(serve, mailer, make_ledger, order, people):
    server = await serve(drop_after_data=1)
    ledger = await make_ledger(people(50))
    outcome = await mailer(server.port, connections=1).act(order(), ledger)
    assert isinstance(outcome, InDoubt)
    assert "47 of 50 were not tried" in outcome.reason
    assert (await ledger.counts())["tried"] == 3
    assert len(server.accepted) == 3


async def test_doubts_between_answers_stop_the_line_too(serve, mailer, make_ledger, order, people):
    server = await serve(drop_after_data=2)
    ledger = await make_ledger(people(100))
    outcome = await mailer(server.port, connections=1).act(order(), ledger)
    assert isinstance(outcome, InDoubt)
    assert (await ledger.counts())["tried"] == 5


async def test_nothing_listens_so_nothing_is_tried(serve, mailer, make_ledger, order, people, unused_port):
    ledger = await make_ledger(people(5))
    outcome = await mailer(unused_port).act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert "cannot be reached" in outcome.reason
    assert await ledger.counts() == {
        "waiting": 5,
        "tried": 0,
        "accepted": 0,
        "refused": 0,
        "bounced": 0,
        "delivered": 0,
        "total": 5,
    }


async def test_a_sender_that_is_refused_stops_before_anybody_is_claimed(
    serve, mailer, make_ledger, order, people
):
    server = await serve(fail_mail=[Rule("news@", 550)])
    ledger = await make_ledger(people(5))
    outcome = await mailer(server.port).act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert "550 sender refused" in outcome.reason
    assert (await ledger.counts())["waiting"] == 5


async def test_a_relay_that_puts_everybody_off_leaves_them_waiting(serve, mailer, make_ledger, order, people):
    server = await serve(fail_mail=[Rule("news@", 450)])
    ledger = await make_ledger(people(100))
    outcome = await mailer(server.port, connections=1).act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert (await ledger.counts())["waiting"] == 100


async def test_a_relay_that_refuses_everybody_is_not_asked_for_all(serve, mailer, make_ledger, order, people):
    server = await serve(fail_rcpt=[Rule(".", 554)])
    ledger = await make_ledger(people(200))
    outcome = await mailer(server.port, connections=1).act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert (await ledger.counts())["refused"] == 50


async def test_a_relay_that_takes_two_connections_gets_it_all_through_two(
    serve, mailer, make_ledger, order, people
):
    server = await serve(max_connections=2)
    ledger = await make_ledger(people(80))
    outcome = await mailer(server.port, connections=6).act(order(), ledger)
    assert outcome.accepted == 80
    assert server.most_at_once == 2
    assert server.refused_connections >= 1


async def test_a_second_run_sends_only_to_those_not_yet_tried(serve, mailer, make_ledger, order, people):
    server = await serve(drop_after_data=1)
    ledger = await make_ledger(people(20))
    channel = mailer(server.port, connections=1)
    assert isinstance(await channel.act(order(), ledger), InDoubt)
    doubtful = await ledger.doubtful()
    server.behaviour.drop_after_data = 0
    outcome = await channel.act(order(attempt=2), ledger)
    assert (outcome.accepted, outcome.doubtful) == (17, 3)
    assert await ledger.doubtful() == doubtful
    assert max(Counter(server.addresses()).values()) == 1


async def test_a_record_that_cannot_be_written_stops_the_line_before_anything_leaves(
    serve, mailer, make_ledger, order, people
):
    server = await serve()
    ledger = await make_ledger(people(5))

    class Full:
        waiting = ledger.waiting
        counts = ledger.counts
        told = ledger.told

        async def commit(self, told, claims):
            raise JournalPoisoned("The disk is full.")

    outcome = await mailer(server.port).act(order(), Full())
    assert isinstance(outcome, Failed)
    assert "The disk is full" in outcome.reason
    assert server.accepted == []


async def test_quitting_lets_messages_on_their_way_be_answered(serve, mailer, make_ledger, order, people):
    server = await serve(delay=0.05)
    ledger = await make_ledger(people(500))
    sending = asyncio.create_task(mailer(server.port).act(order(), ledger))
    await _until(lambda: len(server.accepted) >= 4)
    sending.cancel()
    await asyncio.wait({sending})
    assert sending.cancelled()
    counts = await ledger.counts()
    assert counts["tried"] == 0
    assert counts["accepted"] == len(server.accepted) < 500


async def test_quitting_in_the_pause_before_the_last_round_is_at_once(
    serve, mailer, make_ledger, order, people
):
    server = await serve(fail_rcpt=[Rule("person0@", 451)])
    ledger = await make_ledger(people(2))
    sending = asyncio.create_task(mailer(server.port, retry_after=3_000).act(order(), ledger))
    await _until(lambda: server.sessions > 0 and not server.live)
    sending.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait({sending})
    assert await ledger.counts() == {
        "waiting": 1,
        "tried": 0,
        "accepted": 1,
        "refused": 0,
        "bounced": 0,
        "delivered": 0,
        "total": 2,
    }


async def test_accounted_says_how_many_are_missing(serve, mailer, make_ledger, order, people):
    server = await serve(drop_after_data=5)
    channel = mailer(server.port, connections=1)
    assert (await channel.check("accounted", order())).verdict == "cannot-see"
    await channel.act(order(), await make_ledger(people(9)))
    seen = await channel.check("accounted", order())
    assert (seen.verdict, seen.value) == ("disagrees", "1")
    assert await channel.check("accounted", order(step="notify-subscribers/accounted", recipients="")) == seen
    assert (await channel.check("accounted", order(incident="L-0002"))).verdict == "cannot-see"


async def test_a_server_that_greylists_everybody_gets_everybody_later(
    serve, mailer, make_ledger, order, people, clock
):
    server = await serve(fail_rcpt=[Rule("person", 450, 1)], rcpt_text="4.7.1 greylisted, come back")
    ledger = await make_ledger(people(60))
    sending = asyncio.create_task(mailer(server.port, retry_after=60).act(order(), ledger))
    await _until(lambda: clock.sleepers == 1 and server.refused_recipients == 60)
    assert server.accepted == []
    clock.turn(60_000)
    assert (await sending).accepted == 60
    assert max(Counter(server.addresses()).values()) == 1


async def test_a_domain_that_wants_to_be_left_alone_holds_up_nobody_else(
    serve, mailer, make_ledger, order, clock
):
    server = await serve(fail_rcpt=[Rule("@busy", 451)], rcpt_text="4.7.0 too many messages")
    here = [f"p{n}@quick.example" for n in range(100)]
    ledger = await make_ledger(
        [each for pair in zip(here, [f"p{n}@busy.example" for n in range(100)], strict=True) for each in pair]
    )
    channel = mailer(server.port, retry_after=60)
    sending = asyncio.create_task(channel.act(order(), ledger))
    await _until(lambda: clock.sleepers == 1 and len(server.accepted) == 100)
    assert sorted(server.addresses()) == sorted(here)
    asked = server.refused_recipients
    assert asked < 20  # the domain is left alone, and not asked for each of its hundred
    server.behaviour.fail_rcpt = []
    clock.turn(60_000)
    assert (await sending).accepted == 200
    assert max(Counter(server.addresses()).values()) == 1


async def test_a_domain_that_never_takes_any_is_left_waiting_and_named(serve, mailer, make_ledger, order):
    server = await serve(fail_rcpt=[Rule("@busy", 451)], rcpt_text="4.7.0 too many messages")
    ledger = await make_ledger([*(f"p{n}@busy.example" for n in range(100)), "ann@quick.example"])
    outcome = await mailer(server.port, retry_after=0, connections=1).act(order(), ledger)
    assert isinstance(outcome, InDoubt)
    assert "busy.example put us off until the end" in outcome.reason
    counts = await ledger.counts()
    assert counts["accepted"] == 1
    assert counts["waiting"] >= 70


async def test_a_mailing_is_held_between_messages_and_goes_on(serve, mailer, make_ledger, order, people):
    server = await serve(delay=0.005)
    ledger = await make_ledger(people(200))
    channel = mailer(server.port)
    sending = asyncio.create_task(channel.act(order(), ledger))
    await _until(lambda: len(server.accepted) >= 10)
    control = channel.control("mailing")
    control.pause()
    await _until(
        lambda: (ledger.standing()["tried"], len(server.accepted)) == (0, ledger.standing()["accepted"])
    )
    held = len(server.accepted)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(server.accepted) == held < 200
    assert not sending.done()
    control.resume()
    assert (await sending).accepted == 200
    assert max(Counter(server.addresses()).values()) == 1
    assert channel.control("mailing") is None


async def test_a_mailing_that_is_stopped_leaves_nobody_in_doubt(serve, mailer, make_ledger, order, people):
    server = await serve(delay=0.005)
    ledger = await make_ledger(people(200))
    channel = mailer(server.port)
    sending = asyncio.create_task(channel.act(order(), ledger))
    await _until(lambda: len(server.accepted) >= 10)
    channel.control("mailing").stop("Reid stopped it.")
    outcome = await sending
    assert isinstance(outcome, InDoubt)
    assert "Reid stopped it." in outcome.reason
    counts = await ledger.counts()
    assert (counts["tried"], counts["accepted"]) == (0, len(server.accepted))


async def test_a_relay_with_room_for_more_again_gets_more_connections(
    serve, mailer, make_ledger, order, people
):
    server = await serve(max_connections=1)
    ledger = await make_ledger(people(900))
    channel = mailer(server.port, connections=3)
    sending = asyncio.create_task(channel.act(order(), ledger))
    await _until(lambda: len(server.accepted) >= 20)
    assert server.most_at_once == 1
    assert "no more than 1" in channel.control("mailing").note
    server.behaviour.max_connections = 0
    assert (await sending).accepted == 900
    assert server.most_at_once > 1


async def _until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the server has no event of ours
            await asyncio.sleep(0.001)
