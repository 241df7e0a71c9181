"""Automatic list numbers of a .docx: what a word processor shows before a paragraph, which its text does not hold."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_STEMS = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
_COUNTING = {
    "chineseCountingThousand",
    "chineseCounting",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
}
_CHINESE = _COUNTING | {"chineseLegalSimplified", "ideographLegalTraditional"}


def numeral(number: int, style: str) -> str:
    """A number as a list of this style (the file's ``numFmt``) writes it.

    Examples
    --------
    >>> numeral(12, "chineseCounting"), numeral(4, "upperRoman"), numeral(3, "decimalEnclosedCircle"), numeral(2, "lowerLetter")
    ('十二', 'IV', '③', 'b')
    """
    if style in _CHINESE and 0 <= number < 10_000:
        return chinese(number)
    if style in _STEMS and 0 < number <= len(_STEMS[style]):
        return _STEMS[style][number - 1]
    if style == "decimalEnclosedCircle" and 0 < number <= 20:
        return chr(0x2460 + number - 1)
    if style == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if style in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter[:50].upper() if style == "upperLetter" else letter[:50]
    if style in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return _roman(number).upper() if style == "upperRoman" else _roman(number)
    return "" if style in ("none", "bullet") else str(number)


def chinese(number: int) -> str:
    """A whole number below 10,000 in Chinese numerals.

    Examples
    --------
    >>> [chinese(n) for n in (0, 9, 10, 21, 105, 2020)]
    ['零', '九', '十', '二十一', '一百零五', '二千零二十']
    """
    if number < 10:
        return _DIGITS[number]
    out, gap = "", False
    for value, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            out += ("零" if gap and out else "") + _DIGITS[digit] + unit
        gap = not digit
    return out[1:] if out.startswith("一十") else out


def _roman(number: int) -> str:
    out = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        out += letters * (number // value)
        number %= value
    return out


@dataclass(frozen=True)
class _Level:
    """One level of a list: its first number, how numbers are written, and the text about them (``第%1章``)."""

    start: int
    style: str
    text: str
    decimal: bool = False  # write the levels above in digits, too (the file's ``isLgl``)


@dataclass
class Numbering:
    """The lists of a document, counting as the paragraphs go by."""

    levels: dict[tuple[str, int], _Level]  # (list, level)
    lists: dict[str, str]  # list number -> the definition that it shares its count with
    restarts: dict[tuple[str, int], int]
    styles: dict[tuple[str, str], int] = field(default_factory=dict)  # (list, paragraph style) -> level
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, root: _Element | None) -> Numbering:
        """Read ``numbering.xml``; None for a document without lists."""
        levels: dict[tuple[str, int], _Level] = {}
        lists: dict[str, str] = {}
        restarts: dict[tuple[str, int], int] = {}
        styles: dict[tuple[str, str], int] = {}
        if root is None:
            return cls(levels, lists, restarts, styles)
        abstract = {one.get(f"{W}abstractNumId"): one for one in root.iter(f"{W}abstractNum")}
        for one in root.iter(f"{W}num"):
            number, shared = str(one.get(f"{W}numId")), _value(one, "abstractNumId")
            lists[number] = shared
            for level in (*_children(abstract.get(shared), "lvl"), *one.iter(f"{W}lvl")):
                at = _whole(level.get(f"{W}ilvl"), 0)
                style, decimal = _value(level, "numFmt") or "decimal", level.find(f"{W}isLgl") is not None
                levels[number, at] = _Level(_whole(_value(level, "start"), 1), style, _value(level, "lvlText"), decimal)
                styles[number, _value(level, "pStyle")] = at
            for override in one.iter(f"{W}lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    restarts[number, _whole(override.get(f"{W}ilvl"), 0)] = _whole(start, 1)
        return cls(levels, lists, restarts, styles)

    def next(self, number: str, level: int) -> str:
        """The label of the next paragraph of a list at a level, empty where none is shown."""
        form = self.levels.get((number, level))
        if form is None:
            return ""
        counts = self.counts[self.lists[number]]
        if number not in self.begun:
            self.begun.add(number)
            for (of, at), start in self.restarts.items():
                if of == number:
                    counts[at] = start - 1
        counts[level] = counts.get(level, form.start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if form.style == "bullet":
            return "•" if form.text.strip() else ""

        def fill(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = self.levels.get((number, at), form)
            return numeral(counts.get(at, shown.start), "decimal" if form.decimal else shown.style)

        return re.sub(r"%([1-9])", fill, form.text)


def _children(parent: _Element | None, tag: str) -> list[_Element]:
    return [] if parent is None else list(parent.iterchildren(f"{W}{tag}"))


def _value(parent: _Element, tag: str) -> str:
    child = parent.find(f"{W}{tag}")
    return "" if child is None else str(child.get(f"{W}val") or "")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
