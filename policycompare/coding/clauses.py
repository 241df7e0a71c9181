"""Statements read clause by clause, all at once: which rules hold, and which of them code.

Caveat: a clause ends at ，；：。 and not at 、, so that a list with one verb stays together.

Every step is a few operations on columns, one row a rule that held at a word; no step looks at one statement alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from policycompare.coding.lexicon import FORBIDDEN, WHOLE, Matcher, Pairs, spread
from policycompare.coding.texts import CLOSES_TITLE, JOINS, OPENS_TITLE, Text
from policycompare.coding.words import Words
from policycompare.schema import Array
from policycompare.taxonomy.rules import LONGEST_WORD, REACH

#: Longest span of a frame, in characters.
FRAME_REACH = 60
#: How far before its clause's last term a term must stand to serve it only, in characters.
SERVES_FROM = 3
_JOINTS = ("以及", "、", "和", "与", "及", "·", "/")


class Held(NamedTuple):
    """Rules that held, part by part in the order of the text: where, of which theme and tier (as demoted), and whether it codes."""

    part: Array
    clause: Array
    start: Array
    end: Array
    rule: Array
    theme: Array
    tier: Array
    used: Array

    def where(self, chosen: Array) -> Held:
        """Some of the rows."""
        rows = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        return Held(*(column.take(rows) for column in self))


class Ground:
    """The words of some parts, and which sets of words stand in which clause and in which part.

    A word inside one of another sector says nothing about education.
    """

    def __init__(self, made: Matcher, words: Words, n_parts: int) -> None:
        self.made, self.words, self.n_parts = made, words, n_parts
        bits = made.bits.take(words.slot, axis=0)
        column, bit = divmod(made.domain, 64)
        bits[words.foreign, column] &= ~np.uint64(1 << bit)
        # One row of bits a clause and a part, however long these are: time grows with the text, whatever stands in it.
        first = np.flatnonzero(np.diff(words.clause, prepend=-1))
        clauses = np.bitwise_or.reduceat(bits, first, axis=0) if len(first) else bits
        self.clauses = _placed(clauses, words.clause[first], int(words.clause.max(initial=0)) + 1)
        part = words.part[first]
        first = np.flatnonzero(np.diff(part, prepend=-1))
        self.parts = _placed(np.bitwise_or.reduceat(clauses, first, axis=0) if len(first) else clauses, part[first], n_parts)

    def in_clause(self, clause: Array, of: Array | int) -> Array:
        """Whether a word of the set stands in the clause."""
        return _has(self.clauses, clause, of)

    def in_part(self, part: Array, of: Array | int) -> Array:
        """Whether a word of the set stands in the part."""
        return _has(self.parts, part, of)

    def parts_with(self, of: int) -> Array:
        """Which parts have a word of the set."""
        return self.in_part(np.arange(self.n_parts), of)


def _placed(rows: Array, at: Array, n: int) -> Array:
    """Rows at their places among n; the others are 0."""
    out = np.zeros((n, rows.shape[1]), dtype=rows.dtype)
    out[at] = rows
    return out


def _has(bits: Array, row: Array, of: Array | int) -> Array:
    """Whether a row has the bit of a set."""
    found: Array = bits[row, np.right_shift(of, 6)] >> np.bitwise_and(of, 63).astype(np.uint64) & np.uint64(1) != 0
    return found


def rules_held(text: Text, ground: Ground, others: Array, general: Array) -> tuple[Held, Array]:
    """Every rule that holds, and whether it codes by precedence; and the parts in which nothing may be coded.

    Closed are a frame (a slogan), and a part about another sector alone; ``others`` are the parts with a word of one. In a ``general`` part
    only clauses about education count.
    """
    made, words = ground.made, ground.words
    framing, at_home = ground.parts_with(made.slogans), np.zeros(ground.n_parts, dtype=bool)
    at_home[words.part[made.member[:, made.domain][words.slot]]] = True
    elsewhere = others & ~at_home
    held = _candidates(ground, elsewhere & ~general)
    if general.any():
        near = ground.in_clause(held.clause, made.domain) | ground.in_clause(held.clause - 1, made.domain)
        held = held.where(~general[held.part] | (near & ~((held.tier > 0) & made.strict[held.theme])))
    held = _framed(text, ground, held)
    several = _several(held, ground.n_parts)
    held = held._replace(tier=np.where(_serves(made, text, held, several & ~general), 2, held.tier))
    dropped = _modifies(text, ground, held, several & ground.parts_with(made.heads))
    return held._replace(used=_used(held, dropped | framing[held.part], len(made.themes))), framing | elsewhere


def _candidates(ground: Ground, closed: Array) -> Held:
    """Each rule at each of its words, where its conditions hold."""
    made, words = ground.made, ground.words
    at = np.flatnonzero(words.carries & ~closed[words.part])
    owner, rule = made.rules_of.take(words.slot[at])
    at = at[owner]
    asking, condition = made.conditions.take(rule)
    asked, place = condition >> 2, at[asking]
    stands = np.where(condition & WHOLE, ground.in_part(words.part[place], asked), ground.in_clause(words.clause[place], asked))
    holds = np.ones(len(at), dtype=bool)
    holds[asking[stands == (condition & FORBIDDEN > 0)]] = False
    at, rule = at[holds], rule[holds]
    end = words.end[at]
    for behind in made.follow.T:
        asks = np.flatnonzero(behind[rule] >= 0)
        end[asks] = _follows(ground, at[asks], behind[rule[asks]], end[asks])
        at, rule, end = at[end >= 0], rule[end >= 0], end[end >= 0]
    return Held(
        words.part[at], words.clause[at], words.start[at], end, rule, made.theme[rule], made.tier[rule], np.zeros(len(at), dtype=bool)
    )


def _follows(ground: Ground, at: Array, wanted: Array, after: Array) -> Array:
    """Where the next word of a set ends, within reach and in the same clause; or -1."""
    words = ground.words
    owner, word = spread(at + 1, np.maximum(np.searchsorted(words.start, after + REACH, side="right"), at + 1))
    gap = words.start[word] - after[owner]
    same = words.clause[word] == words.clause[at[owner]]
    found = np.flatnonzero((gap >= 0) & same & ground.made.member[words.slot[word], wanted[owner]])[::-1]
    end = np.full(len(at), -1)
    end[owner[found]] = words.end[word[found]]  # of several the nearest, written last, stays
    return end


def _framed(text: Text, ground: Ground, held: Held) -> Held:
    """Without what a frame masks; what it makes a means, and what stands in 《》, demoted."""
    spans, masks = _spans(ground)
    means = np.concatenate([_titles(text, held), spans[~masks]])
    demoted = held._replace(tier=np.where(_within(means, held), 2, held.tier))
    return demoted.where(~_within(spans[masks], held))


def _spans(ground: Ground) -> tuple[Array, Array]:
    """Spans from an opening word of a frame to the next closing one, within a part (part, start, end), and whether they mask."""
    words, frames = ground.words, ground.made.frames
    sides = np.flatnonzero(frames.sides[words.slot])
    opening, closing = (which[words.slot[sides]].T for which in (frames.opens, frames.closes))
    frame, side = np.nonzero(opening | closing)
    may_open, may_close, at = opening[frame, side], closing[frame, side], sides[side]
    where = frame * ground.n_parts + words.part[at]
    opens, closes = (np.bincount(where[may], minlength=len(frames.masks) * ground.n_parts) > 0 for may in (may_open, may_close))
    chosen = np.flatnonzero((opens & closes)[where])
    columns = (column[chosen].tolist() for column in (may_open, may_close, where, words.start[at], words.end[at]))
    out, within, opened = [], -1, -1
    for may_open, may_close, place, start, end in zip(*columns, strict=True):
        if place != within:
            within, opened = place, -1
        if may_close and 0 <= opened <= start <= opened + FRAME_REACH:
            out.append((place, opened, end))
            opened = -1
        elif may_open and (opened < 0 or start - opened > FRAME_REACH):
            opened = start
    spans = np.array(out, dtype=np.int64).reshape(-1, 3)
    frame, spans[:, 0] = divmod(spans[:, 0], max(ground.n_parts, 1))
    return spans, frames.masks[frame]


def _titles(text: Text, held: Held) -> Array:
    """Spans in 《》 around rules that held: part, start, end."""
    opens, closes = (np.append(text.places(sign), 2 * len(text.points)) for sign in (OPENS_TITLE, CLOSES_TITLE))
    titled = np.isin(held.part, text.part[opens[:-1]])
    part, start, end = (column[titled] for column in (held.part, held.start, held.end))
    opened = opens[np.searchsorted(opens, start, side="right") - 1]
    closed = closes[np.searchsorted(closes, end)]
    stands = (
        (opened <= start)
        & (start - opened <= FRAME_REACH)
        & (opened >= text.start[part])
        & (closes[np.searchsorted(closes, opened)] >= start)
    )
    stands &= (closed < text.end[part]) & (closed - end < FRAME_REACH)
    spans: Array = np.column_stack([part, opened, closed])[stands]
    return spans


def _within(spans: Array, held: Held) -> Array:
    """Whether a rule's words stand within one of the spans."""
    inside = np.zeros(len(held.part), dtype=bool)
    rows = np.flatnonzero(np.isin(held.part, spans[:, 0]))
    if not len(rows):
        return inside
    part, opened, closed = spans[np.lexsort((spans[:, 1], spans[:, 0]))].T
    start, end = held.start[rows], held.end[rows]
    beyond = int(max(end.max(), closed.max())) + 1
    place = part * beyond + opened
    here = held.part[rows] * beyond
    first = np.searchsorted(place, here + np.maximum(start - FRAME_REACH - LONGEST_WORD, 0))
    row, span = spread(first, np.searchsorted(place, here + start, side="right"))
    inside[rows[row[end[row] <= closed[span]]]] = True
    return inside


def _several(held: Held, n_parts: int) -> Array:
    """Parts in which rules of more than one theme hold."""
    least, most = np.full(n_parts, len(held.theme) and held.theme.max()), np.zeros(n_parts, dtype=np.int64)
    np.minimum.at(least, held.part, held.theme)
    np.maximum.at(most, held.part, held.theme)
    several: Array = most > least
    return several


def _serves(made: Matcher, text: Text, held: Held, where: Array) -> Array:
    """Whether it stands well before its clause's last term of another theme and is not co-ordinate with it."""
    strong = np.flatnonzero((held.tier < 2) & where[held.part])
    last = np.full(int(held.clause.max(initial=0)) + 1, -1)
    last[held.clause[strong]] = strong  # of several the last one stays
    final = last[held.clause[strong]]
    start, end, theme = held.start[final], held.end[strong], held.theme[strong]
    far = np.flatnonzero(start - end >= SERVES_FROM)
    final, strong, start, end, theme = final[far], strong[far], start[far], end[far], theme[far]
    joints = np.append(text.places(JOINS), len(text.points))
    apart = joints[np.searchsorted(joints, end)] >= np.minimum(start, end + FRAME_REACH)
    serves = np.zeros(len(held.part), dtype=bool)
    serves[strong] = apart & ~made.beside[held.theme[final], theme] & ~_owners(made, held).has(start, theme)
    return serves


def _owners(made: Matcher, held: Held) -> Pairs:
    """Which theme has a rule at which place."""
    return Pairs(held.start, held.theme, len(made.themes))


def _modifies(text: Text, ground: Ground, held: Held, where: Array) -> Array:
    """Whether it only modifies a following head of another theme, or is co-ordinate with what does."""
    made, length = ground.made, len(text.points)
    points = np.concatenate([text.points, np.zeros(LONGEST_WORD, dtype=np.uint32)])
    rows = np.flatnonzero(where[held.part])
    head = ground.words.start[made.member[:, made.heads][ground.words.slot]]
    inner = np.append(head, length)[np.searchsorted(head, held.start[rows], side="right")] < held.end[rows]
    rows = rows[~inner]
    start, end, theme = held.start[rows], held.end[rows], held.theme[rows]
    behind = text.end[held.part[rows]]
    after, joint = end + _length_at(points, end, made.links), end + _length_at(points, end, _JOINTS)
    after, joint = np.where(after < behind, after, length), np.where((joint > end) & (joint < behind), joint, length)
    is_head, owned = (np.zeros(length + 1, dtype=bool) for _ in range(2))
    is_head[head], owned[held.start] = True, True
    found = is_head[after] & owned[after]
    found[found] = ~_owners(made, held).has(after[found], theme[found])
    gone = np.zeros(length + 1, dtype=bool)  # places from which something was dropped
    while True:
        gone[start[found]] = True
        more = found | gone[after] | gone[joint]
        if (more == found).all():
            break
        found = more
    dropped = np.zeros(len(held.part), dtype=bool)
    dropped[rows[found]] = True
    return dropped


def _length_at(points: Array, at: Array, signs: tuple[str, ...]) -> Array:
    """How long the first of some words is that stands at each place; 0 where none does."""
    out = np.zeros(len(at), dtype=np.int64)
    for sign in reversed(signs):
        stands = points[at] == ord(sign[0])
        for n, char in enumerate(sign[1:], start=1):
            stands &= points[at + n] == ord(char)
        out[stands] = len(sign)
    return out


def _used(held: Held, barred: Array, n_themes: int) -> Array:
    """Which code: terms; weak ones in a clause without another theme's term; faint ones where nothing else does."""
    n_parts, n_clauses = (int(column.max(initial=0)) + 1 for column in (held.part, held.clause))
    sure, weak = ((held.tier == tier) & ~barred for tier in (0, 1))
    claimed = np.zeros((n_clauses, n_themes), dtype=bool)
    claimed[held.clause[sure], held.theme[sure]] = True
    claims = np.bincount(np.flatnonzero(claimed) // n_themes, minlength=n_clauses)
    rivals = claims[held.clause] - claimed[held.clause, held.theme]
    used: Array = sure | (weak & (rivals == 0))
    coded = np.zeros(n_parts, dtype=bool)
    coded[held.part[used]] = True
    return used | ~(barred | coded[held.part])
