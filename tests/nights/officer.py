"""What an officer does on a night: whatever comes to their mind, in any order, on the advice of the console alone."""

from __future__ import annotations

from console.errors import Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.facts import items_for
from console.incident.planning import step_of

BY = "Reid"
REMOVERS = {"account": "night/account", "website": "night/website", "newsroom": "night/newsroom"}


class Officer:
    """One night's."""

    def __init__(self, night):
        self.night, self.chance, self.clock = night, night.chance, night.clock
        self.number = 0

    @property
    def state(self):
        return self.night.session.state

    def doubts(self):
        """Steps of which the console says that it does not know."""
        return list(
            dict.fromkeys(each.step for each in self.state.effects.values() if each.status == "doubt")
        )

    # -- what comes to mind ------------------------------------------------------------------------------------------

    def chooses(self):
        """A move: a name, and what it is about."""
        moves = {("beat",): 2, ("pass",): 2, ("restart",): 1, ("check",): 2, ("act", "night/clear"): 2}
        if self.number < 3:
            moves["attack",] = 4 if self.number else 20
        items = list(self.state.items.values())
        if any(each.verdict == "unknown" for each in items):
            moves["judge",] = 14
        if any(each.bogus and not each.saved and not each.gone for each in items):
            moves["act", "night/save"] = 10
        for name in dict.fromkeys(each.channel for each in items if each.bogus and not each.gone):
            saved = all(each.saved for each in items if each.channel == name and each.bogus)
            moves["act", REMOVERS[name]] = 12 if saved else 3
            moves["harm", REMOVERS[name]] = 1
            moves["taken", name] = 1
        for name in dict.fromkeys(each.channel for each in items if each.link in self.night.truth.went):
            seen = self.state.of(REMOVERS[name]).check
            moves["watch", REMOVERS[name]] = 1 if seen is not None and seen.verdict == "agrees" else 12
        if any(each.at_risk and each.bogus and not each.gone for each in items):
            moves["act", "night/urgent"] = 4
        if "account" in self.night.places:
            moves["act", "night/warn"] = 2 if self.state.of("night/warn").plan else 7
            moves["act", "night/pin"] = moves["act", "night/unpin"] = 2
        if self.doubts():
            moves["settle",] = 20
        if any(each.guided and each.status == "intended" for each in self.state.effects.values()):
            moves["hands",] = 12
        return self.chance.choices(list(moves), list(moves.values()))[0]

    async def does(self, move):
        """Make it."""
        await getattr(self, f"_{move[0]}")(*move[1:])

    # -- moves -------------------------------------------------------------------------------------------------------

    async def _beat(self):
        await self.night.conductor.beat()
        await self._saved()

    async def _saved(self):
        saving = self.night.conductor._saving
        if saving is not None:
            await saving

    async def _pass(self):
        self.clock.turn(self.chance.choice([1_000, 16_000, 45_000, 130_000]))

    async def _restart(self):
        self.night._strike()

    async def _check(self):
        steps = [each.name for each in self.state.playbook.steps() if each.check is not None]
        await self.night.conductor.check(self.chance.choice(steps))

    async def _watch(self, step):
        """Look at what is said to be gone, until it is seen."""
        for _ in range(6):
            await self.night.conductor.check(step)
            own = self.state.of(step).check
            if own is not None and own.verdict == "agrees":
                return
            self.clock.turn(31_000)

    async def _attack(self):
        """Something appears, mostly false; a colleague may report it by its link."""
        self.number += 1
        places = list(self.night.places.values())
        place = self.chance.choice(
            [*places, places[-1]]
        )  # the newsroom twice, since it takes the longest way
        words = f"False news xkqp {self.number} of {self.night.seed}"
        link = place.publish(words)
        honest = self.chance.random() < 0.15
        (self.night.truth.honest if honest else self.night.truth.hoaxes)[link] = words
        if self.chance.random() < 0.6 and not honest:
            self.clock.turn(place.lag)  # nobody reports what nobody has seen
            risk = self.chance.random() < 0.3
            await self.night.session.do(
                c.See(by=BY, channel=place.name, link=link, words=words, at_risk=risk)
            )

    async def _taken(self, name):
        """Somebody else takes a false item away."""
        links = [each.link for each in self.state.items.values() if each.channel == name and each.bogus]
        link = self.chance.choice(links)
        self.night.places[name].take_away(link)

    async def _judge(self):
        for item in list(self.state.items.values()):
            if item.verdict == "unknown":
                bogus = item.link in self.night.truth.hoaxes
                risk = bogus and self.chance.random() < 0.3
                verdict = "bogus" if bogus else "ours"
                await self.night.session.do(c.Mark(by=BY, item=item.id, verdict=verdict, at_risk=risk))

    async def _harm(self, step):
        """Remove it at once: harm is being done."""
        links = {self.state.items[each].link for each in items_for(self.state, step_of(self.state, step))}
        self.night.truth.harmed |= links
        await self._act(step, harm_now="It names a child.")

    async def _act(self, step, **more):
        try:
            events = await self.night.conductor.act(BY, step, **more)
        except Refused as error:
            self.night.tally[f"refused: {error.code}"] += 1
            self.night.moves.append(f"        refused: {error.code}")
            return
        if any(isinstance(each, e.EffectIntended) and each.guided for each in events):
            await self.night.conductor.shown(BY, step)
        await self.night.conductor.settle()
        await self._saved()

    async def _settle(self):
        """Look into every doubt, and say what the look suggests."""
        session, truth = self.night.session, self.night.truth
        for step in self.doubts():
            await self.night.conductor.probe(BY, step)
            for effect in self.state.effects_of(step):
                if effect.status != "doubt":
                    continue
                verdict = "not" if effect.guided else truth.suggested.get(effect.id, "unknown")
                self.night.moves.append(f"        {effect.id}: {verdict}")
                await session.do(c.Resolve(by=BY, step=step, verdict=verdict, effect=effect.id))

    async def _hands(self):
        """Follow the console's words in a browser, or say so."""
        by_hand = [each for each in self.state.effects.values() if each.guided and each.status == "intended"]
        for effect in by_hand:
            place = self.night.places.get(effect.channel)
            if place is not None and self.chance.random() < 0.8:
                place.by_hand(self.state, effect)
        for step in dict.fromkeys(each.step for each in by_hand):
            value = self.chance.choice(["done", "done", "done", "could-not"])
            try:
                await self.night.session.do(c.Answer(by=BY, step=step, value=value))
            except Refused as error:
                self.night.moves.append(f"        refused: {error.code}")
