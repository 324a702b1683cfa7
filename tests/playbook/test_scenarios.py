"""Drill scenarios: read as strictly as playbooks, against the playbook that they rehearse."""

from __future__ import annotations

import jsonschema
import pytest
from support_playbooks import BASE, broken, plain, reading

from console.errors import BadPlaybook, NotFound
from console.playbook import conditions as c
from console.playbook.checking import check_file
from console.playbook.findings import Notes
from console.playbook.nodes import read_nodes
from console.playbook.scenario import Expect, check_scenario, load_scenario
from console.playbook.schema import schema_of

SCENARIO = """\
format: 1
scenario: night
playbook: base
title: A night
brief: EXERCISE. You are at home. EXERCISE.
length: 30m
objectives: [Warn the public]
targets: {first/post: 5m}
start: first/look
given: {first/look: false-posts, last/sweep: 0}
seed: 7
injects:
- {id: post, at: 0m, on: account, item: "A false post", expect: {step: first/post, within: 5m}}
- {id: again, at: 7m, unless: first/look == nothing, on: account, item: "Back again", at-risk: true, repeat: 3m, for: 9m}
- {id: desk, after: first/post, at: 1m, from: BBC newsdesk, via: call, say: "Is it you?"}
- {id: calm, on-answer: first/look == nothing, from: Chief, say: "Are you sure?"}
- {id: silent, on-gate: first/post, approver: silent, for: 3m}
"""


def files(scenario: str = SCENARIO, base: str = BASE):
    return reading({"drills/night.yaml": scenario, "base.yaml": base})


def found(scenario: str):
    return [(one.code, one.severity, one.line, one.col) for one in check_scenario("night", files(scenario))]


def test_what_the_drill_reads():
    loaded = load_scenario("night", files())
    scenario = loaded.scenario
    assert (scenario.id, scenario.playbook, scenario.length, scenario.seed) == ("night", "base", 1_800_000, 7)
    assert scenario.targets == {"first/post": 300_000}
    assert (scenario.start, scenario.given) == (
        "first/look",
        {"first/look": "false-posts", "last/sweep": "0"},
    )
    post, again, desk, calm, silent = scenario.injects
    assert (post.at, post.channel, post.item, post.expect) == (
        0,
        "account",
        "A false post",
        Expect("first/post", 300_000),
    )
    assert (again.at_risk, again.repeat, again.lasts) == (True, 180_000, 540_000)
    assert again.unless.condition == c.Compare("==", c.Answer("first/look"), c.Word("nothing"))
    assert (desk.after, desk.at, desk.sender, desk.via, desk.say) == (
        "first/post",
        60_000,
        "BBC newsdesk",
        "call",
        "Is it you?",
    )
    assert (calm.on_answer.condition, calm.via, calm.at) == (
        c.Compare("==", c.Answer("first/look"), c.Word("nothing")),
        "call",
        None,
    )
    assert (silent.on_gate, silent.approver, silent.lasts) == ("first/post", "silent", 180_000)
    assert loaded.source.path == "drills/night.yaml"
    assert loaded.loaded.playbook.id == "base"


BAD = [
    (
        "not-a-drill",
        "PB060",
        "brief: EXERCISE. You are at home. EXERCISE.",
        "brief: EXERCISE. This is §not a drill.",
    ),
    (
        "not-a-drill-said",
        "PB060",
        'say: "Are you sure?"',
        'say: "This is§ NOT  a Drill!"'.replace("is§ NOT", "is §NOT"),
    ),
    ("isnt-a-drill", "PB060", 'item: "A false post"', 'item: "It is§n\'t a drill"'),
    ("id-not-file", "PB038", "scenario: night", "scenario: §day"),
    ("playbook-missing", "PB050", "playbook: base", "playbook: §bass"),
    ("target-step", "PB030", "targets: {first/post: 5m}", "targets: {§first/pst: 5m}"),
    ("start-step", "PB030", "start: first/look", "start: §first/lok"),
    ("given-step", "PB030", "given: {first/look:", "given: {§first/lok:"),
    ("given-answer", "PB042", "given: {first/look: false-posts", "given: {first/look: §false"),
    ("given-number", "PB024", "last/sweep: 0", "last/sweep: §none"),
    ("channel", "PB032", 'on: account, item: "A false post"', 'on: §acount, item: "A false post"'),
    ("channel-reserved", "PB032", 'on: account, item: "A false post"', 'on: §items, item: "A false post"'),
    ("expect-step", "PB030", "{step: first/post, within: 5m}", "{step: §first/p, within: 5m}"),
    ("expect-within", "PB020", "{step: first/post, within: 5m}", "{§step: first/post}"),
    ("after-step", "PB030", "after: first/post,", "after: §first/p,"),
    ("gate-step", "PB030", "on-gate: first/post", "on-gate: §first/p"),
    ("gate-none", "PB044", "on-gate: first/post", "on-gate: §first/call"),
    ("unless", "PB042", "unless: first/look == nothing", "unless: first/look == §nothin"),
    ("on-answer-step", "PB040", "on-answer: first/look == nothing", "on-answer: §first/look"),
    ("on-answer-other", "PB040", "on-answer: first/look == nothing", "on-answer: §elapsed > 5m"),
    ("no-trigger", "PB020", "{id: post, at: 0m, on", "§{id: post, on"),
    (
        "no-happening",
        "PB020",
        "{id: silent, on-gate: first/post, approver: silent, for: 3m}",
        "§{id: silent, on-gate: first/post}",
    ),
    ("item-nowhere", "PB044", 'on: account, item: "A false post"', '§item: "A false post"'),
    ("say-nobody", "PB044", "from: Chief, say", "§say"),
    ("approver-no-gate", "PB044", "on-gate: first/post, approver", "at: 1m, §approver"),
    ("inject-twice", "PB037", "{id: calm", "{id: §desk"),
    ("via", "PB026", "via: call", "via: §phone"),
    ("approver", "PB026", "approver: silent", "approver: §asleep"),
    ("length", "PB023", "length: 30m", "length: §half an hour"),
    ("unknown-key", "PB012", "seed: 7", "§seeds: 7"),
    ("comma", "PB021", 'item: "A false post"', "item: §Help, help"),
    ("placeholder", "PB035", "title: A night", 'title: §"{{ officer }}"'),
]


@pytest.mark.parametrize(("name", "code", "old", "new"), BAD, ids=[case[0] for case in BAD])
def test_one_mistake_is_one_finding_at_its_place(name, code, old, new):
    text, line, col = broken(old, new, SCENARIO)
    assert found(text) == [(code, "error", line, col)]
    with pytest.raises(BadPlaybook) as raised:
        load_scenario("night", files(text))
    assert f"drills/night.yaml:{line}:{col}  error {code}" in raised.value.findings[0]


def test_an_inject_after_the_end_is_a_warning():
    text, line, col = broken("{id: post, at: 0m", "{id: post, at: §31m", SCENARIO)
    assert found(text) == [("PB110", "warning", line, col)]


def test_its_schema():
    schema = schema_of("scenario-1.json")
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    def refused(text: str) -> bool:
        node, _ = read_nodes(text.encode(), Notes("night.yaml"))
        return bool(list(validator.iter_errors(plain(node))))

    assert not refused(SCENARIO)
    shapes = [
        case
        for case in BAD
        if case[1] in ("PB012", "PB023", "PB026") or case[0] in ("comma", "expect-within")
    ]
    assert len(shapes) > 5
    assert [case[0] for case in shapes if not refused(broken(case[2], case[3], SCENARIO)[0])] == []


def test_errors_of_its_playbook_are_told_as_one():
    read = files(base=BASE.replace("by: it", "by: itt"))
    assert [(one.code, one.line) for one in check_scenario("night", read)] == [("PB050", 3)]


def test_no_such_scenario():
    with pytest.raises(NotFound):
        load_scenario("day", files())
    assert [one.code for one in check_scenario("day", files())] == ["PB001"]


def test_any_file_is_checked_for_what_it_is():
    texts = {
        "drills/night.yaml": SCENARIO.replace("via: call", "via: phone"),
        "base.yaml": BASE.replace("by: it", "by: itt"),
    }
    texts["texts/staff.yaml"] = "kind: internal\nknown: We were hacked.\n"
    texts["texts/bad.yaml"] = "kind: intern\n"
    read = reading(texts)
    assert [(one.path, one.code) for one in check_file("base.yaml", read)] == [("base.yaml", "PB031")]
    assert {one.code for one in check_file("drills/night.yaml", read)} == {"PB026", "PB050"}
    assert [one.code for one in check_file("texts/staff.yaml", read)] == ["PB101", "PB103"]
    assert [(one.code, one.line, one.col, one.hint) for one in check_file("texts/bad.yaml", read)] == [
        ("PB026", 1, 7, 'did you mean "internal"?')
    ]
    assert [one.code for one in check_file("none.yaml", read)] == ["PB001"]
