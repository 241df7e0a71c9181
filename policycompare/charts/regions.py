"""Many plans: who stands at the ends of a theme, and how the shares are spread, in all and by group.

Caveat: with hundreds of plans the ends of an order are partly chance: short plans have shares far from the middle.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.cells import share_cell
from policycompare.charts.coverage import read_coverage
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, plan_labels, records, require, word
from policycompare.charts.matrix import Cell, matrix
from policycompare.compare.groups import PREFECTURE, group_names, members
from policycompare.divisions import prefectures, province_code, province_names
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

_CARRIED = 2000  # plans whose rows travel with a chart that shows a few of them
_MOST_GROUPS = 35
_GAP = "…"


def coverage_ranking(
    coverage: pd.DataFrame,
    *,
    theme: str,
    most: int = 30,
    by: str = "statements",
    plans: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """Plan × theme in the order of one theme's share: the first and the last plans of any number.

    Parameters
    ----------
    coverage
        The ``coverage`` table.
    theme
        Its share orders the plans; those where it cannot be computed come last.
    most
        Rows: half of them the first plans, half the last. Where all plans fit, all are shown.
    by, plans, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        As :func:`policycompare.charts.coverage_heatmap`'s. The rows of all plans travel with it if they are no more than 2,000, else of those shown;
        in a page made of it (:func:`policycompare.export.write_figures`) they can be searched.

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or an argument is none of the allowed values.
    """
    if most < 2:
        raise PolicyCompareError(f"most must be 2 or more rows; got {most!r}.")
    require(coverage, "coverage", ("plan", "theme", "by", "share"))
    one_of("theme", theme, sorted(coverage["theme"].unique()))
    known = coverage["plan"].unique()
    shares = coverage[(coverage["theme"] == theme) & (coverage["by"] == by)].drop_duplicates("plan")
    order = shares.assign(rank=-shares["share"]).sort_values(["rank", "plan"], na_position="last")["plan"].tolist()
    top, bottom = (len(order), 0) if len(order) <= most else (most - most // 2, most // 2)
    shown = order[:top] + (order[-bottom:] if bottom else [])
    table, words = read_coverage(coverage[coverage["plan"].isin(shown)], by, plans, taxonomy, language)
    rows = {plan: words.plans[plan] for plan in order[:top]}
    if bottom:
        rows |= {_GAP: words.word("ranking.gap", n=len(order) - top - bottom)}
        rows |= {plan: words.plans[plan] for plan in order[-bottom:]}
    columns = {theme: words.themes[theme], **words.themes}
    cells = {
        (row.plan, row.theme): share_cell(row, (words.plans[row.plan], words.themes[row.theme]), by, words, (row.plan, row.theme))
        for row in records(table)
    }
    fig, heads = matrix(cells, rows=rows, columns=columns, swatches=words.colours, missing=Cell(math.nan, ""))
    counted = word("plans", language, n=len(known))
    said = {"by": words.word(f"by.{by}"), "theme": words.themes[theme], "plans": counted, "top": top, "bottom": bottom}
    carried = coverage[(coverage["by"] == by) & coverage["plan"].isin(order)] if len(order) <= _CARRIED else table
    carried = carried.assign(label=carried["plan"].map(plan_labels(carried["plan"], plans, language)))
    fig = style.finish(
        fig,
        data=carried[["label", "plan", "theme", "n", "of", "share", "low", "high"]],
        title=words.word("ranking.title", theme=words.themes[theme]),
        subtitle=words.word("ranking.subtitle" if bottom else "ranking.all", **said),
        note=words.word("note", note=words.word("ranking.note", plans=counted)),
        source=words.word("source", plans=words.word("source.many", n=len(known))),
        heads=heads,
        below=6,
    )
    fig.layout.meta = {**fig.layout.meta, "search": words.word("ranking.search")}
    return fig


def share_distributions(
    coverage: pd.DataFrame,
    *,
    plans: pd.DataFrame,
    group: str = "province",
    by: str = "statements",
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """How the plans' shares are spread on each theme, over all plans and by group: a panel a theme, a row a group.

    Parameters
    ----------
    coverage
        The ``coverage`` table.
    plans
        The ``plans`` table.
    group
        Its column that names a plan's group, such as ``province``, ``level``, ``year`` or ``genre``, or ``prefecture``, which follows from region and
        province. The largest groups are shown, 35 at most.
    by, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        x of a point is the median plan's share; ``customdata`` are (group, theme id).

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or an argument is none of the allowed values.
    """
    one_of("group", group, group_names(plans))
    table, words = read_coverage(coverage, by, plans, taxonomy, language, each=False)
    member = members(plans, group)
    table = table.assign(group=table["plan"].map(member).fillna(""))
    sizes = table.drop_duplicates("plan")["group"].value_counts()
    order = sorted(sizes.index, key=lambda name: (name == "", -sizes[name], name))[:_MOST_GROUPS]
    rows = {_GAP: words.word("spread.all"), **({name: _group_label(name, group, words) for name in order} if len(sizes) > 1 else {})}
    spread = pd.concat([_quantiles(table.assign(group=_GAP)), _quantiles(table[table["group"].isin(list(rows))])], ignore_index=True)
    panels = [Panel(theme, label, rows, words.colours[theme]) for theme, label in words.themes.items()]
    dots = [
        Dot(
            row.theme,
            row.group,
            row.median,
            row.low,
            row.high,
            least=row.least,
            most=row.most,
            data=(row.group, row.theme),
            hover=f"{typeset.escape(rows[row.group])} · {typeset.escape(words.themes[row.theme])}<br>"
            + words.word(
                "spread.hover",
                plans=words.counted("plans", row.plans),
                **{name: style.percent(getattr(row, name)) for name in ("median", "low", "high", "least", "most")},
            ),
        )
        for row in records(spread)
        if row.group in rows
    ]
    fig, heads = dot_panels(dots, panels, unit="share", na=words.word("na"))
    counted = words.counted("plans", table["plan"].nunique())
    return style.finish(
        fig,
        data=spread,
        title=words.word("spread.title"),
        subtitle=words.word("spread.subtitle", by=words.word(f"by.{by}")),
        note=words.word("note", note=words.word("spread.note", plans=counted)),
        source=words.source,
        heads=heads,
    )


def _group_label(name: str, group: str, words: Names) -> str:
    label = name
    if group == "province":
        label = province_names(words.language).get(province_code(name), name)
    elif group == PREFECTURE and words.language == "en":
        label = prefectures().set_index("name")["en"].get(name, name)
    return label or words.word("spread.unknown")


def _quantiles(table: pd.DataFrame) -> pd.DataFrame:
    """Group × theme: the shares' median, quartiles, and the 5th and 95th percentile."""
    known = table.dropna(subset=["share"]).groupby(["group", "theme"])["share"]
    ends = {"median": 0.5, "low": 0.25, "high": 0.75, "least": 0.05, "most": 0.95}
    return pd.DataFrame({"plans": known.size(), **{name: known.quantile(at) for name, at in ends.items()}}).reset_index()
