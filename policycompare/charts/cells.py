"""What a share says in a cell and when hovered: the same words in every chart."""

from __future__ import annotations

import math
from typing import Any

from policycompare.charts import style, typeset
from policycompare.charts.labels import Names
from policycompare.charts.matrix import Cell


def interval_text(low: float, high: float) -> str:
    """An interval of shares without its unit, ``""`` where it is not known.

    Examples
    --------
    >>> interval_text(0.31, 0.506), interval_text(0.001, 0.1), interval_text(float("nan"), 1.0)
    ('31–51', '<1–10', '')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"{style.percent(low)}–{style.percent(high)}".replace("%", "")


def share_hover(row: Any, heads: tuple[str, ...], by: str, words: Names) -> str:
    """Head, count, share and interval of a row with ``n``, ``of``, ``share``, ``low``, ``high``, one below the other."""
    n, of = (f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}" for value in (row.n, row.of))
    count = words.word(
        f"cell.{by}" if by in ("characters", "strength") else "cell",
        n=n,
        of=of,
        by=words.word(f"by.{by}"),
    )
    share = words.word("na") if math.isnan(row.share) else style.percent(row.share)
    if interval_text(row.low, row.high):
        share += words.word("separator") + words.word("interval", low=style.percent(row.low), high=style.percent(row.high))
    return "<br>".join([" · ".join(typeset.escape(head) for head in heads), count, share])


def share_cell(row: Any, heads: tuple[str, ...], by: str, words: Names, data: tuple[str, ...]) -> Cell:
    """A row with ``n``, ``of``, ``share``, ``low``, ``high`` as a cell of a matrix."""
    hover = share_hover(row, heads, by, words)
    if math.isnan(row.share):
        return Cell(math.nan, words.word("na"), "", hover, data)
    return Cell(
        row.share,
        style.percent(row.share),
        interval_text(row.low, row.high),
        hover,
        data,
    )
