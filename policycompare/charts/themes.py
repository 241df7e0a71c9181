"""Themes within the plans: which go together, and where they stand.

Caveat: what goes together in a sentence may be joined by a comma only.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import names, records, require
from policycompare.charts.matrix import Cell, matrix
from policycompare.schema import one_of

if TYPE_CHECKING:
    from policycompare.taxonomy import Taxonomy


def theme_cooccurrence(
    together: pd.DataFrame,
    *,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Theme × theme: of what carries the row's theme, the share that carries the column's as well.

    Parameters
    ----------
    together
        A row is theme × other × ``by``: ``theme``, ``other``, ``by`` (``statements`` or ``measures``), ``n`` that carry both, ``of`` that carry ``theme``,
        ``share`` = n / of.
    by
        What is counted: ``statements`` or ``measures``.
    plans
        The plans that were counted, for the note and the source line.
    taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share; its ``customdata`` are (theme id, other theme id).

    Raises
    ------
    PolicyCompareError
        The table has no such row or lacks a column, or an argument is none of the allowed values.
    """
    one_of("by", by, ("statements", "measures"))
    require(together, "together", ("theme", "other", "by", "n", "of", "share"))
    table = together[(together["by"] == by) & (together["theme"] != together["other"])]
    require(table, f"together by {by}", ())
    ids = () if plans is None else plans["plan"]
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids={*table["theme"], *table["other"]})
    cells = {}
    for row in records(table):
        head = f"{style.escape(words.themes[row.theme])} + {style.escape(words.themes[row.other])}"
        known = not math.isnan(row.share)
        said = words.word("cell", n=f"{row.n:,.0f}", of=f"{row.of:,.0f}", by=words.word(f"by.{by}"))
        text, small = (style.percent(row.share), f"{row.n:,.0f}") if known else (words.word("na"), "")
        cells[row.theme, row.other] = Cell(row.share, text, small, f"{head}<br>{said}<br>{text}", (row.theme, row.other))
    fig, heads = matrix(cells, rows=words.themes, columns=words.themes, swatches=words.colours)
    note = words.word("together.note", plans=words.counted("plans", len(words.plans))) if words.plans else ""
    return style.finish(
        fig,
        title=words.word("together.title"),
        subtitle=words.word("together.subtitle", by=words.word(f"by.{by}")),
        note=words.word("note", note=note) if note else "",
        source=words.source if words.plans else "",
        plot=heads.plot,
        left=heads.left,
        right=heads.right,
        above=heads.above,
        below=6,
    )


def theme_positions(
    positions: pd.DataFrame, *, plans: pd.DataFrame | None = None, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> go.Figure:
    """Where in each plan a theme stands: the middle of its statements and the middle half of them, a panel a theme.

    Parameters
    ----------
    positions
        A row is plan × theme: ``plan``, ``theme``, ``n`` statements, and of their places in the plan (0 its beginning, 1 its end) the median ``middle`` and
        the quartiles ``low`` and ``high``; empty where there is no statement.
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is the place, 0 to 1; ``customdata`` are (plan id, theme id).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(positions, "positions", ("plan", "theme", "n", "middle", "low", "high"))
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=positions["plan"], theme_ids=positions["theme"])
    dots = []
    for row in records(positions):
        if not math.isnan(row.middle):
            ends = {name: style.percent(getattr(row, name)) for name in ("middle", "low", "high")}
            said = words.word("positions.hover", n=words.counted("statements", row.n), **ends)
            hover = f"{style.escape(words.plans[row.plan])} · {style.escape(words.themes[row.theme])}<br>{said}"
            dots.append(Dot(row.theme, row.plan, row.middle, row.low, row.high, hover=hover, data=(row.plan, row.theme)))
    panels = [Panel(theme, label, words.plans, words.colours[theme]) for theme, label in words.themes.items()]
    fig, heads = dot_panels(dots, panels, unit="position", na="–")
    note = words.word(
        "positions.note", codings=words.counted("codings", positions["n"].sum()), plans=words.counted("plans", len(words.plans))
    )
    return style.finish(
        fig,
        title=words.word("positions.title"),
        subtitle=words.word("positions.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        plot=heads.plot,
        left=heads.left,
        above=heads.above,
    )
