"""Attack: get codes for a mail, then change the machine's settings: the relay, the sender, the staff it goes to."""

from __future__ import annotations

import asyncio

import pytest
from support_shell import Shell

from console import settings as machine
from console.channels.live.mail import MailChannel
from console.errors import Refused
from console.places import Places
from console.wiring import live_session

STEP = "correct/staff"
SET = (
    "channels",
    "set",
    "mailer",
    "kind=mail",
    "host=127.0.0.1",
    "port=2525",
    "tls=none",
    "from=press@example.org",
)


@pytest.fixture
def shell(tmp_path) -> Shell:
    made = Shell(tmp_path)
    made(*SET, "internal-to=staff@example.org")
    return made


@pytest.fixture
def live(shell) -> str:
    return shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]


@pytest.fixture
def places(shell, monkeypatch) -> Places:
    for name in ("INCIDENT_HOME", "INCIDENT_PASSPHRASE_FILE"):
        monkeypatch.setenv(name, shell.env[name])
    return Places.here()


CHANGES = {
    "the relay": "host=localhost",
    "the sender": "from=other@example.org",
    "the staff": "internal-to=stranger@example.net",
    "where bounces go": "bounces=stranger@example.net",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_next_verb_finds_what_was_approved_void(shell, live, change):
    asked = shell("approve", live, STEP, "--look", "--json", "--as", "Reid").json
    shell("channels", "set", "mailer", change)
    ran = shell("act", live, STEP, "--confirm", "mailer", "--digest", asked["digest"], "--as", "Reid", code=5)
    assert "NOTHING HAS BEEN SENT" in ran.err
    again = shell("approve", live, STEP, "--look", "--json", "--as", "Reid").json
    assert again["digest"] != asked["digest"]


def test_a_console_that_is_open_all_the_while_finds_it_too(shell, live, places):
    async def work() -> None:
        async with live_session(places, live) as (session, conductor):
            before = await conductor.ask("Reid", STEP)
            old = session.channels["mailer"]
            machine.change(
                places.settings_file,
                lambda known: machine.with_channel(known, "mailer", {"from": "other@example.org"}),
            )
            with pytest.raises(Refused) as refused:
                await conductor.act("Reid", STEP, confirm="mailer", digest=before.digest)
            assert refused.value.code == "digest"
            assert session.state.plans[before.digest].void == "the channels' settings changed"
            assert isinstance(session.channels["mailer"], MailChannel)
            assert session.channels["mailer"] is not old

    asyncio.run(work())


def test_who_approves_sees_whom_it_goes_to(shell, live):
    ran = shell("approve", live, STEP, "--look", "--as", "Reid")
    assert "With     to = staff@example.org" in ran.out


def test_the_record_knows_the_settings_by_a_fingerprint_only():
    known = machine.with_channel(machine.Settings(), "mailer", {"kind": "mail", "host": "h", "user": "u"})
    fields = machine.fields(known)
    assert set(fields) == {"mailer.set-up"}
    assert len(fields["mailer.set-up"]) == machine.FINGERPRINT
