"""The Word report: Word's own styles, real tables, described pictures, a Chinese font, the same bytes every time."""

from datetime import datetime
from io import BytesIO

import docx
import nbformat
import pytest
from docx.oxml.ns import qn

from policycompare.page import word

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fea73581e40000000049454e44ae426082"
)
META = {"title": "各文件关注的主题", "note": "注：422 条语句", "source": "来源：某县"}
TABLE = """<div class="scroll"><table><caption>每行为一份文件</caption><thead><tr><th>文件</th><th class="number">占比</th></tr></thead>
<tbody><tr><td>奉节县</td><td class="number"><a href="#evidence">43%</a> (24–62%)</td></tr></tbody></table></div>"""


def book():
    made = nbformat.v4.new_notebook()

    def shown(data):
        return nbformat.v4.new_code_cell("", id=f"c{len(made.cells)}", outputs=[nbformat.v4.new_output("display_data", data)])

    made.cells.append(nbformat.v4.new_markdown_cell("# 教育计划比较\n\n各文件涉及哪些主题。", metadata={"tags": ["zh"]}))
    made.cells.append(nbformat.v4.new_markdown_cell("# Plans compared", metadata={"tags": ["en"]}))
    made.cells.append(shown({"text/html": TABLE}))
    made.cells.append(nbformat.v4.new_markdown_cell("## 简要结论"))
    made.cells.append(shown({"text/html": '<div class="answers"><ul><li>教师队伍：<a href="#e">43%</a>（24–62%）。</li></ul></div>'}))
    made.cells.append(shown({word.PLOTLY_MIME: {"data": [], "layout": {"meta": META}}}))
    made.cells.append(shown({"text/html": "<details><summary>修复之处</summary><p>两处</p></details>"}))
    made.cells.append(shown({"text/html": '<section id="evidence"><table><tr><td>一千行</td></tr></table></section>'}))
    return made


@pytest.fixture
def written(tmp_path):
    (tmp_path / "c5.png").write_bytes(PNG)
    made = book()
    made.cells[5]["id"] = "c5"
    return [word.to_docx(made, images=tmp_path, language="zh", made=datetime(2026, 1, 1)) for _ in range(2)]  # noqa: DTZ001


def test_the_document_is_word_s_own(written):
    document = docx.Document(BytesIO(written[0]))
    texts = [(paragraph.style.name, "".join(run.text for run in paragraph._p.iter(qn("w:t")))) for paragraph in document.paragraphs]
    lines = [(style, text) for style, text in texts if text]
    assert lines == [
        ("Title", "教育计划比较"),
        ("Subtitle", "各文件涉及哪些主题。"),
        ("Caption", "表 1　每行为一份文件"),
        ("Heading 1", "简要结论"),
        ("List Bullet", "教师队伍：43%（24–62%）。"),
        ("Caption", "图 1　各文件关注的主题"),
        ("Heading 3", "修复之处"),
        ("Normal", "两处"),
        ("Normal", word.phrase("word.evidence", "zh")),
    ]
    [table] = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["文件", "占比"], ["奉节县", "43% (24–62%)"]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    [picture] = document.inline_shapes
    assert picture._inline.docPr.get("descr") == " ".join(META.values())
    assert document.core_properties.title == "教育计划比较报告"


def test_chinese_has_a_chinese_font_in_every_style(written):
    document = docx.Document(BytesIO(written[0]))
    fonts = list(document.styles.element.iter(qn("w:rFonts")))
    assert fonts
    assert {font.get(qn("w:eastAsia")) for font in fonts} == {"Microsoft YaHei"}
    assert not [name for font in fonts for name in font.attrib if name.endswith("Theme")]


def test_the_same_notebook_gives_the_same_bytes(written):
    assert written[0] == written[1]


def test_what_xml_cannot_hold_becomes_a_mark(tmp_path):
    (tmp_path / "c0.png").write_bytes(PNG)
    made = nbformat.v4.new_notebook()
    shown = (
        {"text/html": "<table><tr><td>师德\ufffe</td></tr></table><p>建设\x0b\uffff</p>"},
        {word.PLOTLY_MIME: {"layout": {"meta": {"title": "a\ufffe"}}}},
    )
    made.cells.append(nbformat.v4.new_code_cell("", id="c0", outputs=[nbformat.v4.new_output("display_data", data) for data in shown]))
    read = docx.Document(
        BytesIO(word.to_docx(made, images=tmp_path, language="en", made=datetime.fromisoformat("2026-01-01T00:00:00+00:00")))
    )
    assert read.tables[0].cell(0, 0).text == "师德\ufffd"
    assert "a\ufffd" in "".join(paragraph.text for paragraph in read.paragraphs)
