"""Inputs of which little can be said: every analysis says what it cannot compute, and computes the rest."""

from contextlib import nullcontext

import pandas as pd
import pytest

import policycompare as pc

PLAN = "{}教育工作要点\n\n一、队伍建设\n1.加强师德师风建设。落实师德考核,到2027年培养骨干教师{}名。\n2.开展教师培训。每年组织一次教师基本功竞赛。\n二、安全\n1.抓好校车安全。排查食品安全隐患,实现全覆盖。\n"

STUDIES = {
    "one plan": [PLAN.format("甲县", 20)],
    "one sentence": [PLAN.format("甲县", 20), "加强教师队伍建设。"],
    "no measure": [PLAN.format("甲县", 20), "全县教育工作要点\n\n加强教师队伍建设,抓好校园安全。认真落实各项工作任务。\n"],
    "identical": [PLAN.format("甲县", 20), PLAN.format("甲县", 20)],
    "nothing to code": ["甲。\n", "乙。\n"],
    "only numbers": ["1.2021年3月。\n2.100%。\n", PLAN.format("乙县", 5)],
}


@pytest.fixture(scope="module", params=STUDIES, ids=[name.replace(" ", "-") for name in STUDIES])
def study(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    for name, text in zip("abc", STUDIES[request.param], strict=False):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with pytest.warns() if request.param == "identical" else nullcontext():
        corpus = pc.load_corpus(folder)
    return corpus, pc.code(corpus)


def test_every_analysis_answers(study):
    corpus, codings = study
    targets = pc.find_targets(corpus)
    clusters = pc.cluster_measures(corpus, draws=3)
    tables = {
        "differences": pc.compare_coverage(corpus, codings, draws=50),
        "orders": pc.compare_orders(pc.coverage(corpus, codings, draws=5)),
        "keyness": pc.keyness(corpus, fewest=1),
        "keyness by theme": pc.keyness(corpus, codings, by="theme", fewest=1),
        "pairs": pc.theme_pairs(corpus, codings),
        "places": pc.theme_places(corpus, codings, draws=20),
        "likeness": pc.plan_similarity(corpus),
        "counterparts": pc.counterparts(corpus),
        "alignment": pc.plan_alignment(corpus, pc.counterparts(corpus)),
        "ledger": pc.targets_ledger(corpus, targets),
        "goals": pc.goals_without_numbers(corpus, targets),
        "undated": pc.numbers_without_dates(targets),
        "clusters": clusters.plans,
        "agreement": pc.cluster_themes(clusters.measures, corpus, codings, draws=5),
    }
    for name, table in tables.items():
        assert isinstance(table, pd.DataFrame), name
        figures = [column for column in ("p", "lift", "z", "ami", "similarity", "score", "share") if column in table]
        if "reason" in table and figures:
            silent = table[figures].isna().any(axis=1) & (table["reason"] == "")
            assert not silent.any(), f"{name}: a figure is missing and nobody says why"


def test_every_row_with_a_key_can_be_explained(study):
    corpus, codings = study
    for row in pc.compare_coverage(corpus, codings, draws=20).to_dict("records"):
        assert set(pc.explain(corpus, codings, row)["plan"]) <= set(corpus.plans["plan"])


def test_identical_plans_are_told_apart_nowhere(study):
    corpus, codings = study
    if len(set(corpus.sources.values())) == 1 and len(corpus.sources) > 1:
        assert not pc.compare_coverage(corpus, codings)["distinguishable"].any()
        assert not pc.compare_orders(pc.coverage(corpus, codings, draws=5))["depends"].any()


def test_documents_of_junk_alone_are_coded_as_nothing(tmp_path):
    (tmp_path / "a.txt").write_text("教", encoding="utf-8")
    corpus = pc.load_corpus(tmp_path)
    assert (corpus.statements["kind"] == "junk").all() and pc.code(corpus).empty
