"""One file → one :class:`Source`: the format is told by the bytes, not by the name, and the size is looked at first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

from policycompare.reading.decoding import decode
from policycompare.reading.docx import read_docx
from policycompare.reading.html import read_html
from policycompare.reading.pdf import read_pdf
from policycompare.schema import SourceError

MAX_BYTES = 50_000_000
_MARKS = {b"%PDF-": "pdf", b"PK\x03\x04": "docx"}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an old .doc, or a .docx with a password; open it in a word processor and save it as .docx without one",
    b"{\\rtf": "in Rich Text Format; open it in a word processor and save it as .docx",
}
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,300}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
FORMATS = {
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}


@dataclass(frozen=True)
class Source:
    """A plan's text as it was read from a file.

    Attributes
    ----------
    text
        The source text that all offsets point into.
    format
        ``txt``, ``html``, ``docx`` or ``pdf``.
    encoding
        The encoding of a .txt or .html; empty for the others.
    sha256
        Of the file's bytes.
    repairs
        What reading changed or left out, as rows of the table ``repairs`` (:data:`policycompare.schema.TABLES`) without
        their ``plan``; in the order of the text.
    """

    text: str
    format: str
    encoding: str
    sha256: str
    repairs: tuple[dict[str, Any], ...] = ()


def read_source(path: str | Path, *, max_bytes: int = MAX_BYTES) -> Source:
    """Read a file as a plan's source text.

    Parameters
    ----------
    path
        A .txt in UTF-8 (with or without BOM), UTF-16, GB18030/GBK or Big5; a saved .html page; a .docx; a .pdf with a
        text layer.
    max_bytes
        The largest file that is read, in bytes. An unpacked .docx may be as large, too.

    Raises
    ------
    SourceError
        The file is missing, empty, too large, binary, damaged, encrypted, has no text or an unknown encoding or format.
        The message names the file and the mend.

    Examples
    --------
    >>> from policycompare.paths import data_path
    >>> source = read_source(data_path("plans", "county.txt"))
    >>> source.encoding, source.text[:12]
    ('utf-8', '全县教育改革发展工作要点')
    """
    path = Path(path)
    return source_of(file_bytes(path, max_bytes=max_bytes), path=path, max_bytes=max_bytes)


def source_of(data: bytes, *, path: Path, max_bytes: int = MAX_BYTES) -> Source:
    """The source text in a file's bytes, which may have come from another machine; ``path`` is only named, never opened.

    Raises
    ------
    SourceError
        As for :func:`read_source`.
    """
    kind = _format(path, data)
    digest = sha256(data).hexdigest()
    encoding = ""
    repairs: list[dict[str, Any]] = []
    if kind == "txt":
        decoded = decode(data, where=path)
        text, encoding = decoded.text, decoded.encoding
    elif kind == "html":
        decoded, repairs = read_html(data, where=path)
        text, encoding = decoded.text, decoded.encoding
    elif kind == "docx":
        text, repairs = read_docx(data, where=path, max_bytes=max_bytes)
    else:
        text, repairs = read_pdf(data, where=path)
    if not text.strip():
        raise SourceError(f"{path}: holds no text; save the plan's text in it.")
    return Source(text, kind, encoding, digest, tuple(repairs))


def file_bytes(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """An ordinary file's bytes, never more than the limit.

    Raises
    ------
    SourceError
        The file is missing, empty, too large or cannot be read.
    """
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            raise SourceError(f"{path}: is a folder, not a file; name a file in it.")
        if not S_ISREG(status.st_mode):
            raise SourceError(f"{path}: is not an ordinary file; name a .txt, .html, .docx or .pdf.")
        if (size := status.st_size) > max_bytes:
            raise SourceError(
                f"{path}: has {size:,} bytes, more than the limit of {max_bytes:,}; raise it with max_bytes, or split the file."
            )
        with path.open("rb") as file:
            data = file.read(size + 1)
            if len(data) > size:  # it grew between the two looks, or has no true size at all: never more than the limit is read
                data += file.read(max_bytes + 1 - len(data))
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file; check the name.") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({error}); check the name and its permissions.") from None
    if len(data) > max_bytes:
        raise SourceError(f"{path}: has more bytes than the limit of {max_bytes:,}; raise it with max_bytes, or split the file.")
    if not data:
        raise SourceError(f"{path}: is empty; save the plan's text in it.")
    return data


def _format(path: Path, data: bytes) -> str:
    """What the file is by its bytes; its name only tells a saved page from a text, and a .txt is never a page."""
    for mark, kind in _MARKS.items():
        if data.startswith(mark):
            return kind
    for mark, why in _FOREIGN.items():
        if data.startswith(mark):
            raise SourceError(f"{path}: is {why}.")
    named = FORMATS.get(path.suffix.lower(), "txt")
    if named in ("docx", "pdf"):
        raise SourceError(f"{path}: is no {path.suffix} although its name says so; open it in the program that wrote it and save it again.")
    return "html" if named == "html" or (path.suffix.lower() != ".txt" and _PAGE.match(data[:1000])) else "txt"
