"""Which live adapter a channel's settings ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.smtp import Secret
from console.channels.protocol import Channel
from console.clock import Clock
from console.errors import ChannelError

PASSWORD = "password"  # noqa: S105 - the name under which a vault keeps it


class Secrets(Protocol):
    """What gives secrets: a vault."""

    async def secret(self, channel: str, name: str) -> str | None:
        """A channel's secret of that name."""
        ...


def live_channels(
    settings: Mapping[str, Mapping[str, str]], secrets: Secrets, clock: Clock
) -> dict[str, Channel]:
    """An adapter for every channel that is configured well enough to act by itself, by the playbook's name.

    Settings that cannot be used make no adapter, so that the steps become guided; `problems` says what is wrong.

    Args:
        settings: by channel name; each with its `kind`.
        secrets: asked at the moment of login, never before.
        clock: the machine's.
    """
    channels: dict[str, Channel] = {}
    for name, raw in settings.items():
        if raw.get("kind") == "mail" and name not in problems({name: raw}):
            checked = MailSettings.read(name, raw)
            channels[name] = MailChannel(name, checked, _password_of(secrets, name), clock)
    return channels


def problems(settings: Mapping[str, Mapping[str, str]]) -> dict[str, ChannelError]:
    """What is wrong with the settings of each channel that has an adapter."""
    wrong = {}
    for name, raw in settings.items():
        if raw.get("kind") == "mail":
            try:
                MailSettings.read(name, raw)
            except ChannelError as error:
                wrong[name] = error
    return wrong


def _password_of(secrets: Secrets, name: str) -> Secret:
    async def password() -> str | None:
        return await secrets.secret(name, PASSWORD)

    return password
