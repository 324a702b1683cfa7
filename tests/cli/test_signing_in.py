"""channels set at X: the account agrees in a person's own browser, what is pasted becomes access, and nothing is lost where it does not."""

from __future__ import annotations

import re
import signal

import pytest
from standins.x import CLIENT, CLIENT_SECRET, THEM, US, XPlatform
from support_http import in_thread
from support_pty import Terminal

from console.channels.live.x_needs import REDIRECT
from console.clock import SystemClock

URL = re.compile(r"https://x\.com/i/oauth2/authorize\?\S+")
PATIENCE = 60

pytestmark = pytest.mark.usefixtures("cheap_vault")


@pytest.fixture
def platform():
    def made():
        platform = XPlatform(SystemClock())
        platform.redirect = REDIRECT
        return platform

    with in_thread(made) as running:
        yield running


@pytest.fixture
def settings(platform):
    return ("--kind", "x", f"base={platform.url}", "handle=@ExamplePolice", f"client-id={CLIENT}")


@pytest.fixture
def signing(shell, platform, settings):
    """Runs the verb with its streams piped; `answered` makes an address of the one that it printed."""

    def run(answered, *args, secrets="", code=0):
        args = args or settings
        with shell.start("channels", "set", "account", *args) as process:
            if "--kind" in args:
                process.stdin.write(f"{secrets}\n".encode())
                process.stdin.flush()
            said = ""
            while not (found := URL.search(said)):
                line = process.stderr.readline().decode()
                assert line, said
                said += line
            process.stdin.write(f"{answered(found[0])}\n".encode())
            process.stdin.close()
            said += (process.stderr.read() + process.stdout.read()).decode()
            assert process.wait(PATIENCE) == code, said
        return said

    return run


def everywhere(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def code_of(address):
    return re.search(r"code=(\w+)", address)[1]


def live(platform):
    return [token for token in platform.user_tokens if platform.user_tokens[token]["account"] == US]


@pytest.mark.parametrize("confidential", [False, True])
def test_an_account_agrees_and_its_access_is_in_the_vault_alone(shell, platform, signing, confidential):
    platform.confidential = confidential
    given = []
    said = signing(
        lambda url: given.append(platform.agree(url)) or given[0],
        secrets=f"client-secret={CLIENT_SECRET}\n" if confidential else "",
    )
    assert "opens no browser" in said
    assert "30 seconds" in said
    assert "nothing has to answer there" in said
    assert f"access to account number {US}" in said
    assert code_of(given[0]) not in said
    kept = everywhere(shell.home)
    for secret in (code_of(given[0]), *platform.user_tokens, *platform.refresh_tokens, CLIENT_SECRET):
        assert secret.encode() not in kept
    tried = shell("channels", "test", "account").out
    assert f"The access is @ExamplePolice's, account number {US}." in tried
    assert "It may read, post and delete. It renews itself." in tried


def spent(platform, url):
    """The address is pasted after its half minute."""
    address = platform.agree(url)
    platform.codes[code_of(address)]["until"] = 0
    return address


def denied(_platform, url):
    """The account's owner says no."""
    state = re.search(r"&state=([^&]+)", url)[1]
    return f"{REDIRECT}?error=access_denied&state={state}"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda platform, url: platform.agree(url, THEM), "@SomebodyElse"),
        (
            lambda platform, url: platform.agree(url).replace("state=", "state=x"),
            "not the answer to this question",
        ),
        (denied, "The account did not agree"),
        (lambda platform, url: "\udc80 what I had copied before", "not the answer"),
        (spent, "good for half a minute"),
    ],
    ids=["other account", "other question", "denied", "not an address", "too late"],
)
def test_what_gives_no_access_loses_nothing_and_is_gone_on_with(shell, platform, signing, answer, words):
    said = signing(lambda url: answer(platform, url).encode("utf-8", "replace").decode(), code=10)
    assert words in said
    assert "account is set" in said
    assert "incident channels set account --sign-in" in said
    (known,) = shell("channels", "list", "--json").json
    assert known["acts"] is True
    assert known["settings"]["client-id"] == CLIENT
    assert f"account number {US}" in signing(platform.agree, "--sign-in")
    assert shell("channels", "test", "account", "--json").json["ok"] is True


def test_another_access_takes_the_place_of_the_one_before_only_once_it_is_kept(shell, platform, signing):
    signing(platform.agree)
    (before,) = live(platform)
    assert "@SomebodyElse" in signing(lambda url: platform.agree(url, THEM), "--sign-in", code=10)
    assert live(platform) == [before]
    assert shell("channels", "test", "account", "--json").json["ok"] is True
    said = signing(platform.agree, "--sign-in")
    assert "The access before it has ended: X refuses it." in said
    assert len(live(platform)) == 1
    assert before not in live(platform)
    assert shell("channels", "test", "account", "--json").json["ok"] is True


def test_an_access_that_there_is_is_not_asked_for_again(shell, platform, settings):
    access, refresh = platform.give()
    ran = shell(
        "channels", "set", "account", *settings, stdin=f"access-token={access}\nrefresh-token={refresh}\n"
    )
    assert "authorize" not in ran.both
    assert platform.log == []


def test_nobody_who_answers_leaves_it_for_later(shell, settings):
    ran = shell("channels", "set", "account", *settings)
    assert "no access to account yet" in ran.err
    assert "incident channels set account --sign-in" in ran.err
    left = shell("channels", "set", "account", "--sign-in", code=2)
    assert "No address was given" in left.err
    assert "incident channels set account --sign-in" in shell("channels", "test", "account", code=10).out


def test_where_nobody_signs_in_like_this_it_is_said(shell, platform, settings):
    shell("channels", "set", "account", "kind=x", "handle=@ExamplePolice")
    assert "sign-in=oauth2" in shell("channels", "set", "account", "--sign-in", code=2).err
    assert "is set on this machine" in shell("channels", "set", "other", "--sign-in", code=6).err


def test_a_callback_that_no_browser_can_be_sent_to_is_refused(shell, settings):
    refused = shell("channels", "set", "account", *settings, "redirect=app://here?x=1", code=10)
    assert "redirect" in refused.err


def test_on_a_terminal_what_does_not_fit_is_asked_again(shell, platform, settings):
    shell("channels", "set", "account", *settings)
    env = {name: value for name, value in shell.env.items() if name not in ("PYTHONPATH", "TERM")}
    args = ["python", "-P", "-m", "console", "channels", "set", "account", "--sign-in"]
    with Terminal(args, columns=200, rows=60, env=env) as screen:
        screen.wait("Enter leaves it for later:")
        asked = URL.findall(screen.raw.decode())
        screen.type("https://x.com/home\n").wait("has a state= and a code= in it")
        screen.type(spent(platform, asked[0]) + "\n").wait("Here is another question")
        screen.wait(lambda shown: len(URL.findall(shown.raw.decode())) == 2)
        screen.wait(lambda shown: shown.text.count("Enter leaves it for later:") == 3)
        screen.type(platform.agree(URL.findall(screen.raw.decode())[1]) + "\n")
        screen.wait(f"account number {US}")
        assert screen.end() == 0
    assert shell("channels", "test", "account", "--json").json["ok"] is True


def test_on_a_terminal_it_can_be_left(shell, settings):
    shell("channels", "set", "account", *settings)
    env = {name: value for name, value in shell.env.items() if name not in ("PYTHONPATH", "TERM")}
    args = ["python", "-P", "-m", "console", "channels", "set", "account", "--sign-in"]
    with Terminal(args, columns=200, rows=60, env=env) as screen:
        screen.wait("Enter leaves it for later:").type("\n").wait("Nothing was changed.")
        assert screen.end() == 0
    with Terminal(args, columns=200, rows=60, env=env) as screen:
        screen.wait("Enter leaves it for later:").process.send_signal(signal.SIGINT)
        screen.wait("Stopped.")
        assert screen.end() == 130
