"""A mailing from the shell over a real relay: two codes, a typed count, a durable line each, and what a kill leaves."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections import Counter

import pytest
from support_bounces import dsn, mbox, words
from support_shell import ROOT
from support_smtp import read_log

PEOPLE = 60
SEND = "notify-subscribers/send"


class Relay:
    """The test relay as a process of its own; its log is the ground truth."""

    def __init__(self, folder, *options: str) -> None:
        self.log = folder / "relay.jsonl"
        port_file = folder / "relay.port"
        command = [
            sys.executable,
            str(ROOT / "tests" / "support_smtp.py"),
            "--port-file",
            str(port_file),
            "--log",
            str(self.log),
        ]
        self.process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
        while not port_file.exists():
            assert self.process.poll() is None
        self.port = port_file.read_text().strip()

    def received(self) -> list[str]:
        return [address for line in read_log(self.log) for address in line["to"]] if self.log.exists() else []

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def relay(tmp_path, request):
    made = Relay(tmp_path, *getattr(request, "param", ("--delay", "40")))
    yield made
    made.stop()


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "subscribers.csv"
    path.write_text(
        "name,email\n" + "".join(f"Reader {n},reader{n:03d}@example.org\n" for n in range(PEOPLE))
    )
    return path


@pytest.fixture
def ready(shell, phones, relay):
    """An incident that stands before its mailing, and the phones of the two who may send it."""
    shell(
        "channels",
        "set",
        "mailer",
        "kind=mail",
        "host=127.0.0.1",
        f"port={relay.port}",
        "tls=none",
        "from=Press <press@example.org>",
        "connections=2",
    )
    reid, lindqvist = phones["Reid"], phones["Lindqvist"]
    incident = shell("open", "notify-subscribers", "--json", "--as", "Reid").json["id"]
    for step, value in (("list", "this morning's"), ("text", "right"), ("count", str(PEOPLE))):
        shell("answer", incident, step, value, "--as", "Reid")
    shell("waive", incident, SEND, "--reason", "the relay itself is a test", "--as", "Reid")
    return incident, reid, lindqvist


def approved(shell, ready) -> dict:
    incident, reid, lindqvist = ready
    shell("approve", incident, SEND, "--as", "Reid", stdin=reid.code())
    as_lindqvist = ("approve", incident, SEND, "--as", "Lindqvist", "--json")
    code = lindqvist.code()  # one that is turned away for the number is not spent
    for wrong in ((), ("--confirm", str(PEOPLE - 1))):
        ran = shell(*as_lindqvist, *wrong, stdin=code, code=5)
        assert f"it stands at {PEOPLE}" in ran.err or f"type {PEOPLE}" in ran.err
    done = shell(*as_lindqvist, "--confirm", str(PEOPLE), stdin=code).json
    assert done["open"] is True
    return done


def test_a_list_is_chosen_approved_counted_and_sent_once_to_each(shell, relay, people, ready):
    incident, _, _ = ready
    assert shell("show", incident, "--json").json["mailing"] is None
    refused = shell("act", incident, SEND, "--as", "Reid", code=4)
    assert "list" in refused.err
    chosen = shell("list-file", incident, str(people), "--as", "Reid")
    assert f"{PEOPLE} people" in chosen.out
    done = approved(shell, ready)
    assert done["manifest"]["reaches"] == PEOPLE
    assert done["confirm"] == str(PEOPLE)
    wrong = shell("act", incident, SEND, "--confirm", str(PEOPLE + 1), "--as", "Reid", code=5)
    assert "NOTHING HAS BEEN SENT" in wrong.err
    assert relay.received() == []
    sent = shell("act", incident, SEND, "--confirm", str(PEOPLE), "--as", "Reid", "--json").json
    assert [effect["status"] for effect in sent["effects"]] == ["done"]
    assert sorted(relay.received()) == [f"reader{n:03d}@example.org" for n in range(PEOPLE)]
    shell("act", incident, SEND, "--confirm", str(PEOPLE), "--as", "Reid", code=4)
    assert len(relay.received()) == PEOPLE
    shell("verify", incident)


@pytest.mark.timeout(240)
def test_a_kill_in_the_middle_is_taken_up_with_those_not_yet_tried(shell, relay, people, ready):
    incident, _, _ = ready
    shell("list-file", incident, str(people), "--as", "Reid")
    approved(shell, ready)
    sending = shell.start("act", incident, SEND, "--confirm", str(PEOPLE), "--as", "Reid")
    while len(relay.received()) < PEOPLE // 4:
        assert sending.poll() is None
    sending.send_signal(signal.SIGKILL)
    sending.communicate(timeout=30)

    # The next verb, whatever it is, takes note of what died.
    looked = shell("resolve", incident, SEND, "--as", "Reid", "--json").json
    assert [effect["status"] for effect in looked["effects"]] == ["interrupted"]
    doubtful = set(looked["people"])
    assert len(doubtful) <= 2, "at most one a connection"
    assert shell("show", incident, "--step", SEND, "--json").json["stage"] == "interrupted"
    shell("act", incident, SEND, "--confirm", str(PEOPLE), "--as", "Reid", code=None)
    received = relay.received()
    assert len(received) == len(set(received)), "nobody was mailed twice"
    mailing = shell("show", incident, "--json").json["mailing"]
    assert (mailing["step"], mailing["total"], mailing["sending"]) == (SEND, PEOPLE, False)
    assert mailing["accepted"] + mailing["tried"] == PEOPLE
    assert (mailing["tried"], mailing["refused_for"]) == (len(doubtful), {})
    everybody = {f"reader{n:03d}@example.org" for n in range(PEOPLE)}
    assert everybody - set(received) <= doubtful, "who got nothing is named as in doubt"
    shell("verify", incident)


def test_a_list_with_bad_lines_is_reported_by_line_and_not_chosen(shell, relay, people, ready):
    incident, _, _ = ready
    people.write_text(
        "name,email\nA,a@example.org\nB,nobody\nC,a@example.org\nD,d@example.org\r\nE,e@exa\x00mple.org\n"
    )
    ran = shell("list-file", incident, str(people), "--as", "Reid", code=11)
    assert f"{people}:3:" in ran.err
    assert "--leave-out" in ran.err
    assert shell("show", incident, "--json").json["seq"]
    assert '"kind":"list-frozen"' not in shell("log", incident).out
    taken = shell("list-file", incident, str(people), "--leave-out", "--as", "Reid")
    assert "2 people" in taken.out
    assert relay.received() == []


@pytest.mark.parametrize("content", [b"", b"no address at all\n", b"PK\x03\x04 a workbook"])
def test_a_file_that_is_no_list_is_refused(shell, ready, tmp_path, content):
    incident, _, _ = ready
    path = tmp_path / "list"
    path.write_bytes(content)
    shell("list-file", incident, str(path), "--as", "Reid", code=11)
    shell("list-file", incident, str(tmp_path / "not there"), "--as", "Reid", code=11)
    shell("list-file", incident, str(path), "--channel", "fax", "--as", "Reid", code=2)


def frozen(shell, incident) -> dict:
    """What stands in the record of the list that was chosen last."""
    lines = [line for line in shell("log", incident).out.splitlines() if '"kind":"list-frozen"' in line]
    return json.loads(lines[-1]) if lines else {}


def test_several_files_are_one_list_read_as_one_says(shell, people, ready, tmp_path):
    incident, _, _ = ready
    more, mail = tmp_path / "more.csv", tmp_path / "bogus.eml"
    more.write_bytes("Ort|Wohin\nK\u00f6ln|z@example.org\nEly|reader000@example.org\n".encode("cp1252"))
    mail.write_text("From: x@example.org\nTo: Zed <y@example.org>\n\n")
    where = ("list-file", incident, str(more), str(mail), "--as", "Reid")
    assert "names no column" in shell(*where, code=11).err
    looked = shell(*where, "--column", "wohin", "--look")
    assert f"{more} was read as cp1252, bar between columns, column Wohin" in looked.out
    assert f"{mail} was read as mail" in looked.out
    assert frozen(shell, incident) == {}
    shell("list-file", incident, str(people), str(more), "--column", "2", "--as", "Reid")
    kept = frozen(shell, incident)
    assert (kept["count"], kept["duplicates"]) == (PEOPLE + 1, 1)
    assert kept["source"] == "subscribers.csv, more.csv"
    assert kept["at_domains"] == [PEOPLE + 1]
    shell("approve", incident, SEND, "--look", "--as", "Reid")
    shown = shell("approve", incident, SEND, "--look", "--as", "Lindqvist").out
    assert "List     subscribers.csv, more.csv, " in shown
    assert "Left out 1 twice, 0 refused" in shown
    assert f"Most at  example.org {PEOPLE + 1}" in shown


def test_who_is_on_the_suppression_list_is_left_out_and_it_is_recorded(shell, relay, people, ready, tmp_path):
    incident, _, _ = ready
    out = tmp_path / "unsubscribed.csv"
    out.write_text("email\nREADER003@example.org\nreader004@example.org\n")
    shell("channels", "set", "mailer", f"suppression={out}")
    chosen = shell("list-file", incident, str(people), "--as", "Reid")
    assert "2 lines left out by the suppression list" in chosen.out
    kept = frozen(shell, incident)
    assert (kept["count"], kept["suppressed"], kept["suppression"]) == (PEOPLE - 2, 2, "unsubscribed.csv")
    one = tmp_path / "one.txt"
    one.write_text("reader005@example.org\n")
    shell("list-file", incident, str(people), "--without", str(one), "--as", "Reid")
    assert frozen(shell, incident)["count"] == PEOPLE - 3


@pytest.mark.parametrize("content", [None, "", "PK\x03\x04", "Name,City\nAnn,Ely\n"])
def test_a_suppression_list_that_cannot_be_read_refuses_the_choice(shell, people, ready, tmp_path, content):
    incident, _, _ = ready
    out = tmp_path / "unsubscribed.csv"
    if content is not None:
        out.write_text(content)
    shell("channels", "set", "mailer", f"suppression={out}")
    assert out.name in shell("list-file", incident, str(people), "--as", "Reid", code=11).err
    assert frozen(shell, incident) == {}


# -- after it ----------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(shell, people, ready):
    """The incident whose mailing went out."""
    incident, _, _ = ready
    shell("list-file", incident, str(people), "--as", "Reid")
    done = approved(shell, ready)
    shell("act", incident, SEND, "--confirm", done["confirm"], "--as", "Reid")
    return incident


def test_bounces_are_read_back_and_who_was_told_is_written_down(shell, sent, tmp_path):
    path = tmp_path / "bounces.mbox"
    path.write_text(
        mbox(
            dsn("reader007@example.org"),
            words("I am away", subject="Out of office"),
            dsn("stranger@example.com\x1b[2J"),
        )
    )
    ran = shell("bounces", sent, str(path), "--as", "Shah")
    assert "3 messages: 1 person whose mail came back, written down." in ran.out
    assert "1 of nobody on the list" in ran.out
    assert "\x1b" not in ran.out
    again = shell("bounces", sent, str(path), "--as", "Shah", "--json").json
    assert (again["bounced"], again["known"], again["unmatched"]) == (0, 1, 1)
    assert shell("mailing", sent, SEND, "--as", "Reid", "--json").json["counts"]["bounced"] == 1
    shell("verify", sent)
    assert f"SHA-256 {again['sha256']}" in ran.out
    assert any(each["sha256"] == again["sha256"] for each in shell("evidence", sent, "--json").json["kept"])

    record, view = tmp_path / "told.ndjson", tmp_path / "told.csv"
    shell("mailing", sent, SEND, "--export", str(record), "--as", "Reid")
    rows = [json.loads(line) for line in record.read_text().splitlines()]
    assert [row["state"] for row in rows].count("accepted") == len(rows) - 1
    assert rows[7]["address"] == "reader007@example.org"
    assert (rows[7]["state"], rows[7]["code"]) == ("bounced", 550)
    shell("mailing", sent, SEND, "--export", str(view), "--as", "Reid", "--json")
    with view.open(newline="") as file:
        assert [row["address"] for row in csv.DictReader(file)] == [row["address"] for row in rows]
    assert {each.stat().st_mode & 0o777 for each in (record, view)} == {0o600}
    refused = shell("mailing", sent, SEND, "--export", str(view), "--as", "Reid", code=2)
    assert "Name a file that is not there yet" in refused.err


def test_before_a_mailing_there_is_nothing_to_read_back_into(shell, live, tmp_path):
    path = tmp_path / "bounces.mbox"
    path.write_text(mbox(dsn()))
    ran = shell("bounces", live, str(path), "--as", "Reid", code=6)
    assert "No mailing has been begun" in ran.err
    shell("mailing", live, SEND, "--export", str(tmp_path / "x"), "--as", "Reid", code=6)


@pytest.mark.parametrize("relay", [("--drop-after-data", "20")], indirect=True)
def test_those_in_doubt_are_mailed_once_more_with_codes_over_exactly_them(shell, relay, people, ready):
    incident, reid, lindqvist = ready
    shell("list-file", incident, str(people), "--as", "Reid")
    approved(shell, ready)
    shell("act", incident, SEND, "--confirm", str(PEOPLE), "--as", "Reid", code=None)
    doubtful = shell("mailing", incident, SEND, "--as", "Reid", "--json").json["people"]
    before = Counter(relay.received())
    assert doubtful
    gate, many = f"@once-more/{SEND}", str(len(doubtful))
    verb = ("once-more", incident, SEND, "--as", "Reid")
    assert "needs a reason" in shell(*verb, code=4).err
    asked = shell(*verb, "--reason", "the relay dropped the line")
    assert "SOME OF THEM MAY GET IT TWICE" in asked.out
    assert all(f"In doubt: {address}" in asked.out for address in doubtful)
    assert f"incident approve {incident} {gate} --as Reid" in asked.out
    assert "still needs" in shell(*verb, "--confirm", many, code=5).err
    shell("approve", incident, gate, "--as", "Reid", stdin=reid.code())
    looked = shell("approve", incident, gate, "--look", "--as", "Lindqvist").out
    assert f"In doubt: {doubtful[0]}" in looked
    assert "Because  the relay dropped the line" in looked
    code = lindqvist.code()
    as_lindqvist = ("approve", incident, gate, "--as", "Lindqvist")
    assert f"it stands at {many}" in shell(*as_lindqvist, stdin=code, code=5).err
    opened = shell(*as_lindqvist, "--confirm", many, stdin=code).out
    assert f"incident once-more {incident} {SEND} --confirm {many}" in opened
    shell(*verb, "--confirm", str(PEOPLE + 1), code=5)
    done = shell(*verb, "--confirm", many)
    assert f"MAILED ONCE MORE to {many} in doubt of {SEND}, by Reid with Lindqvist's code" in done.out
    left = shell("mailing", incident, SEND, "--as", "Reid", "--json").json["counts"]["waiting"]
    assert f"incident act {incident} {SEND} --confirm {left} --as Reid" in done.out
    assert Counter(relay.received()) == before
    shell(*verb, "--confirm", many, code=5)
    shell("act", incident, SEND, "--confirm", str(left), "--as", "Reid", code=None)
    more = Counter(relay.received())
    assert {each for each, times in more.items() if times > before[each] > 0} <= set(doubtful)
    shell("verify", incident)
