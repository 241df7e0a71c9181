"""The house's order: data flows down the rooms, imports point up, and nothing tracked knows this machine."""

import ast
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "policycompare"
# Room by room, in the order in which data flow; a room that was split lists its modules.
ROOMS = """
schema
paths
wordlists
messages
memory
intervals
reading
script
divisions
outline: lines markers junk frame layout pieces tree outline tables
corpus: guess manifest corpus overrides saving study
taxonomy: rules nodes scheme entries taxonomy
coding: trie lexicon texts words clauses respelling lending matching weighing ngrams contexts trees model joining coding
targets: numerals pairs cues glance passages batches commitments around quantities subjects responsible targets ledger
strength
rates
dataset: units engines dataset parts stream aggregates
shares
impact
silence
tokens
terms
compare: compare groups orders distinctive likeness themes
lenses
pmc: variables signs overrules pmc
cluster: partition naming projection cluster
parallels: candidates nearness pairing alignment judging repeats sharing copies places
explanation
gold
reliability
disagreement
placing
spreadsheets
sampling
fitting: examples fitting card
pipeline
charts
qda
drawing: browser printing drawing
export
prose
page: notebook markup pages word sheets browsing evidence provenance
report
cli
"""
ORDER = [
    name
    for room, _, modules in (line.partition(":") for line in ROOMS.strip().split("\n"))
    for name in ([f"{room}.{module}" for module in modules.split()] or [room])
]
STRANGERS = {"shares", "compare", "cluster", "targets"}


def room_of(parts):
    """``room.module`` where a room's modules have an order of their own, else the room."""
    return ".".join(parts[:2]) if ".".join(parts[:2]) in ORDER else parts[0]


def imports():
    """Pairs (module, module that it imports), by the top-level name below ``policycompare``."""
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE)
        if path.name == "__init__.py" and len(path.parts) == 1:
            continue
        module = room_of(path.with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: write imports in full"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                top, *inside = name.split(".")
                if top == "policycompare" and inside:
                    yield module, room_of(inside)


def test_every_module_has_a_place():
    modules = {room_of(file.relative_to(PACKAGE).with_suffix("").parts) for file in PACKAGE.rglob("*.py") if file.name != "__init__.py"}
    assert modules - set(ORDER) == set(), "give the new module its place in ROOMS"


def test_imports_only_point_up():
    known = {(lower, upper) for lower, upper in imports() if lower != upper and {lower, upper} <= set(ORDER)}
    assert known
    assert [f"{lower} imports {upper}" for lower, upper in sorted(known) if ORDER.index(lower) <= ORDER.index(upper)] == []


def test_some_rooms_do_not_know_each_other():
    tops = {tuple(name.partition(".")[0] for name in pair) for pair in imports()}
    assert [pair for pair in tops if set(pair) <= STRANGERS and pair[0] != pair[1]] == []


def tracked(*options):
    listed = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_tracked_names_a_registry_or_this_machine():
    hosts = [r"registry\.npm", r"pypi\.org", r"pythonhosted", r"conda\.anaconda", r"repo\.anaconda"]
    paths = [rf"/{folder}/\w" for folder in ("work", "root", "home", "opt/pypi")] + [r"/tmp/(ve|uv|h)/", r"\.\./shared"]
    wrong = re.compile("|".join(hosts + paths))
    found = []
    for file in tracked():
        if file == Path(__file__) or file.suffix in {".ttc", ".npz", ".png"} or "data/plans" in file.as_posix():
            continue
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"{file.relative_to(ROOT)}:{number}: {line[:120]}" for number, line in enumerate(lines, 1) if wrong.search(line)]
    assert found == []


def build(target, folder):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    [file] = folder.iterdir()
    return file


def test_the_wheel_carries_the_data(tmp_path):
    with zipfile.ZipFile(build("wheel", tmp_path)) as wheel:
        names = set(wheel.namelist())
    data = {f"policycompare/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "data").rglob("*") if file.is_file()}
    assert data
    assert data <= names
    code = {file.relative_to(ROOT).as_posix() for file in PACKAGE.rglob("*.py")} | {"policycompare/py.typed"}
    shown = {f"policycompare/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "notebooks").glob("*.*")}
    shown |= {file.relative_to(ROOT).as_posix() for file in (PACKAGE / "templates").rglob("*") if file.is_file()}
    assert {name for name in names if ".dist-info/" not in name} == data | code | shown


def test_the_source_archive_carries_no_junk(tmp_path):
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    allowed = {file.relative_to(ROOT).as_posix() for file in tracked("--cached", "--others", "--exclude-standard")} | {"PKG-INFO"}
    assert {"pyproject.toml", "Makefile", "data/plans/plans.csv", "policycompare/schema.py"} <= names
    assert names - allowed == set()


def test_exemptions_from_nbval_are_written_as_it_reads_them():
    sources = [
        line for file in (ROOT / "notebooks").glob("*.ipynb") for line in file.read_text(encoding="utf-8").splitlines() if "NBVAL" in line
    ]
    # With a reason on the same line the marker would be an ordinary comment: the reason stands on the next line.
    assert {line.strip() for line in sources} == {'"# NBVAL_IGNORE_OUTPUT\\n",'}
