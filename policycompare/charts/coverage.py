"""Coverage of themes and subthemes: the heatmap, and the shares with their intervals.

Caveat: a share counts text, not effort; a plan of another genre or level differs for that reason too.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.cells import share_cell, share_hover
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, names, records, require, subtheme_labels
from policycompare.charts.matrix import Cell, matrix
from policycompare.schema import WEIGHED_BY, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

MOST_COLUMNS = 7


def coverage_heatmap(
    coverage: pd.DataFrame,
    *,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Plan × theme, the share and its interval printed in every cell.

    Parameters
    ----------
    coverage
        The ``coverage`` table; a row is plan × theme × ``by``.
    by
        What is counted: ``statements``, ``measures`` or ``characters``.
    plans
        The ``plans`` table, for labels; by default that of the packaged study.
    taxonomy
        The themes' names, order and colours: by name, file or as loaded.
    language
        ``en`` or ``zh``.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share, 0 to 1, empty where nothing could be counted; its ``customdata`` are (plan id, theme id).
        Plans are rows, or columns where the themes are too many to stand side by side.

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or an argument is none of the allowed values.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"plan": "fengjie", "theme": "safety", "by": "statements", "n": 2, "of": 8, "share": 0.25, "low": 0.1, "high": 0.5}
    >>> fig = coverage_heatmap(pd.DataFrame([row]), language="zh")
    >>> fig.data[0].z, fig.layout.yaxis.ticktext
    (([0.25],), ('奉节县',))
    """
    table, words = read_coverage(coverage, by, plans, taxonomy, language)
    upright = len(words.themes) <= MOST_COLUMNS or len(words.plans) > MOST_COLUMNS
    cells = {
        (row.plan, row.theme) if upright else (row.theme, row.plan): share_cell(row, _heads(row, words), by, words, (row.plan, row.theme))
        for row in records(table)
    }
    rows, columns = (words.plans, words.themes) if upright else (words.themes, words.plans)
    fig, heads = matrix(cells, rows=rows, columns=columns, swatches=words.colours, missing=Cell(math.nan, words.word("na")))
    unknown = any(math.isnan(cell.value) for cell in cells.values()) or len(cells) < len(words.plans) * len(words.themes)
    return style.finish(
        fig,
        data=table,
        title=words.word("heatmap.title"),
        subtitle=words.word("heatmap.subtitle", by=words.word(f"by.{by}")),
        note=_note(table, words, by, "na.note" if unknown else ""),
        source=words.source,
        heads=heads,
        below=6,
    )


def coverage_dots(
    coverage: pd.DataFrame,
    *,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Shares as dots with 95 % intervals, a panel a theme, a row a plan.

    Parameters and errors are those of :func:`coverage_heatmap`; points' ``customdata`` are (plan id, theme id).
    """
    table, words = read_coverage(coverage, by, plans, taxonomy, language)
    panels = [Panel(theme, label, words.plans, words.colours[theme]) for theme, label in words.themes.items()]
    dots = [_dot(row, row.theme, _heads(row, words), by, words) for row in records(table) if not math.isnan(row.share)]
    return _shares(dots, panels, "dots", table, by, words)


def subtheme_dots(
    coverage: pd.DataFrame,
    *,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Shares of subthemes as dots with 95 % intervals: a panel a subtheme, a line of panels a theme, a row a plan.

    Parameters
    ----------
    coverage
        The ``coverage`` table with its column ``subtheme`` (``pc.coverage(…, subthemes=True)``); rows of whole themes are left out.
    by, plans, taxonomy, language
        As in :func:`coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is the share, 0 to 1; ``customdata`` are (plan id, theme id, subtheme id).

    Raises
    ------
    PolicyCompareError
        The table has no row of a subtheme or lacks a column, or an argument is none of the allowed values.
    """
    require(coverage, "coverage", ("subtheme",))
    below = coverage[coverage["subtheme"].fillna("") != ""]
    require(below, "coverage of subthemes", ())
    table, words = read_coverage(below.rename(columns={"subtheme": "below"}), by, plans, taxonomy, language)
    labels = subtheme_labels(taxonomy, language)
    present = {(row.theme, row.below) for row in records(table)}
    order = [key for key in labels if key in present] + sorted(present - set(labels))
    order.sort(key=lambda key: list(words.themes).index(key[0]))
    panels = [Panel("/".join(key), labels.get(key, key[1]), words.plans, words.colours[key[0]], line=words.themes[key[0]]) for key in order]
    dots = [
        _dot(row, f"{row.theme}/{row.below}", (words.plans[row.plan], labels.get((row.theme, row.below), row.below)), by, words, row.below)
        for row in records(table)
        if not math.isnan(row.share)
    ]
    return _shares(dots, panels, "subthemes", table, by, words)


def _dot(row: Any, panel: str, heads: tuple[str, ...], by: str, words: Names, *more: str) -> Dot:
    hover = share_hover(row, heads, by, words)
    return Dot(panel, row.plan, row.share, row.low, row.high, hover=hover, data=(row.plan, row.theme, *more))


def _shares(dots: list[Dot], panels: list[Panel], key: str, table: pd.DataFrame, by: str, words: Names) -> go.Figure:
    fig, heads = dot_panels(dots, panels, unit="share", na=words.word("na"))
    return style.finish(
        fig,
        data=table,
        title=words.word(f"{key}.title"),
        subtitle=words.word(f"{key}.subtitle", by=words.word(f"by.{by}")),
        note=_note(table, words, by, ""),
        source=words.source,
        heads=heads,
    )


def read_coverage(
    coverage: pd.DataFrame,
    by: str,
    plans: pd.DataFrame | None,
    taxonomy: Taxonomy | str | Path,
    language: str,
    *,
    each: bool = True,
) -> tuple[pd.DataFrame, Names]:
    """The rows of the coverage table that are counted so, without subthemes, and their labels."""
    one_of("by", by, WEIGHED_BY)
    require(coverage, "coverage", ("plan", "theme", "by", "n", "of", "share", "low", "high"))
    table = coverage[coverage["by"] == by]
    table = table[table["subtheme"].fillna("") == ""].drop(columns="subtheme") if "subtheme" in table else table
    require(table, f"coverage by {by}", ())
    return table, names(
        plans=plans,
        taxonomy=taxonomy,
        language=language,
        plan_ids=table["plan"],
        theme_ids=table["theme"],
        each=each,
    )


def _heads(row: Any, words: Names) -> tuple[str, str]:
    return words.plans[row.plan], words.themes[row.theme]


def _note(table: pd.DataFrame, words: Names, by: str, also: str) -> str:
    total = table.drop_duplicates("plan")["of"].sum()
    note = words.word(
        "heatmap.note",
        counts=words.counted(by, total),
        plans=words.counted("plans", len(words.plans)),
    )
    parts = [note, words.word("multi"), *([words.word(also)] if also else [])]
    return words.word("note", note=(" " if words.language == "en" else "").join(parts))
