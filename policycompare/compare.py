"""Differences between plans that can be told apart, and where the order of plans hangs on what is counted.

Caveat: "distinguishable" says that so large a difference would be rare had the same measures been dealt to the plans at
random. It says nothing of plans of another genre, level or year, and "not distinguishable" is no proof of likeness.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus import Corpus

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

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
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    by: str = "statements",
    against: Sequence[str] = ("others", "pairs"),
    level: float = 0.95,
    alpha: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Each theme's share in each plan against the mean of the other plans, and against every other plan.

    Parameters
    ----------
    corpus, codings
        The plans and their codings.
    taxonomy
        The themes to compare: those that no plan takes up are rows too.
    by
        ``statements``, ``measures`` or ``characters``, as in :func:`policycompare.coverage`.
    against
        ``others``, ``pairs`` or both.
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
    for way in against:
        schema.one_of("against", way, ("others", "pairs"))
    loaded = load_taxonomy(taxonomy) if isinstance(taxonomy, str | Path) else taxonomy
    themes = [theme.id for theme in loaded.reported]
    plans = sorted(corpus.plans["plan"])
    units = {plan: _units(corpus, codings, plan, themes, by) for plan in plans}
    rng = np.random.default_rng(seed)
    drawn = {plan: _resampled(units[plan], rng, draws) for plan in plans}
    blocks = []
    if "others" in against:
        blocks += [_against_others(plan, plans, units, drawn, themes, rng, draws=draws, level=level) for plan in plans]
    if "pairs" in against:
        blocks += [_against(one, [two], two, units, drawn, themes, rng, draws=draws, level=level) for one, two in combinations(plans, 2)]
    table = pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=COLUMNS)
    table = table.assign(by=by, p_adjusted=adjusted(table["p"].to_numpy(dtype=float)))
    open_question = table["p"].isna().to_numpy()
    told = table["p_adjusted"].to_numpy(dtype=float) <= alpha
    return table.assign(distinguishable=told, mark=np.where(open_question, MARKS[2], np.where(told, MARKS[0], MARKS[1])))[COLUMNS]


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


def _units(corpus: Corpus, codings: pd.DataFrame, plan: str, themes: list[str], by: str) -> _Units:
    statements = corpus.statements
    body = statements[(statements["plan"] == plan) & (statements["kind"] == "body")].sort_values("start")
    place = pd.Index(body["statement"])
    mine = codings[codings["theme"].isin(themes)]
    at = place.get_indexer(pd.Index(mine["statement"]))
    coded = np.zeros((len(body), len(themes)))
    coded[at[at >= 0], pd.Index(themes).get_indexer(pd.Index(mine["theme"]))[at >= 0]] = 1
    measure = body["measure"].fillna("").to_numpy(dtype=object)
    if by == "measures":
        body, coded, measure = body[measure != ""], coded[measure != ""], measure[measure != ""]
    names = np.where(measure != "", measure, "\0" + body["statement"].to_numpy(dtype=object))
    unit, kinds = pd.factorize(names)
    weight = body["text"].str.len().to_numpy(dtype=float) if by == "characters" else np.ones(len(body))
    carried, whole = np.zeros((len(kinds), len(themes))), np.zeros(len(kinds))
    np.add.at(carried, unit, coded * weight[:, None])
    np.add.at(whole, unit, weight)
    return _Units((carried > 0).astype(float), np.ones(len(kinds))) if by == "measures" else _Units(carried, whole)


def _resampled(units: _Units, rng: np.random.Generator, draws: int) -> Array:
    """Draws × themes: the plan's shares when its units are drawn anew."""
    n = len(units.weight)
    if not n:
        return np.full((draws, units.carried.shape[1]), np.nan)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=draws)
    shares: Array = (counts @ units.carried) / (counts @ units.weight)[:, None]
    return shares


def _against_others(
    plan: str,
    plans: list[str],
    units: dict[str, _Units],
    drawn: dict[str, Array],
    themes: list[str],
    rng: np.random.Generator,
    *,
    draws: int,
    level: float,
) -> pd.DataFrame:
    others = [other for other in plans if other != plan]
    return _against(plan, others, OTHERS, units, drawn, themes, rng, draws=draws, level=level)


def _against(
    plan: str,
    others: list[str],
    name: str,
    units: dict[str, _Units],
    drawn: dict[str, Array],
    themes: list[str],
    rng: np.random.Generator,
    *,
    draws: int,
    level: float,
) -> pd.DataFrame:
    """One plan against one other plan, or against the unweighted mean of several."""
    others = [other for other in others if len(units[other].weight)]
    mine = units[plan].share
    blank = np.full(len(themes), np.nan)
    theirs = np.mean([units[other].share for other in others], axis=0) if others else blank
    difference = mine - theirs
    low = high = p = blank
    reason = np.full(len(themes), "", dtype=object)
    if not len(units[plan].weight):
        reason[:] = f"{plan} has nothing to count"
    elif not others:
        reason[:] = "there is no other plan with anything to count" if name == OTHERS else f"{name} has nothing to count"
    elif len(units[plan].weight) == 1 and max(len(units[other].weight) for other in others) == 1:
        reason[:] = "each side is one unit: nothing can be resampled"
    else:
        low, high = _interval(plan, others, units, drawn, difference, level=level)
        p = _permuted(plan, others, units, difference, rng, draws=draws)
        nowhere = (mine == 0) & (theirs == 0)
        everywhere = (mine == 1) & (theirs == 1)
        reason[nowhere] = "the theme stands in none of these plans"
        reason[everywhere] = "the theme stands everywhere in these plans"
        low, high, p = (np.where(nowhere | everywhere, np.nan, values) for values in (low, high, p))
    return pd.DataFrame(
        {
            "plan": plan,
            "other": name,
            "theme": themes,
            "share": mine,
            "share_other": theirs,
            "difference": difference,
            "low": low,
            "high": high,
            "p": p,
            "reason": reason,
        }
    )


def _interval(
    plan: str, others: list[str], units: dict[str, _Units], drawn: dict[str, Array], difference: Array, *, level: float
) -> tuple[Array, Array]:
    tail = (1 - level) / 2
    draws = drawn[plan] - np.mean([drawn[other] for other in others], axis=0)
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    # Where all units of a plan agree its draws never move: add what the exact bound leaves open, in squares.
    up, down = _blind(units[plan], tail), np.zeros((2, len(difference)))
    for other in others:
        down = np.hypot(down, _blind(units[other], tail) / len(others))
    low = difference - np.hypot(difference - np.minimum(low, difference), np.hypot(up[0], down[1]))
    high = difference + np.hypot(np.maximum(high, difference) - difference, np.hypot(up[1], down[0]))
    return np.maximum(low, -1), np.minimum(high, 1)


def _blind(units: _Units, tail: float) -> Array:
    """How far the share may lie below (row 0) and above (row 1) one of exactly 0 or 1 in so many units; 0 elsewhere."""
    far = 1 - tail ** (1 / len(units.weight))
    return np.array([np.where(units.share == 1, far, 0.0), np.where(units.share == 0, far, 0.0)])


def _permuted(plan: str, others: list[str], units: dict[str, _Units], difference: Array, rng: np.random.Generator, *, draws: int) -> Array:
    """P-values: in what part of the random deals of all units to plans of these sizes is the difference as large?"""
    sides = [plan, *others]
    carried = np.vstack([units[side].carried for side in sides])
    weight = np.concatenate([units[side].weight for side in sides])
    deal = np.argsort(rng.random((draws, len(weight))), axis=1)
    shares, at = [], 0
    for side in sides:
        dealt = deal[:, at : at + len(units[side].weight)]
        at += dealt.shape[1]
        shares.append(carried[dealt].sum(axis=1) / weight[dealt].sum(axis=1)[:, None])
    random = shares[0] - np.mean(shares[1:], axis=0)
    as_large = np.abs(random) >= np.abs(difference) - 1e-12
    p: Array = (1 + as_large.sum(axis=0)) / (1 + draws)
    return p


def compare_orders(coverage: pd.DataFrame) -> pd.DataFrame:
    """Whether the order of plans on a theme hangs on what is counted.

    Parameters
    ----------
    coverage
        As :func:`policycompare.coverage` returns it, with at least two ways of counting.

    Returns
    -------
    pandas.DataFrame
        One row a theme: ``depends`` (does any two plans' order turn?), ``turned`` (the pairs that turn), and for each way of
        counting the plans from the largest share to the smallest (``=`` joins equals); ``warning`` says it in words.

    Examples
    --------
    >>> rows = [("a", "safety", "statements", 0.3), ("b", "safety", "statements", 0.2), ("a", "safety", "measures", 0.1), ("b", "safety", "measures", 0.2)]
    >>> orders = compare_orders(pd.DataFrame(rows, columns=["plan", "theme", "by", "share"]))
    >>> orders[["depends", "turned", "statements", "measures"]].values.tolist()
    [[True, 'a–b', 'a > b', 'b > a']]
    """
    rows = []
    plain = coverage[coverage["subtheme"].fillna("") == ""] if "subtheme" in coverage else coverage
    ways = [way for way in schema.COUNTED_BY if way in set(plain["by"])]
    for theme, block in plain.groupby("theme", sort=False):
        share = block.pivot(index="plan", columns="by", values="share")[ways].round(9)
        turned = []
        for one, two in combinations(sorted(share.index), 2):
            signs = {float(sign) for sign in np.sign(share.loc[one] - share.loc[two]).dropna()}
            if {1.0, -1.0} <= signs:
                turned.append(f"{one}–{two}")
        orders = {way: _order(share[way]) for way in ways}
        known = share.notna().all().sum()
        warning = f"the order of {', '.join(turned)} depends on what is counted" if turned else ""
        if known < 2:
            warning = "cannot be computed: fewer than two ways of counting have a share for every plan"
        rows.append({"theme": theme, "depends": bool(turned), "turned": " ".join(turned), **orders, "warning": warning})
    return pd.DataFrame(rows, columns=["theme", "depends", "turned", *ways, "warning"])


def _order(shares: pd.Series[float]) -> str:
    known = sorted(((-share, str(plan)) for plan, share in shares.items() if share == share))
    out = ""
    for place, (share, plan) in enumerate(known):
        joint = "" if not place else " = " if share == known[place - 1][0] else " > "
        out += joint + plan
    return out
