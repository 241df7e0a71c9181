"""A taxonomy's rules → hits in a text: one automaton over all words, one pass, then clause logic around the hits.

Caveat: words are matched in *simplified* text with white space taken out, and offsets are given back in the text as it was passed. The
text must therefore be one-to-one in length with the source (as :mod:`policycompare.script` makes it).

How a statement is read:

1. Every word of every rule is looked up at once (Aho–Corasick, overlapping). A word inside a longer one that carries a rule or is a
   guard is hidden; what stands inside a guard is dropped.
2. Rules are decided clause by clause.
3. A frame (以……为指导) masks what stands in it, or demotes it to means; a title in 《》 is demoted too.
4. A term directly before a head of another theme (美育|教师) only modifies it and is dropped; so are its co-ordinates (体育、美育|教师).
5. ``terms`` code; ``weak`` only where no other theme has a term in the clause; ``faint`` only where nothing else was coded.
6. A statement that is framing (总体要求是……) carries nothing.
7. In a document of which few statements are about education (a general report), only clauses about education count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick

from policycompare.rules import REACH, words_of
from policycompare.taxonomy import TIERS, Taxonomy

#: Chance that a hit of the tier alone is right, before anything is calibrated.
WEIGHTS = (0.85, 0.7, 0.55, 0.5)
#: A document is general where at least this share of its statements has a word of another sector.
GENERAL_FROM_SHARE = 0.25
#: A document has one topic where at least this share of its coded statements has the same theme.
TOPIC_FROM_SHARE = 0.55
#: From this share on every coded statement bears the topic, and other themes need a term.
TOPIC_RULES_FROM = 0.7
#: Tier of a hit that a statement was lent by its heading or its document's topic; the offsets are those of the lending words.
CONTEXT = 3
#: Below so many statements the share says nothing.
GENERAL_FROM = 8
#: How far before its clause's last term a term must stand to serve it only, in characters.
SERVES_FROM = 3
#: Longest span of a frame, in characters.
FRAME_REACH = 60

_CLAUSE_ENDS = "，,；;。：:！!？?\n\r"
_SPACES = " \t\n\r\f\v\u3000\u00a0\u200b\ufeff"
_JOINTS = ("、", "和", "与", "及", "以及", "·", "/")


class Hit(NamedTuple):
    """One rule that held in one statement.

    ``theme`` and ``subtheme`` are ids; ``tier`` is 0 (term), 1 (weak), 2 (faint); ``start`` and ``end`` are offsets of the evidence in
    the text as passed; ``used`` says whether the hit coded the theme by the rules of precedence; ``rule`` is the rule as it is written.
    """

    theme: str
    subtheme: str
    tier: int
    start: int
    end: int
    used: bool
    rule: str


@dataclass(frozen=True)
class _Check:
    theme: int
    subtheme: str
    tier: int
    need: int
    forbid: int
    need_all: int
    forbid_all: int
    follow: tuple[int, ...]
    rule: str


@dataclass(frozen=True, eq=False)
class Matcher:
    """A taxonomy made ready for matching; made by :func:`matcher`."""

    automaton: AhoCorasick
    themes: tuple[str, ...]
    checks: tuple[tuple[_Check, ...], ...]
    bits: tuple[int, ...]
    carries: np.ndarray
    guard: np.ndarray
    others: np.ndarray
    frames: tuple[tuple[int, int, str], ...]
    head_bit: int
    domain_bit: int
    others_bit: int
    slogan_bit: int
    links: tuple[str, ...]


_MATCHERS: dict[int, tuple[Taxonomy, Matcher]] = {}


def matcher(taxonomy: Taxonomy) -> Matcher:
    """The matcher of a taxonomy, made once.

    Examples
    --------
    >>> from policycompare.taxonomy import load_taxonomy
    >>> "teachers" in matcher(load_taxonomy("education")).themes
    True
    """
    known = _MATCHERS.get(id(taxonomy))
    if known is None or known[0] is not taxonomy:
        if len(_MATCHERS) > 16:
            _MATCHERS.clear()
        known = _MATCHERS[id(taxonomy)] = (taxonomy, _compile(taxonomy))
    return known[1]


def _compile(taxonomy: Taxonomy) -> Matcher:
    themes = tuple(theme.id for theme in taxonomy.themes)
    spelt = _speller(taxonomy.variants)
    number: dict[str, int] = {}
    checks: list[list[_Check]] = []
    bits: list[int] = []

    def slots(word: str) -> list[int]:
        out = []
        for form in spelt(word):
            if form not in number:
                number[form] = len(bits)
                bits.append(0)
                checks.append([])
            out.append(number[form])
        return out

    known_sets: dict[frozenset[str], int] = {}

    def bit_of(words: frozenset[str]) -> int:
        if words not in known_sets:
            known_sets[words] = bit = 1 << len(known_sets)
            for word in words:
                for slot in slots(word):
                    bits[slot] |= bit
        return known_sets[words]

    head_bit, domain_bit = bit_of(taxonomy.heads), bit_of(taxonomy.domain)
    others_bit, slogan_bit = bit_of(taxonomy.others), bit_of(taxonomy.slogans)
    frames = tuple((bit_of(frame.opens), bit_of(frame.closes), frame.effect) for frame in taxonomy.frames)
    for entry in taxonomy.entries:
        sums = {"+": 0, "-": 0, "++": 0, "--": 0}
        follow = []
        for condition in entry.rule.conditions:
            bit = bit_of(words_of(condition.atoms, taxonomy.sets))
            if condition.operator == "..":
                follow.append(bit)
                sums["+"] |= bit
            else:
                sums[condition.operator] |= bit
        check = _Check(
            themes.index(entry.theme),
            entry.subtheme,
            TIERS.index(entry.tier),
            sums["+"],
            sums["-"],
            sums["++"],
            sums["--"],
            tuple(follow),
            entry.rule.text,
        )
        for word in sorted(words_of(entry.rule.atoms, taxonomy.sets)):
            for slot in slots(word):
                checks[slot].append(check)
    guards = {slot for word in sorted(taxonomy.guards) for slot in slots(word)}
    return Matcher(
        automaton=AhoCorasick(list(number)),
        themes=themes,
        checks=tuple(map(tuple, checks)),
        bits=tuple(bits),
        carries=np.array([bool(c) or slot in guards for slot, c in enumerate(checks)], dtype=bool),
        guard=np.array([slot in guards for slot in range(len(bits))], dtype=bool),
        others=np.array([bool(bit & others_bit) for bit in bits], dtype=bool),
        frames=frames,
        head_bit=head_bit,
        domain_bit=domain_bit,
        others_bit=others_bit,
        slogan_bit=slogan_bit,
        links=taxonomy.links,
    )


def _speller(variants: Sequence[tuple[str, str]]):  # type: ignore[no-untyped-def]
    """word → the word and every spelling of it that the variants give (at most three replacements in a word)."""
    by_first: dict[str, list[tuple[str, str]]] = {}
    for variant, spelling in variants:
        by_first.setdefault(spelling[0], []).append((variant, spelling))

    def spelt(word: str) -> list[str]:
        found = [pair for sign in dict.fromkeys(word) for pair in by_first.get(sign, ()) if pair[1] in word][:3]
        forms = [word]
        for choice in product((False, True), repeat=len(found)):
            form = word
            for (variant, spelling), taken in zip(found, choice, strict=True):
                if taken:
                    form = form.replace(spelling, variant)
            if form not in forms:
                forms.append(form)
        return forms

    return spelt


def find_hits(
    text: str, spans: Sequence[tuple[int, int]], *, taxonomy: Taxonomy, headings: Sequence[tuple[int, int]] = ()
) -> list[list[Hit]]:
    """Hits of every rule in every span of one document.

    Parameters
    ----------
    text
        A document's text in simplified script.
    spans
        Start and end of each statement to code, in order, not overlapping. They are read as one document: whether it is a general
        report, and whether it has one topic, is judged over all of them.
    headings
        Start and end of each heading and run-in title; they resolve ellipses and are not coded themselves.

    Returns
    -------
    list of list of Hit
        One list a span; hits with ``used`` false lost to precedence, and are what a model or a researcher may want to see.

    Examples
    --------
    >>> from policycompare.taxonomy import load_taxonomy
    >>> text = "推动师德师风建设。"
    >>> [(hit.theme, text[hit.start:hit.end]) for hit in find_hits(text, [(0, 9)], taxonomy=load_taxonomy("education"))[0]]
    [('teachers', '师德师风')]
    """
    if not spans:
        return []
    made = matcher(taxonomy)
    parts = sorted([(start, end, False) for start, end in spans] + [(start, end, True) for start, end in headings])
    heads = [heading for _, _, heading in parts]
    plain, position, bounds = _squeeze(text, [(start, end) for start, end, _ in parts])
    slot, start, end, hidden, foreign, statement = _lookup(made, plain, bounds)
    groups = np.searchsorted(statement, np.arange(len(parts) + 1)).tolist()
    words = list(zip(slot.tolist(), start.tolist(), end.tolist(), hidden.tolist(), foreign.tolist(), strict=True))
    clause_ends = _clause_ends(plain)
    readings: list[_Reading | None] = []
    for low, high in pairwise(groups):
        readings.append(_Reading(made, plain, words[low:high], clause_ends) if high > low else None)
    elsewhere = sum(1 for reading in readings if reading is not None and reading.all_bits & made.others_bit)
    general = len(parts) >= GENERAL_FROM and elsewhere >= GENERAL_FROM_SHARE * len(parts)
    found = [[] if reading is None else reading.hits(general) for reading in readings]
    if not general:
        closed = [reading is not None and reading.closed for reading in readings]
        found = _resolve(found, heads, closed)
    if position is not None:
        found = [[hit._replace(start=position[hit.start], end=position[hit.end - 1] + 1) for hit in hits] for hits in found]
    return [hits for hits, heading in zip(found, heads, strict=True) if not heading]


def _resolve(found: list[list[Hit]], heads: list[bool], closed: list[bool]) -> list[list[Hit]]:
    """Statements without a code take the theme of their heading, or of a document that has one topic; ``closed`` ones never."""
    coded = [{hit.theme for hit in hits if hit.used} for hits in found]
    counts = Counter(theme for themes, heading in zip(coded, heads, strict=True) if not heading for theme in themes)
    total = sum(1 for themes, heading in zip(coded, heads, strict=True) if themes and not heading)
    topic = next((theme for theme, n in counts.most_common(1) if total >= GENERAL_FROM and n >= TOPIC_FROM_SHARE * total), "")
    rules = bool(topic) and counts[topic] >= TOPIC_RULES_FROM * total
    under: list[int] = []
    siblings: dict[int, list[set[str]]] = {}
    last = -1
    for at, heading in enumerate(heads):
        last = at if heading else last
        under.append(last)
        if not heading and coded[at]:
            siblings.setdefault(last, []).append(coded[at])
    out, evidence = [], None
    for at, hits in enumerate(found):
        if heads[at] or coded[at]:
            evidence = next((hit for hit in hits if hit.used and hit.theme == topic), evidence)
            out.append(_under_topic(hits, topic, evidence) if rules and not heads[at] else hits)
            continue
        lent = None if closed[at] else _lent(found, coded, under[at], siblings) or (evidence if topic else None)
        out.append([*hits, lent._replace(tier=CONTEXT, used=True)] if lent else hits)
    return out


def _under_topic(hits: list[Hit], topic: str, evidence: Hit | None) -> list[Hit]:
    """A statement of a document that is all about one thing: the topic, and other themes only by their terms."""
    kept = [hit._replace(used=hit.used and (hit.theme == topic or hit.tier == 0)) for hit in hits]
    if evidence is None or any(hit.used and hit.theme == topic for hit in kept):
        return kept
    return [*kept, evidence._replace(tier=CONTEXT, used=True)]


def _lent(found: list[list[Hit]], coded: list[set[str]], heading: int, siblings: dict[int, list[set[str]]]) -> Hit | None:
    """The heading's hit, where it has one theme and half of the coded statements under it bear that theme too."""
    if heading < 0 or len(coded[heading]) != 1:
        return None
    theme = next(iter(coded[heading]))
    others = siblings.get(heading, [])
    if 2 * sum(theme in themes for themes in others) < len(others):
        return None
    return next(hit for hit in found[heading] if hit.used)


def _squeeze(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[int] | None, np.ndarray]:
    """The text without white space, where each character came from (None: nothing was taken out), and the spans in it."""
    bounds = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
    if not any(space in text for space in _SPACES):
        return text, None, bounds
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    keep = ~np.isin(codes, np.array([ord(space) for space in _SPACES], dtype=np.uint32))
    before = np.concatenate([[0], np.cumsum(keep)])
    plain = codes[keep].tobytes().decode("utf-32-le", "surrogatepass")
    return plain, np.flatnonzero(keep).tolist(), before[bounds]


def _clause_ends(plain: str) -> np.ndarray:
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.flatnonzero(np.isin(codes, np.array([ord(sign) for sign in _CLAUSE_ENDS], dtype=np.uint32)))


def _lookup(made: Matcher, plain: str, bounds: np.ndarray) -> tuple[np.ndarray, ...]:
    """All words found inside the spans, by position: slot, start, end, whether a longer word hides it, whether it is part of a word of
    another sector (爱国主义教育 of the public), and the span's number."""
    raw = made.automaton.find_matches_as_indexes(plain, overlapping=True)
    if not raw:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, empty.astype(bool), empty.astype(bool), empty
    slot, start, end = np.array(raw, dtype=np.int64).T
    statement = np.searchsorted(bounds[:, 0], start, side="right") - 1
    inside = (statement >= 0) & (end <= bounds[np.maximum(statement, 0), 1])
    slot, start, end, statement = (slot[inside], start[inside], end[inside], statement[inside])
    order = np.lexsort((-end, start))
    slot, start, end, statement = (slot[order], start[order], end[order], statement[order])
    carried = made.carries[slot]
    reach = np.maximum.accumulate(np.where(carried, end, 0))
    longest_before = np.concatenate([[0], reach[:-1]])
    hidden = end <= longest_before
    guarded = _cover(made.guard[slot] & ~hidden, start, end, len(plain))
    free = guarded[end] - guarded[start] < end - start
    elsewhere = _cover(made.others[slot], start, end, len(plain))
    foreign = elsewhere[end] - elsewhere[start] == end - start
    return slot[free], start[free], end[free], hidden[free], foreign[free], statement[free]


def _cover(chosen: np.ndarray, start: np.ndarray, end: np.ndarray, length: int) -> np.ndarray:
    """How many of the first i characters the chosen words cover, for i in 0 … length."""
    steps = np.zeros(length + 1, dtype=np.int64)
    np.add.at(steps, start[chosen], 1)
    np.add.at(steps, end[chosen], -1)
    return np.concatenate([[0], np.cumsum(np.cumsum(steps) > 0)])


class _Candidate:
    __slots__ = ("check", "clause", "end", "row", "start", "tier")

    def __init__(self, check: _Check, tier: int, start: int, end: int, clause: int, row: int) -> None:
        self.check, self.tier, self.start, self.end, self.clause, self.row = (check, tier, start, end, clause, row)


class _Reading:
    """One statement's words, clause by clause."""

    def __init__(self, made: Matcher, plain: str, rows: list[tuple[int, int, int, bool, bool]], clause_ends: np.ndarray) -> None:
        self.made, self.plain, self.rows = made, plain, rows
        first, last = rows[0][1], rows[-1][2]
        low, high = np.searchsorted(clause_ends, (first, last))
        cuts = clause_ends[low:high].tolist()
        self.clauses = [bisect_right(cuts, row[1]) for row in rows] if cuts else [0] * len(rows)
        self.bits: list[int] = [0] * (len(cuts) + 1)
        for row, clause in zip(rows, self.clauses, strict=True):
            self.bits[clause] |= made.bits[row[0]] & ~made.domain_bit if row[4] else made.bits[row[0]]
        self.all_bits = 0
        for bits in self.bits:
            self.all_bits |= bits
        self.framing = bool(self.all_bits & made.slogan_bit)
        self.elsewhere = bool(self.all_bits & made.others_bit) and not any(made.bits[row[0]] & made.domain_bit for row in rows)

    @property
    def closed(self) -> bool:
        """Nothing is coded here: a frame, or a statement about another sector."""
        return self.framing or self.elsewhere

    def hits(self, general: bool) -> list[Hit]:
        made = self.made
        found = self._candidates()
        if general:
            found = [one for one in found if self._about(one.clause)]
        elif self.elsewhere:
            return []
        if not found:
            return []
        found = self._framed(found) if general else self._objects(self._framed(found))
        dropped = self._modifiers(found)
        used = set() if self.framing else _precedence([one for one in found if id(one) not in dropped])
        return [
            Hit(made.themes[one.check.theme], one.check.subtheme, one.tier, one.start, one.end, id(one) in used, one.check.rule)
            for one in found
        ]

    def _about(self, clause: int) -> bool:
        near = self.bits[clause] | (self.bits[clause - 1] if clause else 0)
        return bool(near & self.made.domain_bit)

    def _candidates(self) -> list[_Candidate]:
        made, out = self.made, []
        for index, (slot, start, end, hidden, _) in enumerate(self.rows):
            if hidden:
                continue
            for check in made.checks[slot]:
                clause = self.clauses[index]
                bits = self.bits[clause]
                if bits & check.need != check.need or bits & check.forbid:
                    continue
                if self.all_bits & check.need_all != check.need_all or self.all_bits & check.forbid_all:
                    continue
                stop = end
                for bit in check.follow:
                    stop = self._follows(index, bit, stop)
                    if stop < 0:
                        break
                if stop >= 0:
                    out.append(_Candidate(check, check.tier, start, stop, clause, index))
        return out

    def _follows(self, index: int, bit: int, after: int) -> int:
        """Where the next word with the bit ends, or -1."""
        bits, clause = self.made.bits, self.clauses[index]
        for other in range(index + 1, len(self.rows)):
            slot, start, end, _, _ = self.rows[other]
            if start - after > REACH or self.clauses[other] != clause:
                return -1
            if start >= after and bits[slot] & bit:
                return end
        return -1

    def _framed(self, found: list[_Candidate]) -> list[_Candidate]:
        spans = [(opened, closed, effect) for opens, closes, effect in self.made.frames for opened, closed in self._spans(opens, closes)]
        spans += [(opened, closed, "means") for opened, closed in _titles(self.plain, found)]
        if not spans:
            return found
        kept = []
        for one in found:
            effects = {effect for opened, closed, effect in spans if opened <= one.start and one.end <= closed}
            if "mask" in effects:
                continue
            if "means" in effects:
                one.tier = 2
            kept.append(one)
        return kept

    def _objects(self, found: list[_Candidate]) -> list[_Candidate]:
        """Demote what stands well before a clause's last term of another theme and is not co-ordinate with it: it serves it."""
        last: dict[int, _Candidate] = {}
        for one in found:
            if one.tier < 2 and (one.clause not in last or one.start >= last[one.clause].start):
                last[one.clause] = one
        themes: dict[tuple[int, int], set[int]] = {}
        for one in found:
            themes.setdefault((one.clause, one.start), set()).add(one.check.theme)
        for one in found:
            final = last.get(one.clause)
            if final is None or one.tier > 1 or final.start - one.end < SERVES_FROM:
                continue
            between = self.plain[one.end : final.start]
            if one.check.theme not in themes[final.clause, final.start] and not any(sign in between for sign in _JOINTS):
                one.tier = 2
        return found

    def _spans(self, opens: int, closes: int) -> list[tuple[int, int]]:
        if not (self.all_bits & opens and self.all_bits & closes):
            return []
        bits, out = self.made.bits, []
        opened = -1
        for slot, start, end, _, _ in self.rows:
            if bits[slot] & closes and opened >= 0 and start >= opened and start - opened <= FRAME_REACH:
                out.append((opened, end))
                opened = -1
            elif bits[slot] & opens and (opened < 0 or start - opened > FRAME_REACH):
                opened = start
        return out

    def _modifiers(self, found: list[_Candidate]) -> set[int]:
        """Candidates that only modify a following head of another theme."""
        if not self.all_bits & self.made.head_bit:
            return set()
        heads = {start for slot, start, _, _, _ in self.rows if self.made.bits[slot] & self.made.head_bit}
        owners: dict[int, set[int]] = {}
        for one in found:
            owners.setdefault(one.start, set()).add(one.check.theme)
        dropped: dict[int, int] = {}
        for one in sorted(found, key=lambda item: -item.start):
            if any(one.start < head < one.end for head in heads):
                continue
            at = self._past_links(one.end)
            if (
                at in heads and owners.get(at, set()) - {one.check.theme} and one.check.theme not in owners.get(at, set())
            ) or at in dropped.values():
                dropped[id(one)] = one.start
            else:
                joint = next((len(sign) for sign in _JOINTS if self.plain.startswith(sign, one.end)), 0)
                if joint and one.end + joint in dropped.values():
                    dropped[id(one)] = one.start
        return set(dropped)

    def _past_links(self, at: int) -> int:
        for link in self.made.links:
            if self.plain.startswith(link, at):
                return at + len(link)
        return at


def _titles(plain: str, found: list[_Candidate]) -> list[tuple[int, int]]:
    """Spans in 《》 around candidates."""
    out = []
    for one in found:
        opened = plain.rfind("《", max(0, one.start - FRAME_REACH), one.start + 1)
        if opened >= 0 and plain.find("》", opened, one.start) < 0:
            closed = plain.find("》", one.end, one.end + FRAME_REACH)
            if closed >= 0:
                out.append((opened, closed))
    return out


def _precedence(found: list[_Candidate]) -> set[int]:
    """Which candidates code: terms; weak ones in a clause without another theme's term; faint ones where nothing else is."""
    used = {id(one) for one in found if one.tier == 0}
    claimed: dict[int, set[int]] = {}
    for one in found:
        if one.tier == 0:
            claimed.setdefault(one.clause, set()).add(one.check.theme)
    used |= {id(one) for one in found if one.tier == 1 and not claimed.get(one.clause, set()) - {one.check.theme}}
    if not used:
        used = {id(one) for one in found}
    return used
