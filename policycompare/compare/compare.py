"""Differences between plans that can be told apart.

Caveat: "distinguishable" says that so large a difference would be rare had the same measures been dealt to the plans at
random. It says nothing of plans of another genre, level or year, and "not distinguishable" is no proof of likeness.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.dataset.aggregates import differences_of, own_codings
from policycompare.dataset.dataset import Dataset
from policycompare.dataset.units import carried
from policycompare.schema import Array
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

OTHERS = "others"
MARKS = ("distinguishable", "not distinguishable", "cannot be computed")
COLUMNS = [
    "plan",
    "other",
    "theme",
    "by",
    "share",
    "share_other",
    "difference",
    "low",
    "high",
    "p",
    "p_adjusted",
    "distinguishable",
    "mark",
    "reason",
]


def compare_coverage(
    corpus: Corpus | Dataset,
    codings: pd.DataFrame | None = None,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    by: str = "statements",
    against: Sequence[str] | None = None,
    level: float = 0.95,
    alpha: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Each theme's share in each plan against the mean of the other plans, and against every other plan.

    Parameters
    ----------
    corpus, codings
        The plans and their codings. A data set has its own codings and is counted where it lies (:mod:`policycompare.dataset.aggregates`), each
        plan against the others: without resampling, ``draws`` and ``seed`` have no part in it.
    taxonomy
        The themes to compare: those that no plan takes up are rows too.
    by
        ``statements``, ``measures`` or ``characters``, as in :func:`policycompare.coverage`.
    against
        ``others``, ``pairs`` or both; by default both, of a data set ``others``.
    level
        Of the intervals.
    alpha
        The adjusted p-value up to which a difference is marked distinguishable.
    draws, seed
        Of the resampling, and of the permutations.

    Returns
    -------
    pandas.DataFrame
        One row plan × other × theme; ``other`` is a plan's id or ``others`` (the unweighted mean of the other plans). Shares and
        ``difference`` (share − share_other) in 0–1; ``low`` and ``high`` from resampling whole measures within each plan;
        ``p`` from permuting whole measures between the plans; ``p_adjusted`` by Benjamini & Hochberg (1995) over all rows of
        the table; ``distinguishable`` (true or false) and ``mark``, one of :data:`MARKS`, with a ``reason`` where nothing can be computed.

    Raises
    ------
    PolicyCompareError
        ``by`` or ``against`` is unknown.

    Notes
    -----
    Statements of one measure hang together, so a measure is drawn and permuted whole; a statement outside any measure is a unit
    of its own. ``p`` counts the observed order in (Phipson & Smyth 2010), so it is never 0. Where a share is 0 or 1 in a
    plan, resampling is blind, and that plan's part of the interval is the exact binomial bound, joined with the other's as in
    Zou & Donner (2008, Statistics in Medicine 27).

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> table = pc.compare_coverage(corpus, pc.code(corpus), draws=200)
    >>> len(table), sorted(set(table["mark"]) - set(MARKS))
    (75, [])
    """
    schema.one_of("by", by, schema.COUNTED_BY)
    large = isinstance(corpus, Dataset)
    against = (["others"] if large else ["others", "pairs"]) if against is None else against
    for way in against:
        schema.one_of("against", way, ["others"] if large else ["others", "pairs"])
    loaded = load_taxonomy(taxonomy)
    themes = [theme.id for theme in loaded.reported]
    if isinstance(corpus, Dataset):
        own_codings(corpus, codings, themes)
        return marked(differences_of(corpus, themes, by=by, level=level).assign(other=OTHERS), by=by, alpha=alpha)[COLUMNS]
    if codings is None:
        raise schema.PolicyCompareError("codings are missing; pass compare_coverage(corpus, codings), with codings from code(corpus).")
    plans = sorted(corpus.plans["plan"])
    units = _units(corpus, codings, plans, themes, by)
    rng = np.random.default_rng(seed)
    drawn = {plan: _resampled(units[plan], rng, draws) for plan in plans}
    blocks = []
    if "others" in against:
        found = _each_against_the_rest(plans, units, drawn, themes, rng, level=level)
        blocks += [found[plan].assign(plan=plan, other=OTHERS) for plan in plans]
    if "pairs" in against:
        for pair in combinations(plans, 2):
            found = _each_against_the_rest(list(pair), units, drawn, themes, rng, level=level)
            blocks.append(found[pair[0]].assign(plan=pair[0], other=pair[1]))
    return marked(pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=COLUMNS), by=by, alpha=alpha)[COLUMNS]


def marked(table: pd.DataFrame, *, alpha: float, **columns: str) -> pd.DataFrame:
    """A table of differences with ``p`` adjusted over its rows, and which of them are told apart."""
    table = table.assign(**columns, p_adjusted=adjusted(table["p"].to_numpy(dtype=float)))
    open_question = table["p"].isna().to_numpy()
    told = table["p_adjusted"].to_numpy(dtype=float) <= alpha
    return table.assign(distinguishable=told, mark=np.where(open_question, MARKS[2], np.where(told, MARKS[0], MARKS[1])))


def adjusted(p: Array) -> Array:
    """P-values adjusted for the false discovery rate (Benjamini & Hochberg 1995); missing ones stay missing and count for nothing.

    Examples
    --------
    >>> adjusted(np.array([0.005, 0.02, np.nan, 0.9])).tolist()
    [0.015, 0.03, nan, 0.9]
    """
    from scipy.stats import false_discovery_control

    out, known = np.full(len(p), np.nan), ~np.isnan(p)
    if known.any():
        out[known] = false_discovery_control(p[known], method="bh")
    return out


class _Units:
    """A plan's measures and loose statements: what each carries of every theme, and its weight."""

    def __init__(self, carried: Array, weight: Array) -> None:
        self.carried, self.weight = carried, weight

    @property
    def share(self) -> Array:
        whole = self.weight.sum()
        return self.carried.sum(axis=0) / whole if whole else np.full(self.carried.shape[1], np.nan)


def _units(corpus: Corpus, codings: pd.DataFrame, plans: list[str], themes: list[str], by: str) -> dict[str, _Units]:
    body = corpus.statements[corpus.statements["kind"] == "body"].sort_values(["plan", "start"], ignore_index=True)
    coded = carried(body, codings, themes)
    measure = body["measure"].fillna("").to_numpy(dtype=object)
    weight = body["text"].str.len().to_numpy(dtype=float) if by == "characters" else np.ones(len(body))
    names = np.where(measure != "", measure, "\0" + body["statement"].to_numpy(dtype=object))
    kept = measure != "" if by == "measures" else np.ones(len(body), dtype=bool)
    rows_of = body.groupby("plan", sort=False).indices
    out = {}
    for plan in plans:
        rows: Array = np.asarray(rows_of.get(plan, np.array([], dtype=np.intp)))
        rows = rows[kept[rows]]
        unit, kinds = pd.factorize(names[rows])
        sums, whole = np.zeros((len(kinds), len(themes))), np.zeros(len(kinds))
        np.add.at(sums, unit, coded[rows] * weight[rows, None])
        np.add.at(whole, unit, weight[rows])
        out[plan] = _Units((sums > 0).astype(float), np.ones(len(kinds))) if by == "measures" else _Units(sums, whole)
    return out


def _resampled(units: _Units, rng: np.random.Generator, draws: int) -> Array:
    """Draws × themes: the plan's shares when its units are drawn anew."""
    n = len(units.weight)
    if not n:
        return np.full((draws, units.carried.shape[1]), np.nan)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=draws)
    shares: Array = (counts @ units.carried) / (counts @ units.weight)[:, None]
    return shares


def _each_against_the_rest(
    group: list[str], units: dict[str, _Units], drawn: dict[str, Array], themes: list[str], rng: np.random.Generator, *, level: float
) -> dict[str, pd.DataFrame]:
    """Each plan of a group against the unweighted mean of the group's other plans; in a pair that is the other plan."""
    known = [plan for plan in group if len(units[plan].weight)]
    shares = np.array([units[plan].share for plan in known]).reshape(len(known), len(themes))
    single = all(len(units[plan].weight) == 1 for plan in known)
    blank = np.full(len(themes), np.nan)
    figures: dict[str, tuple[Array, ...]] = {}
    reasons = {}
    if len(known) > 1:
        theirs = _of_the_rest(shares)
        low = high = p = np.full(shares.shape, np.nan)
        if not single:
            low, high = _interval(shares, np.array([drawn[plan] for plan in known]), [units[plan] for plan in known], level=level)
            p = _permuted([units[plan] for plan in known], shares - theirs, rng, draws=len(drawn[known[0]]))
        nothing = ((shares == 0) & (theirs == 0)) | ((shares == 1) & (theirs == 1))
        low, high, p = (np.where(nothing, np.nan, values) for values in (low, high, p))
        figures = {plan: tuple(part[row] for part in (shares, theirs, low, high, p)) for row, plan in enumerate(known)}
    for plan in group:
        own = units[plan].share
        reason = np.full(len(themes), "", dtype=object)
        if plan not in known:
            reason[:] = f"{plan} has nothing to count"
        elif len(known) < 2:
            silent = next((other for other in group if other != plan), "") if len(group) == 2 else ""
            reason[:] = f"{silent} has nothing to count" if silent else "there is no other plan with anything to count"
        elif single:
            reason[:] = "each side is one unit: nothing can be resampled"
        else:
            mine, theirs = figures[plan][:2]
            reason[(mine == 0) & (theirs == 0)] = "the theme stands in none of these plans"
            reason[(mine == 1) & (theirs == 1)] = "the theme stands everywhere in these plans"
        reasons[plan] = reason
        figures.setdefault(plan, (own, shares.mean(axis=0) if plan not in known and known else blank, blank, blank, blank))
    names = ("share", "share_other", "low", "high", "p")
    tables = {
        plan: pd.DataFrame({"theme": themes, **dict(zip(names, figures[plan], strict=True)), "reason": reasons[plan]}) for plan in group
    }
    return {plan: table.assign(difference=table["share"] - table["share_other"]) for plan, table in tables.items()}


def _of_the_rest(values: Array) -> Array:
    """For each row (plan) the mean of the other rows."""
    rest: Array = (values.sum(axis=0) - values) / (len(values) - 1)
    return rest


def _interval(shares: Array, drawn: Array, units: list[_Units], *, level: float) -> tuple[Array, Array]:
    """Percentile intervals of plans × themes. Where all units of a plan agree its draws never move: what the exact bound leaves open is added, in squares."""
    tail = (1 - level) / 2
    difference = shares - _of_the_rest(shares)
    low, high = np.quantile(drawn - _of_the_rest(drawn), [tail, 1 - tail], axis=1)
    below, above = (np.array([_blind(one, tail)[side] for one in units]) for side in (0, 1))
    rest_below, rest_above = (np.sqrt(np.maximum((far**2).sum(axis=0) - far**2, 0)) / (len(units) - 1) for far in (below, above))
    low = difference - np.hypot(difference - np.minimum(low, difference), np.hypot(below, rest_above))
    high = difference + np.hypot(np.maximum(high, difference) - difference, np.hypot(above, rest_below))
    return np.maximum(low, -1), np.minimum(high, 1)


def _blind(units: _Units, tail: float) -> Array:
    """How far the share may lie below (row 0) and above (row 1) one of exactly 0 or 1 in so many units; 0 elsewhere."""
    far = 1 - tail ** (1 / len(units.weight))
    return np.array([np.where(units.share == 1, far, 0.0), np.where(units.share == 0, far, 0.0)])


def _permuted(units: list[_Units], difference: Array, rng: np.random.Generator, *, draws: int) -> Array:
    """P-values of plans × themes: in what part of the random deals of all units to plans of these sizes is the difference as large?"""
    of_units = np.vstack([one.carried for one in units])
    weight = np.concatenate([one.weight for one in units])
    starts = np.cumsum([0, *(len(one.weight) for one in units[:-1])])
    as_large = np.zeros(difference.shape)
    block = max(1, 500_000 // len(weight))  # deals at a time: bounds the memory whatever the number of plans
    for done in range(0, draws, block):
        deal = np.argsort(rng.random((min(block, draws - done), len(weight))), axis=1)
        shares = np.add.reduceat(of_units[deal], starts, axis=1) / np.add.reduceat(weight[deal], starts, axis=1)[:, :, None]
        random = shares - (shares.sum(axis=1, keepdims=True) - shares) / (len(units) - 1)
        as_large += (np.abs(random) >= np.abs(difference) - 1e-12).sum(axis=0)
    p: Array = (1 + as_large) / (1 + draws)
    return p
