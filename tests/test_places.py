"""Foreign places: whose names stand in a plan, and whether its context explains them."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare.script import simplify

BODY = "教育工作要点\n\n一、任务\n1.抓好校园安全。{}\n"


def mentions(folder, sentence, *, region="奉节县", province="重庆市", other=""):
    (folder / "a.txt").write_text(BODY.format(sentence), encoding="utf-8")
    (folder / "b.txt").write_text(BODY.format("排查隐患。"), encoding="utf-8")
    corpus = pc.load_corpus(folder)
    plans = corpus.plans.assign(
        region=[region if plan == "a" else other for plan in corpus.plans["plan"]],
        province=[province if plan == "a" else "" for plan in corpus.plans["plan"]],
    )
    found = pc.foreign_places(replace(corpus, plans=plans))
    return found[found["plan"] == "a"]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("确保湟源县学校安全。", [("湟源县", "elsewhere", "", True)]),
        ("確保濟寧市學校安全。", [("济宁市", "elsewhere", "", True)]),
        ("确保巫山县学校安全。", [("巫山县", "province", "", True)]),
        ("全面排查淮安中小学隐患。", [("淮安", "elsewhere", "", True)]),
        ("做好山东省对口支援工作。", [("山东省", "elsewhere", "learning", False)]),
        ("赴武汉市培训骨干。", [("武汉市", "elsewhere", "learning", False)]),
        ("招聘西南地区和广东师范毕业生。", [("广东", "elsewhere", "institution", False)]),
        ("确保奉节县和重庆市学校安全。", []),  # its own place and the one above
        ("弘扬延安精神,办好学校。", []),  # no place but a common word
        ("实现长治久安。", []),
        ("建设平安区域。", []),
        ("设立青少年科技创新县长奖。", []),  # 新县, a county of two characters
        ("向城区集中。", []),
    ],
)
def test_names_and_their_contexts(tmp_path, sentence, found):
    told = mentions(tmp_path, sentence)
    assert list(told[["place", "relation", "context", "flagged"]].itertuples(index=False, name=None)) == found


def test_what_lies_within_the_plan_s_own_place_is_its_own(tmp_path):
    assert mentions(tmp_path, "指导赤壁市和崇阳县。", region="咸宁市", province="湖北省").empty
    assert mentions(tmp_path, "指导云南省砚山县。", region="文山州", province="").empty
    told = mentions(tmp_path, "指导崇阳县。", region="赤壁市", province="湖北省")
    assert told[["relation", "flagged"]].values.tolist() == [["prefecture", True]]


def test_a_name_of_several_places_is_the_nearest(tmp_path):
    told = mentions(tmp_path, "指导鼓楼区。", region="泉山区", province="江苏省")
    assert told[["code", "relation"]].values.tolist() == [["320302", "prefecture"]]
    assert mentions(tmp_path, "指导鼓楼区。", region="鼓楼区", province="福建省").empty


def test_short_names_of_counties_count_where_the_study_has_their_plan(tmp_path):
    assert mentions(tmp_path, "确保山丹校园安全。").empty
    assert mentions(tmp_path, "确保山丹校园安全。", other="山丹县")["name"].to_list() == ["山丹县"]


def test_a_plan_without_a_place_accuses_nobody_and_says_why(tmp_path):
    told = mentions(tmp_path, "确保湟源县学校安全。", region="", province="")
    assert told[["relation", "flagged"]].values.tolist() == [["unknown", False]]
    assert "fill in region" in told["reason"].item()
    told = mentions(tmp_path, "确保湟源县和巫山县学校安全。", region="", province="重庆市")
    assert told["place"].to_list() == ["湟源县"]  # of its own province it may be any


def test_every_mention_stands_where_it_says(corpus):
    found = pc.foreign_places(corpus)
    for row in found.to_dict("records"):
        assert simplify(corpus.sources[row["plan"]][row["start"] : row["end"]]) == row["place"]
    assert pc.foreign_places(replace(corpus, statements=corpus.statements.head(0))).empty
    shuffled = replace(corpus, statements=corpus.statements.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(pc.foreign_places(shuffled), found)
