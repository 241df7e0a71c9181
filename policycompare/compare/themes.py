"""Themes together and themes in place: which stand in the same statements, and where in a plan each stands.

Caveat: a place in a plan is a place in its text. Early is not the same as important: most plans open with ideology because the
genre asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policycompare.dataset.units import carried
from policycompare.schema import Array, one_of
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

TOGETHER = ["plan", "theme", "other", "by", "n", "of", "share", "units", "expected", "lift", "jaccard", "p", "reason"]
PLACES = ["plan", "theme", "n", "of", "first", "low", "middle", "high", "last", "mean", "p_place", "place"]
PLACES += ["blocks", "blocks_expected", "p_spread", "spread", "reason"]


def theme_pairs(
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    by: str | Sequence[str] = ("statements", "measures"),
    each_plan: bool = False,
) -> pd.DataFrame:
    """How often two themes stand in the same statement, or in the same measure.

    Parameters
    ----------
    corpus, codings, taxonomy
        The plans, their codings, and the themes to pair.
    by
        ``statements``, ``measures`` or both.
    each_plan
        Each plan for itself, instead of all plans together.

    Returns
    -------
    pandas.DataFrame
        One row theme × other theme, in both directions (and × plan with `each_plan`, else ``plan`` is empty): ``n`` units carry both, ``of``
        carry the theme, ``share`` = n / of; all there are is ``units``. ``expected`` would carry both were the two independent; ``lift`` =
        n / expected (above 1: together more often than that); ``jaccard`` = n / units with either; ``p`` of so many or more together by
        chance (hypergeometric, one-sided, not adjusted). Where one of the two stands nowhere or everywhere, ``reason`` says that these
        cannot be computed.

    Raises
    ------
    PolicyCompareError
        ``by`` is unknown.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> len(pc.theme_pairs(corpus, pc.code(corpus), by="measures"))
    20
    """
    themes = _themes(taxonomy)
    rows = []
    for way in [by] if isinstance(by, str) else by:
        one_of("by", way, ("statements", "measures"))
        plans, coded = _coded(corpus, codings, themes, way)
        for plan in sorted(corpus.plans["plan"]) if each_plan else [""]:
            inside = coded[plans == plan] if plan else coded
            units, each = len(inside), inside.sum(axis=0)
            both = inside.T.astype(int) @ inside.astype(int)
            for one, two in permutations(range(len(themes)), 2):
                rows.append([plan, themes[one], themes[two], way, *_pair(int(both[one, two]), int(each[one]), int(each[two]), units)])
    return pd.DataFrame(rows, columns=TOGETHER)


def _themes(taxonomy: Taxonomy | str | Path) -> list[str]:
    loaded = load_taxonomy(taxonomy)
    return [theme.id for theme in loaded.reported]


def _coded(corpus: Corpus, codings: pd.DataFrame, themes: list[str], unit: str) -> tuple[Array, Array]:
    """Each unit's plan, and units × themes: does the unit carry the theme? Units stand in the order of the text."""
    statements = corpus.statements
    body = statements[statements["kind"] == "body"].sort_values(["plan", "start"])
    names = body["statement"] if unit == "statements" else body["measure"].fillna("")
    body, names = body[names != ""], names[names != ""]
    code, found = pd.factorize(names)
    of_unit = np.zeros((len(found), len(themes)), dtype=bool)
    np.logical_or.at(of_unit, code, carried(body, codings, themes))
    plans = body["plan"].to_numpy(dtype=object)[np.unique(code, return_index=True)[1]] if len(code) else np.array([], dtype=object)
    return plans, of_unit


def _pair(both: int, one: int, two: int, units: int) -> list[Any]:
    from scipy.stats import hypergeom

    share = both / one if one else np.nan
    if not units or one in (0, units) or two in (0, units):
        nowhere = "there is nothing to count" if not units else "one of the themes stands nowhere"
        reason = "one of the themes stands everywhere" if units and one and two else nowhere
        return [both, one, share, units, np.nan, np.nan, np.nan, np.nan, reason]
    expected = one * two / units
    chance = float(hypergeom.sf(both - 1, units, one, two))
    return [both, one, share, units, expected, both / expected, both / (one + two - both), chance, ""]


def theme_places(
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    alpha: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Where in each plan a theme stands: early or late, in one block or spread.

    Parameters
    ----------
    corpus, codings, taxonomy
        The plans, their codings, and the themes to place.
    alpha
        Up to which p-value a place or a spread is called something.
    draws, seed
        Of the random orders of the plan's statements that each theme is held against.

    Returns
    -------
    pandas.DataFrame
        One row plan × theme. ``n`` of ``of`` body statements; ``first``, ``low`` (lower quartile), ``middle`` (median), ``high`` (upper
        quartile), ``last`` and ``mean`` place in the plan, 0 (its first body statement) to 1 (its last). ``place``: ``early``, ``late``
        or ``throughout``, by ``p_place`` (two-sided: so far a mean in a random order). ``blocks``: runs of neighbouring statements with the theme, ``blocks_expected`` in a random order (Wald & Wolfowitz
        1940); ``spread``: ``blocks`` (fewer than chance), ``spread`` (more) or ``as by chance``, by ``p_spread``. Below three statements
        only the places are given, and ``reason`` says so.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> places = pc.theme_places(corpus, pc.code(corpus), draws=200)
    >>> sorted(set(places["place"]) - {"early", "late", "throughout", ""})
    []
    """
    themes = _themes(taxonomy)
    plans, coded = _coded(corpus, codings, themes, "statements")
    rows = []
    for plan in sorted(corpus.plans["plan"]):
        inside = coded[plans == plan]
        rng = np.random.default_rng(seed)  # each plan for itself: its figures do not hang on the other plans
        orders = np.argsort(rng.random((draws, len(inside))), axis=1)
        at = np.linspace(0, 1, len(inside)) if len(inside) > 1 else np.zeros(len(inside))
        rows += [[plan, theme, *_place(inside[:, column], at, orders, alpha)] for column, theme in enumerate(themes)]
    return pd.DataFrame(rows, columns=PLACES)


def _place(has: Array, at: Array, orders: Array, alpha: float) -> list[Any]:
    n, of = int(has.sum()), len(has)
    if not n:
        return [n, of, *[np.nan] * 7, "", 0, np.nan, np.nan, "", "the theme stands nowhere in this plan"]
    places = at[has]
    seen = [*(float(cut) for cut in np.quantile(places, [0, 0.25, 0.5, 0.75, 1])), float(places.mean())]
    runs = int(_runs(has[None, :])[0])
    if n < 3 or n > of - 1:
        why = "fewer than three statements" if n < 3 else "the theme stands in every statement"
        return [n, of, *seen, np.nan, "", runs, np.nan, np.nan, "", why]
    random = has[orders]
    means = (random * at).sum(axis=1) / n
    centre = at.mean()
    p_place = _share(np.abs(means - centre) >= abs(seen[-1] - centre) - 1e-12)
    expected = n * (of - n + 1) / of
    counted = _runs(random)
    p_spread = min(1.0, 2 * min(_share(counted <= runs), _share(counted >= runs)))
    place = "throughout" if p_place > alpha else "early" if seen[-1] < centre else "late"
    spread = "as by chance" if p_spread > alpha else "blocks" if runs < expected else "spread"
    return [n, of, *seen, p_place, place, runs, expected, p_spread, spread, ""]


def _share(hits: Array) -> float:
    return float((1 + hits.sum()) / (1 + len(hits)))


def _runs(has: Array) -> Array:
    starts: Array = has[:, 0].astype(int) + (has[:, 1:] & ~has[:, :-1]).sum(axis=1)
    return starts
