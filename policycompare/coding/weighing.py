"""Rules that held → codings by the rules alone, each with the words that carried it.

Caveat: the score is the rules' own strength, not calibrated: it says how much evidence there is, not how often such evidence is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policycompare.coding.clauses import Held
from policycompare.coding.lending import CONTEXT
from policycompare.coding.lexicon import Matcher, spread
from policycompare.coding.matching import WEIGHTS
from policycompare.coding.texts import changes, order_of
from policycompare.schema import Array
from policycompare.script import code_points, utf8_offsets

_TEXT = partial(pa.scalar, type=pa.large_string())


class Coded(NamedTuple):
    """Rows of the codings table as columns, by statement and theme.

    ``statement`` and ``theme`` are numbers, ``subtheme`` the place among the theme's (from 1; 0 for none), ``terms`` a column of Arrow's.
    """

    statement: Array
    theme: Array
    subtheme: Array
    score: Array
    terms: pa.Array
    start: Array
    end: Array

    @classmethod
    def chained(cls, parts: Sequence[Coded]) -> Coded:
        """The rows of several, one behind the other."""
        columns = zip(*parts, strict=True)
        return cls(*(pa.concat_arrays(each) if isinstance(each[0], pa.Array) else np.concatenate(each) for each in columns))

    def take(self, rows: Array) -> Coded:
        """Some of the rows."""
        return Coded(*(column.take(rows) for column in self))


@dataclass(frozen=True, eq=False)
class Body:
    """The body statements of some documents: their document's source text by number, and their place in it."""

    sources: Sequence[str]
    document: Array
    start: Array
    end: Array

    @cached_property
    def _points(self) -> Array:
        return code_points("".join(self.sources))

    def quotes(self, statement: Array, start: Array, end: Array, *, marked: Array) -> pa.Array:
        """The source text's own words between two places in each statement's document, with ``^`` before those that are marked."""
        begins = np.cumsum([0, *map(len, self.sources)], dtype=np.int64)[self.document[statement]]
        points = self._points.take(spread(begins + start - marked, begins + end)[1])  # with a character before, for the mark
        bounds = np.append(0, np.cumsum(end - start + marked))
        points[bounds[:-1].compress(marked)] = ord("^")
        offsets, text = utf8_offsets(points)[bounds], points.tobytes().decode("utf-32-le").encode()
        return pa.LargeStringArray.from_buffers(len(start), pa.py_buffer(offsets), pa.py_buffer(text))


def coded_rows(held: Held, body: Body, *, made: Matcher) -> Coded:
    """Codings from rules that held and code: a row a subtheme, or one without where no subtheme's rule held.

    Rules without a subtheme support each of their theme's rows. A code that the heading lent has its statement for evidence, and its
    ``terms`` are marked ``^``.
    """
    key = held.part * len(made.themes) + held.theme
    # By statement, theme and place; of words that begin there the shorter first, and of one word's rules the stronger.
    order = order_of(key * (1 + held.start.max(initial=0)) + held.start, (held.end - held.start) * len(WEIGHTS) + held.tier)
    held, key = held.where(order), key.take(order)
    opens = changes(key)
    group = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    score = rule_scores(held.tier, first, changes(key, held.start, held.end, held.tier))
    group_of, subtheme, row, hit = _rows(group, made.subtheme[held.rule])
    lent = held.tier[hit] == CONTEXT
    once = changes(row, held.start[hit], held.end[hit], lent)
    hit, row, lent = hit.compress(once), row.compress(once), lent.compress(once)
    first_hit = np.flatnonzero(changes(row))
    words = body.quotes(held.part[hit], held.start[hit], held.end[hit], marked=lent)
    return Coded(
        statement=held.part[first[group_of]],
        theme=held.theme[first[group_of]],
        subtheme=subtheme,
        score=score[group_of],
        terms=_joined(words, row),
        start=np.minimum.reduceat(np.where(lent, body.start[held.part[hit]], held.start[hit]), first_hit) if len(hit) else row,
        end=np.maximum.reduceat(np.where(lent, body.end[held.part[hit]], held.end[hit]), first_hit) if len(hit) else row,
    )


def _rows(group: Array, subtheme: Array) -> tuple[Array, Array, Array, Array]:
    """A row for each subtheme that a group's hits name, or one of none; a hit of none supports all of its group's rows.

    Parameters
    ----------
    group, subtheme
        Of each hit; groups are numbered in the order of the hits.

    Returns
    -------
    tuple of arrays
        Group and subtheme of each row; then pairs of a row and a hit that supports it, by row.
    """
    most = 1 + int(subtheme.max(initial=0))
    cell = group * most + subtheme
    named, has_row = subtheme > 0, np.zeros((int(group.max(initial=-1)) + 1, most), dtype=bool)
    has_row.ravel()[cell.compress(named)] = True
    has_row[:, 0] = ~has_row.any(axis=1)
    before = np.append(0, np.cumsum(has_row))  # rows up to each cell
    own, shared = np.flatnonzero(named), np.flatnonzero(~named)
    owner, row = spread(before[group[shared] * most], before[(group[shared] + 1) * most])
    hit, row = np.concatenate([own, shared[owner]]), np.concatenate([before[cell[own]], row])
    order = np.lexsort((hit, row))
    groups, subthemes = np.nonzero(has_row)
    return groups, subthemes, row[order], hit[order]


def rule_scores(tier: Array, first: Array, distinct: Array) -> Array:
    """How sure the rules are, 0–1: the chance that not every distinct hit errs, if each erred on its own.

    Parameters
    ----------
    tier
        Of each hit, group by group.
    first
        Where each group begins.
    distinct
        Whether the hit differs from the one before it; others count once.

    Examples
    --------
    >>> rule_scores(np.array([0, 0, 0, 1]), np.array([0, 1]), np.array([True, True, False, True])).tolist()
    [0.85, 0.955]
    """
    wrong = np.where(distinct, 1 - np.array(WEIGHTS)[tier], 1.0)
    scores: Array = np.round(np.minimum(0.99, 1 - (np.multiply.reduceat(wrong, first) if len(first) else wrong)), 4)
    return scores


def _joined(words: pa.Array, row: Array) -> pa.Array:
    """The different words of each row, joined by ``;``; words go by row."""
    spelling = words.dictionary_encode().indices.to_numpy()
    order = order_of(row, spelling)
    once = np.sort(order.compress(changes(row.take(order), spelling.take(order))))
    first = np.append(np.flatnonzero(changes(row.take(once))), len(once))
    return pc.binary_join(pa.LargeListArray.from_arrays(first, words.take(once)), _TEXT(";"))
