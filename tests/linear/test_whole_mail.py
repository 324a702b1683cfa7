"""The whole mail in the plain face; a drill makes none and says so."""

from support_drill import drill
from support_linear import Officer

from console.incident import commands as c
from console.linear.run import run_linear


class Mailer:
    """A channel that can show its mail, beside what the drill's own does."""

    def __init__(self, twin):
        self._twin = twin

    def __getattr__(self, name):
        return getattr(self._twin, name)

    def as_sent(self, order, address):
        return f"To: {address}\nSubject: {order.subject}\n\n-- text/plain --\n{order.text}\x1b[2J"


async def walk(d, *lines):
    typist = Officer(d, *lines)
    await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out, drill=d.world)
    assert typist.lines == [], typist.said
    return typist.said


async def test_the_mail_of_the_step_in_front_is_read_whole_and_visible():
    async with drill() as d:
        d.session.channels = {**d.session.channels, "mailer": Mailer(d.session.channels["mailer"])}
        await d.session.do(c.Move(by="Reid", step="correct/staff"))
        said = await walk(d, "mail ann@example.net", "mail nobody", "q")
        assert "The mail as it would travel:" in said
        assert "To: ann@example.net" in said
        assert "\x1b" not in said
        assert "nobody is no address" in said


async def test_a_drill_makes_no_mail():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="correct/staff"))
        said = await walk(d, "mail", "q")
        assert "a drill makes no mail" in said
