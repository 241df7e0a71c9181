import krippendorff
import numpy as np
import pandas as pd
import pytest

from policycompare import schema
from policycompare.corpus.corpus import Corpus
from policycompare.gold import load_gold, paired
from policycompare.reliability import agreement, errors


def corpus_of(texts: dict[str, list[str]]) -> Corpus:
    rows, sources = [], {}
    for plan, parts in texts.items():
        at = 0
        for i, text in enumerate(parts):
            rows.append(
                {
                    "statement": f"{plan}-{i}",
                    "plan": plan,
                    "kind": "body",
                    "text": text,
                    "start": at,
                    "end": at + len(text),
                }
            )
            at += len(text)
        sources[plan] = "".join(parts)
    plans = schema.frame(
        "plans",
        [{"plan": p, "chars": len(t), "script": "simplified", "sha256": "0"} for p, t in sources.items()],
    )
    return Corpus(
        plans,
        schema.frame("sections"),
        schema.frame("measures"),
        schema.frame("statements", rows),
        sources,
    )


def codes(rows: dict[str, str]) -> pd.DataFrame:
    return schema.frame(
        "codings",
        [{"statement": s, "theme": t, "score": 1.0, "start": 0, "end": 1} for s, themes in rows.items() for t in themes.split()],
    )


@pytest.fixture
def corpus() -> Corpus:
    return corpus_of({"a": ["甲甲甲。", "乙乙乙。", "丙丙丙。"], "b": ["丁丁丁。", "戊戊戊。"]})


def gold_of(rows: list[tuple[str, int, int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["plan", "start", "end", "themes", "maybe"]).assign(kind="body")


def test_counts_and_figures(corpus):
    read = codes({"a-0": "safety", "a-1": "safety", "a-2": "teachers", "b-0": "safety"})
    gold = gold_of(
        [
            ("a", 0, 4, "safety", ""),
            ("a", 4, 8, "", ""),
            ("a", 8, 12, "teachers;safety", ""),
            ("b", 0, 4, "safety", ""),
            ("b", 4, 8, "", ""),
        ]
    )
    table = agreement(corpus, read, gold).set_index("theme")
    assert table.loc["safety", ["tp", "fp", "fn", "tn"]].to_list() == [2, 1, 1, 1]
    assert table.loc["safety", "precision"] == table.loc["safety", "recall"] == table.loc["safety", "f1"] == pytest.approx(2 / 3)
    assert table.loc["macro", "f1"] == pytest.approx((2 / 3 + 1) / 2)
    assert errors(corpus, read, gold).to_dict("list") == {
        "theme": ["teachers", "safety"],
        "tp": [1, 2],
        "fp": [0, 1],
        "fn": [0, 1],
        "tn": [4, 1],
    }


def test_alpha_is_the_packages(corpus):
    read = codes({"a-0": "safety", "a-1": "safety", "b-0": "safety"})
    gold = codes({"a-0": "safety", "a-2": "safety", "b-0": "safety"})
    table = agreement(corpus, read, gold).set_index("theme")
    data = [[1, 1, 0, 1, 0], [1, 0, 1, 1, 0]]
    assert table.loc["safety", "alpha"] == pytest.approx(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
    swapped = agreement(corpus, gold, read).set_index("theme")
    assert swapped.loc["safety", "alpha"] == table.loc["safety", "alpha"]
    assert swapped.loc["safety", "precision"] == table.loc["safety", "recall"]


def test_bootstrap_alpha_is_the_same_formula():
    """The closed form of the bootstrap against the package, over random counts."""
    from policycompare.reliability import _alpha_of_package, _measures

    counts = np.random.default_rng(0).integers(1, 50, size=(20, 4))
    assert _measures(counts)["alpha"] == pytest.approx([_alpha_of_package(row) for row in counts])


def test_intervals_hold_the_value_and_do_not_depend_on_order(corpus):
    read = codes({"a-0": "safety", "a-1": "safety", "b-0": "safety"})
    gold = codes({"a-0": "safety", "a-2": "safety", "b-0": "safety"})
    table = agreement(corpus, read, gold)
    turned = Corpus(
        corpus.plans[::-1],
        corpus.sections,
        corpus.measures,
        corpus.statements[::-1],
        corpus.sources,
    )
    pd.testing.assert_frame_equal(table, agreement(turned, read[::-1], gold[::-1]))
    for name in ("precision", "recall", "f1", "alpha"):
        assert (table[f"{name}_low"] <= table[name] + 1e-12).all() and (table[name] <= table[f"{name}_high"] + 1e-12).all()


@pytest.mark.parametrize(
    ("start", "end", "matched"),
    [
        (0, 4, "a-0"),
        (0, 8, "a-0;a-1"),
        (2, 6, "a-0;a-1"),
        (3, 8, "a-1"),
        (1, 12, "a-0;a-1;a-2"),
    ],
)
def test_gold_rows_meet_statements_that_share_half_the_shorter_one(corpus, start, end, matched):
    pairs = paired(corpus, codes({}), gold_of([("a", start, end, "", "")]))
    assert pairs["statement"].to_list() == [matched]


def test_unsettled_themes_count_neither_way(corpus):
    gold = gold_of([("a", 0, 4, "", "safety"), ("a", 4, 8, "safety", "")])
    assert errors(corpus, codes({"a-0": "safety"}), gold)[["tp", "fp", "fn", "tn"]].values.tolist() == [[0, 0, 1, 0]]


def test_figures_that_nothing_bears_on_are_empty(corpus):
    table = agreement(corpus, codes({}), codes({}), themes=["safety"])
    assert table[["precision", "recall", "f1", "alpha"]].isna().all(axis=None)


def test_by_plan(corpus):
    same = codes({"a-0": "safety", "b-0": "safety"})
    table = agreement(corpus, same, same, by_plan=True)
    assert table[table["theme"] == "safety"]["plan"].to_list() == ["a", "b"]


def test_strangers_are_refused(corpus):
    with pytest.raises(schema.PolicyCompareError, match="c-9"):
        agreement(corpus, codes({"c-9": "safety"}), codes({}))
    with pytest.raises(schema.PolicyCompareError, match="none of the corpus's plans"):
        agreement(corpus, codes({}), gold_of([("z", 0, 4, "", "")]))


def test_a_faulty_gold_file_lists_every_fault(tmp_path):
    (tmp_path / "statements.csv").write_text(
        "plan,start,end,kind,themes\na,0,4,body,safety;weather\na,9,4,body,\na,4,8,bodi,\n",
        encoding="utf-8",
    )
    with pytest.raises(schema.TableError) as error:
        load_gold(tmp_path)
    assert [f.split(": ")[0].split(", ")[-1] for f in error.value.faults] == [
        "row 2",
        "row 3",
        "row 4",
    ]
    with pytest.raises(schema.SourceError, match="no such gold"):
        load_gold(tmp_path / "missing")
    for content in (b"", b"\x00\xff\x8d", b'plan,start\na,"1'):
        (tmp_path / "statements.csv").write_bytes(content)
        with pytest.raises(schema.PolicyCompareError, match=r"statements\.csv"):
            load_gold(tmp_path)
