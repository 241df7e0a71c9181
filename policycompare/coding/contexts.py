"""What the learned coder's second step weighs: a statement's reading beside its neighbours', its headings' and the rules'.

Caveat: parts of one plan must stand together and in the text's order; a statement is read in the light of its own plan alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from policycompare.coding.clauses import Held
from policycompare.coding.ngrams import Grams, run_sums
from policycompare.coding.texts import HEADING, TITLE, stretches
from policycompare.schema import Array

#: What the second step weighs, in order; the card explains each.
FEATURES = (
    *("statement", "clause", "clauses_firing", "statement_over", "clause_over"),
    *("document", "document_logit", "window", "window_logit", "before", "after", "heading", "title"),
    *("document_and_statement", "heading_and_statement"),
    *("best_other", "all_others", "is_best", "document_lead", "nothing", "document_nothing"),
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
#: N-gram readings are squashed with this slope before they are averaged.
_SLOPE = 2.0


class Readings(NamedTuple):
    """What the first step says of the body statements: arrays of themes × statements, or of one number a statement.

    ``chance`` is how likely each of all the model's themes is, ``nothing`` the logit of carrying none of them (a frame, a greeting, a count;
    one row). Of the themes ``asked``, by number: ``statement`` is the logit, ``clause`` that of the strongest clause, ``firing`` how many
    clauses speak for it, each from 0 on, ``heading`` and ``title`` how likely it is in those above (0 where there is none). ``n_clauses``,
    ``length`` (in characters) and ``plan`` (which document) are one number a statement.
    """

    chance: Array
    nothing: Array
    asked: Array
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


def gathered(found: Grams, part: Array, clause: Array, asked: Array) -> Readings:
    """What the second step needs of each body statement, from the logits of all parts (all themes, and none) and clauses (those asked)."""
    parts, starts, body = found.text.parts, found.text_starts, np.flatnonzero(found.text.parts.body)
    strongest = np.maximum(np.maximum.reduceat(clause, starts, axis=1), -9.0) if len(starts) else clause
    fires = np.log1p(np.exp(np.minimum(_SLOPE * clause, 500)))
    firing = run_sums(fires.T, np.arange(clause.shape[1]), starts).T
    above, title = parts.last(parts.kind == HEADING), parts.last(parts.kind == TITLE)
    title = np.where(title > above, title, -1)  # a new heading ends the reach of a title
    chance = squash(_SLOPE * part)
    return Readings(
        chance=chance[:-1].take(body, axis=1),
        nothing=part[-1:].take(body, axis=1),
        asked=asked,
        statement=part[asked].take(body, axis=1),
        clause=strongest.take(body, axis=1),
        firing=firing.take(body, axis=1),
        heading=_above(chance[asked], above[body]),
        title=_above(chance[asked], title[body]),
        n_clauses=np.diff(starts, append=clause.shape[1])[body].astype(float),
        length=(parts.end - parts.start)[body].astype(float),
        plan=parts.document[body],
    )


def _above(values: Array, rows: Array) -> Array:
    """The columns of the parts above; 0 for -1, none."""
    found: Array = values.take(rows, axis=1) * (rows >= 0)
    return found


def rule_features(held: Held, names: Sequence[str], *, themes: Sequence[str], n_statements: int) -> Array:
    """Counts of rules that held per theme and statement: used by tier (0 to 3), and overruled; at most 3 of each.

    Parameters
    ----------
    held
        As :func:`policycompare.coding.matching.hits_of` finds them.
    names
        Ids of the themes that ``held`` has by number.
    themes
        Ids of the themes to count, in the order of the second axis.
    n_statements
        Length of the last axis.

    Returns
    -------
    array
        5 × themes × statements.
    """
    column = np.array([themes.index(name) if name in themes else -1 for name in names])[held.theme]
    place = (np.where(held.used, held.tier, 4) * len(themes) + column) * n_statements + held.part
    known = place[column >= 0]
    counts = np.bincount(known, weights=np.ones(len(known)), minlength=5 * len(themes) * n_statements)
    return np.minimum(counts, 3, out=counts).reshape(5, len(themes), n_statements)


def second_features(read: Readings, rules: Array) -> Array:
    """Body rows × themes asked × :data:`FEATURES`."""
    shape = len(read.asked), len(read.plan)
    return np.stack([np.broadcast_to(column, shape).T for column in feature_columns(read, rules)], axis=-1)


def feature_columns(read: Readings, rules: Array) -> list[Array]:
    """An array of themes asked × body rows for each of :data:`FEATURES`, or of 1 × body rows where it is the same for every theme.

    ``rules`` are of all the model's themes (:func:`rule_features`).
    """
    if not len(read.plan):
        return [np.zeros((1, 0)) for _ in FEATURES]
    around = _Around(read.plan)
    # Of all themes: what one theme's reading is held against.
    p, document, coded = read.chance, around.document(read.chance, prior=_PRIOR), (rules[:4].max(axis=0) > 0).astype(float)
    (best, second), (dedicated, runner_up) = _top_two(p), _top_two(document)
    about, whole, any_rule = (values.sum(axis=0, keepdims=True) for values in (document, p, coded))
    # Of the themes asked.
    p, document, coded, rules = p[read.asked], document[read.asked], coded[read.asked], rules[:, read.asked]
    s, c, heading, title = read.statement, read.clause, read.heading, read.title
    logit, window = _logit(document), np.clip(around.window(p), 0.02, 0.98)
    columns = [
        *(s, c, np.log1p(read.firing), np.maximum(s, -0.3), np.maximum(c, -0.5)),
        *(document, logit, window, _logit(window), around.before(p), around.after(p), heading, title),
        *(logit * p, np.maximum(heading, title) * p),
        *(_of_others(p, best, second), whole - p, p == best, document - _of_others(document, dedicated, runner_up)),
        *(read.nothing, around.document(squash(_SLOPE * read.nothing), prior=_NOTHING)),
        *(dedicated, about, dedicated * c, about * c, dedicated * s, about * s, whole * c),
        *(np.log(values + 1)[None] for values in (read.length, read.n_clauses)),
        *(coded, *rules, around.document(coded, prior=_PRIOR), around.before(coded), around.after(coded)),
        *(coded * p, any_rule - coded, any_rule == 0),
    ]
    return [np.asarray(column, dtype=np.float64) for column in columns]


def _top_two(values: Array) -> tuple[Array, Array]:
    """The highest and the second highest of each column: theme by theme, without sorting every column."""
    first = values[:1]
    second = np.full_like(first, -np.inf) if len(values) > 1 else first
    for row in values[1:]:
        first, second = np.maximum(first, row), np.maximum(second, np.minimum(first, row))
    return first, second


def _of_others(values: Array, highest: Array, second: Array) -> Array:
    """The highest of the other themes: the second of all where the theme's own is the highest."""
    return highest + second - np.maximum(values, second)  # a choice would cost more than the sums


#: A short document's mean is drawn towards this share of statements, by the weight of three: those with a theme, those with none.
_PRIOR, _NOTHING = 0.15, 0.3
#: Statements on each side that are near.
_NEAR = 3


def _logit(p: Array) -> Array:
    p = np.clip(p, 0.01, 0.99)
    logit: Array = np.log(p / (1 - p))
    return logit


class _Around:
    """Means over the other statements of a document; columns of a plan stand together."""

    def __init__(self, plan: Array) -> None:
        self.begin, self.end = stretches(plan)
        self.at = np.arange(len(plan))
        self.first, self.last = np.flatnonzero(self.begin == self.at), np.flatnonzero(self.end == self.at + 1)

    def document(self, values: Array, *, prior: float) -> Array:
        """Mean over the document's other statements."""
        sums = np.repeat(np.add.reduceat(values, self.first, axis=1), self.last + 1 - self.first, axis=1)
        mean: Array = (sums - values + 3 * prior) / (self.end - self.begin + 2)
        return mean

    def window(self, values: Array) -> Array:
        """Mean over the nearest statements on both sides; 0 where there is none."""
        first, last = np.maximum(self.at - _NEAR, self.begin), np.minimum(self.at + _NEAR + 1, self.end)
        running = np.zeros((len(values), len(self.at) + 1))
        np.cumsum(values, axis=1, out=running[:, 1:])
        mean: Array = (running.take(last, axis=1) - running.take(first, axis=1) - values) / np.maximum(1, last - first - 1)
        return mean

    def before(self, values: Array) -> Array:
        """The value of the statement before; the prior where there is none."""
        moved = np.roll(values, 1, axis=1)
        moved[:, self.first] = _PRIOR
        return moved

    def after(self, values: Array) -> Array:
        """The value of the statement after; the prior where there is none."""
        moved = np.roll(values, -1, axis=1)
        moved[:, self.last] = _PRIOR
        return moved
