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


def any_of(words: Iterable[str], *, then: str = "") -> str:
    """A regular expression for the longest of some words that stands at a place, as a tree: words that begin alike are tried together.

    ``then`` is what has to follow; it stands in each alternative, so that each begins with a character of its own: such are found soonest.

    Examples
    --------
    >>> any_of(["市", "自治州", "市区", "县"], then="(?!长)")
    '县(?!长)|市(?:区|)(?!长)|自(?:治(?:州))(?!长)'
    """
    goes_on: dict[str, list[str]] = {}
    for word in sorted(words):
        goes_on.setdefault(word[:1], []).append(word[1:])
    branches = [re.escape(first) + (f"(?:{any_of(rests)})" if any(rests) else "") + then for first, rests in goes_on.items() if first]
    return "|".join([*branches, ""] if "" in goes_on else branches)


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
