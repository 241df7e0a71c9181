"""The PMC surface: the nine main variables of each plan as a 3 × 3 surface, every corner with its number.

Caveat: which variables are neighbours is a convention, so the slope between two corners means nothing; read the heights. The surface is drawn as the
literature asks for it; the table of scores says the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.labels import Names, names, records, require
from policycompare.pmc.variables import load_pmc
from policycompare.schema import PolicyCompareError

if TYPE_CHECKING:
    from pathlib import Path

SIDE, ACROSS = 3, 3
PANEL, TALL = 214, 276  # pixels of a panel
PALE = 2.4  # the colour of a height of 1 stays light enough for black numbers
STEP_X, STEP_Y, RISE = 44.0, 31.0, 64.0  # pixels of a step along the floor, and of a height of 1


def pmc_surface(
    scores: pd.DataFrame, *, plans: pd.DataFrame | None = None, variables: str | Path = "pmc", language: str = "en"
) -> go.Figure:
    """Surfaces of the first nine variables, a panel a plan, with score and grade.

    Parameters
    ----------
    scores
        As ``pc.pmc_scores`` returns them.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.
    variables
        The file that the scores were made with.

    Returns
    -------
    plotly.graph_objects.Figure
        The last trace has a point a corner; its ``customdata`` are (plan id, variable id, score).

    Raises
    ------
    PolicyCompareError
        The table is empty, lacks a column, or has fewer than nine variables; or the language is unknown.
    """
    require(scores, "scores", ("plan", "variable", "score", "low", "high", "of", "grade"))
    file = load_pmc(variables)
    shown = [one for one in file.variables if one.id in set(scores["variable"])][: SIDE * SIDE]
    if len(shown) < SIDE * SIDE:
        raise PolicyCompareError(f"scores: a surface needs {SIDE * SIDE} variables; the table has {len(shown)}.")
    words = names(plans=plans, language=language, plan_ids=scores["plan"])
    labels = {one.id: getattr(one, language) for one in shown}
    grades = {grade["id"]: grade[language] for grade in file.grades}
    value = {(row.plan, row.variable): row for row in records(scores)}
    lines = math.ceil(len(words.plans) / ACROSS)
    plot = float(lines * TALL)
    fig = go.Figure()
    corners: list[dict[str, Any]] = []
    for number, (plan, name) in enumerate(words.plans.items()):
        left, top = (number % ACROSS) * PANEL + PANEL / 2 + 8, plot - (number // ACROSS) * TALL
        heights = [float(value[plan, one.id].score) for one in shown]
        _panel(fig, heights, left, top)
        _head(fig, name, value[plan, "PMC"], grades, left, top, words)
        for at, one in enumerate(shown):
            x, y = _place(at, heights[at], left, top)
            hover = f"{typeset.escape(name)} · {one.id} {typeset.escape(labels[one.id])}<br>{heights[at]:.2f}"
            corners.append({"x": x, "y": y, "hover": hover, "data": (plan, one.id, heights[at]), "text": f"{one.id} {heights[at]:.1f}"})
    fig.add_trace(_points(corners))
    hidden: dict[str, Any] = {"visible": False, "showgrid": False}
    fig.update_xaxes(**hidden, range=[0, style.WIDTH - 24])
    fig.update_yaxes(**hidden, range=[0, plot])
    key = words.word("separator").join(f"{id_} {label}" for id_, label in labels.items())
    return style.finish(
        fig,
        data=scores,
        title=words.word("pmc.title"),
        subtitle=words.word("pmc.subtitle"),
        note=words.word("note", note=words.word("pmc.note", variables=key)),
        source=words.source,
        heads=style.Heads(left=12, above=4, plot=plot, right=12),
        below=6,
    )


def _place(at: int, height: float, left: float, top: float) -> tuple[float, float]:
    """Where a corner of that height stands on the drawing; the first stands at the back, the last in front."""
    row, column = divmod(at, SIDE)
    return round(left + (column - row) * STEP_X, 2), round(top - 56 - (row + column) * STEP_Y - RISE + RISE * height, 2)


def _panel(fig: go.Figure, heights: list[float], left: float, top: float) -> None:
    floor = [_place(at, 0, left, top) for at in (0, 2, 8, 6, 0)]
    fig.add_trace(_line(floor, style.GRID))
    tops = [_place(at, 1, left, top) for at in (0, 2, 8, 6, 0)]
    fig.add_trace(_line(tops, style.GRID, dash="dot"))
    for at in range(SIDE * SIDE):
        fig.add_trace(_line([_place(at, 0, left, top), _place(at, heights[at], left, top)], style.GRID))
    for row in range(SIDE - 1):  # the back first
        for column in range(SIDE - 1):
            quad = [row * SIDE + column, row * SIDE + column + 1, (row + 1) * SIDE + column + 1, (row + 1) * SIDE + column]
            colour = style.shade(sum(heights[at] for at in quad) / 4, PALE)
            fig.add_trace(_line([_place(at, heights[at], left, top) for at in [*quad, quad[0]]], style.MUTED, fill=colour))


def _line(points: list[tuple[float, float]], colour: str, *, fill: str = "", dash: str = "solid") -> go.Scatter:
    filled = {"fill": "toself", "fillcolor": fill, "opacity": 0.9} if fill else {}
    return go.Scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="lines",
        line={"width": 1, "color": colour, "dash": dash},
        hoverinfo="skip",
        showlegend=False,
        **filled,
    )


def _points(corners: list[dict[str, Any]]) -> go.Scatter:
    return go.Scatter(
        x=[corner["x"] for corner in corners],
        y=[corner["y"] for corner in corners],
        text=[corner["text"] for corner in corners],
        textposition="top center",
        textfont={
            "size": style.SMALL - 1,
            "color": style.INK,
            "shadow": "1px 1px 1px #fff, -1px -1px 1px #fff, 1px -1px 1px #fff, -1px 1px 1px #fff",
        },
        mode="markers+text",
        marker={"size": 5, "color": style.INK},
        hovertext=[corner["hover"] for corner in corners],
        hoverinfo="text",
        customdata=[list(corner["data"]) for corner in corners],
        showlegend=False,
        cliponaxis=False,
    )


def _head(fig: go.Figure, name: str, row: Any, grades: dict[str, str], left: float, top: float, words: Names) -> None:
    said = words.word("pmc.score", score=f"{row.score:.2f}", low=f"{row.low:.2f}", of=f"{row.of:.0f}", grade=grades[row.grade])
    text = f"<b>{typeset.wrap(name, PANEL - 10)}</b><br>{said}"
    fig.add_annotation(x=left, y=top - 2, text=text, showarrow=False, yanchor="top", xanchor="center", font={"size": style.SMALL + 1})
