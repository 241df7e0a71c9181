"""The rules' reading of a plan and a learned one, joined into one coding.

Caveat: with the model a rule's hit is evidence, not a verdict: a code that the rules gave may be dropped, and a code may rest on words
that no rule names. ``coder="rules"`` keeps to the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from policycompare.contexts import rule_features, squash
from policycompare.matching import Hit
from policycompare.model import Model, evidence
from policycompare.schema import Array, PolicyCompareError
from policycompare.taxonomy import Taxonomy
from policycompare.weighing import Coded

#: A row of the codings table, in the order of its columns.
Row: TypeAlias = tuple[str, str, str, float, str, int, int]

#: Characters that are read in one go: enough to spare overhead, few enough to stay small in memory.
_BATCH = 300_000


@dataclass(frozen=True, eq=False)
class Reading:
    """One plan as the rules read it.

    ``statements``, ``spans``, ``hits`` and ``coded`` go by body statement; ``kinds`` and
    ``texts`` (simplified) by statement that is a heading, a title or body, in the text's order.
    """

    plan: str
    source: str
    statements: list[str]
    spans: list[tuple[int, int]]
    kinds: list[str]
    texts: list[str]
    hits: list[list[Hit]]
    coded: list[list[Coded]]

    def rows(self) -> Iterator[Row]:
        """The rules' own coding."""
        for statement, rows in zip(self.statements, self.coded, strict=True):
            for row in rows:
                yield (statement, *row)


def joined(plans: Iterable[Reading], *, model: Model, taxonomy: Taxonomy) -> Iterator[Row]:
    """Rows of the codings table by the model's probabilities; themes that the model does not know are left to the rules."""
    batch: list[Reading] = []
    for plan in plans:
        batch.append(plan)
        if sum(len(read.source) for read in batch) >= _BATCH:
            yield from _joined(batch, model, taxonomy)
            batch = []
    yield from _joined(batch, model, taxonomy)


def inputs(batch: Sequence[Reading], model: Model) -> tuple[pd.DataFrame, Array]:
    """What :meth:`policycompare.model.Model.probabilities` takes, from plans as the rules read them."""
    rows = pd.DataFrame(
        {
            "plan": [i for i, read in enumerate(batch) for _ in read.texts],
            "kind": [kind for read in batch for kind in read.kinds],
            "text": [text for read in batch for text in read.texts],
        }
    )
    return rows, rule_features([hits for read in batch for hits in read.hits], model.themes)


def _joined(batch: list[Reading], model: Model, taxonomy: Taxonomy) -> Iterator[Row]:
    if not batch:
        return
    probability = model.probabilities(*inputs(batch, model))
    body = [text for read in batch for text, kind in zip(read.texts, read.kinds, strict=True) if kind == "body"]
    yield from _decided(batch, body, probability, model.thresholds, model.themes, taxonomy, model)


def _decided(
    batch: list[Reading],
    body: list[str],
    probability: Array,
    thresholds: Array,
    themes: tuple[str, ...],
    taxonomy: Taxonomy,
    model: Model | None,
) -> Iterator[Row]:
    """Rows for every theme that reaches its threshold, in the taxonomy's order."""
    column = {theme: i for i, theme in enumerate(themes)}
    wanted = [(theme.id, column.get(theme.id)) for theme in taxonomy.reported if model or theme.id in column]
    coded = probability >= thresholds
    by_rule: list[dict[str, list[Coded]]] = []
    for rows in (rows for read in batch for rows in read.coded):
        by_rule.append({})
        for row in rows:
            by_rule[-1].setdefault(row.theme, []).append(row)
    lacking = [(i, t) for theme, t in wanted if t is not None for i in np.flatnonzero(coded[:, t]).tolist() if theme not in by_rule[i]]
    found = evidence([body[i] for i, _ in lacking], [t for _, t in lacking], model) if model else [(0, len(body[i])) for i, _ in lacking]
    words = dict(zip(lacking, found, strict=True))
    places = ((read, statement, start) for read in batch for statement, (start, _) in zip(read.statements, read.spans, strict=True))
    said = zip(places, by_rule, coded.tolist(), probability.tolist(), strict=True)
    for i, ((read, statement, start), ruled, verdict, chance) in enumerate(said):
        for theme, t in wanted:
            if t is None:
                yield from ((statement, *row) for row in ruled.get(theme, ()))
            elif verdict[t]:
                score = round(chance[t], 4)
                if theme in ruled:
                    yield from ((statement, theme, row.subtheme, score, row.terms, row.start, row.end) for row in ruled[theme])
                else:
                    first, last = (start + at for at in words[i, t])
                    yield statement, theme, "", score, read.source[first:last] if model else "", first, last


def estimated(plans: Iterable[Reading], estimator: Any, *, taxonomy: Taxonomy) -> Iterator[Row]:
    """Rows of the codings table by a classifier of the user's own.

    Parameters
    ----------
    plans
        As the rules read them; what they found serves as evidence where the two agree.
    estimator
        Fitted on texts (a scikit-learn pipeline, say) with theme ids as classes: ``classes_``, and ``predict_proba`` or
        ``decision_function`` or ``predict``. One label a text, or several (``OneVsRestClassifier``: pass classes through
        ``MultiLabelBinarizer`` and set ``estimator.themes_`` to its ``classes_``). Texts come in simplified script.

    Raises
    ------
    PolicyCompareError
        It has no such method or classes, or knows none of the taxonomy's themes.
    """
    batch = list(plans)
    classes = getattr(estimator, "themes_", getattr(estimator, "classes_", None))
    themes = tuple(str(name) for name in classes) if classes is not None else ()
    known = {theme.id for theme in taxonomy.reported}
    if not known & set(themes):
        raise PolicyCompareError(
            f"coder knows the classes {', '.join(themes[:8]) or 'none'}; fit it on the taxonomy's theme ids ({', '.join(sorted(known))}), "
            "or set its themes_ to the ids that its columns stand for."
        )
    body = [text for read in batch for text, kind in zip(read.texts, read.kinds, strict=True) if kind == "body"]
    if body:
        yield from _decided(batch, body, _said(estimator, body, themes), np.full(len(themes), 0.5), themes, taxonomy, None)


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
