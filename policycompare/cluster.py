"""Measures → clusters of like measures, with how well they hold.

Caveat: clusters are a reading aid, no finding. The same measures cut otherwise give other clusters; that is why each
cluster says in what part of the bootstrap draws it came back, and why one that does not come back has no name.
Coordinates show the plane that parts the clusters best; distances across it are flattened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from policycompare.schema import PolicyCompareError
from policycompare.tokens import tokenize

if TYPE_CHECKING:
    from policycompare.corpus import Corpus

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

_AXES = 8  # latent axes of the TF-IDF matrix that clusters are sought in
_FEWEST = 6  # measures; below this there is nothing to part
STABLE = 0.6  # Hennig (2007): below 0.6 a cluster should not be trusted

COLUMNS = {
    "clusters": ["measure", "plan", "cluster", "name", "stable", "x", "y", "silhouette"],
    "cluster_summary": ["cluster", "name", "size", "plans", "terms", "silhouette", "jaccard", "stable", "central"],
    "cluster_choice": ["n_clusters", "silhouette", "gap", "gap_error", "chosen", "reason"],
    "cluster_plans": ["plan", "cluster", "name", "n", "of", "share", "low", "high"],
}


@dataclass(frozen=True)
class Clusters:
    """Clusters of measures: four tables that belong together.

    Attributes
    ----------
    measures
        One row a measure: ``measure``, ``plan``, ``cluster`` (1 is the largest), ``name`` (empty where the cluster is not
        stable), ``stable``, coordinates ``x`` and ``y``, ``silhouette`` (−1 to 1).
    summary
        One row a cluster: ``size``, ``plans`` it draws from, its ``terms`` (c-TF-IDF, the strongest first), mean ``silhouette``,
        ``jaccard`` (how much of it comes back in bootstrap draws, 0 to 1), ``stable``, ``central`` (its most typical measures).
    choice
        One row a number of clusters tried: mean ``silhouette``, ``gap`` with ``gap_error``, ``chosen`` and why.
    plans
        One row plan × cluster: ``n`` of the plan's ``of`` measures, ``share`` with Wilson's interval.
    """

    measures: pd.DataFrame
    summary: pd.DataFrame
    choice: pd.DataFrame
    plans: pd.DataFrame


def cluster_measures(corpus: Corpus, *, n_clusters: int | None = None, seed: int = 0, draws: int = 50, level: float = 0.95) -> Clusters:
    """Cluster the measures of all plans by their words.

    jieba tokens → TF-IDF → its first latent axes (LSA) → k-means. The same corpus gives the same clusters on every run,
    in whatever order its rows stand and on any number of threads.

    Parameters
    ----------
    corpus
        The plans; a measure is clustered by its whole text.
    n_clusters
        How many; None takes the number with the highest mean silhouette.
    seed
        Of k-means, of the reference data of the gap statistic and of the bootstrap.
    draws
        Bootstrap draws for the stability of each cluster; 0 leaves it out, and then every cluster is named.
    level
        Of the intervals of plan × cluster.

    Returns
    -------
    Clusters

    Raises
    ------
    PolicyCompareError
        ``n_clusters`` is no number of clusters that these measures could have.

    Notes
    -----
    Stability: Hennig (2007), "Cluster-wise assessment of cluster stability", Computational Statistics & Data Analysis 52:
    measures are drawn with replacement, everything from the latent axes on is fitted again, and a cluster's figure is its
    mean Jaccard similarity to the most similar new cluster. Gap statistic: Tibshirani, Walther & Hastie (2001), JRSS B 63(2).
    Names: class-based TF-IDF, Grootendorst (2022), arXiv:2203.05794.

    Examples
    --------
    >>> import policycompare as pc
    >>> clusters = pc.cluster_measures(pc.load_corpus(), n_clusters=5, draws=0)
    >>> len(clusters.measures), len(clusters.summary)
    (114, 5)
    """
    from threadpoolctl import threadpool_limits

    measures = corpus.measures.sort_values("measure", ignore_index=True)
    words = tokenize(measures["text"])
    if n_clusters is not None and not 1 <= n_clusters <= max(1, len(measures)):
        raise PolicyCompareError(f"n_clusters must lie between 1 and the number of measures, {len(measures)}; got {n_clusters}.")
    with threadpool_limits(1):  # sums split over threads may round otherwise
        weights = _weights(words)
        space = _space(weights, seed) if weights is not None else np.zeros((len(measures), 1))
        labels, choice = _labels(space, n_clusters, seed)
        labels = _numbered(labels)
        stability = _stability(weights, labels, seed=seed, draws=draws)
        fit = _silhouettes(space, labels)
        x, y = _plane(space, labels)
    terms = _terms(words, labels)
    summary = _summary(measures, space, labels, terms, fit, stability)
    shown = summary.set_index("cluster")[["name", "stable"]].reindex(labels).reset_index(drop=True)
    table = measures[["measure", "plan"]].assign(cluster=labels, x=x, y=y, silhouette=fit)
    table = pd.concat([table, shown], axis=1)[COLUMNS["clusters"]]
    return Clusters(table, summary, choice, _plans(corpus, table, summary, level))


def _weights(words: list[list[str]]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    rare = 2 if len(words) >= 20 else 1
    counted = Counter(word for text in words for word in set(text))
    if not any(n >= rare and n <= 0.5 * len(words) for n in counted.values()):
        return None
    vectorizer = TfidfVectorizer(analyzer=lambda text: text, min_df=rare, max_df=0.5, sublinear_tf=True)
    return vectorizer.fit_transform(words)


def _space(weights: Any, seed: int) -> Array:
    """Measures on the latent axes, each of length 1 (or 0 where no word is left), rounded against noise."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    axes = min(_AXES, weights.shape[1] - 1, weights.shape[0] - 1)
    if axes < 1:
        return np.zeros((weights.shape[0], 1))
    on_axes: Array = TruncatedSVD(axes, random_state=seed).fit_transform(weights)
    placed: Array = np.round(normalize(on_axes), 9)
    return placed


def _kmeans(space: Array, k: int, seed: int, *, starts: int = 10) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=starts, random_state=seed).fit(space)


def _labels(space: Array, n_clusters: int | None, seed: int) -> tuple[Array, pd.DataFrame]:
    different = len(np.unique(space, axis=0))
    columns = COLUMNS["cluster_choice"]
    if n_clusters is not None or different < _FEWEST:
        k = n_clusters or (1 if len(space) else 0)
        why = "as asked for" if n_clusters else f"{different} measures that differ are too few to be parted; at least {_FEWEST} are needed"
        labels = _kmeans(space, min(k, different), seed).labels_ if k > 1 and different > 1 else np.zeros(len(space), dtype=int)
        return labels, pd.DataFrame([[k, np.nan, np.nan, np.nan, True, why]], columns=columns)
    from sklearn.metrics import silhouette_score

    tried = range(2, min(15, different // 2) + 1)
    fits = {k: _kmeans(space, k, seed) for k in tried}
    silhouette = {k: float(silhouette_score(space, fits[k].labels_)) for k in tried}
    gap, error = _gap(space, {1: _kmeans(space, 1, seed).inertia_, **{k: fits[k].inertia_ for k in tried}}, seed)
    best = max(tried, key=lambda k: (round(silhouette[k], 9), -k))
    by_gap = next((k for k in tried if k + 1 in gap and gap[k] >= gap[k + 1] - error[k + 1]), max(tried))
    why = f"highest mean silhouette ({silhouette[best]:.2f}); the gap statistic would take {by_gap}"
    rows = [[k, silhouette[k], gap[k], error[k], k == best, why if k == best else ""] for k in tried]
    return fits[best].labels_, pd.DataFrame(rows, columns=columns)


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


def _numbered(labels: Array) -> Array:
    """Cluster 1 is the largest; among equals the one whose first measure comes first."""
    first = {label: int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)}
    order = sorted(first, key=lambda label: (-int((labels == label).sum()), first[label]))
    number = {label: place + 1 for place, label in enumerate(order)}
    return np.array([number[label] for label in labels], dtype=int)


def _stability(weights: Any, labels: Array, *, seed: int, draws: int) -> dict[int, float]:
    k = len(np.unique(labels))
    if not draws or k < 2:
        return {int(label): np.nan for label in np.unique(labels)}
    rng = np.random.default_rng(seed)
    found = np.full((draws, k), np.nan)
    for draw in range(draws):
        drawn = np.unique(rng.integers(0, len(labels), len(labels)))
        space = _space(weights[drawn], seed)
        if len(np.unique(space, axis=0)) < k:
            continue
        again = _kmeans(space, k, seed, starts=2).labels_
        both = np.zeros((k, k))
        np.add.at(both, (labels[drawn] - 1, again), 1)
        old, new = both.sum(axis=1, keepdims=True), both.sum(axis=0, keepdims=True)
        best = (both / (old + new - both)).max(axis=1)
        found[draw] = np.where(old[:, 0] > 0, best, np.nan)
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(found).sum(axis=0)
        mean = np.nansum(found, axis=0) / np.where(seen, seen, np.nan)
    return {label + 1: float(mean[label]) for label in range(k)}


def _silhouettes(space: Array, labels: Array) -> Array:
    if not 2 <= len(np.unique(labels)) <= len(labels) - 1:
        return np.full(len(labels), np.nan)
    from sklearn.metrics import silhouette_samples

    fit: Array = np.round(silhouette_samples(space, labels), 6)
    return fit


def _plane(space: Array, labels: Array) -> tuple[Array, Array]:
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


def _terms(words: list[list[str]], labels: Array, *, top: int = 8) -> dict[int, list[str]]:
    """Class-based TF-IDF: a word's share of the cluster's words × log(1 + mean words a cluster / the word's count overall)."""
    everywhere = Counter(word for text in words for word in text)
    clusters = [int(label) for label in np.unique(labels)]
    mean = sum(everywhere.values()) / max(1, len(clusters))
    out = {}
    for cluster in clusters:
        texts = [text for text, label in zip(words, labels, strict=True) if label == cluster]
        here, spread = Counter(word for text in texts for word in text), Counter(word for text in texts for word in set(text))
        total = max(1, sum(here.values()))
        floor = 2 if len(texts) > 2 else 1  # a word of one measure alone names no cluster
        score = {word: n / total * np.log(1 + mean / everywhere[word]) for word, n in here.items() if spread[word] >= floor}
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


def _summary(
    measures: pd.DataFrame, space: Array, labels: Array, terms: dict[int, list[str]], fit: Array, stability: dict[int, float]
) -> pd.DataFrame:
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
    return pd.DataFrame(rows, columns=COLUMNS["cluster_summary"])


def _plans(corpus: Corpus, table: pd.DataFrame, summary: pd.DataFrame, level: float) -> pd.DataFrame:
    rows = []
    counted = table.groupby(["plan", "cluster"]).size().to_dict()
    sizes = table.groupby("plan").size().to_dict()
    for plan in sorted(corpus.plans["plan"]):
        of = sizes.get(plan, 0)
        for cluster, name in zip(summary["cluster"], summary["name"], strict=True):
            n = counted.get((plan, cluster), 0)
            low, high = wilson(n, of, level=level)
            rows.append([plan, cluster, name, n, of, n / of if of else np.nan, low, high])
    return pd.DataFrame(rows, columns=COLUMNS["cluster_plans"])


def wilson(n: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (1927) for ``n`` of ``of``; not a number where ``of`` is 0.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(0, 10)]
    [0.0, 0.278]
    """
    from scipy.stats import norm

    if not of:
        return float("nan"), float("nan")
    z = float(norm.ppf(0.5 + level / 2))
    share, centre = n / of, n / of + z * z / (2 * of)
    half = z * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    low, high = (centre - half) / (1 + z * z / of), (centre + half) / (1 + z * z / of)
    return (0.0 if n == 0 else low), (1.0 if n == of else high)
