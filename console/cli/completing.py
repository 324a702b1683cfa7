"""What the shell offers at Tab. Whatever fails here offers nothing: a half-typed line must not be spoilt by an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from click.shell_completion import CompletionItem

from console.errors import ConsoleError
from console.places import Places

if TYPE_CHECKING:
    from console.incident.state import State
    from console.journal.schema import Mode

Items = list[CompletionItem]


def incidents(incomplete: str) -> Items:
    """Ids of both records, newest first."""
    return _offer(lambda: reversed(_ids()), incomplete.upper())


def steps(incident: str, incomplete: str) -> Items:
    """Full step names of that incident."""

    def names() -> Iterable[str]:
        from console.cli.looking import state_at

        return [step.name for step in state_at(incident).playbook.steps()]

    return _offer(names, incomplete) if incident else []


def words(what: str, typed: Mapping[str, Any], incomplete: str) -> Items:
    """What may stand at a word of an incident's verb, from its record.

    Args:
        what: `answer`, `channel`, `item`, `question`, `reply`, `text`, `part` or `way-out`.
        typed: the words before it, by their names.
        incomplete: what was typed of it.
    """
    incident = str(typed.get("incident") or "")

    def known() -> Iterable[str]:
        from console.cli.looking import state_at

        return _WORDS[what](state_at(incident), typed)

    return _offer(known, incomplete) if incident else []


def _answers(state: State, typed: Mapping[str, Any]) -> Iterable[str]:
    from console.incident.board import step_by_number
    from console.incident.planning import step_of
    from console.incident.question import question

    step = step_of(state, step_by_number(state, str(typed.get("step") or "")))
    return [choice.slug for choice in question(state, step).choices]


def _channels(state: State, typed: Mapping[str, Any]) -> Iterable[str]:
    named = typed.get("channels") or ()
    return [each.name for each in state.playbook.channels if each.name not in named]


def _items(state: State, _typed: Mapping[str, Any]) -> Iterable[str]:
    return list(state.items)


def _questions(state: State, _typed: Mapping[str, Any]) -> Iterable[str]:
    return [each.slug for each in state.playbook.ask]


def _replies(state: State, typed: Mapping[str, Any]) -> Iterable[str]:
    asked = next((each for each in state.playbook.ask if each.slug == typed.get("question")), None)
    if asked is None:
        return []
    return [choice.slug for choice in asked.options] or ["not-sure"]


def _texts(state: State, _typed: Mapping[str, Any]) -> Iterable[str]:
    return [each.slug for each in state.playbook.texts]


def _parts(state: State, typed: Mapping[str, Any]) -> Iterable[str]:
    from console.incident.wordings import part_templates

    return [name for name, _ in part_templates(state, str(typed.get("text") or ""))]


def _ways(state: State, _typed: Mapping[str, Any]) -> Iterable[str]:
    return list(dict.fromkeys(offer.go for offer in state.offers.values()))


_WORDS: Final[dict[str, Callable[[State, Mapping[str, Any]], Iterable[str]]]] = {
    "answer": _answers,
    "channel": _channels,
    "item": _items,
    "question": _questions,
    "reply": _replies,
    "text": _texts,
    "part": _parts,
    "way-out": _ways,
}


def playbooks(incomplete: str) -> Items:
    """Ids of the playbooks here, and files when a path was begun."""
    if "/" in incomplete or incomplete.startswith((".", "~")):
        return [CompletionItem(incomplete, type="file")]
    return _offer(lambda: Places.here().shelf().ids(), incomplete)


def scenarios(incomplete: str) -> Items:
    """Names of the drill scenarios here."""
    return _offer(lambda: Places.here().shelf().scenarios(), incomplete)


def officers(incomplete: str) -> Items:
    """Names of the live officers."""

    def names() -> Iterable[str]:
        from console.journal.reading import ReadRecord

        with ReadRecord(Places.here().database("live"), "live") as record:
            rows = record.read("@house", 0, 10_000)
        return dict.fromkeys(
            event["officer"] for row in rows if (event := json.loads(row.body))["kind"] == "officer-added"
        )

    return _offer(names, incomplete)


def _ids() -> list[str]:
    from console.journal.reading import ReadRecord

    found: list[str] = []
    modes: tuple[Mode, ...] = ("practice", "live")
    for mode in modes:
        path = Places.here().database(mode)
        if path.exists():
            with ReadRecord(path, mode) as record:
                found += [name for name in record.streams() if not name.startswith("@")]
    return found


def _offer(names: Callable[[], Iterable[str]], incomplete: str) -> Items:
    try:
        return [CompletionItem(name) for name in names() if name.startswith(incomplete)]
    except (ConsoleError, OSError, ValueError, KeyError):
        return []
