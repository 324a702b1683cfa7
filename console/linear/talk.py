"""What is printed and what is asked, one fact a line: no cursor is moved, no colour is needed, nothing is drawn over.

In a drill every prompt and every page begins with the word DRILL; live ones with LIVE. What happens in the background is
printed as a line of its own: at once while an answer is awaited, else before the next prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from console.linear.lines import Lines, cleaned
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.errors import ConsoleError


class Gone(Exception):
    """Nobody types or reads any more. It is no error: the incident goes on."""


class Talk:
    """One conversation.

    Args:
        stdin: where answers come from.
        stdout: where lines go; text that its encoding cannot hold is spelled out.
        word: DRILL or LIVE; empty before it is known.
    """

    def __init__(self, stdin: Lines, stdout: TextIO, word: str = "") -> None:
        self.word = word
        self._stdin = stdin
        self._stdout = stdout
        self._waiting = ""
        self._held: list[str] = []
        self.at_main = False

    def say(self, *texts: str) -> None:
        """Print each text on a line of its own, made visible: a line break in it cannot begin a line."""
        for text in texts:
            self._write(visible(text) + "\n")

    def sorry(self, error: ConsoleError) -> None:
        """Print what went wrong, what it means and what to do."""
        findings = getattr(error, "findings", ())
        self.say(*findings, *(line for line in (error.what, error.means, error.do) if line))

    def head(self, text: str) -> None:
        """Print a line that begins a page: with DRILL or LIVE first."""
        self.say(f"{self.word} {text}".strip())

    def tell(self, lines: Iterable[str]) -> None:
        """Print what happened in the background, without losing the question that stands."""
        told = list(lines)
        if not told:
            return
        if not self._waiting:
            self._held += told
            return
        self._write("\n")
        self.say(*told)
        self._write(self._waiting)

    def catch_up(self) -> None:
        """Print what happened in the background since the last prompt."""
        held, self._held = self._held, []
        self.say(*held)

    async def ask(self, prompt: str, *, main: bool = False) -> str:
        """Print a prompt and return the line typed, without what cannot be seen.

        Raises:
            Gone: the input ended.
        """
        self.catch_up()
        self._waiting = f"{self.word} {visible(prompt)}> ".lstrip()
        self.at_main = main
        self._write(self._waiting)
        try:
            raw = await self._stdin.line()
        finally:
            self._waiting, self.at_main = "", False
        if raw is None:
            raise Gone
        line, dropped = cleaned(raw)
        if dropped:
            unseen = counted(
                dropped, "character that cannot be seen was", "characters that cannot be seen were"
            )
            self.say(f"{unseen} left out.")
        return line

    async def pick(self, prompt: str, options: Sequence[str], *, default: int = 0) -> int:
        """Ask for one of several; 1 is the first. 0 when nothing was picked and there is no default.

        Args:
            prompt: the question.
            options: their words.
            default: what Enter alone picks; 0 for none.
        """
        self.say(prompt, *(f"{place} {words}" for place, words in enumerate(options, 1)))
        end = f"Enter is {default}" if default else "Enter goes back"
        while True:
            typed = await self.ask(f"1 to {len(options)}, {end}")
            if not typed:
                return default
            if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(options):
                return int(typed)
            self.say(f"{typed} is not one of them.")

    def _write(self, text: str) -> None:
        encoding = getattr(self._stdout, "encoding", None) or "utf-8"
        try:
            self._stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stdout.flush()
        except (OSError, ValueError) as error:  # a closed pipe, a dead terminal
            raise Gone from error
