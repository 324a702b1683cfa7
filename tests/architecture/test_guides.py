"""The guides name every setting there is, and no command that is not."""

import re
from pathlib import Path

import click
import pytest

from console.channels.live.mail_settings import NAMES
from console.channels.live.registry import MAIL, NOTIFY, PLATFORMS, needs
from console.cli import doors

DOCS = Path(__file__).parents[2] / "docs"
CONNECTING = (DOCS / "connecting.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`?(incident (?:[a-z-]+ ?)+)", CONNECTING)))


@pytest.mark.parametrize("kind", [*PLATFORMS, MAIL])
def test_every_setting_of_a_kind_stands_in_the_guide(kind):
    missing = [need.name for need in needs(kind) if f"`{need.name}`" not in CONNECTING]
    assert not missing


def test_every_setting_of_mail_through_notify_stands_in_the_guide():
    missing = [need.name for need in needs(MAIL, NOTIFY) if f"`{need.name}`" not in CONNECTING]
    assert not missing


def test_every_setting_of_a_relay_stands_in_the_guide():
    missing = [name for name in NAMES if f"`{name}`" not in CONNECTING]
    assert not missing


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_command_of_the_guide_is_one(typed):
    words = typed.split()[1:]
    command = doors.get_command(click.Context(doors), words[0])
    assert command is not None
    if isinstance(command, click.Group) and len(words) > 1:
        assert words[1] in command.commands


def test_every_platform_has_its_column():
    for kind in PLATFORMS:
        assert kind in CONNECTING.casefold()
