"""Points → partitions: the numbers behind :mod:`policycompare.cluster.cluster`, without any table of plans.

Caveat: everything here expects its points in a fixed order and runs on one thread (the caller sees to both); only then are the
partitions the same on every run.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from policycompare.schema import Array

_AXES = 6  # latent axes of the TF-IDF matrix that clusters are sought in
_MOST = 12  # clusters tried
_FEWEST = 6  # measures; below this there is nothing to part
STABLE = 0.6  # Hennig (2007): below 0.6 a cluster should not be trusted
CHOICE = ["n_clusters", "silhouette", "gap", "gap_error", "stable", "chosen", "reason"]


def weights_of(words: list[list[str]]) -> Any:
    """Texts × words, TF-IDF. None where no word is left."""
    vectorizer = vectorizer_of(words)
    return None if vectorizer is None else vectorizer.transform(words)


def vectorizer_of(words: list[list[str]]) -> Any:
    """What weighs words, fitted; words of very few texts or of more than half of them are left out. None where no word is left."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rare = 3 if len(words) >= 60 else 2 if len(words) >= 20 else 1
    counted = Counter(word for text in words for word in set(text))
    if not any(n >= rare and n <= 0.5 * len(words) for n in counted.values()):
        return None
    return TfidfVectorizer(analyzer=list, min_df=rare, max_df=0.5, sublinear_tf=True).fit(words)


def space_of(weights: Any, seed: int) -> Array:
    """Measures on the latent axes, each of length 1 (or 0 where no word is left), rounded against noise."""
    from sklearn.preprocessing import normalize

    svd = _svd(weights, seed)
    if svd is None:
        return np.zeros((weights.shape[0], 1))
    placed: Array = np.round(normalize(svd.fit_transform(weights)), 9)
    return placed


def axes_of(weights: Any, seed: int) -> Array:
    """The latent axes themselves: axes × words."""
    svd = _svd(weights, seed)
    axes: Array = np.zeros((1, weights.shape[1])) if svd is None else svd.fit(weights).components_
    return axes


def on_axes(weights: Any, axes: Array) -> Array:
    """Rows of weights on axes that others have spanned; as :func:`space_of` gives them, whatever the rows' lengths."""
    from sklearn.preprocessing import normalize

    placed: Array = np.round(normalize(np.asarray(weights @ axes.T)), 9)
    return placed


def _svd(weights: Any, seed: int) -> Any:
    from sklearn.decomposition import TruncatedSVD

    axes = min(_AXES, weights.shape[1] - 1, weights.shape[0] - 1)
    return None if axes < 1 else TruncatedSVD(axes, n_iter=7, random_state=seed)


def _kmeans(space: Array, k: int, seed: int, *, starts: int = 10) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed).fit(space)


def try_numbers(space: Array, n_clusters: int | None, seed: int) -> tuple[dict[int, Array], pd.DataFrame]:
    """The labels for every number of clusters tried, and what silhouette and gap say of each."""
    different = len(np.unique(space, axis=0))
    columns = CHOICE
    if n_clusters is not None or different < _FEWEST:
        k = n_clusters or (1 if len(space) else 0)
        why = "as asked for" if n_clusters else f"{different} measures that differ are too few to be parted; at least {_FEWEST} are needed"
        labels = _kmeans(space, min(k, different), seed).labels_ if k > 1 and different > 1 else np.zeros(len(space), dtype=int)
        return {k: labels}, pd.DataFrame([[k, np.nan, np.nan, np.nan, np.nan, True, why]], columns=columns)
    from sklearn.metrics import silhouette_score

    tried = range(2, min(_MOST, different // 2) + 1)
    fits = {k: _kmeans(space, k, seed) for k in tried}
    silhouette = {k: round(float(silhouette_score(space, fits[k].labels_)), 9) for k in tried}
    gap, error = _gap(space, {1: _kmeans(space, 1, seed).inertia_, **{k: fits[k].inertia_ for k in tried}}, seed)
    rows = [[k, silhouette[k], gap[k], error[k], np.nan, False, ""] for k in tried]
    return {k: fits[k].labels_ for k in tried}, pd.DataFrame(rows, columns=columns)


def choose(choice: pd.DataFrame, fits: dict[int, Array], stability: dict[int, Array]) -> tuple[int, pd.DataFrame]:
    """The number of clusters that holds best, and the table of those tried with the reason."""
    if choice["chosen"].any():
        return int(choice["n_clusters"].iloc[0]), choice
    bootstrapped = not any(np.isnan(holds).all() for holds in stability.values())
    stable = {k: _held(fits[k], holds) if bootstrapped else np.nan for k, holds in stability.items()}
    table = choice.assign(stable=choice["n_clusters"].map(stable))
    ranked = table.sort_values(["stable", "silhouette", "n_clusters"], ascending=[False, False, True])
    best = ranked.iloc[0]
    gaps = table[["n_clusters", "gap", "gap_error"]].to_numpy()
    by_gap = next((int(now[0]) for now, then in pairwise(gaps) if now[1] >= then[1] - then[2]), int(gaps[-1, 0]))
    why = (
        f"most measures in stable clusters ({best['stable']:.0%}), then highest mean silhouette"
        if bootstrapped
        else "highest mean silhouette"
    )
    highest = int(table["n_clusters"].to_numpy()[table["silhouette"].to_numpy().argmax()])
    why += f" ({best['silhouette']:.2f}); the silhouette alone would take {highest}, the gap statistic {by_gap}"
    here = table["n_clusters"] == best["n_clusters"]
    return int(best["n_clusters"]), table.assign(chosen=here, reason=np.where(here, why, ""))


def _held(labels: Array, holds: Array) -> float:
    """The share of measures whose cluster comes back."""
    return round(float((holds[labels] >= STABLE).mean()), 9)


def _gap(space: Array, inertia: dict[int, float], seed: int, *, draws: int = 8) -> tuple[dict[int, float], dict[int, float]]:
    """How much tighter the clusters are than those of as many points without any, in the box of the data's principal axes."""
    rng = np.random.default_rng(seed)
    centre = space.mean(axis=0)
    axes = np.linalg.svd(space - centre, full_matrices=False)[2]
    turned = (space - centre) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    references = [rng.uniform(low, high, size=turned.shape) for _ in range(draws)]
    gap, error = {}, {}
    for k, within in inertia.items():
        logs = np.log([max(_kmeans(reference, k, seed, starts=1).inertia_, 1e-12) for reference in references])
        gap[k] = float(logs.mean() - np.log(max(within, 1e-12)))
        error[k] = float(logs.std() * np.sqrt(1 + 1 / draws))
    return gap, error


def number(labels: Array) -> tuple[Array, list[int]]:
    """Cluster 1 is the largest, among equals the one whose first measure comes first; and the old label of each new one."""
    first = {int(label): int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)}
    order = sorted(first, key=lambda label: (-int((labels == label).sum()), first[label]))
    number = {label: place + 1 for place, label in enumerate(order)}
    return np.array([number[int(label)] for label in labels], dtype=int), order


def stability_of(weights: Any, fits: dict[int, Array], *, seed: int, draws: int) -> dict[int, Array]:
    """For each number of clusters: how much of each cluster comes back, on the mean of the draws."""
    sizes = {k: len(np.unique(labels)) for k, labels in fits.items()}
    found = {k: np.full((max(draws, 1), size), np.nan) for k, size in sizes.items()}
    rng = np.random.default_rng(seed)
    for draw in range(draws if weights is not None else 0):
        drawn = np.unique(rng.integers(0, weights.shape[0], weights.shape[0]))
        space = space_of(weights[drawn], seed)
        different = len(np.unique(space, axis=0))
        for k, labels in fits.items():
            if 2 <= sizes[k] <= different:
                found[k][draw] = _come_back(labels[drawn], _kmeans(space, sizes[k], seed, starts=4).labels_, sizes[k])
    means = {}
    for k, shares in found.items():
        seen = np.isfinite(shares).sum(axis=0)
        means[k] = np.where(seen > 0, np.nansum(shares, axis=0) / np.maximum(seen, 1), np.nan)
    return means


def _come_back(labels: Array, again: Array, k: int) -> Array:
    """Each old cluster's Jaccard similarity to the most similar new one; not a number for one that was not drawn at all."""
    both = np.zeros((k, k))
    np.add.at(both, (labels, again), 1)
    old, new = both.sum(axis=1, keepdims=True), both.sum(axis=0, keepdims=True)
    best: Array = np.where(old[:, 0] > 0, (both / np.maximum(old + new - both, 1)).max(axis=1), np.nan)
    return best


def silhouettes_of(space: Array, labels: Array) -> Array:
    """Each point's silhouette (Rousseeuw 1987), -1 to 1; not a number where there is one cluster, or one point a cluster."""
    if not 2 <= len(np.unique(labels)) <= len(labels) - 1:
        return np.full(len(labels), np.nan)
    from sklearn.metrics import silhouette_samples

    fit: Array = np.round(silhouette_samples(space, labels), 6)
    return fit


def place(space: Array, labels: Array) -> tuple[Array, Array]:
    """Coordinates on the two axes along which the clusters' centres differ most; each axis points to its largest loading."""
    if not len(space):
        return np.zeros(0), np.zeros(0)
    centred = space - space.mean(axis=0)
    groups = np.unique(labels)
    pulls = [np.sqrt((labels == group).sum()) * centred[labels == group].mean(axis=0) for group in groups]
    source = np.array(pulls) if len(groups) > 2 else centred
    axes = np.linalg.svd(source, full_matrices=False)[2][:2]
    signs = np.array([np.sign(axis[np.argmax(np.abs(np.round(axis, 9)))]) or 1.0 for axis in axes])
    places = np.round(centred @ (axes * signs[:, None]).T, 6) + 0.0
    return places[:, 0], places[:, 1] if places.shape[1] > 1 else np.zeros(len(places))
