"""Ways into our accounts: a line for the ledger, and a passphrase that is kept before it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.engine.passphrases import make_passphrase
from console.incident import commands as c
from console.incident.access import HOW
from console.tui.screens.desk import Desk
from console.tui.text import Part
from console.tui.widgets.form import Field, Form
from console.tui.widgets.help import Page

YES_NO: Final = (("no", "No"), ("yes", "Yes"))


def _channels(desk: Desk) -> list[tuple[str, str]]:
    return [(each.name, each.name) for each in desk.seat.state.playbook.channels]


def access_line(desk: Desk) -> None:
    """Add a line to the access ledger."""
    desk.flow(_access_line(desk))


async def _access_line(desk: Desk) -> None:
    channels = _channels(desk)

    async def submit(values: Mapping[str, str]) -> None:
        await desk.do(
            c.Access(
                by=desk.seat.officer,
                channel=values["channel"],
                what=values["what"],
                how=values["how"],
                detail=values["detail"],
            )
        )

    fields = [
        Field("channel", "Into which account?", channels[0][0] if channels else "", channels, needed=True),
        Field("what", "Which way in? For example: session in Leeds.", needed=True),
        Field("how", "What became of it?", HOW[0], [(each, each) for each in HOW], needed=True),
        Field("detail", "What else is known of it? May stay empty."),
    ]
    await desk.ask(Form("A way into an account", (), fields, submit, "write it down"))


def passphrase(desk: Desk) -> None:
    """Make a passphrase for an account and show it once."""
    desk.flow(_passphrase(desk))


async def _passphrase(desk: Desk) -> None:
    channels = _channels(desk)
    made: list[tuple[str, str]] = []

    async def submit(values: Mapping[str, str]) -> None:
        channel, again = values["channel"], values["again"] == "yes"
        words = await make_passphrase(desk.seat.session, desk.seat.officer, channel, again=again)
        made.append((channel, words))

    fields = [
        Field("channel", "For which account?", channels[0][0] if channels else "", channels, needed=True),
        Field("again", "If one is kept already: make another?", "no", YES_NO, needed=True),
    ]
    rows: list[tuple[Part, ...]] = [("Five random words. The vault keeps them before you see them.",)]
    await desk.ask(Form("Make a passphrase", rows, fields, submit, "make it"))
    if made:
        shown: list[tuple[Part, ...]] = [
            (("It is kept in the vault. It is shown this once:", "strong"),),
            ("",),
            (made[-1][1],),
            ("",),
            ("Type it where the account is, sign out, and sign in with it.",),
            (f"Read it back later at a command line: incident passphrase {made[-1][0]} --check",),
        ]
        if not desk.seat.state.live:
            shown.insert(0, (("EXERCISE: use it nowhere.", "drill"),))
        desk.app.push_screen(Page(desk.app_mode, "Passphrase", shown))
