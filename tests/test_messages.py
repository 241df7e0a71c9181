"""What the command line says, in both languages."""

import ast
import csv
import re
import string
from pathlib import Path

import pytest

from policycompare import cli, messages
from policycompare.paths import data_path

PACKAGE = Path(messages.__file__).parent


def rows(name):
    with data_path("lexicon", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def holes(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    for name in (messages.VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    messages._chosen.clear()


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", messages.VARIABLE: "en"}, "en"),
        ({messages.VARIABLE: "zh"}, "zh"),
    ],
)
def test_the_language_is_the_users(settings, language, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert messages.language() == language


def test_a_language_that_is_not_spoken_is_named(monkeypatch, capsys):
    monkeypatch.setenv(messages.VARIABLE, "fr")
    with pytest.raises(SystemExit) as ended:
        cli.main(["check"])
    assert ended.value.code == 2
    assert "POLICYCOMPARE_LANGUAGE must be one of en, zh; got 'fr'." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["messages.csv", "faults.csv"])
def test_both_languages_say_the_same_values(name):
    for row in rows(name):
        assert holes(row["zh"]) == holes(row["en"]) or row["en"] == "No such option: {name} {rest}", row
        assert re.search("[一-鿿]|^[{}：（）\\w]+$", row["zh"]), row


def test_every_message_is_said_and_every_one_said_is_there():
    text = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    keys = {row["key"] for row in rows("messages.csv")}
    # Whole strings that look like keys, and beginnings of those that are put together, such as said(f"check.{grade}").
    words, begun = set(re.findall(r"""["']([\w.]+)["']""", text)), tuple(re.findall(r"""said\(f["']([\w]+\.){""", text))
    assert {key for key in keys - words if not key.startswith(begun)} == set()
    assert set(re.findall(r"""said\(\s*["']([\w.]+)["']""", text)) - keys == set()


def test_faults_are_those_that_the_code_raises():
    """Each longer piece of an English template stands in the code, so that a reworded fault does not lose its Chinese unnoticed."""
    said = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.append(node.value)
    theirs = ("Missing", "No s", "(Possible", "Did you", "Option", "Got un", "Invalid", "{value} is not a valid", "Permission", "Not a", "File ",
              "Read-only", "Is a")  # of typer and of the system  # fmt: skip
    for row in rows("faults.csv"):
        if not row["en"].startswith(theirs):
            pieces = [
                text.removeprefix(" is not a ").removeprefix("whole ") for text, *_ in string.Formatter().parse(row["en"]) if len(text) > 11
            ]
            missing = [piece for piece in pieces if not any(piece.removeprefix(": is ").strip(" .") in one for one in said)]
            assert missing == [], row["en"]


@pytest.mark.parametrize(
    ("fault", "chinese"),
    [
        ("a.txt: there is no such file; check the name.", "a.txt：没有这个文件；请检查名称。"),
        ("plans.csv, row 2: there is no file 'a.txt' in the study; put it there, or delete the row.",
         "plans.csv 第 2 行：研究中没有文件 'a.txt'；请放入该文件，或删去这一行。"),
        ("plans.csv, row 3: column level: 'town' is not allowed; use one of county, city, or leave it empty.",
         "plans.csv 第 3 行，level 列：'town' 不被允许；请用 county, city 之一，或留空。"),
        ("cannot write to 'out': No space left on device; make room there, close the file where it is open, or choose another folder. "
         "What was there is unchanged.", "无法写入 'out'：磁盘空间不足；请腾出空间、关闭正打开的文件，或换一个文件夹。原有内容未变。"),
        ("something that nobody foresaw {x}", "something that nobody foresaw {x}"),
    ],
)  # fmt: skip
def test_faults_are_told_in_chinese(fault, chinese):
    assert messages.fault(fault) == fault
    messages.speak("zh")
    assert messages.fault(fault) == chinese


def test_a_command_answers_in_the_language_of_its_report(tmp_path, capsys):
    with pytest.raises(SystemExit):
        cli.main(["report", str(tmp_path / "nowhere.txt"), "--language", "zh"])
    assert capsys.readouterr().err == f"{tmp_path / 'nowhere.txt'}：没有这个文件；请检查名称。\n"
