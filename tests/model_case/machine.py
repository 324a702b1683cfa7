"""The machine of the officer on call: its own home, settings and secrets given by verbs, officers with phones, a live incident."""

from __future__ import annotations

import io
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlparse

import pyotp
from model_case.town import (
    HANDLE,
    MAILED,
    RELAY_PASSWORD,
    RELAY_USER,
    TRUSTED,
    UNKNOWN_THERE,
    NightClock,
    Town,
)
from standins.mynewsdesk import FEED, KEY
from standins.website import PASSWORD, USER
from standins.x import CLIENT

from console import settings as machine
from console.channels.live.registry import needs
from console.cli import doors, leaving
from console.engine.opening import Opening, open_incident
from console.journal.sqlite import SqliteJournal
from console.places import Places
from console.playbook.load import load
from console.wiring import able, live_house, live_session, live_vault

MODEL = "press-channels-misused"
LEAD, APPROVER = "Reid", "Lindqvist"
PHRASE = "correct horse battery staple"
STEP = 30_000


class Phone:
    """An authenticator app that goes by the night's clock; it gives no code twice."""

    def __init__(self, uri: str, clock: NightClock) -> None:
        self.seed = parse_qs(urlparse(uri).query)["secret"][0]
        self._clock = clock
        self._last = -1

    def code(self) -> str:
        """The code of this moment; where it was given already, somebody waits for the next."""
        timecode = self._clock.now().wall // STEP
        if timecode <= self._last:
            self._clock.turn((self._last + 1) * STEP - self._clock.now().wall)
            timecode = self._last + 1
        self._last = timecode
        return pyotp.TOTP(self.seed).generate_otp(timecode)


class Machine:
    """One console's home.

    Attributes:
        phones: by officer.
        secrets: everything that may stand in no file but the vault's.
    """

    def __init__(self, folder, clock: NightClock, monkeypatch, capsys) -> None:
        self.clock = clock
        self.home = folder / "home"
        self.home.mkdir(0o700)
        self._patch, self._said = monkeypatch, capsys
        phrase = folder / "passphrase"
        phrase.write_text(f"{PHRASE}\n")
        phrase.chmod(0o600)
        monkeypatch.setenv("INCIDENT_HOME", str(self.home))
        monkeypatch.setenv("INCIDENT_PASSPHRASE_FILE", str(phrase))
        monkeypatch.delenv("INCIDENT_OFFICER", raising=False)
        monkeypatch.chdir(folder)
        self.places = Places.here()
        self.phones: dict[str, Phone] = {}
        self.secrets: dict[str, str] = {"the vault's passphrase": PHRASE}
        self.list, self.listed = folder / "subscribers.csv", str(MAILED)

    def verb(self, *args: str, stdin: str = "") -> str:
        """Run a verb to a good end; what it printed."""
        self._said.readouterr()
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        left = leaving.run(doors, list(args), "incident")
        said = self._said.readouterr()
        assert left == 0, f"{args} left with {left}:\n{said.out}\n{said.err}"
        return said.out

    def connect(self, town: Town) -> None:
        """Give settings and secrets of every channel, by verbs; then try each."""
        access, refresh = town.call(town.account.give)
        token, token_secret = town.call(town.voice.give)
        home = town.website.url
        account = {"base": town.account.url, "handle": f"@{HANDLE}", "client-id": CLIENT}
        self._set("account", "x", account, {"access-token": access, "refresh-token": refresh})
        own = {"access-token": token, "refresh-token": token_secret}
        voice = {"base": town.voice.url, "handle": f"@{TRUSTED}", "client-id": CLIENT}
        self._set("voice", "x", voice, own)
        room = {"feed": f"{town.newsroom.url}{FEED}", "account-id": "met"}
        self._set("newsroom", "mynewsdesk", room, {"key": KEY})
        # No verb moves Mynewsdesk itself elsewhere; the settings file may be mended by hand.
        moved = {"base": town.newsroom.url}
        machine.change(
            self.places.settings_file, lambda known: machine.with_channel(known, "newsroom", moved)
        )
        pages = {"pages": f"{home}/ {home}/news/ {home}/contact/", "notice-folder": str(town.website.notice)}
        site = {"base": home, "engine": "wordpress", "user": USER, **pages}
        self._set("website", "website", site, {"password": PASSWORD})
        relay = {"host": "127.0.0.1", "port": str(town.relay.port), "user": RELAY_USER}
        relay |= {"from": "Example Police <press@example.org>", "cafile": str(town.certificates.cafile)}
        relay |= {"test-to": "me@example.org", "internal-to": "staff@example.org", "retry-after": "0"}
        self._set("mailer", "mail", relay, {"password": RELAY_PASSWORD})
        for name in ("account", "voice", "newsroom", "website", "mailer"):
            self.verb("channels", "test", name)

    def _set(self, name: str, kind: str, settings: dict[str, str], secrets: dict[str, str]) -> None:
        pairs = [f"{key}={value}" for key, value in settings.items()]
        lines = "".join(f"{key}={value}\n" for key, value in secrets.items())
        self.verb("channels", "set", name, "--kind", kind, *pairs, stdin=lines)
        self.secrets |= {f"{name} {key}": value for key, value in secrets.items()}

    def write_list(self) -> None:
        """The export of the subscribers; some are not known there any more."""
        people = [f"person{n}@example.net" for n in range(MAILED - UNKNOWN_THERE)]
        people += [f"gone{n}@example.net" for n in range(UNKNOWN_THERE)]
        self.list.write_text("email\n" + "".join(f"{each}\n" for each in people))

    async def enrol(self) -> None:
        """A lead and an approver, each with a phone."""
        async with live_house(self.places, clock=self.clock) as (keeper, _vault):
            for name, role in ((LEAD, "officer"), (APPROVER, "approver")):
                made = await keeper.enrol(name, [role])
                self.phones[name] = Phone(made.uri, self.clock)
                self.secrets[f"{name}'s seed"] = self.phones[name].seed
        self.clock.turn(10 * STEP)

    async def open(self, **answers: str) -> str:
        """Open a live incident of the shipped playbook; its id."""
        found = self.places.shelf().find(MODEL)
        loaded = load(found.name, found.read)
        settings, trouble = machine.usable(self.places.settings_file)
        assert not trouble
        opening = Opening(
            by=LEAD,
            loaded=loaded,
            mode="live",
            answers=answers,
            configured=able(loaded.playbook.channels, settings, self.places),
            fields=machine.fields(settings),
            zone="Europe/London",
        )
        async with await SqliteJournal.open(self.places.database("live"), "live") as journal:
            return await open_incident(journal, opening, self.clock.now())

    async def learn_secrets(self) -> None:
        """Whatever the vault holds for a channel by the end of the night: some were renewed or changed."""
        vault = live_vault(self.places)
        for name, values in machine.read(self.places.settings_file).channels.items():
            for need in needs(values["kind"]):
                value = await vault.secret(name, need.name) if need.secret else ""
                self.secrets |= {f"{name} {need.name}, the last": value} if value else {}

    @asynccontextmanager
    async def session(self, incident: str):
        """The live session as the wiring makes it, by the night's clock."""
        async with live_session(self.places, incident, vault_now=True, clock=self.clock) as (
            session,
            conductor,
        ):
            await session.claim_orphans()
            yield session, conductor
