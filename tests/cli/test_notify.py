"""Mail through GOV.UK Notify from the shell: connected by questions, proved by looks, sent, and asked afterwards."""

from __future__ import annotations

import signal

import pytest
from standins.notify import KEY, SECRET, TEMPLATE, NotifyService
from support_http import in_thread
from support_pty import Terminal

from console.clock import SystemClock

pytestmark = pytest.mark.usefixtures("cheap_vault")
PEOPLE = 30
SEND = "notify-subscribers/send"


@pytest.fixture
def service():
    with in_thread(lambda: NotifyService(SystemClock())) as running:
        yield running


def connect(shell, service, *more, key=KEY, code=0):
    words = (f"base={service.url}", f"template-id={TEMPLATE}", "test-to=reid@example.org", *more)
    return shell(
        *("channels", "set", "mailer", "--kind", "mail", "transport=notify", *words),
        stdin=f"api-key={key}\n",
        code=code,
    )


@pytest.fixture
def connected(shell, service):
    connect(shell, service)
    return service


def everywhere(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_needed_and_not_given_is_named_and_nothing_is_kept(shell):
    refused = shell("channels", "set", "mailer", "--kind", "mail", "transport=notify", code=2)
    assert "template-id" in refused.err
    assert "api-key" in refused.err
    assert shell("channels", "list", "--json").json == []


def test_a_key_that_is_none_is_refused_and_not_repeated(shell, service):
    refused = connect(shell, service, key=f"night-{SECRET}", code=10)
    assert "no API key" in refused.err
    assert SECRET not in refused.err + refused.out
    assert shell("channels", "list", "--json").json == []


def test_the_key_is_in_the_vault_alone(shell, connected):
    (told,) = shell("channels", "list", "--json").json
    assert told["acts"] is True
    assert told["settings"]["transport"] == "notify"
    assert SECRET.encode() not in everywhere(shell.home)


def test_at_a_terminal_it_asks_for_what_notify_needs_and_shows_no_key(shell, service):
    env = {name: value for name, value in shell.env.items() if name not in ("PYTHONPATH", "TERM")}
    args = [
        "python",
        "-P",
        "-m",
        "console",
        "channels",
        "set",
        "mailer",
        "--kind",
        "mail",
        f"base={service.url}",
    ]
    with Terminal(args, columns=100, rows=40, env=env) as screen:
        screen.wait("smtp (your own relay) or notify").type("notify\n")
        screen.wait("The id of the template").type(f"{TEMPLATE}\n")
        for asked in (
            "((notice))",
            "((subject))",
            "reply-to",
            "unsubscriptions",
            "test mail",
            "to staff",
            "no mailing",
        ):
            screen.wait(asked).type("\n")
        screen.wait("The API key").type(f"{KEY}\n")
        screen.wait("mailer is set")
        assert SECRET not in screen.text
        assert screen.end() == 0
    (told,) = shell("channels", "list", "--json").json
    assert told["acts"] is True
    assert shell("channels", "test", "mailer", "--json").json["ok"] is True


def test_a_transport_that_nobody_knows_is_refused(shell):
    refused = shell("channels", "set", "mailer", "--kind", "mail", "transport=pigeon", code=2)
    assert "smtp or notify" in refused.err


def test_another_transports_settings_are_taken_away(shell, service):
    shell("channels", "set", "mailer", "kind=mail", "host=relay.example.org", "from=press@example.org")
    connect(shell, service)
    (told,) = shell("channels", "list", "--json").json
    assert "host" not in told["settings"]
    shell(
        "channels",
        "set",
        "mailer",
        "--kind",
        "mail",
        "transport=smtp",
        "host=relay.example.org",
        "from=press@example.org",
        stdin="\n",
    )
    (told,) = shell("channels", "list", "--json").json
    assert "template-id" not in told["settings"]
    assert told["acts"] is True


def test_a_setting_of_the_other_transport_is_named(shell, connected):
    refused = shell("channels", "set", "mailer", "host=relay.example.org", code=10)
    assert "host" in refused.err
    assert "notify" in refused.err


def test_a_try_only_looks_and_says_what_works(shell, connected):
    tried = shell("channels", "test", "mailer", "--json").json
    assert tried["ok"] is True
    assert any("Notice to subscribers" in line for line in tried["lines"])
    assert any("250,000" in line for line in tried["lines"])
    assert {request.method for request in connected.log} == {"GET"}


def test_a_try_says_that_a_key_was_revoked(shell, connected):
    connected.state.revoked = True
    tried = shell("channels", "test", "mailer", "--json", code=10).json
    assert any("does not take the key" in line for line in tried["lines"])
    assert SECRET not in str(tried)


# -- a mailing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(shell, phones, service, tmp_path):
    """An incident whose list is chosen and whose mailing both have given a code for."""
    connect(shell, service, "connections=4")
    incident = shell("open", "notify-subscribers", "--json", "--as", "Reid").json["id"]
    for step, value in (("list", "this morning's"), ("text", "right"), ("count", str(PEOPLE))):
        shell("answer", incident, step, value, "--as", "Reid")
    path = tmp_path / "subscribers.csv"
    path.write_text("email\n" + "".join(f"reader{n:03d}@example.org\n" for n in range(PEOPLE)))
    shell("list-file", incident, str(path), "--as", "Reid")
    shell("act", incident, "notify-subscribers/test", "--confirm", "mailer", "--as", "Reid")
    shell("answer", incident, "notify-subscribers/test", "right", "--as", "Reid")
    shell("approve", incident, SEND, "--as", "Reid", stdin=phones["Reid"].code())
    counted = ("--confirm", str(PEOPLE))
    shell("approve", incident, SEND, *counted, "--as", "Lindqvist", stdin=phones["Lindqvist"].code())
    return incident


@pytest.mark.timeout(240)
def test_a_mailing_is_sent_and_asked_about_from_another_start(shell, service, ready):
    assert service.to == {"reid@example.org": 1}
    shown = shell("approve", ready, SEND, "--as", "Brandt", code=None).out
    assert "from = the service's address at notifications.service.gov.uk" in shown
    sent = shell("act", ready, SEND, "--confirm", str(PEOPLE), "--as", "Reid", "--json").json
    assert [effect["status"] for effect in sent["effects"]] == ["done"]
    assert len(service.mails) == PEOPLE + 1
    assert max(service.to.values()) == 1
    assert shell("mailing", ready, SEND, "--as", "Reid", "--json").json["counts"]["delivered"] == 0
    service.state.ends = {"reader003@example.org": "permanent-failure"}
    service.settle()
    told = shell("mailing", ready, SEND, "--look", "--as", "Reid", "--json").json
    assert told["asked"] is True
    assert (told["counts"]["delivered"], told["counts"]["bounced"]) == (PEOPLE - 1, 1)
    assert told["reasons"] == {"permanent-failure": 1}
    assert "of these delivered" in shell("mailing", ready, SEND, "--as", "Reid").out
    shell("verify", ready)
    assert SECRET.encode() not in everywhere(shell.home)


@pytest.mark.timeout(240)
def test_who_was_on_the_way_when_a_console_died_is_looked_for_before_anybody_is_asked(shell, service, ready):
    service.misbehave = lambda request: (
        "silent" if request.method == "POST" and len(service.mails) >= 5 else ""
    )
    sending = shell.start("act", ready, SEND, "--confirm", str(PEOPLE), "--as", "Reid")
    while len(service.mails) < 8:
        assert sending.poll() is None
    sending.send_signal(signal.SIGKILL)
    sending.communicate(timeout=30)
    service.misbehave = lambda _: ""
    in_doubt = shell("mailing", ready, SEND, "--as", "Reid", "--json").json["people"]
    assert 3 <= len(in_doubt) <= 4
    looked = shell("resolve", ready, SEND, "--as", "Reid", "--json").json
    assert [effect["status"] for effect in looked["effects"]] == ["interrupted"]
    assert set(looked["people"]) == set(in_doubt) - set(service.to)
    left = looked["counts"]["waiting"]
    shell("act", ready, SEND, "--confirm", str(left), "--as", "Reid", code=None)
    assert max(service.to.values()) == 1
    assert len(service.mails) == 1 + PEOPLE - len(looked["people"])
    shell("verify", ready)


def test_a_mailing_that_was_not_sent_has_nothing_to_show(shell, ready):
    assert "mailed nobody" in shell("mailing", ready, SEND, "--as", "Reid", code=6).err


def test_the_doctor_names_what_carries_the_mail(shell, connected):
    assert "mail by GOV.UK Notify" in shell("doctor", code=None).out
