from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.corpus.corpus import Corpus
from policycompare.disagreement import calibration, disagreements, evaluate, left_out_agreement, left_out_codings, shipped_calibration


@pytest.fixture
def corpus() -> Corpus:
    texts = ["加强安全。", "招聘教师。", "加大投入。", "总的来看。"]
    rows, at = [], 0
    for i, text in enumerate(texts):
        rows.append({"statement": f"s{i}", "plan": "a", "kind": "body", "text": text, "start": at, "end": at + len(text)})
        at += len(text)
    plans = schema.frame("plans", [{"plan": "a", "chars": at, "script": "simplified", "sha256": "0"}])
    return Corpus(plans, schema.frame("sections"), schema.frame("measures"), schema.frame("statements", rows), {"a": "".join(texts)})


def codes(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    return schema.frame(
        "codings", [{"statement": s, "theme": t, "score": score, "terms": s.upper(), "start": 0, "end": 1} for s, t, score in rows]
    )


FIRST = [("s0", "safety", 0.9), ("s1", "teachers", 0.8), ("s1", "safety", 0.5), ("s3", "safety", 0.4)]
SECOND = [("s0", "safety", 1.0), ("s1", "teachers", 1.0), ("s2", "safety", 1.0), ("s2", "funding", 1.0)]


def test_disagreements_show_both_readings_and_the_evidence(corpus):
    found = disagreements(corpus, codes(FIRST), codes(SECOND))
    assert found[["start", "theme", "reading", "terms"]].values.tolist() == [
        [5, "safety", "added", "S1"],
        [10, "safety", "missed", ""],
        [15, "safety", "added", "S3"],
    ]
    assert found["text"].to_list() == ["招聘教师。", "加大投入。", "总的来看。"]
    assert found["read"].to_list()[0] == "teachers;safety" and found["gold"].to_list()[0] == "teachers"
    assert disagreements(corpus, codes(FIRST), codes(SECOND), among=["s0", "s1"])["start"].to_list() == [5]


def test_calibration_counts_what_the_gold_confirms(corpus):
    table = calibration(corpus, codes(FIRST), codes(SECOND), bins=2)
    assert table[["right", "n"]].values.tolist() == [[0, 2], [2, 2]]
    assert table["score"].to_list() == pytest.approx([0.45, 0.85])
    # Wilson's interval for 0 of 2 and 2 of 2, 95 %: statsmodels.stats.proportion.proportion_confint(0, 2, method="wilson")
    assert table[["low", "high"]].values.ravel() == pytest.approx([0, 0.6576, 0.3424, 1], abs=1e-4)
    assert calibration(corpus, codes([]), codes(SECOND)).empty


def test_codings_of_one_score_are_one_bin(corpus):
    alike = codes([(f"s{i}", "safety", 0.7) for i in range(4)])
    assert calibration(corpus, alike, codes(SECOND))["n"].to_list() == [4]


def test_bins_must_be_some(corpus):
    with pytest.raises(schema.PolicyCompareError, match="bins must be at least 1"):
        calibration(corpus, codes(FIRST), codes(SECOND), bins=0)


def test_evaluate_gathers_all(corpus):
    found = evaluate(corpus, codes(FIRST), codes(SECOND), draws=20)
    assert set(found) == {"agreement", "by_plan", "disagreements", "calibration", "errors"}
    assert found["agreement"].set_index("theme").loc["safety", ["tp", "fp", "fn", "tn"]].to_list() == [1, 2, 1, 0]
    sampled = evaluate(corpus, codes(FIRST), codes(SECOND), among=["s0", "s2"], draws=20)
    assert sampled["agreement"].set_index("theme").loc["safety", ["tp", "fp", "fn", "tn"]].to_list() == [1, 0, 1, 0]


def test_the_shipped_coder_is_calibrated_on_what_it_had_not_seen():
    table = shipped_calibration()
    assert table["score"].is_monotonic_increasing
    gap = (table["share"] - table["score"]).abs()
    assert (gap * table["n"]).sum() / table["n"].sum() < 0.02 and gap.max() < 0.1


def test_left_out_codings_agree_less_than_the_fitted_ones_but_well():
    corpus = pc.load_corpus()
    core = ["moral_education", "teachers", "safety", "funding", "governance"]
    left = pc.reliability.agreement(corpus, left_out_codings(corpus), themes=core, draws=10).set_index("theme").loc["macro", "f1"]
    fitted = pc.reliability.agreement(corpus, pc.code(corpus), themes=core, draws=10).set_index("theme").loc["macro", "f1"]
    assert 0.85 < left <= fitted


def test_codings_that_the_model_has_no_part_in_have_no_left_out_figures():
    corpus = pc.load_corpus()
    taxonomy = replace(pc.load_taxonomy("education"), name="mine")
    assert left_out_agreement(corpus, taxonomy=taxonomy) is None
    assert left_out_agreement(corpus, taxonomy=pc.load_taxonomy("education")) is not None
