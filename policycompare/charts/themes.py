"""Themes within the plans: which go together, and where they stand.

Caveat: what goes together in a sentence may be joined by a comma only, and early in a text is not the same as important.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, names, records, require
from policycompare.charts.matrix import Cell, matrix

if TYPE_CHECKING:
    from policycompare.taxonomy import Taxonomy


def theme_cooccurrence(
    pairs: pd.DataFrame,
    *,
    plan: str = "",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Theme × theme: of what carries the row's theme, the share that carries the column's as well.

    Parameters
    ----------
    pairs
        As ``pc.theme_pairs`` returns them: a row is plan × pair of themes, with ``plan`` empty for all plans together: ``theme``, ``theme_b``, ``unit``
        (``statements`` or ``measures``), ``n`` units with both, ``n_theme`` and ``n_theme_b`` with each, ``lift``.
    plan
        Whose pairs; by default those of all plans together.
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share; its ``customdata`` are (plan id, theme id, other theme id).

    Raises
    ------
    PolicyCompareError
        The table has no such row or lacks a column, or the language is unknown.
    """
    require(pairs, "pairs", ("plan", "theme", "theme_b", "unit", "n", "n_theme", "n_theme_b", "lift"))
    table = pairs[pairs["plan"] == plan]
    require(table, f"pairs of plan {plan!r}", ())
    ids = {*pairs["plan"]} - {""} if not plan else {plan}
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids={*table["theme"], *table["theme_b"]})
    cells = {}
    for row in records(table):
        cells[row.theme, row.theme_b] = _pair(row, (row.theme, row.theme_b), row.n_theme, words)
        cells[row.theme_b, row.theme] = _pair(row, (row.theme_b, row.theme), row.n_theme_b, words)
    fig, heads = matrix(cells, rows=words.themes, columns=words.themes, swatches=words.colours)
    unit = str(table["unit"].iloc[0])
    return style.finish(
        fig,
        title=words.word("together.title"),
        subtitle=words.word("together.subtitle", by=words.word(f"by.{unit}")),
        note=words.word("note", note=words.word("together.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        plot=heads.plot,
        left=heads.left,
        right=heads.right,
        above=heads.above,
        below=6,
    )


def _pair(row: Any, pair: tuple[str, str], of: float, words: Names) -> Cell:
    head = " + ".join(style.escape(words.themes[theme]) for theme in pair)
    said = words.word("cell", n=f"{row.n:,.0f}", of=f"{of:,.0f}", by=words.word(f"by.{row.unit}"))
    share = row.n / of if of else math.nan
    lift = "" if math.isnan(row.lift) or math.isnan(share) else f"×{row.lift:.1f}"
    text = words.word("na") if math.isnan(share) else style.percent(share)
    hover = "<br>".join([head, said, *([words.word("together.lift", lift=lift)] if lift else [])])
    return Cell(share, text, lift, hover, (row.plan, *pair))


def theme_positions(
    places: pd.DataFrame, *, plans: pd.DataFrame | None = None, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> go.Figure:
    """Where in each plan a theme stands: the mean place of its statements, and from the first to the last; a panel a theme.

    Parameters
    ----------
    places
        As ``pc.theme_places`` returns them: a row is plan × theme, with ``n`` statements, their ``first``, ``mean`` and ``last`` place in the plan (0 to 1)
        and ``place`` (``early``, ``late``, ``throughout`` or empty).
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is the place, 0 to 1; a filled dot is earlier or later than chance; ``customdata`` are (plan id, theme id).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(places, "places", ("plan", "theme", "n", "first", "mean", "last", "place"))
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=places["plan"], theme_ids=places["theme"])
    dots = []
    for row in records(places):
        if not math.isnan(row.mean):
            ends = {name: style.percent(getattr(row, name)) for name in ("mean", "first", "last")}
            said = words.word("positions.hover", n=words.counted("statements", row.n), **ends)
            hover = f"{style.escape(words.plans[row.plan])} · {style.escape(words.themes[row.theme])}<br>{said}"
            filled = row.place in ("early", "late")
            dots.append(Dot(row.theme, row.plan, row.mean, row.first, row.last, filled=filled, hover=hover, data=(row.plan, row.theme)))
    panels = [Panel(theme, label, words.plans, words.colours[theme]) for theme, label in words.themes.items()]
    fig, heads = dot_panels(dots, panels, unit="position", na="–")
    return style.finish(
        fig,
        title=words.word("positions.title"),
        subtitle=words.word("positions.subtitle"),
        note=words.word("note", note=words.word("positions.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        plot=heads.plot,
        left=heads.left,
        above=heads.above,
    )
