"""Outline: every case of the codebook as a small document, and the invariants on any text."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare.outline import Outline, outline
from policycompare.paths import data_path
from policycompare.schema import KINDS, TABLES, check, frame

PLANS = ("county", "fengjie", "jining", "shandan", "xianning")


def source(plan: str) -> str:
    return data_path("plans", f"{plan}.txt").read_bytes().decode("utf-8")


def kinds(text: str) -> list[tuple[str, str]]:
    return [(row["kind"], row["text"]) for row in outline(text, plan="p").statements]


def measures(text: str) -> list[str]:
    return [row["text"] for row in outline(text, plan="p").measures]


def hold(text: str, found: Outline) -> None:
    """The invariants: quotes, cover, order, nesting, ids, columns."""
    covered = []
    for name in ("sections", "measures", "statements"):
        rows = getattr(found, name)
        assert all(list(row) == list(TABLES[name]) for row in rows)
        assert len({row[name[:-1]] for row in rows}) == len(rows)
    for row in [*found.statements, *found.measures]:
        assert text[row["start"] : row["end"]] == row["text"] == row["text"].strip() != ""
    for row in found.statements:
        covered += range(row["start"], row["end"])
    once = set(covered)
    assert covered == sorted(once)
    assert all(c.isspace() for at, c in enumerate(text) if at not in once)
    ends = [at for row in found.measures for at in (row["start"], row["end"])]
    assert ends == sorted(ends)
    ids = {row["section"]: row for row in found.sections}
    for row in found.sections:
        if row["parent"]:
            assert ids[row["parent"]]["start"] <= row["start"] <= row["end"] <= ids[row["parent"]]["end"]
            assert row["depth"] == ids[row["parent"]]["depth"] + 1
    spans = {row["measure"]: row for row in found.measures}
    for row in found.statements:
        assert row["kind"] in KINDS
        assert not row["section"] or ids[row["section"]]["start"] <= row["start"] < row["end"] <= ids[row["section"]]["end"]
        assert not row["measure"] or spans[row["measure"]]["start"] <= row["start"] < row["end"] <= spans[row["measure"]]["end"]
        assert not row["measure"] or row["kind"] in ("title", "body")


@pytest.mark.parametrize("plan", PLANS)
def test_the_five_plans_hold_the_invariants(plan: str) -> None:
    found = outline(source(plan), plan=plan)
    hold(source(plan), found)
    for name in ("sections", "measures", "statements"):
        check(frame(name, getattr(found, name)), name)


@pytest.mark.parametrize("plan", PLANS)
def test_the_five_plans_agree_with_their_gold(plan: str) -> None:
    with data_path("gold", "statements.csv").open(encoding="utf-8-sig") as file:
        gold = [row for row in csv.DictReader(file) if row["plan"] == plan]
    found = outline(source(plan), plan=plan)
    kind_at = {at: row["kind"] for row in found.statements for at in range(row["start"], row["end"])}
    assert {int(row["start"]): row["kind"] for row in gold} == {int(row["start"]): kind_at[int(row["start"])] for row in gold}
    assert [int(row["start"]) for row in gold if row["measure_start"] == "1"] == [row["start"] for row in found.measures]


_PIECES = """一、 二、 第一章 第三条 （一） (二) 1． 2. 3、 （1） ① 一是 二是 首先， 第一， 【重点任务1】 —— 附件1 学校 加强管理 名称 数量 10 2 0 1年
教育局关于印发工作方案的通知 2023年9月20日 。 ； ; ： , ， “ ” ( ) 《 》 &quot; &nbsp; ? 首页 | 上一篇：通知 抄送：各局 資訊"""
_PARTS = st.sampled_from([*_PIECES.split(), "\n", "\n\n", "\r\n", " ", "\u3000", "\u200b", "\x00", "\ufeff"])


@settings(max_examples=100, deadline=None)
@given(st.lists(_PARTS, max_size=60).map("".join))
def test_any_text_holds_the_invariants(text: str) -> None:
    hold(text, outline(text, plan="p"))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_characters_hold_the_invariants(text: str) -> None:
    hold(text, outline(text, plan="p"))
