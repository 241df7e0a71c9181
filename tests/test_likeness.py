"""Likeness of plans and of measures."""

from dataclasses import replace

import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.compare.likeness import plan_similarity, similarity_merges


def made(**texts):
    """A corpus of plans that are one statement, which is a measure too."""
    rows = [
        {"statement": f"{p}-s0", "plan": p, "measure": f"{p}-1", "kind": "body", "text": t, "start": 0, "end": len(t)}
        for p, t in texts.items()
    ]
    measures = [{"measure": f"{p}-1", "plan": p, "text": t, "start": 0, "end": len(t)} for p, t in texts.items()]
    plans = schema.frame("plans", [{"plan": p, "script": "simplified", "chars": len(t), "sha256": "0"} for p, t in texts.items()])
    return pc.Corpus(plans, schema.frame("sections"), schema.frame("measures", measures), schema.frame("statements", rows), texts)


SAME, OTHER = "加强师德师风建设,开展教师培训。", "落实校车安全,排查食品安全隐患。"


def test_the_same_words_are_wholly_alike_and_other_words_not_at_all():
    found = plan_similarity(made(a=SAME, b=SAME, c=OTHER, d="加強師德師風建設,開展教師培訓。")).set_index(["plan", "other"])["similarity"]
    assert found["a", "b"] == pytest.approx(1)
    assert found["a", "d"] == pytest.approx(1)  # another script is no other word
    assert found["a", "c"] == 0


def test_likeness_has_no_direction(corpus):
    found = plan_similarity(corpus).set_index(["plan", "other"])["similarity"]
    assert all(found[one, two] == found[two, one] for one, two in found.index)
    assert found.between(0, 1).all()


def test_a_plan_without_words_says_so_and_the_rest_is_computed():
    found = plan_similarity(made(a=SAME, b=SAME, c="。"))
    assert found.loc[found["other"] == "c", "reason"].tolist() == ["c has no word"] * 2
    assert found.loc[(found["plan"] == "a") & (found["other"] == "b"), "similarity"].item() == pytest.approx(1)
    assert similarity_merges(found)[["left", "right"]].values.tolist() == [["a", "b"]]


def test_the_most_alike_are_joined_first():
    merges = similarity_merges(plan_similarity(made(a=SAME, b=OTHER, c=SAME)))
    assert merges[["left", "right"]].values.tolist() == [["a", "c"], ["b", "1"]]
    assert merges["height"].tolist() == pytest.approx([0, 1])


def test_one_plan_makes_no_tree():
    with pytest.raises(schema.PolicyCompareError, match="a tree needs two"):
        similarity_merges(plan_similarity(made(a=SAME)))


def test_the_same_whatever_the_order_of_rows(corpus):
    shuffled = replace(corpus, statements=corpus.statements.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(plan_similarity(corpus), plan_similarity(shuffled))
