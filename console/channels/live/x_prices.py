"""What X charges for what it answered, in millionths of a dollar. Pure.

Source: docs.x.com `x-api/getting-started/pricing`: reads cost by the thing that an answer holds, and the same thing again on one UTC day costs
nothing (as a rule, X says); acts cost by the request; what is refused is free. What an account reads of its own with its own access is
cheaper where the app is its own too, which no answer tells: it is counted as if it were. So all of it is *about*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.channels.live.x_answers import id_in, table_in, tables_in, text_in

if TYPE_CHECKING:
    from console.channels.live.web import Answer

POST: Final = 15_000
POST_WITH_LINK: Final = 200_000
DELETE: Final = 10_000
READ: Final = 5_000  # a post, or a picture in it
OWN_READ: Final = 1_000  # a post of the account's own
USER: Final = 10_000
EVENT: Final = 5_000  # of the activity stream
SHORT: Final = "https://t.co/"  # what X makes of every link
DAY: Final = 86_400_000


class Meter:
    """Counts what was answered."""

    def __init__(self) -> None:
        self._day = -1
        self._paid: set[tuple[str, str]] = set()  # what was paid for on this UTC day

    def price(self, method: str, path: str, answer: Answer, *, own: str, wall: int) -> int:
        """What one answer cost.

        Args:
            method: of the request.
            path: what was asked.
            answer: whatever came.
            own: the number of the account whose access asked; empty for the app's own.
            wall: when, ms.
        """
        if not answer.ok:
            return 0
        table = answer.table()
        if method == "POST":
            linked = SHORT in text_in(table_in(table, "data"), "text")
            return (POST_WITH_LINK if linked else POST) if path == "/2/tweets" else 0
        if method == "DELETE":
            return DELETE
        if wall // DAY != self._day:
            self._day, self._paid = wall // DAY, set()
        return sum(self._once(kind, ident, cost) for kind, ident, cost in _held(path, table, own))

    def _once(self, kind: str, ident: str, cost: int) -> int:
        if (kind, ident) in self._paid:
            return 0
        self._paid.add((kind, ident))
        return cost


def _held(path: str, table: dict[str, Any], own: str) -> list[tuple[str, str, int]]:
    """What an answer holds: kind, number, price."""
    users = path.startswith("/2/users/") and not path.endswith("tweets")
    mine = bool(own) and path.startswith(f"/2/users/{own}/")
    kind, cost = ("user", USER) if users else ("post", OWN_READ if mine else READ)
    if not path.startswith(("/2/users/", "/2/tweets")):
        return []
    found = [(kind, each, cost) for each in (table_in(table, "data"), *tables_in(table, "data"))]
    beside = table_in(table, "includes")
    for name, kind_of, each_costs in (
        ("users", "user", USER),
        ("tweets", "post", READ),
        ("posts", "post", READ),
        ("media", "media", READ),
    ):
        found += [(kind_of, each, each_costs) for each in tables_in(beside, name)]
    return [
        (kind, ident, cost)
        for kind, each, cost in found
        if (ident := id_in(each) or text_in(each, "media_key"))
    ]


def night(posts: int, per_day: int, *, own: bool) -> int:
    """What ten hours of watching cost: the newest posts of each of its two UTC days, then each new one."""
    return (2 * posts + per_day * 10 // 24) * (OWN_READ if own else READ)


def exactly(price: int) -> str:
    """A price as the list has it, such as `$0.015`."""
    return f"${price // 1_000_000}.{price % 1_000_000 // 1_000:03}"
