"""Statements × taxonomy → codings, with the words that carried each.

Caveat: only ``body`` statements are coded; a heading, a measure's run-in title and junk never are. A statement without a row has none
of the taxonomy's themes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.matching import WEIGHTS, Hit, find_hits
from policycompare.schema import frame, one_of
from policycompare.script import simplify
from policycompare.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus import Corpus

CODERS = ("default", "rules")


def code(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education", coder: str = "default") -> pd.DataFrame:
    """Code every body statement of a corpus.

    Parameters
    ----------
    corpus
        As :func:`policycompare.load_corpus` returns it.
    taxonomy
        A packaged name, a path, or a loaded taxonomy.
    coder
        ``"rules"``: the taxonomy's rules alone, every code explained by its terms. ``"default"``: with the learned model too.

    Returns
    -------
    DataFrame
        One row a statement × theme × subtheme (``subtheme`` empty where no subtheme's rule held). ``score`` (0–1) is the statement's for
        the theme, the same in all its rows; ``terms`` are the text's own words that carried the row, joined by ``;``; ``start`` and
        ``end`` span them in the source text.

    Raises
    ------
    TaxonomyError
        The taxonomy cannot be loaded.

    Examples
    --------
    >>> import policycompare as pc
    >>> codings = pc.code(pc.load_corpus(), coder="rules")
    >>> list(codings.columns)
    ['statement', 'theme', 'subtheme', 'score', 'terms', 'start', 'end']
    """
    one_of("coder", coder, CODERS)
    loaded = taxonomy if isinstance(taxonomy, Taxonomy) else load_taxonomy(taxonomy)
    rows: list[dict[str, Any]] = []
    body = corpus.statements.loc[corpus.statements["kind"] == "body", ["plan", "statement", "start", "end"]]
    for plan, part in body.groupby("plan", sort=False):
        spans = list(zip(part["start"].tolist(), part["end"].tolist(), strict=True))
        order = sorted(range(len(spans)), key=spans.__getitem__)
        source = corpus.sources[str(plan)]
        found = code_spans(source, [spans[at] for at in order], taxonomy=loaded)
        names = part["statement"].tolist()
        for at, hits in zip(order, found, strict=True):
            rows += [{"statement": names[at], **row} for row in coded_rows(hits, source, taxonomy=loaded)]
    return frame("codings", rows)


def code_spans(source: str, spans: Sequence[tuple[int, int]], *, taxonomy: Taxonomy, simplified: str | None = None) -> list[list[Hit]]:
    """Rule hits of each span of a source text: the inner loop of :func:`code`, without tables.

    ``simplified`` is the text in simplified script if it is known already; it must be as long as the source.
    """
    if simplified is None:
        simplified = simplify(source).text
    return find_hits(simplified, spans, taxonomy=taxonomy)


def coded_rows(hits: Iterable[Hit], source: str, *, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """One statement's codings from its hits, in the taxonomy's order of themes and subthemes."""
    reported = {theme.id for theme in taxonomy.reported}
    by_theme: dict[str, list[Hit]] = {}
    for hit in hits:
        if hit.used and hit.theme in reported:
            by_theme.setdefault(hit.theme, []).append(hit)
    rows = []
    for theme in taxonomy.reported:
        if theme.id not in by_theme:
            continue
        mine = by_theme[theme.id]
        names = [sub.id for sub in theme.subthemes if any(hit.subtheme == sub.id for hit in mine)] or [""]
        for name in names:
            part = sorted({(hit.start, hit.end) for hit in mine if hit.subtheme in (name, "")})
            rows.append(
                {
                    "theme": theme.id,
                    "subtheme": name,
                    "score": rule_score(mine),
                    "terms": ";".join(dict.fromkeys(source[start:end] for start, end in part)),
                    "start": part[0][0],
                    "end": max(end for _, end in part),
                }
            )
    return rows


def rule_score(hits: Iterable[Hit]) -> float:
    """How sure the rules are, 0–1: the chance that not every distinct hit errs, if each erred on its own.

    Examples
    --------
    >>> rule_score([Hit("safety", "", 0, 0, 2, True, "平安")])
    0.85
    """
    wrong = 1.0
    for tier, _, _ in {(hit.tier, hit.start, hit.end) for hit in hits}:
        wrong *= 1 - WEIGHTS[tier]
    return round(min(0.99, 1 - wrong), 4)
