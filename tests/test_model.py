from itertools import accumulate, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policycompare as pc
from policycompare import schema
from policycompare.coding.clauses import Held
from policycompare.coding.contexts import FEATURES, rule_features, second_features, squash
from policycompare.coding.model import Model, best_stretches, evidence, load_model, readings
from policycompare.coding.ngrams import BUCKETS, clause_sums, count_matrix, grams
from policycompare.coding.texts import BODY, HEADING, TITLE, Parts, text_of, whole
from policycompare.fitting.examples import load_phrases, load_statements
from policycompare.fitting.fitting import fit_model

THEMES = ("moral_education", "teachers", "safety", "funding", "governance", "teaching", "stages", "whole_child", "equity_care", "digital")

TREES = ("tree_start", "tree_feature", "tree_threshold", "tree_leaf")


@pytest.fixture(scope="module")
def model_parts(tmp_path_factory):
    """A small model as it is stored: the shipped one with 50 of its weights."""
    with np.load(pc.paths.data_path("model", "coder.npz")) as stored:
        parts = dict(stored)
    return {**parts, "used": parts["used"][:50], "weights": parts["weights"][:50]}


@given(st.lists(st.text(alphabet="安全教师，。 \n5Aａ\U00020000", max_size=12), max_size=6))
@settings(max_examples=60, deadline=None)
def test_clause_sums_are_the_counts_times_the_weights(texts):
    """Two ways to the same sums: straight from positions, and through the matrix of counts that the fit learns from."""
    found = grams(whole(texts))
    weights = np.zeros((BUCKETS + 1, 2))
    weights[:BUCKETS] = np.arange(2 * BUCKETS).reshape(BUCKETS, 2) % 97
    by_clause = clause_sums(found, weights)
    assert found.clause_text.max(initial=-1) + 1 == len(texts)
    clauses = [found.text.plain[start:end] for start, end in pairwise([*found.clause_starts.tolist(), None])]
    assert by_clause == pytest.approx((count_matrix(grams(whole(clauses))) @ weights[:BUCKETS]).reshape(len(clauses), 2))
    by_text = np.zeros((len(texts), 2))
    np.add.at(by_text, found.clause_text, by_clause)
    assert by_text == pytest.approx((count_matrix(found) @ weights[:BUCKETS]).reshape(len(texts), 2))


@pytest.mark.parametrize(("one", "other"), [("2025年", "1998年"), ("ＡＢ班", "ab班"), ("安 全", "安全"), ("“安全”", "《安全》")])
def test_widths_cases_digits_and_quotes_read_alike(one, other):
    assert count_matrix(grams(whole([one]))).indices.tolist() == count_matrix(grams(whole([other]))).indices.tolist()


def test_ngrams_do_not_cross_clauses():
    apart, joined = grams(whole(["教师，安全"])), grams(whole(["教师安全"]))
    assert len(apart.clause_starts) == 2
    assert (apart.buckets[1] < BUCKETS).sum() == 2 < (joined.buckets[1] < BUCKETS).sum() == 3


def grams_of(plans: dict[str, list[tuple[int, str]]]):
    rows = []
    for n, parts in enumerate(plans.values()):
        ends = list(accumulate(len(text) for _, text in parts))
        rows += [(n, end - len(text), end, kind) for end, (kind, text) in zip(ends, parts, strict=True)]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return grams(text_of(["".join(text for _, text in parts) for parts in plans.values()], Parts(*columns)))


PLANS = {
    "a": [
        (HEADING, "一、校园安全"),
        (BODY, "开展消防演练。"),
        (TITLE, "1.教师"),
        (BODY, "组织培训，加强校车管理。"),
        (HEADING, "二、经费"),
        (BODY, "加大投入。"),
    ],
    "b": [(BODY, "招聘教师。")],
}


def test_headings_and_titles_reach_what_they_stand_above():
    model = load_model()
    asked = np.array([model.themes.index("safety"), model.themes.index("funding")])
    read = readings(grams_of(PLANS), model.weights, model.bias, asked)
    alone = readings(grams_of({"x": [(BODY, text) for _, text in PLANS["a"]]}), model.weights, model.bias, asked).chance[asked]
    assert read.heading[:, 0] == pytest.approx(alone[:, 0]) and read.heading[:, 2] == pytest.approx(alone[:, 4])
    assert read.title[:, 1] == pytest.approx(alone[:, 2])
    assert not read.title[:, [0, 2, 3]].any() and not read.heading[:, 3].any()
    assert read.n_clauses.tolist() == [1, 2, 1, 1]


def test_a_plan_is_read_alike_whatever_stands_beside_it():
    model = load_model()
    rules, asked = np.zeros((5, len(model.themes), 4)), np.arange(len(model.themes))
    together = model.probabilities(grams_of(PLANS), rules, asked)
    turned = model.probabilities(grams_of(dict(reversed(PLANS.items()))), rules, asked)
    assert turned == pytest.approx(np.vstack([together[3:], together[:3]]), abs=1e-9)
    assert ((0 <= together) & (together <= 1)).all()


@given(st.sets(st.integers(0, 9)), st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_a_theme_is_read_alike_whichever_others_are_asked(themes, seed):
    model = load_model()
    rules = np.random.default_rng(seed).integers(0, 2, (5, len(model.themes), 4)).astype(float)
    asked = np.array(sorted(themes), dtype=np.intp)
    of_all = model.probabilities(grams_of(PLANS), rules, np.arange(len(model.themes)))
    assert model.probabilities(grams_of(PLANS), rules, asked) == pytest.approx(of_all[:, asked], abs=1e-6)


def test_every_feature_is_named_and_finite():
    model = load_model()
    read = readings(grams_of(PLANS), model.weights, model.bias, np.arange(len(model.themes)))
    features = second_features(read, np.zeros((5, len(model.themes), 4)))
    assert features.shape == (4, len(model.themes), len(FEATURES)) and len(set(FEATURES)) == len(FEATURES)
    assert np.isfinite(features).all()


def test_nothing_to_read():
    model = load_model()
    none, asked = np.zeros(0, dtype=np.int64), np.arange(3)
    assert model.probabilities(grams_of({}), np.zeros((5, len(model.themes), 0)), asked).shape == (0, 3)
    assert [places.tolist() for places in evidence(grams_of(PLANS), none, none, model)] == [[], []]


@pytest.mark.parametrize(
    ("text", "theme", "within"),
    [
        ("会议指出，今后要认真开展消防演练和应急疏散演练", "safety", "消防演练和应急疏散演练"),
        ("按照要求，做好家庭经济困难学生资助工作", "funding", "家庭经济困难学生资助"),
    ],
)
def test_evidence_is_where_the_words_are(text, theme, within):
    model = load_model()
    (start,), (end,) = evidence(grams(whole([text])), np.array([0]), np.array([model.themes.index(theme)]), model)
    assert text[start:end] and "，" not in text[start:end]
    assert set(text[start:end]) & set(within) and text.index("，") < start


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.booleans()), max_size=12))
def test_best_stretches_are_those_that_trying_all_finds(places):
    gain, opens, asks = np.array(places, dtype=np.int64).reshape(-1, 3).T
    question = np.cumsum(asks)
    run = np.cumsum(opens | asks)
    spans = [(a, b) for b in range(len(gain)) for a in range(b, -1, -1) if run[a] == run[b]]
    best = {}
    for a, b in spans:  # of like ones that which ends first, and of these the shortest
        if gain[a : b + 1].sum() > (gain[slice(best[question[a]][0], best[question[a]][1] + 1)].sum() if question[a] in best else 0):
            best[question[a]] = (a, b)
    asked, first, last = best_stretches(gain, run, question)
    assert dict(zip(asked.tolist(), zip(first.tolist(), last.tolist(), strict=True), strict=True)) == best


def test_best_stretches_are_found_among_many_runs():
    """In a statement of 200,000 clauses the sums left the range of whole numbers."""
    n_runs = 100_000
    gain, run = np.tile([1000.0, -1.0], n_runs), np.repeat(np.arange(n_runs), 2)
    gain[-2:] = 1000.0
    found = best_stretches(gain, run, np.zeros(2 * n_runs, dtype=np.int64))
    assert [part.tolist() for part in found] == [[0], [2 * n_runs - 2], [2 * n_runs - 1]]


def test_the_model_ships_small_and_for_all_ten_themes(tmp_path):
    model = load_model()
    assert model.themes == THEMES
    assert pc.paths.data_path("model", "coder.npz").stat().st_size < 5_000_000


def test_saved_and_loaded_again(tmp_path):
    model = load_model()
    model.save(tmp_path / "one.npz")
    model.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = load_model(tmp_path / "one.npz")
    of_plans = grams_of(PLANS), np.zeros((5, len(model.themes), 4)), np.arange(len(model.themes))
    assert again.probabilities(*of_plans) == pytest.approx(model.probabilities(*of_plans), abs=1e-6)
    assert again.facts == model.facts


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text"])
def test_no_model_is_refused_with_the_command_that_mends(tmp_path, content):
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(schema.SourceError, match="fit-coder"):
        load_model(tmp_path / "m.npz")
    with pytest.raises(schema.SourceError, match="no such model"):
        load_model(tmp_path / "missing.npz")


@pytest.mark.parametrize("name", ["used", "weights", "bias", "centre", "scale", "mix", "mix_bias", "thresholds", *TREES])
@pytest.mark.parametrize("fault", [lambda part: part[:0], lambda part: part[0], lambda part: part.astype(str), lambda part: part * np.nan])
def test_a_model_with_a_part_of_another_shape_or_kind_or_no_numbers_is_refused(tmp_path, model_parts, name, fault):
    np.savez(tmp_path / "m.npz", **{**model_parts, name: fault(model_parts[name])})
    with pytest.raises(schema.SourceError, match="fit-coder"):
        load_model(tmp_path / "m.npz")


@pytest.mark.parametrize("about", [b"[1]", b"null", b"{}", b"[" * 100_000, b'{"themes": [["a"]]}', b'{"themes": "ab", "features": null}'])
def test_a_model_that_says_something_else_of_itself_is_refused(tmp_path, model_parts, about):
    np.savez(tmp_path / "m.npz", **{**model_parts, "about": np.frombuffer(about, dtype=np.uint8)})
    with pytest.raises(schema.SourceError, match="fit-coder"):
        load_model(tmp_path / "m.npz")


def test_a_model_whose_bytes_were_spoilt_is_refused(tmp_path):
    stored = bytearray(pc.paths.data_path("model", "coder.npz").read_bytes())
    packed = stored.index(b"weights.npy") + 50
    stored[packed : packed + 100] = b"\xff" * 100
    (tmp_path / "m.npz").write_bytes(stored)
    with pytest.raises(schema.SourceError, match="not a model"):
        load_model(tmp_path / "m.npz")


def test_a_pickle_in_a_model_is_never_opened(tmp_path):
    np.savez(tmp_path / "m.npz", about=np.array([{"a": 1}], dtype=object))
    with pytest.raises(schema.SourceError, match="not a model"):
        load_model(tmp_path / "m.npz")


def test_squash_keeps_to_its_range():
    assert squash(np.array([-np.inf, 0, np.inf])).tolist() == pytest.approx([0, 0.5, 1])


@pytest.fixture(scope="module")
def gold_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gold")
    says = {"safety": "开展{}消防演练，排查隐患。", "teachers": "招聘{}教师，加强教师培训。", "": "今年{}是关键之年。"}
    rows = []
    for plan in "abcd":
        at = 0
        for i in range(12):
            theme = list(says)[i % 3]
            text = says[theme].format("甲乙丙丁戊己庚辛壬癸子丑"[i])
            rows.append(
                {"plan": plan, "start": at, "end": at + len(text), "kind": "body", "measure_start": 0, "themes": theme, "text": text}
            )
            at += len(text) + 1
    pd.DataFrame(rows).to_csv(folder / "statements.csv", index=False)
    return folder


def test_fit_learns_and_judges_on_left_out_documents(gold_folder, tmp_path):
    first, second = fit_model([gold_folder], n_folds=4), fit_model([gold_folder], n_folds=4)
    left = first.left_out
    assert len(left) == 4 * 12 * 10
    known = left[left["theme"].isin(["safety", "teachers"])]
    assert (known["coded"] == known["gold"]).mean() > 0.95
    pd.testing.assert_frame_equal(left, second.left_out)
    for fit, name in ((first, "one.npz"), (second, "two.npz")):
        fit.model.save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert isinstance(load_model(tmp_path / "one.npz"), Model)


def test_too_few_documents_are_said(gold_folder):
    with pytest.raises(schema.PolicyCompareError, match="holds 4 documents"):
        fit_model([gold_folder])


def test_a_faulty_file_of_phrases_lists_every_line(tmp_path):
    (tmp_path / "p.txt").write_text("# no\nsafety: 消防|\nweather: 雨\nsafety 消防\n", encoding="utf-8")
    with pytest.raises(schema.TableError) as error:
        load_phrases(tmp_path / "p.txt", THEMES)
    assert ["line 3" in error.value.faults[0], "line 4" in error.value.faults[1]] == [True, True]
    texts, codes = load_phrases(None, THEMES)
    assert len(texts) == len(codes) > 500


def test_a_faulty_table_of_statements_lists_every_row(tmp_path):
    (tmp_path / "s.csv").write_text("genre,context,text,themes\nplan,,消防,safety\nplan,,雨,weather\n,,雪,snow;safety\n", encoding="utf-8")
    with pytest.raises(schema.TableError) as error:
        load_statements(tmp_path / "s.csv", THEMES)
    assert ["row 3" in error.value.faults[0], "row 4" in error.value.faults[1], len(error.value.faults)] == [True, True, 2]
    (tmp_path / "s.csv").write_text("text\n消防\n", encoding="utf-8")
    with pytest.raises(schema.TableError, match="themes"):
        load_statements(tmp_path / "s.csv", THEMES)
    with pytest.raises(schema.SourceError, match="no such file"):
        load_statements(tmp_path / "none.csv", THEMES)
    texts, codes = load_statements(None, THEMES)
    assert len(texts) == len(set(texts)) == len(codes) > 2000 and codes.sum(axis=0).min() > 30


def test_rule_features_count_used_by_tier_and_overruled():
    theme, tier, used = (np.array(column * 5) for column in ([0, 0, 1], [1, 0, 0], [True, False, True]))
    nothing = np.zeros(15, dtype=np.int64)
    held = Held(nothing, nothing, nothing, nothing, nothing, theme, tier, used)
    assert rule_features(held, ["safety", "weather"], themes=["safety"], n_statements=1).tolist() == [[[0]], [[3]], [[0]], [[0]], [[3]]]
