"""Bytes → source text: .txt, saved .html pages, .docx and .pdf.

Caveat: the *source text* of a .txt is the decoded file as it is, line ends included. The other formats have no text of
their own before they are read: their source text is what this room returned, so a study keeps it (``plans/ID.txt``)
and every offset points into the kept text, never into the original.

What was changed or left out on the way is listed in :attr:`Source.repairs`; nothing is dropped silently.
"""

from __future__ import annotations

from policycompare.reading.files import FORMATS, MAX_BYTES, Source, file_bytes, read_source, source_of

__all__ = ["FORMATS", "MAX_BYTES", "Source", "file_bytes", "read_source", "source_of"]
