"""Script: detection, conversion, and the way back to the source's offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.paths import data_path
from policycompare.script import detect_script, simplify


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "simplified"),
        ("Plan 2023", "simplified"),
        ("关于教育工作的计划", "simplified"),
        ("關於教育工作的計劃", "traditional"),
        ("學前教育三年行動計劃,堅持公益普惠", "traditional"),
        ("网站首页 新闻中心 关于我们 關於教育局教學質量的計劃", "mixed"),
        ("于后里干", "simplified"),  # characters of both scripts decide nothing
    ],
)
def test_script_is_detected(text: str, expected: str) -> None:
    assert detect_script(text) == expected


@pytest.mark.parametrize(
    ("plan", "expected"), [("county", "simplified"), ("jining", "traditional"), ("shandan", "traditional"), ("xianning", "simplified")]
)
def test_script_of_the_packaged_plans(plan: str, expected: str) -> None:
    assert detect_script(data_path("plans", f"{plan}.txt").read_text(encoding="utf-8")) == expected


def test_simplified_text_passes_untouched() -> None:
    text = data_path("plans", "county.txt").read_text(encoding="utf-8")
    assert simplify(text).text is text


def test_conversion_keeps_length_and_offsets() -> None:
    text = data_path("plans", "jining.txt").read_text(encoding="utf-8")
    simple = simplify(text)
    assert len(simple.text) == len(text)
    at = simple.text.index("义务教育均衡发展")
    start, end = simple.span(at, at + 8)
    assert text[start:end] == "義務教育均衡發展"


@pytest.mark.parametrize(
    ("span", "quote"),
    [
        ((0, 2), "提高"),
        ((2, 4), "資訊科技"),
        ((3, 5), "資訊科技"),
        ((6, 8), "水平"),
        ((4, 8), "資訊科技水平"),
        ((0, 8), "提高資訊科技水平"),
    ],
)
def test_spans_where_lengths_differ(span: tuple[int, int], quote: str) -> None:
    text = "提高資訊科技水平"
    simple = simplify(text, phrases={"资讯科技": "科技信息"})
    assert simple.text == "提高科技信息水平"
    short = simplify(text, phrases={"资讯科技": "IT"})
    assert short.text == "提高IT水平"
    assert text[slice(*short.span(2, 4))] == "資訊科技"
    assert text[slice(*short.span(4, 6))] == "水平"
    assert text[slice(*simple.span(*span))] == quote


@given(st.text(alphabet="資訊科技資源學校,。A\n\ud800后", max_size=60))
def test_every_span_lies_in_the_source_and_covers_it(text: str) -> None:
    simple = simplify(text, phrases={"资讯": "信息化", "学校": "校"})
    assert simple.span(0, len(simple.text)) == (0, len(text))
    ends = [simple.span(at, at + 1) for at in range(len(simple.text))]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert ends == sorted(ends)
