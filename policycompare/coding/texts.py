"""Parts of many documents as one text of code points without white space: what the rules and the model read.

Caveat: places in a :class:`Text` are places in the joined text; :meth:`Text.origin` leads back to a place in a document's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.script import BLANKS, code_points

#: What a part is. Body statements are coded; a heading, or a measure's run-in title, is not, and stands above what follows.
BODY, HEADING, TITLE = range(3)
# What a character is to the rules, as bits.
SPACE, ENDS_CLAUSE, JOINS, OPENS_TITLE, CLOSES_TITLE = 1, 2, 4, 8, 16
_SIGNS = {
    SPACE: BLANKS + "\u00ad\u200b\u200c\u200d\u2060\ufeff",  # and what has no width
    ENDS_CLAUSE: "，,；;。：:！!？?",
    JOINS: "、和与及·/",
    OPENS_TITLE: "《",
    CLOSES_TITLE: "》",
}
_CLOSE = ord("\n")


def stretches(document: Array) -> tuple[Array, Array]:
    """Where the rows of each row's document begin, and where they end; rows go by document.

    Examples
    --------
    >>> [places.tolist() for places in stretches(np.array([0, 0, 2]))]
    [[0, 0, 2], [2, 2, 3]]
    """
    bounds = np.searchsorted(document, np.arange(int(document.max(initial=-1)) + 2))
    return bounds[document], bounds[document + 1]


def changes(*columns: Array) -> Array:
    """Whether each row differs from the one before it in some column; the first one does.

    Examples
    --------
    >>> changes(np.array([4, 4, 5]), np.array([0, 1, 1])).tolist()
    [True, True, True]
    """
    changed = np.ones(len(columns[0]), dtype=bool)
    if len(changed):
        changed[1:] = reduce(np.logical_or, (column[1:] != column[:-1] for column in columns))
    return changed


def order_of(major: Array, minor: Array) -> Array:
    """The order of rows by two numbers from 0 on, as ``np.lexsort((minor, major))`` gives it, but soon done where they almost are in it.

    Examples
    --------
    >>> order_of(np.array([4, 5, 5]), np.array([0, 9, 8])).tolist()
    [0, 2, 1]
    """
    order = np.argsort(major, kind="stable")  # merges what is in order, while lexsort begins by the last number
    rank = np.cumsum(changes(major.take(order)))
    return order.take(np.argsort(rank * (1 + minor.max(initial=0)) + minor.take(order), kind="stable"))


class Parts(NamedTuple):
    """Statements, headings and run-in titles of some documents, document by document in the order of the text.

    ``document`` is the place of the part's document among the texts; ``start`` and ``end`` are places in that text; ``kind`` is
    :data:`BODY`, :data:`HEADING` or :data:`TITLE`.
    """

    document: Array
    start: Array
    end: Array
    kind: Array

    @property
    def body(self) -> Array:
        """Which parts are coded."""
        return np.asarray(self.kind == BODY)

    def last(self, chosen: Array) -> Array:
        """The last chosen part at or above each part within its document; -1 for none."""
        last = np.maximum.accumulate(np.where(chosen, np.arange(len(chosen)), -1))
        return np.where(last >= stretches(self.document)[0], last, -1)


class Text(NamedTuple):
    """Parts joined, without white space, each closed by a newline.

    ``points`` are the characters as numbers, ``part`` whose each is and ``raw`` its place before white space went; ``shift`` leads from
    there to the part's document. ``marks`` are the places of those that are something to the rules, ``signs`` what they are (as bits).
    ``start`` is where each part begins and ``end`` where its newline is; ``parts`` are as they were given.
    """

    points: Array
    marks: Array
    signs: Array
    part: Array
    raw: Array
    shift: Array
    start: Array
    end: Array
    parts: Parts

    def origin(self, at: Array) -> Array:
        """Where characters stand in their own documents."""
        origin: Array = self.raw.take(at) + self.shift.take(self.part.take(at))
        return origin

    def places(self, signs: int) -> Array:
        """Where characters stand that are one of some things to the rules."""
        return self.marks.compress(self.signs & signs != 0)

    @property
    def plain(self) -> str:
        """The characters as a string."""
        return self.points.tobytes().decode("utf-32-le", "surrogatepass")


def text_of(texts: Sequence[str], parts: Parts) -> Text:
    """Parts of documents in simplified script as one text.

    Examples
    --------
    >>> parts = Parts(*(np.array(column) for column in ([0, 1], [0, 1], [3, 3], [BODY, BODY])))
    >>> text_of(["教 师", "和安全"], parts).plain
    '教师\\n安全\\n'
    """
    points = code_points("".join(texts) + "\n")
    document = np.cumsum([0, *map(len, texts)], dtype=np.int64)[parts.document]
    size = parts.end - parts.start + 1  # with one place more, for the newline
    behind = np.cumsum(size)
    shift = parts.start + size - behind
    points = points.take(np.arange(size.sum()) + np.repeat(document + shift, size))
    signs = _signs().take(points, mode="clip")
    points[behind - 1], signs[behind - 1] = _CLOSE, ENDS_CLAUSE
    raw = np.flatnonzero(signs & SPACE == 0)
    points, signs = points.take(raw), signs.take(raw)
    marks = np.flatnonzero(signs != 0)
    end = marks.compress(points.take(marks) == _CLOSE)
    part = np.repeat(np.arange(len(end)), np.diff(end, prepend=-1))
    return Text(points, marks, signs.take(marks), part, raw, shift, np.append(0, end + 1)[:-1], end, parts)


def whole(texts: Sequence[str]) -> Text:
    """Texts of their own, each one part."""
    none = np.zeros(len(texts), dtype=np.int64)
    return text_of(texts, Parts(np.arange(len(texts)), none, np.array([len(text) for text in texts], dtype=np.int64), none + BODY))


@cache
def _signs() -> Array:
    """Code point → what it is; the last place is for all beyond."""
    table = np.zeros(0x10001, dtype=np.uint8)
    for kind, signs in _SIGNS.items():
        table[[ord(sign) for sign in signs]] |= kind
    return table
