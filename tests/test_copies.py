"""Pairs of plans that share wording: the same as the runs say, for a corpus and a data set."""

import random
from itertools import combinations

import pandas as pd
import pytest

import policycompare as pc
from policycompare.schema import PolicyCompareError

HEAD = "教育工作要点\n\n一、任务\n"
OWN = ["1.修建学校食堂三座并配备厨房设备。\n", "1.每季度请家长到校听课一次。\n", "1.向边远村小派出巡回医生。\n"]
COPIED = "学校应当每年向教职工代表大会报告经费使用情况"


def test_the_pairs_are_those_that_share_runs(corpus, dataset):
    runs = pc.shared_wording(corpus)
    sharing = {pair for _, plans in runs.groupby("run")["plan"] for pair in combinations(sorted(set(plans)), 2)}
    pairs = pc.wording_pairs(dataset, workers=1)
    assert set(pairs[["plan", "other"]].itertuples(index=False, name=None)) == sharing
    pd.testing.assert_frame_equal(pairs, pc.wording_pairs(corpus))


def test_windows_are_counted_as_in_a_set(tmp_path):
    for name, own in zip("abc", OWN, strict=True):
        (tmp_path / f"{name}.txt").write_text(HEAD + own + (f"2.{COPIED}。\n" if name != "c" else ""), encoding="utf-8")
    corpus = pc.load_corpus(tmp_path)
    pairs = pc.wording_pairs(corpus)
    # The number before the copied sentence is a letter too.
    assert pairs[["plan", "other", "windows"]].values.tolist() == [["a", "b", len(COPIED) + 1 - 11]]
    assert 0 < pairs["share"].item() <= 1
    assert pc.wording_pairs(corpus, at_least=40).empty
    (tmp_path / "d.txt").write_text(f"{HEAD}1.{COPIED}。\n", encoding="utf-8")
    assert len(pc.wording_pairs(pc.load_corpus(tmp_path))) > 1
    assert pc.wording_pairs(pc.load_corpus(tmp_path), most=2).query("plan == 'a' and other == 'd'").empty


def test_a_part_of_the_windows_finds_the_pairs_that_share_much(tmp_path):
    drawn = random.Random(1)
    copied = "".join(chr(drawn.randrange(0x5000, 0x6000)) for _ in range(1500))
    for name, own in zip("abc", OWN, strict=True):
        (tmp_path / f"{name}.txt").write_text(HEAD + own + (f"2.{copied}。\n" if name != "c" else ""), encoding="utf-8")
    corpus = pc.load_corpus(tmp_path)
    [row] = pc.wording_pairs(corpus, one_in=16).to_dict("records")
    assert (row["plan"], row["other"]) == ("a", "b")
    assert row["windows"] == pytest.approx(1490, rel=0.25)


@pytest.mark.parametrize("asked", [{"at_least": 1}, {"most": 1}, {"one_in": 0}])
def test_what_makes_no_sense_is_refused(corpus, asked):
    with pytest.raises(PolicyCompareError, match="must be 2 or more"):
        pc.wording_pairs(corpus, **asked)
