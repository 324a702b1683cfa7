"""Outward texts at one moment: parts with their edits, values in place, and the word EXERCISE before every practice text."""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from msgspec import Struct

from console.incident.able import kind_name
from console.incident.facts import Facts
from console.incident.moment import MINUTE, hhmm
from console.incident.state import State
from console.incident.zones import zone_named
from console.playbook.kinds import KINDS
from console.playbook.templates import names, render

EXERCISE: Final = "EXERCISE"
ROUND_TO: Final = 5 * MINUTE
DEFAULT_UPDATE: Final = 30 * MINUTE
PARAGRAPH_KINDS: Final = ("correction", "internal", "scope", "answers")
HARM: Final = "One may put someone at risk: do not act on it."


class Rendered(Struct, frozen=True):
    """A wording ready to go: parts in the order sent, the whole text, the subject, and when it grows stale (ms, 0 never)."""

    slug: str
    kind: str
    parts: tuple[tuple[str, str], ...]
    text: str
    subject: str = ""
    not_after: int = 0


def zone_of(state: State) -> tzinfo:
    """The zone in which this incident's people read times; UTC when the machine does not know it."""
    return zone_named(state.zone)


def next_update(state: State, now: int) -> int:
    """Wall ms of the next promised update: `update-every` from `now`, rounded up to five minutes."""
    every = Facts(state, now).fact("update-every")
    due = now + (every if isinstance(every, int) else DEFAULT_UPDATE)
    return -(-due // ROUND_TO) * ROUND_TO


def values(state: State, now: int, officer: str) -> dict[str, str]:
    """Every name a template may use, with its words at `now`."""
    zone = zone_of(state)
    found = {
        "officer": officer,
        "now": hhmm(now, zone),
        "next-update": hhmm(next_update(state, now), zone),
        "reached": _reached(state),
        "harm": HARM if state.answers.get("at-risk") == "yes" else "",
        **state.playbook.facts,
        **{f"role.{slug}": title for slug, title in state.playbook.roles.items()},
        **_channel_fields(state),
    }
    for question in state.playbook.ask:
        if question.slug not in found:
            found[question.slug] = _answer_words(state, question.slug, question.kind, zone)
    return found


def wording(state: State, slug: str, now: int, officer: str) -> Rendered | None:
    """The wording of that slug as it would go out at `now`; None when the playbook has none. Empty parts are left out."""
    text = state.playbook.wording(slug)
    if text is None:
        return None
    edits = state.texts.get(slug, {})
    known = values(state, now, officer)
    parts = []
    stale = 0
    for part in text.parts:
        template = edits.get(part.name, part.template)
        if "next-update" in names(template):
            stale = next_update(state, now)
        words = render(template, known).strip() if part.name not in edits else _render_edit(template, known)
        if words:
            parts.append((part.name, words))
    subject = next((words for name, words in parts if name == "subject"), "")
    glue = "\n\n" if text.kind in PARAGRAPH_KINDS else " "
    body = glue.join(words for name, words in parts if name != "subject")
    if not state.live:
        body = f"{EXERCISE} {body}"
        subject = f"{EXERCISE} {subject}" if subject else ""
    return Rendered(slug, text.kind, tuple(parts), body, subject, stale)


def _render_edit(template: str, known: dict[str, str]) -> str:
    """An officer's own words: known names are filled in, anything else in braces is left as typed."""
    if all(name in known for name in names(template)):
        return render(template, known).strip()
    return template.strip()


def fill(text: str, known: dict[str, str]) -> str:
    """A step's sentence with its values in place; as written when a name in it is not known."""
    return render(text, known) if "{{" in text and all(name in known for name in names(text)) else text


def part_templates(state: State, slug: str) -> tuple[tuple[str, str], ...]:
    """The parts of a wording as they stand for editing: an officer's edit, else the author's template."""
    text = state.playbook.wording(slug)
    if text is None:
        return ()
    edits = state.texts.get(slug, {})
    return tuple((part.name, edits.get(part.name, part.template)) for part in text.parts)


def channel_words(state: State, name: str) -> str:
    """A channel as the public knows it: its handle, else *our X account*."""
    handle = state.fields.get(f"{name}.handle", "")
    if handle:
        return handle
    kind = KINDS.get(kind_name(state, name))
    if kind is None:
        return f"our {name}"
    words = {
        "website": "our website",
        "mail": "our e-mails",
        "manual": f"our {name}",
        "mynewsdesk": "our newsroom",
    }
    return words.get(kind.name, f"our {kind.title} account")


def _reached(state: State) -> str:
    question = next((each for each in state.playbook.ask if each.slug == "reached"), None)
    slugs = state.answers.get("reached", "").split()
    words = []
    for slug in slugs:
        choice = next((each for each in question.options if each.slug == slug), None) if question else None
        if choice is not None and choice.words not in (slug, ""):
            words.append(choice.words)
        elif state.playbook.channel(slug) is not None:
            words.append(channel_words(state, slug))
        else:
            words.append({"email": "our e-mails"}.get(slug, f"our {slug}"))
    return listed(words) or "our channels"


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def _channel_fields(state: State) -> dict[str, str]:
    found = {}
    for channel in state.playbook.channels:
        fields = {field for name in channel.kinds for field in (KINDS[name].fields if name in KINDS else ())}
        for field in fields:
            key = f"{channel.name}.{field}"
            found[key] = state.fields.get(key) or channel_words(state, channel.name)
    return found


def _answer_words(state: State, slug: str, kind: str, zone: tzinfo) -> str:
    raw = state.answers.get(slug, "")
    if kind == "time":
        return hhmm(int(raw), zone) if raw.isdecimal() else "tonight"
    if raw == "not-sure":
        return "not known yet"
    question = next((each for each in state.playbook.ask if each.slug == slug), None)
    choices = {choice.slug: choice.words for choice in question.options} if question is not None else {}
    return (
        listed([choices.get(each, each) for each in raw.split()]) if kind == "pick" else choices.get(raw, raw)
    )
