"""People in doubt of a mailing are mailed once more when an officer and an approver say so of exactly these people. Pure.

Nobody knows whether the mail reached them, so some may get it twice: it takes the codes of the mailing's own gate, and an
approver's where it has none, over a manifest of its own: who (the ledger, the SHA-256 of their addresses in order, how many), in
which words (the digest of the mailing's manifest), and why.

    asked (Planned) ─▶ codes (Approved) ─▶ OnceMore ─▶ the ledger's own `again` row ─▶ OnceMoreSettled ─▶ the mailing goes on

`OnceMore` is durable before the ledger is touched, and the ledger takes each approval once. A console that dies in between leaves
the next one to finish it, or to say that who is in doubt had changed: then nobody is let.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import BadInput, Refused
from console.incident.manifest import Manifest
from console.incident.planning import ONCE_MORE, stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.incident.moment import Now
    from console.incident.state import Effect, Plan, State
    from console.playbook.model import Step

WHAT: Final = "once-more"  # what such a manifest is
ALL: Final = "all"
OF: Final = "of"  # its arguments: the digest of the mailing's manifest,
PEOPLE: Final = "people"  # and all in doubt, or the numbers of some
WAIT: Final = "in doubt may be mailed once more"  # how many, and this: why a mailing that may go on with them stands still
MAY_TWICE: Final = "SOME OF THEM MAY GET IT TWICE: we do not know whether it reached them."


def is_once_more(manifest: Manifest) -> bool:
    """Whether a manifest lets people be mailed once more."""
    return manifest.what == WHAT


def mailing_of(name: str) -> str:
    """The step whose mailing it is; the name itself where it is a step's own."""
    return name.removeprefix(ONCE_MORE)


def may_go_on(effect: Effect) -> bool:
    """Whether a mailing stopped or ended by itself, so that it may go on with people who are let be mailed once more."""
    return effect.status == "interrupted" or (effect.status == "done" and not effect.said_by)


def asked_once_more(state: State, step: Step, now: Now) -> bool:
    """Whether this is such a gate and is asked for already; raises Refused when it is one and was not: it needs to know who."""
    if not step.name.startswith(ONCE_MORE):
        return False
    plan = state.plan_of(step.name)
    if plan is None or plan.started or stale(plan, now.wall):
        raise Refused(
            f"Nobody has asked for those in doubt of {mailing_of(step.name)} to be mailed once more.",
            do="Ask for it first, with a reason: incident once-more.",
            code="not-asked",
        )
    return True


def waits_with(effects: Iterable[Effect]) -> str:
    """That people in doubt were let be mailed once more and the mailing has not gone on yet; empty where it is not so."""
    return next(
        (each.reason for each in effects if each.status == "interrupted" and each.reason.endswith(WAIT)), ""
    )


def not_twice(state: State, step: str) -> str:
    """The sentence that a mailing's page says of who gets it how often."""
    let = any(state.plans[digest].step == ONCE_MORE + step for digest in state.once_more)
    return f"Nobody is mailed twice{', but those in doubt whom an approver let' if let else ''}."


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in rising order as `3,5-9`."""
    found: list[list[int]] = []
    for n in numbers:
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in found)


def numbers_in(written: str) -> Iterator[tuple[int, int]]:
    """The ranges that `ranges` wrote, each first and last; raises BadInput for anything else."""
    for each in written.split(","):
        first, _, last = each.partition("-")
        if not (
            first.isascii() and first.isdecimal() and (not last or (last.isascii() and last.isdecimal()))
        ):
            raise BadInput(f"{each[:20]} is no number of a recipient.")
        yield int(first), int(last or first)


def let_by(plan: Plan, by: str) -> tuple[str, ...]:
    """Whose codes stand behind it besides that of who does it."""
    return tuple(each.officer for each in plan.approvals if each.officer != by)


def once_more_words(manifest: Manifest) -> str:
    """What such a manifest says it does, for a gate; empty for any other."""
    if not is_once_more(manifest):
        return ""
    which = (
        "everybody in doubt" if manifest.arguments.get(PEOPLE) == ALL else "some of those in doubt, by name"
    )
    return f"MAIL ONCE MORE to {which}. {MAY_TWICE}"
