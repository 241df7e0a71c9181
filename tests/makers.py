"""Small documents for the tests, made byte by byte: PDFs with a text layer, and .docx files with parts exchanged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from docx import Document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FONT = "/Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]"
CID_FONT = "/Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 3 0 R/DW 1000"
DESCRIPTOR = "/Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93"


def pdf(pages: list[list[tuple[float, float, float, str]]], *, drawn: str = "", resources: str = "", more: tuple[str, ...] = ()) -> bytes:
    """A PDF of pages of (x, y, size, text); object 6 and on are ``more``, which ``resources`` may name."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", f"<<{DESCRIPTOR}>>", f"<<{CID_FONT}>>", f"<<{FONT}>>", *more]
    kids = []
    for page in pages:
        words = "".join(f"/F1 {size} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj\n" for x, y, size, text in page)
        stream = f"BT\n{words}ET {drawn}"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        contents = len(objects)
        kids.append(contents + 1)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>{resources}>>/Contents {contents} 0 R>>"
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
    out, offsets = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def typeset(paragraphs: list[str], *, per_line: int = 30, per_page: int = 20, head: str = "") -> bytes:
    """Paragraphs of wide characters set as a word processor does: indented by two, broken at the margin, pages numbered."""
    lines: list[tuple[int, str]] = []
    for paragraph in paragraphs:
        first, rest = paragraph[: per_line - 2], paragraph[per_line - 2 :]
        lines += [(2, first), *((0, rest[at : at + per_line]) for at in range(0, len(rest), per_line))]
    pages = []
    for number, at in enumerate(range(0, len(lines), per_page), 1):
        page = [(90.0 + 12 * indent, 760.0 - 20 * row, 12.0, text) for row, (indent, text) in enumerate(lines[at : at + per_page])]
        pages.append([*([(90.0, 810.0, 9.0, head)] if head else []), *page, (290.0, 40.0, 9.0, f"- {number} -")])
    return pdf(pages)


def docx(fill: Callable[..., object]) -> bytes:
    """A .docx that ``fill`` has written to."""
    document = Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def exchange(package: bytes, part: str, content: bytes | None) -> bytes:
    """A .docx with one part exchanged, or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
            elif content is not None:
                new.writestr(name, content)
    return out.getvalue()
