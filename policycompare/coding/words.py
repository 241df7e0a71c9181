"""Every word of a taxonomy that stands in some texts, without those that others hide.

Caveat: a word inside one of another sector is no word about education, but still bears what rules it carries.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from policycompare.coding.lexicon import CARRIES, GUARD, INSIDE, OTHER, Matcher, spread
from policycompare.coding.texts import ENDS_CLAUSE, Text
from policycompare.schema import Array


class Words(NamedTuple):
    """Words that were found, by position, the longest first.

    ``slot`` is the word's number in the matcher; ``role`` its role there, but without rules where a longer word hides it, and with ``INSIDE``
    where it is part of a word of another sector. ``clause`` numbers the clauses of all parts; before a part's first one a number is
    left free.
    """

    slot: Array
    start: Array
    end: Array
    role: Array
    part: Array
    clause: Array

    def places(self, role: int) -> Array:
        """Which words have a role."""
        return np.flatnonzero(self.role & role != 0)


def find_words(made: Matcher, text: Text) -> Words:
    """All words within the parts, without those that a guard hides."""
    slot, start, end = made.trie.find(text.points)
    role = made.role.take(slot)
    reach = np.maximum.accumulate(end * (role & (CARRIES | GUARD) != 0))
    hidden = np.zeros(len(slot), dtype=bool)
    hidden[1:] = end[1:] <= reach[:-1]
    role &= ~(hidden * np.uint8(CARRIES | GUARD))
    role[_covered(start, end, role & OTHER != 0)] |= INSIDE
    guard = role & GUARD != 0
    free = np.ones(len(slot), dtype=bool)
    free[_covered(start, end, guard)] = False
    rows = np.flatnonzero(free | guard)
    slot, start, end, role = (column.take(rows) for column in (slot, start, end, role))
    part, marks = text.part.take(start), text.places(ENDS_CLAUSE)
    clause = np.repeat(np.arange(len(marks) + 1), np.diff(marks, prepend=0, append=len(text.points))).take(start) + part + 1
    return Words(slot, start, end, role, part, clause)


def _covered(start: Array, end: Array, by: Array) -> Array:
    """The words that lie within what some of them (``by``) cover together; words go by start."""
    start_by, reach = start.compress(by), np.maximum.accumulate(end.compress(by))
    opens = np.flatnonzero(start_by > np.concatenate([[-1], reach])[:-1])  # a stretch that goes on from word to word
    closes = reach[np.append(opens, len(reach))[1:] - 1]
    stretch, word = spread(np.searchsorted(start, start_by[opens]), np.searchsorted(start, closes))
    return word.compress(end.take(word) <= closes.take(stretch))
