"""A data set: the tables of many documents as Parquet files, part by part, read back only where a question needs them.

Caveat: rows stand in the order of the parts, and a part's name says nothing of the order of its plans: sort by ``plan`` and ``start``
where order matters. A part is there whole or not at all: its folder gets its name last.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.corpus import TABLE_NAMES, Corpus
from policycompare.schema import PolicyCompareError, typed

if TYPE_CHECKING:
    import duckdb

SETTINGS = "dataset.json"
#: The tables of a part. ``codings`` has the plan, too; ``units`` is what shares are counted from (:func:`policycompare.units.unit_counts`);
#: ``sources`` are the source texts; ``skipped`` the documents that could not be read, with the reason.
PARTS = (*TABLE_NAMES, "codings", "targets", "units", "repairs", "skipped", "sources")
#: Tables that are made later, when they are asked for, and by what.
LATER = {"terms": "pc.count_terms(dataset)", "clusters": "pc.cluster_measures(dataset)"}
_HALF, _OLD = ".making-", ".old-"


@dataclass(frozen=True)
class Dataset:
    """A folder of parts, as :func:`policycompare.write_dataset` makes and extends it.

    Attributes
    ----------
    path
        The folder.
    settings
        What the tables were made with: version, taxonomy, coder, and their hashes.
    """

    path: Path
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def parts(self) -> list[Path]:
        """The finished parts, in the order of their names."""
        return sorted(part for part in (self.path / "parts").glob("*") if not part.name.startswith("."))

    @cached_property
    def plans(self) -> pd.DataFrame:
        """The table ``plans`` in the order of the ids: a row a document, held in memory."""
        return typed(self.relation("plans").df(), "plans").sort_values("plan", ignore_index=True)

    @property
    def skipped(self) -> pd.DataFrame:
        """The documents that could not be read, with the reason."""
        rows: pd.DataFrame = self.relation("skipped").df()
        return rows.sort_values(["plan", "file"], ignore_index=True)

    def relation(self, table: str) -> duckdb.DuckDBPyRelation:
        """A table as DuckDB reads it from the files: nothing is loaded before it is asked for.

        Raises
        ------
        PolicyCompareError
            There is no such table, or no part yet.
        """
        if table not in (*PARTS, *LATER):
            raise PolicyCompareError(f"table must be one of {', '.join((*PARTS, *LATER))}; got {table!r}.")
        files = [str(part / f"{table}.parquet") for part in self.parts]
        if not files:
            raise PolicyCompareError(f"{self.path}: has no finished part yet; run `policycompare dataset` again.")
        if table in LATER and not all(Path(file).is_file() for file in files):
            raise PolicyCompareError(f"{self.path}: some parts have no table {table} yet; call {LATER[table]} first.")
        return self._connection.read_parquet(files)

    def grouped_terms(self, member: pd.Series, *, by_theme: bool) -> pd.DataFrame:
        """Counted words summed over groups of plans.

        Parameters
        ----------
        member
            The group of each plan, by the plan's id; plans of the group "" are left out.
        by_theme
            Words by theme, or of whole plans.

        Returns
        -------
        DataFrame
            One row group (in the column ``plan``) × theme × term, with ``n`` and ``statements``, in that order.
        """
        kept = member[member != ""]
        groups = self._connection.from_df(pd.DataFrame({"plan": kept.index.astype("object"), "member": kept.to_numpy(dtype=object)}))
        terms = self.relation("terms").filter("theme <> ''" if by_theme else "theme = ''").join(groups, "plan")
        sums = "member AS plan, theme, term, sum(n)::BIGINT AS n, sum(statements)::BIGINT AS statements"
        found: pd.DataFrame = terms.aggregate(sums, "member, theme, term").df()
        return found.sort_values(["plan", "theme", "term"], ignore_index=True)

    def draw_measures(self, count: int, *, seed: int = 0) -> pd.DataFrame:
        """So many measures (``measure``, ``plan``, ``text``), by the hash of their ids: the same ones however they are parted; all if there are no more."""
        order = f"md5(measure || '{int(seed)}'), measure"
        drawn: pd.DataFrame = self.relation("measures").project("measure, plan, text").order(order).limit(count).df()
        return typed(drawn, "measures")[["measure", "plan", "text"]].sort_values("measure", ignore_index=True)

    def measures_of(self, plans: Iterable[str]) -> pd.DataFrame:
        """The table ``measures`` of some of the plans."""
        return typed(self._of("measures", sorted(set(plans))), "measures")

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        return duckdb.connect()

    def select(self, plans: str | Iterable[str]) -> Corpus:
        """Some of the plans as a corpus, source texts and all, for everything that a small study can do.

        Raises
        ------
        PolicyCompareError
            A plan is not in the data set, or none is named.
        """
        wanted = sorted({plans} if isinstance(plans, str) else set(plans))
        unknown = sorted(set(wanted) - set(self.plans["plan"]))
        if unknown or not wanted:
            what = ", ".join(map(repr, unknown)) or "nothing"
            raise PolicyCompareError(f"plans must be among the {len(self.plans):,} of {self.path}; got {what}.")
        plans_of, sections, measures, statements, repairs = (typed(self._of(name, wanted), name) for name in (*TABLE_NAMES, "repairs"))
        sources: dict[str, str] = dict(self._of("sources", wanted)[["plan", "text"]].itertuples(index=False))
        return Corpus(plans_of, sections, measures, statements, sources, repairs)

    def codings(self, plans: str | Iterable[str]) -> pd.DataFrame:
        """The codings of some of the plans, as :func:`policycompare.code` gives them."""
        wanted = sorted({plans} if isinstance(plans, str) else set(plans))
        return typed(self._of("codings", wanted).drop(columns="plan"), "codings")

    def _of(self, table: str, plans: list[str]) -> pd.DataFrame:
        import duckdb

        found = self.relation(table)
        among = duckdb.ColumnExpression("plan").isin(*map(duckdb.ConstantExpression, plans))
        rows: pd.DataFrame = found.filter(among).df()
        order = ["plan", *(name for name in ("start", "end", "statement", "theme", "subtheme") if name in rows)]
        return rows.sort_values(order, kind="stable", ignore_index=True)


def open_dataset(path: str | Path) -> Dataset:
    """A data set that was written before.

    Raises
    ------
    PolicyCompareError
        The folder is none.
    """
    path = Path(path)
    try:
        settings = json.loads((path / SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PolicyCompareError(f"{path}: is no data set (it has no {SETTINGS}); make one with `policycompare dataset`.") from None
    except (OSError, ValueError) as error:
        raise PolicyCompareError(f"{path / SETTINGS}: cannot be read ({error}); make the data set again in another folder.") from None
    return Dataset(path, settings)


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
    if path.exists() and not (path / SETTINGS).is_file() and (not path.is_dir() or any(one.name != ".lock" for one in path.iterdir())):
        raise PolicyCompareError(f"{path}: is there and no data set; name a new folder.")
    try:
        (path / "parts").mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise PolicyCompareError(f"{path}: another run is writing to it; wait for it, or name another folder.") from None
    except OSError as error:
        raise PolicyCompareError(f"{path}: cannot be written ({error}); name a folder that you may write to.") from None
    try:
        if (path / SETTINGS).is_file():
            _same(open_dataset(path), settings)
        else:
            (path / SETTINGS).write_text(json.dumps(settings, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        _clear(path / "parts")
        yield Dataset(path, settings)
    finally:
        lock.release()


def _same(dataset: Dataset, settings: Mapping[str, Any]) -> None:
    other = sorted(name for name in settings if dataset.settings.get(name) != settings[name])
    if other:
        was = ", ".join(f"{name} {dataset.settings.get(name)!r} (now {settings[name]!r})" for name in other)
        raise PolicyCompareError(f"{dataset.path}: was made with {was}; name another folder, so that its rows stay comparable.")


def _clear(parts: Path) -> None:
    for half in parts.glob(f"{_HALF}*"):
        shutil.rmtree(half)
    for old in parts.glob(f"{_OLD}*"):  # a part that was about to be replaced
        successor, _, name = old.name.removeprefix(_OLD).partition("@")
        if (parts / successor).exists():
            shutil.rmtree(old)
        else:
            old.rename(parts / name)


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
    import pyarrow.parquet as pq

    found: dict[str, dict[str, str]] = {}
    for part in dataset.parts:
        for table in ("plans", "skipped"):
            rows = pq.read_table(part / f"{table}.parquet", columns=["plan", "sha256"])
            for plan, digest in zip(rows["plan"].to_pylist(), rows["sha256"].to_pylist(), strict=True):
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
    tables = {file.stem: pd.read_parquet(file) for file in sorted(part.glob("*.parquet"))}
    kept = {table: rows[~rows["plan"].isin(plans)].reset_index(drop=True) for table, rows in tables.items()}
    left = [row for table in ("plans", "skipped") for row in zip(kept[table]["plan"], kept[table]["sha256"], strict=True)]
    successor = part_name(left)
    old = part.rename(part.with_name(f"{_OLD}{successor}@{name}"))
    if left:
        put_part(dataset, successor, {table: parquet(rows) for table, rows in kept.items()})
    shutil.rmtree(old)


def parquet(table: pd.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    content: bytes = table.to_parquet(index=False, compression="zstd")
    return content
