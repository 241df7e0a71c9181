"""Bytes → source text, by format; what cannot be read is refused with a message that names the file and the mend."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.paths import data_path
from policycompare.reading import read_source
from policycompare.reading.decoding import decode
from policycompare.schema import SourceError

PLAN = "全县教育工作要点\r\n一、加强教师队伍建设。落实立德树人根本任务,推动义务教育优质均衡发展。\n"
TRADITIONAL = "全縣教育工作要點\n一、加強教師隊伍建設。落實立德樹人根本任務,推動義務教育優質均衡發展。\n"


@pytest.mark.parametrize(
    ("encoding", "told", "text"),
    [
        ("utf-8", "utf-8", PLAN),
        ("utf-8-sig", "utf-8-sig", PLAN),
        ("utf-16", "utf-16", PLAN),
        ("utf-16-le", "utf-16-le", PLAN),
        ("utf-16-be", "utf-16-be", PLAN),
        ("gbk", "gb18030", PLAN),
        ("gb18030", "gb18030", PLAN + "㐀𠀀"),
        ("gbk", "gb18030", TRADITIONAL),
        ("big5", "big5", TRADITIONAL),
        ("utf-8", "utf-8", TRADITIONAL),
    ],
)
def test_the_encoding_is_told_and_every_character_kept(tmp_path: Path, encoding: str, told: str, text: str) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(text.encode(encoding))
    source = read_source(path)
    assert (source.text, source.encoding, source.format) == (text, told, "txt")


@pytest.mark.parametrize("plan", ["county", "fengjie", "jining", "shandan", "xianning"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_real_plans_survive_any_encoding(plan: str, encoding: str) -> None:
    text = data_path("plans", f"{plan}.txt").read_bytes().decode("utf-8")
    assert decode(text.encode(encoding), where=plan).text == text


@pytest.mark.parametrize("plan", ["jining", "shandan"])
def test_traditional_plans_in_big5_are_not_taken_for_gbk(plan: str) -> None:
    text = data_path("plans", f"{plan}.txt").read_bytes().decode("utf-8").encode("big5", "ignore").decode("big5")
    assert decode(text.encode("big5"), where=plan).text == text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=60))
def test_what_is_utf8_is_read_as_utf8(text: str) -> None:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    assert decode(text.encode("utf-8"), where="x").text == text.removeprefix(mark)


@given(
    st.lists(st.sampled_from(["加强教师队伍建设。", "推进“双减”工作;", "到2025年,", "\r\n", "\u3000\u3000", "〔2023〕65号"]), min_size=3)
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_running_text_survives_any_encoding(encoding: str, pieces: list[str]) -> None:
    text = "全县教育工作要点" + "".join(pieces)
    assert decode(text.encode(encoding), where="x").text == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused_by_name(data: bytes) -> None:
    try:
        assert isinstance(decode(data, where="plan.txt").text, str)
    except SourceError as error:
        assert str(error).startswith("plan.txt: ")  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.txt", b"", "is empty"),
        ("white.txt", b" \n\n", "holds no text"),
        ("mark.txt", b"\xef\xbb\xbf", "holds no text"),
        ("nul.txt", "一、加强\0党建".encode(), "is NUL"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "is NUL"),
        ("program.txt", b"\x7fELF" + b"\x01\x02\x03\x05" * 50, "control character"),
        ("latin.txt", "Éducation à la carte, très générale".encode("latin-1"), "is not UTF-8"),
        ("japanese.txt", "これは教育についての日本語のテキストです".encode("shift-jis"), "is not UTF-8"),
        ("cut.txt", "一、加强教师队伍建设。\n二、全面".encode()[:-1], "line 2"),
        ("surrogate.txt", b"\xed\xa0\x80abc", "is not UTF-8"),
        ("half.txt", b"\xff\xfea", "UTF-16"),
        ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "old .doc"),
        ("rich.rtf", b"{\\rtf1 text}", "Rich Text"),
        ("named.docx", "一、加强".encode(), "is no .docx"),
        ("named.pdf", "一、加强".encode(), "is no .pdf"),
    ],
)
def test_what_is_no_text_is_refused_with_its_name_and_the_reason(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert why in str(caught.value)


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_source(tmp_path / "none.txt")
    with pytest.raises(SourceError, match="is a folder"):
        read_source(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="ordinary file"):
        read_source(tmp_path / "pipe.txt")
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path / "a\0b.txt")


def test_the_size_limit_holds_before_anything_is_read_and_can_be_raised(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(SourceError, match=r"200,000,000 bytes, more than the limit of 50,000,000; raise it"):
        read_source(path)
    path.write_text(PLAN, encoding="utf-8")
    with pytest.raises(SourceError, match="raise it with max_bytes"):
        read_source(path, max_bytes=20)
    assert read_source(path, max_bytes=1000).text
