"""Taking an answer back: where it led is shut again, unless something else led there or something was done there."""

from __future__ import annotations

import pytest
from support_book import play_of
from support_incident import Play

from console.incident import commands as c
from console.incident.board import board
from console.incident.facts import shut

BOOK = """\
format: 1
id: small
version: 1.0.0
title: Small
opens-when: It is small.
roles:
  approver: Head of news
phases:
- id: one
  title: One
  steps:
  - id: left
    do: Look what is left
    answer:
      choose: {none: Nothing is left, some: Some are left}
    go: {some: one/offline}
  - id: other
    do: Look at the other page
    answer:
      choose: {none: Nothing is left, some: Some are left}
    go: {some: one/offline}
  - id: offline
    do: Take the page offline
    when: not done(one/left) and done(one/last)
    critical: true
  - id: last
    do: Do the last thing
"""
LEFT, OTHER, OFFLINE = "one/left", "one/other", "one/offline"


@pytest.fixture
def small() -> Play:
    return play_of(BOOK)


def is_shut(play: Play) -> bool:
    return shut(play.state, play.state.playbook.step(OFFLINE), play.now.wall) is not None


def test_what_an_answer_opened_is_shut_again_with_it(small):
    assert is_shut(small)
    small.do(c.Answer(by="Reid", step=LEFT, value="some"))
    assert not is_shut(small)
    small.do(c.Undo(by="Reid"))
    assert is_shut(small)


def test_it_stays_open_while_another_answer_leads_there(small):
    small.do(c.Answer(by="Reid", step=LEFT, value="some"))
    small.do(c.Answer(by="Lindqvist", step=OTHER, value="some"))
    small.do(c.Undo(by="Reid"))
    assert not is_shut(small)


def test_it_stays_open_when_something_was_done_there(small):
    small.do(c.Answer(by="Reid", step=LEFT, value="some"))
    small.do(c.Answer(by="Lindqvist", step=OFFLINE, value="It shows offline"))
    small.do(c.Undo(by="Reid"))
    assert not is_shut(small)


def test_a_board_names_the_step_whose_answer_would_be_taken_back(small):
    small.do(c.Answer(by="Reid", step=LEFT, value="none"))
    small.do(c.Answer(by="Lindqvist", step=OTHER, value="none"))
    seen = {who: board(small.state, small.now.wall, who) for who in ("Reid", "Lindqvist", "Novak")}
    assert {who: each.undoes for who, each in seen.items()} == {
        "Reid": "1.1",
        "Lindqvist": "1.2",
        "Novak": "",
    }
    assert [each.can_undo for each in seen.values()] == [True, True, False]
