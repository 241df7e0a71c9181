"""Tables to CSV, Parquet and Excel; figures to HTML, PNG, SVG and PDF.

What is written appears whole or not at all: everything is made in a folder beside its place and then moved, so that a failure
leaves earlier outputs as they were. Plans are other people's texts: in a CSV or a workbook a text that a spreadsheet would run
as a formula is kept a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.drawing.drawing import IMAGE_FORMATS, draw, refuse_missing_glyphs
from policycompare.placing import put_in_place
from policycompare.schema import PolicyCompareError, one_of
from policycompare.spreadsheets import write_csv, write_workbook

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy

TABLE_FORMATS = ("csv", "parquet", "xlsx")
FIGURE_FORMATS = ("html", *IMAGE_FORMATS)
# What every page with charts shows beside them. Plotly 7 would also offer to send the chart to a server.
PAGE_CONFIG = {"displaylogo": False, "responsive": True, "showSendToCloud": False}

# Under a figure that shows a few of its rows: a box that looks for words in all of them, 50 rows at most. Nothing is read as markup.
_SEARCH = """
const plot = document.getElementById("{plot_id}"), {search, data} = plot.layout.meta;
const box = document.createElement("input"), table = document.createElement("table");
box.type = "search"; box.placeholder = search; box.setAttribute("aria-label", search);
for (const part of [box, table]) { part.style.cssText = "font: 13px sans-serif; margin: 8px 12px"; plot.parentNode.append(part); }
const line = (cells, kind) => {
  const row = document.createElement("tr");
  for (const cell of cells) {
    const made = document.createElement(kind);
    made.textContent = typeof cell === "number" && !Number.isInteger(cell) ? cell.toFixed(3) : cell ?? "";
    made.style.cssText = "text-align: left; padding: 2px 10px 2px 0";
    row.append(made);
  }
  return row;
};
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const found = data.data.filter(row => words.every(word => row.filter(cell => typeof cell === "string").join(" ").toLowerCase().includes(word)));
  table.replaceChildren(...(words.length ? [line(data.columns, "th"), ...found.slice(0, 50).map(row => line(row, "td"))] : []));
});
"""


def write_tables(
    tables: Mapping[str, pd.DataFrame], directory: str | Path, *, format: str = "csv", colours: Mapping[str, str] | None = None
) -> list[Path]:
    """Write each table to ``directory`` under its name.

    Parameters
    ----------
    tables
        Name -> table, for example ``{"statements": statements}``.
    directory
        Where to; it is made if need be.
    format
        ``csv`` (UTF-8 with a byte order mark, so that Excel shows Chinese), ``parquet``, or ``xlsx`` (one workbook,
        ``tables.xlsx``, with a sheet a table; from a count in ``coverage`` a link leads to the statements that it counts).
    colours
        Theme -> ``#RRGGBB`` to mark it with in a workbook. Default: the packaged taxonomies' colours.

    Returns
    -------
    list of Path
        The files, in the order of the tables.

    Raises
    ------
    PolicyCompareError
        The format is unknown, or the folder cannot be written.

    Notes
    -----
    In CSV (RFC 4180) a text cell that begins with ``=``, ``+``, ``-``, ``@``, tab or carriage return and goes on after it gets a
    ``'`` in front, as spreadsheets have it; so does one that begins with ``'`` and then such a sign, so that taking one ``'`` away
    always gives the text back. Numbers stay as they are. Workbooks and Parquet hold texts as texts and need no sign.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [file] = write_tables({"targets": pd.DataFrame({"quote": ["=SUM(A1)", "达到95%"], "low": [-1, 95]})}, folder)
    ...     print(file.read_text(encoding="utf-8-sig"))
    quote,low
    '=SUM(A1),-1
    达到95%,95
    <BLANKLINE>
    """
    one_of("format", format, TABLE_FORMATS)
    with put_in_place(directory) as place:
        if format == "xlsx":
            from policycompare.charts.labels import theme_names

            if colours is None:
                colours = {theme: colour for theme, (_, _, colour) in theme_names("education-extended").items()}
            write_workbook(tables, place / "tables.xlsx", colours=colours)
            return [Path(directory) / "tables.xlsx"]
        files = [place / f"{_file_name(name)}.{format}" for name in tables]
        for file, table in zip(files, tables.values(), strict=True):
            if format == "csv":
                write_csv(table, file)
            else:
                table.to_parquet(file, index=False)
    return [Path(directory) / file.name for file in files]


def write_figures(
    figures: Mapping[str, go.Figure], directory: str | Path, *, formats: Sequence[str] = ("html", "png", "svg")
) -> list[Path]:
    """Write each figure to ``directory`` under its name, once a format, all through one start of the browser.

    Parameters
    ----------
    figures
        Name -> plotly figure. Images are as large as ``layout.width`` and ``layout.height`` say, in pixels of 1/96 inch.
    directory
        Where to; it is made if need be.
    formats
        Out of ``html`` (one file with plotly.js inside, for a browser without network), ``png`` (300 dpi), ``svg`` and
        ``pdf`` (both with the font embedded). Beside the figures of this package stand their captions
        (``.txt``) and the rows that they show (``.csv``).

    Returns
    -------
    list of Path
        The files, figure by figure.

    Raises
    ------
    PolicyCompareError
        A format is unknown, or the folder cannot be written.
    DrawingError
        There is no browser, or the font lacks a character that an image would show; the message lists all of them.

    Examples
    --------
    >>> write_figures({}, "out", formats=["gif"])
    Traceback (most recent call last):
    policycompare.schema.PolicyCompareError: formats must be one of html, png, svg, pdf; got 'gif'.
    """
    for format in formats:
        one_of("formats", format, FIGURE_FORMATS)
    images = [format for format in formats if format != "html"]
    if images:
        refuse_missing_glyphs(figures)
    with put_in_place(directory) as place:
        for name, figure in figures.items():
            _file_name(name)
            if "html" in formats:
                searched = (figure.layout.meta or {}).get("search", "")
                page = figure.to_html(
                    include_plotlyjs=True, div_id=f"figure-{name}", config=PAGE_CONFIG, post_script=_SEARCH if searched else None
                )
                (place / f"{name}.html").write_text(page, encoding="utf-8")
            if said := caption(figure):
                (place / f"{name}.txt").write_text(said, encoding="utf-8")
            if (table := data(figure)) is not None:
                write_csv(table, place / f"{name}.csv")
        if images and figures:
            draw(figures, place, formats=images)
        files = [f"{name}.{end}" for name in figures for end in (*formats, "csv", "txt") if (place / f"{name}.{end}").is_file()]
    return [Path(directory) / file for file in files]


def caption(figure: go.Figure) -> str:
    """A figure's title, subtitle, method note and source, a line each.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> print(caption(pc.charts.coverage_heatmap(pc.coverage(corpus, pc.code(corpus)))).splitlines()[0])
    What each plan attends to
    """
    said = figure.layout.meta or {}
    return "".join(f"{said[part]}\n" for part in ("title", "subtitle", "note", "source") if said.get(part))


def data(figure: go.Figure) -> pd.DataFrame | None:
    """The rows that a figure of :mod:`policycompare.charts` shows; None for a figure from elsewhere.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> list(data(pc.charts.coverage_heatmap(pc.coverage(corpus, pc.code(corpus)))).columns[:5])
    ['plan', 'theme', 'by', 'n', 'of']
    """
    rows = (figure.layout.meta or {}).get("data")
    return None if rows is None else pd.DataFrame(rows["data"], columns=rows["columns"]).convert_dtypes()


# Format → what writes the codings into a folder; it returns the names of its files.
CODING_WRITERS: dict[str, Callable[[Corpus, pd.DataFrame, Taxonomy, Path], list[str]]] = {}


def write_codings(
    corpus: Corpus,
    codings: pd.DataFrame,
    directory: str | Path,
    *,
    formats: Sequence[str] = ("csv",),
    taxonomy: Taxonomy | str | Path = "education",
) -> list[Path]:
    """Write the codings with what they code.

    Parameters
    ----------
    corpus, codings
        The plans and their codings.
    directory
        Where to; it is made if need be.
    formats
        Out of :data:`CODING_WRITERS`: ``csv`` and ``xlsx`` (the tables ``plans``, ``statements`` and ``codings``), ``qdpx`` and ``qdc``
        (project and codebook for NVivo, MAXQDA, QualCoder or ATLAS.ti, :mod:`policycompare.qda`).
    taxonomy
        What the codings were made by: names and colours of the codes.

    Returns
    -------
    list of Path
        The files, format by format.

    Raises
    ------
    PolicyCompareError
        A format is unknown, or the folder cannot be written.
    """
    from policycompare.taxonomy.taxonomy import load_taxonomy

    for format in formats:
        one_of("formats", format, CODING_WRITERS)
    loaded = load_taxonomy(taxonomy)
    with put_in_place(directory) as place:
        names = [name for format in formats for name in CODING_WRITERS[format](corpus, codings, loaded, place)]
    return [Path(directory) / name for name in names]


def _coding_tables(corpus: Corpus, codings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {"plans": corpus.plans, "statements": corpus.statements, "codings": codings}


def _codings_as_csv(corpus: Corpus, codings: pd.DataFrame, _taxonomy: Taxonomy, place: Path) -> list[str]:
    return [file.name for file in write_tables(_coding_tables(corpus, codings), place)]


def _codings_as_workbook(corpus: Corpus, codings: pd.DataFrame, taxonomy: Taxonomy, place: Path) -> list[str]:
    from policycompare.charts.labels import theme_names

    colours = {theme: colour for theme, (_, _, colour) in theme_names(taxonomy).items()}
    write_workbook(_coding_tables(corpus, codings), place / "codings.xlsx", colours=colours)
    return ["codings.xlsx"]


def _codings_as_project(corpus: Corpus, codings: pd.DataFrame, taxonomy: Taxonomy, place: Path) -> list[str]:
    from policycompare.qda import project

    (place / "codings.qdpx").write_bytes(project(corpus, codings, taxonomy=taxonomy))
    return ["codings.qdpx"]


def _codes_as_codebook(_corpus: Corpus, _codings: pd.DataFrame, taxonomy: Taxonomy, place: Path) -> list[str]:
    from policycompare.qda import codebook

    (place / "codebook.qdc").write_bytes(codebook(taxonomy))
    return ["codebook.qdc"]


CODING_WRITERS |= {"csv": _codings_as_csv, "xlsx": _codings_as_workbook, "qdpx": _codings_as_project, "qdc": _codes_as_codebook}


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[\w.-]*\w", name):
        raise PolicyCompareError(f"{name!r} cannot be a file's name; use letters, digits, '.', '-' and '_'.")
    return name
