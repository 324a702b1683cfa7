"""What must be so after any death, read from the raw file and from the relay's own log. It asks no engine.

Each check returns sentences; none means all is well. The file is opened as the next process would open it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import NamedTuple

from console.journal import chain, schema

MAILING = "notify-subscribers/send"
BY_VERB = {"send-internal": "correct/staff", "send-test": "notify-subscribers/test"}
OUTCOMES = ("effect-done", "effect-failed", "effect-in-doubt")


class Shown(NamedTuple):
    """What a console that came back showed as not known: effects in doubt, mailings that stopped, people by name."""

    doubts: set
    interrupted: set
    doubtful: list

    @classmethod
    def parse(cls, raw):
        said = json.loads(raw)
        return cls(set(said["doubts"]), set(said["interrupted"]), said["doubtful"])


NOTHING = Shown(set(), set(), [])


class Record:
    """One record as it lies on the disk."""

    def __init__(self, path):
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            self.whole = file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            self.rows = file.execute(
                "SELECT stream, seq, body, hash FROM events ORDER BY stream, seq"
            ).fetchall()
            self.lines = file.execute(
                "SELECT ledger, n, body, hash FROM ledger ORDER BY ledger, n"
            ).fetchall()
        self.incident = next((row[0] for row in self.rows if row[0].startswith("L-")), "")
        self.hashes = {seq: hash_ for stream, seq, _, hash_ in self.rows if stream == self.incident}
        self.events = [json.loads(body) for stream, _, body, _ in self.rows if stream == self.incident]
        self.people = {}
        self.tried, self.told = set(), {}
        for _, _, body, _ in self.lines:
            self._line(json.loads(body))

    def _line(self, line):
        self.people.update(enumerate(line.get("people", ()), line.get("first", 0)))
        for outcome, _code, _text, numbers in line.get("told", ()):
            self.told.update((self.people[n], outcome) for n in numbers)
        self.tried.update(self.people[n] for n in line.get("tried", ()))

    @property
    def unknown_people(self):
        """Who was claimed and of whom nothing definite was heard."""
        return sorted(name for name in self.tried if self.told.get(name) not in ("accepted", "refused"))

    def intended(self, step):
        return [each for each in self.events if each["kind"] == "effect-intended" and each["step"] == step]

    def on_their_way(self):
        """Intents without an outcome, by effect."""
        going = {}
        for event in self.events:
            if event["kind"] == "effect-intended":
                going[event["effect"]] = {**event, "shown": False}
            elif event["kind"] == "guide-shown":
                going.get(event["effect"], {})["shown"] = True
            elif event["kind"] in OUTCOMES:
                going.pop(event["effect"], None)
        return list(going.values())


def chained(record):
    """Every chain of the file stands."""
    wrong = [] if record.whole else ["the file is damaged"]
    for kind, rows in (("events", record.rows), ("ledger", record.lines)):
        for name in {row[0] for row in rows}:
            own = [chain.Row(*row[1:]) for row in rows if row[0] == name]
            walked = chain.verify(own, chain.genesis(name, schema.APPLICATION_IDS["live"], kind))
            if walked.fault:
                wrong.append(f"{name}, entry {walked.seq}: {walked.fault}")
    return wrong


def kept(record, acked):
    """Nothing that a screen showed is lost: each acknowledged (seq, hash) is in the file."""
    return [f"entry {seq} was shown and is lost" for seq, shown in acked if record.hashes.get(seq) != shown]


def intended_before(record, mails):
    """No mail is at the relay without its intent, and for a mailing its claim, on the disk."""
    wrong = []
    for address in mails:
        verb, _, _tag = address.partition("@")
        step = BY_VERB.get(verb, MAILING)
        if not record.intended(step):
            wrong.append(f"{address} was mailed and {step} was not intended")
        if verb not in BY_VERB and address not in record.tried:
            wrong.append(f"{address} was mailed and not claimed")
    return wrong


def once(mails):
    """Nobody has the same mail twice."""
    return [f"{address} was mailed {count} times" for address, count in Counter(mails).items() if count > 1]


def one_code_one_gate(record):
    """No accepted code stands under two approvals."""
    used = Counter(
        (each["officer"], each["timecode"]) for each in record.events if each["kind"] == "approved"
    )
    return [f"{officer}'s code opened {count} gates" for (officer, _), count in used.items() if count > 1]


def shows_doubt(before, shown):
    """What was on its way when the process died is shown as not known, and nobody else is.

    Args:
        before: the record as the death left it.
        shown: what the next console showed.
    """
    wrong = []
    for effect in before.on_their_way():
        if effect.get("guided") and effect["shown"]:
            continue  # their words are on a screen: the officer's report decides
        where = shown.interrupted if effect["step"] == MAILING else shown.doubts
        if effect["effect"] not in where:
            wrong.append(f"{effect['effect']} is not known and not shown")
    if sorted(shown.doubtful) != before.unknown_people:
        wrong.append(f"not known: {before.unknown_people}; shown: {shown.doubtful}")
    return wrong


def stands_where_it_stood(before, stands):
    """A console that comes back stands at the end of what the last one left, entry for entry.

    Args:
        before: the record as the last process left it.
        stands: the seq and the hash at which the next console said it stood.
    """
    if not before.hashes:
        return [] if stands[0] == 0 else [f"nothing was kept, and it stands at {stands[0]}"]
    last = max(before.hashes)
    return [] if stands == (last, before.hashes[last]) else [f"it stood at {last}, and stands at {stands[0]}"]


def shut(poisoned):
    """On a record that cannot be written every move is refused for that reason, and nothing is sent."""
    wrong = [f"{move}: {end}" for move, end in poisoned["tried"].items() if end != "JournalPoisoned"]
    before, after = poisoned["mails"]
    return [*wrong, *([f"{after - before} mails were sent"] if before != after else [])]


def accounted(record, mails, shown):
    """At the end everybody has the mail or is named as not known, and the incident is closed."""
    wrong = [f"{effect} is left open" for effect in (*shown.doubts, *shown.interrupted)]
    silent = set(record.people.values()) - set(mails) - set(shown.doubtful)
    wrong += [f"{address} has nothing and is not named" for address in sorted(silent)]
    wrong += [f"{step} was not mailed" for verb, step in BY_VERB.items() if not _has(mails, verb)]
    if not any(event["kind"] == "closed" for event in record.events):
        wrong.append("the walk did not end")
    return wrong


def _has(mails, verb):
    return any(address.startswith(f"{verb}@") for address in mails)
