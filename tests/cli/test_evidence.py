"""evidence: what is kept, by verbs, live and in a drill."""

import subprocess

import pytest

PNG = b"\x89PNG\r\n\x1a\n a picture"
MAIL = b"From: news@met.example\r\nSubject: Missing child\r\nDate: Fri, 19 Jul 2019 23:16:00 +0100\r\n\r\nwords\r\n"


@pytest.fixture
def files(shell):
    """A picture and a saved mail, beside the home."""
    (shell.folder / "shot 1.png").write_bytes(PNG)
    (shell.folder / "hoax.eml").write_bytes(MAIL)
    return shell.folder


@pytest.fixture(params=["live", "drill"])
def anywhere(request):
    return request.getfixturevalue(request.param)


def test_a_picture_and_a_mail_are_brought_in_listed_checked_and_copied(shell, anywhere, files):
    shell("seen", anywhere, "account", "--words", "bogus", "--as", "Reid")
    nothing = shell("evidence", anywhere)
    assert "NOT SAVED: " in nothing.out
    shell("evidence", anywhere, "add", "shot 1.png", "--item", "i1", "--note", "my phone", "--as", "Shah")
    brought = shell("evidence", anywhere, "add", "hoax.eml", "--seen", "mailer", "--as", "Reid")
    assert "It says: Subject: Missing child; From: news@met.example" in brought.out
    again = shell("evidence", anywhere, "add", "hoax.eml", "--seen", "mailer", "--as", "Reid", "--json").json
    assert again["brought"][0]["item"]
    assert not [each for each in again["events"] if each["kind"] == "evidence-added"]
    listed = shell("evidence", anywhere).out
    assert listed.startswith(f"{anywhere}  {shell.home / 'evidence' / anywhere}\n")
    assert "  shot 1.png, 18 bytes, brought in 20" in listed
    assert " UTC Shah: my phone\n" in listed
    kept = shell("evidence", anywhere, "--json").json
    assert [each["name"] for each in kept["kept"] if each["how"] == "file"] == ["shot 1.png", "hoax.eml"]
    assert shell("evidence", anywhere, "check", "--json").json["verdict"] == "stands"
    target = files / "drive"
    assert "sha256sum -c SHA256SUMS" in shell("evidence", anywhere, "copy-to", str(target)).out
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=target, capture_output=True, check=False)
    assert done.returncode == 0
    assert (target / "record.jsonl").read_text() == shell("log", anywhere).out
    assert shell("evidence", anywhere, "copy-to", str(target), code=2).err.startswith("There is something at")


def test_what_was_changed_or_is_missing_leaves_with_8(shell, live, files):
    shell("evidence", live, "add", "shot 1.png", "hoax.eml", "--as", "Reid")
    folder = shell.home / "evidence" / live
    picture = next(folder.glob("*.png"))
    picture.write_bytes(b"another")
    assert "WRONG: " in shell("evidence", live, "check", code=8).out
    assert "WRONG: " in shell("evidence", live, "copy-to", "copy", code=8).out
    shell("evidence", live, "add", "shot 1.png", "--as", "Reid")
    assert shell("evidence", live, "check").code == 0  # brought in again, it is whole again
    picture.unlink()
    assert shell("evidence", live, "check", "--json", code=8).json["verdict"] == "wrong"
    shell("evidence", live, "add", "shot 1.png", "--as", "Reid")
    (folder / "notes.txt").write_text("mine")
    assert "CANNOT TELL: notes.txt" in shell("evidence", live, "check", code=7).out


def test_one_file_that_cannot_be_used_does_not_keep_the_others_out(shell, live, files):
    (files / "link.png").symlink_to(files / "shot 1.png")
    ran = shell("evidence", live, "add", "link.png", "shot 1.png", "--as", "Reid", code=2)
    assert "NOT KEPT: link.png is a link." in ran.err
    assert "shot 1.png: kept" in ran.out
    told = shell("evidence", live, "add", "link.png", "hoax.eml", "--as", "Reid", "--json", code=2).json
    assert [each["name"] for each in told["brought"]] == ["hoax.eml"]
    assert told["refused"] == [{"file": "link.png", "why": "link.png is a link."}]


def test_what_is_refused_says_what_to_do(shell, live, files, inside):
    shell("evidence", live, "add", "shot 1.png", code=2)  # nobody was named
    assert (
        "There is no item i9"
        in inside("evidence", live, "add", str(files / "hoax.eml"), "--item", "i9", "--as", "R", code=6).err
    )
    assert (
        "no saved mail"
        in inside(
            "evidence", live, "add", str(files / "shot 1.png"), "--seen", "mailer", "--as", "R", code=2
        ).err
    )
    assert "There is no incident L-9-9" in inside("evidence", "L-9-9", code=6).err
    assert "There is no incident L-9-9" in inside("evidence", "L-9-9", "copy-to", "x", code=6).err
    assert "Did you mean 'add'?" in inside("evidence", live, "ad", "x", code=2).err


def test_items_are_completed_behind_the_sub_verb(shell, live):
    shell("seen", live, "account", "--words", "bogus", "--as", "Reid")
    typed = {"COMP_WORDS": f"incident evidence {live} add x --item ", "COMP_CWORD": "6"}
    assert "i1" in shell(_INCIDENT_COMPLETE="bash_complete", **typed).out
