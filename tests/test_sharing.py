"""Shared wording: runs with their places, and what is each plan's own."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.parallels.sharing import formulae

HEAD = "教育工作要点\n\n一、任务\n"
OWN = {
    "a": "1.修建学校食堂三座并配备厨房设备。\n",
    "b": "1.每季度请家长到校听课一次。\n",
    "c": "1.向边远村小派出巡回医生和校医。\n",
    "d": "1.组织图书漂流进大山活动。\n",
}
COPIED = "2.学校应当每年向教职工代表大会报告经费使用情况。\n"
COPIED_TOO = "2.學校應當每年向教職工代表大會, 報告經費使用情況;\n"


def study(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(HEAD + text, encoding="utf-8")
    return pc.load_corpus(folder)


def test_a_run_is_found_across_scripts_and_signs_and_quoted_as_it_stands(tmp_path):
    corpus = study(tmp_path, a=OWN["a"] + COPIED, b=OWN["b"] + COPIED_TOO)
    runs = pc.shared_wording(corpus)
    assert runs["run"].nunique() == 1
    assert runs[["plan", "text"]].values.tolist() == [["a", COPIED[:-2]], ["b", COPIED_TOO[:-2]]]
    assert runs[["characters", "plans", "kind"]].drop_duplicates().values.tolist() == [[23, 2, "copy"]]
    for row in runs.to_dict("records"):
        assert corpus.sources[row["plan"]][row["start"] : row["end"]] == row["text"]
        assert set(corpus.statements.set_index("statement").loc[row["within"].split(), "plan"]) == {row["plan"]}


def test_what_many_plans_share_is_a_formula_and_so_is_what_the_list_knows(tmp_path):
    corpus = study(tmp_path, **{name: own + COPIED for name, own in OWN.items()})
    assert set(pc.shared_wording(corpus)["kind"]) == {"formula"}
    assert set(pc.shared_wording(corpus, many=5)["kind"]) == {"copy"}
    known = study(
        tmp_path,
        a=OWN["a"] + "2.打造高素质专业化创新型教师队伍。\n",
        b=OWN["b"] + "2.打造高素质专业化创新型教师队伍。\n",
        c=OWN["c"],
        d=OWN["d"],
    )
    runs = pc.shared_wording(known)
    shares = pc.wording_shares(known, runs, draws=50).set_index(["plan", "kind"])
    assert set(runs["kind"]) == {"formula"}  # the item's number stands in it too
    assert shares.loc[("a", "formula"), "n"] == 16


def test_shares_add_up_and_name_their_statements(corpus):
    shares = pc.wording_shares(corpus, pc.shared_wording(corpus), draws=200)
    assert np.allclose(shares.groupby("plan")["share"].sum(), 1)
    assert (shares.groupby("plan")["n"].sum() == shares.groupby("plan")["of"].first()).all()
    assert ((shares["low"] <= shares["share"]) & (shares["share"] <= shares["high"])).all()
    assert all((row["n"] > 0) == bool(row["within"]) for row in shares.to_dict("records"))


def test_junk_parts_runs_and_holds_none(tmp_path):
    text = "扫一扫在手机打开当前页面并分享到微信朋友圈\n"
    corpus = study(tmp_path, a=OWN["a"] + text, b=OWN["b"] + text)
    junk = corpus.statements.assign(kind=corpus.statements["kind"].where(~corpus.statements["text"].str.startswith("扫一扫"), "junk"))
    assert pc.shared_wording(replace(corpus, statements=junk)).empty


def test_identical_plans_have_nothing_of_their_own(tmp_path):
    with pytest.warns(schema.PolicyCompareWarning, match="same text"):
        corpus = study(tmp_path, a=OWN["a"] + OWN["b"], b=OWN["a"] + OWN["b"])
    shares = pc.wording_shares(corpus, pc.shared_wording(corpus), draws=20).set_index(["plan", "kind"])["share"]
    assert shares["a", "own"] == shares["b", "own"] == 0
    assert shares["a", "copy"] == 1


def test_one_plan_or_an_empty_one_is_said(tmp_path):
    corpus = study(tmp_path, a=OWN["a"] + "2.办好人民满意的教育。\n")
    runs = pc.shared_wording(corpus)
    assert runs.empty
    shares = pc.wording_shares(corpus, runs, draws=20).set_index("kind")
    assert shares.loc["formula", "n"] == 9
    assert shares["reason"].to_dict() == {"formula": "", "copy": "there is no other plan", "own": "there is no other plan"}
    nothing = replace(corpus, statements=corpus.statements.head(0))
    assert set(pc.wording_shares(nothing, pc.shared_wording(nothing))["reason"]) == {"the plan has no letter"}


@pytest.mark.parametrize(("argument", "value"), [("at_least", 1), ("many", 1)])
def test_senseless_lengths_are_refused(corpus, argument, value):
    with pytest.raises(schema.PolicyCompareError, match=f"{argument} must be 2 or more"):
        pc.shared_wording(corpus, **{argument: value})


def test_the_same_whatever_the_order_of_rows(corpus):
    shuffled = replace(
        corpus, statements=corpus.statements.sample(frac=1, random_state=1), plans=corpus.plans.sample(frac=1, random_state=2)
    )
    runs = pc.shared_wording(corpus)
    pd.testing.assert_frame_equal(pc.shared_wording(shuffled), runs)
    pd.testing.assert_frame_equal(pc.wording_shares(shuffled, runs, draws=50), pc.wording_shares(corpus, runs, draws=50))


def test_the_list_of_formulae_has_no_word_twice_and_no_short_one():
    assert len(formulae()) == len(set(formulae()))
    assert min(map(len, formulae())) >= 4
