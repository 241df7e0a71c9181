"""The same statements through two frames at once: theme × instrument, theme × strength, or any two codings.

Caveat: a cell counts statements that carry both codes, which need not mean one for the other: a statement on teachers and on safety that grants money for
one of them counts for both. Shares of a row add up to more than 1 where statements carry several codes of the column's frame.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd

from policycompare.dataset.units import carried
from policycompare.schema import Array, PolicyCompareError
from policycompare.shares import resampled_interval
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

COLUMNS = ["plan", "theme", "other", "by", "n", "of", "share", "low", "high"]


def crosstab(
    corpus: Corpus,
    codings: pd.DataFrame,
    others: pd.DataFrame,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    other_taxonomy: Taxonomy | str | Path = "instruments",
    each_plan: bool = False,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Of the statements that carry a theme, the share that carries each code of another frame.

    Parameters
    ----------
    corpus
        The plans; only body statements are counted.
    codings, others
        Codings of the same statements by `taxonomy` and by `other_taxonomy`, such as ``pc.code(corpus, taxonomy="instruments", overrides=False)`` (a study's
        overrides name themes, not instruments), or
        ``pc.code_strength(corpus)`` with ``pc.strength_levels()``.
    taxonomy, other_taxonomy
        The frames whose codes are rows and columns.
    each_plan
        Add the rows of every plan; else only those of all plans together (``plan`` is empty).
    level, draws, seed
        Of the intervals: measures are resampled within their plan, as in :func:`policycompare.coverage`.

    Returns
    -------
    pandas.DataFrame
        A row plan × theme × other: ``n`` statements carry both of ``of`` that carry the theme, ``share`` = n / of in 0–1 (empty where the
        theme stands nowhere), ``low`` and ``high`` of its interval; ``by`` is ``statements``. The cell's statements are
        ``pc.explain(corpus, pd.concat([codings, others]), row)``.

    Raises
    ------
    PolicyCompareError
        The two frames have a code in common, or ``level`` lies outside 0–1.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> table = crosstab(corpus, pc.code(corpus), pc.code(corpus, taxonomy="instruments"), draws=20)
    >>> table.sort_values("share").iloc[-1][["theme", "other"]].to_list()
    ['teachers', 'supply']
    """
    if not 0 < level < 1:
        raise PolicyCompareError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.")
    rows, columns = ([theme.id for theme in load_taxonomy(frame).reported] for frame in (taxonomy, other_taxonomy))
    if both := sorted(set(rows) & set(columns)):
        raise PolicyCompareError(f"taxonomy and other_taxonomy both have {', '.join(both)}; compare two frames without a common code.")
    body = corpus.statements[corpus.statements["kind"] == "body"].sort_values(["plan", "start"], ignore_index=True)
    one, two = carried(body, codings, rows), carried(body, others, columns)
    joint = (one[:, :, None] & two[:, None, :]).reshape(len(body), len(rows) * len(columns))
    out, together = [], np.zeros((2, draws + 1, len(rows) * len(columns)))
    units = 0
    for plan in sorted(corpus.plans["plan"]):
        mine = (body["plan"] == plan).to_numpy()
        counts, number = resampled_units(body[mine], draws=draws, seed=[seed, crc32(plan.encode())])
        each = np.stack([counts @ _sums(joint[mine], number), np.repeat(counts @ _sums(one[mine], number), len(columns), axis=1)])
        together += each
        units += counts.shape[1]
        if each_plan:
            out.append(_block(plan, rows, columns, each, counts.shape[1], level))
    return pd.concat([_block("", rows, columns, together, units, level), *out], ignore_index=True)


def resampled_units(body: pd.DataFrame, *, draws: int, seed: list[int]) -> tuple[Array, Array]:
    """Draws of a plan's units, with replacement; a measure is a unit, and so is a statement outside any.

    Parameters
    ----------
    body
        The plan's body statements (``statement``, ``measure``).
    draws, seed
        Of the resampling.

    Returns
    -------
    tuple of array
        Draws × units: how often each unit is drawn, once each in row 0; and the unit of every statement.

    Examples
    --------
    >>> counts, unit = resampled_units(pd.DataFrame({"statement": list("abc"), "measure": ["m", "m", ""]}), draws=4, seed=[0])
    >>> counts.shape, counts.sum(axis=1).tolist(), unit.tolist()
    ((5, 2), [2.0, 2.0, 2.0, 2.0, 2.0], [0, 0, 1])
    """
    number, names = pd.factorize(body["measure"].where(body["measure"] != "", "\0" + body["statement"]))
    size = len(names)
    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=draws) if size else np.zeros((draws, 0))
    return np.vstack([np.ones((1, size)), drawn]), number


def _sums(coded: Array, number: Array) -> Array:
    out = np.zeros((int(number.max()) + 1 if len(number) else 0, coded.shape[1]))
    np.add.at(out, number, coded)
    return out


def _block(plan: str, rows: list[str], columns: list[str], counts: Array, units: int, level: float) -> pd.DataFrame:
    n, of = counts
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = n / of
    shares = np.where(np.isnan(shares), shares[0], shares)  # a draw without the theme says nothing
    low, high = resampled_interval(shares, units=np.minimum(units, of[0]), level=level)
    keys = pd.MultiIndex.from_product([rows, columns], names=["theme", "other"]).to_frame(index=False)
    return keys.assign(plan=plan, by="statements", n=n[0], of=of[0], share=shares[0], low=low, high=high)[COLUMNS]
