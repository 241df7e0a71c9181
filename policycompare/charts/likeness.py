"""What sets plans apart and what they share in wording: distinctive terms, and the similarity of plans.

Caveat: plans of one genre or level share its phrases; likeness of wording is not likeness of policy.
"""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import names, records, require
from policycompare.charts.matrix import Cell, matrix

TREE = 110


def keyness_dots(
    keyness: pd.DataFrame, *, theme: str = "", top: int = 10, plans: pd.DataFrame | None = None, language: str = "en"
) -> go.Figure:
    """The most distinctive terms of each plan, a panel a plan, the strongest on top.

    Parameters
    ----------
    keyness
        As ``pc.keyness`` returns it: a row is plan × theme × term, with ``n`` (times in the plan) and ``z`` (weighted log-odds against the other plans, in
        standard errors).
    theme
        The terms within a theme; by default those of whole plans (``theme`` empty).
    top
        How many terms of each plan.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x is z; ``customdata`` are (plan id, term).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(keyness, "keyness", ("plan", "theme", "term", "n", "z"))
    keyness = keyness[(keyness["theme"] == theme) & (keyness["term"] != "")]
    require(keyness, f"keyness of theme {theme!r}", ())
    words = names(plans=plans, language=language, plan_ids=keyness["plan"])
    strongest = keyness.sort_values(["z", "term"], ascending=[False, True]).groupby("plan").head(top)
    rows = {plan: list(records(strongest[strongest["plan"] == plan])) for plan in words.plans}
    panels = [Panel(plan, label, {row.term: row.term for row in rows[plan]}, style.MUTED) for plan, label in words.plans.items()]
    dots = [
        Dot(
            plan,
            row.term,
            row.z,
            hover=f"{typeset.escape(words.plans[plan])} · {typeset.escape(row.term)}<br>"
            + words.word("keyness.hover", n=round(row.n), z=f"{row.z:.1f}"),
            data=(plan, row.term),
        )
        for plan in words.plans
        for row in rows[plan]
    ]
    fig, heads = dot_panels(dots, panels, unit="score", na=words.word("na"), per_line=3)
    return style.finish(
        fig,
        data=strongest,
        title=words.word("keyness.title"),
        subtitle=words.word("keyness.subtitle"),
        note=words.word("note", note=words.word("keyness.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        heads=heads,
    )


def similarity_matrix(
    similarity: pd.DataFrame, merges: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en"
) -> go.Figure:
    """How alike the plans are, with the tree that joins the most similar first beside the matrix and in its order.

    Parameters
    ----------
    similarity
        A row is plan × other: ``plan``, ``other``, ``similarity`` (0 to 1), in both directions.
    merges
        A row is a merge, in order: ``left`` and ``right`` (a plan's id, or the number of an earlier merge, counted from 1), ``height`` (1 − similarity).
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        A plan that no merge joins, for it has no words, stands last. z of the first trace is the similarity, its ``customdata`` are (plan id, other plan's id); the traces after the numbers are the tree's branches.

    Raises
    ------
    PolicyCompareError
        A table is empty or lacks a column, or the language is unknown.
    """
    require(similarity, "similarity", ("plan", "other", "similarity"))
    require(merges, "merges", ("left", "right", "height"))
    words = names(plans=plans, language=language, plan_ids=similarity["plan"])
    parts: dict[str, list[str]] = {plan: [plan] for plan in words.plans}
    for number, merge in enumerate(records(merges), start=1):
        parts[str(number)] = parts[str(merge.left)] + parts[str(merge.right)]
    joined = parts[str(len(merges))]
    order = [*joined, *(plan for plan in words.plans if plan not in joined)]  # one without a word is like none
    labels = {plan: words.plans[plan] for plan in order}
    cells = {
        (row.plan, row.other): Cell(
            row.similarity,
            words.word("na") if math.isnan(row.similarity) else f"{row.similarity:.2f}",
            "",
            f"{typeset.escape(labels[row.plan])} · {typeset.escape(labels[row.other])}<br>{row.similarity:.2f}",
            (row.plan, row.other),
        )
        for row in records(similarity)
        if row.plan != row.other
    }
    fig, heads = matrix(cells, rows=labels, columns=labels, top=1.0, beside=TREE + 8)
    wide = style.WIDTH - heads.left - heads.right
    place = {plan: (float(at), 0.0) for at, plan in enumerate(order)}
    for number, merge in enumerate(records(merges), start=1):
        (y0, x0), (y1, x1) = place[str(merge.left)], place[str(merge.right)]
        high = round(float(merge.height), 6)
        fig.add_scatter(
            x=[x0, high, high, x1], y=[y0, y0, y1, y1], mode="lines", line={"color": style.MUTED, "width": 1.5}, hoverinfo="text",
            hovertext=[f"{1 - high:.2f}"] * 4, xaxis="x2", yaxis="y2", showlegend=False, name=f"merge {number}",
        )  # fmt: skip
        place[str(number)] = ((y0 + y1) / 2, high)
    top = round(max(float(height) for height in merges["height"]) * 1.05, 6) or 1.0
    fig.update_layout(
        xaxis2={
            "domain": [round(1 - TREE / wide, 6), 1],
            "anchor": "y2",
            "range": [0, round(top, 6)],
            "showticklabels": False,
            "showgrid": False,
        },
        yaxis2={"anchor": "x2", "range": [len(order) - 0.5, -0.5], "showticklabels": False, "showgrid": False},
    )
    return style.finish(
        fig,
        data=similarity,
        title=words.word("similar.title"),
        subtitle=words.word("similar.subtitle"),
        note=words.word("note", note=words.word("similar.note", plans=words.counted("plans", len(words.plans)))),
        source=words.source,
        heads=heads,
        below=6,
    )
