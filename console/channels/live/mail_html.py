"""The HTML part of a mail, made from the very words of its text part: no picture, no style from elsewhere, nothing that counts readers. Pure."""

from __future__ import annotations

import re
from html import escape
from typing import Final

# Plain https links only, and none with a name before an @, which shows one host and goes to another.
_LINK: Final = re.compile(r"https://([^\s/?#<>\"]+)(?:[/?#][^\s<>\"]*)?")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?\Z")
_AFTER_A_LINK: Final = ".,;:!?)]}'*"
_BODY: Final = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em"


def html_of(subject: str, text: str) -> str:
    """The page: a paragraph for each block of lines, a break for each line, and the text's own https links as links."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip("\n"))
    broken = ("<br>\n".join(map(_line, block.split("\n"))) for block in blocks)
    paragraphs = "\n".join(f"<p>{block}</p>" for block in broken)
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{escape(subject)}</title>\n</head>\n<body style="{_BODY}">\n{paragraphs}\n</body>\n</html>\n'
    )


def _line(line: str) -> str:
    """One line, escaped; a link goes where it says it goes."""
    parts = []
    end = 0
    for found in _LINK.finditer(line):
        link = found.group().rstrip(_AFTER_A_LINK)
        host = (
            found.group(1)
            if len(link) > found.end(1) - found.start()
            else found.group(1).rstrip(_AFTER_A_LINK)
        )
        if link.isascii() and _HOST.match(host) is not None:
            parts += [escape(line[end : found.start()]), f'<a href="{escape(link)}">{escape(link)}</a>']
            end = found.start() + len(link)
    return "".join(parts) + escape(line[end:])
