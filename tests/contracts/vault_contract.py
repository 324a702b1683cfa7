"""What every vault must do, whatever keeps its seeds. Inherit, and give a fixture `vault`."""

from __future__ import annotations

import pytest

from console.errors import SeedMissing, VaultError
from console.vault import totp

NIGHT = 1_563_574_560_000  # 2019-07-19 22:16:00 UTC, the start of a step
TIMECODE = NIGHT // 30_000


class VaultContract:
    """The protocol's page, line by line."""

    async def test_the_canary_comes_back(self, vault):
        await vault.prove()

    async def test_it_can_be_opened_ahead_of_its_first_use(self, vault):
        await vault.ready()
        await vault.ready()
        await vault.prove()

    async def test_a_passphrase_opens_what_is_open_already(self, vault):
        await vault.ready()
        await vault.unlock("whatever")
        await vault.prove()

    def test_the_store_has_a_name(self, vault):
        assert vault.store
        assert vault.store.isprintable()

    async def test_enrolment_holds_what_the_officer_needs_once(self, vault):
        made = await vault.enrol("P. Shah")
        assert made.uri.startswith("otpauth://totp/")
        assert made.secret in made.uri
        assert len(made.recovery) == len(set(made.recovery)) == len(made.hashes) == 8
        for code, kept in zip(made.recovery, made.hashes, strict=True):
            assert code.replace("-", "") not in kept.upper()
        await vault.forget("P. Shah")

    async def test_a_code_matches_its_step_and_the_two_beside_it(self, vault):
        made = await vault.enrol("reid")
        code = totp.code_at(made.secret, NIGHT)
        seen = [await vault.match("reid", code, NIGHT + steps * 30_000) for steps in (-2, -1, 0, 1, 2)]
        assert seen == [None, TIMECODE, TIMECODE, TIMECODE, None]
        assert await vault.match("reid", code, NIGHT + 29_999) == TIMECODE
        await vault.forget("reid")

    async def test_the_vault_itself_remembers_nothing_of_codes(self, vault):
        made = await vault.enrol("reid")
        code = totp.code_at(made.secret, NIGHT)
        assert await vault.match("reid", code, NIGHT) == await vault.match("reid", code, NIGHT)
        await vault.forget("reid")

    async def test_one_officers_code_is_not_anothers(self, vault):
        reid, shah = await vault.enrol("reid"), await vault.enrol("shah")
        assert reid.secret != shah.secret
        assert await vault.match("shah", totp.code_at(reid.secret, NIGHT), NIGHT) is None
        await vault.forget("reid")
        await vault.forget("shah")

    @pytest.mark.parametrize(
        "code",
        [
            "",
            "12345",
            "1234567",
            "12345\n",
            " 12345",
            "12 345",
            "abcdef",
            "-12345",
            "+12345",
            "1_2345",
            "0x1234",
            "\x00" * 6,
        ],
    )
    async def test_only_six_digits_are_looked_at(self, vault, code):
        await vault.enrol("reid")
        assert await vault.match("reid", code, NIGHT) is None
        await vault.forget("reid")

    async def test_digits_of_other_scripts_are_no_digits(self, vault):
        made = await vault.enrol("reid")
        code = totp.code_at(made.secret, NIGHT)
        for zero in ("\uff10", "\u0660", "\u0966", "\U0001d7ce"):
            disguised = "".join(chr(ord(zero) + int(digit)) for digit in code)
            assert await vault.match("reid", disguised, NIGHT) is None
        await vault.forget("reid")

    async def test_no_seed_is_an_error_and_never_a_no(self, vault):
        with pytest.raises(SeedMissing):
            await vault.match("nobody", "123456", NIGHT)
        await vault.enrol("reid")
        await vault.forget("reid")
        with pytest.raises(SeedMissing):
            await vault.match("reid", "123456", NIGHT)

    async def test_a_seed_is_never_replaced(self, vault):
        made = await vault.enrol("reid")
        with pytest.raises(VaultError):
            await vault.enrol("reid")
        assert await vault.match("reid", totp.code_at(made.secret, NIGHT), NIGHT) == TIMECODE
        await vault.forget("reid")

    async def test_forgetting_twice_is_no_error(self, vault):
        await vault.enrol("reid")
        await vault.forget("reid")
        await vault.forget("reid")

    async def test_a_recovery_code_is_found_among_the_hashes(self, vault):
        made = await vault.enrol("reid")
        for at in (0, 7):
            assert await vault.recovery(made.recovery[at], made.hashes) == made.hashes[at]
        assert (
            await vault.recovery(made.recovery[0].lower().replace("-", "  "), made.hashes) == made.hashes[0]
        )
        assert await vault.recovery(made.recovery[0], made.hashes[1:]) is None
        assert await vault.recovery("AAAA-AAAA-AAAA-AAAA", made.hashes) is None
        assert await vault.recovery("", made.hashes) is None
        await vault.forget("reid")

    async def test_secrets_come_back_as_they_were(self, vault):
        assert await vault.secret("mailer", "password") is None
        for value in ("pa ss'\"\\ñ\u202e", "changed"):
            await vault.keep_secret("mailer", "password", value)
            assert await vault.secret("mailer", "password") == value
        assert await vault.secret("mailer", "user") is None
        assert await vault.secret("other", "password") is None
        await vault.forget_secret("mailer", "password")
        await vault.forget_secret("mailer", "password")
        assert await vault.secret("mailer", "password") is None
