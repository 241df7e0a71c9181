"""A source text → its sections, measures and statements, each with offsets and a kind.

Caveat: the levels are found in each text from its own numbering, which is often broken; a measure is the *leaf* of the
numbering tree (codebook, "The unit"), so ``（一）`` may be a section in one place and a measure in another. Offsets
count characters of the source text as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from policycompare.outline.layout import mark_kinds
from policycompare.outline.lines import Repair, matching_text, sentence_breaks, split_lines
from policycompare.outline.markers import find
from policycompare.outline.pieces import Pieces, cut
from policycompare.outline.tree import Node, grow, settle
from policycompare.schema import Columns, columns_of
from policycompare.script import read_script

_LINE_END = re.compile("[\r\n]")
_LETTERS = {"doctitle": "t", "heading": "h"}  # before the number of an item that has none of its own


@dataclass(frozen=True)
class Outline:
    """What :func:`outline` found: the columns of its tables, what was read otherwise, and the script.

    The columns that follow from the others (the plan, a row's text and a statement's number) are left to
    :func:`policycompare.outline.tables.tables_of`. ``simple`` is the source text in simplified script, as long as it was.
    """

    sections: Columns
    measures: Columns
    statements: Columns
    repairs: list[Repair]
    script: str
    simple: str


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
        The columns of each table, in the order of the text. Statements of all kinds hold every character that is not white space exactly
        once; measures do not overlap; sections nest. Section and measure ids are the path of numbers down to the item
        (``fengjie-3.2.5``), with ``~2`` behind a number that the plan gives twice. A sentence that a hard line break
        divides is one statement (its text holds the break) and stands among the repairs.

    Examples
    --------
    >>> found = outline("工作要点\\n一、队伍建设\\n1.配齐教师。每年招聘100名教师。\\n2.加强培训。", plan="x")
    >>> found.measures["measure"], found.measures["title"], found.measures["start"]
    (['x-1.1', 'x-1.2'], ['配齐教师', '加强培训'], [12, 31])
    >>> found.statements["kind"]
    ['heading', 'heading', 'title', 'body', 'body']
    """
    script, simple = read_script(text)
    matching, signs, repairs = matching_text(simple)
    lines, breaks = split_lines(matching), sentence_breaks(matching, signs)
    mark_kinds(lines)
    marks = find(matching, signs, lines, breaks)
    pieces, broken = cut(matching, signs, lines, breaks, first_mark=marks[0].line if marks else 8)
    nodes = grow(lines, marks, pieces)
    settle(matching, nodes, pieces)
    _name(nodes, plan)
    measures, statements = _measures_and_statements(text, pieces, [node for node in nodes if node.opens])
    return Outline(_sections(text, nodes, pieces), measures, statements, sorted(repairs + broken), script, simple)


def _measures_and_statements(text: str, pieces: Pieces, nodes: list[Node]) -> tuple[Columns, Columns]:
    """The columns of both tables: a node's piece and what follows, up to the next node, stand in its section; a measure ends before a heading or junk."""
    kinds, ends = pieces.kinds, pieces.ends
    afters = [*(node.piece for node in nodes), len(kinds)]
    section_of, measure_of = [""] * afters[0], [""] * afters[0]
    measures: list[tuple[Any, ...]] = []
    for node, after in zip(nodes, afters[1:], strict=True):
        begin = end = node.piece
        if node.is_measure:
            end += 1
            while end < after and kinds[end] in ("body", "title"):
                end += 1
            mark = node.mark
            title = _clean(text[mark.end : ends[begin]]) if node.labelled else ""
            measures.append((node.id, node.section, text[mark.start : mark.end].strip(), title, node.start, ends[end - 1]))
            measure_of += [node.id] * (end - begin)
        measure_of += [""] * (after - end)
        section_of += [node.section] * (after - begin)
    statements: Columns = {"section": section_of, "measure": measure_of, "kind": kinds, "start": pieces.starts, "end": ends}
    return columns_of(("measure", "section", "number", "title", "start", "end"), measures), statements


def _clean(title: str) -> str:
    if "\n" in title or "\r" in title:
        title = "".join(map(str.strip, _LINE_END.split(title)))
    return " ".join(title.split()).rstrip("。;；!！?？:：,，、")


def _name(nodes: list[Node], plan: str) -> None:
    """Ids: the path of numbers; a number that stands twice under one parent gets ``~2``.

    The first document in the file that numbers anything needs no prefix; a second one's items begin with its title's id.
    """
    used: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = {}
    first: Node | None = None
    for node in nodes:
        parent, style, number = node.parent, node.mark.style, node.mark.number
        if first is None and parent is not None and parent.mark.style == "doctitle":
            first = parent
        above = f"{plan}-" if parent is None or parent is first else f"{parent.id}."
        counts[above, style] = ordinal = counts.get((above, style), 0) + 1
        name = f"{above}{_LETTERS.get(style, '')}{number or ordinal}"
        used[name] = again = used.get(name, 0) + 1
        node.id = name = name if again == 1 else f"{name}~{again}"
        node.section = name if not node.is_measure else parent.section if parent else ""


def _sections(text: str, nodes: list[Node], pieces: Pieces) -> Columns:
    """A section ends with the last piece before the next one that is not below it."""
    rows: list[list[Any]] = []
    still_open: list[tuple[Node, list[Any]]] = []
    for node in nodes:
        if node.is_measure:
            continue
        while still_open and still_open[-1][0].rank >= node.rank:
            above, row = still_open.pop()
            row[-1] = pieces.ends[node.piece - 1] if above.piece < node.piece else node.start
        parent = still_open[-1][0].id if still_open else ""
        mark = node.mark
        number, title = text[mark.start : mark.end].strip(), _clean(text[mark.end : node.label_end])
        rows.append([node.id, parent, len(still_open), number, title, node.start, pieces.ends[-1]])
        still_open.append((node, rows[-1]))
    return columns_of(("section", "parent", "depth", "number", "title", "start", "end"), rows)
