"""Script: detection and conversion at the same length."""

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
    assert simplify(text) is text


def test_an_offset_in_the_simplified_text_is_one_in_the_source() -> None:
    text = data_path("plans", "jining.txt").read_text(encoding="utf-8")
    at = simplify(text).index("义务教育均衡发展")
    assert text[at : at + 8] == "義務教育均衡發展"


@given(st.text(alphabet="資訊科技資源學校著乾,。A\n\ud800后𠀀") | st.text())
def test_conversion_keeps_the_length(text: str) -> None:
    assert len(simplify(text)) == len(text)
