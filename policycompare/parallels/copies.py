"""Which plans share wording, among any number of them: pairs, by the windows of letters that they have in common.

Caveat: a pair says that there is something to read, not who wrote first; the runs themselves are :func:`policycompare.shared_wording`'s, of the pair's
corpus. Windows that very many plans have tie nobody to anybody and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.dataset.dataset import Dataset, part_table
from policycompare.dataset.engines import LostWorkerError, results
from policycompare.parallels.sharing import LEAST_LETTERS, folded
from policycompare.schema import Array, PolicyCompareError
from policycompare.script import code_points, simplify

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

PAIRS = ["plan", "other", "windows", "share", "share_other"]
_MARK = "\ue000"  # stands in no plan; no window runs across it
_ALL = 5_000_000  # characters up to which every window is looked at
_ONE_IN = 16


def wording_pairs(
    corpus: Corpus | Dataset, *, at_least: int = LEAST_LETTERS, most: int = 20, one_in: int | None = None, workers: int | None = None
) -> pd.DataFrame:
    """The pairs of plans that share wording, those with most of it first.

    Every window of `at_least` letters gets a hash; of many plans only hashes that `one_in` divides are kept, the same in every plan (Broder 1997), and
    are joined. The time grows with the text, not with its square.

    Parameters
    ----------
    corpus
        The plans; what counts as a letter is as for :func:`policycompare.shared_wording`.
    at_least
        Letters of a window.
    most
        Windows that stand in more plans than this are left out, as formulae.
    one_in
        Windows kept: 1 is all, and then no pair is missed. A run of L letters is missed with probability (1 − 1/one_in)^(L − at_least + 1): with 16 a
        run of 60 letters once in 24 times, one of 100 once in 300. None is 1 up to five million characters, 16 beyond.
    workers
        Processes that read a data set's parts; None is one a processor.

    Returns
    -------
    pandas.DataFrame
        One row a pair, ``plan`` before ``other``: how many different ``windows`` they share (times ``one_in``, an estimate unless that is 1), and
        what ``share`` that is of each one's windows, 0 to 1, formulae counted among them.

    Raises
    ------
    PolicyCompareError
        An argument is too small, or a worker died.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> first = wording_pairs(corpus).iloc[0]
    >>> runs = pc.shared_wording(corpus.select([first["plan"], first["other"]]))
    >>> bool(len(runs))
    True
    """
    if at_least < 2 or most < 2 or (one_in is not None and one_in < 1):
        raise PolicyCompareError(f"at_least and most must be 2 or more, one_in 1 or more; got {at_least!r}, {most!r} and {one_in!r}.")
    kept = one_in or (1 if int(corpus.plans["chars"].sum()) <= _ALL else _ONE_IN)
    plans = np.array(sorted(corpus.plans["plan"]), dtype=object)
    found = [(pd.Index(plans).get_indexer(pd.Index(names))[at], hashes) for names, at, hashes in _read(corpus, at_least, kept, workers)]
    plan = np.concatenate([at for at, _ in found] or [np.zeros(0, dtype=int)]).astype(np.int32)
    window = np.concatenate([hashes for _, hashes in found] or [np.zeros(0, dtype=np.uint64)])
    table = _joined(plan, window, most)
    of = np.bincount(plan, minlength=len(plans))
    one, two, n = (table[name].to_numpy(dtype=int) for name in ("one", "two", "n"))
    columns = [plans[one], plans[two], n * kept, n / np.maximum(of[one], 1), n / np.maximum(of[two], 1)]
    return pd.DataFrame(dict(zip(PAIRS, columns, strict=True))).sort_values(
        ["windows", "plan", "other"], ascending=[False, True, True], ignore_index=True
    )


def _joined(plan: Array, window: Array, most: int) -> pd.DataFrame:
    """Pairs of plans, by their places, with the number of windows that stand in both."""
    import duckdb

    with duckdb.connect() as connection:
        every = connection.from_df(pd.DataFrame({"plan": plan, "hash": window}))
        every.create("every_window")
        few = connection.table("every_window").aggregate("hash, count(*) AS plans", "hash").filter(f"plans BETWEEN 2 AND {int(most)}")
        few.create("few")
        connection.table("every_window").join(connection.table("few"), "hash", "semi").create("shared")
        pairs = (
            "SELECT a.plan AS one, b.plan AS two, count(*) AS n FROM shared a JOIN shared b USING (hash) WHERE a.plan < b.plan GROUP BY ALL"
        )
        out: pd.DataFrame = connection.execute(pairs).df()
        return out


def _read(corpus: Corpus | Dataset, at_least: int, one_in: int, workers: int | None) -> Iterator[tuple[list[str], Array, Array]]:
    if not isinstance(corpus, Dataset):
        yield _windows(corpus.statements, at_least, one_in)
        return
    for (part, *_), found in results(_of_part, ((part, at_least, one_in) for part in corpus.parts), workers=workers):
        if isinstance(found, LostWorkerError):
            raise PolicyCompareError(f"{part}: the worker that read its statements died; call again with fewer workers.")
        yield found


def _of_part(job: tuple[Path, int, int]) -> tuple[list[str], Array, Array]:
    part, at_least, one_in = job
    return _windows(part_table(part, "statements", columns=["plan", "start", "kind", "text"]), at_least, one_in)


def _windows(statements: pd.DataFrame, at_least: int, one_in: int) -> tuple[list[str], Array, Array]:
    """Plans, and each plan's different windows: the plan's place among these, and the hash."""
    rows = statements.sort_values(["plan", "start"])
    said = rows["text"].where(rows["kind"] != "junk", _MARK).groupby(rows["plan"]).agg("".join)
    texts = [simplify(text) + _MARK for text in said]
    code = folded("".join(texts))
    points = code_points("".join(texts))
    letter = np.flatnonzero(code)
    run = np.cumsum(points == ord(_MARK))[letter]
    plan = np.searchsorted(np.cumsum([len(text) for text in texts]), letter, side="right")
    code = code[letter].astype(np.uint64)
    size = max(0, len(code) - at_least + 1)
    hashed = np.zeros(size, dtype=np.uint64)
    for step in range(at_least):
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + code[step : step + size]
    hashed = (hashed ^ (hashed >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    hashed ^= hashed >> np.uint64(32)
    kept = (run[:size] == run[at_least - 1 :][:size]) & (hashed % np.uint64(one_in) == 0)
    plan, hashed = plan[:size][kept].astype(np.int32), hashed[kept]
    order = np.lexsort((hashed, plan))
    plan, hashed = plan[order], hashed[order]
    first = np.append(True, (plan[1:] != plan[:-1]) | (hashed[1:] != hashed[:-1]))[: len(plan)]
    return said.index.tolist(), plan[first], hashed[first]
