"""Sentences: each number is the table's, and no sentence says more than its table."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import prose
from policycompare.prose import Cell, phrases, plain
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

    for key, row in phrases._phrases().items():
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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_keyness_names_only_words_above_the_line_and_opens_their_statements(corpus, codings, language):
    table = pc.keyness(corpus)
    said = prose.keyness(table, corpus, codings, top=2, language=language)
    assert len(said) == len(corpus.plans) + 1
    for plan, sentence in zip(corpus.plans["plan"], said, strict=False):
        rows = table[table["plan"] == plan].head(2)
        words = [part for part in sentence if isinstance(part, Cell)]
        assert [cell.text for cell in words] == rows["term"].to_list()
        assert [len(cell.statements) for cell in words] == rows["statements"].to_list()
        assert all(str(n) in plain(sentence) for n in [*rows["n"], *rows["n_other"]])
    weak = prose.keyness(table.assign(z=1.9), corpus, codings, language=language)
    assert weak == [prose.phrase("keyness.none", language)]


def test_keyness_within_themes_names_the_theme(corpus, codings):
    said = prose.keyness(pc.keyness(corpus, codings, by="theme"), corpus, codings, themes={"teachers": "Teachers"})
    assert all(", on Teachers, stands out by" in plain(sentence) for sentence in said[:-1])


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.9, "None of the 1 pairs of themes stands"), (0.01, "School safety and Teachers stand together more often than by chance")],
)
def test_pairs_say_together_only_where_the_table_does(corpus, codings, p, said):
    table = pc.theme_pairs(corpus, codings, by="statements")
    table = table[table["theme"].isin(NAMES) & table["other"].isin(NAMES)].assign(p=p)
    most, last = prose.pairs(table, corpus, codings, themes=NAMES)
    row = table.sort_values("share").iloc[-1]
    assert plain(most).startswith(f"The closest pair: of the {row['of']} statements on {NAMES[row['theme']]}, 3% ({row['n']};")
    assert [len(part.statements) for part in most if isinstance(part, Cell)] == [row["n"]]
    assert plain(last).startswith(said)


def test_themes_that_never_meet_are_said_to_never_meet(corpus, codings):
    table = pc.theme_pairs(corpus, codings).assign(n=0)
    assert prose.pairs(table, corpus, codings, themes=NAMES) == ["No two themes stand in the same statement."]


@pytest.mark.parametrize(
    ("place", "spread", "parts"),
    [
        (
            "early",
            "as by chance",
            ["Jining: early: Teachers 10% (5–20%) (p ≤ 0.030)."],
        ),
        ("late", "blocks", ["Jining: late: Teachers 10% (5–20%)", "in blocks: Teachers 2 (4.5) (p ≤ 0.030)"]),
        ("throughout", "as by chance", []),
    ],
)
def test_places_say_what_the_table_marks(plans, place, spread, parts):
    row = {"plan": "jining", "theme": "teachers", "n": 6, "low": 0.05, "middle": 0.1, "high": 0.2, "p_place": 0.03, "place": place}
    row |= {"blocks": 2, "blocks_expected": 4.5, "p_spread": 0.0004, "spread": spread}
    said = [plain(sentence) for sentence in prose.places(pd.DataFrame([row]), plans=plans, themes=NAMES)]
    assert all(part in said[0] for part in parts)
    assert said[0].startswith("Jining: " if parts else "In none of these plans")
    assert said[1:] == ([said[-1]] if parts else [])
    assert said[0].count("Teachers") == len(parts)


@pytest.mark.parametrize(
    ("jaccard", "p", "said"),
    [
        (
            0.72,
            0.001,
            ["named", "Cluster 1, 教师: 5 measures of 2 plans; 0.72", "follow the themes in part: adjusted mutual information 0.31"],
        ),
        (0.41, 0.4, ["named", "Cluster 1 does not hold and has no name: 5 measures of 2 plans; only 0.41", "no more than chance would"]),
    ],
)
def test_clusters_that_do_not_hold_have_no_name(jaccard, p, said):
    holds = jaccard > 0.6
    row = {"cluster": 1, "name": "教师" if holds else "", "size": 5, "plans": "a b", "jaccard": jaccard, "stable": holds}
    found = pc.Clusters(pd.DataFrame({"measure": range(5)}), pd.DataFrame([row]), pd.DataFrame(), pd.DataFrame())
    lines = prose.clusters(found, pd.DataFrame([{"ami": 0.31, "p": p}]))
    assert all(part in plain(line) for part, line in zip(said, lines, strict=True))
    assert Cell("5", cluster="1") in lines[1]


def test_targets_count_what_the_ledger_holds(corpus):
    found = pc.find_targets(corpus)
    for targets in (found, found[found["plan"] != "shandan"]):
        tables = pc.targets_ledger(corpus, targets), pc.goals_without_numbers(corpus, targets), pc.numbers_without_dates(targets)
        said = prose.targets(*tables, plans=corpus.plans)
        assert plain(said[0]).startswith(f"The plans set {len(targets)} quantified targets: ")
        assert f"Shandan {(targets['plan'] == 'shandan').sum()}" in plain(said[0])
        assert plain(said[-2]).startswith(f"{len(tables[2])} of the {len(targets)} have no year of their own")
        assert plain(said[-1]).startswith(f"{len(tables[1])} statements set a goal")
    nothing = prose.targets(*(table.head(0) for table in tables), plans=corpus.plans)
    assert [plain(line) for line in nothing] == [
        "No plan sets a quantified target.",
        "0 statements set a goal that could be counted and give no number.",
    ]


def test_likeness_names_the_ends(plans):
    table = pd.DataFrame({"plan": ["fengjie", "jining"], "other": ["jining", "fengjie"], "similarity": [0.25, 0.25]})
    assert ["Fengjie and Jining, cosine 0.25" in plain(line) for line in prose.likeness(table, plans=plans)] == [True]
    unknown = prose.likeness(table.assign(similarity=float("nan")), plans=plans)
    assert unknown == ["How alike the plans are in their words cannot be computed."]
