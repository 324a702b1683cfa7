"""The channel `evidence`: an item is saved through the platform that holds it, with its reach, under one manifest."""

import hashlib
import json

import pytest
from channels.support_x import account_at, order_of
from standins.x import HANDLE, XPlatform

from console.channels.live.archive import Archive
from console.channels.live.evidence import EvidenceChannel
from console.channels.protocol import Done, Failed


class Told:
    """A platform that tells what it is given."""

    kind = "x"
    name = "account"

    def __init__(self, **found):
        self.found = found

    async def capture(self, item):
        return self.found


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "evidence" / "L-20190719-1"


async def test_what_is_saved_carries_its_reach_and_names_every_exchange(folder, clock):
    async with XPlatform(clock) as platform:
        account = account_at(platform, keeper=Archive(folder))
        channel = EvidenceChannel({"account": account}, folder, clock)
        post = platform.publish("A bogus post")
        outcome = await channel.act(
            order_of("capture", item=f"https://x.com/{HANDLE}/status/{post.id}", channel="evidence")
        )
        assert isinstance(outcome, Done)
        assert outcome.reach == {
            "views": 3,
            "reposts": 3,
            "quotes": 3,
            "likes": 12,
            "replies": 3,
            "bookmarks": 3,
        }
        manifest = folder / f"{outcome.remote}.json"
        raw = manifest.read_bytes()
        assert hashlib.sha256(raw).hexdigest() == outcome.remote
        told = json.loads(raw)
        assert told["kept"] == [told["found"]["api"]]
        assert (folder / f"{told['kept'][0]}.warc.gz").is_file()
        await account.close()


async def test_words_that_are_written_like_a_hash_are_no_exchange(folder, clock):
    told = Told(headline="ab" * 32, likes="many", views="12")
    outcome = await EvidenceChannel({"account": told}, folder, clock).act(order_of("capture", item="1"))
    assert isinstance(outcome, Done)
    assert json.loads(outcome.proof)["kept"] == []
    assert outcome.reach == {"views": 12}


async def test_nothing_that_can_read_it_saves_nothing(folder, clock):
    outcome = await EvidenceChannel({}, folder, clock).act(order_of("capture", item="1"))
    assert isinstance(outcome, Failed)
    assert not folder.exists()
