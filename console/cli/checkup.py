"""The examinations of `incident doctor`: each line is ok, warn or fail, and everything but ok names its cure."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from console.errors import ConsoleError
from console.text import counted

if TYPE_CHECKING:
    from console.places import Places
    from console.settings import Settings

Level = Literal["ok", "warn", "fail"]

DAY: Final = 24 * 3_600_000
STALE: Final = 90 * DAY
LITTLE_ROOM: Final = 200 * 1024 * 1024
NO_ROOM: Final = 20 * 1024 * 1024
OLDEST_GOOD: Final = 1_704_067_200_000  # 1 January 2024: no clock that is right stands before it


class Line(NamedTuple):
    """What was examined, how it stands, in words, and the cure."""

    name: str
    level: Level
    words: str
    cure: str = ""

    def drawn(self) -> str:
        """As printed."""
        cure = f"\n       cure: {self.cure}" if self.cure and self.level != "ok" else ""
        return f"{self.level:<4}  {self.name}: {self.words}{cure}"


def ok(name: str, words: str) -> Line:
    """All is well."""
    return Line(name, "ok", words)


def warn(name: str, words: str, cure: str) -> Line:
    """It works, and could fail somebody."""
    return Line(name, "warn", words, cure)


def fail(name: str, words: str, cure: str) -> Line:
    """It does not work."""
    return Line(name, "fail", words, cure)


def examine(places: Places, wall: int) -> Iterator[Line]:
    """Everything but the vault, line by line."""
    checks: tuple[Callable[[], Iterator[Line]], ...] = (
        _python,
        lambda: _folders(places),
        lambda: _disk(places),
        lambda: _records(places),
        lambda: _clock(places, wall),
        lambda: _officers(places, wall),
        lambda: _settings(places, wall),
        lambda: _playbooks(places),
        _terminal,
        _fences,
    )
    for check in checks:
        try:
            yield from check()
        except ConsoleError as error:
            yield fail("examination", error.what, error.do)


def _python() -> Iterator[Line]:
    import platform

    import console
    from console.journal.reading import engine_version

    yield ok("console", f"{console.__version__} on Python {platform.python_version()}")
    yield ok("SQLite", engine_version())


def _folders(places: Places) -> Iterator[Line]:
    for name, folder in {"state folder": places.state, "settings folder": places.config}.items():
        if not folder.exists():
            yield ok(name, f"{folder} is made when it is first needed")
            continue
        found = folder.stat()
        if found.st_uid != os.geteuid():
            yield fail(name, f"{folder} belongs to another user", f"give {folder} to this user")
        elif found.st_mode & 0o077:
            yield warn(name, f"others on this machine can enter {folder}", f"chmod 700 {folder}")
        elif os.statvfs(folder).f_flag & os.ST_RDONLY:
            yield fail(
                name, f"{folder} is on a disk that can only be read", "name another one in INCIDENT_HOME"
            )
        elif not os.access(folder, os.W_OK):
            yield fail(name, f"{folder} cannot be written", f"chmod 700 {folder}")
        else:
            yield ok(name, str(folder))


def _disk(places: Places) -> Iterator[Line]:
    from console.journal.disk import SHARED, file_system

    folder = next(each for each in (places.state, *places.state.parents) if each.exists())
    shared = SHARED.get(file_system(folder))
    if shared:
        yield fail(
            "disk",
            f"{folder} is on {shared}: locks there are not certain",
            "set INCIDENT_HOME to a folder on a disk of this machine",
        )
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    words = f"{free // (1024 * 1024):,} MiB free"
    if free < NO_ROOM:
        yield fail("disk", words, "free some space: nothing is sent when nothing can be written")
    elif free < LITTLE_ROOM:
        yield warn("disk", words, "free some space before the night")
    elif not shared:
        yield ok("disk", words)


def _records(places: Places) -> Iterator[Line]:
    from console.journal.verify import verify_file

    for mode, word in {"live": "live record", "practice": "practice record"}.items():
        path = places.database(mode)
        if not path.exists():
            yield ok(word, "none yet")
            continue
        try:
            found = verify_file(path, mode="live" if mode == "live" else "practice")
        except ConsoleError as error:
            yield fail(word, error.what, error.do)
            continue
        entries = sum(each.entries for each in found.reports)
        bad = [*found.findings, *(f"{each.name}: {each.why}" for each in found.reports if each.why)]
        if found.verdict == "stands":
            yield ok(word, f"{counted(entries, 'entry', 'entries')}, the chain stands")
        else:
            yield fail(
                word,
                f"{found.verdict}. {' '.join(bad)}",
                "copy the file for the investigators, then incident verify",
            )


def _clock(places: Places, wall: int) -> Iterator[Line]:
    from console.home import incidents_here, stamp

    newest = max((each.last_at for each in incidents_here(places)), default=0)
    if wall < OLDEST_GOOD:
        yield fail(
            "clock", "this machine's clock is years behind", "set the clock; codes open nothing until then"
        )
    elif newest > wall + 60_000:
        yield fail(
            "clock",
            f"the record is of {stamp(newest)}, and the clock says {stamp(wall)}",
            "set the clock; gates stay shut until then",
        )
    elif _synchronised() is False:
        yield warn(
            "clock",
            "nobody keeps this machine's clock right (no NTP)",
            "turn time synchronisation on: codes need the right half minute",
        )
    else:
        yield ok("clock", stamp(wall))


def _synchronised() -> bool | None:
    """Whether the kernel says that its clock is kept right; None where it does not tell (adjtimex(2))."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    timex = ctypes.create_string_buffer(512)  # struct timex, all zero: only asked, nothing set
    answer = ctypes.CDLL(None).adjtimex(timex)
    return None if answer < 0 else answer != 5


def _officers(places: Places, wall: int) -> Iterator[Line]:
    from console.home import officers_here, stamp

    found = officers_here(places)
    if not found:
        yield warn(
            "officers",
            "nobody is enrolled, so no gate can be opened",
            "incident officers add NAME --role approver",
        )
        return
    for each in found:
        name = f"officer {each.name}"
        roles = ", ".join(each.roles)
        if each.locked:
            yield fail(
                name, "locked after twenty wrong codes", f"incident officers unlock {each.name} --as ANOTHER"
            )
        elif not each.tested:
            yield warn(
                name,
                f"{roles}; their code was never tested on {socket.gethostname()}",
                f"incident officers test {each.name}",
            )
        elif wall - each.tested > STALE:
            yield warn(
                name,
                f"{roles}; tested {stamp(each.tested)}, more than 90 days ago",
                f"incident officers test {each.name}",
            )
        else:
            yield ok(name, f"{roles}; tested here {stamp(each.tested)}")
    if len(found) < 2:
        yield warn(
            "officers",
            "one alone cannot open a gate that wants two",
            "incident officers add NAME --role approver",
        )
    elif not any("approver" in each.roles for each in found):
        yield warn("officers", "nobody is an approver", "incident officers add NAME --role approver")


def _settings(places: Places, wall: int) -> Iterator[Line]:
    from console import settings as machine
    from console.cli.machine import problems

    settings = machine.read(places.settings_file)
    wrong = problems(settings)
    for name, values in settings.channels.items():
        if name in wrong:
            yield fail(f"channel {name}", wrong[name], f"incident channels set {name}")
        elif values.get("kind") == "mail":
            by = "GOV.UK Notify" if values.get("transport") == "notify" else values.get("host", "")
            yield ok(f"channel {name}", f"mail by {by}; try it: incident channels test {name}")
        elif machine.acts(values):
            yield ok(f"channel {name}", f"{values['kind']}, connected; try it: incident channels test {name}")
        else:
            yield ok(f"channel {name}", f"{values.get('kind', '')} {values.get('handle', '')}, by hand")
    if not settings.channels:
        yield ok("channels", "none is set: every act is guided by hand")
    yield from _baselines(settings, places, wall)
    yield from _contacts(settings, wall)


def _baselines(settings: Settings, places: Places, wall: int) -> Iterator[Line]:
    from console.cli.baselines import readable, standing

    for name, values in settings.channels.items():
        if readable(values):
            found = standing(name, values, places, wall)
            yield Line(f"baseline of {name}", found.level, found.words, found.cure)


def _contacts(settings: object, wall: int) -> Iterator[Line]:
    from datetime import UTC, datetime

    from console.settings import Settings

    if not isinstance(settings, Settings):
        return
    if not settings.contacts:
        yield warn("contacts", "none are set", "incident contacts set ROLE NAME NUMBER")
    today = datetime.fromtimestamp(wall / 1000, UTC).date()
    for each in settings.contacts:
        try:
            age = (today - datetime.strptime(each.checked, "%Y-%m-%d").replace(tzinfo=UTC).date()).days
        except ValueError:
            age = -1
        name = f"contact {each.name}"
        cure = f"ring it, then incident contacts set {each.role!r} {each.name!r} {each.number!r}"
        if age < 0 and not each.checked:
            yield warn(name, "the number was never checked", cure)
        elif age > 90:
            yield warn(name, f"the number was checked {age} days ago", cure)
        else:
            yield ok(name, f"checked {each.checked}")


def _playbooks(places: Places) -> Iterator[Line]:
    from console.home import books, drills

    found = books(places)
    for book in found:
        if book.wrong:
            yield fail(f"playbook {book.id}", book.wrong, f"incident check {book.file}")
        else:
            yield ok(
                f"playbook {book.id}", f"{book.version} {book.sha256[:12]} {'own' if book.own else 'shipped'}"
            )
    if not found:
        yield fail(
            "playbooks",
            "there is none",
            "install this console again, or name a folder with playbooks in INCIDENT_HOME",
        )
    for drill in drills(places):
        if drill.wrong:
            yield fail(f"drill {drill.id}", drill.wrong, f"incident check {drill.id}")
        else:
            yield ok(f"drill {drill.id}", drill.title)


def _terminal() -> Iterator[Line]:
    if not sys.stdout.isatty():
        yield ok("terminal", "none: verbs and the plain face work all the same")
        return
    columns, rows = os.get_terminal_size()
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    colours = (
        "no colour" if "NO_COLOR" in os.environ else os.environ.get("COLORTERM") or os.environ.get("TERM", "")
    )
    words = f"{columns}x{rows}, {encoding}, {colours}"
    if encoding != "utf8":
        yield warn("terminal", words, "set a UTF-8 locale, such as LANG=C.UTF-8")
    elif columns < 80 or rows < 24:
        yield warn("terminal", words, "make the window 80x24 or larger; --linear works in any")
    else:
        yield ok("terminal", words)


def _fences() -> Iterator[Line]:
    """What this kernel could fence a process in with. For information: practice holds without."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    landlock = ctypes.CDLL(None, use_errno=True).syscall(
        444, None, 0, 1
    )  # landlock_create_ruleset(…, VERSION)
    try:
        with open("/proc/sys/user/max_user_namespaces", encoding="ascii") as file:  # noqa: PTH123 - one word of the kernel's
            spaces = int(file.read())
    except (OSError, ValueError):
        spaces = 0
    yield ok(
        "fences",
        f"Landlock {f'version {landlock}' if landlock > 0 else 'no'}, user namespaces {'yes' if spaces else 'no'}",
    )
