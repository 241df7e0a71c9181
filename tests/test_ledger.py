"""The ledger: like beside like, and the two lists of what is missing."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.targets.ledger import goals_without_numbers, numbers_without_dates, targets_ledger


def told(*sentences):
    """A corpus of one plan whose statements are these."""
    source = "".join(sentences)
    rows, at = [], 0
    for n, sentence in enumerate(sentences):
        rows.append({"statement": f"a-s{n}", "plan": "a", "kind": "body", "text": sentence, "start": at, "end": at + len(sentence)})
        at += len(sentence)
    plans = schema.frame("plans", [{"plan": "a", "region": "甲", "script": "simplified", "chars": at, "sha256": "0"}])
    return pc.Corpus(plans, schema.frame("sections"), schema.frame("measures"), schema.frame("statements", rows), {"a": source})


@pytest.mark.parametrize(
    ("sentence", "group"),
    [
        ("新增公办学位3000个。", "学位"),
        ("学前三年入园率达到95%。", "学前入园率"),
        ("按工资总额的2.5%安排教师培训经费。", "教师培训经费"),
        ("建設市級名師工作室3個。", "工作室"),
        ("培育优质教育集团5个。", "教育集团与联盟"),
        ("增加轿子12台。", "其他"),
    ],
)
def test_a_target_stands_with_its_like(sentence, group):
    corpus = told(sentence)
    assert targets_ledger(corpus, pc.find_targets(corpus))["group"].to_list() == [group]


def test_nothing_is_lost_and_shared_groups_come_first(corpus):
    targets = pc.find_targets(corpus)
    ledger = targets_ledger(corpus, targets)
    assert sorted(zip(ledger["statement"], ledger["start"], ledger["high"], strict=True)) == sorted(
        zip(targets["statement"], targets["start"], targets["high"], strict=True)
    )
    known = ledger[ledger["group"] != "其他"]
    assert known["plans"].is_monotonic_decreasing
    assert ledger.groupby("group")["plan"].nunique().to_dict() == ledger.groupby("group")["plans"].first().to_dict()


def test_the_order_does_not_hang_on_the_input(corpus):
    targets = pc.find_targets(corpus)
    pd.testing.assert_frame_equal(targets_ledger(corpus, targets), targets_ledger(corpus, targets.sample(frac=1, random_state=5)))


@pytest.mark.parametrize(
    ("sentence", "goal"),
    [
        ("进一步提高普惠性幼儿园覆盖率。", "提高普惠性幼儿园覆盖率"),
        ("通过多种渠道补充新教师。", "补充新教师"),
        ("擴大辦學規模,改善條件。", "扩大办学规模"),
        ("提高教师的专业素养。", None),
        ("提高普惠性幼儿园覆盖率到90%以上。", None),  # has a number
        ("坚持党的领导。", None),
        ("重点做好学前专任教师的补充。", "教师的补充"),
        ("通过公开招聘等途径补充新教师。", "补充新教师"),
        ("加快建设一批实训基地。", "建设一批实训基地"),
        ("坚持优化布局、扩大规模的原则。", None),
        ("新建了一批劳动实践基地。", None),  # done
        ("新建改扩建幼儿园54所,教育质量稳步提高。", None),  # has a number, though a reported one
    ],
)
def test_goals_without_numbers(sentence, goal):
    corpus = told(sentence)
    assert goals_without_numbers(corpus, pc.find_targets(corpus))["goal"].to_list() == ([goal] if goal else [])


def test_numbers_without_dates():
    corpus = told("到2027年,创建示范校5所。", "新建幼儿园3所。", "每年举办一次运动会。")
    undated = numbers_without_dates(pc.find_targets(corpus))
    assert undated["quote"].to_list() == ["3所"]
    assert undated["why"].to_list() == ["no year anywhere near"]


def test_rules_and_what_is_due_within_the_year_need_no_date():
    corpus = told("年内新建幼儿园3所。", "服务期满5年方可调出。", "指标生控制线下浮20分。", "新增学位900个。")
    assert numbers_without_dates(pc.find_targets(corpus))["quote"].to_list() == ["900个"]


def test_like_stands_beside_like_as_a_reader_sorted_the_five_plans(corpus):
    """``target_groups.csv`` sorts targets by what they count; it was made by reading, before the groups were revised."""
    ledger = targets_ledger(corpus, pc.find_targets(corpus)).drop_duplicates(["plan", "start"])
    read = pd.read_csv(Path(__file__).parent / "target_groups.csv").merge(ledger, on=["plan", "start"], validate="one_to_one")
    assert len(read) > 70
    both = read.merge(read, how="cross")
    both = both[both["statement_x"] + both["start_x"].astype(str) < both["statement_y"] + both["start_y"].astype(str)]
    alike, together = both["like_x"] == both["like_y"], both["group_x"] == both["group_y"]
    assert (alike & together).sum() / together.sum() >= 0.9
    assert (alike & together).sum() / alike.sum() >= 0.95


def test_no_target_makes_empty_tables(corpus):
    none = pc.find_targets(corpus).head(0)
    assert targets_ledger(corpus, none).empty
    assert numbers_without_dates(none).empty
    silent = replace(corpus, statements=corpus.statements.head(0))
    assert goals_without_numbers(silent, none).empty
    assert pc.find_targets(silent).empty
