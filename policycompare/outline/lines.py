"""The lines of a source text in a form that patterns can match, at their own offsets.

Caveat: the matching text differs from the source text (script, width of characters, entities) but never in length, so
an offset in the one is an offset in the other. Nothing here is ever shown to a reader.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.script import BLANKS, among, code_points

Repair = tuple[int, int, str]  # start, end, what was read otherwise than it stands

FILLER = "\u2060"  # stands where the source has a character that is neither white space nor anything to match
_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_WIDTH |= dict.fromkeys(set(BLANKS) - {"\t"}, " ")
_WIDTH |= dict.fromkeys("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n")
_WIDTH |= dict.fromkeys(map(chr, [*range(9), *range(14, 28), 0x7F, 0xAD, *range(0x200B, 0x2010), 0xFEFF]), FILLER)
_WIDTH |= dict(zip("〔〕［］﹙﹚﹝﹞｡○Ｏ∶﹕､", "[][]()()。〇〇::、", strict=True))
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8}\d?);")
_LOST = re.compile(r"(?<=[\u4e00-\u9fff\d])\?(?=[\u4e00-\u9fff“《])")
_SPACED_SIGN = re.compile(r" [0-9]")  # quick to look for
_SPACED = re.compile(r"(?<![0-9.])(?<![0-9] )[0-9](?: [0-9])++(?=\s?[年月日号%个所名])")
_ASKING = re.compile(r"[吗呢么怎何哪谁几否]")
_POURED = re.compile(
    r"[\u4e00-\u9fff。;:”)] +(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、]|第[一二三四五六七八九十]{1,3}[章条])"
)
_GAP = re.compile(r"(?<=[\u4e00-\u9fff。;:!?,”)》〕\]\d]) +(?=[\u4e00-\u9fff“《(【\[\d—])")
AROUND = FILLER + " \t"
STOPS = "。!?;"
QUOTES = "”’\"')]》」』" + FILLER  # behind a stop they belong to the sentence before
_LONG = 1000  # characters of a row that may be a whole text
_CLOSED = re.compile(rf"(?P<quotes>[{re.escape(QUOTES)}]*)[^\S\n]*")
_STOP, _BETWEEN = 1 << 31, 1 << 30  # beside a code point: the sign is one of STOPS; it may stand between a stop and the next sentence
_POINT = np.uint32((1 << 21) - 1)  # the code point without these bits
_BEYOND = 0x10000  # the table's last place, for all characters beyond


@dataclass(slots=True)
class Line:
    """One line without the white space around it: ``text`` is the matching text between ``start`` and ``end``.

    ``outer`` begins and ends the line where invisible characters (a byte order mark) stand around it.
    """

    start: int
    end: int
    text: str
    outer: tuple[int, int]
    ended: bool  # closes a sentence
    indented: bool
    kind: str = ""  # "" is content; junk, heading, doctitle, join (goes on from the line before)
    mark: str = ""  # the style of the mark that opens the line, and where the mark ends in text
    mark_end: int = 0
    full: bool = False  # as wide as a hard wrap allows, so that its sentence goes on in the next line


def matching_text(simple: str) -> tuple[str, Array, list[Repair]]:
    """The text to match on, from a text in simplified script: half width, entities as their characters, ``\\n`` for every line's end; as long as it was.

    The array holds the code points of its characters and of one line's end more, each with the bits that tell whether it is a stop or may
    stand behind one: :data:`_STOP`, :data:`_BETWEEN`.

    Examples
    --------
    >>> matching_text("（一）坚持&quot;立德&quot;。")[0].replace("\\u2060", "")
    '(一)坚持"立德"。'
    """
    repairs: list[Repair] = []
    out = simple
    if "&" in out:
        out = _ENTITY.sub(lambda hit: _entity(hit, repairs), out)
    if "?" in out:
        out = _LOST.sub(lambda hit: _lost(hit, repairs), out)
    out, signs = _half_width(out)
    for sign in _SPACED_SIGN.finditer(out):
        if hit := _SPACED.match(out, sign.start() - 1):
            repairs.append((*hit.span(), f"digits set apart: {hit[0].replace(' ', '')}"))
    return out, signs, repairs


def _half_width(text: str) -> tuple[str, Array]:
    """All of :data:`_WIDTH` in one look-up (``str.translate`` would make one a character), and with it what each sign is."""
    points = code_points(text + "\n")
    signs = np.take(_signs(), points, mode="clip")
    narrow = signs & _POINT
    if narrow.max() == _BEYOND:
        narrow = np.where(narrow == _BEYOND, points, narrow)
    return narrow[:-1].tobytes().decode("utf-32-le", "surrogatepass"), signs


@cache
def _signs() -> Array:
    """Code point → code point to match on, and what it is; the last place is :data:`_BEYOND`."""
    table = np.arange(_BEYOND + 1, dtype=np.uint32)
    table[[ord(old) for old in _WIDTH]] = [ord(new) for new in _WIDTH.values()]
    return table | among(table, STOPS) * np.uint32(_STOP) | among(table, QUOTES + " \t") * np.uint32(_BETWEEN)


def _entity(hit: re.Match[str], repairs: list[Repair]) -> str:
    meant = html.unescape(hit[0])
    if len(meant) > 1:
        return hit[0]
    repairs.append((*hit.span(), f"entity read as {meant!r}" if meant.strip() else "entity read as a space"))
    return (meant if meant.strip() else FILLER).rjust(len(hit[0]), FILLER)


def _lost(hit: re.Match[str], repairs: list[Repair]) -> str:
    """A half-width ? between Chinese characters that asks nothing stands where the converter lost a 、."""
    if _ASKING.search(hit.string, max(0, hit.start() - 12), hit.start()):
        return "?"
    repairs.append((*hit.span(), "? read as 、"))
    return "、"


def width(line: Line) -> int:
    """How wide a line stands on a page: a Chinese character is two, and so is each place of an indent."""
    return len(line.text.encode("gbk", "replace")) + 4 * line.indented


def split_lines(matching: str) -> list[Line]:
    """The lines that hold more than white space, in order."""
    lines = []
    begin = 0
    for row in _rows(matching):
        if whole := row.strip():
            start = outer = begin + row.index(whole[0])
            text = whole
            if FILLER in whole:
                text = whole.strip(AROUND) or whole
                start += whole.index(text)
            ended = text[-1] in STOPS or (text[-1] in QUOTES and text.rstrip(QUOTES)[-1:] in STOPS)
            lines.append(Line(start, start + len(text), text, (outer, outer + len(whole)), ended, outer - begin > 1))
        begin += len(row) + 1
    return lines


def _rows(matching: str) -> list[str]:
    """The text between its line ends, and where a whole text was poured into one row, between the spaces that stand for them."""
    rows = matching.split("\n")
    if max(map(len, rows)) < _LONG:
        return rows
    return [part for row in rows for part in (_poured(row) if len(row) >= _LONG else (row,))]


def _poured(row: str) -> list[str]:
    if row.count(" ") < 8 or len(_POURED.findall(row)) < 4:
        return [row]
    cuts = [hit.end() for hit in _GAP.finditer(row)]
    return [row[start : end - 1] for start, end in zip([0, *cuts], [*cuts, len(row) + 1], strict=True)]


class Breaks(NamedTuple):
    """Where one sentence ends and another may begin, throughout a text; three columns."""

    stops: Array  # the sentence's last stop
    ends: Array  # behind it, and behind what closes a quotation or a bracket there
    starts: Array  # what comes next in the line


def sentence_breaks(matching: str, signs: Array) -> Breaks:
    """Behind each run of stops in the matching text, of which :func:`matching_text` gave the signs, too.

    Examples
    --------
    >>> sentence_breaks(*matching_text("“好。” 再来!!")[:2])
    Breaks(stops=array([2, 8]), ends=array([4, 9]), starts=array([5, 9]))
    """
    is_stop = signs >= _STOP
    stops = np.flatnonzero(is_stop[:-1] > is_stop[1:])
    ends, starts = stops + 1, stops + 1
    for at in np.flatnonzero(signs[ends] & _BETWEEN):
        if hit := _CLOSED.match(matching, ends[at]):
            ends[at], starts[at] = hit.end("quotes"), hit.end()
    return Breaks(stops, ends, starts)


def hold(signs: Array, places: Array, characters: str) -> Array:
    """At which of the places one of the characters stands."""
    return among(signs[places] & _POINT, characters)
