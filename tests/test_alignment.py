"""Counterparts of measures in other plans."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.parallels import nearness

TRAIN = "1.加强师德师风建设,开展教师培训。\n2.抓好校车安全,排查隐患。\n"


def study(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(f"教育工作要点\n\n一、任务\n{text}", encoding="utf-8")
    return pc.load_corpus(folder)


def test_each_measure_finds_its_own_kind_in_any_script(tmp_path):
    corpus = study(tmp_path, a=TRAIN, b="1.落實校車安全管理,排查安全隱患。\n2.師德師風建設和教師培訓。\n")
    found = pc.counterparts(corpus).set_index("measure")
    assert found["other_measure"].to_dict() == {"a-1.1": "b-1.2", "a-1.2": "b-1.1", "b-1.1": "a-1.2", "b-1.2": "a-1.1"}
    assert found["found"].all()
    assert found["mutual"].all()
    assert set(found.loc["a-1.1", "words"].split()) >= {"师德师风", "教师培训"}
    assert found.loc["a-1.1", ["quote", "other_quote"]].to_list() == ["1.加强师德师风建设,开展教师培训。", "2.師德師風建設和教師培訓。"]


def test_the_same_measure_scores_one_and_a_strange_one_nothing(tmp_path):
    corpus = study(tmp_path, a=TRAIN, b=TRAIN + "3.修建食堂宿舍。\n", c="1.推进电子政务。\n")
    found = pc.counterparts(corpus).set_index(["measure", "other"])
    assert found.loc[("a-1.1", "b"), "score"] == pytest.approx(1)
    assert not found.loc[("c-1.1", "a"), "found"]
    alone = pc.measures_without_counterpart(corpus, found.reset_index())
    assert alone["measure"].to_list() == ["b-1.3", "c-1.1"]


def test_one_plan_or_a_plan_without_measures_is_said(tmp_path):
    (tmp_path / "one").mkdir()
    one = study(tmp_path / "one", a=TRAIN)
    assert set(pc.counterparts(one)["reason"]) == {"there is no other plan"}
    assert pc.plan_alignment(one, pc.counterparts(one)).empty
    assert pc.measures_without_counterpart(one, pc.counterparts(one)).empty
    corpus = study(tmp_path, a=TRAIN, b=TRAIN + "3.修建食堂。\n", slogans="办好人民满意的教育。\n")
    found = pc.counterparts(corpus)
    assert set(found.loc[found["other"] == "slogans", "reason"]) == {"slogans has no measure"}
    assert found.loc[found["other"] == "b", "found"].all()
    aligned = pc.plan_alignment(corpus, found).set_index(["plan", "other"])
    assert aligned.loc[("slogans", "a"), "reason"] == "slogans has no measure"
    assert aligned.loc[("a", "b"), ["n", "of", "within"]].to_list() == [2, 2, "a-1.1 a-1.2"]


def test_measures_without_a_statement_or_a_letter_break_nothing(corpus):
    found = pc.counterparts(replace(corpus, statements=corpus.statements.head(0)))
    assert len(found) == 4 * len(corpus.measures)
    assert pc.counterparts(replace(corpus, measures=corpus.measures.head(0))).empty
    blank = corpus.measures.assign(text="……")
    assert (pc.counterparts(replace(corpus, measures=blank, statements=corpus.statements.head(0)))["score"] == 0).all()


def test_the_least_score_must_be_a_share(corpus):
    with pytest.raises(schema.PolicyCompareError, match="at_least must be above 0"):
        pc.counterparts(corpus, at_least=0)


def test_the_same_whatever_the_order_of_rows_and_the_size_of_blocks(corpus, monkeypatch):
    expected = pc.counterparts(corpus)
    shuffled = replace(
        corpus, statements=corpus.statements.sample(frac=1, random_state=2), measures=corpus.measures.sample(frac=1, random_state=3)
    )
    pd.testing.assert_frame_equal(pc.counterparts(shuffled), expected)
    monkeypatch.setattr(nearness, "_BLOCK", 1)
    pd.testing.assert_frame_equal(pc.counterparts(corpus), expected)


def test_every_row_is_explained_and_every_quote_stands_in_its_plan(corpus):
    found = pc.counterparts(corpus)
    assert len(found) == 4 * len(corpus.measures)
    text = corpus.statements.set_index("statement")["text"]
    assert found["quote"].to_list() == text[found["quoted"]].to_list()
    assert found["other_quote"].to_list() == text[found["other_quoted"]].to_list()
    assert found["score"].between(0, 1).all()


def test_the_nearest_few_of_some_plans_are_those_of_all(corpus):
    everything = pc.counterparts(corpus)
    few = pc.counterparts(corpus, plans=["jining", "county"], top=2)
    asked = everything[everything["plan"].isin(["jining", "county"])]
    expected = asked.sort_values(["measure", "score"], ascending=[True, False], kind="stable").groupby("measure").head(2)
    key = ["measure", "other"]
    pd.testing.assert_frame_equal(
        few.sort_values(key, ignore_index=True), expected.sort_values(key, ignore_index=True), check_exact=False, atol=1e-9
    )


def test_a_data_set_gives_nearly_what_the_corpus_gives(corpus, dataset):
    found = pc.counterparts(dataset, plans=corpus.plans["plan"], candidates=30, workers=1)
    both = pc.counterparts(corpus).merge(found, on=["measure", "other"], how="left", suffixes=("", "_found"))
    same = both["other_measure"] == both["other_measure_found"]
    assert same[both["found"]].mean() >= 0.99 and same.mean() >= 0.99
    assert (both["score"] - both["score_found"])[same].abs().max() < 0.003
    top = pc.counterparts(dataset, plans="county", top=1, candidates=30, workers=1)
    assert top.groupby("measure").size().eq(1).all()


@pytest.mark.parametrize(
    "asked, reason",
    [({"plans": "atlantis"}, "plans must be among the 5"), ({"top": 0}, "must be 1 or more"), ({"candidates": 0}, "must be 1 or more")],
)
def test_what_cannot_be_looked_for_is_refused(corpus, asked, reason):
    with pytest.raises(schema.PolicyCompareError, match=reason):
        pc.counterparts(corpus, **asked)
