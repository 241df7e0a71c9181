"""One statement's hits → its codings by the rules alone, each with the words that carried it.

Caveat: the score is the rules' own strength, not calibrated: it says how much evidence there is, not how often such evidence is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import NamedTuple

from policycompare.matching import CONTEXT, WEIGHTS, Hit
from policycompare.taxonomy import Taxonomy, Theme


class Coded(NamedTuple):
    """A row of the codings table without the statement's id."""

    theme: str
    subtheme: str
    score: float
    terms: str
    start: int
    end: int


def coded_rows(hits: Iterable[Hit], source: str, span: tuple[int, int], *, taxonomy: Taxonomy) -> list[Coded]:
    """One statement's codings from its hits, in the taxonomy's order of themes and subthemes.

    ``span`` is the statement's; it is the evidence of a code that the heading lent, whose ``terms`` are marked ``^``.
    """
    by_theme: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.used:
            by_theme.setdefault(hit.theme, []).append(hit)
    if not by_theme:
        return []
    return [row for theme in taxonomy.reported if theme.id in by_theme for row in _rows(theme, by_theme[theme.id], source, span)]


def _rows(theme: Theme, hits: list[Hit], source: str, span: tuple[int, int]) -> list[Coded]:
    """A theme's rows: one a subtheme, or one without where no subtheme's rule held; hits without a subtheme support each."""
    score = rule_score(hits)
    if len(hits) == 1 and hits[0].tier != CONTEXT:  # many a row: nothing to sort, nothing to join
        hit = hits[0]
        return [Coded(theme.id, hit.subtheme, score, source[hit.start : hit.end], hit.start, hit.end)]
    named = {hit.subtheme for hit in hits}
    names = [sub.id for sub in theme.subthemes if sub.id in named] if len(named) > 1 else named
    rows = []
    for name in names:
        part = sorted({(start, end, tier == CONTEXT) for _, sub, tier, start, end, _, _ in hits if sub == name or not sub})
        terms = ";".join(dict.fromkeys(["^" + source[start:end] if lent else source[start:end] for start, end, lent in part]))
        places = [span if lent else (start, end) for start, end, lent in part]
        rows.append(Coded(theme.id, name, score, terms, min(places)[0], max([end for _, end in places])))
    return rows


def rule_score(hits: Iterable[Hit]) -> float:
    """How sure the rules are, 0–1: the chance that not every distinct hit errs, if each erred on its own.

    Examples
    --------
    >>> rule_score([Hit("safety", "", 0, 0, 2, True, "平安")])
    0.85
    """
    distinct = {(tier, start, end) for _, _, tier, start, end, _, _ in hits}
    wrong = prod([1 - WEIGHTS[tier] for tier, _, _ in distinct])
    return round(min(0.99, 1 - wrong), 4)
