"""Studies, folders and files → a corpus; everything wrong is named at once, and the rest loads on request."""

import hashlib
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
from makers import docx

from policycompare import load_corpus
from policycompare.paths import data_path
from policycompare.schema import PolicyCompareError, PolicyCompareWarning, SourceError, TableError

ONE = "某县教育规划\n一、加强党建。全面落实责任。\n二、建设师资。提高待遇。\n"
TWO = "某市教育要点\n一、保障安全。排查隐患。\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "plans").mkdir(parents=True)
    (folder / "plans" / "north.txt").write_text(ONE, encoding="utf-8", newline="")
    (folder / "plans" / "south.txt").write_text(TWO, encoding="utf-8", newline="")
    manifest(folder, "north,plans/north.txt,2021,\nsouth,plans/south.txt,,\n")
    return folder


def manifest(folder: Path, rows: str, *, encoding: str = "utf-8-sig") -> None:
    (folder / "plans.csv").write_text("plan,file,year,sha256\n" + rows, encoding=encoding)


def refused(where: object, **options: object) -> str:
    with pytest.raises(PolicyCompareError) as caught:
        load_corpus(where, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_every_row_quotes_its_source() -> None:
    corpus = load_corpus()
    for table in (corpus.measures, corpus.statements):
        for row in table.itertuples():
            assert corpus.sources[row.plan][row.start : row.end] == row.text
    assert corpus.plans["chars"].to_list() == [len(text) for text in corpus.sources.values()]
    assert corpus.sources["county"].encode() == data_path("plans", "county.txt").read_bytes()


def test_a_study_is_what_its_manifest_says(study: Path) -> None:
    corpus = load_corpus(study)
    assert corpus.plans["plan"].to_list() == ["north", "south"]
    assert corpus.plans["year"].to_list() == [2021, pd.NA]
    assert corpus.plans["guessed"].to_list() == ["", ""]
    assert corpus.sources == {"north": ONE, "south": TWO}
    assert load_corpus(study / "plans.csv").sources == corpus.sources


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_a_manifest_may_come_from_any_spreadsheet(study: Path, encoding: str) -> None:
    text = "plan,file,region,note\r\nnorth,plans\\north.txt,奉节县,我的说明\r\nsouth,south.txt,咸宁市,教育规划的工作\r\n,,,\r\n"
    (study / "plans.csv").write_bytes(text.encode(encoding))
    assert load_corpus(study).plans["region"].to_list() == ["奉节县", "咸宁市"]


@pytest.mark.parametrize(
    ("written", "read"), [("2023/9/5", "2023-09-05"), ("2023年9月5日", "2023-09-05"), ("2023-09", "2023-09"), ("", "")]
)
def test_dates_as_spreadsheets_write_them(study: Path, written: str, read: str) -> None:
    (study / "plans.csv").write_text(f"plan,file,issued\nnorth,plans/north.txt,{written}\nsouth,plans/south.txt,\n", encoding="utf-8")
    assert load_corpus(study).plans["issued"][0] == read


def test_files_folders_and_their_order_give_the_same_corpus(study: Path) -> None:
    files = [study / "plans" / "north.txt", study / "plans" / "south.txt"]
    first = load_corpus(study / "plans")
    for where in (files, files[::-1], [study / "plans"], [str(file) for file in files]):
        again = load_corpus(where)
        for name, table in first.tables.items():
            pd.testing.assert_frame_equal(again.tables[name], table)
    assert load_corpus(files[0]).plans["plan"].to_list() == ["north"]


def test_rows_of_the_manifest_in_any_order_give_the_same_tables(tmp_path: Path) -> None:
    shutil.copytree(data_path("plans"), tmp_path / "plans")
    lines = data_path("plans", "plans.csv").read_text(encoding="utf-8").splitlines()
    random.Random(7).shuffle(rows := lines[1:])
    (tmp_path / "plans" / "plans.csv").write_text("\n".join([lines[0], *rows]), encoding="utf-8")
    again = load_corpus(tmp_path / "plans")
    for name, table in load_corpus().tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_a_bare_file_is_guessed_at_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(ONE, encoding="utf-8")
    row = load_corpus(tmp_path / "plan.txt").plans.iloc[0]
    assert (row["title"], row["genre"], row["guessed"], row["source"]) == ("某县教育规划", "plan", "title;genre", "plan.txt")


def test_select_keeps_what_belongs_to_the_plans(study: Path) -> None:
    corpus = load_corpus(study)
    south = corpus.select("south")
    pd.testing.assert_frame_equal(south.statements, load_corpus(study / "plans" / "south.txt").statements)
    assert (list(south.sources), len(corpus.plans)) == (["south"], 2)
    with pytest.raises(PolicyCompareError, match="plans must be among north, south; got 'west'"):
        corpus.select(["south", "west"])
    with pytest.raises(PolicyCompareError, match="got nothing"):
        corpus.select([])


BAD_ROWS = [
    ("west,plans/west.txt,,", "row 2: there is no file 'plans/west.txt' in the study"),
    ("west,/etc/passwd,,", "row 2: '/etc/passwd' is an absolute path; write it from the study's folder, as plans/passwd"),
    ("west,C:\\plans\\west.txt,,", "is an absolute path"),
    ("west,../outside.txt,,", "row 2: '../outside.txt' leads out of the study by '..'"),
    ("west,plans/../../outside.txt,,", "leads out of the study"),
    ("west,plans/link.txt,,", "row 2: 'plans/link.txt' is a link out of the study"),
    ("west,plans/linked/outside.txt,,", "is a link out of the study"),
    ("west,plans/empty.txt,,", "empty.txt: is empty"),
    ("west,plans/binary.txt,,", "binary.txt: byte 3 is NUL"),
    ("west,plans/other.txt,,abc123", "row 2: other.txt is not the file that was brought in"),
    ("west,plans/other.txt,soon,", "row 2: column year: 'soon' is not a whole number"),
    (",plans/other.txt,,", "row 2: column plan: is empty"),
    ("west,,,", "row 2: column file: is empty"),
    ("a/b,plans/other.txt,,", "row 2: 'a/b' cannot be a plan's id"),
    ("=cmd(),plans/other.txt,,", "cannot be a plan's id"),
    ("North,plans/other.txt,,", "collides with that of"),
    ("west,plans/north.txt,,", "is the file of row 2, too|is the file of row 3, too|stands twice"),
    ("north,plans/other.txt,,", "'north' stands twice"),
    ("west,a\0b.txt,,", "control character|NUL"),
]


@pytest.fixture
def hostile(study: Path) -> Path:
    (study.parent / "outside.txt").write_text(ONE + "外面", encoding="utf-8")
    (study / "plans" / "link.txt").symlink_to(study.parent / "outside.txt")
    (study / "plans" / "linked").symlink_to(study.parent)
    (study / "plans" / "empty.txt").touch()
    (study / "plans" / "binary.txt").write_bytes(b"abc\0def")
    (study / "plans" / "other.txt").write_text(TWO + "三、其他。", encoding="utf-8")
    return study


@pytest.mark.filterwarnings("ignore::policycompare.schema.PolicyCompareWarning")
@pytest.mark.parametrize(("row", "why"), BAD_ROWS)
def test_a_bad_row_is_refused_by_file_row_and_mend(hostile: Path, row: str, why: str) -> None:
    manifest(hostile, f"{row}\nnorth,plans/north.txt,,\n")
    with pytest.raises(PolicyCompareError, match="|".join(map(_escape, why.split("|")))):
        load_corpus(hostile)


def _escape(text: str) -> str:
    return "".join(f"[{char}]" if char in ".()[]?*+$|" else char for char in text).replace("\\", "\\\\")


@pytest.mark.filterwarnings("ignore::policycompare.schema.PolicyCompareWarning")
def test_all_faults_come_at_once_and_the_rest_loads_on_request(hostile: Path) -> None:
    rows = [row for row, _ in BAD_ROWS if row.startswith("west,") and "\0" not in row and "north" not in row]
    rows = [row.replace("west,", f"west{at},", 1) for at, row in enumerate(rows)]
    manifest(hostile, "\n".join([*rows, "north,plans/north.txt,,"]))
    message = refused(hostile)
    assert all(f"row {at + 2}" in message or "txt: " in message for at in range(len(rows)))
    assert len(message.splitlines()) >= len(rows)
    corpus = load_corpus(hostile, skip_bad=True)
    assert corpus.plans["plan"].to_list() == ["north"]
    assert set(corpus.skipped["plan"]) == {f"west{at}" for at in range(len(rows))}
    assert all(corpus.skipped["reason"].str.len() > 20)


def test_the_loss_is_said_when_bad_plans_are_left_out(study: Path) -> None:
    manifest(study, "north,plans/north.txt,,\nwest,plans/west.txt,,\nsouth,plans/south.txt,,\n")
    with pytest.warns(PolicyCompareWarning, match="left out:\n.*row 3: there is no file 'plans/west.txt'"):
        assert len(load_corpus(study, skip_bad=True).plans) == 2
    manifest(study, "west,plans/west.txt,,\n")
    with pytest.warns(PolicyCompareWarning, match="no row for"), pytest.raises(SourceError, match="holds no plan that can be read"):
        load_corpus(study, skip_bad=True)


def test_a_changed_file_is_refused_until_its_hash_is_cleared(study: Path) -> None:
    digest = hashlib.sha256(ONE.encode()).hexdigest()
    manifest(study, f"north,plans/north.txt,,{digest.upper()}\nsouth,plans/south.txt,,\n")
    assert load_corpus(study).plans["sha256"][0] == digest
    (study / "plans" / "north.txt").write_text(ONE + " ", encoding="utf-8")
    assert "empty the cell sha256" in refused(study)


def test_warnings_for_files_without_a_row_twins_and_foreign_files(study: Path) -> None:
    (study / "plans" / "spare.txt").write_text(ONE, encoding="utf-8")
    with pytest.warns(PolicyCompareWarning, match=r"no row for plans/spare\.txt"):
        load_corpus(study)
    (study / "plans" / "notes.doc").write_text("x", encoding="utf-8")
    with pytest.warns(PolicyCompareWarning) as said:
        load_corpus(study / "plans")
    assert any("north and spare have the same text" in str(one.message) for one in said)
    assert any("notes.doc" in str(one.message) for one in said)


def test_a_day_that_does_not_exist_and_a_misspelt_column_are_told(study: Path) -> None:
    text = "plan,file,titel,issued\nnorth,plans/north.txt,北县要点,{}\nsouth,plans/south.txt,,\n"
    (study / "plans.csv").write_text(text.format("2022-13-01"), encoding="utf-8")
    with (
        pytest.warns(PolicyCompareWarning, match="column 'titel' is not known"),
        pytest.raises(PolicyCompareError, match="row 2: column issued: '2022-13-01' is no date"),
    ):
        load_corpus(study)
    (study / "plans.csv").write_text(text.format("2022-03").replace("titel", "note"), encoding="utf-8")
    assert load_corpus(study).plans["issued"].to_list() == ["2022-03", ""]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"title\nx\n", "column plan is missing"),
        (b"plan,file\na,b,c,d\n", "cells"),
        (b'plan,file\n"a,b\n', "no table"),
        (b"\x00\x01\x02", "NUL"),
        (b"plan,file\n", "holds no plan"),
    ],
)
def test_a_manifest_that_is_no_table_is_refused(study: Path, content: bytes, why: str) -> None:
    shutil.rmtree(study / "plans")
    (study / "plans.csv").write_bytes(content)
    with pytest.raises((TableError, SourceError), match=why):
        load_corpus(study)
    if why != "holds no plan":
        assert "plans.csv" in refused(study, skip_bad=True)


def test_files_with_one_id_collide_whatever_their_case(tmp_path: Path) -> None:
    for name in ("plan.txt", "plan.html", "PLAN.htm"):
        (tmp_path / name).write_text(ONE + name, encoding="utf-8")
    assert refused(tmp_path).count("collides with") == 2
    with pytest.warns(PolicyCompareWarning, match="collides"):
        assert len(load_corpus(tmp_path, skip_bad=True).plans) == 1


def test_places_without_a_plan_are_refused(tmp_path: Path) -> None:
    assert "holds no .txt, .html, .docx or .pdf file" in refused(tmp_path)
    assert "there is no such file" in refused(tmp_path / "none")
    assert "holds no plan" in refused([])


@pytest.mark.parametrize("ending", ["docx", "html", "gbk.txt"])
def test_a_plan_has_the_same_measures_in_any_format(tmp_path: Path, ending: str) -> None:
    corpus = load_corpus()
    for plan, text in corpus.sources.items():
        lines = text.split("\n")
        path = tmp_path / f"{plan}.{ending}"
        if ending == "docx":
            path.write_bytes(docx(lambda document, lines=lines: [document.add_paragraph(line) for line in lines]))
        elif ending == "html":
            links = "<div><a href=/1>首页</a><a href=/2>新闻</a><a href=/3>公开</a></div>"
            path.write_text(links + "<div>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>", encoding="utf-8")
        else:
            path.write_text(text, encoding="gb18030", newline="")
    again = load_corpus(tmp_path)
    for kind in ("measures", "statements"):
        want = ["".join(words.split()) for words in corpus.tables[kind]["text"]]
        assert ["".join(words.split()) for words in again.tables[kind]["text"]] == want


def test_a_folder_reads_nothing_outside_itself(tmp_path):
    folder, outside = tmp_path / "plans", tmp_path / "secret.txt"
    folder.mkdir()
    for place in (folder / "a.txt", outside):
        place.write_text("加强师德师风建设。", encoding="utf-8")
    try:
        (folder / "b.txt").symlink_to(outside)
        (folder / "c.txt").symlink_to(folder / "a.txt")
    except OSError:
        pytest.skip("no links here")
    with pytest.raises(PolicyCompareError, match="is a link out of the folder"):
        load_corpus(folder)
    with pytest.warns(PolicyCompareWarning):
        assert load_corpus(folder, skip_bad=True).plans["plan"].to_list() == ["a", "c"]


@pytest.mark.parametrize("where", [3, [None], "x" * 5000])
def test_what_can_be_no_path_is_refused(where):
    with pytest.raises(PolicyCompareError, match="where: "):
        load_corpus(where)
