"""Texts that fit their place: escaped, measured, and broken into lines before plotly draws them.

Caveat: widths are estimated from the kind of a character, so that a figure is the same on every machine; they are right to some
per cent in the figures' own font.
"""

from __future__ import annotations

import unicodedata
from itertools import takewhile

SIZE = 13


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


def wrap(text: str, width: float, size: float = SIZE) -> str:
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


def balance(text: str, width: float, size: float = SIZE) -> str:
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


def room(labels: list[str], *, size: float = SIZE, least: float = 40, most: float = 220) -> float:
    """Pixels that the widest line of some (wrapped) labels takes, with a gap beside it."""
    widest = max((em(line) for label in labels for line in label.split("<br>")), default=0)
    return float(round(min(max(widest * size + 16, least), most)))


def quote(text: str, *, most: int = 160, width: float = 420, size: float = 12) -> str:
    """A plan's own words for a hover box: escaped, wrapped, shortened.

    Examples
    --------
    >>> quote("加强<师德>建设。")
    '“加强&lt;师德&gt;建设。”'
    """
    said = " ".join(text.split())
    return wrap(f"“{said if len(said) <= most else said[: most - 1] + '…'}”", width, size)
