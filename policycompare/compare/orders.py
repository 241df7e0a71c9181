"""Whether the order of plans on a theme hangs on what is counted: statements, measures or characters.

Caveat: an order is all that is looked at. Two plans a hair apart may turn without any meaning; the intervals of
:func:`policycompare.coverage` say how far apart they are.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from policycompare import schema


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
