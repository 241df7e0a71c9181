"""Plans some at a time, as one text: one search serves them all, and only what may hold a target is taken out of it.

Caveat: places in :attr:`Batch.text` are neither those of a plan's source nor those of a passage made of some of its statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from policycompare.schema import Array

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

_AT_ONCE = 1_000_000  # characters: enough that a search is worth its call, few enough to stay in the cache


class Batch(NamedTuple):
    """Statements of some plans in the order of the text, and these plans' texts in simplified script, one after another.

    ``table`` holds these and all others, ``first`` is the first one's row in it. ``plan`` is the number of each statement's plan among
    ``plans``; ``body`` tells which are of kind body; ``start`` and ``end`` are where a statement stands in ``text``, and ``shift`` is how
    far that is from where it stands in its plan.
    """

    table: pd.DataFrame
    first: int
    plans: list[str]
    plan: Array
    body: Array
    start: Array
    end: Array
    shift: Array
    text: str

    def holder(self, places: Array) -> Array:
        """Which statement holds each of some places in the text; -1 where none does."""
        rows = np.searchsorted(self.start, places, side="right") - 1
        return np.where(places < self.end[rows], rows, -1)

    def hold(self, places: Array) -> Array:
        """Whether each of the statements holds one of some places in the text."""
        held = np.zeros(len(self.start) + 1, dtype=np.bool_)
        held[self.holder(places)] = True
        return held[:-1]

    def column(self, name: str, rows: Array) -> list[Any]:
        """A column's values in some of the statements."""
        found: list[Any] = self.table[name].array.take(self.first + rows).tolist()
        return found


def in_order(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements plan by plan, in the order of the text, however the table is ordered."""
    number, plans = pd.factorize(statements["plan"])
    start = statements["start"].to_numpy(dtype=np.int64)
    ordered = np.diff(number * (start.max(initial=0) + 1) + start) > 0
    if ordered.all() and list(plans) == sorted(plans):
        return statements
    # By all columns that are read here: of rows at one place the order of the table must not decide.
    return statements.sort_values(["plan", "start", "end", "kind", "measure", "section", "statement"], ignore_index=True)


def batches(statements: pd.DataFrame, corpus: Corpus) -> Iterator[Batch]:
    """Statements that are :func:`in_order`, in batches of whole plans."""
    number, named = pd.factorize(statements["plan"])
    plans = named.tolist()
    start, end = (statements[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    body = (statements["kind"] == "body").to_numpy()
    opens = np.array([0, *accumulate(len(corpus.sources[plan]) + 1 for plan in plans)])
    batch_of = (opens // _AT_ONCE).tolist()
    for _, group in groupby(range(len(plans)), key=lambda plan: batch_of[plan]):
        own = list(group)
        rows = slice(*np.searchsorted(number, [own[0], own[-1] + 1]).tolist())
        shift = opens[number[rows]] - opens[own[0]]
        yield Batch(
            table=statements,
            first=rows.start,
            plans=plans[own[0] : own[-1] + 1],
            plan=number[rows] - own[0],
            body=body[rows],
            start=start[rows] + shift,
            end=end[rows] + shift,
            shift=shift,
            text="\n".join([corpus.simplified(plans[one]) for one in own]),
        )
