"""One look for every figure: type, palette, number formats, title, note and source line.

Caveat: sizes are in CSS pixels at 96 to the inch and meant for a figure :data:`WIDTH` wide (18 cm in print); scale a
PNG by 3.125 for 300 dpi instead of widening the figure.
"""

from __future__ import annotations

import math
import unicodedata
from itertools import takewhile
from typing import Any

import plotly.graph_objects as go

WIDTH = 680
FONT = '"WenQuanYi Micro Hei", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", Arial, sans-serif'
TITLE, TEXT, SMALL = 17, 13, 11

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
SEQUENTIAL = (
    "#FFFFFF",
    "#D6E4F2",
    "#A9C8E4",
    "#6FA3D0",
    "#3B7BB4",
    "#1D5590",
    "#0E3566",
)


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


def finish(
    fig: go.Figure,
    *,
    title: str,
    subtitle: str,
    note: str,
    source: str,
    plot: float,
    left: float,
    right: float = 16,
    above: float = 10,
    below: float = 26,
    legend: bool = False,
) -> go.Figure:
    """Put a figure's title above it, its legend, note and source line below it, each in a place of its own.

    Parameters
    ----------
    plot, left, right, above, below
        Pixels: the plotting area's height, the margins that its labels need at the left and right, for column heads
        above and axis labels below it.
    legend
        Whether the traces' names are shown in a legend below.
    """
    full = WIDTH - 24
    head = wrap(title, full, TITLE)
    sub = wrap(subtitle, full, SMALL + 1)
    foot = "<br>".join(wrap(line, full, SMALL) for line in (note, source) if line)
    head_height = 12 + 22 * lines(head) + 17 * lines(sub)
    foot_height = 10 + 15 * lines(foot)
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
        yshift=top - 12 - 22 * lines(head),
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
        meta={"title": title, "subtitle": subtitle, "note": note, "source": source},
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


def _legend(fig: go.Figure, width: float) -> tuple[float, float]:
    """The width of a legend's entries and the height of the legend, both in pixels."""
    shown = [trace.name for trace in fig.data if trace.showlegend is not False]
    entry = max(em(name) for name in shown) * (SMALL + 1) + 6
    # plotly puts some 45 pixels for the mark and the gaps to every entry, and breaks lines at the plotting area's width.
    across = max(1, int(width / (entry + 45)))
    return round(entry, 1), 20.0 * -(-len(shown) // across) + 12


def escape(text: object) -> str:
    """A text from outside, safe in a plotly label: no tags, no entities, no TeX.

    Examples
    --------
    >>> escape("<b>5%</b> & $x$")
    '&lt;b&gt;5%&lt;/b&gt; &amp; &#36;x&#36;'
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")


def em(text: str) -> float:
    """A text's width in ems: a Chinese character is 1, a Latin letter about as wide as in the figures' font."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else _WIDTHS.get(sign, 0.64 if sign.isupper() else 0.57) for sign in text)


_WIDTHS = {**dict.fromkeys(" .,;:'|!()[]ijlIft-", 0.31), **dict.fromkeys("mwMW%", 0.88)}


def wrap(text: str, width: float, size: float = TEXT) -> str:
    """A text broken by ``<br>`` so that no line is wider than ``width`` pixels; words from outside come out escaped.

    Chinese breaks after any character but keeps closing marks with what they close.

    Examples
    --------
    >>> wrap("Funding and facilities", 80)
    'Funding and<br>facilities'
    >>> wrap("体育、美育、劳动与健康", 80)
    '体育、美育、<br>劳动与健康'
    """
    rows, row = [], ""
    for piece in _pieces(text):
        if row.strip() and em((row + piece).rstrip()) * size > width:
            rows.append(row.strip())
            row = ""
        row += piece
    return "<br>".join(escape(row) for row in [*rows, row.strip()])


def balance(text: str, width: float, size: float = TEXT) -> str:
    """As :func:`wrap`, with lines as even as they can be without becoming more.

    Examples
    --------
    >>> wrap("教师队伍", 40), balance("教师队伍", 40)
    ('教师队<br>伍', '教师<br>队伍')
    """
    least = lines(wrap(text, width, size))
    narrower = (wrap(text, width - less, size) for less in range(0, max(int(width) - int(size), 1), 4))
    return list(takewhile(lambda tried: lines(tried) == least, narrower))[-1]


def _pieces(text: str) -> list[str]:
    """The parts of a text that no line break may split."""
    pieces: list[str] = []
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        after = pieces[-1][-1] if pieces else ""
        closing = (sign in "，。、；：！？）》”’」』】" and wide) or sign in "”’ "
        if pieces and (
            closing or after in "（《“‘「『【" or (not wide and after != " " and unicodedata.east_asian_width(after) not in "WF")
        ):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def lines(text: str) -> int:
    """How many lines a wrapped text takes."""
    return text.count("<br>") + 1 if text else 0


def room(labels: list[str], *, size: float = TEXT, least: float = 40, most: float = 220) -> float:
    """Pixels that the widest line of some (wrapped) labels takes, with a gap beside it."""
    widest = max((em(line) for label in labels for line in label.split("<br>")), default=0)
    return float(round(min(max(widest * size + 16, least), most)))


def quote(text: str, *, most: int = 160, width: float = 420) -> str:
    """A plan's own words for a hover box: escaped, wrapped, shortened.

    Examples
    --------
    >>> quote("加强<师德>建设。")
    '“加强&lt;师德&gt;建设。”'
    """
    said = " ".join(text.split())
    return wrap(f"“{said if len(said) <= most else said[: most - 1] + '…'}”", width, SMALL + 1)


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


def shade(value: float, top: float, scale: tuple[str, ...] = SEQUENTIAL) -> str:
    """The colour of a value between 0 and ``top`` on a scale, as plotly interpolates it."""
    if math.isnan(value):
        return NOT_COMPUTED
    at = min(max(value / top if top else 0.0, 0.0), 1.0) * (len(scale) - 1)
    low = min(int(at), len(scale) - 2)
    mixed = (round(a + (b - a) * (at - low)) for a, b in zip(_rgb(scale[low]), _rgb(scale[low + 1]), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)
