"""How alike plans are in their words.

Caveat: likeness of words is not likeness of policy. A shared superior document makes plans alike; a spinner that swaps words makes
a copy look original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.schema import Array, PolicyCompareError
from policycompare.tokens import tokenize

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


def plan_similarity(corpus: Corpus) -> pd.DataFrame:
    """How alike every two plans are in their words.

    Parameters
    ----------
    corpus
        The plans; only body statements are read.

    Returns
    -------
    pandas.DataFrame
        One row plan × other plan, in both directions: ``similarity``, the cosine of their TF-IDF vectors (0: no word shared, 1: the same words
        in the same proportions), and ``reason`` where it cannot be computed.

    Examples
    --------
    >>> import policycompare as pc
    >>> len(pc.plan_similarity(pc.load_corpus()))
    20
    """
    body = corpus.statements[corpus.statements["kind"] == "body"].sort_values(["plan", "start"])
    plans = sorted(corpus.plans["plan"])
    said: dict[str, list[str]] = {plan: [] for plan in plans}
    for plan, words in zip(body["plan"], tokenize(body["text"]), strict=True):
        said[plan] += words
    alike = _cosines([said[plan] for plan in plans])
    rows = []
    for one, plan in enumerate(plans):
        for two, other in enumerate(plans):
            if one != two:
                silent = [name for name in (plan, other) if not said[name]]
                reason = f"{' and '.join(silent)} has no word" if silent else ""
                rows.append([plan, other, np.nan if silent else alike[one, two], reason])
    return pd.DataFrame(rows, columns=["plan", "other", "similarity", "reason"])


def similarity_merges(similarity: pd.DataFrame) -> pd.DataFrame:
    """The tree that joins the most similar plans first (average linkage).

    Parameters
    ----------
    similarity
        As :func:`plan_similarity` returns it; plans that cannot be compared are left out.

    Returns
    -------
    pandas.DataFrame
        One row a merge, in order: ``left`` and ``right`` (a plan's id, or the number of an earlier merge, counted from 1, as text), ``height``
        (1 − similarity).

    Raises
    ------
    PolicyCompareError
        Fewer than two plans can be compared.

    Examples
    --------
    >>> import policycompare as pc
    >>> similarity_merges(pc.plan_similarity(pc.load_corpus())).columns.to_list()
    ['left', 'right', 'height']
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    known = similarity.dropna(subset=["similarity"])
    plans = sorted(known["plan"].unique())
    if len(plans) < 2:
        raise PolicyCompareError("similarity: fewer than two plans can be compared; a tree needs two.")
    table = known.pivot(index="plan", columns="other", values="similarity").reindex(index=plans, columns=plans)
    apart = np.array(1 - table.to_numpy(dtype=float))
    np.fill_diagonal(apart, 0)
    names = [*plans, *(str(number) for number in range(1, len(plans)))]
    merges = linkage(squareform(np.round(apart, 9), checks=False), method="average")
    rows = [[names[int(left)], names[int(right)], float(height)] for left, right, height, _ in merges]
    return pd.DataFrame(rows, columns=["left", "right", "height"])


def _cosines(words: list[list[str]]) -> Array:
    """Cosine similarities of texts, rounded against noise."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(words):
        return np.zeros((len(words), len(words)))
    weights = TfidfVectorizer(analyzer=lambda text: text, sublinear_tf=True).fit_transform(words)
    alike: Array = np.round((weights @ weights.T).toarray(), 9)
    return alike
