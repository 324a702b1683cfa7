"""Whether words can be a mail as they stand, said before anybody is asked for a code, and again before a message is made. Pure."""

from __future__ import annotations

import re
from typing import Final

from console.text import unshowable

LONGEST_SUBJECT: Final = 300
LONGEST_TEXT: Final = (
    100_000  # bytes: large mailboxes cut longer mails short, and a million copies of it choke a relay
)
SHOWN: Final = 5
ENCODED_WORD: Final = re.compile(r"=\?[^?\s]*\?[bBqQ]\?[^?\s]*\?=")


def unfit(subject: str, text: str) -> str:
    """Why these words cannot be mailed, as a sentence, with the lines of the text that are wrong; empty when they can."""
    if not subject.strip():
        return "The mail has no subject."
    if not text.strip():
        return "The mail has no text."
    if len(subject) > LONGEST_SUBJECT:
        return f"The subject is {len(subject):,} characters long; it may have {LONGEST_SUBJECT}."
    if "\n" in subject or "\t" in subject or unshowable(subject):
        return f"The subject holds a line break or a character that does not show: {_named(subject)}."
    if ENCODED_WORD.search(subject) is not None:
        return "The subject holds an encoded word (=?...?=), which readers would see as something else."
    if unshowable(text):
        return f"The text holds characters that do not show: {_named(text)}."
    size = len(text.encode())
    return (
        f"The text is {size:,} bytes long; a mail may have {LONGEST_TEXT:,}." if size > LONGEST_TEXT else ""
    )


def _named(text: str) -> str:
    """`line 3: U+202E`, for the first few."""
    found = unshowable(text)
    if not found:
        found = tuple((at, char) for at, char in enumerate(text) if char in "\n\t")
        text = ""
    several = "\n" in text
    troubles = (
        (f"line {text.count(chr(10), 0, at) + 1}: " if several else "") + f"U+{ord(char):04X}"
        for at, char in found[:SHOWN]
    )
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return ", ".join(dict.fromkeys(troubles)) + more
