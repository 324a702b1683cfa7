"""The whole mail on a screen: from the text it is made of, and from the palette."""

from support_face import CUT, live_face

from console.incident import commands as c

STAFF = "correct/staff"


class Mailer:
    """A channel that can show its mail, beside what hands do."""

    def __init__(self, hands):
        self._hands = hands

    def __getattr__(self, name):
        return getattr(self._hands, name)

    def as_sent(self, order, address):
        return f"Envelope: to {address}\nSubject: {order.subject}\n\n{order.text}\x1b[2J[bold]"


async def test_w_on_a_text_reads_the_mail_that_is_made_of_it(tmp_path):
    async with live_face(tmp_path, before=[c.Move(by="Reid", step=STAFF)]) as face:
        mailer = face.session.channels["mailer"]
        await face.press("t")
        await face.wait("As it would go out:")
        await face.press("w")
        await face.wait("it is mailed by hand")
        face.session.channels = {**face.session.channels, "mailer": Mailer(mailer)}
        await face.press("w")
        await face.wait("The mail as it would travel")
        await face.wait("Envelope: to somebody@example.org")
        assert "\x1b" not in face.text
        await face.press("escape")
        await face.wait("As it would go out:")


async def test_the_palette_reads_the_mail_of_the_step_in_front(tmp_path):
    async with live_face(tmp_path, before=[c.Move(by="Reid", step=STAFF)]) as face:
        face.app.screen.lend("whole-mail")()
        await face.wait("it is mailed by hand")
        await face.do(c.Move(by="Reid", step=CUT))
        await face.wait("NOW 3.2")
        face.app.screen.lend("whole-mail")()
        await face.wait("mails nothing")
