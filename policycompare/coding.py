"""Statements × taxonomy → codings, with the words that carried each.

Caveat: only ``body`` statements are coded; a heading, a measure's run-in title and junk never are. A statement without a row has none
of the taxonomy's themes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policycompare.joining import Reading, estimated, inputs, joined
from policycompare.matching import CONTEXT, find_hits
from policycompare.memory import uncollected
from policycompare.model import load_model
from policycompare.overrides import apply_overrides, checked_overrides
from policycompare.schema import TABLES, PolicyCompareError, typed
from policycompare.script import simplify
from policycompare.taxonomy import Taxonomy, load_taxonomy
from policycompare.weighing import coded_rows

if TYPE_CHECKING:
    from policycompare.corpus import Corpus
    from policycompare.model import Model

CODERS = ("default", "rules")
#: The taxonomies whose themes the shipped model was fitted to.
LEARNT = ("education", "education-extended")

#: Start, end, id and kind of a statement.
_Row = tuple[int, int, str, str]


def code(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education", coder: Any = "default", overrides: bool = True) -> pd.DataFrame:
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
    overrides
        Whether to apply, after the coder, what people changed by hand (``Corpus.overrides``). A coder is judged without.

    Returns
    -------
    DataFrame
        One row a statement × theme × subtheme (``subtheme`` empty where no subtheme's rule held). ``score`` (0–1) is the statement's for
        the theme, the same in all its rows: with the model a calibrated probability, of the rules alone their strength; ``terms`` are the
        text's own words that carried the row, joined by ``;`` (words of the heading that resolved an ellipsis begin with ``^``; where
        no rule held, the words that the model weighed most); ``start`` and ``end`` span the evidence within the statement. Where
        overrides were applied, a column ``hand`` more says who coded a row by hand, when and why.

    Raises
    ------
    TaxonomyError
        The taxonomy cannot be loaded.
    TableError
        The overrides name what the plans or the taxonomy do not have; all faults are listed.
    PolicyCompareError
        The coder is unknown, its file no model, or the classifier knows none of the taxonomy's themes.

    Examples
    --------
    >>> import policycompare as pc
    >>> codings = pc.code(pc.load_corpus(), coder="rules")
    >>> list(codings.columns)
    ['statement', 'theme', 'subtheme', 'score', 'terms', 'start', 'end']
    """
    loaded = load_taxonomy(taxonomy)
    with uncollected():
        read = _readings(corpus, loaded)
        if isinstance(coder, str | Path) and coder != "rules":
            model = _model(coder, loaded)
            rows = [row for plan in read for row in plan.rows()] if model is None else list(joined(read, model=model, taxonomy=loaded))
        elif coder == "rules":
            rows = [row for plan in read for row in plan.rows()]
        else:
            rows = list(estimated(read, coder, taxonomy=loaded))
        codings = typed(pd.DataFrame(rows, columns=list(TABLES["codings"])), "codings")
    return _with_overrides(codings, corpus, loaded) if overrides and len(corpus.overrides) else codings


def _with_overrides(codings: pd.DataFrame, corpus: Corpus, taxonomy: Taxonomy) -> pd.DataFrame:
    """A theme that the taxonomy has as background may be overridden, but like the coder's own codes of it that is not shown."""
    known = {theme.id: [below.id for below in theme.subthemes] for theme in taxonomy.themes}
    checked = checked_overrides(corpus, themes=known)
    return apply_overrides(codings, corpus, checked[checked["theme"].isin([theme.id for theme in taxonomy.reported])])


def chances(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education", least: float = 0.02) -> pd.DataFrame:
    """Statements that came near a theme, whether they were coded or not: what :func:`policycompare.silences` quotes.

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
    loaded = load_taxonomy(taxonomy)
    model = _model("default", loaded)
    rows = []
    for read in _readings(corpus, loaded):
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
                        "plan": read.plan,
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
        return load_model() if taxonomy.name in LEARNT else None
    if not Path(coder).suffix:
        raise PolicyCompareError(
            f"coder must be one of {', '.join(CODERS)}, the path of a model (.npz) or a classifier; got {str(coder)!r}."
        )
    return load_model(coder)


def _readings(corpus: Corpus, taxonomy: Taxonomy) -> Iterator[Reading]:
    """Every plan as the rules read it, in the corpus's order."""
    table = corpus.statements
    rows: dict[str, list[_Row]] = {}
    # Lists once for all plans: a table a plan would take as long as the rules themselves.
    columns = (table[name].tolist() for name in ("plan", "start", "end", "statement", "kind"))
    for plan, *row in zip(*columns, strict=True):
        if row[-1] != "junk":
            rows.setdefault(plan, []).append(tuple(row))
    for plan, part in rows.items():
        yield _read(plan, corpus.sources[plan], sorted(part), taxonomy)


def _read(plan: str, source: str, rows: list[_Row], taxonomy: Taxonomy) -> Reading:
    """One plan as the rules read it; rows are start, end, id and kind of its statements, without junk."""
    simplified = simplify(source)
    body = [row for row in rows if row[3] == "body"]
    spans = [(start, end) for start, end, _, _ in body]
    headings = [(start, end) for start, end, _, kind in rows if kind != "body"]
    hits = find_hits(simplified, spans, taxonomy=taxonomy, headings=headings)
    coded = [coded_rows(found, source, span, taxonomy=taxonomy) for found, span in zip(hits, spans, strict=True)]
    texts = [simplified[start:end] for start, end, _, _ in rows]
    return Reading(plan, source, [row[2] for row in body], spans, [row[3] for row in rows], texts, hits, coded)
