"""Recovery codes: how they look, how they are typed, and what is kept of them."""

from __future__ import annotations

import re

import pytest

from console.vault import recovery
from console.vault.recovery import Cost

CHEAP = Cost(log_n=4)
CODES = ("ABCD-EFGH-IJKL-MNOP", "QRST-UVWX-YZ23-4567")


def test_eight_codes_of_sixteen_letters_in_four_groups():
    codes = recovery.new_codes()
    assert len(set(codes)) == 8
    assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)


def test_at_full_cost_a_code_is_found_and_a_wrong_one_is_not():
    codes = recovery.new_codes()
    hashes = recovery.hashes_of(codes)
    assert recovery.find(codes[5], hashes) == hashes[5]
    assert recovery.find(CODES[0], hashes) is None
    assert Cost().memory == 32 * 1024 * 1024


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-ijkl-mnop",
        "ABCDEFGHIJKLMNOP",
        " abcd efgh\tijkl  mnop \n",
        "ABCD\u2013EFGH\u2013IJKL\u2013MNOP",
        "A B C D E F G H I J K L M N O P",
        "A8CD-EFGH-1JKL-MN0P",
    ],
)
def test_people_type_them_in_many_ways(typed):
    hashes = recovery.hashes_of(CODES, CHEAP)
    assert recovery.find(typed, hashes) == hashes[0]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ABCD",
        "ABCD-EFGH-IJKL-MNO",
        "ABCD-EFGH-IJKL-MNOPQ",
        "ABCD-EFGH-IJKL-MNO9",
        "\uff21BCDEFGHIJKLMNOP",
        "ß" * 8,
    ],
)
def test_what_is_no_code_is_not_hashed(typed):
    assert recovery.plain(typed) is None
    with pytest.raises(ValueError, match="not a recovery code"):
        recovery.hashes_of([typed], CHEAP)


def test_64_kib_are_no_code_and_cost_nothing():
    assert recovery.plain("A" * 65_536) is None
    assert recovery.plain(" " * 65_536 + CODES[0]) is None


def test_the_salt_is_fresh_for_each_officer():
    assert recovery.hashes_of(CODES, CHEAP) != recovery.hashes_of(CODES, CHEAP)


def test_hashes_of_several_costs_and_salts_are_all_tried():
    hashes = (*recovery.hashes_of(CODES[1:], Cost(log_n=5)), *recovery.hashes_of(CODES[:1], CHEAP))
    assert recovery.find(CODES[0], hashes) == hashes[1]
    assert recovery.find(CODES[1], hashes) == hashes[0]


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "ABCDEFGHIJKLMNOP",
        "scrypt:30:8:1:" + "00" * 16 + ":" + "00" * 32,
        "scrypt:4:99:1:" + "00" * 16 + ":" + "00" * 32,
        "scrypt:14:8:99:" + "00" * 16 + ":" + "00" * 32,
        "scrypt:0:0:0:" + "00" * 16 + ":" + "00" * 32,
        "md5:4:8:1:" + "00" * 16 + ":" + "00" * 32,
    ],
)
def test_a_strange_hash_fits_nothing_and_costs_nothing(kept):
    good = recovery.hashes_of(CODES[:1], CHEAP)
    assert recovery.find(CODES[0], (kept, *good)) == good[0]
    assert recovery.find(CODES[0], (kept,)) is None
