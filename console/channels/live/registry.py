"""Which live adapter a channel's settings ask for, and what each kind needs to be told. A platform's module is loaded when it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.need import Need
from console.channels.live.relay import Relay
from console.channels.live.smtp import Secret
from console.channels.protocol import Channel
from console.clock import Clock
from console.errors import ChannelError
from console.settings import acts as asks
from console.text import visible

if TYPE_CHECKING:
    from console.channels.live.wire import Keeper

PASSWORD: Final = "password"  # noqa: S105 - the name under which a vault keeps it
MAIL: Final = "mail"
SMTP, NOTIFY = TRANSPORTS = ("smtp", "notify")  # of a mail channel
# kind: module, class. Each module also has NEEDS and problems.
PLATFORMS: Final[dict[str, tuple[str, str]]] = {
    "x": ("console.channels.live.x", "XChannel"),
    "mynewsdesk": ("console.channels.live.mynewsdesk", "Mynewsdesk"),
    "website": ("console.channels.live.website", "Website"),
    "mastodon": ("console.channels.live.mastodon", "Mastodon"),
    "bluesky": ("console.channels.live.bluesky", "Bluesky"),
}
COMMON: Final = (
    Need(
        name="handle",
        asks="What is the account called in public, such as @ExamplePolice?",
        optional=True,
    ),
)
TRANSPORT: Final = Need(
    name="transport",
    asks="Through what is mail sent: smtp (your own relay) or notify (GOV.UK Notify)?",
    default=SMTP,
    optional=True,
)
MAIL_NEEDS: Final = (
    TRANSPORT,
    Need(name="host", asks="Which host is the relay?"),
    Need(name="tls", asks="How is it secured: starttls or implicit?", default="starttls"),
    Need(name="port", asks="Which port? Enter takes the usual one.", optional=True),
    Need(name="from", asks="In whose name are mails sent, such as Example Police <press@example.org>?"),
    Need(name="user", asks="Which user logs in? Enter if none does.", optional=True),
    Need(name="test-to", asks="Who gets the test mail?", optional=True),
    Need(name="internal-to", asks="Who gets mails to staff?", optional=True),
    Need(name="suppression", asks="Which file names people who must get no mailing?", optional=True),
    Need(name=PASSWORD, asks="The password of that user?", secret=True, optional=True),
)


class Secrets(Protocol):
    """What gives and keeps secrets: a vault."""

    async def secret(self, channel: str, name: str) -> str | None:
        """A channel's secret of that name."""
        ...

    async def keep_secret(self, channel: str, name: str, value: str) -> None:
        """Keep a channel's secret."""
        ...


class OfChannel:
    """One channel's secrets in a vault. It satisfies `adapter.Secrets`."""

    def __init__(self, vault: Secrets, channel: str) -> None:
        self._vault = vault
        self._channel = channel

    async def get(self, name: str) -> str:
        """The secret, or nothing."""
        return await self._vault.secret(self._channel, name) or ""

    async def keep(self, name: str, value: str) -> None:
        """Keep it; the vault reads it back."""
        await self._vault.keep_secret(self._channel, name, value)


def needs(kind: str, transport: str = SMTP) -> tuple[Need, ...]:
    """What a machine is asked to let the console act on a channel of this kind; empty where it never does.

    Args:
        kind: one of `console.playbook.kinds.KINDS`.
        transport: of a mail channel, which of `TRANSPORTS`.
    """
    if kind == MAIL and transport == NOTIFY:
        own: tuple[Need, ...] = import_module("console.channels.live.notify_settings").NEEDS
        return (TRANSPORT, *own)
    if kind == MAIL:
        return MAIL_NEEDS
    if kind not in PLATFORMS:
        return ()
    own = import_module(PLATFORMS[kind][0]).NEEDS
    return (*(each for each in COMMON if each.name not in [need.name for need in own]), *own)


def acts(raw: Mapping[str, str]) -> bool:
    """Whether these settings ask for an adapter: mail's always do, a platform's when its needs were given."""
    return asks(raw) and raw.get("kind", "") in (MAIL, *PLATFORMS)


def live_channels(
    settings: Mapping[str, Mapping[str, str]], secrets: Secrets, clock: Clock, keeper: Callable[[], Keeper]
) -> dict[str, Channel]:
    """An adapter for every channel that is configured well enough to act by itself, by the playbook's name.

    Settings that cannot be used make no adapter, so that the steps become guided; `problems` says what is wrong.

    Args:
        settings: by channel name; each with its `kind`.
        secrets: asked when a platform first wants one, never before.
        clock: the machine's.
        keeper: makes what keeps every exchange with a platform; called only where there is one.
    """
    wrong = problems(settings)
    return {
        name: _made(name, raw, secrets, clock, keeper)
        for name, raw in settings.items()
        if acts(raw) and name not in wrong
    }


def _made(
    name: str, raw: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Callable[[], Keeper]
) -> Channel:
    if raw["kind"] == MAIL and raw.get("transport") == NOTIFY:
        return _by_notify(name, raw, secrets, clock, keeper())
    if raw["kind"] == MAIL:
        return _by_relay(name, MailSettings.read(name, raw), _password_of(secrets, name), clock)
    module, cls = PLATFORMS[raw["kind"]]
    adapter: Any = getattr(import_module(module), cls)
    channel: Channel = adapter(name, raw, OfChannel(secrets, name), clock, keeper())
    return channel


def _by_relay(name: str, settings: MailSettings, secret: Secret, clock: Clock) -> MailChannel:
    """A mail channel over the organisation's own relay."""
    relay = Relay(settings, secret, clock, apart=True)
    return MailChannel(name, relay, staff=settings.internal_to, testers=settings.test_to)


def _by_notify(
    name: str, raw: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
) -> MailChannel:
    """A mail channel over GOV.UK Notify."""
    from console.channels.live.notify import Notify
    from console.channels.live.notify_settings import API_KEY, NotifySettings

    settings = NotifySettings.read(name, raw)

    async def key() -> str | None:
        return await secrets.secret(name, API_KEY)

    service = Notify(settings, key, clock, keeper)
    return MailChannel(name, service, staff=settings.internal_to, testers=settings.test_to)


def problems(settings: Mapping[str, Mapping[str, str]]) -> dict[str, ChannelError]:
    """What is wrong with the settings of each channel that asks for an adapter."""
    found = ((name, _problem(name, raw)) for name, raw in settings.items() if acts(raw))
    return {name: error for name, error in found if error is not None}


def _problem(name: str, raw: Mapping[str, str]) -> ChannelError | None:
    if raw["kind"] == MAIL:
        return _problem_of_mail(name, raw)
    wrong: tuple[str, ...] = import_module(PLATFORMS[raw["kind"]][0]).problems(raw)
    if not wrong:
        return None
    return ChannelError(
        f"The settings of {visible(name)} cannot be used: {'; '.join(wrong)}.",
        do=f"Correct them with incident channels set {visible(name)}. Its steps can be done by hand meanwhile.",
    )


def _problem_of_mail(name: str, raw: Mapping[str, str]) -> ChannelError | None:
    transport = raw.get("transport", "") or SMTP
    if transport not in TRANSPORTS:
        return ChannelError(
            f"{visible(name)} cannot send mail through {visible(transport)}.",
            do=f"Set transport to one of {', '.join(TRANSPORTS)}.",
        )
    try:
        if transport == NOTIFY:
            import_module("console.channels.live.notify_settings").NotifySettings.read(name, raw)
        else:
            MailSettings.read(name, raw)
    except ChannelError as error:
        return error
    return None


def _password_of(secrets: Secrets, name: str) -> Secret:
    async def password() -> str | None:
        return await secrets.secret(name, PASSWORD)

    return password
