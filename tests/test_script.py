"""Script: detection and conversion at the same length."""

import subprocess
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.paths import data_path
from policycompare.script import IN_WORDS, read_script, simplify

t2s = opencc.OpenCC("t2s")


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
    assert read_script(text)[0] == expected


@pytest.mark.parametrize(
    ("plan", "expected"), [("county", "simplified"), ("jining", "traditional"), ("shandan", "traditional"), ("xianning", "simplified")]
)
def test_script_of_the_packaged_plans(plan: str, expected: str) -> None:
    assert read_script(data_path("plans", f"{plan}.txt").read_text(encoding="utf-8"))[0] == expected


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


def test_what_words_read_otherwise_is_known_of_all_words_of_opencc(tmp_path: Path) -> None:
    folder, made = Path(opencc.__file__).parent / "clib", tmp_path / "phrases.txt"
    if not (tool := folder / "bin" / "opencc_dict").is_file():
        pytest.skip("this OpenCC comes without the tool that unpacks its dictionaries")
    words = folder / "share" / "opencc" / "TSPhrases.ocd2"
    subprocess.run([tool, "-i", words, "-o", made, "-f", "ocd2", "-t", "text"], check=True, capture_output=True)
    phrases = [line.split("\t")[0] for line in made.read_text(encoding="utf-8").splitlines()]
    assert len(phrases) > 400
    assert {old for one in phrases for old, new in zip(one, t2s.convert(one), strict=True) if t2s.convert(old) != new} == set(IN_WORDS)
    assert [one for one in phrases if not all("\u3400" <= sign < "\ufe00" for sign in one)] == []
    assert [simplify(f"學,{one}") for one in phrases] == [t2s.convert(f"學,{one}") for one in phrases]


@given(
    st.lists(
        st.sampled_from(
            ["計畫", "計劃", "乾", "乾隆", "沈", "深沈", "於", "關於", "樊於期", "答覆", "學", "，", "\n", "A", "\0", "𠀀", "\uf972"]
        )
    ).map("".join)
)
def test_conversion_is_that_of_opencc(text: str) -> None:
    assert simplify(f"學{text}") == t2s.convert(f"學{text}")
