""".docx → text: list numbers as a word processor shows them, tables as rows, hostile packages refused."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx.oxml import parse_xml
from makers import W, docx, exchange

from policycompare.reading import read_source
from policycompare.reading.numbering import chinese, numeral
from policycompare.schema import SourceError

LISTS = f"""<w:abstractNum {W} w:abstractNumId="77">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:pStyle w:val="Heading1"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%4"/></w:lvl>
</w:abstractNum>"""


def numbered(items: list[tuple[int, str, int]]) -> bytes:
    """A .docx of (level, text, list) items; list 77 counts on, 78 shares its count and starts again at 5."""

    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, parse_xml(LISTS))
        numbering.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
        numbering.append(parse_xml(f'<w:num {W} w:numId="78"><w:abstractNumId w:val="77"/>{restart}</w:num>'))
        for level, text, number in items:
            paragraph = document.add_paragraph(text)
            mark = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            paragraph._p.get_or_add_pPr().append(parse_xml(mark))

    return docx(fill)


def read(path: Path, data: bytes, **limits: int) -> str:
    path.write_bytes(data)
    return read_source(path, **limits).text


def test_list_numbers_are_written_out_and_count_by_level(tmp_path: Path) -> None:
    items = [(0, "总体要求", 77), (0, "重点任务", 77), (1, "加强党建", 77), (2, "5所学校", 77), (2, "师德", 77), (3, "细则", 77)]
    items += [(1, "加强师资", 77), (2, "培训", 77), (0, "保障", 77), (0, "附则", 78), (0, "其他", 78), (2, "", 77), (0, "不编号", 0)]
    text = read(tmp_path / "plan.docx", numbered(items))
    assert text.splitlines() == [
        "一、总体要求", "二、重点任务", "（一）加强党建", "1. 5所学校", "2.师德", "2.1细则", "（二）加强师资", "1.培训", "三、保障", "五、附则", "六、其他", "不编号",
    ]  # fmt: skip


def test_every_number_written_out_is_a_repair(tmp_path: Path) -> None:
    (tmp_path / "plan.docx").write_bytes(numbered([(0, "总体要求", 77), (1, "加强党建", 77)]))
    repairs = read_source(tmp_path / "plan.docx").repairs
    assert [repair["text"] for repair in repairs] == ["一、总体要求", "（一）加强党建"]


def test_numbers_of_a_style_and_rows_of_tables(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_heading("某县教育规划", 0)
        for text in ("第一项任务", "第二项任务"):
            document.add_paragraph(text, style="List Number")
        document.add_paragraph("要点", style="List Bullet")
        table = document.add_table(2, 2)
        for at, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"格{at}\n续"
        frame = document.add_table(1, 1)
        frame.rows[0].cells[0].text = "框内文字"
        document.add_paragraph("总体要求\t3")
        document.add_paragraph("甲\t乙").add_run().add_break()

    lines = read(tmp_path / "plan.docx", docx(fill)).splitlines()
    assert lines == [
        "某县教育规划",
        "1.第一项任务",
        "2.第二项任务",
        "•要点",
        "格0 续\t格1 续",
        "格2 续\t格3 续",
        "框内文字",
        "总体要求……3",
        "甲 乙",
    ]


def test_deleted_text_is_left_out_and_inserted_text_kept(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>保留</w:t></w:r><w:del><w:r><w:delText>删除</w:delText></w:r></w:del><w:ins><w:r><w:t>插入</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:hyperlink><w:r><w:t>控件</w:t></w:r></w:hyperlink></w:p></w:sdtContent></w:sdt>"
    )
    package = exchange(docx(lambda document: None), "word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>".encode())
    assert read(tmp_path / "plan.docx", package) == "保留插入\n控件\n"


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (1, "chineseCounting", "一"), (10, "chineseCountingThousand", "十"), (21, "japaneseCounting", "二十一"), (3, "decimalEnclosedCircle", "③"),
        (12, "decimalFullWidth", "１２"), (28, "lowerLetter", "bb"), (9, "upperRoman", "IX"), (2, "ideographTraditional", "乙"), (7, "none", ""),
        (7, "unheardOf", "7"),
    ],
)  # fmt: skip
def test_numerals(number: int, style: str, shown: str) -> None:
    assert numeral(number, style) == shown


def test_chinese_numerals_are_all_different() -> None:
    assert len({chinese(number) for number in range(10_000)}) == 10_000


def bomb() -> bytes:
    return exchange(docx(lambda document: None), "word/document.xml", b" " * 60_000_000)


def entities(system: str) -> bytes:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    document = f"<w:document {W}><w:body><w:p><w:r><w:t>正文&l9;</w:t></w:r></w:p></w:body></w:document>"
    return exchange(docx(lambda _: None), "word/document.xml", f"<!DOCTYPE x [<!ENTITY l0 {system}>{laughs}]>{document}".encode())


def part(content: bytes | None, name: str = "word/document.xml") -> bytes:
    return exchange(docx(lambda document: None), name, content)


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("plan.txt", "正文")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(), "unpacks to 60,"),
        (entities('"lol"'), "cannot be read|document type"),
        (entities('SYSTEM "file:///etc/hostname"'), "cannot be read|document type"),
        (part(b"<w:p>" * 5_000), "cannot be read"),
        (part(None), "damaged"),
        (part(b"<html/>"), "damaged|holds no text"),
        (part(None, "word/styles.xml"), "damaged"),
        (part(b"\x00\x01", "[Content_Types].xml"), "damaged|cannot be read"),
        (docx(lambda document: None)[:4_000], "damaged"),
        (other_zip(), "no .docx"),
        (docx(lambda document: None), "holds no text"),
    ],
)
def test_hostile_and_damaged_packages_are_refused(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why) as caught:
        read(tmp_path / "plan.docx", data)
    assert str(caught.value).startswith(f"{tmp_path / 'plan.docx'}: ")


def test_nested_tables_cost_no_more_than_they_hold(tmp_path: Path) -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p><w:r><w:t>正文</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 60
    package = part(f"<w:document {W}><w:body>{nested}</w:body></w:document>".encode())
    assert read(tmp_path / "plan.docx", package) == "正文\n"


def test_a_style_based_on_itself_does_not_hang(tmp_path: Path) -> None:
    styles = f'<w:styles {W}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    package = exchange(docx(lambda document: document.add_paragraph("正文")), "word/styles.xml", styles.encode())
    assert read(tmp_path / "plan.docx", package) == "正文\n"
