"""Options and argument types that verbs share, with their shell completion."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from console.text import unshowable, visible

Verb = TypeVar("Verb", bound=Callable[..., Any])
OFFICER_VARIABLE: Final = "INCIDENT_OFFICER"
LONGEST_NAME: Final = 64
LONGEST_STEP: Final = 200


class Words(click.ParamType[str]):
    """Words that go into the record: every character in them can be seen. Newlines may stand where `lines` says so."""

    name = "words"

    def __init__(self, *, lines: bool = False, most: int = 4_000) -> None:
        self._lines = lines
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words as typed, or click's own error."""
        text = str(value)
        if any(
            "\udc80" <= char <= "\udcff" for char in text
        ):  # bytes that the terminal's alphabet does not have
            self.fail(
                "what was typed is not UTF-8. Set the terminal to UTF-8, such as LANG=C.UTF-8.", param, ctx
            )
        hidden = unshowable(text)
        if hidden or (not self._lines and "\n" in text):
            at = hidden[0][0] if hidden else text.index("\n")
            self.fail(f"character {at + 1} of {visible(text)} cannot be seen. Leave it out.", param, ctx)
        if len(text) > self._most:
            self.fail(f"that is {len(text)} characters; {self._most} fit.", param, ctx)
        return text


class Name(Words):
    """A person's name or another short one."""

    name = "name"

    def __init__(self) -> None:
        super().__init__(most=LONGEST_NAME)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name without spaces around it; not empty."""
        text = " ".join(super().convert(value, param, ctx).split())
        if not text:
            self.fail("the name is empty.", param, ctx)
        return text


WORDS: Final = Words()
LINES: Final = Words(lines=True)
_ID: Final = re.compile(r"[ld]-[0-9]{1,8}-[0-9]{1,6}", re.IGNORECASE)
NAME: Final = Name()


class Incident(click.ParamType[str]):
    """An incident's id; the shell completes it from the records."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id as it is written: in capitals. What is none stays as it was typed."""
        typed = str(value).strip()
        if not typed:
            self.fail("the id is empty. incident list --all shows them.", param, ctx)
        if len(typed) > LONGEST_NAME or not typed.isascii() or not typed.isprintable():
            self.fail(f"{visible(typed)[:LONGEST_NAME]} is no incident's id.", param, ctx)
        return typed.upper() if _ID.fullmatch(typed) else typed

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Ids that begin like this, newest first."""
        del ctx, param
        from console.cli.completing import incidents

        return incidents(incomplete)


class StepName(click.ParamType[str]):
    """A step: `phase/step`, its number, or an id that only one step has."""

    name = "step"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As typed; which step it is, the incident says."""
        typed = str(value).strip()
        if len(typed) > LONGEST_STEP or unshowable(typed):
            self.fail(f"{visible(typed)[:LONGEST_NAME]} is no step.", param, ctx)
        return typed

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Full names of the incident's steps."""
        del param
        from console.cli.completing import steps

        return steps(str(typed(ctx).get("incident") or ""), incomplete)


class Offered(Words):
    """A word of the incident that was named before it; the shell completes it.

    Args:
        what: what it is, as `completing.words` knows it.
        lines: newlines may stand in it.
    """

    def __init__(self, what: str, *, lines: bool = False) -> None:
        super().__init__(lines=lines)
        self._what = what

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Those of that incident that begin like this."""
        del param
        from console.cli.completing import words

        return words(self._what, typed(ctx), incomplete)


class PlaybookName(click.ParamType[str]):
    """A playbook's id, or the path of its file."""

    name = "playbook"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As typed."""
        del param, ctx
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Ids of the playbooks here."""
        del ctx, param
        from console.cli.completing import playbooks

        return playbooks(incomplete)


class ScenarioName(click.ParamType[str]):
    """A scenario's id, or the path of its file."""

    name = "scenario"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As typed."""
        del param, ctx
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Names of the scenarios here."""
        del ctx, param
        from console.cli.completing import scenarios

        return scenarios(incomplete)


def typed(ctx: click.Context) -> dict[str, Any]:
    """What stands on the line so far, by name; behind an option that still wants its value, click has not told words apart."""
    names = [each.name or "" for each in ctx.command.params if isinstance(each, click.Argument)]
    above = ctx.parent.params if ctx.parent is not None else {}
    return {**above, **ctx.params, **dict(zip(names, ctx.args, strict=False))}


class Numbered(click.Command):
    """A verb whose VALUE may be a number: one below zero is an answer that does not fit, and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does."""
        ctx.ignore_unknown_options = any(re.fullmatch(r"-[0-9]+", arg) for arg in args)
        return super().parse_args(ctx, args)


incident_argument = click.argument("incident", metavar="ID", type=Incident())
step_argument = click.argument("step", type=StepName())
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
officer_option = click.option(
    "--as", "officer", type=NAME, envvar=OFFICER_VARIABLE, help=f"Who acts; or {OFFICER_VARIABLE}."
)
linear_option = click.option("--linear", is_flag=True, help="Numbered questions instead of the screen.")


def changes(verb: Verb) -> Verb:
    """The options of a verb that changes something: who acts, and JSON."""
    return officer_option(json_option(verb))


def who(officer: str | None) -> str:
    """The officer who acts; raises BadInput with what to do when nobody was named."""
    if officer:
        return officer
    from console.errors import BadInput

    raise BadInput(
        "Nobody was named as acting.",
        do=f"Add --as YOUR-NAME, or set {OFFICER_VARIABLE}. Nothing was changed.",
    )
