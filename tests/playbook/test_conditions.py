"""The closed language: total, three-valued, and every text that is printed is read back as the same condition."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.playbook import conditions as c
from console.playbook.durations import fact_value, milliseconds, shown, whole
from console.playbook.model import Answer, Choice, Question
from console.playbook.parse import parse_condition, parse_need
from console.playbook.scope import Scope

YES_NO = tuple(Choice(word, word) for word in ("yes", "no", "not-sure"))
SCOPE = Scope(
    channels={"account": ("x",), "website": ("website",)},
    ask={
        "reached": Question(
            "reached", "?", "pick", tuple(Choice(word, word) for word in ("website", "account", "email"))
        ),
        "at-risk": Question("at-risk", "?", "yes-no", YES_NO),
        "shift": Question("shift", "?", "choose", (Choice("day", "Day"), Choice("night", "Night"))),
        "who": Question("who", "?", "text"),
        "first-seen": Question("first-seen", "?", "time"),
    },
    facts={"quiet-for": "60m", "most": "7", "page": "example.org"},
    steps={
        "a/look": Answer("choose", "", (Choice("gone", "Gone"), Choice("still", "Still"))),
        "a/count": Answer("number"),
        "a/say": Answer("value"),
        "b/post": None,
    },
)
CHOICES = {
    "reached": ("website", "account", "email"),
    "at-risk": ("yes", "no"),
    "shift": ("day", "night"),
    "a/look": ("gone", "still"),
}
ORDERS = ("==", "!=", "<", "<=", ">", ">=")


class World:
    """One moment of an incident, with any of it unknown."""

    def __init__(self, asks, answers, facts, achieved, elapsed, quiet):
        self.asks, self.answers, self.facts, self.achieved = asks, answers, facts, achieved
        self._elapsed, self._quiet = elapsed, quiet

    def ask(self, slug):
        return self.asks.get(slug)

    def fact(self, slug):
        return fact_value(self.facts[slug])

    def answer(self, step):
        return self.answers.get(step)

    def done(self, step):
        return self.achieved.get(step)

    def settled(self, step):
        return self.achieved.get(step)

    def posting(self, channel):
        return self.achieved.get(channel)

    def elapsed(self):
        return self._elapsed

    def quiet(self):
        return self._quiet


# -- any condition that can be written -------------------------------------------------------------------------------

steps = st.sampled_from(list(SCOPE.steps))
lengths = st.one_of(
    st.builds(c.Elapsed),
    st.builds(c.Quiet),
    st.just(c.Fact("quiet-for")),
    st.builds(c.Duration, st.integers(0, 400).map(lambda m: m * 60_000)),
)
counts = st.one_of(
    st.just(c.Fact("most")), st.just(c.Answer("a/count")), st.builds(c.Number, st.integers(-9, 9))
)
texts = st.one_of(st.just(c.Ask("who")), st.just(c.Answer("a/say")), st.just(c.Fact("page")))
free = st.builds(c.Word, st.sampled_from(["x", "example.org", "not in (a)", "two words", ""]))


def _fixed(term):
    return isinstance(term, c.Duration | c.Number | c.Word)


def _subject(name):
    return c.Answer(name) if "/" in name else c.Ask(name)


@st.composite
def comparisons(draw):
    kind = draw(st.sampled_from(["length", "count", "text", "choice", "within", "among"]))
    if kind in ("length", "count"):
        terms = lengths if kind == "length" else counts
        left, right = draw(terms), draw(terms)
        if _fixed(left) and _fixed(right):
            left = c.Elapsed() if kind == "length" else c.Answer("a/count")
        return c.Compare(draw(st.sampled_from(ORDERS)), left, right)
    if kind == "text":
        left, right = draw(texts), draw(st.one_of(texts, free))
        return c.Compare(draw(st.sampled_from(["==", "!="])), left, right)
    name = draw(st.sampled_from(list(CHOICES))) if kind != "among" else "reached"
    words = st.sampled_from(CHOICES[name]).map(c.Word)
    if kind == "choice":
        return c.Compare(draw(st.sampled_from(["==", "!="])), _subject(name), draw(words))
    if kind == "among":
        return c.Within(draw(words), (c.Ask("reached"),))
    return c.Within(_subject(name), tuple(draw(st.lists(words, min_size=1, max_size=3))))


leaves = st.one_of(
    comparisons(),
    st.builds(c.Done, steps),
    st.builds(c.Settled, steps),
    st.builds(c.Posting, st.sampled_from(["account", "website"])),
)


def _several(made):
    return lambda inner: st.lists(inner, min_size=2, max_size=3).map(lambda parts: made(tuple(parts)))


def _grown(inner):
    return st.one_of(_several(c.And)(inner), _several(c.Or)(inner), st.builds(c.Not, inner))


anything = st.recursive(leaves, _grown, max_leaves=8)


@st.composite
def worlds(draw):
    def maybe(values):
        return draw(st.one_of(st.none(), values))

    return World(
        asks={
            "reached": maybe(st.lists(st.sampled_from(CHOICES["reached"]), unique=True).map(tuple)),
            "at-risk": maybe(st.sampled_from(CHOICES["at-risk"])),
            "shift": maybe(st.sampled_from(CHOICES["shift"])),
            "who": maybe(st.sampled_from(["x", "two words", ""])),
        },
        answers={
            "a/look": maybe(st.sampled_from(CHOICES["a/look"])),
            "a/count": maybe(st.integers(-9, 9)),
            "a/say": maybe(st.sampled_from(["x", "example.org"])),
        },
        facts=SCOPE.facts,
        achieved={name: maybe(st.booleans()) for name in (*SCOPE.steps, "account", "website")},
        elapsed=draw(st.integers(0, 400)) * 60_000,
        quiet=maybe(st.integers(0, 400).map(lambda m: m * 60_000)),
    )


# -- printing, only for the round trip -------------------------------------------------------------------------------


def term(one):
    match one:
        case c.Ask(slug) | c.Fact(slug):
            return slug
        case c.Answer(step):
            return step
        case c.Elapsed():
            return "elapsed"
        case c.Quiet():
            return "quiet"
        case c.Number(n):
            return str(n)
        case c.Duration(ms):
            return shown(ms)
        case c.Word(text):
            return f'"{text}"'


def printed(condition):
    match condition:
        case c.And(parts):
            return " and ".join(f"({printed(part)})" for part in parts)
        case c.Or(parts):
            return " or ".join(f"({printed(part)})" for part in parts)
        case c.Not(part):
            return f"not ({printed(part)})"
        case c.Done(step):
            return f"done({step})"
        case c.Settled(step):
            return f"settled({step})"
        case c.Posting(channel):
            return f"posting({channel})"
        case c.Compare(op, left, right):
            return f"{term(left)} {op} {term(right)}"
        case c.Within(c.Word() as word, (c.Ask() as holder,)):
            return f"{term(word)} in {term(holder)}"
        case c.Within(left, options):
            return f"{term(left)} in ({', '.join(map(term, options))})"


@given(anything)
def test_what_is_printed_is_read_back(condition):
    text = printed(condition)
    if len(text) <= 500:
        assert parse_condition(text, SCOPE) == (condition, ())


# -- a naive second opinion: Kleene's logic as arithmetic, false 0, unknown 1, true 2 ---------------------------------


def value(one, world):
    match one:
        case c.Ask(slug):
            return world.ask(slug)
        case c.Fact(slug):
            return world.fact(slug)
        case c.Answer(step):
            return world.answer(step)
        case c.Elapsed():
            return world.elapsed()
        case c.Quiet():
            return world.quiet()
        case c.Word(text):
            return text
        case c.Number(number) | c.Duration(number):
            return number


def compared(op, left, right):
    if isinstance(left, tuple) and not isinstance(right, tuple):
        right = (right,)
    elif isinstance(right, tuple) and not isinstance(left, tuple):
        left = (left,)
    table = {"==": left == right, "!=": left != right}
    if op in table:
        return table[op]
    return {
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[op]()


def oracle(condition, world):
    """0 false, 1 unknown, 2 true."""
    match condition:
        case c.And(parts):
            return min(oracle(part, world) for part in parts)
        case c.Or(parts):
            return max(oracle(part, world) for part in parts)
        case c.Not(part):
            return 2 - oracle(part, world)
        case c.Done(name) | c.Settled(name) | c.Posting(name):
            return {None: 1, False: 0, True: 2}[world.achieved.get(name)]
        case c.Compare(op, left, right):
            one, two = value(left, world), value(right, world)
            return 1 if one is None or two is None else 2 * compared(op, one, two)
        case c.Within(left, options):
            have, wanted = value(left, world), [value(option, world) for option in options]
            if have is None or None in wanted:
                return 1
            flat = [word for one in wanted for word in (one if isinstance(one, tuple) else (one,))]
            return 2 * any(word in flat for word in (have if isinstance(have, tuple) else (have,)))


@given(anything, worlds())
def test_evaluation_is_total_and_agrees_with_a_naive_one(condition, world):
    text = printed(condition)
    if len(text) > 500:
        return
    parsed, problems = parse_condition(text, SCOPE)
    assert problems == ()
    assert parsed is not None
    assert c.evaluate(parsed, world) is {0: False, 1: None, 2: True}[oracle(condition, world)]


@given(st.text(max_size=80))
def test_any_text_gets_a_condition_or_a_problem_within_it(text):
    for parse in (parse_condition, parse_need):
        found, problems = parse(text, SCOPE)
        assert (found is None) == any(problem.code < "PB100" for problem in problems)
        assert all(0 <= problem.start < problem.end <= len(text) + 1 for problem in problems)


words = st.sampled_from(
    [
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        ",",
        "|",
        "==",
        "<",
        "a/look",
        "gone",
        "reached",
        "email",
        "elapsed",
        "5m",
        "7",
        "done",
        "'x'",
        "quiet-for",
        "x",
    ]
)


@given(st.lists(words, max_size=14))
def test_any_heap_of_words_gets_a_condition_or_a_problem(heap):
    text = " ".join(heap)
    for parse in (parse_condition, parse_need):
        found, problems = parse(text, SCOPE)
        assert (found is None) == any(problem.code < "PB100" for problem in problems)


# -- by hand ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("email in reached", c.Within(c.Word("email"), (c.Ask("reached"),))),
        ("at-risk != no", c.Compare("!=", c.Ask("at-risk"), c.Word("no"))),
        ("quiet >= quiet-for", c.Compare(">=", c.Quiet(), c.Fact("quiet-for"))),
        ("a/look in (gone, still)", c.Within(c.Answer("a/look"), (c.Word("gone"), c.Word("still")))),
        ("not done(b/post)", c.Not(c.Done("b/post"))),
        ("a/count < most", c.Compare("<", c.Answer("a/count"), c.Fact("most"))),
        ("account not in reached", c.Not(c.Within(c.Word("account"), (c.Ask("reached"),)))),
        (
            "done(b/post) or posting(account) and elapsed > 15m",
            c.Or(
                (
                    c.Done("b/post"),
                    c.And((c.Posting("account"), c.Compare(">", c.Elapsed(), c.Duration(900_000)))),
                )
            ),
        ),
    ],
)
def test_what_authors_write(text, condition):
    assert parse_condition(text, SCOPE) == (condition, ())


def test_a_need_of_two_ways():
    need, problems = parse_need("a/look == gone | done(b/post) | b/post", SCOPE)
    assert problems == ()
    assert need is not None
    assert [alternative.source for alternative in need.alternatives] == [
        "a/look == gone",
        "done(b/post)",
        "b/post",
    ]
    assert [alternative.steps for alternative in need.alternatives] == [("a/look",), ("b/post",), ("b/post",)]
    assert need.alternatives[2].condition == c.Done("b/post")


def test_unknown_opens_nothing():
    nothing = World({}, {}, SCOPE.facts, {}, 0, None)
    for text in (
        "at-risk != no",
        "not (at-risk == no)",
        "email in reached",
        "quiet >= quiet-for",
        "not done(b/post)",
        "a/look in (gone)",
    ):
        condition, _ = parse_condition(text, SCOPE)
        assert condition is not None
        assert c.evaluate(condition, nothing) is None


def test_kleene():
    table = {None: "posting(account)", True: "elapsed >= 0s", False: "elapsed < 0s"}
    world = World({}, {}, SCOPE.facts, {}, 0, None)
    for one, two in itertools.product(table, repeat=2):
        both, _ = parse_condition(f"{table[one]} and {table[two]}", SCOPE)
        either, _ = parse_condition(f"{table[one]} or {table[two]}", SCOPE)
        assert c.evaluate(both, world) is (
            False if False in (one, two) else None if None in (one, two) else True
        )
        assert c.evaluate(either, world) is (
            True if True in (one, two) else None if None in (one, two) else False
        )


# -- durations -------------------------------------------------------------------------------------------------------


@given(st.integers(0, 999_999), st.sampled_from("smh"))
def test_a_length_is_read_and_shown(number, unit):
    ms = milliseconds(f"{number}{unit}")
    assert ms == number * {"s": 1_000, "m": 60_000, "h": 3_600_000}[unit]
    if ms < 10**12:
        assert milliseconds(shown(ms)) == ms or len(shown(ms)) > 7


@given(st.text(max_size=12))
def test_nothing_else_is_a_length_or_a_number(text):
    if milliseconds(text) is not None:
        assert text[:-1].isdecimal()
        assert text.isascii()
    if whole(text) is not None:
        assert str(int(text)) == text.lstrip("0") or int(text) == 0 or text.startswith(("-0", "0"))
