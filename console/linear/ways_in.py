"""Ways into our accounts: what became of each, a line of one's own, and a passphrase that is kept before it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident import commands as c
from console.incident.access import HOW
from console.incident.access_ledger import ledger, line_words
from console.incident.wordings import zone_of

if TYPE_CHECKING:
    from console.linear.face import Face


async def access(face: Face, rest: str) -> None:
    """Show the ledger, then take a line for it."""
    del rest
    zone = zone_of(face.state)
    lines = ledger(face.state, face.now)
    face.talk.head("Ways into our accounts:" if lines else "No way into an account is known of yet.")
    face.talk.say(*(line_words(each, zone) for each in lines))
    if face.state.end is not None:
        return
    what = await face.talk.ask(
        "Another way in that was dealt with, such as session in Leeds; Enter goes back"
    )
    if not what:
        return
    channel = await _channel(face)
    place = await face.talk.pick("What became of it?", HOW)
    if channel and place:
        await face.session.do(c.Access(by=face.officer, channel=channel, what=what, how=HOW[place - 1]))
        face.talk.say("Saved.")


async def passphrase(face: Face, rest: str) -> None:
    """Make a passphrase for an account; it is printed once."""
    from console.engine.passphrases import make_passphrase
    from console.errors import Refused

    channel = rest or await _channel(face)
    if not channel:
        return
    try:
        made = await make_passphrase(face.session, face.officer, channel)
    except Refused as error:
        if error.code != "kept":
            raise
        face.talk.say(error.what)
        if await face.talk.pick("Make another? The one before stays kept.", ("No", "Yes")) != 2:
            return
        made = await make_passphrase(face.session, face.officer, channel, again=True)
    if not face.state.live:
        face.talk.say("EXERCISE: use it nowhere.")
    face.talk.say("It is kept in the vault. It is shown this once:", made)


async def _channel(face: Face) -> str:
    names = [each.name for each in face.state.playbook.channels]
    place = await face.talk.pick("Into which account?", names)
    return names[place - 1] if place else ""
