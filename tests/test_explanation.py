"""Every cell of every table explains itself: the statements behind it are as many as it says."""

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.script import simplify


def records(table, n=40):
    """A spread of a table's rows."""
    return table.iloc[:: max(1, len(table) // n)].to_dict("records")


def test_every_cell_of_coverage(corpus, codings):
    length = corpus.statements.set_index("statement")["text"].str.len()
    for row in records(pc.coverage(corpus, codings, draws=5, subthemes=True), 45):
        found = pc.explain(corpus, codings, row)
        counted = {"statements": len(found), "measures": found["measure"].nunique(), "characters": length[found["statement"]].sum()}
        assert counted[row["by"]] == row["n"], row


def test_differences_show_both_sides(corpus, codings):
    for row in records(pc.compare_coverage(corpus, codings, draws=20), 15):
        found = pc.explain(corpus, codings, row)
        of = corpus.statements.query("kind == 'body'").groupby("plan").size()
        shares = found.groupby("plan").size().reindex(of.index, fill_value=0) / of
        assert shares[row["plan"]] == pytest.approx(row["share"])
        other = shares.drop(row["plan"]).mean() if row["other"] == "others" else shares[row["other"]]
        assert other == pytest.approx(row["share_other"])


@pytest.mark.parametrize("by", ["plan", "theme"])
def test_terms_lead_to_their_quotes(corpus, codings, by):
    terms = pc.keyness(corpus, codings, by=by, top=3)
    for row in records(terms[terms["term"] != ""], 8):
        found = pc.explain(corpus, codings, row)
        assert len(found) == row["statements"]
        assert set(found["plan"]) <= {row["plan"]}


@pytest.mark.parametrize("each_plan", [False, True])
def test_pairs_of_themes(corpus, codings, each_plan):
    for row in records(pc.theme_pairs(corpus, codings, each_plan=each_plan), 14):
        found = pc.explain(corpus, codings, row)
        assert found[row["by"].removesuffix("s")].nunique() == row["n"]


def test_places_of_themes(corpus, codings):
    for row in pc.theme_places(corpus, codings, draws=5).head(10).to_dict("records"):
        assert len(pc.explain(corpus, codings, row)) == row["n"]


def test_clusters(corpus, codings):
    clusters = pc.cluster_measures(corpus, n_clusters=3, draws=0)
    for row in [*clusters.plans.to_dict("records"), *clusters.summary.drop(columns="plans").to_dict("records")]:
        found = pc.explain(corpus, codings, row, clusters=clusters.measures)
        assert found["measure"].nunique() == row.get("n", row.get("size"))
    for row in pc.cluster_themes(clusters.measures, corpus, codings, draws=1).to_dict("records"):
        assert pc.explain(corpus, codings, row, clusters=clusters.measures)["measure"].nunique() == row["n"]
    with pytest.raises(schema.PolicyCompareError, match="needs clusters"):
        pc.explain(corpus, codings, clusters.plans.iloc[0])


def test_likeness(corpus, codings):
    found = pc.counterparts(corpus)
    pair = found.iloc[0]
    assert set(pc.explain(corpus, codings, pair)["measure"]) == {pair["measure"], pair["other_measure"]}
    aligned = pc.plan_alignment(corpus, found)
    assert [pc.explain(corpus, codings, row)["measure"].nunique() for row in records(aligned, 20)] == aligned["n"].to_list()
    nothing = aligned.iloc[0].copy()
    nothing["within"] = ""
    assert pc.explain(corpus, codings, nothing).empty
    alike = pc.plan_similarity(corpus).iloc[0]
    assert set(pc.explain(corpus, codings, alike)["plan"]) == {alike["plan"], alike["other"]}


def test_targets_and_their_lists(corpus, codings):
    targets = pc.find_targets(corpus)
    tables = [targets, pc.targets_ledger(corpus, targets), pc.numbers_without_dates(targets), pc.goals_without_numbers(corpus, targets)]
    for table in tables:
        for row in records(table, 10):
            found = pc.explain(corpus, codings, row)
            assert found["statement"].to_list() == [row["statement"]]
            assert row.get("quote", row.get("text")) in found["text"].item()


def test_every_explanation_is_the_source_itself(corpus, codings):
    found = pc.explain(corpus, codings, {"theme": "safety"})
    assert len(found)
    assert [corpus.sources[plan][start:end] for plan, start, end in zip(found["plan"], found["start"], found["end"], strict=True)] == found[
        "text"
    ].to_list()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"share": 0.1}, "cell must have one of"),
        ({"plan": "atlantis"}, "'atlantis' is not in this corpus"),
        (pd.DataFrame({"plan": ["county", "jining"]}), "cell must be one row; got a table of 2"),
    ],
)
def test_a_cell_that_says_nothing_is_refused(corpus, codings, cell, message):
    with pytest.raises(schema.PolicyCompareError, match=message):
        pc.explain(corpus, codings, cell)


def test_shared_wording(corpus, codings):
    runs = pc.shared_wording(corpus)
    for row in records(runs, 10):
        found = pc.explain(corpus, codings, row)
        assert set(found["statement"]) <= set(row["within"].split())
        assert set(found["plan"]) <= {row["plan"]}
    shares = pc.wording_shares(corpus, runs, draws=10)
    for row in records(shares, 15):
        assert (row["n"] == 0) <= pc.explain(corpus, codings, row).empty
    for row in records(pc.foreign_places(corpus), 5):
        assert row["place"] in simplify(pc.explain(corpus, codings, row)["text"].item())
