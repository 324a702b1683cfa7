"""How far a mailing is, in figures and in the words that every face says. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from console.text import counted

REASONS_SHOWN: Final = 5
_MINUTE: Final = 60


class HowFar(Struct, frozen=True, kw_only=True):
    """Where a mailing stands.

    Attributes:
        counts: of the ledger: `waiting`, `tried`, `accepted`, `refused`, `bounced`, `delivered`, `total`.
        reasons: how many were refused or bounced for which reason, most first.
        rate: people a second of whom something final was heard lately.
        sending: whether it is on its way; `here` whether this console carries it out, `held` whether somebody holds it.
        note: what the mailer says it is at, such as whom it leaves alone.
    """

    counts: dict[str, int]
    reasons: dict[str, int] = {}
    rate: int = 0
    sending: bool = False
    here: bool = False
    held: bool = False
    note: str = ""

    @property
    def done(self) -> int:
        """How many were tried, or refused before that."""
        return self.counts.get("total", 0) - self.counts.get("waiting", 0)

    @property
    def seconds_left(self) -> int | None:
        """How long it takes at this rate; None when that cannot be said."""
        if not self.sending or self.held or not self.rate:
            return None
        return -(-self.counts.get("waiting", 0) // self.rate)

    def pace(self) -> str:
        """How fast it goes and how long it takes; empty when it is not on its way."""
        if not self.sending:
            return ""
        if self.held:
            return "HELD: nobody else is sent to until it goes on."
        left = self.seconds_left
        if left is None:
            return "counting ..."
        minutes = round(left / _MINUTE)
        return f"{self.rate:,} a second, " + (f"about {minutes} min to go" if minutes else "soon done")

    def why_refused(self) -> list[str]:
        """A line for each of the commonest reasons, and one for the rest."""
        reasons = sorted(self.reasons.items(), key=lambda each: -each[1])
        lines = [f"{many:,} {reason}" for reason, many in reasons[:REASONS_SHOWN]]
        rest = sum(many for _, many in reasons[REASONS_SHOWN:])
        return [*lines, f"{rest:,} for other reasons"] if rest else lines

    def line(self) -> str:
        """All of it in one line."""
        total = counted(self.counts.get("total", 0), "person", "people")
        words = [f"{self.done:,} of {total} done", f"{self.counts.get('refused', 0):,} refused"]
        if doubtful := 0 if self.sending else self.counts.get("tried", 0):
            words.append(f"{doubtful:,} in doubt")
        if bounced := self.counts.get("bounced", 0):
            words.append(f"{bounced:,} came back")
        return ", ".join([*words, pace] if (pace := self.pace().rstrip(".")) else words)

    def plainly(self) -> dict[str, object]:
        """For a machine that reads: counts, rate, seconds left, reasons, and whether it is sending or held."""
        return {
            **self.counts,
            "rate": self.rate,
            "seconds_left": self.seconds_left,
            "refused_for": self.reasons,
            "sending": self.sending,
            "held": self.held,
            "note": self.note,
        }
