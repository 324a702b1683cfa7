r"""The only place that turns somebody else's text into something showable.

Posts, mails, playbooks, notes, file names and the errors of other systems are written by strangers. A terminal obeys
control characters, and a reader believes what an invisible or reordering character makes a line look like. So
everything that comes from outside passes `visible` before it is drawn, printed or quoted.

What may be drawn (the allow-list): letters, digits, punctuation, symbols and spaces of every script, as far as this
Python's Unicode tables know them, and at most `MARKS` combining marks on one letter. What may not, and is spelled out as `\u{202e}`:

- controls: C0, DEL, C1 (a newline is drawn as `\n`, or kept when lines are asked for; a tab is drawn as one space);
- whatever reorders or hides: bidi controls, zero-width and other format characters, tags, variation selectors, fillers;
- what has no agreed look: lone surrogates, private use, unassigned code points, line and paragraph separators.

Of a run of more than `RUN` such characters only the first are spelled out; the rest is counted, as `\u{+592}`.

Inside a well-formed emoji sequence the joiner, the presentation selector and the skin tone are left out, so that the
sequence shows as its parts, and a flag shows as its country's letters: terminals disagree about the width of the whole, and
a row one cell too long pushes what stands beside it, such as the frame of a drill, off the screen. The bytes that are sent, hashed and kept are never touched by this module.

Sources: CVE-2021-42574 and CVE-2021-42694 (Trojan Source), CVE-2021-25743 (kubectl), Unicode TR36 and TR51; X's weighted length is
`twitter-text` configuration 3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MARKS: Final = (
    4  # combining marks on one letter: Vietnamese needs 2, vocalised Hebrew 3 or 4; a flood has thousands
)
RUN: Final = 8  # escapes drawn in a row; the rest of a longer run is counted
X_LIMIT: Final = 280
X_URL: Final = 23

_JOINER: Final = "\u200d"
_KEYCAP: Final = "\u20e3"
_SELECTORS: Final = frozenset("\ufe0e\ufe0f")
_TONES: Final = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
# Letters, marks and symbols by category that nevertheless draw nothing at all.
_BLANK: Final = frozenset(
    map(
        chr,
        [
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x16FE4),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ],
    )
)
# Symbols that Unicode 16 made two cells wide: no terminal and library agree on them.
_UNSURE: Final = frozenset(
    map(
        chr,
        [
            *range(0x2630, 0x2638),
            *range(0x268A, 0x2690),
            *range(0x4DC0, 0x4E00),
            *range(0x1D300, 0x1D357),
            *range(0x1D360, 0x1D377),
        ],
    )
)
_FLAG_A: Final = 0x1F1E6  # the first of the 26 letters that flags are spelled with
_PLAIN, _MARK, _SYMBOL, _FLAG, _BAD = range(5)


@lru_cache(maxsize=8192)
def _kind(char: str) -> int:
    """What one character is to a terminal: plain, a mark on the letter before it, a symbol, a flag's letter, or not to be drawn."""
    category = unicodedata.category(char)
    if category[0] == "C" or category in ("Zl", "Zp") or char in _BLANK or char in _TONES or char in _UNSURE:
        return _BAD
    code = ord(char)
    if _FLAG_A <= code < _FLAG_A + 26:
        return _FLAG
    if category[0] == "M" or 0x1161 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return _MARK
    if category in ("So", "Sm") or char in "‼⁉〰":
        return _SYMBOL
    return _PLAIN


def _escaped(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"


def _scan(text: str, marks: int = MARKS) -> Iterator[tuple[int, str, str]]:
    """Every character as (offset, itself, what is drawn for it): itself, nothing, or its escape.

    `marks` is how many stand on the letter before the text; by default there is none that could carry another.
    """
    base, before = "", ""  # base: what the emoji sequence under way still allows
    for offset, char in enumerate(text):
        kind = _kind(char)
        after = text[offset + 1 : offset + 2]
        shown = char
        if kind == _MARK:
            marks += 1
            base = ""
            shown = char if marks <= MARKS else _escaped(char)
        elif kind != _BAD:
            marks = 0
            base = "selector tone joiner" if kind == _SYMBOL else ""
            shown = chr(ord(char) - _FLAG_A + ord("A")) if kind == _FLAG else char
        elif char in _SELECTORS and ("selector" in base or (before in "0123456789#*" and after == _KEYCAP)):
            shown, base = "", base.replace("selector", "")
        elif char in _TONES and "tone" in base:
            shown, base = "", "joiner"
        elif char == _JOINER and "joiner" in base and after and _kind(after) == _SYMBOL:
            shown, base = "", ""
        else:
            shown, base = _escaped(char), ""
            marks = MARKS if char == "\n" else marks
        before = char
        yield offset, char, shown


def _plain(text: str) -> bool:
    """Whether nothing in the text needs a second look; the common case, decided without a Python loop."""
    if text.isascii():
        return text.isprintable()
    return text.isprintable() and all(_kind(char) in (_PLAIN, _SYMBOL) for char in set(text))


def visible(text: str, *, lines: bool = False) -> str:
    r"""The text with everything that a terminal would obey, hide or reorder spelled out.

    Ordinary text of any script comes back unchanged, and `visible(visible(t)) == visible(t)`.

    Args:
        text: anything, lone surrogates included.
        lines: keep each newline (and read `\r\n` as one) instead of drawing it as `\n`.

    Returns:
        Text of allow-listed characters only, plus `\n` when lines are kept.
    """
    if _plain(text):
        return text
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if lines and text.isascii() and text.replace("\n", "").isprintable():
        return text
    special = {"\n": "\n" if lines else "\\n", "\t": " "}
    drawn: list[str] = []
    run = 0  # escapes in a row: a flood of them would push the words off the screen as surely as what they stand for
    for _, char, shown in _scan(text):
        bad = len(shown) > 1 and char not in special
        if run > RUN and not bad:
            drawn.append(f"\\u{{+{run - RUN}}}")
        run = run + 1 if bad else 0
        if run <= RUN:
            drawn.append(special.get(char, shown))
    return "".join(drawn) + (f"\\u{{+{run - RUN}}}" if run > RUN else "")


def drawable(text: str) -> str:
    """The text without what `visible` would spell out; the very same object when there is nothing to take out.

    For the last filter before a terminal only, where a row's cells are already counted and a letter may stand in another piece than its mark. Anywhere else use `visible`: text that
    silently loses characters is not what somebody wrote.
    """
    if _plain(text):
        return text
    kept = "".join(char for _, char, shown in _scan(text, marks=0) if shown == char)
    return text if kept == text else kept


def unshowable(text: str) -> tuple[tuple[int, str], ...]:
    """Every character that a file or a note may not hold, as (offset, character), in order.

    They are the ones `visible` would spell out; newline and tab are allowed, a carriage return is not.
    """
    if _plain(text):
        return ()
    return tuple(
        (offset, char) for offset, char, shown in _scan(text) if len(shown) > 1 and char not in "\n\t"
    )


@lru_cache(maxsize=8192)
def _width(char: str) -> int:
    if _kind(char) == _MARK:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(text: str) -> int:
    """How many terminal cells a visible text takes: 2 for East Asian wide characters and emoji, 0 for marks."""
    return len(text) if text.isascii() else sum(map(_width, text))


def fit(text: str, width: int, *, pad: bool = False) -> str:
    """The text cut to `width` cells, `...` at the end when something is missing; with `pad`, filled up with spaces."""
    size = cells(text)
    if size > width:
        dots = "..."[: max(width, 0)]
        room, taken = max(width, 0) - len(dots), 0
        kept = []
        for char in text:
            taken += _width(char)
            if taken > room:
                break
            kept.append(char)
        text = "".join(kept).rstrip() + dots
        size = cells(text)
    return text + " " * (width - size) if pad else text


# -- what an outward text weighs ------------------------------------------------------------------------------------

_HOST: Final = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}"
_URL: Final = re.compile(
    rf"(?<![\w@.$#-])(?P<scheme>https?://)?{_HOST}(?::\d+)?(?:[/?][^\s<>\"]*[^\s<>\"'.,;:!?)\]])?/?",
    re.IGNORECASE,
)
# Two-letter country names are always links to X; of the longer ones these are the usual. Any other is weighed at its worst.
_TOPS: Final = frozenset(
    {
        "com",
        "org",
        "net",
        "gov",
        "edu",
        "int",
        "mil",
        "info",
        "news",
        "police",
        "london",
        "scot",
        "wales",
        "app",
        "dev",
    }
)
_LIGHT: Final = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_SYMBOLS: Final = "[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_PART: Final = f"(?:{_SYMBOLS}\ufe0f?[\U0001f3fb-\U0001f3ff]?)"
_EMOJI: Final = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139]\ufe0f"
    f"|{_PART}(?:[\U000e0020-\U000e007e]+\U000e007f|(?:\u200d{_PART})*)"
)


def _weigh(text: str) -> int:
    text, emoji = _EMOJI.subn("", text)
    return 2 * emoji + sum(1 if any(low <= ord(char) <= high for low, high in _LIGHT) else 2 for char in text)


def weighted_length(text: str) -> int:
    """How long X counts a post: NFC; a link 23, an emoji or a CJK character 2, most others 1; the limit is 280.

    A bare host name under an unusual top-level domain counts as the longer of its link and its letters.
    """
    text = unicodedata.normalize("NFC", text)
    total, end = 0, 0
    for match in _URL.finditer(text):
        total += _weigh(text[end : match.start()])
        end = match.end()
        host = re.split(r"[/?:]", match.group().removeprefix(match["scheme"] or ""), maxsplit=1)[0]
        top = host.rpartition(".")[2].casefold()
        known = match["scheme"] or len(top) == 2 or top in _TOPS
        total += X_URL if known else max(X_URL, _weigh(match.group()))
    return total + _weigh(text[end:])


# -- what an approver should look at twice ---------------------------------------------------------------------------

_WORD: Final = re.compile(r"[^\W\d_]+")
_FOREIGN_HOST: Final = re.compile(_HOST, re.IGNORECASE)
_TOGETHER: Final = (
    {"CJK", "HIRAGANA", "KATAKANA", "LATIN"},
    {"CJK", "HANGUL", "LATIN"},
    {"CJK", "BOPOMOFO", "LATIN"},
)
_NO_SCRIPT: Final = frozenset({"MODIFIER", "MICRO", "FEMININE", "MASCULINE"})


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    """The script's first word in the character's Unicode name: LATIN, CYRILLIC, CJK ..."""
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0].partition("-")[0]


def _mixed(word: str) -> str:
    """The scripts of a word that should not stand in one word, as words; empty when they may."""
    scripts = {_script(letter) for letter in word} - _NO_SCRIPT
    if len(scripts) < 2 or any(scripts <= family for family in _TOGETHER):
        return ""
    return " and ".join(sorted(script.capitalize() for script in scripts))


def punycode(host: str) -> str:
    """The host name as the network spells it, `xn--` labels and all; ASCII names come back unchanged."""
    labels = []
    for label in host.split("."):
        try:
            labels.append(label.encode("idna").decode("ascii") if label else label)
        except UnicodeError:  # IDNA refuses some labels; a reader still needs to see that it is no plain name
            labels.append("xn--" + label.encode("punycode", "replace").decode("ascii"))
    return ".".join(labels)


def suspicious(text: str) -> tuple[str, ...]:
    """What an approver should look at twice, one plain sentence each: mixed alphabets, foreign host names, hidden characters.

    The sentences quote the text through `visible`; an empty tuple means that nothing was found, not that the text is honest.
    """
    hidden = unshowable(text)
    notes = []
    if hidden:
        kinds = ", ".join(sorted({_escaped(char) for _, char in hidden})[:5])
        notes.append(f"{len(hidden)} hidden or unreadable characters: {kinds}.")
    for word in dict.fromkeys(_WORD.findall(text)):
        scripts = _mixed(word)
        notes += [f'"{visible(word)}" mixes {scripts} letters.'] if scripts else []
    hosts = [host for host in dict.fromkeys(_FOREIGN_HOST.findall(text)) if not host.isascii()]
    notes += [f'The address "{visible(host)}" is really {visible(punycode(host))}.' for host in hosts]
    return tuple(notes)


def counted(number: int, thing: str, things: str = "") -> str:
    """How many of something, in words: `1 item`, `41,207 people`.

    Args:
        number: how many.
        thing: what one of them is called.
        things: what several are called, where that is not `thing` with an s.
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
