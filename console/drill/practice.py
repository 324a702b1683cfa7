"""A drill: the same engine over a practice journal, practice channels, a practice vault. No network, no keyring.

Nothing in this room can reach a live adapter or the keyring: that is an import contract, and there is no switch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from console.channels.practice import practice_channels
from console.channels.practice_world import PracticeWorld
from console.channels.recipients import digest_of
from console.drill.world import World
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.lists import freeze_list, ledger_name
from console.engine.opening import Opening, open_incident
from console.engine.session import Session, load_state
from console.errors import BadPlaybook, NotFound, Refused, WrongMode
from console.incident import commands as c
from console.incident.codec import decode
from console.incident.events import Opened
from console.incident.wordings import EXERCISE
from console.playbook.kinds import KINDS, RESERVED
from console.playbook.scenario import Scenario, load_scenario
from console.vault.practice import PracticeVault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.clock import Clock
    from console.journal.protocol import Journal
    from console.playbook.model import Loaded, Playbook, Source

PRACTICE: Final = "practice"
HOST: Final = "drill"
APPROVERS: Final = ("Lindqvist", "Brandt")
PLAYER_ROLES: Final = ("officer",)
RECIPIENTS: Final = 2_400
LIST_AGE: Final = 3 * 24 * 3_600_000
FIELDS: Final = {
    "x": {"handle": "@ExamplePolice"},
    "mynewsdesk": {"handle": "our newsroom", "address": "news.example.org"},
    "website": {"handle": "our website", "address": "www.example.org"},
    "mail": {"handle": "our e-mails", "address": "press@example.org"},
}
# Whom mails go to and are from: an approver sees it in a drill as on the night it counts.
MAILED: Final = {
    "from": "Press office <press@example.org>",
    "internal-to": "staff@example.org, control-room@example.org",
    "test-to": "you@example.org",
}


async def open_practice(
    journal: Journal,
    scenario: Scenario,
    loaded: Loaded,
    *,
    officer: str,
    clock: Clock,
    seed: int,
    answers: Mapping[str, str] | None = None,
    source: Source | None = None,
    zone: str = "UTC",
) -> tuple[Session, Conductor, World]:
    """Open a drill and stand at its first step.

    Args:
        journal: a practice journal.
        scenario: the script.
        loaded: the playbook that is rehearsed.
        officer: the player.
        clock: the drill's.
        seed: of its randomness; the same seed makes the same drill. 0 takes the scenario's own.
        answers: opening answers by slug; what is missing takes the question's safe default.
        source: the scenario's own file, kept in the record so that the drill can be resumed from it alone.
        zone: the IANA zone in which people read times.

    Raises:
        WrongMode: the journal is a live one.
        BadInput: an opening answer does not fit its question.
    """
    _practice_only(journal)
    playbook = loaded.playbook
    seed = seed or scenario.seed
    kept = replace(loaded, sources=(*loaded.sources, source)) if source is not None else loaded
    vault = PracticeVault(seed)
    approvers = approvers_for(officer)
    opening = Opening(
        by=officer,
        loaded=kept,
        mode=PRACTICE,
        answers=dict(answers or {}),
        configured=configured(playbook),
        fields=fields(playbook),
        zone=zone,
        scenario=scenario.id,
        seed=seed,
    )
    gatekeeper = Gatekeeper(journal, vault, clock, HOST)
    await _enrol(gatekeeper, playbook, officer, approvers)
    incident = await open_incident(journal, opening, clock.now())
    made = await _stand(journal, incident, scenario, vault, gatekeeper, clock)
    session, conductor, _ = made
    await _freeze_lists(session)
    await _begin_at(session, conductor, scenario, officer)
    return made


async def resume_practice(
    journal: Journal,
    incident: str,
    *,
    clock: Clock,
    scenario: Scenario | None = None,
) -> tuple[Session, Conductor, World]:
    """Go on with a drill where it stood; its world is made again from the record.

    Args:
        journal: a practice journal.
        incident: the drill's id, `D-…`.
        clock: the drill's.
        scenario: its script, where the record does not hold it.

    Raises:
        WrongMode: the journal or the incident is a live one.
        NotFound: there is no such drill, or its scenario is neither in the record nor given.
    """
    _practice_only(journal)
    state, _, _ = await load_state(journal, incident)
    if state.live:
        raise WrongMode(f"{incident} is a live incident, not a drill.")
    if scenario is None:
        scenario = await _kept_scenario(journal, incident)
    house = await Gatekeeper(journal, PracticeVault(state.seed), clock, HOST).house()
    vault = PracticeVault(state.seed, house.officers)
    gatekeeper = Gatekeeper(journal, vault, clock, HOST)
    made = await _stand(journal, incident, scenario, vault, gatekeeper, clock)
    session, _, world = made
    await session.claim_orphans()
    await world.replay()
    return made


def approvers_for(officer: str) -> tuple[str, ...]:
    """The names behind the practice phones; never the player's own."""
    return tuple(name for name in APPROVERS if name.casefold() != officer.casefold())


def configured(playbook: Playbook) -> dict[str, str]:
    """Every channel by name with its kind: in practice the console can act on all of them, the reserved ones included."""
    return {
        **{channel.name: channel.kinds[0] for channel in playbook.channels},
        **{name: name for name in RESERVED},
    }


def fields(playbook: Playbook) -> dict[str, str]:
    """Example words for every channel field that a text may use, such as `account.handle`."""
    found: dict[str, str] = {}
    handles: set[str] = set()
    for channel in playbook.channels:
        kind = channel.kinds[0]
        for field in KINDS[kind].fields if kind in KINDS else ():
            words = FIELDS.get(kind, {}).get(field, f"our {channel.name}")
            if words in handles and words.startswith("@"):
                words = f"@Example{channel.name.title().replace('-', '')}"
            handles.add(words)
            found[f"{channel.name}.{field}"] = words
        if kind == "mail":
            found |= {f"{channel.name}.{field}": words for field, words in MAILED.items()}
    return found


def _practice_only(journal: Journal) -> None:
    if journal.mode != PRACTICE:
        raise WrongMode("A drill is not written into a live record.", do="Open the practice record for it.")


async def _enrol(
    gatekeeper: Gatekeeper, playbook: Playbook, officer: str, approvers: tuple[str, ...]
) -> None:
    """Enrol everybody afresh: a lock or a used code of an earlier drill does not reach into this one."""
    roles = tuple(dict.fromkeys(step.gate.by for step in playbook.steps() if step.gate and step.gate.by))
    house = await gatekeeper.house()
    wanted = {officer: PLAYER_ROLES, **dict.fromkeys(approvers, roles or ("approver",))}
    for name, held in wanted.items():
        if house.named(name) is not None:
            await gatekeeper.remove(name, by=officer)
        await gatekeeper.enrol(name, held, by=officer)


async def _stand(
    journal: Journal,
    incident: str,
    scenario: Scenario,
    vault: PracticeVault,
    gatekeeper: Gatekeeper,
    clock: Clock,
) -> tuple[Session, Conductor, World]:
    state, _, _ = await load_state(journal, incident)
    outside = PracticeWorld(state.seed, clock)
    channels = practice_channels(state.playbook.channels, outside)
    session = await Session.resume(journal, incident, clock=clock, channels=channels, gatekeeper=gatekeeper)
    conductor = Conductor(session)
    player = state.opened_by
    world = World(scenario, outside, vault, officer=player, approvers=approvers_for(player), clock=clock)
    world.attach(session, conductor)
    return session, conductor, world


async def _freeze_lists(session: Session) -> None:
    """A practice list of subscribers for every mail channel: real lines in a real ledger, addresses that do not exist."""
    for channel in session.state.playbook.channels:
        if channel.kinds[0] != "mail":
            continue
        addresses = [f"reader{n:04d}@example.org" for n in range(1, RECIPIENTS + 1)]
        digest = digest_of(addresses)
        chosen = c.Freeze(
            channel=channel.name,
            ledger=ledger_name(session, channel.name, digest),
            sha256=digest,
            count=len(addresses),
            source=f"{EXERCISE} subscribers.csv",
            age=LIST_AGE,
            domains=("example.org",),
        )
        await freeze_list(session, addresses, chosen)


async def _begin_at(session: Session, conductor: Conductor, scenario: Scenario, officer: str) -> None:
    """The answers that stand when a drill begins in the middle, and its first step."""
    for step, value in scenario.given.items():
        try:
            await session.do(c.Answer(by=officer, step=step, value=value))
        except Refused:
            # It has an act of its own that a drill does not begin with: the drill passes it by, no officer, and says why.
            await session.do(c.Skip(step=step, reason=f"{EXERCISE}: {value}, given by the drill"))
    if scenario.start:
        await session.do(c.Move(by=officer, step=scenario.start))
    await conductor.beat()


async def _kept_scenario(journal: Journal, incident: str) -> Scenario:
    rows = await journal.read(incident, 0, 1)
    opened = decode(rows[0].body)
    if not isinstance(opened, Opened):
        raise NotFound(f"{incident} does not begin with an opening.")
    files = {each.path: each.text.encode() for each in opened.files}
    path = next((each for each in files if each.endswith(f"{opened.scenario}.yaml") and opened.scenario), "")
    if not path:
        raise NotFound(f"The scenario of {incident} is not in its record.", do="Start a new drill.")
    try:
        return load_scenario(path, lambda name: files[name]).scenario
    except BadPlaybook as error:
        raise NotFound(f"The scenario of {incident} cannot be read again.", error.what) from error
