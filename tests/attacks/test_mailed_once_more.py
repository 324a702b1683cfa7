"""Attack: have people in doubt mailed once more without the approval of exactly these people, or have more of it than was approved."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace
from support_conductor import SEND, desk, standing
from support_incident import T0
from support_once_more import AGAIN, IN_DOUBT, PEOPLE, WHY, Mailer, asked, goes_on, mailed, rows_again

from console.channels.ledger import moved_line
from console.channels.recipients import digest_of as list_digest
from console.clock import TurnedClock
from console.engine.lists import freeze_list
from console.engine.opening import Opening, open_incident
from console.errors import GateDenied, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.codec import encode
from console.incident.manifest import digest_of, from_bytes, to_bytes
from console.incident.planning import ONCE_MORE
from console.journal.sqlite import SqliteJournal
from console.playbook.load import load
from console.report.verify import verify_incident


@pytest.fixture
def mailer():
    return Mailer()


@pytest.fixture
async def d(tmp_path, mailer):
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


async def words_of(d):
    found = await verify_incident(d.session.journal, d.state.incident)
    assert found.verdict == "wrong"
    return " ".join(each.words for each in found.findings)


def ledger_of(d):
    return from_bytes(d.state.plan_of(SEND).raw.encode()).recipients


async def by_hand(d, digest, numbers=(2, 3, 7)):
    """A row that lets people be mailed once more, written past every rule, and chained as it should be."""
    head = await d.session.journal.ledger_head(ledger_of(d))
    row = moved_line(1, [("again", 0, digest, tuple(numbers))])
    await d.session.journal.ledger_append(ledger_of(d), [row], head.seq + 1)


async def write(d, *events):
    await d.session.journal.append(d.state.incident, [encode(each) for each in events], d.state.seq)
    await d.session.refresh()


async def test_whoever_asks_cannot_approve_it_with_a_code_of_their_own(d):
    await mailed(d)
    plan = await d.conductor.ask_once_more("Lindqvist", SEND, WHY)
    await d.present(AGAIN, "Lindqvist", plan.digest, by="Lindqvist")
    with pytest.raises(GateDenied, match="still needs"):
        await d.conductor.once_more("Lindqvist", SEND, confirm="3")
    with pytest.raises(GateDenied, match="cannot be the second person"):
        await d.present(AGAIN, "Shah", plan.digest, by="Lindqvist")


async def test_one_code_is_not_good_for_two(d):
    await mailed(d)
    plan = await d.conductor.ask_once_more("Reid", SEND, WHY)
    await d.present(AGAIN, "Reid", plan.digest)
    code = d.vault.code_for("Lindqvist", d.clock.now().wall)
    given = {"digest": plan.digest, "people": "3"}
    await d.conductor.approve("Reid", AGAIN, "Lindqvist", code, **given)
    await d.conductor.once_more("Reid", SEND, confirm="3")
    await goes_on(d)
    again = await d.conductor.ask_once_more("Reid", SEND, WHY) if await d.conductor.doubtful(SEND) else None
    assert again is None
    with pytest.raises(GateDenied):
        await d.conductor.approve("Reid", AGAIN, "Lindqvist", code, **given)


async def test_the_mailings_own_approval_does_not_do_for_it(d):
    await mailed(d)
    await d.conductor.ask_once_more("Reid", SEND, WHY)
    with pytest.raises(GateDenied, match="That is not what is planned"):
        await d.conductor.once_more("Reid", SEND, confirm="3", digest=d.state.plan_of(SEND).digest)


async def test_other_words_than_the_rest_got_are_never_sent(d, mailer):
    mailer.left = 4
    await mailed(d)
    await asked(d)
    text = d.state.playbook.wording("subscribers") or d.state.playbook.texts[0]
    step = d.state.playbook.step(SEND)
    slug = step.text or step.arguments.get("text", text.slug)
    part = d.state.playbook.wording(slug).parts[0].name
    await d.session.do(c.EditText(by="Shah", text=slug, part=part, words="Other words."))
    with pytest.raises(Refused, match="the text was changed"):
        await d.conductor.once_more("Reid", SEND, confirm="3")
    assert await rows_again(d) == []


async def test_a_gate_that_was_planned_anew_voids_what_was_approved(d):
    await mailed(d)
    old = await asked(d)
    await d.conductor.ask_once_more("Reid", SEND, "another reason")
    with pytest.raises(GateDenied, match="asked for again since"):
        await d.conductor.once_more("Reid", SEND, confirm="3", digest=old.digest)


async def test_nobody_asks_for_it_by_the_gate_alone_and_nothing_can_be_answered_or_done_there(d):
    await mailed(d)
    with pytest.raises(Refused, match="Nobody has asked"):
        await d.conductor.ask("Reid", AGAIN)
    with pytest.raises(Refused):
        await d.conductor.act("Reid", AGAIN, confirm="3")
    with pytest.raises(Refused):
        await d.answer(AGAIN, "done")


async def test_a_row_of_the_ledger_that_nobody_approved_is_found(d, mailer):
    await mailed(d)
    await by_hand(d, "f" * 64)
    assert "NO APPROVAL stands behind it" in await words_of(d)


async def test_more_than_were_approved_are_found(d, mailer):
    await mailed(d)
    plan = await asked(d, (PEOPLE[3],))
    await d.conductor.once_more("Reid", SEND, confirm="1")
    await by_hand(d, plan.digest, (2,))
    assert "not those 1 who were approved" in await words_of(d)


async def test_a_record_that_says_so_without_codes_lets_nobody_and_is_found(d, mailer):
    await mailed(d)
    plan = await d.conductor.ask_once_more("Reid", SEND, WHY)
    manifest = from_bytes(plan.raw.encode())
    said = e.OnceMore(
        at=1,
        boot=1,
        by="Reid",
        step=SEND,
        effect=d.effect(SEND).id,
        digest=plan.digest,
        ledger=manifest.recipients,
        sha256=manifest.recipients_sha256,
        count=3,
        reason=WHY,
        approved_by=("Lindqvist",),
    )
    await write(d, said)
    await d.conductor.beat()
    assert await rows_again(d) == []
    assert await d.conductor.doubtful(SEND) == IN_DOUBT
    assert (d.effect(SEND).status, d.effect(SEND).once_more) == ("done", "")
    assert mailer.mailed == Counter(PEOPLE)
    assert "mailed once more without" in await words_of(d)


async def test_what_was_approved_in_a_drill_lets_nobody_in_a_live_incident(d):
    await mailed(d)
    plan = await d.conductor.ask_once_more("Reid", SEND, WHY)
    raw = to_bytes(replace(from_bytes(plan.raw.encode()), mode="practice"))
    digest = digest_of(raw)
    planned = e.Planned(at=1, boot=1, by="Reid", step=AGAIN, digest=digest, manifest=raw.decode())
    approved = [
        e.Approved(at=1, boot=1, by="Reid", step=AGAIN, digest=digest, officer=name, role=role)
        for name, role in (("Reid", "officer"), ("Lindqvist", "approver"))
    ]
    await write(d, planned, *approved)
    with pytest.raises(Refused, match="Nobody was let"):
        await d.conductor.once_more("Reid", SEND, confirm="3", digest=digest)
    assert (await rows_again(d), await d.conductor.doubtful(SEND)) == ([], IN_DOUBT)
    assert "was made for" in await words_of(d)


BOOK = """\
format: 1
id: no-gate
version: 1.0.0
title: A mailing that asks for no code
opens-when: People must be told.
channels: {mailer: mail}
texts:
  first: {kind: correction, subject: One, known: It was not us., do: Wait., signed: Us.}
phases:
- id: tell
  title: Tell
  steps:
  - {id: first, do: Tell them that it was not us, act: mailer.send, text: first, confirm: count}
"""
TELL = "tell/first"


@pytest.fixture
async def open_book(tmp_path, mailer):
    """A desk on an incident whose mailing has no gate, after it was sent."""
    clock = TurnedClock(T0, 1_000)
    loaded = load("no-gate.yaml", {"no-gate.yaml": BOOK.encode()}.__getitem__)
    opening = Opening(by="Reid", loaded=loaded, mode="live", configured={"mailer": "mail"})
    async with await SqliteJournal.open(tmp_path / "open.db", "live") as journal:
        made = await desk(journal, await open_incident(journal, opening, clock.now()), clock, mailer)
        name = f"{made.state.incident}/mailer"
        many = len(PEOPLE)
        chosen = c.Freeze(by="Reid", channel="mailer", ledger=name, sha256=list_digest(PEOPLE), count=many)
        await freeze_list(made.session, PEOPLE, chosen)
        await made.conductor.act("Reid", TELL, confirm=str(many))
        await made.conductor.settle()
        yield made
        await made.conductor.stop()


async def test_a_mailing_without_a_gate_asks_for_an_approvers_code_all_the_same(open_book, mailer):
    d, again = open_book, ONCE_MORE + TELL
    plan = await d.conductor.ask_once_more("Reid", TELL, WHY)
    with pytest.raises(GateDenied, match="an approver's code"):
        await d.conductor.once_more("Reid", TELL, confirm="3")
    for nobody in ("Reid", "Shah"):
        with pytest.raises(GateDenied, match="cannot be the second person"):
            await d.present(again, nobody, plan.digest)
    await d.present(again, "Lindqvist", plan.digest)
    await d.conductor.once_more("Reid", TELL, confirm="3")
    assert mailer.mailed == Counter(PEOPLE)
    await d.conductor.account(TELL)
    await d.conductor.act("Reid", TELL, confirm="3")
    await d.conductor.settle()
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
    found = await verify_incident(d.session.journal, d.state.incident)
    assert found.verdict == "stands", found.findings
