"""Whether the order of plans hangs on what is counted: a slope from each way of counting to the next.

Caveat: a place says nothing of distance; two plans that change places may have all but the same share.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.labels import names, records, require
from policycompare.schema import COUNTED_BY, PolicyCompareError

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

ROW, HEAD, GAP = 24, 52, 22


def order_slopes(
    coverage: pd.DataFrame, *, plans: pd.DataFrame | None = None, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> go.Figure:
    """The plans' places by every way of counting, joined by lines: a panel a theme.

    Parameters
    ----------
    coverage
        The ``coverage`` table with at least two ways of counting (``by``); rows of subthemes are left out.
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        A trace a theme and plan; y is the place from 1 for the largest share (equals share the mean of their places), x the way of
        counting; ``customdata`` are (plan id, theme id, by).

    Raises
    ------
    PolicyCompareError
        The table is empty, lacks a column or a second way of counting, or the language is unknown.
    """
    require(coverage, "coverage", ("plan", "theme", "by", "of", "share"))
    table = coverage[coverage["subtheme"].fillna("") == ""] if "subtheme" in coverage else coverage
    table = table.dropna(subset=["share"])
    require(table, "coverage that can be computed", ())
    ways = [way for way in COUNTED_BY if way in set(table["by"])]
    if len(ways) < 2:
        raise PolicyCompareError("coverage: one way of counting has nothing to be compared with; pass the table with all its rows.")
    words = names(plans=plans, taxonomy=taxonomy, language=language, plan_ids=table["plan"], theme_ids=table["theme"])
    shares = table.assign(share=table["share"].round(9))
    places = shares.assign(place=shares.groupby(["theme", "by"])["share"].rank(ascending=False, method="average"))
    cells = {(row.theme, row.plan, row.by): row for row in records(places)}
    labels = {plan: typeset.wrap(label, 110) for plan, label in words.plans.items()}
    room = typeset.room(list(labels.values()), most=130)
    whole = style.WIDTH - 24
    heads = [words.word(f"by.{way}") for way in ways]
    wide = max(typeset.em(head) for head in heads) * (style.SMALL - 1) + 8
    across = next(across for across in (3, 2, 1) if across == 1 or (whole + GAP) / across - GAP - room - 16 > wide * (len(ways) - 1))
    slot = (whole - GAP * (across - 1)) / across
    body = ROW * len(labels)
    down = -(-len(words.themes) // across)
    plot = down * body + (down - 1) * (HEAD + GAP)
    fig = go.Figure()
    for number, (theme, label) in enumerate(words.themes.items()):
        line, column = divmod(number, across)
        at = "" if number == 0 else str(number + 1)
        left, top = column * (slot + GAP) + room, line * (body + HEAD + GAP)
        x0, x1 = round(left / whole, 6), round((column * (slot + GAP) + slot - 16) / whole, 6)
        y0, y1 = round(max(1 - (top + body) / plot, 0.0), 6), round(1 - top / plot, 6)
        order = {plan: [cells[theme, plan, way].place for way in ways if (theme, plan, way) in cells] for plan in words.plans}
        present = {plan: own for plan, own in order.items() if len(own) == len(ways)}
        first = sorted(present, key=lambda plan: (present[plan][0], list(words.plans).index(plan)))
        for plan in first:
            turned = any(_turn(present[plan], present[other]) for other in present)
            here = [cells[theme, plan, way] for way in ways]
            fig.add_scatter(
                x=list(range(len(ways))),
                y=[row.place for row in here],
                mode="lines+markers",
                line={"color": words.colours[theme] if turned else "#A9B0B8", "width": 2.5 if turned else 1.5},
                marker={"size": 8},
                hovertext=[
                    f"{typeset.escape(words.plans[plan])} · {typeset.escape(label)}<br>"
                    + words.word("orders.hover", by=words.word(f"by.{row.by}"), share=style.percent(row.share), place=f"{row.place:g}")
                    for row in here
                ],
                hoverinfo="text",
                customdata=[[plan, theme, way] for way in ways],
                name=f"{theme}/{plan}",
                xaxis=f"x{at}",
                yaxis=f"y{at}",
                showlegend=False,
                cliponaxis=False,
            )
        fig.update_layout(
            {
                f"xaxis{at}": {
                    "domain": [x0, x1],
                    "anchor": f"y{at}",
                    "range": [-0.12, len(ways) - 0.88],
                    "tickvals": list(range(len(ways))),
                    "ticktext": heads,
                    "tickangle": 0,
                    "tickfont": {"size": style.SMALL - 1},
                    "side": "top",
                },
                f"yaxis{at}": {
                    "domain": [y0, y1],
                    "anchor": f"x{at}",
                    "range": [len(labels) + 0.5, 0.5],
                    "tickvals": list(range(1, len(first) + 1)),
                    "ticktext": [labels[plan] for plan in first],
                    "showgrid": False,
                    "ticks": "outside",
                    "ticklen": 6,
                    "tickcolor": "rgba(0,0,0,0)",
                },
            }
        )
        fig.add_annotation(
            text=typeset.wrap(label, slot), x=x0, y=y1, yshift=22, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
            showarrow=False, font={"size": style.TEXT, "color": style.INK}, name="panel",
        )  # fmt: skip
    counts = table.drop_duplicates(["plan", "by"]).groupby("by")["of"].sum()
    note = words.word(
        "orders.note",
        counts=words.word("separator").join(words.counted(way, counts[way]) for way in ways),
        plans=words.counted("plans", len(words.plans)),
    )
    return style.finish(
        fig,
        data=table,
        title=words.word("orders.title"),
        subtitle=words.word("orders.subtitle"),
        note=words.word("note", note=note),
        source=words.source,
        heads=style.Heads(left=12, above=HEAD, plot=plot, right=12),
        below=8,
    )


def _turn(one: list[float], other: list[float]) -> bool:
    """Whether two plans stand one way round by some way of counting and the other way round by another."""
    return any((a - b) * (c - d) < 0 for (a, b), (c, d) in combinations(zip(one, other, strict=True), 2))
