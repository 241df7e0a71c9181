"""Charts of many plans: the ends of an order, the spread, the tiles."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare.charts.labels import MOST_PLANS
from policycompare.charts.maps import _TILES
from policycompare.divisions import prefectures, province_names
from policycompare.schema import PolicyCompareError

MANY = 300


@pytest.fixture(scope="module")
def plans():
    names = [f"p{at:03d}" for at in range(MANY)]
    provinces = [["湖北省", "440000", "内蒙古", ""][at % 4] for at in range(MANY)]
    return pd.DataFrame({"plan": names, "region": names, "region_en": names, "level": "county", "year": 2024, "province": provinces})


@pytest.fixture(scope="module")
def coverage(plans):
    rows = [
        {"plan": plan, "theme": theme, "by": "statements", "n": at % 7 + add, "of": 50, "share": (at + add) / 1000, "low": 0.0, "high": 0.5}
        for at, plan in enumerate(plans["plan"])
        for add, theme in enumerate(("safety", "teachers"))
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_and_the_last_plans_are_shown_and_all_can_be_searched(coverage, plans, language):
    fig = pc.charts.coverage_ranking(coverage.sample(frac=1, random_state=1), theme="safety", most=10, plans=plans, language=language)
    shown = list(fig.data[0].y)
    assert shown == [f"p{at}" for at in (299, 298, 297, 296, 295)] + ["…"] + [f"p00{at}" for at in (4, 3, 2, 1, 0)]
    assert fig.data[0].x[0] == "safety"
    assert "290" in fig.layout.yaxis.ticktext[5]
    assert pc.export.data(fig)["plan"].nunique() == MANY
    assert pc.export.data(pc.charts.coverage_ranking(coverage, theme="safety", plans=plans))["label"].iloc[0] == "p000"


def test_few_plans_are_shown_in_order(coverage, plans):
    few = coverage[coverage["plan"] < "p004"]
    fig = pc.charts.coverage_ranking(few.assign(share=few["share"].where(few["plan"] != "p002", np.nan)), theme="safety", plans=plans)
    assert list(fig.data[0].y) == ["p003", "p001", "p000", "p002"]


def test_the_page_of_an_order_has_a_search(coverage, plans, tmp_path):
    [page, *_] = pc.export.write_figures(
        {"order": pc.charts.coverage_ranking(coverage, theme="safety", plans=plans)}, tmp_path, formats=["html"]
    )
    assert "Find a plan" in page.read_text(encoding="utf-8") and 'box.type = "search"' in page.read_text(encoding="utf-8")


def test_the_spread_has_the_quantiles_of_all_and_of_each_group(coverage, plans):
    fig = pc.charts.share_distributions(coverage, plans=plans)
    data = pc.export.data(fig).set_index(["group", "theme"])
    shares = coverage.loc[coverage["theme"] == "safety"].set_index("plan")["share"]
    assert data.loc[("…", "safety"), ["least", "low", "median", "high", "most"]].tolist() == pytest.approx(
        np.quantile(shares, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist()
    )
    hubei = shares[plans.set_index("plan")["province"].reindex(shares.index) == "湖北省"]
    assert data.loc[("湖北省", "safety"), "median"] == pytest.approx(hubei.median())
    assert list(fig.layout.yaxis.ticktext) == ["All plans", "Guangdong", "Inner Mongolia", "Hubei", "Not known"]


def test_tiles_show_the_mean_of_each_province(coverage, plans):
    fig = pc.charts.province_tiles(coverage, theme="teachers", plans=plans, language="zh")
    line, column = _TILES["42"]
    expected = coverage[(coverage["theme"] == "teachers") & (coverage["plan"].str[1:].astype(int) % 4 == 0)]["share"].mean()
    assert fig.data[0].z[line][column] == pytest.approx(expected, abs=1e-6)
    assert fig.data[0].customdata[line][column][0] == "42"
    assert sum(cell is not None for row in fig.data[0].z for cell in row) == 3
    assert "75 份文件" in fig.layout.meta["note"]
    with pytest.raises(PolicyCompareError, match="no plan's province is known"):
        pc.charts.province_tiles(coverage, theme="teachers", plans=plans.assign(province=""))


@pytest.fixture(scope="module")
def placed(plans):
    """Plans of counties of one prefecture, of another one, of a municipality, and of nowhere."""
    regions = [("赤壁市", "湖北省"), ("苏州市", "320000"), ("奉节县", ""), ("朝阳区", "")]
    return plans.assign(region=[regions[at % 4][0] for at in range(MANY)], province=[regions[at % 4][1] for at in range(MANY)])


@pytest.mark.parametrize(("language", "label"), [("en", "Xianning"), ("zh", "咸宁市")])
def test_cells_show_the_mean_of_each_prefecture(coverage, placed, language, label):
    fig = pc.charts.prefecture_tiles(coverage.sample(frac=1, random_state=1), theme="teachers", plans=placed, language=language)
    known, none = fig.data[:2]
    assert [one[0] for one in known.customdata] == ["3205", "4212", "50"]
    shares = coverage[coverage["theme"] == "teachers"].groupby(coverage["plan"].str[1:].astype(int) % 4)["share"].mean()
    assert list(known.marker.color) == pytest.approx([shares[1], shares[0], shares[2]], abs=1e-6)
    assert known.hovertext[1].startswith(label) and "75" in known.hovertext[1]
    assert len(known.x) + len(none.x) == len(prefectures())
    assert "75 plans whose prefecture is not known" in fig.layout.meta["note"] or "75 份文件所属地级行政区不详" in fig.layout.meta["note"]
    assert pc.export.data(fig)["label"].to_list()[1] == label
    again = pc.charts.prefecture_tiles(coverage, theme="teachers", plans=placed.iloc[::-1], language=language)
    assert again.to_json() == fig.to_json()


def test_no_two_prefectures_share_a_cell_and_each_stands_below_its_province_s_name(coverage, placed):
    fig = pc.charts.prefecture_tiles(coverage, theme="teachers", plans=placed)
    cells = {(x, y) for trace in fig.data[:2] for x, y in zip(trace.x, trace.y, strict=True)}
    assert len(cells) == len(prefectures())
    heads = {name: (x, y) for name, x, y in zip(fig.data[2].text, fig.data[2].x, fig.data[2].y, strict=True)}
    assert set(heads) == set(province_names("en").values())
    assert all(min(abs(x - left) for left, _ in heads.values()) < 65 for x, _ in cells)
    assert max(x for x, _ in cells) < fig.layout.xaxis.range[1] and max(y for _, y in cells) < fig.layout.yaxis.range[0]


def test_a_map_of_no_known_place_is_refused(coverage, plans, placed):
    with pytest.raises(PolicyCompareError, match="no plan's prefecture is known; fill in the columns region and province"):
        pc.charts.prefecture_tiles(coverage, theme="teachers", plans=plans)
    with pytest.raises(PolicyCompareError, match="column province missing"):
        pc.charts.prefecture_tiles(coverage, theme="teachers", plans=placed.drop(columns="province"))
    with pytest.raises(PolicyCompareError, match="theme must be one of"):
        pc.charts.prefecture_tiles(coverage, theme="weather", plans=placed)


def test_the_spread_by_prefecture_names_it_in_the_reader_s_language(coverage, placed):
    fig = pc.charts.share_distributions(coverage, plans=placed, group="prefecture")
    assert list(fig.layout.yaxis.ticktext) == ["All plans", "Xianning", "Suzhou (Jiangsu)", "Chongqing", "Not known"]


def test_every_province_has_a_tile_of_its_own():
    assert len(set(_TILES.values())) == len(_TILES)
    assert set(_TILES) == set(province_names())


def test_charts_with_a_place_for_each_plan_name_those_for_many(coverage, plans):
    for draw in (pc.charts.coverage_heatmap, pc.charts.coverage_dots):
        with pytest.raises(PolicyCompareError, match=r"300 are too many.*coverage_ranking"):
            draw(coverage, plans=plans)
    assert pc.charts.coverage_heatmap(coverage[coverage["plan"].isin(plans["plan"][:MOST_PLANS])], plans=plans)


@pytest.mark.parametrize("asked", [{"theme": "weather"}, {"theme": "safety", "most": 1}, {"theme": "safety", "by": "words"}])
def test_what_cannot_be_drawn_is_refused(coverage, plans, asked):
    with pytest.raises(PolicyCompareError):
        pc.charts.coverage_ranking(coverage, plans=plans, **asked)


def test_a_report_of_too_many_documents_is_refused_before_anything_is_made(monkeypatch, tmp_path):
    monkeypatch.setattr("policycompare.charts.labels.MOST_PLANS", 4)
    with pytest.raises(PolicyCompareError, match="4 documents at most, and here are 5"):
        pc.report.write_report(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_report_of_many_documents_says_what_it_leaves_out(corpus, monkeypatch):
    said = [pc.prose.plain(sentence) for sentence in pc.prose.limits(corpus)]
    monkeypatch.setattr(import_module("policycompare.prose.limits"), "MANY", 4)  # a function of that name hides the module
    more = [pc.prose.plain(sentence) for sentence in pc.prose.limits(corpus)]
    assert more[1:] == said and "leaves out" in more[0]
