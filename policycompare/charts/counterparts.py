"""Who covers whose measures, and how much of each plan's wording is its own.

Caveat: a counterpart is called by likeness, and a shared run of text does not say who had it first.
"""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style
from policycompare.charts.cells import share_cell, share_hover
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import names, records, require
from policycompare.charts.matrix import matrix

SHARED = ("formula", "copy")


def alignment_heatmap(alignment: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> go.Figure:
    """Plan × plan: the share of the row's measures that have a counterpart in the column's plan, with its interval.

    Parameters
    ----------
    alignment
        As ``pc.plan_alignment`` returns it: a row is plan × other.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share, 0 to 1; its ``customdata`` are (plan id, other plan's id).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(alignment, "alignment", ("plan", "other", "n", "of", "share", "low", "high"))
    words = names(plans=plans, language=language, plan_ids=[*alignment["plan"], *alignment["other"]])
    cells = {
        (row.plan, row.other): share_cell(row, (words.plans[row.plan], words.plans[row.other]), "measures", words, (row.plan, row.other))
        for row in records(alignment)
    }
    fig, heads = matrix(cells, rows=words.plans, columns=words.plans, top=1.0)
    measures = int(alignment.drop_duplicates("plan")["of"].sum())
    note = words.word("alignment.note", measures=words.counted("measures", measures), plans=words.counted("plans", len(words.plans)))
    return style.finish(
        fig,
        data=alignment,
        title=words.word("alignment.title"),
        subtitle=words.word("alignment.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        heads=heads,
        below=6,
    )


def wording_dots(shares: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> go.Figure:
    """How much of each plan is formula and how much is copied, as dots with intervals; the rest is its own.

    Parameters
    ----------
    shares
        As ``pc.wording_shares`` returns it: a row is plan × kind.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is the share; ``customdata`` are (plan id, kind).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(shares, "shares", ("plan", "kind", "n", "of", "share", "low", "high"))
    words = names(plans=plans, language=language, plan_ids=shares["plan"])
    kinds = {kind: words.word(f"wording.{kind}") for kind in SHARED}
    panels = [Panel(kind, label, words.plans, style.MUTED) for kind, label in kinds.items()]
    dots = [
        Dot(
            row.kind,
            row.plan,
            row.share,
            row.low,
            row.high,
            hover=share_hover(row, (words.plans[row.plan], kinds[row.kind]), "characters", words),
            data=(row.plan, row.kind),
        )
        for row in records(shares)
        if row.kind in kinds and not math.isnan(row.share)
    ]
    fig, heads = dot_panels(dots, panels, unit="share", na=words.word("na"), per_line=2)
    letters = int(shares.drop_duplicates("plan")["of"].sum())
    note = words.word("wording.note", characters=words.counted("characters", letters), plans=words.counted("plans", len(words.plans)))
    return style.finish(
        fig,
        data=shares,
        title=words.word("wording.title"),
        subtitle=words.word("wording.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        heads=heads,
    )
