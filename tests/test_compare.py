"""Differences of coverage: reference values, invariants, and inputs of which little can be said."""

import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.compare.compare import MARKS, adjusted, compare_coverage
from policycompare.compare.orders import compare_orders


def study(plans):
    """A corpus from plan → measures → statements, each a set of themes; and its codings."""
    rows, codings, measures = [], [], []
    for plan, its_measures in plans.items():
        at = 0
        for m, statements in enumerate(its_measures):
            measures.append({"measure": f"{plan}-{m}", "plan": plan, "text": "条", "start": at, "end": at + 10 * len(statements)})
            for themes in statements:
                name = f"{plan}-s{at:04d}"
                rows.append(
                    {
                        "statement": name,
                        "plan": plan,
                        "measure": f"{plan}-{m}",
                        "kind": "body",
                        "text": "加强学校建设工作推进。",
                        "start": at,
                        "end": at + 10,
                    }
                )
                codings += [
                    {"statement": name, "theme": theme, "score": 1.0, "terms": theme, "start": at, "end": at + 10}
                    for theme in sorted(themes)
                ]
                at += 10
    table = schema.frame("plans", [{"plan": plan, "script": "simplified", "chars": 100, "sha256": "0"} for plan in plans])
    sources = dict.fromkeys(plans, "加强学校建设工作推。" * 500)
    corpus = pc.Corpus(table, schema.frame("sections"), schema.frame("measures", measures), schema.frame("statements", rows), sources)
    return corpus, schema.frame("codings", codings)


T, S, N = {"teachers"}, {"safety"}, set()


def row(table, plan, other, theme):
    return table[(table["plan"] == plan) & (table["other"] == other) & (table["theme"] == theme)].iloc[0]


def test_adjusted_p_values_are_those_of_r():
    # R 4: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "BH") is 0.05 five times. Benjamini & Hochberg (1995), table of section 3.1:
    # of their 15 p-values the first four are rejected at 0.05.
    assert adjusted(np.array([0.01, 0.02, 0.03, 0.04, 0.05])) == pytest.approx([0.05] * 5)
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (adjusted(np.array(published)) <= 0.05).sum() == 4


def test_a_plain_difference_is_told_apart_and_chance_is_not():
    corpus, codings = study({"a": [[T, T]] * 20, "b": [[S, N]] * 20, "c": [[T, N], [N, S]] * 10})
    table = compare_coverage(corpus, codings)
    clear = row(table, "a", "b", "teachers")
    assert (clear["difference"], clear["mark"]) == (1.0, "distinguishable")
    assert 0.5 < clear["low"] < 1.0 == clear["high"]
    assert row(table, "b", "c", "safety")["mark"] == "distinguishable" or row(table, "b", "c", "safety")["p"] > 0.01


def test_p_is_the_exact_permutation_probability():
    # Three of three against none of three: 2 of the 20 ways to deal six units are as far apart.
    corpus, codings = study({"a": [[T]] * 3, "b": [[N]] * 3})
    assert row(compare_coverage(corpus, codings, draws=20_000), "a", "b", "teachers")["p"] == pytest.approx(2 / 20, abs=0.01)


def test_of_two_plans_the_others_are_the_other(corpus, codings):
    two = corpus.select(["jining", "xianning"])
    table = compare_coverage(two, codings[codings["statement"].isin(two.statements["statement"])], draws=4000)
    others, pair = (
        table[(table["plan"] == "jining") & (table["other"] == other)].reset_index(drop=True) for other in ("others", "xianning")
    )
    pd.testing.assert_frame_equal(
        others[["share", "share_other", "difference", "low", "high"]], pair[["share", "share_other", "difference", "low", "high"]]
    )
    assert others["p"].to_list() == pytest.approx(pair["p"].to_list(), abs=0.03)


def test_measures_are_permuted_whole():
    # The same statements in fewer, larger measures say less: p may not be as small.
    loose, whole = (study({"a": [[T] * size] * (12 // size), "b": [[N] * size] * (12 // size)}) for size in (1, 4))
    few, many = (row(compare_coverage(*made, draws=2000), "a", "b", "teachers")["p"] for made in (whole, loose))
    assert few == pytest.approx(2 / 20, abs=0.03)
    assert many < 0.01


def test_shares_are_those_of_coverage(corpus, codings):
    coverage = pc.coverage(corpus, codings, draws=10).set_index(["by", "plan", "theme"])["share"]
    for by in schema.COUNTED_BY:
        table = compare_coverage(corpus, codings, by=by, draws=10)
        assert table["share"].to_list() == pytest.approx(
            [coverage[by, plan, theme] for plan, theme in zip(table["plan"], table["theme"], strict=True)]
        )


def test_the_interval_holds_the_difference_and_p_is_never_zero(corpus, codings):
    table = compare_coverage(corpus, codings, draws=300)
    known = table[table["mark"] != MARKS[2]]
    assert (known["low"] <= known["difference"]).all()
    assert (known["difference"] <= known["high"]).all()
    assert known["p"].between(1 / 301, 1).all()
    assert (known["p_adjusted"] >= known["p"]).all()


def test_the_same_whatever_the_order_of_rows(corpus, codings):
    shuffled = pc.Corpus(**{name: table.sample(frac=1, random_state=3) for name, table in corpus.tables.items()}, sources=corpus.sources)
    pd.testing.assert_frame_equal(
        compare_coverage(corpus, codings, draws=50), compare_coverage(shuffled, codings.sample(frac=1, random_state=1), draws=50)
    )


def test_one_plan_has_nothing_to_be_compared_with():
    corpus, codings = study({"a": [[T], [S]]})
    table = compare_coverage(corpus, codings)
    assert set(table["mark"]) == {"cannot be computed"}
    assert table["reason"].str.contains("no other plan").all()


def test_a_plan_without_measures_is_named_and_the_rest_is_computed():
    corpus, codings = study({"a": [[T], [S], [T]], "b": [[S], [S], [N]], "empty": []})
    table = compare_coverage(corpus, codings)
    assert row(table, "empty", "others", "teachers")["reason"] == "empty has nothing to count"
    assert row(table, "a", "empty", "teachers")["reason"] == "empty has nothing to count"
    assert row(table, "a", "others", "teachers")["mark"] == "not distinguishable"


def test_a_theme_nobody_has_is_a_row_that_says_so():
    corpus, codings = study({"a": [[T], [S]], "b": [[S], [T]]})
    nobody = row(compare_coverage(corpus, codings), "a", "b", "funding")
    assert (nobody["difference"], nobody["mark"]) == (0.0, "cannot be computed")
    assert "none of these plans" in nobody["reason"]


def test_identical_plans_are_not_told_apart():
    corpus, codings = study({"a": [[T, S], [N]], "b": [[T, S], [N]]})
    table = compare_coverage(corpus, codings)
    assert (table["difference"] == 0).all()
    assert not (table["mark"] == "distinguishable").any()


def test_single_sentences_cannot_be_resampled():
    corpus, codings = study({"a": [[T]], "b": [[S]]})
    assert set(compare_coverage(corpus, codings)["reason"]) == {"each side is one unit: nothing can be resampled"}


def test_an_unknown_way_of_counting_is_refused(corpus, codings):
    with pytest.raises(schema.PolicyCompareError, match="by must be one of statements, measures, characters; got 'words'"):
        compare_coverage(corpus, codings, by="words")


def test_orders_that_turn_are_named(corpus, codings):
    orders = compare_orders(pc.coverage(corpus, codings, draws=10))
    assert orders["warning"].ne("").equals(orders["depends"])
    assert orders.set_index("theme").loc["safety", "statements"].count(">") == 4


def test_one_way_of_counting_has_no_second_opinion(corpus, codings):
    orders = compare_orders(pc.coverage(corpus, codings, by="statements", draws=10))
    assert not orders["depends"].any()
    assert orders["warning"].str.startswith("cannot be computed").all()
