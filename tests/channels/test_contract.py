from __future__ import annotations

import pytest
from contracts.channel_contract import ChannelContract

from console.channels.manual import ManualChannel, manual_channels
from console.channels.practice import PracticeWorld, practice_channels
from console.channels.practice_world import CALM, Odds
from console.playbook.kinds import KINDS, RESERVED
from console.playbook.model import Channel

EVERYTHING = [Channel(name=f"our-{kind}", kinds=(kind,)) for kind in KINDS]
NAMES = [channel.name for channel in EVERYTHING] + list(RESERVED)


class TestMail(ChannelContract):
    @pytest.fixture
    async def relay(self, serve):
        return await serve()

    @pytest.fixture
    def channel(self, relay, mailer):
        return mailer(relay.port)

    @pytest.fixture
    def refusing(self, unused_port, mailer):
        return mailer(unused_port)

    @pytest.fixture
    async def silent(self, serve, mailer):
        return mailer((await serve(drop_after_data=1)).port, connections=1)

    @pytest.fixture
    def traces(self, relay):
        return lambda: (relay.sessions, relay.addresses())


@pytest.mark.parametrize("name", NAMES)
class TestPractice(ChannelContract):
    @pytest.fixture
    def twin(self, name, clock):
        def make(odds):
            world = PracticeWorld(7, clock, odds)
            channels = practice_channels(EVERYTHING, world)
            world.publish("our-mynewsdesk", "A bogus release", at_risk=True)
            world.say("our-x", "An older post of ours")
            worlds.append(world)
            return channels[name]

        worlds = []
        make.worlds = worlds
        return make

    @pytest.fixture
    def channel(self, twin):
        return twin(CALM)

    @pytest.fixture
    def refusing(self, twin):
        return twin(Odds(fail=1, late=(0, 0)))

    @pytest.fixture
    def silent(self, twin):
        return twin(Odds(fail=0, doubt=1, late=(0, 0), mail_late=(0, 0)))

    @pytest.fixture
    def traces(self, twin):
        return lambda: [
            (
                world.standing(),
                world.captured.copy(),
                world.mailed.copy(),
                world._pins.copy(),
                world._banners.copy(),
            )
            for world in twin.worlds
        ]


@pytest.mark.parametrize("name", NAMES)
class TestManual(ChannelContract):
    @pytest.fixture
    def channel(self, name):
        return manual_channels(EVERYTHING)[name]

    @pytest.fixture
    def refusing(self, channel):
        return channel

    @pytest.fixture
    def silent(self, channel):
        return channel

    @pytest.fixture
    def traces(self):
        return list

    async def test_it_can_nothing_and_sees_nothing(self, channel):
        assert isinstance(channel, ManualChannel)
        assert not any(channel.can(verb) for verb in self.spec(channel).verbs)
        for probe in self.spec(channel).probes:
            assert (await channel.check(probe, self.order(channel, ""))).verdict == "cannot-see"


def test_a_channel_of_several_kinds_takes_the_first():
    voice = [Channel(name="voice", kinds=("x", "manual"))]
    assert manual_channels(voice)["voice"].kind == "x"
