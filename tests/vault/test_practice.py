"""The practice vault: the contract, and codes that a drill can show."""

from __future__ import annotations

import subprocess
import sys

import pytest
from contracts.vault_contract import NIGHT, TIMECODE, VaultContract

from console.errors import SeedMissing
from console.vault.practice import PracticeVault


class TestPracticeVault(VaultContract):
    @pytest.fixture
    def vault(self):
        return PracticeVault(7)


async def test_the_phone_on_the_screen_shows_codes_that_open_practice_gates():
    vault = PracticeVault(7)
    await vault.enrol("reid")
    assert await vault.match("reid", vault.code_for("reid", NIGHT), NIGHT) == TIMECODE


async def test_another_process_of_the_same_drill_shows_the_same_codes():
    first, second = PracticeVault(7), PracticeVault(7, officers=["reid"])
    made = await first.enrol("reid")
    assert second.code_for("reid", NIGHT) == first.code_for("reid", NIGHT)
    assert second.recovery_for("reid") == made.recovery
    assert await second.recovery(made.recovery[3], made.hashes) == made.hashes[3]


async def test_drills_with_other_seeds_have_other_codes():
    codes = {PracticeVault(seed, ["reid"]).code_for("reid", NIGHT) for seed in range(50)}
    assert len(codes) > 45


async def test_the_app_says_drill():
    assert "Incident%20Console%20DRILL" in (await PracticeVault(7).enrol("reid")).uri


def test_the_phone_knows_only_those_enrolled():
    with pytest.raises(SeedMissing):
        PracticeVault(7).code_for("reid", NIGHT)


def test_no_keyring_is_ever_loaded():
    script = (
        "import asyncio, sys\n"
        "from console.vault.practice import PracticeVault\n"
        "vault = PracticeVault(7)\n"
        "asyncio.run(vault.enrol('reid'))\n"
        "asyncio.run(vault.match('reid', '123456', 0))\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'keyring' or 'keychain' in name or 'filering' in name))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
