"""A playbook that uses others: one model, the outer's names win, and what does not fit is found where it is used."""

from __future__ import annotations

import msgspec
import pytest
from support_playbooks import reading

from console.errors import BadPlaybook
from console.playbook import conditions as c
from console.playbook.load import check, from_closure, load
from console.playbook.model import Playbook

OUTER = """\
format: 1
id: outer
version: 1.0.0
title: Outer
roles: {it: IT here}
channels: {account: x, newsroom: mynewsdesk}
ask:
  reached: {say: "Which?", pick: [account, email], default: [account]}
facts: {page: outer.example}
texts:
  ignore: {kind: answers, who: "Ours, {{ page }}"}
phases:
- use: inner
  when: email in reached
  title: Warn people
  shift: 10m
- id: after
  title: After
  steps:
  - {id: show, do: Show it, text: ignore, needs: [inner/say]}
"""
INNER = """\
format: 1
id: inner
version: 2.0.0
title: Inner
roles: {it: IT there, owner: Account owner}
channels: {account: x, voice: [x, manual]}
ask:
  at-risk: {say: "Anyone?", type: yes-no, default: not-sure}
facts: {page: inner.example, wait: 5m}
texts:
  ignore: {kind: answers, who: "Theirs"}
  extra: {kind: answers, who: "{{ voice.handle }} {{ role.owner }} {{ wait }} {{ at-risk }}"}
phases:
- id: inner
  title: Inner phase
  opens: elapsed > wait and at-risk != no
  way-out:
  - {when: posting(voice), go: inner/say, say: "{{ voice.handle }} is quiet"}
  steps:
  - id: say
    do: Post it from {{ voice.handle }}
    by: owner
    due: 5m
    act: voice.post
    text: extra
    gate: {codes: 2, by: owner, not: writer}
    answer: {choose: {up: "On {{ voice.handle }}", down: Not there}}
    go: {down: inner/show}
  - {id: show, do: Show it, text: ignore}
"""

USE = (13, 8)  # the line and column of `inner` in `- use: inner`


def both(outer: str = OUTER, inner: str = INNER):
    return reading({"outer.yaml": outer, "inner.yaml": inner})


def errors(outer: str = OUTER, inner: str = INNER):
    return [
        (one.path, one.code, one.line, one.col)
        for one in check("outer", both(outer, inner))
        if one.severity == "error"
    ]


def test_both_are_right_alone_and_together():
    assert errors() == []
    assert load("inner", both()).playbook.phases[0].title == "Inner phase"


def test_the_outer_wins_and_the_inner_adds():
    playbook = load("outer", both()).playbook
    assert playbook.roles == {"lead": "Lead", "it": "IT here", "owner": "Account owner"}
    assert {channel.name: channel.kinds for channel in playbook.channels} == {
        "account": ("x",),
        "newsroom": ("mynewsdesk",),
        "voice": ("x", "manual"),
    }
    assert [question.slug for question in playbook.ask] == ["reached", "at-risk"]
    assert playbook.facts == {"page": "outer.example", "wait": "5m"}
    assert playbook.wording("ignore").parts[0].template == "Ours, {{ page }}"
    assert playbook.wording("extra").kind == "answers"


def test_the_phase_stands_where_it_is_used():
    playbook = load("outer", both()).playbook
    inner = playbook.phases[0]
    assert (inner.id, inner.title) == ("inner", "Warn people")
    assert inner.when.condition == c.Within(c.Word("email"), (c.Ask("reached"),))
    assert [step.name for step in playbook.steps()] == ["inner/say", "inner/show", "after/show"]
    assert playbook.step("inner/say").due == 15 * 60_000
    assert playbook.step("inner/show").due is None


def test_names_are_renamed_everywhere():
    outer = OUTER.replace(
        "  shift: 10m\n",
        "  with: {voice: trusted, owner: keeper, extra: more, wait: pause, at-risk: danger, page: site, ignore: hush}\n",
    )
    assert errors(outer) == []
    playbook = load("outer", both(outer)).playbook
    step = playbook.step("inner/say")
    assert (step.do, step.by, step.text) == ("Post it from {{ trusted.handle }}", "keeper", "more")
    assert (step.act.channel, step.gate.by) == ("trusted", "keeper")
    assert step.answer.choices[0].words == "On {{ trusted.handle }}"
    phase = playbook.phases[0]
    assert phase.opens.condition == c.And(
        (c.Compare(">", c.Elapsed(), c.Fact("pause")), c.Compare("!=", c.Ask("danger"), c.Word("no")))
    )
    assert phase.way_outs[0].when.condition == c.Posting("trusted")
    assert phase.way_outs[0].say == "{{ trusted.handle }} is quiet"
    assert (
        playbook.wording("more").parts[0].template
        == "{{ trusted.handle }} {{ role.keeper }} {{ pause }} {{ danger }}"
    )
    assert playbook.wording("hush").parts[0].template == "Theirs"
    assert playbook.facts == {"page": "outer.example", "site": "inner.example", "pause": "5m"}
    assert {question.slug for question in playbook.ask} == {"reached", "danger"}


def moved(old: str, new: str, text: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("outer", "inner", "finding"),
    [
        (moved("account: x,", "account: mastodon,", OUTER), INNER, ("outer.yaml", "PB053", *USE)),
        (moved("- id: after", "- use: inner\n- id: after", OUTER), INNER, ("outer.yaml", "PB054", 17, 8)),
        (moved("  shift: 10m", "  with: {nobody: else}", OUTER), INNER, ("outer.yaml", "PB055", 16, 10)),
        (moved("  shift: 10m", "  with: {voice: account}", OUTER), INNER, ("outer.yaml", "PB055", 16, 10)),
        (
            OUTER,
            moved("- id: inner", "- id: other", INNER).replace("inner/", "other/"),
            ("outer.yaml", "PB052", *USE),
        ),
        (
            OUTER,
            INNER + "- id: more\n  title: More\n  steps: [{id: a, do: B}]\n",
            ("outer.yaml", "PB052", *USE),
        ),
        (moved("- id: after", "- id: inner", OUTER), INNER, ("outer.yaml", "PB037", 17, 7)),
    ],
)
def test_what_does_not_fit_is_found_where_it_is_used(outer, inner, finding):
    assert finding in errors(outer, inner)
    with pytest.raises(BadPlaybook):
        load("outer", both(outer, inner))


def test_one_level_deep():
    nested = INNER + "- use: outer\n"
    assert ("outer.yaml", "PB051", *USE) in errors(inner=nested)


def test_five_questions_together():
    more = "".join(f'  q{n}: {{say: "?", type: text, default: a}}\n' for n in range(4))
    outer = moved("facts: {page: outer.example}", more + "facts: {page: outer.example}", OUTER)
    assert errors(outer) == [("outer.yaml", "PB056", 17, 8)]


def test_errors_of_a_used_playbook_stand_in_its_own_file():
    inner = moved("by: owner\n", "by: ownr\n", INNER)
    assert errors(inner=inner) == [("inner.yaml", "PB031", 22, 9)]


def test_a_used_playbook_must_open_alone():
    inner = moved("posting(voice)", "posting(newsroom)", INNER)
    assert errors(inner=inner) == [("inner.yaml", "PB032", 18, 20)]


def test_a_used_playbook_that_cannot_be_read_is_one_error():
    assert errors(inner="a: b: c\n") == [("outer.yaml", "PB050", *USE), ("inner.yaml", "PB007", 1, 4)]


def test_an_outer_answer_the_inner_does_not_know_of():
    inner = moved("at-risk:", "reached:", INNER).replace("at-risk", "reached")
    assert errors(inner=inner) == [("inner.yaml", "PB042", 16, 40)]


# -- the closure -----------------------------------------------------------------------------------------------------


def test_a_run_keeps_its_own_copy():
    loaded = load("outer", both())
    assert [source.path for source in loaded.sources] == ["outer.yaml", "inner.yaml"]
    files = {source.path: source.text for source in loaded.sources}
    assert from_closure(files, "outer.yaml") == loaded.playbook
    assert from_closure(dict(files), "outer.yaml") is from_closure(files, "outer.yaml")
    changed = {**files, "inner.yaml": files["inner.yaml"].replace("Not there", "Gone")}
    assert from_closure(changed, "outer.yaml") != loaded.playbook


def test_files_are_looked_for_beside_the_playbook():
    files = {f"mine/{name}": text for name, text in (("outer.yaml", OUTER), ("inner.yaml", INNER))}
    files["mine/outer.yaml"] = OUTER.replace(
        'ignore: {kind: answers, who: "Ours, {{ page }}"}', "ignore: {file: texts/ignore.yaml}"
    )
    files["mine/texts/ignore.yaml"] = "kind: answers\nwho: From a file.\n"
    loaded = load("mine/outer.yaml", reading(files))
    assert [source.path for source in loaded.sources] == [
        "mine/outer.yaml",
        "mine/texts/ignore.yaml",
        "mine/inner.yaml",
    ]
    assert loaded.playbook.wording("ignore").parts[0].template == "From a file."


def test_a_text_file_has_findings_of_its_own():
    files = {
        "outer.yaml": OUTER.replace(
            'ignore: {kind: answers, who: "Ours, {{ page }}"}', "ignore: {file: texts/ignore.yaml}"
        ),
        "inner.yaml": INNER,
    }
    files["texts/ignore.yaml"] = "kind: answers\nwho: From {{ pgae }}.\n"
    found = [(one.path, one.code, one.line, one.col, one.hint) for one in check("outer", reading(files))]
    assert found == [("texts/ignore.yaml", "PB035", 2, 11, 'did you mean "page"?')]


def test_a_snapshot_can_hold_a_playbook():
    playbook = load("outer", both()).playbook
    raw = msgspec.msgpack.encode(playbook)
    assert msgspec.msgpack.decode(raw, type=Playbook) == playbook
