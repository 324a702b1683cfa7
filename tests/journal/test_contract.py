from __future__ import annotations

import pytest
from contracts.journal_contract import JournalContract


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def open_journal(self, open_journal):
        return open_journal
