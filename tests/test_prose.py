"""Sentences: each number is the table's, and no sentence says more than its table."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import prose
from policycompare.prose import Cell, plain
from policycompare.schema import typed

NAMES = {"teachers": "Teachers", "safety": "School safety"}


@pytest.fixture(scope="module")
def plans(corpus) -> pd.DataFrame:
    return corpus.plans[corpus.plans["plan"].isin(["fengjie", "jining"])]


def coverage(**shares: float) -> pd.DataFrame:
    """Coverage of one theme, 100 statements a plan."""
    rows = [
        {
            "plan": plan,
            "theme": "teachers",
            "by": "statements",
            "n": share * 100,
            "of": 100,
            "share": share,
            "low": share / 2,
            "high": share * 1.5,
        }
        for plan, share in shares.items()
    ]
    return typed(pd.DataFrame(rows), "coverage")


def difference(plan: str, other: str, value: float, low: float, high: float, p: float) -> pd.DataFrame:
    mark = "distinguishable" if p <= 0.05 else "not distinguishable"
    row = {"plan": plan, "other": other, "theme": "teachers", "difference": value, "low": low, "high": high, "p_adjusted": p, "mark": mark}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("differences", "ends"),
    [
        (difference("fengjie", "jining", 0.3, 0.1, 0.5, 0.01), "can be told apart: 30 percentage points (10 to 50)."),
        (difference("jining", "fengjie", -0.3, -0.5, -0.1, 0.01), "can be told apart: 30 percentage points (10 to 50)."),
        (
            difference("fengjie", "jining", 0.3, -0.1, 0.7, 0.3),
            "cannot be told apart: 30 percentage points, but the interval reaches from −10 to 70.",
        ),
        (
            difference("fengjie", "jining", 0.3, 0.1, 0.5, 0.06),
            "the interval from 10 to 50 leaves out zero, but among so many comparisons that is not rare (adjusted p = 0.06).",
        ),
        (difference("fengjie", "others", 0.3, 0.1, 0.5, 0.01), "How far the two can be told apart cannot be computed."),
    ],
)
def test_an_answer_says_what_the_difference_says(plans, differences, ends):
    [answer] = prose.answers(coverage(fengjie=0.4, jining=0.1), differences, plans=plans, themes={"teachers": "Teachers"})
    assert plain(answer).startswith(
        "Teachers: most in Fengjie, 40% of its statements (20–60%); least in Jining, 10% of its statements (5–15%)."
    )
    assert plain(answer).endswith(ends)


def test_the_numbers_of_an_answer_open_their_statements(plans):
    [answer] = prose.answers(
        coverage(fengjie=0.4, jining=0.1), difference("fengjie", "jining", 0.3, 0.1, 0.5, 0.01), plans=plans, themes={"teachers": "T"}
    )
    assert [part for part in answer if isinstance(part, Cell)] == [
        Cell("40%", plan="fengjie", theme="teachers"),
        Cell("10%", plan="jining", theme="teachers"),
    ]


def test_themes_that_nobody_or_one_plan_takes_up(plans):
    nothing = pd.DataFrame(columns=["plan", "other", "theme"])
    said = [
        plain(prose.answers(table, nothing, plans=plans, themes={"teachers": "Teachers"})[0])
        for table in (coverage(fengjie=0, jining=0), coverage(fengjie=0.4))
    ]
    assert said == ["Teachers: no plan takes it up.", "Teachers: 40% of its statements (20–60%)."]


def test_silences_name_the_plan_and_theme(plans):
    [silence] = prose.silences(coverage(fengjie=0.4, jining=0), plans=plans, themes=NAMES)
    assert silence == ["Jining", " has no statement on ", "Teachers", "."]
    assert prose.silences(coverage(fengjie=0.4, jining=0.1), plans=plans, themes=NAMES) == ["Every plan takes up every theme."]


def limits(corpus, **columns) -> str:
    return "\n".join(plain(line) for line in prose.limits(replace(corpus, plans=corpus.plans.assign(**columns))))


def test_limits_name_every_kind_level_and_year(corpus):
    said = limits(corpus)
    assert (
        "work plan (Unnamed county and Jining); set of measures (Fengjie); press article (Shandan); report of a meeting (Xianning)" in said
    )
    assert "2018 (Xianning); 2021 (Unnamed county); 2023 (Fengjie); not dated (Jining and Shandan)" in said
    assert "Not in simplified script: Jining and Shandan." in said


def test_limits_are_not_said_where_there_are_none(corpus):
    said = limits(corpus.select(["county", "fengjie"]), genre="plan", level="county", year=2020, script="simplified", guessed="")
    assert [line[:20] for line in said.splitlines()] == ["They differ in lengt"]


def test_what_is_not_known_is_a_limit_too(corpus):
    assert "Not known of any of these documents: level and year." in limits(corpus, level="", year=pd.NA)


def test_one_document_cannot_be_compared(corpus):
    assert plain(prose.limits(corpus.select("county"))[0]).startswith("There is only one document")


def test_left_out_files_are_a_limit(corpus):
    skipped = pd.DataFrame({"plan": ["x"], "file": ["x.pdf"], "reason": ["x.pdf has no text layer."]})
    assert "x.pdf" in plain(prose.limits(replace(corpus, skipped=skipped))[-1])


def test_agreement_gives_the_worst_theme_and_the_golds_own_caveat(corpus, codings):
    table = pc.reliability.known_agreement(corpus, codings)
    worst = table[table["theme"] != "macro"].set_index("theme")["f1"].idxmin()
    names = pc.pages.theme_names()
    said = [plain(line) for line in prose.agreement(table, names)]
    assert said[1].startswith(f"The agreement is lowest for {names[worst]}: F1 {table['f1'].min():.2f}")
    assert "language-model readers of the same family" in said[2]


def test_without_gold_nothing_is_claimed(corpus, codings):
    other = replace(corpus.select("county"), sources={"county": "另一份文件" * 1000})
    assert pc.reliability.known_agreement(other, codings[codings["statement"].str.startswith("county")]) is None
    assert "not known" in plain(prose.agreement(None, NAMES)[0])


def test_every_phrase_is_there_in_both_languages_with_the_same_places():
    import string

    for key, row in prose._phrases().items():
        places = [{name for _, name, _, _ in string.Formatter().parse(row[language]) if name} for language in ("en", "zh")]
        assert row["en"].strip() and row["zh"].strip(), key
        assert places[0] == places[1], key


def test_what_was_left_out_is_the_answer_and_what_was_seen_flatters(corpus, codings):
    seen = pc.reliability.known_agreement(corpus, codings)
    left = seen.assign(f1=seen["f1"] / 2, tp=0)
    for one, other in ((left, seen), (seen, left)):
        said = [plain(line) for line in prose.agreement(other, pc.pages.theme_names(), left_out=one)]
        assert "left out of the coder's fit" in said[0]
        assert f"mean F1 of {one['f1'].iloc[-1]:.2f} (" in said[0]
        assert f"F1 of {other['f1'].iloc[-1]:.2f} (" in said[2]
        assert "flatters" in said[2]
