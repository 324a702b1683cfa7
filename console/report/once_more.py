"""Verification of people who were mailed once more: behind every `again` in a ledger stands an approval of exactly these people."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from console.channels import ledger as lines
from console.channels.ledger import Tally
from console.errors import RecordBroken
from console.incident import events as e
from console.incident.once_more import OF, is_once_more
from console.incident.planning import ONCE_MORE, gate_wants, step_of
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.journal.protocol import Journal

PAGE: Final = 100  # rows; one of a list has 500 people
AGAIN: Final = "again"
MARK: Final = b'"again"'


def of_event(event: e.OnceMore, before: State, manifests: dict[str, Manifest]) -> Iterator[str]:
    """What is wrong with the record's own word that people were mailed once more."""
    manifest, plan = manifests.get(event.digest), before.plans.get(event.digest)
    effect = before.effects.get(event.effect)
    mailing = manifests.get(effect.digest) if effect is not None else None
    if manifest is None or plan is None or not is_once_more(manifest):
        yield f"People of {event.step} were mailed once more on a plan that is not in the record."
        return
    if (
        effect is None
        or mailing is None
        or effect.step != event.step
        or manifest.arguments.get(OF) != effect.digest
    ):
        yield f"People of {event.step} were mailed once more, and what was approved is of another mailing."
    elif _words(manifest) != _words(mailing):
        yield f"People of {event.step} were mailed once more, and other words were approved."
    if (manifest.recipients, manifest.recipients_sha256, manifest.reaches) != (
        event.ledger,
        event.sha256,
        event.count,
    ):
        yield f"People of {event.step} were mailed once more, and others were approved."
    if plan.void:
        yield f"People of {event.step} were mailed once more on a plan that was void: {plan.void}."
    if plan.started:
        yield f"People of {event.step} were mailed once more twice on one approval."
    wants = gate_wants(step_of(before, ONCE_MORE + event.step), plan, event.by)
    if wants:
        yield f"People of {event.step} were mailed once more without {' and '.join(wants)}."


def _words(manifest: Manifest) -> tuple[object, ...]:
    return (
        manifest.subject,
        manifest.text,
        manifest.parts,
        manifest.recipients,
        manifest.channel,
        manifest.verb,
    )


async def of_ledger(journal: Journal, name: str, approved: dict[str, e.OnceMore], let: set[str]) -> list[str]:
    """What is wrong with a ledger's own word on it.

    Args:
        journal: where it stands.
        name: the ledger.
        approved: what the record says was approved, by digest.
        let: of which the record says that the ledger let them.
    """
    try:
        found = await _let_by(journal, name)
    except RecordBroken as error:
        return [f"{name}: {error.what}"]
    words = [
        f"{name}: the record says that {counted(each.count, 'person', 'people')} were let be mailed once more, and the ledger does not."
        for digest, each in approved.items()
        if each.ledger == name and digest in let and digest not in found
    ]
    if not found:
        return words
    try:
        digests = await _digests(journal, name, found)
    except RecordBroken as error:
        return [*words, f"{name}: {error.what}"]
    for digest, numbers in found.items():
        event = approved.get(digest)
        who = counted(len(numbers), "person", "people")
        if event is None or event.ledger != name:
            words.append(f"{name}: {who} were let be mailed once more, and NO APPROVAL stands behind it.")
        elif (event.count, event.sha256) != (len(numbers), digests[digest]):
            words.append(
                f"{name}: {who} were let be mailed once more, and not those {event.count:,} who were approved."
            )
    return words


async def _let_by(journal: Journal, name: str) -> dict[str, list[int]]:
    """Who was let, by the approval that the row names."""
    found: dict[str, list[int]] = {}
    start = 0
    while rows := await journal.ledger_read(name, start, PAGE):
        for row in rows:
            for outcome, _, text, numbers in lines.decode(row.body).groups if MARK in row.body else ():
                if outcome == AGAIN:
                    found.setdefault(text, []).extend(numbers)
        start = rows[-1].seq + 1
    return found


async def _digests(journal: Journal, name: str, found: dict[str, list[int]]) -> dict[str, str]:
    """Of each approval the SHA-256 of the addresses that its numbers name; raises RecordBroken when a row cannot follow."""
    tally, wholes = Tally(), {digest: hashlib.sha256() for digest in found}
    whose: dict[int, list[str]] = {}
    for digest, numbers in found.items():
        for n in set(numbers):
            whose.setdefault(n, []).append(digest)
    start = 0
    while rows := await journal.ledger_read(name, start, PAGE):
        for row in rows:
            before = tally.total
            line = tally.fold(row.body)
            for n, address in enumerate(line.listed, before):
                for digest in whose.get(n, ()):
                    wholes[digest].update(f"{address}\n".encode())
        start = rows[-1].seq + 1
    return {digest: whole.hexdigest() for digest, whole in wholes.items()}
