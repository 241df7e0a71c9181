"""Instruments by their coded sample; two frames at once against counts made by hand."""

import krippendorff
import pandas as pd
import pytest

import policycompare as pc
from policycompare.paths import data_path
from policycompare.schema import PolicyCompareError


@pytest.fixture(scope="module")
def instruments(corpus):
    return pc.code(corpus, taxonomy="instruments")


@pytest.fixture(scope="module")
def gold():
    return pd.read_csv(data_path("gold", "instruments.csv"), keep_default_na=False)


def test_the_sample_quotes_its_plans_and_names_known_instruments(corpus, gold):
    known = {sub.id for theme in pc.load_taxonomy("instruments").themes for sub in theme.subthemes} | {"none"}
    assert gold.groupby("plan").size().to_list() == [20] * 5
    for row in gold.itertuples():
        assert corpus.sources[row.plan][row.start : row.end] == row.text
        assert set(row.instruments.split(";")) <= known


@pytest.mark.parametrize("half", ["a", "b"])
@pytest.mark.parametrize("kind", ["supply", "environment", "demand"])
def test_agreement_with_the_coded_sample(corpus, instruments, gold, half, kind):
    place = corpus.statements.set_index(["plan", "start"])["statement"]
    mine = gold[gold["half"] == half]
    kinds = {sub.id for theme in pc.load_taxonomy("instruments").themes if theme.id == kind for sub in theme.subthemes}
    by_hand = [int(bool(kinds & set(cell.split(";")))) for cell in mine["instruments"]]
    coded = set(instruments.loc[instruments["theme"] == kind, "statement"])
    by_rule = [int(place[plan, start] in coded) for plan, start in zip(mine["plan"], mine["start"], strict=True)]
    assert krippendorff.alpha([by_hand, by_rule], level_of_measurement="nominal") > 0.8


def test_every_instrument_is_defined_in_both_languages():
    for theme in pc.load_taxonomy("instruments").themes:
        for entry in (theme, *theme.subthemes):
            assert set(entry.definition) == {"en", "zh"}


def test_a_cell_counts_the_statements_that_explain_gives(corpus, codings, instruments):
    table = pc.crosstab(corpus, codings, instruments, each_plan=True, draws=20)
    both = pd.concat([codings, instruments])
    for row in table.sample(12, random_state=0).to_dict("records"):
        assert len(pc.explain(corpus, both, row)) == row["n"]
    pooled, plans = table[table["plan"] == ""], table[table["plan"] != ""]
    sums = plans.groupby(["theme", "other"])[["n", "of"]].sum()
    assert (pooled.set_index(["theme", "other"])[["n", "of"]].sort_index() == sums).all(axis=None)
    table = table[table["of"] > 0]
    assert (table["low"] <= table["share"]).all()
    assert (table["share"] <= table["high"]).all()


def test_strength_is_a_frame_whose_rows_add_up(corpus, codings):
    table = pc.crosstab(corpus, codings, pc.code_strength(corpus), other_taxonomy=pc.strength_levels(), draws=5)
    assert table.groupby("theme")["share"].sum().to_list() == pytest.approx([1.0] * 5)


def test_plans_do_not_move_each_others_intervals(corpus, codings, instruments):
    whole = pc.crosstab(corpus, codings, instruments, each_plan=True, draws=30)
    alone = pc.crosstab(corpus.select("fengjie"), codings, instruments, each_plan=True, draws=30)
    mine = whole[whole["plan"] == "fengjie"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone[alone["plan"] == "fengjie"].reset_index(drop=True))


def test_frames_with_a_code_in_common_are_refused(corpus, codings):
    with pytest.raises(PolicyCompareError, match="both have funding, governance"):
        pc.crosstab(corpus, codings, codings, other_taxonomy="education-extended")


def test_a_theme_that_stands_nowhere_has_no_share(corpus, codings, instruments):
    some = codings[codings["theme"] != "safety"]
    table = pc.crosstab(corpus, some, instruments, draws=5).query("theme == 'safety'")
    assert (table["of"] == 0).all()
    assert table[["share", "low", "high"]].isna().all(axis=None)
    pc.charts.crosstab_heatmap(table)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_chart_and_sentences(corpus, codings, instruments, language):
    table = pc.crosstab(corpus, codings, instruments, draws=50)
    fig = pc.charts.crosstab_heatmap(table, language=language)
    assert len(fig.data[0].y) == 5
    assert len(fig.data[0].x) == 3
    themes = pc.pages.theme_names("education", language=language)
    frame = pc.pages.theme_names("instruments", language=language)
    said = pc.prose.crosstab(table, corpus, codings, instruments, themes=themes, frame=frame, language=language)
    assert len(said) == 3
    top = table[(table["other"] == "environment")].sort_values("share").iloc[-1]
    cell = next(part for part in said[1] if isinstance(part, pc.prose.Cell))
    assert len(cell.statements) == top["n"]
