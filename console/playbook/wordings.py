"""The wordings exactly as an author writes them: each kind with its own parts."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import field

from console.playbook.forms import Doc, Path, Prose, Slug, Template, says

Known = Annotated[
    Prose,
    says(
        "What is known to be false, and since when.",
        "Messages on {{ reached }} since {{ first-seen }} are not from us.",
    ),
]
Harm = Annotated[Prose, says("Whom a message puts at risk, denied in words.", "{{ harm }}")]
Do = Annotated[Prose, says("What the reader shall do.", "Please ignore them and do not open links.")]
Doing = Annotated[Prose, says("What is being done.", "We are cutting off access now.")]
Next = Annotated[Prose, says("When and where the next word comes.", "Next update by {{ next-update }}.")]
Signed = Annotated[Prose, says("Who says it.", "{{ officer }}, press office.")]
Unknown = Annotated[
    Prose, says("What is not known, and will not be guessed.", "We do not yet know how it happened.")
]
Subject = Annotated[Template, says("The mail's subject.", "Please ignore our e-mails of tonight", most=120)]
Sorry = Annotated[Prose, says("The apology.", "We are sorry.")]
Verify = Annotated[
    Prose, says("How to check that this comes from us.", "Check this mail at {{ update-page }}.")
]
Touched = Annotated[
    Prose,
    says("What was touched, each claim with its evidence.", "The newsroom, the X account, the mailing list."),
]
NotTouched = Annotated[Prose, says("What was not touched.", "999, 101 and police records were not touched.")]
Since = Annotated[Prose, says("Since when control is regained.", "We control our account again.")]
HowChecked = Annotated[Prose, says("How that was checked.", "We looked at every message.")]
FalseWindow = Annotated[
    Prose, says("From when to when messages were false.", "Messages from 23:16 to 23:31 were false.")
]
Changed = Annotated[Prose, says("What has been changed.", "We have changed who can publish.")]


class NoticeText(Doc, kw_only=True):
    """The first public words: ignore it."""

    kind: Annotated[Literal["notice"], says("Its parts: known, harm, do, doing, next, signed.", "notice")]
    known: Known = ""
    harm: Harm = ""
    do: Do = ""
    doing: Doing = ""
    next: Next = ""
    signed: Signed = ""


class HoldingText(Doc, kw_only=True):
    """The line to the press."""

    kind: Annotated[
        Literal["holding"], says("Its parts: known, unknown, doing, do, next, signed.", "holding")
    ]
    known: Known = ""
    unknown: Unknown = ""
    doing: Doing = ""
    do: Do = ""
    next: Next = ""
    signed: Signed = ""


class UpdateText(Doc, kw_only=True):
    """The next word, with the parts of a holding line."""

    kind: Annotated[Literal["update"], says("Its parts: known, unknown, doing, do, next, signed.", "update")]
    known: Known = ""
    unknown: Unknown = ""
    doing: Doing = ""
    do: Do = ""
    next: Next = ""
    signed: Signed = ""


class CorrectionText(Doc, kw_only=True):
    """The mail to everyone who got a false one."""

    kind: Annotated[
        Literal["correction"],
        says("Its parts: subject, known, do, sorry, next, verify, signed.", "correction"),
    ]
    subject: Subject = ""
    known: Known = ""
    do: Do = ""
    sorry: Sorry = ""
    next: Next = ""
    verify: Verify = ""
    signed: Signed = ""


class ScopeText(Doc, kw_only=True):
    """What was touched and what was not."""

    kind: Annotated[
        Literal["scope"], says("Its parts: touched, not-touched, unknown, sorry, signed.", "scope")
    ]
    touched: Touched = ""
    not_touched: NotTouched = ""
    unknown: Unknown = ""
    sorry: Sorry = ""
    signed: Signed = ""


class AllClearText(Doc, kw_only=True):
    """The last public words."""

    kind: Annotated[
        Literal["all-clear"],
        says("Its parts: since, how-checked, false-window, changed, sorry, signed.", "all-clear"),
    ]
    since: Since = ""
    how_checked: HowChecked = ""
    false_window: FalseWindow = ""
    changed: Changed = ""
    sorry: Sorry = ""
    signed: Signed = ""


class InternalText(Doc, kw_only=True):
    """To staff and the control room."""

    kind: Annotated[Literal["internal"], says("Its parts: subject, known, doing, do, next.", "internal")]
    subject: Subject = ""
    known: Known = ""
    doing: Doing = ""
    do: Do = ""
    next: Next = ""


class AnswersText(Doc, kw_only=True):
    """Lines for the press desk, if asked. Its parts are the author's own."""

    kind: Annotated[Literal["answers"], says("Any slug is a part.", "answers")]
    rest: dict[Slug, Prose] = field(default_factory=dict)


class FileText(Doc, kw_only=True):
    """A wording in a file of its own."""

    file: Annotated[Path, says("Where it is, from the playbook's folder.", "texts/holding.yaml")]


WordingDoc = (
    NoticeText
    | HoldingText
    | UpdateText
    | CorrectionText
    | ScopeText
    | AllClearText
    | InternalText
    | AnswersText
)


class WordingFile(Doc, kw_only=True):
    """A file that holds one wording; it is read as the wording itself."""

    wording: WordingDoc
