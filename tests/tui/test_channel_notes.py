"""What an act waits for stands on the incident screen as long as it waits; what channels cost is behind ^P."""

from __future__ import annotations

import pytest
from support_face import live_face

HELD = "X lets the next one go at 23:47 UTC."
NOTE = f"account: {HELD}"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)], ids=str)
async def test_what_waits_stands_there_whatever_key_comes_and_goes_when_it_goes_on(tmp_path, size):
    async with live_face(tmp_path, size=size) as face:
        account = face.session.channels["account"]
        assert NOTE not in face.text
        account.held = HELD
        await face.wait(NOTE)
        await face.press("down")
        assert NOTE in face.text
        account.held = ""
        await face.wait(lambda: NOTE not in face.text)


async def test_costs_and_waits_are_shown_by_name(tmp_path):
    async with live_face(tmp_path) as face:
        account = face.session.channels["account"]
        account.cost = "about $0.42 spent at X since this console started"
        account.notes = {"stream": "X tells nothing at once: \x1b[2J. It is looked at every half minute."}
        await face.press("ctrl+p")
        await face.wait("Search for commands")
        await face.type("channels")
        await face.wait(lambda: "Show each channel" in face.text and "Choose the answer" not in face.text)
        await face.press("enter")
        await face.wait("account: about $0.42 spent at X since this console started.")
        assert "account: X tells nothing at once: \\u{1b}[2J." in face.text
        assert "newsroom, " in face.text
