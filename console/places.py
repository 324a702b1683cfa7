"""Where things are: state, settings, playbooks. INCIDENT_HOME moves all of it; else the platform says.

    state/      live.sqlite3, practice.sqlite3, vault.bin, running/, crashes/, drills/, evidence/, baselines/     (0700)
    settings/   settings.json, playbooks/                                                 (0700)

With INCIDENT_HOME both are that one folder. Nothing here opens a file; `make_private` makes folders.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from shlex import quote
from typing import Final, NamedTuple

from console.errors import ConsoleError, NotFound

HOME_VARIABLE: Final = "INCIDENT_HOME"
APP: Final = "incident-console"
PRIVATE: Final = 0o700
SUFFIX: Final = ".yaml"
LIVE_PREFIX: Final = "L-"
PRACTICE_PREFIX: Final = "D-"
# Beside the playbooks themselves: what belongs to them and is no playbook.
LARGEST: Final = 1024 * 1024  # far above what a playbook may be, so that its reader can say so
NOT_PLAYBOOKS: Final = (".test.yaml",)

Reader = Callable[[str], bytes]


class Places(NamedTuple):
    """The folders of this machine's console. Make it with `Places.here`."""

    state: Path
    config: Path

    @classmethod
    def here(cls, environ: Mapping[str, str] | None = None) -> Places:
        """Where INCIDENT_HOME says, else where the platform keeps state and settings.

        Raises:
            ConsoleError: INCIDENT_HOME names a file, the home of nobody, or another folder from wherever one stands.
        """
        named = (os.environ if environ is None else environ).get(HOME_VARIABLE, "")
        if named:
            home = expanded(named)
            if is_file(home) or (home.parts[:1] and home.parts[0].startswith("~")):
                raise ConsoleError(
                    f"{HOME_VARIABLE} names {named}, which is no folder.",
                    do=f"Name a folder in {HOME_VARIABLE}.",
                )
            if not home.is_absolute():
                raise ConsoleError(
                    f"{HOME_VARIABLE} is {named}: from another folder that would be another record.",
                    do=f"Give the whole path: {HOME_VARIABLE}={quote(str(home.absolute()))}",
                )
            return cls(home, home)
        from platformdirs import user_config_path, user_state_path

        return cls(user_state_path(APP, appauthor=False), user_config_path(APP, appauthor=False))

    def database(self, mode: str) -> Path:
        """The file of the live or the practice record."""
        return self.state / {"live": "live.sqlite3", "practice": "practice.sqlite3"}[mode]

    @property
    def vault_file(self) -> Path:
        """The encrypted file, where seeds lie when there is no desktop keyring."""
        return self.state / "vault.bin"

    def evidence(self, incident: str) -> Path:
        """Where what was captured for an incident lies, each file named by its SHA-256."""
        return self.state / "evidence" / incident

    @property
    def baselines(self) -> Path:
        """Where the baselines that were saved in peace time lie, one file a channel."""
        return self.state / "baselines"

    @property
    def settings_file(self) -> Path:
        """Contacts and channels of this machine."""
        return self.config / "settings.json"

    @property
    def crashes(self) -> Path:
        """Where a crash leaves its details, 0600 and without values."""
        return self.state / "crashes"

    @property
    def running(self) -> Path:
        """Who has which incident open on this machine; advice only."""
        return self.state / "running"

    @property
    def own_playbooks(self) -> Path:
        """This machine's own playbooks; each wins over a shipped one of the same id."""
        return self.config / "playbooks"

    def shelf(self) -> Shelf:
        """The playbooks that can be opened here, own ones first."""
        return Shelf((self.own_playbooks, shipped_playbooks()))


def mode_of(incident: str) -> str:
    """`live` or `practice`: the id decides, nothing else can.

    Raises:
        NotFound: it begins like neither, so there is no such incident.
    """
    if incident.startswith(LIVE_PREFIX):
        return "live"
    if incident.startswith(PRACTICE_PREFIX):
        return "practice"
    raise NotFound(
        f"There is no incident {incident}." if incident else "No incident was named.",
        do="Ids begin with L- (live) or D- (a drill): incident list --all.",
    )


def expanded(typed: str) -> Path:
    """The path that was typed, `~` and `~name` in it replaced; as it stands when nobody is called that."""
    path = Path(typed)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def is_file(path: Path) -> bool:
    """Whether a plain file is there; false too for what can be no path, such as one far too long."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """As `is_file`, for a folder."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def shipped_playbooks() -> Path:
    """The playbooks that came with this console: inside the wheel, else beside the checkout's code."""
    package = Path(__file__).resolve().parent
    inside = package / "_playbooks"
    return inside if inside.is_dir() else package.parent / "playbooks"


def make_private(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that exists is left as it is.

    Raises:
        ConsoleError: it cannot be made.
    """
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise ConsoleError(
            f"The folder {folder} cannot be made: {error.strerror}.",
            do=f"Give this user the folder, or name another one in {HOME_VARIABLE}.",
        ) from error


class Found(NamedTuple):
    """A playbook's file. `name` is its path within `folder`; `own` says it is not a shipped one."""

    name: str
    folder: Path
    own: bool
    read: Reader

    @property
    def path(self) -> Path:
        """The whole path."""
        return self.folder / self.name


class Shelf(NamedTuple):
    """Folders with playbooks, the first one wins."""

    folders: tuple[Path, ...]

    def read(self, name: str) -> bytes:
        """The bytes of `name` in the first folder that has it.

        Args:
            name: a path with `/`, within a folder.

        Raises:
            FileNotFoundError: no folder has it, or it would leave the folder.
        """
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts:
            raise FileNotFoundError(name)
        for folder in self.folders:
            path = folder / inside
            if is_file(path):
                with path.open("rb") as file:
                    return file.read(LARGEST + 1)
        raise FileNotFoundError(name)

    def find(self, typed: str) -> Found:
        """The playbook of that id, or at that path (it has a `/` or ends in `.yaml`).

        A bare `name.yaml` that is no file where one stands is an own playbook's, if there is one of that name.

        Raises:
            NotFound: there is none; the error names what there is.
        """
        if "/" in typed or typed.endswith((SUFFIX, ".yml")):
            own = self.folders[0] / typed
            bare = "/" not in typed and not is_file(expanded(typed)) and is_file(own)
            return self._at(own if bare else expanded(typed))
        name = typed + SUFFIX
        for folder in self.folders:
            if is_file(folder / name):
                return Found(name, folder, own=folder is not self.folders[-1], read=self.read)
        from difflib import get_close_matches

        near = get_close_matches(typed[:60], self.ids(), n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        have = ", ".join(self.ids()) or "none"
        raise NotFound(f"There is no playbook {typed}.", do=f"{meant}Playbooks here: {have}.")

    def _at(self, path: Path) -> Found:
        if not is_file(path):
            raise NotFound(f"There is no file {path}.", do="Give a playbook's id, or the path of its file.")
        folder = path.resolve().parent
        nearby = Shelf((folder, *self.folders))
        return Found(path.name, folder, own=folder != self.folders[-1].resolve(), read=nearby.read)

    def ids(self) -> tuple[str, ...]:
        """The ids of all playbooks, sorted."""
        return tuple(sorted({path.name.removesuffix(SUFFIX) for path in self._files()}))

    def scenarios(self) -> tuple[str, ...]:
        """The names of all drill scenarios, sorted."""
        found = {path.stem for folder in self.folders for path in (folder / "drills").glob("*" + SUFFIX)}
        return tuple(sorted(found))

    def _files(self) -> Iterator[Path]:
        for folder in self.folders:
            for path in folder.glob("*" + SUFFIX):
                if not path.name.endswith(NOT_PLAYBOOKS):
                    yield path


class Beside:
    """Reads an author's file by its path as typed; what it uses is looked for beside it, else on the shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __call__(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileNotFoundError: it is neither there nor, from any folder of its path on, on the shelf.
        """
        path = expanded(name)
        if is_file(path):
            with path.open("rb") as file:
                return file.read(LARGEST + 1)
        for folder in path.parents:
            try:
                return self._shelf.read(path.relative_to(folder).as_posix())
            except FileNotFoundError:
                continue
        raise FileNotFoundError(name)
