from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare import schema
from policycompare.corpus.corpus import Corpus
from policycompare.shares import coverage
from policycompare.taxonomy.scheme import Subtheme, Theme
from policycompare.taxonomy.taxonomy import load_taxonomy

TAXONOMY = replace(
    load_taxonomy("education"),
    themes=(
        Theme("teachers", "Teachers", "教师队伍", subthemes=(Subtheme("pay_status", "Pay", "待遇"), Subtheme("ethics", "Ethics", "师德"))),
        Theme("safety", "Safety", "校园安全"),
    ),
)


def study(plans: dict[str, list[tuple[str, str, str]]]) -> tuple[Corpus, pd.DataFrame]:
    """Plan id → (text, measure, themes) a statement; a theme may be written theme/subtheme, a kind stands as a theme in capitals."""
    statements, codings, sources = [], [], {}
    for plan, rows in plans.items():
        at = 0
        for i, (text, measure, themes) in enumerate(rows):
            found = [theme for theme in themes.split(";") if theme]
            kind = "junk" if "JUNK" in found else "body"
            name = f"{plan}-{i}"
            statements.append(
                {
                    "statement": name,
                    "plan": plan,
                    "measure": measure and f"{plan}-m{measure}",
                    "kind": kind,
                    "text": text,
                    "start": at,
                    "end": at + len(text),
                }
            )
            for theme in found if kind == "body" else []:
                top, _, sub = theme.partition("/")
                codings.append(
                    {
                        "statement": name,
                        "theme": top,
                        "subtheme": sub,
                        "score": 1.0,
                        "start": at,
                        "end": at + 1,
                    }
                )
            at += len(text)
        sources[plan] = "".join(text for text, _, _ in rows)
    table = schema.frame("statements", statements)
    plans_table = schema.frame(
        "plans",
        [{"plan": plan, "chars": len(text), "script": "simplified", "sha256": "0"} for plan, text in sources.items()],
    )
    corpus = Corpus(plans_table, schema.frame("sections"), schema.frame("measures"), table, sources)
    return corpus, schema.frame("codings", codings)


SMALL = {
    "a": [
        ("加强教师培训。", "1", "teachers"),
        ("提高待遇。", "1", "teachers/pay_status;teachers/ethics;safety"),
        ("开展演练。", "2", "safety"),
        ("总的看来。", "", ""),
        ("版权所有", "", "JUNK"),
    ],
    "b": [("说明。", "", "")],
}


def cell(table: pd.DataFrame, plan: str, theme: str, by: str, name: str = "share") -> float:
    row = table[(table["plan"] == plan) & (table["theme"] == theme) & (table["by"] == by)]
    assert len(row) == 1
    return float(row[name].iloc[0])


@pytest.mark.parametrize(
    ("plan", "theme", "by", "n", "of"),
    [
        ("a", "teachers", "statements", 2, 4),
        ("a", "safety", "statements", 2, 4),
        ("a", "teachers", "measures", 1, 2),
        ("a", "safety", "measures", 2, 2),
        ("a", "teachers", "characters", 12, 22),
        ("a", "safety", "characters", 10, 22),
        ("b", "safety", "statements", 0, 1),
        ("b", "safety", "measures", 0, 0),
    ],
)
def test_counts(plan, theme, by, n, of):
    corpus, codings = study(SMALL)
    table = coverage(corpus, codings, taxonomy=TAXONOMY, errors=None)
    assert (cell(table, plan, theme, by, "n"), cell(table, plan, theme, by, "of")) == (
        n,
        of,
    )
    share = cell(table, plan, theme, by)
    assert np.isnan(share) if of == 0 else share == pytest.approx(n / of)


def test_table_is_the_schemas_and_zero_cells_are_rows():
    corpus, codings = study(SMALL)
    table = coverage(corpus, codings, taxonomy=TAXONOMY, errors=None)
    schema.check(table, "coverage")
    assert list(table) == list(schema.TABLES["coverage"])
    assert len(table) == 2 * 2 * 3
    assert table[["share_corrected", "low_corrected", "high_corrected"]].isna().all(axis=None)


def test_subthemes_stand_below_their_themes_and_count_a_statement_once():
    corpus, codings = study(SMALL)
    table = coverage(corpus, codings, taxonomy=TAXONOMY, by="statements", subthemes=True, errors=None)
    rows = table[table["plan"] == "a"].set_index(["theme", "subtheme"])["n"].to_dict()
    assert rows == {
        ("teachers", ""): 2,
        ("safety", ""): 2,
        ("teachers", "pay_status"): 1,
        ("teachers", "ethics"): 1,
    }


def test_intervals_hold_the_share_and_leave_room_at_zero_and_one():
    corpus, codings = study({"a": [(f"第{i}项。", str(i), "teachers" if i < 10 else "") for i in range(40)]})
    table = coverage(corpus, codings, taxonomy=TAXONOMY, by="statements", errors=None)
    # Binomial with 40 units and 10 hits: the percentile bootstrap's 95 % is 5/40 to 16/40 within a step.
    assert cell(table, "a", "teachers", "statements", "low") == pytest.approx(0.125, abs=0.026)
    assert cell(table, "a", "teachers", "statements", "high") == pytest.approx(0.4, abs=0.026)
    assert cell(table, "a", "safety", "statements", "low") == 0
    # scipy.stats.binomtest(0, 40).proportion_ci(0.95, "exact") gives 0.0881
    assert cell(table, "a", "safety", "statements", "high") == pytest.approx(0.0881, abs=1e-4)


def test_a_measure_is_resampled_whole():
    """Ten statements that say the same in two measures are two units, not twenty."""
    apart = study({"a": [(f"第{i}项。", str(i), "teachers" if i < 10 else "") for i in range(20)]})
    together = study({"a": [(f"第{i}项。", "1" if i < 10 else "2", "teachers" if i < 10 else "") for i in range(20)]})
    width = []
    for corpus, codings in (apart, together):
        table = coverage(corpus, codings, taxonomy=TAXONOMY, by="statements", errors=None)
        width.append(cell(table, "a", "teachers", "statements", "high") - cell(table, "a", "teachers", "statements", "low"))
    assert width[0] < 0.5 < width[1] == 1


def test_intervals_depend_on_the_plan_alone():
    corpus, codings = study(SMALL)
    turned, turned_codings = study(dict(reversed(SMALL.items())))
    keys = ["plan", "theme", "by"]
    one = coverage(corpus, codings, taxonomy=TAXONOMY, errors=None).sort_values(keys, ignore_index=True)
    two = coverage(turned, turned_codings.iloc[::-1], taxonomy=TAXONOMY, errors=None).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(one, two)


ERRORS = pd.DataFrame(
    {
        "theme": ["teachers", "safety"],
        "tp": [800, 90],
        "fp": [100, 0],
        "fn": [200, 10],
        "tn": [900, 900],
    }
)


def test_correction_inverts_known_error_rates():
    """With half the statements truly on the theme, hits at 0.8 and false alarms at 0.1 show 0.45; the correction gives 0.5 back."""
    corpus, codings = study({"a": [(f"第{i}项。", str(i), "teachers" if i < 45 else "") for i in range(100)]})
    table = coverage(corpus, codings, taxonomy=TAXONOMY, by="statements", errors=ERRORS, trust=1)
    assert cell(table, "a", "teachers", "statements") == 0.45
    assert cell(table, "a", "teachers", "statements", "share_corrected") == pytest.approx(0.5, abs=0.002)
    raw = cell(table, "a", "teachers", "statements", "high") - cell(table, "a", "teachers", "statements", "low")
    corrected = cell(table, "a", "teachers", "statements", "high_corrected") - cell(table, "a", "teachers", "statements", "low_corrected")
    assert corrected > raw


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3"]),
            st.sampled_from(["", "teachers", "safety", "teachers;safety"]),
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=30, deadline=None)
def test_shares_lie_within_their_intervals(rows):
    corpus, codings = study({"a": [("字" * (i % 5 + 1), measure, themes) for i, (measure, themes) in enumerate(rows)]})
    table = coverage(corpus, codings, taxonomy=TAXONOMY, errors=ERRORS, draws=50).dropna(subset=["share"])
    for low, share, high in (
        ("low", "share", "high"),
        ("low_corrected", "share_corrected", "high_corrected"),
    ):
        assert ((0 <= table[low]) & (table[low] <= table[share]) & (table[share] <= table[high]) & (table[high] <= 1)).all()
    assert (table["n"] <= table["of"]).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"by": "words"},
            "by must be one of statements, measures, characters, strength; got 'words'",
        ),
        ({"trust": 2}, "trust must lie within 0 and 1"),
        ({"errors": "shipped"}, "errors must be one of default"),
        ({"level": 95}, "level must lie between 0 and 1"),
        (
            {"errors": pd.DataFrame({"theme": ["safety"]})},
            "errors: column tp is missing",
        ),
    ],
)
def test_bad_arguments_are_named(change, says):
    corpus, codings = study(SMALL)
    with pytest.raises(schema.PolicyCompareError, match=says):
        coverage(corpus, codings, **{"taxonomy": TAXONOMY, "errors": None, **change})


def test_a_coding_out_of_place_is_refused_never_dropped():
    corpus, codings = study(SMALL)
    codings.loc[0, "statement"] = "c-1"
    codings.loc[1, "theme"] = "weather"
    with pytest.raises(schema.PolicyCompareError) as error:
        coverage(corpus, codings, taxonomy=TAXONOMY, errors=None)
    assert len(error.value.faults) == 2 and "c-1" in str(error.value) and "weather" in str(error.value)


def test_half_the_trust_is_half_the_way():
    corpus, codings = study({"a": [(f"第{i}项。", str(i), "teachers" if i < 45 else "") for i in range(100)]})
    shares = [
        cell(
            coverage(corpus, codings, taxonomy=TAXONOMY, by="statements", errors=ERRORS, trust=trust),
            "a",
            "teachers",
            "statements",
            "share_corrected",
        )
        for trust in (0, 0.5, 1)
    ]
    assert shares[0] == 0.45 and shares[1] == pytest.approx((shares[0] + shares[2]) / 2)


def test_measures_of_one_statement_are_corrected_as_statements():
    corpus, codings = study({"a": [(f"第{i}项。", str(i), "teachers" if i < 45 else "") for i in range(100)]})
    table = coverage(corpus, codings, taxonomy=TAXONOMY, errors=ERRORS)
    assert cell(table, "a", "teachers", "measures", "share_corrected") == cell(table, "a", "teachers", "statements", "share_corrected")


def test_longer_measures_are_wrongly_hit_more_often():
    """Ten of twenty measures seen, of one statement each or of four: the false alarms of four leave fewer true ones."""
    share = []
    for size in (1, 4):
        rows = [("字。", str(i // size), "teachers" if i % size == 0 and i // size < 10 else "") for i in range(20 * size)]
        table = coverage(*study({"a": rows}), taxonomy=TAXONOMY, by="measures", errors=ERRORS, trust=1)
        share.append(cell(table, "a", "teachers", "measures", "share_corrected"))
    # (0.5 - 0.1) / (0.8 - 0.1); with four: alarm 1 - 0.9**4, hit 1 - 0.2 * 0.9**3
    assert share == pytest.approx([0.4 / 0.7, (0.5 - 0.3439) / (0.8542 - 0.3439)], abs=0.004)
