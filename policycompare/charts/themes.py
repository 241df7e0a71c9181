"""Themes within the plans: which go together, and where they stand.

Caveat: what goes together in a sentence may be joined by a comma only, and early in a text is not the same as important.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, names, plan_ids, records, require
from policycompare.charts.matrix import Cell, matrix
from policycompare.schema import one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy


def theme_cooccurrence(
    pairs: pd.DataFrame,
    *,
    by: str = "statements",
    plan: str = "",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Theme × theme: of what carries the row's theme, the share that carries the column's as well.

    Parameters
    ----------
    pairs
        As ``pc.theme_pairs`` returns them: a row is theme × other theme, in both directions, × ``by`` × ``plan`` (empty for all plans together): ``n`` units
        carry both, ``of`` carry the theme, ``share`` = n / of, ``lift`` over what chance would give.
    by
        What is counted: ``statements`` or ``measures``.
    plan
        Whose pairs; by default those of all plans together.
    plans
        The plans that were counted, for the note and the source line; by default those of the packaged study.
    taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share; its ``customdata`` are (plan id, theme id, other theme id).

    Raises
    ------
    PolicyCompareError
        The table has no such row or lacks a column, or an argument is none of the allowed values.
    """
    one_of("by", by, ("statements", "measures"))
    require(pairs, "pairs", ("plan", "theme", "other", "by", "n", "of", "share", "lift"))
    table = pairs[(pairs["plan"] == plan) & (pairs["by"] == by) & (pairs["theme"] != pairs["other"])]
    require(table, f"pairs by {by} of plan {plan!r}", ())
    ids = [plan] if plan else plan_ids(plans)
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids={*table["theme"], *table["other"]}, each=False)
    cells = {(row.theme, row.other): _pair(row, words) for row in records(table)}
    fig, heads = matrix(cells, rows=words.themes, columns=words.themes, swatches=words.colours)
    return style.finish(
        fig,
        data=table,
        title=words.word("together.title"),
        subtitle=words.word("together.subtitle", by=words.word(f"by.{by}")),
        note=words.word("note", note=words.word("together.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        heads=heads,
        below=6,
    )


def _pair(row: Any, words: Names) -> Cell:
    head = " + ".join(typeset.escape(words.themes[theme]) for theme in (row.theme, row.other))
    said = words.word("cell", n=f"{row.n:,.0f}", of=f"{row.of:,.0f}", by=words.word(f"by.{row.by}"))
    lift = "" if math.isnan(row.lift) or math.isnan(row.share) else f"×{row.lift:.1f}"
    text = words.word("na") if math.isnan(row.share) else style.percent(row.share)
    hover = "<br>".join([head, said, *([words.word("together.lift", lift=lift)] if lift else [])])
    return Cell(row.share, text, lift, hover, (row.plan, row.theme, row.other))


def theme_positions(
    places: pd.DataFrame, *, plans: pd.DataFrame | None = None, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> go.Figure:
    """Where in each plan a theme stands: the middle of its statements and the middle half of them, a panel a theme.

    Parameters
    ----------
    places
        As ``pc.theme_places`` returns them: a row is plan × theme, with ``n`` statements; of their places in the plan (0 to 1) the quartiles ``low``,
        ``middle`` and ``high``; and ``place`` (``early``, ``late``, ``throughout`` or empty).
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
    require(places, "places", ("plan", "theme", "n", "low", "middle", "high", "place"))
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=places["plan"], theme_ids=places["theme"])
    dots = []
    for row in records(places):
        if not math.isnan(row.middle):
            ends = {name: style.percent(getattr(row, name)) for name in ("middle", "low", "high")}
            said = words.word("positions.hover", n=words.counted("statements", row.n), **ends)
            hover = f"{typeset.escape(words.plans[row.plan])} · {typeset.escape(words.themes[row.theme])}<br>{said}"
            filled = row.place in ("early", "late")
            dots.append(Dot(row.theme, row.plan, row.middle, row.low, row.high, filled=filled, hover=hover, data=(row.plan, row.theme)))
    panels = [Panel(theme, label, words.plans, words.colours[theme]) for theme, label in words.themes.items()]
    fig, heads = dot_panels(dots, panels, unit="position", na="–")
    return style.finish(
        fig,
        data=places,
        title=words.word("positions.title"),
        subtitle=words.word("positions.subtitle"),
        note=words.word("note", note=words.word("positions.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        heads=heads,
    )
