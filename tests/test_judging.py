"""The counterparts found against those coded by hand, and the weights against how they were chosen."""

import hashlib
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.gold import gold_themes
from policycompare.parallels import judging, nearness, pairing
from policycompare.parallels.judging import counterpart_agreement, gold_counterparts, held_out_counterparts
from policycompare.paths import data_path


def digest(*names):
    return hashlib.sha256("|".join(("counterparts", *names)).encode()).hexdigest()


def test_the_list_is_the_sample_that_its_rules_draw(corpus):
    gold = pd.read_csv(data_path("gold", "statements.csv"), keep_default_na=False)
    body = gold[gold["kind"] == "body"]
    drawn = set()
    for plan, measures in corpus.measures.groupby("plan"):
        pools = {theme: [] for theme in [*gold_themes(), "none"]}
        for row in measures.to_dict("records"):
            inside = body[(body["plan"] == plan) & (body["start"] >= row["start"]) & (body["start"] < row["end"])]
            themes = [theme for cell in inside["themes"] for theme in cell.split(";") if theme]
            pools[max(pools, key=lambda theme, themes=themes: themes.count(theme)) if themes else "none"].append(row["measure"])
        turns = [(place, theme) for theme in pools for place in range(len(pools[theme]))]
        order = sorted(turns, key=lambda turn: (turn[0], list(pools).index(turn[1])))
        for place, theme in order[:14]:
            measure = sorted(pools[theme], key=digest)[place]
            others = sorted(set(corpus.measures["plan"]) - {plan}, key=lambda other, measure=measure: digest(measure, other))
            drawn |= {(measure, theme, other) for other in others[:2]}
    assert set(gold_counterparts()[["measure", "theme", "other"]].itertuples(index=False, name=None)) == drawn


def test_the_agreement_of_both_readings_is_as_the_rules_tell(corpus):
    gold = gold_counterparts()
    among = corpus.measures.groupby("plan")["measure"].apply(list)
    grades = [
        [
            2 * (name in row[reading].split()) + (name in row[f"{reading}_related"].split())
            for row in gold.to_dict("records")
            for name in among[row["other"]]
        ]
        for reading in ("first", "second")
    ]
    told = data_path("gold", "counterparts.md").read_text(encoding="utf-8")
    alphas = {
        "ordinal": krippendorff.alpha(grades, level_of_measurement="ordinal"),
        "(grade 2)": krippendorff.alpha(np.equal(grades, 2).astype(int), level_of_measurement="nominal"),
        'has a counterpart"': krippendorff.alpha([(gold[name] != "").astype(int) for name in ("first", "second")]),
    }
    for name, alpha in alphas.items():
        assert f"{name} | {alpha:.2f} |" in told
    assert f"| {len(grades[0]):,} |" in told
    assert f"| {(gold['first'] == gold['second']).sum()} of {len(gold)} |" in told
    known = set(corpus.measures["measure"])
    assert all(set(cell.split()) <= known for column in gold.columns[3:] for cell in gold[column])


def test_the_weights_are_those_that_the_choice_gives(corpus):
    assert judging.choose(corpus) == (nearness.WEIGHTS, pairing.AT_LEAST)


def test_held_out_the_nearest_is_right_four_times_in_five(corpus):
    figures = counterpart_agreement(held_out_counterparts(corpus)).set_index("figure")
    assert figures.loc["precision at 1", "value"] >= 0.85
    assert figures.loc["precision at 1", "low"] >= 0.79
    assert figures.loc["none found", "value"] >= 0.85
    readme = " ".join((Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").split())
    right, none = (figures.loc[name, ["value", "low", "high"]].map("{:.2f}".format).to_list() for name in ("precision at 1", "none found"))
    assert "a counterpart in {} (95 % interval {}–{})".format(*right) in readme
    assert "none is named in {} ({}–{})".format(*none) in readme
    assert (figures["low"] <= figures["value"]).all()
    assert (figures["value"] <= figures["high"]).all()


def test_two_plans_alone_are_judged_nearly_as_well(corpus):
    asked = gold_counterparts().assign(plan=lambda rows: rows["measure"].str.split("-").str[0])
    parts = []
    for pair in (("county", "xianning"), ("fengjie", "jining"), ("jining", "shandan")):
        tables = {name: table[table["plan"].isin(pair)] for name, table in corpus.tables.items()}
        parts.append(pc.counterparts(pc.Corpus(**tables, sources={name: corpus.sources[name] for name in pair})))
    found = pd.concat(parts)
    figures = counterpart_agreement(found, asked).set_index("figure")["value"]
    assert figures["precision at 1"] >= 0.8
    assert figures["whether"] >= 0.8


FOUND = pd.DataFrame(
    [("a-1", "b", "b-1", True, ""), ("a-2", "b", "b-2", False, ""), ("a-3", "b", "b-3", True, ""), ("a-4", "b", "b-4", False, "")],
    columns=["measure", "other", "other_measure", "found", "reason"],
)


def test_figures_of_a_list_counted_by_hand():
    gold = pd.DataFrame({"measure": ["a-1", "a-2", "a-3", "a-4"], "other": "b", "counterparts": ["b-1 b-9", "b-2", "", ""]})
    figures = counterpart_agreement(FOUND, gold, draws=200).set_index("figure")
    assert figures[["n", "of"]].T.to_dict("list") == {
        "precision at 1": [2, 2], "called rightly": [1, 2], "none found": [1, 2], "none rightly": [1, 2], "whether": [2, 4],
    }  # fmt: skip
    assert figures.loc["precision at 1", ["low", "high"]].to_list() == [1, 1]


def test_what_cannot_be_judged_says_why(corpus):
    all_found = counterpart_agreement(FOUND.assign(found=True), pd.DataFrame({"measure": ["a-1"], "other": ["b"], "counterparts": ["b-1"]}))
    assert set(all_found.loc[all_found["value"].isna(), "figure"]) == {"none found", "none rightly"}
    assert (all_found.loc[all_found["value"].isna(), "reason"] != "").all()
    with pytest.raises(schema.PolicyCompareError, match="none of the list's measures"):
        counterpart_agreement(FOUND)
    with pytest.raises(schema.PolicyCompareError, match="it lacks 70 measures"):
        held_out_counterparts(pc.Corpus(**{name: table.head(0) for name, table in corpus.tables.items()}, sources={}))
