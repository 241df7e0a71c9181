import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from policycompare.coding.trees import GROWTH, grown, readings_of


@pytest.mark.parametrize("shape", ["steps", "mixed", "noise"])
def test_the_numbers_taken_out_predict_what_scikit_learn_predicts(shape):
    """Origin: scikit-learn's own decision function. The steps leave early leaves, which stand for all leaves below them."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    draw = np.random.default_rng(0)
    rows = draw.normal(size=(900, 4)).astype(np.float32)
    if shape == "steps":
        rows = (rows > 0).astype(np.float32)
    codes = {"steps": rows[:, 0] > 0.5, "mixed": rows[:, 0] * rows[:, 1] + rows[:, 2] > 0.3, "noise": draw.random(900) > 0.8}[shape]
    with threadpool_limits(1):
        trees = grown(rows, codes)
        learner = HistGradientBoostingClassifier(early_stopping=False, random_state=0, **GROWTH).fit(rows, codes)
        assert readings_of(list(rows.T), trees) == pytest.approx(learner.decision_function(rows), abs=1e-4)
    assert trees.fit(4) and not trees.fit(trees.feature.max())


@pytest.mark.parametrize(("codes", "says"), [([True, True], 9.0), ([False, False], -9.0), ([], -9.0)])
def test_nothing_to_tell_apart_grows_no_tree(codes, says):
    rows = np.zeros((len(codes), 3), dtype=np.float32)
    trees = grown(rows, np.array(codes, dtype=bool))
    assert trees.fit(0) and readings_of(list(rows.T), trees).tolist() == [says] * len(codes)
