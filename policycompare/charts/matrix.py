"""Rows × columns with the number in every cell: the ground of all heatmaps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from policycompare.charts import style


@dataclass(frozen=True)
class Cell:
    """One cell: its value (NaN: cannot be computed), what is printed in it, in small below, on hovering, and the ids behind it."""

    value: float
    text: str
    small: str = ""
    hover: str = ""
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heads:
    """Margins in pixels that the heads of a matrix need."""

    left: float
    above: float
    plot: float
    right: float = 16


def matrix(
    cells: Mapping[tuple[str, str], Cell],
    *,
    rows: Mapping[str, str],
    columns: Mapping[str, str],
    swatches: Mapping[str, str] | None = None,
    top: float | None = None,
    row_height: float = 40,
    row_room: float = 170,
) -> tuple[go.Figure, Heads]:
    """A heatmap whose point (x, y) is (column id, row id), with its numbers as text, and the room that its heads need.

    Parameters
    ----------
    cells
        (row id, column id) → cell; one that is missing counts as "cannot be computed".
    rows, columns
        Id → label, in the order to show them.
    swatches
        Row or column id → colour of a bar beside its head.
    top
        The value of the darkest colour; by default the largest.
    """
    values = [cell.value for cell in cells.values() if not math.isnan(cell.value)]
    top = top or max(values, default=0.0) or 1.0
    empty = Cell(math.nan, "")
    grid = [[cells.get((row, column), empty) for column in columns] for row in rows]
    row_labels = [style.wrap(label, row_room) for label in rows.values()]
    left = style.room(row_labels, most=row_room + 24) + 10
    right = 16.0
    slot = (style.WIDTH - left - right) / len(columns)
    slanted = slot < 76 and max(style.em(label) for label in columns.values()) * style.TEXT > 2 * slot
    if slanted:
        right = 70.0
        slot = (style.WIDTH - left - right) / len(columns)
    narrow = slot < 60
    row_height = max(row_height, 18 * max(style.lines(label) for label in row_labels))
    ids, places = list(columns), list(rows)
    fig = go.Figure(
        go.Heatmap(
            x=ids,
            y=places,
            z=[[None if math.isnan(cell.value) else round(cell.value, 6) for cell in line] for line in grid],
            hovertext=[[cell.hover for cell in line] for line in grid],
            hoverinfo="text",
            customdata=[[list(cell.data) for cell in line] for line in grid],
            colorscale=[[step / (len(style.SEQUENTIAL) - 1), colour] for step, colour in enumerate(style.SEQUENTIAL)],
            zmin=0,
            zmax=round(top, 6),
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    flat = [(row, column, cell) for row, line in zip(places, grid, strict=True) for column, cell in zip(ids, line, strict=True)]
    fig.add_scatter(
        x=[column for _, column, _ in flat],
        y=[row for row, _, _ in flat],
        text=[_print(cell, small=not narrow) for _, _, cell in flat],
        mode="text",
        textfont={
            "color": [style.text_on(style.shade(cell.value, top)) for _, _, cell in flat],
            "size": style.TEXT if slot > 44 else style.SMALL,
        },
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    heads = [style.wrap(label, 150 if slanted else slot - 8) for label in columns.values()]
    deepest = max(style.lines(head) for head in heads)
    above = (
        min(
            max(style.em(line) for head in heads for line in head.split("<br>")) * style.TEXT * 0.62 + 18 * deepest,
            150,
        )
        if slanted
        else 16 * deepest + 16
    )
    plot = row_height * len(rows)
    fig.update_xaxes(
        type="category",
        side="top",
        tickmode="array",
        tickvals=ids,
        ticktext=heads,
        tickangle=-40 if slanted else 0,
        showgrid=False,
        showline=False,
        ticks="outside",
        ticklen=9,
        tickcolor="rgba(0,0,0,0)",
        range=[-0.5, len(ids) - 0.5],
    )
    fig.update_yaxes(
        type="category",
        tickmode="array",
        tickvals=places,
        ticktext=row_labels,
        showgrid=False,
        showline=False,
        range=[len(places) - 0.5, -0.5],
        ticks="outside",
        ticklen=11,
        tickcolor="rgba(0,0,0,0)",
    )
    fig.add_shape(
        type="rect",
        xref="paper",
        yref="paper",
        x0=0,
        x1=1,
        y0=0,
        y1=1,
        line={"width": 1, "color": style.GRID},
        fillcolor=style.PAPER,
        layer="below",
    )
    wide = style.WIDTH - left - right
    for key, colour in (swatches or {}).items():
        bar = {
            "type": "rect",
            "fillcolor": colour,
            "line": {"width": 0},
            "name": "swatch",
        }
        if key in ids:
            at = ids.index(key)
            fig.add_shape(
                xref="x",
                yref="paper",
                x0=at - 0.48,
                x1=at + 0.48,
                y0=round(1 + 3 / plot, 6),
                y1=round(1 + 7 / plot, 6),
                **bar,
            )
        elif key in places:
            at = places.index(key)
            fig.add_shape(
                xref="paper",
                yref="y",
                x0=round(-7 / wide, 6),
                x1=round(-3 / wide, 6),
                y0=at - 0.46,
                y1=at + 0.46,
                **bar,
            )
    for row, column, cell in flat:
        if math.isnan(cell.value):
            i, j = ids.index(column), places.index(row)
            fig.add_shape(
                type="rect",
                x0=i - 0.49,
                x1=i + 0.49,
                y0=j - 0.47,
                y1=j + 0.47,
                fillcolor=style.NOT_COMPUTED,
                line={"width": 0},
                layer="below",
                name="na",
            )
    return fig, Heads(left=left, above=above, plot=plot, right=right)


def _print(cell: Cell, *, small: bool) -> str:
    return f'{cell.text}<br><span style="font-size:{style.SMALL - 1}px">{cell.small}</span>' if cell.small and small else cell.text
