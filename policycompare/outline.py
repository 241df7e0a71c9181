"""A source text → its sections, measures and statements, each with offsets and a kind.

Caveat: the levels are found in each text from its own numbering, which is often broken; a measure is the *leaf* of the
numbering tree (codebook, "The unit"), so ``（一）`` may be a section in one place and a measure in another. Offsets
count characters of the source text as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from policycompare.junk import mark_kinds
from policycompare.lines import STOPS, Line, Repair, matching_text, split_lines
from policycompare.markers import RANK, Mark, find

Row = dict[str, Any]
_DOC, _HEAD = -2.0, -1.0  # ranks of what has no number: a document's title, a heading

_END = re.compile(r"[。!?;]+[”’\"')\]》」』\u2060]*")
_BREAK = re.compile(r"\s*[\r\n]\s*")
_RULE = re.compile(
    r"应当|必须|不得|不能|严禁|禁止|可以|是对|是指|负责[。;]?$|"
    r"^(?:各|学校|教师|学生|市|县|省|凡|对于?|每)[^,。]{0,16}(?:要(?![求点素件性内任领])|应(?![急用]))|^.{3,30},应(?![急用])"
)


@dataclass(slots=True)
class _Node:
    """A heading or an item; ``depth`` 0 is a document's own title."""

    rank: float
    style: str
    number: int
    start: int  # of its statement
    mark_start: int
    mark_end: int
    line: int
    opening: bool
    parent: _Node | None = None
    children: int = 0
    section: str = ""  # ids, where the node is one
    measure: str = ""
    path: str = ""
    end: int = 0
    label_end: int = 0
    labelled: bool = False


@dataclass(frozen=True)
class Outline:
    """What :func:`outline` found: rows as :data:`policycompare.schema.TABLES` has them, and what was read otherwise."""

    sections: list[Row] = field(default_factory=list)
    measures: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)


def outline(text: str, *, plan: str) -> Outline:
    """Divide a plan's source text.

    Parameters
    ----------
    text
        The source text as it was decoded; it is never changed.
    plan
        The plan's id, which opens every id made here.

    Returns
    -------
    Outline
        Rows in the order of the text. Statements of all kinds hold every character that is not white space exactly
        once; measures do not overlap; sections nest. Section and measure ids are the path of numbers down to the item
        (``fengjie-3.2.5``), with ``~2`` behind a number that the plan gives twice.

    Examples
    --------
    >>> rows = outline("工作要点\\n一、队伍建设\\n1.配齐教师。每年招聘100名教师。\\n2.加强培训。", plan="x")
    >>> [(m["measure"], m["title"], m["start"], m["end"]) for m in rows.measures]
    [('x-1.1', '配齐教师', 12, 30), ('x-1.2', '加强培训', 31, 38)]
    >>> [s["kind"] for s in rows.statements]
    ['heading', 'heading', 'title', 'body', 'body']
    """
    matching, repairs = matching_text(text)
    lines = split_lines(matching)
    mark_kinds(lines)
    marks = find(lines)
    pieces = _pieces(lines, marks)
    nodes = _tree(lines, marks, pieces)
    return _rows(text, matching, plan, lines, nodes, pieces, repairs)


@dataclass(slots=True)
class _Piece:
    """A statement to be: a run of text up to a sentence's end, an item's mark or the line's end."""

    start: int
    end: int
    line: int
    kind: str
    node: _Node | None = None


def _pieces(lines: list[Line], marks: list[Mark]) -> list[_Piece]:
    starts: dict[int, set[int]] = {}
    for mark in marks:
        starts.setdefault(mark.line, set()).add(mark.start)
    out: list[_Piece] = []
    for index, line in enumerate(lines):
        kind = {"": "body", "join": "body", "doctitle": "heading"}.get(line.kind, line.kind)
        if kind != "body":
            out.append(_Piece(*line.outer, index, kind))
            continue
        cuts = [hit.end() for hit in _END.finditer(line.text)]
        begin = 0
        for cut in [*cuts, len(line.text)]:
            chunk = line.text[begin:cut]
            lead = len(chunk) - len(chunk.lstrip())
            if lead == len(chunk):
                continue
            out.append(_Piece(line.start + begin + lead, line.start + cut, index, "body"))
            begin = cut
        if out and out[-1].line == index:
            out[-1].end = line.outer[1]
            next(piece for piece in reversed(out) if piece.start == line.start).start = line.outer[0]
    return out


def _tree(lines: list[Line], marks: list[Mark], pieces: list[_Piece]) -> list[_Node]:
    """Marks and unnumbered headings as a tree: each hangs under the last one of a coarser rank."""
    queue: dict[int, list[Mark]] = {}
    for mark in marks:
        queue.setdefault(mark.line, []).append(mark)
    nodes: list[_Node] = []
    stack: list[_Node] = []
    by_line: dict[int, list[_Piece]] = {}
    for piece in pieces:
        by_line.setdefault(piece.line, []).append(piece)
    previous = ""
    for index, line in enumerate(lines):
        if line.kind in ("doctitle", "heading"):
            if previous == line.kind and nodes and nodes[-1].line == index - 1 and nodes[-1].style == line.kind:
                nodes[-1].line = index  # a title over two lines
                by_line[index][0].node = nodes[-1]
                nodes[-1].label_end = line.end
            else:
                node = _Node(
                    _DOC if line.kind == "doctitle" else _HEAD,
                    line.kind,
                    0,
                    line.start,
                    line.start,
                    line.start,
                    index,
                    True,
                    label_end=line.end,
                )
                _hang(node, stack, nodes)
                by_line[index][0].node = node
        for mark in queue.get(index, ()):
            piece = next(p for p in reversed(by_line[index]) if p.start <= mark.start)
            rank = float(RANK[mark.style])
            if mark.style in ("yao", "shi") and not mark.opening:
                rank += 1
            elif mark.style in ("dash", "task"):
                known = [n for n in stack if n.style == mark.style]
                rank = known[-1].rank if known else (stack[-1].rank + 0.5 if stack else rank)
            node = _Node(rank, mark.style, mark.number, piece.start, mark.start, mark.end, index, mark.opening)
            _hang(node, stack, nodes)
            if piece.node is not None and piece.node.start == piece.start:
                piece.node.label_end = mark.start
            piece.node = node
        previous = line.kind
    return nodes


def _hang(node: _Node, stack: list[_Node], nodes: list[_Node]) -> None:
    while stack and (stack[-1].rank > node.rank or stack[-1].rank == node.rank and (stack[-1].style == node.style or node.opening)):
        stack.pop()
    if stack:
        node.parent = stack[-1]
        stack[-1].children += 1
    stack.append(node)
    nodes.append(node)


def _is_label(text: str) -> bool:
    """Whether an item's first sentence names it (a title) rather than states a rule (body)."""
    text = text.rstrip()
    if not text or text[-1] in ";:,":
        return False
    bare = text.rstrip("".join(STOPS))
    return len(bare) <= (46 if bare == text else 40) and not _RULE.search(bare.removeprefix("要"))


def _rows(
    text: str, matching: str, plan: str, lines: list[Line], nodes: list[_Node], pieces: list[_Piece], repairs: list[Repair]
) -> Outline:
    out = Outline(repairs=repairs)
    _settle(matching, lines, nodes, pieces)
    _name(nodes, plan)
    section, measure, holder = "", "", None
    open_measure: Row | None = None
    for number, piece in enumerate(pieces, 1):
        node = piece.node
        if piece.kind == "junk" or (piece.kind == "heading" and node is None):
            measure, open_measure = "", None
        if node is not None and node.start == piece.start:
            measure, open_measure = "", None
            holder = node
            while holder is not None and not holder.section:
                holder = holder.parent
            section = holder.section if holder else ""
            if node.measure:
                measure = node.measure
                open_measure = {
                    "measure": measure,
                    "plan": plan,
                    "section": section,
                    "number": text[node.start : node.mark_end].strip() if node.mark_end > node.start else "",
                    "title": _clean(text[node.mark_end : piece.end]) if node.labelled else "",
                    "text": "",
                    "start": piece.start,
                    "end": piece.end,
                }
                out.measures.append(open_measure)
        if open_measure is not None:
            open_measure["end"] = piece.end
        row: Row = {
            "statement": f"{plan}-s{number:04d}",
            "plan": plan,
            "section": section,
            "measure": measure,
            "kind": piece.kind,
            "text": text[piece.start : piece.end],
            "start": piece.start,
            "end": piece.end,
        }
        out.statements.append(row)
    for row in out.measures:
        row["text"] = text[row["start"] : row["end"]]
    out.sections.extend(_sections(text, plan, nodes))
    return out


def _clean(title: str) -> str:
    return " ".join(_BREAK.sub("", title).split()).rstrip("。;；!！?？:：,，、")


def _settle(matching: str, lines: list[Line], nodes: list[_Node], pieces: list[_Piece]) -> None:
    """Decide which nodes are measures, and the kinds of the statements that open nodes."""
    at = {id(node): index for index, piece in enumerate(pieces) if (node := piece.node) is not None and node.start == piece.start}
    for node in nodes:
        index = at.get(id(node))
        if node.style in ("doctitle", "heading") or index is None:
            continue
        piece = pieces[index]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        own = following is not None and following.kind == "body" and following.node is None
        alone = following is None or following.line != piece.line
        own_text = matching[node.mark_end : piece.end]
        label = _is_label(own_text)
        node.label_end, node.labelled = piece.end, label
        if node.children:
            if label or (alone and own_text.rstrip()[-1:] in ":"):
                piece.kind = "heading"
            else:
                node.measure = "?"
        elif node.style in ("part", "chapter", "division") or (node.style == "cn" and label and alone):
            piece.kind = "heading"
        else:
            node.measure = "?"
            later = next((p for p in pieces[index + 1 : index + 200] if p.kind != "junk"), None)
            if label and later is not None and later.kind == "body" and later.node is None and (own or following is not None):
                piece.kind = "title"


def _name(nodes: list[_Node], plan: str) -> None:
    """Ids: the path of numbers; a number that stands twice under one parent gets ``~2``.

    The first document in the file that numbers anything needs no prefix; a second one's items begin with its title's id.
    """
    used: set[str] = set()
    counts: dict[tuple[str, str], int] = {}
    first: _Node | None = None
    for node in nodes:
        parent = node.parent
        if parent is not None and parent.style == "doctitle":
            first = first or parent
        above = "" if parent is None or parent is first else parent.path
        counts[above, node.style] = ordinal = counts.get((above, node.style), 0) + 1
        own = {"doctitle": "t", "heading": "h"}.get(node.style, "") + str(node.number or ordinal)
        path = f"{above}.{own}" if above else own
        name, again = path, 1
        while name in used:
            again += 1
            name = f"{path}~{again}"
        used.add(name)
        node.path = name
        if node.measure:
            node.measure = f"{plan}-{name}"
        else:
            node.section = f"{plan}-{name}"


def _sections(text: str, plan: str, nodes: list[_Node]) -> list[Row]:
    rows: list[Row] = []
    open_rows: list[tuple[float, Row]] = []
    for node in nodes:
        if not node.section:
            continue
        while open_rows and open_rows[-1][0] >= node.rank:
            open_rows.pop()[1]["end"] = node.start
        row: Row = {
            "section": node.section,
            "plan": plan,
            "parent": open_rows[-1][1]["section"] if open_rows else "",
            "depth": len(open_rows),
            "number": text[node.mark_start : node.mark_end].strip(),
            "title": _clean(text[node.mark_end : node.label_end]),
            "start": node.start,
            "end": len(text),
        }
        rows.append(row)
        open_rows.append((node.rank, row))
    for row in rows:
        row["end"] = row["start"] + len(text[row["start"] : row["end"]].rstrip())
    return rows
