"""Evidence on the screen: a file is brought in, and what is kept is listed with where it lies."""

import hashlib

import pytest
from support_face import drill_face, live_face, seen

from console.incident import commands as c

PNG = b"\x89PNG\r\n\x1a\n a picture"
MAIL = b"From: news@met.example\r\nSubject: Missing \x1b[31mchild\r\nDate: now\r\n\r\nwords\r\n"
SHA256 = hashlib.sha256(PNG).hexdigest()


async def fill(face, *lines):
    for line in lines:
        await face.type(line)
        await face.press("enter")


@pytest.fixture
def files(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "shot.png").write_bytes(PNG)
    (outside / "hoax.eml").write_bytes(MAIL)
    (outside / "link.png").symlink_to(outside / "shot.png")
    return outside


@pytest.mark.parametrize("world", [live_face, drill_face])
async def test_a_picture_is_brought_in_and_listed(tmp_path, files, world):
    async with world(tmp_path) as face:
        await face.session.do(seen("A bogus post"))
        item = list(face.session.state.items)[-1]
        place = str(len(face.session.state.items))
        await face.press("ctrl+p")
        await face.wait("Search for commands")
        await face.type("bring in")
        await face.wait(
            lambda: "a picture, or a saved mail" in face.text and "Choose the answer" not in face.text
        )
        await face.press("enter")
        await face.wait("Bring a file in")
        await fill(face, str(files / "shot.png"), place, "my phone", "")
        await face.wait(lambda: "shot.png: kept of" in face.text)
        (kept,) = face.session.state.files
        assert (kept.name, kept.item, kept.note, kept.by) == ("shot.png", item, "my phone", "Reid")
        folder = tmp_path / "evidence" / face.session.state.incident
        assert (folder / f"{SHA256}.png").read_bytes() == PNG
        face.app.screen.lend("evidence")()
        await face.wait("Kept in")
        assert "shot.png, 18 bytes, brought in 2019-07-19" in face.text
        await face.press("escape")
        await face.wait("NOW 1.1")


async def test_what_cannot_be_brought_in_stays_on_the_form(tmp_path, files):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("bring-in")()
        await face.wait("Bring a file in")
        await fill(face, str(files / "link.png"), "", "")
        await face.wait("is a link.")
        assert not face.session.state.files
        assert not (tmp_path / "evidence").exists()


async def test_a_saved_mail_is_reported_by_bringing_it_in(tmp_path, files):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("bring-in")()
        await face.wait("Bring a file in")
        await fill(face, str(files / "hoax.eml"), "", "1")
        await face.wait(lambda: "hoax.eml: kept of i1" in face.text)
        item = face.session.state.items["i1"]
        assert (item.channel, item.words) == ("mailer", "Missing \\u{1b}[31mchild")
        face.app.screen.lend("evidence")()
        await face.wait("Saved: 1 of 1 that are false.")


async def test_the_items_of_which_nothing_is_kept_are_named_and_reach_is_shown(tmp_path):
    saved = c.Save(
        by="Reid", item="i1", sha256="ab" * 32, captured=True, reach={"views": 12_403, "reposts": 31}
    )
    async with live_face(tmp_path, before=(seen("One"), seen("Another"), saved)) as face:
        face.app.screen.lend("evidence")()
        await face.wait("NOT SAVED i2")
        assert "seen 12,403 times, 31 reposts when saved" in " ".join(face.text.split())
        await face.press("escape")
        face.app.screen.lend("items")()
        await face.wait("2 false, 1 saved")
        await face.press("enter")
        await face.wait("seen 12,403 times, 31 reposts when saved")
