"""Figures → images in the toolkit's font, all through one start of the browser.

Caveat: a browser without the font draws boxes and reports success; so every character that an image would show is looked up in the
font's own table first, and the font goes into the file.
"""

from __future__ import annotations

import base64
import logging
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from policycompare.drawing.browser import FONT_FAMILY, find_browser, find_font, missing_glyphs, only_our_font
from policycompare.messages import said
from policycompare.schema import DrawingError, PolicyCompareError

if TYPE_CHECKING:
    import plotly.graph_objects as go

DPI = 300
IMAGE_FORMATS = ("png", "svg", "pdf")

# A browser draws 96 pixels to the inch.
_SCALE = DPI / 96
_FONT_STACK = f"{FONT_FAMILY}, Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif"
# Keys of a figure that hold text which shows only under the mouse, or none.
_UNSEEN = {"hovertext", "hovertemplate", "customdata", "meta", "uid", "ids", "template", "hoverlabel"}


def refuse_missing_glyphs(figures: Mapping[str, go.Figure]) -> None:
    """Raise if an image would show a character that the font lacks; what shows only under the mouse does not count.

    Raises
    ------
    DrawingError
        One message a figure, with all characters that are missing.
    """
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


def draw(figures: Mapping[str, go.Figure], folder: Path, *, formats: Sequence[str]) -> None:
    """Write each figure into ``folder`` in each of the formats, with a bar of progress where a terminal looks on.

    Raises
    ------
    DrawingError
        There is no browser, or it fails.
    """
    import asyncio

    import kaleido
    from tqdm import tqdm

    jobs = [(name, figure, format) for name, figure in figures.items() for format in formats]

    async def drawn_all() -> None:
        async with kaleido.Kaleido(path=str(find_browser()), mathjax=False) as browser:
            for name, figure, format in tqdm(jobs, desc=said("progress.images"), unit=said("progress.image"), disable=None, leave=False):
                size = {"format": format, "scale": _SCALE if format == "png" else 1}
                drawn = await browser.calc_fig(_ready_to_draw(figure), opts=size)
                (folder / f"{name}.{format}").write_bytes(_at_300_dpi(drawn) if format == "png" else drawn)

    try:
        # A thread of its own, because a notebook has an event loop running already.
        with only_our_font(), _quiet("choreographer", "kaleido"), ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, drawn_all()).result()
    except (OSError, PolicyCompareError):
        raise
    except Exception as fault:
        why = fault.args[0] if fault.args else type(fault).__name__
        raise DrawingError(f"the browser {find_browser()} failed to draw: {why}; try another by setting BROWSER_PATH.") from fault
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
