"""The shipped playbooks and drills load without a finding; so does the format page's model; the published schema is fresh."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from support_playbooks import BASE, plain, reading

from console.playbook.checking import check_file
from console.playbook.findings import CODES, Notes
from console.playbook.load import check, load
from console.playbook.nodes import read_nodes
from console.playbook.scenario import load_scenario
from console.playbook.schema import SCHEMAS, schema_of, written
from console.playbook.shapes import Either, Listing, Record, Table, shape_of

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
SHIPPED = sorted(
    path.relative_to(PLAYBOOKS).as_posix()
    for path in PLAYBOOKS.glob("*.yaml")
    if not path.name.endswith(".test.yaml")
)
DRILLS = sorted(path.relative_to(PLAYBOOKS).as_posix() for path in PLAYBOOKS.glob("drills/*.yaml"))
TEXTS = sorted(path.relative_to(PLAYBOOKS).as_posix() for path in PLAYBOOKS.glob("texts/*.yaml"))
MODEL = (Path(__file__).parent / "data" / "model-playbook.yaml").read_text(encoding="utf-8")
MODEL_SCENARIO = (Path(__file__).parent / "data" / "model-scenario.yaml").read_text(encoding="utf-8")


def read(path: str) -> bytes:
    return (PLAYBOOKS / path).read_bytes()


def test_there_is_something_to_ship():
    assert {
        "press-channels-misused.yaml",
        "pin-ignore-notice.yaml",
        "rotate-mynewsdesk.yaml",
        "notify-subscribers.yaml",
    } <= set(SHIPPED)
    assert DRILLS
    assert TEXTS


@pytest.mark.parametrize("path", [*SHIPPED, *DRILLS, *TEXTS])
def test_what_ships_has_no_finding(path):
    assert check_file(path, read) == ()


@pytest.mark.parametrize("path", SHIPPED)
def test_what_ships_opens(path):
    loaded = load(path, read)
    assert loaded.sources[0].path == path
    assert loaded.playbook.phases


@pytest.mark.parametrize("path", DRILLS)
def test_drills_open(path):
    assert load_scenario(path, read).scenario.injects


@pytest.mark.parametrize(("schema", "paths"), [("playbook-1.json", SHIPPED), ("scenario-1.json", DRILLS)])
def test_the_schema_accepts_what_ships(schema, paths):
    validator = jsonschema.Draft7Validator(
        json.loads((PLAYBOOKS / "schema" / schema).read_text(encoding="utf-8"))
    )
    for path in paths:
        node, _ = read_nodes(read(path), Notes(path))
        assert [error.message for error in validator.iter_errors(plain(node))] == []


# -- the format page's own examples ----------------------------------------------------------------------------------


def test_the_model_playbook_loads():
    def with_model(path: str) -> bytes:
        if path.startswith("texts/"):
            return b"kind: answers\nwho: We do not know.\n"
        return MODEL.encode() if path == "press-channels-misused.yaml" else read(path)

    assert [one for one in check("press-channels-misused", with_model) if one.severity == "error"] == []
    playbook = load("press-channels-misused", with_model).playbook
    assert [phase.id for phase in playbook.phases] == [
        "confirm",
        "pin-ignore-notice",
        "contain",
        "rotate-mynewsdesk",
        "remove",
        "correct",
        "notify-subscribers",
        "clear",
        "close",
    ]
    account = playbook.step("remove/account")
    assert account.needs[0].source == "contain/cut-link == gone | done(contain/suspend)"
    assert (account.gate.codes, account.confirm, account.due) == (1, "count", 20 * 60_000)
    assert playbook.step("correct/scope").gate.not_writer
    assert playbook.step("clear/sweep").answer.want == 0
    assert playbook.step("correct/update").repeat == 30 * 60_000


def test_the_model_scenario_loads():
    def with_model(path: str) -> bytes:
        return MODEL_SCENARIO.encode() if path == "drills/met-night-stream.yaml" else read(path)

    scenario = load_scenario("met-night-stream", with_model).scenario
    assert [inject.id for inject in scenario.injects] == ["i1", "i2", "i3", "i4", "i5"]


# -- the published schema --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_fresh(name):
    on_disk = (PLAYBOOKS / "schema" / name).read_text(encoding="utf-8")
    assert on_disk == written(name), "run: python -m console.playbook.schema"


def test_the_schema_is_written_by_its_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "console.playbook.schema", str(tmp_path)],
        cwd=PLAYBOOKS.parent,
        check=True,
        capture_output=True,
    )
    assert done.stdout == b""
    assert {path.name for path in tmp_path.iterdir()} == set(SCHEMAS)
    assert all((tmp_path / name).read_text(encoding="utf-8") == written(name) for name in SCHEMAS)


def fields(shape, seen):
    match shape:
        case Record(made):
            if made not in seen:
                seen.add(made)
                for field in shape.fields.values():
                    yield made.__name__, field
                    yield from fields(field.shape, seen)
        case Listing(item):
            yield from fields(item, seen)
        case Table(_, value):
            yield from fields(value, seen)
        case Either(options):
            for option in options:
                yield from fields(option, seen)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_what_it_means_and_shows_an_example_that_is_right(name):
    definitions = schema_of(name)["definitions"]
    count = 0
    for record, field in fields(shape_of(SCHEMAS[name]), set()):
        limits = field.shape.limits
        assert limits.description.endswith((".", "?")), f"{record}.{field.name}"
        assert limits.examples, f"{record}.{field.name}"
        holder = definitions.get(record, schema_of(name))
        own = {**holder["properties"][field.name], "definitions": definitions}
        for example in limits.examples:
            assert list(jsonschema.Draft7Validator(own).iter_errors(example)) == [], f"{record}.{field.name}"
        count += 1
    assert count > 15


# -- what it costs ---------------------------------------------------------------------------------------------------


def test_a_snapshot_needs_no_yaml():
    script = (
        "import sys\n"
        "import console.playbook.load, console.playbook.model, console.playbook.conditions, console.playbook.templates\n"
        "import console.playbook.kinds, console.playbook.scenario\n"
        "heavy = {'yaml', 'difflib', 'console.playbook.document', 'console.playbook.nodes'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PLAYBOOKS.parent, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == ""
    assert done.returncode == 0


def test_only_one_module_knows_the_parser():
    importers = [
        path.name
        for path in (PLAYBOOKS.parent / "console").rglob("*.py")
        if "import yaml" in path.read_text(encoding="utf-8")
    ]
    assert importers == ["nodes.py"]


def test_codes_are_written_once():
    assert list(CODES) == sorted(CODES)
    assert load("base", reading({"base.yaml": BASE})).playbook.title == "Base"
