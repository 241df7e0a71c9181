"""Texts → points on the latent axes of a sample of them: how the measures of a data set are placed, part by part.

Caveat: the words are those that jieba finds in the sample, and elsewhere they are found by one automaton, the longest match first: jieba would
cut a twentieth of them otherwise, and takes thirty times as long. How rare a word is, is told by the sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policycompare.cluster.partition import axes_of, on_axes, vectorizer_of
from policycompare.dataset.dataset import Dataset, part_table
from policycompare.dataset.engines import LostWorkerError, results
from policycompare.schema import Array, PolicyCompareError
from policycompare.script import simplify
from policycompare.tokens import stopwords

_BATCH = 10_000  # points that the centres are moved by at a time


@dataclass(frozen=True, eq=False)
class Projection:
    """Words with their weights, and the axes that they span.

    Attributes
    ----------
    words
        All that the automaton looks for, stop words and rare words too: they keep shorter words from being found within them.
    column
        Each word's column, or -1 where it has no weight.
    rarity
        Inverse document frequency of each column.
    axes
        Latent axes × columns.
    """

    words: tuple[str, ...]
    column: Array
    rarity: Array
    axes: Array

    def points(self, texts: Sequence[str]) -> Array:
        """Each text on the axes, of length 1, or 0 where it has no word; rounded against noise."""
        if not len(self.rarity) or not len(texts):
            return np.zeros((len(texts), len(self.axes)))
        counts = self._counts([simplify(text) for text in texts])
        counts.data = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        return on_axes(counts, self.axes)

    def _counts(self, texts: list[str]) -> Any:
        from scipy.sparse import csr_matrix

        found = _automaton(self.words).find_matches_as_indexes("\n".join(texts))
        hits = np.array(found, dtype=np.int64).reshape(-1, 3)
        ends = np.cumsum([len(text) + 1 for text in texts])
        column = self.column[hits[:, 0]]
        kept = column >= 0
        at = (np.searchsorted(ends, hits[kept, 1], side="right"), column[kept])
        # Whole numbers add up; `csr_matrix` sums what stands in one place.
        return csr_matrix((np.ones(kept.sum()), at), shape=(len(texts), len(self.rarity)))


@lru_cache(maxsize=1)
def _automaton(words: tuple[str, ...]) -> Any:
    from ahocorasick_rs import AhoCorasick, MatchKind

    return AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)


def projection_of(words: list[list[str]], seed: int) -> Projection:
    """The projection that texts of these words span.

    Examples
    --------
    >>> space = projection_of([["教师", "培训"], ["校车", "食堂"], ["教师", "队伍"], ["食堂", "安全"]], seed=0)
    >>> space.points(["教師培訓", "今天"]).round(6).any(axis=1).tolist()
    [True, False]
    """
    vectorizer = vectorizer_of(words)
    known = sorted({word for text in words for word in text} | stopwords())
    if vectorizer is None:
        return Projection(tuple(known), np.full(len(known), -1), np.zeros(0), np.zeros((1, 0)))
    column = np.array([vectorizer.vocabulary_.get(word, -1) for word in known])
    return Projection(tuple(known), column, vectorizer.idf_, axes_of(vectorizer.transform(words), seed))


def placed(dataset: Dataset, projection: Projection, *, workers: int | None) -> dict[Path, tuple[pd.DataFrame, Array]]:
    """Each part's measures (``measure``, ``plan``) with their points, parts in the order of their names: some 60 bytes a measure.

    Raises
    ------
    PolicyCompareError
        A worker died.
    """
    found: dict[Path, tuple[pd.DataFrame, Array]] = {}
    for (part, _), done in results(_place, ((part, projection) for part in dataset.parts), workers=workers):
        if isinstance(done, LostWorkerError):
            raise PolicyCompareError(f"{part}: the worker that read its measures died; call again with fewer workers.")
        found[part] = done
    return dict(sorted(found.items()))


def _place(job: tuple[Path, Projection]) -> tuple[pd.DataFrame, Array]:
    part, projection = job
    measures = part_table(part, "measures", columns=["measure", "plan", "text"]).sort_values("measure", ignore_index=True)
    return measures[["measure", "plan"]], projection.points(measures["text"].tolist())


def refined(centres: Array, points: list[Array]) -> Array:
    """The centres after all points have been seen once, in their order, by mini-batch k-means (Sculley 2010)."""
    from sklearn.cluster import MiniBatchKMeans

    moving = MiniBatchKMeans(len(centres), init=centres, n_init=1, reassignment_ratio=0.0)
    every = np.concatenate(points)
    for start in range(0, len(every), _BATCH):
        moving.partial_fit(every[start : start + _BATCH])
    moved: Array = np.round(moving.cluster_centers_, 9)
    return moved


def nearest(points: Array, centres: Array) -> Array:
    """The number of the centre that each point is nearest to, the first among equals."""
    apart = (centres**2).sum(axis=1) - 2 * points @ centres.T
    closest: Array = np.argmin(np.round(apart, 9), axis=1)
    return closest
