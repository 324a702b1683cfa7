"""What may be drawn, what may not, and that nothing ordinary is ever touched."""

import sys
import unicodedata

import pytest
import rich.cells
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from console import text

ORDINARY = [
    "",
    "Messages on @ExamplePolice since 23:16 are not from us.",
    "naïve café, Żółć, Ærø, smørrebrød, İstanbul",
    "e\u0301 decomposed, Việt Nam",
    "緊急 お知らせ 한국어 中文",
    "שלום مرحبا हिन्दी ภาษาไทย Ελλάδα Москва",
    "🚨 ⚠ ✅ 🏠",
    "£5 – “quoted” … 20 °C ½ → ≠ №",
    "C:\\u{202e}\\n is only backslashes",
]
HOSTILE = {
    "\x1b[2J": "\\u{1b}[2J",
    "\x9b2J": "\\u{9b}2J",
    "a\x00b\x7f": "a\\u{0}b\\u{7f}",
    "bare\rreturn": "bare\\u{d}return",
    "\u202eevil\u2066": "\\u{202e}evil\\u{2066}",
    "zero\u200bwidth\ufeff": "zero\\u{200b}width\\u{feff}",
    "soft\xadhyphen": "soft\\u{ad}hyphen",
    "tag\U000e0041": "tag\\u{e0041}",
    "variation\ufe0f": "variation\\u{fe0f}",
    "join\u200dme": "join\\u{200d}me",
    "filler\u3164\u2800": "filler\\u{3164}\\u{2800}",
    "lone\ud800": "lone\\u{d800}",
    "private\ue000": "private\\u{e000}",
    "unassigned\u0378": "unassigned\\u{378}",
    "line\u2028paragraph\u2029": "line\\u{2028}paragraph\\u{2029}",
    "\u0301first": "\\u{301}first",
    "tone \U0001f3fd": "tone \\u{1f3fd}",
}
ANY = st.text(st.characters(exclude_categories=()))
TRICKY = st.text(
    st.sampled_from(
        "a1#\u26a0\U0001f46e\ufe0f\ufe0e\u200d\u20e3\U0001f3fd\u0301\u0338\n\r\t\x1b\u202e\U0001f1ec\ud800\u4e2d"
    )
)


def allowed(char: str) -> bool:
    """The allow-list, said a second time and another way: by category, without the room's own tables."""
    return unicodedata.category(char)[0] in "LMNPSZ" and unicodedata.category(char) not in ("Zl", "Zp")


@pytest.mark.parametrize("ordinary", ORDINARY)
def test_ordinary_text_is_left_alone(ordinary):
    assert text.visible(ordinary) == ordinary
    assert text.unshowable(ordinary) == ()


@pytest.mark.parametrize(("hostile", "shown"), HOSTILE.items())
def test_what_hides_or_commands_is_spelled_out(hostile, shown):
    assert text.visible(hostile) == shown
    assert text.visible(hostile, lines=True) == shown
    assert len(text.unshowable(hostile)) == shown.count("\\u{")


def test_unshowable_says_where():
    assert text.unshowable("ok\n\t\x1b[0m\u202e") == ((4, "\x1b"), (8, "\u202e"))


@pytest.mark.parametrize(
    ("sequence", "parts"),
    [
        ("⚠\ufe0f", "⚠"),
        ("❤\ufe0e", "❤"),
        ("1\ufe0f\u20e3", "1\u20e3"),
        ("👮🏽\u200d♀\ufe0f", "👮♀"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("🇬🇧 🏴", "GB 🏴"),
    ],
)
def test_an_emoji_sequence_shows_as_its_parts(sequence, parts):
    assert text.visible(sequence) == parts
    assert text.unshowable(sequence) == ()


def test_a_selector_hides_nothing_behind_the_first():
    assert text.visible("⚠\ufe0f\ufe0f") == "⚠\\u{fe0f}"
    assert text.visible("👍🏽🏽") == "👍\\u{1f3fd}"
    assert text.visible("👍\u200dx") == "👍\\u{200d}x"


def test_lines_are_kept_only_when_asked_for():
    assert text.visible("one\r\ntwo\nthree\tfour") == "one\\ntwo\\nthree four"
    assert text.visible("one\r\ntwo\nthree\tfour", lines=True) == "one\ntwo\nthree four"


def test_a_flood_is_counted_so_that_the_words_stay_on_the_screen():
    flooded = text.visible("a" + "\u0301" * 500 + " words")
    assert (
        flooded
        == "a"
        + "\u0301" * text.MARKS
        + "\\u{301}" * text.RUN
        + f"\\u{{+{500 - text.MARKS - text.RUN}}} words"
    )
    assert text.visible("\x1b" * 500).endswith(f"\\u{{+{500 - text.RUN}}}")


@given(ANY | TRICKY, st.booleans())
def test_only_allow_listed_characters_come_out_and_a_second_pass_changes_nothing(raw, lines):
    shown = text.visible(raw, lines=lines)
    assert all(allowed(char) or (lines and char == "\n") for char in shown)
    assert text.visible(shown, lines=lines) == shown
    assert all(char == "\n" for _, char in text.unshowable(shown))
    shown.encode("utf-8")


@given(ANY | TRICKY)
def test_what_may_be_held_is_what_shows_without_an_escape(raw):
    bare = raw.replace("\\", "")
    assert bool(text.unshowable(bare.replace("\r\n", "\n"))) == ("\\u{" in text.visible(bare))


@given(st.text(st.sampled_from("ab 中🚨e\u0301")), st.integers(0, 12))
def test_fitted_text_is_never_wider_and_padding_is_exact(raw, width):
    shown = text.visible(raw)
    assert text.cells(text.fit(shown, width)) <= width
    assert text.cells(text.fit(shown, width, pad=True)) == width


def test_cells_and_fit():
    assert text.cells("abc") == 3
    assert text.cells("中🚨e\u0301") == 5
    assert text.fit("short", 10) == "short"
    assert text.fit("a longer line", 8) == "a lon..."
    assert text.fit("中中中中", 7) == "中中..."


@pytest.mark.parametrize(
    ("post", "weight"),
    [
        ("plain", 5),
        ("cafe\u0301", 4),
        ("中文", 4),
        ("🚨", 2),
        ("👨\u200d👩\u200d👧", 2),
        ("👍🏽 🇬🇧", 5),
        ("1\ufe0f\u20e3", 2),
        ("https://example.police.uk/a/very/long/path?with=query&more=1", 23),
        ("at example.police.uk/now.", 3 + 23 + 1),
        ("mail a@example.org", 18),
        ("strange.photography", 23),
        ("“quoted” – fine", 15),
        ("a" * 280, 280),
    ],
)
def test_weighted_length_counts_as_x_does(post, weight):
    assert text.weighted_length(post) == weight


@pytest.mark.parametrize("honest", [*ORDINARY, "Tシャツ and 한국 straße", "https://example.police.uk/now"])
def test_honest_text_raises_no_doubt(honest):
    assert text.suspicious(honest) == ()


def test_mixed_alphabets_foreign_hosts_and_hidden_characters_are_named():
    assert text.suspicious("Log in to pаypal") == ('"pаypal" mixes Cyrillic and Latin letters.',)
    assert text.suspicious("see http://аррӏе.com/x") == (
        'The address "аррӏе.com" is really xn--80ak6aa92e.com.',
    )
    assert text.suspicious("a\u200bb\u202e") == ("2 hidden or unreadable characters: \\u{200b}, \\u{202e}.",)


@given(ANY | TRICKY)
def test_doubts_are_themselves_showable(raw):
    for note in text.suspicious(raw):
        assert text.visible(note) == note


def test_every_library_counts_what_is_drawn_in_the_same_cells():
    differing = [
        hex(code)
        for code in range(0x20, sys.maxunicode + 1)
        if text.drawable("a" + chr(code)) == "a" + chr(code)
        and not text.cells(chr(code)) == wcwidth.wcwidth(chr(code)) == rich.cells.cell_len(chr(code))
    ]
    assert differing == []


@given(ANY)
def test_weighing_never_fails(raw):
    assert text.weighted_length(raw) >= 0
