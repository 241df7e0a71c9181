import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.coding.trie import Trie

words = st.lists(st.text("教师安全𠮷", min_size=1, max_size=5), unique=True, max_size=30)


def found(trie, text):
    points = np.array([ord(sign) for sign in text], dtype=np.uint32)
    return list(zip(*(column.tolist() for column in trie.find(points)), strict=True))


@given(words, st.text("教师安全𠮷。\ue000", max_size=40))
def test_finds_every_word_at_every_place_the_longest_first(vocabulary, text):
    longest_first = sorted(range(len(vocabulary)), key=lambda word: -len(vocabulary[word]))
    assert found(Trie(vocabulary), text) == [
        (word, at, at + len(vocabulary[word])) for at in range(len(text)) for word in longest_first if text.startswith(vocabulary[word], at)
    ]


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        ([], "教师"),
        (["教师"], ""),
        (["教师"], "教"),  # the text ends in the middle of a word
        (["教师"], "师教"),
        (["a" * 300], "a" * 299),
    ],
)
def test_finds_nothing_where_no_word_stands(vocabulary, text):
    assert found(Trie(vocabulary), text) == []


def test_a_large_vocabulary_keeps_its_words_apart():
    """Families of all sizes, so that cells are tight."""
    rng = np.random.default_rng(0)
    vocabulary = list(dict.fromkeys("".join(map(chr, 0x4E00 + rng.integers(0, 30 * size, size))) for size in (1, 2, 3, 4, 6) * 400))
    trie = Trie(vocabulary)
    assert [found(trie, word)[0][0] for word in vocabulary] == list(range(len(vocabulary)))
