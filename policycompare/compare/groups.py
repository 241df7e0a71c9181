"""Groups of plans, such as provinces or years, and how far apart their mean shares are.

Caveat: here the plan is the unit: a group's share is the unweighted mean of its plans' shares, and its interval says how far another handful of
plans of such a group would move it. Plans that were chosen by hand are no random sample of their province.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from policycompare.compare.compare import OTHERS, marked
from policycompare.divisions import prefecture_of, prefectures
from policycompare.schema import TABLES, Array, PolicyCompareError, one_of

PREFECTURE = "prefecture"
COLUMNS = ["group", "other", "theme", "by", "plans", "plans_other", "share", "share_other", "difference"]
COLUMNS += ["low", "high", "p", "p_adjusted", "distinguishable", "mark", "reason"]


def compare_groups(
    coverage: pd.DataFrame,
    plans: pd.DataFrame,
    *,
    group: str = "province",
    by: str = "statements",
    pairs: bool = True,
    level: float = 0.95,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Each theme's mean share in each group of plans against all plans outside it, and against every other group.

    Parameters
    ----------
    coverage, plans
        The tables of these names, of a corpus or a data set.
    group
        The column of ``plans`` that names a plan's group, or ``prefecture`` (see :func:`group_names`); plans where it is empty are left out.
    by
        ``statements``, ``measures`` or ``characters``.
    pairs
        Whether to compare every two groups, too.
    level
        Of the intervals.
    alpha
        The adjusted p-value up to which a difference is marked distinguishable.

    Returns
    -------
    DataFrame
        One row group × other × theme; ``other`` is a group or ``others``. ``share`` and ``share_other`` are unweighted means over ``plans`` and
        ``plans_other`` plans, in 0–1; ``low``, ``high`` and ``p`` of their ``difference`` by Welch's t (1947, Biometrika 34); ``p_adjusted``
        by Benjamini & Hochberg over the table; ``reason`` where nothing can be computed.

    Raises
    ------
    PolicyCompareError
        ``group`` is no column of plans, or ``by`` is unknown.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> table = compare_groups(pc.coverage(corpus, pc.code(corpus)), corpus.plans, group="script", pairs=False)
    >>> table.loc[table["theme"] == "safety", ["group", "plans", "plans_other"]].values.tolist()
    [['simplified', 3, 2], ['traditional', 2, 3]]
    """
    one_of("by", by, TABLES["coverage"]["by"].allowed)
    one_of("group", group, [name for name in group_names(plans) if name != "plan"])
    of_plan = members(plans, group)
    mine = coverage[(coverage["by"] == by) & (coverage.get("subtheme", "") == "") & coverage["share"].notna()]
    member = of_plan.reindex(mine["plan"]).fillna("").to_numpy()
    themes = list(dict.fromkeys(mine["theme"]))
    cells = mine.assign(group=member, square=mine["share"] ** 2)[member != ""].groupby(["group", "theme"])
    moments = {
        name: found.unstack().reindex(columns=themes).to_numpy(dtype=float)
        for name, found in (("n", cells["share"].size()), ("sum", cells["share"].sum()), ("squares", cells["square"].sum()))
    }
    names = sorted(set(member) - {""})
    whole = {name: values.sum(axis=0) for name, values in moments.items()}
    if not names:
        raise PolicyCompareError(f"group: no plan says its {group}; fill the column in plans.csv, or name another.")
    one, other = np.array(list(combinations(range(len(names)), 2)) if pairs else [], dtype=int).reshape(-1, 2).T
    own, rest = {}, {}
    for key, values in moments.items():
        own[key] = np.concatenate([values, values[one]]).reshape(-1)
        rest[key] = np.concatenate([whole[key] - values, values[other]]).reshape(-1)
    called = np.array(names, dtype=object)
    heads = {
        "group": np.concatenate([called, called[one]]),
        "other": np.concatenate([np.full(len(names), OTHERS, dtype=object), called[other]]),
    }
    keys = {name: pd.array(values.repeat(len(themes)), dtype="str") for name, values in heads.items()}
    table = _welch(own, rest, level=level).assign(**keys, theme=themes * len(heads["group"]))
    return marked(table, alpha=alpha, by=by)[COLUMNS]


def members(plans: pd.DataFrame, group: str) -> pd.Series:
    """Plan id → the plan's group as text, ``""`` where the column ``group`` is empty; whole numbers are written without a point.

    Raises
    ------
    PolicyCompareError
        Plans has no column of ids, or one plan twice.

    Examples
    --------
    >>> members(pd.DataFrame({"plan": ["a", "b"], "year": [2020.0, None]}), "year").to_dict()
    {'a': '2020', 'b': ''}
    """
    if "plan" not in plans:
        raise PolicyCompareError("plans: column plan is missing; pass the table plans of the corpus or data set.")
    if plans["plan"].duplicated().any():
        twice = sorted(set(plans["plan"][plans["plan"].duplicated()]))
        raise PolicyCompareError(f"plans: {', '.join(map(str, twice[:3]))} stands in more than one row; leave one row of each plan.")
    if group == PREFECTURE and group not in plans:
        return prefecture_codes(plans).map({"": "", **prefectures().set_index("code")["name"]})
    values = plans.set_index("plan", drop=False)[group].convert_dtypes()
    return values.astype("str").where(values.notna(), "").str.strip()


def group_names(plans: pd.DataFrame) -> list[str]:
    """What plans can be grouped by: the table's columns, and the prefecture that follows from a plan's region and province.

    Examples
    --------
    >>> group_names(pd.DataFrame(columns=["plan", "region", "province"]))
    ['plan', 'region', 'province', 'prefecture']
    """
    columns = [str(name) for name in plans]
    return list(dict.fromkeys([*columns, PREFECTURE])) if {"region", "province"} <= set(columns) else columns


def prefecture_codes(plans: pd.DataFrame) -> pd.Series:
    """Plan id → the code of the prefecture that the plan's region is, or lies in, as :func:`policycompare.divisions.prefecture_of` reads it.

    Examples
    --------
    >>> plans = pd.DataFrame({"plan": ["a", "b"], "region": ["赤壁市", "某县"], "province": ["湖北省", "湖北省"]})
    >>> prefecture_codes(plans).to_dict()
    {'a': '4212', 'b': ''}
    """
    region, province = members(plans, "region"), members(plans, "province")
    return pd.Series([prefecture_of(*said) for said in zip(region, province, strict=True)], index=region.index, dtype="str")


def _welch(own: dict[str, Array], rest: dict[str, Array], *, level: float) -> pd.DataFrame:
    """Welch's t for each theme, from the number of plans, the sum of their shares and the sum of their squares."""
    from scipy.stats import t

    (n, mean, of_mean), (n_rest, mean_rest, of_rest) = _mean(own), _mean(rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(of_mean + of_rest)
        freedom = error**4 / (of_mean**2 / (n - 1) + of_rest**2 / (n_rest - 1))
        difference = mean - mean_rest
        half = t.isf((1 - level) / 2, freedom) * error
        p = 2 * t.sf(np.abs(difference) / error, freedom)
    reason = np.full(len(mean), "", dtype=object)
    reason[error == 0] = "all plans of both sides have the same share"
    reason[(n < 2) | (n_rest < 2)] = "a side has fewer than two plans: how far its mean would move is not known"
    blank = reason != ""
    figures = {"low": difference - half, "high": difference + half, "p": p}
    return pd.DataFrame(
        {
            "plans": n.astype(int), "plans_other": n_rest.astype(int), "share": mean, "share_other": mean_rest, "difference": difference,
            **{name: np.where(blank, np.nan, values) for name, values in figures.items()}, "reason": reason,
        }
    )  # fmt: skip


def _mean(side: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Number of plans, their mean share, and the variance of that mean."""
    n = np.nan_to_num(side["n"])
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = side["sum"] / n
        variance = np.maximum(side["squares"] - n * mean**2, 0) / (n - 1) / n
    return n, mean, variance
