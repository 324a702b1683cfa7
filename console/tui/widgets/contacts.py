"""Contacts: who to call, with their numbers, from the machine's settings; one key away on every screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.tui.text import Part
from console.tui.theme import Mode
from console.tui.widgets.help import Page


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the machine's contacts.

    Attributes:
        role: what they are for us, such as *Account owner*.
        name: the person or desk.
        number: the number to dial.
        alternate: who or what to try next; may be empty.
        checked: when the number was last tried, in words; may be empty.
    """

    role: str
    name: str
    number: str
    alternate: str = ""
    checked: str = ""


def contact_rows(contacts: Iterable[Contact], mode: Mode) -> list[Sequence[Part]]:
    """The page: two lines a contact. In a drill nobody is called: the numbers are not shown."""
    rows: list[Sequence[Part]] = []
    if mode == "practice":
        rows += [(("DRILL: call nobody. Tell the drill lead whom you would call.", "drill"),), ("",)]
    for contact in contacts:
        number = "tell the drill lead" if mode == "practice" else contact.number
        rows.append(((contact.role, "strong"), "  ", contact.name, "  ", (number, "info")))
        more = "   ".join(
            part
            for part in (
                f"else {contact.alternate}" if contact.alternate and mode == "live" else "",
                f"checked {contact.checked}" if contact.checked else "never checked",
            )
            if part
        )
        rows.append((("    " + more, "muted"),))
    if not rows or (mode == "practice" and len(rows) == 2):
        rows.append(("No contacts are set on this machine. Use the printed card.",))
    return rows


class ContactsScreen(Page):
    """The contacts of this machine."""

    def __init__(self, mode: Mode, contacts: Iterable[Contact]) -> None:
        super().__init__(mode, "Contacts", contact_rows(contacts, mode))


def shown(contact: object) -> Contact:
    """A contact of the machine's settings, as this page draws it."""
    fields = ("role", "name", "number", "alternate", "checked")
    return Contact(*(str(getattr(contact, field, "")) for field in fields))
