"""Where things are, and settings that are changed whole or not at all."""

from __future__ import annotations

import json
import multiprocessing
import stat
from pathlib import Path

import pytest

from console import settings as machine
from console.errors import BadInput, ConsoleError, NotFound
from console.places import Beside, Places, Shelf, make_private, mode_of, shipped_playbooks


def test_incident_home_moves_everything(tmp_path):
    places = Places.here({"INCIDENT_HOME": str(tmp_path)})
    everything = [
        places.database("live"),
        places.database("practice"),
        places.vault_file,
        places.settings_file,
        places.crashes,
        places.running,
        places.own_playbooks,
    ]
    assert all(path.is_relative_to(tmp_path) for path in everything)
    assert len(set(everything)) == len(everything)


def test_without_it_the_platform_says(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere/config")
    places = Places.here({})
    assert places.database("live") == Path("/somewhere/state/incident-console/live.sqlite3")
    assert places.settings_file == Path("/somewhere/config/incident-console/settings.json")


def test_a_relative_home_is_refused_with_the_whole_path(tmp_path, monkeypatch):
    """From another folder it would be another record, an empty one."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConsoleError, match="another record") as refused:
        Places.here({"INCIDENT_HOME": "here"})
    assert refused.value.do.endswith(f"INCIDENT_HOME={tmp_path / 'here'}")


@pytest.mark.parametrize(("incident", "mode"), [("L-20190719-1", "live"), ("D-20190719-1", "practice")])
def test_the_id_alone_decides_the_mode(incident, mode):
    assert mode_of(incident) == mode


@pytest.mark.parametrize("incident", ["", "l-1", "LD-1", "@house", "X-1"])
def test_any_other_id_is_refused(incident):
    with pytest.raises(NotFound):
        mode_of(incident)


def test_folders_are_private(tmp_path):
    make_private(tmp_path / "a")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(ConsoleError, match="cannot be made"):
        make_private(tmp_path / "file" / "b")


def test_the_first_folder_wins_and_nothing_outside_is_read(tmp_path):
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    for folder in (own, shipped):
        folder.mkdir()
        (folder / "a.yaml").write_text(folder.name)
    (shipped / "b.yaml").write_text("b")
    (shipped / "b.test.yaml").write_text("a test, no playbook")
    (tmp_path / "secret").write_text("secret")
    shelf = Shelf((own, shipped))
    assert shelf.read("a.yaml") == b"own"
    assert shelf.ids() == ("a", "b")
    assert (shelf.find("a").own, shelf.find("b").own) == (True, False)
    assert shelf.find(str(shipped / "a.yaml")).read("a.yaml") == b"shipped"
    for outside in ("../secret", "/etc/passwd", "x/../../secret", str(tmp_path / "secret")):
        with pytest.raises(FileNotFoundError):
            shelf.read(outside)
    with pytest.raises(NotFound, match="no playbook c"):
        shelf.find("c")


def test_a_bare_file_name_is_an_own_playbooks_where_there_is_no_such_file(tmp_path, monkeypatch):
    own, shipped, here = tmp_path / "own", tmp_path / "shipped", tmp_path / "here"
    for folder in (own, shipped, here):
        folder.mkdir()
    (own / "mine.yaml").write_text("own")
    (shipped / "theirs.yaml").write_text("shipped")
    monkeypatch.chdir(here)
    shelf = Shelf((own, shipped))
    assert shelf.find("mine.yaml").path == own / "mine.yaml"
    for typed in ("theirs.yaml", "./mine.yaml"):
        with pytest.raises(NotFound, match="no file"):
            shelf.find(typed)
    (here / "mine.yaml").write_text("here")
    assert shelf.find("mine.yaml").path == here / "mine.yaml"


def test_a_misspelt_playbook_is_answered_with_the_one_that_was_meant(tmp_path):
    with pytest.raises(NotFound) as refused:
        Shelf((tmp_path, shipped_playbooks())).find("pres-chanels-misused")
    assert "Did you mean press-channels-misused?" in refused.value.do


def test_an_authors_file_uses_what_is_beside_it_and_else_the_shelf(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine")
    read = Beside(Shelf((shipped_playbooks(),)))
    assert read(str(tmp_path / "mine.yaml")) == b"mine"
    assert b"pin-ignore-notice" in read(str(tmp_path / "pin-ignore-notice.yaml"))
    assert b"holding" in read(str(tmp_path / "texts" / "holding.yaml"))
    with pytest.raises(FileNotFoundError):
        read(str(tmp_path / "nothing.yaml"))


def test_settings_come_back_as_they_were_put_in(tmp_path):
    path = tmp_path / "deep" / "settings.json"
    assert machine.read(path) == machine.Settings()
    contact = machine.Contact(role="IT", name="Okafor", number="1", checked="2026-01-31")
    machine.change(path, lambda known: machine.with_contact(known, contact))
    machine.change(path, lambda known: machine.with_channel(known, "account", {"kind": "x", "handle": "@a"}))
    found = machine.read(path)
    assert found.contacts == (contact,)
    assert machine.fields(found) == {"account.handle": "@a"}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"contacts": 1}', "$.contacts"),
        ('{"colour": 1}', "colour"),
        ("{", "truncated"),
        ("\xff", "malformed"),
        ('{"contacts":[{"role":"a"}]}', "$.contacts[0]"),
    ],
)
def test_a_file_that_is_not_ours_is_told_with_its_place(tmp_path, text, place):
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(machine.Unusable) as caught:
        machine.read(path)
    assert str(path) in caught.value.what
    assert place in caught.value.what


@pytest.mark.parametrize("value", ["a\nb", "a\x1bb", "a\u202eb", "x" * 1001])
def test_what_does_not_show_is_not_kept(value):
    with pytest.raises(BadInput):
        machine.with_channel(machine.Settings(), "account", {"kind": "x", "handle": value})


def add_ten(path, who):
    for number in range(10):
        contact = machine.Contact(role=who, name=f"{who}{number}", number="1")
        machine.change(path, lambda known, one=contact: machine.with_contact(known, one))


def test_two_processes_change_settings_and_lose_nothing(tmp_path):
    path = tmp_path / "settings.json"
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=add_ten, args=(path, who)) for who in ("a", "b")]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert len(machine.read(path).contacts) == 20
    assert json.loads(path.read_text())["contacts"]


def test_the_zone_is_the_machines_own_unless_one_is_set(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/London")
    assert machine.zone_name(machine.Settings()) == "Europe/London"
    assert machine.zone_name(machine.Settings(zone="Europe/Paris")) == "Europe/Paris"
