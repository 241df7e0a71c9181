"""Many documents as one text without white space, and every word of a taxonomy that stands in its statements.

Caveat: places in a :class:`Text` are places in the joined text; ``origin`` leads back to a place in a document's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.coding.lexicon import Matcher
from policycompare.schema import Array

# What a character is to the rules, as bits.
SPACE, ENDS_CLAUSE, JOINS, OPENS_TITLE, CLOSES_TITLE = 1, 2, 4, 8, 16
_SIGNS = {
    SPACE: " \t\n\r\f\v\u3000\u00a0\u200b\ufeff",
    ENDS_CLAUSE: "，,；;。：:！!？?\n\r",
    JOINS: "、和与及·/",
    OPENS_TITLE: "《",
    CLOSES_TITLE: "》",
}


class Parts(NamedTuple):
    """Statements, headings and run-in titles of some documents, document by document in the order of the text.

    ``document`` is the place of the part's document among the texts; ``start`` and ``end`` are places in that text; a ``heading``
    (or a title) is not coded itself.
    """

    document: Array
    start: Array
    end: Array
    heading: Array


class Text(NamedTuple):
    """The documents' texts joined, without white space.

    ``points`` are the characters as numbers, ``signs`` what each is to the rules (as bits) and ``origin`` its place in its own document;
    ``begins`` is where each document begins, and the end of the last. ``parts`` have their places in the joined text.
    """

    plain: str
    points: Array
    signs: Array
    origin: Array
    begins: Array
    parts: Parts


class Words(NamedTuple):
    """Words that were found, by position, the longest first.

    ``slot`` is the word's number in the matcher; ``carries`` says whether rules begin here (no longer word hides it), ``foreign``
    whether it is part of a word of another sector. ``clause`` numbers the clauses of all parts; before a part's first one a number is
    left free.
    """

    slot: Array
    start: Array
    end: Array
    carries: Array
    foreign: Array
    part: Array
    clause: Array


def joined(texts: Sequence[str], parts: Parts) -> Text:
    """Documents in simplified script as one text.

    Examples
    --------
    >>> parts = Parts(*(np.array(column) for column in ([0, 1], [0, 1], [3, 3], [False, False])))
    >>> joined(["教 师", "和安全"], parts).plain
    '教师和安全'
    """
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    begins = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    signs = np.take(_signs(), points, mode="clip")
    keep = signs & SPACE == 0
    kept = np.flatnonzero(keep)
    before = running(keep)
    points = points[kept]
    shift = begins[parts.document]
    places = parts._replace(start=before[shift + parts.start], end=before[shift + parts.end])
    origin = kept - np.repeat(begins[:-1], np.diff(before[begins]))
    plain = points.tobytes().decode("utf-32-le", "surrogatepass")
    return Text(plain, points, signs[kept], origin, before[begins], places)


@cache
def _signs() -> Array:
    """Code point → what it is; the last place is for all beyond."""
    table = np.zeros(0x10001, dtype=np.uint8)
    for kind, signs in _SIGNS.items():
        table[[ord(sign) for sign in signs]] |= kind
    return table


def running(chosen: Array) -> Array:
    """How many of the first i are chosen, for i in 0 … length."""
    sums = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(chosen, out=sums[1:])
    return sums


def find_words(made: Matcher, text: Text) -> Words:
    """All words within the parts, without those that a guard hides."""
    slot, start, end = made.trie.find(text.points)
    parts = text.parts
    part = np.searchsorted(parts.start, start, side="right") - 1
    inside = np.flatnonzero((part >= 0) & (end <= np.append(parts.end, 0)[part]))
    slot, start, end, part = (column.take(inside) for column in (slot, start, end, part))
    codes = np.diff(made.rules_of.begin)[slot] > 0
    reach = np.maximum.accumulate(np.where(codes | made.guard[slot], end, 0))
    hidden = end <= np.concatenate([[0], reach])[:-1]
    guard = made.guard[slot] & ~hidden
    free = guard | ~_covered(start, end, guard)
    foreign = _covered(start, end, made.foreign[slot])
    mark = running(text.signs & ENDS_CLAUSE != 0)
    clause = mark[start + 1] + 2 * part + 1
    return Words(
        slot=slot[free],
        start=start[free],
        end=end[free],
        carries=(codes & ~hidden)[free],
        foreign=foreign[free],
        part=part[free],
        clause=clause[free],
    )


def _covered(start: Array, end: Array, by: Array) -> Array:
    """Which words lie within what some of them (``by``) cover together; words go by start."""
    start_by, reach = start[by], np.maximum.accumulate(end[by])
    opens = np.flatnonzero(start_by > np.concatenate([[-1], reach])[:-1])  # a stretch that goes on from word to word
    stretch = np.searchsorted(start_by[opens], start, side="right") - 1
    closes = np.append(reach[np.append(opens, len(reach))[1:] - 1], -1)
    covered: Array = end <= closes[stretch]
    return covered
