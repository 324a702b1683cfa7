"""Drill scenarios as the drill reads them: what scripted happenings meet the players, and when. Times are milliseconds.

`scenario_document.py` holds what an author writes; this makes the model of it, against the playbook that is rehearsed.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.errors import BadPlaybook, NotFound
from console.playbook.findings import Enough, Finding, Place
from console.playbook.load import broken, load, unreadable
from console.playbook.model import Guard, Loaded, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.playbook.books import File
    from console.playbook.scenario_document import ScenarioDoc

FOLDER: Final = "drills"


class Expect(Struct, frozen=True):
    """The step that should be achieved within so long of the inject."""

    step: str
    within: int


class Inject(Struct, frozen=True, kw_only=True):
    """One scripted happening.

    Attributes:
        at: this long after opening; with `after`, `on_answer` or `on_gate`: this long after that.
        after: once that step is achieved.
        unless: not when this is true at its time.
        on_answer: once a step has been answered so.
        on_gate: once that step's gate waits for the approver.
        channel, item, at_risk: a bogus item on that channel, with its words.
        sender, via, say: somebody calls or writes, and says this.
        approver: at that gate the approver is `silent` or gives a `wrong-code`.
        lasts: for how long the approver does so, or the repeating goes on; None to the end.
        repeat: again every so long.
    """

    id: str
    at: int | None = None
    after: str = ""
    unless: Guard | None = None
    on_answer: Guard | None = None
    on_gate: str = ""
    channel: str = ""
    item: str = ""
    at_risk: bool = False
    sender: str = ""
    via: str = ""
    say: str = ""
    approver: str = ""
    lasts: int | None = None
    repeat: int | None = None
    expect: Expect | None = None


class Scenario(Struct, frozen=True, kw_only=True):
    """One drill's script.

    Attributes:
        targets: by when each step should be achieved.
        start: the step on which the drill begins; empty for the first.
        given: answers that stand when it begins, by step.
        seed: of its randomness; 0 when the author gave none.
    """

    id: str
    playbook: str
    title: str
    length: int
    brief: str = ""
    objectives: tuple[str, ...] = ()
    targets: dict[str, int] = {}
    injects: tuple[Inject, ...] = ()
    start: str = ""
    given: dict[str, str] = {}
    seed: int = 0


class LoadedScenario(Struct, frozen=True):
    """A scenario, its own file as it was read, and the playbook that it rehearses with its closure."""

    scenario: Scenario
    source: Source
    loaded: Loaded


def load_scenario(name: str, read: Callable[[str], bytes]) -> LoadedScenario:
    """The scenario of that name, and its playbook.

    Args:
        name: an id, looked for in `drills/`, or a path that ends in .yaml. The playbook is looked for above `drills/`.
        read: as for `console.playbook.load.load`.

    Raises:
        NotFound: there is no such scenario.
        BadPlaybook: the scenario or its playbook cannot be used; `findings` are drawn.
    """
    scenario, source, loaded, file = _read(name, read)
    findings = file.notes.sorted()
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors or scenario is None or loaded is None or source is None:
        raise broken("scenario", file.path, errors, {file.path: file.notes.lines})
    return LoadedScenario(scenario, source, loaded)


def check_scenario(name: str, read: Callable[[str], bytes]) -> tuple[Finding, ...]:
    """Everything wrong with a scenario's own file; its playbook is checked on its own."""
    try:
        _, _, _, file = _read(name, read)
    except NotFound as error:
        return unreadable(path_of(name), error)
    return file.notes.sorted()


def path_of(name: str) -> str:
    """The path of a scenario's own file."""
    return name if name.endswith((".yaml", ".yml")) else f"{FOLDER}/{name}.yaml"


def _read(
    name: str, read: Callable[[str], bytes]
) -> tuple[Scenario | None, Source | None, Loaded | None, File]:
    from console.playbook.books import Shelf
    from console.playbook.scenario_document import ScenarioDoc
    from console.playbook.scripting import Script

    path = posixpath.normpath(path_of(name))
    shelf = Shelf(read)
    file = shelf.file(path, ScenarioDoc)
    if file is None:
        raise NotFound(f"There is no scenario {path}.")
    document = file.document
    if not isinstance(document, ScenarioDoc):
        return None, None, None, file
    try:
        loaded = _rehearsed(document, file, read)
        scenario = Script(document, file, loaded.playbook if loaded else None).scenario()
    except Enough:
        return None, None, None, file
    return scenario, shelf.sources[0], loaded, file


def _rehearsed(document: ScenarioDoc, file: File, read: Callable[[str], bytes]) -> Loaded | None:
    if not document.playbook:
        return None
    folder = posixpath.dirname(file.path)
    above = posixpath.dirname(folder) if posixpath.basename(folder) == FOLDER else folder
    try:
        return load(posixpath.join(above, f"{document.playbook}.yaml"), read)
    except (NotFound, BadPlaybook) as error:
        why = "has errors of its own" if isinstance(error, BadPlaybook) else "cannot be read"
        place: Place = document.node.at("playbook")
        file.notes.error(
            "PB050", place, f'the playbook "{document.playbook}" {why}', "run incident check on it"
        )
        return None
