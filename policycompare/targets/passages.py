"""Statements one after another as one text, so that one search serves them all.

Caveat: offsets are those of the joined text (:attr:`Passage.text`), not of a statement.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from policycompare.schema import Array
from policycompare.targets.cues import openings, patterns
from policycompare.targets.numerals import fold

# A statement opens with \0 where names are sought: no name reaches beyond it, and an item's number (1.35周岁以下: the first) is right behind.
_QUOTED = re.compile(r"“[^”\0]{0,40}”|《[^》\0]{0,60}》|「[^」\0]{0,40}」|\"[^\"\0]{0,40}\"")
_MARKER = re.compile(r"\0\s*\d{1,2}\.(?=\d{1,3}(?:周?岁|[名人所个年项]))")
_SHORT = re.compile(r"（([^，。；：（）\d]{1,5})）")
FAR = 1000  # characters within which a clause is read: else the time would grow with the square of a text without stops
_LONG = re.compile(f"[^，]{{{FAR}}}")


def without_names(text: str) -> str:
    """A statement with names in quotation marks, titles and an item's own number blotted out."""
    return _blotted(f"\0{text}")[1:]


def _blotted(text: str) -> str:
    text = _QUOTED.sub(lambda name: "□" * len(name[0]), text)
    return _MARKER.sub(lambda marker: "\0" + "□" * (len(marker[0]) - 1), text)


class Joined:
    """Texts as one, each between two full stops, so that no pattern of a clause reaches from one into the next.

    Examples
    --------
    >>> joined = Joined(["建校5所", "培训教师"])
    >>> joined.text, joined.starts, joined.place(6)
    ('。建校5所。培训教师。', [1, 6], 1)
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "。".join(["", *texts, ""])
        self.starts = list(accumulate((len(text) + 1 for text in texts), initial=1))[:-1]

    def place(self, at: int) -> int:
        """Which of the texts holds the place `at`."""
        return bisect_right(self.starts, at) - 1

    def places(self, ats: Array | Sequence[int]) -> Array:
        """The same for many places."""
        return np.searchsorted(self.starts, ats, side="right") - 1

    def span(self, place: int) -> tuple[int, int]:
        """From where to where one of the texts reaches."""
        return self.starts[place], (self.starts[place + 1] if place + 1 < len(self.starts) else len(self.text)) - 1

    def piece(self, place: int) -> str:
        """One of the texts."""
        return self.text[slice(*self.span(place))]


class Spots:
    """Where a pattern's matches stand, for the many who ask whether one stands near their number."""

    def __init__(self, text: str, matches: Iterable[re.Match[str]]) -> None:
        self.starts, self.ends = [], []
        for match in matches:
            self.starts.append(match.start())
            self.ends.append(match.end())
        self.text = text

    def last(self, begin: int, end: int) -> int:
        """The number of the last match within ``text[begin:end]``, or -1."""
        place = bisect_right(self.ends, end) - 1
        return place if place >= 0 and self.starts[place] >= begin else -1

    def word(self, begin: int, end: int) -> str:
        """The last match within ``text[begin:end]``, or nothing."""
        place = self.last(begin, end)
        return self.text[self.starts[place] : self.ends[place]] if place >= 0 else ""


class Passage(Joined):
    """Statements in simplified script, folded, as one text, with what the grammar of numbers looks up around each number.

    ``named`` is the text without names (:func:`without_names`); ``parts`` is that with a comma at every end of a part of a sentence,
    ``clauses`` with one at brackets too; all three are as long as the text.
    ``numbers`` are the matches of a number with a unit.
    """

    def __init__(self, statements: Sequence[str]) -> None:
        super().__init__(statements)
        framed = fold("\0".join(["", *statements, ""]))
        self.text = framed.replace("\0", "。")
        self.named = _blotted(framed).replace("\0", "。")
        self._far = max(map(len, statements), default=0) >= FAR
        self.parts = self._cut(_with_commas(self.named, "。；：！？"))
        self.clauses = _with_commas(self.parts, "（）")
        self._openings = openings().places(self.text)
        self.bounds, self.periods, self.standing, self.composed = map(self.spots, ("before", "periods", "standing", "bodies"))
        self._standing_until = [self.span(place)[1] for place in self.places(self.standing.starts).tolist()]
        self.numbers = list(self.matches("single"))

    def matches(self, name: str, *, with_names: bool = False) -> Iterator[re.Match[str]]:
        """The matches of a pattern whose :func:`policycompare.targets.cues.openings` are known."""
        text, match, end = self.text if with_names else self.named, patterns()[name].match, 0
        for at in self._openings[name].tolist():
            if at >= end and (found := match(text, at)):
                end = found.end()
                yield found

    def spots(self, name: str, *, with_names: bool = False) -> Spots:
        """Where these matches stand."""
        return Spots(self.text if with_names else self.named, self.matches(name, with_names=with_names))

    @cached_property
    def unbroken(self) -> str:
        """The text with other signs for a bracket within a word, as in 县（市、区）级."""
        return _SHORT.sub(r"⟨\1⟩", self.text)

    @cached_property
    def spans(self) -> str:
        """``unbroken`` with a comma at every end of a line or clause, at brackets too."""
        return self._cut(_with_commas(self.unbroken, "。；：！？\n（）"))

    def _cut(self, text: str) -> str:
        """The text with a comma within every :data:`FAR` characters."""
        return _LONG.sub(_ended, text) if self._far else text

    def clause(self, at: int) -> int:
        """Where the clause that holds the place `at` begins."""
        return self.clauses.rfind("，", 0, at) + 1

    def part(self, at: int) -> int:
        """Where the part of the sentence begins; brackets interrupt it but do not end it."""
        return self.parts.rfind("，", 0, at) + 1

    def statement(self, at: int) -> tuple[int, int]:
        """From where to where the statement reaches that holds the place `at`."""
        return self.span(self.place(at))

    def rests(self, at: int) -> bool:
        """Whether a word before the place `at` in its statement says that something stands already (现有, 依托)."""
        place = bisect_right(self.standing.ends, at) - 1
        return place >= 0 and at < self._standing_until[place]

    def recurs(self, opens: int, at: int) -> bool:
        """Whether the number's clause says before it, or with it, how often (每年, 一天)."""
        return bool(patterns()["periods"].search(self.named[opens:at]) or patterns()["periods"].match(self.named, at))


def _ended(run: re.Match[str]) -> str:
    return run[0][:-1] + "，"


def _with_commas(text: str, marks: str) -> str:
    """The text with a comma for each of the marks: one kind is looked for sooner than six."""
    for mark in marks:
        text = text.replace(mark, "，")
    return text
