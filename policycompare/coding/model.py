"""The learned coder: how likely each theme is in each statement, from n-grams, the rules' hits and the statements around it.

Caveat: a probability holds for documents like those that the model was fitted on (see its card, ``data/model/README.md``): plans and
reports of education bureaus and schools and governments' general reports, of 2001 to 2025, in simplified script, coded by language-model
readers.

Two steps. A linear model over hashed character n-grams reads every statement, every clause of it and every heading. A second
one, fitted on what the first said of *left-out* documents, weighs these readings together with the rules' hits, the readings of the
statements around, of the headings above, and of the document as a whole: the mean of weighted sums and of boosted trees
(:mod:`policycompare.coding.trees`). Being fitted on left-out readings it is calibrated.
Predicting needs numpy and scipy alone; scikit-learn is needed to fit (:mod:`policycompare.fitting.fitting`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from policycompare.coding.contexts import FEATURES, Readings, feature_columns, gathered, squash
from policycompare.coding.lexicon import spread
from policycompare.coding.ngrams import BUCKETS, Grams, clause_sums, run_sums
from policycompare.coding.texts import changes
from policycompare.coding.trees import Trees, readings_of
from policycompare.paths import data_path
from policycompare.schema import Array, SourceError

_FORMAT = 3
#: The trees are asked where the weighted sums leave a chance of 1 in 21 or more: one pair in six, with all but a few that are coded.
LEAST_LOGIT = -3.0


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted coder.

    Attributes
    ----------
    themes
        Theme ids, in the order of every axis of themes.
    weights
        (BUCKETS + 1) × (themes + 2), float32: the weight of an n-gram for each theme, for carrying none of them and, last, the square of
        its own importance; the last row is 0.
    bias
        Of the first step, per theme and for none.
    centre, scale
        Of the second step's features.
    mix, mix_bias, trees
        The second step: weights, themes × features, and per theme; and trees over :func:`tree_columns`.
    thresholds
        Probability from which a theme is coded.
    facts
        What it was fitted on and how: the taxonomy, counts, the seed, the number of folds.
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

    def probabilities(self, found: Grams, rules: Array, asked: Array) -> Array:
        """How likely some themes are in each body statement.

        Parameters
        ----------
        found
            The n-grams of whole plans.
        rules
            :func:`policycompare.coding.contexts.rule_features` of the body statements, of all the model's themes.
        asked
            Numbers of themes: the others serve for comparison alone.

        Returns
        -------
        array
            Body statements × themes asked, 0–1.
        """
        columns = feature_columns(readings(found, self.weights, self.bias, asked), rules)
        return squash(mixed(columns, asked, self.centre, self.scale, self.mix, self.mix_bias, self.trees)).T

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

            def numbers(name: str, kind: type) -> Array:
                part: Array = stored[name]
                return part.astype(kind, casting="same_kind", copy=False)

            about = json.loads(stored["about"].tobytes().decode("utf-8"))
            themes, features, version = (about.pop(name, None) for name in ("themes", "features", "format"))
            small = {name: numbers(name, np.float64) for name in _ARRAYS}
            kinds = zip(Trees._fields, (np.float64, np.int64, np.float32, np.float32), strict=True)
            trees = Trees(*(numbers(f"tree_{name}", kind) for name, kind in kinds))
            used, weights = numbers("used", np.int64), numbers("weights", np.float32)
    except Exception as error:  # a damaged or foreign file fails anywhere: unpacking, room, text, numbers
        raise SourceError(f"{path}: not a model of policycompare ({error}); {again}.") from None
    if version != _FORMAT or features != [*FEATURES] or not _fit(themes, used, weights, small, trees):
        raise SourceError(f"{path}: written for other features than this version's, or damaged; {again}.")
    table = np.zeros((BUCKETS + 1, weights.shape[1]), dtype=np.float32)
    table[used] = weights
    return Model(themes=tuple(themes), weights=table, facts=about, trees=trees, **small)


def _fit(themes: object, used: Array, weights: Array, small: dict[str, Array], trees: Trees) -> bool:
    """Whether the parts of a stored model belong together, and all numbers are some."""
    if not isinstance(themes, list) or not all(isinstance(theme, str) for theme in themes):
        return False
    n, of_features = len(themes), (len(FEATURES),)
    shapes = ((n + 1,), of_features, of_features, (n, *of_features), (n,), (n,))
    return (
        used.ndim == 1
        and weights.shape == (len(used), n + 2)
        and all(small[name].shape == shape for name, shape in zip(_ARRAYS, shapes, strict=True))
        and all(np.isfinite(numbers).all() for numbers in (weights, *small.values()))
        and bool((small["scale"] > 0).all() and ((0 <= used) & (used < BUCKETS)).all())
        and trees.fit(len(FEATURES) + n)
    )


def mixed(columns: Sequence[Array], asked: Array, centre: Array, scale: Array, mix: Array, mix_bias: Array, trees: Trees) -> Array:
    """The second step's logits, themes asked × statements: weighted sums of the features, drawn halfway to what the trees say where the
    sums leave a chance."""
    weights = mix[asked] / scale
    logits = np.repeat((mix_bias[asked] - (weights * centre).sum(axis=1))[:, None], columns[0].shape[1], axis=1)
    # Feature by feature: to stack, scale and sum all of them in one array of three axes would cost more than all else here.
    for column, weight in zip(columns, weights.T[..., None], strict=True):
        logits += column * weight
    near = logits > LEAST_LOGIT
    logits[near] = (logits[near] + readings_of(tree_columns(columns, near, asked, len(mix)), trees)) / 2
    return logits


def tree_columns(columns: Sequence[Array], chosen: Array, asked: Array, n_themes: int) -> list[Array]:
    """What the trees see of the chosen themes asked × statements, theme by theme.

    The features, then a column for each of all the model's themes that says whether it is the one.
    """
    at = np.flatnonzero(chosen)
    row, statement = np.divmod(at, max(1, chosen.shape[1]))
    theme = asked[row]
    return [
        *(column.ravel().take(at if len(column) == len(chosen) else statement).astype(np.float32) for column in columns),
        *((theme == t).astype(np.float32) for t in range(n_themes)),
    ]


def readings(found: Grams, weights: Array, bias: Array, asked: Array) -> Readings:
    """The first step over whole plans: every statement, its strongest clause, and the headings above it."""
    part, clause = logits_of(found, weights, bias, asked)
    return gathered(found, part, clause, asked)


def logits_of(found: Grams, weights: Array, bias: Array, asked: Array) -> tuple[Array, Array]:
    """Logits of all themes and of none × parts, and of the themes asked × clauses.

    N-grams are weighted by importance, and a part's, or a clause's, scaled to length 1.
    """
    clauses = clause_sums(found, weights).astype(np.float64)
    parts = run_sums(clauses, np.arange(len(clauses)), found.text_starts)
    return _scaled(parts, bias), _scaled(clauses[:, [*asked, -1]], bias[asked])


def _scaled(sums: Array, bias: Array) -> Array:
    turned = np.ascontiguousarray(sums.T)  # theme by theme in memory: whole columns are what all further steps go through
    scaled: Array = turned[: len(bias)] / np.sqrt(turned[-1] + 1e-9) + bias[:, None]
    return scaled


def evidence(found: Grams, parts: Array, themes: Array, model: Model) -> tuple[Array, Array]:
    """The words that speak most for a theme in a part.

    Parameters
    ----------
    found
        The n-grams of some parts.
    parts, themes
        Numbers of parts, and of the model's themes: one pair a question.

    Returns
    -------
    tuple of arrays
        Where they start and end in the part's document: the characters of one clause, one after the other, with the highest sum of what
        the n-grams over them add; the whole part where nothing adds.

    Examples
    --------
    >>> from policycompare.coding.ngrams import grams
    >>> from policycompare.coding.texts import whole
    >>> model, text = load_model(), whole(["会议指出，要开展消防演练"])
    >>> [int(place) for (place,) in evidence(grams(text), np.array([0]), np.array([model.themes.index("safety")]), model)]
    [8, 12]
    """
    text = found.text
    question, at = spread(text.start[parts], text.end[parts])
    gain = np.zeros(len(at))
    for n, buckets in enumerate(found.buckets, start=1):
        value = model.weights[buckets[at], themes[question]].astype(np.float64) / n
        for shift in range(n):  # an n-gram's weight is shared among its characters
            gain[shift:] += value[: len(gain) - shift]
    clause = np.searchsorted(found.clause_starts, at, side="right")
    opens = (np.diff(question, prepend=-1) > 0) | (np.diff(clause, prepend=-1) > 0)
    asked, first, last = best_stretches(gain, np.cumsum(opens), question)
    start, end = text.parts.start[parts], text.parts.end[parts]
    start[asked], end[asked] = text.origin(at[first]), text.origin(at[last]) + 1
    return start, end


def best_stretches(gain: Array, run: Array, question: Array) -> tuple[Array, Array, Array]:
    """Of each question the stretch of one run with the highest sum (Kadane's scan, over all runs at once).

    Parameters
    ----------
    gain, run, question
        One number a place; runs and questions are numbered in the order of the places.

    Returns
    -------
    tuple of arrays
        The questions for which some stretch has a sum above 0, and its first and its last place: of like stretches the first.

    Examples
    --------
    >>> [part.tolist() for part in best_stretches(np.array([-1, 2, 1, 3, -1]), np.array([0, 0, 0, 1, 2]), np.array([0, 0, 0, 0, 1]))]
    [[0], [1], [2]]
    """
    gain = np.rint(gain * 2**20).astype(np.int64)  # whole numbers: like stretches have like sums, wherever they stand
    # Sums up to each place, and to before it; those of a run lie below those of the runs before, however many there are.
    sizes = np.cumsum(np.abs(gain)) - np.abs(gain)
    upto = np.cumsum(gain) - np.maximum.accumulate(np.where(changes(run), sizes, 0)) - run
    before = upto - gain
    least = np.minimum.accumulate(before)
    begins = np.maximum.accumulate(np.where(before == least, np.arange(len(gain)), 0))
    best = np.zeros(int(question.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(best, question, upto - least)
    last = np.flatnonzero((upto - least == best[question]) & (best[question] > 0))
    asked, first_of = np.unique(question[last], return_index=True)
    return asked, begins[last[first_of]], last[first_of]
