"""Measures → clusters of like measures, with how well they hold.

Caveat: clusters are a reading aid, no finding. The same measures cut otherwise give other clusters; that is why each
cluster says in what part of the bootstrap draws it came back, and why one that does not come back has no name.
Coordinates show the plane that parts the clusters best; distances across it are flattened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.cluster.naming import SUMMARY, cluster_terms, summary_of
from policycompare.cluster.partition import choose, number, place, silhouettes_of, space_of, stability_of, try_numbers, weights_of
from policycompare.cluster.projection import nearest, placed, projection_of, refined
from policycompare.dataset.dataset import Dataset, parquet
from policycompare.intervals import wilson_ends
from policycompare.schema import Array, PolicyCompareError
from policycompare.tokens import tokenize

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


COLUMNS = {
    "clusters": ["measure", "plan", "cluster", "name", "stable", "x", "y", "silhouette"],
    "cluster_summary": SUMMARY,
    "cluster_themes": ["cluster", "name", "main_theme", "n", "of", "share", "ami", "p", "reason"],
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
        One row a number of clusters tried: mean ``silhouette``, ``gap`` with ``gap_error``, ``stable``, the share of measures in stable clusters, ``chosen`` and why.
    plans
        One row plan × cluster: ``n`` of the plan's ``of`` measures, ``share`` with Wilson's interval.
    """

    measures: pd.DataFrame
    summary: pd.DataFrame
    choice: pd.DataFrame
    plans: pd.DataFrame


def cluster_measures(
    corpus: Corpus | Dataset,
    *,
    n_clusters: int | None = None,
    seed: int = 0,
    draws: int = 30,
    level: float = 0.95,
    sample: int = 5000,
    workers: int | None = None,
) -> Clusters:
    """Cluster the measures of all plans by their words.

    jieba tokens → TF-IDF → its first latent axes (LSA) → k-means. The same corpus gives the same clusters on every run,
    in whatever order its rows stand and on any number of threads.

    Of a data set, measures are drawn first and clustered so. Then all measures, part by part, are placed on the axes of those drawn, the
    clusters' centres are moved by mini-batch k-means (Sculley 2010) and each measure is dealt to the nearest. Of the five plans, so treated as a data
    set, the clusters have an adjusted Rand index of at least 0.9 with those of the corpus, and the shares of plan × cluster differ by less than 0.05.

    Parameters
    ----------
    corpus
        The plans; a measure is clustered by its whole text.
    n_clusters
        How many; None takes the number that puts most measures into stable clusters, among equals the one with the highest mean silhouette.
    seed
        Of k-means, of the reference data of the gap statistic and of the bootstrap.
    draws
        Bootstrap draws for the stability of each cluster; 0 leaves it out: then the silhouette alone chooses, and every cluster is named.
    level
        Of the intervals of plan × cluster.
    sample
        Measures drawn from a data set, by the hash of their ids.
    workers
        Processes that read a data set's parts; None is one a processor.

    Returns
    -------
    Clusters
        Of a data set, ``measures`` are those drawn, and the summary's ``plans``, ``terms`` and ``central`` are of them; ``size`` and the table
        ``plans`` count all, and ``dataset.relation("clusters")`` has the cluster of each.

    Raises
    ------
    PolicyCompareError
        ``n_clusters`` is no number of clusters that these measures could have, or a worker died.

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
    import sklearn.cluster  # noqa: F401 - the limit below holds only for libraries that are loaded already
    from threadpoolctl import threadpool_limits

    drawn = corpus.draw_measures(sample, seed=seed) if isinstance(corpus, Dataset) else corpus.measures
    measures = drawn.sort_values("measure", ignore_index=True)
    words = tokenize(measures["text"])
    if n_clusters is not None and not 1 <= n_clusters <= max(1, len(measures)):
        raise PolicyCompareError(f"n_clusters must lie between 1 and the number of measures, {len(measures)}; got {n_clusters}.")
    with threadpool_limits(1):  # sums split over threads may round otherwise
        weights = weights_of(words)
        space = space_of(weights, seed) if weights is not None else np.zeros((len(measures), 1))
        fits, choice = try_numbers(space, n_clusters, seed)
        stability = stability_of(weights, fits, seed=seed, draws=draws)
        chosen, choice = choose(choice, fits, stability)
        if isinstance(corpus, Dataset) and len(measures):
            labels, order, counts = _dealt(corpus, words, space, fits[chosen], seed=seed, workers=workers)
        else:
            labels, order = number(fits[chosen])
            counts = pd.crosstab(measures["plan"], labels)
        holds = dict(enumerate(stability[chosen][order], start=1))
        fit = silhouettes_of(space, labels)
        x, y = place(space, labels)
    summary = summary_of(measures, space, labels, cluster_terms(words, labels), fit, holds)
    summary = summary.assign(size=counts.sum().reindex(summary["cluster"]).to_numpy(dtype=int))
    shown = summary.set_index("cluster")[["name", "stable"]].reindex(labels).reset_index(drop=True)
    table = measures[["measure", "plan"]].assign(cluster=labels, x=x, y=y, silhouette=fit)
    table = pd.concat([table, shown], axis=1)[COLUMNS["clusters"]]
    return Clusters(table, summary, choice, _plans(sorted(corpus.plans["plan"]), counts, summary, level))


def _dealt(
    dataset: Dataset, words: list[list[str]], space: Array, fit: Array, *, seed: int, workers: int | None
) -> tuple[Array, list[int], pd.DataFrame]:
    """All measures dealt to the clusters of those drawn: the labels of these, the old label of each cluster, and plan × cluster counts."""
    found = placed(dataset, projection_of(words, seed), workers=workers)
    points = [part for _, part in found.values()]
    centres = np.array([space[fit == label].mean(axis=0) for label in np.unique(fit)])
    centres = refined(centres, points)
    labels = nearest(space, centres)
    kept = np.unique(labels)  # a cluster that none of those drawn is in any more could neither be named nor judged
    every = [nearest(part, centres[kept]) for part in points]
    order = number(np.concatenate(every))[1]
    names = np.zeros(len(kept), dtype=int)
    names[order] = np.arange(1, len(order) + 1)
    counts = []
    for (part, (measures, _)), of_part in zip(found.items(), every, strict=True):
        table = measures.assign(cluster=names[of_part])
        half = part / ".clusters.parquet"
        half.write_bytes(parquet(table))
        half.replace(part / "clusters.parquet")
        counts.append(table.groupby(["plan", "cluster"]).size())
    counted = pd.concat(counts).groupby(level=[0, 1]).sum().unstack(fill_value=0)
    return names[nearest(space, centres[kept])], [int(kept[old]) for old in order], counted


def _plans(plans: list[str], counts: pd.DataFrame, summary: pd.DataFrame, level: float) -> pd.DataFrame:
    """Plan × cluster from the counts of measures."""
    n = counts.reindex(index=plans, columns=summary["cluster"], fill_value=0).to_numpy(dtype=int)
    of = np.broadcast_to(n.sum(axis=1, keepdims=True), n.shape)
    low, high = wilson_ends(n, of, level=level)
    clusters = np.tile(summary["cluster"].to_numpy(), len(plans)), np.tile(summary["name"].to_numpy(), len(plans))
    with np.errstate(invalid="ignore"):
        columns = [
            np.repeat(np.array(plans, dtype=object), len(summary)),
            *clusters,
            *(cells.ravel() for cells in (n, of, n / of, low, high)),
        ]
    return pd.DataFrame(dict(zip(COLUMNS["cluster_plans"], columns, strict=True)))


def cluster_themes(clusters: pd.DataFrame, corpus: Corpus, codings: pd.DataFrame, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """How the clusters agree with the taxonomy: cluster × theme, and one figure for the whole.

    Parameters
    ----------
    clusters
        The table ``measures`` of :class:`Clusters`.
    corpus, codings
        What they were made from, and its codings.
    draws, seed
        Of the random deals of themes to measures that the agreement is held against.

    Returns
    -------
    pandas.DataFrame
        One row cluster × ``main_theme`` (``none`` where a measure has no coding): ``n`` of the cluster's ``of`` measures, ``share``. A measure's main
        theme is the one most of its statements carry (among equals the one that comes first in it). ``ami``, the same in all rows: adjusted mutual
        information of the two partitions, 1 for the same, around 0 for chance (Vinh, Epps & Bailey 2010, JMLR 11); ``p`` of as high a figure by
        chance; where there is one cluster or one theme, ``reason`` says that there is nothing to agree on.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> clusters = pc.cluster_measures(corpus, n_clusters=4, draws=0)
    >>> table = pc.cluster_themes(clusters.measures, corpus, pc.code(corpus), draws=20)
    >>> int(table["n"].sum()), bool(table["ami"].iloc[0] > 0.1)
    (114, True)
    """
    from sklearn.metrics import adjusted_mutual_info_score

    ordered = clusters.sort_values("measure", ignore_index=True)
    main = main_themes(corpus, codings)
    themes = np.array([main.get(measure, "none") for measure in ordered["measure"]], dtype=object)
    labels = ordered["cluster"].to_numpy()
    ami = p = np.nan
    reason = ""
    if len(np.unique(labels)) < 2 or len(set(themes)) < 2:
        reason = "there is only one cluster" if len(np.unique(labels)) < 2 else "there is only one theme"
    else:
        ami = round(float(adjusted_mutual_info_score(themes, labels)), 9)
        p = _as_much_by_chance(themes, labels, draws=draws, seed=seed)
    sizes = ordered.groupby("cluster").size()
    names = ordered.drop_duplicates("cluster").set_index("cluster")["name"]
    counted = pd.crosstab(labels, themes)
    rows = [
        [
            cluster,
            names[cluster],
            theme,
            int(counted.loc[cluster, theme]),
            int(sizes[cluster]),
            counted.loc[cluster, theme] / sizes[cluster],
            ami,
            p,
            reason,
        ]
        for cluster in counted.index
        for theme in counted.columns
    ]
    return pd.DataFrame(rows, columns=COLUMNS["cluster_themes"])


def main_themes(corpus: Corpus, codings: pd.DataFrame) -> dict[str, str]:
    """Measure → the theme that most of its statements carry."""
    place = corpus.statements.set_index("statement")[["measure", "start"]]
    coded = codings.drop_duplicates(["statement", "theme"]).join(place.rename(columns={"start": "at"}), on="statement")
    coded = coded[coded["measure"].fillna("") != ""]
    counts = coded.groupby(["measure", "theme"], as_index=False).agg(n=("statement", "size"), first=("at", "min"))
    counts = counts.assign(_most=-counts["n"]).sort_values(["measure", "_most", "first", "theme"]).drop_duplicates("measure")
    return dict(zip(counts["measure"], counts["theme"], strict=True))


def _as_much_by_chance(themes: Array, labels: Array, *, draws: int, seed: int) -> float:
    """Share of random deals with as much mutual information (with the margins fixed it orders deals as the adjusted one does)."""
    theme, cluster = np.unique(themes, return_inverse=True)[1], np.unique(labels, return_inverse=True)[1]
    rng = np.random.default_rng(seed)

    def shared(dealt: Array) -> float:
        cells = np.zeros((theme.max() + 1, cluster.max() + 1))
        np.add.at(cells, (dealt, cluster), 1)
        return float((cells * np.log(np.maximum(cells, 1))).sum())

    seen = shared(theme)
    as_much = sum(shared(rng.permutation(theme)) >= seen - 1e-9 for _ in range(draws))
    return (1 + as_much) / (1 + draws)
