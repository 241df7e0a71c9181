"""A saved .html page → its main text, one block a line.

Caveat: navigation, side bars and footers are left out by structure (links are dense there and sentences few), never by
the site. A line of running text is never left out, so furniture without links may stay: it is the outline's to mark as
junk. Everything that was left out is in the repairs.

The main part is the element whose lines have the largest sum of scores, where text counts for and links count against
it: link density as in Kohlschütter, Fankhauser & Nejdl (2010), *Boilerplate detection using shallow text features*,
summed over subtrees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.reading.decoding import Decoded, decode
from policycompare.reading.html_lines import Line, lines
from policycompare.schema import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_RECORD = re.compile("索\\s*引\\s*号|发文字号|文\\s*号[:：\\t]|成文日期|印发日期|发布日期|发布时间|发布机构|发文机关|发布单位")
_TAG = re.compile(r"</?[a-z][a-z0-9]*[\s/>]", re.IGNORECASE)
# The parser's time grows with the square of a tag's attributes. Nothing in here goes back, so the search is linear.
_MANY_ATTRIBUTES = re.compile(r"""<[a-zA-Z][^\s/>]*+(?>[\s/]++[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+){1000}""")
_MOST_BROKEN = 1 / 500
_DENSE = 0.6


def read_html(data: bytes, *, where: str | Path) -> tuple[Decoded, list[dict[str, Any]]]:
    """The main text of a saved page and its repairs; a file without a tag is text already.

    Raises
    ------
    SourceError
        The page is in no known encoding, is nested too deeply, or holds no text.
    """
    decoded, repairs = _decode(data, where)
    if not _TAG.search(decoded.text):
        return decoded, repairs
    root = _parse(decoded.text, where)
    found = list(lines(root))
    kept = main_part(root, found)
    repairs += _left_out(found, kept)
    return Decoded("".join(f"{found[at].text}\n" for at in kept), decoded.encoding), repairs


def main_part(root: _Element, found: list[Line]) -> list[int]:
    """Positions of the lines that are the document: all running text, and what stands with it but for lists of links."""
    sums = _sums(root, found)
    main = max(sums, key=lambda element: sums[element].score, default=root)
    while sums[main].prose < sums[root].prose:
        parent = main.getparent()
        main = root if parent is None else parent
    state = {main: True}  # element -> whether its own lines are kept
    for element in main.iterdescendants():
        if element in sums:
            above = state.get(element.getparent(), False)
            state[element] = above and not sums[element].mostly_links
    kept = [at for at, line in enumerate(found) if state.get(line.owner, False)]
    return sorted({*_title(root, found, kept), *_record(found, kept), *kept}) if kept else list(range(len(found)))


@dataclass
class _Sum:
    """What the lines in an element's subtree come to."""

    score: float = 0.0
    chars: int = 0
    links: int = 0
    linked: int = 0
    prose: int = 0
    rows: int = 0

    def add(self, other: _Sum) -> None:
        self.score += other.score
        self.chars += other.chars
        self.links += other.links
        self.linked += other.linked
        self.prose += other.prose
        self.rows += other.rows

    @property
    def mostly_links(self) -> bool:
        return self.linked > 2 and not self.prose and not self.rows and self.links > _DENSE * self.chars


def _sums(root: _Element, found: list[Line]) -> dict[_Element, _Sum]:
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    sums = {element: _Sum() for element in elements}
    for line in found:
        sums[line.owner].add(_Sum(line.score, len(line.text), line.links, int(line.links > 0), int(line.prose), int(line.row)))
    for element in reversed(elements):
        parent = element.getparent()
        if parent in sums:
            sums[parent].add(sums[element])
    return sums


def _title(root: _Element, found: list[Line], kept: list[int]) -> list[int]:
    """The position of a line above the main part that is the page's title, where the main part does not repeat it."""
    title = "".join(root.xpath("string(//head/title)").split())
    plain = ["".join(line.text.split()) for line in found]
    parts = [at for at in range(kept[0]) if len(plain[at]) > 5 and plain[at] in title and not found[at].links]
    best = max(parts, key=lambda at: len(plain[at]), default=None)
    return [] if best is None or plain[best] in {plain[at] for at in kept} else [best]


def _record(found: list[Line], kept: list[int]) -> list[int]:
    """The positions of lines above the main part that hold the document's number, date or issuer."""
    return [at for at in range(kept[0]) if len(found[at].text) < 200 and not found[at].links and _RECORD.search(found[at].text)]


def _left_out(found: list[Line], kept: list[int]) -> list[dict[str, Any]]:
    """The lines that were left out, each run of them in one row."""
    runs: list[list[str]] = [[]]
    stays = set(kept)
    for at, line in enumerate(found):
        if at in stays:
            runs.append([])
        else:
            runs[-1].append(line.text)
    return [{"repair": "left out of the page", "text": "\n".join(run)} for run in runs if run]


def _parse(text: str, where: str | Path) -> _Element:
    from lxml import etree

    if many := _MANY_ATTRIBUTES.search(text):
        line = text.count("\n", 0, many.start()) + 1
        raise SourceError(
            f"{where}: line {line} has a tag with 1,000 attributes, as no page has; open the page in a browser and save its text as .txt."
        )
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    deep = [fault for fault in parser.error_log if fault.type_name == "ERR_RESOURCE_LIMIT"]
    if deep:
        raise SourceError(f"{where}: is nested too deeply ({deep[0].message}); open the page in a browser and save its text as .txt.")
    if root is None:
        raise SourceError(f"{where}: holds no text; save the page with its text.")
    return root


def _decode(data: bytes, where: str | Path) -> tuple[Decoded, list[dict[str, Any]]]:
    found = _CHARSET.search(data[:4096])
    declared = found[1].decode("ascii", "replace").lower() if found else ""
    try:
        return decode(data, where=where, declared=declared), []
    except SourceError:
        # Browsers show a page with a few broken bytes; so does this, and says how many.
        shown = ((data.decode(name, "replace"), name) for name in ("utf-8", "gb18030", "big5hkscs"))
        text, name = min(shown, key=lambda one: one[0].count("\ufffd"))
        broken = text.count("\ufffd")
        if b"\x00" in data or not 0 < broken <= max(1, len(text) * _MOST_BROKEN):
            raise
        return Decoded(text, name), [{"repair": "broken bytes read as U+FFFD", "text": f"{broken} of {len(text)} characters"}]
