"""What a statement without a code of its own takes from its heading, or from a document that has one topic.

Caveat: what is lent is a guess from the words above; its tier is :data:`CONTEXT` and its offsets are those of the lending words.
"""

from __future__ import annotations

import numpy as np

from policycompare.coding.clauses import Held
from policycompare.coding.texts import Parts
from policycompare.schema import Array

#: Tier of a hit that a statement was lent by its heading or its document's topic.
CONTEXT = 3
#: A document has one topic where at least this share of its coded statements has the same theme.
TOPIC_FROM_SHARE = 0.55
#: From this share on every coded statement bears the topic, and other themes need a term.
TOPIC_RULES_FROM = 0.7
#: In a document of fewer coded statements a share says nothing.
TOPIC_FROM = 8


def with_lent(held: Held, parts: Parts, *, lends: Array, closed: Array, general: Array) -> Held:
    """The rules that held in statements, not in what stands above them, and behind those of each statement what it was lent.

    ``closed`` parts, and those of a ``general`` report, are lent nothing. Where the document's topic rules, other themes code by their
    terms alone.
    """
    n, document, heading = len(parts.document), parts.document, ~parts.body
    theme, used = np.zeros((n, len(lends)), dtype=bool), np.flatnonzero(held.used)
    theme[held.part.take(used), held.theme.take(used)] = True
    first = _first(held, held.used, n)
    coded = first >= 0
    bearing = np.flatnonzero(coded & ~heading)
    topic, rules = _topics(theme[bearing], document[bearing], int(document.max(initial=-1)) + 1)
    mine = topic[document]
    on_topic = _first(held, held.used & (held.theme == mine[held.part]), n)
    last = parts.last((on_topic >= 0) & lends[mine])
    evidence = np.where(last >= 0, on_topic[last], -1)
    above = parts.last(heading)
    one = np.full(n, -1)  # the only theme of a heading, where it has one
    of_one = np.flatnonzero(heading & coded)
    of_one = of_one[theme[of_one].sum(axis=1) == 1]
    one[of_one] = theme[of_one].argmax(axis=1)
    below = bearing[above[bearing] >= 0]
    bears_it = np.where(theme[below, one[above[below]]], 1, -1)
    lending = (one >= 0) & lends[one] & (np.bincount(above[below], weights=bears_it, minlength=n) >= 0)
    lacking = ~(coded | heading | closed | general)
    off_topic = coded & ~heading & rules[document] & ~general
    lent = np.where(
        lacking, np.where(lending[above] & (above >= 0), first[above], evidence), np.where(off_topic & (on_topic < 0), evidence, -1)
    )
    # A coded statement that bears no topic, and finds none to take, stays as it is.
    strict = (off_topic & ((on_topic >= 0) | (lent >= 0)))[held.part]
    kept = held._replace(used=held.used & (~strict | (held.theme == mine[held.part]) | (held.tier == 0)))
    taking = np.flatnonzero(lent >= 0)
    given = held.where(lent[taking])._replace(part=taking, tier=np.full(len(taking), CONTEXT), used=np.ones(len(taking), dtype=bool))
    both = Held(*(np.concatenate(columns) for columns in zip(kept, given, strict=True)))
    order = np.argsort(both.part, kind="stable")
    return both.where(order.compress(parts.body.take(both.part.take(order))))


def _topics(theme: Array, document: Array, n_documents: int) -> tuple[Array, Array]:
    """Each document's topic (-1: none), and whether it rules; ``theme`` is coded statements × themes."""
    n_themes = theme.shape[1]
    row, number = divmod(np.flatnonzero(theme), max(1, n_themes))
    counts = np.bincount(document[row] * n_themes + number, minlength=n_documents * n_themes).reshape(n_documents, n_themes)
    total, most = np.bincount(document, minlength=n_documents), counts.max(axis=1)
    has_one = (total >= TOPIC_FROM) & (most >= TOPIC_FROM_SHARE * total)
    return np.where(has_one, counts.argmax(axis=1), -1), has_one & (most >= TOPIC_RULES_FROM * total)


def _first(held: Held, chosen: Array, n_parts: int) -> Array:
    """Each part's first chosen rule, as a place in ``held``; -1 for none."""
    first = np.full(n_parts, -1)
    rows = np.flatnonzero(chosen)[::-1]
    first[held.part[rows]] = rows  # of several the last one written stays
    return first
