"""What must be so when the night is over, read from the record, the state folder and the platforms' own memory."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections import Counter
from urllib.parse import quote

from model_case.machine import APPROVER, LEAD, Machine
from model_case.town import MAILED, MINUTE, ROUTES, UNKNOWN_THERE, Town
from standins.website import USER
from standins.x import US

from console.engine.session import load_state
from console.incident import events as e
from console.incident.manifest import from_bytes
from console.journal.sqlite import SqliteJournal
from console.report.record import read_entries

NAME = re.compile(r"[0-9a-f]{64}")
VOICE, OWN, CLEAR = "pin-ignore-notice/voice", "pin-ignore-notice/own-account", "clear/all-clear"


class Record:
    """One incident, as it was kept."""

    def __init__(self, town: Town, machine: Machine, incident: str, state, entries) -> None:
        self.town, self.machine, self.incident = town, machine, incident
        self.state, self.entries = state, entries
        self.evidence = machine.places.evidence(incident)

    @classmethod
    async def read(cls, town: Town, machine: Machine, incident: str) -> Record:
        async with await SqliteJournal.open(machine.places.database("live"), "live") as journal:
            state, _, _ = await load_state(journal, incident)
            return cls(town, machine, incident, state, await read_entries(journal, incident))

    def of(self, kind):
        """The events of a kind with their places in the record."""
        return [each for each in self.entries if isinstance(each.event, kind)]

    def done(self, step: str, channel: str = ""):
        """Effects of a step that were done."""
        return [
            each
            for each in self.state.effects.values()
            if each.step == step and each.status == "done" and channel in ("", each.channel)
        ]

    def text(self, effect) -> str:
        return from_bytes(self.state.plans[effect.digest].raw.encode()).text

    # -- what must be so ---------------------------------------------------------------------------------------------

    def holds(self) -> None:
        """All of it."""
        self.it_ended()
        self.every_false_item_is_accounted_for()
        self.nothing_else_stands_out_there()
        self.the_trusted_voice_spoke_first()
        self.the_pin_was_seen()
        self.the_all_clear_is_everywhere()
        self.nothing_was_said_twice()
        self.everybody_was_mailed_once()
        self.evidence_is_what_its_names_say()
        self.two_people_opened_the_gates()
        self.no_secret_is_kept_in_the_open()
        assert "The record stands" in self.machine.verb("verify", self.incident)

    def it_ended(self) -> None:
        end = self.state.end
        assert end is not None
        assert not end.stand_down
        assert end.open_critical == ()
        assert not self.of(e.EffectInDoubt)
        assert not [each for each in self.state.effects.values() if each.status != "done"], self.left()
        assert not self.of(e.Alarm)
        unshown = [each.id for each in self.state.effects.values() if each.guided and not each.shown]
        assert not unshown, f"their moves by hand stood on no screen: {unshown}"

    def left(self):
        return [each for each in self.state.effects.values() if each.status != "done"]

    def every_false_item_is_accounted_for(self) -> None:
        posted = self.town.attacker.posted
        assert {each.channel for each in posted} == set(ROUTES)
        items = {(each.channel, each.link): each for each in self.state.items.values() if each.bogus}
        assert set(items) == {(each.channel, each.link) for each in posted}
        for false in posted:
            item = items[false.channel, false.link]
            assert item.at_risk == false.at_risk
            assert item.first_seen <= self.state.opened_at + 60 * MINUTE
            assert not self.town.person.standing(item), false
            self.was_saved_before_it_went(item)
            assert item.gone == "removed"
            assert item.verified == (item.channel != "newsroom") or self.was_attested(item)
        for step in ("remove/account", "remove/newsroom", "remove/website", "clear/sweep"):
            assert self.state.of(step).check.verdict == "agrees", self.state.of(step)

    def was_saved_before_it_went(self, item) -> None:
        assert NAME.fullmatch(item.saved), item
        raw = (self.evidence / f"{item.saved}.json").read_bytes()
        assert hashlib.sha256(raw).hexdigest() == item.saved
        told = json.loads(raw)
        assert told["item"] == item.link
        kept = [value for value in told["found"].values() if NAME.fullmatch(value)]
        assert kept
        assert all((self.evidence / f"{each}.warc.gz").exists() for each in kept)
        saved = next(each.seq for each in self.of(e.ItemSaved) if each.event.item == item.id)
        removals = [
            each
            for each in self.of(e.EffectIntended)
            if each.event.item == item.id and each.event.channel != "evidence"
        ]
        assert removals
        assert all(saved < each.seq for each in removals)
        assert any(
            b"xkqp" in gzip.decompress((self.evidence / f"{each}.warc.gz").read_bytes()) for each in kept
        )

    def was_attested(self, item) -> bool:
        """Whether the record says that a person, and nobody else, saw it go."""
        removal = [each for each in self.state.effects.values() if each.item == item.id and each.guided]
        return bool(removal) and removal[-1].attested and removal[-1].said_by == LEAD

    def nothing_else_stands_out_there(self) -> None:
        """Everything that a platform holds was there rightly, is false and gone, or was posted by the console or its officer."""
        false = {each.words for each in self.town.attacker.posted}
        known = set(self.town.ours) | {self.text(each).strip() for each in self.state.effects.values()}
        account, voice = self.town.account, self.town.voice
        assert {each.words for each in (*account.posts, *voice.posts)} <= false | known
        assert not false & {each.words for each in account.standing(US)}
        titles = set(self.town.website.public_titles())
        assert not titles & false
        assert not [each for each in self.town.newsroom.items if each.header in false and each.turns[-1][1]]
        ours = [each for each in self.state.items.values() if not each.bogus]
        assert all(each.verdict == "ours" and not each.gone for each in ours), ours

    def the_trusted_voice_spoke_first(self) -> None:
        (first,) = self.done(VOICE)
        (own,) = self.done(OWN)
        voice, account = self.town.voice, self.town.account
        (notice,) = [each for each in voice.posts if each.id == first.remote]
        (ours,) = [each for each in account.posts if each.id == own.remote]
        assert notice.words == self.text(first).strip()
        assert notice is min(voice.posts, key=lambda each: each.at)
        assert notice.at < ours.at
        assert notice.words != ours.words
        assert first.at - self.state.opened_at < 5 * MINUTE

    def the_pin_was_seen(self) -> None:
        (own,) = self.done(OWN)
        pins = [ident for _, ident in self.town.account.pin_turns]
        assert pins == [own.remote, ""]
        for step, ident in (("pin-ignore-notice/pin", own.remote), ("clear/unpin", "")):
            checks = [each.event for each in self.of(e.Checked) if each.event.step == step]
            assert checks[-1].verdict == "agrees"
            assert not ident or ident in checks[-1].raw
            assert self.state.of(step).answer is None  # nobody had to say so
        assert self.state.of("pin-ignore-notice/banner").check.verdict == "agrees"

    def the_all_clear_is_everywhere(self) -> None:
        done = self.done(CLEAR)
        assert {each.channel for each in done} == {"account", "voice", "newsroom", "website"}
        (words,) = {self.text(each).strip() for each in done}
        notices = {self.text(each).strip() for each in (*self.done(VOICE), *self.done(OWN))}
        assert words not in notices
        for platform in (self.town.account, self.town.voice):
            assert platform.standing()[-1].words == words
        assert any(each.header == words.splitlines()[0] for each in self.town.newsroom.items)
        bodies = [each["content"] for each in self.town.website.posts["posts"].values()]
        assert sum("our channels are ours again" in each for each in bodies) == 1
        sweep = max(each.seq for each in self.of(e.Checked) if each.event.step == "clear/sweep")
        assert all(sweep < each.seq for each in self.of(e.EffectIntended) if each.event.step == CLEAR)
        last = max(each.at for each in self.town.attacker.posted)
        assert (
            min(each.event.boot for each in self.of(e.EffectIntended) if each.event.step == CLEAR) - last
            > 60 * MINUTE
        )

    def nothing_was_said_twice(self) -> None:
        for posts in (self.town.account.posts, self.town.voice.posts):
            assert max(Counter(each.words for each in posts).values()) == 1
        for kind in self.town.website.posts.values():
            assert max(Counter(each["content"] + each["title"] for each in kind.values()).values()) == 1
        assert max(Counter(each.header for each in self.town.newsroom.items).values()) == 1
        effects = [each.event.effect for each in self.of(e.EffectIntended)]
        assert len(effects) == len(set(effects))

    def everybody_was_mailed_once(self) -> None:
        to = Counter(self.town.relay.addresses())
        people = {address: count for address, count in to.items() if address.startswith("person")}
        assert people == dict.fromkeys(people, 1)
        assert len(people) == MAILED - UNKNOWN_THERE
        assert to["staff@example.org"] == to["me@example.org"] == 1
        (sent,) = self.done("notify-subscribers/send")
        assert (sent.accepted, sent.refused, sent.doubtful) == (MAILED - UNKNOWN_THERE, UNKNOWN_THERE, 0)
        assert self.state.of("notify-subscribers/accounted").check.verdict == "agrees"

    def evidence_is_what_its_names_say(self) -> None:
        files = list(self.evidence.iterdir())
        assert files
        for each in files:
            assert hashlib.sha256(each.read_bytes()).hexdigest() == each.name.partition(".")[0], each
            assert each.stat().st_mode & 0o077 == 0

    def two_people_opened_the_gates(self) -> None:
        for step in self.state.playbook.steps():
            if step.gate is None or not self.done(step.name):
                continue
            given = {each.event.officer for each in self.of(e.Approved) if each.event.step == step.name}
            assert given == ({LEAD, APPROVER} if step.gate.codes > 1 else {LEAD}), step.name

    def no_secret_is_kept_in_the_open(self) -> None:
        secrets = self.machine.secrets
        for path in self.machine.home.rglob("*"):
            if not path.is_file():
                continue
            raw = path.read_bytes()
            raw += gzip.decompress(raw) if path.suffix == ".gz" else b""
            for what, secret in secrets.items():
                for spelt in spellings(secret):
                    assert spelt not in raw, f"{what} stands in {path.name}"


def spellings(secret: str) -> set[bytes]:
    """A secret as it may stand somewhere: as it is, without spaces, in an address, packed, and in a sign-in of RFC 7617."""
    raw, signed = secret.encode(), f"{USER}:{secret}".encode()
    packed = (base64.b64encode(raw), base64.b64encode(signed))
    return {raw, raw.replace(b" ", b""), quote(secret).encode(), *packed}
