"""The closed, total language of `when`, `opens`, `needs` and way-outs. Three-valued: None is *unknown*.

The nodes stand here; `parse.py` makes them from text. A condition is evaluated against an `Env`, which answers for
one incident at one moment. Unknown opens nothing (Kleene's strong logic).
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Ask(Struct, frozen=True, tag="ask"):
    """The answer to an opening question: a word, words, a number or a time."""

    slug: str


class Fact(Struct, frozen=True, tag="fact"):
    """A constant of the playbook."""

    slug: str


class Answer(Struct, frozen=True, tag="answer"):
    """The answer of a step, by its full name."""

    step: str


class Elapsed(Struct, frozen=True, tag="elapsed"):
    """Milliseconds since the incident opened."""


class Quiet(Struct, frozen=True, tag="quiet"):
    """Milliseconds since the last bogus item, counted while somebody looks."""


class Word(Struct, frozen=True, tag="word"):
    """A bare word or a quoted string."""

    text: str


class Number(Struct, frozen=True, tag="number"):
    """A whole number."""

    n: int


class Duration(Struct, frozen=True, tag="duration"):
    """A length of time."""

    ms: int


Term = Ask | Fact | Answer | Elapsed | Quiet | Word | Number | Duration


class Compare(Struct, frozen=True, tag="compare"):
    """`left op right`; op is one of `== != < <= > >=`."""

    op: str
    left: Term
    right: Term


class Within(Struct, frozen=True, tag="within"):
    """`left in (a, b)`. Where left holds several words, any of them; and `word in reached` asks the same."""

    left: Term
    options: tuple[Term, ...]


class Done(Struct, frozen=True, tag="done"):
    """The step is achieved."""

    step: str


class Settled(Struct, frozen=True, tag="settled"):
    """The step is achieved, folded or overridden."""

    step: str


class Posting(Struct, frozen=True, tag="posting"):
    """A bogus item on the channel in the last five minutes."""

    channel: str


class Not(Struct, frozen=True, tag="not"):
    """Kleene's not."""

    part: Condition


class And(Struct, frozen=True, tag="and"):
    """False if any part is false, else unknown if any is unknown."""

    parts: tuple[Condition, ...]


class Or(Struct, frozen=True, tag="or"):
    """True if any part is true, else unknown if any is unknown."""

    parts: tuple[Condition, ...]


Condition = Compare | Within | Done | Settled | Posting | Not | And | Or

Value = str | int | tuple[str, ...]


class Env(Protocol):
    """What a condition may ask of one incident at one moment. None is *unknown*."""

    def ask(self, slug: str) -> Value | None:
        """The opening answer; None while it reads *not sure*."""
        ...

    def fact(self, slug: str) -> Value | None:
        """The playbook's constant: a number, milliseconds, or words."""
        ...

    def answer(self, step: str) -> Value | None:
        """The step's standing answer."""
        ...

    def done(self, step: str) -> bool | None:
        """Whether the step is achieved."""
        ...

    def settled(self, step: str) -> bool | None:
        """Whether the step is achieved, folded or overridden."""
        ...

    def posting(self, channel: str) -> bool | None:
        """Whether a bogus item appeared there in the last five minutes."""
        ...

    def elapsed(self) -> int:
        """Milliseconds since opening."""
        ...

    def quiet(self) -> int | None:
        """Milliseconds of watched quiet since the last bogus item."""
        ...


def evaluate(condition: Condition, env: Env) -> bool | None:
    """True, False, or None for unknown. Total: never raises on a condition that was checked at load."""
    match condition:
        case And(parts):
            return _all([evaluate(part, env) for part in parts])
        case Or(parts):
            negated = _all([_negate(evaluate(part, env)) for part in parts])
            return _negate(negated)
        case Not(part):
            return _negate(evaluate(part, env))
        case Done(step):
            return env.done(step)
        case Settled(step):
            return env.settled(step)
        case Posting(channel):
            return env.posting(channel)
        case Compare(op, left, right):
            return _compare(op, _value(left, env), _value(right, env))
        case Within(left, options):
            return _within(_value(left, env), [_value(option, env) for option in options])


def steps_named(condition: Condition) -> tuple[str, ...]:
    """Full names of the steps that the condition looks at, in reading order."""
    match condition:
        case And(parts) | Or(parts):
            return tuple(name for part in parts for name in steps_named(part))
        case Not(part):
            return steps_named(part)
        case Done(step) | Settled(step):
            return (step,)
        case Compare(_, left, right):
            return tuple(term.step for term in (left, right) if isinstance(term, Answer))
        case Within(left, options):
            return tuple(term.step for term in (left, *options) if isinstance(term, Answer))
        case Posting():
            return ()


def _all(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _negate(value: bool | None) -> bool | None:
    return None if value is None else not value


def _value(term: Term, env: Env) -> Value | None:
    match term:
        case Ask(slug):
            return env.ask(slug)
        case Fact(slug):
            return env.fact(slug)
        case Answer(step):
            return env.answer(step)
        case Elapsed():
            return env.elapsed()
        case Quiet():
            return env.quiet()
        case Word(text):
            return text
        case Number(n):
            return n
        case Duration(ms):
            return ms


def _compare(op: str, left: Value | None, right: Value | None) -> bool | None:
    if left is None or right is None:
        return None
    if op in ("==", "!="):
        same = _same(left, right)
        return same if op == "==" else not same
    if not isinstance(left, int) or not isinstance(right, int):
        return None
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, tuple) != isinstance(right, tuple):
        one, many = (right, left) if isinstance(left, tuple) else (left, right)
        return many == (one,)
    return left == right


def _within(left: Value | None, options: list[Value | None]) -> bool | None:
    if left is None:
        return None
    wanted = {word for option in options if option is not None for word in _words(option)}
    if wanted & set(_words(left)):
        return True
    return None if None in options else False


def _words(value: Value) -> tuple[str | int, ...]:
    return value if isinstance(value, tuple) else (value,)
