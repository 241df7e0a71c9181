""".pdf → text: paragraphs joined over lines and pages, furniture dropped, scans and hostile files refused."""

import io
from pathlib import Path

import pytest
from makers import pdf, typeset
from pypdf import PdfReader, PdfWriter

from policycompare.reading import read_source
from policycompare.schema import SourceError

PARAGRAPHS = [
    "一、加强教师队伍建设。全面落实立德树人根本任务，推动义务教育优质均衡发展，完善教师培养培训体系，提高教师待遇，关心教师身心健康，营造尊师重教的氛围。",
    "（一）强化师德师风。",
    "建立健全师德师风建设长效机制，把师德表现作为教师资格定期注册、业绩考核、职称评聘、评优奖励的首要要求，严格执行师德一票否决制度，严肃查处违反师德的行为。",
    "（二）落实经费保障。县财政每年安排专项资金用于校舍改造，确保学校安全和正常运转，完善家庭经济困难学生资助体系，实现应助尽助，不让一个学生因贫失学。",
] * 6


def read(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return read_source(path).text


@pytest.mark.parametrize("per_line", [24, 30, 33])
@pytest.mark.parametrize("per_page", [5, 17])
def test_paragraphs_come_back_whole(tmp_path: Path, per_line: int, per_page: int) -> None:
    text = read(tmp_path / "plan.pdf", typeset(PARAGRAPHS, per_line=per_line, per_page=per_page, head="某县教育发展规划"))
    assert text.splitlines() == PARAGRAPHS


def test_what_was_dropped_and_joined_is_a_repair(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(typeset(PARAGRAPHS, head="某县教育发展规划"))
    repairs = read_source(tmp_path / "plan.pdf").repairs
    assert [repair["text"] for repair in repairs[:4]] == ["某县教育发展规划", "- 1 -", "某县教育发展规划", "- 2 -"]
    assert repairs[-1]["repair"] == "broken lines joined"


def test_a_number_that_is_no_page_number_stays(tmp_path: Path) -> None:
    page = [(90.0, 700.0, 12.0, "到二〇二五年学校数"), (90.0, 680.0, 12.0, "120")]
    assert read(tmp_path / "plan.pdf", pdf([page])) == "到二〇二五年学校数\n120\n"


def test_cells_far_apart_are_a_row_and_stay_apart(tmp_path: Path) -> None:
    page = [(90.0, 700.0, 12.0, "学校"), (250.0, 700.0, 12.0, "金额"), (90.0, 680.0, 12.0, "第一中学"), (250.0, 680.0, 12.0, "二百万元")]
    assert read(tmp_path / "plan.pdf", pdf([page])) == "学校\t金额\n第一中学\t二百万元\n"


def test_a_centred_title_over_two_lines_is_one_and_a_short_one_ends(tmp_path: Path) -> None:
    title = [(90.0, 780.0, 18.0, "东山县人民政府办公室关于印发东山县教育发展规划"), (290.0, 755.0, 18.0, "的通知")]
    short = [(200.0, 700.0, 18.0, "东山县教育发展规划"), (220.0, 675.0, 18.0, "二〇二一年三月")]
    body = [(90.0, 600.0 - 20 * row, 12.0, "全面落实立德树人根本任务推动义务教育优质均衡发展完善教师培养培训体系提高") for row in range(9)]
    lines = read(tmp_path / "plan.pdf", pdf([[*title, *short, *body]])).splitlines()
    assert lines[:3] == ["东山县人民政府办公室关于印发东山县教育发展规划的通知", "东山县教育发展规划", "二〇二一年三月"]


def test_radicals_are_read_as_their_characters(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf([[(90, 700, 12, "⼀、⽴德树⼈")]]))
    source = read_source(path)
    assert source.text == "一、立德树人\n"
    assert any("radical" in repair["repair"] for repair in source.repairs)


def test_a_page_without_text_among_others_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf([[(90, 700, 12, "一、总体要求")], [], [(90, 700, 12, "二、重点任务")]]))
    assert {"repair": "page without a text layer", "text": "page 2"} in read_source(path).repairs


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([[(90, 700, 12, "正文")]]))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def form(resources: str, drawn: str) -> str:
    return f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{resources}>>/Length {len(drawn)}>>stream\n{drawn}\nendstream"


WORDS = [[(90.0, 700.0, 12.0, "全县教育工作要点")]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pdf([[]]), "has no text layer"),
        (pdf([]), "has no text layer|damaged"),
        (locked("secret"), "protected by a password"),
        (b"%PDF-1.7 nothing", "damaged"),
        (pdf(WORDS)[:700], "damaged"),
        (pdf(WORDS).replace(b"/Kids[7 0 R]", b"/Kids[2 0 R]"), "damaged"),
        (pdf(WORDS).replace(b"/Kids[7 0 R]", b"/Kids[7 0 R 2 0 R]"), "damaged"),
        (pdf([[(90, 700, 12, "\ue000\ue001\ue002")]]), "no readable characters"),
        (pdf(WORDS, drawn="q Q " * 800_000), "bytes of drawing"),
    ],
)
def test_scans_and_hostile_files_are_refused(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why) as caught:
        read(tmp_path / "plan.pdf", data)
    assert str(caught.value).startswith(f"{tmp_path / 'plan.pdf'}: ")


def test_an_owner_password_alone_does_not_keep_the_text(tmp_path: Path) -> None:
    assert read(tmp_path / "plan.pdf", locked("")) == "正文\n"


@pytest.mark.parametrize(
    "loop",
    [
        pdf(WORDS, drawn="/X Do", resources="/XObject<</X 6 0 R>>", more=(form("/XObject<</X 6 0 R>>", "/X Do"),)),
        pdf(WORDS).replace(b"/Root", b"/Prev 10/Root"),
        pdf(
            WORDS,
            drawn="/X Do",
            resources="/XObject<</X 6 0 R>>",
            more=(*(form(f"/XObject<</X {at + 7} 0 R>>", "/X Do /X Do") for at in range(24)), form("", " ")),
        ),
    ],
)
def test_loops_end(tmp_path: Path, loop: bytes) -> None:
    try:
        assert read(tmp_path / "plan.pdf", loop) == "全县教育工作要点\n"
    except SourceError as error:
        assert "plan.pdf: " in str(error)  # noqa: PT017
