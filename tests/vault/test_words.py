"""Passphrases: long enough, from the whole list, never the same."""

import math

from console.vault.words import BITS, FEWEST, MOST, new_passphrase, words


def test_five_words_are_more_than_enough_to_guess_for_ever():
    assert len(words()) == 7_776
    assert FEWEST * math.log2(len(words())) >= BITS


def test_a_passphrase_is_words_of_the_list_and_no_two_are_alike():
    known = set(words())
    made = [new_passphrase() for _ in range(200)]
    assert len(set(made)) == len(made)
    for phrase in made:
        assert len(list(split(phrase, known))) == FEWEST


def split(phrase, known):
    """The list holds words with hyphens of their own, such as `yo-yo`."""
    left = phrase.split("-")
    while left:
        for size in (1, 2):
            if "-".join(left[:size]) in known:
                yield "-".join(left[:size])
                left = left[size:]
                break
        else:
            raise AssertionError(phrase)


def test_nobody_gets_fewer_than_five_or_more_than_can_be_typed():
    assert len(list(split(new_passphrase(1), set(words())))) == FEWEST
    assert len(list(split(new_passphrase(99), set(words())))) == MOST
