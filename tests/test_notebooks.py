"""Every notebook runs on a study of its reader's, in either language: cell by cell in this process, as papermill sets its parameters."""

from pathlib import Path

import nbformat
import pytest

import policycompare as pc
from policycompare.page.notebook import with_parameters
from policycompare.paths import notebook_path

NOTEBOOKS = sorted(path.name for path in notebook_path().glob("*.ipynb"))
PLANS = {
    "north": "北山县2024年教育工作计划\n一、加强教师队伍建设\n1.招聘新教师60名，落实教师培训制度。\n2.加强师德师风建设。\n二、守住校园安全底线\n1.开展消防和防溺水演练。\n2.到2025年新建校舍2所。\n",
    "only_a_title": "西海县教育局关于印发2024年教育工作要点的通知\n",
    "south": "南河县2023年教育工作要点\n一、坚持党建引领\n1.加强党对教育工作的领导，完善督导评价。\n二、落实立德树人\n1.上好思想政治课，加强心理健康教育。\n2.落实学生资助政策，增加教育经费投入。\n",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    for name, text in PLANS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    pc.study.init(folder / "study", notebooks=False)
    pc.study.add(folder / "study", [folder / f"{name}.txt" for name in PLANS])
    return folder / "study"


def run(name: str, **parameters: str) -> dict[str, object]:
    """The names that a notebook's cells leave behind."""
    book = with_parameters(nbformat.read(notebook_path(name), as_version=4), parameters, name=name)
    shown: dict[str, object] = {"display": lambda _what: None}
    for cell in book.cells:
        # The report is made from report.ipynb, which is in this list itself.
        if cell.cell_type == "code" and "write_report" not in cell.source:
            exec(compile(cell.source, f"{name}: {cell.id}", "exec"), shown)
    return shown


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_on_a_study_of_two_small_plans_and_a_title(study, name):
    assert run(name, study=str(study), taxonomy="education", language="zh")["language"] == "zh"


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name[:2] in ("02", "04", "05")])
def test_a_notebook_runs_on_one_plan_without_a_target(study, name):
    found = run(name, study=str(study / "plans" / "south.txt"), taxonomy="education-extended", language="en")
    assert found["corpus"].plans["plan"].to_list() == ["south"]


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name[:2] in ("04", "re")])
def test_a_notebook_runs_on_one_plan_and_a_title(study, name):
    files = [str(study / "plans" / f"{plan}.txt") for plan in ("north", "only_a_title")]
    assert len(run(name, study=files, taxonomy="education", language="en")["corpus"].plans) == 2
