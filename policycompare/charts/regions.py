"""Many plans: who stands at the ends of a theme, how the shares are spread, and a map of provinces.

Caveat: with hundreds of plans the ends of an order are partly chance: short plans have shares far from the middle. The map is one of tiles, all of one
size: boundaries that may be passed on and that are drawn as the law of China asks are in no package, and areas would mislead anyway.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.cells import share_cell
from policycompare.charts.coverage import read_coverage
from policycompare.charts.dots import Dot, Panel, dot_panels
from policycompare.charts.labels import Names, plan_labels, records, require, word
from policycompare.charts.matrix import Cell, matrix
from policycompare.compare.groups import members
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

_CARRIED = 2000  # plans whose rows travel with a chart that shows a few of them
_MOST_GROUPS = 35
_GAP = "…"
# Province (GB/T 2260) by line and column, as it lies to its neighbours.
_TILES = {
    "23": (0, 8), "15": (1, 4), "11": (1, 6), "22": (1, 8), "65": (2, 0), "62": (2, 2), "64": (2, 3), "14": (2, 4), "13": (2, 5), "12": (2, 6),
    "21": (2, 8), "63": (3, 1), "61": (3, 3), "41": (3, 4), "37": (3, 6), "54": (4, 0), "51": (4, 2), "50": (4, 3), "42": (4, 4), "34": (4, 5),
    "32": (4, 6), "31": (4, 7), "52": (5, 3), "43": (5, 4), "36": (5, 5), "33": (5, 6), "53": (6, 2), "45": (6, 3), "44": (6, 4), "35": (6, 5),
    "71": (6, 7), "46": (7, 3), "82": (7, 4), "81": (7, 5),
}  # fmt: skip
_TILE = 58


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
        source=_source(len(known), words),
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
        Its column that names a plan's group, such as ``province``, ``level``, ``year`` or ``genre``. The largest groups are shown, 35 at most.
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
    one_of("group", group, [str(name) for name in plans])
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
        source=_source(table["plan"].nunique(), words),
        heads=heads,
    )


def _group_label(name: str, group: str, words: Names) -> str:
    code = province_code(name) if group == "province" else ""
    return words.word(f"province.{code}") if code else name or words.word("spread.unknown")


def _quantiles(table: pd.DataFrame) -> pd.DataFrame:
    """Group × theme: the shares' median, quartiles, and the 5th and 95th percentile."""
    known = table.dropna(subset=["share"]).groupby(["group", "theme"])["share"]
    ends = {"median": 0.5, "low": 0.25, "high": 0.75, "least": 0.05, "most": 0.95}
    return pd.DataFrame({"plans": known.size(), **{name: known.quantile(at) for name, at in ends.items()}}).reset_index()


def province_tiles(
    coverage: pd.DataFrame,
    *,
    theme: str,
    plans: pd.DataFrame,
    by: str = "statements",
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """A theme's mean share in the plans of each province, on a map of tiles.

    Parameters
    ----------
    coverage, theme
        The ``coverage`` table, and the theme to show.
    plans
        The ``plans`` table; ``province`` may be a name (湖北省, 湖北) or a code of GB/T 2260 (42, 420000).
    by, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        z of the first trace is the mean share, 0 to 1, empty for provinces without a plan; its ``customdata`` are (province code, theme id).

    Raises
    ------
    PolicyCompareError
        No plan's province is known, the table is empty or lacks a column, or an argument is none of the allowed values.
    """
    table, words = read_coverage(coverage, by, plans, taxonomy, language, each=False)
    one_of("theme", theme, sorted(words.themes))
    table = table[table["theme"] == theme].dropna(subset=["share"])
    code = table["plan"].map(plans.set_index("plan")["province"].astype("str").map(province_code)).fillna("")
    means = table.assign(province=code)[code != ""].groupby("province")["share"].agg(["mean", "size"])
    if means.empty:
        raise PolicyCompareError("plans: no plan's province is known; fill in the column province of plans.csv.")
    lines, across = (1 + max(place[axis] for place in _TILES.values()) for axis in (0, 1))
    z = np.full((lines, across), None, dtype=object)
    hover, data = np.full((lines, across), "", dtype=object), [[["", ""] for _ in range(across)] for _ in range(lines)]
    top = max(float(means["mean"].max()), 1e-9)
    texts, colours, shapes = [], [], []
    for province, (line, column) in _TILES.items():
        name, share = words.word(f"province.{province}"), float(means["mean"].get(province, math.nan))
        count = words.counted("plans", int(means["size"].get(province, 0)))
        none = math.isnan(share)
        z[line, column] = None if none else round(share, 6)
        said = words.word("provinces.none") if none else words.word("provinces.hover", share=style.percent(share), plans=count)
        hover[line, column], data[line][column] = f"{name}<br>{said}", [province, theme]
        texts.append(typeset.balance(name, _TILE + 8) + ("" if none else f"<br><b>{style.percent(share)}</b>"))
        colours.append(style.MUTED if none else style.text_on(style.shade(share, top)))
        shapes.append({"x0": column - 0.48, "x1": column + 0.48, "y0": line - 0.47, "y1": line + 0.47})
    scale = [[round(at / (len(style.SEQUENTIAL) - 1), 6), colour] for at, colour in enumerate(style.SEQUENTIAL)]
    fig = go.Figure(
        go.Heatmap(
            z=z.tolist(), hovertext=hover.tolist(), hoverinfo="text", customdata=data, colorscale=scale, zmin=0, zmax=round(top, 6),
            showscale=False, xgap=3, ygap=3,
        )
    )  # fmt: skip
    places = list(_TILES.values())
    fig.add_scatter(
        x=[column for _, column in places], y=[line for line, _ in places], text=texts, mode="text", hoverinfo="skip", showlegend=False,
        textfont={"size": style.SMALL, "color": colours},
    )  # fmt: skip
    for shape in shapes:
        fig.add_shape(type="rect", **shape, line={"width": 1, "color": style.GRID}, fillcolor="#F6F8FA", layer="below", name="tile")
    bare = {"showticklabels": False, "showgrid": False, "showline": False, "zeroline": False}
    fig.update_xaxes(**bare, range=[-0.5, across - 0.5])
    fig.update_yaxes(**bare, range=[lines - 0.5, -0.5])
    unknown = words.counted("plans", int((code == "").sum()))
    counted = words.counted("plans", int(means["size"].sum()))
    return style.finish(
        fig,
        data=means.reset_index().rename(columns={"mean": "share", "size": "plans"}).assign(theme=theme),
        title=words.word("provinces.title", theme=words.themes[theme]),
        subtitle=words.word("provinces.subtitle", by=words.word(f"by.{by}")),
        note=words.word("note", note=words.word("provinces.note", plans=counted, n=len(means), unknown=unknown)),
        source=_source(table["plan"].nunique(), words),
        heads=style.Heads(left=14, above=6, plot=lines * _TILE, right=14),
        below=4,
    )


def province_code(province: str) -> str:
    """A province's two digits in GB/T 2260, from its name, short or full, or its code; ``""`` for what is none.

    Examples
    --------
    >>> province_code("湖北省"), province_code("420000"), province_code("内蒙古自治区"), province_code("")
    ('42', '42', '15', '')
    """
    if province[:2] in _TILES:
        return province[:2]
    return next((code for code in _TILES if province.startswith(word(f"province.{code}", "zh"))), "")


def _source(count: int, words: Names) -> str:
    return words.word("source", plans=words.word("source.many", n=count))
