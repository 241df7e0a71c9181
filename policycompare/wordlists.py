"""The packaged word lists: YAML files in ``data/lexicon``, read once, and patterns of their words.

Caveat: these files are trusted, because they ship with the package; a file of a user's is read by its own reader, which checks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from policycompare.paths import data_path


@cache
def word_lists(name: str) -> dict[str, Any]:
    """The lists of ``data/lexicon/NAME.yaml``, by their names.

    Examples
    --------
    >>> "课时" in word_lists("quantities")["units"]
    True
    """
    import yaml

    text = data_path("lexicon", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first.

    Examples
    --------
    >>> any_of(["市", "自治州", "c++"])
    '自治州|c\\\\+\\\\+|市'
    """
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class Endings:
    """Words sought at the end of a stretch of text: a pattern closed by ``$`` would be tried from every character of it.

    Examples
    --------
    >>> Endings(["达到", "到", "占"]).longest("覆盖率达到95%", 0, 5)
    '达到'
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._lengths = {
            last: tuple(sorted({len(word) for word in self.words if word[-1] == last}, reverse=True))
            for last in {word[-1] for word in self.words}
        }

    def longest(self, text: str, begin: int, end: int) -> str:
        """The longest of the words with which ``text[begin:end]`` ends, or nothing."""
        for length in self._lengths.get(text[end - 1], ()):
            if begin <= end - length and text[end - length : end] in self.words:
                return text[end - length : end]
        return ""
