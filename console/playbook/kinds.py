"""Every channel kind: its verbs and probes, what each takes, its effect class, its limits, its guided words.

Effect classes (reliability: what may be repeated by itself):
    pure        looks only
    idempotent  doing it again changes nothing: delete, revoke, pin
    keyed       the provider takes an idempotency key
    probeable   it can be read back whether it happened
    blind       it cannot: SMTP, a phone call
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

X_LIMIT: Final = 280
SMS_LIMIT: Final = 160
MASTODON_LIMIT: Final = 500
BLUESKY_LIMIT: Final = 300
# A look at an account at Mastodon is at most 6 of 300 requests in five minutes, at Bluesky 4 of 3,000, and a website is our own.
HALF_A_MINUTE: Final = 30_000
# X charges by the post that it shows: once a day as a rule, at every look where the rule does not hold. Mynewsdesk answers from a
# cache of 60 seconds, and a look there is six requests.
A_MINUTE: Final = 60_000


class VerbSpec(Struct, frozen=True, kw_only=True):
    """One verb of a kind.

    Attributes:
        effect: the effect class.
        takes: what the act is about: `text`, `items`, `recipients` or nothing.
        public: whether people outside can see it happen.
        arguments: allowed keys of `with`.
        guide: the words a person follows when the console cannot do it; `{{ }}` names as in texts.
    """

    effect: str
    takes: str = ""
    public: bool = False
    arguments: tuple[str, ...] = ()
    guide: tuple[str, ...]


class ProbeSpec(Struct, frozen=True, kw_only=True):
    """One probe of a kind: the question a person answers when the console cannot look."""

    asks: str


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of channel. `limit` counts characters of a post; 0 is none. `fields` may stand in texts.

    `look_every` is how often the watch reads it, in ms; 0 where there is nothing to read.
    """

    name: str
    title: str
    limit: int = 0
    look_every: int = HALF_A_MINUTE
    fields: tuple[str, ...] = ("handle",)
    verbs: dict[str, VerbSpec] = {}
    probes: dict[str, ProbeSpec] = {}

    @property
    def speaks(self) -> bool:
        """Whether the organisation can say something there."""
        return "post" in self.verbs


def _post(*guide: str) -> VerbSpec:
    return VerbSpec(effect="probeable", takes="text", public=True, guide=guide)


_DELETE_X: Final = (
    "Open each post on the list",
    "Choose the three dots, then Delete",
    "Reload the page and look again",
)
_ABSENT: Final = ProbeSpec(asks="Open each link signed out. Are they all gone?")
_PINNED: Final = ProbeSpec(asks="Open the profile signed out. Is the notice the first post?")
_UNPINNED: Final = ProbeSpec(asks="Open the profile signed out. Is the notice no longer pinned?")

_SOCIAL_PROBES: Final = {"absent": _ABSENT, "pinned": _PINNED, "unpinned": _UNPINNED}


def _rotate(*guide: str) -> VerbSpec:
    """A program's own way in: another one is kept first, then the old one is ended; whether it works can be tried."""
    return VerbSpec(effect="probeable", guide=(*guide, "Try the old one: it must be refused"))


_ROTATE: Final = {
    "x": _rotate(
        "Open https://console.x.com as the owner of our app",
        "Make new keys and tokens for every app that posts for us",
        "Put them where they are used, then end the old ones",
    ),
    "mastodon": _rotate(
        "Open Preferences, Development",
        "Make a new token for every program that posts for us",
        "Put it where it is used, then end the old one",
    ),
    "bluesky": _rotate(
        "Open Settings, Privacy and security, App passwords",
        "Make a new one for every program that posts for us",
        "Put it where it is used, then end all the others",
    ),
    "website": _rotate(
        "Open the website's users, each with its application passwords",
        "Make a new one for every program that publishes for us",
        "Put it where it is used, then end all the others",
    ),
}


def _social(name: str, title: str, limit: int, look_every: int = HALF_A_MINUTE) -> Kind:
    return Kind(
        name=name,
        title=title,
        limit=limit,
        look_every=look_every,
        verbs={
            "post": _post(f"Open {title}", "Paste the text", "Post it", "Copy the link of the post"),
            "pin": VerbSpec(
                effect="idempotent", public=True, guide=("Open the notice", "Three dots, then Pin to profile")
            ),
            "unpin": VerbSpec(
                effect="idempotent",
                public=True,
                guide=("Open the notice", "Three dots, then Unpin from profile"),
            ),
            "delete": VerbSpec(effect="idempotent", takes="items", public=True, guide=_DELETE_X),
            "rotate": _ROTATE[name],
        },
        probes=_SOCIAL_PROBES,
    )


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        _social("x", "X", X_LIMIT, A_MINUTE),
        _social("mastodon", "Mastodon", MASTODON_LIMIT),
        _social("bluesky", "Bluesky", BLUESKY_LIMIT),
        Kind(
            name="mynewsdesk",
            title="Mynewsdesk",
            look_every=A_MINUTE,
            fields=("handle", "address"),
            verbs={
                "post": _post(
                    "Sign in to Mynewsdesk",
                    "Create a news item and paste the text",
                    "Choose whether subscribers get a mail: a first publication mails everybody",
                    "Publish",
                ),
                "unpublish": VerbSpec(
                    effect="idempotent",
                    takes="items",
                    public=True,
                    guide=(
                        "Open each item on the list in the editor",
                        "Set its status to Draft and save. Editing mails nobody",
                        "Wait a minute, then look at the newsroom signed out",
                    ),
                ),
            },
            probes={"absent": _ABSENT},
        ),
        Kind(
            name="website",
            title="the website",
            fields=("handle", "address"),
            verbs={
                "post": _post("Sign in to the website's editor", "Paste the text as a news item", "Publish"),
                "banner": _post(
                    "Sign in to the website's editor", "Put the text in the notice banner", "Publish"
                ),
                "banner-off": VerbSpec(
                    effect="idempotent",
                    public=True,
                    guide=(
                        "Sign in to the website's editor",
                        "Take the notice out of the banner",
                        "Publish",
                        "Look at three pages signed out",
                    ),
                ),
                "unpublish": VerbSpec(
                    effect="idempotent",
                    takes="items",
                    public=True,
                    guide=("Open each item on the list", "Set it to Draft", "Look at the page signed out"),
                ),
                "rotate": _ROTATE["website"],
            },
            probes={
                "absent": _ABSENT,
                "banner-up": ProbeSpec(asks="Open three pages signed out. Does each show the notice?"),
                "banner-down": ProbeSpec(asks="Open three pages signed out. Is the notice gone from each?"),
            },
        ),
        Kind(
            name="mail",
            title="mail",
            look_every=0,
            fields=("handle", "address"),
            verbs={
                "send": VerbSpec(
                    effect="blind",
                    takes="recipients",
                    public=True,
                    arguments=("list", "text"),
                    guide=(
                        "Open the backup mailer",
                        "Paste the subject and the text",
                        "Choose the same list as the false messages went to",
                        "Send it",
                    ),
                ),
                "send-internal": VerbSpec(
                    effect="blind",
                    takes="text",
                    arguments=("to",),
                    guide=(
                        "Open your own mail",
                        "Paste the subject and the text",
                        "Send it to staff and the control room",
                    ),
                ),
                "send-test": VerbSpec(
                    effect="blind",
                    takes="text",
                    arguments=("to",),
                    guide=(
                        "Open the backup mailer",
                        "Paste the subject and the text",
                        "Send it to yourself and read it",
                    ),
                ),
            },
            probes={"accounted": ProbeSpec(asks="Does the mailer account for every recipient?")},
        ),
        Kind(
            name="manual",
            title="by hand",
            look_every=0,
            fields=("handle", "address"),
            verbs={
                "post": _post(
                    "Open the account or phone its owner",
                    "Give them the text word for word",
                    "Ask them to post it",
                ),
                "delete": VerbSpec(
                    effect="idempotent",
                    takes="items",
                    public=True,
                    guide=("Ask the owner to remove each item",),
                ),
                "pin": VerbSpec(effect="idempotent", public=True, guide=("Ask the owner to pin the notice",)),
            },
            probes=_SOCIAL_PROBES,
        ),
    )
}

# Channels that every playbook has without declaring them.
RESERVED: Final[dict[str, Kind]] = {
    "evidence": Kind(
        name="evidence",
        title="evidence",
        fields=(),
        verbs={
            "capture": VerbSpec(
                effect="pure",
                takes="items",
                guide=(
                    "Open each item on the list",
                    "Take a picture of the whole page, with the address and the time",
                    "Keep the pictures where nobody tidies up, and count them",
                ),
            ),
            "export": VerbSpec(
                effect="pure",
                guide=(
                    "At a command line: incident evidence {{ incident }} copy-to FOLDER (a new one, on a drive)",
                    "It takes all that is kept here and the record along. There: sha256sum -c SHA256SUMS",
                    "Or copy by hand: incident evidence {{ incident }} names the folder, incident log {{ incident }} > FILE writes the record",
                    "Write down the head that incident verify {{ incident }} prints. Hand all of it over against a signature",
                ),
            ),
        },
        probes={"complete": ProbeSpec(asks="Is every item on the list saved?")},
    ),
    "items": Kind(
        name="items",
        title="all channels",
        fields=(),
        verbs={
            "delete-at-risk": VerbSpec(
                effect="idempotent",
                takes="items",
                public=True,
                guide=(
                    "Open each item on the list",
                    "Remove it now, the one naming a person first",
                    "Reload and look again",
                ),
            ),
        },
        probes={
            "at-risk-absent": ProbeSpec(
                asks="Open each link signed out. Is everything that names a person gone?"
            ),
            "all-absent": ProbeSpec(asks="Open each link signed out. How many are still there?"),
        },
    ),
    "voices": Kind(
        name="voices",
        title="every channel that speaks",
        fields=(),
        verbs={
            "post": _post(
                "Open each channel on the list", "Paste the text", "Post it", "Copy the link of the post"
            ),
            "rotate": _rotate(
                "Go to each account on the list, where its programs' keys are",
                "Make a new key for every program that publishes for us",
                "Put it where it is used, then end all the others",
            ),
        },
    ),
}


def kind_of(channel: str, kind: str) -> Kind | None:
    """The kind of a channel by its playbook name; reserved names are their own kind."""
    return RESERVED.get(channel) or KINDS.get(kind)
