"""channels baseline: what stands on the channels in peace time is saved with looks alone, and what could not be is said."""

from __future__ import annotations

import stat

import pytest
from standins.mastodon import TOKEN, MastodonServer
from support_http import in_thread

from console.clock import SystemClock

DAY = 24 * 3_600_000

pytestmark = pytest.mark.usefixtures("cheap_vault")


@pytest.fixture
def server():
    with in_thread(lambda: MastodonServer(SystemClock())) as running:
        yield running


@pytest.fixture
def connected(shell, server):
    secret = f"access-token={TOKEN}\n"
    shell(
        "channels", "set", "fedi", "--kind", "mastodon", f"base={server.url}", "handle=@press", stdin=secret
    )
    server.log.clear()
    return server


def line_of(shell, name):
    checks = shell("doctor", "--no-vault", "--json", code=None).json["checks"]
    return next(each for each in checks if each["name"] == name)


def test_what_stands_there_is_saved_with_looks_alone(shell, connected):
    connected.put("Road closed in Leeds")
    (told,) = shell("channels", "baseline", "--json").json
    assert (told["name"], told["saved"], told["items"], told["before"]) == ("fedi", True, 1, 0)
    assert told["profile"] > 5
    assert {request.method for request in connected.log} == {"GET"}
    path = shell.home / "baselines" / "fedi.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert TOKEN.encode() not in path.read_bytes()
    assert b"Road closed" not in path.read_bytes()  # the words' hash says enough


def test_it_says_in_words_what_was_saved_and_when_the_last_one_was(shell, connected):
    connected.put("Road closed in Leeds")
    first = shell("channels", "baseline", "fedi").out
    assert "fedi: 1 item" in first
    assert "It is the first one." in first
    assert "The one before is of" in shell("channels", "baseline").out


def test_trying_a_channel_and_examining_the_machine_say_how_old_it_is(shell, connected):
    assert "incident channels baseline fedi" in shell("channels", "test", "fedi").out
    assert line_of(shell, "baseline of fedi")["level"] == "warn"
    shell("channels", "baseline")
    assert "less than a day old" in shell("channels", "test", "fedi").out
    assert line_of(shell, "baseline of fedi")["level"] == "ok"
    path = shell.home / "baselines" / "fedi.json"
    raw = path.read_text()
    at = raw.partition('"at":')[2].partition(",")[0]
    path.write_text(raw.replace(at, str(int(at) - 40 * DAY)))
    old = line_of(shell, "baseline of fedi")
    assert (old["level"], "40 days old" in old["words"]) == ("warn", True)
    assert "take another" in old["cure"]


def test_a_damaged_one_is_said_and_another_takes_its_place(shell, connected):
    shell("channels", "baseline")
    path = shell.home / "baselines" / "fedi.json"
    path.write_bytes(path.read_bytes()[:-5])
    assert "is damaged" in shell("channels", "test", "fedi").out
    assert line_of(shell, "baseline of fedi")["level"] == "fail"
    assert "could not be used" in shell("channels", "baseline").out
    assert line_of(shell, "baseline of fedi")["level"] == "ok"


def test_a_channel_that_cannot_be_read_keeps_the_one_before(shell, connected):
    shell("channels", "baseline")
    path = shell.home / "baselines" / "fedi.json"
    before = path.read_bytes()
    connected.misbehave = lambda _request: "503"
    said = shell("channels", "baseline", code=10).out
    assert "fedi: NOT SAVED" in said
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("names", "code", "words"), [(("nowhere",), 6, "nowhere"), (("radio",), 2, "by hand"), ((), 2, "connect")]
)
def test_what_cannot_be_read_at_all_is_refused(shell, names, code, words):
    shell("channels", "set", "radio", "kind=x", "handle=@Radio")
    assert words in shell("channels", "baseline", *names, code=code).err.lower()


def test_none_is_taken_while_a_live_incident_is_open(shell, connected):
    incident = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    refused = shell("channels", "baseline", code=4).err
    assert incident in refused
    assert not (shell.home / "baselines").exists()
    shell("answer", incident, "confirm/look", "nothing", "--confirm", "stand-down", "--as", "Reid")
    shell("channels", "baseline")


SWEEP = """\
format: 1
id: one-sweep
version: 1.0.0
title: One sweep
opens-when: Something false stands on our account.
channels:
  fedi: mastodon
phases:
- id: one
  title: One
  steps:
  - id: sweep
    do: Check every channel for what is left
    critical: true
    check: items.all-absent
    answer: {number: Things left, want: 0}
"""


def test_the_sweep_compares_with_it_whatever_an_officer_answers(shell, connected):
    connected.put("Road closed in Leeds")
    shell("channels", "baseline")
    (shell.folder / "one-sweep.yaml").write_text(SWEEP)
    incident = shell("open", "one-sweep.yaml", "--json", "--as", "Reid").json["id"]
    connected.accounts["7"] = "pr3ss"  # what the stand-in calls the account, it shows as its name too
    said = shell("answer", incident, "sweep", "0", "--as", "Reid").out
    assert "stays open" in said
    assert 'fedi: name is "The pr3ss desk", was "The press desk"' in said
    (phase,) = shell("show", incident, "--json").json["phases"]
    assert phase["done"] == 0
    connected.accounts["7"] = "press"
    shell("answer", incident, "sweep", "0", "--words", "Changed back", "--as", "Reid")
    (phase,) = shell("show", incident, "--json").json["phases"]
    assert phase["done"] == 1
