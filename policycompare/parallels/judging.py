"""How far the counterparts found agree with those coded by hand, and how the method's weights were chosen.

Caveat: the list by hand covers 70 measures of the five packaged plans, coded twice by one language-model reader before the method was
written. Other plans, of other years or kinds, may be harder.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.parallels.nearness import combined, space_of
from policycompare.paths import data_path
from policycompare.schema import Array, PolicyCompareError

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

GRID = tuple(product((1.0,), (0.0, 0.5, 1.0, 2.0), (0.0, 0.1, 0.2, 0.3, 0.5)))
THRESHOLDS = np.round(np.arange(0.05, 0.4, 0.005), 3)
AGREEMENT = ["figure", "value", "low", "high", "n", "of", "reason"]


def gold_counterparts() -> pd.DataFrame:
    """The counterparts coded by hand: one row measure × other plan, by the rules of ``data/gold/counterparts.md``.

    Examples
    --------
    >>> gold_counterparts()["measure"].nunique()
    70
    """
    return pd.read_csv(data_path("gold", "counterparts.csv"), dtype=str, keep_default_na=False)


def counterpart_agreement(
    found: pd.DataFrame, gold: pd.DataFrame | None = None, *, draws: int = 2000, seed: int = 0, level: float = 0.95
) -> pd.DataFrame:
    """How often the nearest measure is a counterpart, and how well "none" is called.

    Parameters
    ----------
    found
        As :func:`policycompare.counterparts` returns them, or :func:`held_out_counterparts`.
    gold
        One row measure × other plan with the ``counterparts`` accepted, blank-separated; ``""`` is none. Default: the packaged list.
    draws, seed, level
        Of the bootstrap, which draws measures with all their queries.

    Returns
    -------
    pandas.DataFrame
        One row a figure, ``n`` of ``of`` queries, with its interval: ``precision at 1`` (of queries that have a counterpart, whether or not one was
        called, the nearest is one), ``called rightly`` (of the counterparts called, it is one), ``none found`` (of queries without a
        counterpart, none was called), ``none rightly`` (of those where none was called, there is none) and ``whether`` (there being one or none was
        called rightly).

    Raises
    ------
    PolicyCompareError
        No query of the list was answered.

    Examples
    --------
    >>> import policycompare as pc
    >>> found = pc.counterparts(pc.load_corpus())
    >>> bool(pc.counterpart_agreement(found, draws=100)["value"].iloc[0] > 0.8)
    True
    """
    asked = (gold_counterparts() if gold is None else gold).merge(found[found["reason"] == ""], on=["measure", "other"])
    if asked.empty:
        raise PolicyCompareError("counterparts: none of the list's measures was compared; the packaged list is of the five packaged plans.")
    has, called = (asked["counterparts"] != "").to_numpy(), asked["found"].to_numpy(dtype=bool)
    right = np.array([other in accepted.split() for other, accepted in zip(asked["other_measure"], asked["counterparts"], strict=True)])
    figures = {
        "precision at 1": (right, has),
        "called rightly": (right, called),
        "none found": (~called, ~has),
        "none rightly": (~has, ~called),
        "whether": (has == called, np.ones_like(has)),
    }
    measure, names = pd.factorize(asked["measure"], sort=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    rows = []
    for name, (hit, among) in figures.items():
        n, of = int((hit & among).sum()), int(among.sum())
        if not of:
            rows.append([name, np.nan, np.nan, np.nan, 0, 0, "no query of this kind"])
            continue
        hits, all_ = (np.bincount(measure, weights=part, minlength=len(names)) for part in (hit & among, among))
        with np.errstate(invalid="ignore"):
            values = (drawn @ hits) / (drawn @ all_)
        low, high = (float(np.nanquantile(values, cut)) for cut in ((1 - level) / 2, (1 + level) / 2))
        rows.append([name, n / of, low, high, n, of, ""])
    return pd.DataFrame(rows, columns=AGREEMENT)


@dataclass(frozen=True)
class _Tried:
    """What every point of the grid says of each query of the list: the nearest measure and its score; and what is asked."""

    asked: pd.DataFrame
    nearest: dict[tuple[float, ...], tuple[Array, Array]]

    def right(self, weights: tuple[float, ...]) -> Array:
        accepted = zip(self.nearest[weights][0], self.asked["counterparts"], strict=True)
        return np.array([name in names.split() for name, names in accepted])


def _try(corpus: Corpus) -> _Tried:
    space = space_of(corpus)
    everything = (0, len(space.measures))
    *likenesses, _ = space.parts(everything, everything)
    asked = gold_counterparts()
    name, plan = (space.measures[column].to_numpy(dtype=object) for column in ("measure", "plan"))
    place = {measure: at for at, measure in enumerate(name)}
    among = [np.flatnonzero(plan == other) for other in asked["other"]]
    nearest: dict[tuple[float, ...], tuple[Array, Array]] = {}
    for weights in GRID:
        scores = combined(likenesses, weights)
        best = [rows[int(np.argmax(scores[place[one], rows]))] for one, rows in zip(asked["measure"], among, strict=True)]
        nearest[weights] = (name[best], np.array([scores[place[one], to] for one, to in zip(asked["measure"], best, strict=True)]))
    return _Tried(asked, nearest)


def choose(corpus: Corpus) -> tuple[tuple[float, ...], float]:
    """The weights and the least score that serve the list best: precision at 1 plus the mean of both kinds of calls' recall.

    Of equals the first of the grid, and the middle of the best scores.
    """
    tried = _try(corpus)
    return _chosen(tried, np.ones(len(tried.asked), dtype=bool))


def _chosen(tried: _Tried, among: Array) -> tuple[tuple[float, ...], float]:
    has = (tried.asked["counterparts"] != "").to_numpy()
    best: tuple[float, tuple[float, ...], float] = (-1.0, GRID[0], 0.0)
    for weights in GRID:
        score = tried.nearest[weights][1]
        called = score[:, None] >= THRESHOLDS
        balanced = np.round((called[among & has].mean(axis=0) + (~called[among & ~has]).mean(axis=0)) / 2, 9)
        worth = round(float(tried.right(weights)[among & has].mean() + balanced.max()), 9)
        if worth > best[0]:
            best = (worth, weights, float(np.quantile(THRESHOLDS[balanced == balanced.max()], 0.5, method="lower")))
    return best[1], best[2]


def held_out_counterparts(corpus: Corpus) -> pd.DataFrame:
    """The packaged list's queries answered with weights and least score chosen without the two plans concerned.

    Parameters
    ----------
    corpus
        The five packaged plans.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``other``, ``other_measure``, ``score``, ``found``, ``reason`` as :func:`policycompare.counterparts` has them. Queries between the same
        two plans, in both directions, are left out together.

    Raises
    ------
    PolicyCompareError
        The corpus lacks a measure of the list.

    Examples
    --------
    >>> import policycompare as pc
    >>> len(held_out_counterparts(pc.load_corpus()))
    140
    """
    missing = sorted(set(gold_counterparts()["measure"]) - set(corpus.measures["measure"]))
    if missing:
        raise PolicyCompareError(f"corpus: it lacks {len(missing)} measures of the list, such as {missing[0]}; pass pc.load_corpus().")
    tried = _try(corpus)
    plan_of = dict(zip(corpus.measures["measure"], corpus.measures["plan"], strict=True))
    pairs = np.array(
        ["|".join(sorted((plan_of[one], other))) for one, other in zip(tried.asked["measure"], tried.asked["other"], strict=True)]
    )
    parts = []
    for pair in np.unique(pairs):
        inside = pairs == pair
        weights, at_least = _chosen(tried, ~inside)
        other_measure, score = (column[inside] for column in tried.nearest[weights])
        part = tried.asked.loc[inside, ["measure", "other"]]
        parts.append(part.assign(other_measure=other_measure, score=score, found=score >= at_least, reason=""))
    table: pd.DataFrame = pd.concat(parts).sort_index()
    return table
