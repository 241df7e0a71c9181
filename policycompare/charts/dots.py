"""Small multiples of dots with intervals: lengths from a common line, the most exactly read of all marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.matrix import Heads

ROW, GAP = 24, 18


@dataclass(frozen=True)
class Dot:
    """One dot: the panel and row it stands in, its value and interval; hollow unless ``filled``."""

    panel: str
    row: str
    value: float
    low: float = math.nan
    high: float = math.nan
    filled: bool = True
    hover: str = ""
    data: tuple[str, ...] = ()
    colour: str = ""


def dot_panels(
    dots: Sequence[Dot],
    *,
    panels: Mapping[str, str],
    rows: Mapping[str, str],
    colours: Mapping[str, str],
    unit: str,
    na: str,
    per_line: int = 5,
) -> tuple[go.Figure, Heads]:
    """A panel a key of ``panels``, all with the same x-range, rows shared; one trace a panel.

    Parameters
    ----------
    dots
        What to draw; a panel × row without a dot is marked ``na``.
    panels, rows
        Id → label, in the order to show them.
    colours
        Panel id → colour, where a dot has none of its own.
    unit
        ``share`` (0 to 1, shown as per cent) or ``points`` (differences of shares, around a zero line).
    """
    across = min(per_line, len(panels))
    down = -(-len(panels) // across)
    labels = [style.wrap(label, 170) for label in rows.values()]
    left = style.room(labels, most=200)
    gap = 10 / (style.WIDTH - left - 16)
    wide = (1 - gap * (across - 1)) / across
    slot = wide * (style.WIDTH - left - 16)
    heads = {panel: style.wrap(label, slot - 4) for panel, label in panels.items()}
    head = 17 * max(style.lines(label) for label in heads.values()) + 6
    body = ROW * max(style.lines(label) * 0.75 if "<br>" in label else 1 for label in labels) * len(rows)
    plot = down * body + (down - 1) * (head + GAP + 14)
    low, high = _range(dots, unit)
    ticks, texts = _ticks(low, high, unit, most=3 if slot < 130 else 5)
    fig = go.Figure()
    layout: dict[str, object] = {}
    places = {row: at for at, row in enumerate(rows)}
    for number, panel in enumerate(panels):
        line, column = divmod(number, across)
        at = "" if number == 0 else str(number + 1)
        x0, y1 = column * (wide + gap), 1 - line * (body + head + GAP + 14) / plot
        layout[f"xaxis{at}"] = {
            "domain": [round(x0, 6), round(min(x0 + wide, 1.0), 6)],
            "anchor": f"y{at}",
            "range": [round(low, 6), round(high, 6)],
            "tickmode": "array",
            "tickvals": ticks,
            "ticktext": texts,
            "tickfont": {"size": style.SMALL},
            "zeroline": unit == "points",
            "zerolinecolor": style.MUTED,
            "zerolinewidth": 1,
        }
        layout[f"yaxis{at}"] = {
            "domain": [round(max(y1 - body / plot, 0.0), 6), round(y1, 6)],
            "anchor": f"x{at}",
            "range": [len(rows) - 0.5, -0.5],
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": labels if column == 0 else [""] * len(rows),
            "showgrid": True,
            "gridcolor": "#EEF0F3",
        }
        here = sorted(
            (dot for dot in dots if dot.panel == panel and dot.row in places),
            key=lambda dot: places[dot.row],
        )
        shades = [dot.colour or colours.get(panel, style.INK) for dot in here]
        xs: list[float | None] = []
        ys: list[int | None] = []
        for dot in here:
            if not (math.isnan(dot.low) or math.isnan(dot.high)):
                xs += [round(dot.low, 6), round(dot.high, 6), None]
                ys += [places[dot.row], places[dot.row], None]
        axes = {"xaxis": f"x{at}", "yaxis": f"y{at}", "showlegend": False}
        fig.add_scatter(
            x=xs,
            y=ys,
            mode="lines",
            line={"color": shades[0] if shades else style.INK, "width": 2},
            hoverinfo="skip",
            name=f"{panel} interval",
            **axes,
        )
        fig.add_scatter(
            x=[round(dot.value, 6) for dot in here],
            y=[places[dot.row] for dot in here],
            mode="markers",
            marker={
                "size": 10,
                "color": [shade if dot.filled else style.PAPER for dot, shade in zip(here, shades, strict=True)],
                "line": {"width": 2, "color": shades},
            },
            hovertext=[dot.hover for dot in here],
            hoverinfo="text",
            customdata=[list(dot.data) for dot in here],
            name=panel,
            **axes,
        )
        missing = [at for row, at in places.items() if row not in {dot.row for dot in here}]
        for row_at in missing:
            fig.add_annotation(
                x=(low + high) / 2,
                y=row_at,
                xref=f"x{at}",
                yref=f"y{at}",
                text=na,
                showarrow=False,
                font={"size": style.SMALL, "color": style.MUTED},
            )
        fig.add_annotation(
            x=round(x0, 6), y=round(y1, 6), xref="paper", yref="paper", text=heads[panel], showarrow=False, xanchor="left", yanchor="bottom", yshift=3, align="left",
            font={"size": style.TEXT, "color": style.INK}, name="panel",
        )  # fmt: skip
    fig.update_layout(layout)
    return fig, Heads(left=left, above=head, plot=plot)


def _range(dots: Sequence[Dot], unit: str) -> tuple[float, float]:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if not math.isnan(end)]
    if unit == "points":
        reach = max((abs(end) for end in ends), default=0.1) * 1.08 or 0.1
        return -reach, reach
    top = max(ends, default=1.0) or 0.1
    return -0.04 * top, top * 1.06


def _ticks(low: float, high: float, unit: str, *, most: int) -> tuple[list[float], list[str]]:
    """Round values between two ends, few enough that their texts do not touch."""
    span = high - max(low, 0.0) if unit == "share" else high
    room = most - 1 if unit == "share" else (most - 1) // 2
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0) if span / step < room + 1 or step == 2.0)
    first = 0 if unit == "share" else -int(high / step)
    values = [round(at * step, 6) for at in range(first, int(high / step + 1e-9) + 1)]
    return values, [style.percent(value) if unit == "share" else style.points(value) for value in values]
