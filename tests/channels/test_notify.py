"""GOV.UK Notify: everybody once, in our words, whatever the service does; and what it says afterwards, copied back."""

from __future__ import annotations

import asyncio
import random

import pytest
from contracts.channel_contract import ChannelContract
from standins.notify import REPLY_TO, SECRET, NotifyService
from support_http import ENDINGS
from support_notify import SUBJECT, TEXT, Forgets, notify_over, sent, states, words
from support_social import Hurried, quick

from console.channels.live.mail import MailChannel
from console.channels.live.message import Unfit
from console.channels.live.notify_pace import Pace
from console.channels.live.transport import Control
from console.channels.protocol import Done, Failed, InDoubt
from console.engine.ledger import JournalLedger
from console.errors import ChannelError

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
SEND = "/v2/notifications/email"


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
def clock():
    return Hurried(NIGHT)


@pytest.fixture
async def service(clock):
    async with NotifyService(clock) as running:
        yield running


@pytest.fixture
async def make(clock, service):
    made = []

    def transport(*, service=service, **settings):
        made.append(notify_over(service, clock, **settings))
        made[-1]._calls._wire._longest = 5
        return made[-1]

    yield transport
    for each in made:
        await each.close()


@pytest.fixture
def transport(make):
    return make()


@pytest.fixture
async def ledger(make_ledger, people):
    return await make_ledger(people(80))


def posts(service):
    return [request for request in service.log if request.path == SEND]


def at_the(number, word):
    """Misbehave at the request of this number among those that send, from 1; or at several."""
    wanted = dict.fromkeys(number, word) if isinstance(number, (tuple, range)) else {number: word}
    seen = iter(range(1, 1_000_000))
    return lambda request: wanted.get(next(seen), "") if request.path == SEND else ""


class TestContract(ChannelContract):
    @pytest.fixture
    def over(self, clock, make):
        def channel(service, **settings):
            return MailChannel(
                "mailer",
                make(service=service, **settings),
                staff=("staff@example.org",),
                testers=("me@example.org",),
            )

        return channel

    @pytest.fixture
    def channel(self, over, service):
        return over(service)

    @pytest.fixture
    def refusing(self, over, service):
        service.state.revoked = True
        return over(service)

    @pytest.fixture
    def silent(self, over, service):
        service.misbehave = lambda request: "drop-before" if request.method == "POST" else ""
        return over(service, connections=1)

    @pytest.fixture
    def traces(self, service):
        return lambda: list(service.taken.items())


# -- a good night --------------------------------------------------------------------------------------------------------


async def test_everybody_is_sent_our_words_once(service, transport, ledger):
    why, counts = await sent(transport, ledger)
    assert why == ""
    assert (counts["accepted"], counts["waiting"], counts["tried"]) == (80, 0, 0)
    assert max(service.to.values()) == max(service.taken.values()) == 1
    assert len(service.mails) == 80
    assert service.mails[0].body == (
        "Dear subscriber\r\n\r\nMessages sent in our name on Friday were not from us.\n\n"
        "Please ignore them \\(all of them\\), and \\#stay calm.\r\n\r\nExample Police\r\n"
    )


async def test_the_first_goes_alone_and_then_as_many_as_are_set_are_on_their_way(
    service, make, make_ledger, people
):
    service.together = 8  # a first one that is not alone, or fewer after it, would wait for ever
    why, counts = await sent(make(connections=8), await make_ledger(people(1 + 5 * 8)))
    assert (why, counts["accepted"]) == ("", 41)


async def test_what_the_settings_say_goes_with_each(service, make, ledger):
    transport = make(reply_to_id=REPLY_TO, list_unsubscribe="https://example.org/out?who={address}&list=news")
    await sent(transport, ledger)
    asked = posts(service)[0].json()
    assert asked["email_reply_to_id"] == REPLY_TO
    assert asked["one_click_unsubscribe_url"] == "https://example.org/out?who=person0%40example.net&list=news"
    assert asked["sanitise_content_for"] == ["notice", "subject"]


async def test_an_approved_link_is_left_in_the_text(service, transport, ledger):
    why, counts = await sent(transport, ledger, words(text="Read https://example.org/now for more."))
    assert (why, counts["accepted"]) == ("", 80)
    assert "https://example.org/now" in service.mails[0].body
    assert posts(service)[0].json()["sanitise_content_for"] == ["subject"]


async def test_a_reference_says_nothing_of_the_person_and_is_the_same_from_another_start(
    service, make, make_ledger
):
    ledger, again = await make_ledger(["ann@example.org"]), await make_ledger(["ann@example.org"], "other")
    await sent(make(), ledger)
    await sent(make(), again)
    first, second = (mail.reference for mail in service.mails)
    assert first == second
    assert first.endswith("-0")
    assert "ann" not in first
    await sent(make(), await make_ledger(["ann@example.org"], "third"), words(text=TEXT + "!"))
    assert service.mails[-1].reference != first


async def test_progress_is_told_as_the_ledger_counts(transport, ledger):
    told = []
    await sent(transport, ledger, progress=told.append)
    assert told[-1]["accepted"] == 80
    assert all(sum(each[name] for name in ("waiting", "tried", "accepted", "refused")) == 80 for each in told)


async def test_no_minute_holds_more_than_notify_takes(service, make, clock, make_ledger, people):
    service.state.per_minute = 100
    ledger = await make_ledger(people(350))
    why, counts = await sent(make(per_minute=95), ledger)
    assert (why, counts["accepted"]) == ("", 350)
    assert {request.method for request in service.log} == {"GET", "POST"}
    assert len(posts(service)) == 350
    assert clock.now().boot > 60_000 * 3


@pytest.mark.parametrize("per_minute", [1, 50, 2_900, 3_000])
def test_a_pace_holds_in_any_minute(per_minute):
    pace, at, taken = Pace(per_minute), 0, []
    for _ in range(per_minute * 3 + 3):
        at += pace.wait(at)
        pace.take(at)
        taken.append(at)
    for n in range(len(taken) - per_minute):
        assert taken[n + per_minute] - taken[n] >= 60_000, n
    assert taken[-1] <= 60_000 * 4 + 60_000 // per_minute * 4


async def test_what_is_kept_is_little_and_without_secrets(service, make, ledger):
    keeper = Forgets()
    service.state.invalid = {"person7@example.net"}
    await sent(make(keeper=keeper), ledger)
    statuses = [each.status for each in keeper.exchanges]
    assert statuses.count(201) == 3
    assert statuses.count(400) == 1
    assert SECRET not in repr(keeper.exchanges)
    assert "Bearer" not in repr(keeper.exchanges)


# -- before anything is sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": "Dear subscriber"}, "has no ((notice))"),
        ({"body": "((notice)) ((name))"}, "((name))"),
        ({"subject": "News from the town hall"}, "a subject of its own"),
    ],
)
async def test_a_template_that_cannot_carry_the_notice_is_refused(service, transport, ledger, change, reason):
    for name, value in change.items():
        setattr(service.state, name, value)
    with pytest.raises(Unfit, match=reason.replace("(", r"\(").replace(")", r"\)")):
        await sent(transport, ledger)
    assert not service.mails
    assert (await ledger.counts())["waiting"] == 80


async def test_a_template_that_has_just_the_approved_subject_will_do(service, transport, ledger):
    service.state.subject = SUBJECT
    assert (await sent(transport, ledger))[1]["accepted"] == 80


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"revoked": True}, "revoked"),
        ({"skew": 45_000}, "45 seconds behind"),
        ({"skew": -45_000}, "45 seconds ahead of"),
        ({"kind": "sms"}, "none for mail"),
    ],
)
async def test_a_key_and_a_clock_that_are_not_taken_are_told_apart(
    service, transport, ledger, change, reason
):
    for name, value in change.items():
        setattr(service.state, name, value)
    if "kind" in change:
        service.wrong_answers = False
    with pytest.raises(ChannelError, match=reason):
        await sent(transport, ledger)
    assert not service.mails


async def test_an_answer_without_a_date_leaves_both_open(service, transport, ledger):
    service.state.revoked, service.state.dated = True, False
    with pytest.raises(ChannelError, match="look whether this machine's clock is right"):
        await sent(transport, ledger)


@pytest.mark.parametrize("key", ["", "nonsense", SECRET, f"name-{SECRET}"])
async def test_a_key_that_is_none_is_refused_without_being_repeated(make, ledger, key):
    with pytest.raises(ChannelError) as caught:
        await sent(make(key=key), ledger)
    assert key == "" or key not in caught.value.what + str(caught.value.do)


async def test_nobody_is_claimed_while_notify_cannot_be_reached(service, transport, ledger):
    service.misbehave = lambda _: "drop-before"
    with pytest.raises(ChannelError, match="cannot be reached"):
        await sent(transport, ledger)
    assert (await ledger.counts())["waiting"] == 80


# -- a bad night ---------------------------------------------------------------------------------------------------------


async def test_too_many_in_a_minute_is_waited_for(service, make, ledger, clock):
    service.state.per_minute = 30
    why, counts = await sent(make(), ledger)
    assert (why, counts["accepted"], counts["tried"]) == ("", 80, 0)
    assert max(service.to.values()) == 1
    assert clock.now().boot > 60_000 * 2


async def test_a_day_that_is_used_up_stops_the_line_and_the_rest_goes_on_the_next(
    service, make, ledger, clock
):
    service.state.per_day = 50
    why, counts = await sent(make(), ledger)
    assert "midnight" in why
    assert (counts["accepted"], counts["waiting"], counts["tried"]) == (50, 30, 0)
    clock.turn(86_400_000)
    why, counts = await sent(make(), ledger)
    assert (why, counts["accepted"]) == ("", 80)
    assert max(service.to.values()) == 1


async def test_a_wrong_address_is_refused_alone(service, transport, ledger):
    service.state.invalid = {"person0@example.net", "person1@example.net", "person9@example.net"}
    why, counts = await sent(transport, ledger)
    assert (why, counts["refused"], counts["accepted"]) == ("", 3, 77)
    assert ledger.reasons()


async def test_settings_that_make_notify_refuse_everybody_leave_everybody_waiting(service, transport, ledger):
    service.state.invalid = {f"person{n}@example.net" for n in range(80)}
    why, counts = await sent(transport, ledger)
    assert "refused the first 20" in why
    assert (counts["waiting"], counts["refused"]) == (80, 0)


async def test_a_short_list_of_wrong_addresses_is_refused(service, transport, make_ledger, people):
    service.state.invalid = {f"person{n}@example.net" for n in range(3)}
    why, counts = await sent(transport, await make_ledger(people(3)))
    assert (why, counts["refused"]) == ("", 3)


@pytest.mark.parametrize("change", [{"trial": True}, {"revoked": True}, {"skew": 31_000}])
async def test_what_bars_everybody_stops_the_line_with_the_rest_waiting(service, transport, ledger, change):
    def turn(request):
        if request.path == SEND and len(service.mails) == 20:
            for name, value in change.items():
                setattr(service.state, name, value)
        return ""

    service.misbehave = turn
    why, counts = await sent(transport, ledger)
    assert "Notify" in why
    assert counts["accepted"] == len(service.mails)
    assert counts["waiting"] == 80 - len(service.mails)
    assert counts["tried"] == 0


async def test_a_template_that_is_changed_meanwhile_stops_the_line(service, transport, ledger):
    def change(request):
        if request.path == SEND and len(service.mails) == 20:
            service.state.version, service.state.body = 4, "Send money. ((notice))"
        return ""

    service.misbehave = change
    why, counts = await sent(transport, ledger)
    assert "template was changed" in why
    assert counts["waiting"] > 20
    assert counts["accepted"] == len(service.mails)


async def test_words_that_notify_changes_are_sent_to_one_alone(service, transport, ledger):
    service.state.version, filled = 3, service._filled
    service._filled = lambda asked: ("Send money.", *filled(asked)[1:])
    why, counts = await sent(transport, ledger)
    assert "does not hold our text" in why
    assert (counts["accepted"], counts["waiting"]) == (1, 79)


@pytest.mark.parametrize("word", ["500-after", "drop-after", "html", "garbage", "endless", "redirect"])
async def test_a_doubt_that_notify_knows_of_is_accepted_after_a_while(service, transport, ledger, word):
    service.misbehave = at_the((3, 30, 60), word)
    happened = word != "redirect"
    transport._calls._wire._longest = 0.3 if word == "endless" else 5
    why, counts = await sent(transport, ledger)
    assert why == ""
    assert counts["accepted"] == len(service.mails) == 80 - (0 if happened else 3)
    assert counts["tried"] == (0 if happened else 3)
    assert max(service.to.values()) == 1


async def test_an_answer_that_never_comes_is_a_doubt_and_then_found(service, transport, ledger):
    service.misbehave = at_the(10, "silent")
    transport._calls._wire._longest = 0.3
    why, counts = await sent(transport, ledger)
    assert (why, counts["accepted"], counts["tried"]) == ("", 80, 0)


@pytest.mark.parametrize("word", ["500", "503", "drop-before"])
async def test_a_doubt_that_notify_does_not_know_stays_one_and_is_never_sent_again(
    service, transport, make, ledger, word
):
    service.misbehave = at_the((5, 40), word)
    _, counts = await sent(transport, ledger)
    assert (counts["accepted"], counts["tried"], counts["waiting"]) == (78, 2, 0)
    await sent(make(), ledger)
    assert len(service.mails) == 78
    assert (await transport.look(words(), ledger)).verdict == "disagrees"


async def test_one_that_arrives_late_is_found_late(service, transport, ledger):
    service.misbehave = at_the(5, "500-late")
    _, counts = await sent(transport, ledger)
    assert (counts["accepted"], counts["tried"]) == (80, 0)


async def test_an_outage_stops_the_line_with_few_in_doubt(service, make, ledger):
    service.misbehave = at_the(range(20, 10_000), "500-after")
    why, counts = await sent(make(connections=8), ledger)
    assert "did not say" in why
    assert counts["tried"] <= 8 + 8
    assert counts["waiting"] > 20
    service.misbehave = lambda _: ""
    transport = make()
    assert (await transport.look(words(), ledger)).verdict == "agrees"
    why, counts = await sent(transport, ledger)
    assert (why, counts["accepted"]) == ("", 80)
    assert max(service.to.values()) == 1


async def test_a_short_outage_is_waited_out(service, make, ledger):
    service.misbehave = at_the(range(20, 26), "503")
    why, counts = await sent(make(connections=8), ledger)
    assert why == ""
    assert counts["accepted"] == len(service.mails) == 80 - counts["tried"]


# -- a person ------------------------------------------------------------------------------------------------------------


async def test_it_can_be_held_and_let_go_on(service, make, ledger):
    control, held, told = Control(), asyncio.Event(), []

    def hold(counts):
        told.append(counts)
        if counts["accepted"] >= 25 and not held.is_set():
            control.pause()
            if not counts["tried"]:
                held.set()

    task = asyncio.create_task(sent(make(connections=4), ledger, control=control, progress=hold))
    await held.wait()
    assert len(service.mails) == told[-1]["accepted"] < 60
    control.resume()
    why, counts = await task
    assert (why, counts["accepted"]) == ("", 80)


async def test_it_can_be_ended_and_nobody_is_left_in_doubt(service, make, ledger):
    control = Control()

    def end(counts):
        if counts["accepted"] >= 25:
            control.stop("Reid ended it.")

    why, counts = await sent(make(connections=4), ledger, control=control, progress=end)
    assert why == "Reid ended it."
    assert counts["tried"] == 0
    assert counts["accepted"] == len(service.mails) < 60


async def test_a_console_that_is_closed_leaves_nobody_in_doubt(service, make, ledger):
    some = asyncio.Event()
    task = asyncio.create_task(
        sent(make(connections=4), ledger, progress=lambda counts: counts["accepted"] < 25 or some.set())
    )
    await some.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    counts = await ledger.counts()
    assert counts["tried"] == 0
    assert counts["accepted"] == len(service.mails) < 60


# -- afterwards ----------------------------------------------------------------------------------------------------------


async def test_statuses_are_copied_until_final(service, transport, make_ledger, people, make):
    ledger = await make_ledger(people(300))
    service.state.ends = {
        "person3@example.net": "permanent-failure",
        "person4@example.net": "temporary-failure",
        "person5@example.net": "technical-failure",
    }
    await sent(transport, ledger)
    assert (await transport.look(words(), ledger)).verdict == "agrees"
    assert (await ledger.counts())["delivered"] == 0
    service.settle()
    await transport.look(words(), ledger)
    counts = await ledger.counts()
    assert (counts["delivered"], counts["bounced"], counts["accepted"]) == (297, 3, 297)
    assert set(ledger.reasons()) == {"permanent-failure", "temporary-failure", "technical-failure"}
    before = len(service.log)
    await transport.look(words(), ledger)
    assert len(service.log) - before <= 2
    rows = ledger._tally.rows
    await make().look(words(), ledger)  # another start of the console, later the same week
    assert ledger._tally.rows == rows


async def test_another_start_copies_what_came_since(service, make, ledger):
    await sent(make(), ledger)
    service.settle()
    await make().look(words(), ledger)
    assert (await ledger.counts())["delivered"] == 80


async def test_one_slow_mailbox_does_not_have_all_pages_read_again(service, transport, make_ledger, people):
    ledger = await make_ledger(people(600))
    await sent(transport, ledger)
    slow = [f"person{n}@example.net" for n in (0, 1, 300)]
    service.settle(*slow)
    await transport.look(words(), ledger)
    assert (await ledger.counts())["delivered"] == 597
    before = len(service.log)
    await transport.look(words(), ledger)
    asked = [request.path for request in service.log[before:]]
    assert asked.count("/v2/notifications") == 1
    assert len(asked) == 1 + len(slow)
    service.state.ends = {slow[0]: "temporary-failure"}
    service.settle()
    await transport.look(words(), ledger)
    counts = await ledger.counts()
    assert (counts["delivered"], counts["bounced"]) == (599, 1)


async def test_what_was_sent_after_a_look_is_seen_by_the_next(service, make, ledger):
    control, transport = Control(), make(connections=1)
    await sent(
        transport,
        ledger,
        control=control,
        progress=lambda counts: counts["accepted"] < 30 or control.stop("."),
    )
    service.settle()
    await transport.look(words(), ledger)
    await sent(transport, ledger)
    service.settle()
    await transport.look(words(), ledger)
    assert (await ledger.counts())["delivered"] == 80


async def test_one_that_arrives_later_than_the_looks_is_found_all_the_same(service, transport, ledger, clock):
    service.misbehave = at_the(5, "500-late")
    service.late = 1_000_000
    _, counts = await sent(transport, ledger)
    assert counts["tried"] == 1
    service.settle()
    assert (await transport.look(words(), ledger)).verdict == "disagrees"
    assert (await transport.look(words(), ledger)).verdict == "disagrees"
    clock.turn(1_000_000)
    assert (await transport.look(words(), ledger)).verdict == "agrees"
    assert (await ledger.counts())["delivered"] == 80


async def test_what_notify_keeps_no_longer_leaves_what_is_known(service, make, ledger, clock):
    await sent(make(), ledger)
    clock.turn(8 * 86_400_000)
    assert (await make().look(words(), ledger)).verdict == "agrees"
    assert (await ledger.counts())["accepted"] == 80


async def test_pages_of_a_long_text_are_read_all_the_same(service, transport, make_ledger, people):
    ledger, order = await make_ledger(people(50)), words(text="Please ignore it, all of it. " * 3_400)
    await sent(transport, ledger, order)
    service.settle()
    assert (await transport.look(order, ledger)).verdict == "agrees"
    assert (await ledger.counts())["delivered"] == 50


async def test_mails_of_the_services_other_systems_are_let_be(service, make, make_ledger):
    ledger, other = await make_ledger(["ann@example.org"]), await make_ledger(["bob@example.org"], "other")
    await sent(make(), ledger)
    await sent(make(), other, words(step="other/send"))
    service.state.ends = {"bob@example.org": "permanent-failure"}
    service.settle()
    await make().look(words(), ledger)
    assert (await ledger.counts())["delivered"] == 1
    assert states(other) == ["accepted"]


@pytest.mark.parametrize("word", ["500", "drop-before", "html", "garbage", "429"])
async def test_a_look_that_fails_tells_nothing(service, transport, ledger, word):
    await sent(transport, ledger)
    service.misbehave = lambda _: word
    seen = await transport.look(words(), ledger)
    assert seen.verdict == "cannot-see"
    assert (await ledger.counts())["accepted"] == 80


# -- a few ---------------------------------------------------------------------------------------------------------------


async def test_a_test_mail_goes_to_one(service, transport):
    outcome = await transport.send_few(words("send-test"), ["me@example.org"])
    assert isinstance(outcome, Done)
    assert outcome.accepted == 1
    assert service.to == {"me@example.org": 1}


@pytest.mark.parametrize("word", ["500-after", "drop-after", *ENDINGS[:2], "500-late"])
async def test_a_few_in_doubt_are_looked_for(service, transport, word, clock):
    service.misbehave = at_the(2, word)
    outcome = await transport.send_few(words("send-internal"), ["a@example.org", "b@example.org"])
    late = word == "500-late"
    assert isinstance(outcome, InDoubt if late else Done)
    clock.turn(60_000)
    again = await transport.send_few(words("send-internal", attempt=2), ["a@example.org", "b@example.org"])
    assert isinstance(again, Done)
    assert set(service.to.values()) == {1}


async def test_a_few_that_are_refused_are_said_to_be(service, transport):
    service.state.trial = True
    outcome = await transport.send_few(words("send-internal"), ["a@example.org", "b@example.org"])
    assert isinstance(outcome, Failed)
    assert "trial mode" in outcome.reason


# -- trying --------------------------------------------------------------------------------------------------------------


async def test_a_try_only_looks_and_says_what_cannot_be(service, transport):
    tried = await transport.test()
    said = " ".join(tried.lines)
    assert tried.ok
    for word in ("Notice to subscribers", "250,000", "notifications.service.gov.uk", "((notice))", "7 days"):
        assert word in said
    assert {request.method for request in service.log} == {"GET"}


async def test_a_try_says_what_is_wrong_with_the_template(service, transport):
    service.state.body = "Dear subscriber"
    tried = await transport.test()
    assert not tried.ok
    assert "((notice))" in " ".join(tried.lines)


# -- nights --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(16))
async def test_seeded_nights_reach_nobody_twice_and_lose_nobody(
    service, make, make_ledger, people, clock, seed
):
    chance = random.Random(seed)
    count = chance.randrange(20, 100)
    ledger = await make_ledger(people(count))
    service.state.per_minute = chance.choice([40, 3_000])
    bad = chance.choice([0.01, 0.05, 0.3])
    faults = ("500", "500-after", "500-late", "drop-before", "drop-after", "503", "429", "html", "garbage")
    service.misbehave = lambda _: chance.choice(faults) if chance.random() < bad else ""
    service.state.invalid = set(chance.sample(people(count), 2))
    for _ in range(30):
        control = Control()
        if chance.random() < 0.3:
            limit = chance.randrange(count)

            def end(counts, limit=limit, control=control):
                if counts["accepted"] > limit:
                    control.stop("enough")

            progress = end
        else:
            progress = None
        transport = make(connections=chance.choice([1, 4, 32]))
        try:
            await sent(transport, ledger, control=control, progress=progress)
        except ChannelError:
            clock.turn(60_000)
        if not (await ledger.counts())["waiting"]:
            break
    service.misbehave = lambda _: ""
    clock.turn(120_000)
    await make().look(words(), ledger)
    why, counts = await sent(make(), ledger)
    assert max(service.to.values()) == 1, seed
    assert counts["waiting"] == 0, (seed, why)
    # Everybody whom Notify has is known to have it; who is in doubt is not there.
    has_it = {mail.address for mail in service.mails}
    for n, state in enumerate(states(ledger)):
        assert (state in ("accepted", "delivered")) == (f"person{n}@example.net" in has_it), (seed, n, state)
        assert state in ("accepted", "delivered", "refused", "tried", "doubt"), (seed, n, state)


async def test_two_consoles_at_once_reach_nobody_twice(service, make, ledger, journal):
    other = JournalLedger(journal, "mailing")
    first, second = await asyncio.gather(sent(make(connections=4), ledger), sent(make(connections=4), other))
    assert "Another console" in first[0] + second[0]
    why, counts = await sent(make(), ledger)
    assert why == ""
    assert (counts["waiting"], counts["tried"]) == (0, 0)
    assert max(service.to.values()) == 1
