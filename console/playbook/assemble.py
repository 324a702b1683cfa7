"""One playbook and those it uses, joined into one model; everything that can be wrong between them is noted."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.errors import NotFound
from console.playbook import lint
from console.playbook.answers import answers_of, step_id
from console.playbook.books import Book, File, Shelf, check_placeholders
from console.playbook.build import Builder
from console.playbook.conditions import And, Done
from console.playbook.declare import MOST_QUESTIONS, declared, merge, own_scope
from console.playbook.document import PhaseDoc, UseDoc
from console.playbook.durations import milliseconds
from console.playbook.findings import Enough, Place, did_you_mean, listed
from console.playbook.model import Channel, Part, Phase, Playbook, Step, Wording
from console.playbook.nodes import Mapping, Scalar, Sequence
from console.playbook.scope import LEAD, Scope
from console.playbook.templates import renamed

if TYPE_CHECKING:
    from console.playbook.findings import Notes


def assemble(path: str, shelf: Shelf, *, advise: bool) -> Playbook | None:
    """The playbook at that path. None when its own file cannot be read on; what is wrong stands in the shelf's files.

    Args:
        path: of the playbook's own file.
        shelf: reads the files and keeps what is found wrong with each.
        advise: look for what an author should only be warned of, too.

    Raises:
        NotFound: there is no file at that path.
    """
    try:
        book = shelf.book(path)
        if book is not None:
            return _Assembly(book, shelf, advise=advise).whole()
    except Enough:
        return None
    if not shelf.files():
        raise NotFound(f"There is no playbook {path}.")
    return None


class _Used:
    """A playbook that another one uses: its book, its own scope, and its one phase."""

    def __init__(self, use: UseDoc, book: Book, scope: Scope, phase: PhaseDoc) -> None:
        self.use = use
        self.book = book
        self.scope = scope
        self.phase = phase
        self.rename = dict(use.with_)


class _Assembly:
    """Joins one playbook with what it uses."""

    def __init__(self, book: Book, shelf: Shelf, *, advise: bool) -> None:
        self._advise = advise
        self._book = book
        self._notes = book.notes
        self._shelf = shelf
        self._used: dict[str, _Used] = {}
        self._needs: dict[str, tuple[Notes, Place]] = {}

    def whole(self) -> Playbook:
        """The playbook, with everything it uses in place."""
        document = self._book.document
        scope = own_scope(self._book)
        for phase in document.phases:
            if isinstance(phase, UseDoc) and phase.use:
                self._use(phase, scope)
        self._steps(scope)
        _check_texts(self._book, scope, advise=self._advise)
        phases = [self._phase(phase, scope) for phase in document.phases]
        known = [phase for phase in phases if phase is not None]
        self._circles(known)
        texts = self._texts(scope)
        if self._advise:
            lint.check_limits(self._book, known, scope)
            lint.check_used(self._book, known)
        return Playbook(
            id=document.id,
            version=document.version,
            title=document.title,
            opens_when=document.opens_when,
            not_for=tuple(document.not_for),
            roles={LEAD: "Lead", **scope.roles} if LEAD not in scope.roles else dict(scope.roles),
            channels=tuple(Channel(name, kinds) for name, kinds in scope.channels.items()),
            ask=tuple(scope.ask.values()),
            facts=dict(scope.facts),
            memory=tuple(document.memory),
            texts=texts,
            phases=tuple(known),
        )

    # -- used playbooks --

    def _use(self, use: UseDoc, scope: Scope) -> None:
        place: Place = use.node.at("use")
        if use.use in self._used:
            self._notes.error("PB054", place, f'"{use.use}" is used twice', "use it once")
            return
        path = posixpath.join(posixpath.dirname(self._book.file.path), f"{use.use}.yaml")
        known = {file.path for file in self._shelf.files()}
        book = self._shelf.book(path)
        if book is None:
            why = (
                "has errors of its own"
                if path in {file.path for file in self._shelf.files()}
                else "cannot be read"
            )
            self._notes.error("PB050", place, f"the used playbook {path} {why}")
            return
        phase = self._one_phase(use, book, place)
        if phase is None:
            return
        own = own_scope(book)
        if path not in known:
            _check_alone(book, own, phase, advise=self._advise)
        used = _Used(use, book, own, phase)
        self._used[use.use] = used
        self._renames(used)
        for channel in merge(scope, own, used.rename):
            name = used.rename.get(channel, channel)
            here, there = " or ".join(scope.channels[name]), " or ".join(own.channels[channel])
            message = f'the channel "{name}" is {here} here, but {there} in {use.use}'
            self._notes.error("PB053", place, message, "make them the same, or rename it under with")
        if len(scope.ask) > MOST_QUESTIONS:
            message = (
                f"{len(scope.ask)} opening questions with those of {use.use}; {MOST_QUESTIONS} is the most"
            )
            self._notes.error("PB056", place, message, "share questions by giving them the same slug")

    def _one_phase(self, use: UseDoc, book: Book, place: Place) -> PhaseDoc | None:
        nested = [phase for phase in book.document.phases if isinstance(phase, UseDoc)]
        if nested:
            book.notes.error(
                "PB051",
                nested[0].node.at("use"),
                "a used playbook cannot use another one",
                "use it in the outer playbook",
            )
            self._notes.error(
                "PB051", place, f'"{use.use}" uses another playbook itself', "use that one here"
            )
            return None
        phases = [phase for phase in book.document.phases if isinstance(phase, PhaseDoc)]
        if len(phases) != 1 or phases[0].id not in ("", book.document.id):
            what = f"{len(phases)} phases" if len(phases) != 1 else f'a phase "{phases[0].id}"'
            message = f'"{use.use}" cannot be used: it has {what}'
            self._notes.error("PB052", place, message, f"it needs one phase, with the id {use.use}")
            return None
        return phases[0]

    def _renames(self, used: _Used) -> None:
        node = used.use.node.get("with")
        names = declared(used.scope)
        for inner, outer in used.use.with_.items():
            key = node.key(inner) if isinstance(node, Mapping) else None
            place = (key or used.use.node).place
            if inner not in names:
                message = f'{used.use.use} has no "{inner}" to rename'
                self._notes.error(
                    "PB055", place, message, did_you_mean(inner, names), listed("its names", names)
                )
            elif outer in names and outer not in used.use.with_:
                message = f'{used.use.use} has a "{outer}" already'
                self._notes.error("PB055", place, message, "rename that one too")

    # -- steps and phases --

    def _steps(self, scope: Scope) -> None:
        """Every step's full name, before any condition is read."""
        seen: set[str] = set()
        for phase in self._book.document.phases:
            if isinstance(phase, UseDoc):
                used = self._used.get(phase.use)
                if used is None:
                    scope.unsure.add(f"{phase.use}/" if phase.use else "*")
                else:
                    scope.steps.update(answers_of(used.phase, used.book.notes))
                    scope.unsure.update(_unsure(used.phase))
                    seen.add(used.phase.id)
                continue
            if phase.id and phase.id in seen:
                message = f'the phase "{phase.id}" stands here twice'
                self._notes.error("PB037", phase.node.at("id"), message, "choose another id")
                scope.unsure.add("*")
            seen.add(phase.id)
            scope.steps.update(answers_of(phase, self._notes))
            scope.unsure.update(_unsure(phase))
        phases = self._book.document.node.get("phases")
        if not isinstance(phases, Sequence) or len(phases.items) != len(self._book.document.phases):
            scope.unsure.add("*")

    def _phase(self, document: PhaseDoc | UseDoc, scope: Scope) -> Phase | None:
        if isinstance(document, PhaseDoc):
            phase = _built(self._book, document, scope, advise=self._advise)
            self._where(phase, document, self._notes)
            return phase
        used = self._used.get(document.use)
        if used is None:
            return None
        inner = replace(scope, rename=used.rename)
        builder = Builder(inner, used.book.notes)
        phase = builder.phase(used.phase, milliseconds(document.shift) or 0)
        self._where(phase, used.phase, used.book.notes)
        return Phase(
            id=phase.id,
            title=document.title or phase.title,
            steps=phase.steps,
            opens=phase.opens,
            when=Builder(scope, self._notes).guard(document.when, document.node.get("when")),
            way_outs=phase.way_outs,
        )

    def _where(self, phase: Phase, document: PhaseDoc, notes: Notes) -> None:
        for step, written in zip(phase.steps, document.steps, strict=True):
            self._needs[step.name] = (notes, written.node.at("needs"))

    def _circles(self, phases: list[Phase]) -> None:
        """Note needs that can never be met, because each waits for the other."""
        waits = {step.name: _waits_for(step) for phase in phases for step in phase.steps}
        settled: set[str] = set()
        for name in waits:
            trail: list[str] = []
            circle = _circle(name, waits, trail, settled)
            if circle:
                notes, place = self._needs[circle[0]]
                message = "needs that go round in a circle: " + ", ".join([*circle, circle[0]])
                notes.error("PB039", place, message, "take one of them out")
                settled.update(circle)

    # -- wordings --

    def _texts(self, scope: Scope) -> tuple[Wording, ...]:
        found: dict[str, Wording] = {}
        for slug, text in self._book.texts.items():
            found[slug] = Wording(slug, text.document.kind, _parts(text.document.node))
        for used in self._used.values():
            names = Scope(rename=used.rename)
            for slug, text in used.book.texts.items():
                name = names.name(slug)
                if name not in found:
                    parts = _parts(text.document.node)
                    if used.rename:
                        parts = tuple(
                            Part(part.name, renamed(part.template, names.template_name)) for part in parts
                        )
                    found[name] = Wording(name, text.document.kind, parts)
        del scope
        return tuple(found.values())


def _unsure(phase: PhaseDoc) -> set[str]:
    """What of a phase was refused, so that nobody can say which steps it has."""
    steps = phase.node.get("steps")
    written = steps.items if isinstance(steps, Sequence) else []
    whole = len(written) == len(phase.steps) and all(
        step.id or step.node.get("id") is None for step in phase.steps
    )
    if not phase.id:
        return {"*"}
    names = {step_id(step) for step in phase.steps}
    return set() if whole and written and len(names) == len(written) else {f"{phase.id}/"}


def _built(book: Book, document: PhaseDoc, scope: Scope, *, advise: bool) -> Phase:
    phase = Builder(scope, book.notes).phase(document)
    if advise:
        lint.check_phase(phase, document.node, book.notes)
        lint.check_moves(zip(phase.steps, document.steps, strict=True), scope, book.notes)
    return phase


def _check_alone(book: Book, scope: Scope, phase: PhaseDoc, *, advise: bool) -> None:
    """A playbook that can be used also opens alone; what stops it from that is noted in its own file."""
    alone = replace(scope, steps=answers_of(phase, book.notes), unsure=scope.unsure | _unsure(phase))
    _check_texts(book, alone, advise=advise)
    built = _built(book, phase, alone, advise=advise)
    if not advise:
        return
    lint.check_limits(book, [built], alone)
    lint.check_used(book, [built])


def _check_texts(book: Book, scope: Scope, *, advise: bool) -> None:
    files: dict[str, File] = {book.file.path: book.file}
    for text in book.texts.values():
        files.setdefault(text.file.path, text.file)
        if advise:
            lint.check_text(text)
    for file in files.values():
        check_placeholders(file, scope)


def _parts(node: Mapping) -> tuple[Part, ...]:
    return tuple(
        Part(key.text, value.text.rstrip("\n"))
        for key, value in node.entries
        if key.text != "kind" and isinstance(value, Scalar)
    )


def _waits_for(step: Step) -> tuple[str, ...]:
    """The steps that must be achieved before this one, whatever happens."""
    found: list[str] = []
    for need in step.needs:
        if len(need.alternatives) == 1:
            condition = need.alternatives[0].condition
            parts = condition.parts if isinstance(condition, And) else (condition,)
            found.extend(part.step for part in parts if isinstance(part, Done))
    return tuple(found)


def _circle(start: str, waits: dict[str, tuple[str, ...]], trail: list[str], settled: set[str]) -> list[str]:
    """The first circle that can be reached, without recursion; empty when there is none."""
    stack = [(start, iter(waits.get(start, ())))]
    trail.append(start)
    while stack:
        name, waiting = stack[-1]
        following = next(waiting, None)
        if following is None:
            settled.add(name)
            stack.pop()
            trail.pop()
        elif following in trail:
            return trail[trail.index(following) :]
        elif following not in settled:
            stack.append((following, iter(waits.get(following, ()))))
            trail.append(following)
    return []
