"""The website's acts on a bad line: judged by what the website really shows, never done twice, never told wrong."""

from __future__ import annotations

import random

import pytest
from support_website import FALSE, SITES, adapter, driven, order, settled

from console.channels.live.arrivals import SETTLES
from console.channels.protocol import Done, Failed, InDoubt

EVERY = (
    "drop-before",
    "drop-after",
    "500",
    "500-after",
    "503",
    "429",
    "402",
    "html",
    "garbage",
    "huge",
    "endless",
    "bomb",
    "redirect",
    "silent",
)
QUICK = ("drop-before", "drop-after", "500", "500-after", "503", "429", "402", "html", "garbage", "redirect")
RUNS = 40


@pytest.fixture(params=["wordpress", "drupal"])
def engine(request):
    return request.param


@pytest.fixture
async def site(engine, clock):
    async with SITES[engine](clock) as running:
        yield running


def notices(site):
    return [each for each in site.public_titles() if each.startswith("Ignore")]


def true_of(outcome, happened):
    """Whether an outcome tells no lie about what happened."""
    return happened if isinstance(outcome, Done) else not (isinstance(outcome, Failed) and happened)


def writes(word):
    return lambda request: word if request.method in ("POST", "PATCH") else ""


@pytest.mark.parametrize("which", ["every request", "writes", "one write"])
@pytest.mark.parametrize("word", EVERY)
async def test_no_misbehaviour_makes_a_takedown_lie(site, engine, clock, word, which):
    website = adapter(site, engine, clock, longest=0.4 if word == "silent" else 20.0)
    link = site.publish(FALSE)
    site.misbehave = (lambda _: word) if which == "every request" else writes(word)
    if which == "one write":
        left = [word]
        site.misbehave = lambda request: left.pop() if left and request.method in ("POST", "PATCH") else ""
    outcome = await driven(clock, website.act(order(item=link)))
    assert true_of(outcome, FALSE not in site.public_titles()), outcome
    if which == "writes":
        assert isinstance(outcome, Failed if word in ("429", "402") else InDoubt), outcome
    if which == "one write" and word in (
        "drop-before",
        "drop-after",
        "500",
        "500-after",
        "503",
        "429",
        "silent",
    ):
        assert isinstance(outcome, Done), outcome
    site.misbehave = lambda _: ""
    seen = await settled(clock, website, order(item=link))
    assert seen.verdict == ("disagrees" if FALSE in site.public_titles() else "agrees")
    assert isinstance(await driven(clock, website.act(order(item=link, attempt=2))), Done)
    assert FALSE not in site.public_titles()
    await website.close()


@pytest.mark.parametrize("first", ["drop-after", "500-after", "503"])
@pytest.mark.parametrize("then", ["402", "429"])
async def test_a_refusal_after_a_lost_try_is_no_definite_no(site, engine, clock, first, then):
    website = adapter(site, engine, clock)
    link = site.publish(FALSE)
    words = [first]
    site.misbehave = lambda request: "" if request.method == "GET" else words.pop() if words else then
    outcome = await driven(clock, website.act(order(item=link)))
    assert isinstance(outcome, InDoubt), outcome
    await website.close()


@pytest.mark.parametrize("which", ["every request", "writes"])
@pytest.mark.parametrize("word", EVERY)
async def test_no_misbehaviour_makes_a_post_lie_or_go_out_twice(site, engine, clock, word, which):
    website = adapter(site, engine, clock, longest=0.4 if word == "silent" else 20.0)
    site.misbehave = (lambda _: word) if which == "every request" else writes(word)
    outcome = await driven(clock, website.act(order("post")))
    assert true_of(outcome, bool(notices(site))), outcome
    assert isinstance(outcome, Failed if word in ("429", "402") else InDoubt), outcome
    assert len(notices(site)) <= 1
    site.misbehave = lambda request: word if which == "every request" else ""
    second = await driven(clock, website.act(order("post", attempt=2))) if which == "every request" else None
    assert second is None or true_of(second, bool(notices(site))), second
    site.misbehave = lambda _: ""
    seen = await settled(clock, website, order("post"))
    assert seen.verdict == ("agrees" if notices(site) else "disagrees")
    assert isinstance(await driven(clock, website.act(order("post", attempt=3))), Done)
    assert len(notices(site)) == 1
    await website.close()


@pytest.mark.parametrize("verb", ["post", "unpublish"])
async def test_that_nothing_happened_is_not_said_while_it_may_still_arrive(site, engine, clock, verb):
    website = adapter(site, engine, clock)
    link = site.publish(FALSE)
    held, answers = [], site.reply

    async def slow(request):
        if request.method != "GET" and not held:
            held.append(request)
            raise ConnectionResetError
        return await answers(request)

    site.reply = slow
    site.misbehave = lambda request: "drop-before" if request.method != "GET" and held else ""
    this = order(verb, item=link)
    assert isinstance(await driven(clock, website.act(this)), InDoubt)
    for _ in range(2):
        assert (await driven(clock, website.probe(this))).verdict == "cannot-see"
        clock.turn(40_000)
    site.reply = answers
    await site.reply(held[0])
    assert (await driven(clock, website.probe(this))).verdict == "agrees"
    await website.close()


@pytest.mark.parametrize("word", EVERY)
async def test_no_misbehaviour_makes_a_look_lie_or_raise(site, engine, clock, word):
    website = adapter(site, engine, clock, longest=0.4 if word == "silent" else 20.0)
    link = site.publish(FALSE)
    site.misbehave = lambda _: word
    assert (await driven(clock, website.check("absent", order(item=link)))).verdict == "cannot-see"
    for verb in ("unpublish", "post"):
        assert (await driven(clock, website.probe(order(verb, item=link)))).verdict == "cannot-see"
    assert await driven(clock, website.read()) is None
    assert not (await driven(clock, website.test())).ok
    await website.close()


async def test_a_window_is_waited_for_and_the_officer_told(site, engine, clock):
    website = adapter(site, engine, clock)
    link = site.publish(FALSE)
    site.script.append("429")
    told = []

    async def act():
        return await website.act(order(item=link))

    import asyncio

    task = asyncio.ensure_future(act())
    while not task.done():
        await asyncio.sleep(0)
        if clock.sleepers:
            told.append(website.held)
            clock.turn(31_000)
    assert isinstance(await task, Done)
    assert told == ["The website lets the next one go at 22:16 UTC."]
    assert website.held == ""
    await website.close()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"id": 12},
        {"id": "12", "status": ["draft"], "link": 7, "title": 3, "content": {"raw": {}}},
        [
            None,
            3,
            [],
            {"id": True},
            {"id": -1},
            {"id": "1" * 400},
            {"id": 12, "title": {"raw": "\x1b[2J\x00\u202e"}},
        ],
        {"data": None},
        {"data": [{"id": "x", "attributes": []}, {"id": None}]},
        {"data": {"attributes": {"status": None}}},
        {"errors": [None]},
        {"errors": {}},
        {"code": 5},
        "text",
    ],
    ids=range(13),
)
async def test_strange_answers_end_as_outcomes(site, engine, clock, answer):
    website = adapter(site, engine, clock)
    link = site.publish(FALSE)
    site.mangle = lambda _: answer
    for verb in ("unpublish", "post"):
        outcome = await driven(clock, website.act(order(verb, item=link)))
        assert not isinstance(outcome, Done)
        assert "adapter" not in outcome.reason
        assert (await driven(clock, website.probe(order(verb, item=link)))).verdict != "agrees"
    seen = await driven(clock, website.check("absent", order(item=link)))
    assert seen.verdict != "agrees"
    assert "adapter" not in seen.raw
    await driven(clock, website.read())
    await website.close()


async def test_hundreds_of_bad_nights_without_a_lie_or_a_second_post(site, engine, clock):
    website = adapter(site, engine, clock)
    for seed in range(RUNS):
        chance = random.Random(f"{engine} {seed}")
        verb = chance.choice(["post", "unpublish"])
        title = f"False item {seed}"
        link = site.publish(title)
        text = f"Ignore what was said in our name, number {seed}."
        site.misbehave = lambda _, chance=chance: chance.choice(QUICK) if chance.random() < 0.4 else ""

        def happened(verb=verb, title=title, text=text):
            titles = site.public_titles()
            assert titles.count(text) <= 1
            return text in titles if verb == "post" else title not in titles

        for attempt in range(1, 6):
            this = order(verb, f"E-{seed}", attempt=attempt, item=link, text=text)
            outcome = await driven(clock, website.act(this))
            assert true_of(outcome, happened()), (seed, attempt, outcome)
            if isinstance(outcome, Done):
                break
            for _ in range(2):
                seen = await driven(clock, website.probe(this))
                told = seen.verdict == "cannot-see" or (seen.verdict == "agrees") == happened()
                assert told, (seed, attempt, seen)
                clock.turn(SETTLES)
            gone = await driven(clock, website.check("absent", this))
            assert gone.verdict != "agrees" or title not in site.public_titles(), (seed, gone)
        happened()
    await website.close()
