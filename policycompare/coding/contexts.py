"""What the learned coder's second step weighs: a statement's reading beside its neighbours', its headings' and the rules'.

Caveat: parts of one plan must stand together and in the text's order; a statement is read in the light of its own plan alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from policycompare.coding.clauses import Held
from policycompare.coding.ngrams import Grams
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
    """What the first step says, a row a body statement.

    ``statement`` are logits of all the model's themes, ``nothing`` those of carrying none of them (a frame, a greeting, a count; one
    column). Of the themes ``asked``, by number: ``clause`` is the logit of the strongest clause, ``firing`` how many clauses speak for
    it, each from 0 on, ``heading`` and ``title`` the logits of those above (``-inf`` where there is none). ``n_clauses``, ``length`` (in
    characters) and ``plan`` (which document) are one number a statement.
    """

    statement: Array
    nothing: Array
    asked: Array
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


def gathered(found: Grams, statement: Array, clause: Array, asked: Array) -> Readings:
    """What the second step needs of each body statement, from the logits of all parts (all themes, and none) and clauses (those asked)."""
    n, parts = len(statement), found.text.parts
    # Theme by theme in memory: whole columns are what all further steps go through.
    statement, clause, starts = np.asfortranarray(statement), np.asfortranarray(clause), found.text_starts
    strongest = np.maximum(np.maximum.reduceat(clause, starts, axis=0), -9.0) if n else clause
    fires = np.maximum(_SLOPE * clause, 0) + np.log1p(np.exp(-np.abs(_SLOPE * clause)))
    firing = np.add.reduceat(fires, starts, axis=0) if n else clause
    at = np.flatnonzero(parts.body)
    above, title = parts.last(parts.kind == HEADING), parts.last(parts.kind == TITLE)
    title = np.where(title > above, title, -1)  # a new heading ends the reach of a title
    lacking = np.full((1, len(asked)), -np.inf)
    logits = np.concatenate([statement.T[asked], lacking.T], axis=1).T  # index -1: nothing above
    return Readings(
        statement=_rows(statement[:, :-1], at),
        nothing=statement[at, -1:],
        asked=asked,
        clause=_rows(strongest, at),
        firing=_rows(firing, at),
        heading=_rows(logits, above[at]),
        title=_rows(logits, title[at]),
        n_clauses=np.bincount(found.clause_text, minlength=n)[at].astype(float),
        length=(parts.end - parts.start)[at].astype(float),
        plan=parts.document[at],
    )


def rule_features(held: Held, names: Sequence[str], *, themes: Sequence[str], n_statements: int) -> Array:
    """Counts of rules that held per statement and theme: used by tier (0 to 3), and overruled; at most 3 of each.

    Parameters
    ----------
    held
        As :func:`policycompare.coding.matching.hits_of` finds them.
    names
        Ids of the themes that ``held`` has by number.
    themes
        Ids of the themes to count, in the order of the second axis.
    n_statements
        Length of the first axis.

    Returns
    -------
    array
        Statements × themes × 5.
    """
    column = np.array([themes.index(name) if name in themes else -1 for name in names])[held.theme]
    place = (np.where(held.used, held.tier, 4) * len(themes) + column) * n_statements + held.part
    counts = np.bincount(place[column >= 0], minlength=5 * len(themes) * n_statements)
    return np.minimum(counts, 3.0).reshape(5, len(themes), n_statements).T


def second_features(read: Readings, rules: Array) -> Array:
    """Body rows × themes asked × :data:`FEATURES`."""
    return np.stack(feature_columns(read, rules), axis=-1)


def feature_columns(read: Readings, rules: Array) -> list[Array]:
    """One array of body rows × themes asked for each of :data:`FEATURES`; ``rules`` are of all the model's themes."""
    n, asked = len(read.statement), read.asked
    if not n:
        return [np.zeros((0, len(asked))) for _ in FEATURES]
    around = _Around(read.plan)
    # Of all themes: what one theme's reading is held against.
    p = squash(_SLOPE * read.statement)
    document = around.document(p, prior=_PRIOR)
    (best, second), (dedicated, runner_up) = _top_two(p), _top_two(document)
    about, whole = (values.sum(axis=1, keepdims=True) for values in (document, p))
    coded = rules[..., :4].any(axis=-1).astype(float)
    any_rule = coded.sum(axis=1, keepdims=True)
    # Of the themes asked.
    s, p, document, coded = (_columns(values, asked) for values in (read.statement, p, document, coded))
    c, rules = read.clause, rules[:, asked]
    logit, window = _logit(document), np.clip(around.window(p), 0.02, 0.98)
    is_best = p == best
    wide = partial(np.broadcast_to, shape=s.shape)
    heading, title = squash(_SLOPE * read.heading), squash(_SLOPE * read.title)
    columns = [
        *(s, c, np.log1p(read.firing), np.maximum(s, -0.3), np.maximum(c, -0.5)),
        *(document, logit, window, _logit(window), around.shifted(p, 1), around.shifted(p, -1), heading, title),
        *(logit * p, np.maximum(heading, title) * p),
        *(np.where(is_best, second, best), whole - p, is_best),
        document - np.where(document == dedicated, runner_up, dedicated),
        *(wide(read.nothing), wide(around.document(squash(_SLOPE * read.nothing), prior=_NOTHING))),
        *(wide(dedicated), wide(about), dedicated * c, about * c, dedicated * s, about * s, whole * c),
        *(wide(np.log(x + 1)[:, None]) for x in (read.length, read.n_clauses)),
        *(coded, *np.moveaxis(rules, -1, 0), around.document(coded, prior=_PRIOR), around.shifted(coded, 1), around.shifted(coded, -1)),
        *(coded * p, any_rule - coded, wide((any_rule == 0).astype(float))),
    ]
    return [np.asarray(column, dtype=np.float64) for column in columns]


def _top_two(values: Array) -> tuple[Array, Array]:
    """The highest and the second highest of each row, as columns: theme by theme, a fifth of the time of sorting."""
    first = values[:, :1]
    second = np.full_like(first, -np.inf) if values.shape[1] > 1 else first
    for column in values.T[1:, :, None]:
        first, second = np.maximum(first, column), np.maximum(second, np.minimum(first, column))
    return first, second


#: A short document's mean is drawn towards this share of statements, by the weight of three: those with a theme, those with none.
_PRIOR, _NOTHING = 0.15, 0.3
#: Statements on each side that are near.
_NEAR = 3


def _logit(p: Array) -> Array:
    p = np.clip(p, 0.01, 0.99)
    logit: Array = np.log(p / (1 - p))
    return logit


class _Around:
    """Means over the other statements of a document; rows of a plan stand together."""

    def __init__(self, plan: Array) -> None:
        self.begin, self.end = stretches(plan)
        self.at = np.arange(len(plan))

    def document(self, values: Array, *, prior: float) -> Array:
        """Mean over the document's other statements."""
        others = self._sum(values, self.begin, self.end) - values
        mean: Array = (others + 3 * prior) / ((self.end - self.begin - 1)[:, None] + 3)
        return mean

    def window(self, values: Array) -> Array:
        """Mean over the nearest statements on both sides; 0 where there is none."""
        first, last = np.maximum(self.at - _NEAR, self.begin), np.minimum(self.at + _NEAR + 1, self.end)
        mean: Array = (self._sum(values, first, last) - values) / np.maximum(1, last - first - 1)[:, None]
        return mean

    def shifted(self, values: Array, by: int) -> Array:
        """The value of the statement ``by`` places before; the prior where there is none."""
        source = self.at - by
        inside = (source >= self.begin) & (source < self.end)
        return np.where(inside[:, None], _rows(values, np.clip(source, 0, len(values) - 1)), _PRIOR)

    @staticmethod
    def _sum(values: Array, first: Array, last: Array) -> Array:
        running = np.zeros((len(values) + 1, values.shape[1]), order="F")
        np.cumsum(values, axis=0, out=running[1:])
        return _rows(running, last) - _rows(running, first)


def _columns(values: Array, which: Array) -> Array:
    """Columns of a table, theme by theme in memory."""
    columns: Array = values.T[which].T
    return columns


def _rows(values: Array, which: Array) -> Array:
    """Rows of a table, theme by theme in memory as the table is."""
    rows: Array = np.take(values.T, which, axis=1).T
    return rows
