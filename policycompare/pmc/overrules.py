"""Values of the PMC index that people set by hand: a study's ``pmc.csv``.

Caveat: an overrule holds whatever the plan's text says; where the text changes, look at it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from os.path import lexists
from pathlib import Path

import pandas as pd

from policycompare.corpus.manifest import MANIFEST, read_table
from policycompare.paths import path_of
from policycompare.schema import TableError

FILE = "pmc.csv"
COLUMNS = ("plan", "variable", "value", "reason", "who")


def read_overrules(
    overrules: str | Path | pd.DataFrame | None, *, plans: Iterable[str], variables: Iterable[str]
) -> dict[tuple[str, str], tuple[int, str, str]]:
    """Plan and variable (as ``X6.money``) → value, reason and who set it.

    Parameters
    ----------
    overrules
        A study as :func:`policycompare.load_corpus` takes it (its folder, its ``plans.csv``, a plan's file), a ``.csv`` file, or a table of the columns
        ``plan, variable, value, reason, who``. A study without a ``pmc.csv`` has none.
    plans, variables
        What may be named.

    Raises
    ------
    TableError
        There is no such file; or lists every row that names no plan or variable, whose value is neither 0 nor 1, that gives no reason, or that stands twice.

    Examples
    --------
    >>> row = {"plan": "a", "variable": "X6.money", "value": "1", "reason": "annex 2", "who": "Li"}
    >>> read_overrules(pd.DataFrame([row]), plans=["a"], variables=["X6.money"])
    {('a', 'X6.money'): (1, 'annex 2', 'Li')}
    """
    if overrules is None:
        return {}
    where = "overrules"
    if not isinstance(overrules, pd.DataFrame):
        path = _file(path_of("overrules", overrules))
        if path is None:
            return {}
        where, overrules = str(path), read_table(path)
    if missing := [name for name in COLUMNS[:4] if name not in overrules]:
        raise TableError(*[f"{where}: column {name} is missing; add it." for name in missing])
    known, allowed, faults = set(plans), set(variables), []
    out: dict[tuple[str, str], tuple[int, str, str]] = {}
    for number, row in enumerate(overrules.astype("object").fillna("").to_dict("records"), 2):
        cells = {name: str(row.get(name, "")).strip() for name in COLUMNS}
        at, key = f"{where}, row {number}", (cells["plan"], cells["variable"])
        if key[0] not in known:
            faults.append(f"{at}: column plan: {key[0]!r} is no plan of this corpus; use one of {', '.join(sorted(known))}.")
        if key[1] not in allowed:
            faults.append(f"{at}: column variable: {key[1]!r} is no variable; use one such as {', '.join(sorted(allowed)[:3])}.")
        if cells["value"] not in ("0", "1"):
            faults.append(f"{at}: column value: {cells['value']!r} is neither 0 nor 1; write one.")
        if not cells["reason"]:
            faults.append(f"{at}: column reason: is empty; say why.")
        if key in out:
            faults.append(f"{at}: {key[0]} {key[1]} stands twice; delete one row.")
        out[key] = (int(cells["value"] == "1"), cells["reason"], cells["who"])
    if faults:
        raise TableError(*faults)
    return out


def _file(given: Path) -> Path | None:
    """The file that a study or path means, if it has one."""
    if given.suffix == ".csv" and given.name != MANIFEST:
        if not given.is_file():
            raise TableError(f"{given}: there is no such file; give the path of a table of overrules.")
        return given
    path = (given if given.is_dir() else given.parent) / FILE
    return path if lexists(path) and (given.is_dir() or given.name == MANIFEST) else None
