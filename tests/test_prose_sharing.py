"""Counterparts, shared wording and foreign places in words."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import prose
from policycompare.parallels.alignment import ALIGNMENT
from policycompare.prose import Cell, plain

ALONE = pd.DataFrame(
    [
        ("fengjie", "fengjie-4.1", "加强组织领导", "(一)加强组织领导。建立…"),
        ("xianning", "xianning-h3.3", "", "三是积极稳妥推进考试招生制度改革。"),
    ],
    columns=["plan", "measure", "title", "text"],
)


@pytest.fixture(scope="module")
def five(corpus):
    return replace(corpus, plans=corpus.plans.sort_values("plan", ignore_index=True))


def test_the_ends_of_the_alignment_and_the_measures_alone(five):
    rows = [
        ("county", "jining", 2, 4, 0.5, 0.2, 0.8, "county-1.1 county-1.2", ""),
        ("jining", "county", 1, 10, 0.1, 0.0, 0.4, "jining-1.1", ""),
    ]
    table = pd.DataFrame(rows, columns=["plan", "other", "n", "of", "share", "low", "high", "within", "reason"])
    most, least, alone = prose.alignment(table, ALONE, five)
    assert plain(most) == ("Most covered: 50% of the 4 measures of Unnamed county (2; 95% interval 20–80%) have a counterpart in Jining.")
    [cell] = [part for part in most if isinstance(part, Cell)]
    inside = five.statements[(five.statements["kind"] == "body") & five.statements["measure"].isin(["county-1.1", "county-1.2"])]
    assert set(cell.statements) == set(inside["statement"])
    assert plain(least).startswith("Least covered: 10% of the 10 measures of Jining")
    assert (
        plain(alone)
        == "Measures with a counterpart in no other plan (2): “加强组织领导” (Fengjie), “三是积极稳妥推进考试招生制度改革” (Xianning)."
    )
    assert [part.measure for part in alone if isinstance(part, Cell)] == ["fengjie-4.1", "xianning-h3.3"]
    short = plain(prose.alignment(table, ALONE, five, top=1, language="zh")[-1])
    assert short == "在其他文件中都没有对应的措施有 2 项；其中匹配度最低的 1 项为奉节县“加强组织领导”。"
    nobody = prose.alignment(table.head(0), pd.DataFrame({"measure": []}), five)
    assert [plain(line) for line in nobody] == ["Counterparts cannot be computed: that needs measures in two plans."]


def test_how_often_calls_are_right_comes_from_the_table(five):
    table = pd.DataFrame([("county", "jining", 1, 1, 1.0, 0.2, 1.0, "county-1.1", "")], columns=ALIGNMENT)
    figures = pd.DataFrame(
        [("precision at 1", 0.875, 0.8, 0.93, 7, 8), ("none found", 0.5, 0.25, 0.75, 2, 4)],
        columns=["figure", "value", "low", "high", "n", "of"],
    )
    last = prose.alignment(table, pd.DataFrame({"measure": []}), five, agreement=figures)[-1]
    assert "is one in 88% of 8 cases (95% interval 80–93%)" in plain(last)
    assert "none was named in 50% of 4 (25–75%)" in plain(last)


@pytest.mark.parametrize("language", prose.LANGUAGES)
def test_wording_says_the_ends_and_the_longest_run(corpus, language):
    runs = pc.shared_wording(corpus)
    shares = pc.wording_shares(corpus, runs, draws=50)
    formula, copy, longest = prose.wording(shares, runs, corpus, language=language)
    most = shares[shares["kind"] == "formula"].sort_values("share").iloc[-1]
    assert prose.percent(most["share"]) in plain(formula)
    assert next(part for part in formula if isinstance(part, Cell)).statements == tuple(most["within"].split())
    first = runs[runs["kind"] == "copy"].iloc[0]
    assert first["text"] in plain(longest)
    assert str(first["characters"]) in plain(longest)
    assert plain(copy) != plain(formula)


def test_one_plan_shares_nothing_and_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("教育工作要点\n\n一、任务\n1.办好人民满意的教育。\n", encoding="utf-8")
    corpus = pc.load_corpus(tmp_path)
    runs = pc.shared_wording(corpus)
    told = [plain(line) for line in prose.wording(pc.wording_shares(corpus, runs, draws=10), runs, corpus)]
    assert told[0].startswith("Formulae from above take up")
    assert told[1] == "What is shared with another plan cannot be computed: there is no other plan."


def test_foreign_places_are_named_once_each_and_explained_ones_counted(five):
    rows = [
        ("fengjie", "湟源县", "elsewhere", True, "fengjie-s0030"),
        ("fengjie", "淮安", "elsewhere", True, "fengjie-s0031"),
        ("xianning", "武汉市", "province", False, "xianning-s0067"),
    ]
    table = pd.DataFrame(rows, columns=["plan", "place", "relation", "flagged", "statement"])
    some, explained, unknown = prose.foreign_places(table, five)
    assert plain(some).startswith("Fengjie names 2 foreign places that nothing around them explains: 湟源县, 淮安.")
    assert [part.statement for part in some if isinstance(part, Cell)] == ["fengjie-s0030", "fengjie-s0031"]
    assert plain(explained).endswith("explains: 1.")
    assert plain(unknown).startswith("Of Unnamed county neither region nor province is known")
    assert plain(prose.foreign_places(table.head(0), five)[0]) == "No plan names a foreign place without a reason that its context shows."


def test_plans_that_share_nothing_are_not_ranked_by_it(tmp_path):
    for name, text in {"a": "1.招聘教师一百名。", "b": "1.新建食堂两座。"}.items():
        (tmp_path / f"{name}.txt").write_text(f"教育工作要点\n\n一、任务\n{text}\n", encoding="utf-8")
    corpus = pc.load_corpus(tmp_path)
    runs = pc.shared_wording(corpus)
    told = [plain(line) for line in prose.wording(pc.wording_shares(corpus, runs, draws=10), runs, corpus)]
    assert told == [
        "No formula from above stands in any of these plans.",
        "No other run of 12 letters and more stands in two of these plans.",
    ]
