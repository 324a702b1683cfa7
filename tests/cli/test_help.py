"""Help is there at once, tells the truth, and names what was probably meant."""

from __future__ import annotations

import importlib
import inspect

import click
import pytest

from console import errors
from console.cli import EXIT_CODES, SECTIONS, VERBS, doors


def tree(error: type[errors.ConsoleError]):
    yield error
    for child in error.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("name", VERBS)
def test_the_list_of_verbs_and_each_verb_begin_with_the_same_word(name):
    command = doors.get_command(click.Context(doors), name)
    assert command is not None
    assert command.name == name
    assert (command.help or "").split()[0] == VERBS[name].help.split()[0]


def test_every_exit_code_of_an_error_stands_in_the_table():
    raised = {error.exit_code for error in tree(errors.ConsoleError)}
    listed = {code for code, _ in EXIT_CODES}
    assert raised <= listed
    assert listed - raised == {0, 13, 130, 141}
    assert len(listed) == len(EXIT_CODES)


def test_help_holds_the_table_and_every_verb(shell):
    help_text = shell("--help").out
    assert all(f"  {code:>3}  {words}" in help_text for code, words in EXIT_CODES)
    assert all(f"\n  {name} " in help_text for name in VERBS)
    assert all(f"\n{title}:" in help_text for title in SECTIONS)


@pytest.mark.parametrize("typed", ["opne", "aprove", "resum"])
def test_a_misspelt_verb_is_answered_with_the_one_that_was_meant(shell, typed):
    ran = shell(typed, code=2)
    assert "Did you mean" in ran.err
    assert ran.out == ""


def test_a_hostile_verb_is_shown_and_not_obeyed(shell):
    ran = shell("\x1b[2Jopen\u202e", code=2)
    assert "\x1b" not in ran.both
    assert "\u202e" not in ran.both


def test_the_version_is_said(shell):
    assert shell("--version").out.startswith("incident, version ")


def test_every_state_changing_verb_takes_as_and_json():
    looking = {
        "list",
        "show",
        "log",
        "evidence",
        "verify",
        "report",
        "check",
        "new",
        "doctor",
        "contacts",
        "channels",
        "officers",
        "passphrase",
        "code",
    }
    for name in set(VERBS) - looking - {"resume"}:
        module, _, attribute = VERBS[name].where.partition(":")
        command = getattr(importlib.import_module(f"console.cli.{module}"), attribute)
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--as", "--json"} <= options, name


def test_no_verb_module_imports_more_than_click_and_small_modules_at_its_top():
    for name in VERBS:
        module = importlib.import_module(f"console.cli.{VERBS[name].where.partition(':')[0]}")
        source = inspect.getsource(module)
        head = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
        assert not [line for line in head if "asyncio" in line and "acting" not in module.__name__], name
        assert not [line for line in head if "console.engine" in line or "console.wiring" in line], name
