"""Who may do what on a WordPress site: its users, and the application passwords that outlive every change of a password.

Source: developer.wordpress.org/rest-api/reference, users and application-passwords. `introspect` tells which password this is; without its
answer none is ended, because it might be ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.channels.live.cms import Unclear, told
from console.channels.live.web import Answer, Lost, NotSent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from console.channels.live.cms import Desk

PER_PAGE: Final = 100
MOST_USERS: Final = 5_000
MOST_LOOKED_AT: Final = (
    500  # whose passwords are looked at, one request each: who may do the most comes first
)
OTHERS: Final = "others"  # users that could not be listed, among those whose passwords could not be
_POWERS: Final = ("manage_options", "promote_users", "create_users", "edit_users", "install_plugins")
_NEEDED: Final = (
    ("edit_others_posts", "take down posts of others"),
    ("edit_others_pages", "take down pages of others"),
    ("publish_posts", "publish a notice"),
    ("list_users", "compare the administrators with the baseline"),
    ("edit_users", "end application passwords of other users"),
)


class User(Struct, frozen=True, kw_only=True):
    """One account. `powerful` when it can change the site or its people."""

    id: str
    slug: str
    email: str
    roles: tuple[str, ...]
    powerful: bool


class AppPassword(Struct, frozen=True, kw_only=True):
    """One application password, as the site lists it. Times are the site's own words, empty when it was never used."""

    user: str
    uuid: str
    name: str
    created: str
    last_used: str
    last_ip: str
    ours: bool


class Revoked(Struct, frozen=True, kw_only=True):
    """What came of ending application passwords.

    Attributes:
        ended: ended now, or already gone when we came.
        left: refused, or without an answer: these may still work.
        kept: ours, and those that were to be kept.
        unseen: users whose passwords could not be listed; `OTHERS` stands for those who could not be listed themselves.
    """

    ended: tuple[AppPassword, ...]
    left: tuple[AppPassword, ...]
    kept: tuple[AppPassword, ...]
    unseen: tuple[str, ...] = ()


class People:
    """The people of one site."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def me(self) -> tuple[str, dict[str, Any]]:
        """Our own account: its id and what the site says of it. Raises Unclear when we are nobody."""
        answer = await self._desk.look("/wp/v2/users/me", context="edit")
        found = _id(answer.table()) if answer.ok else ""
        if not found:
            raise self._desk.unclear(answer, "Who we are there could not be read")
        return found, answer.table()

    async def ours(self) -> AppPassword:
        """The application password we are signed in with. Raises Unclear when the site does not say."""
        me, _ = await self.me()
        answer = await self._desk.look(f"/wp/v2/users/{me}/application-passwords/introspect")
        found = _password(me, answer.table(), "") if answer.ok else None
        if found is None:
            raise self._desk.unclear(answer, "Which application password is ours could not be read")
        return _password(me, answer.table(), found.uuid) or found

    async def users(self) -> tuple[User, ...]:
        """Everybody with an account. Raises Unclear when we may not see them, or they are too many: who came last would be left out."""
        found: list[User] = []
        for page in range(1, MOST_USERS // PER_PAGE + 1):
            answer = await self._desk.look(
                "/wp/v2/users", context="edit", per_page=str(PER_PAGE), page=str(page), orderby="id"
            )
            rows = answer.json() if answer.ok else None
            if not isinstance(rows, list):
                raise self._desk.unclear(answer, "The users could not be listed")
            found += [user for row in rows if (user := _user(row)) is not None]
            if len(rows) < PER_PAGE:
                return tuple(found)
        raise self._desk.unclear(answer, f"There are more than {MOST_USERS:,} users")

    async def passwords(self) -> tuple[tuple[AppPassword, ...], tuple[str, ...]]:
        """All application passwords we may see, and the users whose passwords we may not."""
        ours = await self.ours()
        found: list[AppPassword] = []
        whose, unseen = await self._whose(ours.user)
        for user in whose:
            answer = await self._desk.look(f"/wp/v2/users/{user}/application-passwords")
            rows = answer.json() if answer.ok else None
            if not isinstance(rows, list):
                unseen.append(user)
                continue
            found += [each for row in rows if (each := _password(user, row, ours.uuid)) is not None]
        return tuple(found), tuple(unseen)

    async def _whose(self, me: str) -> tuple[tuple[str, ...], list[str]]:
        """Whose passwords to look at, and whose are unseen already."""
        try:
            users = await self.users()
        except Unclear:
            return (me,), [OTHERS]
        ranked = sorted(users, key=lambda user: (not user.powerful, user.roles == ("subscriber",)))
        whose = tuple(dict.fromkeys((me, *(user.id for user in ranked))))
        return whose[:MOST_LOOKED_AT], [OTHERS] if len(whose) > MOST_LOOKED_AT else []

    async def revoke_others(self, keep: Collection[str] = ()) -> Revoked:
        """End every application password but ours and those whose UUIDs are to be kept.

        Raises:
            NotSent, Lost, Unclear: it could not be told which is ours, or what there is; nothing was ended.
        """
        listed, unseen = await self.passwords()
        kept = tuple(each for each in listed if each.ours or each.uuid in keep)
        ended: list[AppPassword] = []
        left: list[AppPassword] = []
        for each in listed:
            if each not in kept:
                (ended if await self._end(each) else left).append(each)
        return Revoked(ended=tuple(ended), left=tuple(left), kept=kept, unseen=unseen)

    async def _end(self, each: AppPassword) -> bool:
        """Whether the site says it is no more; ending one twice changes nothing."""
        try:
            answer, _ = await self._desk.change(
                "DELETE", f"/wp/v2/users/{each.user}/application-passwords/{each.uuid}"
            )
        except (NotSent, Lost):
            return False
        return (answer.ok and answer.table().get("deleted") is True) or _unknown(answer)

    async def profile(self) -> dict[str, str]:
        """Administrators, users and application passwords by name; what we may not see is left out."""
        found: dict[str, str] = {}
        try:
            users = await self.users()
            found["administrators"] = _listed(
                f"{each.id} {each.slug} {each.email}" for each in users if each.powerful
            )
            found["users"] = _listed(f"{each.id} {each.slug} {'+'.join(each.roles)}" for each in users)
            passwords, _ = await self.passwords()
            found["application-passwords"] = _listed(
                f"{each.user} {each.uuid} {each.name}" for each in passwords
            )
        except Unclear:
            pass
        return found

    async def tried(self, types: tuple[str, ...]) -> tuple[bool, tuple[str, ...]]:
        """Who we are there and what we may do; read-only."""
        try:
            _, me = await self.me()
        except Unclear as error:
            return False, (f"{error}.",)
        powers = _powers(me)
        lines = [
            f"The console is signed in as {told(me, 'slug') or told(me, 'name')} ({', '.join(_roles(me))})."
        ]
        for power, what in _NEEDED:
            if power == "edit_others_pages" and "pages" not in types:
                continue
            lines.append(
                f"It may {what}." if power in powers else f"It may not {what}: a person does that by hand."
            )
        try:
            ours = await self.ours()
            lines.append(f"Its application password is called {ours.name!r}.")
        except Unclear as error:
            lines.append(f"{error}. The console will end no application passwords.")
        return {"edit_others_posts", "publish_posts"} <= powers, tuple(lines)


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(sorted(lines))


def _unknown(answer: Answer) -> bool:
    return answer.status == 404 and told(answer.table(), "code") == "rest_application_password_not_found"


def _id(raw: Any) -> str:
    found = raw.get("id") if isinstance(raw, dict) else None
    said = "" if isinstance(found, bool) or not isinstance(found, int | str) else str(found)
    return said if said.isascii() and said.isdecimal() and len(said) <= 20 else ""


def _roles(raw: dict[str, Any]) -> tuple[str, ...]:
    found = raw.get("roles")
    return tuple(sorted(each for each in found if isinstance(each, str))) if isinstance(found, list) else ()


def _powers(raw: dict[str, Any]) -> set[str]:
    found = raw.get("capabilities")
    return (
        {name for name, held in found.items() if held in (True, 1, "1")} if isinstance(found, dict) else set()
    )


def _user(raw: Any) -> User | None:
    number = _id(raw)
    if not number:
        return None
    roles = _roles(raw)
    return User(
        id=number,
        slug=told(raw, "slug"),
        email=told(raw, "email"),
        roles=roles,
        powerful="administrator" in roles or bool(_powers(raw) & set(_POWERS)),
    )


def _password(user: str, raw: Any, ours: str) -> AppPassword | None:
    uuid = told(raw, "uuid").lower()
    if not uuid or not all(each in "0123456789abcdef-" for each in uuid) or len(uuid) > 40:
        return None
    return AppPassword(
        user=user,
        uuid=uuid,
        name=told(raw, "name"),
        created=told(raw, "created"),
        last_used=told(raw, "last_used"),
        last_ip=told(raw, "last_ip"),
        ours=uuid == ours,
    )
