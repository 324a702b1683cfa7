"""What `list` tells of each incident, from its first and last entries: nothing is folded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from console.presence import who_is_present

if TYPE_CHECKING:
    from console.journal.reading import ReadRecord
    from console.places import Places

# Canonical JSON: a kind stands exactly so, and never inside a text, where quotes are escaped.
CLOSED = b'"kind":"closed"'


def summaries(places: Places) -> list[dict[str, Any]]:
    """Every incident of both records, oldest first; a record that cannot be read raises as it does elsewhere."""
    from console.journal.reading import ReadRecord

    found = []
    if places.database("live").exists():
        with ReadRecord(places.database("live"), "live") as record:
            found += _of(record, places, "live", "L-")
    if places.database("practice").exists():
        with ReadRecord(places.database("practice"), "practice") as record:
            found += _of(record, places, "practice", "D-")
    return sorted(found, key=lambda each: (each["opened_at"], each["id"]))


def _of(record: ReadRecord, places: Places, mode: str, prefix: str) -> list[dict[str, Any]]:
    return [_summary(record, places, mode, name) for name in record.streams() if name.startswith(prefix)]


def _summary(record: ReadRecord, places: Places, mode: str, incident: str) -> dict[str, Any]:
    opened = json.loads(record.read(incident, 0, 1)[0].body)
    head = record.head(incident)
    last = json.loads(head.body) if head is not None else opened
    closed = record.newest_with(incident, CLOSED)
    end = json.loads(closed.body) if closed is not None else {}
    return {
        "id": incident,
        "mode": mode,
        "playbook": opened["playbook"],
        "version": opened["version"],
        "sha256": opened["files"][0]["sha256"],
        "opened_at": opened["at"],
        "opened_by": opened.get("by", ""),
        "scenario": opened.get("scenario", ""),
        "events": head.seq + 1 if head is not None else 0,
        "last_at": last["at"],
        "ended": end.get("at", 0),
        "ended_how": ("stood down" if end.get("stand_down") else "closed") if end else "",
        "running": [each.officer for each in who_is_present(places, incident)],
    }


def line_of(found: dict[str, Any]) -> str:
    """One incident in one line, its mode in plain words first."""
    from datetime import UTC, datetime

    def stamp(wall: int) -> str:
        return datetime.fromtimestamp(wall / 1000, UTC).astimezone().strftime("%d %b %H:%M")

    mode = "LIVE " if found["mode"] == "live" else "DRILL"
    state = f"{found['ended_how']} {stamp(found['ended'])}" if found["ended"] else "open"
    running = f"  running here: {', '.join(found['running'])}" if found["running"] else ""
    what = f"{found['playbook']} {found['version']}"
    return f"{mode}  {found['id']}  {state}  {what}  opened {stamp(found['opened_at'])} by {found['opened_by']}{running}"
