from __future__ import annotations

import pytest

from console.journal.sqlite import SqliteJournal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "live.db"


@pytest.fixture
async def open_journal(path):
    """Opens a further connection to the same live file; all are closed when the test ends."""
    opened = []

    async def one(mode="live", **settings):
        opened.append(await SqliteJournal.open(path, mode, **settings))
        return opened[-1]

    yield one
    for journal in opened:
        await journal.close()
