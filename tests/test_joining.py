import numpy as np
import pytest

import policycompare as pc
from policycompare import schema


@pytest.fixture(scope="module")
def corpus():
    return pc.load_corpus()


def test_default_codes_carry_their_words(corpus):
    codings = pc.code(corpus, taxonomy="education-extended")
    schema.check(codings, "codings")
    assert codings["score"].between(0, 1).all() and (codings["terms"] != "").all()
    spans = corpus.statements.set_index("statement")
    for row in codings.itertuples():
        about = spans.loc[row.statement]
        assert about["start"] <= row.start < row.end <= about["end"]
        source = corpus.sources[about["plan"]]
        assert all(term in source for term in row.terms.replace("^", "").split(";"))


def test_the_five_themes_are_coded_alike_in_both_taxonomies(corpus):
    five = pc.code(corpus)
    ten = pc.code(corpus, taxonomy="education-extended")
    core = ten[ten["theme"].isin(set(five["theme"]))].reset_index(drop=True)
    assert five.equals(core)


def test_one_score_a_statement_and_theme_and_no_row_twice(corpus):
    codings = pc.code(corpus)
    assert codings.groupby(["statement", "theme"])["score"].nunique().max() == 1
    assert not codings.duplicated(["statement", "theme", "subtheme"]).any()


class Fixed:
    """A classifier that finds safety wherever 安全 stands."""

    classes_ = np.array(["safety", "weather"])

    def predict_proba(self, texts):
        return np.array([[0.9 if "安全" in text else 0.1, 0.0] for text in texts])


class Decides(Fixed):
    predict_proba = None  # type: ignore[assignment]

    def __getattribute__(self, name):
        if name == "predict_proba":
            raise AttributeError(name)
        return super().__getattribute__(name)

    def decision_function(self, texts):
        return np.array([[1.0 if "安全" in text else -1.0, -9.0] for text in texts])


class Predicts(Decides):
    def __getattribute__(self, name):
        if name == "decision_function":
            raise AttributeError(name)
        return super().__getattribute__(name)

    def predict(self, texts):
        return np.array(["safety" if "安全" in text else "weather" for text in texts])


@pytest.mark.parametrize("coder", [Fixed(), Decides(), Predicts()])
def test_a_classifier_of_ones_own_decides(corpus, coder):
    codings = pc.code(corpus, coder=coder)
    body = corpus.statements[(corpus.statements["kind"] == "body") & corpus.statements["text"].str.contains("安全")]
    assert set(codings["theme"]) == {"safety"}
    assert set(codings["statement"]) == set(body["statement"])


def test_a_sklearn_pipeline_of_ones_own(corpus):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts = ["消防安全", "校园安全", "教师培训", "招聘教师"]
    learnt = make_pipeline(CountVectorizer(analyzer="char"), LogisticRegression()).fit(texts, ["safety", "safety", "teachers", "teachers"])
    assert set(pc.code(corpus, coder=learnt)["theme"]) == {"safety", "teachers"}


@pytest.mark.parametrize(
    ("coder", "says"),
    [("best", "coder must be one of default, rules"), (object(), "knows the classes none"), ("missing.npz", "no such model")],
)
def test_what_is_no_coder_is_refused(corpus, coder, says):
    with pytest.raises(schema.PolicyCompareError, match=says):
        pc.code(corpus, coder=coder)
