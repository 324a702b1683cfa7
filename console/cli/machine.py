"""Verbs about this machine: channels and contacts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from console.cli.baselines import take_baseline
from console.cli.ending_access import end_access
from console.cli.options import WORDS, json_option

if TYPE_CHECKING:
    from console.cli.signing import Given
    from console.settings import Settings
    from console.wiring import LateVault

OTHERS = ("handle", "address")
SECRET_NAMES = ("password", "pass", "passwd", "pw", "passphrase", "secret", "token", "key", "code", "seed")


@click.group(invoke_without_command=True)
@click.pass_context
def channels(ctx: click.Context) -> None:
    """Say which account a channel is, and try it. A channel that is not set is worked by hand."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_channels, as_json=False)


@channels.command("list", short_help="List the channels that are set on this machine.")
@json_option
def list_channels(*, as_json: bool) -> None:
    """List the channels that are set on this machine, and which of them the console can act on by itself."""
    from console import settings as machine
    from console.cli.saying import data, out, say
    from console.places import Places

    settings = machine.read(Places.here().settings_file)
    wrong = problems(settings)
    found = [
        {
            "name": name,
            "kind": values.get("kind", ""),
            "acts": machine.acts(values) and name not in wrong,
            "settings": {
                key: "(hidden: a secret does not belong into this file)" if key in SECRET_NAMES else value
                for key, value in values.items()
                if key != "kind"
            },
            "wrong": wrong.get(name, ""),
        }
        for name, values in settings.channels.items()
    ]
    if as_json:
        data(found)
        return
    for each in found:
        how = (
            f"CANNOT BE USED: {each['wrong']}"
            if each["wrong"]
            else ("by itself" if each["acts"] else "by hand")
        )
        out(f"{each['name']}  {each['kind']}  {how}", lines=False)
        settings_of: Any = each["settings"]
        for key, value in settings_of.items():
            out(f"  {key} = {value}", lines=False)
    if not found:
        say("No channel is set: every act is worked by hand, and the console shows how.")


def problems(settings: Settings) -> dict[str, str]:
    """What is wrong with each channel's settings, by name."""
    from console.settings import acts

    if not any(acts(values) for values in settings.channels.values()):
        return {}
    from console.channels.live.registry import problems as of_adapters

    return {name: error.what for name, error in of_adapters(settings.channels).items()}


@channels.command("set")
@click.argument("name", type=WORDS)
@click.argument("values", type=WORDS, nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--kind",
    help="Let the console act there by itself: asks for what this kind needs, secrets into the vault.",
)
@click.option(
    "--password", is_flag=True, help="Read the channel's password from stdin and keep it in the vault."
)
@click.option(
    "--sign-in",
    "again",
    is_flag=True,
    help="At X: have the account give the console access, another one too.",
)
@json_option
def set_channel(
    name: str, values: tuple[str, ...], *, kind: str | None, password: bool, again: bool, as_json: bool
) -> None:
    """Set what this machine knows of the channel NAME.

    Such as kind=mail host=relay.example tls=starttls from=press@example.org, or kind=x handle=@ExamplePolice, which is then worked by hand. KEY= takes a setting away. A secret is never typed here: --kind asks for each, or reads lines NAME=VALUE from stdin where nobody can be asked, to an empty one; --password reads that one alone. At X the account then gives access in a browser of yours, and what is pasted here of it is a line too.
    """
    from console import settings as machine
    from console.cli.connecting import asked
    from console.cli.saying import data, say
    from console.errors import ChannelError
    from console.places import Places
    from console.wiring import live_vault

    vault = live_vault(Places.here())
    pairs = _pairs(values)
    if kind is not None:
        pairs = asked(name, kind, pairs, vault)

    def how(settings: machine.Settings) -> machine.Settings:
        changed = machine.with_channel(settings, name, pairs)
        _known(name, changed.channels.get(name, {}))
        wrong = problems(changed).get(name)
        if wrong:
            raise ChannelError(wrong, do="Nothing was changed. Give what is missing together with the rest.")
        return changed

    changed = machine.change(Places.here().settings_file, how)
    if password:
        _keep_password(name)
    given = _signed_in(name, changed, vault, again=again) if kind is not None or again else None
    if as_json:
        account = {"account": given.account} if given is not None and given.account else {}
        data({"name": name, **changed.channels.get(name, {}), **account})
    elif name in changed.channels:
        say(f"{name} is set." + (f" Try it: incident channels test {name}" if kind is not None else ""))
    else:
        say(f"{name} is not set any more: it is worked by hand.")


def _signed_in(name: str, settings: Settings, vault: LateVault, *, again: bool) -> Given:
    """Have the account give the console access where it has none, and say what came of it."""
    from console.cli.saying import say
    from console.cli.signing import signed_in
    from console.errors import NotFound

    if name not in settings.channels:
        raise NotFound(f"No channel {name} is set on this machine.", do="Run incident channels list.")
    given = signed_in(name, settings, vault, again=again)
    if given.words:
        say(given.words)
    return given


def _pairs(values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for value in values:
        key, equals, said = value.partition("=")
        if not equals or not key.strip():
            raise click.UsageError(f"{value!a} is not KEY=VALUE.")
        if key.strip().lower() in SECRET_NAMES:
            raise click.UsageError("A secret is not typed where other processes can read it: use --password.")
        pairs[key.strip()] = said.strip()
    return pairs


def _known(name: str, values: dict[str, str]) -> None:
    """Refuse a kind or a setting that nothing here knows; mail's own are checked by its adapter."""
    from console.errors import BadInput
    from console.playbook.kinds import KINDS

    if not values:
        return
    kind = values.get("kind", "")
    if kind not in KINDS:
        raise BadInput(f"{name} needs a kind.", do=f"Add kind= one of {', '.join(KINDS)}.")
    if kind == "mail":
        return
    from console.channels.live.registry import needs
    from console.settings import CONNECT

    known = dict.fromkeys((*OTHERS, *(need.name for need in needs(kind) if not need.secret)))
    unknown = [key for key in values if key not in ("kind", CONNECT, *known)]
    if unknown:
        raise BadInput(
            f"A channel of kind {kind} has no setting {unknown[0]}.", do=f"It has {', '.join(known)}."
        )


def _keep_password(name: str) -> None:
    from console.cli.saying import say
    from console.cli.seat import run
    from console.errors import BadInput
    from console.places import Places
    from console.wiring import live_vault

    vault = live_vault(Places.here())

    async def keep() -> None:
        await vault.open()
        if sys.stdin.isatty():
            secret = str(click.prompt(f"Password of {name}", hide_input=True, err=True))
        else:
            secret = sys.stdin.readline().rstrip("\r\n")
        if not secret:
            raise BadInput("No password was given on stdin.")
        await vault.keep_secret(name, "password", secret)

    run(keep())
    say(f"The password of {name} is kept in the vault.")


@channels.command("test", short_help="Try a channel with looks alone; nothing is sent.")
@click.argument("name", type=WORDS)
@json_option
def test_channel(name: str, *, as_json: bool) -> None:
    """Try a channel with looks alone: who we are there, what works by itself, what stays by hand. Nothing is sent."""
    from console import settings as machine
    from console.cli.saying import data, out
    from console.cli.seat import run
    from console.clock import SystemClock
    from console.errors import ChannelError, NotFound
    from console.places import Places
    from console.wiring import adapters, live_vault

    places = Places.here()
    settings = machine.read(places.settings_file)
    if name not in settings.channels:
        raise NotFound(f"No channel {name} is set on this machine.", do="Run incident channels list.")
    wrong = problems(settings).get(name)
    if wrong:
        raise ChannelError(wrong, do=f"Correct it with incident channels set {name}.")
    vault = live_vault(places)
    channel = adapters(settings, vault, SystemClock()).get(name)
    if channel is None:
        found = {
            "name": name,
            "ok": True,
            "lines": ["It is worked by hand: there is nothing to try from here."],
        }
    else:
        tried = run(_try(channel, vault, needs_vault=_has_secrets(settings.channels[name])))
        lines = [*tried.lines, *_baseline(name, settings.channels[name])]
        found = {"name": name, "ok": tried.ok, "lines": lines}
    if as_json:
        data(found)
    else:
        for line in list(found["lines"]) if isinstance(found["lines"], list) else ():
            out(str(line), lines=False)
    if not found["ok"]:
        raise click.exceptions.Exit(ChannelError.exit_code)


def _baseline(name: str, values: dict[str, str]) -> list[str]:
    """How old the baseline of a channel is that can have one, as a sentence."""
    from console.cli.baselines import readable, standing
    from console.clock import SystemClock
    from console.places import Places

    if not readable(values):
        return []
    found = standing(name, values, Places.here(), SystemClock().now().wall)
    return [f"Its baseline: {found.words}.{f' Cure: {found.cure}' if found.cure else ''}"]


def _has_secrets(values: dict[str, str]) -> bool:
    return values["kind"] != "mail" or bool(values.get("user")) or values.get("transport") == "notify"


async def _try(channel: Any, vault: Any, *, needs_vault: bool) -> Any:
    if needs_vault:
        await vault.open()
    try:
        return await channel.test()
    finally:
        await channel.close()


channels.add_command(take_baseline)
channels.add_command(end_access)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def contacts(ctx: click.Context, *, as_json: bool) -> None:
    """Whom to call: role, name, number, and when the number was last checked."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_contacts, as_json=as_json)


@contacts.command("list")
@json_option
def list_contacts(*, as_json: bool) -> None:
    """List the contacts of this machine."""
    import msgspec

    from console import settings as machine
    from console.cli.saying import data, out, say
    from console.places import Places

    found = machine.read(Places.here().settings_file).contacts
    if as_json:
        data(msgspec.to_builtins(found))
        return
    for each in found:
        other = f"  else {each.alternate}" if each.alternate else ""
        checked = f"  checked {each.checked}" if each.checked else "  never checked"
        out(f"{each.role}  {each.name}  {each.number}{other}{checked}", lines=False)
    if not found:
        say("No contacts are set: incident contacts set ROLE NAME NUMBER")


@contacts.command("set")
@click.argument("role", type=WORDS)
@click.argument("name", type=WORDS)
@click.argument("number", type=WORDS)
@click.option("--alternate", type=WORDS, default="", help="What to try next.")
@click.option(
    "--checked", type=click.DateTime(["%Y-%m-%d"]), help="The day the number was tried; today when left out."
)
@click.option("--unchecked", is_flag=True, help="The number was not tried.")
@json_option
def set_contact(
    role: str, name: str, number: str, alternate: str, checked: Any, *, unchecked: bool, as_json: bool
) -> None:
    """Set a contact, or change the one of the same role and name."""
    import msgspec

    from console import settings as machine
    from console.cli.saying import data, say
    from console.places import Places

    day = "" if unchecked else (checked.date().isoformat() if checked is not None else today())
    contact = machine.Contact(role=role, name=name, number=number, alternate=alternate, checked=day)
    machine.change(Places.here().settings_file, lambda known: machine.with_contact(known, contact))
    if as_json:
        data(msgspec.to_builtins(contact))
    else:
        say(f"{role}: {name}, {number}.")


def today() -> str:
    """This day by the machine's clock, as 2019-07-19."""
    from datetime import UTC, datetime

    from console.clock import SystemClock

    return datetime.fromtimestamp(SystemClock().now().wall / 1000, UTC).astimezone().date().isoformat()


@contacts.command("remove")
@click.argument("name", type=WORDS)
@json_option
def remove_contact(name: str, *, as_json: bool) -> None:
    """Remove the contacts of that name."""
    from console import settings as machine
    from console.cli.saying import data, say
    from console.places import Places

    machine.change(Places.here().settings_file, lambda known: machine.without_contact(known, name))
    if as_json:
        data({"name": name, "removed": True})
    else:
        say(f"{name} is removed.")
