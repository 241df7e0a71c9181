"""init, add and check: a study from nothing, kept whole by every failure."""

import json
from pathlib import Path

import pandas as pd
import pytest
from makers import docx, pdf

from policycompare import load_corpus
from policycompare.cli import main
from policycompare.corpus import saving, study
from policycompare.corpus.manifest import read_table
from policycompare.reading import read_source
from policycompare.schema import PolicyCompareError, PolicyCompareWarning, SourceError

PLAN = "东山县教育局关于加强校园安全的若干措施\r\n一、加强党建。落实责任。\r\n东山县教育局\r\n2021年3月5日\r\n"
PAGE = "<html><body><div><a href=/>首页</a><a href=/b>新闻</a><a href=/c>公开</a></div><p>一、加强教师队伍建设。全面落实立德树人根本任务,提高质量。</p></body></html>"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return study.init(tmp_path / "mine", notebooks=False)


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_new_study_has_a_manifest_and_notebooks_that_run_on_it(tmp_path: Path) -> None:
    folder = study.init(tmp_path / "deep" / "mine")
    assert list(read_table(folder / "plans.csv").columns) == list(study.COLUMNS)
    names = sorted(path.name for path in (folder / "notebooks").iterdir())
    assert "00-start-here.ipynb" in names
    assert "report.ipynb" in names
    for path in (folder / "notebooks").iterdir():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        assert sum(source.startswith('study = ".."') for source in sources) == 1
        assert not any(cell.get("outputs") for cell in cells)


def test_a_study_is_not_made_twice_and_not_over_a_file(mine: Path) -> None:
    with pytest.raises(SourceError, match="is a study already"):
        study.init(mine)
    with pytest.raises(SourceError, match="cannot be made a study"):
        study.init(put(mine, "file", b"x"))


def test_what_is_brought_in_stays_when_the_original_is_gone(mine: Path, tmp_path: Path) -> None:
    files = [
        put(tmp_path, "gbk.txt", PLAN.encode("gbk")),
        put(tmp_path, "page.html", PAGE),
        put(tmp_path, "word.docx", docx(lambda document: document.add_paragraph("加强党建", style="List Number"))),
        put(tmp_path, "print.pdf", pdf([[(90, 700, 12, "一、加强师资")]])),
    ]
    texts = {path.stem: read_source(path).text for path in files}
    added = study.add(mine, files, region="东山县", year=2021)
    for path in files:
        path.unlink()
    corpus = load_corpus(mine)
    assert corpus.sources == dict(sorted(texts.items()))
    assert (set(corpus.plans["region"]), set(corpus.plans["year"])) == ({"东山县"}, {2021})
    row = corpus.plans.set_index("plan").loc["gbk"]
    assert (row["title"], row["issued"], row["publisher"]) == ("东山县教育局关于加强校园安全的若干措施", "2021-03-05", "东山县教育局")
    assert "region" not in row["guessed"]
    assert "publisher" in row["guessed"]
    assert added.plans["plan"].to_list() == ["gbk", "page", "print", "word"]
    repairs = corpus.repairs.groupby("plan")["repair"].first().to_dict()
    assert repairs == {"page": "left out of the page", "word": "list number written out"}
    assert study.check(mine).empty


def test_plans_come_one_after_the_other_and_columns_of_the_users_stay(mine: Path, tmp_path: Path) -> None:
    study.add(mine, put(tmp_path, "one.txt", PLAN), plan="first")
    table = read_table(mine / "plans.csv").assign(note="我的")
    table.to_csv(mine / "plans.csv", index=False, encoding="utf-8-sig")
    study.add(mine, put(tmp_path, "two.txt", PLAN.replace("一、", "二、")))
    table = read_table(mine / "plans.csv")
    assert table["plan"].to_list() == ["first", "two"]
    assert table["note"].to_list() == ["我的", ""]


@pytest.mark.parametrize(
    ("name", "data", "options", "why"),
    [
        ("bad.txt", b"abc\0", {}, "is NUL"),
        ("first.txt", PLAN + "又", {}, "the id 'first' is taken"),
        ("FIRST.txt", PLAN + "又", {}, "is taken"),
        ("new.txt", PLAN, {"plan": "../../escape"}, "cannot be a plan's id"),
        ("=cmd.txt", PLAN, {}, "cannot be a plan's id"),
        ("new.txt", PLAN, {"year": "soon"}, "'soon' is not a whole number"),
        ("new.txt", PLAN, {"level": "galaxy"}, "'galaxy' is not allowed"),
        ("new.txt", PLAN, {"sha256": "x"}, "has no column sha256"),
        ("new.txt", PLAN * 10, {"max_bytes": 100}, "more than the limit of 100"),
    ],
)
def test_a_refused_plan_leaves_the_study_as_it_was(
    mine: Path, tmp_path: Path, name: str, data: bytes | str, options: dict, why: str
) -> None:
    study.add(mine, put(tmp_path, "first.txt", PLAN))
    before = contents(mine)
    good = [] if "plan" in options else [put(tmp_path, "good.txt", PLAN + "好")]
    with pytest.raises(PolicyCompareError, match=why):
        study.add(mine, [put(tmp_path, name, data), *good], **options)
    assert contents(mine) == before


def test_nothing_is_written_over_or_outside(mine: Path, tmp_path: Path) -> None:
    spare = put(mine / "plans", "spare.txt", "mine")
    with pytest.raises(SourceError, match="lies there already, without a row"):
        study.add(mine, put(tmp_path, "spare.txt", PLAN))
    assert spare.read_text(encoding="utf-8") == "mine"
    (mine / "plans").rename(tmp_path / "elsewhere")
    (mine / "plans").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="is a link out of the study"):
        study.add(mine, put(tmp_path, "new.txt", PLAN))
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["spare.txt"]


def test_every_bad_file_is_named_and_the_good_come_in_on_request(mine: Path, tmp_path: Path) -> None:
    files = [put(tmp_path, "good.txt", PLAN), put(tmp_path, "empty.txt", b""), tmp_path / "none.txt"]
    with pytest.raises(SourceError, match=r"(?s)empty\.txt: is empty.*none\.txt: there is no such file"):
        study.add(mine, files)
    added = study.add(mine, files, skip_bad=True)
    assert (added.plans["plan"].to_list(), sorted(added.skipped["plan"])) == (["good"], ["empty", "none"])
    with pytest.raises(SourceError, match="no file was brought in"):
        study.add(mine, files[1:], skip_bad=True)


def test_a_twin_is_told(mine: Path, tmp_path: Path) -> None:
    study.add(mine, put(tmp_path, "one.txt", PLAN))
    with pytest.warns(PolicyCompareWarning, match="has the same text as the plan one"):
        study.add(mine, put(tmp_path, "two.txt", PLAN.encode("gbk")))


def test_nothing_is_half_written_on_a_full_disk(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(mine)
    written = []

    def full(path: Path, content: bytes) -> None:
        if path.name == "plans.csv":
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        path.write_bytes(content)

    monkeypatch.setattr(saving, "put_file", full)
    with pytest.raises(SourceError, match="No space left on device"):
        study.add(mine, put(tmp_path, "one.txt", PLAN))
    assert written
    assert contents(mine) == before


def test_check_reports_everything_at_once(mine: Path, tmp_path: Path) -> None:
    study.add(mine, [put(tmp_path, "one.txt", PLAN), put(tmp_path, "two.txt", PLAN + "又")])
    put(mine / "plans", "one.txt", "改")
    put(mine / "plans", "spare.txt", "多")
    (mine / "plans" / "two.txt").unlink()
    found = study.check(mine)
    assert found["grade"].to_list() == ["error", "error", "warning"]
    assert [
        any(word in line for line in found["finding"]) for word in ("one.txt is not the file", "no file 'plans/two.txt'", "spare.txt")
    ] == [True] * 3
    with pytest.raises(SourceError, match="is no study"):
        study.check(tmp_path)


def test_the_command_line_makes_fills_and_checks_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, plan = str(tmp_path / "mine"), str(put(tmp_path, "one.txt", PLAN))
    assert run("init", folder) == 0
    assert run("add", plan, "--study", folder, "--region", "东山县", "--year", "2020", "--id", "east") == 0
    assert run("check", folder) == 0
    row = read_table(Path(folder) / "plans.csv").iloc[0]
    assert (row["plan"], row["region"], row["year"], row["issued"]) == ("east", "东山县", "2020", "2021-03-05")
    capsys.readouterr()
    assert run("add", str(tmp_path / "none.txt"), "--study", folder) == 2
    assert "none.txt: there is no such file" in capsys.readouterr().err
    put(Path(folder) / "plans", "east.txt", "改")
    assert run("check", folder) == 2
    assert "error: " in capsys.readouterr().err


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    code = ended.value.code
    return code if isinstance(code, int) else 0


def test_repairs_survive_as_a_table(mine: Path, tmp_path: Path) -> None:
    study.add(mine, put(tmp_path, "page.html", PAGE))
    kept = read_table(mine / "repairs.csv")
    assert isinstance(kept, pd.DataFrame)
    assert kept["text"].to_list() == ["首页新闻公开"]
