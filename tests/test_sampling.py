import pandas as pd
import pytest

import policycompare as pc
from policycompare import schema
from policycompare.sampling import draw_sample, read_sample, write_sample


@pytest.fixture(scope="module")
def corpus():
    return pc.load_corpus()


@pytest.fixture(scope="module")
def codings(corpus):
    return pc.code(corpus)


@pytest.fixture
def sheet(corpus, codings):
    return draw_sample(corpus, codings, n=40)


def test_the_draw_reaches_every_plan_and_theme(corpus, codings, sheet):
    assert len(sheet) == 40 and sheet["statement"].is_unique
    assert set(sheet["plan"]) == set(corpus.plans["plan"])
    assert set(codings[codings["statement"].isin(sheet["statement"])]["theme"]) == set(codings["theme"])
    assert (~sheet["statement"].isin(codings["statement"])).any()
    assert (sheet["themes"] == "").all()


def test_the_draw_does_not_depend_on_order_but_on_the_seed(corpus, codings, sheet):
    assert draw_sample(corpus, codings.iloc[::-1], n=40).equals(sheet)
    assert not draw_sample(corpus, codings, n=40, seed=1).equals(sheet)
    assert len(draw_sample(corpus, codings, n=10**6)) == (corpus.statements["kind"] == "body").sum()
    with pytest.raises(schema.PolicyCompareError, match="n must be at least 1"):
        draw_sample(corpus, codings, n=0)


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_there_and_back(corpus, sheet, tmp_path, name):
    filled = sheet.assign(themes=["safety; teachers", "none", "governance，funding", *["none"] * (len(sheet) - 3)])
    write_sample(filled, tmp_path / "new" / name)
    read = read_sample(tmp_path / "new" / name, corpus, sheet=sheet)
    schema.check(read, "codings")
    first, third = sheet["statement"].iloc[0], sheet["statement"].iloc[2]
    assert read[["statement", "theme"]].values.tolist() == [
        [first, "safety"],
        [first, "teachers"],
        [third, "governance"],
        [third, "funding"],
    ]
    assert read.attrs["statements"] == sheet["statement"].to_list()


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_a_text_that_a_spreadsheet_would_run_is_kept_a_text(tmp_path, name):
    (tmp_path / "a.txt").write_text("教育工作要点\n\n一、任务\n=1+2落实校园安全责任。\n@各校排查隐患。\n", encoding="utf-8")
    corpus = pc.load_corpus(tmp_path / "a.txt")
    sheet = draw_sample(corpus, pc.code(corpus)).assign(themes="none")
    risky = sheet["text"].str.startswith(("=", "@"))
    assert risky.sum() == 2
    write_sample(sheet, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    assert read_sample(tmp_path / name, corpus).attrs["statements"] == sheet["statement"].to_list()
    if name.endswith("csv"):
        assert pd.read_csv(tmp_path / name, dtype=str)["text"][risky].str.startswith("'").all()
    write_sample(sheet, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


def test_a_sheet_that_cannot_be_written_leaves_the_one_that_stood_there(sheet, tmp_path, monkeypatch):
    write_sample(sheet, tmp_path / "s.csv")
    before = (tmp_path / "s.csv").read_bytes()

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(schema.PolicyCompareError, match="No space left"):
        write_sample(sheet.head(1), tmp_path / "s.csv")
    assert (tmp_path / "s.csv").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_the_coder_is_judged_on_the_sample_alone(corpus, codings, sheet, tmp_path):
    by_statement = codings.groupby("statement")["theme"].agg(lambda names: ";".join(dict.fromkeys(names)))
    write_sample(sheet.assign(themes=sheet["statement"].map(by_statement).fillna("none")), tmp_path / "s.csv")
    read = read_sample(tmp_path / "s.csv", corpus)
    errors = pc.reliability.errors(corpus, codings, read, among=read.attrs["statements"])
    assert (errors[["tp", "fp", "fn", "tn"]].sum(axis=1) == 40).all() and errors[["fp", "fn"]].to_numpy().sum() == 0


def test_every_fault_of_a_sheet_is_listed_and_none_guessed_away(corpus, sheet, tmp_path):
    faulty = sheet.assign(themes="none")
    faulty.loc[0, "themes"] = "safty"
    faulty.loc[1, "themes"] = ""
    faulty.loc[2, "text"] = "改过的句子。"
    faulty.loc[3, "statement"] = "nowhere-1"
    faulty.loc[4, "themes"] = "none;safety"
    faulty.loc[5, "statement"] = faulty.loc[6, "statement"]
    faulty.loc[5, "text"] = faulty.loc[6, "text"]
    write_sample(faulty.drop(index=7), tmp_path / "s.csv")
    with pytest.raises(schema.TableError) as error:
        read_sample(tmp_path / "s.csv", corpus, sheet=sheet)
    says = "\n".join(error.value.faults)
    for part in (
        "row 2: theme 'safty'",
        "row 3: themes is empty",
        "row 4: the text",
        "row 5: statement 'nowhere-1'",
        "row 6: none stands",
        "twice",
    ):
        assert part in says
    assert sum("was drawn but is missing" in fault for fault in error.value.faults) == 3
    assert len(error.value.faults) == 9


def test_a_spreadsheets_line_ends_are_no_edit(corpus, sheet, tmp_path):
    write_sample(sheet.assign(themes="none", text=sheet["text"] + "\r\n"), tmp_path / "s.csv")
    assert read_sample(tmp_path / "s.csv", corpus).empty


def test_what_cannot_be_read_is_said(corpus, sheet, tmp_path):
    (tmp_path / "s.xlsx").write_bytes(b"no workbook")
    (tmp_path / "z.xlsx").write_bytes(b"PK\x03\x04 no zip file")
    (tmp_path / "e.csv").write_bytes(b"")
    pd.DataFrame({"statement": ["x"]}).to_csv(tmp_path / "t.csv")
    said = {
        "s.xlsx": "cannot be read as a sheet",
        "z.xlsx": "cannot be read as a sheet",
        "none.csv": "no such file",
        "e.csv": "is empty",
        "t.csv": "column themes is missing",
    }
    for name, says in said.items():
        with pytest.raises(schema.PolicyCompareError, match=says):
            read_sample(tmp_path / name, corpus)


def test_a_sheet_that_excel_saved_in_its_own_encoding_is_read(corpus, sheet, tmp_path):
    filled = sheet.assign(themes="none", note="不确定")
    filled.to_csv(tmp_path / "s.csv", index=False, encoding="gb18030")
    assert read_sample(tmp_path / "s.csv", corpus).attrs["statements"] == sheet["statement"].to_list()


def test_a_sheet_is_csv_or_xlsx(sheet, tmp_path):
    with pytest.raises(schema.PolicyCompareError, match=r"ends in \.csv or"):
        write_sample(sheet, tmp_path / "s.ods")
