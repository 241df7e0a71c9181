"""One file → one :class:`Source`: the format is told by the bytes, not by the name, and the size is looked at first."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from policycompare.reading.decoding import decode
from policycompare.schema import SourceError

MAX_BYTES = 50_000_000
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
    data = _bytes(path, max_bytes)
    kind = _format(path, data)
    if kind == "txt":
        decoded = decode(data, where=path)
        _some_text(decoded.text, path)
        return Source(decoded.text, "txt", decoded.encoding, sha256(data).hexdigest())
    raise SourceError(f"{path}: the format of {path.suffix or 'a file without an ending'} is not known; save it as .txt in UTF-8.")


def _bytes(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise SourceError(f"{path}: is a folder, not a file; name a file in it.")
        if not path.is_file():
            raise SourceError(f"{path}: is not an ordinary file; name a .txt, .html, .docx or .pdf.")
        if size > max_bytes:
            raise SourceError(
                f"{path}: has {size:,} bytes, more than the limit of {max_bytes:,}; raise it with max_bytes, or split the file."
            )
        with path.open("rb") as file:
            # A file may grow between the two looks, or have no true size at all: never more than the limit is read.
            data = file.read(max_bytes + 1)
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
    return FORMATS.get(path.suffix.lower(), "txt")


def _some_text(text: str, path: Path) -> None:
    if not text.strip():
        raise SourceError(f"{path}: holds nothing but white space; save the plan's text in it.")
