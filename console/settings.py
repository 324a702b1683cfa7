"""This machine's settings: whom to call, which channel is which account. Never a secret: those are in the vault.

One file, `settings.json`, small enough to read and mend by hand. It is replaced whole or not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from console.errors import BadInput, ConsoleError, NotFound
from console.places import make_private
from console.text import unshowable, visible

OWNER_ONLY: Final = 0o600
LARGEST: Final = 1024 * 1024
LONGEST: Final = 1000
CONNECT: Final = (
    "connect"  # `yes` once a platform's needs were given: without it the channel is worked by hand
)
FINGERPRINT: Final = 16
NOTIFYS_OWN: Final = (
    "the service's address at notifications.service.gov.uk"  # nobody can send from another there
)


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to call. `checked` is the day the number was last tried, as 2019-07-19, or empty."""

    role: str
    name: str
    number: str
    alternate: str = ""
    checked: str = ""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a machine knows.

    Attributes:
        contacts: in the order they are shown; one for each role and name.
        channels: by the playbook's name for the channel; each with its `kind` and settings that are no secrets.
        zone: the IANA zone in which people here read times; empty for the machine's own.
    """

    contacts: tuple[Contact, ...] = ()
    channels: dict[str, dict[str, str]] = {}
    zone: str = ""


class Unusable(ConsoleError):
    """The settings file cannot be read or written."""

    what_now = "Mend the file in an editor, or move it away: an empty one is made at the next change."


def read(path: Path) -> Settings:
    """The settings; empty ones when there is no file.

    Raises:
        Unusable: the file is not one of ours, with the place in it that is wrong.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise Unusable(
            f"The settings in {path} cannot be read: {error.strerror}.",
            do="Give this user the file, or name another folder in INCIDENT_HOME.",
        ) from error
    if len(raw) > LARGEST:
        raise Unusable(f"The settings in {path} are larger than {LARGEST} bytes.")
    try:
        settings = msgspec.json.decode(raw, type=Settings)
        for name, values in settings.channels.items():
            for text in (name, *values, *values.values()):
                _plain(text)  # it may stand in a text for the public
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unusable(f"The settings in {path} cannot be used: {visible(str(error))}.") from error
    except BadInput as error:
        raise Unusable(f"The settings in {path} cannot be used: {error.what}") from error
    return settings


def usable(path: Path) -> tuple[Settings, str]:
    """The settings, and what is wrong with the file: while nobody can read it there are none, and every act is left to hands."""
    try:
        return read(path), ""
    except Unusable as error:
        return Settings(), error.diagnostics()


def change(path: Path, how: Callable[[Settings], Settings]) -> Settings:
    """Read, change and replace the file, one process at a time; returns what stands in it.

    Raises:
        Unusable: it cannot be read or written; the old file stands.
    """
    make_private(path.parent)
    try:
        with _alone(path):
            changed = how(read(path))
            replace_whole(path, msgspec.json.format(msgspec.json.encode(changed), indent=2) + b"\n")
    except OSError as error:
        raise Unusable(
            f"The settings in {path} cannot be written: {error.strerror}.",
            "Nothing was changed.",
            "Give this user the folder, or name another one in INCIDENT_HOME.",
        ) from error
    return changed


def with_contact(settings: Settings, contact: Contact) -> Settings:
    """The settings with this contact, in the place of one of the same role and name.

    Raises:
        BadInput: a field is empty that may not be, or holds what does not show.
    """
    for name in ("role", "name", "number"):
        if not getattr(contact, name).strip():
            raise BadInput(f"A contact needs a {name}.")
    for value in (contact.role, contact.name, contact.number, contact.alternate, contact.checked):
        _plain(value)
    kept = list(settings.contacts)
    for place, known in enumerate(kept):
        if (known.role, known.name) == (contact.role, contact.name):
            kept[place] = contact
            break
    else:
        kept.append(contact)
    return msgspec.structs.replace(settings, contacts=tuple(kept))


def without_contact(settings: Settings, name: str) -> Settings:
    """The settings without the contacts of that name; raises NotFound when there is none."""
    kept = tuple(each for each in settings.contacts if each.name != name)
    if len(kept) == len(settings.contacts):
        raise NotFound(f"There is no contact {name}.", do="Run incident contacts to see who there is.")
    return msgspec.structs.replace(settings, contacts=kept)


def with_channel(settings: Settings, name: str, values: dict[str, str]) -> Settings:
    """The settings with these values set on a channel; an empty value takes a setting away.

    Raises:
        BadInput: a name or value holds what does not show.
    """
    for text in (name, *values, *values.values()):
        _plain(text)
    merged = {**settings.channels.get(name, {}), **values}
    kept = {key: value for key, value in merged.items() if value}
    channels = {**settings.channels, name: kept}
    if not kept:
        del channels[name]
    return msgspec.structs.replace(settings, channels=channels)


def fields(settings: Settings) -> dict[str, str]:
    """What an incident is told of this machine's channels, as `account.handle`.

    `handle` and `address` are for texts, `account-id` for the addresses of a newsroom's editor. For mail there is also whom staff and test mails go to, because an approver must
    see it, who they are from, the file of people who get no mailing, and for all that act by themselves `set-up`, a fingerprint of the rest: when any of it changes, what was approved is no longer what would go out.
    """
    return {
        f"{name}.{field}": value
        for name, values in settings.channels.items()
        for field, value in (
            *((field, values.get(field, "")) for field in ("handle", "address", "account-id")),
            *(_set_up(values) if acts(values) else ()),
        )
        if value
    }


def _set_up(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    raw = msgspec.json.encode(sorted(values.items()))
    set_up = hashlib.sha256(raw).hexdigest()[:FINGERPRINT]
    return (
        ("from", NOTIFYS_OWN if values.get("transport") == "notify" else values.get("from", "")),
        *((field, values.get(field, "")) for field in ("internal-to", "test-to", "suppression")),
        ("set-up", set_up),
    )


def acts(values: Mapping[str, str]) -> bool:
    """Whether a channel's settings ask for an adapter: mail's always do, a platform's once its needs were given."""
    return values.get("kind") == "mail" or values.get(CONNECT) == "yes"


def zone_name(settings: Settings) -> str:
    """The IANA zone in which people here read times: the one that is set, else the machine's own, else UTC."""
    from console.incident.zones import is_zone

    own = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    named = (settings.zone, os.environ.get("TZ", "").removeprefix(":"), own)
    return next((each for each in named if each and is_zone(each)), "UTC")


def _plain(text: str) -> None:
    if "\n" in text or "\t" in text or unshowable(text):
        raise BadInput(f"{visible(text)} holds a character that does not show.")
    if len(text) > LONGEST:
        raise BadInput(f"That is {len(text)} characters long; {LONGEST} fit.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace_whole(path: Path, raw: bytes) -> None:
    """Put these bytes where the file stands: all of them, or none. Raises OSError."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
