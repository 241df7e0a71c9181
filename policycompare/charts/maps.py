"""Where a theme gets much and where little: the provinces as tiles, or divided into cells, one a prefecture.

Caveat: these are no maps of boundaries. We found none whose licence and drawing we could check, and areas would mislead anyway: here every
place is of one size, provinces lie roughly as on the map, and prefectures stand within their province by code, not as neighbours.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from policycompare.charts import style, typeset
from policycompare.charts.coverage import read_coverage
from policycompare.charts.labels import Names, records, require
from policycompare.compare.groups import prefecture_codes
from policycompare.divisions import prefectures, province_code, province_names
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    from policycompare.taxonomy.taxonomy import Taxonomy

# Province (GB/T 2260) by line and column, as it lies to its neighbours.
_TILES = {
    "23": (0, 8), "15": (1, 4), "11": (1, 6), "22": (1, 8), "65": (2, 0), "62": (2, 2), "64": (2, 3), "14": (2, 4), "13": (2, 5), "12": (2, 6),
    "21": (2, 8), "63": (3, 1), "61": (3, 3), "41": (3, 4), "37": (3, 6), "54": (4, 0), "51": (4, 2), "50": (4, 3), "42": (4, 4), "34": (4, 5),
    "32": (4, 6), "31": (4, 7), "52": (5, 3), "43": (5, 4), "36": (5, 5), "33": (5, 6), "53": (6, 2), "45": (6, 3), "44": (6, 4), "35": (6, 5),
    "71": (6, 7), "46": (7, 3), "82": (7, 4), "81": (7, 5),
}  # fmt: skip
_LINES, _ACROSS = (1 + max(place[axis] for place in _TILES.values()) for axis in (0, 1))
_TILE = 58  # pixels, as all below
_CELL, _HEAD, _BETWEEN = 13, 16, 7
_CELLS = 5  # in a row of a province
_NO_PLAN = "#E6E9ED"
_BARE = {"showticklabels": False, "showgrid": False, "showline": False, "zeroline": False}


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
    require(plans, "plans", ("plan", "province"))
    shares, words = _shares(coverage, theme, by, plans, taxonomy, language)
    means, note = _means(shares, plans.set_index("plan")["province"].astype("str").map(province_code), "provinces", words)
    names = province_names(language)
    z = np.full((_LINES, _ACROSS), None, dtype=object)
    hover, data = np.full((_LINES, _ACROSS), "", dtype=object), [[["", ""] for _ in range(_ACROSS)] for _ in range(_LINES)]
    top = max(float(means["share"].max()), 1e-9)
    texts, colours, shapes = [], [], []
    for province, (line, column) in _TILES.items():
        name, share = names[province], float(means["share"].get(province, math.nan))
        none = math.isnan(share)
        z[line, column] = None if none else round(share, 6)
        hover[line, column], data[line][column] = _hover(name, share, means["plans"].get(province, 0), words), [province, theme]
        texts.append(typeset.balance(name, _TILE + 8) + ("" if none else f"<br><b>{style.percent(share)}</b>"))
        colours.append(style.MUTED if none else style.text_on(style.shade(share, top)))
        shapes.append({"x0": column - 0.48, "x1": column + 0.48, "y0": line - 0.47, "y1": line + 0.47})
    fig = go.Figure(
        go.Heatmap(
            z=z.tolist(), hovertext=hover.tolist(), hoverinfo="text", customdata=data, colorscale=style.COLOURSCALE, zmin=0,
            zmax=round(top, 6), showscale=False, xgap=3, ygap=3,
        )
    )  # fmt: skip
    places = list(_TILES.values())
    fig.add_scatter(
        x=[column for _, column in places], y=[line for line, _ in places], text=texts, mode="text", hoverinfo="skip", showlegend=False,
        textfont={"size": style.SMALL, "color": colours},
    )  # fmt: skip
    for shape in shapes:
        fig.add_shape(type="rect", **shape, line={"width": 1, "color": style.GRID}, fillcolor="#F6F8FA", layer="below", name="tile")
    fig.update_xaxes(**_BARE, range=[-0.5, _ACROSS - 0.5])
    fig.update_yaxes(**_BARE, range=[_LINES - 0.5, -0.5])
    return style.finish(
        fig,
        data=means.rename_axis("province").reset_index().assign(theme=theme),
        title=words.word("provinces.title", theme=words.themes[theme]),
        subtitle=words.word("provinces.subtitle", by=words.word(f"by.{by}")),
        note=note,
        source=words.source,
        heads=style.Heads(left=14, above=6, plot=_LINES * _TILE, right=14),
        below=4,
    )


def prefecture_tiles(
    coverage: pd.DataFrame,
    *,
    theme: str,
    plans: pd.DataFrame,
    by: str = "statements",
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> go.Figure:
    """A theme's mean share in the plans of each prefecture and its counties: a map of provinces, each divided into cells.

    Parameters
    ----------
    coverage, theme
        The ``coverage`` table, and the theme to show.
    plans
        The ``plans`` table; a plan's prefecture follows from ``region`` and ``province``, names or codes, as
        :func:`policycompare.divisions.prefecture_of` reads them. Plans of a whole province have none.
    by, taxonomy, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    plotly.graph_objects.Figure
        ``marker.color`` of the first trace is the mean share, 0 to 1, of the prefectures with a plan, its ``customdata`` are (prefecture code, theme
        id); the second trace are those without one. Which cells there are says :func:`policycompare.divisions.prefectures`.

    Raises
    ------
    PolicyCompareError
        No plan's prefecture is known, the table is empty or lacks a column, or an argument is none of the allowed values.
    """
    require(plans, "plans", ("plan", "region", "province"))
    shares, words = _shares(coverage, theme, by, plans, taxonomy, language)
    means, note = _means(shares, prefecture_codes(plans), "prefectures", words)
    cells, heads, height = _cells()
    cells = cells.join(means, on="code").assign(label=cells["en" if language == "en" else "name"])
    known, none = cells[cells["share"].notna()], cells[cells["share"].isna()]
    top = max(float(means["share"].max()), 1e-9)
    coloured = {"colorscale": style.COLOURSCALE, "cmin": 0, "cmax": round(top, 6), "line": {"width": 1, "color": style.GRID}}
    square = {"symbol": "square", "size": _CELL - 2}
    fig = go.Figure()
    fig.add_scatter(
        x=known["x"], y=known["y"], mode="markers", marker={**square, **coloured, "color": known["share"].round(6)},
        hovertext=[_hover(row.label, row.share, row.plans, words) for row in records(known)], hoverinfo="text",
        customdata=[[code, theme] for code in known["code"]], showlegend=False,
    )  # fmt: skip
    fig.add_scatter(
        x=none["x"],
        y=none["y"],
        mode="markers",
        marker={**square, "color": _NO_PLAN},
        text=none["label"],
        hoverinfo="text",
        showlegend=False,
    )
    names = province_names(language)
    _write(fig, heads["x"] - _CELL / 2, heads["y"], [names[province] for province in heads.index])
    # The scale stands where the grid has no province.
    steps = np.linspace(0, top, _CELLS)
    at = _CELL * (np.arange(_CELLS) + 0.5)
    fig.add_scatter(
        x=at,
        y=[_HEAD * 1.5] * _CELLS,
        mode="markers",
        marker={**square, **coloured, "color": steps.round(6)},
        hoverinfo="skip",
        showlegend=False,
    )
    fig.add_scatter(x=at[:1], y=[_HEAD * 2.75], mode="markers", marker={**square, "color": _NO_PLAN}, hoverinfo="skip", showlegend=False)
    ends = [f"{style.percent(0)} – {style.percent(top)}", words.word("provinces.none")]
    _write(fig, np.array([at[-1], at[0]]) + _CELL, [_HEAD * 1.5, _HEAD * 2.75], ends)
    fig.update_xaxes(**_BARE, range=[0, style.WIDTH - 28])
    fig.update_yaxes(**_BARE, range=[height, 0])
    return style.finish(
        fig,
        data=known[["code", "label", "province", "share", "plans"]].assign(theme=theme),
        title=words.word("prefectures.title", theme=words.themes[theme]),
        subtitle=words.word("prefectures.subtitle", by=words.word(f"by.{by}")),
        note=note,
        source=words.source,
        heads=style.Heads(left=14, above=6, plot=height, right=14),
        below=4,
    )


def _shares(
    coverage: pd.DataFrame, theme: str, by: str, plans: pd.DataFrame, taxonomy: Taxonomy | str | Path, language: str
) -> tuple[pd.DataFrame, Names]:
    """The plans' shares on the theme, and the words."""
    table, words = read_coverage(coverage, by, plans, taxonomy, language, each=False)
    one_of("theme", theme, sorted(words.themes))
    return table[table["theme"] == theme].dropna(subset=["share"]), words


def _means(shares: pd.DataFrame, codes: pd.Series, kind: str, words: Names) -> tuple[pd.DataFrame, str]:
    """Code → mean ``share`` and number of ``plans``, and the note on both; ``kind`` is provinces or prefectures."""
    code = shares["plan"].map(codes).fillna("")
    groups = shares.assign(code=code)[code != ""].groupby("code")["share"]
    means = pd.DataFrame({"share": groups.mean(), "plans": groups.size()})
    if means.empty:
        columns = "column province" if kind == "provinces" else "columns region and province"
        raise PolicyCompareError(f"plans: no plan's {kind[:-1]} is known; fill in the {columns} of plans.csv.")
    note = words.word(f"{kind}.note", plans=words.counted("plans", means["plans"].sum()), n=len(means))
    if unknown := (code == "").sum():
        note += (" " if words.language == "en" else "") + words.word(f"{kind}.unknown", plans=words.counted("plans", unknown))
    return means, words.word("note", note=note)


def _hover(name: str, share: float, plans: int, words: Names) -> str:
    none = math.isnan(share)
    said = {} if none else {"share": style.percent(share), "plans": words.counted("plans", plans)}
    return f"{name}<br>{words.word('provinces.none' if none else 'provinces.hover', **said)}"


def _cells() -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The prefectures with their places in pixels from the top left, the provinces with those of their names, and the height of all."""
    cells = prefectures()
    rows = {province: math.ceil(n / _CELLS) for province, n in cells["province"].value_counts().items()}
    tallest = [max(rows[province] for province, (line, _) in _TILES.items() if line == at) for at in range(_LINES)]
    tops = np.cumsum([0, *(_HEAD + _CELL * n + _BETWEEN for n in tallest)])
    left = {province: column * (_CELLS * _CELL + _BETWEEN) + _CELL / 2 for province, (_, column) in _TILES.items()}
    above = {province: int(tops[line]) for province, (line, _) in _TILES.items()}
    at = cells.groupby("province").cumcount()
    x = cells["province"].map(left) + _CELL * (at % _CELLS)
    y = cells["province"].map(above) + _HEAD + _CELL * (at // _CELLS + 0.5)
    return cells.assign(x=x, y=y), pd.DataFrame({"x": left, "y": above}).assign(y=lambda heads: heads["y"] + _HEAD / 2), int(tops[-1])


def _write(fig: go.Figure, x: object, y: object, texts: list[str]) -> None:
    """Texts to the right of their places."""
    font = {"size": style.SMALL, "color": style.INK}
    fig.add_scatter(
        x=x, y=y, text=texts, mode="text", textposition="middle right", textfont=font, hoverinfo="skip", showlegend=False, cliponaxis=False
    )
