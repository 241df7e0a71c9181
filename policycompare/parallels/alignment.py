"""What counterparts add up to: who covers whose measures, and which measures nobody else has.

Caveat: both rest on the calls of :func:`policycompare.counterparts`, whose errors no interval here contains.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from policycompare.corpus.corpus import Corpus
from policycompare.intervals import wilson

ALIGNMENT = ["plan", "other", "n", "of", "share", "low", "high", "within", "reason"]
ALONE = ["plan", "measure", "title", "text", "other", "other_measure", "score", "quote", "other_quote"]


def plan_alignment(corpus: Corpus, found: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Who covers whose measures: how many of a plan's measures have a counterpart in each other plan.

    Parameters
    ----------
    corpus
        The plans.
    found
        As :func:`policycompare.counterparts` returns them.
    level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row plan × other plan: ``n`` of the plan's ``of`` measures, ``share`` = n / of with Wilson's interval (how far it would
        move with other measures; the errors of the calls come on top), the n measures' ids as ``within``, and ``reason`` where it cannot be
        computed.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> len(pc.plan_alignment(corpus, pc.counterparts(corpus)))
    20
    """
    having = corpus.measures.groupby("plan").size()
    matched = {pair: list(rows) for pair, rows in found[found["found"]].groupby(["plan", "other"])["measure"]}
    rows = []
    plans = sorted(corpus.plans["plan"])
    for plan in plans:
        for other in plans:
            silent = [name for name in (plan, other) if name not in having]
            if plan != other and silent:
                rows.append(
                    [plan, other, 0, int(having.get(plan, 0)), np.nan, np.nan, np.nan, "", f"{' and '.join(silent)} has no measure"]
                )
            elif plan != other:
                mine, of = matched.get((plan, other), []), int(having[plan])
                rows.append([plan, other, len(mine), of, len(mine) / of, *wilson(len(mine), of, level=level), " ".join(mine), ""])
    return pd.DataFrame(rows, columns=ALIGNMENT)


def measures_without_counterpart(corpus: Corpus, found: pd.DataFrame) -> pd.DataFrame:
    """The measures that no other plan has, the least matched first, each with the measure that comes nearest.

    Parameters
    ----------
    corpus, found
        The plans, and as :func:`policycompare.counterparts` returns them.

    Returns
    -------
    pandas.DataFrame
        One row a measure that was compared with another plan's and has no counterpart anywhere: its ``title`` and ``text``, the nearest
        measure of any plan, its ``score``, and the two quotes that are most alike.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> "fengjie-4.1" in set(pc.measures_without_counterpart(corpus, pc.counterparts(corpus))["measure"])
    True
    """
    compared = found[found["reason"] == ""]
    alone = compared[~compared["measure"].isin(compared.loc[compared["found"], "measure"])]
    nearest = alone.sort_values(["measure", "score", "other"], ascending=[True, False, True]).drop_duplicates("measure")
    told = nearest.merge(corpus.measures[["measure", "title", "text"]], on="measure")
    return told.sort_values(["score", "measure"], ignore_index=True)[ALONE]
