"""A scenario's document to its model, every reference looked up in the playbook that it rehearses."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from console.playbook.books import path_id
from console.playbook.conditions import Answer, Compare, Within
from console.playbook.durations import milliseconds, whole
from console.playbook.findings import Place, did_you_mean, did_you_mean_step, listed
from console.playbook.model import Guard, Playbook
from console.playbook.nodes import Mapping, Node, Scalar, Sequence
from console.playbook.parse import parse_condition
from console.playbook.scenario import Expect, Inject, Scenario
from console.playbook.scope import Scope, scope_of

if TYPE_CHECKING:
    from console.playbook.books import File
    from console.playbook.scenario_document import InjectDoc, ScenarioDoc

# In Hawaii in 2018 a drill's recording ended with these words, and people believed it.
_NOT_A_DRILL: Final = re.compile(r"(?:\bnot|n't)\s+(?:a|an)\s+(?:drill|exercise)\b", re.IGNORECASE)
# A key, and the key without which it means nothing.
_TOGETHER: Final = (
    ("item", "on"),
    ("on", "item"),
    ("at-risk", "item"),
    ("say", "from"),
    ("from", "say"),
    ("via", "say"),
    ("approver", "on-gate"),
)


class Script:
    """One document to the model; references are looked up when the playbook could be loaded."""

    def __init__(self, document: ScenarioDoc, file: File, playbook: Playbook | None) -> None:
        self._document = document
        self._notes = file.notes
        self._path = file.path
        self._playbook = playbook
        self._scope = scope_of(playbook) if playbook is not None else Scope()

    def scenario(self) -> Scenario:
        """The scenario; what is wrong with it goes to the file's notes."""
        document = self._document
        node = document.node
        if document.scenario and document.scenario != path_id(self._path):
            message = f'the scenario is "{document.scenario}", but the file is called {posixpath.basename(self._path)}'
            self._notes.error(
                "PB038", node.at("scenario"), message, f"write {path_id(self._path)}, or rename the file"
            )
        self._words(node)
        for step in document.targets:
            self._step(step, node.get("targets").key(step).place)
        return Scenario(
            id=document.scenario,
            playbook=document.playbook,
            title=document.title,
            length=milliseconds(document.length) or 0,
            brief=document.brief,
            objectives=tuple(document.objectives),
            targets={step: milliseconds(within) or 0 for step, within in document.targets.items()},
            injects=self._injects(),
            start=self._step(document.start, node.at("start")),
            given=self._given(),
            seed=document.seed,
        )

    def _words(self, node: Node) -> None:
        if isinstance(node, Scalar):
            for match in _NOT_A_DRILL.finditer(node.text):
                message = "these words are never used in a drill: once, people believed them"
                self._notes.error("PB060", node.within(match.start(), match.end()), message, "leave them out")
        for inner in node.items if isinstance(node, Sequence) else ():
            self._words(inner)
        for _, inner in node.entries if isinstance(node, Mapping) else ():
            self._words(inner)

    def _given(self) -> dict[str, str]:
        entries = self._document.node.get("given")
        for name, answer in self._document.given.items():
            if not self._step(name, entries.key(name).place) or self._playbook is None:
                continue
            known = self._scope.steps[name]
            place = entries.at(name)
            if known is not None and known.kind == "choose":
                slugs = [choice.slug for choice in known.choices]
                if answer not in slugs:
                    hint, note = did_you_mean(answer, slugs), listed("its answers", slugs)
                    self._notes.error("PB042", place, f'"{answer[:40]}" is no answer of {name}', hint, note)
            elif known is not None and known.kind == "number" and whole(answer) is None:
                self._notes.error("PB024", place, f"{name} is answered with a number")
        return dict(self._document.given)

    # -- injects --

    def _injects(self) -> tuple[Inject, ...]:
        found: dict[str, Inject] = {}
        for document in self._document.injects:
            if document.id in found:
                self._notes.error(
                    "PB037",
                    document.node.at("id"),
                    f'the inject "{document.id}" stands here twice',
                    "choose another id",
                )
            found[document.id] = self._inject(document)
        return tuple(found.values())

    def _inject(self, document: InjectDoc) -> Inject:
        node = document.node
        expect = document.expect
        made = Inject(
            id=document.id,
            at=milliseconds(document.at),
            after=self._step(document.after, node.at("after")),
            unless=self._guard(document.unless, node.get("unless")),
            on_answer=self._on_answer(document),
            on_gate=self._step(document.on_gate, node.at("on-gate")),
            channel=self._channel(document.on, node.at("on")),
            item=document.item,
            at_risk=document.at_risk,
            sender=document.from_,
            via=document.via or ("call" if document.say else ""),
            say=document.say,
            approver=document.approver,
            lasts=milliseconds(document.for_),
            repeat=milliseconds(document.repeat),
            expect=Expect(self._step(expect.step, expect.node.at("step")), milliseconds(expect.within) or 0)
            if expect
            else None,
        )
        self._together(document, made)
        return made

    def _together(self, document: InjectDoc, inject: Inject) -> None:
        """What an inject needs to happen at all, and keys that mean nothing without another one."""
        node = document.node
        present = {key.text for key, _ in node.entries}
        if not present & {"at", "after", "on-answer", "on-gate"}:
            self._notes.error(
                "PB020",
                node.place,
                f'nothing says when the inject "{document.id}" happens',
                "add at, after, on-answer or on-gate",
            )
        if not present & {"item", "say", "approver"}:
            self._notes.error(
                "PB020",
                node.place,
                f'nothing happens in the inject "{document.id}"',
                "add item, say or approver",
            )
        for key, wanted in _TOGETHER:
            if key in present and wanted not in present:
                self._notes.error(
                    "PB044",
                    node.key(key).place,
                    f'"{key}" means nothing without "{wanted}"',
                    f"add {wanted}, or delete it",
                )
        if "for" in present and not present & {"approver", "repeat"}:
            self._notes.error(
                "PB044",
                node.key("for").place,
                '"for" means nothing without "approver" or "repeat"',
                "delete it",
            )
        if inject.on_gate and self._playbook is not None:
            step = self._playbook.step(inject.on_gate)
            if step is not None and step.gate is None:
                self._notes.error(
                    "PB044",
                    node.at("on-gate"),
                    f'the step "{inject.on_gate}" has no gate',
                    "name a step with a gate",
                )
        length = milliseconds(self._document.length)
        if (
            inject.at is not None
            and length is not None
            and inject.at > length
            and not present & {"after", "on-answer", "on-gate"}
        ):
            self._notes.warn(
                "PB110",
                node.at("at"),
                "this is after the drill's end, so it never happens",
                "make it earlier, or the drill longer",
            )

    def _guard(self, text: str, node: Node | None) -> Guard | None:

        if not text or not isinstance(node, Scalar) or self._playbook is None:
            return None
        condition, problems = parse_condition(text, self._scope)
        for problem in problems:
            place = node.within(problem.start, problem.end)
            if problem.code >= "PB100":
                self._notes.warn(problem.code, place, problem.message, problem.hint)
            else:
                self._notes.error(problem.code, place, problem.message, problem.hint, problem.note)
        return Guard(condition, text) if condition is not None else None

    def _on_answer(self, document: InjectDoc) -> Guard | None:
        guard = self._guard(document.on_answer, document.node.get("on-answer"))
        if guard is None:
            return None
        condition = guard.condition
        if not isinstance(condition, Compare | Within) or not isinstance(condition.left, Answer):
            message = "this waits for one answer of one step"
            self._notes.error(
                "PB040",
                document.node.at("on-answer"),
                message,
                "write phase/step == answer, or phase/step in (a, b)",
            )
        return guard

    def _step(self, name: str, place: Place) -> str:
        if name and self._playbook is not None and name not in self._scope.steps:
            message = f'the playbook {self._document.playbook} has no step "{name}"'
            self._notes.error("PB030", place, message, did_you_mean_step(name, self._scope.steps))
            return ""
        return name

    def _channel(self, name: str, place: Place) -> str:
        if name and self._playbook is not None and name not in self._scope.channels:
            known = self._scope.channels
            message = f'the playbook {self._document.playbook} has no channel "{name}"'
            self._notes.error("PB032", place, message, did_you_mean(name, known), listed("channels", known))
            return ""
        return name
