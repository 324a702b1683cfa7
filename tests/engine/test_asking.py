"""A time of day as a person types it: a fast watch is now, last night is yesterday, and what can be both is asked."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from console.engine.asking import answer_to, typed_form, understood
from console.errors import BadInput
from console.incident.moment import Now
from console.playbook.model import Question

LONDON = "Europe/London"
ASKED = Question("first-seen", "When did the first one appear?", "time", default=("not-sure",))


def at(words: str) -> Now:
    moment = datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(LONDON))
    return Now(wall=int(moment.timestamp() * 1000), boot=0)


NOW = at("2019-07-19 13:33:20")


def kept(typed: str, now: Now = NOW) -> str:
    value = answer_to(ASKED, typed, now, LONDON)
    return datetime.fromtimestamp(int(value) / 1000, ZoneInfo(LONDON)).strftime("%d %H:%M:%S")


@pytest.mark.parametrize(
    ("typed", "moment", "said"),
    [
        ("13:20", "19 13:20:00", ""),
        ("9.05", "19 09:05:00", ""),
        ("13:35", "19 13:33:00", "13:35 has not come yet: taken as now, 13:33."),
        ("13:43", "19 13:33:00", "13:43 has not come yet: taken as now, 13:33."),
        ("23:16", "18 23:16:00", "Taken as yesterday 23:16."),
        ("yesterday 23:16", "18 23:16:00", ""),
        ("Yesterday 14:00", "18 14:00:00", ""),
        ("today 13:20", "19 13:20:00", ""),
        ("2019-07-16 23:16", "16 23:16:00", ""),
    ],
)
def test_what_a_person_types_is_the_moment_they_mean_and_it_is_said(typed, moment, said):
    assert kept(typed) == moment
    assert understood(ASKED, typed, NOW, LONDON) == said


@pytest.mark.parametrize(
    "typed", ["13:44", "15:00", "16:33", "today 23:16", "2019-07-20 10:00", "2019-07-19 14:00"]
)
def test_what_could_be_two_days_or_has_not_come_is_asked_again(typed):
    with pytest.raises(BadInput, match="has not come yet"):
        answer_to(ASKED, typed, NOW, LONDON)


@pytest.mark.parametrize(
    "typed", ["25:00", "later", "2019-02-30 10:00", "0001-01-01 00:00", "yesterday", "13:60"]
)
def test_what_is_no_time_says_how_to_type_one(typed):
    with pytest.raises(BadInput) as refused:
        answer_to(ASKED, typed, NOW, LONDON)
    assert "not-sure" in refused.value.do


def test_just_after_midnight_a_late_hour_was_yesterday():
    assert kept("23:50", at("2019-07-20 00:05:00")) == "19 23:50:00"


def test_a_fast_watch_before_midnight_is_no_day_ahead():
    with pytest.raises(BadInput):
        answer_to(ASKED, "today 23:50", at("2019-07-20 00:05:00"), LONDON)
    assert kept("23:59", at("2019-07-19 23:58:30")) == "19 23:58:00"


@pytest.mark.parametrize("typed", ["13:20", "13:35", "23:16", "yesterday 14:00", "2019-07-16 23:16"])
def test_what_was_understood_can_be_typed_again_and_means_the_same(typed):
    value = answer_to(ASKED, typed, NOW, LONDON)
    form = typed_form(ASKED, value, NOW, LONDON)
    assert answer_to(ASKED, form, NOW, LONDON) == value


def test_not_sure_stays_as_it_is():
    assert answer_to(ASKED, "not-sure", NOW, LONDON) == "not-sure"
    assert typed_form(ASKED, "not-sure", NOW, LONDON) == "not-sure"
    assert understood(ASKED, "not-sure", NOW, LONDON) == ""
