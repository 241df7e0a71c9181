"""Maximal repeats against brute force."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from policycompare.parallels.repeats import shared_repeats


def row(texts):
    """Texts as one row of letters with marks between, and whose each letter is."""
    code = [value for place, text in enumerate(texts) for value in (*map(ord, text), -1 - place)]
    owner = [value for place, text in enumerate(texts) for value in (*[place] * len(text), -1)]
    return np.array(code, dtype=np.int64), np.array(owner, dtype=np.int64)


def brute(code, owner, at_least):
    """Every stretch of letters, all its places, and whether a longer one has them all."""
    places = {}
    for start in range(len(code)):
        for end in range(start + 1, len(code) + 1):
            if owner[end - 1] < 0:
                break
            places.setdefault(tuple(code[start:end]), []).append(start)
    found = set()
    for stretch, at in places.items():
        if len(stretch) >= at_least and len({owner[place] for place in at}) > 1:
            left = {code[place - 1] if place else None for place in at}
            right = {code[place + len(stretch)] for place in at}
            if len(left) > 1 and len(right) > 1:
                found.add((len(stretch), tuple(at)))
    return found


def found(code, owner, at_least):
    rows = [(length, tuple(places.tolist())) for length, places in shared_repeats(code, owner, at_least)]
    assert len(rows) == len(set(rows))
    return set(rows)


TEXTS = st.lists(st.text(alphabet="ab", max_size=25) | st.text(alphabet="abc", max_size=40), min_size=1, max_size=4)


@given(TEXTS, st.integers(1, 6))
def test_the_same_as_brute_force(texts, at_least):
    code, owner = row(texts)
    assert found(code, owner, at_least) == brute(code, owner, at_least)


@given(TEXTS, st.integers(2, 5))
def test_every_two_texts_longest_matches_are_there(texts, at_least):
    code, owner = row(texts)
    known = {(length, place) for length, places in found(code, owner, at_least) for place in places}
    for one in range(len(code)):
        for two in range(one + 1, len(code)):
            if owner[one] >= 0 and owner[two] >= 0 and owner[one] != owner[two] and (not one or code[one - 1] != code[two - 1]):
                length = 0
                while code[one + length] == code[two + length]:
                    length += 1
                assert length < at_least or {(length, one), (length, two)} <= known


def test_no_text_no_repeat():
    assert found(*row([""]), 2) == set()
    assert found(*row(["abcabc"]), 2) == set()
    assert found(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 2) == set()


def test_the_same_long_text_in_many_plans_is_one_repeat():
    text = "".join(chr(0x4E00 + (place * 7919) % 5003) for place in range(3000))
    [(length, places)] = found(*row([text] * 6), 12)
    assert (length, len(places)) == (3000, 6)


def test_a_phrase_said_over_and_over_does_not_share_every_number_of_its_times():
    few, many = (found(*row([phrase * times for phrase in ("abcdefghijkl",) * 2]), 12) for times in (40, 400))
    assert len(many) == len(few) < 50
    # A section that stands twice, or a phrase with letters between, is no refrain: all of its places are there.
    section = "".join(chr(0x4E00 + at) for at in range(300))
    assert (300, (0, 300, 601, 901)) in {(length, tuple(places)) for length, places in found(*row([section * 2, section * 2]), 12)}
