"""Taking a channel's baseline with calls that only look, and keeping it in one file of its own.

A file is replaced whole or not at all. What the one before it held and could not be read this time lets that one stand: half a
look in peace time is worth less than a whole one of last week.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from console.channels import baseline as b
from console.channels.baseline import Baseline
from console.errors import BadInput, ChannelError
from console.kept import plain
from console.places import make_private
from console.settings import replace_whole

if TYPE_CHECKING:
    from console.channels.protocol import Channel, Sighting

SUFFIX: Final = ".json"
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Kept(NamedTuple):
    """A baseline as it lies on disk, and its name in the record."""

    baseline: Baseline
    sha256: str


class Taken(NamedTuple):
    """A baseline that was read just now, and what of it could not be, in words."""

    baseline: Baseline
    missing: tuple[str, ...] = ()


async def take(channel: Channel, settings: Mapping[str, str], wall: int) -> Taken:
    """Read what stands there, what the account says of itself and what it liked. Nothing is changed.

    Raises:
        ChannelError: what stands there cannot be read.
    """
    missing: list[str] = []
    sightings = await _looked(channel, "read", "what stands there", missing)
    if sightings is None:
        why = missing[0] if missing else "what stands there cannot be read"
        raise ChannelError(
            f"{channel.name}: {why}.",
            "Nothing was saved of it; a baseline from before stands.",
            f"Try it: incident channels test {channel.name}",
        )
    profile = await _looked(channel, "profile", "its profile", missing)
    if profile == {}:
        missing.append("its profile cannot be read")
    likes: tuple[Sighting, ...] | None = None
    if hasattr(channel, "likes"):
        likes = await _looked(channel, "likes", "what it liked", missing)
    made = b.baseline(channel.name, channel.kind, wall, settings, sightings)
    return Taken(b.with_rest(made, profile, likes), tuple(dict.fromkeys(missing)))


async def _looked(channel: Channel, how: str, what: str, missing: list[str]) -> Any:
    """What a look shows; None where it shows nothing or fails, which is then said."""
    try:
        found = await getattr(channel, how)()
    except Exception as error:  # noqa: BLE001 - the boundary to the world: an adapter says in its own kinds of error why not
        words = str(error).rstrip(".")
        missing.append(f"{what} cannot be read{f' ({words})' if words else ''}")
        return None
    if found is None:
        missing.append(f"{what} cannot be read")
    return found


def keep(folder: Path, taken: Taken, before: Kept | None) -> Kept:
    """Put it in the place of the one before.

    Raises:
        ChannelError: the one before holds what this one could not read, or the disk does not take it; that one stands.
    """
    fresh = taken.baseline
    if before is not None:
        less = bool(before.baseline.profile) > bool(fresh.profile)
        if less or (before.baseline.likes is not None and fresh.likes is None):
            raise ChannelError(
                f"{fresh.channel}: {'; '.join(taken.missing) or 'not all of it could be read'}.",
                "The baseline from before holds it, so that one stands.",
                "Try again later.",
            )
    raw = b.encode(fresh)
    make_private(folder)
    path = path_of(folder, fresh.channel)
    try:
        replace_whole(path, raw)
    except OSError as error:
        raise ChannelError(
            f"The baseline of {fresh.channel} cannot be written to {path}: {error.strerror}.",
            "The one from before stands.",
            "Give this user the folder, or free some space.",
        ) from error
    return Kept(fresh, hashlib.sha256(raw).hexdigest())


def kept(folder: Path, name: str, settings: Mapping[str, str]) -> Kept | None:
    """The baseline of a channel; None when none was saved.

    Args:
        folder: where baselines lie.
        name: the playbook's name for the channel.
        settings: the machine's of that channel, its kind among them.

    Raises:
        ChannelError: it cannot be read, is damaged, or is another account's.
    """
    path = path_of(folder, name)
    try:
        with plain(path) as (file, _):  # nobody waits for a pipe that stands in its place
            raw = file.read(b.LARGEST + 1)
    except FileNotFoundError:
        return None
    except (OSError, BadInput) as error:
        why = "it is no plain file" if isinstance(error, BadInput) else error.strerror
        raise ChannelError(
            f"The baseline of {name} in {path} cannot be read: {why}.",
            "The watch and the sweep do without it.",
            "Give this user the file, or take another in peace time.",
        ) from error
    return Kept(b.decode(raw, name, settings.get("kind", ""), settings), hashlib.sha256(raw).hexdigest())


def all_kept(
    folder: Path, channels: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, Kept], tuple[str, ...]]:
    """The baselines of these channels, and what is wrong with those that cannot be used."""
    found: dict[str, Kept] = {}
    troubles: list[str] = []
    for name, settings in channels.items():
        try:
            known = kept(folder, name, settings)
        except ChannelError as error:
            troubles.append(error.diagnostics())
            continue
        if known is not None:
            found[name] = known
    return found, tuple(troubles)


def path_of(folder: Path, name: str) -> Path:
    """Where the baseline of a channel lies; a name that no playbook can have is never a path."""
    safe = name if _SLUG.fullmatch(name) else hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    return folder / f"{safe}{SUFFIX}"
