"""A drill scenario exactly as an author writes it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import field

from console.playbook.forms import ConditionText, Doc, Duration, Line, Slug, StepName, says


class ExpectDoc(Doc, kw_only=True):
    """What a good answer to the inject looks like."""

    step: Annotated[StepName, says("The step that should be achieved.", "contain/remove-harm")]
    within: Annotated[Duration, says("This long after the inject.", "5m")]


class InjectDoc(Doc, kw_only=True):
    """One scripted happening: when, and what."""

    id: Annotated[Slug, says("Its name, for the drill lead and the debrief.", "missing-child")]
    at: Annotated[
        Duration, says("This long after opening; with after, on-answer or on-gate: after that.", "2m")
    ] = ""
    after: Annotated[StepName, says("Once that step is achieved.", "contain/cut-link")] = ""
    unless: Annotated[
        ConditionText, says("Not when this is true at its time.", "contain/cut-link == gone")
    ] = ""
    on_answer: Annotated[ConditionText, says("Once a step is answered so.", "contain/cut-link == listed")] = (
        ""
    )
    on_gate: Annotated[
        StepName, says("Once that step waits for the approver's code.", "notify-subscribers/send")
    ] = ""
    on: Annotated[Slug, says("The channel on which a bogus item appears.", "account")] = ""
    item: Annotated[Line, says("The words of the bogus item.", "A bogus release about a missing child")] = ""
    at_risk: Annotated[bool, says("The item puts someone at risk.", True)] = False
    from_: Annotated[Line, says("Who calls or writes.", "BBC newsdesk", most=60)] = field(
        default="", name="from"
    )
    via: Annotated[
        Literal["call", "mail", "message", "visit", ""], says("How they reach the player.", "call")
    ] = ""
    say: Annotated[Line, says("What they say.", "Is it you? Is anyone hurt?")] = ""
    approver: Annotated[
        Literal["silent", "wrong-code", ""], says("What the approver does at the gate.", "silent")
    ] = ""
    for_: Annotated[Duration, says("How long the approver does so, or the repeating goes on.", "3m")] = field(
        default="", name="for"
    )
    repeat: Annotated[Duration, says("Again every so long.", "3m")] = ""
    expect: Annotated[
        ExpectDoc | None,
        says("What should follow, and by when.", {"step": "contain/remove-harm", "within": "5m"}),
    ] = None


class ScenarioDoc(Doc, kw_only=True):
    """A drill's script: one playbook, rehearsed against injects."""

    format: Annotated[Literal[1], says("The version of this format.", 1)]
    scenario: Annotated[Slug, says("The file's name, without .yaml.", "met-night-stream")]
    playbook: Annotated[Slug, says("The playbook that is rehearsed.", "press-channels-misused")]
    title: Annotated[Line, says("At most 60 characters.", "Met night stream, 19 July 2019", most=60)]
    brief: Annotated[
        Line, says("What the players are told first.", "Friday, 23:16. You are on call, at home.")
    ] = ""
    length: Annotated[Duration, says("How long it runs.", "30m")]
    objectives: Annotated[
        list[Annotated[Line, says(most=60)]],
        says("What the debrief rates.", ["Warn the public", "Cut the route"], least=1, most=9),
    ] = field(default_factory=list)
    targets: Annotated[
        dict[StepName, Duration],
        says("By when a step should be achieved.", {"contain/cut-link": "10m"}, least=1, most=60),
    ] = field(default_factory=dict)
    injects: Annotated[
        list[InjectDoc],
        says("The script.", [{"id": "test", "at": "0m", "on": "account", "item": "test"}], least=1, most=70),
    ]
    start: Annotated[StepName, says("Begin on this step.", "contain/cut-link")] = ""
    given: Annotated[
        dict[StepName, Line],
        says("Answers that stand when it begins.", {"confirm/look": "false-posts"}, least=1, most=60),
    ] = field(default_factory=dict)
    seed: Annotated[int, says("Makes the practice world's chances repeat.", 7, least=0, most=2**31 - 1)] = 0
