"""Figures say what their tables say, in one language, in colours that all readers can tell apart."""

from __future__ import annotations

import csv
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.charts import labels, style, typeset
from policycompare.paths import data_path

CORE = ["moral_education", "teachers", "safety", "funding", "governance"]
PLANS = ["xianning", "jining", "fengjie", "shandan", "county"]

# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear RGB: https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
# Ottosson (2020), OKLab: https://bottosson.github.io/posts/oklab/
TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)


def seen(colour: str, sight: str) -> np.ndarray[Any, Any]:
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return TO_LAB @ np.cbrt(TO_LMS @ np.clip(SIGHT[sight] @ linear, 0, 1)) * 100


def nearest(colours: list[str]) -> float:
    pairs = itertools.combinations(colours, 2)
    return min(float(np.linalg.norm(seen(one, sight) - seen(other, sight))) for one, other in pairs for sight in SIGHT)


@pytest.fixture(scope="module")
def coverage() -> pd.DataFrame:
    rows = []
    for p, plan in enumerate(PLANS):
        for t, theme in enumerate(CORE):
            n, of = (p * t) % 5, 20 + p
            row = {"plan": plan, "theme": theme, "by": "statements", "n": n, "of": of, "share": n / of}
            rows.append({**row, "low": max(n / of - 0.1, 0), "high": n / of + 0.1})
    return schema.typed(pd.DataFrame(rows), "coverage")


@pytest.fixture(scope="module")
def differences() -> pd.DataFrame:
    rows = [(plan, theme, (p - t) / 10) for p, plan in enumerate(PLANS) for t, theme in enumerate(CORE)]
    table = pd.DataFrame(rows, columns=["plan", "theme", "difference"])
    return table.assign(
        low=table["difference"] - 0.15,
        high=table["difference"] + 0.15,
        other="others",
        distinguishable=table["difference"].abs() > 0.15,
    )


@pytest.fixture(scope="module")
def statements() -> pd.DataFrame:
    rows = []
    for plan in PLANS[:2]:
        for at in range(6):
            start = at * 12
            text = "一、总体要求" if at == 0 else f"加强<b>第{at}</b>项工作。"
            kind = "heading" if at == 0 else "body"
            rows.append({"statement": f"{plan}-{at}", "plan": plan, "kind": kind, "text": text, "start": start, "end": start + 2 * at + 1})
    return schema.frame("statements", rows)


@pytest.fixture(scope="module")
def codings() -> pd.DataFrame:
    coded = [(plan, at, theme) for plan in PLANS[:2] for at, theme in ((1, "safety"), (2, "teachers"), (2, "funding"), (5, "digital"))]
    return schema.frame("codings", [{"statement": f"{plan}-{at}", "theme": theme, "start": 0, "end": 1} for plan, at, theme in coded])


@pytest.fixture(scope="module")
def clusters() -> pd.DataFrame:
    rows = [
        (f"{plan}-{at}", plan, at % 3 + 1, "" if at % 3 == 2 else f"词{at % 3}、<i>", at / 7, p * at / 9)
        for p, plan in enumerate(PLANS)
        for at in range(7)
    ]
    return pd.DataFrame(rows, columns=["measure", "plan", "cluster", "name", "x", "y"])


@pytest.fixture(scope="module")
def regions(clusters: pd.DataFrame) -> pd.DataFrame:
    counts = clusters.groupby(["plan", "cluster", "name"], as_index=False).size().rename(columns={"size": "n"})
    counts = counts.assign(of=7, share=counts["n"] / 7)
    return counts.assign(low=counts["share"] / 2, high=counts["share"] * 1.2)


@pytest.fixture(scope="module")
def targets() -> pd.DataFrame:
    common = {"comparator": "=", "start": 5, "end": 9, "subject": "学校<script>"}
    rows = [
        {
            **common,
            "statement": "county-3",
            "plan": "county",
            "quote": "85%以上",
            "low": 85,
            "high": 85,
            "unit": "%",
            "comparator": ">=",
            "deadline": 2025,
        },
        {
            **common,
            "statement": "xianning-8",
            "plan": "xianning",
            "quote": "10万人次",
            "low": 100000,
            "high": 100000,
            "unit": "人次",
            "deadline_inherited": 2018,
        },
    ]
    return schema.frame("targets", rows)


@pytest.fixture(scope="module")
def subthemes(coverage: pd.DataFrame) -> pd.DataFrame:
    below = {"teachers": "ethics", "safety": "campus_security", "funding": "student_aid"}
    rows = coverage[coverage["theme"].isin(below)]
    return pd.concat([coverage.assign(subtheme=""), rows.assign(subtheme=rows["theme"].map(below), share=rows["share"] / 2)])


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    rows = [
        (one, other, theme, (i - t) / 20)
        for i, (one, other) in enumerate(itertools.combinations(PLANS[:3], 2))
        for t, theme in enumerate(CORE)
    ]
    table = pd.DataFrame(rows, columns=["plan", "other", "theme", "difference"])
    return table.assign(low=table["difference"] - 0.1, high=table["difference"] + 0.1, distinguishable=table["difference"] > 0.1)


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    shares = {"statements": (0.3, 0.2, 0.1), "measures": (0.3, 0.3, 0.1), "characters": (0.2, 0.3, 0.1)}
    rows = [
        {"plan": plan, "theme": "safety", "by": by, "n": 1, "of": 10, "share": share}
        for by, own in shares.items()
        for plan, share in zip(PLANS, own, strict=False)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def agreement() -> pd.DataFrame:
    rows = []
    for at, theme in enumerate([*CORE, "macro"]):
        row: dict[str, object] = {"theme": theme, "tp": 8, "fp": at, "fn": 2, "tn": 90 - at}
        for place, name in enumerate(("precision", "recall", "f1", "alpha")):
            value = 0.95 - 0.05 * at - 0.02 * place
            row |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": min(value + 0.1, 1)}
        rows.append(row)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def curve() -> pd.DataFrame:
    return pd.DataFrame(
        {"score": [0.9, 0.5], "right": [45, 12], "n": [50, 20], "share": [0.9, 0.6], "low": [0.8, 0.4], "high": [0.96, 0.8]}
    )


@pytest.fixture(scope="module")
def together() -> pd.DataFrame:
    rows = [
        (plan, *pair, "statements", at, 0 if pair[0] == "governance" else 20, 1.5)
        for plan in ("", "jining")
        for at, pair in enumerate(itertools.permutations(CORE, 2))
    ]
    table = pd.DataFrame(rows, columns=["plan", "theme", "other", "by", "n", "of", "lift"])
    return table.assign(share=table["n"] / table["of"].replace(0, np.nan))


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    rows = [
        (plan, theme, 3, 0.1 * p + 0.1 * t, "early" if p == t else "throughout")
        for p, plan in enumerate(PLANS)
        for t, theme in enumerate(CORE)
    ]
    table = pd.DataFrame(rows, columns=["plan", "theme", "n", "middle", "place"])
    table = table.assign(low=table["middle"] - 0.05, high=table["middle"] + 0.1)
    table.loc[3, ["n", "middle", "low", "high", "place"]] = [0, np.nan, np.nan, np.nan, ""]
    return table


@pytest.fixture(scope="module")
def keyness() -> pd.DataFrame:
    return pd.DataFrame(
        [(plan, "", f"词{at}", at + 1, at / 2 - 1) for plan in PLANS for at in range(12)],
        columns=["plan", "theme", "term", "n", "z"],
    )


@pytest.fixture(scope="module")
def similarity() -> pd.DataFrame:
    return pd.DataFrame(
        [(a, b, 1.0 if a == b else 0.1 * (i + j)) for i, a in enumerate(PLANS) for j, b in enumerate(PLANS)],
        columns=["plan", "other", "similarity"],
    )


@pytest.fixture(scope="module")
def alignment() -> pd.DataFrame:
    rows = [(one, other, at % 7, 10) for at, (one, other) in enumerate(itertools.permutations(PLANS, 2))]
    table = pd.DataFrame(rows, columns=["plan", "other", "n", "of"])
    table = table.assign(share=table["n"] / table["of"], low=table["n"] / 20, high=(table["n"] + 2) / 10)
    table.loc[3, ["share", "low", "high"]] = np.nan
    return table


@pytest.fixture(scope="module")
def wording() -> pd.DataFrame:
    rows = [
        (plan, kind, n, 1000) for at, plan in enumerate(PLANS) for kind, n in (("formula", 40 * at), ("copy", at), ("own", 1000 - 41 * at))
    ]
    table = pd.DataFrame(rows, columns=["plan", "kind", "n", "of"])
    table = table.assign(share=table["n"] / table["of"], low=table["n"] / 2000, high=table["n"] / 900)
    table.loc[4, ["share", "low", "high"]] = np.nan
    return table


MERGES = pd.DataFrame(
    {"left": ["shandan", "fengjie", "jining", "xianning"], "right": ["county", "1", "2", "3"], "height": [0.3, 0.4, 0.6, 0.8]}
)

Draw = Callable[..., go.Figure]


@pytest.fixture(scope="module")
def calls(
    coverage: pd.DataFrame,
    differences: pd.DataFrame,
    statements: pd.DataFrame,
    codings: pd.DataFrame,
    clusters: pd.DataFrame,
    regions: pd.DataFrame,
    subthemes: pd.DataFrame,
    pairs: pd.DataFrame,
    orders: pd.DataFrame,
    agreement: pd.DataFrame,
    curve: pd.DataFrame,
    together: pd.DataFrame,
    places: pd.DataFrame,
    keyness: pd.DataFrame,
    similarity: pd.DataFrame,
    alignment: pd.DataFrame,
    wording: pd.DataFrame,
) -> dict[str, tuple[Draw, tuple[pd.DataFrame, ...]]]:
    """Every chart: its function and its tables."""
    return {
        "heatmap": (pc.charts.coverage_heatmap, (coverage,)),
        "dots": (pc.charts.coverage_dots, (coverage,)),
        "difference": (pc.charts.coverage_difference, (differences,)),
        "barcode": (pc.charts.barcode, (statements, codings)),
        "map": (pc.charts.cluster_map, (clusters,)),
        "regions": (pc.charts.cluster_regions, (regions,)),
        "subthemes": (pc.charts.subtheme_dots, (subthemes,)),
        "pairs": (partial(pc.charts.coverage_difference, against="pairs"), (pairs,)),
        "orders": (pc.charts.order_slopes, (orders,)),
        "reliability": (pc.charts.reliability_dots, (agreement,)),
        "curve": (pc.charts.reliability_curve, (curve,)),
        "together": (pc.charts.theme_cooccurrence, (together,)),
        "positions": (pc.charts.theme_positions, (places,)),
        "silences": (pc.charts.silences, (subthemes,)),
        "keyness": (pc.charts.keyness_dots, (keyness,)),
        "similarity": (partial(pc.charts.similarity_matrix, merges=MERGES), (similarity,)),
        "alignment": (pc.charts.alignment_heatmap, (alignment,)),
        "wording": (pc.charts.wording_dots, (wording,)),
    }


@pytest.fixture(scope="module")
def drawn(calls: dict[str, tuple[Draw, tuple[pd.DataFrame, ...]]]) -> dict[str, dict[str, go.Figure]]:
    """Every chart in both languages."""
    return {language: {name: draw(*tables, language=language) for name, (draw, tables) in calls.items()} for language in labels.LANGUAGES}


def shown(fig: go.Figure) -> list[str]:
    """Every text that a reader of the figure sees, without plotly's tags."""
    found = [note.text for note in fig.layout.annotations]
    for name in fig.layout:
        if re.match(r"[xy]axis", name):
            found += [*(fig.layout[name].ticktext or ()), fig.layout[name].title.text or ""]
    for trace in fig.data:
        if fig.layout.showlegend and trace.showlegend is not False:
            found.append(trace.name)
        for texts in (trace.hovertext, trace.text):
            found += list(np.ravel(np.array(texts, dtype=object))) if texts is not None else []
    return [re.sub(r"<[^>]*>", "", str(text)) for text in found]


@pytest.mark.parametrize("taxonomy", ["education", "education-extended"])
def test_theme_colours_can_be_told_apart_with_any_colour_sight(taxonomy: str) -> None:
    colours = [theme[2] for theme in labels.theme_names(taxonomy).values()]
    assert len(colours) == 10
    assert nearest(colours) >= 9
    assert nearest(colours[:5]) >= 13
    assert min(nearest([colour, style.NO_THEME]) for colour in colours) >= 8


def test_the_simulation_finds_a_palette_that_fails() -> None:
    assert nearest(["#FF0000", "#8F7B00"]) < 9 < np.linalg.norm(seen("#FF0000", "normal") - seen("#8F7B00", "normal"))


def test_a_theme_has_the_same_colour_in_every_chart_and_taxonomy(drawn: dict[str, dict[str, go.Figure]]) -> None:
    safety = dict(labels.theme_names("education"))["safety"][2]
    assert labels.theme_names("education-extended")["safety"][2] == safety
    figures = drawn["en"]
    assert next(bar for bar in figures["barcode"].data if bar.name == "School safety").marker.color == safety
    for name in ("dots", "difference"):
        trace = next(trace for trace in figures[name].data if trace.name == "safety")
        assert trace.marker.line.color == safety
    assert safety in {shape.fillcolor for shape in figures["heatmap"].layout.shapes}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 1.0, float("nan")])
def test_numbers_can_be_read_on_every_shade(share: float) -> None:
    ground = style.shade(share, 1.0)
    assert style.contrast(style.text_on(ground), ground) >= 4.5


def test_shade_is_the_colour_that_plotly_draws() -> None:
    from plotly.colors import sample_colorscale

    for value in (0.0, 0.13, 0.5, 0.77, 1.0):
        red, green, blue = (float(part) for part in re.findall(r"[\d.]+", sample_colorscale(list(style.SEQUENTIAL), [value])[0]))
        mine = style.shade(value, 1.0)
        assert [int(mine[at : at + 2], 16) for at in (1, 3, 5)] == pytest.approx([red, green, blue], abs=1)


def test_heatmap_shows_the_table(coverage: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["en"]["heatmap"]
    table = coverage.set_index(["plan", "theme"])["share"]
    heat, numbers = fig.data
    assert list(heat.y) == PLANS and list(heat.x) == CORE
    for row, plan in enumerate(PLANS):
        for column, theme in enumerate(CORE):
            assert heat.z[row][column] == pytest.approx(table[plan, theme], abs=1e-6)
            assert tuple(heat.customdata[row][column]) == (plan, theme)
            assert numbers.text[row * 5 + column].startswith(f"{table[plan, theme] * 100:.0f}%")
    assert "110 statements, 5 plans" in fig.layout.meta["note"]


def test_zero_and_what_cannot_be_computed_differ(coverage: pd.DataFrame) -> None:
    unknown = coverage.copy()
    unknown.loc[0, ["share", "low", "high"]] = np.nan
    fig = pc.charts.coverage_heatmap(unknown)
    assert fig.data[0].z[0][0] is None and fig.data[0].z[0][1] == 0
    assert fig.data[1].text[0] == "n/a" and fig.data[1].text[1].startswith("0%")
    assert [shape.fillcolor for shape in fig.layout.shapes if shape.name == "na"] == [style.NOT_COMPUTED]
    assert "cannot be computed" in fig.layout.meta["note"]
    assert "n/a" in shown(pc.charts.coverage_dots(unknown))


def test_many_themes_become_rows(coverage: pd.DataFrame) -> None:
    ten = pd.concat(
        [coverage, coverage.assign(theme=coverage["theme"].map(dict(zip(CORE, list(labels.theme_names("education"))[5:], strict=True))))]
    )
    fig = pc.charts.coverage_heatmap(ten)
    assert list(fig.data[0].x) == PLANS and len(fig.data[0].y) == 10
    assert tuple(fig.data[0].customdata[1][2]) == ("fengjie", "teachers")


def test_subtheme_rows_are_left_to_their_own_chart(coverage: pd.DataFrame) -> None:
    with_subthemes = pd.concat([coverage.assign(subtheme=""), coverage.assign(subtheme="x", share=0.9)])
    assert pc.charts.coverage_heatmap(with_subthemes) == pc.charts.coverage_heatmap(coverage)


@pytest.mark.parametrize(("name", "value"), [("dots", "share"), ("difference", "difference")])
def test_dots_and_intervals_are_the_tables(
    name: str, value: str, coverage: pd.DataFrame, differences: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]
) -> None:
    table = (coverage if value == "share" else differences).set_index(["plan", "theme"])
    fig = drawn["en"][name]
    points = [
        (tuple(ids[:2]), x) for trace in fig.data if trace.mode == "markers" for ids, x in zip(trace.customdata, trace.x, strict=True)
    ]
    assert dict(points) == pytest.approx(table[value].to_dict(), abs=1e-6)
    for theme in CORE:
        line = next(trace for trace in fig.data if trace.name == f"{theme} interval")
        ends = table.xs(theme, level="theme").loc[PLANS, ["low", "high"]].to_numpy().ravel()
        assert [x for x in line.x if x is not None] == pytest.approx(ends, abs=1e-6)


def test_hollow_means_not_distinguishable(differences: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    marks = differences.set_index(["plan", "theme"])["distinguishable"]
    traces = [trace for trace in drawn["en"]["difference"].data if trace.mode == "markers"]
    filled = {
        tuple(ids[:2]): colour != style.PAPER for trace in traces for ids, colour in zip(trace.customdata, trace.marker.color, strict=True)
    }
    assert filled == marks.to_dict()
    assert set(filled.values()) == {True, False}


@pytest.mark.parametrize("length", ["characters", "statements"])
def test_barcode_has_every_body_statement_in_its_place(length: str, statements: pd.DataFrame, codings: pd.DataFrame) -> None:
    fig = pc.charts.barcode(statements, codings, length=length)
    bars = [(*ids, base, x) for trace in fig.data for ids, base, x in zip(trace.customdata, trace.base, trace.x, strict=True)]
    body = statements[statements["kind"] == "body"]
    assert {bar[2] for bar in bars} == set(body["statement"])
    assert {(bar[2], bar[1]) for bar in bars if bar[1]} == set(zip(codings["statement"], codings["theme"], strict=True))
    sizes = {"characters": [3, 5, 7, 9, 11], "statements": [1] * 5}[length]
    own = sorted({(base, x) for plan, _, _, base, x in bars if plan == "jining"})
    assert [x for _, x in own] == pytest.approx([size / sum(sizes) for size in sizes], abs=1e-4)
    assert [base for base, _ in own] == pytest.approx(np.cumsum([0, *sizes[:-1]]) / sum(sizes), abs=1e-4)


def test_cluster_map_has_every_measure_once(clusters: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["zh"]["map"]
    drawn_at = {ids[2]: (int(ids[1]), x, y) for trace in fig.data for ids, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
    assert drawn_at == {row.measure: (row.cluster, round(row.x, 4), round(row.y, 4)) for row in clusters.itertuples()}
    assert len({trace.marker.symbol for trace in fig.data}) == 3
    assert [trace.name for trace in fig.data] == ["1 · 词0、&lt;i&gt;", "2 · 词1、&lt;i&gt;", "3 · 不稳定"]


def test_cluster_regions_shows_the_table(regions: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    heat = drawn["en"]["regions"].data[0]
    values = {tuple(ids): z for line, row in zip(heat.z, heat.customdata, strict=True) for z, ids in zip(line, row, strict=True)}
    assert values == pytest.approx({(row.plan, str(row.cluster)): row.share for row in regions.itertuples()}, abs=1e-6)


def test_targets_table(targets: pd.DataFrame) -> None:
    table = pc.charts.targets_table(targets)
    assert table.data["Plan"].to_list() == ["Xianning", "Unnamed county"]
    assert table.data["Target"].to_list() == ["100,000 participations", "≥ 85%"]
    assert table.data["Deadline"].to_list() == ["(2018)", "2025"]
    html = table.to_html()
    assert "&lt;script&gt;" in html and "<script>" not in html and html == pc.charts.targets_table(targets.iloc[::-1]).to_html()
    chinese = pc.charts.targets_table(targets, language="zh")
    assert list(chinese.data.columns) == ["文件", "对象", "目标值", "期限", "原文", "语句编号"]


def test_chinese_figures_have_no_english_word(drawn: dict[str, dict[str, go.Figure]]) -> None:
    for name, fig in drawn["zh"].items():
        for text in shown(fig):
            left = re.sub(
                r"policycompare|F1|Krippendorff|alpha|Monroe|Colaresi|Quinn|z|(?:xianning|jining|fengjie|shandan|county)-\d+|&\w+;|\bb\b|/b|\bi\b",
                "",
                text,
            )
            assert not re.search("[A-Za-z]", left), (name, text)


def test_english_figures_have_english_labels(drawn: dict[str, dict[str, go.Figure]]) -> None:
    for name in ("heatmap", "dots", "difference"):
        for text in shown(drawn["en"][name]):
            assert not re.search("[一-鿿]", text), (name, text)


def test_every_word_is_there_in_both_languages_and_used() -> None:
    with data_path("lexicon", "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["key"] for row in rows}) == len(rows)
    source = "".join(path.read_text(encoding="utf-8") for path in Path(labels.__file__).parent.parent.rglob("*.py"))
    for row in rows:
        places = [set(re.findall(r"{(\w+)}", row[language])) for language in labels.LANGUAGES]
        assert row["en"] and row["zh"] and places[0] == places[1], row
        # Keys are put together at times: their first part stands in the code at least.
        assert row["key"] in source or row["key"].split(".")[0] + "." in source or f'"{row["key"].split(".")[0]}"' in source, row["key"]


@pytest.mark.parametrize("language", labels.LANGUAGES)
def test_every_figure_has_title_note_and_source(language: str, drawn: dict[str, dict[str, go.Figure]]) -> None:
    for fig in drawn[language].values():
        names = {note.name: note.text for note in fig.layout.annotations}
        joined = re.sub("<br>| ", "", names["note"])
        for part in ("note", "source"):
            assert re.sub(" ", "", typeset.escape(fig.layout.meta[part])) in joined
        assert fig.layout.meta["title"] and names["title"] and names["subtitle"]
        assert fig.layout.template.layout.font.family.startswith('"WenQuanYi Micro Hei"')


def test_texts_from_outside_cannot_become_tags(
    statements: pd.DataFrame, codings: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]
) -> None:
    texts = [text for trace in drawn["en"]["barcode"].data for text in trace.hovertext]
    assert any("&lt;b&gt;" in text for text in texts)
    assert all(set(re.findall("<[^>]*>", text)) <= {"<br>"} for text in texts)
    plans = pd.DataFrame([{"plan": plan, "region_en": f"<i>{plan}</i> $x$", "level": "county"} for plan in PLANS[:2]])
    for text in [*pc.charts.barcode(statements, codings, plans=plans).layout.yaxis.ticktext, typeset.wrap("<a href='x'>$x$</a>", 400)]:
        assert "$" not in text and set(re.findall("<(?!br|span|/span)", text)) == set()


def test_the_same_table_in_any_order_gives_the_same_figure(
    calls: dict[str, tuple[Draw, tuple[pd.DataFrame, ...]]], drawn: dict[str, dict[str, go.Figure]]
) -> None:
    for name, (draw, tables) in calls.items():
        turned = draw(*[table.iloc[::-1].reset_index(drop=True) for table in tables], language="en").to_json()
        assert turned == drawn["en"][name].to_json(), name
        assert "bdata" not in turned and json.loads(turned)["layout"]["width"] == style.WIDTH


def test_every_figure_travels_with_its_rows_and_caption(drawn: dict[str, dict[str, go.Figure]]) -> None:
    for language, figures in drawn.items():
        for name, fig in figures.items():
            rows = pc.export.data(fig)
            assert rows is not None and len(rows), (language, name)
            assert [fig.layout.meta[part] for part in ("title", "subtitle", "note")] == pc.export.caption(fig).splitlines()[:3], name


def test_nothing_in_a_figure_is_a_long_fraction(drawn: dict[str, dict[str, go.Figure]]) -> None:
    for name, fig in drawn["en"].items():
        assert not re.findall(r"\d\.\d{7,}", fig.to_json()), name


def test_subthemes_stand_in_the_line_of_their_theme(subthemes: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["en"]["subthemes"]
    assert {note.text for note in fig.layout.annotations if note.name == "line"} == {"Teachers", "School safety", "Funding and facilities"}
    below = subthemes[subthemes["subtheme"] != ""].set_index(["plan", "theme", "subtheme"])["share"]
    points = {tuple(ids): x for trace in fig.data if trace.mode == "markers" for ids, x in zip(trace.customdata, trace.x, strict=True)}
    assert points == pytest.approx(below.to_dict(), abs=1e-6)
    with pytest.raises(schema.PolicyCompareError, match="coverage of subthemes: the table has no row"):
        pc.charts.subtheme_dots(subthemes[subthemes["subtheme"] == ""])


def test_pairs_are_named_by_both_plans(pairs: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["en"]["pairs"]
    assert fig.layout.yaxis.ticktext == ("Xianning − Jining", "Xianning − Fengjie", "Jining − Fengjie")
    points = {tuple(ids): x for trace in fig.data if trace.mode == "markers" for ids, x in zip(trace.customdata, trace.x, strict=True)}
    assert points == pytest.approx({(row.plan, row.theme, row.other): row.difference for row in pairs.itertuples()}, abs=1e-6)
    with pytest.raises(schema.PolicyCompareError, match="differences against others: the table has no row"):
        pc.charts.coverage_difference(pairs)


def test_slopes_show_places_and_which_plans_turn(drawn: dict[str, dict[str, go.Figure]]) -> None:
    traces = {trace.name: trace for trace in drawn["en"]["orders"].data}
    assert list(traces["safety/xianning"].y) == [1, 1.5, 2]
    assert list(traces["safety/jining"].y) == [2, 1.5, 1]
    safety = labels.theme_names("education")["safety"][2]
    assert [traces[f"safety/{plan}"].line.color == safety for plan in PLANS[:3]] == [True, True, False]


def test_reliability_shows_every_figure_of_the_table(
    agreement: pd.DataFrame, curve: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]
) -> None:
    fig = drawn["en"]["reliability"]
    points = {tuple(ids): x for trace in fig.data if trace.mode == "markers" for ids, x in zip(trace.customdata, trace.x, strict=True)}
    table = agreement.set_index("theme")
    assert points == pytest.approx({(theme, name): table.loc[theme, name] for theme, name in points}, abs=1e-6)
    assert len(points) == 24 and "100 statements" in fig.layout.meta["note"]
    bins = drawn["zh"]["curve"].data[1]
    assert list(bins.x) == [0.5, 0.9] and list(bins.y) == [0.6, 0.9] and list(bins.error_y.array) == pytest.approx([0.2, 0.06])


def test_themes_that_go_together(together: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    heat, numbers = drawn["en"]["together"].data[:2]
    cells = {tuple(ids): z for row, line in zip(heat.z, heat.customdata, strict=True) for z, ids in zip(row, line, strict=True) if ids}
    rows = together[together["plan"] == ""].itertuples()
    expected = {("", row.theme, row.other): None if row.of == 0 else row.share for row in rows}
    assert cells == pytest.approx(expected)
    assert numbers.text[0] == "" and numbers.text[-2] == "n/a" and numbers.text[1] == '0%<br><span style="font-size:10px">×1.5</span>'


def test_places_of_themes(places: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["en"]["positions"]
    dots = [trace for trace in fig.data if trace.mode == "markers"]
    points = {tuple(ids): x for trace in dots for ids, x in zip(trace.customdata, trace.x, strict=True)}
    assert points == pytest.approx(places.dropna().set_index(["plan", "theme"])["middle"].to_dict(), abs=1e-6)
    filled = {
        tuple(ids) for trace in dots for ids, colour in zip(trace.customdata, trace.marker.color, strict=True) if colour != style.PAPER
    }
    assert filled == {(row.plan, row.theme) for row in places.itertuples() if row.place == "early"}
    assert [note.text for note in fig.layout.annotations if note.name == "na"] == ["–"]


def test_ledger_sets_like_beside_like(targets: pd.DataFrame) -> None:
    ledger = pd.concat([targets.assign(group="学校", plans=2), targets.iloc[:1].assign(group="单独", plans=1)])
    table = pc.charts.ledger_table(ledger, language="zh")
    assert list(table.data.columns) == ["类别", "咸宁市", "某县"]
    assert table.data.iloc[0].to_list() == ["学校", "学校&lt;script&gt;：10 万人次", "学校&lt;script&gt;：≥ 85%"]
    assert "单独" not in table.to_html()
    with pytest.raises(schema.PolicyCompareError, match="two plans share"):
        pc.charts.ledger_table(ledger[ledger["plans"] == 1])


def test_silences_are_the_cells_without_a_statement(
    coverage: pd.DataFrame, subthemes: pd.DataFrame, drawn: dict[str, dict[str, go.Figure]]
) -> None:
    for fig, table in (
        (drawn["en"]["silences"], subthemes[subthemes["subtheme"] != ""]),
        (pc.charts.silences(coverage), coverage.assign(subtheme="")),
    ):
        heat, numbers = fig.data[:2]
        marked = {tuple(ids): z for line, row in zip(heat.z, heat.customdata, strict=True) for z, ids in zip(line, row, strict=True)}
        assert marked == {(row.plan, row.theme, row.subtheme): float(row.n == 0) for row in table.itertuples()}
        assert sum("none" in text for text in numbers.text) == (table["n"] == 0).sum() > 0


def test_many_plans_become_rows_of_the_cluster_chart(regions: pd.DataFrame) -> None:
    many = pd.concat([regions.assign(plan=[f"{plan}{at}" for plan in regions["plan"]]) for at in range(3)])
    fig = pc.charts.cluster_regions(many)
    assert len(fig.data[0].y) == 15 and list(fig.data[0].x) == ["1", "2", "3"]


def test_forty_plans_fit_into_the_width(subthemes: pd.DataFrame) -> None:
    many = pd.concat([subthemes.assign(plan=[f"{plan}{at}" for plan in subthemes["plan"]]) for at in range(8)])
    for fig in (pc.charts.silences(many), pc.charts.coverage_heatmap(many), pc.charts.coverage_dots(many)):
        margin = fig.layout.margin
        assert fig.layout.width == style.WIDTH and margin.l + margin.r < 300
        assert fig.layout.height - margin.t - margin.b > 40 * 20


def test_too_many_pairs_are_refused(pairs: pd.DataFrame) -> None:
    many = pd.concat([pairs.assign(other=f"plan{at}") for at in range(40)])
    with pytest.raises(schema.PolicyCompareError, match="more than 66 pairs"):
        pc.charts.coverage_difference(many, against="pairs")


def test_keyness_shows_the_strongest_terms_from_the_top(keyness: pd.DataFrame) -> None:
    fig = pc.charts.keyness_dots(keyness, top=3)
    first = next(trace for trace in fig.data if trace.name == "xianning")
    assert list(first.x) == [4.5, 4, 3.5] and list(first.y) == [0, 1, 2]
    assert fig.layout.yaxis.ticktext == ("词11", "词10", "词9")


def test_the_tree_joins_what_the_merges_say(drawn: dict[str, dict[str, go.Figure]]) -> None:
    fig = drawn["zh"]["similarity"]
    assert fig.layout.yaxis.ticktext == ("咸宁市", "济宁市", "奉节县", "山丹县", "某县")
    branches = [(list(trace.x), list(trace.y)) for trace in fig.data if trace.name and trace.name.startswith("merge")]
    assert branches[0] == ([0, 0.3, 0.3, 0], [3, 3, 4, 4])
    assert branches[1] == ([0, 0.4, 0.4, 0.3], [2, 2, 3.5, 3.5])
    assert fig.data[0].z[0][1] == 0.1 and fig.data[0].z[0][0] is None


def test_plans_of_one_region_are_told_apart() -> None:
    plans = pd.DataFrame({"plan": ["a", "b", "c"], "region": ["奉节县"] * 2 + [""], "level": "county", "year": [2020, 2023, 2023]})
    assert labels.plan_labels(["c", "b", "a"], plans, "zh") == {"a": "奉节县 2020", "b": "奉节县 2023", "c": "某县"}
    same = plans.assign(year=2020)
    assert list(labels.plan_labels(["a", "b"], same, "zh").values()) == ["奉节县 2020 (a)", "奉节县 2020 (b)"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: pc.charts.coverage_heatmap(t.iloc[:0]), "coverage: the table has no row"),
        (lambda t: pc.charts.coverage_heatmap(t.drop(columns="share")), "column share missing"),
        (lambda t: pc.charts.coverage_heatmap(t, by="measures"), "coverage by measures: the table has no row"),
        (lambda t: pc.charts.coverage_dots(t, by="words"), "by must be one of"),
        (lambda t: pc.charts.coverage_heatmap(t, language="fr"), "language must be one of en, zh; got 'fr'"),
        (lambda t: pc.charts.coverage_difference(t), "differences: column other, difference, distinguishable missing"),
        (lambda t: pc.charts.barcode(t, t, length="pages"), "length must be one of"),
        (lambda t: pc.charts.cluster_map(t), "clusters: column measure, cluster, name, x, y missing"),
        (lambda t: pc.charts.order_slopes(t), "coverage: one way of counting"),
        (lambda t: pc.charts.targets_table(t, language="en"), "targets: column statement"),
    ],
)
def test_bad_input_is_one_clear_error(call: Callable[[pd.DataFrame], Any], message: str, coverage: pd.DataFrame) -> None:
    with pytest.raises(schema.PolicyCompareError, match=re.escape(message)):
        call(coverage)


def test_importing_the_package_does_not_import_plotly() -> None:
    code = "import sys, policycompare; assert not any(name.startswith('plotly') for name in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
