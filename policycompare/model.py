"""The learned coder: how likely each theme is in each statement, from n-grams, the rules' hits and the statements around it.

Caveat: a probability holds for documents like those that the model was fitted on (see its card, ``data/model/README.md``). It was
fitted on codes made by language-model readers, on simplified script, and on education documents of 2009 to 2025.

Two steps. A linear model over hashed character n-grams reads every statement, every clause of it and every heading. A second
one, fitted on what the first said of *left-out* documents, weighs these readings together with the rules' hits, the readings of the
statements around, of the headings above, and of the document as a whole; being fitted on left-out readings it is calibrated.
Predicting needs numpy and scipy alone; scikit-learn is needed to fit (:mod:`policycompare.fitting`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from policycompare.matching import Hit
from policycompare.ngrams import BUCKETS, Grams, clause_sums, grams
from policycompare.paths import data_path
from policycompare.schema import SourceError

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

#: What the second step weighs, in order; the card explains each.
FEATURES = (
    *("statement", "clause", "clauses_firing", "statement_over", "clause_over"),
    *("document", "document_logit", "window", "window_logit", "before", "after", "heading", "title"),
    *("document_and_statement", "heading_and_statement"),
    *("best_other", "all_others", "is_best", "document_lead"),
    *(
        "dedicated",
        "about_themes",
        "dedicated_and_clause",
        "about_and_clause",
        "dedicated_and_statement",
        "about_and_statement",
        "sum_and_clause",
    ),
    *("length", "clauses"),
    *("rule", "rule_terms", "rule_weak", "rule_faint", "rule_context", "rule_overruled", "rule_document", "rule_before", "rule_after"),
    *("rule_and_statement", "rule_others", "rule_nothing"),
)
_FORMAT = 1
#: N-gram readings are squashed with this slope before they are averaged.
_SLOPE = 2.0


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted coder.

    Attributes
    ----------
    themes
        Theme ids, in the order of every last axis.
    weights
        (BUCKETS + 1) × (themes + 1), float32: the weight of an n-gram for each theme and, last, the square of its own importance.
    bias
        Of the first step, per theme.
    centre, scale
        Of the second step's features.
    mix, mix_bias
        The second step: themes × features, and per theme.
    thresholds
        Probability from which a theme is coded.
    facts
        What it was fitted on and how: counts, seed, versions.
    """

    themes: tuple[str, ...]
    weights: Array = field(repr=False)
    bias: Array = field(repr=False)
    centre: Array = field(repr=False)
    scale: Array = field(repr=False)
    mix: Array = field(repr=False)
    mix_bias: Array = field(repr=False)
    thresholds: Array
    facts: dict[str, Any] = field(default_factory=dict, repr=False)

    def probabilities(self, rows: pd.DataFrame, rules: Array) -> Array:
        """How likely each theme is in each body statement.

        Parameters
        ----------
        rows
            Headings, titles and body statements of whole plans, plan by plan in the order of the text: ``plan``, ``kind`` and
            ``text`` in simplified script.
        rules
            :func:`rule_features` of the body rows.

        Returns
        -------
        array
            Body rows × themes, 0–1.
        """
        return self.mixed(readings(rows, self.weights, self.bias), rules)

    def mixed(self, read: Readings, rules: Array) -> Array:
        """The second step alone."""
        features = (second_features(read, rules) - self.centre) / self.scale
        return squash(np.einsum("ntk,tk->nt", features, self.mix) + self.mix_bias)

    def save(self, path: str | Path) -> None:
        """Write the model as ``.npz`` (no pickle): the same model gives the same bytes."""
        used = np.flatnonzero(self.weights.any(axis=1)).astype(np.int32)
        about = json.dumps(
            {"format": _FORMAT, "themes": self.themes, "features": FEATURES, **self.facts}, ensure_ascii=False, sort_keys=True
        )
        np.savez_compressed(
            path,
            about=np.frombuffer(about.encode("utf-8"), dtype=np.uint8),
            used=used,
            weights=self.weights[used].astype(np.float16),
            **{name: getattr(self, name).astype(np.float32) for name in _ARRAYS},
        )


_ARRAYS = ("bias", "centre", "scale", "mix", "mix_bias", "thresholds")


def load_model(path: str | Path | None = None) -> Model:
    """The shipped model, or one that :func:`policycompare.fitting.fit_model` wrote.

    Raises
    ------
    SourceError
        The file is missing, is no such model, or was written by another version of the features.

    Examples
    --------
    >>> load_model().themes[:2]
    ('moral_education', 'teachers')
    """
    place = Path(path) if path is not None else data_path("model", "coder.npz")
    if not place.is_file():
        raise SourceError(f"{place}: there is no such model; fit one with `policycompare fit-coder GOLD_FOLDER -o {place.name}`.")
    return _load(str(place), place.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: str, _changed: int) -> Model:
    again = f"fit it again with `policycompare fit-coder GOLD_FOLDER -o {Path(path).name}`"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes().decode("utf-8"))
            small = {name: stored[name].astype(np.float64) for name in _ARRAYS}
            used, weights = stored["used"], stored["weights"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, NotImplementedError, struct.error) as error:
        raise SourceError(f"{path}: not a model of policycompare ({error}); {again}.") from None
    themes, features = tuple(about.pop("themes", ())), tuple(about.pop("features", ()))
    fits = weights.shape == (len(used), len(themes) + 1) and small["mix"].shape == (len(themes), len(FEATURES))
    if (
        about.pop("format", None) != _FORMAT
        or features != FEATURES
        or not fits
        or (len(used) and not 0 <= used.min() <= used.max() < BUCKETS)
    ):
        raise SourceError(f"{path}: written for other features than this version's; {again}.")
    table = np.zeros((BUCKETS + 1, len(themes) + 1), dtype=np.float32)
    table[used] = weights
    return Model(themes=themes, weights=table, facts=about, **small)


class Readings(NamedTuple):
    """What the first step says: arrays of body rows × themes unless said otherwise."""

    statement: Array
    clause: Array
    firing: Array
    heading: Array
    title: Array
    n_clauses: Array
    length: Array
    plan: Array


def squash(logits: Array) -> Array:
    """Logits → probabilities.

    Examples
    --------
    >>> squash(np.array([0.0])).tolist()
    [0.5]
    """
    squashed: Array = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    return squashed


def readings(rows: pd.DataFrame, weights: Array, bias: Array) -> Readings:
    """The first step over whole plans: every statement, its strongest clause, and the headings above it."""
    found = grams(rows["text"].tolist())
    statement, clause = logits_of(found, weights, bias, len(rows))
    return gathered(rows, found, statement, clause)


def logits_of(found: Grams, weights: Array, bias: Array, n_texts: int) -> tuple[Array, Array]:
    """Logits of each text and of each clause; a text's n-grams are weighted by importance and scaled to length 1."""
    sums = clause_sums(found, weights).astype(np.float64)
    totals = np.zeros((n_texts, sums.shape[1]))
    np.add.at(totals, found.clause_text, sums)
    return _scaled(totals) + bias, _scaled(sums) + bias


def _scaled(sums: Array) -> Array:
    scaled: Array = sums[:, :-1] / np.sqrt(sums[:, -1:] + 1e-9)
    return scaled


def gathered(rows: pd.DataFrame, found: Grams, statement: Array, clause: Array) -> Readings:
    """Logits of all texts and clauses → what the second step needs of each body row."""
    n, themes = statement.shape
    strongest = np.full((n, themes), -9.0)
    np.maximum.at(strongest, found.clause_text, clause)
    firing = np.zeros((n, themes))
    np.add.at(firing, found.clause_text, np.logaddexp(0, _SLOPE * clause))
    body = rows["kind"].to_numpy() == "body"
    plan = pd.factorize(rows["plan"])[0]
    above = _last(rows, plan, "heading")
    title = _last(rows, plan, "title")
    title = np.where(title > above, title, -1)  # a new heading ends the reach of a title
    lacking = np.full((1, themes), -np.inf)
    logits = np.vstack([statement, lacking])  # index -1: nothing above
    return Readings(
        statement[body],
        strongest[body],
        firing[body],
        logits[above][body],
        logits[title][body],
        np.bincount(found.clause_text, minlength=n)[body].astype(float),
        rows["text"].str.len().to_numpy(dtype=float)[body],
        plan[body],
    )


def _last(rows: pd.DataFrame, plan: Array, kind: str) -> Array:
    """Index of the last row of a kind at or above each row within its plan; -1 for none."""
    at = np.where(rows["kind"].to_numpy() == kind, np.arange(len(rows)), -1)
    last = np.maximum.accumulate(at) if len(at) else at
    begins = np.flatnonzero(np.diff(plan, prepend=-1))
    return np.where(last >= begins[plan], last, -1) if len(at) else at


def rule_features(found: Sequence[Sequence[Hit]], themes: Sequence[str]) -> Array:
    """Counts of rule hits per statement and theme: used by tier (0 to 3), and overruled; at most 3 of each.

    Examples
    --------
    >>> rule_features([[Hit("safety", "", 0, 0, 2, True, "平安")]], ["safety"]).tolist()
    [[[1.0, 0.0, 0.0, 0.0, 0.0]]]
    """
    counts = np.zeros((len(found), len(themes), 5))
    column = {theme: i for i, theme in enumerate(themes)}
    for row, hits in enumerate(found):
        for hit in hits:
            if (at := column.get(hit.theme)) is not None:
                counts[row, at, min(int(hit.tier), 3) if hit.used else 4] += 1
    return np.minimum(counts, 3)


def second_features(read: Readings, rules: Array) -> Array:
    """Body rows × themes × :data:`FEATURES`."""
    s, c = read.statement, read.clause
    if not len(s):
        return np.zeros((*s.shape, len(FEATURES)))
    p = squash(_SLOPE * s)
    coded = rules[..., :4].any(axis=-1).astype(float)
    around = _Around(read.plan)
    document = around.document(p, prior=_PRIOR)
    window = np.clip(around.window(p), 0.02, 0.98)
    best = np.sort(p, axis=1)[:, -2:]
    is_best = p == best[:, -1:]
    ranked = np.sort(document, axis=1)[:, -2:]
    dedicated = np.broadcast_to(ranked[:, -1:], s.shape)
    about = np.broadcast_to(document.sum(axis=1, keepdims=True), s.shape)
    whole = np.broadcast_to(p.sum(axis=1, keepdims=True), s.shape)
    heading, title = squash(_SLOPE * read.heading), squash(_SLOPE * read.title)
    any_rule = coded.sum(axis=1, keepdims=True)
    columns = [
        *(s, c, np.log1p(read.firing), np.maximum(s, -0.3), np.maximum(c, -0.5)),
        *(document, _logit(document), window, _logit(window), around.shifted(p, 1), around.shifted(p, -1), heading, title),
        *(_logit(document) * p, np.maximum(heading, title) * p),
        *(np.where(is_best, best[:, :1], best[:, -1:]), whole - p, is_best),
        document - np.where(document == ranked[:, -1:], ranked[:, :1], ranked[:, -1:]),
        *(dedicated, about, dedicated * c, about * c, dedicated * s, about * s, whole * c),
        *(np.broadcast_to(np.log(x + 1)[:, None], s.shape) for x in (read.length, read.n_clauses)),
        *(coded, *np.moveaxis(rules, -1, 0), around.document(coded, prior=_PRIOR), around.shifted(coded, 1), around.shifted(coded, -1)),
        *(coded * p, any_rule - coded, np.broadcast_to(any_rule == 0, s.shape)),
    ]
    return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=-1)


#: A short document's mean is drawn towards this share of statements, by the weight of three statements.
_PRIOR = 0.15


def _logit(p: Array) -> Array:
    p = np.clip(p, 0.01, 0.99)
    logit: Array = np.log(p / (1 - p))
    return logit


class _Around:
    """Means over the other statements of a document; rows of a plan stand together."""

    def __init__(self, plan: Array) -> None:
        self.begin = np.searchsorted(plan, plan, side="left")
        self.end = np.searchsorted(plan, plan, side="right")
        self.at = np.arange(len(plan))

    def document(self, values: Array, *, prior: float) -> Array:
        """Mean over the document's other statements."""
        others = self._sum(values, self.begin, self.end) - values
        mean: Array = (others + 3 * prior) / ((self.end - self.begin - 1)[:, None] + 3)
        return mean

    def window(self, values: Array, *, reach: int = 3) -> Array:
        """Mean over the next statements on both sides; 0 where there is none."""
        first, last = np.maximum(self.at - reach, self.begin), np.minimum(self.at + reach + 1, self.end)
        mean: Array = (self._sum(values, first, last) - values) / np.maximum(1, last - first - 1)[:, None]
        return mean

    def shifted(self, values: Array, by: int) -> Array:
        """The value of the statement ``by`` places before; the prior where there is none."""
        source = self.at - by
        inside = (source >= self.begin) & (source < self.end)
        return np.where(inside[:, None], values[np.clip(source, 0, len(values) - 1)], _PRIOR)

    @staticmethod
    def _sum(values: Array, first: Array, last: Array) -> Array:
        running = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
        total: Array = running[last] - running[first]
        return total


def evidence(texts: Sequence[str], themes: Sequence[int], model: Model) -> list[tuple[int, int]]:
    """The words that speak most for a theme in a text: offsets within the text.

    Parameters
    ----------
    texts
        In simplified script, each as long as its original.
    themes
        For each text, the index of a theme of the model.

    Returns
    -------
    list of (start, end)
        The run of characters with the highest sum of what the n-grams over them add; the whole text where nothing adds.

    Examples
    --------
    >>> model = load_model()
    >>> evidence(["会议指出，要开展消防演练"], [model.themes.index("safety")], model) != [(0, 12)]
    True
    """
    if not texts:
        return []
    found = grams(texts)
    size = np.diff(found.clause_starts, append=found.buckets.shape[1])
    clause = np.repeat(np.arange(len(size)), size)
    text = found.clause_text[clause]
    theme = np.asarray(themes, dtype=np.intp)[text]
    gain = np.zeros(len(clause))
    for n, buckets in enumerate(found.buckets, start=1):
        value = model.weights[buckets, theme].astype(np.float64) / n
        for shift in range(n):  # an n-gram's weight is shared among its characters
            gain[shift:] += value[: len(gain) - shift]
    return _best_runs(gain, clause, text, found.offsets, texts)


def _best_runs(gain: Array, clause: Array, text: Array, offsets: Array, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Per text the run of characters, within one clause, with the highest sum (Kadane's scan)."""
    best = [(0.0, 0, len(words)) for words in texts]
    total, begin, previous = 0.0, 0, -1
    for value, where, owner, at in zip(gain.tolist(), clause.tolist(), text.tolist(), offsets.tolist(), strict=True):
        if where != previous or total <= 0:
            total, begin, previous = 0.0, at, where
        total += value
        if total > best[owner][0]:
            best[owner] = (total, begin, at + 1)
    return [(begin, end) for _, begin, end in best]
