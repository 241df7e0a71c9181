"""Every word of a taxonomy that stands in some texts, without those that others hide.

Caveat: a word inside one of another sector is no word about education, but still bears what rules it carries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from policycompare.coding.lexicon import Matcher
from policycompare.coding.texts import ENDS_CLAUSE, Text
from policycompare.schema import Array


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


def find_words(made: Matcher, text: Text) -> Words:
    """All words within the parts, without those that a guard hides."""
    slot, start, end = made.trie.find(text.points)
    carries, guard = made.carries.take(slot), made.guard.take(slot)
    reach = np.maximum.accumulate(np.where(carries | guard, end, 0))
    shown = np.ones(len(slot), dtype=bool)
    shown[1:] = end[1:] > reach[:-1]
    guard &= shown
    free = np.flatnonzero(guard | ~_covered(start, end, guard))
    part = text.part.take(start)
    marks = text.places(ENDS_CLAUSE)
    clause = np.repeat(np.arange(len(marks) + 1), np.diff(marks, prepend=0, append=len(text.points))).take(start) + part + 1
    columns = slot, start, end, carries & shown, _covered(start, end, made.foreign.take(slot)), part, clause
    return Words(*(column.take(free) for column in columns))


def _covered(start: Array, end: Array, by: Array) -> Array:
    """Which words lie within what some of them (``by``) cover together; words go by start."""
    start_by, reach = start[by], np.maximum.accumulate(end[by])
    opens = np.flatnonzero(start_by > np.concatenate([[-1], reach])[:-1])  # a stretch that goes on from word to word
    closes = reach[np.append(opens, len(reach))[1:] - 1]
    # Each word and the last stretch that opens no later.
    until = np.repeat(np.append(-1, closes), np.diff(np.searchsorted(start, start_by[opens]), prepend=0, append=len(start)))
    covered: Array = end <= until
    return covered
