"""Statements × taxonomy → codings, with the words that carried each.

Caveat: only ``body`` statements are coded; a heading, a measure's run-in title and junk never are. A statement without a row has none
of the taxonomy's themes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policycompare.joining import Reading, estimated, inputs, joined
from policycompare.matching import CONTEXT, WEIGHTS, Hit, find_hits
from policycompare.model import load_model
from policycompare.schema import PolicyCompareError, frame
from policycompare.script import simplify
from policycompare.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus import Corpus
    from policycompare.model import Model

CODERS = ("default", "rules")
#: The taxonomies whose themes the shipped model was fitted to.
_LEARNT = ("education", "education-extended")


def code(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education", coder: Any = "default") -> pd.DataFrame:
    """Code every body statement of a corpus.

    Parameters
    ----------
    corpus
        As :func:`policycompare.load_corpus` returns it.
    taxonomy
        A packaged name, a path, or a loaded taxonomy.
    coder
        ``"rules"``: the taxonomy's rules alone, every code explained by its terms.
        ``"default"``: the rules' hits weighed by the learned model (:mod:`policycompare.model`), for the packaged taxonomies; with a
        taxonomy of one's own, to which no model was fitted, the rules alone.
        A path: as ``default``, with the model that ``policycompare fit-coder`` wrote there.
        Anything else: a classifier of one's own, fitted on texts, such as a scikit-learn pipeline
        (:func:`policycompare.joining.estimated`).

    Returns
    -------
    DataFrame
        One row a statement × theme × subtheme (``subtheme`` empty where no subtheme's rule held). ``score`` (0–1) is the statement's for
        the theme, the same in all its rows: with the model a calibrated probability, of the rules alone their strength; ``terms`` are the
        text's own words that carried the row, joined by ``;`` (words of the heading that resolved an ellipsis begin with ``^``; where
        no rule held, the words that the model weighed most); ``start`` and ``end`` span the evidence within the statement.

    Raises
    ------
    TaxonomyError
        The taxonomy cannot be loaded.
    PolicyCompareError
        The coder is unknown, its file no model, or the classifier knows none of the taxonomy's themes.

    Examples
    --------
    >>> import policycompare as pc
    >>> codings = pc.code(pc.load_corpus(), coder="rules")
    >>> list(codings.columns)
    ['statement', 'theme', 'subtheme', 'score', 'terms', 'start', 'end']
    """
    loaded = taxonomy if isinstance(taxonomy, Taxonomy) else load_taxonomy(taxonomy)
    with _uncollected():
        parts = corpus.statements.groupby("plan", sort=False)
        read = (_read(str(plan), corpus.sources[str(plan)], part, loaded) for plan, part in parts)
        if isinstance(coder, str | Path) and coder != "rules":
            model = _model(coder, loaded)
            rows = [row for plan in read for row in plan.rows()] if model is None else list(joined(read, model=model, taxonomy=loaded))
        elif coder == "rules":
            rows = [row for plan in read for row in plan.rows()]
        else:
            rows = list(estimated(read, coder, taxonomy=loaded))
        return frame("codings", rows)


def chances(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education", least: float = 0.02) -> pd.DataFrame:
    """Statements that came near a theme, whether they were coded or not: what :func:`policycompare.silences.silences` quotes.

    Parameters
    ----------
    corpus, taxonomy
        As for :func:`code`.
    least
        Probability from which a statement without any rule's word is listed.

    Returns
    -------
    DataFrame
        One row a body statement × theme: ``plan, statement, theme, subthemes`` (those whose rules' words stand in it), ``words`` (of the rules, joined by
        ``;``), ``score`` (the model's probability; empty without a model) and ``why`` it is no code by itself.
    """
    loaded = taxonomy if isinstance(taxonomy, Taxonomy) else load_taxonomy(taxonomy)
    model = _model("default", loaded)
    rows = []
    for plan, part in corpus.statements.groupby("plan", sort=False):
        read = _read(str(plan), corpus.sources[str(plan)], part, loaded)
        known = model.themes if model else ()
        probability = model.probabilities(*inputs([read], model)) if model else np.zeros((len(read.statements), 0))
        for i, (statement, hits) in enumerate(zip(read.statements, read.hits, strict=True)):
            for theme in loaded.reported:
                mine = [hit for hit in hits if hit.theme == theme.id]
                score = float(probability[i, known.index(theme.id)]) if theme.id in known else float("nan")
                if not mine and not score >= least:
                    continue
                if not mine:
                    why = "no rule's word; like statements that carry the theme"
                elif any(hit.used for hit in mine):
                    why = "a rule held; the statement as a whole speaks against it"
                else:
                    why = "a rule's word stands here, but in another theme's service, a frame or a slogan"
                rows.append(
                    {
                        "plan": plan,
                        "statement": statement,
                        "theme": theme.id,
                        "subthemes": tuple(dict.fromkeys(hit.subtheme for hit in mine if hit.subtheme)),
                        "words": ";".join(dict.fromkeys(read.source[hit.start : hit.end] for hit in mine if hit.tier != CONTEXT)),
                        "score": round(score, 4),
                        "why": why,
                    }
                )
    return pd.DataFrame(rows, columns=["plan", "statement", "theme", "subthemes", "words", "score", "why"])


def _model(coder: str | Path, taxonomy: Taxonomy) -> Model | None:
    """The model that a coder's name or path means; none where the taxonomy is not the model's."""
    if coder == "default":
        return load_model() if taxonomy.name in _LEARNT else None
    if not Path(coder).suffix:
        raise PolicyCompareError(
            f"coder must be one of {', '.join(CODERS)}, the path of a model (.npz) or a classifier; got {str(coder)!r}."
        )
    return load_model(coder)


def _read(plan: str, source: str, part: pd.DataFrame, taxonomy: Taxonomy) -> Reading:
    """One plan as the rules read it."""
    kept = part[part["kind"].isin(["heading", "title", "body"])].sort_values("start")
    simplified = simplify(source).text
    body = kept[kept["kind"] == "body"]
    spans = _spans(body)
    hits = code_spans(source, spans, taxonomy=taxonomy, headings=_spans(kept[kept["kind"] != "body"]), simplified=simplified)
    coded = [coded_rows(found, source, span, taxonomy=taxonomy) for found, span in zip(hits, spans, strict=True)]
    texts = [simplified[start:end] for start, end in _spans(kept)]
    return Reading(plan, source, body["statement"].tolist(), spans, kept["kind"].tolist(), texts, hits, coded)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Python's cycle collector set aside: it would walk over every row again and again (40 % of the time), and no row is cyclic."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _spans(part: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(part["start"].tolist(), part["end"].tolist(), strict=True))


def code_spans(
    source: str,
    spans: Sequence[tuple[int, int]],
    *,
    taxonomy: Taxonomy,
    headings: Sequence[tuple[int, int]] = (),
    simplified: str | None = None,
) -> list[list[Hit]]:
    """Rule hits of each span of a source text: the inner loop of :func:`code`, without tables.

    Parameters
    ----------
    source
        A plan's source text.
    spans, headings
        Offsets of the statements to code, in order, and of the headings and run-in titles that resolve ellipses.
    simplified
        The source in simplified script where it is known already; as long as the source.

    Returns
    -------
    list of list of Hit
        See :func:`policycompare.matching.find_hits`; all hits, also those that lost to precedence (``used`` false).
    """
    if simplified is None:
        simplified = simplify(source).text
    return find_hits(simplified, spans, taxonomy=taxonomy, headings=headings)


def coded_rows(hits: Iterable[Hit], source: str, span: tuple[int, int], *, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """One statement's codings from its hits, in the taxonomy's order of themes and subthemes.

    ``span`` is the statement's; it is the evidence of a code that the heading lent, whose ``terms`` are marked ``^``.
    """
    by_theme: dict[str, dict[str, list[Hit]]] = {}
    for hit in hits:
        if hit.used:
            by_theme.setdefault(hit.theme, {}).setdefault(hit.subtheme, []).append(hit)
    rows: list[dict[str, Any]] = []
    if not by_theme:
        return rows
    for theme in taxonomy.reported:
        mine = by_theme.get(theme.id)
        if not mine:
            continue
        score = rule_score([hit for part in mine.values() for hit in part])
        general = mine.get("", [])
        for name in [sub.id for sub in theme.subthemes if sub.id in mine] or [""]:
            part = sorted({(hit.start, hit.end, hit.tier == CONTEXT) for hit in (*mine[name], *(general if name else ()))})
            places = [span if lent else (start, end) for start, end, lent in part]
            rows.append(
                {
                    "theme": theme.id,
                    "subtheme": name,
                    "score": score,
                    "terms": ";".join(dict.fromkeys("^" * lent + source[start:end] for start, end, lent in part)),
                    "start": min(start for start, _ in places),
                    "end": max(end for _, end in places),
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
