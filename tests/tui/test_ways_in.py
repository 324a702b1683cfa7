"""Ways into our accounts on the screen: the ledger, a line for it, a passphrase kept before it is shown, finds judged with one key."""

import re

from support_face import live_face, seen

from console.incident import commands as c
from console.vault.passphrases import NAME

WORDS = re.compile(r"(?<![a-z-])[a-z]+(?:-[a-z]+){4,}(?![a-z-])")


async def fill(face, *lines):
    for line in lines:
        await face.type(line)
        await face.press("enter")


async def test_a_passphrase_is_in_the_vault_and_the_ledger_before_it_is_shown_and_nowhere_else(tmp_path):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("passphrase")()
        await face.wait("For which account?")
        await fill(face, "1", "")
        await face.wait("It is shown this once")
        kept = await face.vault.secret("newsroom", NAME)
        assert kept in face.text
        assert WORDS.search(face.text)[0] == kept
        line = face.session.state.access[-1]
        assert (line.channel, line.how, line.verified, line.by) == ("newsroom", "kept", True, "Reid")
        await face.press("escape")
        await face.wait("NOW 1.1")
        assert kept not in face.text
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or kept.encode() not in file.read_bytes()


async def test_one_that_may_be_in_use_is_not_replaced_by_mistake(tmp_path):
    async with live_face(tmp_path) as face:
        await face.vault.keep_secret("newsroom", NAME, "in-use")
        face.app.screen.lend("passphrase")()
        await face.wait("For which account?")
        await fill(face, "1", "")
        await face.wait("is kept for newsroom already")
        assert await face.vault.secret("newsroom", NAME) == "in-use"
        assert face.session.state.access == ()


async def test_the_ledger_is_shown_and_takes_a_line(tmp_path):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("access-line")()
        await face.wait("Into which account?")
        await fill(face, "2", "session in Leeds", "1", "last used 23:02")
        await face.wait("NOW 1.1")
        face.app.screen.lend("access")()
        await face.wait("Ways into our accounts")
        assert "[ ] newsroom  passphrase  open" in face.text
        await face.press("end")
        await face.wait("[x] account  session in Leeds  ended: last used 23:02")


async def test_a_find_of_the_watch_is_judged_with_one_key(tmp_path):
    find = {"verdict": "unknown", "source": "watch"}
    told = (
        seen("one", **find),
        seen("three", **find),
    )
    async with live_face(tmp_path, before=told) as face:
        face.app.screen.lend("items")()
        await face.wait("2 NEW, not judged")
        await face.press("f")
        await face.wait("1 NEW, not judged")
        await face.press("down", "o")
        await face.wait(lambda: "NEW" not in face.text)
        items = face.session.state.items
        assert [items[each].verdict for each in ("i1", "i2")] == ["bogus", "ours"]
        assert face.session.state.last.by == "Reid"
        assert isinstance(face.session.recent[-1][1].at, int)


async def test_a_night_of_finds_is_judged_at_once_after_one_question(tmp_path):
    find = {"verdict": "unknown", "source": "watch"}
    told = tuple(seen("x" * n, **find) for n in range(1, 31))
    async with live_face(tmp_path, before=told) as face:
        face.app.screen.lend("items")()
        await face.wait("30 NEW, not judged")
        await face.press("a")
        await face.wait("Are all 30 false?")
        await face.press("2", "enter")
        await face.wait("30 NEW, not judged")
        await face.press("a")
        await face.wait("Are all 30 false?")
        before = face.session.state.seq
        await face.press("1", "enter")
        await face.wait("30 false, 0 saved")
        assert all(item.bogus for item in face.session.state.items.values())
        assert face.session.state.seq == before + 30


async def test_what_puts_someone_at_risk_is_said_with_one_key_and_taken_back_with_the_same(tmp_path):
    async with live_face(tmp_path, before=(seen("one"),)) as face:
        face.app.screen.lend("items")()
        await face.wait("1 false, 0 saved")
        await face.press("r")
        await face.wait("AT RISK")
        await face.press("r")
        await face.wait(lambda: "AT RISK" not in face.text)
        assert face.session.state.items["i1"].at_risk is False


async def test_what_was_judged_wrongly_is_judged_again(tmp_path):
    async with live_face(tmp_path, before=(seen("one"),)) as face:
        face.app.screen.lend("items")()
        await face.wait("1 false, 0 saved")
        await face.press("o")
        await face.wait(lambda: face.session.state.items["i1"].verdict == "ours")
        await face.session.do(c.Note(by="Reid", text="sure"))
        await face.press("f")
        await face.wait(lambda: face.session.state.items["i1"].bogus)


async def test_finds_that_all_put_someone_at_risk_are_said_to_at_once(tmp_path):
    find = {"verdict": "unknown", "source": "watch"}
    async with live_face(tmp_path, before=(seen("one", **find), seen("three", **find))) as face:
        face.app.screen.lend("items")()
        await face.wait("2 NEW, not judged")
        await face.press("a")
        await face.wait("Are all 2 false?")
        await face.press("3", "enter")
        await face.wait("2 false, 0 saved")
        assert all(item.bogus and item.at_risk for item in face.session.state.items.values())
