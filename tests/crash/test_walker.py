"""The walk as programs of their own, each a fresh interpreter, with the encrypted file as the vault and forty recipients."""

from __future__ import annotations

import subprocess
import time

import pytest
import support_oracle as oracle
from support_smtp import read_log

from console.journal.verify import verify_file

DEATHS = ("journal/after-insert:3", "engine/after-append:60", "relay:12")
PATIENCE = 30


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def relay(ram, start):
    start("relay.py", ram / "port", ram / "relay.log", stdin=subprocess.PIPE)
    until((ram / "port").exists)
    return int((ram / "port").read_text())


def test_fresh_interpreters_and_a_real_vault_die_and_end_the_walk(ram, start, relay):
    home = ram / "walk"
    home.mkdir()
    said = ""
    for die in (*DEATHS, ""):
        life = start("walker.py", home, relay, "--vault", f"--die={die}", stdout=subprocess.PIPE)
        said, _ = life.communicate(timeout=PATIENCE)
        assert life.returncode == (-9 if die else 0)
    word, _, shown = said.splitlines()[-1].split(" ", 2)
    assert word == "ended"

    mails = [address for line in read_log(ram / "relay.log") for address in line["to"]]
    record = oracle.Record(home / "live.db")
    assert oracle.accounted(record, mails, oracle.Shown.parse(shown)) == []
    assert oracle.once(mails) + oracle.intended_before(record, mails) == []
    assert len(record.people) == 40
    found = verify_file(home / "live.db")
    assert (found.verdict, found.findings) == ("stands", ())
    seeds = [phone.read_bytes() for phone in home.glob("*.phone")]
    assert len(seeds) == 2
    assert not [
        seed for seed in seeds if seed in (home / "vault").read_bytes() + (home / "live.db").read_bytes()
    ]
