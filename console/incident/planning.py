"""From a step to its manifest, and what a gate still wants of it. Pure."""

from __future__ import annotations

from typing import Final

from console.errors import NotFound
from console.incident.able import kind_name, removal
from console.incident.again import interrupted, reached_already
from console.incident.facts import items_for, takes
from console.incident.mailed import false_mail, ledger_for
from console.incident.manifest import Manifest, Target, from_bytes
from console.incident.persons import is_among, same_person
from console.incident.posted import ABOUT_A_POST, posted
from console.incident.state import CLOSE, MailingList, Plan, State
from console.incident.wordings import EXERCISE, Rendered, part_templates, wording
from console.playbook.findings import nearest_step
from console.playbook.kinds import KINDS
from console.playbook.model import Gate, Step
from console.playbook.templates import names

SAY: Final = "say"
AT_RISK: Final = "at-risk"  # the question whose answer puts the words of `{{ harm }}` into a text
HARM_NAME: Final = "harm"
MAILED_TO: Final = {"send-internal": "internal-to", "send-test": "test-to"}
TO_THE_LIST: Final = (
    "send",
    "send-test",
)  # the mail that the list gets, and the same to one who looks at it first
IN_REPLY_TO: Final = "in-reply-to"
MAILED: Final = (*MAILED_TO, "send")  # what is sent as a mail, and so in somebody's name
CLOSE_STEP: Final = Step(
    name=CLOSE, do="Close with critical steps open", gate=Gate(codes=1, by="approver", not_writer=True)
)
ONCE_MORE: Final = "@once-more/"  # before the name of the step whose mailing it is


def step_of(state: State, name: str) -> Step:
    """The step of that name, `@close` and `@once-more/STEP` included; raises NotFound when there is none."""
    if name == CLOSE:
        return CLOSE_STEP
    if name.startswith(ONCE_MORE):
        mails = step_of(state, name.removeprefix(ONCE_MORE))
        do = f"Mail once more to those in doubt: {mails.do}"
        return Step(name=name, do=do, gate=mails.gate or CLOSE_STEP.gate, confirm="count")
    step = state.playbook.step(name)
    if step is None:
        meant = nearest_step(name, [each.name for each in state.playbook.steps()])
        hint = f"Did you mean {meant}?" if meant else "Run incident show to see the steps."
        raise NotFound(f"This playbook has no step {name}.", do=hint)
    return step


def manifest_for(state: State, step: Step, by: str, now: int, nonce: str, answer: str = "") -> Manifest:
    """The manifest of the step's act, statement or gated answer, as it would go out at `now`."""
    text = text_of_step(state, step, by, now)
    targets = _targets(state, step)
    mailing = (
        state.lists.get(step.act.channel)
        if step.act is not None and takes(state, step) == "recipients"
        else None
    )
    return Manifest(
        what="act" if step.act is not None else "statement",
        incident=state.incident,
        mode=state.mode,
        step=step.name,
        channel=step.act.channel if step.act is not None else "",
        verb=step.act.verb if step.act is not None else SAY,
        targets=targets,
        subject=text.subject if text is not None else "",
        text=text.text if text is not None else "",
        parts=text.parts if text is not None else (),
        arguments=_arguments(state, step),
        recipients=ledger_for(state, step, mailing.ledger) if mailing is not None else "",
        recipients_sha256=mailing.sha256 if mailing is not None else "",
        reaches=mailing.count
        if mailing is not None
        else (len(targets) if takes(state, step) == "items" else 0),
        answer=answer,
        playbook_sha256=state.playbook_sha256,
        writers=_writers(state, text, mailing, by),
        not_after=text.not_after if text is not None else 0,
        nonce=nonce,
    )


def _arguments(state: State, step: Step) -> dict[str, str]:
    """The author's arguments, whom a mail goes to and is from where that is this machine's to say, and the false mail it is shown under.

    All of it is approved with the words.
    """
    found = dict(step.arguments)
    if step.act is not None and step.act.verb in MAILED:
        sender = state.fields.get(f"{step.act.channel}.from", "")
        if sender:
            found["from"] = sender
    if step.act is not None and step.act.verb in MAILED_TO:
        known = state.fields.get(f"{step.act.channel}.{MAILED_TO[step.act.verb]}", "")
        if known and not found.get("to"):
            found["to"] = known
    if (
        step.act is not None
        and step.act.verb in TO_THE_LIST
        and (answered := false_mail(state, step.act.channel))
    ):
        found[IN_REPLY_TO] = answered
    return found


def _writers(state: State, text: Rendered | None, mailing: MailingList | None, by: str) -> tuple[str, ...]:
    """Everybody whose words or choices are in it: of the text, of the answers in it, of the list, and who asks."""
    found = [*state.editors.get(text.slug, ())] if text is not None else []
    used = (
        {name for _, part in part_templates(state, text.slug) for name in names(part)}
        if text is not None
        else set()
    )
    for question in state.playbook.ask:
        if question.slug in used or (question.slug == AT_RISK and HARM_NAME in used):
            found += state.amenders.get(question.slug, ())
            found += [state.opened_by] if question.kind == "text" else []
    found += [mailing.by] if mailing is not None else []
    return tuple(dict.fromkeys([*filter(None, found), by]))


def text_of_step(state: State, step: Step, by: str, now: int) -> Rendered | None:
    """The wording a step speaks with, if it has one."""
    slug = step.text or step.arguments.get("text", "")
    return wording(state, slug, now, by) if slug else None


def _targets(state: State, step: Step) -> tuple[Target, ...]:
    number = 1 + sum(1 for plan in state.plans.values() if plan.step == step.name)
    root = f"{step.name}#{number}"
    if step.act is None:
        return (Target(effect=f"{root}.1", channel="", kind="manual", verb=SAY),)
    verb = step.act.verb
    if takes(state, step) == "items":
        ids = items_for(state, step)
        return tuple(
            Target(
                effect=f"{root}.{place}",
                channel=state.items[item].channel if step.act.channel != "evidence" else "evidence",
                kind=kind_name(state, state.items[item].channel),
                verb=verb if step.act.channel != "items" else removal(state, state.items[item].channel),
                item=item,
                remote=state.items[item].link,
            )
            for place, item in enumerate(ids, 1)
        )
    if step.act.channel == "voices":
        done = reached_already(state, step)
        named = (each.name for each in state.playbook.channels)
        speaking = [name for name in named if name not in done and _speaks(state, name, verb)]
        return tuple(
            Target(effect=f"{root}.{place}", channel=name, kind=kind_name(state, name), verb=verb)
            for place, name in enumerate(speaking, 1)
        )
    channel = step.act.channel
    about = posted(state, channel) if verb in ABOUT_A_POST else ""
    return (
        Target(effect=f"{root}.1", channel=channel, kind=kind_name(state, channel), verb=verb, remote=about),
    )


def _speaks(state: State, channel: str, verb: str) -> bool:
    kind = KINDS.get(kind_name(state, channel))
    return kind is not None and kind.speaks and verb in kind.verbs


def confirmation(state: State, step: Step, manifest: Manifest) -> str:
    """What must be typed before it goes: the channel's word or the count; in a drill after the word `drill`. Empty: none."""
    if not step.confirm:
        return ""
    word = manifest.channel or step.text or "send"
    reaches = left_to_reach(state, step, manifest)
    if step.confirm == "count" and reaches:
        word = str(reaches)
    return word if state.live else f"drill {word}"


def left_to_reach(state: State, step: Step, manifest: Manifest) -> int:
    """How many it reaches; of a mailing that stopped, whom it has not tried, as far as its ledger was counted."""
    stopped = [each for each in interrupted(state, step) if each.total]
    tried = sum(each.accepted + each.refused + each.doubtful for each in stopped)
    return sum(each.total for each in stopped) - tried if stopped else manifest.reaches


def gate_wants(step: Step, plan: Plan, acting: str) -> tuple[str, ...]:
    """What the gate still wants before `acting` may go on, in plain words; empty when it is open."""
    gate = step.gate
    others = [each for each in plan.approvals if not same_person(each.officer, acting)]
    if gate is None or any(approval.how == "emergency" for approval in others):
        return ()
    writers = from_bytes(plan.raw.encode()).writers
    wanted = []
    # One code is one person's: who acts with their own cannot be the second with the same one.
    asked = others if gate.codes > 1 else plan.approvals
    second = [each for each in asked if may_approve(gate, writers, each.officer, (each.role,))]
    if (gate.codes > 1 or gate.by) and not second:
        wanted.append("second person's code" if gate.codes > 1 else "an approver's code")
    if (gate.codes > 1 or not gate.by) and len(others) == len(plan.approvals):
        wanted.insert(0, f"{acting}'s own code")
    return tuple(wanted)


def may_approve(gate: Gate, writers: tuple[str, ...], officer: str, roles: tuple[str, ...]) -> bool:
    """Whether that officer may be the second person: has the role, and wrote none of it."""
    if gate.not_writer and is_among(officer, writers):
        return False
    return not gate.by or gate.by in roles


def stale(plan: Plan, now: int) -> str:
    """Why a plan may no longer be used; empty when it may. What was started stands, unless what is left of it may not go on."""
    if plan.void:
        return plan.void
    if plan.started:
        return ""
    not_after = from_bytes(plan.raw.encode()).not_after
    return "the time it promises has passed" if not_after and now > not_after else ""


__all__ = [
    "CLOSE_STEP",
    "EXERCISE",
    "ONCE_MORE",
    "confirmation",
    "gate_wants",
    "left_to_reach",
    "manifest_for",
    "may_approve",
    "stale",
    "step_of",
    "text_of_step",
]
