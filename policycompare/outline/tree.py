"""Nodes: the tree that the marks and the unnumbered headings of a text make.

Caveat: depth comes from the usual order of styles (章, 一、, （一）, 1., （1）, 一是) unless the text itself numbers another way
round; dashes, 首先 and bracketed tasks stand one level below what is above them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from policycompare.outline.frame import PART
from policycompare.outline.layout import PERIOD
from policycompare.outline.lines import STOPS, Line
from policycompare.outline.markers import RANK, Mark
from policycompare.outline.pieces import Pieces

_UNNUMBERED = ("doctitle", "heading")
_DOC, _HEAD = -2.0, -1.0  # their ranks
_RANKS = {style: float(rank) for style, rank in RANK.items()}
_NUMBERED = ("cn", "cnp", "d", "dp", "circled")
_RULE = re.compile(  # every way begins with a sign of its own, so that a search skips quickly to these
    r"应当|必须|不得|不能|严禁|禁止|是对|是指|负责[。;]?$|由[^,。]{2,16}(?:制定|组织|承担|确定|审批|实施)|,[^,]*\d|可(?:以|获得|在|向|由|根据|申请|参加|采[取用]|按|享受)"
)
_OPENS_RULE = re.compile(
    r"要?+(?:(?:各|学校|教师|学生|市|县|省|凡|对于?|每)[^,。]{0,16}(?:要(?![求点素件性内任领])|应(?![急用]))|.{3,30},应(?![急用]))"
)


@dataclass(slots=True)
class Node:
    """A document's title, an unnumbered heading, or what a mark opens; a title's or heading's mark has no width, and the line's kind for a style."""

    rank: float
    mark: Mark
    piece: int  # the index of the piece that it opens, and where that starts
    start: int
    label_end: int = 0
    opens: bool = True  # no other opens the same piece, farther within
    parent: Node | None = None
    children: int = 0
    labelled: bool = False
    is_measure: bool = False
    id: str = ""
    section: str = ""  # the id of the section that it is or stands in


def grow(lines: list[Line], marks: list[Mark], pieces: Pieces) -> list[Node]:
    """Marks and unnumbered headings as a tree: each hangs under the last one of a coarser rank."""
    ranks = _ranks(lines, marks)
    nodes: list[Node] = []
    stack: list[Node] = []
    numbered = 0  # marks that are in the tree
    title_line = -1  # the last line of the title or heading before
    headings = [Mark(line.kind, 0, "", line.start, line.start, at, True) for at, line in enumerate(lines) if line.kind in _UNNUMBERED]
    last: Node | None = None
    for mark in sorted([*headings, *marks], key=attrgetter("start")):
        piece = bisect_right(pieces.starts, mark.start) - 1
        if mark.style in _UNNUMBERED:
            line = lines[mark.line]
            goes_on = title_line == mark.line - 1
            title_line = mark.line
            if last and goes_on and last.mark.style == mark.style and line.end - last.start <= 90:
                last.label_end = line.end  # a title over two lines
                continue
            node = Node(_heading_rank(line, stack), mark, piece, pieces.starts[piece], line.end)
        else:
            node = Node(_rank(marks, numbered, stack, ranks, lines), mark, piece, pieces.starts[piece])
            numbered += 1
            if last and last.piece == piece:
                last.label_end, last.opens = mark.start, False
        _hang(node, stack)
        nodes.append(node)
        last = node
    return nodes


def _heading_rank(line: Line, stack: list[Node]) -> float:
    if PART.match(line.text):
        return RANK["part"]
    if PERIOD.match(line.text) and any(node.mark.style == "cn" for node in stack):
        return RANK["cn"] + 0.5
    return _DOC if line.kind == "doctitle" else _HEAD


def _hang(node: Node, stack: list[Node]) -> None:
    mark, rank = node.mark, node.rank
    while stack:
        above = stack[-1]
        if above.rank < rank or (above.rank == rank and not mark.opening and above.mark.style != mark.style):
            node.parent = above
            above.children += 1
            break
        stack.pop()
    stack.append(node)


def _ranks(lines: list[Line], marks: list[Mark]) -> dict[str, float]:
    """The styles' ranks: where the numbers of a coarser style begin again under each item of a finer one, they change places."""
    begun = [(before, mark) for before, mark in pairwise([mark for mark in marks if mark.opening]) if mark.number == 1]
    if sum([RANK[before.style] > RANK[mark.style] for before, mark in begun]) < 2:
        return _RANKS
    under: Counter[tuple[str, str]] = Counter()
    for before, mark in begun:
        if not any(line.kind == "doctitle" for line in lines[before.line : mark.line][:200]):
            under[before.style, mark.style] += 1
    ranks = dict(_RANKS)
    for (fine, coarse), times in under.items():
        if times > 1 and fine in _NUMBERED and coarse in _NUMBERED and ranks[fine] > ranks[coarse] and not under[coarse, fine]:
            ranks[fine], ranks[coarse] = ranks[coarse], ranks[fine]
    return ranks


def _rank(marks: list[Mark], at: int, stack: list[Node], ranks: dict[str, float], lines: list[Line]) -> float:
    mark = marks[at]
    rank = ranks[mark.style]
    if mark.style in _NUMBERED:
        for node in stack:
            before = node.mark
            if before.style == mark.style and before.form == mark.form and before.opening == mark.opening:
                return node.rank
    same = [node for node in stack if node.mark.style == mark.style]
    if mark.style in ("yao", "shi", "ordinal") and same and mark.number > same[-1].mark.number:
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
        and stack[-1].rank > rank
        and _is_bare(stack[-1].mark, mark.line - 1, lines)
    ):
        return stack[-1].rank + 0.25  # right below a bare title: a list of its own, whatever its style
    if not same or mark.style not in _NUMBERED:
        return rank
    # The same style in another form, or inside a line: a list of its own if it begins at one and the other goes on behind it.
    if mark.number == 1 and (not mark.opening or mark.form == ")" or _resumes(marks, at, same[-1].mark)):
        return same[-1].rank + 0.25
    return same[-1].rank


def _is_bare(mark: Mark, at: int, lines: list[Line]) -> bool:
    """Whether a mark opens the line there, which is a short title and nothing else."""
    return mark.line == at and mark.opening and mark.style not in _UNNUMBERED and not lines[at].ended and len(lines[at].text) <= 30


def _resumes(marks: list[Mark], at: int, before: Mark) -> bool:
    for mark in marks[at + 1 : at + 200]:
        if mark.opening and mark.style == before.style and mark.form == before.form:
            return mark.number == before.number + 1
        if mark.opening and RANK[mark.style] < RANK[before.style]:
            return False
    return False


def settle(matching: str, nodes: list[Node], pieces: Pieces) -> None:
    """Decide which nodes are measures (the leaves), and the kinds of the statements that open nodes."""
    kinds, ends, last = pieces.kinds, pieces.ends, len(pieces.kinds)
    for node, opened in zip(nodes, [*(node.piece for node in nodes[1:]), last], strict=False):
        at, mark = node.piece, node.mark
        if not node.opens or mark.style in _UNNUMBERED:
            continue
        end, following = ends[at], at + 1
        own = matching[mark.end : end].strip()
        alone = following == last or pieces.starts[following] in pieces.fresh
        lead_in = mark.start > node.start and matching[node.start : mark.start].rstrip()[-1:] in (*STOPS, ":")
        label = not lead_in and is_label(own, alone)
        while following < opened and kinds[following] == "junk":
            following += 1
        followed = following < opened and kinds[following] in ("body", "title")
        if node.children:
            heading = label
        elif mark.style == "cn":
            heading = label and alone and (followed or own[-1:] not in STOPS)
        else:
            heading = mark.style in ("part", "chapter", "division")
        node.label_end, node.labelled, node.is_measure = end, label, not heading
        kinds[at] = "heading" if heading else "title" if label and followed else "body"
    _agree(nodes, pieces)


def _agree(nodes: list[Node], pieces: Pieces) -> None:
    """Among three or more items whose first sentences mostly are no titles, the odd long title is none either."""
    kinds = pieces.kinds
    if sum([node.opens and kinds[node.piece] == "body" for node in nodes]) < 3:
        return
    lists: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.mark.style not in _UNNUMBERED:
            lists[id(node.parent), node.mark.style].append(node)
    for items in lists.values():
        opening = [node for node in items if node.opens]
        if len(items) > 2 and 3 * sum([kinds[node.piece] == "body" for node in opening]) > 2 * len(items):
            for node in opening:
                if kinds[node.piece] == "title" and pieces.ends[node.piece] - node.mark.end > 13:
                    kinds[node.piece] = "body"


def is_label(text: str, alone: bool) -> bool:
    """Whether an item's first sentence names it (a title) rather than states a rule (body).

    Examples
    --------
    >>> is_label("加强教师培训。", False), is_label("学生应当按时到校。", False), is_label("支持学校改善条件；", False)
    (True, False, False)
    """
    if text[-1:] in ":;,":
        return alone and text[-1:] == ":" and len(text) <= 40
    bare = text.rstrip(STOPS)
    if len(bare) == len(text):
        return alone and len(text) <= 80
    if len(bare) > 40 or ":" in bare or bare.count(",") > 1:
        return False
    return not (_RULE.search(bare) or _OPENS_RULE.match(bare))
