"""What clusters of measures are called: their words by class-based TF-IDF, and their most typical measures.

Caveat: a name is made of words that are commoner here than elsewhere; whether they say what the measures have in common, only reading tells.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from policycompare.cluster.partition import STABLE
from policycompare.schema import Array

SUMMARY = ["cluster", "name", "size", "plans", "terms", "silhouette", "jaccard", "stable", "central"]


def cluster_terms(words: list[list[str]], labels: Array, *, top: int = 8) -> dict[int, list[str]]:
    """Class-based TF-IDF: the root of a word's share of the cluster's words (so that the commonest do not lead everywhere) × log(1 + mean
    words a cluster / the word's count overall)."""
    everywhere = Counter(word for text in words for word in text)
    clusters = [int(label) for label in np.unique(labels)]
    mean = sum(everywhere.values()) / max(1, len(clusters))
    out = {}
    for cluster in clusters:
        texts = [text for text, label in zip(words, labels, strict=True) if label == cluster]
        here, spread = Counter(word for text in texts for word in text), Counter(word for text in texts for word in set(text))
        total = max(1, sum(here.values()))
        floor = 2 if len(texts) > 2 else 1  # a word of one measure alone names no cluster
        score = {word: np.sqrt(n / total) * np.log(1 + mean / everywhere[word]) for word, n in here.items() if spread[word] >= floor}
        ranked = sorted(score, key=lambda word: (-round(score[word], 12), word))
        out[cluster] = ranked[:top]
    return out


def _name(terms: list[str]) -> str:
    """The three strongest words that do not hold one another."""
    kept: list[str] = []
    for term in terms:
        if not any(term in other or other in term for other in kept):
            kept.append(term)
    return "、".join(kept[:3])


def summary_of(
    measures: pd.DataFrame, space: Array, labels: Array, terms: dict[int, list[str]], fit: Array, stability: dict[int, float]
) -> pd.DataFrame:
    """One row a cluster, as :class:`policycompare.Clusters` has it in ``summary``."""
    rows = []
    for cluster, its_terms in terms.items():
        inside = np.flatnonzero(labels == cluster)
        near = space[inside] @ space[inside].mean(axis=0)
        central = measures["measure"].iloc[inside[np.argsort(-np.round(near, 9), kind="stable")[:3]]]
        stable = bool(np.isnan(stability[cluster]) or stability[cluster] >= STABLE)
        name = _name(its_terms) if stable else ""
        rows.append(
            {
                "cluster": cluster,
                "name": name,
                "size": len(inside),
                "plans": " ".join(sorted(set(measures["plan"].iloc[inside]))),
                "terms": " ".join(its_terms),
                "silhouette": float(np.mean(fit[inside])),
                "jaccard": round(stability[cluster], 6),
                "stable": stable,
                "central": " ".join(central),
            }
        )
    return pd.DataFrame(rows, columns=SUMMARY)
