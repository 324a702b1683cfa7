"""Whether a live incident of a playbook is open already: two of them at once split what is known of one night."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.places import Places


def open_already(places: Places, playbook: str) -> str:
    """The newest live incident of that playbook that is open, told to whoever opens another one; empty when there is none."""
    from console.cli.printed import command
    from console.cli.saying import say
    from console.errors import ConsoleError
    from console.home import incidents_of, stamp

    newest = ""
    with suppress(ConsoleError):  # opening says what is wrong with the record
        for each in incidents_of(places, "live"):
            if each.playbook == playbook and not each.ended:
                newest = each.id
                say(
                    f"{each.id}, of the same playbook, is open since {stamp(each.opened_at)} by {each.opened_by}."
                    f" To go on with it: {command('resume', each.id)}"
                )
    return newest


def another(already: str) -> bool:
    """Ask on the terminal, before the screen, whether a second one is really wanted."""
    from console.cli.saying import say

    say(f"Enter goes on with {already}. Type another to open a second live incident.")
    return sys.stdin.readline().strip().casefold() == "another"
