"""How often each word stands in each plan, and in its statements on each theme.

Caveat: jieba cuts a text slower than everything else here reads it (some 0.7 MB a second), so a data set's words are counted when they are first
asked for (:func:`count_terms`), and kept with its parts.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from policycompare.dataset.dataset import Dataset, parquet, part_table
from policycompare.dataset.engines import LostWorkerError, results
from policycompare.schema import PolicyCompareError
from policycompare.tokens import tokenize

COLUMNS = ["plan", "theme", "term", "n", "statements"]
_FILE = "terms.parquet"


def term_counts(statements: pd.DataFrame, codings: pd.DataFrame | None = None) -> pd.DataFrame:
    """Words of body statements by plan, and with codings by theme, too.

    Parameters
    ----------
    statements
        The table ``statements``; only ``body`` is read.
    codings
        Codings of these statements.

    Returns
    -------
    DataFrame
        One row plan × theme × term: how often the term stands there (``n``) and in how many ``statements``; ``theme`` is empty for all
        statements of the plan.

    Examples
    --------
    >>> import policycompare as pc
    >>> counts = term_counts(pc.load_corpus().statements)
    >>> counts.sort_values("n", ascending=False)["term"].iloc[0]
    '学校'
    """
    body = statements[statements["kind"] == "body"].sort_values(["plan", "start"], ignore_index=True)
    words = [Counter(found) for found in tokenize(body["text"])]
    themes: dict[str, list[str]] = {}
    if codings is not None:
        pairs = codings[["statement", "theme"]].drop_duplicates()
        for statement, theme in zip(pairs["statement"], pairs["theme"], strict=True):
            themes.setdefault(statement, []).append(theme)
    n, spread = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for plan, statement, found in zip(body["plan"], body["statement"], words, strict=True):
        for theme in ("", *themes.get(statement, ())):
            for term, times in found.items():
                n[plan, theme, term] += times
                spread[plan, theme, term] += 1
    rows = [(*key, n[key], spread[key]) for key in sorted(n)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({**dict.fromkeys(COLUMNS[:3], "str"), "n": "int64", "statements": "int64"})


def count_terms(dataset: Dataset, *, workers: int | None = None, progress: bool = False) -> None:
    """Count the words of a data set's parts that have not been counted; they are kept beside the parts' tables.

    Parameters
    ----------
    dataset
        As :func:`policycompare.write_dataset` made it.
    workers
        Processes; None is one a processor.
    progress
        Show a bar.

    Raises
    ------
    PolicyCompareError
        A worker died, or a part cannot be written.
    """
    from tqdm import tqdm

    left = [part for part in dataset.parts if not (part / _FILE).is_file()]
    with tqdm(total=len(left), desc="parts", disable=not progress) as bar:
        for part, done in results(_count, left, workers=workers if len(left) > 1 else 1):
            if isinstance(done, LostWorkerError):
                raise PolicyCompareError(f"{part}: the worker that counted its words died; call again with fewer workers.")
            bar.update()


def _count(part: Path) -> None:
    statements = part_table(part, "statements", columns=["plan", "start", "kind", "text", "statement"])
    codings = part_table(part, "codings", columns=["statement", "theme"])
    half = part / f".{_FILE}"
    half.write_bytes(parquet(term_counts(statements, codings)))
    half.replace(part / _FILE)
