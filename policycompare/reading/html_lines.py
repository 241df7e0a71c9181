"""A parsed HTML page → the lines that a reader would see.

Caveat: style sheets are not read, so text that a page hides is a line like any other. A data table's row is one line
with tabs between its cells; a table that only arranges the page is not a data table, and its blocks are lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 "
        "h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul ",
    )
)
_NO_TEXT = frozenset(
    re.findall(
        r"\w+",
        "applet audio button canvas datalist embed head iframe input map math noscript object option script select style svg "
        "template textarea video xml ",
    )
)
_SENTENCE_END = re.compile("[。；！？]")
_FOOTER = re.compile(
    "版权所有|copyright|ICP[备證证]|公网安备|网站标识码|技术支持|all rights reserved|最佳浏览|分辨率|^(?:地址|邮编|邮政编码|电话|传真|联系电话|主办单位|主办)[:：]",
    re.IGNORECASE,
)
_LONG = 30
_CELL, _BREAK = "\x1e", "\x1f"
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1d\x7f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# A line break in the page's code is a space between words and nothing between Chinese characters (CSS Text 3, 4.1.2).
_CODE_BREAK = re.compile(f"(?<=[{_WIDE}])[ \t\r]*\n[ \t\r\n]*(?=[{_WIDE}])")


@dataclass(frozen=True)
class Line:
    """A block of text with its innermost block element; ``links`` counts those of its characters that are in links."""

    text: str
    links: int
    owner: _Element
    row: bool = False

    @property
    def prose(self) -> bool:
        """Whether it is running text: long, not a link, with the end of a sentence."""
        return len(self.text) - self.links >= _LONG and bool(_SENTENCE_END.search(self.text)) and not self.footer

    @property
    def footer(self) -> bool:
        """Whether it speaks of the site and not of a document."""
        return len(self.text) < 300 and bool(_FOOTER.search(self.text))

    @property
    def score(self) -> float:
        """How much the line speaks for (or, in links and footers, against) being part of a document."""
        if self.footer:
            return -float(len(self.text))
        return (3.0 if self.prose else 1.0) * (len(self.text) - self.links) - 2.0 * self.links


def lines(root: _Element) -> Iterator[Line]:
    """The page's blocks in order. The walk keeps no call stack, so no depth of nesting overflows it."""
    from lxml import etree

    tables = {table for table in root.iter("table") if _is_data(table)}
    items: Counter[_Element] = Counter()
    text = _Gathered(root)
    links = rows = pre = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag, inside = str(element.tag), element.tag not in _NO_TEXT
        if event == "start":
            if not inside:
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                yield from text.turn(element, tag, in_row=rows > 0)
            rows, links, pre = rows + (element in tables), links + _is_link(element), pre + (tag == "pre")
            if tag == "li" and element.getparent() is not None and element.getparent().tag == "ol":
                text.add(_number(element, items), link=False, pre=False)
            text.add(element.text, link=links > 0, pre=pre > 0)
        else:
            if inside:
                if tag in _BLOCKS and tag != "br":
                    parent = element.getparent()
                    yield from text.turn(element if parent is None else parent, f"/{tag}", in_row=rows > 0)
                rows, links, pre = rows - (element in tables), links - _is_link(element), pre - (tag == "pre")
            text.add(element.tail, link=links > 0, pre=pre > 0)
    yield from text.flush()


@dataclass
class _Gathered:
    """Text since the last line break, and how much of it stands in links."""

    owner: _Element
    pieces: list[str] = field(default_factory=list)
    links: int = 0

    def add(self, text: str | None, *, link: bool, pre: bool) -> None:
        if text:
            self.pieces.append(text.replace("\n", _BREAK) if pre else text)
            self.links += len("".join(text.split())) if link else 0

    def turn(self, owner: _Element, tag: str, *, in_row: bool) -> Iterator[Line]:
        """Pass a block's edge: on to a new line, or within a data table to a new cell."""
        if in_row and tag not in ("tr", "/tr", "/table"):
            self.pieces.append(_CELL if tag in ("td", "th") else " ")
            return
        yield from self.flush(row=in_row)
        self.owner = owner

    def flush(self, *, row: bool = False) -> Iterator[Line]:
        for part in "".join(self.pieces).split(_BREAK):
            cells = [_SPACES.sub(" ", cell).strip() for cell in _CODE_BREAK.sub("", _UNSEEN.sub("", part)).split(_CELL)]
            text = "\t".join(cells[1:] if row and not cells[0] else cells)
            if text.strip():
                yield Line(text.rstrip(), min(self.links, len(text)), self.owner, row)
        self.pieces, self.links = [], 0


def _is_link(element: _Element) -> bool:
    return element.tag == "a" and not element.get("href", "#").startswith("#")


def _is_data(table: _Element) -> bool:
    """Whether a table holds data, not the page's layout: several rows of several cells, and no cell that is the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[len("".join(cell.itertext()).strip()) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    several = [row for row in rows if sum(map(bool, row)) > 1]
    total = sum(map(sum, rows))
    return len(several) > 1 and (total < 500 or max(map(max, several)) < total * 0.6)


def _number(item: _Element, items: Counter[_Element]) -> str:
    """The number that a browser shows before an item of an ordered list; none where the item brings its own."""
    parent = item.getparent()
    items[parent] += 1
    start = parent.get("start", "1")
    own = re.match(r"\s*[(（]?[\d一二三四五六七八九十]{1,3}[)）.．、]", "".join(item.itertext())[:20])
    return (
        ""
        if own or parent.get("type", "1") != "1"
        else f"{items[parent] + (int(start) if start.isdecimal() and len(start) < 7 else 1) - 1}. "
    )
