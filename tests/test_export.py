"""What leaves the toolkit is whole, safe to open and looks right on any machine."""

import base64
import io
import re
import zlib

import numpy as np
import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare import export
from policycompare.drawing import browser
from policycompare.drawing import drawing as drawing
from policycompare.schema import DrawingError, PolicyCompareError
from policycompare.spreadsheets import guarded, unguarded

RISKY = ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1", "'=1"]
HARMLESS = ["=", "-", "\r", "a\rb", "a\r\nb", "a\nb", "达到95%", "a=b", "'引'", "——以上", "3.5", ""]


@pytest.fixture
def tables():
    return {
        "statements": pd.DataFrame({"statement": ["a-1", "a-2"], "text": ["加强学校安全。", "=HYPERLINK(1)"], "start": [0, 7]}),
        "coverage": pd.DataFrame({"plan": ["a"], "share": [-0.25], "n": pd.array([None], dtype="Int64")}),
    }


# --- tables


def test_csv_shows_chinese_in_excel_and_reads_back(tables, tmp_path):
    files = export.write_tables(tables, tmp_path / "new" / "folder")
    assert [file.name for file in files] == ["statements.csv", "coverage.csv"]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbfstatement,text,start\r\n")
    assert pd.read_csv(files[0])["start"].tolist() == [0, 7]
    assert pd.read_csv(files[1])["share"].tolist() == [-0.25]


@pytest.mark.parametrize("text", [*RISKY, "=1\r+2"])
def test_csv_never_holds_a_formula(text, tmp_path):
    [file] = export.write_tables({"t": pd.DataFrame({"text": [text]})}, tmp_path)
    assert pd.read_csv(file, keep_default_na=False)["text"].tolist() == ["'" + text]


@pytest.mark.parametrize("text", HARMLESS)
def test_csv_leaves_other_texts_alone(text, tmp_path):
    [file] = export.write_tables({"t": pd.DataFrame({"text": [text], "n": [1]})}, tmp_path)
    assert pd.read_csv(file, keep_default_na=False, dtype=str)["text"].tolist() == [text]


@settings(deadline=None)
@given(st.text(alphabet="='+-@\t\r\n\",;1a安", max_size=6))
def test_one_quote_less_gives_any_text_back(text):
    safe = guarded(text)
    assert not re.match(r"[=+\-@\t\r].", safe, flags=re.S)
    assert unguarded(safe) == text


def test_categories_and_mixed_cells_are_guarded_too(tmp_path):
    table = pd.DataFrame({"a": pd.Categorical(["=1", "x"]), "b": [-1, "-1"]}, index=[5, 5])
    [file] = export.write_tables({"t": table}, tmp_path)
    assert file.read_text(encoding="utf-8-sig").split() == ["a,b", "'=1,-1", "x,'-1"]
    assert table["a"].tolist() == ["=1", "x"]


def test_parquet_keeps_everything(tables, tmp_path):
    [file, _] = export.write_tables(tables, tmp_path, format="parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(file), tables["statements"])


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet"])
def test_tables_are_the_same_bytes_every_time(tables, tmp_path, format):
    first, second = (export.write_tables(tables, tmp_path / name, format=format) for name in "ab")
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden.", "a b"])
def test_a_name_that_is_no_file_name_is_refused(name, tmp_path):
    with pytest.raises(PolicyCompareError, match="cannot be a file's name"):
        export.write_tables({name: pd.DataFrame()}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_earlier_outputs_as_they_were(tables, tmp_path, monkeypatch):
    export.write_tables(tables, tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(self, file, **options):
        if "coverage" in str(file):
            raise OSError(28, "No space left on device")
        file.write_text("half")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(PolicyCompareError, match=r"cannot write to .*No space left on device; make room"):
        export.write_tables(tables, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_an_error(tables, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PolicyCompareError, match="cannot write to"):
        export.write_tables(tables, tmp_path / "file" / "folder")


# --- the workbook


def test_a_workbook_made_to_be_read(tables, tmp_path):
    [file] = export.write_tables(tables, tmp_path, format="xlsx")
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["statements", "coverage"]
    sheet = book["statements"]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["statement", "text", "start"],
        ["a-1", "加强学校安全。", 0],
        ["a-2", "=HYPERLINK(1)", 7],
    ]
    assert sheet["B3"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C3")
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["C"].width
    assert [cell.value for cell in book["coverage"][2]] == ["a", -0.25, None]


@pytest.mark.parametrize("text", [*RISKY, "http://example.org", "mailto:a@b.c", "{=1}", "007"])
def test_a_workbook_holds_texts_as_texts(text, tmp_path):
    [file] = export.write_tables({"t": pd.DataFrame({"text": [text]})}, tmp_path, format="xlsx")
    cell = openpyxl.load_workbook(file)["t"]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value.replace("_x000D_", "\r") == text


def test_a_text_longer_than_excel_holds_says_that_it_was_cut(tmp_path):
    [file] = export.write_tables({"t": pd.DataFrame({"text": ["安" * 40_000]})}, tmp_path, format="xlsx")
    value = openpyxl.load_workbook(file)["t"]["A2"].value
    assert len(value) == 32_767
    assert value.endswith("安… [cut here: 40000 characters; whole in the CSV]")


def test_numbers_that_excel_lacks_become_empty(tmp_path):
    table = pd.DataFrame({"x": [np.nan, np.inf, 1.5], "ok": [True, False, True], "none": [None, pd.NA, pd.NaT]})
    [file] = export.write_tables({"t": table}, tmp_path, format="xlsx")
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(file)["t"]]
    assert rows[1:] == [[None, True, None], [None, False, None], [1.5, True, None]]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    import policycompare as pc

    tables = pc.analyse(pc.load_corpus())
    [file] = export.write_tables(tables, tmp_path_factory.mktemp("workbook"), format="xlsx", colours={"safety": "#AD2924"})
    return tables, openpyxl.load_workbook(file)


def test_each_count_leads_to_the_statements_that_it_counts(workbook):
    tables, book = workbook
    coverage = tables["coverage"]
    links = {int(cell.row) - 2: cell.hyperlink.location for [cell] in book["coverage"]["D2" : f"D{len(coverage) + 1}"] if cell.hyperlink}
    assert sorted(links) == coverage.index[coverage["n"] > 0].to_list()
    assert not coverage.loc[coverage["by"] == "statements"].empty
    for row, location in links.items():
        plan, theme, by, n = coverage.loc[row, ["plan", "theme", "by", "n"]]
        assert book["coverage"].cell(row + 2, 4).value == n
        shown = [[cell.value for cell in line[:3]] for line in book["evidence"][location.partition("!")[2]]]
        assert {(line[0], line[1]) for line in shown} == {(plan, theme)}
        coded = tables["codings"].query("theme == @theme").merge(tables["statements"].query("plan == @plan"), on="statement")
        assert sorted(line[2] for line in shown) == sorted(set(coded["statement"]))
        if by == "statements":
            assert len(shown) == n


def test_a_theme_has_its_colour(workbook):
    cells = [cell for cell in workbook[1]["codings"]["B"] if cell.value == "safety"]
    assert cells
    assert {cell.border.left.color.rgb for cell in cells} == {"FFAD2924"}


# --- codings


def test_codings_leave_with_what_they_code(tmp_path):
    import policycompare as pc

    corpus = pc.load_corpus()
    codings = pc.code(corpus)
    files = export.write_codings(corpus, codings, tmp_path, formats=["csv", "xlsx"])
    assert [file.name for file in files] == ["plans.csv", "statements.csv", "codings.csv", "codings.xlsx"]
    assert len(pd.read_csv(files[2], encoding="utf-8-sig")) == len(codings)
    assert openpyxl.load_workbook(files[3], read_only=True).sheetnames == ["plans", "statements", "codings", "evidence"]
    with pytest.raises(PolicyCompareError, match="formats must be one of csv, xlsx"):
        export.write_codings(corpus, codings, tmp_path, formats=["doc"])


# --- figures


def figure(title="五个主题的覆盖率 Coverage"):
    heat = go.Heatmap(z=[[0.1, 0.4]], x=["咸宁市", "奉节县"], y=["教师队伍建设"], texttemplate="%{z:.0%}", colorscale="Blues")
    points = go.Scatter(x=["咸宁市"], y=["教师队伍建设"], mode="markers", hovertext="\U00020000", text="\U00020001")
    return go.Figure([heat, points]).update_layout(title=title, width=500, height=300)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    files = export.write_figures({"one": figure(), "two": figure()}, folder, formats=export.FIGURE_FORMATS)
    files += export.write_figures({"other": figure("五个主题的提及率 Coverage")}, folder, formats=["png"])
    return {file.name: file.read_bytes() for file in files}


def test_every_figure_in_every_format(drawn):
    assert list(drawn)[:-1] == [f"{name}.{format}" for name in ("one", "two") for format in ("html", "png", "svg", "pdf")]


def test_beside_a_figure_stand_its_caption_and_its_rows(tmp_path):
    import policycompare as pc

    corpus = pc.load_corpus()
    coverage = pc.coverage(corpus, pc.code(corpus))
    heat = pc.charts.coverage_heatmap(coverage, plans=corpus.plans, language="zh")
    files = export.write_figures({"heat": heat}, tmp_path, formats=["html"])
    assert [file.name for file in files] == ["heat.html", "heat.csv", "heat.txt"]
    lines = files[2].read_text(encoding="utf-8").splitlines()
    assert lines == [heat.layout.meta[part] for part in ("title", "subtitle", "note", "source")]
    rows = pd.read_csv(files[1], encoding="utf-8-sig").set_index(["plan", "theme"])
    shown = coverage[coverage["by"] == "statements"].set_index(["plan", "theme"])
    assert rows["share"].to_dict() == pytest.approx(shown["share"].to_dict(), abs=1e-6)
    assert rows["n"].to_dict() == shown["n"].to_dict()


def test_a_page_needs_no_network(drawn):
    page = drawn["one.html"].decode()
    assert not re.findall(r"<(?:script|link)[^>]+(?:src|href)=", page)
    assert '"showSendToCloud": false' in page
    assert len(page) > 1_000_000


def test_the_image_is_for_print(drawn):
    png = drawn["one.png"]
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1562, 937)  # 500 × 300 pixels of 1/96 inch at 300 dpi
    assert png[37:41] == b"pHYs"
    assert round(int.from_bytes(png[41:45]) * 0.0254) == 300
    assert zlib.crc32(png[37:50]) == int.from_bytes(png[50:54])


def test_the_same_figure_is_the_same_image(drawn):
    assert drawn["one.png"] == drawn["two.png"]
    assert drawn["one.svg"] == drawn["two.svg"]


def test_characters_are_drawn_and_not_boxes(drawn):
    """Two titles that differ in characters of the same width differ as images; as boxes they would not."""
    assert drawn["one.png"] != drawn["other.png"]


def test_the_drawing_carries_the_glyphs_that_it_shows(drawn):
    svg = drawn["one.svg"].decode()
    [font] = re.findall(r"font/woff2;base64,([^)]+)\)", svg)
    with TTFont(io.BytesIO(base64.b64decode(font))) as embedded:
        has = embedded.getBestCmap()
    shown = {char for text in re.findall(r">([^<]+)</(?:text|tspan)>", svg) for char in text if not char.isspace()}
    assert set("咸宁奉节教师覆盖率Coverage10%") <= shown
    assert {ord(char) for char in shown} <= has.keys()
    assert len(font) < 60_000
    families = set(re.findall(r"font-family: ([^;]+);", svg))
    assert all(family.startswith(f"'{browser.FONT_FAMILY}'") for family in families)


def test_the_pdf_embeds_the_font_and_its_text_can_be_copied(drawn):
    import pypdf

    [page] = pypdf.PdfReader(io.BytesIO(drawn["one.pdf"])).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert [font["/BaseFont"].partition("+")[2] for font in fonts] == ["WenQuanYiMicroHei"]
    assert "/FontFile2" in fonts[0]["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    assert "五个主题的覆盖率" in page.extract_text()


def test_a_missing_glyph_is_an_error_before_anything_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "draw", lambda *_, **_named: pytest.fail("drawn all the same"))
    bad = {name: go.Figure().update_layout(title=f"区\U00020000{name}") for name in ("one", "two")}
    with pytest.raises(DrawingError) as caught:
        export.write_figures({**bad, "good": figure()}, tmp_path)
    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["figure 'one'", "figure 'two'"]
    assert "\U00020000" in str(caught.value)
    assert "POLICYCOMPARE_FONT" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("trace", "seen"),
    [
        (go.Bar(x=[1], y=[1], text=["书"]), True),
        (go.Scatter(x=[1], y=[1], text=["书"], mode="markers"), False),
        (go.Scatter(x=[1], y=[1], text=["书"], mode="markers+text"), True),
        (go.Heatmap(z=[[1]], text=[["书"]]), False),
        (go.Heatmap(z=[[1]], text=[["书"]], texttemplate="%{text}"), True),
        (go.Heatmap(z=[[1]], x=np.array(["书"])), True),
        (go.Bar(x=[1], y=[1], customdata=[["书"]], hovertemplate="书", meta="书"), False),
        (go.Bar(x=[1], y=[1], name="书"), True),
        (go.Table(cells={"values": [["书"]]}), True),
    ],
)
def test_which_texts_an_image_shows(trace, seen):
    assert ("书" in "".join(drawing._seen_texts(go.Figure(trace).to_plotly_json()))) == seen


def test_a_browser_that_fails_is_an_error_and_leaves_nothing(tmp_path, monkeypatch):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    with pytest.raises(DrawingError, match="BROWSER_PATH"):
        export.write_figures({"one": figure()}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
