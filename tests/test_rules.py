"""The rule language: what it reads, what it refuses, and that no rule can run for ever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare.taxonomy.rules import LONGEST_RULE, LONGEST_WORD, OPERATORS, RuleFault, parse_rule, sets_named, words_of


@pytest.mark.parametrize(
    ("text", "atoms", "conditions"),
    [
        ("食品安全", ("食品安全",), []),
        ("招聘|补充|选调", ("招聘", "补充", "选调"), []),
        ("<recruit> + <teacher>|师资", ("<recruit>",), [("+", ("<teacher>", "师资"))]),
        ("新建 .. 学校 -- 住宅", ("新建",), [("..", ("学校",)), ("--", ("住宅",))]),
        ("  安全   -  教育 ", ("安全",), [("-", ("教育",))]),
    ],
)
def test_a_rule_is_read(text, atoms, conditions):
    rule = parse_rule(text)
    assert rule.atoms == atoms
    assert [(condition.operator, condition.atoms) for condition in rule.conditions] == conditions


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("招聘 +", "operator without words"),
        ("+ 招聘", "operator without words"),
        ("招聘 教师", "operator without words"),
        ("招聘 & 教师", "where an operator must stand"),
        ("招聘 + + + 教师", "two operators in a row"),
        ("招聘|", "empty alternative"),
        ("<teacher", "neither a word nor a set"),
        ("名<teacher>", "neither a word nor a set"),
        ("(a+)+", "could run for ever"),
        ("(a*)*b", "could run for ever"),
        ("安{2,}全", "could run for ever"),
        ("[安全]+", "could run for ever"),
        ("安" * (LONGEST_WORD + 1), "longer than"),
        ("安全|" * LONGEST_RULE, "characters long"),
    ],
)
def test_a_fault_says_why(text, why):
    with pytest.raises(RuleFault, match=why):
        parse_rule(text)


@settings(deadline=None)
@given(st.text(alphabet="安全教师|+-. <>()*{}12", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        rule = parse_rule(text)
    except RuleFault:
        return
    assert rule.atoms
    assert all(condition.operator in OPERATORS and condition.atoms for condition in rule.conditions)
    assert parse_rule(rule.text) == rule


def test_sets_are_resolved_through_each_other():
    sets = {"staff": ["教师", "<head>"], "head": ["校长", "园长"]}
    assert words_of(["<staff>", "辅导员"], sets) == {"教师", "校长", "园长", "辅导员"}
    assert sets_named(parse_rule("招聘 + <staff> - <head>")) == {"staff", "head"}


def test_a_set_that_holds_itself_or_is_unknown_is_refused():
    with pytest.raises(RuleFault, match="a > b > a"):
        words_of(["<a>"], {"a": ["<b>"], "b": ["<a>"]})
    with pytest.raises(RuleFault, match="neither a set nor a theme"):
        words_of(["<c>"], {})
