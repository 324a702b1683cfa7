"""incident channels baseline: saving in peace time what the watch and the sweep compare with at night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from console.cli.options import WORDS, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.channels.peacetime import Kept
    from console.channels.protocol import Channel
    from console.places import Places
    from console.settings import Settings
    from console.wiring import LateVault


class Saved(NamedTuple):
    """What became of one channel's baseline: `lines` for a person, `plain` for a program."""

    ok: bool
    lines: tuple[str, ...]
    plain: dict[str, Any]


@click.command("baseline", short_help="Save what stands on the channels in peace time.")
@click.argument("names", type=WORDS, nargs=-1, metavar="[NAME]...")
@json_option
def take_baseline(names: tuple[str, ...], *, as_json: bool) -> None:
    """Save what stands on the channels in peace time; all that are connected unless NAMEs are given. Nothing is sent.

    The watch takes for suspect what came since, and the check before the all-clear compares names, texts and pictures of the account, people with access, and likes. Take one whenever you have looked a channel over yourself: what stands there is taken for ours.
    """
    from console import settings as machine
    from console.cli.saying import data, out
    from console.cli.seat import run
    from console.clock import SystemClock
    from console.errors import ChannelError
    from console.places import Places
    from console.wiring import adapters, live_vault

    places = Places.here()
    settings = machine.read(places.settings_file)
    vault = live_vault(places)
    channels = adapters(settings, vault, SystemClock())
    wanted = _wanted(names, settings, channels)
    _in_peace(places)
    found = run(_all(wanted, settings, places, vault))
    if as_json:
        data([each.plain for each in found])
    else:
        for line in (line for each in found for line in each.lines):
            out(line, lines=False)
    if not all(each.ok for each in found):
        raise click.exceptions.Exit(ChannelError.exit_code)


def _wanted(
    names: tuple[str, ...], settings: Settings, channels: Mapping[str, Channel]
) -> dict[str, Channel]:
    """The channels to read, by name; raises NotFound and BadInput for names that cannot be."""
    from console.errors import BadInput, NotFound

    able = {name: each for name, each in channels.items() if settings.channels[name].get("kind") != "mail"}
    for name in names:
        if name not in settings.channels:
            raise NotFound(f"No channel {name} is set on this machine.", do="Run incident channels list.")
        if name not in able:
            raise BadInput(
                f"There is nothing to read on {name}: it is worked by hand, or it is for mail.",
                do=f"Connect it first: incident channels set {name} --kind KIND",
            )
    if not able:
        raise BadInput(
            "No channel that can be read is connected.",
            do="Connect one first: incident channels set NAME --kind KIND",
        )
    return {name: able[name] for name in (names or able)}


def _in_peace(places: Places) -> None:
    """Refuse while a live incident is open: what somebody else put there must not be taken for ours."""
    from console.errors import Refused
    from console.home import incidents_of

    here = [each.id for each in incidents_of(places, "live") if not each.ended]
    if here:
        raise Refused(
            f"{', '.join(here)} is open: what stands there may be false.",
            "A baseline is what we know to be ours, so none is taken while a live incident is open.",
            "Close it first, look the channels over, then take one.",
        )


async def _all(
    wanted: Mapping[str, Channel], settings: Settings, places: Places, vault: LateVault
) -> list[Saved]:
    await vault.open()
    try:
        return [await _one(channel, settings.channels[name], places) for name, channel in wanted.items()]
    finally:
        for channel in wanted.values():
            await channel.close()


async def _one(channel: Channel, settings: Mapping[str, str], places: Places) -> Saved:
    """Take one channel's baseline and keep it; what went wrong is said, and stops no other."""
    from console.channels import peacetime
    from console.channels.baseline import words_of
    from console.clock import SystemClock
    from console.errors import ChannelError

    now, name, lines = SystemClock().now().wall, channel.name, list[str]()
    before: Kept | None = None
    try:
        before = peacetime.kept(places.baselines, name, settings)
        lines.append(
            f"The one before is {_age(before, now)}." if before is not None else "It is the first one."
        )
    except ChannelError as error:
        lines.append(f"The one before could not be used. {error.what}")
    try:
        taken = await peacetime.take(channel, settings, now)
        made = peacetime.keep(places.baselines, taken, before)
    except ChannelError as error:
        why = [error.what, error.means, error.do]
        return Saved(
            ok=False,
            lines=(f"{name}: NOT SAVED. {' '.join(why)}", *lines[: before is not None]),
            plain={"name": name, "saved": False, "why": error.what},
        )
    known = made.baseline
    lines += [f"{each[0].upper()}{each[1:]}." for each in taken.missing]
    plain = {
        "name": name,
        "saved": True,
        "at": known.at,
        "items": len(known.items),
        "profile": len(known.profile),
        "likes": None if known.likes is None else len(known.likes),
        "sha256": made.sha256,
        "before": before.baseline.at if before is not None else 0,
        "missing": list(taken.missing),
    }
    return Saved(ok=True, lines=(f"{name}: {words_of(known)} are saved.", *lines), plain=plain)


class Standing(NamedTuple):
    """How a channel's baseline stands: `level` as in `checkup.Line`, in words, and the cure."""

    level: Literal["ok", "warn", "fail"]
    words: str
    cure: str


def standing(name: str, settings: Mapping[str, str], places: Places, wall: int) -> Standing:
    """Whether there is a baseline, how old it is, and what to do about it."""
    from console.channels import peacetime
    from console.channels.baseline import STALE
    from console.errors import ChannelError

    cure = f"incident channels baseline {name}"
    try:
        known = peacetime.kept(places.baselines, name, settings)
    except ChannelError as error:
        return Standing("fail", f"{error.what} {error.means}", cure)
    if known is None:
        return Standing("warn", "none was saved: at night what is younger than a day is suspect", cure)
    if wall - known.baseline.at > STALE:
        return Standing("warn", f"{_age(known, wall)}: what came since is suspect", f"take another: {cure}")
    return Standing("ok", _age(known, wall), "")


def readable(settings: Mapping[str, str]) -> bool:
    """Whether a channel's settings connect one that a baseline can be of."""
    from console.settings import acts

    return acts(settings) and settings.get("kind") != "mail"


def _age(known: Kept, now: int) -> str:
    """`of 18 Jul 22:10, 3 days old`."""
    from console.channels.baseline import age_words
    from console.home import stamp

    return f"of {stamp(known.baseline.at)}, {age_words(known.baseline, now)}"
