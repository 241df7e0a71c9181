"""Texts → hashed character n-grams, clause by clause, in a few numpy passes.

Caveat: hashing cannot be undone. Different n-grams may share a bucket, and a table of bucket weights shows no text that it was
fitted on. N-grams never run across a clause mark, so a statement's sums are the sums of its clauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from policycompare.coding.texts import Text
from policycompare.schema import Array

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

#: Longest n-gram, in characters, and the number of buckets as a power of two.
LONGEST, BITS = 3, 18
BUCKETS = 1 << BITS

_CLAUSE_MARKS = ",;:。!？?，；：！\n"
_OTHER_MARKS = "“”‘’\"'《》〈〉()（）[]【】·—-…"
_MARK, _SIGN = 1, 2


@dataclass(frozen=True, eq=False)
class Grams:
    """The n-grams of the parts of a text, by the position where they begin.

    Attributes
    ----------
    buckets
        ``LONGEST`` × positions; ``BUCKETS`` where no n-gram of that length begins.
    clause_starts
        Position at which each clause begins.
    clause_text
        Index of the part that each clause belongs to; every part has at least one clause.
    text
        What they are of.
    """

    buckets: Array
    clause_starts: Array
    clause_text: Array
    text: Text

    @property
    def text_starts(self) -> Array:
        """Which clause is the first of each part."""
        return np.flatnonzero(np.diff(self.clause_text, prepend=-1))


@lru_cache(maxsize=1)
def _folding() -> Array:
    """Code point → code point that is hashed: one width, one case, one digit; 1 ends a clause. All beyond are one."""
    table = np.arange(0x10000, dtype=np.uint32)
    wide = np.arange(0xFF01, 0xFF5F)
    table[wide] = wide - 0xFEE0
    for code in (*range(ord("A"), ord("Z") + 1), *range(0xFF21, 0xFF3B)):
        table[code] = (code & 0xFF if code < 0x80 else code - 0xFEE0) + 32
    for digit in range(10):
        table[[ord("0") + digit, 0xFF10 + digit]] = ord("0")
    for signs, code in ((_OTHER_MARKS, _SIGN), (_CLAUSE_MARKS, _MARK)):
        table[[ord(sign) for sign in signs]] = code
    return table


def grams(text: Text) -> Grams:
    """Hash the n-grams (1 to 3 characters) of every part.

    Examples
    --------
    >>> from policycompare.coding.texts import whole
    >>> found = grams(whole(["加强安全，提高质量。", "加强安全"]))
    >>> found.clause_text.tolist()
    [0, 0, 1]
    >>> bool((found.buckets[:, :4] == found.buckets[:, -5:-1]).all())
    True
    """
    codes = _folding().take(text.points, mode="clip")
    inside = codes != _MARK
    first = np.zeros(len(codes), dtype=bool)
    first[1:] = ~inside[:-1] & inside[1:]
    first[text.start] = True
    starts = np.flatnonzero(first)
    buckets = np.full((len(codes), LONGEST), BUCKETS, dtype=np.int32)
    hashed = np.zeros(len(codes), dtype=np.uint32)
    whole = np.ones(len(codes), dtype=bool)
    for n in range(1, LONGEST + 1):
        size = max(0, len(codes) - n + 1)
        last = slice(n - 1, n - 1 + size)
        hashed = hashed[:size] * np.uint32(0x01000193) + codes[last] + np.uint32(n)
        whole = whole[:size] & inside[last]  # clauses have a mark between them
        mixed = (hashed ^ (hashed >> np.uint32(15))) * np.uint32(0x9E3779B1)
        np.copyto(buckets[:size, n - 1], (mixed >> np.uint32(32 - BITS)).view(np.int32), where=whole)
    return Grams(buckets.T, starts, text.part[starts], text)


def count_matrix(found: Grams) -> csr_matrix:
    """Counts of n-grams: a row a part, a column a bucket."""
    from scipy.sparse import csr_matrix

    size = np.diff(found.clause_starts, append=found.buckets.shape[1])
    row = np.repeat(found.clause_text, size)
    rows = int(found.clause_text.max(initial=-1)) + 1
    real = found.buckets < BUCKETS
    columns = found.buckets[real]
    at = np.broadcast_to(row, found.buckets.shape)[real]
    counts = csr_matrix((np.ones(len(columns), dtype=np.float32), (at, columns)), shape=(rows, BUCKETS))
    counts.sum_duplicates()
    return counts


def clause_sums(found: Grams, weights: Array) -> Array:
    """Sum of the weights of each clause's n-grams; ``weights`` is (BUCKETS + 1) × columns, its last row 0."""
    from scipy.sparse import csr_matrix

    # A row a clause, its n-grams in the order in which they stand: no sorting, and the product adds them up one after the other.
    columns = found.buckets.T.ravel()
    rows = np.append(found.clause_starts, found.buckets.shape[1]) * LONGEST
    counts = csr_matrix((np.ones(len(columns), dtype=weights.dtype), columns, rows), shape=(len(rows) - 1, len(weights)))
    return np.asarray(counts @ weights)
