"""A .docx → its text: paragraphs with their automatic numbers written out, one a line, and the rows of its tables.

Caveat: what a word processor computes is written out only for list numbers. Running heads, foot- and endnotes,
comments and deleted text (tracked changes) are not part of the text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.reading.numbering import Numbering, W
from policycompare.schema import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_PARTS = 5_000
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_SHOWN = frozenset((f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", _FALLBACK))
_SPACES = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}


def read_docx(data: bytes, *, where: str | Path, max_bytes: int) -> tuple[str, list[dict[str, Any]]]:
    """The text of a .docx and its repairs.

    Raises
    ------
    SourceError
        The file is no .docx, is damaged, unpacks to more than ``max_bytes``, or brings a document type of its own.
    """
    _weigh(data, where, max_bytes)
    import docx
    from lxml.etree import XMLSyntaxError

    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        for part in document.part.package.iter_parts():
            if (element := getattr(part, "element", None)) is not None and element.getroottree().docinfo.doctype:
                raise SourceError(f"{where}: {part.partname} declares a document type of its own, as no .docx does; do not open it.")
        lists = [part.element for part in document.part.package.iter_parts() if part.partname == "/word/numbering.xml"]
        numbers = _Numbers(document, Numbering.of(lists[0] if lists else None))
        text = "".join(f"{line}\n" for line in _blocks(body, numbers))
    except SourceError:
        raise
    except XMLSyntaxError as error:
        raise SourceError(f"{where}: its XML cannot be read ({error.msg}); open it in a word processor and save it again.") from None
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, OSError, EOFError, RecursionError, zipfile.BadZipFile) as error:
        # python-docx lets whatever a damaged package runs into through.
        raise SourceError(
            f"{where}: is a damaged .docx ({type(error).__name__}: {error}); open it in a word processor and save it again."
        ) from None
    return text, numbers.repairs


def _weigh(data: bytes, where: str | Path, max_bytes: int) -> None:
    """Refuse a package before anything of it is unpacked that would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise SourceError(f"{where}: is a damaged .docx ({error}); open it in a word processor and save it again.") from None
    size = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if size > max_bytes or len(parts) > _MOST_PARTS:
        raise SourceError(
            f"{where}: unpacks to {size:,} bytes of text in {len(parts):,} parts, more than the limit of {max_bytes:,}; raise it with max_bytes."
        )
    if sum(part.file_size for part in parts) > 20 * max_bytes:
        raise SourceError(
            f"{where}: unpacks to more than 20 times the limit of {max_bytes:,} bytes; take the pictures out, or raise it with max_bytes."
        )
    if not any(part.filename == "[Content_Types].xml" for part in parts) or not any(part.filename.startswith("word/") for part in parts):
        raise SourceError(f"{where}: is a zip file but no .docx; unpack it and name the plan in it, or save it as .docx.")
    if any(part.flag_bits & 1 for part in parts):
        raise SourceError(f"{where}: is protected by a password; save it without one.")


class _Numbers:
    """Which list number stands before a paragraph, from the paragraph itself or from its style."""

    def __init__(self, document: Any, numbering: Numbering) -> None:
        self.numbering = numbering
        self.repairs: list[dict[str, Any]] = []
        self.styles: dict[str, tuple[str, str]] = {}
        based = {}
        for style in document.styles.element.iter(f"{W}style"):
            name = str(style.get(f"{W}styleId"))
            self.styles[name] = _list_of(style)
            based[name] = _val(style.find(f"{W}basedOn"))
        for name in based:
            seen, at = {name}, name
            while not self.styles[name][0] and (at := based.get(at, "")) in self.styles and at not in seen:
                seen.add(at)
                self.styles[name] = self.styles[at]

    def before(self, paragraph: _Element) -> str:
        """The list number of a paragraph, empty for none. Every paragraph of the document passes once, in order."""
        style = _val(paragraph.find(f"{W}pPr/{W}pStyle"))
        number, level = _list_of(paragraph)
        of_style, style_level = self.styles.get(style, ("", ""))
        number = number or of_style
        if not number or number == "0":
            return ""
        level = level or style_level
        at = int(level) if level.isdecimal() and len(level) < 3 else self.numbering.styles.get((number, style), 0)
        return self.numbering.next(number, at)


def _list_of(element: _Element) -> tuple[str, str]:
    found = element.find(f"{W}pPr/{W}numPr")
    return ("", "") if found is None else (_val(found.find(f"{W}numId")), _val(found.find(f"{W}ilvl")))


def _val(element: _Element | None) -> str:
    return "" if element is None else str(element.get(f"{W}val") or "")


def _blocks(parent: _Element, numbers: _Numbers) -> Iterator[str]:
    """The lines of a body or of a cell that only arranges the page."""
    for block in parent.iterchildren():
        if block.tag == f"{W}p":
            yield from _paragraph(block, numbers)
        elif block.tag == f"{W}tbl":
            yield from _table(block, numbers)
        elif block.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}smartTag"):
            yield from _blocks(block, numbers)


def _paragraph(paragraph: _Element, numbers: _Numbers) -> Iterator[str]:
    pieces: list[str] = []
    boxes: list[_Element] = []
    _gather(paragraph, pieces, boxes)
    label = numbers.before(paragraph)
    lines = [_line(part) for part in "".join(pieces).split("\n")]
    if label and any(lines):
        # A space only where the number would run into the text: 1. and 5所 must not become 1.5所.
        gap = " " if label[-1].isascii() and lines[0][:1].isascii() and lines[0] else ""
        lines[0] = f"{label}{gap}{lines[0]}"
        numbers.repairs.append({"repair": "list number written out", "text": lines[0][:40]})
    yield from (line for line in lines if line)
    for box in boxes:
        yield from _blocks(box, numbers)


def _line(text: str) -> str:
    """A line as it is shown: the tab before a page number as its leader, other tabs as spaces (tabs part cells only)."""
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", text).strip()
    return re.sub(r"\t+(?=\d{1,4}$)", "……", text).replace("\t", " ")


def _gather(element: _Element, pieces: list[str], boxes: list[_Element]) -> None:
    """The shown text of a paragraph; its text boxes come after it as blocks of their own."""
    for child in element.iterchildren():
        tag = child.tag
        if tag == f"{W}t":
            pieces.append(child.text or "")
        elif tag in _SPACES:
            pieces.append(_SPACES[tag])
        elif tag == f"{W}txbxContent":
            boxes.append(child)
        elif tag not in _NOT_SHOWN and isinstance(tag, str):
            _gather(child, pieces, boxes)


def _table(table: _Element, numbers: _Numbers) -> Iterator[str]:
    """A data table's rows, with tabs between the cells; the blocks of a table that only frames text."""
    cells = [[list(_blocks(cell, numbers)) for cell in _within(row, "tc")] for row in _within(table, "tr")]
    lengths = [[sum(map(len, cell)) for cell in row] for row in cells]
    several = [row for row in lengths if sum(map(bool, row)) > 1]
    total = sum(map(sum, lengths))
    if len(several) > 1 and (total < 500 or max(map(max, several)) < 0.6 * total):
        yield from ("\t".join(" ".join(cell).replace("\t", " ") for cell in row).rstrip() for row in cells if any(row))
    else:
        yield from (line for row in cells for cell in row for line in cell)


def _within(parent: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, also those in a content control."""
    for child in parent.iterchildren():
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"):
            yield from _within(child, tag)
