"""Texts → words: jieba on simplified text, with the shipped dictionary of education terms and the shipped stop words.

Caveat: a word is what the dictionary knows. Counts of words in plans of different scripts compare because everything is
simplified first; a text re-worded by a synonym spinner still has words of its own.
"""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

from policycompare.paths import cache_folder, data_path
from policycompare.script import simplify

_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[A-Za-z]{2,}")


def tokenize(texts: Iterable[str]) -> list[list[str]]:
    """Each text's words in order, without stop words, numbers, signs and single characters.

    Parameters
    ----------
    texts
        In any script; they are simplified first.

    Examples
    --------
    >>> tokenize(["加強教師隊伍建設,落實立德樹人。"])
    [['教师队伍', '立德树人']]
    """
    cut, stop = _tokenizer().cut, stopwords()
    return [[word for word in cut(simplify(text)) if _WORD.fullmatch(word) and word not in stop] for text in texts]


def spans(text: str) -> set[tuple[int, int]]:
    """Where the words of a text in simplified script begin and end, all of them.

    Examples
    --------
    >>> sorted(spans("加强教师队伍"))
    [(0, 2), (2, 6)]
    """
    ends = list(accumulate(map(len, _tokenizer().cut(text)), initial=0))
    return set(pairwise(ends))


@cache
def stopwords() -> frozenset[str]:
    """The shipped stop words (``data/lexicon/stopwords.txt``)."""
    lines = data_path("lexicon", "stopwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def _tokenizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 has escapes and imports that newer Pythons warn of
        import jieba
    jieba.setLogLevel(logging.CRITICAL)  # that its cache cannot be written is no fault
    tokenizer = jieba.Tokenizer()  # one of our own: a caller's words stay out, ours stay in
    # By default jieba trusts a cache in the folder for temporary files, whoever put it there and for whatever version.
    with contextlib.suppress(OSError):
        cache_folder().mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir, tokenizer.cache_file = str(cache_folder()), f"jieba-{jieba.__version__}.cache"
    with data_path("lexicon", "education_terms.txt").open("rb") as terms:
        tokenizer.load_userdict(terms)
    return tokenizer
