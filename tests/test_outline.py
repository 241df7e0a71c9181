"""Outline: every case of the codebook as a small document, and the invariants on any text."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from policycompare.outline.outline import Outline, outline
from policycompare.outline.tables import tables_of
from policycompare.paths import data_path
from policycompare.schema import KINDS, TABLES, check

PLANS = ("county", "fengjie", "jining", "shandan", "xianning")


def source(plan: str) -> str:
    return data_path("plans", f"{plan}.txt").read_bytes().decode("utf-8")


def cases() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The documents of outline_cases.txt: name, text, and per statement its kind (``*``: it starts a measure) and text.

    A line there is a kind and a statement on a line of its own; ``+`` goes on in the same line, ``|`` goes on with the
    statement in a new line (behind a kind: keeps the indent).
    """
    found = []
    for block in Path(__file__).with_name("outline_cases.txt").read_text(encoding="utf-8").split("### ")[1:]:
        name, *rows = block.rstrip().split("\n")
        text, expected = "", []
        for row in rows:
            if row.startswith("|"):
                text += "\n" + row[1:]
                expected[-1] = (expected[-1][0], expected[-1][1] + "\n" + row[1:])
                continue
            same, row = row.startswith("+"), row.removeprefix("+")
            kind = {"H": "heading", "T": "title", "B": "body", "J": "junk"}[row[0]] + row[1:2].replace(" ", "").replace("*", " *")
            kind, words = (kind, row[2:]) if row[1] in " *" else ({"H": "heading", "T": "title", "B": "body", "J": "junk"}[row[0]], row[1:])
            words = words.removeprefix("|")
            text += ("" if same else "\n") + words
            expected.append((kind, words.strip()))
        found.append((name, text[1:] + "\n", expected))
    return found


def rows(text: str, found: Outline) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_dict("records") for name, table in tables_of({"p": found}, {"p": text}).items()}


def seen(text: str) -> list[tuple[str, str]]:
    found = outline(text, plan="p")
    starts = set(found.measures["start"])
    return [(row["kind"] + " *" * (row["start"] in starts), row["text"]) for row in rows(text, found)["statements"]]


@cache
def traditional() -> OpenCC:
    return OpenCC("s2t")


CASES = cases()
every_case = pytest.mark.parametrize(
    ("text", "expected"), [(text, expected) for _, text, expected in CASES], ids=[name for name, *_ in CASES]
)


@every_case
def test_cases(text: str, expected: list[tuple[str, str]]) -> None:
    assert seen(text) == expected
    hold(text, outline(text, plan="p"))


@every_case
def test_a_traditional_page_is_outlined_like_a_simplified_one(text: str, expected: list[tuple[str, str]]) -> None:
    old = traditional().convert(text)
    assert len(old) == len(text)
    assert [kind for kind, _ in seen(old)] == [kind for kind, _ in expected]
    assert "".join(words for _, words in seen(old)) == traditional().convert("".join(words for _, words in expected))


@every_case
def test_width_of_signs_and_line_ends_do_not_matter(text: str, expected: list[tuple[str, str]]) -> None:
    half = text.translate(str.maketrans("（），；：．！", "(),;:.!")).replace("\n", "\r\n")
    assert [kind for kind, _ in seen(half)] == [kind for kind, _ in expected]


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        ("推进&quot;阳光&quot;招生。", ["entity read as '\"'"] * 2),
        ("一?安全\n加强管理?教育。", ["? read as 、"] * 2),
        ("到2 0 2 5年建成。", ["digits set apart: 2025"]),
        ("怎样培养人?为谁培养人?这是根本问题。", []),
        ("一、安全\n坚持“安全第\n一”的方针。", ["sentence broken by a line end"]),
    ],
)
def test_what_was_read_otherwise_is_told(text: str, repairs: list[str]) -> None:
    found = outline(text, plan="p").repairs
    assert [what for _, _, what in found] == repairs
    assert all(0 <= start < end <= len(text) for start, end, _ in found)


@pytest.mark.parametrize("plan", ["county", "fengjie", "shandan"])
def test_a_text_poured_into_one_line_keeps_its_measures(plan: str) -> None:
    poured = re.sub(r"\s*\n\s*", " ", source(plan))
    found = [outline(text, plan=plan).measures for text in (source(plan), poured)]
    assert [found[0][name] for name in ("measure", "title")] == [found[1][name] for name in ("measure", "title")]


def test_ids_are_addresses_and_stay_unique() -> None:
    text = "甲县德育工作计划\n一、任务\n（一）抓课堂\n1.抓备课。\n1.抓上课。\n二、要求\n（一）抓落实。\n甲县安全工作计划\n一、任务\n1.抓排查。\n"
    found = outline(text, plan="p")
    assert found.measures["measure"] == ["p-1.1.1", "p-1.1.1~2", "p-2.1", "p-t2.1.1"]
    assert [(row["section"], row["parent"], row["number"], row["title"]) for row in rows(text, found)["sections"]] == [
        ("p-t1", "", "", "甲县德育工作计划"),
        ("p-1", "p-t1", "一、", "任务"),
        ("p-1.1", "p-1", "（一）", "抓课堂"),
        ("p-2", "p-t1", "二、", "要求"),
        ("p-t2", "", "", "甲县安全工作计划"),
        ("p-t2.1", "p-t2", "一、", "任务"),
    ]


@pytest.mark.parametrize(
    "unit", ["一、", "1.", "（一）", "一是", "。", "；", "“", "《", "(", "【", "&", "?", " ", "—", "1", "学", "\u200b", "第一条"]
)
def test_a_megabyte_of_one_thing_is_read(unit: str) -> None:
    text = unit * (1_000_000 // len(unit.encode()))
    found = outline(text, plan="p").statements
    assert sum(found["end"]) - sum(found["start"]) == (0 if text.isspace() else len(text))


@pytest.mark.parametrize(
    "unit",
    ["一、学\n", "1.学校\n", "——学\n", "附件1\n学校计划\n", "打印\n学校要加强管理工作。\n", "1、学。1、学。", "各位:\n", "1.学\n1、学\n"],
)
def test_a_long_text_of_one_line_is_read(unit: str) -> None:
    text = unit * 3000
    found = outline(text, plan="p").statements
    assert sum(found["end"]) - sum(found["start"]) == len("".join(text.split()))


def hold(text: str, found: Outline) -> None:
    """The invariants: quotes, cover, order, nesting, ids, columns."""
    covered = []
    for name, table in tables_of({"p": found}, {"p": text}).items():
        assert list(table) == list(TABLES[name])
        assert table[name[:-1]].is_unique
    sections, measures, statements = rows(text, found).values()
    for row in [*statements, *measures]:
        assert text[row["start"] : row["end"]] == row["text"] == row["text"].strip() != ""
    for row in statements:
        covered += range(row["start"], row["end"])
    once = set(covered)
    assert covered == sorted(once)
    assert all(c.isspace() for at, c in enumerate(text) if at not in once)
    ends = [at for row in measures for at in (row["start"], row["end"])]
    assert ends == sorted(ends)
    ids = {row["section"]: row for row in sections}
    for row in sections:
        if row["parent"]:
            assert ids[row["parent"]]["start"] <= row["start"] <= row["end"] <= ids[row["parent"]]["end"]
            assert row["depth"] == ids[row["parent"]]["depth"] + 1
    spans = {row["measure"]: row for row in measures}
    for row in statements:
        assert row["kind"] in KINDS
        assert not row["section"] or ids[row["section"]]["start"] <= row["start"] < row["end"] <= ids[row["section"]]["end"]
        assert not row["measure"] or spans[row["measure"]]["start"] <= row["start"] < row["end"] <= spans[row["measure"]]["end"]
        assert not row["measure"] or row["kind"] in ("title", "body")


@pytest.mark.parametrize("plan", PLANS)
def test_the_five_plans_hold_the_invariants(plan: str) -> None:
    found = outline(source(plan), plan=plan)
    hold(source(plan), found)
    for name, table in tables_of({plan: found}, {plan: source(plan)}).items():
        check(table, name)


@pytest.mark.parametrize("plan", PLANS)
def test_the_five_plans_agree_with_their_gold(plan: str) -> None:
    with data_path("gold", "statements.csv").open(encoding="utf-8-sig") as file:
        gold = [row for row in csv.DictReader(file) if row["plan"] == plan]
    found = outline(source(plan), plan=plan)
    kind_at = {at: row["kind"] for row in rows(source(plan), found)["statements"] for at in range(row["start"], row["end"])}
    assert {int(row["start"]): row["kind"] for row in gold} == {int(row["start"]): kind_at[int(row["start"])] for row in gold}
    assert [int(row["start"]) for row in gold if row["measure_start"] == "1"] == found.measures["start"]


@pytest.mark.parametrize(
    "text", ["第一章 加强{} 教师", "一、总则\n{}年", "某县计划\n目录\n{}甲\n一、总则\n落实责任。"], ids=["title", "line", "contents"]
)
@pytest.mark.parametrize("run", [" ", "1 ", ".", "1"])
def test_a_long_run_is_soon_read(text: str, run: str) -> None:
    """Patterns that went over such a run again and again took minutes."""
    text = text.format(run * 200_000)
    hold(text, outline(text, plan="p"))


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


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_whatever_ends_a_line_divides_as_a_line_feed_does(end: str) -> None:
    text = source("county")[:4000]
    assert outline(text.replace("\n", end), plan="p").statements == outline(text, plan="p").statements


@pytest.mark.parametrize("blank", "\x1f\u00a0\u1680\u2000\u2005\u202f\u205f\u3000\t")
@pytest.mark.parametrize(
    "text", ["抓安全。{}\u200b\n抓质量。", "抓安全。\u200b{}\n抓质量。", "一、{}\u200b抓安全。{}\u200b二、抓质量。", "{}\u200b抓安全{}\n"]
)
def test_every_blank_is_one_beside_a_sign_without_width(text: str, blank: str) -> None:
    text = text.replace("{}", blank)
    hold(text, outline(text, plan="p"))


@pytest.mark.parametrize("around", ["\u200b\n", "\n\u200b", "\ufeff \n \u200b"])
def test_signs_without_width_around_a_line_change_nothing_but_offsets(around: str) -> None:
    text = re.sub(r"\s*\n\s*", "\n", source("county")[:4000])
    plain, found = outline(text, plan="p"), outline(text.replace("\n", around), plan="p")
    assert [found.statements[name] for name in ("kind", "section", "measure")] == [
        plain.statements[name] for name in ("kind", "section", "measure")
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_PARTS | st.sampled_from(["é", "𠀀", "\n一、"]), max_size=12).map("".join), max_size=4))
def test_rows_of_several_plans_quote_their_own_texts(texts: list[str]) -> None:
    sources = {f"p{number}": text for number, text in enumerate(texts)}
    outlines = {plan: outline(text, plan=plan) for plan, text in sources.items()}
    together = tables_of(outlines, sources)
    for name, table in together.items():
        alone = [tables_of({plan: found}, sources)[name] for plan, found in outlines.items()]
        assert table.to_dict("records") == [row for one in alone for row in one.to_dict("records")]
    for row in (*together["measures"].itertuples(), *together["statements"].itertuples()):
        assert row.text == sources[row.plan][row.start : row.end]


def test_rows_that_overlap_are_refused() -> None:
    text = "一、抓安全。二、抓质量。"
    found = outline(text, plan="p")
    found.statements["end"][0] = len(text)
    with pytest.raises(ValueError, match="overlap"):
        tables_of({"p": found}, {"p": text})
