"""Changes by hand: applied after the coder, seen in the codings, refused when they do not fit."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import policycompare as pc
from policycompare.corpus.overrides import apply_overrides, override_faults
from policycompare.schema import PolicyCompareError, TableError, frame

HEAD = "statement,theme,subtheme,action,who,when,why,text\n"


def codings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return frame(
        "codings",
        [{"statement": s, "theme": t, "subtheme": sub, "score": 0.9, "terms": "词", "start": 0, "end": 1} for s, t, sub in rows],
    )


def overridden(before: pd.DataFrame, corpus: pc.Corpus, *rows: tuple[str, str, str, str]) -> list[tuple[str, str, str]]:
    table = frame("overrides", [dict(zip(("action", "statement", "theme", "subtheme"), row, strict=True)) for row in rows])
    after = apply_overrides(before, corpus, table)
    return list(zip(after["statement"], after["theme"], after["subtheme"], strict=True))


A, B = "county-s0007", "county-s0008"
CODED = [(A, "teachers", "training"), (A, "teachers", "pay"), (B, "safety", "")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], CODED),
        ([("remove", A, "teachers", "")], [(B, "safety", "")]),
        ([("remove", A, "teachers", "pay")], [(A, "teachers", "training"), (B, "safety", "")]),
        ([("remove", A, "funding", "")], CODED),
        ([("add", A, "teachers", "")], CODED),
        ([("add", A, "teachers", "pay")], CODED),
        ([("add", A, "safety", "")], [*CODED[:2], (A, "safety", ""), CODED[2]]),
        ([("add", B, "safety", "drills")], [*CODED[:2], (B, "safety", "drills")]),
        ([("remove", A, "teachers", ""), ("add", A, "teachers", "ethics")], [(A, "teachers", "ethics"), (B, "safety", "")]),
        ([("add", A, "teachers", "ethics"), ("remove", A, "teachers", "")], [(A, "teachers", "ethics"), (B, "safety", "")]),
    ],
)
def test_removals_come_first_and_additions_change_nothing_that_is_there(corpus, rows, expected):
    assert overridden(codings(*CODED), corpus, *rows) == expected


def test_no_codings_and_no_overrides_are_no_special_case(corpus):
    assert overridden(codings(), corpus, ("add", A, "safety", "")) == [(A, "safety", "")]
    assert list(apply_overrides(codings(), corpus, frame("overrides")).columns)[-1] == "hand"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    place = pc.study.init(tmp_path / "study", notebooks=False)
    for name in ("north", "south"):
        (tmp_path / f"{name}.txt").write_text("某县教育规划\n一、加强校园安全管理。\n二、落实工作责任，做好宣传。\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="same text"):
        pc.study.add(place, [tmp_path / "north.txt", tmp_path / "south.txt"])
    return place


@pytest.mark.filterwarnings("ignore:the plans")
def test_a_study_is_coded_then_overridden_and_says_so(study):
    bare = pc.load_corpus(study)
    first = bare.statements.loc[bare.statements["text"].str.contains("安全"), "statement"].iloc[0]
    other = bare.statements.loc[bare.statements["text"].str.contains("宣传"), "statement"].iloc[0]
    rows = f"{first},safety,,remove,Li Ming,2026-11-22,only a heading's word,\n{other},funding,,add,Wang Fang,,,\n"
    (study / "overrides.csv").write_text(HEAD + rows, encoding="utf-8")
    corpus = pc.load_corpus(study)
    coded = pc.code(corpus)
    assert not ((coded["statement"] == first) & (coded["theme"] == "safety")).any()
    assert coded.loc[coded["theme"] == "funding", ["statement", "hand"]].to_numpy().tolist() == [[other, "Wang Fang"]]
    pd.testing.assert_frame_equal(pc.code(corpus, overrides=False), pc.code(bare))
    assert list(pc.analyse(corpus)["overrides"]["who"]) == ["Li Ming", "Wang Fang"]
    assert "overrides" not in pc.analyse(bare)
    assert len(corpus.select("south").overrides) == 0
    assert len(corpus.select("north").overrides) == 2


@pytest.mark.filterwarnings("ignore:the plans")
def test_all_faults_of_overrides_are_told_at_once(study):
    text = pc.load_corpus(study).statements.query("kind == 'body'").iloc[0]
    rows = [
        "north-s9999,safety,,add,,,,",
        f"{text['statement']},cheese,,add,,,,",
        f"{text['statement']},teachers,cheese,add,,,,",
        f"{text['statement']},funding,,drop,,,,",
        f"{text['statement']},safety,,add,,,,别的话",
        f"{text['statement']},safety,,remove,,,,",
    ]
    (study / "overrides.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8-sig")
    corpus = pc.load_corpus(study)
    with pytest.raises(TableError) as error:
        pc.code(corpus)
    said = [fault.partition("overrides.csv, ")[2][:14] for fault in error.value.faults]
    columns = ["statement", "theme", "subtheme", "action", "text"]
    assert said == [f"row {row}: column {name}"[:14] for row, name in enumerate(columns, 2)] + ["row 7: says wh"]
    found = pc.study.check(study)
    assert len(found.query("grade == 'error'")) == 4  # themes are the taxonomy's business
    (study / "overrides.csv").write_text("statement,theme\n", encoding="utf-8")
    with pytest.raises(TableError, match="column action is missing"):
        pc.load_corpus(study)


def test_a_theme_in_the_background_is_overridden_but_not_shown(corpus):
    taught = set(pc.code(corpus, taxonomy="education-extended").query("theme == 'teaching'")["statement"])
    statement = next(name for name in corpus.statements.query("kind == 'body'")["statement"] if name not in taught)
    row = {"statement": statement, "theme": "teaching", "action": "add", "who": "x"}
    changed = replace(corpus, overrides=frame("overrides", [row]))
    assert (pc.code(changed)["hand"] == "").all()
    assert (pc.code(changed, taxonomy="education-extended")["hand"] == "x").sum() == 1
    assert override_faults(changed) == []


def test_a_change_by_hand_shows_wherever_its_code_does(corpus):
    statement = pc.code(corpus).query("theme != 'safety'")["statement"].iloc[0]
    rows = [
        {"statement": statement, "theme": "safety", "action": "add", "who": "Li Ming", "when": "2026-11-22", "why": "<b>names</b> it"},
        {"statement": "county-s0008", "theme": "moral_education", "action": "remove", "who": "Wang Fang"},
    ]
    changed = replace(corpus, overrides=frame("overrides", rows))
    coded = pc.code(changed)
    shown = pc.explain(changed, coded, {"theme": "safety", "plan": "county"}).set_index("statement")["evidence"]
    assert shown[statement] == "coded by hand (Li Ming, 2026-11-22: <b>names</b> it)"
    for language, said in (("en", "coded by hand: Li Ming"), ("zh", "人工编码：Li Ming")):
        page = pc.evidence.statements_table(changed, coded, language=language)
        assert said in page and "<b>" not in page
        listed = pc.pages.dropped(changed, language=language)
        assert "Li Ming" in listed and "Wang Fang" in listed and "county-s0008" in listed and "<b>" not in listed
        limits = [pc.prose.plain(line) for line in pc.prose.limits(changed, language=language)]
        assert [line for line in limits if "by hand" in line or "人工" in line]
    assert "Li Ming" not in pc.pages.dropped(corpus)


@pytest.mark.parametrize("file", ["overrides.csv", "pmc.csv"])
def test_corrections_that_cannot_be_read_are_not_taken_for_none(tmp_path, file):
    (tmp_path / "a.txt").write_text("某县教育规划\n一、加大教育经费投入。", encoding="utf-8")
    (tmp_path / "plans.csv").write_text("plan,file\na,a.txt\n", encoding="utf-8")
    (tmp_path / file).symlink_to("gone.csv")
    with pytest.raises(PolicyCompareError, match=rf"{file}: cannot be read \(No such file or directory\)"):
        pc.pmc_values(pc.load_corpus(tmp_path), overrules=tmp_path)
