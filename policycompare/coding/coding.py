"""Statements × taxonomy → codings, with the words that carried each.

Caveat: only ``body`` statements are coded; a heading, a measure's run-in title and junk never are. A statement without a row has none
of the taxonomy's themes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policycompare.coding.joining import RulesReading, estimated, joined, likelihoods, ruled
from policycompare.coding.lending import CONTEXT
from policycompare.coding.lexicon import matcher
from policycompare.coding.matching import hits_of
from policycompare.coding.model import load_model
from policycompare.coding.ngrams import grams
from policycompare.coding.texts import BODY, HEADING, TITLE, Parts, order_of, text_of
from policycompare.coding.weighing import Body, Coded
from policycompare.corpus.overrides import apply_overrides, checked_overrides
from policycompare.memory import uncollected
from policycompare.schema import PolicyCompareError, frame, table_of
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.coding.model import Model
    from policycompare.corpus.corpus import Corpus
    from policycompare.schema import Array

CODERS = ("default", "rules")
#: The taxonomies whose themes the shipped model was fitted to.
LEARNT = ("education", "education-extended")

#: Kinds of statements as parts of a text; junk is no part.
_KINDS = {"body": BODY, "heading": HEADING, "title": TITLE}
#: Characters that are read in one go: enough to spare overhead, few enough to stay small in memory.
_BATCH = 200_000


@uncollected()
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
        ``"default"``: the rules' hits weighed by the learned model (:mod:`policycompare.coding.model`), for the packaged taxonomies; with a
        taxonomy of one's own, to which no model was fitted, the rules alone.
        A path: as ``default``, with the model that ``policycompare fit-coder`` wrote there.
        Anything else: a classifier of one's own, fitted on texts, such as a scikit-learn pipeline
        (:func:`policycompare.coding.joining.estimated`).
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
    decide: Callable[[RulesReading], Coded]
    if not isinstance(coder, str | Path):
        decide = partial(estimated, estimator=coder)
    elif coder != "rules" and (model := _model(coder, loaded)):
        decide = partial(joined, model=model)
    else:
        decide = ruled
    codings = _table(corpus, loaded, [_of_corpus(read, decide(read)) for read in _readings(corpus, loaded)])
    return apply_overrides(codings, corpus, shown_overrides(corpus, loaded)) if overrides and len(corpus.overrides) else codings


def _of_corpus(read: RulesReading, rows: Coded) -> Coded:
    return rows._replace(statement=read.statements[rows.statement])


def _table(corpus: Corpus, taxonomy: Taxonomy, coded: list[Coded]) -> pd.DataFrame:
    """The codings table: numbers as the ids that they stand for."""
    if not coded:
        return frame("codings")
    rows, made = Coded.chained(coded), matcher(taxonomy)
    named = {
        **rows._asdict(),
        "statement": corpus.statements["statement"].array.take(rows.statement),
        "theme": pd.array(made.themes, dtype="str").take(rows.theme),
        "subtheme": pd.array(made.subthemes.ravel(), dtype="str").take(rows.theme * made.subthemes.shape[1] + rows.subtheme),
    }
    return table_of("codings", named)


def shown_overrides(corpus: Corpus, taxonomy: Taxonomy) -> pd.DataFrame:
    """The study's overrides of the themes that the taxonomy reports; one of a theme in its background is right, but like the coder's own
    codes of that theme not shown.

    Raises
    ------
    TableError
        As :func:`policycompare.corpus.overrides.checked_overrides`.
    """
    known = {theme.id: [below.id for below in theme.subthemes] for theme in taxonomy.themes}
    checked = checked_overrides(corpus, themes=known)
    return checked[checked["theme"].isin([theme.id for theme in taxonomy.reported])]


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
        One row a body statement × theme: ``plan, statement, theme, subthemes`` (those whose rules' words stand in it), ``words`` (of the
        rules, joined by ``;``), ``score`` (the model's probability; empty without a model) and ``why`` it may be no code all the same.
    """
    loaded = load_taxonomy(taxonomy)
    model = _model("default", loaded)
    themes = [theme.id for theme in loaded.themes]
    rows, ids = [], corpus.statements["statement"].tolist()
    for read in _readings(corpus, loaded):
        known, probability = likelihoods(read, grams(read.text), model) if model else ([], np.zeros((len(read.statements), 0)))
        found: dict[tuple[int, int], list[int]] = {}
        for at, key in enumerate(zip(read.held.part.tolist(), read.held.theme.tolist(), strict=True)):
            found.setdefault(key, []).append(at)
        tier, start, end, used, rule = (getattr(read.held, name).tolist() for name in ("tier", "start", "end", "used", "rule"))
        for i, at_row in enumerate(read.statements.tolist()):
            source = read.body.sources[read.body.document[i]]
            for number in np.flatnonzero(read.reported).tolist():
                mine = found.get((i, number), [])
                score = float(probability[i, known.index(themes[number])]) if themes[number] in known else float("nan")
                if not mine and not score >= least:
                    continue
                if not mine:
                    why = "no rule's word; like statements that carry the theme"
                elif any(used[at] for at in mine):
                    why = "a rule held; the statement as a whole speaks against it"
                else:
                    why = "a rule's word stands here, but in another theme's service, a frame or a slogan"
                subthemes = (read.made.subthemes[number, read.made.subtheme[rule[at]]] for at in mine)
                rows.append(
                    {
                        "plan": read.plans[read.body.document[i]],
                        "statement": ids[at_row],
                        "theme": themes[number],
                        "subthemes": tuple(dict.fromkeys(filter(None, subthemes))),
                        "words": ";".join(dict.fromkeys(source[start[at] : end[at]] for at in mine if tier[at] != CONTEXT)),
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


def _readings(corpus: Corpus, taxonomy: Taxonomy) -> Iterator[RulesReading]:
    """The plans as the rules read them, in the corpus's order, some at a time."""
    table = corpus.statements
    plan, plans = pd.factorize(table["plan"])
    start, end = (table[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    kind, kinds = pd.factorize(table["kind"])
    kind = np.array([_KINDS.get(name, -1) for name in kinds], dtype=np.int64)[kind]
    order = order_of(plan * (1 + start.max(initial=0)) + start, end)
    order = order[kind[order] >= 0]
    plan, start, end, kind = (column[order] for column in (plan, start, end, kind))
    size = np.array([len(corpus.sources[name]) for name in plans], dtype=np.int64)
    batch = np.cumsum(size) // _BATCH
    for first in np.flatnonzero(np.diff(batch, prepend=-1)).tolist():
        last = int(np.searchsorted(batch, batch[first], side="right"))
        rows = slice(*np.searchsorted(plan, [first, last]))
        parts = Parts(plan[rows] - first, start[rows], end[rows], kind[rows])
        yield _read(corpus, plans[first:last].tolist(), parts, order[rows], taxonomy)


def _read(corpus: Corpus, plans: list[str], parts: Parts, statements: Array, taxonomy: Taxonomy) -> RulesReading:
    """Some plans as the rules read them; columns go by statement, without junk; ``statements`` are their rows in the corpus's table."""
    made, body = matcher(taxonomy), parts.body
    simple = [corpus.simplified(plan) for plan in plans]
    text = text_of(simple, parts)
    return RulesReading(
        plans=plans,
        simple=simple,
        text=text,
        statements=statements[body],
        body=Body([corpus.sources[plan] for plan in plans], *(column[body] for column in parts[:3])),
        held=hits_of(text, made=made),
        made=made,
        reported=np.array([not theme.background for theme in taxonomy.themes]),
    )
