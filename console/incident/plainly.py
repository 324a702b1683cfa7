"""Conditions and needs in an officer's words: step numbers in place of names, *quiet* and *minutes* in place of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.incident.moment import spell
from console.incident.narrate import answer_words
from console.playbook import conditions as k

if TYPE_CHECKING:
    from console.incident.facts import Facts
    from console.incident.state import State
    from console.playbook.model import Need

OPERATORS: Final = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}


def numbered(state: State) -> dict[str, str]:
    """Full step names to the numbers on the screen: `contain/cut-link` to `3.2`. Folded steps keep theirs."""
    return state.playbook.numbers


def need_words(state: State, need: Need) -> str:
    """A need as the screen says it: `3.2 (The app is gone from the list) or 3.6`."""
    return " or ".join(condition_words(state, each.condition) for each in need.alternatives)


def condition_words(state: State, condition: k.Condition) -> str:
    """A condition as the screen says it."""
    numbers = numbered(state)

    def say(part: k.Condition) -> str:
        match part:
            case k.And(parts):
                return " and ".join(say(each) for each in parts)
            case k.Or(parts):
                return " or ".join(say(each) for each in parts)
            case k.Not(inner):
                return f"not {say(inner)}"
            case k.Done(step) | k.Settled(step):
                return numbers.get(step, step)
            case k.Posting(channel):
                return f"{channel} is still posting"
            case k.Compare() | k.Within():
                return _comparison(state, part)

    return say(condition)


def _comparison(state: State, part: k.Compare | k.Within) -> str:
    numbers = numbered(state)
    match part:
        case k.Compare(op, k.Answer(step), k.Word(value)) if op in ("==", "!="):
            words = answer_words(state, step, value)
            return f"{numbers.get(step, step)} {'' if op == '==' else 'not '}({words})"
        case k.Compare(op, left, right):
            return f"{_term(state, left)} {OPERATORS[op]} {_term(state, right)}"
        case k.Within(k.Answer(step), options):
            words = " or ".join(answer_words(state, step, _term(state, each)) for each in options)
            return f"{numbers.get(step, step)} ({words})"
        case k.Within(left, options):
            return f"{_term(state, left)} is among {', '.join(_term(state, each) for each in options)}"


def _term(state: State, term: k.Term) -> str:
    match term:
        case k.Ask(slug):
            return slug.replace("-", " ")
        case k.Fact(slug):
            return state.playbook.facts.get(slug, slug)
        case k.Answer(step):
            return numbered(state).get(step, step)
        case k.Elapsed():
            return "time since opening"
        case k.Quiet():
            return "quiet"
        case k.Word(text):
            return text
        case k.Number(n):
            return str(n)
        case k.Duration(ms):
            return spell(ms)


def quiet_words(facts: Facts) -> str:
    """How long it has been quiet, or that nobody is looking."""
    quiet = facts.quiet()
    return "nobody has looked for 15 minutes" if quiet is None else f"quiet for {spell(quiet)}"
