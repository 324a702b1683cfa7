"""An e-mail address that may stand in an envelope and in a header: strict, ASCII, one line. Pure.

Rules (RFC 5321 sections 4.1.2 and 4.5.3, RFC 5322 section 3.4.1, narrowed to what real subscribers have):
- The part before the @ is a dot-atom of ASCII; quoted forms and letters outside ASCII (SMTPUTF8) are refused.
- The domain has two labels or more; other scripts become their `xn--` form, lower-case. Letters that the two
  versions of IDNA map to different domains (`ß`, `ς`, joiners) are refused: such a mail could reach a stranger.
- So are domains that only look like another one: letters of two alphabets in one label, or a label of nothing but
  letters that look like Latin ones before an ending in ASCII (UTS 39; as browsers do). Whoever means one writes `xn--`.
- Nothing else survives: no control, no space, no comment, no route, no address literal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST_LOCAL: Final = 64
LONGEST_DOMAIN: Final = 253
LONGEST_ADDRESS: Final = 254

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*\Z")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\Z")
_SAFE: Final = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*\.(?![0-9]+\Z){_LABEL}\Z"
)
# Nearly every line of a list is of this form: its answer is known in one step, and is the same as by the long way.
_PLAIN_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN: Final = re.compile(
    rf"(?=[^@]{{1,{LONGEST_LOCAL}}}@){_ATOM}(?:\.{_ATOM})*@(?:{_PLAIN_LABEL}\.)+(?![0-9]+\Z){_PLAIN_LABEL}\Z"
)
_NAMED: Final = re.compile(r'(?:"[^"<>]*"|[^<>",;@]*)<([^<>]*)>\Z')
_TWO_MEANINGS: Final = "\u00df\u03c2\u200c\u200d"
_ALPHABETS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "GEORGIAN"})
_LIKE_LATIN: Final = frozenset("аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡαικνρυωηο")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_DOMAINS_KNOWN: Final = 8_192  # of those written otherwise than in lower-case ASCII; a list has few


class Bad(NamedTuple):
    """Why a text is no address: a stable word, the offset of the trouble in the text, words for a person."""

    code: str
    offset: int
    words: str


def normalise(text: str) -> str | Bad:
    """The address that `text` holds, with its domain in lower-case ASCII, or why it holds none.

    A name may stand before it: `Ann Example <ann@example.org>`.
    """
    if _PLAIN.match(text) is not None:
        local, _, domain = text.partition("@")
        if len(domain) <= LONGEST_DOMAIN and len(text) <= LONGEST_ADDRESS:
            return f"{local}@{domain.lower()}"
    return _normalise(text)


def _normalise(text: str) -> str | Bad:
    start = len(text) - len(text.lstrip(" \t"))
    bare = text.strip(" \t")
    trouble = _control(bare)
    if trouble is not None:
        return trouble._replace(offset=trouble.offset + start)
    named = _NAMED.match(bare)
    if named is not None:
        start += named.start(1)
        bare = named.group(1)
    found = _check(bare)
    return found._replace(offset=found.offset + start) if isinstance(found, Bad) else found


def is_safe(address: str) -> bool:
    """Whether this is exactly what `normalise` gives back: fit for an envelope and a header as it stands.

    It is asked of everybody on a list as each mail is made, so it is one match.
    """
    return (
        len(address) <= LONGEST_ADDRESS
        and _SAFE.match(address) is not None
        and len(domain_of(address)) <= LONGEST_DOMAIN
    )


def _check_letters(domain: str) -> Bad | None:
    for offset, character in enumerate(domain):
        if character in _TWO_MEANINGS:
            return Bad("domain", offset, "a letter with two meanings in the domain: write its xn-- form")
        if character == "\ufffd":
            return Bad("wrong-encoding", offset, "a character that this encoding does not have")
        if unseen(character):
            return Bad("unseen", offset, "a character that does not show")
    if not domain.isascii() and _looks_like_another(domain.lower()):
        return Bad("look-alike", 0, "letters that only look like others in the domain: write its xn-- form")
    return None


def unseen(character: str) -> bool:
    """Whether a character beyond ASCII draws nothing: a mark of direction or order, a joiner, a second byte-order mark."""
    return not character.isascii() and unicodedata.category(character) in ("Cf", "Cc", "Zl", "Zp")


def _looks_like_another(domain: str) -> bool:
    labels = domain.split(".")
    for label in labels:
        letters = [each for each in label if each.isalpha()]
        alphabets = {unicodedata.name(each, "").partition(" ")[0] for each in letters} & _ALPHABETS
        if len(alphabets) > 1 or (labels[-1].isascii() and letters and _LIKE_LATIN.issuperset(letters)):
            return True
    return False


def domain_of(address: str) -> str:
    """The part after the @."""
    return address.rpartition("@")[2]


def _control(text: str) -> Bad | None:
    found = _CONTROL.search(text)
    if found is None:
        return None
    if found[0] in "\r\n":
        return Bad("line-break", found.start(), "a line break inside the address")
    if found[0] == "\0":
        return Bad("nul", found.start(), "a NUL byte inside the address")
    return Bad("control", found.start(), "a control character inside the address")


def _check(bare: str) -> str | Bad:
    if not bare:
        return Bad("empty", 0, "no address here")
    local, at, domain = bare.rpartition("@")
    if not at:
        return Bad("no-at", 0, "no @ in it")
    if "@" in local:
        offset = bare.index("@", bare.index("@") + 1)
        return Bad("two-ats", offset, "more than one @ in it")
    bad = _check_local(local)
    if bad is not None:
        return bad
    ascii_domain = _check_domain(domain)
    if isinstance(ascii_domain, Bad):
        return ascii_domain._replace(offset=ascii_domain.offset + len(local) + 1)
    address = f"{local}@{ascii_domain}"
    if len(address) > LONGEST_ADDRESS:
        return Bad("too-long", LONGEST_ADDRESS, f"longer than {LONGEST_ADDRESS} characters")
    return address


def _check_local(local: str) -> Bad | None:
    if not local:
        return Bad("malformed", 0, "nothing before the @")
    for offset, character in enumerate(local if not local.isascii() else ""):
        if unseen(character):
            return Bad("unseen", offset, "a character that does not show")
        if not character.isascii():
            return Bad("not-ascii", offset, "a letter outside ASCII before the @, which many servers refuse")
    if len(local) > LONGEST_LOCAL:
        return Bad("too-long", LONGEST_LOCAL, f"more than {LONGEST_LOCAL} characters before the @")
    if _LOCAL.match(local) is None:
        return Bad("malformed", _first_bad(local), "something before the @ that no address has")
    return None


def _first_bad(local: str) -> int:
    for offset, character in enumerate(local):
        if character != "." and re.match(_ATOM, character) is None:
            return offset
    return max(local.find(".."), 0)


@lru_cache(maxsize=_DOMAINS_KNOWN)
def _check_domain(domain: str) -> str | Bad:
    if not domain:
        return Bad("malformed", 0, "nothing after the @")
    bad = _check_letters(domain)
    if bad is not None:
        return bad
    lowered = domain.lower()
    if not lowered.isascii():
        try:
            lowered = lowered.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return Bad("domain", 0, "a domain that has no xn-- form")
    if len(lowered) > LONGEST_DOMAIN:
        return Bad("too-long", 0, f"a domain of more than {LONGEST_DOMAIN} characters")
    if "." not in lowered.strip("."):
        return Bad("domain", 0, "a domain without a dot")
    if _DOMAIN.match(lowered) is None or lowered.rpartition(".")[2].isdigit():
        return Bad("domain", 0, "a domain that cannot exist")
    return lowered
