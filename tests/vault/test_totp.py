"""Codes: the RFC's own vectors, the window, and what is no code at all."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from console.vault import totp

RFC_SEED = totp.seed_text(b"12345678901234567890")
# RFC 6238 appendix B, SHA-1 column; six-digit codes are the last six of its eight (RFC 4226 section 5.3).
VECTORS = [
    (59, "94287082", 0x1),
    (1_111_111_109, "07081804", 0x23523EC),
    (1_111_111_111, "14050471", 0x23523ED),
    (1_234_567_890, "89005924", 0x273EF07),
    (2_000_000_000, "69279037", 0x3F940AA),
    (20_000_000_000, "65353130", 0x27BC86AA),
]


@pytest.mark.parametrize(("second", "eight", "timecode"), VECTORS)
def test_the_vectors_of_rfc_6238(second, eight, timecode):
    assert totp.code_at(RFC_SEED, second * 1000) == eight[-6:]
    assert totp.match(RFC_SEED, eight[-6:], second * 1000 + 999) == timecode


def test_every_step_of_the_window_and_none_beyond():
    wall = 1_111_111_110_000
    for steps in range(-4, 5):
        code = totp.code_at(RFC_SEED, wall + steps * 30_000)
        expected = wall // 30_000 + steps if abs(steps) <= 1 else None
        assert totp.match(RFC_SEED, code, wall) == expected


def test_the_first_step_of_time_has_no_step_before_it():
    assert totp.match(RFC_SEED, totp.code_at(RFC_SEED, 0), 0) == 0


def test_of_two_steps_with_one_code_the_newest_is_told():
    # Found by search: in these two steps running this seed shows one code.
    seed, step = totp.seed_text(b"incident console 000"), 1_624_529
    assert totp.code_at(seed, step * 30_000) == totp.code_at(seed, (step + 1) * 30_000)
    assert totp.match(seed, totp.code_at(seed, step * 30_000), step * 30_000) == step + 1


@pytest.mark.parametrize("text", ["123456", "000000"])
def test_what_is_a_code(text):
    assert totp.is_code(text)


@pytest.mark.parametrize(
    "text", ["", "12345", "1234567", "123456\n", "\n123456", "12 456", "\uff11" * 6, "\u0661" * 6, "²" * 6]
)
def test_what_is_none(text):
    assert not totp.is_code(text)


def test_64_kib_are_no_code_and_cost_nothing():
    assert totp.match(RFC_SEED, "1" * 65_536, 0) is None
    assert totp.match(RFC_SEED, "\ufdfa" * 65_536, 0) is None


def test_seeds_have_160_bits_and_none_is_made_twice():
    seeds = {totp.new_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert {len(base64.b32decode(seed)) for seed in seeds} == {20}


@pytest.mark.parametrize(
    ("practice", "issuer"), [(False, "Incident Console"), (True, "Incident Console DRILL")]
)
def test_the_uri_names_the_mode_and_carries_odd_names(practice, issuer):
    uri = urlsplit(totp.uri(RFC_SEED, "Ruairí O'Reid/duty & co", practice=practice))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == f"/{issuer}:Ruairí O'Reid/duty & co"
    assert parse_qs(uri.query) == {"secret": [RFC_SEED], "issuer": [issuer]}
