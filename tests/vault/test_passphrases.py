"""Making passphrases at two consoles at once: what somebody was shown stays what is kept."""

import pytest

from console.errors import Refused
from console.vault.passphrases import BEFORE, NAME, make
from console.vault.practice import PracticeVault


class Raced(PracticeVault):
    """Another console makes one as well, between this one's first look and its second."""

    shown = ""

    async def secret(self, channel, name):
        found = await super().secret(channel, name)
        if not self.shown:
            self.shown = "at work"
            self.shown = await make(self, channel, again=True)
        return found


@pytest.mark.parametrize("before", ["", "the-one-in-use"])
async def test_what_another_console_showed_meanwhile_is_what_stays_kept(before):
    vault = Raced("seed")
    if before:
        await vault.keep_secret("account", NAME, before)
    with pytest.raises(Refused) as caught:
        await make(vault, "account", again=True)
    assert caught.value.code == "kept"
    assert await vault.secret("account", NAME) == vault.shown
    assert (await vault.secret("account", BEFORE) or "") == before
