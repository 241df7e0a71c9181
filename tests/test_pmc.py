"""The PMC index: every value with its evidence, overrules, scores by hand, and little input."""

import pandas as pd
import pytest

import policycompare as pc
from policycompare.paths import data_path
from policycompare.pmc.overrules import read_overrules
from policycompare.pmc.signs import LONGEST_QUOTE, Signs, clause
from policycompare.pmc.variables import Sub, load_pmc
from policycompare.schema import PolicyCompareError, PolicyCompareWarning, TableError


@pytest.fixture(scope="module")
def values(corpus):
    return pc.pmc_values(corpus)


@pytest.fixture(scope="module")
def scores(values, corpus):
    return pc.pmc_scores(values, corpus, draws=100)


def study(tmp_path, **texts):
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return pc.load_corpus([tmp_path / f"{name}.txt" for name in texts])


def test_every_one_quotes_its_evidence_and_every_zero_says_what_was_looked_for(corpus, values):
    texts = corpus.statements.set_index("statement")["text"]
    for row in values.to_dict("records"):
        names = row["statements"].split(";") if row["statements"] else []
        assert len(names) == row["n"]
        assert row["looked_for"]
        assert bool(row["quotes"]) == (row["n"] > 0 or row["value"] == 1)
        if row["value"] and names and not row["quotes"].startswith(("publisher", "source", "doc_number")):
            assert row["quotes"].split(" | ")[0].strip("…") in texts[names[0]]


def test_explain_gives_the_statements_of_a_value(corpus, codings, values):
    some = values[values["n"] > 1].iloc[3]
    assert pc.explain(corpus, codings, some)["statement"].to_list() == sorted(some["statements"].split(";"))
    assert pc.explain(corpus, codings, values[values["n"] == 0].iloc[0]).empty


def test_scores_are_means_of_variables_and_their_sum(values, scores):
    for plan, mine in values.groupby("plan"):
        means = mine.groupby("variable")["value"].mean()
        got = scores[scores["plan"] == plan].set_index("variable")["score"]
        assert got.drop("PMC").to_dict() == pytest.approx(means.to_dict())
        assert got["PMC"] == pytest.approx(means.sum())
    assert (scores["low"] <= scores["score"]).all()
    assert (scores["high"] == scores["score"]).all()


@pytest.mark.parametrize(("ones", "grade"), [(10, "perfect"), (9, "perfect"), (8, "excellent"), (5, "acceptable"), (4, "low"), (0, "low")])
def test_grades_by_ruiz_estrada(corpus, values, ones, grade):
    # Ruiz Estrada 2011: 10–9 perfect, 8.99–7 excellent (good), 6.99–5 acceptable, 4.99–0 low.
    order = list(dict.fromkeys(values["variable"]))
    made = values.assign(value=[int(order.index(name) < ones) for name in values["variable"]], statements="")
    total = pc.pmc_scores(made, corpus, draws=2).query("variable == 'PMC'")
    assert set(total["grade"]) == {grade}


def test_a_value_is_overruled_with_its_reason(corpus, tmp_path):
    (tmp_path / "pmc.csv").write_text("plan,variable,value,reason,who\nfengjie,X2.long,1,annex names 2035,Li Ming\n", encoding="utf-8")
    row = pc.pmc_values(corpus, overrules=tmp_path).query("plan == 'fengjie' and sub == 'long'").iloc[0]
    assert row[["value", "found", "reason", "who"]].to_list() == [1, 0, "annex names 2035", "Li Ming"]
    page = pc.sheets.pmc_table(pc.pmc_values(corpus, overrules=tmp_path), corpus)
    assert page.count("1* annex names 2035 (Li Ming)") == 1


def test_a_study_without_overrules_has_none(corpus, values, tmp_path):
    pd.testing.assert_frame_equal(pc.pmc_values(corpus, overrules=tmp_path), values)


@pytest.mark.parametrize("name", ["", "plans.csv"])
def test_a_study_is_asked_for_its_overrules(tmp_path, name):
    (tmp_path / "plans.csv").write_text("plan,file\n", encoding="utf-8")
    (tmp_path / "pmc.csv").write_text("plan,variable,value,reason,who\na,X1.command,1,seen,Li\n", encoding="utf-8")
    assert read_overrules(tmp_path / name, plans=["a"], variables=["X1.command"]) == {("a", "X1.command"): (1, "seen", "Li")}
    assert read_overrules(tmp_path / "plan.txt", plans=["a"], variables=[]) == {}
    with pytest.raises(TableError, match="no such file"):
        read_overrules(tmp_path / "other.csv", plans=["a"], variables=[])


def test_all_faults_of_overrules_are_listed():
    rows = [
        {"plan": "nowhere", "variable": "X1.command", "value": "1", "reason": "r", "who": ""},
        {"plan": "a", "variable": "X99", "value": "2", "reason": "", "who": ""},
        {"plan": "a", "variable": "X1.command", "value": "1", "reason": "r", "who": ""},
        {"plan": "a", "variable": "X1.command", "value": "0", "reason": "r", "who": ""},
    ]
    with pytest.raises(TableError) as error:
        read_overrules(pd.DataFrame(rows), plans=["a"], variables=["X1.command"])
    said = "\n".join(error.value.faults)
    assert len(error.value.faults) == 5
    for part in (
        "row 2: column plan: 'nowhere'",
        "row 3: column variable: 'X99'",
        "'2' is neither 0 nor 1",
        "row 3: column reason",
        "row 5: a X1",
    ):
        assert part in said
    with pytest.raises(TableError, match="column value is missing"):
        read_overrules(pd.DataFrame({"plan": ["a"], "variable": ["X1"], "reason": ["r"]}), plans=["a"], variables=[])


def test_one_plan_twice_scores_the_same_and_slogans_score_low(tmp_path):
    plan = "教育工作计划\n一、加强队伍\n1.严禁体罚学生。2023年培训教师500名。\n"
    with pytest.warns(PolicyCompareWarning, match="same text"):
        corpus = study(tmp_path, one=plan, two=plan, slogans="加油\n教育是国之大计。人民的期盼就是奋斗的目标。\n")
    values = pc.pmc_values(corpus)
    total = pc.pmc_scores(values, corpus, draws=20).query("variable == 'PMC'").set_index("plan")
    assert total.loc["one", "score"] == total.loc["two", "score"] > total.loc["slogans", "score"]
    assert total.loc["slogans", "grade"] == "low"
    pc.charts.pmc_surface(pc.pmc_scores(values, corpus, draws=2), plans=corpus.plans)


def test_a_plan_without_body_has_zeros(tmp_path):
    corpus = study(tmp_path, bare="教育工作计划\n")
    assert pc.code_strength(corpus).empty
    values = pc.pmc_values(corpus)
    assert (values["value"] <= values["n"].clip(upper=1)).all()
    assert pc.pmc_scores(values, corpus, draws=5)["score"].notna().all()
    assert pc.crosstab(corpus, pc.code(corpus), pc.code(corpus, taxonomy="instruments"), draws=5)["share"].isna().all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("variables: [", "no readable YAML"),
        ("a: 1", "must have the lists variables and grades"),
        (
            "grades: [{from: 0, id: a, en: a, zh: a}]\nvariables: [{id: X, en: x, zh: x, subs: [{id: s, en: s, zh: s, wrods: [a]}]}]",
            "wrods is no sign",
        ),
        (
            "grades: [{from: 5, id: a, en: a, zh: a}]\nvariables: [{id: X, en: x, zh: x, subs: [{id: s, en: s, zh: s, words: [a]}]}]",
            "none begins from 0",
        ),
        ("grades: [{from: 0, id: a, en: a, zh: a}]\nvariables: [{id: X, en: x, zh: x}]", "variable X: subs missing"),
    ],
)
def test_a_file_of_variables_is_checked(tmp_path, text, says):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyCompareError, match=says):
        load_pmc(file)


def test_codes_and_strengths_of_the_packaged_file_exist():
    levels = {level.id for level in pc.strength_levels().themes}
    for sub in (sub for one in load_pmc().variables for sub in one.subs):
        if "strength" in sub.signs:
            assert sub.signs["strength"] in levels
        if "code" in sub.signs:
            name, theme, *below = sub.signs["code"].split("/")
            found = next(one for one in pc.load_taxonomy(name).themes if one.id == theme)
            assert set(below) <= {one.id for one in found.subthemes}
    assert data_path("lexicon", "pmc.yaml").is_file()


def test_signs_of_years_count_from_the_plans_own_year(corpus):
    sub = Sub("medium", "", "", 1, {"years": [2, 5]})
    assert Signs(corpus).find("fengjie", sub).quotes[0] == "到2027年"  # a plan of 2023
    assert not Signs(corpus).find("shandan", sub).holds  # of no known year


def test_a_long_clause_is_cut_around_the_sign():
    text = "一" * 60 + "督导" + "二" * 60
    assert "督导" in clause(text, 60)
    assert len(clause(text, 60)) == LONGEST_QUOTE + 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_chart_sheet_and_sentences(corpus, values, scores, language):
    fig = pc.charts.pmc_surface(scores, language=language)
    assert len(fig.data[-1].x) == 9 * 5
    assert {tuple(point)[:2] for point in fig.data[-1].customdata} == {
        (plan, f"X{n}") for plan in corpus.plans["plan"] for n in range(1, 10)
    }
    page = pc.sheets.pmc_table(values, corpus, language=language)
    assert page.count("<tr>") == len(values) / 5 + 1
    assert page.count("data-open") == ((values["value"] == 1) & (values["n"] > 0)).sum()
    said = pc.prose.pmc(values, scores, corpus, language=language)
    assert len(said) == 5
    assert all(any(isinstance(part, pc.prose.Cell) and part.statements for part in sentence) for sentence in said)
    assert len(pc.prose.pmc_limits(language)) == 5


def test_a_surface_needs_nine_variables(scores):
    with pytest.raises(PolicyCompareError, match="needs 9 variables"):
        pc.charts.pmc_surface(scores[scores["variable"].isin(["PMC", "X1"])])
