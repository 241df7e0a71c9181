"""Pieces and nodes: the statements to be, and the tree that the marks and headings among them make.

Caveat: depth comes from the usual order of styles (章, 一、, （一）, 1., （1）, 一是) unless the text itself numbers another way
round; dashes, 首先 and bracketed tasks stand one level below what is above them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from policycompare.outline.frame import PART
from policycompare.outline.junk import COVER, URGE, is_junk_sentence
from policycompare.outline.layout import PERIOD
from policycompare.outline.lines import FILLER, STOPS, Line, Repair
from policycompare.outline.markers import RANK, Mark

_DOC, _HEAD = -2.0, -1.0  # ranks of what has no number: a document's title, a heading
_END = rf"[。!?;]+[”’\"')\]》」』{FILLER}]*"
_SENTENCE = re.compile(rf"[^\s。!?;][^。!?;]*(?:{_END})?|{_END}")
_FEW_WORDS = re.compile(r"[^,。!?;:]{2,11}。")
_RULE = re.compile(
    r"应当|必须|不得|不能|严禁|禁止|是对|是指|负责[。;]?$|由[^,。]{2,16}(?:制定|组织|承担|确定|审批|实施)|,[^,]*\d|可(?:以|获得|在|向|由|根据|申请|参加|采[取用]|按|享受)"
    r"|^(?:各|学校|教师|学生|市|县|省|凡|对于?|每)[^,。]{0,16}(?:要(?![求点素件性内任领])|应(?![急用]))|^.{3,30},应(?![急用])"
)


@dataclass(slots=True)
class Piece:
    """A statement to be: a run of text up to a sentence's end or the line's end."""

    start: int
    end: int
    line: int
    kind: str
    node: Node | None = None


@dataclass(slots=True)
class Node:
    """A document's title, an unnumbered heading, or what a mark opens; ``start`` is that of its first statement."""

    rank: float
    style: str
    number: int
    form: str
    start: int
    mark_start: int
    mark_end: int
    line: int
    opening: bool
    label_end: int = 0
    bare: bool = False  # its line is a short title and nothing else
    parent: Node | None = None
    children: int = 0
    labelled: bool = False
    is_measure: bool = False
    id: str = ""
    path: str = ""


def cut(lines: list[Line], marks: list[Mark]) -> tuple[list[Piece], list[Repair]]:
    """The text in pieces, in order; a sentence that a hard line break divides is one piece, and a repair."""
    pieces: list[Piece] = []
    repairs: list[Repair] = []
    row: list[Piece] = []
    sentence = broken = ""  # the last one read; what stands so far of one that goes on
    covering = False  # whether the sentence before was a covering note
    first_mark = marks[0].line if marks else 8
    for index, line in enumerate(lines):
        if line.kind not in ("", "join"):
            pieces.append(Piece(*line.outer, index, "heading" if line.kind in ("doctitle", "heading") else line.kind))
            covering = line.kind == "junk" and bool(COVER.match(line.text))
            continue
        text, start, own = line.text, line.start, len(pieces)
        for hit in _SENTENCE.finditer(text):
            sentence = hit[0]
            noted = index < first_mark and len(sentence) < 160
            covering = noted and bool(COVER.match(sentence) or (covering and URGE.match(sentence)))
            junk = covering or is_junk_sentence(sentence)
            pieces.append(Piece(start + hit.start(), start + hit.end(), index, "junk" if junk else "body"))
        pieces[own].start, pieces[-1].end = line.outer
        if line.kind == "join" and own and pieces[own - 1].kind == pieces[own].kind == "body":
            before, piece = pieces[own - 1], pieces.pop(own)
            repairs.append((before.end, piece.start, "sentence broken by a line end"))
            broken += text[piece.start - line.start : piece.end - line.start]
            before.end, before.kind = piece.end, "junk" if is_junk_sentence(broken) else "body"
        broken = sentence if len(pieces) > own else broken
        first = pieces[own] if own + 1 < len(pieces) else None
        if first and first.kind == "body" and not line.mark and _FEW_WORDS.match(text):
            row.append(first)
        else:
            _settle_row(row)
    _settle_row(row)
    return pieces, repairs


def _settle_row(row: list[Piece]) -> None:
    """Three or more paragraphs in a row that each open with a few words and a full stop: those words are titles."""
    if len(row) > 2:
        for piece in row:
            piece.kind = "title"
    row.clear()


def grow(lines: list[Line], marks: list[Mark], pieces: list[Piece]) -> list[Node]:
    """Marks and unnumbered headings as a tree: each hangs under the last one of a coarser rank."""
    ranks = _ranks(lines, marks)
    starts = [piece.start for piece in pieces]
    queue: dict[int, list[int]] = {}
    for at, mark in enumerate(marks):
        queue.setdefault(mark.line, []).append(at)
    nodes: list[Node] = []
    stack: list[Node] = []
    for index, line in enumerate(lines):
        if line.kind in ("doctitle", "heading"):
            piece = pieces[bisect_right(starts, line.start) - 1]
            last = nodes[-1] if nodes else None
            if last and last.style == line.kind and last.line == index - 1 and line.end - last.start <= 90:
                last.line, last.label_end, piece.node = index, line.end, last  # a title over two lines
                continue
            rank = _DOC if line.kind == "doctitle" else _HEAD
            if PART.match(line.text):
                rank = RANK["part"]
            elif PERIOD.match(line.text) and any(node.style == "cn" for node in stack):
                rank = RANK["cn"] + 0.5
            piece.node = Node(rank, line.kind, 0, "", piece.start, line.start, line.start, index, True, line.end)
            _hang(piece.node, stack, nodes)
        for at in queue.get(index, ()):
            mark = marks[at]
            piece = pieces[bisect_right(starts, mark.start) - 1]
            rank = _rank(marks, at, stack, ranks)
            node = Node(rank, mark.style, mark.number, mark.form, piece.start, mark.start, mark.end, index, mark.opening)
            node.bare = mark.opening and not line.ended and len(line.text) <= 30
            _hang(node, stack, nodes)
            if piece.node is not None:
                piece.node.label_end = mark.start
            piece.node = node
    return nodes


def _hang(node: Node, stack: list[Node], nodes: list[Node]) -> None:
    while stack and (stack[-1].rank > node.rank or (stack[-1].rank == node.rank and (stack[-1].style == node.style or node.opening))):
        stack.pop()
    if stack:
        node.parent = stack[-1]
        stack[-1].children += 1
    stack.append(node)
    nodes.append(node)


def _ranks(lines: list[Line], marks: list[Mark]) -> dict[str, float]:
    """The styles' ranks: where the numbers of a coarser style begin again under each item of a finer one, they change places."""
    ranks = {style: float(rank) for style, rank in RANK.items()}
    under: Counter[tuple[str, str]] = Counter()
    before: Mark | None = None
    for mark in marks:
        if not mark.opening:
            continue
        if before and mark.number == 1 and not any(line.kind == "doctitle" for line in lines[before.line : mark.line][:200]):
            under[before.style, mark.style] += 1
        before = mark
    for (fine, coarse), times in under.items():
        if times > 1 and fine in _NUMBERED and coarse in _NUMBERED and ranks[fine] > ranks[coarse] and not under[coarse, fine]:
            ranks[fine], ranks[coarse] = ranks[coarse], ranks[fine]
    return ranks


_NUMBERED = ("cn", "cnp", "d", "dp", "circled")


def _rank(marks: list[Mark], at: int, stack: list[Node], ranks: dict[str, float]) -> float:
    mark = marks[at]
    rank = ranks[mark.style]
    same = [node for node in stack if node.style == mark.style]
    if mark.style in ("yao", "shi", "ordinal") and same and mark.number > same[-1].number:
        return same[-1].rank
    if mark.style in ("dash", "task", "ordinal") and mark.opening:
        return same[-1].rank if same else stack[-1].rank + 0.5 if stack else rank
    if mark.style in ("yao", "shi", "ordinal"):
        return rank if mark.opening else RANK["shi"] + 1
    if (
        not same
        and mark.number == 1
        and mark.opening
        and stack
        and stack[-1].bare
        and stack[-1].rank > rank
        and stack[-1].line == mark.line - 1
    ):
        return stack[-1].rank + 0.25  # right below a bare title: a list of its own, whatever its style
    if not same or mark.style not in _NUMBERED:
        return rank
    for node in same:
        if node.form == mark.form and node.opening == mark.opening:
            return node.rank
    # The same style in another form, or inside a line: a list of its own if it begins at one and the other goes on behind it.
    if mark.number == 1 and (not mark.opening or mark.form == ")" or _resumes(marks, at, same[-1])):
        return same[-1].rank + 0.25
    return same[-1].rank


def _resumes(marks: list[Mark], at: int, node: Node) -> bool:
    for mark in marks[at + 1 : at + 200]:
        if mark.opening and mark.style == node.style and mark.form == node.form:
            return mark.number == node.number + 1
        if mark.opening and RANK[mark.style] < RANK[node.style]:
            return False
    return False


def settle(matching: str, nodes: list[Node], pieces: list[Piece]) -> None:
    """Decide which nodes are measures (the leaves), and the kinds of the statements that open nodes."""
    following: Piece | None = None  # the next piece that is not junk
    for piece, after in zip(reversed(pieces), [None, *reversed(pieces)], strict=False):
        node = piece.node
        if node is not None and node.start == piece.start and node.mark_end > node.mark_start:
            own = matching[node.mark_end : piece.end].strip()
            lead_in = node.mark_start > node.start and matching[: node.mark_start].rstrip()[-1:] in (*STOPS, ":")
            alone = after is None or after.line != piece.line
            label = not lead_in and is_label(own, alone)
            followed = following is not None and following.kind in ("body", "title") and following.node is None
            node.label_end, node.labelled = max(node.label_end, piece.end), label
            if node.children:
                heading = label
            else:
                heading = node.style in ("part", "chapter", "division") or (
                    node.style == "cn" and label and alone and (followed or own[-1:] not in STOPS)
                )
            node.is_measure = not heading
            piece.kind = "heading" if heading else "title" if label and followed else "body"
        if piece.kind != "junk":
            following = piece
    _agree(nodes, pieces)


def _agree(nodes: list[Node], pieces: list[Piece]) -> None:
    """Among three or more items whose first sentences mostly are no titles, the odd long title is none either."""
    first = {id(piece.node): piece for piece in pieces if piece.node is not None}
    lists: dict[tuple[int, str], list[Node]] = {}
    for node in nodes:
        if node.mark_end > node.mark_start:
            lists.setdefault((id(node.parent), node.style), []).append(node)
    for items in lists.values():
        kinds = [first[id(node)].kind for node in items if id(node) in first]
        if len(items) > 2 and 3 * kinds.count("body") > 2 * len(items):
            for node in items:
                piece = first.get(id(node))
                if piece and piece.kind == "title" and piece.end - node.mark_end > 13:
                    piece.kind = "body"


def is_label(text: str, alone: bool) -> bool:
    """Whether an item's first sentence names it (a title) rather than states a rule (body).

    Examples
    --------
    >>> is_label("加强教师培训。", False), is_label("学生应当按时到校。", False), is_label("支持学校改善条件；", False)
    (True, False, False)
    """
    if text.endswith(":"):
        return alone and len(text) <= 40
    if not text or text[-1] in ";,":
        return False
    bare = text.rstrip("".join(STOPS))
    if bare == text:
        return alone and len(text) <= 80
    return len(bare) <= 40 and bare.count(",") < 2 and ":" not in bare and not _RULE.search(bare.removeprefix("要"))
