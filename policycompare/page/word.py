"""An executed notebook as a Word document: headings, captions and tables in Word's own styles, charts as images.

Caveat: the statements themselves stay in the page, where they can be searched and filtered; the document says so in their place. Links
that open statements are plain text here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.page.notebook import PLOTLY_MIME, figure_name
from policycompare.prose import LANGUAGES, phrase
from policycompare.qda.writing import xml_text
from policycompare.schema import one_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_MARGIN, _WIDTH, _HEIGHT = 1.5, 18.0, 24.0  # centimetres: charts are drawn 18 cm wide
_HEADINGS = {"h1": 0, "h2": 1, "h3": 2, "h4": 3}


def to_docx(book: NotebookNode, *, images: Path, language: str = "en", made: datetime) -> bytes:
    """A Word document of an executed notebook; the same outputs and day give the same bytes.

    Parameters
    ----------
    book
        An executed notebook, as :func:`policycompare.page.notebook.run_notebook` returns it. Its first cells up to the second heading make the
        title page.
    images
        The folder with a PNG of each figure, named as :func:`policycompare.page.notebook.figures_of` names them.
    language
        ``en`` or ``zh``; cells tagged with the other are left out.
    made
        The document's date.
    """
    from lxml import html

    one_of("language", language, LANGUAGES)
    writer = _Writer(_empty(made, phrase("report.title", language)), language)
    for cell in book.cells:
        if set(cell.metadata.get("tags", [])) & (set(LANGUAGES) - {language}):
            continue
        for kind, content in _pieces(cell):
            if kind == "figure":
                writer.figure(images / f"{content[0]}.png", content[1])
            else:
                writer.add(html.fragment_fromstring(content, create_parent="div"))
    return writer.bytes()


def _pieces(cell: Any) -> Iterator[tuple[str, Any]]:
    if cell.cell_type == "markdown":
        from nbconvert.filters import markdown2html

        yield "html", markdown2html(cell.source)
    number = 0
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if PLOTLY_MIME in data:
            number += 1
            yield "figure", (figure_name(cell, number), data[PLOTLY_MIME]["layout"].get("meta") or {})
        elif "text/html" in data:
            yield "html", data["text/html"]


@dataclass
class _Writer:
    """The document so far, and how many figures, tables and chapters it has."""

    document: Any
    language: str
    counts: dict[str, int] = field(default_factory=lambda: {"figure": 0, "table": 0, "chapter": 0})

    def add(self, part: Any) -> None:
        """An element of the page and what is in it, in Word's terms."""
        if part.tag in _HEADINGS:
            self._heading(_text(part).removesuffix("¶"), _HEADINGS[part.tag])
        elif part.tag == "table":
            self._table(part)
        elif part.get("id") == "evidence":
            self.document.add_paragraph(phrase("word.evidence", self.language))
        elif part.tag in ("ul", "ol"):
            for item in part.iter("li"):
                self.document.add_paragraph(_text(item), style="List Bullet")
        elif part.tag == "summary":
            self._heading(_text(part), 3)
        elif part.tag == "p":
            self.document.add_paragraph(_text(part), style=None if self.counts["chapter"] else "Subtitle")
        elif isinstance(part.tag, str):
            for child in part:
                self.add(child)

    def _heading(self, text: str, level: int) -> None:
        if level == 1:
            self.counts["chapter"] += 1
            if self.counts["chapter"] == 1:  # what comes before stands on the title page
                self.document.add_page_break()
        self.document.add_heading(text, level)

    def figure(self, image: Path, said: dict[str, Any]) -> None:
        """A chart's image with its caption below; the caption's parts are its text for those who do not see it."""
        from docx.shared import Cm

        picture = self.document.add_picture(str(image))
        scale = min(Cm(_WIDTH) / picture.width, Cm(_HEIGHT) / picture.height)
        picture.width, picture.height = round(picture.width * scale), round(picture.height * scale)
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        described = picture._inline.docPr
        described.set("name", image.stem)
        described.set("descr", xml_text(" ".join(str(said[part]) for part in ("title", "subtitle", "note", "source") if said.get(part))))
        self._caption("figure", xml_text(str(said.get("title", ""))))

    def _caption(self, kind: str, text: str) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        self.counts[kind] += 1
        before, _, after = phrase(f"word.{kind}", self.language).partition("{n}")
        paragraph = self.document.add_paragraph(before, style="Caption")
        number = (
            f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ {kind.title()} \\* ARABIC "><w:r><w:t>{self.counts[kind]}</w:t></w:r></w:fldSimple>'
        )
        paragraph._p.append(parse_xml(number))
        paragraph.add_run(after + text)
        paragraph.paragraph_format.keep_with_next = kind == "table"

    def _table(self, part: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.shared import Pt

        rows = [list(row) for row in part.iter("tr")]
        self._caption("table", "".join(map(_text, part.findall("caption"))))
        table = self.document.add_table(rows=len(rows), cols=max(map(len, rows)), style="Light List Accent 1")
        cells = table._cells  # python-docx finds them anew on every access
        wide = len(table.columns)
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                paragraph = cells[place * wide + column].paragraphs[0]
                paragraph.add_run(_text(cell)).font.size = Pt(8)
                if "number" in (cell.get("class") or ""):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            properties = table.rows[place]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if place == 0:
                properties.append(OxmlElement("w:tblHeader"))
        self.document.add_paragraph()

    def bytes(self) -> bytes:
        """The document's file; a zip's own times are all the same."""
        saved, fixed = BytesIO(), BytesIO()
        self.document.save(saved)
        with zipfile.ZipFile(saved) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
            for name in before.namelist():
                after.writestr(zipfile.ZipInfo(name), before.read(name), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()


def _text(part: Any) -> str:
    """An element's words; a line break between lines, one blank for other white space."""
    for line in part.iter("br"):
        line.tail = f"\n{line.tail or ''}"
    return xml_text("\n".join(" ".join(line.split()) for line in part.text_content().split("\n")).strip())


def _empty(made: datetime, title: str) -> Any:
    """A document without a word: A4, Chinese set in a Chinese font in every style."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin = section.bottom_margin = Cm(2)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = _LATIN, Pt(10.5)
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            if name.endswith("Theme"):
                del fonts.attrib[name]
        for name, face in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", _CHINESE)):
            fonts.set(qn(f"w:{name}"), face)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    about = document.core_properties
    about.title, about.author, about.comments = title, "policycompare", ""
    about.created = about.modified = made.replace(tzinfo=None)
    return document
