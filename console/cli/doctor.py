"""Examine this machine: one line for each thing, with a cure for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from console.cli.options import json_option

if TYPE_CHECKING:
    from console.cli.checkup import Line
    from console.places import Places

FAILED = 1


@click.command()
@click.option("--no-vault", is_flag=True, help="Leave the vault alone: no passphrase is asked for.")
@json_option
def doctor(*, no_vault: bool, as_json: bool) -> None:
    """Examine this machine, with a cure for each fault. Exit code 1 when anything fails."""
    from console.cli.checkup import examine
    from console.cli.saying import data, out
    from console.clock import SystemClock
    from console.places import Places

    places = Places.here()
    lines = list(examine(places, SystemClock().now().wall))
    if not no_vault:
        lines.append(vault_line(places))
    failed = any(line.level == "fail" for line in lines)
    if as_json:
        data({"ok": not failed, "checks": [line._asdict() for line in lines]})
    else:
        for line in lines:
            out(line.drawn())
    if failed:
        raise click.exceptions.Exit(FAILED)


def vault_line(places: Places) -> Line:
    """Which store would keep seeds here, and whether it gives back what is put in."""
    from console.cli.checkup import fail, ok, warn
    from console.cli.seat import run
    from console.errors import ConsoleError, VaultError
    from console.home import officers_here
    from console.wiring import live_vault

    vault = live_vault(places)
    try:
        run(vault.prove())
    except VaultError as error:
        cure = (
            f"{error.do} On a machine without a desktop: put a passphrase into a 0600 file and name it in"
            " INCIDENT_PASSPHRASE_FILE; the encrypted file is made at the first use."
        )
        try:
            enrolled = bool(officers_here(places))
        except ConsoleError:
            enrolled = True
        return (fail if enrolled else warn)("vault", f"{vault.store}: {error.what}", cure)
    return ok("vault", f"{vault.store}: it gave back what was put in")
