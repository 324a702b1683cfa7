"""A planned act for a person: what will happen, to whom, how many, in exactly which words. Read from its bytes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from console.incident.manifest import from_bytes, six_words
from console.incident.moment import hhmm
from console.incident.once_more import OF, PEOPLE, is_once_more, once_more_words
from console.incident.planning import confirmation, step_of
from console.incident.sizes import size_words
from console.incident.tried_out import tried_out
from console.incident.whereto import list_words
from console.incident.wordings import zone_of
from console.text import counted, suspicious

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import Plan, State

_SAID_ELSEWHERE: Final = ("text", OF, PEOPLE)


def drawn(state: State, plan: Plan) -> list[str]:
    """The plan in plain lines."""
    manifest = from_bytes(plan.raw.encode())
    mode = "LIVE" if manifest.mode == "live" else "DRILL"
    lines = [f"{mode}  {manifest.incident}  {manifest.step}", f"What     {_what(manifest)}"]
    lines += [f"To       {counted(manifest.reaches, 'person', 'people')}"] if manifest.recipients else []
    lines += [f"{name:<9}{words}" for name, words in list_words(manifest, state)]
    lines += [f"Its hash {manifest.recipients_sha256}"] if manifest.recipients else []
    lines += [
        f"On       {target.channel} ({target.kind}){f' item {target.item} {target.remote}' if target.item else ''}"
        for target in manifest.targets
        if target.channel
    ]
    lines += [
        f"With     {name} = {value}"
        for name, value in manifest.arguments.items()
        if name not in _SAID_ELSEWHERE
    ]
    lines += [f"Of       the mailing {manifest.arguments[OF]}"] if is_once_more(manifest) else []
    tested = tried_out(manifest, state)
    lines += [f"Tested   {tested.words}"] if tested is not None else []
    lines += [f"Subject  {manifest.subject}"] if manifest.subject else []
    lines += ["Text", *(f"  {line}" for line in manifest.text.split("\n"))] if manifest.text else []
    if manifest.text:
        lines.append(f"Length   {size_words(manifest.text, (target.kind for target in manifest.targets))}")
    label = "Because " if is_once_more(manifest) else "Answer  "
    lines += [f"{label} {manifest.answer}"] if manifest.answer else []
    lines += [f"Look twice: {each}" for each in suspicious(f"{manifest.subject}\n{manifest.text}")]
    lines.append(f"Wrote it or asked for it: {', '.join(manifest.writers)}")
    if manifest.not_after:
        lines.append(f"Good until {hhmm(manifest.not_after, zone_of(state))}")
    confirm = confirmation(state, step_of(state, manifest.step), manifest)
    lines += [f"Confirm with: {confirm}"] if confirm else []
    return [*lines, f"Check words: {six_words(plan.digest)}", f"Digest: {plan.digest}"]


def _what(manifest: Manifest) -> str:
    if is_once_more(manifest):
        return once_more_words(manifest)
    verb = f"{manifest.channel}.{manifest.verb}" if manifest.channel else manifest.verb
    if manifest.answer and not manifest.channel:
        return f"{verb}: a statement goes into the record"
    if manifest.mode != "live":
        return f"{verb}: simulate"
    return f"{verb}: {'send to the world' if manifest.text else 'for real'}"


def plain(state: State, plan: Plan) -> dict[str, Any]:
    """The plan as plain data."""
    manifest = from_bytes(plan.raw.encode())
    tested = tried_out(manifest, state)
    return {
        "id": state.incident,
        "mode": state.mode,
        "step": plan.step,
        "digest": plan.digest,
        "check_words": six_words(plan.digest),
        "asked_by": plan.by,
        "confirm": confirmation(state, step_of(state, manifest.step), manifest),
        "manifest": msgspec.to_builtins(manifest),
        "test_mail": msgspec.to_builtins(tested) if tested is not None else None,
        "approvals": msgspec.to_builtins(plan.approvals),
    }
