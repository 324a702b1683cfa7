"""Those in doubt of a mailing are mailed once more, in the plain face."""

from __future__ import annotations

from collections import Counter

import pytest
from support_conductor import SEND, standing
from support_linear import Officer
from support_once_more import IN_DOUBT, PEOPLE, WHY, Mailer, mailed, rows_again

from console.channels.protocol import Seen, Told
from console.linear.run import run_linear


@pytest.fixture
def mailer():
    return Mailer()


@pytest.fixture
async def d(tmp_path, mailer):
    async with standing(tmp_path / "live.db", mailer) as made:
        yield made


class Beside:
    """What the typist waits for before each line."""

    def __init__(self, d):
        self.carried_out, self.session, self.clock = d.conductor.settle, d.session, d.session.clock


async def walk(d, *typed):
    typist = Officer(Beside(d), *typed)
    await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out)
    assert typist.lines == [], typist.said
    return typist.said


def code_of(d, officer):
    def typed(_printed):
        d.clock.turn(30_000)
        return d.vault.code_for(officer, d.clock.now().wall)

    return typed


def gate(d, many):
    return (code_of(d, "Reid"), "Lindqvist", "1", many, code_of(d, "Lindqvist"))


async def test_all_in_doubt_get_it_once_more_with_two_codes_their_number_and_a_reason(d, mailer):
    await mailed(d)
    said = await walk(d, "once more", "1", WHY, *gate(d, "3"), "3", "3", "q")
    assert "3 people in doubt. SOME OF THEM MAY GET IT TWICE" in said
    assert f"Because: {WHY}" in said
    assert said.count("By name:") == 2, "whoever approves hears who they are"
    assert said.rindex(IN_DOUBT[0]) > said.index("Read this to them")
    await d.conductor.settle()
    assert mailer.mailed == Counter(PEOPLE) + Counter(IN_DOUBT)
    assert d.effect(SEND).status == "done"
    assert "Nobody is in doubt." in await walk(d, "once more", "q")


async def test_some_are_named_and_any_step_back_mails_nobody(d, mailer):
    await mailed(d)
    for typed in (("",), ("2", ""), ("1", ""), ("1", WHY, ""), ("2", "1", WHY, *gate(d, "3"), "")):
        assert "Nobody was mailed once more." in await walk(d, "once more", *typed, "q")
    assert "not in doubt: reader1@example.net" in await walk(d, f"once more {PEOPLE[1]}", WHY, "q")
    said = await walk(d, f"once more {PEOPLE[3]}", WHY, *gate(d, "1"), "7", "q")
    assert "type 1" in said
    assert (await rows_again(d), mailer.mailed) == ([], Counter(PEOPLE))
    said = await walk(d, "once more", "1", "1", "1", "q")
    assert "Reid asked already for 1 person to be mailed once more." in said
    await d.conductor.settle()
    assert mailer.mailed == Counter([*PEOPLE, PEOPLE[3]])


async def test_before_a_mailing_there_is_nobody(d):
    assert "No mailing has been carried out." in await walk(d, "once more", "q")


async def test_who_can_be_asked_about_is_asked_about_first(d, mailer):
    async def look(_order, ledger):
        await ledger.commit([Told(3, "accepted", 0, "sending", looked=True)], ())
        return Seen("disagrees", "2 are not there", "2")

    mailer.look = look
    await mailed(d)
    said = await walk(d, "once more", "1", WHY, *gate(d, "2"), "2", "2", "q")
    assert "Asked first what became of them: 2 are not there." in said
    await d.conductor.settle()
    assert mailer.mailed == Counter([*PEOPLE, PEOPLE[2], PEOPLE[7]])
