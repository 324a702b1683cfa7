"""Files under their SHA-256: what is taken in from outside is a plain file, whole, 0600, with an ending of ours."""

import gzip
import hashlib
import os
import socket
import stat

import pytest

from console.errors import BadInput, ConsoleError
from console.kept import begins, ending_of, files_in, put, sha256_of, take_in

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
MAIL = b"Received: from a by b\r\nFrom: News <news@example.org>\r\nSubject: Missing\r\n\r\nHello\r\n"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state" / "evidence" / "L-20190719-1"


@pytest.fixture
def outside(tmp_path):
    def make(raw=PNG, name="Screenshot 1.exe"):
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return make


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0 JFIF", "jpg"),
        (b"GIF89a;", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "bin"),
        (b"%PDF-1.7", "pdf"),
        (gzip.compress(b"WARC/1.1\r\nWARC-Type: response", mtime=0), "warc.gz"),
        (gzip.compress(b"#!/bin/sh", mtime=0), "bin"),
        (b"\x1f\x8b\x00garbage", "bin"),
        (MAIL, "eml"),
        (b"\xef\xbb\xbfFrom: a@example.org\nDate: now\n\n\xff\xfe", "eml"),
        (b"From: somebody, by hand\n", "txt"),
        (b"Subject: only a subject\n\nwords", "txt"),
        (b"  <!DOCTYPE html><script>", "html"),
        ("\ufeff<html>".encode(), "html"),
        (b"<svg onload=alert(1)>", "txt"),
        (b"#!/bin/sh\nrm -rf /\n", "txt"),
        ("Grüße".encode()[:3], "txt"),  # a letter cut in half
        (b"\xff\xfeU\x00", "bin"),
        (b"MZ\x90\x00", "bin"),
        (b"\x1b[2J\x1b[H", "bin"),
        (b"", "txt"),
    ],
    ids=lambda each: each if isinstance(each, str) else f"{len(each)}-bytes",
)
def test_an_ending_is_chosen_by_what_is_in_it(head, ending):
    assert ending_of(head) == ending


def test_a_file_is_taken_in_under_its_hash(outside, folder):
    source = outside()
    taken = take_in(source, folder)
    assert taken.sha256 == hashlib.sha256(PNG).hexdigest()
    assert (taken.size, taken.ending, taken.head) == (len(PNG), "png", PNG)
    assert taken.path == folder / f"{taken.sha256}.png"
    assert taken.path.read_bytes() == PNG
    assert stat.S_IMODE(taken.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [each.path.name for each in files_in(folder)] == [taken.path.name]
    assert begins(source) == ("png", PNG)


def test_a_file_larger_than_a_piece_is_read_in_pieces(outside, folder):
    raw = b"A" * (3 * 1024 * 1024 + 17)
    taken = take_in(outside(raw), folder)
    assert (taken.size, sha256_of(taken.path)) == (len(raw), hashlib.sha256(raw).hexdigest())


def test_the_same_twice_is_one_file_and_a_damaged_one_is_mended(outside, folder):
    source = outside()
    taken = take_in(source, folder)
    taken.path.write_bytes(b"damaged")
    assert take_in(source, folder).path == taken.path
    assert taken.path.read_bytes() == PNG
    assert len(files_in(folder)) == 1


def test_what_is_no_plain_file_is_refused_and_nothing_waits_for_it(tmp_path, outside, folder):
    link = tmp_path / "link.png"
    link.symlink_to(outside())
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        for path in (link, pipe, place, tmp_path, tmp_path / "nothing", tmp_path / "nul\0l"):
            with pytest.raises(BadInput):
                take_in(path, folder)
            with pytest.raises(BadInput):
                begins(path)
    with pytest.raises(BadInput):
        take_in(tmp_path / "/dev/zero", folder)
    assert not folder.exists() or not list(folder.iterdir())


def test_what_is_too_large_or_empty_is_refused_and_leaves_nothing(outside, folder):
    with pytest.raises(BadInput, match="larger than"):
        take_in(outside(), folder, most=len(PNG) - 1)
    assert take_in(outside(), folder, most=len(PNG)).size == len(PNG)
    with pytest.raises(BadInput, match="empty"):
        take_in(outside(b"", "empty"), folder)
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_takes_nothing_says_so(outside, tmp_path):
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("no folder")
    with pytest.raises(ConsoleError, match="cannot be made"):
        take_in(outside(), in_the_way)


def test_a_kept_file_is_read_back_and_a_link_in_its_place_is_not(outside, folder):
    taken = take_in(outside(), folder)
    assert sha256_of(taken.path) == taken.sha256
    taken.path.unlink()
    taken.path.symlink_to(outside())
    with pytest.raises(BadInput):
        sha256_of(taken.path)


def test_names_that_are_none_of_ours_are_told_apart(folder):
    folder.mkdir(parents=True)
    name = "ab" * 32
    for each in (f"{name}.png", f"{name}.warc.gz", f"{name}.json", "notes.txt", f"{name}.PNG", name, ".x.in"):
        (folder / each).write_bytes(b"")
    found = {each.path.name: (each.sha256, each.ending) for each in files_in(folder)}
    assert found == {
        f"{name}.png": (name, "png"),
        f"{name}.warc.gz": (name, "warc.gz"),
        f"{name}.json": (name, "json"),
        "notes.txt": ("", ""),
        f"{name}.PNG": ("", ""),
        name: ("", ""),
    }
    assert files_in(folder / "nothing") == ()


def test_what_is_put_stands_whole(folder):
    folder.mkdir(parents=True)
    put(folder / "a.json", b"first")
    put(folder / "a.json", b"second")
    assert (folder / "a.json").read_bytes() == b"first"
    assert [each.name for each in folder.iterdir()] == ["a.json"]
