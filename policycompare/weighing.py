"""Rules that held → codings by the rules alone, each with the words that carried it.

Caveat: the score is the rules' own strength, not calibrated: it says how much evidence there is, not how often such evidence is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from policycompare.clauses import Held
from policycompare.lexicon import Matcher
from policycompare.matching import CONTEXT, WEIGHTS
from policycompare.schema import Array


class Coded(NamedTuple):
    """A row of the codings table, with the statement and the theme by number."""

    statement: int
    theme: int
    subtheme: str
    score: float
    terms: str
    start: int
    end: int


class Body(NamedTuple):
    """The body statements of some documents: their document's source text by number, and their place in it."""

    sources: Sequence[str]
    document: Array
    start: Array
    end: Array


def coded_rows(held: Held, body: Body, *, made: Matcher) -> Iterator[Coded]:
    """Codings from what held and was used, statement by statement, theme by theme, in the taxonomy's order of subthemes.

    A code that the heading lent has its statement for evidence, and its ``terms`` are marked ``^``.
    """
    key = held.part * len(made.themes) + held.theme
    order = np.flatnonzero(held.used)
    order = order[np.argsort(key[order], kind="stable")]
    chosen, key = held.where(order), key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else key
    columns = (chosen.tier, chosen.start, chosen.end, chosen.rule)
    tier, start, end, rule = (column.tolist() for column in columns)
    owner, theme = (column[first].tolist() for column in (chosen.part, chosen.theme))
    document = body.document[chosen.part[first]].tolist()
    groups = first.tolist()
    for low, high, statement, about, of in zip(groups, [*groups, len(key)][1:], owner, theme, document, strict=True):
        source = body.sources[of]
        if high == low + 1 and tier[low] != CONTEXT:  # many a group: nothing to sort, nothing to join
            words = source[start[low] : end[low]]
            yield Coded(statement, about, made.subtheme[rule[low]], _ONE[tier[low]], words, start[low], end[low])
        else:
            hits = list(zip(tier[low:high], start[low:high], end[low:high], (made.subtheme[at] for at in rule[low:high]), strict=True))
            whole = int(body.start[statement]), int(body.end[statement])
            yield from (Coded(statement, about, *row) for row in _by_subtheme(hits, source, whole, made.subthemes[about]))


def _by_subtheme(
    hits: list[tuple[int, int, int, str]], source: str, whole: tuple[int, int], subthemes: Sequence[str]
) -> Iterator[tuple[str, float, str, int, int]]:
    """A theme's rows: one a subtheme, or one without where no subtheme's rule held; hits without a subtheme support each."""
    score = rule_score(hit[:3] for hit in hits)
    named = {sub for _, _, _, sub in hits}
    for name in [sub for sub in subthemes if sub in named] if len(named) > 1 else named:
        part = sorted({(start, end, tier == CONTEXT) for tier, start, end, sub in hits if sub == name or not sub})
        terms = ";".join(dict.fromkeys(["^" + source[start:end] if lent else source[start:end] for start, end, lent in part]))
        places = [whole if lent else (start, end) for start, end, lent in part]
        yield name, score, terms, min(places)[0], max([end for _, end in places])


def rule_score(hits: Iterable[tuple[int, int, int]]) -> float:
    """How sure the rules are, 0–1: the chance that not every distinct hit (tier, start, end) errs, if each erred on its own.

    Examples
    --------
    >>> rule_score([(0, 0, 2)]), rule_score([(0, 0, 2), (0, 0, 2), (1, 4, 6)])
    (0.85, 0.955)
    """
    wrong = prod([1 - WEIGHTS[tier] for tier, _, _ in set(hits)])
    return round(min(0.99, 1 - wrong), 4)


_ONE = [rule_score([(tier, 0, 0)]) for tier in range(len(WEIGHTS))]
