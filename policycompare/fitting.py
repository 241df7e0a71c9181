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

from policycompare.contexts import gathered, rule_features, second_features, squash
from policycompare.gold import load_gold
from policycompare.matching import hits_of, matcher
from policycompare.model import Model, logits_of
from policycompare.ngrams import BUCKETS, count_matrix, grams
from policycompare.paths import data_path
from policycompare.schema import Array, PolicyCompareError, SourceError, TableError
from policycompare.script import simplify
from policycompare.taxonomy import load_taxonomy
from policycompare.words import Parts

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
    """Rows of all documents (headings, titles, body), and codes and rule hits of the body rows."""

    rows: pd.DataFrame
    body: pd.DataFrame
    codes: Array
    unsettled: Array
    rules: Array


def fit_model(
    folders: Sequence[str | Path],
    *,
    taxonomy: str = "education-extended",
    phrases: str | Path | None = None,
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
    phrases
        A file of typical phrases, a theme (or several, joined by ``;``) a line; the packaged one where left out.
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
    texts, phrase_codes = load_phrases(phrases, themes)
    with threadpool_limits(1):  # the same result whatever the machine's number of cores
        return _fit(material, texts, phrase_codes, themes, taxonomy, n_folds, seed)


def load_phrases(path: str | Path | None, themes: Sequence[str]) -> tuple[list[str], Array]:
    """Typical phrases and their themes, from a file with lines ``theme;theme: phrase|phrase``; ``none`` for no theme."""
    place = Path(path) if path is not None else data_path("model", "phrases.txt")
    if not place.is_file():
        raise SourceError(f"{place}: there is no such file of phrases; pass phrases=… or leave it out.")
    texts, codes, faults = [], [], []
    for number, line in enumerate(place.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        names, colon, rest = line.partition(": ")
        found = [name for name in names.split(";") if name != "none"]
        if not colon or set(found) - set(themes):
            faults.append(f"{place}, line {number}: starts with {names[:40]!r}; write themes of {', '.join(themes)} or none, then ': '.")
            continue
        for phrase in filter(None, rest.strip().split("|")):
            texts.append(phrase)
            codes.append([theme in found for theme in themes])
    if faults:
        raise TableError(*faults)
    return texts, np.array(codes, dtype=bool).reshape(len(texts), len(themes))


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
            document, heading = np.full(len(part), len(texts)), (part["kind"] != "body").to_numpy()
            parts.append(Parts(document, np.asarray(starts), np.asarray(ends - 1), heading))
            texts.append(joined)
    made = matcher(loaded)
    held = hits_of(texts, Parts(*(np.concatenate(column) for column in zip(*parts, strict=True))), made=made)
    rows = pd.concat(blocks, ignore_index=True)
    rows["document"] = rows["folder"] + "/" + rows["plan"]
    headings = rows[rows["kind"] == "heading"].drop_duplicates("document")
    first = dict(zip(headings["document"], headings["text"].str.strip(), strict=True))
    rows["title"] = [first.get(document, "") for document in rows["document"]]
    body = rows[rows["kind"] == "body"]
    unsettled = body["maybe"].fillna("") if "maybe" in body else pd.Series("", index=body.index)
    rules = rule_features(held, made.themes, themes=themes, n_statements=len(body))
    return _Material(rows, body, _has(body["themes"], themes), _has(unsettled, themes), rules)


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
    material: _Material, phrases: list[str], phrase_codes: Array, themes: tuple[str, ...], taxonomy: str, n_folds: int, seed: int
) -> Fit:
    rows, body, codes = material.rows, material.body, material.codes
    found = grams(rows["text"].tolist())
    learnt_from = _Texts(count_matrix(found)[body.index.to_numpy()], codes, material.unsettled, count_matrix(grams(phrases)), phrase_codes)
    fold = _folds(rows["document"], n_folds)
    body_fold = fold[body.index.to_numpy()]
    # What the first step says of each document while it is left out.
    statement, clause = np.zeros((len(rows), len(themes))), np.zeros((len(found.clause_text), len(themes)))
    clause_fold = fold[found.clause_text]
    for left in range(n_folds):
        said, of_clause = logits_of(found, *learnt_from.fit(body_fold != left, seed), len(rows))
        statement[fold == left], clause[clause_fold == left] = said[fold == left], of_clause[clause_fold == left]
    read = gathered(rows.assign(plan=rows["document"]), found, statement, clause)
    features = second_features(read, material.rules).astype(np.float32)
    centre, scale = features.mean(axis=(0, 1)), features.std(axis=(0, 1)) + 1e-6
    features = (features - centre) / scale
    probability = np.zeros(codes.shape)
    for left in range(n_folds):
        train, test = body_fold != left, body_fold == left
        mix, mix_bias = _fit_second(features[train], codes[train], ~material.unsettled[train])
        probability[test] = squash(np.einsum("ntk,tk->nt", features[test], mix) + mix_bias)
    thresholds = np.array([_best_f1(probability[:, t], codes[:, t]) / 2 for t in range(len(themes))])
    weights, bias = learnt_from.fit(np.ones(len(body), dtype=bool), seed)
    mix, mix_bias = _fit_second(features, codes, ~material.unsettled)
    facts = {
        "taxonomy": taxonomy,
        "documents": int(rows["document"].nunique()),
        "statements": len(body),
        "phrases": len(phrases),
        "seed": seed,
        "n_folds": n_folds,
    }
    model = Model(themes, weights, bias, centre, scale, mix, mix_bias, thresholds, facts)
    return Fit(model, _left_out(material, probability, thresholds, themes))


class _Texts:
    """What the first step learns from: counts and codes of body statements, and of typical phrases."""

    def __init__(self, counts: Any, codes: Array, unsettled: Array, phrase_counts: Any, phrase_codes: Array) -> None:
        self.counts, self.codes, self.unsettled = counts, codes, unsettled
        self.phrase_counts, self.phrase_codes = phrase_counts, phrase_codes

    def fit(self, chosen: Array, seed: int) -> tuple[Array, Array]:
        """The table of weights and the bias, from the chosen statements and all phrases."""
        from scipy.sparse import diags, vstack
        from sklearn.linear_model import LogisticRegression

        counts = vstack([self.counts[chosen], self.phrase_counts]).tocsr()
        codes = np.vstack([self.codes[chosen], self.phrase_codes])
        settled = np.vstack([~self.unsettled[chosen], np.ones_like(self.phrase_codes)])
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


def _fit_second(features: Array, codes: Array, settled: Array) -> tuple[Array, Array]:
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
