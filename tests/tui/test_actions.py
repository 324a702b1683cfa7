"""One registry: no key twice on a screen, only keys that reach us through any terminal, words that fit."""

import re

import pytest

from console.tui import actions
from console.tui.actions import ACTIONS, Action
from console.tui.widgets.footer import Footer
from console.tui.widgets.help import help_rows

SCREENS = sorted({where for action in ACTIONS for where in action.where} - {"*"})
ALLOWED = re.compile(r"[a-z0-9]|enter|escape|tab|question_mark|slash|ctrl\+p|space")


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_means_two_things_on_a_screen(screen):
    keys = [key for action in actions.on_screen(screen) for key in action.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_typed_anywhere_and_says_what_it_does(action):
    assert all(ALLOWED.fullmatch(key) for key in action.keys)
    assert re.fullmatch(r"[a-z][a-z-]*", action.id)
    assert len(action.label) <= 12
    assert action.tooltip.endswith(".")
    assert len(action.tooltip) <= 70


def test_the_incident_screen_has_at_most_ten_keys():
    learned = [
        action.id
        for action in actions.on_screen("incident")
        if action.key and action.id not in ("answer", "leave")
    ]
    assert len(learned) <= 10  # Enter and Esc mean the same on every screen and need no learning


def test_ids_are_unique():
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_only_what_works_is_in_the_footer_and_help_says_why_the_rest_does_not():
    stuck = Action(
        "act",
        "a",
        "act",
        "Do it.",
        ("incident",),
        may=lambda board: "" if board else "The link is not cut yet.",
    )
    table = (*ACTIONS, stuck)
    assert stuck not in actions.footer("incident", None, table)
    assert stuck in actions.footer("incident", "board", table)
    words = "\n".join(
        part if isinstance(part, str) else part[0] for row in help_rows(table, None) for part in row
    )
    assert "Not at this moment: The link is not cut yet." in words


def test_digits_are_nine_bindings_of_one_action():
    digits = [binding for binding in actions.bindings("incident") if binding.key.isdigit()]
    assert [binding.action for binding in digits] == [f"do('choose', {digit})" for digit in range(1, 10)]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_footer_keeps_help_and_the_palette_and_never_overflows(width):
    footer = Footer()
    footer.show(actions.footer("incident", None))
    offered = footer.offered(width)
    assert {"help", "palette"} <= {action.id for action in offered}
    assert len(offered) <= 8
    assert sum(len(action.shown_key) + len(action.label) + 4 for action in offered) <= width
