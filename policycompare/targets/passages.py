"""Statements one after another as one text, so that one search serves them all.

Caveat: offsets are those of the joined text (:attr:`Passage.text`), not of a statement.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from policycompare.targets.cues import patterns, vocabulary

_QUOTES = re.compile('[“《「"]')
_QUOTED = re.compile(r"“[^”]{0,40}”|《[^》]{0,60}》|「[^」]{0,40}」|\"[^\"]{0,40}\"")
_MARKER = re.compile(r"\s*\d{1,2}\.(?=\d{1,3}(?:周?岁|[名人所个年项]))")  # 1.35周岁以下: an item's number, then a whole number
_PERIOD = re.compile(
    r"每个?(?:半|[一两二三四五六七八九十\d]+个?)?(?:学年|学期|季度|星期|年|月|周|天|日)|每生每年|年均|天天"
    + "".join(rf"|{n}个?(?:学期|年|月|周|天)(?=[一两二三四五六七八九十\d])" for n in "一两三")
)
_SHORT = re.compile(r"（([^，。；：（）\d]{1,5})）")
_FAR = 1000  # characters within which a clause is read: else the time would grow with the square of a text without stops
_LONG = re.compile(f"[^，]{{{_FAR}}}")


def without_names(text: str) -> str:
    """A statement with names in quotation marks, titles and an item's own number blotted out."""
    if _QUOTES.search(text):
        text = _QUOTED.sub(_blot, text)
    return _blot(marker) + text[marker.end() :] if (marker := _MARKER.match(text)) else text


def _blot(match: re.Match[str]) -> str:
    return "□" * len(match[0])


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

    def span(self, place: int) -> tuple[int, int]:
        """From where to where one of the texts reaches."""
        return self.starts[place], (self.starts[place + 1] if place + 1 < len(self.starts) else len(self.text)) - 1

    def holders(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """The texts in which a pattern is found: each is left at its first match."""
        match = pattern.search(self.text)
        while match:
            place = self.place(match.start())
            yield place
            match = pattern.search(self.text, self.span(place)[1])


class Spots:
    """Where a pattern's matches stand, for the many who ask whether one stands near their number."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        spans = [match.span() for match in pattern.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.text = text

    def last(self, begin: int, end: int) -> int:
        """The number of the last match within ``text[begin:end]``, or -1."""
        place = bisect_right(self.ends, end) - 1
        return place if place >= 0 and self.starts[place] >= begin else -1

    def word(self, place: int) -> str:
        """What was matched there; empty for -1."""
        return self.text[self.starts[place] : self.ends[place]] if place >= 0 else ""


class Passage(Joined):
    """Folded statements as one text, with what the grammar of numbers looks up around each number.

    ``named`` is the text without names (:func:`without_names`); ``parts`` is that with a comma at every end of a part of a sentence,
    ``clauses`` with one at brackets too; ``numbers`` are the matches of a number with a unit.
    """

    def __init__(self, statements: Sequence[str]) -> None:
        super().__init__(statements)
        self.named = Joined([without_names(statement) for statement in statements]).text
        self.parts = _with_commas(self.named, "。；：！？")
        if len(self.parts) > _FAR:
            self.parts = _LONG.sub(_ended, self.parts)
        self.clauses = _with_commas(self.parts, "（）")
        told = patterns()
        self.bounds, self.standing = Spots(told["before"], self.named), Spots(told["standing"], self.named)
        self.numbers = list(told["single"].finditer(self.named))
        self.periods = Spots(_PERIOD, self.named)
        self.composes = any(word in self.named for word in vocabulary()["composed"])

    @cached_property
    def unbroken(self) -> str:
        """The text with other signs for a bracket within a word, as in 县（市、区）级."""
        return _SHORT.sub(r"⟨\1⟩", self.text)

    @cached_property
    def spans(self) -> str:
        """``unbroken`` with a comma at every end of a line or clause, at brackets too."""
        return _with_commas(self.unbroken, "。；：！？\n（）")

    def clause(self, at: int) -> int:
        """Where the clause that holds the place `at` begins."""
        return self.clauses.rfind("，", 0, at) + 1

    def part(self, at: int) -> int:
        """Where the part of the sentence begins; brackets interrupt it but do not end it."""
        return self.parts.rfind("，", 0, at) + 1

    def statement(self, at: int) -> tuple[int, int]:
        """From where to where the statement reaches that holds the place `at`."""
        return self.span(self.place(at))

    def recurs(self, opens: int, at: int) -> bool:
        """Whether the number's clause says before it, or with it, how often (每年, 一天)."""
        return bool(_PERIOD.search(self.named[opens:at]) or _PERIOD.match(self.named, at))


def _ended(run: re.Match[str]) -> str:
    return run[0][:-1] + "，"


def _with_commas(text: str, marks: str) -> str:
    """The text with a comma for each of the marks: one kind is looked for sooner than six."""
    for mark in marks:
        text = text.replace(mark, "，")
    return text
