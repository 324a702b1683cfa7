"""The vault contract on a real gnome-keyring. Run by test_gnome_keyring inside its own D-Bus session, never by itself."""

from __future__ import annotations

import pytest
from contracts.vault_contract import VaultContract

from console.vault.keychain import KeychainVault, desktop_backend
from console.vault.recovery import Cost


class TestOnGnomeKeyring(VaultContract):
    @pytest.fixture
    async def vault(self):
        return KeychainVault(await desktop_backend(), cost=Cost(log_n=4))


async def test_it_is_the_secret_service_that_answers():
    assert KeychainVault(await desktop_backend()).store == "Secret Service"
