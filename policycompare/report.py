"""Run a notebook with parameters and make one HTML file of it that opens without a network.

Caveat: the report shows the outputs that the notebook has *just* computed, never the ones stored in it; and its charts
are the same figures that are written to ``charts/``, taken from the executed notebook, so that the two cannot differ.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.drawing.browser import find_browser
from policycompare.export import PAGE_CONFIG
from policycompare.page.notebook import PLOTLY_MIME, figure_name, figures_of, run_notebook
from policycompare.page.provenance import read_made, today
from policycompare.paths import notebook_path
from policycompare.placing import put_in_place
from policycompare.prose import LANGUAGES, phrase
from policycompare.reading import MAX_BYTES
from policycompare.schema import PolicyCompareError, one_of

if TYPE_CHECKING:
    import pandas as pd
    from nbformat import NotebookNode

    from policycompare.corpus.corpus import Corpus

FORMATS = ("html", "pdf", "docx")
_TEMPLATES = Path(__file__).resolve().parent / "templates"


def to_html(book: NotebookNode, *, language: str = "en", title: str = "policycompare") -> str:
    """One HTML page of an executed notebook, its code hidden; nothing in it is loaded from elsewhere.

    Parameters
    ----------
    book
        An executed notebook, as :func:`run_notebook` returns it. Cells tagged with another language than the one asked
        for are left out.
    language
        ``en`` or ``zh``.
    title
        What the browser's tab shows.
    """
    from nbconvert.exporters.html import HTMLExporter
    from traitlets.config import Config

    one_of("language", language, LANGUAGES)
    others = {tag for tag in LANGUAGES if tag != language}
    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = others
    config.CSSHTMLHeaderPreprocessor.enabled = False
    exporter = HTMLExporter(template_name="report", extra_template_basedirs=[str(_TEMPLATES)], config=config)
    exporter.exclude_input = True
    from plotly.offline import get_plotlyjs

    page, _ = exporter.from_notebook_node(
        _shown(book, language),
        resources={
            "title": title,
            "language": {"en": "en", "zh": "zh-Hans"}[language],
            "plotly_js": get_plotlyjs(),
            "css": _template_text("report.css"),
            "js": _template_text("report.js"),
            "plot_config": inert_json(PAGE_CONFIG),
        },
    )
    return str(page)


def _template_text(name: str) -> str:
    return (_TEMPLATES / "report" / name).read_text(encoding="utf-8")


def _shown(book: NotebookNode, language: str) -> NotebookNode:
    """A copy with only what a reader sees: HTML, and each figure as an element with its data beside it."""
    import copy

    import nbformat

    book = copy.deepcopy(book)
    for cell in book.cells:
        number, outputs = 0, []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            markup = data.get("text/html")
            if PLOTLY_MIME in data:
                number += 1
                markup = chart_html(data[PLOTLY_MIME], name=figure_name(cell, number), language=language)
            if markup:
                outputs.append(nbformat.v4.new_output("display_data", {"text/html": markup}))
        if "outputs" in cell:
            cell["outputs"] = outputs
    return book


def chart_html(figure: Mapping[str, Any], *, name: str, language: str = "en") -> str:
    """A figure's JSON as a ``figure`` element that the page's script draws, and a place for its values as a list.

    Examples
    --------
    >>> chart_html({"data": [], "layout": {"meta": {"title": "a"}, "height": 300}}, name="x").split(" tabindex")[0]
    '<figure class="chart" id="x" role="group" aria-label="a"'
    """
    layout = figure["layout"]
    said = {part: value for part, value in (layout.get("meta") or {}).items() if part != "data"}  # its rows are in charts/*.csv
    shown = {"data": figure["data"], "layout": {**layout, "meta": said}}
    return (
        f'<figure class="chart" id="{html.escape(name)}" role="group" aria-label="{html.escape(str(said.get("title", "")))}" tabindex="0">'
        f'<div class="sized"><div class="plot" style="min-height:{int(layout.get("height") or 450)}px"></div></div>'
        f'<details class="values"><summary>{html.escape(phrase("chart.values", language))}</summary></details>'
        f'<script type="application/json">{inert_json(shown)}</script></figure>'
    )


def inert_json(data: object) -> str:
    """JSON that can stand inside a ``script`` element: no character in it can end the element.

    Examples
    --------
    >>> print(inert_json({"text": "</script>"}))
    {"text":"\\u003c/script\\u003e"}
    """
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        raw = raw.replace(character, f"\\u{ord(character):04x}")
    return raw


@dataclass(frozen=True)
class Written:
    """What :func:`write_report` did: the paths that it wrote, and the plans that it left out, with the reasons."""

    paths: list[Path]
    skipped: pd.DataFrame


def write_report(
    study: str | Path | Sequence[str | Path] | None = None,
    *,
    out: str | Path = "out",
    taxonomy: str | Path = "education",
    language: str = "en",
    formats: Sequence[str] = ("html",),
    notebook: str | Path | None = None,
    skip_bad: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Written:
    """Write a study's report, its tables and its charts.

    Parameters
    ----------
    study
        A study, a folder of plans, a file or several files; None for the packaged five plans.
    out
        The folder for ``report.html``, ``tables/*.csv`` and ``charts/*.{html,png,svg}``. Everything is made beside it first
        and put in place at the end, so a failed run leaves what was there.
    taxonomy
        A packaged taxonomy's name or a YAML file.
    language
        ``en`` or ``zh``.
    formats
        Out of ``html``, ``pdf`` and ``docx``.
    notebook
        Another notebook than the packaged ``report.ipynb``.
    skip_bad, max_bytes
        As in :func:`policycompare.load_corpus`; what is left out stands in the report.

    Returns
    -------
    Written
        The reports, the folders of tables and charts, and what was left out.
    """
    import policycompare as pc

    for name in formats:
        one_of("formats", name, FORMATS)
    wished: dict[str, Any] = {"study": study, "taxonomy": taxonomy, "language": language, "skip_bad": skip_bad, "max_bytes": max_bytes}
    corpus, book = _executed(notebook, **wished)
    tables = pc.analyse(corpus, taxonomy=taxonomy)
    with put_in_place(out) as place:
        page = to_html(book, language=language, title=phrase("report.title", language))
        (place / "report.html").write_text(page, encoding="utf-8", newline="\n")
        if "pdf" in formats:
            from policycompare.drawing.printing import print_pdf

            (place / "report.pdf").write_bytes(print_pdf(place / "report.html", made=today()))
        pc.export.write_tables(tables, place / "tables")
        pc.export.write_figures(figures_of(book), place / "charts")
        if "docx" in formats:
            from policycompare.page.word import to_docx

            (place / "report.docx").write_bytes(to_docx(book, images=place / "charts", language=language, made=today()))
        if "html" not in formats:
            (place / "report.html").unlink()
    for name in set(FORMATS) - set(formats):  # one of an earlier run would stand beside and contradict
        (Path(out) / f"report.{name}").unlink(missing_ok=True)
    paths = [Path(out) / name for name in (*(f"report.{name}" for name in formats), "tables", "charts")]
    return Written(paths, corpus.skipped)


def write_charts(
    study: str | Path | Sequence[str | Path] | None = None,
    *,
    out: str | Path = "out/charts",
    taxonomy: str | Path = "education",
    language: str = "en",
    formats: Sequence[str] = ("png", "svg"),
    notebook: str | Path | None = None,
    skip_bad: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Written:
    """Write every chart of a notebook (by default of the report), each with its rows as CSV and its caption as text.

    Parameters
    ----------
    out
        The folder to write to; other files in it stay.
    formats
        As in :func:`policycompare.export.write_figures`.
    study, taxonomy, language, notebook, skip_bad, max_bytes
        As in :func:`write_report`.

    Returns
    -------
    Written
        The files, and what was left out.
    """
    from policycompare.export import write_figures

    wished: dict[str, Any] = {"study": study, "taxonomy": taxonomy, "language": language, "skip_bad": skip_bad, "max_bytes": max_bytes}
    corpus, book = _executed(notebook, **wished)
    return Written(write_figures(figures_of(book), out, formats=formats), corpus.skipped)


def _executed(
    notebook: str | Path | None,
    *,
    study: str | Path | Sequence[str | Path] | None,
    taxonomy: str | Path,
    language: str,
    skip_bad: bool,
    max_bytes: int,
) -> tuple[Corpus, NotebookNode]:
    """A study's corpus, and the notebook run on it; what is wrong with the study or the machine is said before a kernel starts."""
    from policycompare.charts.labels import MOST_PLANS
    from policycompare.corpus.corpus import load_corpus

    one_of("language", language, LANGUAGES)
    find_browser()
    corpus = load_corpus(study, skip_bad=skip_bad, max_bytes=max_bytes)
    if len(corpus.plans) > MOST_PLANS:
        raise PolicyCompareError(
            f"a report shows {MOST_PLANS} documents at most, and here are {len(corpus.plans):,}; make a data set of them (policycompare dataset), "
            "or report on some."
        )
    named = study if study is None else str(study) if isinstance(study, (str, Path)) else [str(file) for file in study]
    parameters = {"study": named, "taxonomy": str(taxonomy), "language": language, "skip_bad": skip_bad, "max_bytes": max_bytes}
    return corpus, run_notebook(notebook or notebook_path("report.ipynb"), parameters=parameters)


def verify_report(file: str | Path) -> list[str]:
    """Make a report again and say in what it differs: nothing where the two pages are equal byte for byte.

    Parameters
    ----------
    file
        A ``report.html``; its study is looked for where it says, from the current folder.

    Returns
    -------
    list of str
        One line a version, source, taxonomy or table that differs; or one that says that only the page does.

    Raises
    ------
    PolicyCompareError
        The file is no report, or its study cannot be read any more.
    """
    try:
        page = Path(file).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        raise PolicyCompareError(f"{file}: there is no such page; give a report.html that `policycompare report` wrote.") from None
    made = read_made(page, where=file)
    parameters = {name: made[name] for name in ("study", "taxonomy", "language", "skip_bad", "max_bytes")}
    # The date is the only thing that may differ, so it is put back to the report's own.
    day = datetime.fromisoformat(f"{made['date']}T00:00:00+00:00")
    book = run_notebook(notebook_path("report.ipynb"), parameters=parameters, environment={"SOURCE_DATE_EPOCH": f"{day.timestamp():.0f}"})
    again = to_html(book, language=made["language"], title=phrase("report.title", made["language"]))
    if again == page:
        return []
    now, then = read_made(again)["made"], made["made"]
    names = [*then, *(name for name in now if name not in then)]
    differ = [f"{name}: {then.get(name, 'missing')}, now {now.get(name, 'missing')}" for name in names if then.get(name) != now.get(name)]
    return differ or ["versions, sources, taxonomy and tables are equal, but the page is not: it was changed, or its notebook was."]
