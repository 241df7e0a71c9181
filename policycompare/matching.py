"""A document's text → hits of a taxonomy's rules in its statements: one pass over the text, then clause logic around the hits.

Caveat: words are matched in *simplified* text with white space taken out, and offsets are given back in the text as it was passed. The
text must therefore be one-to-one in length with the source (as :mod:`policycompare.script` makes it).

How a statement is read:

1. Every word of every rule is looked up at once (Aho–Corasick, overlapping). A word inside a longer one that carries a rule or is a
   guard is hidden; what stands inside a guard is dropped.
2. Rules are decided clause by clause.
3. A frame (以……为指导) masks what stands in it, or demotes it to means; a title in 《》 is demoted too.
4. A term well before the last term of its clause, of another theme and not co-ordinate, serves that one and is demoted (unless the
   taxonomy says that it may stand ``beside`` it).
5. A term directly before a head of another theme (美育|教师) only modifies it and is dropped; so are its co-ordinates (体育、美育|教师).
6. ``terms`` code; ``weak`` only where no other theme has a term in the clause; ``faint`` only where nothing else was coded.
7. A statement that is framing (总体要求是……), or about another sector alone, carries nothing.
8. A statement without a code takes its heading's theme, if that has one and its other statements bear it.

How a document is read: where many statements have words of other sectors it is a general report, and only clauses about education
count, and of some themes only the ``terms`` (4 and 8 do not apply). Where most coded statements bear one theme it has a topic: statements without a code take it, and in a
document that is all about one thing every coded statement bears it, and other themes need a term.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import chain, pairwise

import numpy as np

from policycompare.clauses import CONTEXT, Hit, Reading, Word
from policycompare.lexicon import Matcher, matcher
from policycompare.taxonomy import Taxonomy

__all__ = ["CONTEXT", "WEIGHTS", "Hit", "find_hits"]

#: Chance that a hit of the tier alone is right, before anything is calibrated.
WEIGHTS = (0.85, 0.7, 0.55, 0.5)
#: A document is general where at least this share of its statements has a word of another sector.
GENERAL_FROM_SHARE = 0.25
#: A document has one topic where at least this share of its coded statements has the same theme.
TOPIC_FROM_SHARE = 0.55
#: From this share on every coded statement bears the topic, and other themes need a term.
TOPIC_RULES_FROM = 0.7
#: Below so many statements a share says nothing.
GENERAL_FROM = 8

_CLAUSE_ENDS = "，,；;。：:！!？?\n\r"
_SPACES = " \t\n\r\f\v\u3000\u00a0\u200b\ufeff"


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
    words, groups = _words(made, plain, bounds)
    readings = [Reading(made, plain, words[low:high]) if high > low else None for low, high in pairwise(groups)]
    elsewhere = sum(1 for reading in readings if reading is not None and reading.others)
    general = len(parts) >= GENERAL_FROM and elsewhere >= GENERAL_FROM_SHARE * len(parts)
    found = [[] if reading is None else reading.hits(general=general, position=position) for reading in readings]
    if not general:
        closed = [reading is not None and reading.closed for reading in readings]
        found = _resolve(found, heads, closed, made.lenders)
    return [hits for hits, heading in zip(found, heads, strict=True) if not heading]


def _resolve(found: list[list[Hit]], heads: list[bool], closed: list[bool], lenders: frozenset[str]) -> list[list[Hit]]:
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
    out: list[list[Hit]] = []
    evidence: Hit | None = None
    for at, hits in enumerate(found):
        if heads[at] or coded[at]:
            if topic in lenders:
                evidence = next((hit for hit in hits if hit.used and hit.theme == topic), evidence)
            out.append(_under_topic(hits, topic, evidence) if rules and not heads[at] else hits)
            continue
        lent = None if closed[at] else _lent(found, coded, under[at], siblings, lenders) or evidence
        out.append([*hits, lent._replace(tier=CONTEXT, used=True)] if lent else hits)
    return out


def _under_topic(hits: list[Hit], topic: str, evidence: Hit | None) -> list[Hit]:
    """A statement of a document that is all about one thing: the topic, and other themes only by their terms."""
    kept = [hit._replace(used=hit.used and (hit.theme == topic or hit.tier == 0)) for hit in hits]
    if any(hit.used and hit.theme == topic for hit in kept):
        return kept
    if evidence is None:
        return hits
    return [*kept, evidence._replace(tier=CONTEXT, used=True)]


def _lent(
    found: list[list[Hit]], coded: list[set[str]], heading: int, siblings: dict[int, list[set[str]]], lenders: frozenset[str]
) -> Hit | None:
    """The heading's hit, where it has one theme and half of the coded statements under it bear that theme too."""
    if heading < 0 or len(coded[heading]) != 1 or not coded[heading] <= lenders:
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
    points = _points(text)
    keep = ~_table(_SPACES)[np.minimum(points, 0x10000)]
    before = np.concatenate([[0], np.cumsum(keep)])
    plain = points[keep].tobytes().decode("utf-32-le", "surrogatepass")
    return plain, np.flatnonzero(keep).tolist(), before[bounds]


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _table(signs: str) -> np.ndarray:
    """Code point → whether it is one of the signs; the last place is for all beyond."""
    table = np.zeros(0x10001, dtype=bool)
    table[[ord(sign) for sign in signs]] = True
    return table


def _words(made: Matcher, plain: str, bounds: np.ndarray) -> tuple[list[Word], list[int]]:
    """All words found inside the spans, by position, and where each span's words begin among them."""
    raw = made.automaton.find_matches_as_indexes(plain, overlapping=True)
    flat = np.fromiter(chain.from_iterable(raw), dtype=np.int64, count=3 * len(raw))  # half the time of np.array(raw)
    slot, start, end = flat.reshape(-1, 3).T
    statement = np.searchsorted(bounds[:, 0], start, side="right") - 1
    inside = np.flatnonzero((statement >= 0) & (end <= bounds[np.maximum(statement, 0), 1]))
    order = inside[np.argsort(start[inside] * (len(plain) + 1) - end[inside])]  # by start, the longest first
    slot, start, end, statement = slot[order], start[order], end[order], statement[order]
    reach = np.maximum.accumulate(np.where(made.carries[slot], end, 0))
    hidden = end <= np.concatenate([[0], reach])[:-1]
    guard = made.guard[slot] & ~hidden
    guarded = _cover(guard, start, end, len(plain))
    free = (guarded[end] - guarded[start] < end - start) | guard
    elsewhere = _cover(made.others[slot], start, end, len(plain))
    foreign = elsewhere[end] - elsewhere[start] == end - start
    carries = made.codes[slot] & ~hidden
    slot, start, end, statement, foreign, carries = (column[free] for column in (slot, start, end, statement, foreign, carries))
    clause = np.cumsum(_table(_CLAUSE_ENDS)[np.minimum(_points(plain), 0x10000)])[start]
    groups = np.searchsorted(statement, np.arange(len(bounds) + 1))
    first = clause[groups[statement]]
    columns = (slot, start, end, carries, foreign, clause - first)
    return list(zip(*(column.tolist() for column in columns), strict=True)), groups.tolist()


def _cover(chosen: np.ndarray, start: np.ndarray, end: np.ndarray, length: int) -> np.ndarray:
    """How many of the first i characters the chosen words cover, for i in 0 … length."""
    steps = np.bincount(start[chosen], minlength=length + 1) - np.bincount(end[chosen], minlength=length + 1)
    return np.concatenate([[0], np.cumsum(np.cumsum(steps) > 0)])
