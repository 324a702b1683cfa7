"""Text to conditions, with a column for every error.

The grammar, lowest first: `x | y` (in `needs` only), `or`, `and`, `not`, comparison, `( )`. A bare `phase/step` in `needs`
means that it is achieved. A name is looked up among the questions, facts and steps; beside one of these a word is one
of its answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.playbook import conditions as c
from console.playbook.compare import Types
from console.playbook.findings import did_you_mean, listed
from console.playbook.lexer import Problem, Token, Trouble, tokens
from console.playbook.model import Alternative, Need

if TYPE_CHECKING:
    from console.playbook.scope import Scope

DEEPEST: Final = 16
LONGEST: Final = 500
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
_CALLS: Final = ("done", "settled", "posting")


def parse_condition(text: str, scope: Scope) -> tuple[c.Condition | None, tuple[Problem, ...]]:
    """The condition that a text says, or None and what is wrong with it.

    Args:
        text: as the author wrote it.
        scope: the names that are known; its renames are applied.

    Returns:
        The condition and its problems. Warnings (codes from PB100) may come with a condition, errors never do.
    """
    parser = _Parser(text, scope)
    condition = parser.whole()
    failed = any(problem.code < "PB100" for problem in parser.problems)
    return None if failed else condition, tuple(parser.problems)


def parse_need(text: str, scope: Scope) -> tuple[Need | None, tuple[Problem, ...]]:
    """What a text of `needs` says: alternatives parted by `|`. Returns as `parse_condition` does."""
    parser = _Parser(text, scope)
    alternatives = parser.alternatives()
    if any(problem.code < "PB100" for problem in parser.problems):
        return None, tuple(parser.problems)
    return Need(tuple(alternatives), text), tuple(parser.problems)


class _Parser:
    """Recursive descent over the tokens; names and types are looked up on the way."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._scope = scope
        self._types = Types(scope, self.problems)
        self._at = 0
        self._depth = 0
        self._tokens: list[Token] = []

    def whole(self) -> c.Condition | None:
        """The one condition of the text."""
        try:
            self._begin()
            condition = self._or()
            self._end("" if self._next.text != "|" else "| stands in needs only; write or")
        except Trouble as trouble:
            self.problems.append(trouble.problem)
            return None
        return condition

    def alternatives(self) -> list[Alternative]:
        """The alternatives of a need."""
        found: list[Alternative] = []
        try:
            self._begin()
            found.append(self._alternative())
            while self._take("|"):
                found.append(self._alternative())
            self._end("")
        except Trouble as trouble:
            self.problems.append(trouble.problem)
        return found

    # -- the grammar --

    def _alternative(self) -> Alternative:
        begun = self._next
        ahead = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else begun
        condition: c.Condition | None
        if begun.kind == "name" and "/" in begun.text and (ahead.kind == "end" or ahead.text == "|"):
            self._at += 1
            condition = c.Done(self._types.step(begun))
        else:
            condition = self._or()
        source = self._text[begun.start : self._tokens[self._at - 1].end]
        kept = condition or c.And(())
        return Alternative(kept, tuple(dict.fromkeys(c.steps_named(kept))), source)

    def _or(self) -> c.Condition | None:
        parts = [self._and()]
        while self._take("or"):
            parts.append(self._and())
        return _joined(c.Or, parts)

    def _and(self) -> c.Condition | None:
        parts = [self._not()]
        while self._take("and"):
            parts.append(self._not())
        return _joined(c.And, parts)

    def _not(self) -> c.Condition | None:
        token = self._next
        if not self._take("not"):
            return self._primary()
        self._deeper(token)
        part = self._not()
        self._depth -= 1
        return c.Not(part) if part is not None else None

    def _primary(self) -> c.Condition | None:
        token = self._next
        if self._take("("):
            self._deeper(token)
            inner = self._or()
            self._close(token)
            self._depth -= 1
            return inner
        if token.kind == "name" and self._tokens[self._at + 1].text == "(":
            return self._call(token)
        return self._comparison()

    def _call(self, name: Token) -> c.Condition:
        if name.text not in _CALLS:
            hint = did_you_mean(name.text, _CALLS)
            raise Trouble(
                "PB041",
                name.start,
                name.end,
                f'"{name.text}" is nothing that can be asked',
                hint,
                listed("known", _CALLS),
            )
        self._at += 1
        opened = self._next
        self._at += 1
        inner = self._next
        if inner.kind != "name":
            wanted = "a channel" if name.text == "posting" else "a step as phase/step"
            raise Trouble("PB040", inner.start, inner.end, f"{name.text}() asks about {wanted}")
        self._at += 1
        self._close(opened)
        if name.text == "posting":
            return c.Posting(self._types.channel(inner))
        step = self._types.step(inner)
        return c.Done(step) if name.text == "done" else c.Settled(step)

    def _comparison(self) -> c.Condition | None:
        left = self._term()
        sign = self._next
        if sign.kind == "sign" and sign.text in _COMPARISONS:
            self._at += 1
            right = self._term()
            self._chain()
            return self._types.compare(left, sign, right)
        if self._take("in"):
            return self._within(left, negated=False)
        if sign.text == "not" and self._tokens[self._at + 1].text == "in":
            self._at += 2
            return self._within(left, negated=True)
        raise self._lonely(left)

    def _within(self, left: Token, *, negated: bool) -> c.Condition | None:
        opened = self._next
        if self._take("("):
            options = [self._term()]
            while self._take(","):
                options.append(self._term())
            self._close(opened)
            found = self._types.within(left, options)
        else:
            found = self._types.among(left, self._term())
        return c.Not(found) if negated and found is not None else found

    def _chain(self) -> None:
        token = self._next
        if token.kind == "sign" and token.text in _COMPARISONS:
            raise Trouble(
                "PB040", token.start, token.end, "a comparison of three", "join two comparisons with and"
            )

    def _term(self) -> Token:
        token = self._next
        if token.kind not in ("name", "duration", "number", "quoted"):
            what = f'"{token.text}"' if token.text else "the end"
            hint = "put quotes around these words" if token.kind == "word" else ""
            raise Trouble(
                "PB040", token.start, token.end, f"a name, a word or a number was wanted before {what}", hint
            )
        self._at += 1
        return token

    # -- small moves --

    def _begin(self) -> None:
        if len(self._text) > LONGEST:
            raise Trouble(
                "PB027",
                LONGEST,
                len(self._text),
                f"a condition of more than {LONGEST} characters",
                "split it",
            )
        self._tokens = tokens(self._text)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, text: str) -> bool:
        token = self._next
        if token.kind in ("sign", "word") and token.text == text:
            self._at += 1
            return True
        return False

    def _close(self, opened: Token) -> None:
        if not self._take(")"):
            raise Trouble(
                "PB040", opened.start, opened.end, "this bracket is never closed", "close it with )"
            )

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Trouble("PB040", token.start, token.end, f"more than {DEEPEST} brackets inside each other")

    def _end(self, hint: str) -> None:
        token = self._next
        if token.kind != "end":
            message = f'nothing can follow here, but "{token.text}" does'
            raise Trouble("PB040", token.start, token.end, message, hint or "join conditions with and, or")

    def _lonely(self, term: Token) -> Trouble:
        if term.kind == "name" and "/" in term.text:
            message, hint = "a step alone is no condition", f"write done({term.text}), or compare its answer"
        elif term.kind == "name" and term.text in self._scope.ask:
            message, hint = "a question alone is no condition", f"compare its answer: {term.text} == ..."
        elif term.kind == "name":
            known = [*self._scope.ask, *self._scope.facts, "elapsed", "quiet", *_CALLS]
            near = did_you_mean(term.text, [name for name in known if name != term.text])
            hint = f"write {term.text}( ... )" if term.text in _CALLS else near
            message = f'"{term.text}" alone is no condition'
        else:
            message, hint = f'"{term.text}" alone is no condition', "compare it with something"
        return Trouble("PB040", term.start, term.end, message, hint)


def _joined(made: type[c.And | c.Or], parts: list[c.Condition | None]) -> c.Condition | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return known[0] if len(known) == 1 else made(tuple(known))
