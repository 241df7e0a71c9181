"""Statements read clause by clause, all at once: which rules hold, and which of them code.

Caveat: a clause ends at ，；：。 and not at 、, so that a list with one verb stays together.

Every step is a few operations on columns, one row a rule that held at a word; no step looks at one statement alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from policycompare.lexicon import FORBIDDEN, WHOLE, Frame, Matcher, Pairs, spread
from policycompare.rules import LONGEST_WORD, REACH
from policycompare.schema import Array
from policycompare.words import CLOSES_TITLE, JOINS, OPENS_TITLE, Text, Words, running

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
        return Held(*(column[chosen] for column in self))


class Seen:
    """Which sets' words stand where.

    Attributes
    ----------
    word, of, part
        Each word with each of its sets: the word's place among the words, the set, and the part that it stands in.
    in_clause
        The pairs of clause and set. A word inside one of another sector says nothing about education.
    in_part
        Parts × sets, for the sets that are looked for in whole statements.
    """

    def __init__(self, made: Matcher, words: Words, n_parts: int) -> None:
        self.word, self.of = made.sets_of.take(words.slot)
        self.part = words.part[self.word]
        shown = np.flatnonzero(~(words.foreign[self.word] & (self.of == made.domain)))
        self.in_clause = Pairs(words.clause[self.word[shown]], self.of[shown], len(made.whole))
        shown = shown[made.whole[self.of[shown]]]
        self.in_part = np.zeros((n_parts, len(made.whole)), dtype=bool)
        self.in_part[self.part[shown], self.of[shown]] = True


def rules_held(made: Matcher, text: Text, words: Words, seen: Seen, general: Array) -> tuple[Held, Array]:
    """Every rule that holds, and whether it codes by precedence; and the parts in which nothing may be coded.

    Closed are a frame (a slogan), and a part about another sector. In a ``general`` part only clauses about education count.
    """
    framing = seen.in_part[:, made.slogans]
    at_home = np.zeros(len(framing), dtype=bool)
    at_home[seen.part[seen.of == made.domain]] = True
    elsewhere = seen.in_part[:, made.others] & ~at_home
    held = _candidates(made, words, seen, elsewhere & ~general)
    if general.any():
        about = seen.in_clause.has(held.clause, made.domain) | seen.in_clause.has(held.clause - 1, made.domain)
        held = held.where(~general[held.part] | (about & ~((held.tier > 0) & made.strict[held.theme])))
    held = _framed(made, text, words, seen, held)
    several = _several(held, len(framing))
    held = held._replace(tier=np.where(_serves(made, text, held, several & ~general), 2, held.tier))
    dropped = _modifies(made, text, words, seen, held, several & seen.in_part[:, made.heads])
    return held._replace(used=_used(held, dropped | framing[held.part], len(made.themes))), framing | elsewhere


def _candidates(made: Matcher, words: Words, seen: Seen, closed: Array) -> Held:
    """Each rule at each of its words, where its conditions hold."""
    at = np.flatnonzero(words.carries & ~closed[words.part])
    owner, rule = made.rules_of.take(words.slot[at])
    at = at[owner]
    asking, condition = made.conditions.take(rule)
    asked, place = condition >> 2, at[asking]
    stands = np.where(condition & WHOLE, seen.in_part[words.part[place], asked], seen.in_clause.has(words.clause[place], asked))
    holds = np.ones(len(at), dtype=bool)
    holds[asking[stands == (condition & FORBIDDEN > 0)]] = False
    at, rule = at[holds], rule[holds]
    end = words.end[at]
    for behind in made.follow.T:
        asks = np.flatnonzero(behind[rule] >= 0)
        end[asks] = _follows(made, words, seen, at[asks], behind[rule[asks]], end[asks])
        at, rule, end = at[end >= 0], rule[end >= 0], end[end >= 0]
    return Held(
        words.part[at], words.clause[at], words.start[at], end, rule, made.theme[rule], made.tier[rule], np.zeros(len(at), dtype=bool)
    )


def _follows(made: Matcher, words: Words, seen: Seen, at: Array, wanted: Array, after: Array) -> Array:
    """Where the next word of a set ends, within reach and in the same clause; or -1."""
    listed = np.flatnonzero(made.followers[seen.of])
    listed = listed[np.argsort(seen.of[listed], kind="stable")]
    word, of = seen.word[listed], seen.of[listed]
    if not len(word):
        return np.full(len(at), -1)
    beyond = int(words.end.max()) + 1
    following = np.searchsorted(of * beyond + words.start[word], wanted * beyond + after)
    found = np.minimum(following, len(word) - 1)
    next_word = word[found]
    near = (words.clause[next_word] == words.clause[at]) & (words.start[next_word] - after <= REACH)
    return np.where((following < len(word)) & (of[found] == wanted) & near, words.end[next_word], -1)


def _framed(made: Matcher, text: Text, words: Words, seen: Seen, held: Held) -> Held:
    """Without what a frame masks; what it makes a means, and what stands in 《》, demoted."""
    means, masks = [_titles(text, held)], [np.empty((0, 3), dtype=np.int64)]
    framing = np.flatnonzero(made.framing[seen.of])
    for frame in made.frames:
        both = seen.in_part[:, frame.opens] & seen.in_part[:, frame.closes]
        (masks if frame.masks else means).append(_spans(words, seen, framing[both[seen.part[framing]]], frame))
    demoted = held._replace(tier=np.where(_within(np.concatenate(means), held), 2, held.tier))
    return demoted.where(~_within(np.concatenate(masks), held))


def _spans(words: Words, seen: Seen, among: Array, frame: Frame) -> Array:
    """Spans from an opening word to the next closing one: part, start, end."""
    out, within, opened = [], -1, -1
    closing, opening = (seen.word[among[seen.of[among] == side]] for side in (frame.closes, frame.opens))
    at = np.union1d(closing, opening)
    closes, opens = set(closing.tolist()), set(opening.tolist())
    for word, part, start, end in zip(*(column.tolist() for column in (at, words.part[at], words.start[at], words.end[at])), strict=True):
        if part != within:
            within, opened = part, -1
        if word in closes and 0 <= opened <= start <= opened + FRAME_REACH:
            out.append((part, opened, end))
            opened = -1
        elif word in opens and (opened < 0 or start - opened > FRAME_REACH):
            opened = start
    return np.array(out, dtype=np.int64).reshape(-1, 3)


def _titles(text: Text, held: Held) -> Array:
    """Spans in 《》 around rules that held: part, start, end."""
    opens, closes = (np.append(np.flatnonzero(text.signs & sign), 2 * len(text.plain)) for sign in (OPENS_TITLE, CLOSES_TITLE))
    document = text.parts.document[held.part]
    before = np.searchsorted(opens, held.start, side="right") - 1
    opened = opens[before]
    closed = closes[np.searchsorted(closes, held.end)]
    stands = (before >= 0) & (held.start - opened <= FRAME_REACH) & (opened >= text.begins[document])
    stands &= (closes[np.searchsorted(closes, opened)] >= held.start) & (closed < text.begins[document + 1])
    stands &= closed - held.end < FRAME_REACH
    spans: Array = np.column_stack([held.part, opened, closed])[stands]
    return spans


def _within(spans: Array, held: Held) -> Array:
    """Whether a rule's words stand within one of the spans."""
    inside = np.zeros(len(held.part), dtype=bool)
    if not len(spans) or not len(inside):
        return inside
    part, opened, closed = spans[np.lexsort((spans[:, 1], spans[:, 0]))].T
    beyond = int(max(held.end.max(), closed.max())) + 1
    place = part * beyond + opened
    here = held.part * beyond
    first = np.searchsorted(place, here + np.maximum(held.start - FRAME_REACH - LONGEST_WORD, 0))
    row, span = spread(first, np.searchsorted(place, here + held.start, side="right"))
    inside[row[held.end[row] <= closed[span]]] = True
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
    joints = running(text.signs & JOINS != 0)
    apart = joints[np.minimum(start, end + FRAME_REACH)] == joints[end]
    serves = np.zeros(len(held.part), dtype=bool)
    serves[strong] = apart & ~made.beside[held.theme[final], theme] & ~_owners(made, held).has(start, theme)
    return serves


def _owners(made: Matcher, held: Held) -> Pairs:
    """Which theme has a rule at which place."""
    return Pairs(held.start, held.theme, len(made.themes))


def _modifies(made: Matcher, text: Text, words: Words, seen: Seen, held: Held, where: Array) -> Array:
    """Whether it only modifies a following head of another theme, or is co-ordinate with what does."""
    length = len(text.plain)
    points = np.concatenate([text.points, np.zeros(LONGEST_WORD, dtype=np.uint32)])
    rows = np.flatnonzero(where[held.part])
    head = words.start[seen.word[seen.of == made.heads]]
    inner = np.append(head, length)[np.searchsorted(head, held.start[rows], side="right")] < held.end[rows]
    rows = rows[~inner]
    start, end, theme = held.start[rows], held.end[rows], held.theme[rows]
    behind = np.minimum(text.parts.end[held.part[rows]], length)
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
    rivals = claimed.sum(axis=1)[held.clause] - claimed[held.clause, held.theme]
    used: Array = sure | (weak & (rivals == 0))
    coded = np.zeros(n_parts, dtype=bool)
    coded[held.part[used]] = True
    return used | ~(barred | coded[held.part])
