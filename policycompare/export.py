"""Tables to CSV, Parquet and Excel; figures to HTML, PNG, SVG and PDF.

What is written appears whole or not at all: everything is made in a folder beside its place and then moved, so that a failure
leaves earlier outputs as they were. Plans are other people's texts: in a CSV or a workbook a text that a spreadsheet would run
as a formula is kept a text.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from policycompare.browser import FONT_FAMILY, find_browser, find_font, missing_glyphs, only_our_font
from policycompare.schema import DrawingError, PolicyCompareError, one_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

TABLE_FORMATS = ("csv", "parquet", "xlsx")
FIGURE_FORMATS = ("html", "png", "svg", "pdf")
DPI = 300
# What every page with charts shows beside them. Plotly 7 would also offer to send the chart to a server.
PAGE_CONFIG = {"displaylogo": False, "responsive": True, "showSendToCloud": False}

# A browser draws 96 pixels to the inch.
_SCALE = DPI / 96
# A sign alone, such as the comparator of a target, is no formula.
_RISKY = r"'*[=+\-@\t\r](?s:.)"
_FONT_STACK = f"{FONT_FAMILY}, Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"
# Keys of a figure that hold text which shows only under the mouse, or none.
_UNSEEN = {"hovertext", "hovertemplate", "customdata", "meta", "uid", "ids", "template", "hoverlabel"}


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
    with _put_in_place(directory) as (staging, done):
        if format == "xlsx":
            from policycompare.charts.labels import theme_names
            from policycompare.workbook import write_workbook

            if colours is None:
                colours = {theme: colour for theme, (_, _, colour) in theme_names("education-extended").items()}
            write_workbook(tables, staging / "tables.xlsx", colours=colours)
            done.append("tables.xlsx")
        for name, table in tables.items() if format != "xlsx" else ():
            file = staging / f"{_file_name(name)}.{format}"
            if format == "csv":
                _without_formulas(table).to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\r\n")
            else:
                table.to_parquet(file, index=False)
            done.append(file.name)
    return [Path(directory) / name for name in done]


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
        ``pdf`` (both with the font embedded).

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
        _refuse_missing_glyphs(figures)
    with _put_in_place(directory) as (staging, done):
        for name, figure in figures.items():
            done += [f"{_file_name(name)}.{format}" for format in formats]
            if "html" in formats:
                page = figure.to_html(include_plotlyjs=True, div_id=f"figure-{name}", config=PAGE_CONFIG)
                (staging / f"{name}.html").write_text(page, encoding="utf-8")
        if images and figures:
            _draw(figures, staging, images)
    return [Path(directory) / name for name in done]


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[\w.-]*\w", name):
        raise PolicyCompareError(f"{name!r} cannot be a file's name; use letters, digits, '.', '-' and '_'.")
    return name


@contextmanager
def _put_in_place(directory: str | Path) -> Iterator[tuple[Path, list[str]]]:
    """A staging folder inside ``directory``; the files named in the list move out of it if nothing was raised."""
    target = Path(directory)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=target) as folder:
            done: list[str] = []
            yield Path(folder), done
            for name in done:
                (Path(folder) / name).replace(target / name)
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno else str(fault)
        raise PolicyCompareError(
            f"cannot write to {str(directory)!r}: {why}; make room there, close the file or choose another folder."
        ) from fault


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    guarded = {
        name: table[name] if pd.api.types.is_numeric_dtype(dtype) else table[name].map(_guarded) for name, dtype in table.dtypes.items()
    }
    return pd.DataFrame(guarded, columns=table.columns, index=table.index)


def _guarded(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and re.match(_RISKY, cell) else cell


def _refuse_missing_glyphs(figures: Mapping[str, go.Figure]) -> None:
    faults = [
        f"figure {name!r}: the font {find_font().name} has no glyph for {missing!r}; set POLICYCOMPARE_FONT to a font that has, or change the text."
        for name, figure in figures.items()
        if (missing := missing_glyphs(_seen_texts(figure.to_plotly_json())))
    ]
    if faults:
        raise DrawingError(*faults)


def _seen_texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for key in part.keys() - _UNSEEN - ({"text"} if _text_on_hover(part) else set()):
            yield from _seen_texts(part[key])
    elif isinstance(part, Iterable) and getattr(getattr(part, "dtype", None), "kind", "O") in "OU":
        for value in part:
            yield from _seen_texts(value)


def _text_on_hover(trace: Mapping[str, Any]) -> bool:
    kind = str(trace.get("type", ""))
    points = kind.startswith("scatter") and "text" not in trace.get("mode", "")
    return points or (kind == "heatmap" and "text" not in trace.get("texttemplate", ""))


def _draw(figures: Mapping[str, go.Figure], folder: Path, formats: Sequence[str]) -> None:
    import asyncio

    import kaleido
    from tqdm import tqdm

    jobs = [(name, figure, format) for name, figure in figures.items() for format in formats]

    async def draw() -> None:
        async with kaleido.Kaleido(path=str(find_browser()), mathjax=False) as browser:
            for name, figure, format in tqdm(jobs, desc="images", unit="image", disable=None, leave=False):
                size = {"format": format, "scale": _SCALE if format == "png" else 1}
                drawn = await browser.calc_fig(_ready_to_draw(figure), opts=size)
                (folder / f"{name}.{format}").write_bytes(_at_300_dpi(drawn) if format == "png" else drawn)

    try:
        # A thread of its own, because a notebook has an event loop running already.
        with only_our_font(), _quiet("choreographer", "kaleido"), ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, draw()).result()
    except (OSError, PolicyCompareError):
        raise
    except Exception as fault:
        raise DrawingError(f"the browser {find_browser()} failed to draw: {fault}; try another by setting BROWSER_PATH.") from fault
    _embed_font([folder / f"{name}.svg" for name, _, format in jobs if format == "svg"])


@contextmanager
def _quiet(*loggers: str) -> Iterator[None]:
    """Without the browser's chatter on closing; what goes wrong is raised."""
    before = {name: logging.getLogger(name).level for name in loggers}
    for name in loggers:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _ready_to_draw(figure: go.Figure) -> dict[str, Any]:
    """The figure in the embedded font, its traces named by number: plotly.js would draw names at random."""
    drawn = type(figure)(figure)
    drawn.update_layout(font_family=_FONT_STACK)
    for number, trace in enumerate(drawn.data):
        trace.uid = f"trace{number}"
    return cast("dict[str, Any]", drawn.to_dict())


def _at_300_dpi(png: bytes) -> bytes:
    """The PNG with its resolution written in (a pHYs chunk), so that Word shows it in its true size."""
    per_metre = round(DPI / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    header = 8 + 25  # signature, IHDR
    return png[:header] + chunk + png[header:]


def _embed_font(files: Sequence[Path]) -> None:
    """Put into each SVG the glyphs that it uses, and constants for the ids that plotly.js drew at random."""
    drawings = {file: file.read_text(encoding="utf-8") for file in files}
    texts = {file: "".join(re.findall(r">([^<]+)<", svg)) for file, svg in drawings.items()}
    # To open the whole font takes half a second: once for all.
    font = _subset(find_font().read_bytes(), "".join(texts.values())) if files else b""
    for file, svg in drawings.items():
        for number, random in enumerate(dict.fromkeys(re.findall(r'id="(?:top)?defs-([0-9a-f]{6})"', svg))):
            svg = svg.replace(random, f"f{number:05}")
        glyphs = base64.b64encode(_subset(font, texts[file], flavor="woff2")).decode()
        opening, end, rest = svg.partition(">")
        face = f"@font-face{{font-family:'{FONT_FAMILY}';src:url(data:font/woff2;base64,{glyphs}) format('woff2');}}"
        file.write_text(f"{opening}{end}<style>{face}</style>{rest}", encoding="utf-8", newline="")


def _subset(font: bytes, texts: str, *, flavor: str | None = None) -> bytes:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    # FFTM is FontForge's time stamp.
    unneeded = ["FFTM", *subset.Options().drop_tables]
    options = subset.Options(drop_tables=unneeded, layout_features=[], hinting=False, notdef_outline=True)
    with TTFont(BytesIO(font), fontNumber=0, lazy=True, recalcTimestamp=False) as opened:
        cutter = subset.Subsetter(options)
        cutter.populate(text=texts)
        cutter.subset(opened)
        opened.flavor = flavor
        out = BytesIO()
        opened.save(out)
    return out.getvalue()
