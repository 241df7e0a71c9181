"""Saved pages → main text: all running text stays, lists of links go, and hostile pages are refused or harmless."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policycompare.reading import read_source
from policycompare.reading.html import read_html
from policycompare.schema import SourceError

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>关于印发某县教育工作要点的通知-某县教育局</title>
<style>p {color: red}</style></head><body>
<div class="top"><a href="/">首页</a> | <a href="/news">新闻</a> | <a href="/open">公开</a> <script>document.write("今天")</script></div>
<ul class="nav"><li><a href="/1">机构设置</a></li><li><a href="/2">教育新闻</a></li><li><a href="/3">通知公告</a></li></ul>
<div class="main"><h1>关于印发某县教育工作要点的通知</h1>
<div class="text">
<p>各乡镇学校:</p>
<p>一、加强教师
   队伍建设。全面落实立德树人根本任务,推动义务教育优质均衡发展,完善教师培养培训体系。</p>
<p>（一）落实经费保障。<br>到2025年,县财政每年安排&nbsp;500万元用于校舍改造,确保学校安全和正常运转。</p>
<table><tr><th>学校</th><th>金额</th></tr><tr><td><p>第一中学</p></td><td>200</td></tr><tr><td>实验小学</td><td>300</td></tr></table>
<p>某县教育局</p></div>
<div class="related"><a href="/a">关于招生工作的通知</a><a href="/b">关于开学的通知</a><a href="/c">关于放假的通知</a></div>
</div>
<div class="foot">某县教育局 版权所有 <a href="/icp">某ICP备12345678号</a></div></body></html>"""
TEXT = """关于印发某县教育工作要点的通知
各乡镇学校:
一、加强教师队伍建设。全面落实立德树人根本任务,推动义务教育优质均衡发展,完善教师培养培训体系。
（一）落实经费保障。
到2025年,县财政每年安排 500万元用于校舍改造,确保学校安全和正常运转。
学校\t金额
第一中学\t200
实验小学\t300
某县教育局
"""


def text_of(page: str) -> str:
    return read_html(page.encode(), where="page.html")[0].text


def test_a_page_is_its_main_text_and_says_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    source = read_source(path)
    assert source.text == TEXT
    assert source.format == "html"
    out = "\n".join(repair["text"] for repair in source.repairs)
    assert all(words in out for words in ("机构设置", "关于招生工作的通知", "版权所有"))
    assert "document.write" not in source.text + out


@pytest.mark.parametrize(("encoding", "declared"), [("gbk", "utf-8"), ("utf-8", "gb2312"), ("gb18030", "gb2312"), ("utf-16", "utf-8")])
def test_what_a_page_declares_is_not_believed(tmp_path: Path, encoding: str, declared: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.replace('charset="utf-8"', f'charset="{declared}"').encode(encoding))
    assert read_source(path).text == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_few_broken_bytes_are_shown_not_fatal(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.encode(encoding) + "<p>安全保障。</p>".encode(encoding) * 50 + b"\xff\xff<p>")
    source = read_source(path)
    assert source.text.startswith(TEXT)
    assert any("U+FFFD" in repair["repair"] for repair in source.repairs)
    path.write_bytes(bytes(range(128, 256)) * 40)
    with pytest.raises(SourceError, match="is not UTF-8"):
        read_source(path)


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol start=3><li>加强党建</li><li>加强师资</li></ol>", ["3. 加强党建", "4. 加强师资"]),
        ("<ol><li>1.加强党建</li><li>（二）加强师资</li></ol>", ["1.加强党建", "（二）加强师资"]),
        ("<pre>第一行\n第二行</pre>", ["第一行", "第二行"]),
        ("<p>一行<br/>二行<p>三行", ["一行", "二行", "三行"]),
        ("<div>甲<div>乙</div>丙</div>", ["甲", "乙", "丙"]),
        ("<p>统<b>一</b> <i>招</i>生 New\nYork</p>", ["统一 招生 New York"]),
        ("<p>零\u200b宽\ufeff字</p>", ["零宽字"]),
        ("<table><tr><td><p>版面一行</p><p>版面二行</p></td></tr></table>", ["版面一行", "版面二行"]),
        ("<table><tr><td>甲</td><td></td><td>丙</td></tr><tr><td>一</td><td>二</td></tr></table>", ["甲\t\t丙", "一\t二"]),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", ["<script>alert(1)</script>"]),
        ("没有标签的文字\n第二行", ["没有标签的文字", "第二行"]),
    ],
)
def test_blocks_are_lines(page: str, lines: list[str]) -> None:
    assert text_of(page).splitlines() == lines


def test_the_record_above_the_main_part_stays() -> None:
    record = "<table><tr><td>索引号：</td><td>115/2023</td></tr><tr><td>发文字号：</td><td>东府办发〔2023〕65号</td></tr></table>"
    text = text_of(PAGE.replace('<ul class="nav">', f'{record}<ul class="nav">'))
    assert text == f"索引号：\t115/2023\n发文字号：\t东府办发〔2023〕65号\n{TEXT}"


def test_running_text_beside_the_main_part_is_never_left_out() -> None:
    aside = "<div class=side><p>本栏目刊登的说明文字同样属于正文,因为它写的是完整的句子,读者需要看到它的全部内容。</p></div>"
    assert "读者需要看到它的全部内容。" in text_of(PAGE.replace('<div class="foot">', f'{aside}<div class="foot">'))


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<li>", "<td>", "<tr>", "<table>", "</table>", "<br>", "<b>", "</b>"]),
        max_size=25,
    )
)
def test_no_sentence_is_lost_in_broken_markup(tags: list[str]) -> None:
    sentences = [f"第{at}项工作要求各学校全面落实立德树人根本任务,切实加强教师队伍建设和校园安全管理。" for at in range(len(tags))]
    page = "<html><body>" + "".join(tag + sentence for tag, sentence in zip(tags, sentences, strict=True))
    text = text_of(page) if tags else ""
    assert [sentence for sentence in sentences if sentence not in text] == []


@settings(max_examples=60)
@given(st.text(st.sampled_from("<>/&;!-pdivabrtl =\"'?文。\n\x01"), max_size=200))
def test_any_markup_is_read_or_refused_by_name(page: str) -> None:
    try:
        text_of(page)
    except SourceError as error:
        assert str(error).startswith("page.html: ")  # noqa: PT017


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<div>" * 5_000 + "正文", "nested too deeply"),
        ("<p " + " ".join(f"a{at}=1" for at in range(1_001)) + ">正文", "1,000 attributes"),
        ("<p " + " ".join(f'a{at}=">"' for at in range(1_001)) + ">正文", "1,000 attributes"),
        ("<p>正文\0</p>", "is NUL"),
    ],
)
def test_hostile_pages_are_refused_with_the_mend(page: str, why: str) -> None:
    with pytest.raises(SourceError, match=why) as caught:
        text_of(page)
    assert "page.html: " in str(caught.value)
    assert ";" in str(caught.value)


def test_entities_of_a_page_do_not_grow() -> None:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    page = f'<!DOCTYPE html [<!ENTITY l0 "lol">{laughs}]><html><body><p>正文&l9;</p></body></html>'
    assert len(text_of(page)) < len(page)


def test_deep_but_lawful_nesting_is_read() -> None:
    assert text_of("<div>" * 1_500 + "<p>正文内容。</p>") == "正文内容。\n"
