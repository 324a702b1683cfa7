"""What the tests of GOV.UK Notify share: the transport over a stand-in, and what a ledger says of everybody."""

from __future__ import annotations

from standins.notify import KEY, TEMPLATE

from console.channels import ledger as lines
from console.channels.live.notify import Notify
from console.channels.live.notify_settings import NotifySettings
from console.channels.live.transport import Control
from console.channels.protocol import Order

SUBJECT = "Please ignore last night's messages"
TEXT = "Messages sent in our name on Friday were not from us.\n\nPlease ignore them (all of them), and #stay calm."
NAMES = ("waiting", "tried", "accepted", "refused", "doubt", "bounced", "delivered")


class Forgets:
    """Keeps nothing but what was to be kept."""

    def __init__(self):
        self.exchanges = []

    def keep(self, exchange):
        self.exchanges.append(exchange)
        return "kept"


def notify_over(service, clock, *, key=KEY, keeper=None, **settings):
    raw = {
        "base": service.url,
        "template-id": TEMPLATE,
        "test-to": "me@example.org",
        "internal-to": "staff@example.org, room@example.org",
        **{name.replace("_", "-"): str(value) for name, value in settings.items()},
    }

    async def secret():
        return key

    return Notify(NotifySettings.read("mailer", raw), secret, clock, keeper or Forgets())


def words(verb="send", **changes):
    fields = {
        "effect": "E-1",
        "attempt": 1,
        "incident": "L-20190719-1",
        "step": "notify-subscribers/send",
        "channel": "mailer",
        "kind": "mail",
        "verb": verb,
        "subject": SUBJECT,
        "text": TEXT,
        "recipients": "mailing" if verb == "send" else "",
    }
    return Order(**{**fields, **changes})


async def sent(transport, ledger, order=None, control=None, progress=None):
    """Why the line stopped, and what the ledger counts then."""
    why = await transport.send(order or words(), ledger, control or Control(), progress)
    return why, await ledger.counts()


def states(ledger):
    """What became of each, by number."""
    return [NAMES[ledger.state(n)] for n in range(len(ledger._tally._states))]


assert NAMES[lines.DOUBT] == "doubt"
