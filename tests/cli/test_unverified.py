"""A verb that writes says when it stands on entries that it did not read; one that may send reads them all."""

from __future__ import annotations

from console.cli import seat

AS = ("--as", "Reid")


def test_a_long_record_is_written_on_at_once_and_says_what_was_not_read(inside, live, monkeypatch):
    monkeypatch.setattr(seat, "SOON_READ", 0)
    ran = inside("note", live, "in a hurry", *AS, code=0)
    assert "is not verified yet" in ran.err
    assert "incident verify" in ran.err
    assert "First the whole record is read" in inside("close", live, *AS, code=4).err


def test_a_short_record_is_read_whole_and_nothing_is_said(inside, live):
    assert inside("note", live, "words", *AS, code=0).err == ""
