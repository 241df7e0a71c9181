"""What a plan does not speak of.

Caveat: silence in a text is no proof that nothing is done; and a coder may have missed what was said in other words.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.cells import share_hover
from policycompare.charts.labels import Names, names, records, require, subtheme_labels
from policycompare.charts.matrix import Cell, matrix
from policycompare.schema import COUNTED_BY, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

MOST_COLUMNS = 10


def silences(
    coverage: pd.DataFrame,
    *,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Theme or subtheme × plan, dark where the plan has nothing on it, with how much there could be at most.

    Parameters
    ----------
    coverage
        The ``coverage`` table; where it has rows of subthemes these are shown, else its themes.
    by, plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is 1 for a silence and 0 else; ``customdata`` are (plan id, theme id, subtheme id or "").

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or an argument is none of the allowed values.
    """
    one_of("by", by, COUNTED_BY)
    require(coverage, "coverage", ("plan", "theme", "by", "n", "of", "share", "low", "high"))
    table = coverage[coverage["by"] == by]
    table = table.assign(below=table["subtheme"].fillna("") if "subtheme" in table else "")
    table = table[table["below"] != ""] if (table["below"] != "").any() else table
    require(table, f"coverage by {by}", ())
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=table["plan"], theme_ids=table["theme"])
    below = {("", ""): "", **subtheme_labels(taxonomy, language)}
    places = {theme: at for at, theme in enumerate(words.themes)}
    listed = {key: at for at, key in enumerate(below)}
    keys = sorted({(row.theme, row.below) for row in records(table)}, key=lambda key: (places[key[0]], listed.get(key, len(listed)), key))
    rows = {"/".join(key).strip("/"): below.get(key, key[1]) if key[1] else words.themes[key[0]] for key in keys}
    many, cells = len(words.plans) > MOST_COLUMNS, {}
    for row in records(table):
        key = f"{row.theme}/{row.below}".strip("/")
        cells[(row.plan, key) if many else (key, row.plan)] = _cell(row, rows[key], by, words)
    swatches = {"/".join(key).strip("/"): words.colours[key[0]] for key in keys}
    missing = Cell(math.nan, words.word("na"))
    down, across = (words.plans, rows) if many else (rows, words.plans)
    fig, heads = matrix(cells, rows=down, columns=across, swatches=swatches, missing=missing)
    silent = sum(cell.value == 1 for cell in cells.values())
    note = words.word("silences.note", n=silent, of=len(cells), plans=words.counted("plans", len(words.plans)))
    return style.finish(
        fig,
        data=table,
        title=words.word("silences.title"),
        subtitle=words.word("silences.subtitle", by=words.word(f"by.{by}")),
        note=words.word("note", note=note),
        source=words.source,
        heads=heads,
        below=6,
    )


def _cell(row: Any, label: str, by: str, words: Names) -> Cell:
    hover = share_hover(row, (words.plans[row.plan], label), by, words)
    data = (row.plan, row.theme, row.below)
    if math.isnan(row.share):
        return Cell(math.nan, words.word("na"), "", hover, data)
    if row.n > 0:
        return Cell(0.0, style.percent(row.share), "", hover, data)
    return Cell(1.0, words.word("silences.none"), "" if math.isnan(row.high) else f"≤ {style.percent(row.high)}", hover, data)
