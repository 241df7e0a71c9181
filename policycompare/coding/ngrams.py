"""Texts → hashed character n-grams, clause by clause, in a few numpy passes.

Caveat: hashing cannot be undone. Different n-grams may share a bucket, and a table of bucket weights shows no text that it was
fitted on. N-grams never run across a clause mark, so a statement's sums are the sums of its clauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
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

    @cached_property
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
    marks = np.flatnonzero(codes == _MARK)
    hashed = np.zeros(len(codes), dtype=np.uint32)
    buckets = np.empty((len(codes) + 1, LONGEST), dtype=np.uint32)
    for n in range(1, LONGEST + 1):
        hashed = hashed[: len(codes) - n + 1]
        hashed *= np.uint32(0x01000193)
        hashed += codes[n - 1 :]
        hashed += np.uint32(n)
        mixed = hashed >> np.uint32(15)
        mixed ^= hashed
        mixed *= np.uint32(0x9E3779B1)
        np.right_shift(mixed, np.uint32(32 - BITS), out=buckets[: len(mixed), n - 1])
    # None begins at a mark or runs into one; what would lie before the first place wraps to the row too many and the last, a mark's.
    reach = [n - 1 - LONGEST * before for n in range(1, LONGEST + 1) for before in range(n)]
    buckets.ravel()[np.add.outer(reach, LONGEST * marks)] = BUCKETS
    behind = np.append(0, marks + 1)[:-1]
    part = text.part.take(behind)
    opens = np.flatnonzero((codes.take(behind) != _MARK) | (np.diff(part, prepend=-1) > 0))
    return Grams(buckets[:-1].view(np.int32).T, behind.take(opens), part.take(opens), text)


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
    return run_sums(weights, found.buckets.T.ravel(), found.clause_starts * LONGEST)


def run_sums(table: Array, rows: Array, starts: Array) -> Array:
    """Sum of some rows of a table, run by run: a run ends where the next one starts.

    Examples
    --------
    >>> run_sums(np.array([[1.0], [2.0]]), np.array([0, 1, 1]), np.array([0, 2])).tolist()
    [[3.0], [2.0]]
    """
    from scipy.sparse import csr_matrix

    # A matrix with a row a run, its columns in the order in which they stand: no sorting, and the product adds up one after the other.
    ones = np.ones(len(rows), dtype=table.dtype)
    return np.asarray(csr_matrix((ones, rows, np.append(starts, len(rows))), shape=(len(starts), len(table))) @ table)
