"""channels set --kind: what a platform needs is asked for, secrets go into the vault alone, and test proves it by looking."""

from __future__ import annotations

import pytest
from standins.mastodon import CLIENT, CLIENT_SECRET, TOKEN, MastodonServer
from support_http import in_thread

from console.clock import SystemClock

pytestmark = pytest.mark.usefixtures("cheap_vault")

BOOK = """\
format: 1
id: one-voice
version: 1.0.0
title: One voice
opens-when: Something false stands on our account.
channels:
  fedi: mastodon
texts:
  ignore:
    kind: notice
    known: A post on {{ fedi.handle }} is not from us.
    do: Please ignore it.
    doing: We are removing it.
    next: More at {{ next-update }}.
    signed: Press office.
facts:
  update-every: 30m
phases:
- id: one
  title: One
  steps:
  - id: save
    do: Save every false post
    critical: true
    act: evidence.capture
    check: evidence.complete
  - id: say
    do: Post the notice
    text: ignore
    act: fedi.post
    confirm: word
  - id: pin
    do: Pin the notice
    act: fedi.pin
    check: fedi.pinned
  - id: remove
    do: Remove the false posts
    critical: true
    act: fedi.delete
    confirm: count
    check: fedi.absent
"""


@pytest.fixture
def server():
    with in_thread(lambda: MastodonServer(SystemClock())) as running:
        yield running


@pytest.fixture
def connected(shell, server):
    shell(
        "channels",
        "set",
        "fedi",
        "--kind",
        "mastodon",
        f"base={server.url}",
        "handle=@press",
        stdin=f"access-token={TOKEN}\n",
    )
    return server


def everywhere(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_needed_and_not_given_is_named_and_nothing_is_kept(shell):
    refused = shell("channels", "set", "fedi", "--kind", "mastodon", "handle=@press", code=2)
    assert "base" in refused.err
    assert "access-token" in refused.err
    assert shell("channels", "list", "--json").json == []


def test_a_kind_that_cannot_be_connected_says_which_can(shell):
    assert "mastodon" in shell("channels", "set", "radio", "--kind", "manual", code=2).err


def test_the_token_is_in_the_vault_alone(shell, connected):
    (told,) = shell("channels", "list", "--json").json
    assert told["acts"] is True
    assert TOKEN.encode() not in everywhere(shell.home)


def test_a_try_only_looks_and_says_what_works(shell, connected):
    tried = shell("channels", "test", "fedi", "--json").json
    assert tried["ok"] is True
    assert any("press" in line for line in tried["lines"])
    assert {request.method for request in connected.log} == {"GET"}


def test_a_false_post_is_saved_a_notice_posted_and_pinned_and_the_post_removed(shell, connected):
    (shell.folder / "one-voice.yaml").write_text(BOOK)
    false = connected.put("Send money to this address")
    link = f"{connected.url}/@press/{false.id}"
    incident = shell("open", "one-voice.yaml", "--json", "--as", "Reid").json["id"]
    shell("seen", incident, "fedi", link, "--as", "Reid")
    refused = shell("act", incident, "remove", "--confirm", "1", "--as", "Reid", code=4)
    assert "not saved" in refused.err
    shell("act", incident, "save", "--as", "Reid")
    shell("act", incident, "say", "--confirm", "fedi", "--as", "Reid")
    (notice,) = [text for text in connected.texts() if "not from us" in text]
    assert "@press" in notice
    shell("act", incident, "pin", "--as", "Reid")
    assert connected.pinned()
    shell("act", incident, "remove", "--confirm", "1", "--as", "Reid")
    assert connected.texts() == [notice]
    saved = shell.home / "evidence" / incident
    assert list(saved.glob("*.warc.gz"))
    assert list(saved.glob("*.json"))
    assert TOKEN.encode() not in everywhere(shell.home)
    state = shell("show", incident, "--json").json
    assert shell("verify", incident).code == 0
    assert state["id"] == incident


def test_a_relay_is_connected_by_the_same_verb(shell):
    relay = ("host=127.0.0.1", "tls=none", "from=press@example.org")
    shell("channels", "set", "mailer", "--kind", "mail", *relay)
    (told,) = shell("channels", "list", "--json").json
    assert told["acts"] is True
    assert told["wrong"] == ""


def test_the_consoles_own_access_is_ended_proved_dead_and_told_to_the_ledger(shell, server):
    shell(
        "channels",
        "set",
        "fedi",
        "--kind",
        "mastodon",
        f"base={server.url}",
        "handle=@press",
        f"client-id={CLIENT}",
        stdin=f"access-token={TOKEN}\nclient-secret={CLIENT_SECRET}\n",
    )
    (shell.folder / "one-voice.yaml").write_text(BOOK)
    incident = shell("open", "one-voice.yaml", "--json", "--as", "Reid").json["id"]
    refused = shell("channels", "end", "fedi", code=2).err
    assert "--confirm fedi" in refused
    assert TOKEN in server.tokens
    ended = shell("channels", "end", "fedi", "--confirm", "fedi", "--for", incident, "--as", "Reid")
    assert "refuses the console's access" in ended.both
    assert TOKEN not in server.tokens
    (line,) = shell("access", incident, "--json").json
    assert (line["how"], line["verified"], line["by"]) == ("ended", True, "Reid")
    log = " ".join(shell("log", incident).out.split())
    begun, told = (log.find(each) for each in ("Ending the console's own access to fedi", '"access-changed"'))
    assert 0 < begun < told, log


def test_without_what_ends_it_nothing_is_claimed(shell, connected):
    told = shell("channels", "end", "fedi", "--confirm", "fedi", code=13)
    assert "NOT proved ended" in told.both
    assert TOKEN in connected.tokens


def test_what_has_no_access_of_its_own_cannot_end_it(shell):
    shell("channels", "set", "site", "kind=website")
    assert "no access to site" in shell("channels", "end", "site", "--confirm", "site", code=10).err
    assert "No channel none" in shell("channels", "end", "none", "--confirm", "none", code=6).err
