"""A data set: the tables of many documents as Parquet files, part by part, read back only where a question needs them.

Caveat: rows stand in the order of the parts, and a part's name says nothing of the order of its plans: sort by ``plan`` and ``start``
where order matters. A part is there whole or not at all: its folder gets its name last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.corpus.corpus import TABLE_NAMES, Corpus
from policycompare.schema import PolicyCompareError, typed

if TYPE_CHECKING:
    import duckdb

SETTINGS = "dataset.json"
#: The tables of a part. ``codings`` has the plan, too; ``units`` is what shares are counted from (:func:`policycompare.dataset.units.unit_counts`);
#: ``sources`` are the source texts; ``skipped`` the documents that could not be read, with the reason.
PARTS = (*TABLE_NAMES, "codings", "targets", "units", "repairs", "skipped", "sources")
#: Tables that are made later, when they are asked for, and by what.
LATER = {"terms": "pc.count_terms(dataset)", "clusters": "pc.cluster_measures(dataset)"}
# What every data set says of itself, and of which type.
_SAID = {"policycompare": str, "taxonomy": str, "themes": list, "taxonomy_sha256": str, "coder": str, "coder_sha256": str}


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
        """The finished parts, in the order of their names; whatever else lies in the folder is none."""
        return sorted(part for part in (self.path / "parts").glob("part-*") if part.is_dir())

    @cached_property
    def plans(self) -> pd.DataFrame:
        """The table ``plans`` in the order of the ids: a row a document, held in memory.

        Raises
        ------
        PolicyCompareError
            A plan stands in two parts: a run was killed while it replaced a changed document, or somebody copied a part.
        """
        rows = typed(self.rows(self.relation("plans")), "plans").sort_values("plan", ignore_index=True)
        if twice := sorted(set(rows.loc[rows["plan"].duplicated(), "plan"])):
            few = ", ".join(twice[:3]) + (f" and {len(twice) - 3} more" if len(twice) > 3 else "")
            raise PolicyCompareError(
                f"{self.path}: {few}: stand in two parts, as where a run was stopped while it replaced a changed document; "
                "run `policycompare dataset` again on the same documents, or delete a part that was copied."
            )
        return rows

    @property
    def skipped(self) -> pd.DataFrame:
        """The documents that could not be read, with the reason."""
        return self.rows(self.relation("skipped")).sort_values(["plan", "file"], ignore_index=True)

    def relation(self, table: str) -> duckdb.DuckDBPyRelation:
        """A table as DuckDB reads it from the files: nothing is loaded before it is asked for.

        Raises
        ------
        PolicyCompareError
            There is no such table, no part yet, or a part whose file is gone or damaged.
        """
        if table not in (*PARTS, *LATER):
            raise PolicyCompareError(f"table must be one of {', '.join((*PARTS, *LATER))}; got {table!r}.")
        import duckdb

        files = [part / f"{table}.parquet" for part in self.parts]
        if not files:
            raise PolicyCompareError(f"{self.path}: has no finished part yet; run `policycompare dataset` again.")
        if table in LATER and not all(file.is_file() for file in files):
            raise PolicyCompareError(f"{self.path}: some parts have no table {table} yet; call {LATER[table]} first.")
        if broken := [damaged(file) for file in files if not _ends_well(file)]:
            raise PolicyCompareError(*broken)
        try:
            return self._connection.read_parquet(list(map(str, files)))
        except duckdb.Error as error:
            raise self._unreadable(error) from None

    def rows(self, asked: duckdb.DuckDBPyRelation) -> pd.DataFrame:
        """What a question to :meth:`relation` comes to.

        Raises
        ------
        PolicyCompareError
            A part is damaged within, or is of another program.
        """
        import duckdb

        try:
            found: pd.DataFrame = asked.df()
        except duckdb.Error as error:
            raise self._unreadable(error) from None
        return found

    def _unreadable(self, error: Exception) -> PolicyCompareError:
        why = str(error).splitlines()[0]
        return PolicyCompareError(f"{self.path}: a part cannot be read ({why}); delete the part, then run `policycompare dataset` again.")

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
        return self.rows(terms.aggregate(sums, "member, theme, term")).sort_values(["plan", "theme", "term"], ignore_index=True)

    def draw_measures(self, count: int, *, seed: int = 0) -> pd.DataFrame:
        """So many measures (``measure``, ``plan``, ``text``), by the hash of their ids: the same ones however they are parted; all if there are no more."""
        order = f"md5(measure || '{int(seed)}'), measure"
        drawn = self.rows(self.relation("measures").project("measure, plan, text").order(order).limit(count))
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
        try:
            chosen = found.filter(among)
        except duckdb.Error as error:  # the table has no column plan
            raise self._unreadable(error) from None
        rows = self.rows(chosen)
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
    except (OSError, ValueError, RecursionError) as error:
        raise PolicyCompareError(f"{path / SETTINGS}: cannot be read ({error}); make the data set again in another folder.") from None
    strange = [name for name, kind in _SAID.items() if not isinstance(settings, dict) or not isinstance(settings.get(name), kind)]
    if strange:
        raise PolicyCompareError(
            f"{path / SETTINGS}: does not say {', '.join(strange)} as `policycompare dataset` writes it; make the data set again in another folder."
        )
    return Dataset(path, settings)


def _ends_well(file: Path) -> bool:
    """Whether a Parquet file is there to its end; much quicker than reading its schema."""
    try:
        with file.open("rb") as stream:
            stream.seek(-4, 2)
            return stream.read() == b"PAR1"
    except OSError:
        return False


def damaged(file: Path) -> str:
    """What to do about a part's file that cannot be read."""
    return f"{file}: is missing or damaged; delete the folder {file.parent}, then run `policycompare dataset` again: it reads those documents anew."


def part_table(part: Path, table: str, *, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of one part.

    Raises
    ------
    PolicyCompareError
        Its file is gone, damaged, or has other columns.
    """
    from pyarrow import ArrowException

    file = part / f"{table}.parquet"
    try:
        rows = pd.read_parquet(file, columns=columns)
    except (OSError, ArrowException, ValueError):
        raise PolicyCompareError(damaged(file)) from None
    return rows


def parquet(table: pd.DataFrame) -> bytes:
    """A table as the bytes of a Parquet file."""
    content: bytes = table.to_parquet(index=False, compression="zstd")
    return content
