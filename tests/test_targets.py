"""Targets against the gold coding of the five plans, and their deadlines, subjects and responsible bodies on made texts."""

import io
from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.paths import data_path
from policycompare.targets.targets import find_targets


def told(*sentences, year=None, guessed="", title="", measures=True):
    """A corpus of one plan: each sentence a statement, all in one measure under one section; a sentence in ⟨⟩ is junk."""
    rows, at, source = [], len(title), title
    for n, sentence in enumerate(sentences):
        kind = "junk" if sentence.startswith("⟨") else "body"
        text = sentence.strip("⟨⟩")
        measure = "a-1" if measures and kind == "body" else ""
        rows.append(
            {
                "statement": f"a-s{n}",
                "plan": "a",
                "section": "a-h1",
                "measure": measure,
                "kind": kind,
                "text": text,
                "start": at,
                "end": at + len(text),
            }
        )
        at, source = at + len(text), source + text
    plans = schema.frame("plans", [{"plan": "a", "script": "simplified", "chars": at, "sha256": "0", "year": year, "guessed": guessed}])
    sections = schema.frame("sections", [{"section": "a-h1", "plan": "a", "depth": 1, "title": title, "start": 0, "end": len(title)}])
    return pc.Corpus(plans, sections, schema.frame("measures"), schema.frame("statements", rows), {"a": source})


@pytest.fixture(scope="module")
def gold():
    return pd.read_csv(data_path("gold", "targets.csv"), dtype={"deadline": "Int64"})


def matched(corpus, gold):
    """Gold row → the target found there with its values."""
    left = find_targets(corpus).to_dict("records")
    pairs = []
    for row in gold.to_dict("records"):
        hit = next(
            (
                target
                for target in left
                if target["plan"] == row["plan"]
                and target["start"] < row["end"]
                and target["end"] > row["start"]
                and (target["low"], target["high"]) == (row["low"], row["high"])
            ),
            None,
        )
        if hit:
            left.remove(hit)
        pairs.append((row, hit))
    return pairs, left


def test_the_five_plans_reach_the_bar(corpus, gold):
    pairs, extra = matched(corpus, gold)
    hits = [pair for pair in pairs if pair[1]]
    assert 2 * len(hits) / (len(pairs) + len(hits) + len(extra)) >= 0.92
    for name in ("unit", "comparator"):
        assert sum(hit[name] == row[name] for row, hit in hits) >= 0.95 * len(hits)
    assert sum(str(hit["deadline"]) == str(row["deadline"]) for row, hit in hits) >= 0.95 * len(hits)


def test_a_quote_is_the_sources_own(corpus):
    targets = find_targets(corpus)
    assert [
        corpus.sources[plan][start:end] for plan, start, end in zip(targets["plan"], targets["start"], targets["end"], strict=True)
    ] == targets["quote"].to_list()
    schema.check(targets, "targets")


@pytest.mark.parametrize(
    ("sentence", "deadline"),
    [
        ("到2027年,创建示范校5所。", 2027),
        ("2025年底前建成示范校5所。", 2025),
        ("2021—2025年建成示范校5所。", 2025),
        ("从2021年到2023年,建成示范校5所。", 2023),
        ("到二〇二七年,创建示范校5所。", 2027),
        ("从2021年起,每年创建示范校5所。", None),  # a beginning, no end
        ("比2020年增加示范校5所。", None),  # what it is held against
        ("创建示范校5所。", None),
        ("建成示范校5所,到2027年全部达标。", None),  # another clause's year
    ],
)
def test_deadlines(sentence, deadline):
    found = find_targets(told(sentence))["deadline"].to_list()
    assert found == [deadline if deadline else pd.NA] or (found[0] is pd.NA and deadline is None)


def test_a_deadline_is_inherited_from_the_measure_then_the_section():
    measure = find_targets(told("到2027年,创建示范校5所;", "培养骨干教师600名。"))
    assert measure["deadline"].to_list() == [2027, pd.NA]
    assert measure["deadline_inherited"].to_list() == [pd.NA, 2027]
    section = find_targets(told("培养骨干教师600名。", title="二、到2030年的目标"))
    assert section["deadline_inherited"].to_list() == [2030]
    assert find_targets(told("培养骨干教师600名。"))["deadline_inherited"].isna().all()
    signed = find_targets(told("市政府2021年12月30日印发本方案。培养骨干教师600名。"))  # the day of a signature is no deadline
    assert signed["deadline_inherited"].isna().all()
    before = find_targets(told("2027年6月30日前培养骨干教师600名。"))
    assert before["deadline"].to_list() == [2027]


def test_a_number_dated_before_the_plan_is_a_report():
    sentence = "2019年新建学校5所。"
    assert find_targets(told(sentence, year=2021)).empty
    assert len(find_targets(told(sentence, year=2019))) == 1
    assert len(find_targets(told(sentence))) == 1
    assert len(find_targets(told(sentence, year=2021, guessed="region year"))) == 1


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("建设市级名师工作室3个。", "市级名师工作室"),
        ("划分8个督学责任区。", "督学责任区"),
        ("九年义务教育巩固率达到99%以上。", "九年义务教育巩固率"),
        ("按照工资总额2.5%的标准安排教师培训经费。", "教师培训经费"),
        ("服务期满5年方可申请调出。", "服务期"),
        ("由每生每年补助300元提高到小学500元。", "小学"),
        ("1.新增公办学位3000个。", "公办学位"),
        ("加强师德建设、引进高层次人才20名。", "高层次人才"),
        ("首批建成12所。", ""),
        ("完成乡村温馨校园创建,首批建成12所。", "乡村温馨校园创建"),
        ("选派20名骨干教师到乡镇学校支教。", "骨干教师"),
        ("建设50个面向全体学生、内容丰富的社团。", "社团"),
        ("交流轮岗比例达到符合条件教师的10%以上。", "交流轮岗比例"),
    ],
)
def test_subjects(sentence, subject):
    assert find_targets(told(sentence))["subject"].to_list() == [subject]


def test_the_responsible_body_stands_in_brackets_or_in_the_line_below():
    inside = find_targets(told("建设名师工作室3个(责任单位:县教委)。"))
    below = find_targets(told("建设名师工作室3个。", "⟨责任单位:人事科、财务科⟩"))
    nobody = find_targets(told("建设名师工作室3个。"))
    assert [table["responsible"].item() for table in (inside, below, nobody)] == ["县教委", "人事科、财务科", ""]


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("建设名师工作室3个〔责任单位:市教育局、各县(市、区)政府〕", "市教育局、各县(市、区)政府"),
        ("建设名师工作室3个(牵头单位:县教育局;配合单位:县财政局)。", "县教育局"),
        ("由县教育局牵头,新建幼儿园3所。", "县教育局"),
        ("新建幼儿园3所(县教育局、县住建局负责)。", "县教育局、县住建局"),
        ("新建幼儿园3所,成员由各校负责人组成。", ""),
    ],
)
def test_responsible_bodies_as_they_are_written(sentence, who):
    assert find_targets(told(sentence))["responsible"].to_list() == [who]


def test_baseline_and_period():
    target = find_targets(told("生均公用经费每年由600元提高到650元。")).iloc[0]
    assert (target["baseline"], target["low"], target["high"], target["period"]) == (600, 600, 650, "每年")


def test_headings_and_junk_hold_no_target():
    assert find_targets(told("⟨建设名师工作室3个⟩", title="一、建设名师工作室3个")).empty


def test_an_empty_corpus_is_an_empty_table():
    targets = find_targets(told())
    assert targets.empty
    assert list(targets) == list(schema.TABLES["targets"])


REPORT = ["深化教学改革,新增公办学位{}00个。", "新建学校{}所,教育质量稳步提高。", "普惠性幼儿园覆盖率达9{}.3%。"]


def test_a_text_that_reports_is_held_to_commitment_words():
    bare = "新建幼儿园7所。"
    assert len(find_targets(told(bare))) == 1
    report = told(bare, *(line.format(n) for n in (1, 2, 3) for line in REPORT))
    assert set(find_targets(report)["quote"]) == {"100个", "200个", "300个"}


def test_a_report_on_all_of_government_is_read_for_education_alone():
    other = ["优化医疗资源,新增床位{}00张。", "大力发展养老事业,改造小区{}0个。", "加快建设学校{}所。"]
    general = told(*(line.format(n) for n in range(1, 9) for line in other))
    assert set(find_targets(general)["unit"]) == {"所"}
    assert len(find_targets(general)) == 8


def test_a_section_that_looks_back_is_read_strictly_and_one_that_looks_ahead_is_not():
    bare = "新建幼儿园7所。"
    assert find_targets(told(bare, title="一、2023年工作回顾")).empty
    report = [bare, *(line.format(n) for n in (1, 2, 3) for line in REPORT)]
    assert "7所" not in set(find_targets(told(*report))["quote"])
    assert "7所" in set(find_targets(told(*report, title="二、2024年工作安排"))["quote"])


def test_what_falls_in_the_plans_own_year_is_dated():
    undated = find_targets(told("年内新建幼儿园7所。"))
    assert (undated["period"].item(), undated["deadline_inherited"].isna().item()) == ("年内", True)
    dated = find_targets(told("年内新建幼儿园7所。", year=2024))
    assert dated["deadline_inherited"].to_list() == [2024]


def test_tables_read_from_csv_files_give_the_same_targets():
    corpus = told("培训教师5名。", "到2027年完成。", "建成学校3所。", measures=False)
    read = {name: pd.read_csv(io.StringIO(corpus.tables[name].to_csv(index=False))) for name in ("sections", "statements")}
    assert read["sections"]["title"].isna().all() and read["statements"]["measure"].isna().all()
    pd.testing.assert_frame_equal(find_targets(replace(corpus, **read)), find_targets(corpus))
