"""Pieces: the statements to be, each a run of text up to a sentence's end or the line's end.

Caveat: they are held in columns, because a text has hundreds of them: a piece is a row in four lists.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from policycompare.outline.junk import COVER, JUNK_FIRST, URGE, is_junk_sentence
from policycompare.outline.lines import AROUND, FILLER, Breaks, Line, Repair, hold
from policycompare.schema import Array

_FEW_WORDS = re.compile(r"[^,。!?;:]{2,11}。")
_CONTENT = ("", "join")  # kinds of lines that are divided into sentences


@dataclass(slots=True)
class Pieces:
    """The pieces of a text in order: offsets and kinds; and the starts of those before which a line ends."""

    starts: list[int]
    ends: list[int]
    kinds: list[str]
    fresh: set[int]


def cut(matching: str, signs: Array, lines: list[Line], breaks: Breaks, *, first_mark: int) -> tuple[Pieces, list[Repair]]:
    """The text in pieces, in order; a sentence that a hard line break divides is one piece, and a repair.

    Covering notes are looked for in the lines before ``first_mark``.
    """
    if not lines:
        return Pieces([], [], [], set()), []
    pieces = _sentences(matching, signs, lines, breaks)
    starts, ends, kinds = pieces.starts, pieces.ends, pieces.kinds
    _covering_notes(matching, pieces, lines[:first_mark])
    if FILLER in matching:  # what cannot be seen around a line goes with its first and last piece
        for line in lines:
            first, after = bisect_left(starts, line.start), bisect_left(starts, line.end)
            starts[first], ends[after - 1] = line.outer
    joined, repairs = _joined(matching, pieces, [line for line in lines if line.kind == "join"])
    _titles(pieces, lines, joined)
    if joined:
        kept = [at for at in range(len(starts)) if at not in joined]
        starts, ends, kinds = [starts[at] for at in kept], [ends[at] for at in kept], [kinds[at] for at in kept]
        pieces = Pieces(starts, ends, kinds, pieces.fresh)
    return pieces, repairs


def _sentences(matching: str, signs: Array, lines: list[Line], breaks: Breaks) -> Pieces:
    """A piece for each sentence of the lines of content, and for each other line."""
    own = np.array([[line.start for line in lines], [line.end for line in lines]])
    bounds = np.array([line.end if line.kind in _CONTENT else line.start for line in lines])  # what ends behind them ends no sentence
    inside = breaks.ends < bounds[own[0].searchsorted(breaks.ends) - 1]
    edges = np.concatenate([own, [breaks.starts[inside], breaks.ends[inside]]], axis=1)
    edges.sort()
    starts, ends = edges.tolist()
    kinds = ["body"] * len(starts)
    for line in lines:
        if line.kind not in _CONTENT:
            kinds[bisect_left(starts, line.start)] = "junk" if line.kind == "junk" else "heading"
    for at in np.flatnonzero(hold(signs, edges[0], JUNK_FIRST)).tolist():
        if kinds[at] == "body" and is_junk_sentence(matching[starts[at] : ends[at]]):
            kinds[at] = "junk"
    return Pieces(starts, ends, kinds, {line.outer[0] for line in lines})


def _covering_notes(matching: str, pieces: Pieces, lines: list[Line]) -> None:
    starts, kinds = pieces.starts, pieces.kinds
    covering = False  # whether the sentence before was a covering note
    for line in lines:
        for at in range(bisect_left(starts, line.start), bisect_left(starts, line.end)):
            sentence = matching[starts[at] : pieces.ends[at]]
            if line.kind not in _CONTENT:
                covering = kinds[at] == "junk" and bool(COVER.match(sentence))
            else:
                covering = len(sentence) < 160 and bool(COVER.match(sentence) or (covering and URGE.match(sentence)))
                kinds[at] = "junk" if covering else kinds[at]


def _joined(matching: str, pieces: Pieces, lines: list[Line]) -> tuple[set[int], list[Repair]]:
    """Let a sentence go on in the next line: the pieces that thereby are none of their own, and the repairs."""
    starts, ends, kinds = pieces.starts, pieces.ends, pieces.kinds
    joined: set[int] = set()
    repairs: list[Repair] = []
    broken, into = "", -1  # what stands so far of such a sentence, and its piece
    for own in [bisect_left(starts, line.outer[0]) for line in lines]:
        if own and own - 1 not in joined:
            into, broken = own - 1, matching[starts[own - 1] : ends[own - 1]].strip(AROUND)
        if own and kinds[into] == kinds[own] == "body":
            joined.add(own)
            pieces.fresh.update(starts[own + 1 : own + 2])
            repairs.append((ends[into], starts[own], "sentence broken by a line end"))
            broken += matching[starts[own] : ends[own]].strip(AROUND)
            ends[into], kinds[into] = ends[own], "junk" if is_junk_sentence(broken) else "body"
    return joined, repairs


def _titles(pieces: Pieces, lines: list[Line], joined: set[int]) -> None:
    """Three or more paragraphs in a row that each open with a few words and a full stop: those words are titles."""
    starts, kinds = pieces.starts, pieces.kinds
    rows: list[list[int]] = [[]]
    for line in lines:
        if line.kind in _CONTENT:
            own = after = 0
            if not line.mark and _FEW_WORDS.match(line.text):
                own, after = bisect_left(starts, line.outer[0]), bisect_left(starts, line.end)
                own += own in joined
            if own + 1 < after and kinds[own] == "body":
                rows[-1].append(own)
            elif rows[-1]:
                rows.append([])
    for row in rows:
        for piece in row if len(row) > 2 else ():
            kinds[piece] = "title"
