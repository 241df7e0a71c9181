"""Pieces: the statements to be, each a run of text up to a sentence's end or the line's end.

Caveat: they are held in columns, because a text has hundreds of them: a piece is a row in four lists.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from policycompare.outline.junk import COVER, JUNK_FIRST, URGE, is_junk_sentence
from policycompare.outline.lines import AROUND, Breaks, Line, Repair

_FEW_WORDS = re.compile(r"[^,。!?;:]{2,11}。")
_KINDS = {"": "body", "join": "body", "doctitle": "heading"}  # of a line's pieces, where it is not the line's own


@dataclass(slots=True)
class Pieces:
    """The pieces of a text in order: offsets, the index of the line, and the kind."""

    starts: list[int]
    ends: list[int]
    lines: list[int]
    kinds: list[str]


def cut(matching: str, lines: list[Line], breaks: Breaks, *, first_mark: int) -> tuple[Pieces, list[Repair]]:
    """The text in pieces, in order; a sentence that a hard line break divides is one piece, and a repair.

    Covering notes are looked for in the lines before ``first_mark``.
    """
    if not lines:
        return Pieces([], [], [], []), []
    pieces, firsts = _sentences(lines, breaks)
    for at, start in enumerate(pieces.starts):
        if matching[start] in JUNK_FIRST and pieces.kinds[at] == "body" and is_junk_sentence(matching[start : pieces.ends[at]]):
            pieces.kinds[at] = "junk"
    _covering_notes(matching, pieces, lines[:first_mark])
    for line, (first, after) in zip(lines, pairwise(firsts), strict=True):
        pieces.starts[first], pieces.ends[after - 1] = line.outer
    joined, repairs = _joined(matching, pieces, lines, firsts)
    _titles(pieces, lines, firsts, joined)
    if joined:
        kept = [at for at in range(len(pieces.starts)) if at not in joined]
        starts, ends, of_line = ([column[at] for at in kept] for column in (pieces.starts, pieces.ends, pieces.lines))
        pieces = Pieces(starts, ends, of_line, [pieces.kinds[at] for at in kept])
    return pieces, repairs


def _sentences(lines: list[Line], breaks: Breaks) -> tuple[Pieces, list[int]]:
    """A piece for each sentence of the lines of content, and for each other line; and each line's first piece, with the number of all behind."""
    starts: list[int] = []
    ends: list[int] = []
    of_line: list[int] = []
    kinds: list[str] = []
    firsts = [0]
    for index, line in enumerate(lines):
        kind = _KINDS.get(line.kind, line.kind)
        starts.append(line.start)
        if kind == "body":
            inside = slice(bisect_right(breaks.ends, line.start), bisect_left(breaks.ends, line.end))  # the line's own end is no break
            starts += breaks.starts[inside]
            ends += breaks.ends[inside]
        ends.append(line.end)
        own = len(starts) - firsts[-1]
        of_line += [index] * own
        kinds += [kind] * own
        firsts.append(len(starts))
    return Pieces(starts, ends, of_line, kinds), firsts


def _covering_notes(matching: str, pieces: Pieces, lines: list[Line]) -> None:
    covering = False  # whether the sentence before was a covering note
    for at, (start, end, index) in enumerate(zip(pieces.starts, pieces.ends, pieces.lines, strict=True)):
        if index >= len(lines):
            break
        sentence, whole = matching[start:end], lines[index].kind not in ("", "join")
        if whole:
            covering = pieces.kinds[at] == "junk" and bool(COVER.match(sentence))
        else:
            covering = len(sentence) < 160 and bool(COVER.match(sentence) or (covering and URGE.match(sentence)))
            pieces.kinds[at] = "junk" if covering else pieces.kinds[at]


def _joined(matching: str, pieces: Pieces, lines: list[Line], firsts: list[int]) -> tuple[set[int], list[Repair]]:
    """Let a sentence go on in the next line: the pieces that thereby are none of their own, and the repairs."""
    starts, ends, kinds = pieces.starts, pieces.ends, pieces.kinds
    joined: set[int] = set()
    repairs: list[Repair] = []
    broken, into = "", -1  # what stands so far of such a sentence, and its piece
    for line, own in zip(lines, firsts, strict=False):
        if line.kind == "join" and own:
            if own - 1 not in joined:
                into, broken = own - 1, matching[starts[own - 1] : ends[own - 1]].strip(AROUND)
            if kinds[into] == kinds[own] == "body":
                joined.add(own)
                repairs.append((ends[into], starts[own], "sentence broken by a line end"))
                broken += matching[starts[own] : ends[own]].strip(AROUND)
                ends[into], kinds[into] = ends[own], "junk" if is_junk_sentence(broken) else "body"
    return joined, repairs


def _titles(pieces: Pieces, lines: list[Line], firsts: list[int], joined: set[int]) -> None:
    """Three or more paragraphs in a row that each open with a few words and a full stop: those words are titles."""
    rows: list[list[int]] = [[]]
    for line, (first, after) in zip(lines, pairwise(firsts), strict=True):
        if line.kind in ("", "join"):
            own = first + (first in joined)
            if not line.mark and own + 1 < after and pieces.kinds[own] == "body" and _FEW_WORDS.match(line.text):
                rows[-1].append(own)
            elif rows[-1]:
                rows.append([])
    for row in rows:
        for piece in row if len(row) > 2 else ():
            pieces.kinds[piece] = "title"
