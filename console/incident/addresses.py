"""Where a person's hands go in a step that is done by hand: every address whole. A drill has none. Pure.

Nothing is opened by itself, and no address is made from what a stranger wrote but for what is published: where something is edited
is on a host that this machine's settings name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

from console.incident.able import kind_name
from console.incident.facts import items_for
from console.incident.newsroom import edit_link, host_of, ref_of
from console.incident.posted import ABOUT_A_POST, posted
from console.incident.reach import reached_when_saved

if TYPE_CHECKING:
    from console.incident.state import Item, State
    from console.playbook.model import Step

SWEEP: Final = "all-absent"
PINS: Final = ("pinned", "unpinned")  # looks
PINNING: Final = ("pin", "pinned")  # of what else is pinned there nobody knows the address
ACCOUNT: Final = "account-id"  # the field of a newsroom that its editor's addresses hold
_HANDLE: Final = re.compile(r"@?([A-Za-z0-9_]{1,15})", re.ASCII)
_DIGITS: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_PLAIN: Final = re.compile(r"(?:p|page_id)=([1-9][0-9]{0,18})", re.ASCII)
_NODE: Final = re.compile(r"/node/([1-9][0-9]{0,9})/?", re.ASCII)


class Address(Struct, frozen=True, kw_only=True):
    """One thing that a step done by hand is about: an item, or what is our own, such as the notice.

    Attributes:
        item: the item's id; empty for what is our own.
        words: the item's, or what it is.
        link: where anybody sees it; empty in a drill, and where it is not known.
        edit: where it is edited or withdrawn; empty in a drill, and where it is not known.
        reach: how far it had gone, in words.
    """

    channel: str
    item: str = ""
    words: str = ""
    link: str = ""
    edit: str = ""
    reach: str = ""

    def lines(self) -> tuple[str, ...]:
        """One fact a line, each address at the end of its own."""
        name = f"Item {self.item}" if self.item else "Ours"
        told = ", ".join(part for part in (self.words, self.reach) if part)
        first = f"{name} on {self.channel}: {told or self.link}"
        found = [first]
        found += [f"{name}, see it at {self.link}"] if self.link and told else []
        found += [f"{name}, edit it at {self.edit}"] if self.edit else []
        return tuple(found)


def addresses(state: State, step: Step) -> tuple[Address, ...]:
    """What the step is about and where it is: what waits for hands, else all that it would be about."""
    waits = [each for each in state.effects_of(step.name) if each.guided and each.status == "intended"]
    ids = tuple(each.item for each in waits if each.item) or items_for(state, step)
    if step.act is None and step.check is not None and step.check.verb == SWEEP:
        ids = tuple(item.id for item in state.items.values() if item.bogus and item.link)
    found = [_of_item(state, step, state.items[item]) for item in ids if item in state.items]
    return (*found, *_ours(state, step))


def _ours(state: State, step: Step) -> tuple[Address, ...]:
    """What the step posted; or our post that is to be pinned, and the profile where it is looked at."""
    about = step.act or step.check
    if step.act is not None and step.act.verb == "post" and state.live:
        return tuple(
            Address(channel=each.channel, words="what was posted", link=link)
            for each in state.effects_of(step.name)
            if each.status == "done" and (link := _post(state, each.channel, each.remote))
        )
    if about is None or about.verb not in (*ABOUT_A_POST, *PINS) or not state.live:
        return ()
    named = {
        "the notice": _post(state, about.channel, posted(state, about.channel))
        if about.verb in PINNING
        else ""
    }
    named["the profile"] = _profile(state, about.channel)
    return tuple(
        Address(channel=about.channel, words=words, link=link) for words, link in named.items() if link
    )


def _of_item(state: State, step: Step, item: Item) -> Address:
    removes = step.act is not None and step.act.channel != "evidence"
    return Address(
        channel=item.channel,
        item=item.id,
        words=" ".join(item.words.split()),
        link=item.link if state.live else "",
        edit=_editor(state, item) if state.live and removes else "",
        reach=reached_when_saved(item.reach) if item.reach else "",
    )


def _editor(state: State, item: Item) -> str:
    """Where the item is edited, if the settings of its channel tell."""
    kind = kind_name(state, item.channel)
    if kind == "mynewsdesk":
        return _in_newsroom(item.link, state.fields.get(f"{item.channel}.{ACCOUNT}", ""))
    if kind == "website":
        return _on_website(item.link, state.fields.get(f"{item.channel}.address", ""))
    return ""


@lru_cache(maxsize=4096)  # a board is drawn at every key, and a bad night has hundreds of items
def _in_newsroom(link: str, account: str) -> str:
    return edit_link(account, ref_of(link))


@lru_cache(maxsize=4096)
def _on_website(link: str, ours: str) -> str:
    """WordPress names a post in its plain address, Drupal a node; only on our own host, where the officer signs in."""
    host = host_of(link)
    if not host or host != host_of(ours):
        return ""
    parts, own = urlsplit(link), urlsplit(ours)
    root = f"{own.scheme}://{own.netloc}"  # a link may name another port, or a page that nobody encrypts
    if "@" in parts.netloc:
        return ""
    plain = _PLAIN.fullmatch(parts.query)
    if parts.path in ("", "/") and plain is not None:
        return f"{root}/wp-admin/post.php?post={plain[1]}&action=edit"
    node = _NODE.fullmatch(parts.path)
    return f"{root}/node/{node[1]}/edit" if node is not None else ""


def _post(state: State, channel: str, made: str) -> str:
    """The address of a post of ours by what its platform calls it; empty where it cannot be told."""
    if host_of(made):
        return made
    if kind_name(state, channel) != "x" or not _DIGITS.fullmatch(made):
        return ""
    return f"{_profile(state, channel) or 'https://x.com/i'}/status/{made}"


def _profile(state: State, channel: str) -> str:
    """The address of our account at X; of others the handle does not tell it."""
    handle = _HANDLE.fullmatch(state.fields.get(f"{channel}.handle", ""))
    return f"https://x.com/{handle[1]}" if handle is not None and kind_name(state, channel) == "x" else ""
