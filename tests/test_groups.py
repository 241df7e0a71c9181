"""Groups of plans: Welch's t over the plans' shares."""

import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare.schema import PolicyCompareError

# Two samples with what R 4.3's t.test(a, b) prints of them: Student's sleep data, `extra ~ group` (datasets::sleep).
SLEEP = {"first": [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], "second": [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]}
PRINTED = {"share": 0.75, "share_other": 2.33, "low": -3.3654832, "high": 0.2054832, "p": 0.07939}


def tables(shares):
    plans = [{"plan": f"{group}-{at}", "province": group} for group, values in shares.items() for at in range(len(values))]
    coverage = pd.DataFrame({"plan": [row["plan"] for row in plans], "theme": "safety", "by": "statements"})
    return coverage.assign(share=[float(one) for values in shares.values() for one in values]), pd.DataFrame(plans)


def test_the_figures_are_those_of_r():
    table = pc.compare_groups(*tables(SLEEP))
    pair = table[table["other"] == "second"].iloc[0]
    for name, value in PRINTED.items():
        assert pair[name] == pytest.approx(value, abs=5e-6 if name != "p" else 5e-5)
    # With two groups, all plans outside the first are the second.
    rest = table[(table["group"] == "first") & (table["other"] == "others")].iloc[0]
    assert rest[["low", "high", "p"]].tolist() == pytest.approx(pair[["low", "high", "p"]].tolist())


def test_the_order_of_plans_does_not_matter_and_empty_groups_are_left_out():
    coverage, plans = tables({**SLEEP, "": [0.5, 0.6]})
    table = pc.compare_groups(coverage, plans)
    assert set(table["group"]) == {"first", "second"}
    pd.testing.assert_frame_equal(table, pc.compare_groups(coverage.iloc[::-1], plans.iloc[::-1]), rtol=1e-12)


@pytest.mark.parametrize(
    "shares, reason",
    [
        ({"a": [0.5], "b": [0.1, 0.2]}, "fewer than two plans"),
        ({"a": [0.5, 0.5], "b": [0.5, 0.5]}, "all plans of both sides have the same share"),
        ({"a": [0.5, 0.4]}, "fewer than two plans"),
    ],
)
def test_what_cannot_be_computed_is_said(shares, reason):
    table = pc.compare_groups(*tables(shares))
    assert table["reason"].str.contains(reason).all()
    assert table[["low", "high", "p"]].isna().all(axis=None) and set(table["mark"]) == {"cannot be computed"}
    assert np.isfinite(table["share"]).all()


def test_a_column_that_is_not_there_or_says_nothing_is_refused():
    coverage, plans = tables(SLEEP)
    with pytest.raises(PolicyCompareError, match="group must be one of province; got 'genre'"):
        pc.compare_groups(coverage, plans, group="genre")
    with pytest.raises(PolicyCompareError, match="no plan says its province"):
        pc.compare_groups(coverage, plans.assign(province=""))


@pytest.mark.parametrize(
    "years", [[2020, 2020, 2021], [2020.0, 2020.0, 2021.0], ["2020", " 2020", "2021"], pd.array([2020, 2020, 2021], dtype="Int64")]
)
def test_a_group_is_named_alike_however_its_column_is_typed(years):
    coverage, plans = tables({"a": [0.1, 0.2, 0.6]})
    table = pc.compare_groups(coverage, plans.assign(year=years), group="year")
    assert set(table["group"]) == {"2020", "2021"}


def test_a_plan_that_stands_twice_is_refused():
    coverage, plans = tables(SLEEP)
    for wrong, said in ((pd.concat([plans, plans]), "more than one row"), (plans.drop(columns="plan"), "column plan is missing")):
        with pytest.raises(PolicyCompareError, match=said):
            pc.compare_groups(coverage, wrong)
