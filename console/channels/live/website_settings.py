"""What a website needs to be told, and what can be wrong with it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from console.channels.live.need import Need
from console.channels.live.web import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINES: Final = ("wordpress", "drupal", "filedrop", "none")
SIGNED_IN: Final = ("wordpress", "drupal")
PASSWORD: Final = "password"  # noqa: S105 - the name under which a vault keeps it
FEWEST_PAGES: Final = 3
MOST_PAGES: Final = 10
MOST_HOURS: Final = 24 * 31
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}", re.ASCII)
_USER: Final = re.compile(r"[^:\x00-\x1f\x7f]{1,200}")  # RFC 7617: no colon

NEEDS: Final = (
    Need(name="base", asks="What is the website's public address, such as https://www.example.police.uk?"),
    Need(
        name="engine",
        asks="What runs it: wordpress, drupal, filedrop (only the notice banner), or none (the console only looks)?",
        default="none",
    ),
    Need(
        name="api",
        asks="Where is its API, if not under the public address (/wp-json or /jsonapi)? Enter for the usual place.",
        optional=True,
    ),
    Need(name="user", asks="Which of its users does the console sign in as? Enter if none.", optional=True),
    Need(
        name=PASSWORD,
        asks="That user's application password (WordPress) or password (Drupal)?",
        secret=True,
        optional=True,
    ),
    Need(
        name="types",
        asks="Which content types are news, the one for notices first? Enter for posts, pages or article, page.",
        optional=True,
    ),
    Need(
        name="feed",
        asks="Where is its news feed (RSS or Atom)? Enter for /feed/ with WordPress, or for none.",
        optional=True,
    ),
    Need(
        name="pages",
        asks="Which three pages must show the notice banner: home, news and one more, with a space between?",
        optional=True,
    ),
    Need(
        name="notice-folder",
        asks="In which folder of this machine does the website look for notice.html? Enter if there is none.",
        optional=True,
    ),
    Need(
        name="notice-link", asks="Which page says more about the notice? Enter if none does.", optional=True
    ),
    Need(
        name="notice-hours",
        asks="After how many hours does the banner's until lie? Enter leaves it open.",
        optional=True,
    ),
)


def problems(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Everything that is wrong with the settings, a phrase each; empty when they can be used."""
    engine = settings.get("engine", "") or "none"
    wrong = [f"the engine is one of {', '.join(ENGINES)}"] if engine not in ENGINES else []
    if not settings.get("base"):
        wrong.append("the website's public address is missing")
    for name in ("base", "api", "feed", "notice-link"):
        wrong += _address(name, settings.get(name, ""))
    wrong += _pages(settings)
    if engine in SIGNED_IN and settings.get("user") and not _USER.fullmatch(settings["user"]):
        wrong.append("the user has a colon or a control character in it")
    if engine == "filedrop" and not settings.get("notice-folder"):
        wrong.append("filedrop needs a notice-folder")
    if settings.get("notice-folder") and not Path(settings["notice-folder"]).is_absolute():
        wrong.append("the notice-folder is not a whole path from /")
    for name in ("types", "notice-class", "format"):
        wrong += [
            f"{name} has {each[:40]!r} in it"
            for each in listed(settings.get(name, ""))
            if not _TYPE.fullmatch(each)
        ]
    hours = settings.get("notice-hours", "")
    if hours and not (hours.isascii() and hours.isdecimal() and 0 < int(hours[:6]) <= MOST_HOURS):
        wrong.append(f"notice-hours is no number from 1 to {MOST_HOURS}")
    return tuple(wrong)


def pages_of(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The pages that must show the banner, as whole addresses; a path is one of this website."""
    base = settings.get("base", "").rstrip("/")
    found = settings.get("pages", "").replace(",", " ").split()
    return tuple(f"{base}{each}" if each.startswith("/") else each for each in found)


def listed(value: str) -> tuple[str, ...]:
    """A list as people type one."""
    return tuple(value.replace(",", " ").split())


def is_secure(url: str) -> bool:
    """Whether it is https, or stays on this machine."""
    found = httpx.URL(url)
    if found.scheme == "https":
        return True
    try:
        return found.host == "localhost" or ipaddress.ip_address(found.host).is_loopback
    except ValueError:
        return False


def _address(name: str, value: str) -> list[str]:
    if not value:
        return []
    if not place_of(value) or any(each.isspace() for each in value):
        return [f"{name} is no web address"]
    if httpx.URL(value).userinfo:
        return [f"{name} has a user or a password in it"]
    return [] if is_secure(value) else [f"{name} is not https"]


def _pages(settings: Mapping[str, str]) -> list[str]:
    found = pages_of(settings)
    if not found:
        return []
    wrong = (
        []
        if FEWEST_PAGES <= len(set(found)) <= MOST_PAGES
        else [f"pages are {FEWEST_PAGES} to {MOST_PAGES} addresses"]
    )
    for page in found:
        wrong += _address("pages", page)
    return list(dict.fromkeys(wrong))
