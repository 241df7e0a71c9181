"""The PMC index of plans: 0/1 values on the variables of a file, each with the words that it rests on, or with what was looked for.

Caveat: a 1 says that a plan mentions something, not that it does it well or at all; all variables weigh the same, whatever they are worth; a long plan
mentions more than a short one, and an article or a report is scored as if it were a plan. The index compares texts, not policies.

Source of the index: Ruiz Estrada 2011, "Policy modeling: definition, classification and evaluation", Journal of Policy Modeling 33(4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd

from policycompare.lenses import resampled_units
from policycompare.pmc.overrules import read_overrules
from policycompare.pmc.signs import Signs, looked_for
from policycompare.pmc.variables import load_pmc
from policycompare.schema import Array

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

VALUES = ["plan", "variable", "sub", "value", "found", "n", "statements", "quotes", "looked_for", "reason", "who"]
SCORES = ["plan", "variable", "score", "low", "high", "of", "grade"]
#: The row of a plan's whole score in the table of scores.
TOTAL = "PMC"


def pmc_values(corpus: Corpus, *, overrules: str | Path | pd.DataFrame | None = None, variables: str | Path = "pmc") -> pd.DataFrame:
    """Every 0/1 of the PMC index, with its evidence.

    Parameters
    ----------
    corpus
        The plans.
    overrules
        Values set by hand: a study's folder or its ``pmc.csv`` with the columns ``plan, variable, value, reason, who`` (``variable`` as ``X6.money``), or
        a table of these. A folder without the file has none.
    variables
        ``"pmc"``, the packaged variables (``data/lexicon/pmc.yaml``), or a file of one's own in their form.

    Returns
    -------
    pandas.DataFrame
        A row plan × sub-variable: ``variable`` (``X1`` …) and ``sub``; ``value`` 0 or 1, and ``found``, the value before it was overruled; ``n`` statements that
        show it, their ids in ``statements`` (joined by ``;``, those that bind anybody first) and ``quotes`` (words around the first three signs, joined by
        `` | ``; for a sign in the list of plans the cell); ``looked_for``; ``reason`` and ``who`` of an overrule.

    Raises
    ------
    TableError
        An overrule names no plan or variable, its value is neither 0 nor 1, it stands twice or gives no reason; all faults are listed.
    PolicyCompareError
        The file of variables breaks its form; all faults are listed.

    Examples
    --------
    >>> import policycompare as pc
    >>> values = pmc_values(pc.load_corpus())
    >>> values.query("plan == 'fengjie' and sub == 'command'")["quotes"].iloc[0].split(" | ")[0]
    '领军校与成员校之间每年互派干部教师不低于教师总数的2%'
    """
    known = load_pmc(variables).variables
    hand = read_overrules(overrules, plans=corpus.plans["plan"], variables=[f"{one.id}.{sub.id}" for one in known for sub in one.subs])
    signs = Signs(corpus)
    rows = []
    for plan in corpus.plans["plan"]:
        for variable in known:
            for sub in variable.subs:
                found = signs.find(plan, sub)
                value, reason, who = hand.get((plan, f"{variable.id}.{sub.id}"), (int(found.holds), "", ""))
                said = ";".join(found.statements), " | ".join(found.quotes[:3])
                rows.append([plan, variable.id, sub.id, value, int(found.holds), found.n, *said, looked_for(sub), reason, who])
    return pd.DataFrame(rows, columns=VALUES)


def pmc_scores(
    values: pd.DataFrame, corpus: Corpus, *, variables: str | Path = "pmc", level: float = 0.95, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """The score of each variable and of each plan, with grade and interval.

    Parameters
    ----------
    values
        As :func:`pmc_values` makes them.
    corpus
        What they were made from.
    variables
        The same file.
    level, draws, seed
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row plan × variable, ``score`` the mean of its 0/1 values, and one with the variable ``PMC``, the sum over all variables, ``of`` at most;
        ``grade`` only there (``perfect`` from 9 of 10, ``excellent`` from 7, ``acceptable`` from 5, else ``low``). ``low`` and ``high``: measures are
        resampled, and a 1 whose statements are not drawn becomes 0. This says how much a score hangs on single statements; as no 0 can become a 1 by it, ``high``
        is the score itself. A value overruled by hand, or shown by the list of plans, stays.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> scores = pmc_scores(pmc_values(corpus), corpus, draws=20).query("variable == 'PMC'")
    >>> bool(scores["score"].between(0, 10).all())
    True
    """
    file = load_pmc(variables)
    least = {(one.id, sub.id): sub.least for one in file.variables for sub in one.subs}
    body = corpus.statements[corpus.statements["kind"] != "junk"]
    rows: list[list[Any]] = []
    tail = (1 - level) / 2
    for plan in corpus.plans["plan"]:
        mine = values[values["plan"] == plan]
        held = _held(mine, body[body["plan"] == plan], least, draws=draws, seed=[seed, crc32(plan.encode())])
        total = np.zeros(draws + 1)
        for variable in dict.fromkeys(mine["variable"]):
            score = held[:, (mine["variable"] == variable).to_numpy()].mean(axis=1)
            total += score
            rows.append([plan, variable, *_ends(score, tail), 1.0, ""])
        of = float(mine["variable"].nunique())
        rows.append([plan, TOTAL, *_ends(total, tail), of, _grade(total[0], of, file.grades)])
    return pd.DataFrame(rows, columns=SCORES)


def _held(
    values: pd.DataFrame, statements: pd.DataFrame, least: Mapping[tuple[str, str], int], *, draws: int, seed: Sequence[int]
) -> Array:
    """Draws × values: is the value 1? Row 0 is as the table has it."""
    counts, unit = resampled_units(statements, draws=draws, seed=list(seed))
    place = dict(zip(statements["statement"], unit, strict=True))
    out = np.tile(values["value"].to_numpy(dtype=float), (draws + 1, 1))
    for at, row in enumerate(values.to_dict("records")):
        at_units = [place[name] for name in row["statements"].split(";") if name in place]
        if row["value"] and row["found"] and at_units and not row["reason"]:
            out[:, at] = counts[:, at_units].sum(axis=1) >= least[row["variable"], row["sub"]]
            out[0, at] = 1
    return out


def _ends(scores: Array, tail: float) -> tuple[float, float, float]:
    low = float(np.quantile(scores[1:], tail)) if len(scores) > 1 else float(scores[0])
    return float(scores[0]), min(low, float(scores[0])), float(scores[0])


def _grade(score: float, of: float, grades: Sequence[Mapping[str, Any]]) -> str:
    return next(str(grade["id"]) for grade in grades if of and 10 * score / of >= grade["from"] - 1e-9)
