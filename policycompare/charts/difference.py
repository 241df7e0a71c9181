"""Differences of coverage between plans, with what can be told apart.

Caveat: a hollow dot is no proof that two plans are alike; it says that these texts are too short to tell.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, names, records, require
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

OTHERS = "others"
AGAINST = (OTHERS, "pairs")
MOST_PAIRS = 66
COLUMNS = ("plan", "other", "theme", "difference", "low", "high", "distinguishable")


def coverage_difference(
    differences: pd.DataFrame,
    *,
    against: str = OTHERS,
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Differences of shares as dots with 95 % intervals, a panel a theme.

    Parameters
    ----------
    differences
        A row is plan × other × theme: ``plan``, ``other`` (a plan's id, or ``others`` for the mean of the others), ``theme``,
        ``difference`` (of shares, −1 to 1), ``low``, ``high``, ``distinguishable`` (true or false).
    against
        ``others``: each plan against the mean of the others; ``pairs``: every plan against every other.
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is in shares (−1 to 1); a hollow dot cannot be told from zero; ``customdata`` are (plan id, theme id, other).

    Raises
    ------
    PolicyCompareError
        The table has no such row, lacks a column or has more than 66 pairs, or an argument is none of the allowed values.
    """
    one_of("against", against, AGAINST)
    require(differences, "differences", COLUMNS)
    table = differences[(differences["other"] == OTHERS) == (against == OTHERS)]
    require(table, f"differences against {against}", ())
    if against != OTHERS and table[["plan", "other"]].drop_duplicates().shape[0] > MOST_PAIRS:
        raise PolicyCompareError(
            f"differences: more than {MOST_PAIRS} pairs of plans cannot be read in one figure; filter the table to fewer plans."
        )
    ids = {*table["plan"], *table["other"]} - {OTHERS}
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=ids, theme_ids=table["theme"])
    order = list(words.plans)
    pairs = sorted(
        {(row.plan, row.other) for row in records(table)}, key=lambda pair: [order.index(plan) for plan in pair if plan in order]
    )
    rows = {
        "\n".join(pair): words.plans[pair[0]] if pair[1] == OTHERS else " − ".join(words.plans[plan] for plan in pair) for pair in pairs
    }
    dots = [
        Dot(
            row.theme,
            f"{row.plan}\n{row.other}",
            row.difference,
            row.low,
            row.high,
            filled=bool(row.distinguishable),
            hover=_hover(row, rows[f"{row.plan}\n{row.other}"], words),
            data=(row.plan, row.theme, row.other),
        )
        for row in records(table)
        if not math.isnan(row.difference)
    ]
    panels = [Panel(theme, label, rows, words.colours[theme]) for theme, label in words.themes.items()]
    fig, heads = dot_panels(dots, panels, unit="points", na=words.word("na"))
    note = words.word(f"difference.note.{against}", plans=words.counted("plans", len(words.plans)))
    return style.finish(
        fig,
        data=table,
        title=words.word(f"difference.title.{against}"),
        subtitle=words.word(f"difference.subtitle.{against}"),
        note=words.word("note", note=note),
        source=words.source,
        heads=heads,
    )


def _hover(row: Any, label: str, words: Names) -> str:
    return "<br>".join(
        [
            f"{typeset.escape(label)} · {typeset.escape(words.themes[row.theme])}",
            words.word("difference.hover", value=style.points(row.difference)),
            words.word("interval", low=style.points(row.low), high=style.points(row.high)),
            words.word("distinguishable" if row.distinguishable else "not_distinguishable"),
        ]
    )
