"""Phases and steps of a document to the model, every reference looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.playbook.answers import answer_of, step_id
from console.playbook.document import TOGETHER, ChooseAnswer, GateDoc, PhaseDoc, StepDoc
from console.playbook.durations import milliseconds
from console.playbook.findings import Place, did_you_mean, did_you_mean_step, listed
from console.playbook.model import STAND_DOWN, Answer, Choice, Gate, Guard, Need, Phase, Step, Verb, WayOut
from console.playbook.nodes import Mapping, Node, Scalar, Sequence
from console.playbook.parse import parse_condition, parse_need
from console.playbook.templates import renamed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Several

    from console.playbook.findings import Notes
    from console.playbook.lexer import Problem
    from console.playbook.scope import Scope

APPROVER: Final = "approver"
_VERB_SYNONYMS: Final = {
    "remove": "delete",
    "publish": "post",
    "say": "post",
    "mail": "send",
    "gone": "absent",
    "removed": "absent",
    "withdraw": "unpublish",
    "save": "capture",
}


class Builder:
    """Makes phases of one file's document in a scope; what is wrong goes to the file's notes."""

    def __init__(self, scope: Scope, notes: Notes) -> None:
        self._scope = scope
        self._notes = notes

    def phase(self, document: PhaseDoc, shift: int = 0) -> Phase:
        """The phase; `shift` milliseconds are added to the due times of its steps."""
        return Phase(
            id=document.id,
            title=document.title,
            steps=tuple(self._step(step, document.id, shift) for step in document.steps),
            opens=self.guard(document.opens, document.node.get("opens")),
            way_outs=tuple(self._way_outs(document)),
        )

    def guard(self, text: str, node: Node | None) -> Guard | None:
        """The condition with the author's words; None when there is none, or none that can be read."""
        if not text or node is None:
            return None
        condition, problems = parse_condition(text, self._scope)
        self._noted(node, problems)
        return Guard(condition, text) if condition is not None else None

    # -- a step --

    def _step(self, document: StepDoc, phase: str, shift: int) -> Step:
        node: Mapping = document.node
        due = milliseconds(document.due)
        how = [document.how] if isinstance(document.how, str) else document.how
        act = self._verb(document.act, node.get("act"), "verbs")
        step = Step(
            name=f"{phase}/{step_id(document)}",
            do=self._words(document.do),
            why=self._words(document.why),
            how=tuple(self._words(line) for line in how if line),
            link=document.link,
            by=self._role(document.by, node.at("by")),
            due=None if due is None else due + shift,
            critical=document.critical,
            answer=self._answer(document),
            go=self._go(document),
            when=self.guard(document.when, node.get("when")),
            needs=self._needs(node.get("needs")),
            act=act,
            arguments=self._arguments(document, act),
            check=self._verb(document.check, node.get("check"), "probes"),
            text=self._text(document.text, node.at("text")),
            gate=self._gate(document),
            confirm=document.confirm,
            repeat=milliseconds(document.repeat),
            until=self._step_name(document.until, node.at("until")),
            background=document.background,
            fallback=self._words(document.fallback),
            objective=document.objective,
            was=document.was,
            access=tuple(self._access(document)),
        )
        self._together(document, step)
        return step

    def _together(self, document: StepDoc, step: Step) -> None:
        """Keys that mean nothing without another one, and acts without their text."""
        node: Mapping = document.node
        for key, wanted in TOGETHER:
            if node.get(key) is not None and node.get(wanted) is None:
                place = (node.key(key) or node).place
                self._notes.error(
                    "PB044", place, f'"{key}" means nothing without "{wanted}"', f"add {wanted}, or delete it"
                )
        if document.confirm == "count" and node.get("act") is None:
            self._notes.error(
                "PB044", node.at("confirm"), "there is no act to count what it reaches", "write confirm: word"
            )
        if (
            step.act is not None
            and not step.text
            and "text" not in step.arguments
            and node.get("text") is None
        ):
            specs = [kind.verbs.get(step.act.verb) for kind in self._scope.kinds(step.act.channel)]
            if any(spec is not None and spec.takes in ("text", "recipients") for spec in specs):
                self._notes.error(
                    "PB045",
                    node.at("act"),
                    f"{document.act} needs a text to send",
                    "add text: and the wording's slug",
                )

    def _answer(self, document: StepDoc) -> Answer | None:
        answer = answer_of(document)
        if answer is None or not self._scope.rename:
            return answer
        choices = tuple(Choice(choice.slug, self._words(choice.words)) for choice in answer.choices)
        return Answer(answer.kind, self._words(answer.prompt), choices, answer.want)

    def _go(self, document: StepDoc) -> dict[str, str]:
        if not document.go:
            return {}
        entries = document.node.get("go")
        answer = document.answer
        slugs = list(answer.choose) if isinstance(answer, ChooseAnswer) else []
        if not isinstance(answer, ChooseAnswer) and document.node.get("answer") is None:
            self._notes.error(
                "PB044",
                document.node.key("go").place,
                '"go" means nothing without "answer: choose"',
                "add the answers",
            )
        for slug in document.go if slugs else ():
            if slug not in slugs:
                place = entries.key(slug).place
                self._notes.error(
                    "PB042",
                    place,
                    f'"{slug}" is not among the answers',
                    did_you_mean(slug, slugs),
                    listed("answers", slugs),
                )
        found = {}
        for slug, target in document.go.items():
            known = target == STAND_DOWN or self._step_name(target, entries.at(slug))
            if target and known:
                found[slug] = target
        return found

    def _needs(self, node: Node | None) -> tuple[Need, ...]:
        needs = []
        for item in node.items if isinstance(node, Sequence) else [node]:
            if not isinstance(item, Scalar) or not item.text.strip():
                continue
            need, problems = parse_need(item.text.strip(), self._scope)
            self._noted(item, problems)
            if need is not None:
                needs.append(need)
        return tuple(needs)

    def _arguments(self, document: StepDoc, act: Verb | None) -> dict[str, str]:
        if not document.with_ or act is None:
            return {}
        specs = [kind.verbs.get(act.verb) for kind in self._scope.kinds(act.channel)]
        allowed = {name for spec in specs if spec is not None for name in spec.arguments}
        entries = document.node.get("with")
        found = {}
        for name, value in document.with_.items():
            if name not in allowed:
                place = entries.key(name).place
                hint = did_you_mean(name, allowed) or ("" if allowed else "delete it: it takes none")
                self._notes.error(
                    "PB036", place, f'{document.act} takes no "{name}"', hint, listed("it takes", allowed)
                )
            elif value:
                found[name] = self._text(value, entries.at(name)) if name == "text" else self._words(value)
        return found

    def _access(self, document: StepDoc) -> Iterator[tuple[str, str]]:
        entries = document.node.get("access")
        for slug, what in document.access.items():
            name = self._scope.name(slug)
            if name in self._scope.channels or "channels" in self._scope.unsure:
                yield name, what
                continue
            known = self._scope.channels
            self._notes.error(
                "PB032",
                entries.key(slug).place,
                f'there is no channel "{slug}"',
                did_you_mean(slug, known),
                listed("channels", known),
            )

    def _gate(self, document: StepDoc) -> Gate | None:
        gate = document.gate
        if not gate:
            return None
        place = document.node.at("gate")
        if gate == "code":
            return Gate()
        if not isinstance(gate, GateDoc):
            self._approver(APPROVER, place)
            return Gate(2, self._scope.name(APPROVER), not_writer=True)
        by = gate.by or (APPROVER if gate.codes == 2 else "")
        if by:
            self._approver(by, gate.node.at("by"))
        return Gate(2 if gate.codes == 2 else 1, self._scope.name(by), gate.not_ == "writer")

    def _approver(self, role: str, place: Place) -> None:
        if not self._scope.has_role(self._scope.name(role)):
            message = f'the gate asks for the role "{role}", and there is none'
            self._notes.error(
                "PB031", place, message, did_you_mean(role, self._scope.roles) or f"add {role} to roles"
            )

    # -- references --

    def _role(self, role: str, place: Place) -> str:
        name = self._scope.name(role)
        if not role or self._scope.has_role(name):
            return name
        known = ["lead", *self._scope.roles]
        self._notes.error(
            "PB031",
            place,
            f'there is no role "{role}"',
            did_you_mean(role, known),
            listed("roles", set(known)),
        )
        return ""

    def _text(self, slug: str, place: Place) -> str:
        name = self._scope.name(slug)
        if not slug or name in self._scope.texts or "texts" in self._scope.unsure:
            return name
        known = self._scope.texts
        self._notes.error(
            "PB034", place, f'there is no text "{slug}"', did_you_mean(slug, known), listed("texts", known)
        )
        return ""

    def _step_name(self, name: str, place: Place) -> str:
        if not name or self._scope.has_step(name):
            return name
        hint = did_you_mean_step(name, self._scope.steps)
        note = "" if hint else listed("steps here", self._scope.steps)
        self._notes.error("PB030", place, f'there is no step "{name}"', hint, note)
        return ""

    def _verb(self, text: str, node: Node | None, table: str) -> Verb | None:
        if not text or not isinstance(node, Scalar):
            return None
        channel, _, verb = text.partition(".")
        name = self._scope.name(channel)
        kinds = self._scope.kinds(name)
        if not kinds and (name in self._scope.channels or "channels" in self._scope.unsure):
            return Verb(name, verb)  # its kind has been refused already
        if not kinds:
            known = [*self._scope.channels, "evidence", "items", "voices"]
            place = node.within(0, len(channel))
            self._notes.error(
                "PB032",
                place,
                f'there is no channel "{channel}"',
                did_you_mean(channel, known),
                listed("channels", known),
            )
            return None
        verbs = {one for kind in kinds for one in (kind.verbs if table == "verbs" else kind.probes)}
        if verb not in verbs:
            others = {one for kind in kinds for one in (kind.probes if table == "verbs" else kind.verbs)}
            what, other = ("act", "check") if table == "verbs" else ("check", "act")
            hint = (
                f"{verb} belongs under {other}"
                if verb in others
                else did_you_mean(verb, verbs, _VERB_SYNONYMS)
            )
            place = node.within(len(channel) + 1, len(text))
            self._notes.error(
                "PB033", place, f'{channel} knows no {what} "{verb}"', hint, listed("it knows", verbs)
            )
            return None
        return Verb(name, verb)

    def _way_outs(self, document: PhaseDoc) -> Several[WayOut]:
        found = []
        for way_out in document.way_out:
            when = self.guard(way_out.when, way_out.node.get("when"))
            go = self._step_name(way_out.go, way_out.node.at("go"))
            if when is not None and go:
                found.append(WayOut(when, go, self._words(way_out.say)))
        return found

    # -- small moves --

    def _words(self, template: str) -> str:
        return (
            renamed(template, self._scope.template_name)
            if self._scope.rename and "{{" in template
            else template
        )

    def _noted(self, node: Node, problems: Several[Problem]) -> None:
        lead = len(node.text) - len(node.text.lstrip()) if isinstance(node, Scalar) else 0
        for problem in problems:
            place = node.place
            if isinstance(node, Scalar):
                place = node.within(problem.start + lead, problem.end + lead)
            if problem.code >= "PB100":
                self._notes.warn(problem.code, place, problem.message, problem.hint)
            else:
                self._notes.error(problem.code, place, problem.message, problem.hint, problem.note)
