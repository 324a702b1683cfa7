"""Every mistake is found at its place, alone, with its code; the published schema refuses what it can see."""

from __future__ import annotations

import jsonschema
import pytest
from support_bad_playbooks import BAD
from support_playbooks import BASE, broken, plain, reading

from console.errors import BadPlaybook, NotFound
from console.playbook.findings import CODES, MOST, Notes, draw
from console.playbook.load import check, load
from console.playbook.nodes import read_nodes
from console.playbook.schema import schema_of

# Codes of the shape of a value, which a JSON Schema can express, and the cases whose shape it cannot.
SEEN_BY_SCHEMA = {
    "PB012",
    "PB020",
    "PB021",
    "PB022",
    "PB023",
    "PB024",
    "PB025",
    "PB026",
    "PB027",
    "PB028",
    "PB029",
    "PB044",
}
NOT_A_SHAPE = {
    "do-two-lines": "a pattern over lines would hide the length from the author",
    "critical-capital": "YAML reads True as true before a schema sees it",
    "go-without-answers": "what answer holds decides",
    "count-without-act": "what confirm holds decides",
}
IDS = [case[0] for case in BAD]


@pytest.fixture(scope="module")
def validator():
    schema = schema_of("playbook-1.json")
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def found(text: str):
    return check("base", reading({"base.yaml": text}))


def test_there_are_a_hundred_and_more():
    assert len(BAD) >= 150
    assert len(set(IDS)) == len(IDS)


def test_the_base_is_right(validator):
    assert found(BASE) == ()
    node, _ = read_nodes(BASE.encode(), Notes("base.yaml"))
    assert list(validator.iter_errors(plain(node))) == []


@pytest.mark.parametrize(("name", "code", "old", "new"), BAD, ids=IDS)
def test_one_mistake_is_one_finding_at_its_place(name, code, old, new):
    text, line, col = broken(old, new)
    errors = [finding for finding in found(text) if finding.severity == "error"]
    assert [(one.code, one.line, one.col) for one in errors] == [(code, line, col)]
    assert errors[0].end_col > col
    assert errors[0].path == "base.yaml"
    with pytest.raises(BadPlaybook) as raised:
        load("base", reading({"base.yaml": text}))
    assert len(raised.value.findings) == 1
    assert raised.value.findings[0].startswith(f"base.yaml:{line}:{col}  error {code}  ")


@pytest.mark.parametrize(
    ("name", "code", "old", "new"),
    [case for case in BAD if case[1] in SEEN_BY_SCHEMA and case[0] not in NOT_A_SHAPE],
)
def test_the_schema_refuses_it_too(name, code, old, new, validator):
    text, _, _ = broken(old, new)
    node, _ = read_nodes(text.encode(), Notes("base.yaml"))
    assert list(validator.iter_errors(plain(node))), f"{name} passes the schema"


@pytest.mark.parametrize("name", NOT_A_SHAPE)
def test_what_the_schema_cannot_see_is_still_so(name, validator):
    _, _, old, new = next(case for case in BAD if case[0] == name)
    node, _ = read_nodes(broken(old, new)[0].encode(), Notes("base.yaml"))
    assert list(validator.iter_errors(plain(node))) == []


def test_every_code_is_explained_and_met():
    assert {case[1] for case in BAD} <= set(CODES)


def test_all_errors_of_a_file_are_given_at_once():
    text = BASE
    for old, new in (
        ("title: Base", f"title: {'x' * 61}"),
        ("    due: 1m", "    deu: 1m"),
        ("by: it", "by: itt"),
        ("critical: true", "critical: yes"),
        ("act: account.post", "act: account.shout"),
    ):
        text = text.replace(old, new)
    assert [one.code for one in found(text) if one.severity == "error"] == [
        "PB027",
        "PB012",
        "PB031",
        "PB025",
        "PB033",
    ]


def test_fifty_findings_are_the_most():
    text = BASE.replace("    due: 1m", "\n".join(f"    key-{number}: a" for number in range(120)))
    assert len(found(text)) == MOST


def test_a_syntax_error_ends_the_findings():
    text = BASE.replace("title: Base", "titel: Base").replace("kind: notice", "kind: a: notice")
    assert [one.code for one in found(text)] == ["PB007"]


def test_no_such_playbook():
    with pytest.raises(NotFound):
        load("elsewhere", reading({}))
    assert [one.code for one in check("elsewhere", reading({}))] == ["PB001"]


# -- how a finding is drawn ------------------------------------------------------------------------------------------


def test_a_finding_as_a_person_sees_it():
    text, line, _ = broken("    due: 1m", "    §deu: 1m")
    finding = found(text)[0]
    assert draw(finding, text.split("\n")[line - 1]) == (
        'base.yaml:51:5  error PB012  unknown key "deu" in step first/look\n'
        "   |\n"
        "51 |     deu: 1m\n"
        '   |     ^^^ did you mean "due"?\n'
        "   = allowed here: access, act, answer, background, by, check, confirm, critical, do, due, fallback, gate, go, "
        "how, id, link, needs, objective, repeat, text, until, was, when, why, with (25)"
    )


def test_a_drawn_finding_obeys_nobody():
    text = BASE.replace("title: Base", "\x1b[2J\u202etitle: Base\x07")
    for finding in found(text):
        drawn = draw(finding, text.split("\n")[finding.line - 1])
        assert not set(drawn) & set("\x1b\x07\u202e")


def test_a_long_line_is_cut_around_the_caret():
    text = BASE.replace("when: at-risk != no", "when: " + "elapsed > 1m and " * 20 + "oops == yes")
    finding = next(one for one in found(text) if one.code == "PB041")
    drawn = draw(finding, text.split("\n")[finding.line - 1]).split("\n")
    assert "oops" in drawn[2]
    assert len(drawn[2]) < 130
    caret = drawn[3].index("^")
    assert drawn[2][caret : caret + 4] == "oops"


# -- warnings --------------------------------------------------------------------------------------------------------

WARNINGS = [
    (
        "part-missing",
        "PB101",
        "    kind: notice\n    known: Messages on {{ reached }} since {{ first-seen }} are not from us.",
        "    kind: §notice",
    ),
    ("long-sentence", "PB102", "do: Please ignore them.", "do: Fine. §" + " ".join(["word"] * 26) + "."),
    ("early-hacked", "PB103", "do: Please ignore them.", "do: We were §hacked, ignore them."),
    ("early-only", "PB103", "do: Please ignore them.", "do: §Only ignore them."),
    ("early-no-data", "PB103", "do: Please ignore them.", "do: There is §no data lost."),
    (
        "move-grows",
        "PB104",
        "do: Post the notice from {{ account.handle }}",
        "do: §Tell everybody who is still there to ask {{ role.lead }}",
    ),
    ("too-long-for-x", "PB106", "    kind: notice", "    kind: §notice"),
    ("never-decided", "PB107", "when: at-risk != no", "when: at-risk != §not-sure"),
    ("no-id", "PB108", "  - id: sweep\n    do: Count what is left\n", "  - §do: Count what is left\n"),
    ("never-used", "PB109", "texts:\n", "texts:\n  §spare: {kind: answers, who: We do not know.}\n"),
]


@pytest.mark.parametrize(("name", "code", "old", "new"), WARNINGS, ids=[case[0] for case in WARNINGS])
def test_a_warning_never_blocks_a_load(name, code, old, new):
    base = BASE.replace("until: last/sweep", "until: first/look")
    if name == "too-long-for-x":
        base = base.replace("do: Please ignore them.", "do: Please ignore them. " + "Again. " * 20)
    if name == "long-sentence":  # where no channel counts the characters
        base = base.replace("act: account.post", "act: voices.post")
    text, line, col = broken(old, new, base)
    assert [(one.code, one.severity, one.line, one.col) for one in found(text)] == [
        (code, "warning", line, col)
    ]
    assert load("base", reading({"base.yaml": text})).playbook.id == "base"


def test_more_than_nine_steps_that_always_apply():
    steps = "".join(f"  - id: more-{number}\n    do: Do more\n" for number in range(9))
    text = BASE + steps
    assert [(one.code, one.line) for one in found(text)] == [("PB105", 83)]


def test_a_step_without_an_id_is_named_by_its_words():
    text = BASE.replace(
        "  - id: sweep\n    do: Count what is left\n", "  - do: Count what is left\n"
    ).replace("last/sweep", "last/count-what-is-left")
    assert load("base", reading({"base.yaml": text})).playbook.steps()[-1].name == "last/count-what-is-left"
