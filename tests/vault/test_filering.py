"""The encrypted file: keyring's own tests, and what a file of secrets has to withstand."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import keyring.backend
import pytest
from keyring.testing.backend import BackendBasicTests

from console.errors import VaultLocked, VaultRefused
from console.vault import filering
from console.vault.filering import EncryptedFileKeyring
from console.vault.passphrase import passphrase_from, read_passphrase
from console.vault.recovery import Cost

CHEAP = Cost(log_n=4)
PHRASE = "correct horse battery staple"


def ring_at(path, phrase=PHRASE):
    return EncryptedFileKeyring(path, lambda: phrase, CHEAP)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "vault"


class TestAsKeyringTestsIt(BackendBasicTests):
    def init_keyring(self):
        self.folder = TemporaryDirectory()
        return ring_at(Path(self.folder.name) / "vault")

    def cleanup(self):
        super().cleanup()
        self.folder.cleanup()


def test_at_full_cost_it_opens_and_nothing_is_in_the_clear(file):
    ring = EncryptedFileKeyring(file, lambda: PHRASE)
    ring.set_password("incident-console", "seed/reid", "JBSWY3DPEHPK3PXP")
    raw = file.read_bytes()
    assert json.loads(raw.split(b"\n")[1])["log_n"] == 17
    for word in (b"JBSWY3DPEHPK3PXP", b"reid", b"incident-console", PHRASE.encode()):
        assert word not in raw
    assert (
        EncryptedFileKeyring(file, lambda: PHRASE).get_password("incident-console", "seed/reid")
        == "JBSWY3DPEHPK3PXP"
    )


def test_only_the_owner_may_read_what_is_written(file):
    old = os.umask(0)
    try:
        ring_at(file).set_password("s", "u", "p")
    finally:
        os.umask(old)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {
        "vault": 0o600,
        "vault.lock": 0o600,
    }


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o610])
def test_a_file_that_others_can_open_is_refused(file, mode):
    ring_at(file).set_password("s", "u", "p")
    file.chmod(mode)
    with pytest.raises(VaultRefused, match=f"mode {mode:04o}"):
        ring_at(file).get_password("s", "u")
    with pytest.raises(VaultRefused):
        ring_at(file).set_password("s", "u", "other")


def test_a_link_a_folder_and_a_pipe_are_refused(file, tmp_path):
    ring_at(file).set_password("s", "u", "p")
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    os.mkfifo(pipe, 0o600)
    for path in (link, pipe, tmp_path):
        with pytest.raises(VaultRefused):
            ring_at(path).get_password("s", "u")


def test_a_wrong_passphrase_reads_nothing_and_writes_nothing(file):
    ring_at(file).set_password("s", "u", "p")
    before = file.read_bytes()
    wrong = ring_at(file, "wrong")
    for attempt in (
        wrong.unlock,
        lambda: wrong.get_password("s", "u"),
        lambda: wrong.set_password("s", "u", "q"),
        lambda: wrong.delete_password("s", "u"),
    ):
        with pytest.raises(VaultLocked, match="does not open"):
            attempt()
    assert file.read_bytes() == before


def test_an_empty_passphrase_is_none(file):
    with pytest.raises(VaultLocked, match="No passphrase"):
        ring_at(file, "").unlock()
    assert not file.exists()


def test_every_flipped_byte_is_noticed(file):
    ring_at(file).set_password("s", "u", "p")
    good = file.read_bytes()
    for at in range(len(good)):
        file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises((VaultLocked, VaultRefused)):
            ring_at(file).get_password("s", "u")
    file.write_bytes(good)
    assert ring_at(file).get_password("s", "u") == "p"


@pytest.mark.parametrize("kept", [0, 1, 16, 17, 60, 140])
def test_a_cut_file_is_noticed_and_not_written_over(file, kept):
    ring_at(file).set_password("s", "u", "p" * 100)
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises((VaultLocked, VaultRefused)):
        ring_at(file).set_password("s", "u", "q")
    assert file.stat().st_size == kept


def test_a_file_that_asks_for_all_memory_is_refused_at_once(file):
    ring_at(file).set_password("s", "u", "p")
    magic, header, rest = file.read_bytes().split(b"\n", 2)
    plain = json.loads(header)
    for change in (
        {"log_n": 40},
        {"r": 10**6},
        {"p": 1000},
        {"log_n": -1},
        {"kdf": "none"},
        {"salt": ""},
        {"extra": 1},
    ):
        file.write_bytes(b"\n".join([magic, json.dumps(plain | change).encode(), rest]))
        with pytest.raises(VaultRefused, match="not an encrypted vault file"):
            ring_at(file).get_password("s", "u")


def test_a_huge_file_is_not_read(file):
    with file.open("wb") as out:
        out.truncate(10**9)
    file.chmod(0o600)
    with pytest.raises(VaultRefused, match="larger than"):
        ring_at(file).get_password("s", "u")


def test_the_passphrase_is_asked_once_and_at_unlock(file):
    asked = []

    def phrase():
        asked.append(1)
        return PHRASE

    ring = EncryptedFileKeyring(file, phrase, CHEAP)
    assert asked == []
    ring.unlock()
    assert file.exists()
    ring.unlock()
    ring.set_password("s", "u", "p")
    ring.set_password("s", "v", "q")
    assert ring.get_password("s", "u") == "p"
    assert asked == [1]


def test_the_same_letters_open_it_however_they_were_composed(file):
    ring_at(file, "caf\u00e9").set_password("s", "u", "p")
    assert ring_at(file, "cafe\u0301").get_password("s", "u") == "p"


def test_two_that_are_open_see_each_others_writes(file):
    one, two = ring_at(file), ring_at(file)
    one.unlock()
    two.unlock()
    one.set_password("s", "u", "p")
    two.set_password("s", "v", "q")
    assert (one.get_password("s", "v"), two.get_password("s", "u")) == ("q", "p")


def test_no_nonce_is_used_twice(file):
    ring = ring_at(file)
    nonces = set()
    for at in range(20):
        ring.set_password("s", "u", str(at))
        nonces.add(json.loads(file.read_bytes().split(b"\n")[1])["nonce"])
    assert len(nonces) == 20


WRITER = """
import sys
from pathlib import Path
from console.vault.filering import EncryptedFileKeyring
from console.vault.recovery import Cost
ring = EncryptedFileKeyring(Path(sys.argv[1]), lambda: "correct horse battery staple", Cost(log_n=4))
sys.stdin.readline()
for at in range(60):
    ring.set_password("s", f"{sys.argv[2]}-{at}", sys.argv[2])
    print(at, flush=True)
"""


def writer(file, name):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_that_write_at_once_lose_nothing(file):
    writers = [writer(file, name) for name in ("a", "b")]
    for each in writers:
        each.stdin.write("\n")
        each.stdin.flush()
    assert [(each.communicate()[0].count("\n"), each.returncode) for each in writers] == [(60, 0), (60, 0)]
    ring = ring_at(file)
    assert all(ring.get_password("s", f"{name}-{at}") == name for name in ("a", "b") for at in range(60))


def test_what_was_written_survives_a_kill_in_the_middle_of_more(file):
    with writer(file, "a") as killed:
        killed.stdin.write("\n")
        killed.stdin.flush()
        acknowledged = [int(killed.stdout.readline()) for _ in range(20)]
        killed.kill()
        acknowledged += [int(line) for line in killed.stdout.read().split()]
    ring = ring_at(file)
    assert all(ring.get_password("s", f"a-{at}") == "a" for at in acknowledged)
    ring.set_password("s", "after", "fine")
    assert sorted(path.name for path in file.parent.iterdir()) == ["vault", "vault.lock"]


def test_what_a_dead_process_left_aside_is_not_taken(file):
    ring_at(file).set_password("s", "u", "p")
    file.with_name("vault.new").write_bytes(b"half a file")
    ring = ring_at(file)
    assert ring.get_password("s", "u") == "p"
    ring.set_password("s", "u", "q")
    assert ring.get_password("s", "u") == "q"


def test_the_environment_cannot_point_it_elsewhere(file, tmp_path, monkeypatch):
    monkeypatch.setenv("KEYRING_PROPERTY__PATH", str(tmp_path / "theirs"))
    ring_at(file).set_password("s", "u", "p")
    assert not (tmp_path / "theirs").exists()


def test_keyring_never_picks_it_by_itself():
    assert not any(isinstance(ring, EncryptedFileKeyring) for ring in keyring.backend.get_all_keyring())


def test_the_passphrase_comes_from_the_named_file_else_from_the_prompt(tmp_path):
    named = tmp_path / "phrase"
    named.write_text("from the file\nand no more\n")
    named.chmod(0o600)
    assert passphrase_from({"INCIDENT_PASSPHRASE_FILE": str(named)}, lambda: "typed")() == "from the file"
    assert passphrase_from({}, lambda: "typed")() == "typed"
    with pytest.raises(VaultLocked, match="nobody to ask"):
        passphrase_from({}, None)()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_passphrase_file_that_others_can_read_is_refused(tmp_path, mode):
    named = tmp_path / "phrase"
    named.write_text(PHRASE)
    named.chmod(mode)
    with pytest.raises(VaultRefused) as caught:
        read_passphrase(named)
    assert PHRASE not in caught.value.diagnostics()


def test_a_passphrase_file_that_is_no_such_thing(tmp_path):
    named, link = tmp_path / "phrase", tmp_path / "link"
    link.symlink_to(named)
    with pytest.raises(VaultLocked, match="does not exist"):
        read_passphrase(named)
    for raw, error in (
        (b"", VaultLocked),
        (b"\nsecond", VaultLocked),
        (b"\xff\xfe", VaultLocked),
        (b"x" * 5000, VaultRefused),
    ):
        named.write_bytes(raw)
        named.chmod(0o600)
        with pytest.raises(error):
            read_passphrase(named)
    with pytest.raises(VaultRefused):
        read_passphrase(link)


def test_the_format_is_what_its_page_says(file):
    ring_at(file).set_password("s", "u", "p")
    magic, header, _ = file.read_bytes().split(b"\n", 2)
    assert magic + b"\n" == filering.MAGIC
    assert set(json.loads(header)) == {"kdf", "log_n", "nonce", "p", "r", "salt"}
