"""How well a coding agrees with a second one, and whether its scores can be trusted.

Caveat: agreement with the packaged gold coding shows that the written rules are followed, not that a panel of people would agree.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import names, records, require

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

FIGURES = ("precision", "recall", "f1", "alpha")


def reliability_dots(
    agreement: pd.DataFrame, *, plans: pd.DataFrame | None = None, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> go.Figure:
    """Precision, recall, F1 and Krippendorff's alpha as dots with 95 % intervals, a row a theme.

    Parameters
    ----------
    agreement
        As :func:`policycompare.reliability.agreement` returns it for all plans together: a row a theme, the last ``macro``, with ``precision``,
        ``precision_low``, ``precision_high`` and so on, and the counts ``tp fp fn tn``.
    plans
        The plans that were coded, for the source line.
    taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        A panel a figure, all from 0 to 1; ``customdata`` are (theme id, figure).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(
        agreement, "agreement", ("theme", "tp", "fp", "fn", "tn", *(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")))
    )
    themes = [theme for theme in agreement["theme"] if theme != "macro"]
    ids = () if plans is None else plans["plan"]
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids=themes, each=False)
    rows = {**words.themes, **({"macro": words.word("reliability.macro")} if "macro" in set(agreement["theme"]) else {})}
    dots = []
    for row in agreement.to_dict("records"):
        counts = words.word("reliability.counts", **{name: round(row[name]) for name in ("tp", "fp", "fn")})
        for name in FIGURES:
            value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
            if not math.isnan(value):
                said = words.word("interval", low=f"{low:.2f}", high=f"{high:.2f}")
                hover = f"{typeset.escape(rows[row['theme']])}<br>{words.word(f'reliability.{name}')} {value:.2f}{words.word('separator')}{said}<br>{counts}"
                dots.append(Dot(name, row["theme"], value, low, high, hover=hover, data=(row["theme"], name)))
    panels = [Panel(name, words.word(f"reliability.{name}"), rows) for name in FIGURES]
    fig, heads = dot_panels(dots, panels, unit="index", na=words.word("na"))
    first = agreement.iloc[0]
    note = words.word("reliability.note", statements=words.counted("statements", sum(first[name] for name in ("tp", "fp", "fn", "tn"))))
    return style.finish(
        fig,
        data=agreement,
        title=words.word("reliability.title"),
        subtitle=words.word("reliability.subtitle"),
        note=words.word("note", note=note),
        source=words.source if len(words.plans) else "",
        heads=heads,
    )


def reliability_curve(curve: pd.DataFrame, *, language: str = "en") -> go.Figure:
    """Scores against the share of codings that a gold coding confirms, with the line of perfect calibration.

    Parameters
    ----------
    curve
        A row is a bin of codings of like score: mean ``score`` (0 to 1), ``right`` (number confirmed), ``n``, their ``share``, ``low``, ``high``.
    language
        ``en`` or ``zh``.

    Returns
    -------
    plotly.graph_objects.Figure
        The last trace holds the bins: x is the score, y the share confirmed, both 0 to 1.

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(curve, "curve", ("score", "right", "n", "share", "low", "high"))
    words = names(plans=None, language=language)
    table = curve.sort_values("score")
    fig = go.Figure()
    fig.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": style.MUTED, "width": 1, "dash": "dot"}, hoverinfo="skip", name="equal"
    )
    fig.add_scatter(
        x=[round(x, 6) for x in table["score"].tolist()],
        y=[round(y, 6) for y in table["share"].tolist()],
        mode="markers",
        marker={"size": 10, "color": style.INK},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [round(row.high - row.share, 6) for row in records(table)],
            "arrayminus": [round(row.share - row.low, 6) for row in records(table)],
            "width": 0,
            "thickness": 2,
            "color": style.INK,
        },
        hovertext=[
            f"{words.word('curve.hover', score=f'{row.score:.2f}', right=round(row.right), n=round(row.n))}<br>"
            + words.word("interval", low=style.percent(row.low), high=style.percent(row.high))
            for row in records(table)
        ],
        hoverinfo="text",
        name="bins",
        cliponaxis=False,
    )
    for row in records(table):
        at = {
            "x": round(row.score, 6),
            "y": round(row.share, 6),
            "xshift": 9,
            "xanchor": "left",
            "bgcolor": style.PAPER,
            "borderpad": 0,
            "showarrow": False,
            "name": "n",
        }
        fig.add_annotation(text=f"{round(row.n):,}", font={"size": style.SMALL, "color": style.MUTED}, **at)
    marks = [0, 0.25, 0.5, 0.75, 1]
    fig.update_xaxes(range=[-0.02, 1.02], tickvals=marks, ticktext=[f"{mark:g}" for mark in marks], title_text=words.word("curve.x"))
    fig.update_yaxes(range=[-0.02, 1.02], tickvals=marks, ticktext=[style.percent(mark) for mark in marks])
    return style.finish(
        fig,
        data=table,
        title=words.word("curve.title"),
        subtitle=words.word("curve.subtitle"),
        note=words.word("note", note=words.word("curve.note", codings=words.counted("codings", table["n"].sum()))),
        source="",
        heads=style.Heads(left=52, above=14, plot=380),
        below=48,
    )
