"""What every channel must do, whatever it stands for. A test class inherits `ChannelContract` and gives the fixtures."""

from __future__ import annotations

import pytest

from console.channels.protocol import Done, Failed, InDoubt, Order, Seen, Sighting
from console.playbook.kinds import KINDS, RESERVED, kind_of

OUTCOMES = (Done, Failed, InDoubt)
VERDICTS = ("agrees", "disagrees", "cannot-see")
EVERY_VERB = sorted({verb for kind in (*KINDS.values(), *RESERVED.values()) for verb in kind.verbs})
EVERY_PROBE = sorted({probe for kind in (*KINDS.values(), *RESERVED.values()) for probe in kind.probes})


class ChannelContract:
    """`channel` works; `refusing` definitely cannot; `silent` never answers; `traces()` is all they did to the world."""

    @pytest.fixture
    def channel(self):
        raise NotImplementedError

    @pytest.fixture
    def refusing(self):
        raise NotImplementedError

    @pytest.fixture
    def silent(self):
        raise NotImplementedError

    @pytest.fixture
    def traces(self):
        raise NotImplementedError

    @pytest.fixture
    async def mailing(self, make_ledger):
        return await make_ledger(["ann@example.org", "bob@example.org"])

    @pytest.fixture
    def give(self, mailing):
        """Have a channel carry out a verb, with a list for those that take one."""

        async def act(channel, verb, effect="E-1", **changes):
            spec = self.spec(channel).verbs.get(verb)
            recipients = spec is not None and spec.takes == "recipients"
            order = self.order(channel, verb, effect, recipients="mailing" if recipients else "", **changes)
            return await channel.act(order, mailing if recipients else None)

        return act

    def order(self, channel, verb, effect="E-1", **changes):
        fields = {
            "effect": effect,
            "attempt": 1,
            "incident": "L-0001",
            "step": "phase/step",
            "channel": channel.name,
            "kind": channel.kind,
            "verb": verb,
            "subject": "Please ignore it",
            "text": "This post is from us. Please ignore the others.",
        }
        return Order(**{**fields, **changes})

    def spec(self, channel):
        return kind_of(channel.name, channel.kind)

    def own_verbs(self, channel):
        return [verb for verb in self.spec(channel).verbs if channel.can(verb)]

    async def test_it_is_of_a_kind_we_know(self, channel):
        assert self.spec(channel) is not None
        assert channel.name

    async def test_what_it_can_is_of_its_kind(self, channel):
        removals = {"delete", "unpublish", "delete-at-risk"}
        for verb in [*EVERY_VERB, "", "nonsense"]:
            if channel.can(verb):
                own = set(self.spec(channel).verbs)
                assert verb in own or (verb in removals and own & removals)

    @pytest.mark.parametrize("verb", [*EVERY_VERB, "nonsense", ""])
    async def test_an_act_always_has_an_outcome(self, channel, give, verb):
        outcome = await give(channel, verb)
        assert isinstance(outcome, OUTCOMES)
        if not channel.can(verb):
            assert isinstance(outcome, Failed)

    @pytest.mark.parametrize("verb", EVERY_VERB)
    async def test_hostile_words_have_an_outcome_too(self, channel, give, verb):
        hostile = "\x1b]52;c;aGk=\x07\r\nBcc: x@y.zz\r\n.\r\n\0\u202e\ud800"
        for field in ("text", "subject", "item"):
            outcome = await give(channel, verb, f"E-{field}", **{field: hostile})
            assert isinstance(outcome, OUTCOMES)

    async def test_a_definite_refusal_is_a_failure(self, refusing, give, traces):
        before = traces()
        for verb in self.own_verbs(refusing):
            outcome = await give(refusing, verb)
            assert isinstance(outcome, Failed), verb
            assert outcome.reason
        assert traces() == before

    async def test_no_answer_is_a_doubt(self, silent, give):
        for verb in self.own_verbs(silent):
            outcome = await give(silent, verb, f"E-{verb}")
            in_doubt = isinstance(outcome, InDoubt) or (isinstance(outcome, Done) and outcome.doubtful)
            assert in_doubt, verb

    async def test_the_same_effect_does_nothing_twice(self, channel, give, traces):
        for verb in self.own_verbs(channel):
            if self.spec(channel).verbs[verb].effect == "blind":
                continue
            await give(channel, verb, f"E-{verb}")
            before = traces()
            again = await give(channel, verb, f"E-{verb}", attempt=2)
            assert isinstance(again, Done | Failed)
            assert traces() == before, verb

    async def test_looking_changes_nothing(self, channel, give, traces):
        for verb in self.own_verbs(channel):
            await give(channel, verb, f"E-{verb}")
        before = traces()
        for probe in [*EVERY_PROBE, "nonsense", ""]:
            seen = await channel.check(probe, self.order(channel, ""))
            assert isinstance(seen, Seen)
            assert seen.verdict in VERDICTS
        for verb in [*EVERY_VERB, "nonsense"]:
            assert (await channel.probe(self.order(channel, verb))).verdict in VERDICTS
        await channel.read()
        assert traces() == before

    async def test_what_it_has_no_probe_for_it_cannot_see(self, channel):
        assert (await channel.check("nonsense", self.order(channel, ""))).verdict == "cannot-see"

    async def test_a_blind_verb_cannot_be_probed(self, channel):
        for verb, spec in self.spec(channel).verbs.items():
            if spec.effect == "blind":
                assert (await channel.probe(self.order(channel, verb))).verdict == "cannot-see"

    async def test_what_is_read_is_sightings_or_nothing(self, channel):
        seen = await channel.read()
        assert seen is None or all(isinstance(each, Sighting) for each in seen)

    async def test_what_it_likes_is_sightings_or_nothing(self, channel):
        likes = getattr(channel, "likes", None)
        seen = await likes() if likes is not None else None
        assert seen is None or all(isinstance(each, Sighting) for each in seen)

    async def test_closing_twice_is_closing(self, channel):
        await channel.close()
        await channel.close()
