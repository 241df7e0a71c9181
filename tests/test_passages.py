"""Statements read together as one text: each must be read as if it stood alone."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policycompare as pc
from policycompare import schema
from policycompare.targets.around import around
from policycompare.targets.cues import endings, openings, patterns, signs
from policycompare.targets.glance import glance
from policycompare.targets.numerals import Quantity, fold
from policycompare.targets.passages import Joined, Passage, without_names
from policycompare.targets.quantities import of_its_own, quantities_in, read
from policycompare.targets.targets import find_targets
from policycompare.wordlists import Endings

SIGNS = [
    *"05一三半零年月每前第由到至、，（）“”《》",
    "12所",
    "95%",
    "以上",
    "不低于",
    "提高",
    "全覆盖",
    "分之",
    "周期",
    "1.",
    "工程",
    "组成",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SIGNS), max_size=8).map("".join), min_size=1, max_size=4))
def test_statements_read_together_are_read_as_each_alone(statements):
    passage = Passage(statements)
    together = [(passage.place(one.start), one.end - one.start, one.low, one.high, one.unit, one.comparator) for one in read(passage)]
    alone = [
        (place, one.end - one.start, one.low, one.high, one.unit, one.comparator)
        for place, statement in enumerate(statements)
        for one in quantities_in(statement)
    ]
    assert together == alone


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*SIGNS, *"超满了要零清半分的/∶：年为周期天均20*", "要求", "责任单位：", "县教委", "牵头", "力争"]), max_size=12
    ).map("".join)
)
def test_what_is_tried_where_it_may_begin_is_all_that_a_search_finds(text):
    passage = Passage([text])
    for name in openings().kinds:
        searched = [match.span() for match in patterns()[name].finditer(passage.named)]
        assert [match.span() for match in passage.matches(name)] == searched, name


AROUND = [
    "3个",
    "二十名",
    "90.5%",
    "第",
    "每",
    "前",
    "在",
    "等",
    "现有",
    "依托",
    "中学",
    "率",
    "附件",
    "近",
    "至少",
    "多",
    "余",
    "以内",
    "组成",
    "惠及",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*SIGNS, *AROUND, "A", "小学", "各校", "新建", "培训", "（"]), max_size=10).map("".join))
def test_what_stands_plainly_passes_every_test_and_what_is_refused_fails(text):
    hold_what_stands_around(Passage([text]))


@pytest.mark.parametrize("unit", ["个", "%", "所学校", "年", "所学校获得"])
@pytest.mark.parametrize("statement", ["{}5{}。", "新建{}5{}。", "新建甲中学、乙中学{}5{}，", "覆盖率{}5.5{}", "依托（{}5{}）"])
def test_every_word_of_the_grammar_right_before_a_number_is_known(statement, unit):
    words = {word for listed in endings().values() for word in listed.words} | {
        *signs(),
        *map(chr, range(32, 127)),
        *"．·—–～－至、和：时点",
    }
    places = ["中学", "某县", "附件", "设有", "等", "在", "占比", "比例", "9时", "9点", "9："]
    hold_what_stands_around(Passage([fold(statement.format(word, unit)) for word in sorted({*words, *places})]))


@pytest.mark.parametrize("statement", ["新建5个{}。", "覆盖率5%{}", "5所学校{}，"])
def test_every_word_of_the_grammar_right_behind_a_number_is_known(statement):
    words = {*signs(), *map(chr, range(32, 127)), *"一二三四五六七八九十多余（，、"}
    hold_what_stands_around(Passage([fold(statement.format(word)) for word in sorted(words)]))


def hold_what_stands_around(passage):
    near = around(passage)
    for number, opens, refused, plain, timed in zip(passage.numbers, near.opens, near.refused, near.plain, near.timed, strict=True):
        (at, stop), unit = number.span(), number["unit"]
        asked = of_its_own(passage, at, stop, 1.0, 1.0, unit)
        assert opens == passage.clause(at)
        assert timed == bool(passage.periods.word(opens, at + 1))
        if refused:
            assert asked is None
        elif plain:
            assert asked == Quantity(at, stop, 1.0, 1.0, unit, "=", None, passage.periods.word(opens, at + 1), at, stop)


@given(st.lists(st.text(alphabet="甲乙，。", max_size=6), max_size=6))
def test_joined_texts_are_found_again(texts):
    joined = Joined(texts)
    assert [joined.piece(place) for place in range(len(texts))] == texts
    assert [joined.place(start) for start in joined.starts] == list(range(len(texts)))


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        ("实施“2531”工程，见《意见3》。", "实施□□□□□□工程，见□□□□□。"),
        ("1.35周岁以下教师", "□□35周岁以下教师"),
        ("1.5万元", "1.5万元"),  # no item's number
        ("实施“2531工程", "实施“2531工程"),
    ],
)
def test_names_and_item_numbers_are_blotted_out(statement, without):
    assert without_names(statement) == without


def test_a_name_does_not_reach_into_the_next_statement():
    assert Passage(["实施“一", "二”所"]).named == "。实施“一。二”所。"


def test_a_long_text_without_stops_has_clauses_all_the_same():
    passage = Passage(["甲" * 5000])
    assert max(at - passage.clause(at) for at in range(1, 5000)) <= 1000


@given(st.text(max_size=20))
def test_a_glance_takes_any_text(text):
    assert all(((places >= 0) & (places < max(len(text), 1))).all() for places in glance(text))


@given(st.text(alphabet="达到占", max_size=6))
def test_the_longest_ending_is_found(text):
    words = ["达到", "到", "占到达到", "占"]
    fits = [word for word in words if text.endswith(word)]
    assert Endings(words).longest("。" + text, 1, len(text) + 1) == max(fits, key=len, default="")


def corpus(plans):
    """Plans by their names: lists of (kind, text), each in a line of its own."""
    rows, sources = [], {}
    for plan, lines in plans.items():
        at = 0
        for number, (kind, text) in enumerate(lines):
            rows.append(
                {"statement": f"{plan}-{number}", "plan": plan, "section": "", "measure": "", "kind": kind, "text": text}
                | {"start": at, "end": at + len(text)}
            )
            at += len(text) + 1
        sources[plan] = "\n".join(text for _, text in lines)
    listed = schema.frame(
        "plans", [{"plan": plan, "script": "simplified", "chars": len(text), "sha256": "0"} for plan, text in sources.items()]
    )
    return pc.Corpus(listed, schema.frame("sections"), schema.frame("measures"), schema.frame("statements", rows), sources)


@pytest.mark.parametrize("at_once", [1, 100, 1_000_000])
def test_plans_read_together_are_read_as_each_alone(at_once, monkeypatch):
    monkeypatch.setattr("policycompare.targets.batches._AT_ONCE", at_once)
    lines = [("body", fold(text)) for text in ("到2027年,新建学校5所。", "覆盖率达到95%以上(县教育局负责)。", "年内培训教师300人。")]
    plans = {f"p{number:03}": lines[number % 3 :] for number in range(120)}
    together = find_targets(corpus(plans))
    alone = pd.concat([find_targets(corpus({plan: own})) for plan, own in plans.items()], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)
    assert len(together) == 40 * 6


def test_the_body_of_the_next_plan_does_not_answer_for_this_one():
    plans = {"a": [("body", "新建学校5所。")], "b": [("junk", "责任单位：县教委"), ("body", "新建学校6所。")]}
    assert find_targets(corpus(plans))["responsible"].to_list() == ["", ""]


@pytest.mark.parametrize("run", ["1%-", "前三名", "招聘教师5名，", "其中5%", "1:1.5比"])
def test_a_plan_without_a_stop_is_soon_read(run):
    """Looking back from each number to the first took minutes."""
    text = run * (80_000 // len(run))
    found = find_targets(corpus({"a": [("body", text)]}))
    assert len(found)
    assert [text[start:end] for start, end in zip(found["start"], found["end"], strict=True)] == found["quote"].to_list()
