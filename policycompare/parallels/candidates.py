"""Which measures of a data set may be near those of a few of its plans: a first look at all of them, part by part.

Caveat: measures are compared by their heaviest n-grams of characters alone, the rarer the heavier. What is near only in its codes, or in one statement
of many, may be missed; :func:`policycompare.counterparts` says how often it was on the five plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policycompare.coding.ngrams import BITS, count_matrix, grams
from policycompare.coding.texts import Text, whole
from policycompare.dataset.dataset import Dataset, part_table
from policycompare.dataset.engines import LostWorkerError, results
from policycompare.schema import Array, PolicyCompareError
from policycompare.script import simplify

_HEAVIEST = 128  # n-grams of a measure that are looked at


@dataclass(frozen=True, eq=False)
class Query:
    """Measures that candidates are sought for: their plans, their n-grams as rows of length 1, and how rare each n-gram is."""

    plans: Array
    rows: Any
    rarity: Array
    most: int


def candidates(dataset: Dataset, plans: Sequence[str], *, most: int, sample: pd.DataFrame, workers: int | None = None) -> pd.DataFrame:
    """The measures of other plans that are nearest to each measure of some plans, by their n-grams.

    Parameters
    ----------
    dataset
        Its measures are read part by part; no more than `most` a measure are kept.
    plans
        Whose measures to look for.
    most
        Candidates of a measure.
    sample
        Measures that tell how rare an n-gram is: :meth:`policycompare.Dataset.draw_measures`.
    workers
        Processes; None is one a processor.

    Returns
    -------
    DataFrame
        One row measure × candidate: ``plan``, ``measure``, ``other``, ``other_measure``, the nearest first, in the order of measures.

    Raises
    ------
    PolicyCompareError
        A worker died.
    """
    wanted = dataset.measures_of(plans)
    seen = (count_matrix(grams(_text(sample))) > 0).sum(axis=0)
    rarity = (np.log((1 + len(sample)) / (1 + np.asarray(seen).ravel())) + 1).astype(np.float32)
    query = Query(wanted["plan"].to_numpy(dtype=object), _rows(wanted, rarity), rarity, most)
    best = pd.DataFrame(columns=["at", "near", "other", "other_measure"])
    for (part, _), found in results(_nearest_in, ((part, query) for part in dataset.parts), workers=workers):
        if isinstance(found, LostWorkerError):
            raise PolicyCompareError(f"{part}: the worker that read its measures died; call again with fewer workers.")
        both = found if best.empty else pd.concat([best, found])
        best = both.sort_values(["at", "near", "other_measure"], ascending=[True, False, True]).groupby("at").head(most)
    named = wanted[["plan", "measure"]].iloc[best["at"].to_numpy(dtype=int)].reset_index(drop=True)
    return pd.concat([named, best[["other", "other_measure"]].reset_index(drop=True)], axis=1)


def _text(measures: pd.DataFrame) -> Text:
    return whole([simplify(text) for text in measures["text"]])


def _rows(measures: pd.DataFrame, rarity: Array) -> Any:
    """The heaviest n-grams of each measure, weighed, as a row of length 1."""
    from scipy.sparse import csr_matrix

    counts = count_matrix(grams(_text(measures)))
    weight = (1 + np.log(counts.data)) * rarity[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    # One whole number a place, in the order of rows, then of weights from the heaviest, then of buckets: sorted at once.
    light = (1 << 20) - 1 - np.minimum(np.round(weight * 1e4), (1 << 20) - 1).astype(np.int64)
    order = np.argsort((row.astype(np.int64) << 38) | (light << BITS) | counts.indices)
    place = np.arange(len(order)) - counts.indptr[row[order]]
    kept = order[place < _HEAVIEST]
    length = np.sqrt(np.bincount(row[kept], weights=weight[kept] ** 2, minlength=counts.shape[0]))
    values = (weight[kept] / np.maximum(length[row[kept]], 1e-12)).astype(np.float32)
    return csr_matrix((values, (row[kept], counts.indices[kept])), shape=counts.shape)


def _nearest_in(job: tuple[Path, Query]) -> pd.DataFrame:
    """The nearest of one part; places of the query's measures are in ``at``."""
    part, query = job
    measures = part_table(part, "measures", columns=["measure", "plan", "text"]).sort_values("measure", ignore_index=True)
    if measures.empty:
        return pd.DataFrame(columns=["at", "near", "other", "other_measure"])
    # Whole numbers, so that ties are ties on every machine; among equals the first measure.
    near = np.round((query.rows @ _rows(measures, query.rarity).T).toarray() * 1e6).astype(np.int64)
    key = near * len(measures) + np.arange(len(measures) - 1, -1, -1)
    key[near <= 0] = -1
    key[query.plans[:, None] == measures["plan"].to_numpy(dtype=object)] = -1
    most = min(query.most, len(measures))
    top = np.argpartition(-key, most - 1, axis=1)[:, :most]
    at, place = np.nonzero(np.take_along_axis(key, top, axis=1) >= 0)
    to = top[at, place]
    chosen = measures.iloc[to]
    return pd.DataFrame({"at": at, "near": near[at, to], "other": chosen["plan"].to_numpy(), "other_measure": chosen["measure"].to_numpy()})
