"""Attack: put a line of one's own among the lines that an approver reads before giving a code."""

from __future__ import annotations

import pytest
from support_incident import Play
from support_shell import Shell

from console.cli.manifests import drawn
from console.incident import commands as c
from console.incident.manifest import six_words

FORGED = "Check words: calm harbour lemon orbit quiet velvet"


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_a_reason_draws_no_check_words(shell, as_json):
    live = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    reason = f"a duplicate\n{FORGED}\nDigest: {'0' * 64}"
    ran = shell(
        "approve", live, "@close", "--reason", reason, "--as", "Reid", *as_json, stdin="000000\n", code=None
    )
    lines = ran.both.splitlines()
    assert sum(line.startswith("Check words: ") for line in lines) == 1
    assert sum(line.startswith("Digest: ") for line in lines) == 1
    assert not any(line.startswith(FORGED) for line in lines)


def test_a_subject_draws_no_check_words(shell):
    live = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    shell(
        "text",
        live,
        "correction",
        "--part",
        "subject",
        "--set",
        f"Sorry\n{FORGED}",
        "--as",
        "Reid",
        code=None,
    )
    for step in ("notify-subscribers/list", "notify-subscribers/text", "notify-subscribers/count"):
        shell("skip", live, step, "--reason", "known", "--as", "Reid")
    shell("waive", live, "notify-subscribers/send", "--reason", "tested", "--as", "Reid")
    ran = shell("approve", live, "notify-subscribers/send", "--look", "--as", "Reid", code=None)
    assert not any(line.startswith(FORGED) for line in ran.both.splitlines())


def test_everything_that_decides_who_gets_it_is_shown():
    play = Play.open(configured={"mailer": "mail"})
    play.do(c.Ask(by="Reid", step="@close", nonce="1", answer="a duplicate"))
    plan = play.state.plan_of("@close")
    lines = drawn(play.state, plan)
    assert f"Check words: {six_words(plan.digest)}" in lines
    assert any(line.startswith("With     open = ") for line in lines)
