"""What a playbook declares: roles, channels, questions, facts. Outer declarations win over those of a used playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.playbook.compare import NOT_SURE, YES_NO
from console.playbook.document import ChooseQuestion, PickQuestion, TypedQuestion
from console.playbook.findings import did_you_mean, listed
from console.playbook.kinds import RESERVED
from console.playbook.model import Choice, Question
from console.playbook.nodes import Mapping, Node, Scalar, Sequence
from console.playbook.scope import Scope

if TYPE_CHECKING:
    from console.playbook.books import Book
    from console.playbook.findings import Notes, Place

MOST_QUESTIONS: Final = 5
# Words that conditions read in their own way, so that no question or fact may be called so.
_TAKEN: Final = (
    "elapsed",
    "quiet",
    "and",
    "or",
    "not",
    "in",
    "done",
    "settled",
    "posting",
    "officer",
    "now",
    "next-update",
    "harm",
    "role",
)


def own_scope(book: Book) -> Scope:
    """The scope of a playbook that opens alone, without its steps. Notes what is wrong with its declarations."""
    document = book.document
    notes = book.notes
    scope = Scope()
    scope.roles.update(document.roles)
    for name, kinds in document.channels.items():
        if name in RESERVED:
            message = f'"{name}" is the console\'s own channel'
            notes.error("PB037", _key(document.node, "channels", name), message, "choose another name")
        else:
            scope.channels[name] = () if not kinds else (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for slug, asked in document.ask.items():
        _taken(notes, document.node, "ask", slug)
        scope.ask[slug] = _question(slug, asked, notes)
    for slug, fact in document.facts.items():
        _taken(notes, document.node, "facts", slug)
        if slug in scope.ask:
            message = f'"{slug}" is a question already'
            notes.error("PB037", _key(document.node, "facts", slug), message, "choose another name")
        scope.facts[slug] = fact
    scope.texts.update(document.texts)
    _refused(scope, document.node)
    return scope


def merge(outer: Scope, inner: Scope, rename: dict[str, str]) -> tuple[str, ...]:
    """Add to a scope what it lacks from a used playbook's, under the names used here.

    Returns:
        The channels that both have with different kinds.
    """

    def name(slug: str) -> str:
        return rename.get(slug, slug)

    for role, title in inner.roles.items():
        outer.roles.setdefault(name(role), title)
    clashes = []
    for channel, kinds in inner.channels.items():
        if outer.channels.setdefault(name(channel), kinds) != kinds:
            clashes.append(channel)
    for slug, question in inner.ask.items():
        outer.ask.setdefault(name(slug), _called(question, name(slug)))
    for slug, fact in inner.facts.items():
        outer.facts.setdefault(name(slug), fact)
    outer.texts.update(name(slug) for slug in inner.texts)
    return tuple(clashes)


def declared(scope: Scope) -> set[str]:
    """Every name of a scope that `with` may rename."""
    return {*scope.roles, *scope.channels, *scope.ask, *scope.facts, *scope.texts}


def _refused(scope: Scope, node: Mapping) -> None:
    """Names whose declaration was refused still exist, so that one error does not become ten."""
    asks, texts = node.get("ask"), node.get("texts")
    for key, _ in asks.entries if isinstance(asks, Mapping) else ():
        scope.ask.setdefault(key.text, Question(key.text, "", "text"))
    scope.texts.update(key.text for key, _ in (texts.entries if isinstance(texts, Mapping) else ()))
    for section in ("roles", "channels", "ask", "facts", "texts"):
        held = node.get(section)
        if held is not None and not isinstance(held, Mapping):
            scope.unsure.add(section)


def _called(question: Question, slug: str) -> Question:
    return Question(slug, question.say, question.kind, question.options, question.default)


def _key(node: Mapping, section: str, key: str) -> Place:
    inner = node.get(section)
    found = inner.key(key) if isinstance(inner, Mapping) else None
    return (found or node).place


def _taken(notes: Notes, node: Mapping, section: str, slug: str) -> None:
    if slug in _TAKEN:
        message = f'"{slug}" has a meaning of its own in conditions and texts'
        notes.error("PB037", _key(node, section, slug), message, "choose another name")


def _question(slug: str, asked: PickQuestion | ChooseQuestion | TypedQuestion, notes: Notes) -> Question:
    default = asked.default
    chosen = (default,) if isinstance(default, str) else tuple(default)
    node: Mapping = asked.node
    if isinstance(asked, TypedQuestion):
        _typed_default(asked, notes)
        options: tuple[Choice, ...] = ()
        kind: str = asked.type
        if not kind:
            return Question(slug, asked.say, "text")
        if kind == "yes-no":
            options = tuple(Choice(word, word.replace("-", " ").capitalize()) for word in YES_NO)
        return Question(slug, asked.say, kind, options, chosen)
    offered = asked.pick if isinstance(asked, PickQuestion) else asked.choose
    options = _options(offered)
    known = [option.slug for option in options]
    for item in _scalars(node.get("default")):
        if known and item.text not in (*known, NOT_SURE):
            note = listed("its answers", [*known, NOT_SURE])
            notes.error(
                "PB042",
                item.place,
                f'"{item.text}" is not among the answers',
                did_you_mean(item.text, known),
                note,
            )
    return Question(slug, asked.say, "pick" if isinstance(asked, PickQuestion) else "choose", options, chosen)


def _typed_default(asked: TypedQuestion, notes: Notes) -> None:
    default = asked.default
    wanted = {
        "yes-no": "yes, no or not-sure",
        "time": "not-sure: no time is safe before anybody has looked",
    }.get(asked.type, "")
    right = default in YES_NO if asked.type == "yes-no" else default == NOT_SURE
    if default and wanted and not right:
        notes.error(
            "PB042", asked.node.at("default"), f'"{default[:40]}" is no answer here', f"write {wanted}"
        )


def _options(offered: list[str] | dict[str, str]) -> tuple[Choice, ...]:
    if isinstance(offered, dict):
        return tuple(Choice(slug, words) for slug, words in offered.items())
    return tuple(Choice(slug, slug.replace("-", " ")) for slug in dict.fromkeys(offered or ()))


def _scalars(node: Node | None) -> list[Scalar]:
    """The text, or the texts of a list."""
    found = node.items if isinstance(node, Sequence) else [node]
    return [item for item in found if isinstance(item, Scalar) and item.text.strip()]
