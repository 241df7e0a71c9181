"""The tables: which columns they have, of which type, and one checker for all of them.

Caveat: ``start`` and ``end`` count characters (code points) of a plan's *source text*, end exclusive, never bytes
and never characters of the simplified text that matching works on. ``source_text[start:end]`` is the row's ``text``.

Every fault that a user can mend is a :class:`PolicyCompareError`; the command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Columns: TypeAlias = dict[str, list[Any]]

KINDS = ("heading", "title", "body", "junk")
LEVELS = ("nation", "province", "prefecture", "county", "township", "school")
GENRES = ("plan", "measures", "report", "article", "speech", "notice", "rules", "other")
SCRIPTS = ("simplified", "traditional", "mixed")
COMPARATORS = ("=", ">=", ">", "<=", "<", "~", "range", "change", "rank")
COUNTED_BY = ("statements", "measures", "characters")
#: `coverage` can also weigh every statement by how binding it is (0–3); not among the defaults, as it counts the force of words.
WEIGHED_BY = (*COUNTED_BY, "strength")


class PolicyCompareError(Exception):
    """A fault in what the user gave; the message names the place, the value and the mend.

    Parameters
    ----------
    *faults
        One message a fault: all faults of an input are reported at once.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class SourceError(PolicyCompareError):
    """A file cannot be read as a plan."""


class PolicyCompareWarning(UserWarning):
    """Something that the user should know of and that stops nothing."""


class TableError(PolicyCompareError):
    """A table breaks its schema."""


class TaxonomyError(PolicyCompareError):
    """A taxonomy file breaks its rules."""


class DrawingError(PolicyCompareError):
    """A chart cannot be drawn properly on this machine."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its type and what it may hold.

    ``kind`` is ``text``, ``whole`` (nullable integer), ``number`` (float); ``allowed`` lists the only values;
    ``required`` forbids an empty cell; ``unique`` makes the column a key.
    """

    kind: str = "text"
    allowed: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False


_TEXT, _KEY, _REF = Column(), Column(required=True, unique=True), Column(required=True)
_AT = Column("whole", required=True)
_SHARE = Column("number")

TABLES: dict[str, dict[str, Column]] = {
    "manifest": {
        "plan": _KEY,
        "file": _KEY,
        "title": _TEXT,
        "region": _TEXT,
        "region_en": _TEXT,
        "level": Column(allowed=LEVELS),
        "province": _TEXT,
        "year": Column("whole"),
        "issued": _TEXT,
        "doc_number": _TEXT,
        "publisher": _TEXT,
        "genre": Column(allowed=GENRES),
        "source": _TEXT,
        "script": Column(allowed=SCRIPTS),
        "guessed": _TEXT,
        "sha256": _TEXT,
    },
    "plans": {
        "plan": _KEY,
        "title": _TEXT,
        "region": _TEXT,
        "region_en": _TEXT,
        "level": Column(allowed=LEVELS),
        "province": _TEXT,
        "year": Column("whole"),
        "issued": _TEXT,
        "doc_number": _TEXT,
        "publisher": _TEXT,
        "genre": Column(allowed=GENRES),
        "source": _TEXT,
        "script": Column(allowed=SCRIPTS, required=True),
        "guessed": _TEXT,
        "chars": _AT,
        "sha256": _REF,
    },
    "sections": {
        "section": _KEY,
        "plan": _REF,
        "parent": _TEXT,
        "depth": _AT,
        "number": _TEXT,
        "title": _TEXT,
        "start": _AT,
        "end": _AT,
    },
    "measures": {
        "measure": _KEY,
        "plan": _REF,
        "section": _TEXT,
        "number": _TEXT,
        "title": _TEXT,
        "text": _REF,
        "start": _AT,
        "end": _AT,
    },
    "statements": {
        "statement": _KEY,
        "plan": _REF,
        "section": _TEXT,
        "measure": _TEXT,
        "kind": Column(allowed=KINDS, required=True),
        "text": _REF,
        "start": _AT,
        "end": _AT,
    },
    # What reading and outlining changed or left out: `repair` says what was done, `text` to which words. `start` and
    # `end` are empty where the words never came into the source text.
    "repairs": {
        "plan": _REF,
        "repair": _REF,
        "text": _TEXT,
        "start": Column("whole"),
        "end": Column("whole"),
    },
    # Plans and files that were left out on request (`skip_bad`), and why.
    "skipped": {
        "plan": _TEXT,
        "file": _TEXT,
        "reason": _REF,
    },
    "codings": {
        "statement": _REF,
        "theme": _REF,
        "subtheme": _TEXT,
        "score": _SHARE,
        "terms": _TEXT,
        "start": _AT,
        "end": _AT,
    },
    # What people changed in the coding by hand: `text` is the statement's, as a check; `when` is a date.
    "overrides": {
        "statement": _REF,
        "theme": _REF,
        "subtheme": _TEXT,
        "action": Column(allowed=("add", "remove"), required=True),
        "who": _TEXT,
        "when": _TEXT,
        "why": _TEXT,
        "text": _TEXT,
    },
    "targets": {
        "statement": _REF,
        "plan": _REF,
        "quote": _REF,
        "low": Column("number", required=True),
        "high": Column("number", required=True),
        "unit": _TEXT,
        "comparator": Column(allowed=COMPARATORS, required=True),
        "baseline": Column("number"),
        "period": _TEXT,
        "deadline": Column("whole"),
        "deadline_inherited": Column("whole"),
        "subject": _TEXT,
        "responsible": _TEXT,
        "start": _AT,
        "end": _AT,
    },
    "coverage": {
        "plan": _REF,
        "theme": _REF,
        "by": Column(allowed=WEIGHED_BY, required=True),
        "n": Column("number", required=True),
        "of": Column("number", required=True),
        "share": _SHARE,
        "low": _SHARE,
        "high": _SHARE,
        "share_corrected": _SHARE,
        "low_corrected": _SHARE,
        "high_corrected": _SHARE,
    },
}

_TEXTS = pd.StringDtype(na_value=float("nan"))  # the type by name, "str", would be looked up for every column
_DTYPES: dict[str, Any] = {"text": _TEXTS, "whole": pd.Int64Dtype(), "number": np.dtype("float64")}


def frame(table: str, rows: Iterable[dict[str, Any]] = ()) -> pd.DataFrame:
    """Rows as a table with exactly the schema's columns, in order and typed; missing texts become ``""``.

    Examples
    --------
    >>> frame("codings", [{"statement": "county-1", "theme": "safety", "start": 0, "end": 2}]).dtypes["start"]
    Int64Dtype()
    """
    rows = list(rows)

    def cells(name: str, kind: str) -> Any:
        values = [row.get(name) for row in rows]
        return _texts(values) if kind == "text" else pd.to_numeric(pd.Series(values))

    return table_of(table, {name: cells(name, column.kind) for name, column in TABLES[table].items()})


def columns_of(names: Collection[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows with a value for each of the names, in their order, as columns."""
    return dict(zip(names, map(list, zip(*rows, strict=True)) if rows else ([] for _ in names), strict=True))


def table_of(table: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Full columns of texts and numbers as the table that :func:`frame` makes of rows: much faster, for there is nothing to look for in them.

    A column is a list or an array; one of texts is best an array of Arrow's.
    """
    import pyarrow as pa

    def array(values: Any, kind: str) -> Any:
        return pd.array(pa.array(values, pa.large_string()) if kind == "text" else values, dtype=_DTYPES[kind])

    return pd.DataFrame({name: array(columns[name], column.kind) for name, column in TABLES[table].items()})


def typed(data: pd.DataFrame, table: str) -> pd.DataFrame:
    """The table's known columns cast to the schema's types; columns beyond the schema stay behind the known ones."""
    columns = TABLES[table]
    out = {}
    for name, column in columns.items():
        values = data[name] if name in data else pd.Series([None] * len(data), index=data.index)
        if column.kind == "text" and values.dtype == _TEXTS:  # as most tables come: nothing to look at cell by cell
            out[name] = values.fillna("")
        elif column.kind == "text":
            out[name] = pd.Series(_texts(values.to_list()), index=data.index, dtype=_TEXTS)
        else:
            out[name] = pd.to_numeric(values).astype(_DTYPES[column.kind])
    known = pd.DataFrame(out, index=data.index)
    extra = [name for name in data if name not in columns]
    return pd.concat([known, data[extra]], axis=1) if extra else known


def _texts(cells: list[Any]) -> list[str]:
    """Cells as texts, of which missing ones are empty."""
    is_scalar = pd.api.types.is_scalar  # of a list, isna would ask each member
    return [str(cell) if isinstance(cell, str) or not (is_scalar(cell) and pd.isna(cell)) else "" for cell in cells]


def check(data: pd.DataFrame, table: str, *, where: str | Path = "") -> pd.DataFrame:
    """Check a table against its schema and return it typed.

    Parameters
    ----------
    data
        The table as it was read; text cells may be missing.
    table
        A name in :data:`TABLES`.
    where
        The file it came from, for the messages.

    Raises
    ------
    TableError
        Lists *all* faults: missing columns, wrong types, values that are not allowed, empty or repeated keys. Rows are
        counted as a spreadsheet shows them (the header is row 1).

    Examples
    --------
    >>> check(pd.DataFrame({"plan": ["a", "a"], "file": ["a.txt", "b.txt"]}), "manifest", where="plans.csv")
    Traceback (most recent call last):
    policycompare.schema.TableError: plans.csv, row 3: column plan: 'a' stands twice; make it unique.
    """
    found = faults(data, table, where=where)
    if found:
        raise TableError(*(message for _, message in found))
    return typed(data, table)


def faults(data: pd.DataFrame, table: str, *, where: str | Path = "") -> list[tuple[int | None, str]]:
    """All faults of a table as (position of the row, message); the position is None where a column is missing.

    Examples
    --------
    >>> [row for row, message in faults(pd.DataFrame({"plan": ["a", ""]}), "manifest")]
    [None, 1]
    """
    columns = TABLES[table]
    at = f"{where}" if where else f"table {table}"
    found: list[tuple[int | None, str]] = [
        (None, f"{at}: column {name} is missing; add it.") for name, column in columns.items() if column.required and name not in data
    ]
    for name, column in columns.items():
        if name in data:
            found += [(row, f"{at}, row {row + 2}: column {name}: {why}") for row, why in _column_faults(data[name], column)]
    return found


def _column_faults(values: pd.Series, column: Column) -> Iterable[tuple[int, str]]:
    cells = values.astype("object").where(values.notna(), "").map(str).to_list()
    seen: set[str] = set()
    for row, cell in enumerate(cells):
        if not cell.strip():
            if column.required:
                yield row, "is empty; fill it in."
        elif column.kind != "text" and not _is_number(cell, whole=column.kind == "whole"):
            yield row, f"{cell!r} is not a {'whole ' if column.kind == 'whole' else ''}number; write one or leave it empty."
        elif column.allowed and cell not in column.allowed:
            yield row, f"{cell!r} is not allowed; use one of {', '.join(column.allowed)}, or leave it empty."
        elif column.unique and cell in seen:
            yield row, f"{cell!r} stands twice; make it unique."
        seen.add(cell)


def _is_number(cell: str, *, whole: bool) -> bool:
    try:
        return float(cell).is_integer() if whole else float(cell) == float(cell)
    except (ValueError, OverflowError):
        return False


def one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse an argument that is none of the allowed values.

    Examples
    --------
    >>> one_of("language", "fr", ("en", "zh"))
    Traceback (most recent call last):
    policycompare.schema.PolicyCompareError: language must be one of en, zh; got 'fr'.
    """
    allowed = tuple(allowed)
    if value not in allowed:
        raise PolicyCompareError(f"{name} must be one of {', '.join(allowed)}; got {value!r}.")
