"""What a new officer is shown once: the picture for their app with the question under it, then the key and recovery codes.

The picture comes with nothing below it but the question, so that it stands whole in a window of 24 rows while a phone looks
at it. The codes come last, whatever happened in between: they are never shown again.
"""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING, Final

from console.cli.printed import command
from console.cli.saying import out, say
from console.errors import GateDenied

if TYPE_CHECKING:
    from console.engine.gatekeeper import Gatekeeper
    from console.vault.protocol import Enrolment

BORDER: Final = 2
ISSUER: Final = "&issuer="
AROUND: Final = 2  # rows besides the picture: the heading and the question
FALLBACK: Final = (80, 24)


def show_all(name: str, made: Enrolment) -> None:
    """Everything at once, for whoever keeps what is printed."""
    _heading(name)
    sys.stdout.write("\n".join(picture(made.uri)) + "\n")
    show_key(made)
    show_recovery(made)


async def ask_back(keeper: Gatekeeper, name: str, by: str, made: Enrolment) -> None:
    """Show the picture and have one code typed that the app makes of it; the codes are shown however that ends.

    Args:
        keeper: has the code looked at.
        name: the new officer.
        by: who enrols them.
        made: what is shown once.
    """
    drawn = picture(made.uri)
    spare = shutil.get_terminal_size(FALLBACK).lines - len(drawn) - AROUND
    _heading(name)
    if spare >= 0:
        sys.stdout.write("\n".join(drawn) + "\n")
    else:
        out("This window is too low for the picture that a phone reads. Type this key into the app:")
    if spare:
        show_key(made)
    try:
        proven = await _accepted(keeper, name, by, made)
    finally:
        show_recovery(made)
    if proven:
        say(f"{name} is enrolled, and their code was accepted on this host.")
    else:
        say(f"{name} is enrolled and unproven until: {command('officers', 'test', name)}")


async def _accepted(keeper: Gatekeeper, name: str, by: str, made: Enrolment) -> bool:
    """Whether a code of theirs was accepted; asked again after a wrong one while there are tries, an empty line ends it."""
    from console.incident.house import tries_left
    from console.linear import Descriptor

    typed = Descriptor()
    while tries_left((await keeper.house()).officers[name]):
        sys.stderr.write(f"Code that the app of {name} shows (k shows the key, Enter tests it later): ")
        sys.stderr.flush()
        line = (await typed.line() or "").strip()
        if not line:
            return False
        if line.casefold() == "k":
            show_key(made)
            continue
        try:
            await keeper.present(name, line, "enrolment", by)
        except GateDenied as error:
            say(error.what)
            say(error.do)
        else:
            return True
    say("No more tries for the moment. The officer is enrolled all the same.")
    return False


def picture(uri: str) -> list[str]:
    """The code for an app as rows of half blocks, as small as it gets: the issuer stands in its label already."""
    import segno

    drawn = io.StringIO()
    code = segno.make(uri.partition(ISSUER)[0], error="l", boost_error=False)
    code.terminal(drawn, compact=True, border=BORDER)
    return drawn.getvalue().rstrip("\n").split("\n")


def show_key(made: Enrolment) -> None:
    """The key in groups of four, for an app that sees no picture."""
    out("Key: " + " ".join(made.secret[at : at + 4] for at in range(0, len(made.secret), 4)))


def show_recovery(made: Enrolment) -> None:
    """The recovery codes."""
    out("Recovery codes, each good once. Print them, and keep them apart from the phone:")
    for code in made.recovery:
        out(f"  {code}")


def _heading(name: str) -> None:
    out(f"For the app of {name}. This is shown once.")
