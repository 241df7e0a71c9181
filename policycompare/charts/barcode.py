"""Each plan from its first statement to its last, coloured by theme.

Caveat: plans are drawn to the same length, whatever their real one; it stands beside the plan's name.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.labels import names, require
from policycompare.schema import one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

ROW = 58
LENGTHS = ("characters", "statements")


def barcode(
    statements: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    length: str = "characters",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Each plan's body statements in order, a bar a statement, split among its themes.

    Parameters
    ----------
    statements, codings
        The tables of these names; statements of other kinds than ``body`` are left out.
    length
        What a bar's width is proportional to: ``characters`` of the statement, or ``statements`` (all the same).
    plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        A trace a theme, and one for statements without any; x is the position in the plan, 0 to 1; ``customdata`` are
        (plan id, theme id, statement id).

    Raises
    ------
    PolicyCompareError
        There is no body statement, a column is missing, or an argument is none of the allowed values.
    """
    one_of("length", length, LENGTHS)
    require(statements, "statements", ("statement", "plan", "kind", "text", "start", "end"))
    body = statements[statements["kind"] == "body"].sort_values(["plan", "start"])
    require(body, "body statements", ())
    coded = codings[codings["statement"].isin(set(body["statement"]))]
    words = names(
        plans=plans,
        taxonomy=taxonomy,
        language=language,
        plan_ids=body["plan"],
        theme_ids=coded["theme"],
    )
    colours = {**words.colours, "": style.NO_THEME}
    labels = {**words.themes, "": words.word("none")}
    themes_of = coded.groupby("statement")["theme"].agg(set).to_dict()
    bars: dict[str, list[tuple[float, float, float, float, str, list[str]]]] = {theme: [] for theme in labels}
    ticks = []
    for row, (plan, label) in enumerate(words.plans.items()):
        table = body[body["plan"] == plan]
        sizes = (table["end"] - table["start"]).astype(int).to_list() if length == "characters" else [1] * len(table)
        ticks.append(
            f"{typeset.wrap(label, 150)}<br>{_small(words.counted('statements', len(table)))}<br>{_small(words.counted('characters', _chars(table)))}"
        )
        whole, before = sum(sizes) or 1, 0
        for statement, text, size in zip(table["statement"], table["text"], sizes, strict=True):
            own = [theme for theme in words.themes if theme in themes_of.get(statement, ())] or [""]
            hover = f"{typeset.escape(label)} · {typeset.escape(statement)}<br>{typeset.escape(words.word('separator').join(labels[theme] for theme in own))}"
            hover += f"<br>{typeset.quote(text)}"
            for place, theme in enumerate(own):
                high = 0.76 / len(own)
                middle = row - 0.38 + (place + 0.5) * high
                bars[theme].append(
                    (
                        before / whole,
                        size / whole,
                        middle,
                        high,
                        hover,
                        [plan, theme, statement],
                    )
                )
            before += size
    fig = go.Figure()
    for theme, label in labels.items():
        if bars[theme]:
            starts, wide, middles, heights, hovers, data = (list(part) for part in zip(*bars[theme], strict=True))
            fig.add_bar(
                orientation="h",
                base=[round(at, 5) for at in starts],
                x=[round(part, 5) for part in wide],
                y=[round(at, 5) for at in middles],
                width=[round(part, 5) for part in heights],
                marker={
                    "color": colours[theme],
                    "line": {"width": 0.4, "color": style.PAPER},
                },
                name=typeset.escape(label),
                hovertext=hovers,
                hoverinfo="text",
                customdata=data,
            )
    left = typeset.room([typeset.wrap(label, 150) for label in words.plans.values()], least=104) + 6
    plot = ROW * len(words.plans)
    fig.update_layout(barmode="overlay", bargap=0)
    fig.update_xaxes(
        range=[0, 1],
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        ticktext=[style.percent(at) for at in (0, 0.25, 0.5, 0.75, 1)],
        showgrid=False,
    )
    fig.update_xaxes(title_text=words.word("barcode.axis"), tickfont_size=style.SMALL)
    fig.update_yaxes(
        range=[len(words.plans) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(ticks))),
        ticktext=ticks,
        showgrid=False,
        ticklen=6,
    )
    fig.update_yaxes(ticks="outside", tickcolor="rgba(0,0,0,0)")
    note = words.word(
        "barcode.note",
        statements=words.counted("statements", len(body)),
        plans=words.counted("plans", len(words.plans)),
    )
    return style.finish(
        fig,
        data=body[["plan", "statement", "start", "end"]].merge(coded[["statement", "theme"]].drop_duplicates(), how="left"),
        title=words.word("barcode.title"),
        subtitle=words.word(f"barcode.subtitle.{length}"),
        note=words.word("note", note=note),
        source=words.source,
        heads=style.Heads(left=left, above=10, plot=plot, right=22),
        below=46,
        legend=True,
    )


def _chars(table: pd.DataFrame) -> int:
    return int((table["end"] - table["start"]).sum())


def _small(text: str) -> str:
    return f'<span style="font-size:{style.SMALL - 1}px;color:{style.MUTED}">{text}</span>'
