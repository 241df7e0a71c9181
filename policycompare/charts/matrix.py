"""Rows × columns with the number in every cell: the ground of all heatmaps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from policycompare.charts import style, typeset

NARROW = 40  # pixels: a column below this has no room for the small number
HIDDEN_TICK = {"ticks": "outside", "tickcolor": "rgba(0,0,0,0)"}


@dataclass(frozen=True)
class Cell:
    """One cell: its value (NaN: none), what is printed in it, in small below, on hovering, and the ids behind it."""

    value: float
    text: str
    small: str = ""
    hover: str = ""
    data: tuple[str, ...] = ()


def matrix(
    cells: Mapping[tuple[str, str], Cell],
    *,
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    swatches: Mapping[str, str] | None = None,
    top: float | None = None,
    row_room: float = 170,
    missing: Cell | None = None,
    beside: float = 0,
) -> tuple[go.Figure, style.Heads]:
    """A heatmap whose point (x, y) is (column id, row id), with its numbers as text, and the room that its heads need.

    Parameters
    ----------
    cells
        (row id, column id) → cell; one without a value is grey if it says so in words, else blank.
    rows, columns
        Id → label, in the order to show them.
    swatches
        Row or column id → colour of a bar beside its head.
    top
        The value of the darkest colour; by default the largest.
    row_room
        Pixels for the rows' heads.
    missing
        The cell where ``cells`` has none.
    beside
        Pixels at the right that are left to something else.
    """
    top = top or max((cell.value for cell in cells.values() if not math.isnan(cell.value)), default=0.0) or 1.0
    row_heads = [typeset.wrap(label, row_room) for label in rows.values()]
    left = typeset.room(row_heads, most=row_room + 24) + 10
    fit = _column_heads(columns, style.WIDTH - left - beside)
    tall = 40.0 if fit.slot >= NARROW and any(cell.small for cell in cells.values()) else 28.0
    plot = max(tall, 18.0 * max(typeset.lines(head) for head in row_heads)) * len(rows)
    wide = style.WIDTH - left - fit.right
    end = round((wide - beside) / wide, 6)
    empty = missing or Cell(math.nan, "")
    grid = [[cells.get((row, column), empty) for column in columns] for row in rows]
    ids, places = list(columns), list(rows)
    fig = go.Figure(_heat(grid, ids, places, top))
    fig.add_trace(_numbers(grid, ids, places, top, fit.slot))
    axis: dict[str, Any] = {"type": "category", "tickmode": "array", "showgrid": False, "showline": False, **HIDDEN_TICK}
    fig.update_xaxes(
        **axis,
        side="top",
        tickvals=ids,
        ticktext=fit.heads,
        tickangle=fit.angle,
        ticklen=9,
        range=[-0.5, len(ids) - 0.5],
    )
    fig.update_xaxes(domain=[0, end])
    fig.update_yaxes(**axis, tickvals=places, ticktext=row_heads, ticklen=11, range=[len(places) - 0.5, -0.5])
    frame = {"xref": "paper", "yref": "paper", "x0": 0, "x1": end, "y0": 0, "y1": 1}
    fig.add_shape(type="rect", **frame, line={"width": 1, "color": style.GRID}, fillcolor=style.PAPER, layer="below")
    for key, colour in (swatches or {}).items():
        if key in columns:
            at = ids.index(key)
            over = {
                "xref": "x",
                "yref": "paper",
                "x0": at - 0.48,
                "x1": at + 0.48,
                "y0": round(1 + 3 / plot, 6),
                "y1": round(1 + 7 / plot, 6),
            }
            fig.add_shape(type="rect", **over, fillcolor=colour, line={"width": 0}, name="swatch")
        if key in rows:
            at = places.index(key)
            ahead = {
                "xref": "paper",
                "yref": "y",
                "x0": round(-7 / wide, 6),
                "x1": round(-3 / wide, 6),
                "y0": round(at - 0.46, 2),
                "y1": round(at + 0.46, 2),
            }
            fig.add_shape(type="rect", **ahead, fillcolor=colour, line={"width": 0}, name="swatch")
    for j, line in enumerate(grid):
        for i, cell in enumerate(line):
            if math.isnan(cell.value) and cell.text:
                box = {"x0": round(i - 0.49, 2), "x1": round(i + 0.49, 2), "y0": round(j - 0.47, 2), "y1": round(j + 0.47, 2)}
                fig.add_shape(type="rect", **box, fillcolor=style.NOT_COMPUTED, line={"width": 0}, layer="below", name="na")
    return fig, style.Heads(left=left, above=fit.above, plot=plot, right=fit.right)


@dataclass(frozen=True)
class _Columns:
    """The columns' heads, their angle, the room that they need above and at the right, and the width of a column."""

    heads: list[str]
    angle: int
    above: float
    right: float
    slot: float


def _column_heads(columns: Mapping[str, str], width: float) -> _Columns:
    """Fit the columns' heads.

    They stand level in up to three lines; where a word is wider than its column all are slanted, or upright in columns
    too narrow for that.
    """
    slot = (width - 16) / len(columns)
    heads = [typeset.balance(label, slot - 6) for label in columns.values()]
    if all(typeset.lines(head) <= 3 and _widest([head]) <= slot for head in heads):
        return _Columns(heads, 0, 16.0 * max(typeset.lines(head) for head in heads) + 16, 16.0, slot)
    heads = [typeset.wrap(label, 190) for label in columns.values()]
    if slot < 36:
        return _Columns(heads, -90, round(_widest(heads)) + 24.0, 16.0, slot)
    return _Columns(heads, -40, round(0.64 * _widest(heads)) + 26.0, 70.0, (width - 70) / len(columns))


def _widest(heads: list[str]) -> float:
    return max(typeset.em(line) for head in heads for line in head.split("<br>")) * style.TEXT


def _heat(grid: list[list[Cell]], ids: list[str], places: list[str], top: float) -> go.Heatmap:
    return go.Heatmap(
        x=ids,
        y=places,
        z=[[None if math.isnan(cell.value) else round(cell.value, 6) for cell in line] for line in grid],
        hovertext=[[cell.hover for cell in line] for line in grid],
        hoverinfo="text",
        customdata=[[list(cell.data) for cell in line] for line in grid],
        colorscale=style.COLOURSCALE,
        zmin=0,
        zmax=round(top, 6),
        showscale=False,
        xgap=2,
        ygap=2,
    )


def _numbers(grid: list[list[Cell]], ids: list[str], places: list[str], top: float, slot: float) -> go.Scatter:
    """The numbers as a trace of texts, so that each has the colour that can be read on its cell."""
    flat = [(row, column, cell) for row, line in zip(places, grid, strict=True) for column, cell in zip(ids, line, strict=True)]
    return go.Scatter(
        x=[column for _, column, _ in flat],
        y=[row for row, _, _ in flat],
        text=[_print(cell, small=slot >= NARROW) for _, _, cell in flat],
        mode="text",
        textfont={
            "color": [style.text_on(style.shade(cell.value, top)) for _, _, cell in flat],
            "size": style.TEXT if slot > 44 else style.SMALL,
        },
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _print(cell: Cell, *, small: bool) -> str:
    return f'{cell.text}<br><span style="font-size:{style.SMALL - 1}px">{cell.small}</span>' if cell.small and small else cell.text
