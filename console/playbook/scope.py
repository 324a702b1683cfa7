"""The names that a playbook's conditions, steps and texts may use, its own and those of what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.playbook.kinds import KINDS, RESERVED, Kind, kind_of
from console.playbook.templates import BUILT_IN, FROM_QUESTIONS

if TYPE_CHECKING:
    from console.playbook.model import Answer, Playbook, Question

LEAD: Final = "lead"
# The sections that declare what a placeholder may name.
DECLARED: Final = frozenset({"ask", "facts", "channels", "roles"})


class Scope(Struct):
    """What is declared, by name.

    Attributes:
        steps: every step's full name and what it answers; None for a step that is only ticked or checked.
        channels: each channel's kinds.
        rename: how a used playbook's names read where it is used; empty for a file of its own.
        unsure: what was refused already, so that one error does not become ten: sections (`roles`), phases, or `*`
            for any step.
    """

    roles: dict[str, str] = {}
    channels: dict[str, tuple[str, ...]] = {}
    ask: dict[str, Question] = {}
    facts: dict[str, str] = {}
    texts: set[str] = set()
    steps: dict[str, Answer | None] = {}
    rename: dict[str, str] = {}
    unsure: set[str] = set()

    def name(self, slug: str) -> str:
        """What an author's name is called here."""
        return self.rename.get(slug, slug)

    def kinds(self, channel: str) -> tuple[Kind, ...]:
        """The kinds of a channel, reserved ones among them; empty when there is no such channel."""
        if channel in RESERVED:
            return (RESERVED[channel],)
        found = (kind_of(channel, kind) for kind in self.channels.get(channel, ()))
        return tuple(kind for kind in found if kind is not None)

    def has_step(self, name: str) -> bool:
        """Whether there is such a step, or might have been one in what was refused."""
        return name in self.steps or "*" in self.unsure or f"{name.partition('/')[0]}/" in self.unsure

    def has_role(self, role: str) -> bool:
        """Whether the role exists; `lead` always does."""
        return role == LEAD or role in self.roles or "roles" in self.unsure

    def template_names(self) -> set[str]:
        """Every name that may stand in `{{ }}`."""
        known = {*BUILT_IN, *self.ask, *self.facts, f"role.{LEAD}", *(f"role.{role}" for role in self.roles)}
        known.update(name for name, question in FROM_QUESTIONS.items() if question in self.ask)
        for channel, kinds in self.channels.items():
            fields = {field for kind in kinds for field in KINDS[kind].fields} or {"handle", "address"}
            known.update(f"{channel}.{field}" for field in fields)
        return known

    def template_name(self, name: str) -> str:
        """What a placeholder's name is called here."""
        head, dot, field = name.partition(".")
        if head == "role" and dot:
            return f"role.{self.name(field)}"
        return f"{self.name(head)}{dot}{field}"


def scope_of(playbook: Playbook) -> Scope:
    """The names of a playbook that has been loaded."""
    return Scope(
        roles=dict(playbook.roles),
        channels={channel.name: channel.kinds for channel in playbook.channels},
        ask={question.slug: question for question in playbook.ask},
        facts=dict(playbook.facts),
        texts={text.slug for text in playbook.texts},
        steps={step.name: step.answer for step in playbook.steps()},
    )
