"""Clusters of measures: their map, and how many of each plan's measures each holds.

Caveat: on the map only nearness means something; the axes have no unit, and near is "uses the same words".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.cells import share_cell
from policycompare.charts.labels import Names, names, records, require
from policycompare.charts.matrix import matrix

PLOT = 420
MOST_COLUMNS = 10


def cluster_map(clusters: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> go.Figure:
    """Measures on a map of their wording, one colour and shape a cluster, its number at its middle.

    Parameters
    ----------
    clusters
        A row is a measure: ``measure``, ``plan``, ``cluster`` (a number), ``name`` (empty for a cluster too unstable to name), ``x``, ``y``.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        A trace a cluster; ``customdata`` are (plan id, cluster, measure id).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    require(clusters, "clusters", ("measure", "plan", "cluster", "name", "x", "y"))
    words = names(plans=plans, language=language, plan_ids=clusters["plan"], each=False)
    fig = go.Figure()
    labels = cluster_labels(clusters, words)
    for at, (cluster, label) in enumerate(labels.items()):
        rows = clusters[clusters["cluster"] == cluster].sort_values("measure")
        colour = style.CLUSTERS[at % len(style.CLUSTERS)]
        fig.add_scatter(
            x=[round(x, 4) for x in rows["x"].tolist()],
            y=[round(y, 4) for y in rows["y"].tolist()],
            mode="markers",
            name=typeset.escape(label),
            marker={
                "color": colour,
                "symbol": style.SYMBOLS[at % len(style.SYMBOLS)],
                "size": 9,
                "line": {"width": 0.8, "color": style.PAPER},
            },
            hovertext=[
                f"{typeset.escape(words.plans[plan])} · {typeset.escape(measure)}<br>{typeset.escape(label)}"
                for plan, measure in zip(rows["plan"], rows["measure"], strict=True)
            ],
            hoverinfo="text",
            customdata=[[plan, str(cluster), measure] for plan, measure in zip(rows["plan"], rows["measure"], strict=True)],
        )
    middles = clusters.groupby("cluster")[["x", "y"]].median().loc[list(labels)]
    for at, (cluster, (x, y), (right, up)) in enumerate(zip(labels, middles.to_numpy().tolist(), _apart(middles, clusters), strict=True)):
        fig.add_annotation(
            x=round(x, 4), y=round(y, 4), xshift=right, yshift=up, text=str(cluster), showarrow=False, name="number", borderpad=2,
            font={"size": style.TEXT, "color": style.INK}, bgcolor="rgba(255,255,255,0.85)", bordercolor=style.CLUSTERS[at % len(style.CLUSTERS)],
        )  # fmt: skip
    frame = {
        "showticklabels": False,
        "showgrid": False,
        "showline": True,
        "mirror": True,
        "linecolor": style.GRID,
    }
    fig.update_xaxes(**frame)
    fig.update_yaxes(**frame, scaleanchor="x")
    note = words.word("clusters.note", **_counts(clusters, words)) + _loose(labels, words)
    return style.finish(
        fig,
        data=clusters[["measure", "plan", "cluster", "name", "x", "y"]],
        title=words.word("clusters.title"),
        subtitle=words.word("clusters.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        heads=style.Heads(left=14, above=8, plot=_height(clusters), right=14),
        below=10,
        legend=True,
    )


def cluster_regions(regions: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> go.Figure:
    """Cluster × region: the share of each plan's measures in each cluster, with its interval and number in the cell.

    Parameters
    ----------
    regions
        A row is plan × cluster: ``plan``, ``cluster``, ``name``, ``n`` measures of ``of``, ``share``, ``low``, ``high``.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the share, 0 to 1; its ``customdata`` are (plan id, cluster). Clusters are rows, or columns where the
        plans are too many to stand side by side.
    """
    require(
        regions,
        "cluster regions",
        ("plan", "cluster", "name", "n", "of", "share", "low", "high"),
    )
    words = names(plans=plans, language=language, plan_ids=regions["plan"])
    labels = cluster_labels(regions, words)
    rows, columns = {str(key): label for key, label in labels.items()}, words.plans
    many = len(columns) > MOST_COLUMNS
    cells = {}
    for row in records(regions):
        key, heads_of = (str(row.cluster), row.plan), (words.plans[row.plan], labels[row.cluster])
        cells[key[::-1] if many else key] = share_cell(row, heads_of, "measures", words, (row.plan, str(row.cluster)))
    fig, heads = matrix(cells, rows=columns if many else rows, columns=rows if many else columns, row_room=210)
    measures = regions.drop_duplicates("plan")["of"].sum()
    note = words.word(
        "regions.note",
        measures=words.counted("measures", measures),
        plans=words.counted("plans", len(words.plans)),
        clusters=words.counted("clusters", len(labels)),
    ) + _loose(labels, words)
    return style.finish(
        fig,
        data=regions,
        title=words.word("regions.title"),
        subtitle=words.word("regions.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        heads=heads,
        below=6,
    )


def cluster_labels(clusters: pd.DataFrame, words: Names) -> dict[Any, str]:
    """Cluster → "1 · name", in the clusters' order; a cluster without a name is called unstable."""
    named = clusters.drop_duplicates("cluster").sort_values("cluster")
    return {
        row.cluster: f"{row.cluster} · {row.name if isinstance(row.name, str) and row.name else words.word('cluster.unnamed')}"
        for row in records(named[["cluster", "name"]])
    }


def _loose(labels: Mapping[Any, str], words: Names) -> str:
    """What "unstable" means, where a cluster is called so."""
    return words.word("cluster.unnamed.note") if any(label.endswith(words.word("cluster.unnamed")) for label in labels.values()) else ""


def _height(clusters: pd.DataFrame) -> int:
    """Pixels high that the map needs where both axes have the same scale."""
    wide, high = (float(clusters[axis].max() - clusters[axis].min()) for axis in ("x", "y"))
    return round(min(max((style.WIDTH - 28) * high / wide if wide else PLOT, 260), PLOT))


def _apart(middles: pd.DataFrame, clusters: pd.DataFrame, *, gap: float = 24) -> list[tuple[int, int]]:
    """Pixels (right, up) by which labels at the middles must move so that none covers another, or the only mark of its cluster."""
    span = max((clusters[["x", "y"]].max() - clusters[["x", "y"]].min()).max(), 1e-9)
    spots = [[x / span * PLOT, y / span * PLOT] for x, y in middles.to_numpy().tolist()]
    alone = clusters["cluster"].value_counts().loc[middles.index].eq(1).tolist()
    moved = [[x, y + 18 * single] for (x, y), single in zip(spots, alone, strict=True)]
    for _ in range(60):
        for one in range(len(moved)):
            for other in range(one):
                right, up = (moved[one][axis] - moved[other][axis] for axis in (0, 1))
                far = math.hypot(right, up)
                if far < gap:
                    push = (gap - far) / 2 + 0.5
                    right, up = (right / far, up / far) if far else (1.0, 0.0)
                    moved[one] = [
                        moved[one][0] + right * push,
                        moved[one][1] + up * push,
                    ]
                    moved[other] = [
                        moved[other][0] - right * push,
                        moved[other][1] - up * push,
                    ]
    return [(round(x1 - x0), round(y1 - y0)) for (x0, y0), (x1, y1) in zip(spots, moved, strict=True)]


def _counts(clusters: pd.DataFrame, words: Names) -> dict[str, str]:
    return {
        "measures": words.counted("measures", len(clusters)),
        "plans": words.counted("plans", len(words.plans)),
        "clusters": words.counted("clusters", clusters["cluster"].nunique()),
    }
