"""The types of a condition's terms: what may be compared with what, and which words a name may be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.playbook import conditions as c
from console.playbook import durations
from console.playbook.findings import did_you_mean, did_you_mean_step, listed
from console.playbook.kinds import RESERVED
from console.playbook.lexer import Problem, Token

if TYPE_CHECKING:
    from console.playbook.model import Answer, Question
    from console.playbook.scope import Scope

NOT_SURE: Final = "not-sure"
YES_NO: Final = ("yes", "no", NOT_SURE)
_ORDERED: Final = ("number", "duration")


class Sort(Struct, frozen=True):
    """What a term's value is: `words` (one of choices), `many` (several of them), `text`, `number`, `duration` or `time`."""

    what: str
    choices: tuple[str, ...] = ()


_SAID: Final = {
    "words": "a word",
    "many": "several words",
    "text": "a text",
    "number": "a number",
    "duration": "a length of time",
    "time": "a time of day",
}
Known = tuple[c.Term, Sort]


class Types:
    """Looks names up in a scope and checks comparisons; what is wrong goes to `problems`."""

    def __init__(self, scope: Scope, problems: list[Problem]) -> None:
        self._scope = scope
        self._problems = problems

    def step(self, token: Token) -> str:
        """The full name of the step that a token names."""
        if not self._scope.has_step(token.text):
            hint = did_you_mean_step(token.text, self._scope.steps)
            self._wrong(
                "PB030",
                token,
                f'there is no step "{token.text}"',
                hint or ("" if "/" in token.text else "name it as phase/step"),
            )
        return token.text

    def channel(self, token: Token) -> str:
        """The channel that a token names, as it is called here."""
        name = self._scope.name(token.text)
        if name not in self._scope.channels and "channels" not in self._scope.unsure:
            known = sorted(self._scope.channels)
            reserved = (
                f'"{name}" publishes nothing of its own'
                if name in RESERVED
                else f'there is no channel "{token.text}"'
            )
            self._wrong("PB032", token, reserved, did_you_mean(name, known), listed("channels", known))
        return name

    def compare(self, left: Token, sign: Token, right: Token) -> c.Condition | None:
        """`left sign right`, or None when they do not fit."""
        pair = self._pair(left, right)
        if pair is None:
            return None
        (one, one_sort), (two, two_sort) = pair
        ordered = sign.text not in ("==", "!=")
        if ordered and (one_sort.what not in _ORDERED or two_sort.what not in _ORDERED):
            odd, sort = (left, one_sort) if one_sort.what not in _ORDERED else (right, two_sort)
            self._wrong(
                "PB043", odd, f"{_SAID[sort.what]} cannot be compared with {sign.text}", "use == or !="
            )
            return None
        return c.Compare(sign.text, one, two)

    def within(self, left: Token, options: list[Token]) -> c.Condition | None:
        """`left in (a, b)`."""
        terms: list[c.Term] = []
        subject: c.Term | None = None
        for option in options:
            pair = self._pair(left, option)
            if pair is None:
                return None
            subject = pair[0][0]
            terms.append(pair[1][0])
        assert subject is not None
        return c.Within(subject, tuple(terms))

    def among(self, word: Token, holder: Token) -> c.Condition | None:
        """`word in reached`."""
        known = self._known(holder)
        if known is None or known[1].what != "many":
            if known is None:
                self._unknown(holder)
            else:
                self._wrong(
                    "PB043", holder, f'"{holder.text}" does not hold several words', "write == or in (a, b)"
                )
            return None
        pair = self._pair(holder, word)
        return c.Within(pair[1][0], (pair[0][0],)) if pair else None

    # -- one term --

    def _known(self, token: Token) -> Known | None:
        """The term and sort of a token; None for a bare word that is no declared name."""
        if token.kind == "duration":
            return c.Duration(durations.milliseconds(token.text) or 0), Sort("duration")
        if token.kind == "number":
            return c.Number(int(token.text)), Sort("number")
        if token.kind == "quoted":
            return c.Word(token.text[1:-1]), Sort("text")
        if token.text in ("elapsed", "quiet"):
            return (c.Elapsed() if token.text == "elapsed" else c.Quiet()), Sort("duration")
        name = self._scope.name(token.text)
        question = self._scope.ask.get(name)
        if question is not None:
            return c.Ask(name), _question_sort(question)
        if name in self._scope.facts:
            value = durations.fact_value(self._scope.facts[name])
            if isinstance(value, str):
                return c.Fact(name), Sort("text")
            length = durations.milliseconds(self._scope.facts[name]) is not None
            return c.Fact(name), Sort("duration" if length else "number")
        if "/" in token.text:
            return self._answer(token)
        return None

    def _answer(self, token: Token) -> Known:
        step = self.step(token)
        answer = self._scope.steps.get(step)
        if step in self._scope.steps and answer is None:
            self._wrong("PB043", token, f'the step "{step}" has no answer to compare', f"write done({step})")
        return c.Answer(step), _answer_sort(answer)

    # -- two terms --

    def _pair(self, left: Token, right: Token) -> tuple[Known, Known] | None:
        before = len(self._problems)
        one, two = self._known(left), self._known(right)
        if one is not None and right.kind == "name" and right.text in one[1].choices:
            two = c.Word(right.text), Sort("text")
        elif two is not None and left.kind == "name" and left.text in two[1].choices:
            one = c.Word(left.text), Sort("text")
        if one is None and two is None:
            self._unknown(left)
        elif one is None and two is not None:
            one = self._word(left, two[1], right)
        elif two is None and one is not None:
            two = self._word(right, one[1], left)
        if one is None or two is None or any(problem.code < "PB100" for problem in self._problems[before:]):
            return None
        return (one, two) if self._fit(left, one, right, two) else None

    def _word(self, token: Token, sort: Sort, other: Token) -> Known | None:
        """A bare word beside a subject of that sort."""
        if sort.choices and token.text not in sort.choices:
            hint = did_you_mean(token.text, sort.choices)
            note = listed("its answers", sort.choices)
            self._wrong("PB042", token, f'"{token.text}" is no answer of {other.text}', hint, note)
            return None
        if (
            other.kind in ("duration", "number", "quoted")
            or other.text in ("elapsed", "quiet")
            or sort.what in _ORDERED
        ):
            self._unknown(token)
            return None
        return c.Word(token.text), Sort("text")

    def _fit(self, left: Token, one: Known, right: Token, two: Known) -> bool:
        fixed = (c.Word, c.Number, c.Duration)
        if isinstance(one[0], fixed) and isinstance(two[0], fixed):
            self._wrong(
                "PB043",
                Token("", "", left.start, right.end),
                "both sides are fixed, so this never changes",
                "compare with a name",
            )
            return False
        sorts = {one[1].what, two[1].what}
        if "time" in sorts:
            token = left if one[1].what == "time" else right
            self._wrong("PB043", token, "a time of day cannot be compared", "use elapsed, or ask for a word")
            return False
        worded = sorts <= {"words", "many", "text"}
        if not worded and len(sorts) > 1:
            message = f"{_SAID[one[1].what]} cannot be compared with {_SAID[two[1].what]}"
            hint = "write a unit: s, m or h" if sorts == {"number", "duration"} else ""
            self._wrong("PB043", right, message, hint)
            return False
        return self._answers_fit(left, one, two) and self._answers_fit(right, two, one)

    def _answers_fit(self, token: Token, word: Known, subject: Known) -> bool:
        term, choices = word[0], subject[1].choices
        if not choices or isinstance(term, c.Ask | c.Answer):
            return True
        text = term.text if isinstance(term, c.Word) else self._scope.facts.get(token.text, "")
        if text not in choices:
            hint = did_you_mean(text, choices)
            self._wrong(
                "PB042",
                token,
                f'"{text[:40]}" is not among the answers',
                hint,
                listed("its answers", choices),
            )
            return False
        if text == NOT_SURE:
            message = "not-sure counts as unknown, so this comparison is never decided"
            self._wrong("PB107", token, message, "compare with the other answers")
        return True

    def _unknown(self, token: Token) -> None:
        if self._scope.unsure & {"ask", "facts"}:
            return
        known = [*self._scope.ask, *self._scope.facts, *self._scope.steps, "elapsed", "quiet"]
        names = listed("questions and facts", [*self._scope.ask, *self._scope.facts])
        self._wrong(
            "PB041",
            token,
            f'"{token.text}" is no question, fact or step',
            did_you_mean(token.text, known),
            names,
        )

    def _wrong(self, code: str, token: Token, message: str, hint: str = "", note: str = "") -> None:
        self._problems.append(Problem(code, token.start, token.end, message, hint, note))


def _question_sort(question: Question) -> Sort:
    if question.kind == "yes-no":
        return Sort("words", YES_NO)
    if question.kind not in ("pick", "choose"):
        return Sort("time" if question.kind == "time" else "text")
    slugs = tuple(choice.slug for choice in question.options)
    unsure = (NOT_SURE,) if question.default == (NOT_SURE,) and NOT_SURE not in slugs else ()
    return Sort("many" if question.kind == "pick" else "words", (*slugs, *unsure))


def _answer_sort(answer: Answer | None) -> Sort:
    if answer is None:
        return Sort("text")
    if answer.kind == "number":
        return Sort("number")
    return Sort(
        "words" if answer.kind == "choose" else "text", tuple(choice.slug for choice in answer.choices)
    )
