"""After a mailing, on the screen: both moves are in the palette, and say so where nothing was mailed."""

from support_face import live_face


async def test_bounces_and_the_export_ask_for_their_file(tmp_path):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("bounces")()
        await face.wait("Read bounces back")
        await face.type(str(tmp_path))
        await face.press("enter")
        await face.wait("No mailing has been begun.")
        await face.press("escape")
        await face.wait("NOW 1.1")
        face.app.screen.lend("export")()
        await face.wait("No mailing has begun.")
