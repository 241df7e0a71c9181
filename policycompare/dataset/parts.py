"""Putting parts into a data set: whole or not at all, under a lock, and tidied up after a run that was killed.

Caveat: while a document that changed is replaced, it stands in two parts; a run that is killed then is put right by the next.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare.dataset.dataset import SETTINGS, Dataset, damaged, open_dataset, parquet, part_table
from policycompare.schema import PolicyCompareError, typed

_HALF, _OLD = ".making-", ".old-"
_PART = "part-[0-9a-f]{16}"
_REPLACED = re.compile(rf"{re.escape(_OLD)}({_PART})@({_PART})")


@contextmanager
def writing(path: str | Path, settings: Mapping[str, Any]) -> Iterator[Dataset]:
    """The data set to add parts to, new or as it is, locked against a second run; what a killed run left half-written is cleared.

    Raises
    ------
    PolicyCompareError
        Another run is writing to it, it was made with other settings, or the folder cannot be written or holds something else.
    """
    from filelock import FileLock, Timeout

    path = Path(path)
    made = path / f".{SETTINGS}"
    if (
        path.exists()
        and not (path / SETTINGS).is_file()
        and (not path.is_dir() or {one.name for one in path.iterdir()} - {".lock", made.name})
    ):
        raise PolicyCompareError(f"{path}: is there and no data set; name a new folder.")
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise PolicyCompareError(f"{path}: another run is writing to it; wait for it, or name another folder.") from None
    except OSError as error:
        raise _not_written(path, error) from None
    try:
        if Dataset(path, settings).parts:
            _same(open_dataset(path), settings)
        try:
            made.write_text(json.dumps(settings, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
            made.replace(path / SETTINGS)
            (path / "parts").mkdir(exist_ok=True)
            _clear(path / "parts")
        except OSError as error:
            raise _not_written(path, error) from None
        yield Dataset(path, settings)
    finally:
        lock.release()


def _not_written(path: Path, error: OSError) -> PolicyCompareError:
    return PolicyCompareError(f"{path}: cannot be written ({error}); make room, or name a folder that you may write to.")


def _same(dataset: Dataset, settings: Mapping[str, Any]) -> None:
    other = sorted(name for name in settings if dataset.settings.get(name) != settings[name])
    if other:
        was = ", ".join(f"{name} {dataset.settings.get(name)!r} (now {settings[name]!r})" for name in other)
        raise PolicyCompareError(f"{dataset.path}: was made with {was}; name another folder, so that its rows stay comparable.")


def _clear(parts: Path) -> None:
    """Away with what a killed run left; names that no run gives are not touched."""
    for half in parts.glob(f"{_HALF}part-*"):
        _remove(half)
    for old in parts.glob(f"{_OLD}*"):  # a part that was about to be replaced
        if named := _REPLACED.fullmatch(old.name):
            successor, name = named.groups()
            if (parts / successor).exists():
                _remove(old)
            else:
                old.rename(parts / name)


def _remove(part: Path) -> None:
    """A part's folder; of a link, the link alone."""
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part)
    else:
        part.unlink()


def part_name(documents: Iterable[tuple[str, str]]) -> str:
    """A part's name, from the ids and hashes of its documents.

    Examples
    --------
    >>> part_name([("county", "ab12")])
    'part-dce8437f2b5021e8'
    """
    listed = "\n".join(f"{plan}\t{digest}" for plan, digest in sorted(documents))
    return "part-" + sha256(listed.encode()).hexdigest()[:16]


def finished(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Plan → hash of its document → part that holds it; a document that changed may stand in two parts."""
    found: dict[str, dict[str, str]] = {}
    for part in dataset.parts:
        for table in ("plans", "skipped"):
            rows = part_table(part, table, columns=["plan", "sha256"])
            for plan, digest in zip(rows["plan"], rows["sha256"], strict=True):
                found.setdefault(plan, {})[digest] = part.name
    return found


def put_part(dataset: Dataset, name: str, files: Mapping[str, bytes]) -> None:
    """Put a finished part in place.

    Raises
    ------
    OSError
        The disk is full or the folder gone; the part is not there then.
    """
    half = dataset.path / "parts" / f"{_HALF}{name}"
    try:
        half.mkdir()
        for table, content in files.items():
            (half / f"{table}.parquet").write_bytes(content)
        half.rename(dataset.path / "parts" / name)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        raise


def drop_plans(dataset: Dataset, name: str, plans: set[str]) -> None:
    """Put a part without some of its plans in the part's place: newer texts of them stand in another."""
    part = dataset.path / "parts" / name
    tables = {file.stem: part_table(part, file.stem) for file in sorted(part.glob("*.parquet"))}
    if foreign := [table for table, rows in tables.items() if "plan" not in rows]:
        raise PolicyCompareError(*(damaged(part / f"{table}.parquet") for table in foreign))
    kept = {table: rows[~rows["plan"].isin(plans)].reset_index(drop=True) for table, rows in tables.items()}
    left = [row for table in ("plans", "skipped") for row in zip(kept[table]["plan"], kept[table]["sha256"], strict=True)]
    if not left:
        _remove(part.rename(part.with_name(f"{_HALF}{name}")))  # by this name a run that is killed here is tidied up after
        return
    successor = part_name(left)
    old = part.rename(part.with_name(f"{_OLD}{successor}@{name}"))
    try:
        put_part(dataset, successor, {table: parquet(rows) for table, rows in kept.items()})
    except OSError:
        old.rename(part)
        raise
    _remove(old)


def restated(parts: Iterable[Path], told: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Those parts of whose plans a manifest says other things today than when they were read, and their ``plans`` as it says them."""
    read = {"plan", "script", "chars", "sha256"}
    for part in parts if told else ():
        rows = typed(part_table(part, "plans"), "plans")
        new = pd.DataFrame(
            {name: value for name, value in row.items() if name in read or row["plan"] not in told}
            | {name: value for name, value in told.get(row["plan"], {}).items() if name not in read - {"script"}}
            for row in rows.to_dict("records")
        )
        if not (new := typed(new.reindex(columns=list(rows)), "plans")).equals(rows):
            yield part, new


def put_tables(part: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Put newer tables in the place of a part's, the last one last."""
    for name, table in tables.items():
        half = part / f"{_HALF}{name}"
        half.write_bytes(parquet(table))
        half.replace(part / f"{name}.parquet")
