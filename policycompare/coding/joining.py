"""The rules' reading of some plans and a learned one, joined into one coding.

Caveat: with the model a rule's hit is evidence, not a verdict: a code that the rules gave may be dropped, and a code may rest on words
that no rule names. ``coder="rules"`` keeps to the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from policycompare.coding.clauses import Held
from policycompare.coding.contexts import rule_features, squash
from policycompare.coding.lexicon import Matcher
from policycompare.coding.model import Model, evidence
from policycompare.coding.ngrams import Grams, grams
from policycompare.coding.texts import Text
from policycompare.coding.weighing import Body, Coded, coded_rows
from policycompare.schema import Array, PolicyCompareError


@dataclass(frozen=True, eq=False)
class RulesReading:
    """Some plans as the rules read them.

    ``plans`` are their ids and ``simple`` their texts in simplified script; ``text`` are their headings, titles and body statements
    joined. ``statements`` (rows of the corpus's table), ``body`` and the parts of ``held`` go by body statement. ``made`` is the
    taxonomy's matcher, and ``reported`` says of each of its themes whether it is shown.
    """

    plans: list[str]
    simple: list[str]
    text: Text
    statements: Array
    body: Body
    held: Held
    made: Matcher
    reported: Array

    @property
    def body_texts(self) -> list[str]:
        """The body statements in simplified script."""
        places = zip(*(column.tolist() for column in (self.body.document, self.body.start, self.body.end)), strict=True)
        return [self.simple[document][start:end] for document, start, end in places]


def ruled(read: RulesReading) -> Coded:
    """The rules' own coding."""
    return coded_rows(read.held.where(read.held.used & read.reported[read.held.theme]), read.body, made=read.made)


def joined(read: RulesReading, *, model: Model) -> Coded:
    """The coding by the model's probabilities; themes that the model does not know are left to the rules."""
    found = grams(read.text)
    themes, probability = likelihoods(read, found, model)
    thresholds = model.thresholds[[model.themes.index(theme) for theme in themes]]
    return _decided(read, probability, thresholds, themes, (found, model))


def likelihoods(read: RulesReading, found: Grams, model: Model) -> tuple[list[str], Array]:
    """The reported themes that the model knows, and how likely each is in each body statement; ``found`` are the n-grams of the text."""
    rules = rule_features(read.held, read.made.themes, themes=model.themes, n_statements=len(read.statements))
    themes = [theme for theme, reported in zip(read.made.themes, read.reported, strict=True) if reported and theme in model.themes]
    asked = np.array([model.themes.index(theme) for theme in themes], dtype=np.intp)
    return themes, model.probabilities(found, rules, asked)


def _decided(
    read: RulesReading, probability: Array, thresholds: Array, themes: Sequence[str], learned: tuple[Grams, Model] | None
) -> Coded:
    """Rows for every theme that reaches its threshold, in the taxonomy's order; with the rules' evidence where they agree."""
    column = np.array([themes.index(theme) if theme in themes else -1 for theme in read.made.themes])
    known = read.reported & (column >= 0)
    coded = np.zeros((len(read.statements), len(known)), dtype=bool)
    coded[:, known] = (probability >= thresholds)[:, column[known]]
    by_rule = coded | (read.reported & (column < 0) & (learned is not None))
    held = read.held.where(read.held.used & by_rule.ravel().take(read.held.part * len(known) + read.held.theme))
    rows = coded_rows(held, read.body, made=read.made)
    coded[held.part, held.theme] = False
    merged = Coded.chained([rows, _unruled(read, coded, learned)])
    order = np.argsort(merged.statement * len(known) + merged.theme, kind="stable")
    merged = merged.take(order)
    place = column[merged.theme]
    score = np.where(place >= 0, np.round(probability[merged.statement, place], 4), merged.score)
    return merged._replace(score=score)


def _unruled(read: RulesReading, coded: Array, learned: tuple[Grams, Model] | None) -> Coded:
    """Codes (statements × themes) for which no rule held: by the words that the model weighed most, or by the whole statement."""
    statement, theme = np.nonzero(coded)
    none = np.zeros(len(statement), dtype=np.int64)
    terms = pa.array([""] * len(statement), pa.large_string())
    start, end = read.body.start[statement], read.body.end[statement]
    if learned is not None and len(statement):
        found, model = learned
        numbers = np.array([model.themes.index(read.made.themes[one]) for one in theme.tolist()])
        parts = np.flatnonzero(read.text.parts.body)[statement]
        start, end = evidence(found, parts, numbers, model)
        terms = read.body.quotes(statement, start, end, marked=np.zeros(len(statement), dtype=bool))
    return Coded(statement, theme, none, none, terms, start, end)


def estimated(read: RulesReading, *, estimator: Any) -> Coded:
    """The coding by a classifier of the user's own.

    Parameters
    ----------
    read
        Plans as the rules read them; what they found serves as evidence where the two agree.
    estimator
        Fitted on texts (a scikit-learn pipeline, say) with theme ids as classes: ``classes_``, and ``predict_proba`` or
        ``decision_function`` or ``predict``. One label a text, or several (``OneVsRestClassifier``: pass classes through
        ``MultiLabelBinarizer`` and set ``estimator.themes_`` to its ``classes_``). Texts come in simplified script.

    Raises
    ------
    PolicyCompareError
        It has no such method or classes, or knows none of the taxonomy's themes.
    """
    classes = getattr(estimator, "themes_", getattr(estimator, "classes_", None))
    themes = tuple(str(name) for name in classes) if classes is not None else ()
    known = {theme for theme, shown in zip(read.made.themes, read.reported, strict=True) if shown}
    if not known & set(themes):
        raise PolicyCompareError(
            f"coder knows the classes {', '.join(themes[:8]) or 'none'}; fit it on the taxonomy's theme ids ({', '.join(sorted(known))}), "
            "or set its themes_ to the ids that its columns stand for."
        )
    if not len(read.statements):
        return ruled(read)
    return _decided(read, _said(estimator, read.body_texts, themes), np.full(len(themes), 0.5), themes, None)


def _said(estimator: Any, texts: list[str], themes: tuple[str, ...]) -> Array:
    """Texts × themes, 0–1, by whatever the classifier offers."""
    if hasattr(estimator, "predict_proba"):
        said = estimator.predict_proba(texts)
        if isinstance(said, list):  # one array of two columns a theme
            said = np.column_stack([np.asarray(column)[:, -1] for column in said])
        said = np.asarray(said, dtype=float)
    elif hasattr(estimator, "decision_function"):
        said = squash(np.asarray(estimator.decision_function(texts), dtype=float))
    elif hasattr(estimator, "predict"):
        said = np.asarray(estimator.predict(texts))
        if said.ndim == 1:
            said = said[:, None] == np.array(themes)
        said = said.astype(float)
    else:
        raise PolicyCompareError(
            "coder must be 'default', 'rules', a path or a fitted classifier with predict_proba, decision_function or predict."
        )
    if said.shape != (len(texts), len(themes)):
        raise PolicyCompareError(f"coder gave an array of shape {said.shape} for {len(texts)} texts and {len(themes)} themes.")
    out: Array = said
    return out
