"""How binding each statement is, from its wording: mandatory, commitment, encouragement, or nothing that binds.

Caveat: this is the force of the words, not of the authority behind them: a vague demand in the form of a commitment counts as one, and whether
anybody is held to it is not in the text. The scale and its rules are ``data/gold/strength.md``, the words ``data/lexicon/strength.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from policycompare.schema import Array, frame
from policycompare.script import simplify
from policycompare.targets.commitments import tells_of_the_past
from policycompare.targets.numerals import fold
from policycompare.targets.passages import without_names
from policycompare.taxonomy.scheme import Taxonomy, Theme
from policycompare.wordlists import word_lists

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

    from policycompare.corpus.corpus import Corpus

KINDS = (
    *("mandatory", "bounds", "permission", "encouragement", "commitment", "manner"),
    *("asides", "conclusions", "aims", "facts", "told", "frames", "nothing"),
)
_CLAUSE = re.compile(r"[^，。；：！？\n\r]+")
_DEMANDS = re.compile(r"(?<![重主需首必纲摘概只])要(?![求点闻素务件义])")
_STOPS = set("；。！？\n\r") | {""}
_NUMBER = re.compile(r"\d|百分之")


class Mark(NamedTuple):
    """A word of the lexicon in a statement: its kind, its place, and whether it may only name a purpose."""

    kind: str
    start: int
    end: int
    purpose: bool


class Strength(NamedTuple):
    """A statement's level (3 mandatory, 2 commitment, 1 encouragement, 0 none) and the marks that decided it."""

    value: int
    marks: tuple[Mark, ...]


def code_strength(corpus: Corpus) -> pd.DataFrame:
    """Code how binding every body statement of a corpus is.

    Parameters
    ----------
    corpus
        As :func:`policycompare.load_corpus` returns it.

    Returns
    -------
    pandas.DataFrame
        A table of codings (:data:`policycompare.schema.TABLES`), one row a body statement: ``theme`` is the level's id (``mandatory``,
        ``commitment``, ``encouragement``, ``unbinding``), ``score`` its value on the ordinal scale divided by its highest (1, 2/3, 1/3, 0), ``terms`` the
        words that decided, ``start`` and ``end`` their span in the plan's source text (empty where no word did). As it is a table of codings, :func:`policycompare.coverage` (with
        ``taxonomy=strength_levels()``), :func:`policycompare.crosstab` and :func:`policycompare.explain` take it.

    Notes
    -----
    A word of duty, ban or limit makes a statement mandatory wherever it stands. Otherwise the first mark of every clause decides the clause, and the
    strongest clause the statement; what an encouragement is meant to bring about does not count. Against two readings of 150 statements by written rules
    see ``data/gold/strength.md``.

    Examples
    --------
    >>> import policycompare as pc
    >>> strengths = code_strength(pc.load_corpus())
    >>> strengths["theme"].value_counts().index[0]
    'commitment'
    """
    ids = {level["value"]: level["id"] for level in word_lists("strength")["levels"]}
    top = max(ids)
    body = corpus.statements[corpus.statements["kind"] == "body"]
    rows = []
    for name, text, opens in zip(body["statement"], body["text"], body["start"], strict=True):
        value, marks = read_strength(text)
        words = ";".join(dict.fromkeys(text[mark.start : mark.end] for mark in marks))
        start, end = (opens + marks[0].start, opens + marks[-1].end) if marks else (opens, opens)
        rows.append({"statement": name, "theme": ids[value], "score": value / top, "terms": words, "start": start, "end": end})
    return frame("codings", rows)


def strength_values(texts: Iterable[str]) -> Array:
    """The value (0–3) of each statement, as numbers to weigh by.

    Examples
    --------
    >>> strength_values(["严禁体罚。", "教育是民生之基。"])
    array([3., 0.])
    """
    return np.array([read_strength(text).value for text in texts], dtype=float)


@cache
def strength_levels() -> Taxonomy:
    """The levels of strength as a taxonomy without rules, strongest first: names, colours and definitions for tables and charts.

    Examples
    --------
    >>> [level.id for level in strength_levels().reported]
    ['mandatory', 'commitment', 'encouragement', 'unbinding']
    """
    levels = word_lists("strength")["levels"]
    themes = tuple(Theme(level["id"], level["en"], level["zh"], level["colour"], level["definition"]) for level in levels)
    nothing: frozenset[str] = frozenset()
    return Taxonomy("strength", themes, (), {}, nothing, (), nothing, (), (), nothing, nothing, nothing)


def read_strength(text: str) -> Strength:
    """How binding one statement is, by its own words.

    Parameters
    ----------
    text
        The statement, in either script.

    Examples
    --------
    >>> [read_strength(text).value for text in ("學校不得公佈成績。", "加強師德建設。", "鼓勵學校開展試驗,增強活力。", "教育是民生之基。")]
    [3, 2, 1, 0]
    """
    plain = without_names(fold(simplify(text)))
    found = list(_marks(plain))
    binding = [mark for mark in found if mark.kind == "mandatory"]
    if binding:
        return Strength(3, tuple(binding))
    decided = _decided(plain, found)
    if not decided[3] and _only_tells(plain, found):
        return Strength(0, ())
    for value, marks in decided.items():
        if marks:
            return Strength(value, tuple(marks))
    frames = tuple(mark for mark in found if mark.kind == "frames")
    return Strength(2 if frames and _NUMBER.search(plain) else 0, frames)


def _decided(plain: str, found: Sequence[Mark]) -> dict[int, list[Mark]]:
    """The marks that decide the clauses of a statement without a duty or ban, by the level that they give."""
    decided: dict[int, list[Mark]] = {3: [], 2: [], 1: []}
    within = ""  # a permission or an aim, up to the next ；
    for span in _CLAUSE.finditer(plain):
        within = "" if plain[span.start() - 1 : span.start()] in _STOPS else within
        marks = [mark for mark in found if span.start() <= mark.start < span.end()]
        ends = {mark.kind for mark in marks if mark.end == span.end()}
        fact = next((mark for mark in marks if mark.kind == "facts"), None)
        opens = fact is not None and not plain[span.start() : fact.start].strip("也更就都正既又、 ")
        if "conclusions" in ends or opens:
            decided = {3: [], 2: [], 1: []}  # 办好…的教育，是期盼: what stands before is the subject
        if any(mark.kind == "aims" for mark in marks):
            within = "aims"
        if "asides" in ends and marks[0].kind == "encouragement":
            decided[1].append(marks[0])
            within = "permission"  # 鼓励学校以班级为基础，开展……: what follows is still its object
        if ends & {"conclusions", "asides"} or fact is not None or within == "aims":
            continue
        permission = next((mark for mark in marks if mark.kind == "permission"), None)
        if permission is not None:
            decided[1].append(permission)
            within = "permission"
            continue
        value, mark = _clause_level(plain[span.start() : span.end()], marks)
        if mark is None or (within and not _DEMANDS.search(plain, span.start(), span.end())):
            continue
        if value == 2 and mark.purpose and decided[1] and not decided[2]:
            continue
        decided[value].append(mark)
    return decided


def _clause_level(clause: str, marks: Sequence[Mark]) -> tuple[int, Mark | None]:
    """The level that a clause's first mark gives; how something is done decides only where nothing else does."""
    deciding = [mark for mark in marks if mark.kind in ("bounds", "encouragement", "commitment")]
    deciding = deciding or [mark for mark in marks if mark.kind == "manner"]
    if not deciding:
        return 0, None
    first = deciding[0]
    if first.kind == "bounds" and len(deciding) == 1 and _NUMBER.search(clause):
        return 3, first
    return (1 if first.kind == "encouragement" else 2), first


def _only_tells(plain: str, found: Sequence[Mark]) -> bool:
    """Whether a statement reports what was done or said, and demands nothing."""
    if any(mark.kind == "told" for mark in found) and not _DEMANDS.search(plain):
        return True
    if tells_of_the_past(plain, surely=True):
        return True
    if not tells_of_the_past(plain):
        return False
    # 得到 and 惠及 stand in plans too, behind a verb: only a clause that opens with its subject reports by them.
    opens = {mark.start for mark in found if mark.kind in ("commitment", "manner", "encouragement")}
    return any(tells_of_the_past(span[0]) and span.start() not in opens for span in _CLAUSE.finditer(plain))


def _marks(plain: str) -> Iterator[Mark]:
    """The lexicon's words in a statement, the longest where several stand on the same characters."""
    automaton, words, purposes = _automaton()
    for slot, start, end in automaton.find_matches_as_indexes(plain):
        kind, word = words[slot]
        if kind != "nothing":
            yield Mark(kind, start, end, word in purposes)


@cache
def _automaton() -> tuple[AhoCorasick, list[tuple[str, str]], frozenset[str]]:
    from ahocorasick_rs import AhoCorasick, MatchKind

    kinds: dict[str, str] = {}
    for kind in KINDS:
        for item in word_lists("strength")[kind]:
            for word in [item] if isinstance(item, str) else item:
                kinds.setdefault(word, kind)
    words = [(kind, word) for word, kind in kinds.items()]
    return (
        AhoCorasick([word for _, word in words], matchkind=MatchKind.LeftmostLongest),
        words,
        frozenset(word_lists("strength")["purposes"]),
    )
