"""Two frames at once: how the statements on each theme fall into the codes of another frame.

Caveat: a row's shares add up to 100 % only where a statement has one code of the columns' frame (as with strength).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.cells import share_cell
from policycompare.charts.labels import names, plan_ids, records, require, theme_names
from policycompare.charts.matrix import matrix
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy


def crosstab_heatmap(
    table: pd.DataFrame,
    *,
    plan: str = "",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    other_taxonomy: Taxonomy | str | Path = "instruments",
    language: str = "en",
) -> go.Figure:
    """Theme × code of another frame: of the statements on the row's theme, the share with the column's code, and its interval.

    Parameters
    ----------
    table
        As ``pc.crosstab`` returns it.
    plan
        Whose statements; by default those of all plans together.
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.
    other_taxonomy
        The columns' frame: their names, order and colours.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share, 0 to 1, empty where the theme stands nowhere; its ``customdata`` are (plan id, theme id, other id).

    Raises
    ------
    PolicyCompareError
        The table has no row of the plan or lacks a column, or the language is unknown.
    """
    require(table, "crosstab", ("plan", "theme", "other", "n", "of", "share", "low", "high"))
    rows = table[table["plan"] == plan]
    require(rows, f"crosstab of plan {plan!r}", ())
    ids = [plan] if plan else plan_ids(plans)
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids=rows["theme"], each=False)
    known, at = theme_names(other_taxonomy), ("en", "zh").index(language)
    columns = {other: named[at] for other, named in known.items() if other in set(rows["other"])}
    cells = {
        (row.theme, row.other): share_cell(
            row, (words.themes[row.theme], columns[row.other]), "statements", words, (row.plan, row.theme, row.other)
        )
        for row in records(rows)
    }
    colours = {other: known[other][2] for other in columns}
    fig, heads = matrix(cells, rows=words.themes, columns=columns, swatches={**words.colours, **colours}, top=1.0)
    frame = load_taxonomy(other_taxonomy).name
    key = f"crosstab.{frame}" if frame in ("instruments", "strength") else "crosstab"
    return style.finish(
        fig,
        data=rows,
        title=words.word(f"{key}.title"),
        subtitle=words.word("crosstab.subtitle"),
        note=words.word("note", note=words.word(f"{key}.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        heads=heads,
        below=6,
    )
