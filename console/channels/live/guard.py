"""Looks at the run of answers and says when the trouble is no longer one recipient's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from console.channels.live.smtp import Answer

DOUBTS_IN_A_ROW: Final = 2
DOUBTS_A_CONNECTION: Final = 4
PUT_OFF_IN_A_ROW: Final = 20
REFUSED_BEFORE_ANY: Final = 50


class Guard:
    """What the answers so far add up to.

    Args:
        connections: how many there may be at once.
    """

    def __init__(self, connections: int) -> None:
        self._most_doubts = DOUBTS_A_CONNECTION * connections
        self._doubts = self._doubts_in_a_row = self._put_off = self._refused = 0
        self._accepted = False

    @property
    def tired(self) -> bool:
        """Whether the relay as a whole puts us off; asking starts the count anew."""
        tired = self._put_off >= PUT_OFF_IN_A_ROW
        if tired:
            self._put_off = 0
        return tired

    def look(self, answer: Answer, *, fresh: bool) -> str:
        """Why to stop, for a person; empty to go on.

        Args:
            answer: what became of one.
            fresh: whether it was the first message on its connection.
        """
        word = answer.word
        if word == "accepted":
            self._accepted = True
            self._put_off = self._doubts_in_a_row = 0
            return ""
        if word == "doubt":
            self._doubts += 1
            self._doubts_in_a_row += fresh
        elif answer.code:
            self._doubts_in_a_row = 0
        self._refused += word == "refused"
        self._put_off = self._put_off + 1 if word in ("busy", "unsent") else 0
        if word == "barred":
            return f"The relay refuses us as the sender: {answer.said}"
        if self._doubts_in_a_row > DOUBTS_IN_A_ROW or self._doubts > self._most_doubts:
            return f"The relay took {self._doubts} messages and did not answer: {answer.said}"
        if self._refused >= REFUSED_BEFORE_ANY and not self._accepted:
            return f"The relay refused the first {self._refused} and accepted nobody: {answer.said}"
        return ""
