"""The file of PMC variables, read and checked.

Caveat: what a file asks for is looked for literally; a variable that no sign can show is always 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from policycompare.paths import data_path
from policycompare.schema import PolicyCompareError

SIGNS = ("words", "also", "anywhere", "strength", "code", "target", "years", "cells")
_KEYS = {"id", "en", "zh", "least", *SIGNS}


@dataclass(frozen=True)
class Sub:
    """A sub-variable: its names, how many statements it needs, and its signs as the file has them."""

    id: str
    en: str
    zh: str
    least: int
    signs: Mapping[str, Any]


@dataclass(frozen=True)
class Variable:
    """A main variable and its sub-variables."""

    id: str
    en: str
    zh: str
    subs: tuple[Sub, ...]


@dataclass(frozen=True)
class PmcFile:
    """The variables in their order, and the grades, best first."""

    variables: tuple[Variable, ...]
    grades: tuple[Mapping[str, Any], ...]


def load_pmc(variables: str | Path = "pmc") -> PmcFile:
    """Load the packaged variables, or a file of one's own.

    Raises
    ------
    PolicyCompareError
        The file is missing, no YAML, or breaks its form; all faults are listed.

    Examples
    --------
    >>> [one.id for one in load_pmc().variables][-1]
    'X10'
    """
    path = data_path("lexicon", "pmc.yaml") if str(variables) == "pmc" else Path(variables)
    if not path.is_file():
        raise PolicyCompareError(
            f"variables {str(variables)!r}: no such file; give the path of a .yaml file, or 'pmc' for the packaged ones."
        )
    return _load(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: str, _changed: int) -> PmcFile:
    import yaml

    try:
        data = yaml.load(Path(path).read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyCompareError(f"{path}: no readable YAML ({error}).") from None
    if found := list(_faults(data)):
        raise PolicyCompareError(*[f"{path}: {fault}" for fault in found])
    grades = sorted(data["grades"], key=lambda grade: -grade["from"])
    return PmcFile(tuple(map(_variable, data["variables"])), tuple(grades))


def _variable(row: Mapping[str, Any]) -> Variable:
    subs = [Sub(sub["id"], sub["en"], sub["zh"], int(sub.get("least", 1)), _signs(sub)) for sub in row["subs"]]
    return Variable(row["id"], row["en"], row["zh"], tuple(subs))


def _signs(sub: Mapping[str, Any]) -> dict[str, Any]:
    """The signs of a row; a word such as 2035 that YAML takes for a number is a word."""
    texts = ("words", "also", "anywhere", "cells")
    return {key: [str(word) for word in sub[key]] if key in texts else sub[key] for key in SIGNS if key in sub}


def _faults(data: Any) -> Iterable[str]:
    if not isinstance(data, dict) or not isinstance(data.get("variables"), list) or not isinstance(data.get("grades"), list):
        yield "must have the lists variables and grades; see the packaged file."
        return
    for grade in data["grades"]:
        if not {"from", "id", "en", "zh"} <= set(grade):
            yield f"grade {grade!r}: must have from, id, en and zh."
    if not any(grade.get("from") == 0 for grade in data["grades"]):
        yield "grades: none begins from 0; add one."
    for row in data["variables"]:
        name = row.get("id", "?")
        if missing := [key for key in ("id", "en", "zh", "subs") if not row.get(key)]:
            yield f"variable {name}: {', '.join(missing)} missing; add it."
        for sub in row.get("subs") or ():
            at = f"variable {name}.{sub.get('id', '?')}"
            if missing := [key for key in ("id", "en", "zh") if not sub.get(key)]:
                yield f"{at}: {', '.join(missing)} missing; add it."
            if strange := sorted(set(sub) - _KEYS):
                yield f"{at}: {', '.join(strange)} is no sign; use {', '.join(SIGNS)}."
            if not set(sub) & (set(SIGNS) - {"also"}):
                yield f"{at}: has no sign; give one of {', '.join(SIGNS)}."
