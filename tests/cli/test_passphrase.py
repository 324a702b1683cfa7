"""passphrase: kept before it is shown, never replaced by mistake, compared without being shown again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("cheap_vault")


def test_it_is_shown_once_kept_and_read_back(shell):
    made = shell("passphrase", "newsroom", "--json").json["passphrase"]
    assert made.count("-") >= 4
    same = shell("passphrase", "newsroom", "--check", "--json", stdin=f"{made}\n")
    assert same.json == {"channel": "newsroom", "same": True}
    assert made not in same.both


def test_another_one_is_not_the_kept_one(shell):
    shell("passphrase", "newsroom")
    wrong = shell("passphrase", "newsroom", "--check", stdin="five-other-words-than-these\n", code=1)
    assert "NOT the kept one" in wrong.err


def test_one_that_may_be_in_use_is_not_replaced_by_mistake(shell):
    first = shell("passphrase", "newsroom", "--json").json["passphrase"]
    assert "kept for newsroom already" in shell("passphrase", "newsroom", code=4).err
    assert shell("passphrase", "newsroom", "--again", "--json").json["passphrase"] != first


def test_where_none_is_kept_there_is_nothing_to_compare(shell):
    assert "No passphrase is kept" in shell("passphrase", "newsroom", "--check", stdin="x\n", code=6).err
