"""One statement read clause by clause: which rules hold, and which of them code.

Caveat: a clause ends at ，；：。 and not at 、, so that a list with one verb stays together.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from policycompare.lexicon import Check, Matcher
from policycompare.rules import LONGEST_WORD, REACH

#: Longest span of a frame, in characters.
FRAME_REACH = 60
#: How far before its clause's last term a term must stand to serve it only, in characters.
SERVES_FROM = 3
#: Tier of a hit that a statement was lent by its heading or its document's topic; the offsets are those of the lending words.
CONTEXT = 3

_JOINTS = ("、", "和", "与", "及", "以及", "·", "/")
_JOINT = re.compile("[、和与及·/]")

#: A word found: slot, start, end, whether rules begin here (no longer word hides it), part of a word of another sector, and its clause,
#: counted from the statement's first word.
Word = tuple[int, int, int, bool, bool, int]


class Hit(NamedTuple):
    """One rule that held in one statement.

    ``theme`` and ``subtheme`` are ids; ``tier`` is 0 (term), 1 (weak), 2 (faint) or :data:`CONTEXT`; ``start`` and ``end`` are offsets of the evidence in
    the text as passed; ``used`` says whether the hit coded the theme by the rules of precedence; ``rule`` is the rule as it is written.
    """

    theme: str
    subtheme: str
    tier: int
    start: int
    end: int
    used: bool
    rule: str


class _Candidate:
    __slots__ = ("check", "clause", "dropped", "end", "start", "theme", "tier", "used")

    def __init__(self, check: Check, start: int, end: int, clause: int) -> None:
        self.check, self.start, self.end, self.clause = check, start, end, clause
        self.theme, self.tier = check.theme, check.tier
        self.dropped = self.used = False


class Reading:
    """One statement's words, clause by clause.

    Parameters
    ----------
    made
        The taxonomy's matcher.
    plain
        The document's simplified text without white space.
    words
        The words found in the statement, by position.
    """

    __slots__ = ("bits", "elsewhere", "framing", "made", "others", "plain", "seen", "words")

    def __init__(self, made: Matcher, plain: str, words: Sequence[Word]) -> None:
        self.made, self.plain, self.words = made, plain, words
        known, all_bits = made.bits, [0] * (words[-1][5] + 1)
        for slot, _, _, _, foreign, clause in words:
            if bits := known[slot]:  # most words carry a rule and stand in no condition
                all_bits[clause] |= bits & ~made.domain_bit if foreign else bits
        seen = 0
        for bits in all_bits:
            seen |= bits
        self.bits, self.seen = all_bits, seen
        self.framing = bool(seen & made.slogan_bit)
        self.others = bool(seen & made.others_bit)
        self.elsewhere = self.others and not any(known[word[0]] & made.domain_bit for word in words)

    @property
    def closed(self) -> bool:
        """Nothing is coded here: a frame, or a statement about another sector."""
        return self.framing or self.elsewhere

    def hits(self, *, general: bool, position: Sequence[int] | None = None) -> list[Hit]:
        """Every rule that holds, and whether it codes; in a general report only clauses about education count.

        ``position`` leads from places in the plain text to places in the text that it was taken from.
        """
        found = [] if self.elsewhere and not general else self._candidates()
        if general:
            strict = self.made.terms_only
            found = [one for one in found if self._about(one.clause) and not (one.tier and one.theme in strict)]
        if not found:
            return []
        found = self._framed(found)
        if len(found) > 1 and len({one.theme for one in found}) > 1:
            if not general:
                self._serve(found)
            self._drop_modifiers(found)
        if not self.framing:
            _precedence(found)
        names = self.made.themes
        if position is None:
            return [Hit(names[one.theme], one.check.subtheme, one.tier, one.start, one.end, one.used, one.check.rule) for one in found]
        return [
            Hit(names[one.theme], one.check.subtheme, one.tier, position[one.start], position[one.end - 1] + 1, one.used, one.check.rule)
            for one in found
        ]

    def _about(self, clause: int) -> bool:
        near = self.bits[clause] | (self.bits[clause - 1] if clause else 0)
        return bool(near & self.made.domain_bit)

    def _candidates(self) -> list[_Candidate]:
        checks, out, seen = self.made.checks, [], self.seen
        for index, (slot, start, end, carries, _, clause) in enumerate(self.words):
            if not carries:
                continue
            bits = self.bits[clause]
            for check in checks[slot]:
                if check.bare:
                    out.append(_Candidate(check, start, end, clause))
                    continue
                if bits & check.need != check.need or bits & check.forbid:
                    continue
                if seen & check.need_all != check.need_all or seen & check.forbid_all:
                    continue
                stop = end
                for bit in check.follow:
                    stop = self._follows(index, bit, stop)
                    if stop < 0:
                        break
                if stop >= 0:
                    out.append(_Candidate(check, start, stop, clause))
        return out

    def _follows(self, index: int, bit: int, after: int) -> int:
        """Where the next word with the bit ends, or -1."""
        bits, clause = self.made.bits, self.words[index][5]
        for slot, start, end, _, _, other in self.words[index + 1 :]:
            if start - after > REACH or other != clause:
                return -1
            if start >= after and bits[slot] & bit:
                return end
        return -1

    def _framed(self, found: list[_Candidate]) -> list[_Candidate]:
        """Without what a frame masks; what it makes a means, and what stands in 《》, demoted."""
        spans: list[tuple[int, int, str]] = []
        if self.seen & self.made.closes_bits:
            for opens, closes, effect in self.made.frames:
                if self.seen & opens and self.seen & closes:
                    spans += [(opened, closed, effect) for opened, closed in self._spans(opens, closes)]
        if "《" in self.plain[found[0].start - FRAME_REACH if found[0].start > FRAME_REACH else 0 : found[-1].start]:
            spans += [(opened, closed, "means") for opened, closed in _titles(self.plain, found)]
        if not spans:
            return found
        kept, spans = [], sorted(set(spans))
        starts = [opened for opened, _, _ in spans]
        for one in found:
            near = spans[bisect_left(starts, one.start - FRAME_REACH - LONGEST_WORD) : bisect_right(starts, one.start)]
            effects = {effect for _, closed, effect in near if one.end <= closed}
            if "means" in effects:
                one.tier = 2
            if "mask" not in effects:
                kept.append(one)
        return kept

    def _spans(self, opens: int, closes: int) -> list[tuple[int, int]]:
        bits, out = self.made.bits, []
        opened = -1
        for slot, start, end, _, _, _ in self.words:
            if bits[slot] & closes and opened >= 0 and start >= opened and start - opened <= FRAME_REACH:
                out.append((opened, end))
                opened = -1
            elif bits[slot] & opens and (opened < 0 or start - opened > FRAME_REACH):
                opened = start
        return out

    def _serve(self, found: list[_Candidate]) -> None:
        """Demote what stands well before a clause's last term of another theme and is not co-ordinate with it: it serves it."""
        last: dict[int, _Candidate] = {}
        at: dict[int, set[int]] = {}
        for one in found:
            if one.tier < 2 and (one.clause not in last or one.start >= last[one.clause].start):
                last[one.clause] = one
            at.setdefault(one.start, set()).add(one.theme)
        for one in found:
            final = last.get(one.clause)
            if final is None or one.tier > 1 or final.start - one.end < SERVES_FROM or one.theme in at[final.start]:
                continue
            if one.theme in self.made.beside[final.theme]:
                continue
            if not _JOINT.search(self.plain, one.end, min(final.start, one.end + FRAME_REACH)):
                one.tier = 2

    def _drop_modifiers(self, found: list[_Candidate]) -> None:
        """Drop what only modifies a following head of another theme, and its co-ordinates."""
        if not self.seen & self.made.head_bit:
            return
        known, head, links = self.made.bits, self.made.head_bit, self.made.links
        heads = [start for slot, start, _, _, _, _ in self.words if known[slot] & head]
        places = set(heads)
        owners: dict[int, set[int]] = {}
        for one in found:
            owners.setdefault(one.start, set()).add(one.theme)
        starts: set[int] = set()
        for one in sorted(found, key=lambda item: -item.start):
            inner = bisect_right(heads, one.start)
            if inner < len(heads) and heads[inner] < one.end:
                continue
            after = one.end
            if self.plain.startswith(links, after):
                after += next(len(link) for link in links if self.plain.startswith(link, after))
            own = owners.get(after)
            if not (after in starts or (own and one.theme not in own and after in places)):
                if not self.plain.startswith(_JOINTS, one.end):
                    continue
                joint = max(len(sign) for sign in _JOINTS if self.plain.startswith(sign, one.end))
                if one.end + joint not in starts:
                    continue
            one.dropped = True
            starts.add(one.start)


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


def _precedence(found: list[_Candidate]) -> None:
    """Mark the candidates that code: terms; weak ones in a clause without another theme's term; faint ones where nothing else is."""
    found = [one for one in found if not one.dropped]
    claimed: dict[int, set[int]] = {}
    faint_too = True
    for one in found:
        if one.tier == 0:
            one.used, faint_too = True, False
            claimed.setdefault(one.clause, set()).add(one.theme)
    for one in found:
        if one.tier == 1 and not (one.clause in claimed and claimed[one.clause] - {one.theme}):
            one.used, faint_too = True, False
    if faint_too:
        for one in found:
            one.used = True
