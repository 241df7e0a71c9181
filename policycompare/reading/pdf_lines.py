"""The lines of a PDF's pages → paragraphs: running heads and page numbers out, broken lines joined."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_PAGE_NUMBER = re.compile(
    r"[\s\-—–－·.]*(?:第?\s*\d{1,4}\s*页?|[ivxlc]{1,6})(?:\s*[/，,共]\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–－·.]*", re.IGNORECASE
)
_MARKER = re.compile(
    r"(?:第[一二三四五六七八九十百\d]{1,5}[章节条]|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]\D|[①-⑳]|——|附件)"
)
_ENDS = "。！？；：!?;:"
# How far, in characters, a line that runs on may end before the right margin: where paragraphs are indented a wrong
# guess needs a second accident, so more is allowed.
_SLACK, _SLACK_INDENTED = 1.5, 4.0
_WORD = re.compile(r"[!-~]+|.[，。、；：！？）”》]*")
_INDENT = 0.7
_TITLE, _WIDE_TITLE = 1.15, 0.85
_SHORT = 12.0  # characters: a column that narrow is no column of running text


@dataclass(frozen=True)
class Line:
    """A line of a page; ``left`` and ``right`` are its edges, ``y`` its height above the page's foot, all in points."""

    text: str
    left: float
    right: float
    y: float
    size: float
    page: int
    page_height: float

    @property
    def row(self) -> bool:
        """Whether it is a row of a table."""
        return "\t" in self.text


def width(text: str) -> float:
    """A text's width in units of its size: one for a wide character, a half for any other."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def joined(lines: list[Line]) -> tuple[str, list[dict[str, Any]]]:
    """The lines as paragraphs, one a line of text, and as repairs what was dropped and joined."""
    furniture = _furniture(lines)
    repairs = [{"repair": "running head or page number left out", "text": line.text} for at, line in enumerate(lines) if at in furniture]
    kept = [line for at, line in enumerate(lines) if at not in furniture]
    if not kept:
        return "", repairs
    size = _commonest(kept, "size", 1)
    body = [line for line in kept if abs(line.size - size) < 0.15 * size and not line.row] or kept
    left = _commonest(body, "left", 3)
    rights = sorted(line.right for line in body)
    right = rights[int(len(rights) * 0.9)]
    gap = _gap(body)
    indented = sum(1.2 < (line.left - left) / line.size < 3.5 for line in body) > 0.08 * len(body)
    slack = _SLACK_INDENTED if indented else _SLACK
    out = kept[0].text
    breaks = 0
    for line, after in pairwise(kept):
        if _runs_on(line, after, left=left, right=right - slack * size, gap=gap, size=size):
            out += (
                " " if out[-1:].isascii() and after.text[:1].isascii() and out[-1:].isalnum() and after.text[:1].isalnum() else ""
            ) + after.text
            breaks += 1
        else:
            out += "\n" + after.text
    if breaks:
        repairs.append({"repair": "broken lines joined", "text": f"{breaks} line ends inside paragraphs"})
    return out + "\n", repairs


def _runs_on(line: Line, after: Line, *, left: float, right: float, gap: float, size: float) -> bool:
    if line.row or after.row or line.right - line.left < _SHORT * line.size or abs(line.size - after.size) > 0.12 * line.size:
        return False
    if line.page == after.page and line.size > _TITLE * size and line.y - after.y < 2.2 * line.size:
        return line.right - line.left > _WIDE_TITLE * (right - left)  # a centred title that did not fit on one line
    first = _WORD.match(after.text)  # what did not fit on the line any more
    if line.right + width(first[0] if first else "") * line.size < right or after.left > left + _INDENT * after.size:
        return False
    if line.page == after.page and line.y - after.y > 1.7 * gap:
        return False
    return not (line.text[-1:] in _ENDS and _MARKER.match(after.text))


def _furniture(lines: list[Line]) -> set[int]:
    """Positions of page numbers, and of lines set apart at one height at the edge of many pages."""
    pages: dict[int, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        pages[line.page].append(at)
    gap = _gap(lines)
    out: set[int] = set()
    for _ in range(2):  # a head or foot may have two lines
        edges: list[int] = []
        for found in pages.values():
            ordered = sorted((at for at in found if at not in out), key=lambda at: (lines[at].y, at))
            edges += (
                [at for at, inner in (ordered[:2], ordered[:-3:-1]) if _apart(lines[at], lines[inner], gap)]
                if len(ordered) > 1
                else ordered
            )
        alike: dict[tuple[str, int], list[int]] = defaultdict(list)
        for at in edges:
            if _PAGE_NUMBER.fullmatch(lines[at].text) and _in_margin(lines[at]):
                out.add(at)
            alike[re.sub(r"\d+", "0", lines[at].text), round(lines[at].y / 4)].append(at)
        for found in alike.values():
            # Left and right pages may have heads of their own: a third of the pages is enough.
            if len(found) >= max(2, len(pages) / 3) and _in_margin(lines[found[0]]):
                out.update(found)
    return out


def _apart(line: Line, inner: Line, gap: float) -> bool:
    smaller = line.size < 0.9 * inner.size
    return smaller or abs(line.y - inner.y) > 1.25 * gap or bool(_PAGE_NUMBER.fullmatch(line.text))


def _in_margin(line: Line) -> bool:
    return not 0.12 < line.y / max(line.page_height, 1.0) < 0.88


def _commonest(lines: list[Line], name: str, step: int) -> float:
    """The commonest value of a measure, weighted by the characters, as the mean of its bin."""
    bins: Counter[int] = Counter()
    for line in lines:
        bins[round(getattr(line, name) / step)] += len(line.text)
    best = max(sorted(bins), key=lambda one: bins[one])
    values = [getattr(line, name) for line in lines if round(getattr(line, name) / step) == best]
    return float(sum(values) / len(values))


def _gap(lines: list[Line]) -> float:
    gaps = sorted(one.y - two.y for one, two in pairwise(lines) if one.page == two.page and one.y > two.y)
    return gaps[len(gaps) // 2] if gaps else float("inf")
