"""Verbs about live officers: add, list, remove, test, unlock. A practice officer needs none of it."""

from __future__ import annotations

import sys
from typing import Any, Final

import click

from console.cli.options import NAME, Name, json_option, officer_option, who

LONGEST_CODE = 200
USUAL_ROLES: Final = frozenset({"approver", "officer", "lead"})


class OfficerName(Name):
    """An enrolled officer's name; the shell completes it."""

    name = "officer"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem]:
        """Names that begin like this."""
        del ctx, param
        from console.cli.completing import officers as known

        return known(incomplete)


class Role(click.ParamType[str]):
    """A role's slug, as playbooks write it."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The slug in small letters."""
        import re

        slug = str(value).strip().lower()
        if re.fullmatch(r"[a-z][a-z0-9-]{0,39}", slug) is None:
            self.fail("a role is a word such as approver or lead.", param, ctx)
        return slug


ENROLLED = OfficerName()


@click.group()
def officers() -> None:
    """Enrol officers, test and unlock their codes."""


@officers.command()
@click.argument("name", type=NAME)
@click.option(
    "--role", "roles", type=Role(), multiple=True, required=True, help="Such as approver; may be repeated."
)
@officer_option
@json_option
def add(name: str, roles: tuple[str, ...], officer: str | None, *, as_json: bool) -> None:
    """Enrol NAME: a key for their app and eight recovery codes, shown once and never again.

    They stay unproven until a code from their app was accepted: here, or by incident officers test.
    """
    from console.cli.enrolling import ask_back, show_all
    from console.cli.printed import command
    from console.cli.saying import data, say
    from console.cli.seat import run
    from console.places import Places
    from console.wiring import live_house

    _known(roles)

    async def work() -> None:
        async with live_house(Places.here()) as (keeper, _vault):
            made = await keeper.enrol(name, roles, officer or name)
            if as_json:
                data(
                    {
                        "name": name,
                        "role": roles[0],
                        "roles": list(roles),
                        "uri": made.uri,
                        "recovery": list(made.recovery),
                    }
                )
                return
            if sys.stdin.isatty():
                await ask_back(keeper, name, officer or name, made)
            else:
                show_all(name, made)
                say(f"{name} is unproven until: {command('officers', 'test', name)}")

    run(work())


def _known(roles: tuple[str, ...]) -> None:
    """Refuse a role that looks like a typing error: a gate would find it out at night. Say it of one that nothing here knows.

    Raises:
        NotFound: it is nearly a role that there is.
    """
    from console.cli.saying import say
    from console.errors import NotFound
    from console.playbook.findings import nearest

    if set(roles) <= USUAL_ROLES:
        return
    known = USUAL_ROLES | _roles_here()
    for role in roles:
        if role in known:
            continue
        meant = nearest(role, known)
        if meant:
            raise NotFound(
                f"No playbook here knows the role {role}.",
                do=f"Did you mean {meant}? Nobody was enrolled. A role of your own stands in a playbook first.",
            )
        say(
            f"No playbook here knows the role {role}, so no gate asks for it. Known: {', '.join(sorted(known))}."
        )


def _roles_here() -> frozenset[str]:
    """The roles of the playbooks on this machine."""
    from console.errors import BadPlaybook, NotFound
    from console.places import Places
    from console.playbook.load import load

    found: set[str] = set()
    shelf = Places.here().shelf()
    for name in shelf.ids():
        try:
            book = shelf.find(name)
            found |= set(load(book.name, book.read).playbook.roles)
        except (BadPlaybook, NotFound):
            continue  # incident check says what is wrong with it
    return frozenset(found)


def _line() -> str:
    from console.errors import GateDenied

    typed = sys.stdin.readline(LONGEST_CODE).strip()
    if not typed:
        raise GateDenied("No code was given.", do="Give the code on stdin.")
    return typed


@officers.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the officers, and when each one's code was last tested on this host."""
    from console.cli.saying import data, out, say
    from console.home import officers_here
    from console.places import Places

    found = officers_here(Places.here())
    if as_json:
        data([each._asdict() for each in found])
        return
    for each in found:
        out(each.line(), lines=False)
    if not found:
        say("Nobody is enrolled. incident officers add NAME --role approver")


@officers.command()
@click.argument("name", type=ENROLLED)
@officer_option
@json_option
def remove(name: str, officer: str | None, *, as_json: bool) -> None:
    """Remove an officer: their key is deleted, their codes open nothing any more."""
    from console.cli.saying import data, say
    from console.cli.seat import run
    from console.places import Places
    from console.wiring import live_house

    by = who(officer)

    async def work() -> None:
        async with live_house(Places.here()) as (keeper, _vault):
            await keeper.remove(name, by)

    run(work())
    if as_json:
        data({"name": name, "removed": True})
    else:
        say(f"{name} is removed. What they did stays in the record.")


@officers.command()
@click.argument("name", type=ENROLLED)
@json_option
def test(name: str, *, as_json: bool) -> None:
    """Read a code of NAME from stdin and spend it, so that everybody knows it works on this host."""
    from console.cli.saying import data, out, say
    from console.cli.seat import run
    from console.errors import NotFound
    from console.places import Places
    from console.wiring import live_house

    async def work() -> Any:
        async with live_house(Places.here()) as (keeper, vault):
            if (await keeper.house()).named(name) is None:
                raise NotFound(
                    f"No officer is called {name}.", do="Run incident officers list to see who is enrolled."
                )
            await vault.open()
            if sys.stdin.isatty():
                say(f"Code of {name}:")
            return await keeper.present(name, _line(), "test", name)

    accepted = run(work())
    if as_json:
        data({"name": name, "accepted": True, "offset": accepted.offset, "advice": accepted.advice})
        return
    out(f"The code of {name} was accepted on this host. It is spent.")
    if accepted.advice:
        out(accepted.advice)


@officers.command()
@click.argument("name", type=ENROLLED)
@click.option("--recovery", is_flag=True, help="Read one of NAME's own recovery codes instead.")
@officer_option
@json_option
def unlock(name: str, officer: str | None, *, recovery: bool, as_json: bool) -> None:
    """End the lock or the wait of NAME. Another officer does it, --as OTHER, with a code of their own on stdin."""
    from console.cli.saying import data, say
    from console.cli.seat import run
    from console.places import Places
    from console.wiring import live_house

    by = name if recovery else who(officer)

    async def work() -> None:
        async with live_house(Places.here()) as (keeper, vault):
            if recovery:
                await keeper.unlock_by_recovery(name, _line())
                return
            await vault.open()
            if sys.stdin.isatty():
                say(f"Code of {by}:")
            await keeper.unlock(name, by, _line())

    run(work())
    if as_json:
        data({"name": name, "unlocked": True, "by": by})
    else:
        say(f"{name} may try again.")
