"""Counting where the data lie gives what counting in memory gives, within the tolerance that the module states."""

import numpy as np
import pandas as pd
import pytest

import policycompare as pc
from policycompare.schema import COUNTED_BY, PolicyCompareError


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return pc.write_dataset(None, tmp_path_factory.mktemp("data") / "five", workers=1, batch_bytes=10_000)[0]


def test_coverage_is_the_same_and_its_intervals_nearly(dataset, corpus, codings):
    there, here = pc.coverage(dataset), pc.coverage(corpus, codings)
    key = ["plan", "theme", "by"]
    assert there[key].values.tolist() == here[key].values.tolist()
    for column in ("n", "of", "share", "share_corrected"):
        np.testing.assert_allclose(there[column], here[column], atol=1e-12)
    for column in ("low", "high", "low_corrected", "high_corrected"):
        off = np.abs(there[column] - here[column])
        assert off.max() < 0.06 and off.quantile(0.9) < 0.035
    assert there["share"].between(there["low"], there["high"]).all()


@pytest.mark.parametrize("by", COUNTED_BY)
def test_differences_from_the_others_are_the_same_and_marked_alike(dataset, corpus, codings, by):
    there, here = pc.compare_coverage(dataset, by=by), pc.compare_coverage(corpus, codings, by=by, against=["others"])
    for column in ("plan", "other", "theme", "mark"):
        assert there[column].tolist() == here[column].tolist()
    for column, tolerance in {"share": 1e-12, "share_other": 1e-12, "difference": 1e-12, "low": 0.04, "high": 0.04, "p": 0.12}.items():
        np.testing.assert_allclose(there[column], here[column], atol=tolerance)


def test_the_variance_of_a_share_is_that_of_drawing_the_units_anew():
    """By hand: units (y, m) of (1, 2), (0, 2), (2, 2) have share 1/2, residuals 0, -1, 1, and so the variance 2 / 36."""
    from policycompare.dataset.aggregates import Sums

    sums = object.__new__(Sums)
    names = {
        "units": (3, 3),
        "y_statements": (6, 3),
        "m_statements": (6, 6),
        "yy_statements": (12, 5),
        "ym_statements": (12, 6),
        "mm_statements": (12, 12),
    }
    sums._sums = {name: np.array([[[whole, theme]], [[0, 0]]], dtype=float) for name, (whole, theme) in names.items()}
    n, of, variance, units = sums.of("statements")
    assert (n.item(), of.item(), units.item()) == (3, 6, 3)
    assert variance.item() == pytest.approx(2 / 36)
    assert sums.dealt("statements").item() == pytest.approx((2 / 2) / 2**2)


def test_what_a_data_set_cannot_count_is_said(dataset, codings, tmp_path):
    with pytest.raises(PolicyCompareError, match="codings: a data set is counted with its own"):
        pc.coverage(dataset, codings)
    with pytest.raises(PolicyCompareError, match="was coded by education, which has no digital"):
        pc.coverage(dataset, taxonomy="education-extended")
    with pytest.raises(PolicyCompareError, match="against must be one of others; got 'pairs'"):
        pc.compare_coverage(dataset, against=["pairs"])
    with pytest.raises(PolicyCompareError, match="subthemes: a data set counts themes only"):
        pc.coverage(dataset, subthemes=True)
    (tmp_path / "slogan.txt").write_text("团结奋进", encoding="utf-8")
    lone, _ = pc.write_dataset(tmp_path / "slogan.txt", tmp_path / "one", workers=1)
    assert set(pc.compare_coverage(lone)["mark"]) == {"cannot be computed"}
    assert pc.compare_coverage(lone)["reason"].str.len().gt(0).all()


@pytest.mark.parametrize("by", ["plan", "theme"])
def test_keyness_of_groups_is_the_same(dataset, corpus, codings, by):
    if by == "plan":
        with pytest.raises(PolicyCompareError, match=r"no table terms yet; call pc\.count_terms"):
            pc.keyness(dataset, group="level")
        pc.count_terms(dataset, workers=1)
    there = pc.keyness(dataset, by=by, group="level")
    here = pc.keyness(corpus, codings if by == "theme" else None, by=by, group="level")
    pd.testing.assert_frame_equal(there, here)
    assert set(here["plan"]) == set(corpus.plans["level"])
    with pytest.raises(PolicyCompareError, match="group must be one of province; got 'plan'"):
        pc.keyness(dataset)
