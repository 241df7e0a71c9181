"""Small multiples of dots with intervals: lengths from a common line, the most exactly read of all marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import plotly.graph_objects as go

from policycompare.charts import style, typeset

ROW, GAP, AXIS, LINE_HEAD, TICK = 24, 14, 22, 26, 7


@dataclass(frozen=True)
class Dot:
    """One dot: the panel and row it stands in, its value and interval, and a wider one drawn thin; hollow unless ``filled``."""

    panel: str
    row: str
    value: float
    low: float = math.nan
    high: float = math.nan
    filled: bool = True
    hover: str = ""
    data: tuple[str, ...] = ()
    least: float = math.nan
    most: float = math.nan


@dataclass(frozen=True)
class Panel:
    """One panel: its rows (id → label, in order), colour, and the head of the line of panels that it stands in."""

    key: str
    label: str
    rows: Mapping[str, str] = field(default_factory=dict)
    colour: str = style.INK
    line: str = ""


@dataclass(frozen=True)
class _Frame:
    """A panel's place in pixels from the top left of the plotting area."""

    panel: Panel
    x: float
    y: float
    wide: float
    high: float
    first: bool


def dot_panels(dots: Sequence[Dot], panels: Sequence[Panel], *, unit: str, na: str, per_line: int = 5) -> tuple[go.Figure, style.Heads]:
    """Panels with the same x-range; rows are named once a line where all panels have the same, else in each panel.

    Parameters
    ----------
    dots
        What to draw; a row of a panel without a dot is marked ``na``.
    panels
        In the order to show them; a new ``line`` starts a new line, and so does the panel after ``per_line``.
    unit
        ``share`` (shown as per cent), ``position`` (the same, from 0 to 1 whatever the dots), ``points`` (differences of shares,
        around zero), ``index`` (0 to 1), or ``score`` (any number, with a line at zero).
    """
    shared = all(panel.rows == panels[0].rows for panel in panels)
    per_line = min(per_line, max(len(list(group)) for _, group in groupby(panels, key=lambda panel: panel.line)))
    label_room = typeset.room([typeset.wrap(label, 170) for panel in panels for label in panel.rows.values()], most=200) + TICK
    left = label_room if shared else 12.0
    whole = style.WIDTH - left - 16
    frames, plot, above = _frames(panels, whole, per_line, own=0.0 if shared else label_room)
    low, high = _range(dots, unit)
    ticks, texts = _ticks(low, high, unit, most=3 if frames[0].wide < 130 else 5)
    fig = go.Figure()
    for number, frame in enumerate(frames):
        at = "" if number == 0 else str(number + 1)
        panel = frame.panel
        _axes(fig, frame, at, whole, plot, labels=frame.first or not shared)
        fig.layout[f"xaxis{at}"].update(range=[round(low, 6), round(high, 6)], tickvals=ticks, ticktext=texts)
        if unit in ("points", "score"):
            fig.layout[f"xaxis{at}"].update(zeroline=True, zerolinecolor=style.MUTED, zerolinewidth=1)
        _draw(fig, [dot for dot in dots if dot.panel == panel.key], panel, at)
        places = list(panel.rows)
        for row in set(places) - {dot.row for dot in dots if dot.panel == panel.key}:
            fig.add_annotation(
                x=round((low + high) / 2, 6), y=places.index(row), xref=f"x{at}", yref=f"y{at}", text=na, showarrow=False, name="na",
                font={"size": style.SMALL, "color": style.MUTED},
            )  # fmt: skip
    fig.layout.annotations = sorted(fig.layout.annotations, key=lambda note: (note.xref, note.yref, note.y, note.text))
    return fig, style.Heads(left=left, above=above, plot=plot)


def _frames(panels: Sequence[Panel], whole: float, per_line: int, *, own: float) -> tuple[list[_Frame], float, float]:
    """Where the panels stand, the height of all, and the room above the first line."""
    slot = (whole - GAP * (per_line - 1)) / per_line
    frames: list[_Frame] = []
    y = above = 0.0
    for head, group in groupby(panels, key=lambda panel: panel.line):
        together = list(group)
        for start in range(0, len(together), per_line):
            line = together[start : start + per_line]
            high = (
                ROW
                * max(len(panel.rows) for panel in line)
                * max(1.0, 0.75 * _deepest([label for p in line for label in p.rows.values()], 170))
            )
            room = 17 * _deepest([panel.label for panel in line], slot - 4) + 6 + (LINE_HEAD if head and start == 0 else 0)
            y, above = (y + room, above) if frames else (0.0, room)
            for at, panel in enumerate(line):
                frames.append(_Frame(panel, at * (slot + GAP) + own, y, slot - own, high, at == 0))
            y += high + AXIS + GAP
    return frames, y - AXIS - GAP, above + 6


def _deepest(labels: Sequence[str], width: float) -> int:
    return max((typeset.lines(typeset.wrap(label, width)) for label in labels), default=1)


def _axes(fig: go.Figure, frame: _Frame, at: str, whole: float, plot: float, *, labels: bool) -> None:
    """A panel's two axes and heads."""
    panel = frame.panel
    x0, x1 = round(frame.x / whole, 6), round(min((frame.x + frame.wide) / whole, 1.0), 6)
    y0, y1 = round(max(1 - (frame.y + frame.high) / plot, 0.0), 6), round(1 - frame.y / plot, 6)
    texts = [typeset.wrap(label, 170) if labels else "" for label in panel.rows.values()]
    fig.update_layout(
        {
            f"xaxis{at}": {"domain": [x0, x1], "anchor": f"y{at}", "tickmode": "array", "tickfont": {"size": style.SMALL}},
            f"yaxis{at}": {
                "domain": [y0, y1],
                "anchor": f"x{at}",
                "range": [len(panel.rows) - 0.5, -0.5],
                "tickmode": "array",
                "tickvals": list(range(len(panel.rows))),
                "ticktext": texts,
                "gridcolor": "#EEF0F3",
                "ticks": "outside",
                "ticklen": TICK,
                "tickcolor": "rgba(0,0,0,0)",
            },
        }
    )
    common = {"xref": "paper", "yref": "paper", "showarrow": False, "xanchor": "left", "yanchor": "bottom", "align": "left", "y": y1}
    label = typeset.wrap(panel.label, frame.wide - 4)
    fig.add_annotation(text=label, x=x0, yshift=3, font={"size": style.TEXT, "color": style.INK}, name="panel", **common)
    if panel.line and frame.first:
        up = 9 + 17 * typeset.lines(label)
        fig.add_annotation(
            text=typeset.escape(panel.line), x=x0, yshift=up, font={"size": style.TEXT + 1, "color": style.INK}, name="line", **common
        )
        bar = {"type": "rect", "xref": "paper", "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "line": {"width": 0}}
        fig.add_shape(xanchor=x0, yanchor=y1, x0=-9, x1=-4, y0=up + 2, y1=up + 20, fillcolor=panel.colour, name="swatch", **bar)


def _draw(fig: go.Figure, dots: Sequence[Dot], panel: Panel, at: str) -> None:
    """A panel's intervals and dots, a trace each."""
    places = {row: number for number, row in enumerate(panel.rows)}
    here = sorted(dots, key=lambda dot: places[dot.row])
    axes = {"xaxis": f"x{at}", "yaxis": f"y{at}", "showlegend": False, "cliponaxis": False}
    wider = any(not math.isnan(dot.least) for dot in here)
    if wider:
        xs, ys = _lines([(dot.least, dot.most, places[dot.row]) for dot in here])
        fig.add_scatter(
            x=xs, y=ys, mode="lines", line={"color": panel.colour, "width": 1}, hoverinfo="skip", name=f"{panel.key} range", **axes
        )
    xs, ys = _lines([(dot.low, dot.high, places[dot.row]) for dot in here])
    width = 5 if wider else 2
    fig.add_scatter(
        x=xs, y=ys, mode="lines", line={"color": panel.colour, "width": width}, hoverinfo="skip", name=f"{panel.key} interval", **axes
    )
    fig.add_scatter(
        x=[round(dot.value, 6) for dot in here],
        y=[places[dot.row] for dot in here],
        mode="markers",
        marker={
            "size": 10,
            "color": [panel.colour if dot.filled else style.PAPER for dot in here],
            "line": {"width": 2, "color": panel.colour},
        },
        hovertext=[dot.hover for dot in here],
        hoverinfo="text",
        customdata=[list(dot.data) for dot in here],
        name=panel.key,
        **axes,
    )


def _lines(spans: Sequence[tuple[float, float, int]]) -> tuple[list[float | None], list[int | None]]:
    """Horizontal lines as one trace's points, with a gap behind each; a span that is not known has none."""
    xs: list[float | None] = []
    ys: list[int | None] = []
    for low, high, place in spans:
        if not (math.isnan(low) or math.isnan(high)):
            xs += [round(low, 6), round(high, 6), None]
            ys += [place, place, None]
    return xs, ys


def _range(dots: Sequence[Dot], unit: str) -> tuple[float, float]:
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high, dot.least, dot.most) if not math.isnan(end)]
    if unit == "points":
        reach = max((abs(end) for end in ends), default=0.1) * 1.08 or 0.1
        return -reach, reach
    if unit in ("index", "position"):
        edge = 0.04 if unit == "index" else 0.1
        return min(0.0, *ends, 0.0) - edge, 1 + edge
    top = max(ends, default=1.0) or 0.1
    return min(0.0, *ends, 0.0) - 0.04 * top, top * 1.06


def _ticks(low: float, high: float, unit: str, *, most: int) -> tuple[list[float], list[str]]:
    """Round values between two ends: few, and far enough from the ends that their texts touch nothing of the next panel."""
    inner = 0.9 if most < 5 and unit not in ("index", "position") else 1.0
    steps = [base * 10.0**power for power in range(-3, 6) for base in (1, 2, 2.5, 5)]
    first, last = low * inner, high * inner
    step = next(step for step in steps if math.floor(last / step + 1e-9) - math.ceil(first / step - 1e-9) < most)
    values = [round(at * step, 6) for at in range(math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9) + 1)]
    if unit in ("share", "position"):
        return values, [style.percent(value) for value in values]
    return values, [style.points(value) if unit == "points" else f"{value:g}".replace("-", "−") for value in values]
