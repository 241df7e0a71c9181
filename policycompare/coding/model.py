"""The learned coder: how likely each theme is in each statement, from n-grams, the rules' hits and the statements around it.

Caveat: a probability holds for documents like those that the model was fitted on (see its card, ``data/model/README.md``). It was
fitted on codes made by language-model readers, on simplified script, and on education documents of 2009 to 2025.

Two steps. A linear model over hashed character n-grams reads every statement, every clause of it and every heading. A second
one, fitted on what the first said of *left-out* documents, weighs these readings together with the rules' hits, the readings of the
statements around, of the headings above, and of the document as a whole: the mean of weighted sums and of boosted trees
(:mod:`policycompare.coding.trees`). Being fitted on left-out readings it is calibrated.
Predicting needs numpy and scipy alone; scikit-learn is needed to fit (:mod:`policycompare.fitting.fitting`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from policycompare.coding.contexts import FEATURES, Readings, feature_columns, gathered, squash
from policycompare.coding.ngrams import BUCKETS, Grams, clause_sums, grams
from policycompare.coding.trees import Trees, readings_of
from policycompare.paths import data_path
from policycompare.schema import Array, SourceError

_FORMAT = 2
#: The trees are asked where the weighted sums leave a chance of 1 in 21 or more: one pair in six, with all but a few that are coded.
LEAST_LOGIT = -3.0


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
    mix, mix_bias, trees
        The second step: weights, themes × features, and per theme; and trees over :func:`tree_columns`.
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
    trees: Trees = field(repr=False)
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
            :func:`policycompare.coding.contexts.rule_features` of the body rows.

        Returns
        -------
        array
            Body rows × themes, 0–1.
        """
        return self.mixed(readings(rows, self.weights, self.bias), rules)

    def mixed(self, read: Readings, rules: Array) -> Array:
        """The second step alone."""
        columns = feature_columns(read, rules)
        return squash(mixed(columns, self.centre, self.scale, self.mix, self.mix_bias, self.trees))

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
            **{f"tree_{name}": part for name, part in self.trees._asdict().items()},
        )


_ARRAYS = ("bias", "centre", "scale", "mix", "mix_bias", "thresholds")


def load_model(path: str | Path | None = None) -> Model:
    """The shipped model, or one that :func:`policycompare.fitting.fitting.fit_model` wrote.

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
            trees = Trees(*(stored[f"tree_{name}"] for name in Trees._fields))
            used, weights = stored["used"], stored["weights"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, NotImplementedError, struct.error) as error:
        raise SourceError(f"{path}: not a model of policycompare ({error}); {again}.") from None
    themes, features = tuple(about.pop("themes", ())), tuple(about.pop("features", ()))
    fits = weights.shape == (len(used), len(themes) + 1) and small["mix"].shape == (len(themes), len(FEATURES))
    if (
        about.pop("format", None) != _FORMAT
        or features != FEATURES
        or not fits
        or not trees.fit(len(features) + len(themes))
        or (len(used) and not 0 <= used.min() <= used.max() < BUCKETS)
    ):
        raise SourceError(f"{path}: written for other features than this version's; {again}.")
    table = np.zeros((BUCKETS + 1, len(themes) + 1), dtype=np.float32)
    table[used] = weights
    return Model(themes=themes, weights=table, facts=about, trees=trees, **small)


def mixed(columns: Sequence[Array], centre: Array, scale: Array, mix: Array, mix_bias: Array, trees: Trees) -> Array:
    """The second step's logits: weighted sums of the features, drawn halfway to what the trees say where the sums leave a chance."""
    logits = np.asfortranarray(np.tile(mix_bias, (len(columns[0]), 1)))
    # Feature by feature: all of them in one array of three axes take six times as long to stack, scale and sum.
    for column, middle, weights in zip(columns, centre, (mix / scale).T, strict=True):
        logits += (column - middle) * weights
    asked = logits > LEAST_LOGIT
    logits.T[asked.T] = (logits.T[asked.T] + readings_of(tree_columns(columns, asked), trees)) / 2
    return logits


def tree_columns(columns: Sequence[Array], asked: Array) -> list[Array]:
    """What the trees see of the chosen statements × themes, theme by theme: the features, and of each theme whether it is the one."""
    theme = np.nonzero(asked.T)[0]
    return [
        *(column.T[asked.T].astype(np.float32) for column in columns),
        *((theme == t).astype(np.float32) for t in range(asked.shape[1])),
    ]


def readings(rows: pd.DataFrame, weights: Array, bias: Array) -> Readings:
    """The first step over whole plans: every statement, its strongest clause, and the headings above it."""
    found = grams(rows["text"].tolist())
    statement, clause = logits_of(found, weights, bias, len(rows))
    return gathered(rows, found, statement, clause)


def logits_of(found: Grams, weights: Array, bias: Array, n_texts: int) -> tuple[Array, Array]:
    """Logits of each text and of each clause; a text's n-grams are weighted by importance and scaled to length 1."""
    sums = clause_sums(found, weights).astype(np.float64)
    totals = np.add.reduceat(sums, found.text_starts, axis=0) if n_texts else sums
    return _scaled(totals) + bias, _scaled(sums) + bias


def _scaled(sums: Array) -> Array:
    scaled: Array = sums[:, :-1] / np.sqrt(sums[:, -1:] + 1e-9)
    return scaled


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
    begins = np.cumsum([0, *(len(words) + 1 for words in texts)])
    return _best_runs(gain, clause, text, found.places - begins[text], texts)


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
