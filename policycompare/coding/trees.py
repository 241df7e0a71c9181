"""Boosted trees of depth 3 as plain numbers: what readings of a statement say together that no weighted sum of them says.

Caveat: a tree knows a feature by its place, so trees hold for the features that they were grown on, in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array

#: How the trees are grown: few, small, each held back, so that one document's habits do not rule.
GROWTH = {"max_iter": 100, "learning_rate": 0.15, "max_depth": 3, "min_samples_leaf": 30, "l2_regularization": 5.0}
_NODES, _LEAVES = 7, 8
#: Trees that are asked in one go; their leaves are numbered in a byte, so 32 at most.
_BLOCK = 10


class Trees(NamedTuple):
    """Trees in heap order: node ``i`` has the children ``2i + 1`` and ``2i + 2``, the last four nodes have the leaves.

    ``start`` is the logit that all begin with (one number). ``feature`` and ``threshold`` are trees × 7: a row goes on to the second child
    where its feature is above the threshold (never, where that is infinite). ``leaf`` is trees × 8: what the row's logit gains.
    """

    start: Array
    feature: Array
    threshold: Array
    leaf: Array

    def fit(self, n_features: int) -> bool:
        """Whether the shapes belong together, all numbers are some and every node asks for one of so many features."""
        n = self.leaf.size // _LEAVES
        numbers = np.isfinite(self.start).all() and np.isfinite(self.leaf).all() and not np.isnan(self.threshold).any()
        shapes = self.start.shape == (1,) and self.feature.shape == self.threshold.shape == (n, _NODES) and self.leaf.shape == (n, _LEAVES)
        return shapes and bool(numbers and ((0 <= self.feature) & (self.feature < n_features)).all())


def readings_of(columns: Sequence[Array], trees: Trees) -> Array:
    """What the trees say.

    Parameters
    ----------
    columns
        The features, each a float32 array of rows.
    trees
        Grown on these features.

    Returns
    -------
    array
        A logit a row, float32.

    Examples
    --------
    >>> one = Trees(np.ones(1), np.zeros((1, 7), int), np.full((1, 7), 0.5, np.float32), np.arange(8, dtype=np.float32)[None])
    >>> readings_of([np.array([0.0, 1.0], dtype=np.float32)], one).tolist()
    [1.0, 8.0]
    """
    answers, node = _answers(columns, trees)
    total = np.full(answers.shape[1], trees.start[0], dtype=np.float32)
    for at in range(0, len(trees.leaf), _BLOCK):
        # Every node is asked of every row: passes in order are faster than each row's own way down.
        top, left, right, *low = answers.take(node[:, at : at + _BLOCK], axis=0)
        second = left ^ (top & (left ^ right))
        first, last = low[0] ^ (second & (low[0] ^ low[1])), low[2] ^ (second & (low[2] ^ low[3]))
        third = first ^ (top & (first ^ last))
        leaf = trees.leaf[at : at + _BLOCK]
        place = 4 * top.view(np.uint8) + 2 * second.view(np.uint8) + third.view(np.uint8)
        place += np.arange(0, leaf.size, _LEAVES, dtype=np.uint8)[:, None]
        total += leaf.ravel().take(place, mode="clip").sum(axis=0)  # every place is one: no need to check
    return total


def _answers(columns: Sequence[Array], trees: Trees) -> tuple[Array, Array]:
    """Nodes × rows, whether the row goes on to the second child; and where each node stands there (7 × trees).

    The nodes go by feature: a feature is held against all its thresholds at once.
    """
    by_feature = np.argsort(trees.feature.T, axis=None, kind="stable")
    feature, threshold = (part.T.ravel()[by_feature] for part in (trees.feature, trees.threshold))
    answers = np.empty((len(feature), len(columns[0])), dtype=bool)
    bounds = np.searchsorted(feature, np.arange(len(columns) + 1))
    for column, (first, end) in zip(columns, pairwise(bounds.tolist()), strict=True):
        np.greater(column, threshold[first:end, None], out=answers[first:end])
    return answers, np.argsort(by_feature).reshape(_NODES, -1)


def grown(rows: Array, codes: Array, *, seed: int = 0) -> Trees:
    """Grow trees by gradient boosting (scikit-learn's, after Ke et al. 2017).

    Parameters
    ----------
    rows
        Rows × features.
    codes
        One truth a row. Where all are alike no tree is grown.
    seed
        Of the learner.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    if codes.all() or not codes.any():
        empty = np.zeros((0, _NODES), dtype=np.float32)
        return Trees(np.array([9.0 if codes.any() else -9.0]), empty.astype(np.int16), empty, np.zeros((0, _LEAVES), dtype=np.float32))
    learner = HistGradientBoostingClassifier(early_stopping=False, random_state=seed, **GROWTH).fit(rows, codes)
    # scikit-learn has no public way to its grown trees; a test holds the numbers taken out here against its own predictions.
    parts = [_heap(predictor.nodes) for (predictor,) in learner._predictors]
    feature, threshold, leaf = (np.array([part[i] for part in parts]) for i in range(3))
    start = np.ravel(learner._baseline_prediction)[:1].astype(np.float64)
    return Trees(start, feature.astype(np.int16), threshold.astype(np.float32), leaf.astype(np.float32))


def _heap(nodes: Array) -> tuple[Array, Array, Array]:
    """One tree's nodes in heap order; a leaf that comes early stands for all leaves below it."""
    feature, threshold, leaf = np.zeros(_NODES, dtype=int), np.full(_NODES, np.inf), np.zeros(_LEAVES)
    waiting = [(0, 0)]
    for place, at in waiting:
        node = nodes[at]
        if node["is_leaf"]:
            below = [place]
            while below[0] < _NODES:
                below = [child for one in below for child in (2 * one + 1, 2 * one + 2)]
            leaf[np.array(below) - _NODES] = node["value"]
        else:
            feature[place], threshold[place] = node["feature_idx"], node["num_threshold"]
            waiting += [(2 * place + 1, node["left"]), (2 * place + 2, node["right"])]
    return feature, threshold, leaf
