"""Numbers as plans write them: Arabic, Chinese or mixed, with their scales.

Caveat: everything here reads *folded* text (:func:`fold`) in simplified script: digits half-width, punctuation full-width.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

WIDE = tuple(zip("０１２３４５６７８９％．～＋／＞＜;:()!?", "0123456789%.~+/><；：（）！？", strict=True))
_COMMA = re.compile(r",(?:(?!\d{3}(?!\d))|(?<!\d,))")
_THOUSANDS = re.compile(r",(?<=\d,)\d{3}(?!\d)")
_DIGIT = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
DIGITS = "〇零一二两三四五六七八九"
HAN = DIGITS + "十百千万亿"
SCALES = "[百千万亿]{0,4}"
DECIMALS = rf"(?:点[{DIGITS}]{{1,9}})"
# Patterns open with one set of characters wherever they can: a search passes over all others quickly, and looks back second.
# Bounded, because a run of 20,000 digits would otherwise be read from every one of them to its end and back.
_ARABIC = r"(?:\d{0,2}(?:,\d{3}){1,5}(?:\.\d{1,9})?|\d{0,14}(?:\.\d{1,9})?)"
VALUE = rf"[\d{HAN}](?:(?<=\d){_ARABIC}{SCALES}|(?<!\d)[{HAN}]{{0,14}}(?:{DECIMALS}{SCALES})?)"
ARABIC = rf"\d{_ARABIC}{SCALES}"
_WRITTEN = re.compile(rf"(?P<number>\d{_ARABIC}|[{HAN}]+点[{DIGITS}]+)(?P<scales>[十百千万亿]*)")
YEARISH = re.compile(r"(?:19|20)\d\d")


class Quantity(NamedTuple):
    """One quantity in a text: ``text[start:end]`` with its comparators, its values, its unit.

    ``low`` and ``high`` are always filled (see the codebook); ``baseline`` only in a change; ``at`` is where the
    number itself starts, ``stop`` where its unit ends.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    comparator: str
    baseline: float | None
    period: str
    at: int
    stop: int


def fold(text: str) -> str:
    """Digits and their signs half-width, punctuation full-width, at the same length; a comma within a number stays.

    Examples
    --------
    >>> fold("９５．５％,学位9,670个;")
    '95.5%，学位9,670个；'
    """
    for wide, plain in WIDE:  # each a scan in C; str.translate looks every character up
        text = text.replace(wide, plain)
    return _COMMA.sub("，", text) if _THOUSANDS.search(text) else text.replace(",", "，")


@lru_cache(maxsize=4096)
def read_number(written: str) -> float:
    """The value of a number as written: Arabic, Chinese, or mixed.

    Raises
    ------
    ValueError
        The text is no number.

    Examples
    --------
    >>> [read_number(n) for n in ("3.5万", "9,670", "三十", "两百五十", "一千零五", "十", "1亿", "百", "二〇二七", "三点五万")]
    [35000.0, 9670.0, 30.0, 250.0, 1005.0, 10.0, 100000000.0, 100.0, 2027.0, 35000.0]
    """
    match = _WRITTEN.fullmatch(written)
    if match:
        whole, _, decimals = match["number"].partition("点")
        value = _read_han(whole) + float("0." + "".join(str(_DIGIT[c]) for c in decimals)) if decimals else float(whole.replace(",", ""))
        for scale in match["scales"]:
            value *= _SCALE[scale]
        return round(value, 6)
    if not written or any(c not in HAN for c in written):
        raise ValueError(f"{written!r} is no number")
    return _read_han(written)


def _read_han(whole: str) -> float:
    if all(c in _DIGIT for c in whole):
        return float("".join(str(_DIGIT[c]) for c in whole))
    total = section = digit = 0
    for c in whole:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif _SCALE[c] >= 10**4:
            total, section, digit = (total + section + digit or 1) * _SCALE[c], 0, 0
        else:
            section, digit = section + (digit or 1) * _SCALE[c], 0
    return float(total + section + digit)
