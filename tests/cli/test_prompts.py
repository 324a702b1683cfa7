"""What is asked on a terminal, and when: the vault's passphrase before a gate, a code back at enrolment."""

from __future__ import annotations

import re

import pytest
from support_pty import Terminal
from support_shell import Phone

PHRASE = "correct horse battery staple"


@pytest.fixture
def terminal(shell):
    """Starts a verb in a terminal of this machine, without the passphrase file."""

    def start(*args: str, columns: int = 100, rows: int = 60) -> Terminal:
        env = {
            name: value
            for name, value in shell.env.items()
            if name not in ("INCIDENT_PASSPHRASE_FILE", "PYTHONPATH", "TERM")
        }
        return Terminal(["python", "-P", "-m", "console", *args], columns=columns, rows=rows, env=env)

    return start


def prompts(count: int):
    """Whether the passphrase was asked for so often: what is typed before the question is thrown away."""
    return lambda terminal: terminal.text.count("LIVE  Passphrase of the vault") == count


def test_enrolment_asks_for_one_code_back(shell, terminal):
    shell.officer("Reid")  # the encrypted vault is there, so its passphrase is asked for
    with terminal("officers", "add", "Quinn", "--role", "approver") as screen:
        screen.wait("Passphrase of the vault")
        screen.type(PHRASE + "\n").wait("Code that the app of Quinn shows")
        assert PHRASE not in screen.text
        key = re.search(r"^Key: ([A-Z2-7 ]+?) *$", screen.text, re.MULTILINE)[1].replace(" ", "")
        phone = Phone("Quinn", {"uri": f"otpauth://totp/x?secret={key}", "recovery": []})
        screen.type(phone.code() + "\n").wait("their code was accepted")
        assert screen.end() == 0
    assert {each["name"]: each["proven"] for each in shell("officers", "list", "--json").json} == {
        "Quinn": True,
        "Reid": False,
    }


def test_the_picture_stands_whole_with_the_question_under_it_and_a_wrong_code_is_asked_again(shell):
    args = ["python", "-P", "-m", "console", "officers", "add", "Quinn", "--role", "approver"]
    env = {name: value for name, value in shell.env.items() if name not in ("PYTHONPATH", "TERM")}
    with Terminal(args, columns=80, rows=24, env=env) as screen:
        screen.wait("Code that the app of Quinn shows")
        assert screen.lines[0] == "For the app of Quinn. This is shown once."
        drawn = [line for line in screen.lines if line and set(line) <= set("█▀▄ ")]
        assert drawn == screen.lines[1:22]
        assert {len(line) for line in drawn} == {41}
        key = re.search(r"^Key: ([A-Z2-7 ]+?) *$", screen.text, re.MULTILINE)[1].replace(" ", "")
        phone = Phone("Quinn", {"uri": f"otpauth://totp/x?secret={key}", "recovery": []})
        screen.type(phone.wrong() + "\n").wait("That code was not right.").wait("left: 4")
        assert "NOTHING HAS BEEN SENT" not in screen.text
        screen.type("k\n").wait(lambda t: t.text.count("Code that the app of Quinn") >= 2)
        screen.type(phone.code() + "\n").wait("their code was accepted")
        assert len(re.findall(r"^  [A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}$", screen.text, re.MULTILINE)) == 8
        assert screen.end() == 0


def test_an_enrolment_that_is_not_proven_shows_the_codes_and_how_to_prove_it(shell):
    args = ["python", "-P", "-m", "console", "officers", "add", "Quinn", "--role", "approver"]
    env = {name: value for name, value in shell.env.items() if name not in ("PYTHONPATH", "TERM")}
    with Terminal(args, columns=80, rows=16, env=env) as screen:
        screen.wait("too low for the picture").wait("Code that the app of Quinn shows")
        assert "Key: " in screen.text
        screen.type("\n").wait("unproven until: incident officers test Quinn")
        assert "Recovery codes" in screen.text
        assert screen.end() == 0


def test_the_passphrase_is_asked_before_the_manifest_and_the_code(phones, terminal, live):
    phone = phones["Reid"]
    with terminal("approve", live, "correct/holding", "--as", "Reid") as screen:
        screen.wait("Passphrase of the vault")
        assert "Digest" not in screen.text
        screen.type(PHRASE + "\n").wait("Code of Reid:")
        assert screen.text.index("Digest") < screen.text.index("Code of Reid:")
        screen.type(phone.code() + "\n").wait("It still needs second person's code")
        assert screen.end() == 0


def test_a_wrong_passphrase_at_open_is_said_and_asked_again(phones, terminal, live):
    assert phones
    with terminal("resume", live, "--linear", "--as", "Reid") as screen:
        screen.wait("LIVE  Passphrase of the vault")
        screen.type("wrong\n").wait("That passphrase was wrong: it does not open the vault. Try 2 of 3.")
        screen.wait(prompts(2)).type(PHRASE + "\n").wait("1.1>")
        assert "no gate is" not in screen.text
        screen.type("q\n")
        assert screen.end() == 0


def test_an_empty_line_goes_on_without_the_vault(phones, terminal, live):
    assert phones
    with terminal("resume", live, "--linear", "--as", "Reid") as screen:
        screen.wait("Enter alone goes on without it")
        screen.type("\n").wait("To be asked again: q, then incident resume.")
        assert "wrong" not in screen.text
        screen.wait("1.1>").type("q\n")
        assert screen.end() == 0


def test_no_passphrase_runs_as_keys_and_the_screen_opens_the_vault_later(phones, terminal, live):
    assert phones
    with terminal("resume", live, "--as", "Reid", columns=80, rows=24) as screen:
        for place, wait in enumerate(("Try 2 of 3", "Try 3 of 3", "Press Enter to go on"), 1):
            screen.wait(prompts(place)).type("cccc\n").wait(wait)
        screen.type(PHRASE).type("\n")  # once more, to a question that takes nothing: no key of the screen
        screen.wait("NOW 1.1").wait("The vault is not open").settle(0.6)
        assert "Who to call" not in screen.text
        screen.until("ctrl+p", "Search for commands")
        screen.type("vault").wait("Type the passphrase of the vault").press("enter")
        screen.wait("Passphrase of the vault. What you type is not shown.").settle(0.6)
        screen.type("wrong").settle(0.3)
        screen.press("enter").wait("does not open")
        screen.press(*["backspace"] * 5)
        screen.type(PHRASE).settle(0.3)
        assert PHRASE not in screen.text
        screen.press("enter").wait("The vault is open. Codes can be given.")
        screen.until("q", "q again leaves")
        screen.press("q")
        assert screen.end() == 0


def test_hostile_words_reach_a_terminal_spelt_out(shell, terminal, live):
    link = "https://x.example/" + "\u202e" + "\x9b2J"
    shell("seen", live, "account", link, "--as", "Reid", code=2)
    shell("new", "pin-ignore-notice", "ours")
    path = shell.home / "playbooks" / "ours.yaml"
    path.write_bytes(path.read_bytes().replace(b"title: ", b"title: \xc2\x9b2J\xe2\x80\xae", 1))
    with terminal("check", str(path)) as screen:
        assert screen.end() == 3
        assert screen.outside_the_allow_list() == []
        assert r"\u{202e}" in screen.text


def test_the_log_is_spelt_out_on_a_terminal_and_exact_in_a_pipe(shell, terminal):
    path = shell.folder / "odd.yaml"
    shell("new", "pin-ignore-notice", "odd")
    path = shell.home / "playbooks" / "odd.yaml"
    path.write_text(path.read_text().replace("title: ", "title: Zoë’s ☂ ", 1))
    incident = shell("open", "odd", "--json", "--as", "Reid").json["id"]
    assert "Zoë’s ☂" in shell("log", incident).out
    with terminal("log", incident, columns=200) as screen:
        assert screen.end() == 0
        assert screen.outside_the_allow_list() == []


def test_home_opens_what_is_chosen_in_a_process_of_its_own(shell, terminal, drill):
    with terminal("--linear") as screen:
        screen.wait("Home, a number")
        number = re.search(rf"^(\d+) {drill}:", screen.text, re.MULTILINE)[1]
        screen.type(number + "\n").wait("DRILL 1.1>" if "1.1>" in screen.text else "Who are you?")
        screen.type("Reid\n").wait("1.1>")
        screen.type("q\n")
        assert screen.end() == 0


@pytest.mark.parametrize(
    ("args", "more"),
    [(["--linear"], {}), ([], {"ACCESSIBLE": "1"}), ([], {"TERM": "dumb"})],
    ids=["flag", "accessible", "dumb"],
)
def test_the_plain_face_moves_no_cursor(shell, drill, args, more):
    env = {**{name: shell.env[name] for name in ("INCIDENT_HOME", "HOME")}, **more}
    with Terminal(
        ["python", "-P", "-m", "console", "resume", drill, "--as", "Reid", *args], env=env
    ) as screen:
        screen.wait("DRILL 1.1>")
        screen.type("q\n")
        assert screen.end() == 0
        assert b"\x1b" not in bytes(screen.raw)


def under_the_cursor(screen):
    return next((line for line in screen.lines if line.lstrip().startswith(">")), "")


def test_what_is_chosen_on_the_home_screen_begins_in_a_process_of_its_own(shell, terminal, drill):
    with terminal(columns=100, rows=30) as screen:
        screen.wait(drill).settle(0.6)
        for _ in range(20):
            before = under_the_cursor(screen)
            if drill in before:
                break
            screen.press("down").within(2, lambda _, row=before: under_the_cursor(screen) != row)
        screen.press("enter").wait("Who are you?")
        before = screen.process.pid
        screen.settle(0.6)
        screen.type("Reid").settle(0.3)
        screen.press("enter").wait("NOW 1.1")
        assert drill in screen.lines[0]
        assert "DRILL" in screen.lines[0]
        assert screen.process.pid == before, "it took the place of home: nothing of home is left in it"
