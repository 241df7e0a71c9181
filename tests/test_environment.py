"""pyproject.toml, requirements.lock and environment.yml name the same dependencies."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
# conda-forge's names where they are not PyPI's.
CONDA = {"brotli": "brotli-python", "duckdb": "python-duckdb", "kaleido": "python-kaleido"}


def requirements(*extras):
    return [Requirement(text) for text in PROJECT["dependencies"] + [text for extra in extras for text in EXTRAS[extra]]]


def locked():
    """Name -> the versions that the lock holds for it (more than one where markers tell them apart)."""
    versions = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", LOCK, flags=re.M):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


@pytest.mark.parametrize("requirement", requirements(*EXTRAS), ids=str)
def test_the_lock_holds_what_pyproject_asks_for(requirement):
    versions = locked()[canonicalize_name(requirement.name)]
    assert all(requirement.specifier.contains(version) for version in versions)


def test_every_locked_package_has_hashes_and_none_an_address():
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    assert len(entries) > 100
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def conda_packages():
    from rattler import MatchSpec

    specs = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    return {spec.name.normalized: spec for spec in (MatchSpec(text) for text in specs if isinstance(text, str))}


def from_pip():
    [pip] = [
        entry["pip"]
        for entry in yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
        if isinstance(entry, dict)
    ]
    return {canonicalize_name(Requirement(text).name): Requirement(text) for text in pip if not text.startswith("-")}


def conda_package(name, version):
    from rattler import BuildString, PackageRecord

    return PackageRecord(name, version, BuildString("0"), 0, "noarch")


def conda_name(name):
    return CONDA.get(canonicalize_name(name), canonicalize_name(name))


def test_conda_users_get_the_same_packages():
    wanted = {conda_name(requirement.name) for requirement in requirements("test", "lab")}
    assert conda_packages().keys() | from_pip().keys() == wanted | {"python", "pip"}
    assert not conda_packages().keys() & from_pip().keys()


@pytest.mark.parametrize("requirement", requirements("test", "lab"), ids=str)
def test_conda_accepts_the_locked_versions_and_refuses_what_pyproject_refuses(requirement):
    for version in [*locked()[canonicalize_name(requirement.name)], "0.0.1"]:
        wanted = requirement.specifier.contains(version)
        if other := from_pip().get(canonicalize_name(requirement.name)):
            assert other.specifier.contains(version) == wanted
        else:
            name = conda_name(requirement.name)
            assert conda_packages()[name].matches(conda_package(name, version)) == wanted


@pytest.mark.parametrize("version", ["3.11.2", "3.13.9", "3.10.1", "3.14.0"])
def test_conda_accepts_the_same_pythons(version):
    from packaging.specifiers import SpecifierSet

    assert conda_packages()["python"].matches(conda_package("python", version)) == SpecifierSet(PROJECT["requires-python"]).contains(
        version
    )


def test_reports_and_tests_run_without_jupyterlab():
    """It brings rfc3987_syntax, which costs every kernel 2.3 s (an environment of its own has it: ``make lab``)."""
    from importlib.metadata import PackageNotFoundError, requires

    found, left = set(), [(requirement.name, frozenset(requirement.extras)) for requirement in requirements("test", "build")]
    while left:
        name, extras = left.pop()
        if (canonicalize_name(name), extras) in found:
            continue
        found.add((canonicalize_name(name), extras))
        try:
            below = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # for another system
            continue
        for requirement in below:
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                left.append((requirement.name, frozenset(requirement.extras)))
    names = {name for name, _ in found}
    assert "nbformat" in names
    assert not names & {"jupyterlab", "rfc3987-syntax"}
