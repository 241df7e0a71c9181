"""Statements read clause by clause, all at once: which rules hold, and which of them code.

Caveat: a clause ends at ，；：。 and not at 、, so that a list with one verb stays together.

Every step is a few operations on columns, one row a rule that held at a word; no step looks at one statement alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from policycompare.coding.lexicon import (
    CARRIES,
    CLOSES,
    DOMAIN,
    FORBIDDEN,
    HEAD,
    INSIDE,
    OPENS,
    SIDE,
    SLOGAN,
    WHOLE,
    Matcher,
    Pairs,
    spread,
)
from policycompare.coding.texts import CLOSES_TITLE, JOINS, OPENS_TITLE, Text, changes
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


def parts_with(words: Words, role: int, n_parts: int) -> Array:
    """Which parts have a word of a role."""
    having = np.zeros(n_parts, dtype=bool)
    having[words.part.take(words.places(role))] = True
    return having


def rules_held(made: Matcher, text: Text, words: Words, others: Array, general: Array) -> tuple[Held, Array]:
    """Every rule that holds, and whether it codes by precedence; and the parts in which nothing may be coded.

    Closed are a frame (a slogan), and a part about another sector alone; ``others`` are the parts with a word of one. In a ``general`` part
    only clauses about education count.
    """
    n_parts = len(others)
    framing, elsewhere = parts_with(words, SLOGAN, n_parts), others & ~parts_with(words, DOMAIN, n_parts)
    held = _candidates(made, words, elsewhere & ~general)
    if general.any():
        at_home = np.zeros(int(words.clause.max(initial=0)) + 1, dtype=bool)
        at_home[words.clause.compress(words.role & (DOMAIN | INSIDE) == DOMAIN)] = True
        near = at_home[held.clause] | at_home[held.clause - 1]
        held = held.where(~general[held.part] | (near & ~((held.tier > 0) & made.strict[held.theme])))
    held = _framed(made, text, words, held)
    least, most = _extremes(held.part, held.theme, n_parts)
    several, owners = most > least, Pairs(held.start, held.theme, len(made.themes))
    held = held._replace(tier=np.where(_serves(made, text, held, owners, several & ~general), 2, held.tier))
    dropped = _modifies(made, text, words, held, owners, several & parts_with(words, HEAD, n_parts))
    return held._replace(used=_used(held, dropped | framing[held.part])), framing | elsewhere


def _candidates(made: Matcher, words: Words, closed: Array) -> Held:
    """Each rule at each of its words, where its conditions hold."""
    at = words.places(CARRIES)
    at = at.compress(~closed.take(words.part.take(at)))
    owner, rule = made.rules_of.take(words.slot.take(at))
    at = at.take(owner)
    holds = _conditions_hold(made, words, at, rule)
    at, rule = at.compress(holds), rule.compress(holds)
    end = words.end.take(at)
    for behind in made.follow.T:
        wanted = behind.take(rule)
        asks = np.flatnonzero(wanted >= 0)
        end[asks] = _follows(made, words, at.take(asks), wanted.take(asks), end.take(asks))
        found = np.flatnonzero(end >= 0)
        at, rule, end = at.take(found), rule.take(found), end.take(found)
    part, clause, start = (column.take(at) for column in (words.part, words.clause, words.start))
    return Held(part, clause, start, end, rule, made.theme.take(rule), made.tier.take(rule), np.zeros(len(at), dtype=bool))


def _conditions_hold(made: Matcher, words: Words, at: Array, rule: Array) -> Array:
    """Whether all that each rule at a word asks for stands in the clause or the part, and nothing that it forbids."""
    conditions = made.conditions.take(rule, axis=0).ravel()
    asking = np.flatnonzero(conditions >= 0)
    condition, asking = conditions.take(asking), asking // max(1, made.conditions.shape[1])
    stands, whole = np.zeros(len(asking), dtype=bool), condition & WHOLE > 0
    for group, these in ((words.clause, np.flatnonzero(~whole)), (words.part, np.flatnonzero(whole))):
        stands[these] = _stands(made, words, group, at.take(asking.take(these)), condition.take(these) >> 2)
    holds = np.ones(len(at), dtype=bool)
    holds[asking.compress(stands == (condition & FORBIDDEN > 0))] = False
    return holds


def _stands(made: Matcher, words: Words, group: Array, at: Array, wanted: Array) -> Array:
    """Whether a word of a set stands in the same clause or part (``group``, by word) as a word; a word within one of another sector says
    nothing about education."""
    asked = np.zeros(int(group.max(initial=-1)) + 1, dtype=bool)
    asked[group.take(at)] = True
    rows = np.flatnonzero(asked.take(group))
    groups, sets = group.take(rows), made.sets.take(words.slot.take(rows), axis=0)
    column, bit = divmod(made.domain, 64)
    sets[np.flatnonzero(words.role.take(rows) & INSIDE != 0), column] &= ~(np.int64(1) << bit)
    # One row of bits a group, however long it is: time grows with the text, whatever stands in it.
    first = np.flatnonzero(changes(groups))
    sets = np.bitwise_or.reduceat(sets, first, axis=0) if len(first) else sets
    row = np.zeros(len(asked), dtype=np.int64)
    row[groups.take(first)] = np.arange(len(first))
    return _in_set(sets, row.take(group.take(at)), wanted)


def _in_set(sets: Array, row: Array, wanted: Array) -> Array:
    """Whether rows of bits have the bit of a set."""
    found: Array = sets[row, wanted >> 6] >> (wanted & 63) & 1 != 0
    return found


def _follows(made: Matcher, words: Words, at: Array, wanted: Array, after: Array) -> Array:
    """Where the next word of a set ends, within reach and in the same clause; or -1."""
    owner, word = spread(at + 1, np.maximum(np.searchsorted(words.start, after + REACH, side="right"), at + 1))
    gap = words.start[word] - after[owner]
    same = words.clause[word] == words.clause[at[owner]]
    found = np.flatnonzero((gap >= 0) & same & _in_set(made.sets, words.slot[word], wanted[owner]))[::-1]
    end = np.full(len(at), -1)
    end[owner[found]] = words.end[word[found]]  # of several the nearest, written last, stays
    return end


def _framed(made: Matcher, text: Text, words: Words, held: Held) -> Held:
    """Without what a frame masks; what it makes a means, and what stands in 《》, demoted."""
    spans, masks = _spans(made, words, len(text.start))
    means = np.concatenate([_titles(text, held), spans[~masks]])
    demoted = held._replace(tier=np.where(_within(means, held), 2, held.tier))
    return demoted.where(~_within(spans[masks], held))


def _spans(made: Matcher, words: Words, n_parts: int) -> tuple[Array, Array]:
    """Spans from an opening word of a frame to the next closing one, within a part (part, start, end), and whether they mask."""
    at, masks = words.places(SIDE), made.frames.masks
    owner, side = made.frames.sides.take(words.slot.take(at))
    at, where = at.take(owner), (side >> 2) * n_parts + words.part.take(at).take(owner)
    opens, closes = (np.zeros(len(masks) * n_parts, dtype=bool) for _ in range(2))
    opens[where.compress(side & OPENS > 0)], closes[where.compress(side & CLOSES > 0)] = True, True
    chosen = np.flatnonzero((opens & closes).take(where))
    at, where, side = at.take(chosen), where.take(chosen), side.take(chosen)
    out, opened = [], dict[int, int]()  # by frame and part
    for place, way, start, end in zip(*(column.tolist() for column in (where, side & 3, words.start[at], words.end[at])), strict=True):
        since = opened.get(place, start + 1)  # where none is open: as if behind this word
        if way & CLOSES and since <= start <= since + FRAME_REACH:
            out.append((place, opened.pop(place), end))
        elif way & OPENS and not since <= start <= since + FRAME_REACH:
            opened[place] = start
    spans = np.array(out, dtype=np.int64).reshape(-1, 3)
    frame, spans[:, 0] = divmod(spans[:, 0], max(n_parts, 1))
    return spans, masks[frame]


def _titles(text: Text, held: Held) -> Array:
    """Spans in 《》 around rules that held: part, start, end."""
    opens, closes = (np.append(text.places(sign), 2 * len(text.points)) for sign in (OPENS_TITLE, CLOSES_TITLE))
    titled = _in_parts(held, text.part[opens[:-1]])
    part, start, end = (column.take(titled) for column in (held.part, held.start, held.end))
    opened = opens[np.searchsorted(opens, start, side="right") - 1]
    closed = closes[np.searchsorted(closes, end)]
    # The last 《 before the word is near, of its part and not closed before it; the next 》 is near and of its part, too.
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
    rows = _in_parts(held, spans[:, 0])
    if not len(rows):
        return inside
    part, opened, closed = spans[np.lexsort((spans[:, 1], spans[:, 0]))].T
    start, end = held.start[rows], held.end[rows]
    beyond = int(max(end.max(), closed.max())) + 1
    place = part * beyond + opened
    here = held.part[rows] * beyond
    # No span that holds a word opens farther before it.
    first = np.searchsorted(place, here + np.maximum(start - FRAME_REACH - LONGEST_WORD, 0))
    row, span = spread(first, np.searchsorted(place, here + start, side="right"))
    inside[rows[row[end[row] <= closed[span]]]] = True
    return inside


def _in_parts(held: Held, parts: Array) -> Array:
    """The rules that held in some parts, as places in ``held``."""
    chosen = np.zeros(int(max(held.part.max(initial=0), parts.max(initial=0))) + 1, dtype=bool)
    chosen[parts] = True
    return np.flatnonzero(chosen.take(held.part))


def _extremes(group: Array, theme: Array, n: int) -> tuple[Array, Array]:
    """The least and the greatest theme of each of n groups; where there is none, the least is beyond all and the greatest -1."""
    least, most = np.full(n, np.iinfo(np.int64).max), np.full(n, -1)
    np.minimum.at(least, group, theme)
    np.maximum.at(most, group, theme)
    return least, most


def _serves(made: Matcher, text: Text, held: Held, owners: Pairs, where: Array) -> Array:
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
    serves[strong] = apart & ~made.beside[held.theme[final], theme] & ~owners.has(start, theme)
    return serves


def _modifies(made: Matcher, text: Text, words: Words, held: Held, owners: Pairs, where: Array) -> Array:
    """Whether it only modifies a following head of another theme, or is co-ordinate with what does; ``owners`` are the themes that have
    a rule at a place."""
    length, rows = len(text.points), np.flatnonzero(where[held.part])
    head = words.start.take(words.places(HEAD))
    inner = np.append(head, length)[np.searchsorted(head, held.start[rows], side="right")] < held.end[rows]
    rows = rows[~inner]
    start, end, theme = held.start[rows], held.end[rows], held.theme[rows]
    behind = text.end[held.part[rows]]
    after, joint = end + _length_at(text.points, end, made.links), end + _length_at(text.points, end, _JOINTS)
    after, joint = np.where(after < behind, after, length), np.where((joint > end) & (joint < behind), joint, length)
    is_head, owned = (np.zeros(length + 1, dtype=bool) for _ in range(2))
    is_head[head], owned[held.start] = True, True
    found = is_head[after] & owned[after]
    found[found] = ~owners.has(after[found], theme[found])
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
    behind = [points.take(at + n, mode="clip") for n in range(max(map(len, signs), default=0))]
    for sign in reversed(signs):
        stands = np.logical_and.reduce([char == ord(letter) for char, letter in zip(behind, sign, strict=False)])
        out[np.flatnonzero(stands)] = len(sign)
    return out


def _used(held: Held, barred: Array) -> Array:
    """Which code: terms; weak ones in a clause without another theme's term; faint ones where nothing else does."""
    sure, weak = (np.flatnonzero((held.tier == tier) & ~barred) for tier in (0, 1))
    clause, theme = held.clause, held.theme
    least, most = _extremes(clause.take(sure), theme.take(sure), int(clause.max(initial=0)) + 1)
    alone = (least[clause[weak]] >= theme[weak]) & (most[clause[weak]] <= theme[weak])
    used = np.concatenate([sure, weak.compress(alone)])
    codes = np.zeros(len(clause), dtype=bool)
    codes[used] = True
    coded = np.zeros(int(held.part.max(initial=0)) + 1, dtype=bool)
    coded[held.part.take(used)] = True
    return codes | ~(barred | coded.take(held.part))
