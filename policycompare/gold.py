"""A gold coding, and another reading of the same statements beside it.

Caveat: a gold coding knows a statement by its place in the source text. Where the two divide the text otherwise, a gold statement is read through
all statements that share at least half of the shorter one's characters with it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.corpus.manifest import read_table
from policycompare.paths import data_path, path_of
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


@cache
def gold_themes() -> tuple[str, ...]:
    """The themes that a gold coding may name, in the codebook's order.

    Examples
    --------
    >>> gold_themes()[:2]
    ('moral_education', 'teachers')
    """
    return tuple(theme.id for theme in load_taxonomy("education-extended").reported)


def load_gold(where: str | Path | None = None) -> pd.DataFrame:
    """Read a gold coding: the packaged one of the five plans, or the ``statements.csv`` of another folder.

    Parameters
    ----------
    where
        A folder with a ``statements.csv``, or the file itself; the packaged gold where it is left out.

    Returns
    -------
    pandas.DataFrame
        A row a statement: ``plan, start, end, kind, measure_start, themes, text``. ``themes`` are ids joined by ``;``, empty
        for none; ``start`` and ``end`` count characters of the plan's source text. A column ``maybe`` (themes that the
        coders left unsettled) is there where the file has one.

    Raises
    ------
    PolicyCompareError
        The file is missing, lacks a column, or holds an unknown theme or kind: every fault with its row.

    Examples
    --------
    >>> gold = load_gold()
    >>> int((gold["kind"] == "body").sum())
    423
    """
    path = path_of("gold", where) if where is not None else data_path("gold")
    path = path / "statements.csv" if path.is_dir() else path
    if not path.is_file():
        raise schema.SourceError(f"{path}: there is no such gold coding; name a folder that holds a statements.csv.")
    gold = read_table(path)
    needed = ("plan", "start", "end", "kind", "themes")
    if missing := [name for name in needed if name not in gold]:
        raise schema.TableError(*[f"{path}: column {name} is missing; add it." for name in missing])
    faults = []
    for row, (start, end, kind, themes) in enumerate(zip(*(gold[name] for name in needed[1:]), strict=True), start=2):
        if not (start.isdigit() and end.isdigit() and int(start) < int(end)):
            faults.append(f"{path}, row {row}: {start!r}–{end!r} are no offsets; write start < end as whole numbers.")
        if kind not in (*schema.KINDS, "maybe"):
            faults.append(f"{path}, row {row}: kind {kind!r} is unknown; use one of {', '.join(schema.KINDS)}.")
        if unknown := [theme for theme in _split(themes) if theme not in gold_themes()]:
            faults.append(f"{path}, row {row}: theme {', '.join(unknown)} is unknown; use {', '.join(gold_themes())}.")
    if faults:
        raise schema.TableError(*faults)
    return gold.astype({"start": "Int64", "end": "Int64"})


def paired(
    corpus: Corpus, codings: pd.DataFrame, gold: pd.DataFrame | None = None, *, among: Collection[str] | None = None
) -> pd.DataFrame:
    """Both readings of every statement side by side; arguments as in :func:`policycompare.reliability.agreement`.

    Returns
    -------
    pandas.DataFrame
        A row a statement of the gold (or of the corpus, where ``gold`` is a table of codings): ``plan, start, end, text``,
        ``statement`` (the ids matched, joined by ``;``), ``read`` and ``gold`` (sets of theme ids), ``unsettled`` (themes that
        count neither way).
    """
    gold = load_gold() if gold is None else gold
    body = corpus.statements[corpus.statements["kind"] == "body"]
    if strange := sorted(set(codings["statement"]) - set(body["statement"])):
        raise schema.PolicyCompareError(
            f"codings: {len(strange)} statements are no body statements of this corpus ({', '.join(strange[:3])}…); code it again."
        )
    read = codings.groupby("statement")["theme"].agg(frozenset).to_dict()
    if "statement" in gold and "theme" in gold:
        body = body if among is None else body[body["statement"].isin(set(among))]
        second = gold.groupby("statement")["theme"].agg(frozenset).to_dict()
        out = body[["plan", "start", "end", "text", "statement"]].reset_index(drop=True)
        out["read"] = [read.get(name, frozenset()) for name in out["statement"]]
        out["gold"] = [second.get(name, frozenset()) for name in out["statement"]]
        out["unsettled"] = pd.Series([frozenset()] * len(out), dtype=object)
        return out
    gold = gold[(gold["kind"] == "body") & gold["plan"].isin(set(corpus.plans["plan"]))]
    if gold.empty:
        raise schema.PolicyCompareError(
            f"the gold coding holds none of the corpus's plans ({', '.join(corpus.plans['plan'].head())}…); load the plans that it codes."
        )
    spans = dict(iter(body.groupby("plan")))
    records = []
    for row in gold.to_dict("records"):
        ids = _overlapping(spans.get(row["plan"]), int(row["start"]), int(row["end"]))
        records.append(
            {
                "plan": row["plan"],
                "start": int(row["start"]),
                "end": int(row["end"]),
                "text": corpus.sources[row["plan"]][int(row["start"]) : int(row["end"])],
                "statement": ";".join(ids),
                "read": frozenset().union(*(read.get(name, frozenset()) for name in ids)),
                "gold": frozenset(_split(row["themes"])),
                "unsettled": frozenset(_split(row.get("maybe", ""))),
            }
        )
    return pd.DataFrame(records)


def _overlapping(rows: pd.DataFrame | None, start: int, end: int) -> list[str]:
    """Statements that share at least half of the shorter one's characters with start–end."""
    if rows is None:
        return []
    starts, ends = (
        rows["start"].to_numpy(dtype=np.int64),
        rows["end"].to_numpy(dtype=np.int64),
    )
    shared = np.minimum(ends, end) - np.maximum(starts, start)
    hit = (shared > 0) & (shared >= 0.5 * np.minimum(ends - starts, end - start))
    return list(rows["statement"].to_numpy(dtype=object)[hit])


def _split(themes: object) -> list[str]:
    return [theme.strip() for theme in str(themes).split(";") if theme.strip()] if isinstance(themes, str) else []
