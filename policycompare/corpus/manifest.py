"""``plans.csv``: which plans a study has, in which files.

Caveat: a file's path is told from the folder of ``plans.csv`` (or from ``plans/`` beside it) and never leaves that
folder, not even through a symbolic link, so that a study or folder from a stranger reads nothing else on this machine.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from os.path import lexists
from pathlib import Path, PureWindowsPath
from typing import Any

import pandas as pd

from policycompare.corpus.guess import iso_date
from policycompare.paths import path_of
from policycompare.reading import FORMATS
from policycompare.reading.decoding import decode
from policycompare.schema import TABLES, PolicyCompareWarning, SourceError, TableError, check, faults, frame, typed

MANIFEST, REPAIRS, OVERRIDES = "plans.csv", "repairs.csv", "overrides.csv"
_ISSUED = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")  # a year or a month alone will do
# An id becomes part of file names and of measures' addresses.
_BAD_ID = re.compile(r"[\x00-\x1f\x7f/\\\u2028\u2029]|^[.\s=+@-]|\s$|^.{101}", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A plan and the file that it is read from; ``row`` is its line in the manifest and ``at`` where it stands there.

    ``repairs`` are those that were made when the plan was brought into the study.
    """

    plan: str
    path: Path
    row: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    repairs: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Bad:
    """A plan or file that cannot be used, and why."""

    plan: str
    file: str
    reason: str


def places_of(where: str | Path | Iterable[str | Path]) -> list[Path]:
    """The study, folder or file that somebody names, or several of them, as paths.

    Raises
    ------
    PolicyCompareError
        One can be no path on this machine.
    """
    many = where if isinstance(where, Iterable) and not isinstance(where, str | bytes | Path) else [where]
    return [path_of("where", one) for one in many]


def entries(places: list[Path]) -> tuple[list[Entry], list[Bad]]:
    """The plans of studies, folders of files, and files, in the order of their ids.

    What is wrong with any of them comes beside, so that a caller may report it all at once or go on without.

    Raises
    ------
    PolicyCompareError
        A manifest cannot be read as a table.
    """
    found: list[Entry] = []
    bad: list[Bad] = []
    for place in dict.fromkeys(places):
        one, wrong = _of_place(place)
        found += one
        bad += wrong
    found.sort(key=lambda entry: (entry.plan, str(entry.path)))
    kept: dict[str, Entry] = {}
    for entry in found:
        twin = kept.setdefault(_alike(entry.plan), entry)
        if twin is not entry and twin.path.resolve() != entry.path.resolve():
            why = f"{entry.path}: the id {entry.plan!r} collides with that of {twin.path}; rename one of the two."
            bad.append(Bad(entry.plan, str(entry.path), why))
    return list(kept.values()), bad


def read_overrides(places: list[Path]) -> pd.DataFrame:
    """The rows of the studies' ``overrides.csv`` as they were written, each with the place it stands ``at``; none for bare files.

    Raises
    ------
    TableError
        A file is no table, or lacks a column.
    """
    folders = dict.fromkeys(
        place.parent if place.name == MANIFEST else place for place in places if place.name == MANIFEST or place.is_dir()
    )
    tables, missing = [], []
    # A broken link is no missing file.
    for path in (folder / OVERRIDES for folder in folders if (folder / MANIFEST).is_file() and lexists(folder / OVERRIDES)):
        table = read_table(path)
        missing += [message for row, message in faults(table, "overrides", where=path) if row is None]
        tables.append(typed(table, "overrides").assign(at=[f"{path}, row {row + 2}" for row in range(len(table))]))
    if missing:
        raise TableError(*missing)
    return pd.concat(tables, ignore_index=True) if tables else frame("overrides").assign(at=pd.Series(dtype="str"))


def read_table(path: Path) -> pd.DataFrame:
    """A study's CSV file as a table of texts, as it was written; in any encoding that a spreadsheet saves.

    Raises
    ------
    TableError
        The file cannot be read, or is no table of comma-separated values.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror or error}); put the file itself there, or delete it.") from None
    if not data.strip():
        raise TableError(f"{path}: is empty; write at least the line with the columns' names into it.")
    text = decode(data, where=path).text
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skip_blank_lines=False)
    except ValueError as error:  # pandas' own parser errors are ValueErrors
        raise TableError(
            f"{path}: is no table of comma-separated values ({str(error).strip()}); put cells that hold a comma in quotes."
        ) from None
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes surplus cells for an index
        raise TableError(f"{path}: has rows with more cells than its header; put cells that hold a comma in quotes.")
    table.columns = [str(name).strip() for name in table.columns]
    filled = (table != "").any(axis=1)
    # Spreadsheets leave empty rows at the end; one between two plans is kept, so that the row numbers stay true.
    return table.iloc[: int(filled.to_numpy().nonzero()[0].max()) + 1 if filled.any() else 0]


def inside(folder: Path, file: str) -> Path:
    """The path of a study's file, which must lie in the study.

    Raises
    ------
    SourceError
        The path is absolute, climbs out with ``..``, is missing, or is a link out of the study. The message has no
        subject: the caller names the row.
    """
    shape = PureWindowsPath(file)  # knows both kinds of slash, and drives
    if shape.anchor:
        raise SourceError(f"{file!r} is an absolute path; write it from the study's folder, as plans/{shape.name or 'NAME.txt'}.")
    if ".." in shape.parts:
        raise SourceError(f"{file!r} leads out of the study by '..'; copy the file into plans/ and write plans/{shape.name}.")
    for path in (folder / Path(*shape.parts), folder / "plans" / Path(*shape.parts)):
        if path.is_file():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise SourceError(f"{file!r} is a link out of the study; put the file itself into plans/.")
            return path
    raise SourceError(f"there is no file {file!r} in the study; put it there, or delete the row.")


def _of_place(place: Path) -> tuple[list[Entry], list[Bad]]:
    try:
        if place.name == MANIFEST and place.is_file():
            return _of_study(place.parent)
        if place.is_dir():
            return _of_study(place) if (place / MANIFEST).is_file() else _of_folder(place)
    except OSError as error:
        raise SourceError(f"{place}: cannot be read ({error}); check the name and its permissions.") from None
    return _of_files([place])


def _of_folder(folder: Path) -> tuple[list[Entry], list[Bad]]:
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    known = [path for path in files if path.suffix.lower() in FORMATS]
    other = [path.name for path in files if path.suffix.lower() not in FORMATS]
    if other:
        _warn(f"{folder}: not read: {', '.join(other)}; save them as .txt, .html, .docx or .pdf if they are plans.")
    bad = [] if known else [Bad("", str(folder), f"{folder}: holds no .txt, .html, .docx or .pdf file; put the plans there.")]
    out = {path for path in known if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())}
    bad += [Bad(path.stem, str(path), f"{path}: is a link out of the folder; put the file itself there.") for path in sorted(out)]
    good, wrong = _of_files(path for path in known if path not in out)
    return good, bad + wrong


def _of_files(files: Iterable[Path]) -> tuple[list[Entry], list[Bad]]:
    good, bad = [], []
    for path in files:
        if bad_id(path.stem):
            bad.append(Bad(path.stem, str(path), f"{path}: its name cannot be a plan's id; rename it with letters, digits and hyphens."))
        else:
            good.append(Entry(path.stem, path))
    return good, bad


def bad_id(plan: str) -> bool:
    """Whether a plan's id cannot stand in file names, addresses and spreadsheets."""
    return bool(_BAD_ID.search(plan)) or not plan


def _of_study(folder: Path) -> tuple[list[Entry], list[Bad]]:
    path = folder / MANIFEST
    table = read_table(path)
    wrong = faults(table, "manifest", where=path)
    if any(row is None for row, _ in wrong):
        raise TableError(*(message for _, message in wrong))
    rows = [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    files: dict[int, Path] = {}
    bad: dict[int, list[str]] = {}  # position of a row -> what is wrong with it
    for position, message in wrong:
        bad.setdefault(position or 0, []).append(message)
    seen: dict[Path, int] = {}
    for at, row in enumerate(rows):
        plan, file = str(row["plan"]), str(row["file"])
        say = bad.setdefault(at, [])
        if plan.strip() and bad_id(plan):
            say.append(f"{path}, row {at + 2}: {plan!r} cannot be a plan's id; use letters, digits and hyphens, at most 100.")
        if (issued := str(row.get("issued", "")).strip()) and not iso_date(issued) and not _ISSUED.fullmatch(issued):
            say.append(f"{path}, row {at + 2}: column issued: {issued!r} is no date; write YYYY-MM-DD or leave it empty.")
        if not file.strip():
            continue
        try:
            files[at] = inside(folder, file)
        except (SourceError, OSError, ValueError) as error:
            say.append(f"{path}, row {at + 2}: {error}")
            continue
        if seen.setdefault(files[at].resolve(), at) != at:
            say.append(f"{path}, row {at + 2}: {file!r} is the file of row {seen[files[at].resolve()] + 2}, too; delete one of the rows.")
    _warn_of_unlisted(folder, files.values())
    _warn_of_misspelt(path, table.columns)
    repairs = _read_repairs(folder)
    good = [
        Entry(str(rows[at]["plan"]), file, rows[at], f"{path}, row {at + 2}", repairs.get(str(rows[at]["plan"]), ()))
        for at, file in files.items()
        if not bad[at]
    ]
    return good, [Bad(str(rows[at]["plan"]), str(rows[at]["file"]), message) for at, messages in bad.items() for message in messages]


def _warn_of_misspelt(path: Path, columns: Iterable[str]) -> None:
    """Columns of a user's own are welcome; one that is nearly a known name, and stands in its stead, is a slip."""
    missing = [name for name in TABLES["manifest"] if name not in set(columns)]
    for column in columns:
        if column not in TABLES["manifest"] and (meant := get_close_matches(column.casefold(), missing, n=1)):
            _warn(f"{path}: the column {column!r} is not known, so it is not read; rename it if {meant[0]} is meant.")


def _read_repairs(folder: Path) -> dict[str, tuple[dict[str, Any], ...]]:
    """What was changed when the study's plans were brought in, by plan."""
    path = folder / REPAIRS
    if not path.is_file():
        return {}
    table = check(read_table(path), "repairs", where=path)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        found.setdefault(row["plan"], []).append({"repair": row["repair"], "text": row["text"]})
    return {plan: tuple(rows) for plan, rows in found.items()}


def _warn_of_unlisted(folder: Path, listed: Iterable[Path]) -> None:
    known = {path.resolve() for path in listed}
    folders = {path.parent for path in listed} | ({folder / "plans"} if (folder / "plans").is_dir() else set())
    there = (path for one in folders for path in one.iterdir() if path.suffix.lower() in FORMATS and not path.name.startswith("."))
    left = sorted(str(path.relative_to(folder)) for path in there if path.resolve() not in known and path.is_file())
    if left:
        _warn(f"{folder / MANIFEST}: no row for {', '.join(left)}; bring them in with `policycompare add`, or delete them.")


def _alike(plan: str) -> str:
    """Ids that are one file name to some machine collide: case and composed accents do not tell them apart."""
    return unicodedata.normalize("NFC", plan).casefold()


def _warn(message: str) -> None:
    warnings.warn(message, PolicyCompareWarning, stacklevel=2)
