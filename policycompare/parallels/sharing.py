"""Shared wording: the runs of text that plans have in common, and what is left as each plan's own.

Caveat: what counts is letters and digits in simplified script; white space, punctuation, width and case do not, and junk is left out. That plans share
a run does not say who wrote it: both may have it from above, from a newspaper, or from a document that is not in the study.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.parallels.repeats import shared_repeats
from policycompare.paths import data_path
from policycompare.schema import Array, PolicyCompareError
from policycompare.script import code_points, simplify

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

RUNS = ["run", "characters", "plans", "kind", "plan", "text", "start", "end", "within"]
SHARES = ["plan", "kind", "n", "of", "share", "low", "high", "within", "reason"]
KINDS = ("formula", "copy", "own")
LEAST_LETTERS = 12


@dataclass(frozen=True)
class _Letters:
    """All letters of all plans in one row, a mark of its own between plans and wherever junk parts a text.

    Attributes
    ----------
    code
        The simplified, folded code point; a negative number of its own for each mark.
    plan, statement
        Places in the lists of plans and of statements; -1 at marks.
    offset
        In the plan's source text.
    """

    code: Array
    plan: Array
    statement: Array
    offset: Array


def shared_wording(corpus: Corpus, *, at_least: int = LEAST_LETTERS, many: int | None = None) -> pd.DataFrame:
    """Every run of letters that two plans share and that cannot be made longer without losing one of its places.

    Windows of `at_least` letters that stand in two plans are found by their ranks, then runs as repeats that are maximal to the left and to the
    right, in a suffix array of those windows alone (Abouelhoda, Kurtz & Ohlebusch 2004): the time grows with the text, not with its square. Of a
    phrase that a plan says over and over without a letter between, only the first times are read (two, and no fewer than 200 letters); the rest counts as its own.

    Parameters
    ----------
    corpus
        The plans; junk is left out.
    at_least
        Letters that a run must have: 2 or more.
    many
        From so many plans on a run is a formula; default: three, or one plan in twenty if that is more.

    Returns
    -------
    pandas.DataFrame
        One row run × place, the longest run first: ``run`` (a number), ``characters`` (its letters), ``plans`` (how many share it), ``kind``
        (``formula`` where `many` plans share it or formulae, those of the shipped list too, leave less than half of `at_least` letters of it, else ``copy``), the ``plan`` of this place, the ``text`` there with its
        ``start`` and ``end`` in the plan's source text, and the statements that it stands in (``within``).

    Raises
    ------
    PolicyCompareError
        ``at_least`` is below 2, or ``many`` below 2.

    Examples
    --------
    >>> import policycompare as pc
    >>> runs = pc.shared_wording(pc.load_corpus())
    >>> bool((runs.groupby("run")["plan"].nunique() == runs.groupby("run")["plans"].first()).all())
    True
    """
    if at_least < 2:
        raise PolicyCompareError(f"at_least must be 2 or more letters, such as {LEAST_LETTERS}; got {at_least!r}.")
    letters, plans, statements = _letters(corpus)
    many = _many(corpus, many)
    found = sorted(
        shared_repeats(letters.code, letters.plan, at_least),
        key=lambda run: (-run[0], "".join(map(chr, letters.code[run[1][0] : run[1][0] + run[0]]))),
    )
    formula = _formulae(letters)
    for length, places in found:
        if len(np.unique(letters.plan[places])) >= many:
            formula[places[:, None] + np.arange(length)] = True
    rows = []
    for number, (length, places) in enumerate(found, start=1):
        beside = (~formula[places[:, None] + np.arange(length)]).sum(axis=1).max()
        kind = "formula" if beside < at_least / 2 else "copy"
        sharing = len(np.unique(letters.plan[places]))
        for place in places:
            last = place + length - 1
            plan, start, end = plans[letters.plan[place]], int(letters.offset[place]), int(letters.offset[last]) + 1
            within = " ".join(statements[letters.statement[place] : letters.statement[last] + 1])
            rows.append([number, length, sharing, kind, plan, corpus.sources[plan][start:end], start, end, within])
    return pd.DataFrame(rows, columns=RUNS)


def _many(corpus: Corpus, many: int | None) -> int:
    if many is not None and many < 2:
        raise PolicyCompareError(f"many must be 2 or more plans, or None; got {many!r}.")
    return many or max(3, math.ceil(len(corpus.plans) / 20))


def wording_shares(corpus: Corpus, shared: pd.DataFrame, *, draws: int = 1000, seed: int = 0, level: float = 0.95) -> pd.DataFrame:
    """How much of each plan is formula, copy and its own, by letters.

    Parameters
    ----------
    corpus
        The plans; junk is left out.
    shared
        As :func:`shared_wording` returns it.
    draws, seed, level
        Of the intervals: the plan's measures, and statements outside measures, are drawn anew.

    Returns
    -------
    pandas.DataFrame
        One row plan × kind: ``formula`` (in a run that is one, or in the shipped list ``data/lexicon/formulae.txt``, also
        where no other plan has it), ``copy`` (in another run that plans share), ``own`` (the rest). ``n`` of ``of`` letters; the three
        shares add up to 1. ``within`` lists the statements with such letters; ``reason`` says what cannot be computed.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> shares = pc.wording_shares(corpus, pc.shared_wording(corpus), draws=100)
    >>> bool((shares.groupby("plan")["share"].sum().round(9) == 1).all())
    True
    """
    letters, plans, statements = _letters(corpus)
    formula, copy = _formulae(letters), np.zeros(len(letters.code), dtype=bool)
    for at, plan in enumerate(plans):
        mine = np.flatnonzero(letters.plan == at)
        runs = shared[shared["plan"] == plan]
        spans = (np.searchsorted(letters.offset[mine], runs[end].to_numpy(dtype=int)) for end in ("start", "end"))
        for start, end, kind in zip(*spans, runs["kind"], strict=True):
            (formula if kind == "formula" else copy)[mine[start:end]] = True
    each = {"formula": formula, "copy": copy & ~formula, "own": ~copy & ~formula}
    units = _units(corpus, statements)
    rows = []
    for at, plan in enumerate(plans):
        mine = letters.plan == at
        for kind in KINDS:
            hit = mine & each[kind]
            within = " ".join(statements[place] for place in np.unique(letters.statement[hit]))
            why = "" if mine.any() else "the plan has no letter"
            if not why and len(plans) == 1 and kind != "formula":
                why = "there is no other plan"
            n, of = int(hit.sum()), int(mine.sum())
            ends = (math.nan, math.nan) if why else _interval(units[letters.statement[mine]], each[kind][mine], draws, seed, level)
            rows.append([plan, kind, n, of, math.nan if why else n / of, *ends, within, why])
    return pd.DataFrame(rows, columns=SHARES)


def _units(corpus: Corpus, statements: list[str]) -> Array:
    """Each statement's number of what is drawn together: its measure, or itself."""
    measure = corpus.statements.set_index("statement")["measure"].reindex(statements).to_numpy(dtype=object)
    return pd.factorize(np.where(measure == "", np.array(statements, dtype=object), measure))[0]


def _interval(unit: Array, hit: Array, draws: int, seed: int, level: float) -> tuple[float, float]:
    """Where the share of hits lies when units are drawn anew."""
    code = np.unique(unit, return_inverse=True)[1]
    of, n = np.bincount(code), np.bincount(code, weights=hit)
    drawn = np.random.default_rng(seed).multinomial(len(of), np.full(len(of), 1 / len(of)), size=draws)
    low, high = np.quantile((drawn @ n) / (drawn @ of), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _letters(corpus: Corpus) -> tuple[_Letters, list[str], list[str]]:
    """All letters, and the plans and statements that their numbers name."""
    plans = sorted(corpus.plans["plan"])
    rows = corpus.statements.sort_values(["plan", "start"])
    kept = rows[rows["kind"] != "junk"]
    statements = kept["statement"].to_list()
    at = {name: place for place, name in enumerate(statements)}
    codes, owner, places, offsets = [], [], [], []
    marks = 0
    for number, plan in enumerate(plans):
        mapped = folded(simplify(corpus.sources[plan])) if (rows["plan"] == plan).any() else np.zeros(0, dtype=np.int64)
        mine = rows[rows["plan"] == plan]
        for name, kind, start, end in zip(mine["statement"], mine["kind"], mine["start"], mine["end"], strict=True):
            if kind != "junk":
                inside = int(start) + np.flatnonzero(mapped[int(start) : int(end)])
                codes.append(mapped[inside])
                offsets.append(inside)
                places.append(np.full(len(inside), at[name]))
                owner.append(np.full(len(inside), number))
            if kind == "junk" or name == mine["statement"].iloc[-1]:
                marks += 1
                for column, value in ((codes, -marks), (offsets, -1), (places, -1), (owner, -1)):
                    column.append(np.array([value]))
    joined = [np.concatenate(column) if column else np.zeros(0, dtype=np.int64) for column in (codes, owner, places, offsets)]
    return _Letters(*joined), plans, statements


def folded(text: str) -> Array:
    """Each character as the code point that is compared: one width and one case; 0 for what is neither letter nor digit."""
    points = code_points(text).astype(np.int64)
    points = np.where((points >= 0xFF01) & (points <= 0xFF5E), points - 0xFEE0, points)
    known, back = np.unique(points, return_inverse=True)
    lower = [ord(char.lower()) if len(char.lower()) == 1 else ord(char) for char in map(chr, known)]
    counted = [value if char.isalnum() else 0 for char, value in zip(map(chr, known), lower, strict=True)]
    return np.array(counted, dtype=np.int64)[back]


@cache
def formulae() -> tuple[str, ...]:
    """The shipped list of formulae (``data/lexicon/formulae.txt``)."""
    lines = data_path("lexicon", "formulae.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _formulae(letters: _Letters) -> Array:
    """Which letters stand in a formula of the shipped list."""
    import ahocorasick_rs

    text = "".join(map(chr, np.where(letters.code < 0, 0, letters.code)))
    hit = np.zeros(len(text), dtype=bool)
    for _, start, end in ahocorasick_rs.AhoCorasick(formulae()).find_matches_as_indexes(text, overlapping=True):
        hit[start:end] = True
    return hit
