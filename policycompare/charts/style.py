"""One look for every figure: type, palette, number formats, title, note and source line.

Caveat: sizes are in CSS pixels at 96 to the inch and meant for a figure :data:`WIDTH` wide (18 cm in print); scale a
PNG by 3.125 for 300 dpi instead of widening the figure.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import typeset

WIDTH = 680
FONT = '"WenQuanYi Micro Hei", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", Arial, sans-serif'
TITLE, TEXT, SMALL = 17, typeset.SIZE, 11

INK, MUTED, GRID, PAPER = "#1F2328", "#57606A", "#DFE3E8", "#FFFFFF"
NO_THEME = "#D9D9D9"
NOT_COMPUTED = "#C4C4C4"

# Found by random search from muted hues: the least distance between any two, for normal sight and under simulated
# protanopia, deuteranopia and tritanopia (Machado, Oliveira & Fernandes 2009), is 9 (ΔE in OKLab × 100), 13 among the first five.
PALETTE = (
    "#2370B5",
    "#E49F1D",
    "#AD2924",
    "#2CA5B5",
    "#4C2D83",
    "#81BBED",
    "#6F1A4F",
    "#6E8B1E",
    "#E16D88",
    "#5B5B5D",
)
# Clusters are no themes: other colours, and a shape each, since so many colours alone cannot be told apart by everyone.
CLUSTERS = (
    "#0B6E4F",
    "#C8553D",
    "#3D5A98",
    "#B8A000",
    "#8E4A9E",
    "#6D8EA0",
    "#7A4A1E",
    "#D98BA5",
    "#1C1C1C",
    "#8DB600",
)
SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "triangle-down",
    "cross",
    "x",
    "star",
    "hexagon",
    "pentagon",
)

# White to dark blue: lightness falls evenly, so it also reads in grey print.
SEQUENTIAL = ("#FFFFFF", "#D6E4F2", "#A9C8E4", "#6FA3D0", "#3B7BB4", "#1D5590", "#0E3566")
COLOURSCALE = [[round(at / (len(SEQUENTIAL) - 1), 6), colour] for at, colour in enumerate(SEQUENTIAL)]


def template() -> go.layout.Template:
    """The toolkit's plotly template."""
    axis = {
        "gridcolor": GRID,
        "linecolor": MUTED,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": TEXT, "color": INK},
        "title": {"font": {"size": SMALL + 1, "color": MUTED}, "standoff": 6},
        "automargin": False,
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": TEXT, "color": INK},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "colorway": list(PALETTE),
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "align": "left",
                "bgcolor": PAPER,
                "bordercolor": MUTED,
                "font": {"family": FONT, "size": SMALL + 1, "color": INK},
            },
            "legend": {"font": {"size": SMALL + 1}, "itemsizing": "constant"},
            "separators": ".,",
        }
    )


@dataclass(frozen=True)
class Heads:
    """Pixels that the heads of a figure need at its sides, and the height of its plotting area."""

    left: float
    above: float
    plot: float
    right: float = 16


def finish(
    fig: go.Figure,
    *,
    data: pd.DataFrame,
    title: str,
    subtitle: str,
    note: str,
    source: str,
    heads: Heads,
    below: float = 26,
    legend: bool = False,
) -> go.Figure:
    """Put a figure's title above it, its legend, note and source line below it, each in a place of its own.

    Parameters
    ----------
    data
        The rows that the figure shows: they travel with it, for :func:`policycompare.export.data`.
    heads
        The plotting area's height and the margins that its labels need at the left, at the right and above.
    below
        Pixels that the axis labels below need.
    legend
        Whether the traces' names are shown in a legend below.
    """
    plot, left, right, above = heads.plot, heads.left, heads.right, heads.above
    full = WIDTH - 24
    head = typeset.wrap(title, full, TITLE)
    sub = typeset.wrap(subtitle, full, SMALL + 1)
    foot = "<br>".join(typeset.wrap(line, full, SMALL) for line in (note, source) if line)
    head_height = 12 + 22 * typeset.lines(head) + 17 * typeset.lines(sub)
    foot_height = 10 + 15 * typeset.lines(foot)
    entry, legend_height = _legend(fig, WIDTH - left - right) if legend else (0.0, 0.0)
    top, bottom = head_height + above, below + legend_height + foot_height
    height = round(top + plot + bottom)
    # One pixel of the plotting area is 1 / plot of "paper": margins must be reached by shifts, which count in pixels.
    fixed: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "xshift": 12 - left,
        "xanchor": "left",
        "align": "left",
        "showarrow": False,
    }
    fig.add_annotation(
        text=head,
        y=1,
        yshift=top - 10,
        yanchor="top",
        font={"size": TITLE, "color": INK},
        name="title",
        **fixed,
    )
    fig.add_annotation(
        text=sub,
        y=1,
        yshift=top - 12 - 22 * typeset.lines(head),
        yanchor="top",
        font={"size": SMALL + 1, "color": MUTED},
        name="subtitle",
        **fixed,
    )
    fig.add_annotation(
        text=foot,
        y=0,
        yshift=8 - bottom,
        yanchor="bottom",
        font={"size": SMALL, "color": MUTED},
        name="note",
        **fixed,
    )
    fig.update_layout(
        template=template(),
        width=WIDTH,
        height=height,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        meta={"title": title, "subtitle": subtitle, "note": note, "source": source, "data": _rows(data)},
    )
    fig.update_layout(showlegend=legend)
    if legend:
        at = {
            "xref": "container",
            "x": round(12 / WIDTH, 6),
            "xanchor": "left",
            "yref": "container",
            "yanchor": "top",
        }
        fig.update_layout(
            legend={
                "orientation": "h",
                "y": round((foot_height + legend_height) / height, 6),
                "entrywidth": entry,
                **at,
            }
        )
    return fig


def _rows(data: pd.DataFrame) -> dict[str, list[Any]]:
    """A table as lists that JSON can hold: its columns and its rows, in an order that does not hang on the table's."""
    ordered = data.sort_values(list(data.columns), kind="stable")
    split: dict[str, list[Any]] = json.loads(ordered.to_json(orient="split", index=False, double_precision=6))
    return split


def _legend(fig: go.Figure, width: float) -> tuple[float, float]:
    """The width of a legend's entries and the height of the legend, both in pixels."""
    shown = [trace.name for trace in fig.data if trace.showlegend is not False]
    entry = max(typeset.em(name) for name in shown) * (SMALL + 1) + 6
    # plotly puts some 45 pixels for the mark and the gaps to every entry, and breaks lines at the plotting area's width.
    across = max(1, int(width / (entry + 45)))
    return round(entry, 1), 20.0 * -(-len(shown) // across) + 12


def percent(share: float) -> str:
    """A share as a whole per cent; what is there but rounds to nothing is told from zero.

    Examples
    --------
    >>> percent(0.423), percent(0.0), percent(0.002), percent(float("nan"))
    ('42%', '0%', '<1%', '')
    """
    if math.isnan(share):
        return ""
    return "<1%" if 1e-9 < share < 0.005 else f"{share * 100:.0f}%"


def points(difference: float) -> str:
    """A difference of shares in percentage points, always with its sign.

    Examples
    --------
    >>> points(0.123), points(-0.05), points(0.001)
    ('+12', '−5', '0')
    """
    rounded = round(difference * 100)
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded else "0"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2); text needs 4.5.

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """

    def luminance(colour: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in _rgb(colour))]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: str) -> str:
    """Black or white text, whichever reads better: its contrast is at least 4.5 on any colour.

    Examples
    --------
    >>> text_on("#FFFFFF"), text_on("#0E3566")
    ('#000000', '#FFFFFF')
    """
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, colour))


def shade(value: float, top: float) -> str:
    """The colour of a value between 0 and ``top`` on the scale :data:`SEQUENTIAL`, as plotly interpolates it."""
    if math.isnan(value):
        return NOT_COMPUTED
    at = min(max(value / top if top else 0.0, 0.0), 1.0) * (len(SEQUENTIAL) - 1)
    low = min(int(at), len(SEQUENTIAL) - 2)
    mixed = (round(a + (b - a) * (at - low)) for a, b in zip(_rgb(SEQUENTIAL[low]), _rgb(SEQUENTIAL[low + 1]), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)
