"""What the record says is kept against the folder: what is missing or changed shows, and a copy can be checked by anybody."""

import hashlib
import json
import os
import subprocess

import pytest
from channels.support_x import account_at, order_of
from standins.x import HANDLE, Onward, XPlatform
from support_incident import T0, Play

from console.channels.live.archive import Archive
from console.channels.live.evidence import EvidenceChannel
from console.errors import BadInput, ConsoleError
from console.incident import commands as c
from console.kept import put, take_in
from console.report.exhibits import check, exhibits, unsaved, utc, with_files
from console.report.handover import copy_to
from console.report.record import Entry

PNG = b"\x89PNG\r\n\x1a\n a picture"


class Night:
    """An incident with one captured post, one picture, one item saved by hand elsewhere and one not saved."""

    def __init__(self, folder, mode="live"):
        self.folder = folder
        self.play = Play.open(mode=mode)
        self.manifest = self.exchange = self.picture = ""

    async def happen(self, outside):
        clock = Onward(T0)
        async with XPlatform(clock) as platform:
            account = account_at(platform, keeper=Archive(self.folder))
            post = platform.publish("A bogus post")
            link = f"https://x.com/{HANDLE}/status/{post.id}"
            for each in (link, "https://x.com/2", "https://x.com/3", "https://x.com/4"):
                self.play.do(c.See(by="Reid", channel="account", words="bogus", link=each))
            order = order_of("capture", item=link, incident=self.play.state.incident)
            done = await EvidenceChannel({"account": account}, self.folder, clock).act(order)
            await account.read()  # a look: its exchange belongs to no capture
            await account.close()
        self.play.do(c.Save(by="Reid", item="i1", sha256=done.remote, captured=True, reach=dict(done.reach)))
        outside.write_bytes(PNG)
        taken = take_in(outside, self.folder)
        self.play.do(
            c.Keep(by="Shah", sha256=taken.sha256, name="shot.png", size=taken.size, item="i2", note="phone")
        )
        self.play.do(c.Save(by="Reid", item="i3", where="a drawer", sha256="cd" * 32))
        self.manifest = self.folder / f"{done.remote}.json"
        self.exchange = self.folder / f"{json.loads(done.proof)['kept'][0]}.warc.gz"
        self.picture = taken.path

    @property
    def found(self):
        return exhibits(map(Entry, range(len(self.play.events)), self.play.events), self.play.state)

    def checked(self):
        return check(self.play.state, self.found, self.folder)


@pytest.fixture
async def night(tmp_path):
    made = Night(tmp_path / "evidence")
    await made.happen(tmp_path / "shot.png")
    return made


def test_the_list_names_everything_with_who_and_when(night):
    captured, picture, by_hand = with_files(night.found, night.folder)
    assert captured.files == (night.manifest.name, night.exchange.name)
    assert captured.lines()[0] == (
        "i1 account bogus  captured 2019-07-19 22:18:00 UTC Reid, "
        "seen 3 times, 3 reposts, 3 quotes, 12 likes, 3 replies, 3 bookmarks when saved"
    )
    assert picture.lines() == (
        f"i2 account bogus  shot.png, {len(PNG)} bytes, brought in 2019-07-19 22:18:00 UTC Shah: phone",
        f"  {night.picture.name}",
    )
    assert by_hand.lines() == (
        "i3 account bogus  by hand 2019-07-19 22:18:00 UTC Reid: a drawer",
        f"  {'cd' * 32}",
    )
    assert unsaved(night.play.state) == ("i4",)


def test_what_is_whole_stands(night):
    collected = night.checked()
    assert collected.verdict == "stands"
    assert (collected.elsewhere, collected.unsaved, collected.unknown) == (1, ("i4",), ())
    assert collected.besides >= 1
    assert "Everything that is kept here is what it was." in collected.sentences()[0]


@pytest.mark.parametrize("which", ["manifest", "exchange", "picture"])
def test_what_is_missing_or_changed_is_named(night, which):
    path = getattr(night, which)
    raw = path.read_bytes()
    path.write_bytes(raw + b" ")
    collected = night.checked()
    assert collected.verdict == "wrong"
    assert any(path.name in each.words and "was changed" in each.words for each in collected.findings)
    path.unlink()
    collected = night.checked()
    assert collected.verdict == "wrong"
    assert any(path.name[:64] in each.words and "missing" in each.words for each in collected.findings)
    path.symlink_to("/etc/hostname")
    assert night.checked().verdict == "wrong"
    path.unlink()
    path.write_bytes(raw)
    assert night.checked().verdict == "stands"


def test_a_capture_of_something_else_is_wrong(night):
    other = night.manifest.read_bytes().replace(b"L-20190719-1", b"L-20190719-2")
    name = hashlib.sha256(other).hexdigest()
    put(night.folder / f"{name}.json", other)
    night.play.do(c.Save(by="Reid", item="i1", sha256=name, captured=True))
    assert any("is of something else" in each.words for each in night.checked().findings)


def test_a_manifest_that_is_none_is_wrong(night):
    for raw in (b"[]", b"{", b"[" * 100_000, b'{"incident":"L-20190719-1","item":"","kept":["../x"]}'):
        name = hashlib.sha256(raw).hexdigest()
        put(night.folder / f"{name}.json", raw)
        night.play.do(c.Save(by="Reid", item="i1", sha256=name, captured=True))
    assert sum("cannot be read as a manifest" in each.words for each in night.checked().findings) == 4


def test_strangers_in_the_folder_are_told_apart(night):
    put(night.folder / f"{hashlib.sha256(b'x').hexdigest()}.txt", b"x")
    assert night.checked().verdict == "stands"
    assert len(night.checked().unknown) == 1
    (night.folder / "notes.txt").write_text("mine")
    assert night.checked().verdict == "cannot tell"


def test_a_folder_that_cannot_be_looked_into_is_not_called_wrong(night):
    night.folder = night.picture
    assert night.checked().verdict == "cannot tell"


async def test_a_drill_keeps_files_and_its_captures_are_simulated(tmp_path):
    night = Night(tmp_path / "evidence", mode="practice")
    await night.happen(tmp_path / "shot.png")
    night.manifest.unlink()
    collected = night.checked()
    assert (collected.verdict, collected.simulated) == ("stands", 1)
    night.picture.unlink()
    assert night.checked().verdict == "wrong"


def test_nothing_is_kept_in_a_folder_that_is_not_there(tmp_path):
    play = Play.open()
    assert check(play.state, (), tmp_path / "nothing").verdict == "stands"


def test_a_moment_that_is_none_is_still_told():
    assert utc(10**18).endswith("minutes after 1970")


# -- a copy ----------------------------------------------------------------------------------------------------------


def rows(night):
    return iter([b'{"a":1}', b'{"b":2}'])


def test_a_copy_is_checked_by_the_usual_tool(night, tmp_path):
    target = tmp_path / "drive" / "copy"
    copied = copy_to(night.folder, rows(night), target)
    assert copied.files == len(list(night.folder.iterdir()))
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=target, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == copied.files + 1
    assert (target / "record.jsonl").read_bytes() == b'{"a":1}\n{"b":2}\n'
    assert {path.stat().st_mode & 0o777 for path in target.rglob("*") if path.is_file()} == {0o600}


def test_what_was_changed_is_copied_and_said(night, tmp_path):
    night.picture.write_bytes(b"another")
    (night.folder / "notes.txt").write_text("mine")
    copied = copy_to(night.folder, rows(night), tmp_path / "copy")
    assert [each.wrong for each in copied.findings if night.picture.name in each.words] == [True]
    assert any("notes.txt" in each.words for each in copied.findings)
    assert not (tmp_path / "copy" / "evidence" / "notes.txt").exists()


def test_a_folder_with_something_in_it_is_refused(night, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").write_text("theirs")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for target in (full, full / "x", link, night.folder / "inside", full / "x" / "y"):
        with pytest.raises(BadInput):
            copy_to(night.folder, rows(night), target)
    assert [each.name for each in full.iterdir()] == ["x"]
    assert not (tmp_path / "elsewhere").exists()


def test_an_empty_folder_will_do(night, tmp_path):
    (tmp_path / "empty").mkdir()
    assert copy_to(night.folder, rows(night), tmp_path / "empty").files


def test_a_link_or_a_pipe_that_somebody_put_there_keeps_nobody_from_getting_the_rest(night, tmp_path):
    night.exchange.unlink()
    night.exchange.symlink_to("/etc/hostname")
    pipe = night.folder / f"{'0' * 64}.png"
    os.mkfifo(pipe)
    copied = copy_to(night.folder, rows(night), tmp_path / "copy")
    told = {each.words: each.wrong for each in copied.findings}
    for name in (night.exchange.name, pipe.name):
        assert told[f"{name} is no plain file: it was left out."]
        assert not (tmp_path / "copy" / "evidence" / name).exists()
    assert (tmp_path / "copy" / "evidence" / night.picture.name).read_bytes() == PNG


def test_a_copy_that_is_not_whole_says_so(night, tmp_path):
    def full():
        yield b"{}"
        raise OSError(28, "No space left on device")

    with pytest.raises(ConsoleError, match="not whole: No space left"):
        copy_to(night.folder, full(), tmp_path / "copy")
