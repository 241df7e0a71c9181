"""Clusters of measures: the same on every run, honest where nothing holds."""

import random
from dataclasses import fields, replace

import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

import policycompare as pc
from policycompare import schema
from policycompare.cluster.cluster import cluster_measures, cluster_themes
from policycompare.intervals import wilson

SUBJECTS = (
    "师德师风 教师培训 名师工作室 骨干教师 特岗教师 职称评审 班主任 校长",
    "食品安全 校车 防溺水 隐患排查 应急演练 消防 欺凌 保安",
    "学生资助 助学贷款 公用经费 专项资金 审计 校舍 预算 食堂",
)


def made(texts):
    """A corpus of one measure a text, dealt to two plans."""
    measures = [{"measure": f"p{i % 2}-{i:03d}", "plan": f"p{i % 2}", "text": text, "start": 0, "end": 9} for i, text in enumerate(texts)]
    plans = schema.frame("plans", [{"plan": plan, "script": "simplified", "chars": 9, "sha256": "0"} for plan in ("p0", "p1")])
    return pc.Corpus(plans, schema.frame("sections"), schema.frame("measures", measures), schema.frame("statements"), {"p0": "", "p1": ""})


@pytest.fixture(scope="module")
def plain():
    rng = random.Random(1)
    return made(["、".join(rng.sample(SUBJECTS[i % 3].split(), 5)) for i in range(48)])


def test_plain_subjects_are_found_and_hold(plain):
    clusters = cluster_measures(plain, n_clusters=3)
    found = clusters.measures.assign(subject=clusters.measures["measure"].str[3:].astype(int) % 3)
    assert found.groupby("cluster")["subject"].nunique().eq(1).all()
    assert clusters.summary["stable"].all()
    assert clusters.summary["jaccard"].gt(0.9).all()


def test_without_draws_the_silhouette_chooses(corpus):
    choice = cluster_measures(corpus, draws=0).choice
    chosen = choice[choice["chosen"]]
    assert chosen["silhouette"].item() == choice["silhouette"].max()
    assert chosen["reason"].item().startswith("highest mean silhouette")


def test_the_number_of_clusters_is_the_one_that_holds_best(corpus):
    clusters = cluster_measures(corpus, draws=8)
    choice = clusters.choice
    chosen = choice[choice["chosen"]]
    assert chosen["stable"].item() == choice["stable"].max() == pytest.approx(clusters.measures["stable"].mean())
    assert "the gap statistic" in chosen["reason"].item()


def test_three_plain_subjects_are_three_clusters(plain):
    choice = cluster_measures(plain, draws=8).choice
    assert choice.loc[choice["chosen"], "n_clusters"].item() == 3
    assert choice.loc[choice["chosen"], "stable"].item() == 1.0


def test_the_same_for_shuffled_rows_and_any_number_of_threads(corpus):
    first = cluster_measures(corpus, n_clusters=6, draws=5)
    shuffled = replace(corpus, measures=corpus.measures.sample(frac=1, random_state=1))
    with threadpool_limits(2):
        again = cluster_measures(shuffled, n_clusters=6, draws=5)
    for table in fields(first):
        pd.testing.assert_frame_equal(getattr(first, table.name), getattr(again, table.name))


def test_the_tables_agree(corpus):
    clusters = cluster_measures(corpus, n_clusters=6, draws=5)
    sizes = clusters.measures.groupby("cluster").size()
    assert clusters.summary.set_index("cluster")["size"].equals(sizes.rename("size"))
    assert clusters.plans.groupby("cluster")["n"].sum().to_list() == sizes.to_list()
    assert clusters.plans.groupby("plan")["share"].sum().to_list() == pytest.approx([1.0] * 5)
    assert clusters.summary.loc[~clusters.summary["stable"], "name"].eq("").all()
    assert clusters.summary["size"].is_monotonic_decreasing


@pytest.mark.parametrize("texts", [[], ["落实师德师风"], ["落实师德师风"] * 9, ["。"] * 8, ["师德师风", "校车", "资助"]])
def test_too_little_to_part_is_one_cluster_and_says_why(texts):
    clusters = cluster_measures(made(texts))
    assert clusters.measures["cluster"].nunique() == min(1, len(texts))
    assert "too few" in clusters.choice["reason"].item()


@pytest.mark.parametrize("n", [0, 200])
def test_an_impossible_number_is_refused(corpus, n):
    with pytest.raises(schema.PolicyCompareError, match=f"between 1 and the number of measures, 114; got {n}"):
        cluster_measures(corpus, n_clusters=n)


def test_agreement_with_the_taxonomy(corpus, codings):
    clusters = cluster_measures(corpus, n_clusters=4, draws=0)
    table = cluster_themes(clusters.measures, corpus, codings, draws=200)
    assert table["n"].sum() == 114
    assert table.groupby("cluster")["share"].sum().to_list() == pytest.approx([1.0] * 4)
    assert (table["ami"].iloc[0], table["p"].iloc[0]) == (pytest.approx(0.3, abs=0.2), pytest.approx(1 / 201))


def test_clusters_that_are_the_themes_agree_wholly_and_dealt_ones_do_not(corpus, codings):
    clusters = cluster_measures(corpus, n_clusters=4, draws=0).measures
    main = cluster_themes(clusters, corpus, codings, draws=1)
    assert set(main["main_theme"]) <= set(codings["theme"]) | {"none"}
    from policycompare.cluster.cluster import main_themes

    themes = clusters["measure"].map(main_themes(corpus, codings)).fillna("none")
    same = clusters.assign(cluster=pd.factorize(themes)[0] + 1)
    assert cluster_themes(same, corpus, codings, draws=1)["ami"].iloc[0] == pytest.approx(1.0)
    dealt = clusters.assign(cluster=clusters["cluster"].sample(frac=1, random_state=1).to_numpy())
    assert abs(cluster_themes(dealt, corpus, codings, draws=1)["ami"].iloc[0]) < 0.08


def test_one_cluster_has_nothing_to_agree_on(corpus, codings):
    one = cluster_measures(corpus, n_clusters=1, draws=0)
    assert cluster_themes(one.measures, corpus, codings)["reason"].unique().tolist() == ["there is only one cluster"]


def test_wilsons_interval_is_the_published_one():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3 (score without continuity correction).
    for n, of, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]:
        assert wilson(n, of) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("k", [4, 8, 12])
def test_a_data_set_is_clustered_as_the_corpus_is(corpus, dataset, k):
    from sklearn.metrics import adjusted_rand_score

    small, large = cluster_measures(corpus, n_clusters=k, draws=0), cluster_measures(dataset, n_clusters=k, draws=0, workers=1)
    every = dataset.relation("clusters").df().sort_values("measure")
    assert adjusted_rand_score(small.measures.sort_values("measure")["cluster"], every["cluster"]) >= 0.9
    apart = large.plans.set_index(["plan", "cluster"])["share"] - small.plans.set_index(["plan", "cluster"])["share"]
    assert apart.abs().max() < 0.05
    assert large.summary["name"].tolist()[:3] == small.summary["name"].tolist()[:3]


def test_a_data_set_of_which_few_measures_are_drawn(dataset):
    clusters = cluster_measures(dataset, n_clusters=4, draws=2, sample=40, workers=1)
    assert len(clusters.measures) == 40
    assert clusters.plans["n"].sum() == clusters.summary["size"].sum() == 114
    assert clusters.plans.groupby("plan")["share"].sum().to_list() == pytest.approx([1.0] * 5)
    with threadpool_limits(2):
        again = cluster_measures(dataset, n_clusters=4, draws=2, sample=40, workers=2)
    for table in fields(clusters):
        pd.testing.assert_frame_equal(getattr(clusters, table.name), getattr(again, table.name))
