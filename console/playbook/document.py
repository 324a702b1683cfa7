"""A playbook exactly as an author writes it, short and long forms included.

The one model behind the strict reader and the published JSON Schema: what stands in a description here is what an
author sees on hover. `node` in each struct is where it stands in the file; it is no key.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import field

from console.playbook.forms import (
    ChannelVerb,
    ConditionText,
    Doc,
    Duration,
    KindName,
    Line,
    Link,
    Prose,
    Slug,
    StepName,
    Target,
    Template,
    says,
)
from console.playbook.wordings import FileText, WordingDoc

# -- a step ----------------------------------------------------------------------------------------------------------


class ChooseAnswer(Doc, kw_only=True):
    """The officer picks one of up to nine answers; each is something seen, never *done*."""

    choose: Annotated[
        dict[Slug, Annotated[Template, says(most=120)]],
        says(
            "Each answer's slug, which conditions see, and its words, which people read.",
            {"gone": "The app is gone from the list", "listed": "It is still listed"},
            least=1,
            most=9,
        ),
    ]


class ValueAnswer(Doc, kw_only=True):
    """The officer writes what they see."""

    value: Annotated[Template, says("What to write down.", "Evidence for each claim")]


class NumberAnswer(Doc, kw_only=True):
    """The officer gives a number."""

    number: Annotated[Template, says("What to count.", "Items left")]
    want: Annotated[
        int | None,
        says("The step is achieved at this number only.", 0, least=0, most=10**9),
    ] = None


class PeopleAnswer(Doc, kw_only=True):
    """The officer names people."""

    people: Annotated[Template, says("Whom to name.", "Who was told, with what number?")]


class GateDoc(Doc, kw_only=True):
    """A gate in full."""

    codes: Annotated[Literal[1, 2], says("How many codes, each of another person.", 2)]
    by: Annotated[Slug, says("The role whose code is the second.", "approver")] = ""
    not_: Annotated[Literal["writer", ""], says("Who may not give it.", "writer")] = field(
        default="", name="not"
    )


# A key of a step, and the key without which it means nothing.
TOGETHER: Final = (("until", "repeat"), ("with", "act"), ("fallback", "act"))


class StepDoc(Doc, kw_only=True):
    """One step: exactly one thing to do."""

    id: Annotated[Slug, says("Its name within the phase; the full name is phase/step.", "cut-link")] = ""
    do: Annotated[
        Template,
        says("One imperative sentence of at most 60 characters.", "Look at every channel yourself", most=60),
    ]
    why: Annotated[
        Prose,
        says(
            "Why it matters, for the one who hesitates.", "Deleting posts does not stop new ones.", most=600
        ),
    ] = ""
    how: Annotated[
        Template | list[Template],
        says("Short moves, one after the other.", ["X", "Settings", "Security", "Revoke"]),
    ] = field(default_factory=list)
    link: Annotated[
        Link, says("Where it is done. Not shown in a drill.", "https://x.com/settings/connected_apps")
    ] = ""
    by: Annotated[Slug, says("The role that is asked; anyone may answer for them.", "it")] = ""
    due: Annotated[Duration, says("Late after this long from the incident's opening.", "8m")] = ""
    critical: Annotated[bool, says("It cannot be ticked; it is answered with what is seen.", True)] = False
    answer: Annotated[
        ChooseAnswer | ValueAnswer | NumberAnswer | PeopleAnswer | None,
        says("What the officer reports.", {"value": "Evidence for each claim"}),
    ] = None
    go: Annotated[
        dict[Slug, Target],
        says(
            "Where an answer moves the cursor. Such an answer does not achieve the step.",
            {"nothing": "stand-down"},
            least=1,
        ),
    ] = field(default_factory=dict)
    when: Annotated[
        ConditionText, says("False folds the step as not needed; unknown is not yet.", "at-risk != no")
    ] = ""
    needs: Annotated[
        ConditionText | list[ConditionText],
        says(
            "What must be so first; `|` between two ways.",
            ["contain/cut-link == gone | done(contain/suspend)"],
        ),
    ] = field(default_factory=list)
    act: Annotated[ChannelVerb, says("What the console carries out, as channel.verb.", "account.delete")] = ""
    with_: Annotated[
        dict[Slug, Template], says("Arguments of the act.", {"list": "subscribers"}, least=1)
    ] = field(default_factory=dict, name="with")
    check: Annotated[
        ChannelVerb, says("What the console looks at, as channel.probe, until it agrees.", "account.absent")
    ] = ""
    text: Annotated[Slug, says("The wording that is shown, edited and sent.", "ignore")] = ""
    gate: Annotated[
        Literal["code", "second"] | GateDoc | None,
        says("`code`: one's own. `second`: that, and an approver's who wrote none of it.", "second"),
    ] = None
    confirm: Annotated[
        Literal["word", "count", ""],
        says("Type the channel's name, or how many it reaches.", "count"),
    ] = ""
    repeat: Annotated[Duration, says("A round of it is due this often.", "30m")] = ""
    until: Annotated[StepName, says("The step that ends the rounds.", "clear/all-clear")] = ""
    background: Annotated[bool, says("It never holds the cursor.", True)] = False
    fallback: Annotated[
        Prose,
        says(
            "What a person does when the console cannot; else the verb's own words.",
            "Phone the owner of the account",
            most=600,
        ),
    ] = ""
    access: Annotated[
        dict[Slug, Annotated[Line, says(most=60)]],
        says(
            "The way into an account that it is about, for the access ledger: the channel, and what it is.",
            {"newsroom": "passphrase"},
            most=5,
        ),
    ] = field(default_factory=dict)
    objective: Annotated[Line, says("What a drill rates by it.", "Cut the route")] = ""
    was: Annotated[
        str,
        says(
            "The id it had before, so that runs stay comparable.",
            "contain/revoke-app",
            least=1,
            most=121,
            form="was",
        ),
    ] = ""


# -- a phase ---------------------------------------------------------------------------------------------------------


class WayOutDoc(Doc, kw_only=True):
    """An offer to go elsewhere."""

    when: Annotated[ConditionText, says("When it is offered.", "posting(account) and elapsed > 15m")]
    go: Annotated[StepName, says("The step it offers.", "contain/suspend")]
    say: Annotated[Template, says("What the screen says.", "X is still posting", most=120)] = ""


class PhaseDoc(Doc, kw_only=True):
    """Steps with one purpose."""

    id: Annotated[Slug, says("Its name.", "contain")]
    title: Annotated[Line, says("At most 60 characters.", "Contain", most=60)]
    steps: Annotated[
        list[StepDoc],
        says(
            "In the order the cursor goes.",
            [{"id": "look", "do": "Look at every channel yourself"}],
            least=1,
            most=60,
        ),
    ]
    opens: Annotated[
        ConditionText, says("Open once this is true; without it open from the start.", "quiet >= quiet-for")
    ] = ""
    way_out: Annotated[
        list[WayOutDoc],
        says(
            "Offers to go elsewhere.", [{"when": "elapsed > 15m", "go": "contain/suspend"}], least=1, most=20
        ),
    ] = field(default_factory=list)


class UseDoc(Doc, kw_only=True):
    """Another playbook's one phase stands here."""

    use: Annotated[Slug, says("The other playbook's id.", "pin-ignore-notice")]
    with_: Annotated[
        dict[Slug, Slug],
        says(
            "Its names and what they are called here: channels, roles, facts, texts, questions.",
            {"voice": "trusted"},
            least=1,
        ),
    ] = field(default_factory=dict, name="with")
    when: Annotated[ConditionText, says("False folds the whole phase.", "email in reached")] = ""
    title: Annotated[Line, says("Instead of its own title.", "Tell the subscribers", most=60)] = ""
    shift: Annotated[Duration, says("Added to the due times of its steps.", "10m")] = ""


# -- opening questions -----------------------------------------------------------------------------------------------

Options = (
    Annotated[list[Slug], says(least=1, most=9)]
    | Annotated[dict[Slug, Annotated[Line, says(most=120)]], says(least=1, most=9)]
)
Say = Annotated[Line, says("The question.", "Which channels show false messages?", most=120)]


class PickQuestion(Doc, kw_only=True):
    """Several answers may be picked."""

    say: Say
    pick: Annotated[
        Options, says("What may be picked, as slugs or as slugs with words.", ["website", "account"])
    ]
    default: Annotated[Slug | list[Slug], says("The safe answer.", ["website", "account"])]


class ChooseQuestion(Doc, kw_only=True):
    """One answer is chosen."""

    say: Say
    choose: Annotated[
        Options, says("What may be chosen, as slugs or as slugs with words.", {"day": "By day"})
    ]
    default: Annotated[Slug, says("The safe answer.", "not-sure")]


class TypedQuestion(Doc, kw_only=True):
    """A time, yes or no, or a text."""

    say: Say
    type: Annotated[Literal["time", "yes-no", "text"], says("What kind of answer.", "yes-no")]
    default: Annotated[Line, says("The safe answer, often not-sure.", "not-sure")]


# -- the whole -------------------------------------------------------------------------------------------------------


class PlaybookDoc(Doc, kw_only=True):
    """A playbook: what a press officer is walked through while the organisation's own channels are misused."""

    format: Annotated[Literal[1], says("The version of this format.", 1)]
    id: Annotated[Slug, says("The file's name, without .yaml.", "press-channels-misused")]
    version: Annotated[str, says("Its own version, three numbers.", "1.2.0", least=1, form="version")]
    title: Annotated[Line, says("At most 60 characters.", "Press channels misused", most=60)]
    opens_when: Annotated[
        Line, says("One sentence: when to open it.", "Messages we did not write appear on our website news.")
    ] = ""
    not_for: Annotated[
        list[Line], says("When not to open it.", ["Website down with nothing false on it"], least=1, most=9)
    ] = field(default_factory=list)
    roles: Annotated[
        dict[Slug, Annotated[Line, says(most=60)]],
        says(
            "Roles and their titles. `lead` always exists. Never names or numbers.",
            {"it": "IT on call"},
            least=1,
            most=20,
        ),
    ] = field(default_factory=dict)
    channels: Annotated[
        dict[Slug, KindName | Annotated[list[KindName], says(least=1, most=7)]],
        says(
            "Channels and their kind, or kinds in order of preference.",
            {"account": "x", "voice": ["x", "manual"]},
            least=1,
            most=20,
        ),
    ] = field(default_factory=dict)
    ask: Annotated[
        dict[Slug, PickQuestion | ChooseQuestion | TypedQuestion],
        says(
            "Asked once at opening; five at most, each with a safe default.",
            {"at-risk": {"say": "Is someone at risk?", "type": "yes-no", "default": "not-sure"}},
            least=1,
            most=5,
        ),
    ] = field(default_factory=dict)
    facts: Annotated[
        dict[Slug, Line],
        says("Constants for texts and conditions.", {"update-every": "30m"}, least=1, most=50),
    ] = field(default_factory=dict)
    memory: Annotated[
        list[Annotated[Line, says(most=60)]],
        says(
            "Up to three things to do before any tool is open.",
            ["Save.", "Say ignore.", "Cut the link."],
            least=1,
            most=3,
        ),
    ] = field(default_factory=list)
    texts: Annotated[
        dict[Slug, WordingDoc | FileText],
        says(
            "Wordings: parts by name, or a file.",
            {"holding": {"file": "texts/holding.yaml"}},
            least=1,
            most=50,
        ),
    ] = field(default_factory=dict)
    phases: Annotated[
        list[PhaseDoc | UseDoc],
        says("In the order the cursor goes.", [{"use": "pin-ignore-notice"}], least=1, most=30),
    ]
