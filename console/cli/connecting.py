"""Asking for what a kind of channel needs: settings on the screen, secrets hidden and into the vault before anything rests on them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from console.channels.live.need import Need
    from console.wiring import LateVault

LONGEST = 4_096  # characters of one line on stdin: longer than any token


def asked(name: str, kind: str, pairs: dict[str, str], vault: LateVault) -> dict[str, str]:
    """The settings that let the console act on a channel; its secrets are in the vault when this returns.

    Args:
        name: the playbook's name for the channel.
        kind: one of `console.playbook.kinds.KINDS`.
        pairs: what was given with the verb, and so is not asked for.
        vault: where its secrets are kept.

    Raises:
        BadInput: nothing of that kind can be connected, or something it needs was not given.
    """
    from console import settings as machine
    from console.channels.live.registry import needs
    from console.errors import BadInput
    from console.places import Places

    before = machine.read(Places.here().settings_file).channels.get(name, {})
    pairs = _through(kind, pairs, before)
    wanted = needs(kind, pairs.get("transport", ""))
    if not wanted:
        raise BadInput(f"The console cannot act on a channel of kind {kind} by itself.", do=_kinds())
    known = {**before, **pairs}
    if known.get("kind", kind) != kind:
        known = dict(pairs)  # another platform's settings mean nothing here
    settings = {need.name: known.get(need.name, "") for need in wanted if not need.secret}
    secrets = [need for need in wanted if need.secret]
    if sys.stdin.isatty():
        settings = {
            need.name: pairs["transport"] if need.name == "transport" else _setting(need, settings[need.name])
            for need in wanted
            if not need.secret
        }
        given = {need.name: _secret(need) for need in secrets}
    else:
        settings = {need.name: settings[need.name] or need.default for need in wanted if not need.secret}
        given = _lines({need.name for need in secrets})
    _check(kind, pairs.get("transport", ""), given)
    missing = [need.name for need in wanted if not need.optional and not settings.get(need.name)]
    _keep(name, vault, secrets, given, [each for each in missing if each in settings])
    return {
        **pairs,
        **{key: value for key, value in settings.items() if value},
        "kind": kind,
        machine.CONNECT: "yes",
    }


def _through(kind: str, pairs: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """The settings given, with what mail is sent through; another transport's settings are taken away."""
    from console.channels.live.registry import MAIL, SMTP, TRANSPORT, TRANSPORTS, needs
    from console.errors import BadInput

    if kind != MAIL:
        return pairs
    known = before.get("transport", SMTP) if before.get("kind") == MAIL else SMTP
    chosen = pairs.get("transport", "")
    if not chosen:
        chosen = _setting(TRANSPORT, known) if sys.stdin.isatty() else known
    if chosen not in TRANSPORTS:
        raise BadInput("Mail cannot be sent through that.", do=f"It can through {' or '.join(TRANSPORTS)}.")
    if chosen == known or before.get("kind") != MAIL:
        return {**pairs, "transport": chosen}
    kept = {need.name for need in needs(kind, chosen)} | {"kind", "handle", "address", "list"}
    return {**{old: "" for old in before if old not in kept}, **pairs, "transport": chosen}


def _check(kind: str, transport: str, given: dict[str, str]) -> None:
    """Refuse a secret that cannot be one, before it is kept. Raises ChannelError, which does not repeat it."""
    from console.channels.live.registry import MAIL, NOTIFY

    if kind == MAIL and transport == NOTIFY:
        from console.channels.live.notify_settings import API_KEY, key_of

        if given.get(API_KEY):
            key_of(given[API_KEY])


def _kinds() -> str:
    from console.channels.live.registry import MAIL, PLATFORMS

    return f"It can on: {', '.join((MAIL, *PLATFORMS))}."


def _setting(need: Need, known: str) -> str:
    return str(
        click.prompt(
            need.asks,
            prompt_suffix=" ",
            default=known or need.default,
            show_default=bool(known or need.default),
            err=True,
        )
    ).strip()


def _secret(need: Need) -> str:
    return str(
        click.prompt(
            f"{need.asks} (hidden)",
            prompt_suffix=" ",
            default="",
            show_default=False,
            hide_input=True,
            err=True,
        )
    ).strip()


def _lines(names: set[str]) -> dict[str, str]:
    """Secrets from stdin, one `NAME=VALUE` a line; to its end, or to an empty line before what is not read yet."""
    from console.errors import BadInput

    found = {}
    for line in iter(sys.stdin.readline, ""):
        if not line.strip():
            break
        name, equals, value = line.rstrip("\r\n")[:LONGEST].partition("=")
        if not equals or name.strip() not in names:
            raise BadInput(
                "A line on stdin is no secret of this kind.",
                do=f"Give NAME=VALUE, a line each, of: {', '.join(sorted(names)) or 'none'}.",
            )
        found[name.strip()] = value.strip()
    return found


def _keep(name: str, vault: LateVault, needs: list[Need], given: dict[str, str], missing: list[str]) -> None:
    """Keep the secrets that were given; raises BadInput for what is neither given nor in the vault already."""
    from console.cli.seat import run
    from console.errors import BadInput

    async def keep() -> list[str]:
        lacking = []
        for need in needs:
            value = given.get(need.name, "")
            if not value and not need.optional and not await vault.secret(name, need.name):
                lacking.append(need.name)
        if not lacking and not missing:
            for need in needs:
                if given.get(need.name):
                    await vault.keep_secret(name, need.name, given[need.name])
        return lacking

    wanting = [*missing, *(run(keep()) if needs else [])]
    if wanting:
        raise BadInput(
            f"{name} cannot be connected without: {', '.join(wanting)}.",
            do="Give settings as NAME=VALUE with the verb, secrets when asked or as lines on stdin.",
        )
