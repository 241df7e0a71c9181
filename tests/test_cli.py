"""The command line: what it writes, and how it refuses."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from policycompare import cli

TEXT = "某县教育工作计划\n一、加强教师队伍建设\n1.招聘教师。2025年前补充教师100名。\n2.加强校园安全。开展消防演练。\n"
TABLES = {"plans", "sections", "measures", "statements", "codings", "targets", "coverage"}


def run(*arguments: object) -> int:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "somewhere.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(("form", "files"), [("csv", {f"{name}.csv" for name in TABLES}), ("xlsx", {"tables.xlsx"})])
def test_tables_writes_every_table(plan, tmp_path, capsys, form, files):
    assert run("tables", plan, "-o", tmp_path / "out", "--format", form) == 0
    assert files <= {path.name for path in (tmp_path / "out").iterdir()}
    assert "statements" in capsys.readouterr().out


def test_tables_of_files_say_what_the_files_say(plan, tmp_path):
    assert run("tables", plan, "-o", tmp_path / "out") == 0
    read = {name: pd.read_csv(tmp_path / "out" / f"{name}.csv", encoding="utf-8-sig") for name in TABLES}
    statements = read["statements"]
    assert (statements["plan"] == "somewhere").all()
    assert [TEXT[start:end] for start, end in zip(statements["start"], statements["end"], strict=True)] == statements["text"].to_list()
    assert read["targets"][["low", "unit", "deadline"]].to_numpy().tolist() == [[100.0, "名", 2025]]
    assert {"teachers", "safety"} <= set(read["codings"]["theme"])
    assert len(read["coverage"]) == 5 * 3


def study(folder: Path, manifest: str) -> Path:
    (folder / "study" / "plans").mkdir(parents=True)
    (folder / "study" / "plans.csv").write_text(manifest, encoding="utf-8")
    return folder / "study"


def taxonomy(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def file(folder: Path, content: bytes) -> Path:
    path = folder / "plan.txt"
    path.write_bytes(content)
    return path


BAD = {
    "missing file": (lambda at: [at / "nowhere.txt"], "nowhere.txt"),
    "empty file": (lambda at: [file(at, b"")], "plan.txt"),
    "binary file": (lambda at: [file(at, bytes(range(256)) * 40)], "plan.txt"),
    "wrong encoding": (lambda at: [file(at, "教育".encode() + b"\xff\xfe\x81" + TEXT.encode("gb18030"))], "plan.txt"),
    "manifest row without a file": (lambda at: [study(at, "plan,file\na,a.txt\n")], "a.txt"),
    "unknown key": (lambda at: ["--taxonomy", taxonomy(at, "name: mine\ntheems: []\n")], "theems"),
    "theme twice": (
        lambda at: ["--taxonomy", taxonomy(at, "name: mine\nthemes:\n" + "  - {id: a, en: A, zh: 甲, terms: [教师]}\n" * 2)],
        "'a'",
    ),
    "unknown taxonomy": (lambda at: ["--taxonomy", "educaton"], "educaton"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_message_and_status_2(case, tmp_path, capsys):
    arguments, named = BAD[case]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plans.csv").write_text("earlier")
    assert run("tables", *arguments(tmp_path), "-o", tmp_path / "out") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert named in said.err
    assert "Traceback" not in said.err
    assert [(path.name, path.read_text()) for path in (tmp_path / "out").iterdir()] == [("plans.csv", "earlier")]


def test_skip_bad_goes_on_without_and_says_so(plan, tmp_path, capsys):
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert run("tables", plan, empty, "--skip-bad", "-o", tmp_path / "out") == 1
    assert "empty.txt" in capsys.readouterr().err
    assert set(pd.read_csv(tmp_path / "out" / "plans.csv")["plan"]) == {"somewhere"}


@pytest.mark.parametrize("several", [True, False])
def test_a_report_takes_what_tables_take_and_says_what_it_left_out(several, plan, tmp_path, monkeypatch, capsys):
    asked = {}

    def run_notebook(_path, *, parameters):
        asked.update(parameters)
        return nbformat.v4.new_notebook()

    monkeypatch.setattr("policycompare.report.run_notebook", run_notebook)
    (tmp_path / "empty.txt").touch()
    sources = [plan, tmp_path / "empty.txt"] if several else [tmp_path]
    assert run("report", *sources, "-o", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()
    assert run("report", *sources, "--skip-bad", "--max-bytes", 1000, "-o", tmp_path / "out") == 1
    assert "empty.txt" in capsys.readouterr().err
    named = [str(path) for path in sources] if several else str(tmp_path)
    assert asked == {"study": named, "taxonomy": "education", "language": "en", "skip_bad": True, "max_bytes": 1000}
    assert set(pd.read_csv(tmp_path / "out" / "tables" / "plans.csv")["plan"]) == {"somewhere"}


def test_every_command_that_reads_a_corpus_may_leave_out_and_bound_its_files():
    commands = {command.callback for group in (cli.app, cli.outputs.export) for command in group.registered_commands}
    readers = {call.__name__: set(inspect.signature(call).parameters) for call in commands}
    # A data set always leaves out what cannot be read.
    readers = {name: given for name, given in readers.items() if "sources" in given and name != "dataset"}
    assert set(readers) == {"tables", "charts", "codings", "report", "evaluate", "sample", "diff_taxonomies"}
    assert all({"skip_bad", "max_bytes"} <= given for given in readers.values())


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (PermissionError(13, "Permission denied", "out"), 2, "out: Permission denied"),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
    ],
)
def test_faults_of_the_machine_are_messages_too(monkeypatch, capsys, plan, tmp_path, error, status, message):
    def fail(*_args, **_named):
        raise error

    monkeypatch.setattr("policycompare.corpus.corpus.load_corpus", fail)
    assert run("tables", plan, "-o", tmp_path / "out") == status
    assert message in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(plan, tmp_path, capsys):
    (tmp_path / "taken").write_text("a file, not a folder")
    assert run("tables", plan, "-o", tmp_path / "taken" / "out") == 2
    assert "taken" in capsys.readouterr().err


def test_the_command_itself_ends_with_status_2_and_no_traceback(tmp_path):
    code = "from policycompare.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "tables", str(tmp_path / "nowhere.txt")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nowhere.txt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--language", "fr"], "language must be one of en, zh; got 'fr'."),
        (["export", "charts", "--language", "fr"], "language must be one of en, zh; got 'fr'."),
        (["report", "--format", "html,doc"], "--format must be one of html, pdf, docx; got 'doc'."),
        (["export", "charts", "--format", "gif"], "--format must be one of html, png, svg, pdf; got 'gif'."),
        (["export", "codings", "--format", ""], "--format must be one of csv, xlsx"),
        (["tables", ""], "an empty name was given"),
        *[
            ([*call, "-o", ""], "an empty name was given for a file or folder")
            for call in (
                ["export", "charts"],
                ["export", "codings"],
                ["export", "tables"],
                ["tables"],
                ["dataset"],
                ["report"],
                ["evaluate"],
                ["sample"],
                ["fit-coder", "gold"],
                ["diff-taxonomy", "education", "education"],
            )
        ],
        *[
            ([*call, " "], "an empty name was given for a file or folder")
            for call in (
                ["init"],
                ["add"],
                ["check"],
                ["verify"],
                ["store"],
                ["import"],
                ["add", "a.txt", "--study"],
            )
        ],
        (["sample", "-n", "many"], "Help: "),
        (["nonsense"], "No such command 'nonsense'."),
    ],
)
def test_a_wrong_argument_is_one_message_and_status_2(arguments, said, capsys):
    assert run(*arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_tables_are_exported_by_the_same_command_under_either_name(plan, tmp_path):
    for name, command in (("a", ["tables"]), ("b", ["export", "tables"])):
        assert run(*command, plan, "-o", tmp_path / name, "--format", "csv,xlsx") == 0
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert one == other
    assert {"tables.xlsx", "coverage.csv"} <= one.keys()


def test_codings_are_exported(plan, tmp_path, capsys):
    assert run("export", "codings", plan, "-o", tmp_path / "out", "--format", "xlsx") == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "out" / "codings.xlsx")]


def test_every_chart_of_the_notebook_is_exported_with_its_rows_and_caption(plan, tmp_path, monkeypatch, capsys):
    import policycompare as pc
    from policycompare import report

    corpus = pc.load_corpus(plan)
    heat = pc.charts.coverage_heatmap(pc.coverage(corpus, pc.code(corpus)), plans=corpus.plans, language="zh")
    monkeypatch.setattr(report, "run_notebook", lambda *_args, **_named: None)
    monkeypatch.setattr(report, "figures_of", lambda _book: {"heat": heat, "again": heat})
    assert run("export", "charts", plan, "-o", tmp_path / "out", "--language", "zh", "--format", "html") == 0
    names = [f"{name}.{end}" for name in ("heat", "again") for end in ("html", "csv", "txt")]
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == names


def test_a_folder_that_may_not_be_written_is_named_and_kept(plan, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    assert run("tables", plan, "-o", out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def locked(source, target):
        raise PermissionError(13, "Permission denied", str(source), None, str(target))

    capsys.readouterr()
    monkeypatch.setattr("policycompare.placing.os.replace", locked)
    assert run("tables", plan, "-o", out, "--format", "csv") == 2
    told = capsys.readouterr().err
    assert "Permission denied; make room there, close the file where it is open" in told
    assert ".making-" not in told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_init_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [".venv/bin/policycompare"])
    assert run("init", tmp_path / "mine") == 0
    assert f".venv/bin/policycompare add FILE… --study {tmp_path / 'mine'}" in capsys.readouterr().out


def test_import_says_what_it_changes_and_writes_it_once(tmp_path, capsys):
    import zipfile

    (tmp_path / "somewhere.txt").write_text(TEXT, encoding="utf-8")
    study, out = tmp_path / "study", tmp_path / "out"
    assert run("init", study) == 0 and run("add", tmp_path / "somewhere.txt", "--study", study) == 0
    assert run("export", "codings", study, "-o", out, "--format", "qdpx,qdc") == 0
    capsys.readouterr()
    assert run("import", out / "codings.qdpx", "--study", study) == 0
    assert "changes nothing" in capsys.readouterr().out
    with zipfile.ZipFile(out / "codings.qdpx") as old, zipfile.ZipFile(out / "mine.qdpx", "w") as new:
        for name in old.namelist():
            data = old.read(name).decode()
            at = data.find("<PlainTextSelection")
            new.writestr(name, data[:at] + data[data.find("</PlainTextSelection>", at) + 21 :] if at > 0 else data)
    assert run("import", out / "mine.qdpx", "--study", study, "--who", "Li Ming") == 0
    said = capsys.readouterr().out
    assert said.startswith("removed teachers") and "(Li Ming)" in said and "1 rows written" in said
    assert run("check", study) == 0
    assert run("import", out / "mine.qdpx", "--study", study, "--who", "Li Ming") == 0
    assert "changes nothing" in capsys.readouterr().out
    assert run("import", out / "codebook.qdc") == 0
    assert "0 of them not in the taxonomy" in capsys.readouterr().out
    assert run("import", out / "nothing.qdpx", "--study", study) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_command_speaks_the_machines_language_also_where_its_charts_are_english(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("POLICYCOMPARE_LANGUAGE", "zh")
    assert run("report", tmp_path / "nowhere") == 2
    assert "没有这个文件" in capsys.readouterr().err


def test_chinese_help_is_shown_whole():
    environment = {**os.environ, "POLICYCOMPARE_LANGUAGE": "zh", "COLUMNS": "80"}
    command = [sys.executable, "-c", "from policycompare.cli import main; main(['tables', '--help'])"]
    shown = subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode()
    assert "略去无法读取的文件并说明，退出状态为1。" in "".join(shown.split())
