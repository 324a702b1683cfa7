"""Evidence in the plain face: a file is brought in, and what is kept is listed with where it lies."""

from __future__ import annotations

import hashlib

import pytest
from linear.test_live import live, walk

from console.incident import commands as c

PNG = b"\x89PNG\r\n\x1a\n a picture"
MAIL = b"From: news@met.example\r\nSubject: Missing \x1b[31mchild\r\nDate: now\r\n\r\nwords\r\n"
SHA256 = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path / "home"))
    (tmp_path / "shot.png").write_bytes(PNG)
    (tmp_path / "hoax.eml").write_bytes(MAIL)
    return tmp_path


def seen(words):
    return c.See(by="Reid", channel="account", words=words, link=f"https://x.com/a/status/{len(words)}")


async def test_a_picture_is_brought_in_and_listed(files):
    async with live() as d:
        await d.session.do(seen("bogus"))
        reach = {"views": 12_403, "reposts": 31}
        await d.session.do(c.Save(by="Reid", item="i1", sha256="ab" * 32, captured=True, reach=reach))
        await d.session.do(seen("another"))
        typist = await walk(d, f"bring in {files / 'shot.png'}", "4", "my phone", "evidence", "i", "", "q")
        assert f"shot.png: kept of i2, {len(PNG)} bytes, SHA-256 {SHA256}" in typist.said
        folder = files / "home" / "evidence" / d.session.state.incident
        assert (folder / f"{SHA256}.png").read_bytes() == PNG
        assert f"LIVE Evidence is kept in {folder}." in typist.said
        assert (
            "captured 2019-07-19 22:18:00 UTC Reid, seen 12,403 times, 31 reposts when saved" in typist.said
        )
        assert "Seen 12,403 times, 31 reposts when saved. bogus" in typist.said


async def test_a_saved_mail_is_reported_by_bringing_it_in(files):
    async with live() as d:
        typist = await walk(d, "bring in", str(files / "hoax.eml"), "2", "", "evidence", "q")
        assert d.session.state.items["i1"].words == "Missing \\u{1b}[31mchild"
        assert "It says: Subject: Missing \\u{1b}[31mchild; From: news@met.example; Date: now" in typist.said


async def test_nothing_is_kept_and_a_file_that_is_not_there_is_said(files):
    async with live() as d:
        typist = await walk(d, "evidence", f"bring in {files / 'nothing'}", "1", "", "bring in", "", "q")
        assert "LIVE Nothing is kept as evidence yet." in typist.said
        assert "nothing cannot be read: No such file or directory." in typist.said
        assert not d.session.state.files
