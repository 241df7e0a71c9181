"""Keyness against published figures, and inputs of which little can be said."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from policycompare import schema
from policycompare.compare.distinctive import keyness, log_likelihood, weighted_log_odds


@pytest.mark.parametrize(
    ("both", "first_alone", "second_alone", "neither", "published"),
    [
        (110, 2442, 111, 29114, 270.72),
        (29, 13, 123, 31612, 263.90),
        (31, 23, 139, 31584, 256.84),
        (10, 0, 3, 31764, 167.23),
        (76, 104, 2476, 29121, 157.21),
    ],
)
def test_log_likelihood_is_dunnings(both, first_alone, second_alone, neither, published):
    # Dunning (1993), "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 19(1), table 1:
    # "the swiss", "can be", "previous year", "mineral water", "at the".
    found = log_likelihood(np.array([both]), np.array([second_alone]), both + first_alone, second_alone + neither)
    assert found == pytest.approx([published], abs=0.005)


def test_log_odds_are_those_of_tidylo():
    # R package tidylo 0.2.0, its reference page's example, with the prior of 1 a word already in the counts (13 = 12 + 1 …) and the
    # whole of both groups as the other side, as tidylo takes it:
    # > mtcars %>% count(vs, gear) %>% bind_log_odds(vs, gear, n, uninformative = TRUE, unweighted = TRUE)
    #   vs gear  n   log_odds log_odds_weighted
    #    0    3 12  0.6968169         1.8912729
    #    0    4  2 -1.2527630        -1.9691060
    #    0    5  4  0.3249262         0.5549172
    counts, whole = np.array([13.0, 3.0, 5.0]), np.array([17.0, 14.0, 7.0])
    log_odds, z = weighted_log_odds(counts, whole, 21, 38, prior=np.zeros(3), prior_total=0)
    assert log_odds == pytest.approx([0.6968169, -1.2527630, 0.3249262], abs=1e-7)
    assert z == pytest.approx([1.8912729, -1.9691060, 0.5549172], abs=1e-7)


def test_a_prior_in_the_counts_is_a_prior_beside_them():
    n, n_other, prior = np.array([12.0, 2, 4]), np.array([3.0, 10, 1]), np.array([1.5, 2.5, 1.0])
    beside = weighted_log_odds(n, n_other, 18, 14, prior=prior, prior_total=5)
    inside = weighted_log_odds(n + prior, n_other + prior, 23, 19, prior=np.zeros(3), prior_total=0)
    np.testing.assert_allclose(beside, inside)


def test_a_heavier_prior_draws_every_term_to_no_difference():
    n, n_other = np.array([8.0, 1.0]), np.array([1.0, 9.0])
    light, heavy = (
        weighted_log_odds(n, n_other, 50, 60, prior=np.array([weight, weight]), prior_total=10 * weight)[0] for weight in (0.1, 100)
    )
    assert (np.abs(heavy) < np.abs(light)).all()


def test_counts_are_those_of_the_texts(corpus):
    terms = keyness(corpus)
    assert terms.groupby("plan")["of"].nunique().eq(1).all()
    assert (terms["n"] + terms["n_other"] >= 3).all()
    assert terms.groupby("term")["n"].sum().equals(terms.groupby("term")["n"].first() + terms.groupby("term")["n_other"].first())
    assert (terms["statements"] <= terms["n"]).all()
    assert (np.sign(terms["log_odds"]) == np.sign(terms["z"])).all()


def test_a_term_of_one_plan_alone_leads_there(corpus):
    terms = keyness(corpus, top=30)
    assert set(terms.loc[terms["term"] == "校车", "plan"]) == {"county"}


def test_by_theme_counts_only_the_statements_of_the_theme(corpus, codings):
    terms = keyness(corpus, codings, by="theme")
    on_safety = terms[(terms["theme"] == "safety") & (terms["plan"] == "fengjie")]
    assert on_safety["of"].max() < keyness(corpus)["of"].min()
    assert terms["theme"].nunique() == 5


def test_one_plan_has_nobody_to_be_set_apart_from(corpus):
    assert keyness(corpus.select("shandan"))["reason"].to_list() == ["no other plan has a word"]


def test_a_plan_without_words_says_so_and_the_rest_is_computed(corpus):
    silent = replace(corpus, statements=corpus.statements[corpus.statements["plan"] != "shandan"])
    terms = keyness(silent)
    assert terms.loc[terms["plan"] == "shandan", "reason"].to_list() == ["shandan has no word"]
    assert terms.loc[terms["plan"] == "county", "reason"].eq("").all()


def test_the_same_whatever_the_order_of_rows(corpus):
    shuffled = replace(corpus, statements=corpus.statements.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(keyness(corpus), keyness(shuffled))


def test_by_theme_needs_codings(corpus):
    with pytest.raises(schema.PolicyCompareError, match="needs codings"):
        keyness(corpus, by="theme")


def test_groups_that_no_plan_names_are_refused(corpus):
    plans = corpus.plans.assign(province="")
    with pytest.raises(schema.PolicyCompareError, match="no plan says its province"):
        keyness(replace(corpus, plans=plans), group="province")


@pytest.mark.parametrize("blank", [None, "", " "])
def test_the_words_of_plans_without_a_group_count_nowhere(corpus, blank):
    plans = corpus.plans.assign(kind=["a", "a", "b", "b", blank])
    left = replace(corpus, plans=plans)
    pd.testing.assert_frame_equal(keyness(left, group="kind"), keyness(left.select(plans["plan"][:4]), group="kind"))
