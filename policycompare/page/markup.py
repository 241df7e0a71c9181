"""Values → markup that is safe to show: texts escaped, quotes marked as Chinese, numbers as links to their statements.

Caveat: plans are strangers' texts; what a page shows of them goes through :func:`escape`, here or in the module that calls it.
"""

from __future__ import annotations

import html
import json

import pandas as pd

from policycompare.prose import Cell, Sentence


class Markup(str):
    """A piece of a page; notebooks show it as HTML.

    Examples
    --------
    >>> Markup("<p>a</p>")._repr_html_()
    '<p>a</p>'
    """

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"Markup of {len(self)} characters"


class Quote(str):
    """A plan's own words: marked as Chinese for fonts and screen readers."""


class Code(str):
    """A hash, version or command, set in letters of one width."""


def escape(value: object) -> str:
    """A value as text that is safe between tags and in attributes."""
    return html.escape(str(value), quote=True)


def content(value: object) -> str:
    """What a table's cell shows: texts escaped, numbers with thousands marked, nothing for what is missing."""
    if isinstance(value, (Cell, list, tuple)):
        return inline([value] if isinstance(value, Cell) else value)
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, Quote):
        return f'<span lang="zh">{escape(value)}</span>' if value else ""
    if isinstance(value, Code):
        return f"<code>{escape(value)}</code>"
    return f"{value:,g}" if isinstance(value, float) else escape(value)


def inline(parts: Sentence) -> str:
    """A sentence, its numbers as links to the statements that they count."""
    parts = [parts] if isinstance(parts, str) else parts
    return "".join(_link(part) if isinstance(part, Cell) else escape(part) for part in parts)


def _link(cell: Cell) -> str:
    wish = {key: value for key, value in cell._asdict().items() if value and key != "text"}
    place = f"#s-{cell.statement}" if cell.statement else "#evidence"
    return f'<a href="{escape(place)}" data-open="{escape(json.dumps(wish, ensure_ascii=False, sort_keys=True))}">{escape(cell.text)}</a>'
