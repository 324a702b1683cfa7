"""Every error a person can meet, drawn as a tree.

    ConsoleError                     1   something else went wrong
    ├── BadPlaybook                  3   a file an author wrote cannot be used as it stands
    ├── Refused                      4   the playbook's own rules say not now
    │   ├── Contended                4   another console made the same move first
    │   └── GateDenied               5   a code, a word, a person, a text or a clock did not satisfy a gate
    ├── NotFound                     6   no such incident, playbook, step, officer or item
    ├── JournalError                 7   the record cannot be written or read
    │   ├── JournalBusy              7   another process holds the file for a moment
    │   ├── JournalPoisoned          7   the disk failed under a write: gates are shut
    │   └── RecordBroken             8   the record does not verify: changed, cut or spliced
    ├── VaultError                   9   seeds and secrets cannot be reached
    │   ├── VaultLocked              9   the passphrase is wrong or was not given
    │   ├── VaultRefused             9   this keyring backend is not one we trust
    │   └── SeedMissing              9   this officer has no seed on this machine
    ├── ChannelError                10   a channel's settings or answer cannot be used
    ├── BadList                     11   a list of recipients cannot be used as it stands
    ├── WrongMode                   12   a practice thing where a live one is wanted, or the reverse
    └── BadInput                     2   what was typed cannot be understood (click's own usage errors too)

Each carries the exit code at the right and three plain texts: what happened, what it means, what to do now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class ConsoleError(Exception):
    """The root of everything we raise on purpose.

    Args:
        what: one sentence, what happened.
        means: one sentence, what follows from it; empty when that is plain.
        do: one sentence, what to do now; each class has a fitting default.
    """

    exit_code: ClassVar[int] = 1
    what_now: ClassVar[str] = "Run incident doctor; it names what is wrong with this machine."

    def __init__(self, what: str, means: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.means = means
        self.do = do or self.what_now

    def diagnostics(self) -> str:
        """The whole error for a person, one sentence a line."""
        return "\n".join(line for line in (self.what, self.means, self.do) if line)


class BadInput(ConsoleError):
    """What was typed cannot be understood."""

    exit_code = 2
    what_now = "Nothing was changed. Correct it and try again."


class BadPlaybook(ConsoleError):
    """A file an author wrote cannot be used as it stands.

    Attributes:
        findings: each finding already drawn for a person, in the order of the file.
    """

    exit_code = 3
    what_now = "Correct the file in your editor, then run incident check on it."

    def __init__(self, what: str, findings: Sequence[str] = (), means: str = "", do: str = "") -> None:
        super().__init__(what, means, do)
        self.findings = tuple(findings)

    def diagnostics(self) -> str:
        """The findings first, then what to do."""
        return "\n".join([*self.findings, super().diagnostics()])


class Refused(ConsoleError):
    """The playbook's own rules say not now.

    Attributes:
        code: a stable word for scripts and tests, such as `needs` or `not-your-answer`.
    """

    exit_code = 4
    what_now = "Nothing was changed."

    def __init__(self, what: str, means: str = "", do: str = "", code: str = "refused") -> None:
        super().__init__(what, means, do)
        self.code = code


class Contended(Refused):
    """Another console made the same move first."""

    what_now = "Look at the screen again: it shows what they did."


class GateDenied(Refused):
    """A code, a word, a person, a text or a clock did not satisfy a gate."""

    exit_code = 5
    what_now = "NOTHING HAS BEEN SENT. Wait for the next code, then type it again."

    def __init__(self, what: str, means: str = "", do: str = "", code: str = "gate") -> None:
        super().__init__(what, means, do, code)


class NotFound(ConsoleError):
    """No such incident, playbook, step, officer or item."""

    exit_code = 6
    what_now = "Run incident list to see what there is."


class JournalError(ConsoleError):
    """The record cannot be written or read."""

    exit_code = 7


class JournalBusy(JournalError):
    """Another process holds the file for a moment."""

    what_now = "Try again in a few seconds."


class JournalPoisoned(JournalError):
    """The disk failed under a write, so nothing may be sent any more from this console."""

    what_now = "Free space or move INCIDENT_HOME to another disk, then open the incident again: it stands where it stood."


class RecordBroken(JournalError):
    """The record does not verify: an entry was changed, cut off or spliced in."""

    exit_code = 8
    what_now = "Stop using this file. Copy it for the investigators, and run incident verify on the copy."


class VaultError(ConsoleError):
    """Seeds and secrets cannot be reached."""

    exit_code = 9
    what_now = "Run incident doctor to see which store is in use and what it says."


class VaultLocked(VaultError):
    """The passphrase is wrong or was not given."""

    what_now = "Type the passphrase again, or name a 0600 file in INCIDENT_PASSPHRASE_FILE."


class VaultRefused(VaultError):
    """This keyring backend is not one we trust with a seed."""

    what_now = "Use the desktop's keyring, or the encrypted file: incident doctor says how."


class SeedMissing(VaultError):
    """This officer has no seed on this machine."""

    what_now = "Enrol them with incident officers add, or use the emergency path."


class ChannelError(ConsoleError):
    """A channel's settings or answer cannot be used."""

    exit_code = 10
    what_now = "Run incident channels test on it. Its steps can be done by hand meanwhile."


class BadList(ConsoleError):
    """A list of recipients cannot be used as it stands.

    Attributes:
        findings: one line for each refused row, as `path:line:col reason`.
    """

    exit_code = 11
    what_now = "Nothing was sent. Correct the list, or confirm that the refused lines are to be left out."

    def __init__(self, what: str, findings: Sequence[str] = (), means: str = "", do: str = "") -> None:
        super().__init__(what, means, do)
        self.findings = tuple(findings)

    def diagnostics(self) -> str:
        """The findings first, then what to do."""
        return "\n".join([*self.findings, super().diagnostics()])


class WrongMode(ConsoleError):
    """A practice thing where a live one is wanted, or the reverse."""

    exit_code = 12
    what_now = "Ids that begin with L are live, with D are practice. Nothing was changed."
