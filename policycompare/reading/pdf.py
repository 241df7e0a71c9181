"""A .pdf with a text layer → its text, with the lines of a paragraph joined again.

Caveat: a PDF knows where its words stand and nothing of paragraphs. That a line runs on is told by its reaching the
right margin and by the next one not being indented; running heads and page numbers by standing at the same height on
most pages. A scanned page has no words at all and is not guessed at.
"""

from __future__ import annotations

import io
import logging
import unicodedata
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.reading.decoding import strange_share
from policycompare.reading.pdf_lines import Line, joined, width
from policycompare.schema import SourceError

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MOST_PAGES = 3_000
_MOST_DRAWING = 3_000_000
_MOST_STEPS = 200_000
# What pypdf lets through from a damaged file, beside its own errors.
_DAMAGE = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError, EOFError, ArithmeticError, AssertionError,
    NotImplementedError, zlib.error,
)  # fmt: skip
# Fonts without a proper map give radicals and compatibility forms for the characters themselves.
_FORMS = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFB00))}


def read_pdf(data: bytes, *, where: str | Path) -> tuple[str, list[dict[str, Any]]]:
    """The text of a .pdf and its repairs.

    Raises
    ------
    SourceError
        The file is damaged, needs a password, has no text layer, or has one that no characters can be told from.
    """
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on a file's faults are no news to the user
    try:
        reader = _open(data, where)
        pages = [_page(page, at, where) for at, page in enumerate(reader.pages)]
    except SourceError:
        raise
    except (FileNotDecryptedError, DependencyError):
        raise SourceError(f"{where}: is protected by a password; print it to a new PDF, or save it without the password.") from None
    except (PyPdfError, *_DAMAGE) as error:
        raise SourceError(f"{where}: is a damaged .pdf ({type(error).__name__}: {error}); print it to a new PDF.") from None
    empty = [at + 1 for at, page in enumerate(pages) if not page]
    if not pages or len(empty) > 0.8 * len(pages):
        raise SourceError(f"{where}: has no text layer (it is a scan, or holds pictures only); put it through character recognition first.")
    text, repairs = joined([line for page in pages for line in page])
    if strange_share(text) > 0.05:
        raise SourceError(
            f"{where}: its text layer gives no readable characters (fonts without a character map); put it through character recognition."
        )
    repairs = [{"repair": "page without a text layer", "text": f"page {number}"} for number in empty] + repairs
    plain = text.translate(_FORMS)
    if plain != text:
        changed = dict.fromkeys(char for char in text if ord(char) in _FORMS)
        repairs += [{"repair": "radical or compatibility form read as its character", "text": "".join(changed)}]
    return plain, repairs


def _open(data: bytes, where: str | Path) -> PdfReader:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError(f"{where}: is protected by a password; print it to a new PDF, or save it without the password.")
    if len(reader.pages) > _MOST_PAGES:
        raise SourceError(f"{where}: has {len(reader.pages):,} pages, more than the limit of {_MOST_PAGES:,}; split the file.")
    return reader


def _page(page: PageObject, at: int, where: str | Path) -> list[Line]:
    """The lines of a page, from the top."""
    contents = page.get_contents()
    if contents is None:
        return []
    if len(contents.get_data()) > _MOST_DRAWING:
        raise SourceError(
            f"{where}: page {at + 1} holds more than {_MOST_DRAWING:,} bytes of drawing; print it to a new PDF without the pictures."
        )
    lines: list[Line] = []
    pieces: list[tuple[str, float, float, float]] = []

    def end_line() -> None:
        if line := _line(pieces, at, float(page.mediabox.height)):
            lines.append(line)
        pieces.clear()

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        height = abs(size * (tm[3] * cm[3] + tm[2] * cm[1])) or abs(size) or 10.0
        for number, part in enumerate(text.split("\n")):
            if number:
                end_line()
            if part.strip():
                pieces.append((part, x, y - float(page.mediabox.bottom), height))

    steps = 0

    def count(*_: Any) -> None:
        # Forms that draw each other twice take 2^n steps: small files may never end.
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            raise OverflowError

    with suppress(OverflowError):
        page.extract_text(visitor_text=visit, visitor_operand_before=count)
    if steps > _MOST_STEPS:  # asked again, because pypdf keeps errors in forms to itself
        raise SourceError(f"{where}: page {at + 1} takes more than {_MOST_STEPS:,} steps to draw; print it to a new PDF.")
    end_line()
    return lines


def _line(pieces: list[tuple[str, float, float, float]], page: int, height: float) -> Line | None:
    """Pieces of one line put together: what stands far apart are cells, with a tab between."""
    if not pieces:
        return None
    text, left, right = "", 0.0, 0.0
    for piece, at, _, own in pieces:
        plain = piece.strip()
        # One space in front is pypdf's own; more of them are the file's and move the words to the right.
        lead = len(piece) - len(piece.lstrip())
        x = at + (width(piece[:lead]) * own if lead > 1 else 0.0)
        gap = x - right if text else 0.0
        words = bool(text) and text[-1].isascii() and plain[0].isascii() and piece[0] == " "
        text += ("\t" if gap > 2.5 * own else " " if gap > 0.6 * own or words else "") + plain
        left = x if not right else left
        right = max(x, right if piece[0] == " " else x) + width(plain) * own
    y = pieces[0][2]
    return Line(_close(text), left, right, y, max(own for *_, own in pieces), page, height)


def _close(text: str) -> str:
    """Text without the spaces that PDF writers leave between a Chinese character and its neighbour."""
    out: list[str] = []
    for at, char in enumerate(text):
        if char == " " and 0 < at < len(text) - 1 and (text[at - 1] > "\u2e7f" or text[at + 1] > "\u2e7f"):
            continue
        out.append(char)
    return "".join(out).strip()
