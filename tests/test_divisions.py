"""Divisions: what a region's name or code stands for, and the prefecture it lies in."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import policycompare as pc
from policycompare.divisions import division_codes, known_divisions, prefecture_of, prefectures, province_code, province_names
from policycompare.wordlists import word_lists


@pytest.mark.parametrize(
    ("region", "province", "code"),
    [
        ("咸宁市", "湖北省", "4212"),
        ("咸宁", "", "4212"),
        ("咸寧市", "", "4212"),
        ("湖北省咸宁市咸安区", "", "4212"),
        ("赤壁市", "42", "4212"),
        ("恩施州巴东县", "", "4228"),
        ("文山州", "", "5326"),
        ("长阳县", "", "4205"),
        ("421281", "", "4212"),
        ("4212", "", "4212"),
        ("421200", "420000", "4212"),
        ("429004", "", "4290"),  # a county directly under its province
        ("仙桃市", "湖北", "4290"),
        ("奉节县", "", "50"),  # a municipality is one
        ("重庆市", "", "50"),
        ("某区", "北京市", "11"),
        ("某县", "421202", "4212"),
        ("香港", "", "81"),
        ("东莞市", "", "4419"),  # a prefecture without counties
        ("北京市第一中学", "", "11"),
        ("武汉市东湖高新区", "", "4201"),
        ("城东区", "青海省", "6301"),  # not 东区 of another province
        ("朝阳区", "", ""),
        ("朝阳区", "吉林省", "2201"),
        ("长春市朝阳区", "", "2201"),
        ("新华区", "河北省", ""),  # two in one province
        ("新华区", "130105", "1301"),
        ("赵县", "", "1301"),
        ("老城区", "", "4103"),
        ("咸宁市", "湖南省", ""),
        ("湖北省", "湖北省", ""),
        ("420000", "", ""),
        ("某县", "", ""),
        ("", "", ""),
        ("999999", "", ""),
    ],
)
def test_a_region_lies_in_its_prefecture(region, province, code):
    assert prefecture_of(region, province) == code


def test_a_name_that_repeats_one_of_several_places_is_read_in_no_time():
    assert prefecture_of("鼓楼区" * 40, "福建省") == "3501"  # four places of the name: each more was tried four times as often
    assert prefecture_of("市" * 5000) == ""
    assert prefecture_of("福建省福州市" + "鼓楼区" * 5000) == "3501"


def test_a_province_in_traditional_script_is_known():
    assert province_code("廣東省") == province_code("广东省") == "44"


def test_every_division_is_found_by_its_code_and_by_its_name_unless_its_province_has_two_of_it():
    table, cells, names = known_divisions(), set(prefectures()["code"]), province_names()
    below = table[table["code"].str.len() > 2]
    wanted = below["code"].map(lambda code: next(one for one in (code[:2], code[:4]) if one in cells))
    assert [prefecture_of(code.ljust(6, "0")) for code in below["code"]] == wanted.to_list()
    told = pd.Series(
        [prefecture_of(name, names[code[:2]]) for code, name in zip(below["code"], below["name"], strict=True)], index=below.index
    )
    twice = below.assign(province=below["code"].str[:2]).duplicated(["province", "name"], keep=False)
    assert (told == wanted)[~twice].all()
    assert set(told[twice & (told != wanted)]) == {""}


def test_the_country_is_divided_without_rest():
    cells = prefectures()
    assert cells["code"].is_unique and cells["name"].is_unique and cells["en"].is_unique and (cells["en"] != "").all()
    assert cells["code"].is_monotonic_increasing and set(cells["province"]) == set(province_names())
    assert cells["code"].str.len().value_counts().to_dict() == {4: 337, 2: 7}


@given(st.text(alphabet="湖北省咸宁市朝阳区县东西a0", max_size=12), st.sampled_from(["", "湖北省", "22", "x"]))
def test_any_text_is_read_within_its_province(region, province):
    assert all(code.startswith(province_code(province)) for code in division_codes(region, province))
    assert prefecture_of(region, province) in {"", *prefectures()["code"]}


def test_plans_can_be_grouped_by_prefecture():
    plans = pd.DataFrame(
        {"plan": list("abcde"), "region": ["咸宁市", "赤壁市", "421202", "朝阳区", "朝阳区"], "province": ["", "湖北", "", "", "吉林省"]}
    )
    coverage = pd.DataFrame({"plan": list("abcde"), "theme": "safety", "by": "statements", "share": [0.1, 0.2, 0.3, 0.9, 0.5]})
    assert pc.prefecture_codes(plans).to_list() == ["4212", "4212", "4212", "", "2201"]
    table = pc.compare_groups(coverage, plans, group="prefecture", pairs=False).set_index("group")
    assert table["share"].to_dict() == pytest.approx({"咸宁市": 0.2, "长春市": 0.5})
    own = pc.compare_groups(coverage, plans.assign(prefecture=["x", "x", "y", "y", "y"]), group="prefecture", pairs=False)
    assert set(own["group"]) == {"x", "y"}  # a column of that name comes first


def test_the_provinces_that_guesses_know_are_those_of_the_divisions():
    """The names stand twice: the table of divisions takes 12 ms to read, which no load of a few plans should pay for 34 of them."""
    table = known_divisions()
    assert sorted(word_lists("outline")["provinces"]) == sorted(table["name"][table["code"].str.len() == 2])
