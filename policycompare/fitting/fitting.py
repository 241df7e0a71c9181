"""Fit the learned coder on folders of gold coding, and judge it on documents that were left out whole.

Caveat: every figure in :class:`Fit` is of a statement whose whole document the model had not seen; but documents of one folder
resemble each other, and the taxonomy's rules, whose hits the model weighs, were written with a part of them in view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policycompare.coding.contexts import gathered, rule_features, second_features, squash
from policycompare.coding.lexicon import matcher
from policycompare.coding.matching import hits_of
from policycompare.coding.model import LEAST_LOGIT, Model, logits_of, mixed, tree_columns
from policycompare.coding.ngrams import BUCKETS, count_matrix, grams
from policycompare.coding.texts import BODY, HEADING, TITLE, Parts, Text, text_of, whole
from policycompare.coding.trees import Trees, grown
from policycompare.fitting.examples import load_examples
from policycompare.gold import load_gold
from policycompare.schema import Array, PolicyCompareError, TableError
from policycompare.script import simplify
from policycompare.taxonomy.taxonomy import load_taxonomy

#: Strength of the two linear models (inverse regularisation), and the least number of texts that an n-gram must stand in.
FIRST_C, SECOND_C, LEAST_TEXTS = 10.0, 0.1, 2


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model and what it said of each document while that was left out.

    Attributes
    ----------
    model
        Fitted on everything.
    left_out
        A row a body statement × theme: ``folder, plan, start, end, title`` (the document's first heading), ``row, theme, probability, coded, gold,
        unsettled``.
    """

    model: Model
    left_out: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Material:
    """Rows of all documents (headings, titles, body) and their text, and codes and rule hits of the body rows."""

    rows: pd.DataFrame
    text: Text
    body: pd.DataFrame
    codes: Array
    unsettled: Array
    rules: Array


def fit_model(
    folders: Sequence[str | Path],
    *,
    taxonomy: str = "education-extended",
    phrases: str | Path | None = None,
    statements: str | Path | None = None,
    n_folds: int = 10,
    seed: int = 0,
) -> Fit:
    """Fit the two steps of the coder.

    Parameters
    ----------
    folders
        Each with a ``statements.csv`` as in ``data/gold`` (``plan, start, end, kind, themes, text``).
    taxonomy
        Its rules are read beside the n-grams, its reported themes are coded.
    phrases, statements
        Files of texts written to teach (:mod:`policycompare.fitting.examples`); the packaged ones where left out.
    n_folds
        Documents are left out in so many groups of about equal size.
    seed
        Of the solver.

    Raises
    ------
    PolicyCompareError
        A folder has no gold coding, or all of them hold fewer documents than ``n_folds``.

    Notes
    -----
    A theme's threshold is half of the F1 that it reaches on left-out documents, which is the best one for calibrated
    probabilities (Lipton, Elkan & Naryanaswamy 2014).
    """
    from threadpoolctl import threadpool_limits

    loaded = load_taxonomy(taxonomy)
    themes = tuple(theme.id for theme in loaded.reported)
    material = _gather(folders, themes, taxonomy)
    texts, example_codes = load_examples(phrases, statements, themes)
    with threadpool_limits(1):  # the same result whatever the machine's number of cores
        return _fit(material, texts, example_codes, themes, taxonomy, n_folds, seed)


def _gather(folders: Sequence[str | Path], themes: Sequence[str], taxonomy: str) -> _Material:
    loaded = load_taxonomy(taxonomy)
    blocks, parts = [], []
    texts: list[str] = []
    for folder in folders:
        gold = load_gold(folder)
        if "text" not in gold:
            raise TableError(f"{folder}: the statements.csv has no column text; add it.")
        gold = gold[gold["kind"].isin(["heading", "title", "body"])].assign(folder=Path(folder).name)
        for _, part in gold.groupby("plan", sort=False):
            part = part.sort_values("start", kind="stable")
            joined = simplify("".join(text.replace("\n", " ") + "\n" for text in part["text"]))
            ends = np.cumsum(part["text"].str.len() + 1)
            starts = ends - part["text"].str.len() - 1
            blocks.append(part.assign(text=[joined[start:end] for start, end in zip(starts, ends - 1, strict=True)]))
            kind = part["kind"].map({"body": BODY, "heading": HEADING, "title": TITLE})
            parts.append(
                Parts(np.full(len(part), len(texts)), *(np.asarray(column, dtype=np.int64) for column in (starts, ends - 1, kind)))
            )
            texts.append(joined)
    made = matcher(loaded)
    text = text_of(texts, Parts(*(np.concatenate(column) for column in zip(*parts, strict=True))))
    held = hits_of(text, made=made)
    rows = pd.concat(blocks, ignore_index=True)
    rows["document"] = rows["folder"] + "/" + rows["plan"]
    headings = rows[rows["kind"] == "heading"].drop_duplicates("document")
    first = dict(zip(headings["document"], headings["text"].str.strip(), strict=True))
    rows["title"] = [first.get(document, "") for document in rows["document"]]
    body = rows[rows["kind"] == "body"]
    unsettled = body["maybe"].fillna("") if "maybe" in body else pd.Series("", index=body.index)
    rules = rule_features(held, made.themes, themes=themes, n_statements=len(body))
    return _Material(rows, text, body, _has(body["themes"], themes), _has(unsettled, themes), rules)


def _has(codes: pd.Series, themes: Sequence[str]) -> Array:
    return np.array([[theme in cell.split(";") for theme in themes] for cell in codes], dtype=bool).reshape(len(codes), len(themes))


def _folds(documents: pd.Series, n_folds: int) -> Array:
    """The fold of each row: whole documents, the largest first into the emptiest fold."""
    sizes = documents.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    if len(sizes) < n_folds:
        raise PolicyCompareError(f"n_folds is {n_folds}, but the gold holds {len(sizes)} documents; pass a smaller n_folds.")
    fold_of, filled = {}, np.zeros(n_folds)
    for document, size in sizes.items():
        fold_of[document] = int(filled.argmin())
        filled[fold_of[document]] += size
    return documents.map(fold_of).to_numpy()


def _fit(
    material: _Material, examples: list[str], example_codes: Array, themes: tuple[str, ...], taxonomy: str, n_folds: int, seed: int
) -> Fit:
    rows, body, codes = material.rows, material.body, material.codes
    found, asked = grams(material.text), np.arange(len(themes))
    learnt_from = _Texts(
        count_matrix(found)[body.index.to_numpy()], codes, material.unsettled, count_matrix(grams(whole(examples))), example_codes
    )
    fold = _folds(rows["document"], n_folds)
    body_fold = fold[body.index.to_numpy()]
    # What the first step says of each document while it is left out.
    part, clause = np.zeros((len(themes) + 1, len(rows))), np.zeros((len(themes), len(found.clause_text)))
    clause_fold = fold[found.clause_text]
    for left in range(n_folds):
        of_part, of_clause = logits_of(found, *learnt_from.fit(body_fold != left, seed), asked)
        part[:, fold == left], clause[:, clause_fold == left] = of_part[:, fold == left], of_clause[:, clause_fold == left]
    features = second_features(gathered(found, part, clause, asked), material.rules).astype(np.float32)
    scales = features.mean(axis=(0, 1)), features.std(axis=(0, 1)) + 1e-6
    probability = np.zeros(codes.shape)
    for left in range(n_folds):
        train, test = body_fold != left, body_fold == left
        mix, mix_bias, trees = _fit_second(features[train], *scales, codes[train], ~material.unsettled[train], seed)
        probability[test] = squash(mixed(list(features[test].T), asked, *scales, mix, mix_bias, trees)).T
    thresholds = np.array([_best_f1(probability[:, t], codes[:, t]) / 2 for t in range(len(themes))])
    weights, bias = learnt_from.fit(np.ones(len(body), dtype=bool), seed)
    mix, mix_bias, trees = _fit_second(features, *scales, codes, ~material.unsettled, seed)
    facts = {
        "taxonomy": taxonomy,
        "documents": int(rows["document"].nunique()),
        "statements": len(body),
        "examples": len(examples),
        "seed": seed,
        "n_folds": n_folds,
    }
    model = Model(themes, weights, bias, *scales, mix, mix_bias, trees, thresholds, facts)
    return Fit(model, _left_out(material, probability, thresholds, themes))


class _Texts:
    """What the first step learns from: counts and codes of body statements, and of the examples."""

    def __init__(self, counts: Any, codes: Array, unsettled: Array, example_counts: Any, example_codes: Array) -> None:
        self.counts, self.codes, self.unsettled = counts, _and_none(codes), np.column_stack([unsettled, unsettled.any(axis=1)])
        self.example_counts, self.example_codes = example_counts, _and_none(example_codes)

    def fit(self, chosen: Array, seed: int) -> tuple[Array, Array]:
        """The table of weights and the bias, for each theme and for none, from the chosen statements and all examples."""
        from scipy.sparse import diags, vstack
        from sklearn.linear_model import LogisticRegression

        counts = vstack([self.counts[chosen], self.example_counts]).tocsr()
        codes = np.vstack([self.codes[chosen], self.example_codes])
        settled = np.vstack([~self.unsettled[chosen], np.ones_like(self.example_codes)])
        texts_with = np.asarray((counts > 0).sum(axis=0)).ravel()
        importance = np.where(texts_with >= LEAST_TEXTS, np.log((counts.shape[0] + 1) / (texts_with + 1)) + 1, 0)
        length = np.sqrt(np.asarray(counts @ importance**2).ravel() + 1e-9)
        scaled = (diags(1 / length) @ counts @ diags(importance)).tocsr()
        table = np.zeros((BUCKETS + 1, codes.shape[1] + 1), dtype=np.float32)
        bias = np.zeros(codes.shape[1])
        for theme in range(codes.shape[1]):
            known = settled[:, theme]
            if codes[known, theme].all() or not codes[known, theme].any():
                bias[theme] = 9.0 if codes[known, theme].any() else -9.0
                continue
            learner = LogisticRegression(
                C=FIRST_C, class_weight="balanced", solver="liblinear", dual=True, max_iter=1000, tol=1e-3, random_state=seed
            )
            learner.fit(scaled[known], codes[known, theme])
            table[:BUCKETS, theme] = learner.coef_[0] * importance
            bias[theme] = float(learner.intercept_[0])
        table[:BUCKETS, -1] = importance**2
        return table, bias


def _and_none(codes: Array) -> Array:
    """With one more column: whether none of the themes is coded."""
    return np.column_stack([codes, ~codes.any(axis=1)])


def _fit_second(features: Array, centre: Array, scale: Array, codes: Array, settled: Array, seed: int) -> tuple[Array, Array, Trees]:
    """Weighted sums, and trees grown where these leave a chance."""
    scaled = (features - centre) / scale
    mix, bias = _fit_sums(scaled, codes, settled)
    asked = settled & (np.einsum("ntk,tk->nt", scaled, mix) + bias > LEAST_LOGIT)
    rows = np.stack(tree_columns(list(features.T), asked.T, np.arange(len(mix)), len(mix)), axis=-1)
    return mix, bias, grown(rows, codes.T[asked.T], seed=seed)


def _fit_sums(features: Array, codes: Array, settled: Array) -> tuple[Array, Array]:
    """One logistic regression for all themes: common weights, and departures from them per theme."""
    from sklearn.linear_model import LogisticRegression

    n, themes, k = features.shape
    own = np.eye(themes, dtype=np.float32)
    design = np.zeros((n, themes, k + themes + themes * k), dtype=np.float32)
    design[..., :k] = features
    design[..., k : k + themes] = own
    for theme in range(themes):
        at = k + themes + theme * k
        design[:, theme, at : at + k] = features[:, theme] / 2
    design = design.reshape(n * themes, -1)[settled.ravel()]
    learner = LogisticRegression(C=SECOND_C, max_iter=300).fit(design, codes.ravel()[settled.ravel()])
    coefficients = learner.coef_[0].astype(np.float64)
    mix = coefficients[:k] + coefficients[k + themes :].reshape(themes, k) / 2
    return mix, coefficients[k : k + themes] + float(learner.intercept_[0])


def _best_f1(probability: Array, codes: Array) -> float:
    """The highest F1 that any threshold reaches."""
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(codes[order])
    return float((2 * hits / (np.arange(1, len(hits) + 1) + codes.sum())).max(initial=0.0)) if codes.any() else 1.0


def _left_out(material: _Material, probability: Array, thresholds: Array, themes: Sequence[str]) -> pd.DataFrame:
    n = len(material.body)
    repeated = (
        material.body[["folder", "plan", "start", "end", "title"]].loc[material.body.index.repeat(len(themes))].reset_index(drop=True)
    )
    return repeated.assign(
        row=np.repeat(np.arange(n), len(themes)),
        theme=list(themes) * n,
        probability=probability.ravel(),
        coded=(probability >= thresholds).ravel(),
        gold=material.codes.ravel(),
        unsettled=material.unsettled.ravel(),
    )
