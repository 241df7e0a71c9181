"""Themes together and in place, on texts made so that the answer is plain."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from policycompare.compare.themes import theme_pairs, theme_places
from tests.test_compare import N, S, T, study


def cell(table, **keys):
    for key, value in keys.items():
        table = table[table[key] == value]
    return table.iloc[0]


def test_pairs_are_counted_and_held_against_chance():
    corpus, codings = study({"a": [[T | S, T | S, N], [T | S, N, N, S]], "b": [[T], [S]]})
    pair = cell(theme_pairs(corpus, codings, each_plan=True), plan="a", theme="teachers", other="safety", by="statements")
    assert pair[["n", "of", "share", "units"]].to_list() == [3, 3, 1.0, 7]
    assert pair["lift"] == pytest.approx(3 / (3 * 4 / 7))
    assert pair["jaccard"] == pytest.approx(3 / 4)
    assert pair["p"] == pytest.approx(fisher_exact([[3, 0], [1, 3]], alternative="greater").pvalue)


def test_both_directions_tell_of_the_same_units(corpus, codings):
    pairs = theme_pairs(corpus, codings).set_index(["theme", "other", "by"])
    turned = pairs.swaplevel("theme", "other").reindex(pairs.index)
    pd.testing.assert_frame_equal(pairs[["n", "units", "lift", "jaccard", "p"]], turned[["n", "units", "lift", "jaccard", "p"]])


def test_all_plans_together_are_the_sum(corpus, codings):
    together = theme_pairs(corpus, codings).set_index(["by", "theme", "other"])
    apart = theme_pairs(corpus, codings, each_plan=True).groupby(["by", "theme", "other"], sort=False)[["n", "of", "units"]].sum()
    pd.testing.assert_frame_equal(together[["n", "of", "units"]], apart)
    assert theme_pairs(corpus, codings, by="measures")["units"].eq(114).all()


def test_a_theme_nobody_has_cannot_be_paired():
    corpus, codings = study({"a": [[T], [N]]})
    pair = cell(theme_pairs(corpus, codings), theme="teachers", other="funding")
    assert (pair["n"], pair["share"], pair["reason"]) == (0, 0.0, "one of the themes stands nowhere")
    assert np.isnan(pair["lift"])


@pytest.mark.parametrize(
    ("order", "place", "spread"),
    [
        ([T] * 8 + [N] * 32, "early", "blocks"),
        ([N] * 32 + [T] * 8, "late", "blocks"),
        ([N] * 16 + [T] * 8 + [N] * 16, "throughout", "blocks"),
        ([T, N] * 20, "throughout", "spread"),
    ],
)
def test_places_are_named(order, place, spread):
    corpus, codings = study({"a": [order]})
    found = cell(theme_places(corpus, codings), plan="a", theme="teachers")
    assert (found["place"], found["spread"]) == (place, spread)


def test_the_expected_number_of_blocks_is_wald_and_wolfowitzs():
    # Of 20 signs, 10 and 10, 11 runs are expected, half of them (rounded up with the start) of either kind: n₁(n₂ + 1)/(n₁ + n₂) = 5.5.
    corpus, codings = study({"a": [[T, N] * 10]})
    found = cell(theme_places(corpus, codings), plan="a", theme="teachers")
    assert (found["blocks"], found["blocks_expected"]) == (10, 5.5)


def test_too_few_statements_have_a_place_but_no_verdict():
    corpus, codings = study({"a": [[T, N, N, N, T]], "b": [[T]], "c": []})
    places = theme_places(corpus, codings)
    few = cell(places, plan="a", theme="teachers")
    assert (few["first"], few["last"], few["place"], few["reason"]) == (0.0, 1.0, "", "fewer than three statements")
    assert cell(places, plan="b", theme="teachers")["n"] == 1
    assert cell(places, plan="c", theme="teachers")["reason"] == "the theme stands nowhere in this plan"


def test_a_plans_places_do_not_hang_on_the_other_plans(corpus, codings):
    alone = theme_places(corpus.select("jining"), codings[codings["statement"].str.startswith("jining")])
    among = theme_places(corpus, codings)
    pd.testing.assert_frame_equal(alone, among[among["plan"] == "jining"].reset_index(drop=True))


def test_the_same_whatever_the_order_of_rows(corpus, codings):
    shuffled = replace(corpus, statements=corpus.statements.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(theme_places(corpus, codings, draws=50), theme_places(shuffled, codings.sample(frac=1), draws=50))
    pd.testing.assert_frame_equal(theme_pairs(corpus, codings), theme_pairs(shuffled, codings))
