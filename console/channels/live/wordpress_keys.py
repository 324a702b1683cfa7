"""Changing the console's own way into a WordPress site, and ending every other program's.

Source: developer.wordpress.org/rest-api/reference/application-passwords. A password that is changed ends no application password, so
each is ended by itself. The secret of one that is made is told once: it is kept in the vault before it is used, and the one in use before
stays kept until the next change, so that whether it is dead can be tried.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from console.channels.live.cms import Unclear, told, undone
from console.channels.live.web import Lost, NotSent, canonical
from console.channels.live.wordpress_people import OTHERS
from console.channels.protocol import Done, Failed, InDoubt, Order, Outcome, Seen
from console.errors import VaultError
from console.incident.access import AccessChange
from console.text import counted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.channels.live.adapter import Secrets
    from console.channels.live.cms import Desk
    from console.channels.live.wordpress_people import AppPassword, People, Revoked

NAMED: Final = "incident-console"
REFUSED: Final = 401
NAMED_IN_PROOF: Final = 100
NAMED_IN_WORDS: Final = 20


class Keys:
    """The application passwords of one site, as far as the console may change them.

    Args:
        people: who may do what there.
        desk: the way in; it signs in with what is kept under `password` at each request.
        secrets: the channel's.
        password: the name under which the one in use is kept.
        read: gives a secret, and sees to it that it is never written down.
        learn: is told what must never be written down.
    """

    def __init__(
        self,
        people: People,
        desk: Desk,
        secrets: Secrets,
        password: str,
        read: Callable[[str], Awaitable[str]],
        learn: Callable[[str], object],
    ) -> None:
        self._people = people
        self._desk = desk
        self._secrets = secrets
        self._name = password
        self._before = f"{password}-before"
        self._read = read
        self._learn = learn

    async def rotate(self, order: Order) -> Outcome:
        """Make another, keep it, prove it, then end all others; done again, it is changed again."""
        try:
            ours = await self._people.ours()
        except (NotSent, Lost, Unclear) as error:
            return undone(order, error)
        old = await self._read(self._name)
        name = f"{NAMED} {self._time()}"
        try:
            answer = await self._desk.once(
                "POST", f"/wp/v2/users/{ours.user}/application-passwords", {"name": name}
            )
        except NotSent as error:
            return Failed(f"Nothing was changed. {error}")
        except Lost as error:
            return InDoubt(f"Whether another application password was made was not answered: {error}")
        made = answer.table() if answer.status in (200, 201) else {}
        fresh, uuid = told(made, "password"), told(made, "uuid").lower()
        if not fresh or not uuid:
            return self._desk.judged(answer)
        for each in (fresh, fresh.replace(" ", "")):
            self._learn(each)
        try:
            # Another console may have changed it since, and ended ours: what it kept is all that works.
            if await self._read(self._name) != old:
                unused = AccessChange(f'application password "{name}"', "issued", "it was never used or kept")
                return Failed(
                    "Another console changed it at the same moment. What that one kept is in use.",
                    access=(unused,),
                )
            await self._secrets.keep(self._before, old)
            await self._secrets.keep(self._name, fresh)
        except VaultError as error:
            await self._secrets_back(old, fresh)
            return Failed(f"The vault did not take the new one, so the old one stays in use: {error.what}")
        return await self._ending(ours.user, uuid, name, old, fresh)

    async def _ending(self, user: str, uuid: str, name: str, old: str, fresh: str) -> Outcome:
        """Prove the one that was kept, end all others with it, and try the one before."""
        try:
            ours = await self._people.ours()
        except Unclear as error:
            if error.answer.status == REFUSED:
                await self._secrets_back(old, fresh)
                return Failed("The new one was refused. The old one is in use again.", error.answer.proof())
            return InDoubt(f"The new one is kept, and could not be tried. {error}", error.answer.proof())
        except (NotSent, Lost) as error:
            return InDoubt(f"The new one is kept, and could not be tried. {error}")
        if ours.uuid != uuid:
            await self._secrets_back(old, fresh)
            return Failed("The site does not know the new one as ours. The old one is in use again.")
        changed = AccessChange(
            "the console's application password", "changed", f'it is called "{name}" there'
        )
        try:
            revoked = await self._people.revoke_others()
            refused = await self._refuses(user, old)
        except (NotSent, Lost, Unclear) as error:
            return InDoubt(
                f"The new one works. Whether all others ended cannot be seen: {error}", access=(changed,)
            )
        lines = (changed, *(_ended(each) for each in revoked.ended))
        proof = canonical(
            {
                "new": uuid,
                "ended": [each.uuid for each in revoked.ended[:NAMED_IN_PROOF]],
                "ended-in-all": len(revoked.ended),
                "old-refused": refused,
            }
        )
        if revoked.left or revoked.unseen or not refused:
            return Failed(_left_over(revoked, refused=refused), proof, access=lines)
        return Done(proof, access=lines)

    async def rotated(self, order: Order) -> Seen:
        """Whether the one in use works, and the one before is refused."""
        del order
        try:
            ours = await self._people.ours()
            old = await self._read(self._before)
            refused = await self._refuses(ours.user, old) if old else False
        except Unclear as error:
            return Seen("cannot-see", error.answer.proof())
        seen = canonical({"in-use": ours.uuid, "old-refused": refused})
        return Seen("agrees" if refused else "disagrees", seen)

    async def _refuses(self, user: str, old: str) -> bool:
        """Whether the site refuses the password that was in use before."""
        answer = await self._desk.look_as("/wp/v2/users/me", old)
        if answer.status not in (200, REFUSED):
            raise self._desk.unclear(
                answer, f"Whether the old one of user {user} is refused could not be seen"
            )
        return answer.status == REFUSED

    async def _secrets_back(self, old: str, fresh: str) -> None:
        """Have the old one in use again, unless another console put its own there meanwhile."""
        try:
            if await self._read(self._name) == fresh:
                await self._secrets.keep(self._name, old)
        except VaultError:
            return  # what is kept is the new one, or the old one: both work until the next change

    def _time(self) -> str:
        return datetime.fromtimestamp(self._desk.clock.now().wall / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _ended(each: AppPassword) -> AccessChange:
    used = (
        f"last used {each.last_used} from {each.last_ip or 'an unknown address'}"
        if each.last_used
        else "never used"
    )
    return AccessChange(
        f'application password "{each.name}" of user {each.user}', "ended", f"made {each.created}, {used}"
    )


def _left_over(revoked: Revoked, *, refused: bool) -> str:
    words = []
    if revoked.left:
        names = ", ".join(f'"{each.name[:80]}" of user {each.user}' for each in revoked.left[:NAMED_IN_WORDS])
        words.append(f"{counted(len(revoked.left), 'application password')} could not be ended: {names}.")
    if revoked.unseen:
        whose = ", ".join(
            each if each == OTHERS else f"user {each}" for each in revoked.unseen[:NAMED_IN_WORDS]
        )
        words.append(f"Application passwords of {whose} may not be seen: look at them by hand.")
    if not refused:
        words.append("The old one still works.")
    return " ".join(("The new one works.", *words))
