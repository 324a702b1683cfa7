"""What is typed, pasted or piped into the code box is not six digits."""

from __future__ import annotations

import pytest
from support_gate import open_gate

from console.errors import GateDenied

HOSTILE = {
    "nothing": "",
    "spaces": "      ",
    "letters": "abcdef",
    "too few": "12345",
    "too many": "1234567",
    "signs": "+12345",
    "underscores": "12_345",
    "superscripts": "²" * 6,
    "full-width": "１２３４５６",
    "arabic-indic": "١٢٣٤٥٦",
    "mathematical": "\U0001d7ce" * 6,
    "controls": "\x1b[2J\x00\x07",
    "bidi": "\u202e123456",
    "zero-width": "123\u200b456",
    "64 KiB of digits": "1" * 65_536,
    "64 KiB of spaces and a code": " " * 65_536 + "123456",
    "64 KiB that grow under NFKC": "\ufdfa" * 65_536,
    "half a surrogate pair": "\ud800" * 6,
}


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
async def test_it_is_no_code_no_try_and_is_not_repeated_back(tmp_path, typed):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        with pytest.raises(GateDenied, match="a code is six digits") as caught:
            await gate.keeper.present("reid", typed, "gate")
        assert "NOTHING HAS BEEN SENT" in caught.value.means
        assert not typed.strip() or typed not in caught.value.diagnostics()
        assert (await gate.keeper.house()).officers["reid"].failures == 0


async def test_the_right_code_in_full_width_digits_opens_nothing(tmp_path):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        disguised = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in gate.code("reid"))
        with pytest.raises(GateDenied, match="a code is six digits"):
            await gate.keeper.present("reid", disguised, "gate")
        assert await gate.vault.match("reid", disguised, gate.clock.now().wall) is None


@pytest.mark.parametrize("typed", [*HOSTILE.values(), "AAAA-AAAA-AAAA-AAAA"], ids=[*HOSTILE.keys(), "wrong"])
async def test_nor_is_it_a_recovery_code(tmp_path, typed):
    async with open_gate(tmp_path / "practice.db") as gate:
        await gate.keeper.enrol("reid", ["approver"])
        with pytest.raises(GateDenied, match="recovery code was not right"):
            await gate.keeper.present_recovery("reid", typed, "gate")
        assert len((await gate.keeper.house()).officers["reid"].recovery) == 8
