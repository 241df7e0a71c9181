"""Plans some at a time, as one text: one search serves them all, and only what may hold a target is taken out of it.

Caveat: places in :attr:`Batch.text` are neither those of a plan's source nor those of a passage made of some of its statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from policycompare.schema import Array

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_AT_ONCE = 50  # plans: enough that a search is worth its call, few enough to stay in the cache

_COLUMNS = ["plan", "start", "end", "kind", "measure", "section", "statement"]


class Batch(NamedTuple):
    """Statements of some plans in the order of the text, and these plans' texts in simplified script, one after another.

    ``plan`` is the number of each statement's plan; ``start`` and ``end`` are where the statement stands in ``text``.
    """

    statements: pd.DataFrame
    plan: Array
    start: Array
    end: Array
    text: str

    def holder(self, places: Array) -> Array:
        """Which statement holds each of some places in the text; -1 where none does."""
        rows = np.searchsorted(self.start, places, side="right") - 1
        return np.where(places < self.end[rows], rows, -1)

    def holders(self, places: Array) -> Array:
        """The statements that hold one of some places in the text."""
        rows = np.unique(self.holder(places))
        return rows[rows >= 0]

    def pieces(self, rows: Array) -> list[str]:
        """The texts of some statements."""
        return [self.text[start:end] for start, end in zip(self.start[rows].tolist(), self.end[rows].tolist(), strict=True)]


def batches(corpus: Corpus) -> Iterator[Batch]:
    """All statements in the order of the text, in batches of whole plans."""
    statements = corpus.statements[_COLUMNS]
    plans, number, start, end = _places(statements)
    in_order = np.diff(number * (start.max(initial=0) + 1) + start) > 0
    if plans != sorted(plans) or not in_order.all():
        statements = statements.sort_values(_COLUMNS)
        plans, number, start, end = _places(statements)
    for first in range(0, len(plans), _AT_ONCE):
        texts = [corpus.simplified(plan) for plan in plans[first : first + _AT_ONCE]]
        rows = slice(*np.searchsorted(number, [first, first + _AT_ONCE]))
        own = number[rows] - first
        opens = np.array([0, *accumulate(len(text) + 1 for text in texts)])[own]
        yield Batch(statements.iloc[rows], own, opens + start[rows], opens + end[rows], "\n".join(texts))


def _places(statements: pd.DataFrame) -> tuple[list[str], Array, Array, Array]:
    """The plans by their numbers; of each statement the number of its plan, and from where to where in its plan it reaches."""
    number, plans = pd.factorize(statements["plan"])
    start, end = (statements[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    return list(plans), number, start, end
