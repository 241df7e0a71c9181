"""A source text → its sections, measures and statements, each with offsets and a kind.

Caveat: the levels are found in each text from its own numbering, which is often broken; a measure is the *leaf* of the
numbering tree (codebook, "The unit"), so ``（一）`` may be a section in one place and a measure in another. Offsets
count characters of the source text as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from policycompare.outline.layout import mark_kinds
from policycompare.outline.lines import Repair, matching_text, split_lines
from policycompare.outline.markers import find
from policycompare.outline.tree import Node, Piece, cut, grow, settle
from policycompare.script import read_script

Row = dict[str, Any]
_LINE_END = re.compile("[\r\n]")


@dataclass(frozen=True)
class Outline:
    """What :func:`outline` found: rows as :data:`policycompare.schema.TABLES` has them, what was read otherwise, and the script.

    ``simple`` is the source text in simplified script, as long as it was.
    """

    sections: list[Row] = field(default_factory=list)
    measures: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    script: str = "simplified"
    simple: str = ""


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
        (``fengjie-3.2.5``), with ``~2`` behind a number that the plan gives twice. A sentence that a hard line break
        divides is one statement (its text holds the break) and stands among the repairs.

    Examples
    --------
    >>> rows = outline("工作要点\\n一、队伍建设\\n1.配齐教师。每年招聘100名教师。\\n2.加强培训。", plan="x")
    >>> [(m["measure"], m["title"], m["start"], m["end"]) for m in rows.measures]
    [('x-1.1', '配齐教师', 12, 30), ('x-1.2', '加强培训', 31, 38)]
    >>> [s["kind"] for s in rows.statements]
    ['heading', 'heading', 'title', 'body', 'body']
    """
    script, simple = read_script(text)
    matching, repairs = matching_text(simple)
    lines = split_lines(matching)
    mark_kinds(lines)
    marks = find(lines)
    pieces, broken = cut(lines, marks)
    nodes = grow(lines, marks, pieces)
    settle(matching, nodes, pieces)
    _name(nodes, plan)
    measures, statements = _rows(text, plan, pieces)
    return Outline(_sections(text, plan, nodes), measures, statements, sorted(repairs + broken), script, simple)


def _rows(text: str, plan: str, pieces: list[Piece]) -> tuple[list[Row], list[Row]]:
    measures: list[Row] = []
    statements: list[Row] = []
    section = ""
    measure: Row | None = None
    for number, piece in enumerate(pieces, 1):
        node = piece.node
        if piece.kind in ("junk", "heading"):
            measure = None
        if node is not None and node.start == piece.start:
            section, measure = _section_of(node), None
            if node.is_measure:
                measure = {
                    "measure": node.id,
                    "plan": plan,
                    "section": section,
                    "number": text[node.mark_start : node.mark_end].strip(),
                    "title": _clean(text[node.mark_end : piece.end]) if node.labelled else "",
                    "text": "",
                    "start": piece.start,
                    "end": piece.end,
                }
                measures.append(measure)
        if measure is not None:
            measure["end"] = piece.end
        statement: Row = {
            "statement": f"{plan}-s{number:04d}",
            "plan": plan,
            "section": section,
            "measure": measure["measure"] if measure else "",
            "kind": piece.kind,
            "text": text[piece.start : piece.end],
            "start": piece.start,
            "end": piece.end,
        }
        statements.append(statement)
    for row in measures:
        row["text"] = text[row["start"] : row["end"]]
    return measures, statements


def _section_of(node: Node | None) -> str:
    while node is not None and node.is_measure:
        node = node.parent
    return node.id if node else ""


def _clean(title: str) -> str:
    unbroken = "".join(map(str.strip, _LINE_END.split(title)))
    return " ".join(unbroken.split()).rstrip("。;；!！?？:：,，、")


def _name(nodes: list[Node], plan: str) -> None:
    """Ids: the path of numbers; a number that stands twice under one parent gets ``~2``.

    The first document in the file that numbers anything needs no prefix; a second one's items begin with its title's id.
    """
    used: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = {}
    first: Node | None = None
    for node in nodes:
        parent = node.parent
        if parent is not None and parent.style == "doctitle":
            first = first or parent
        above = "" if parent is None or parent is first else parent.path
        counts[above, node.style] = ordinal = counts.get((above, node.style), 0) + 1
        own = {"doctitle": "t", "heading": "h"}.get(node.style, "") + str(node.number or ordinal)
        path = f"{above}.{own}" if above else own
        used[path] = again = used.get(path, 0) + 1
        node.path = path if again == 1 else f"{path}~{again}"
        node.id = f"{plan}-{node.path}"


def _sections(text: str, plan: str, nodes: list[Node]) -> list[Row]:
    rows: list[Row] = []
    open_rows: list[tuple[float, Row]] = []
    for node in nodes:
        if node.is_measure:
            continue
        while open_rows and open_rows[-1][0] >= node.rank:
            open_rows.pop()[1]["end"] = node.start
        row: Row = {
            "section": node.id,
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
