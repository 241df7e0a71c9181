"""One look at plans' text: where a number with its unit, a date, a word of another sector, or the label of a body may stand.

Caveat: only two neighbouring characters are looked at, so a place that is found may hold nothing of the kind; but a place that is not
found holds nothing. The patterns in :mod:`policycompare.targets.cues` decide.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.script import among, code_points
from policycompare.targets.cues import vocabulary
from policycompare.targets.numerals import HAN, WIDE

# What a pair of characters may be, as bits. A number is told by its unit, or stands without one (三分之一, 全覆盖, 前三, 第一, 零, 半数).
_ARABIC, _CHINESE, _UNITLESS, _ALONE, _YEARS, _DATE, _OTHER, _LABEL = (1 << bit for bit in range(8))
_SECOND = 8  # bits to the left, for the second of a pair
_NUMBER = _ARABIC | _CHINESE | _UNITLESS | _ALONE
_MARGIN = "    "  # before the text, so that one can look back from its first character


class Glance(NamedTuple):
    """Places in a text, in order, at which something may begin (a date or a label: at which it may end)."""

    numbers: Array
    dates: Array
    others: Array
    labels: Array


def glance(text: str) -> Glance:
    """Where a quantity, a date, a word of another sector, and the end of a label may stand in a text; a date alone is no quantity.

    Examples
    --------
    >>> found = glance("2025年招聘教师５名，半数以上到县级医院，任期3年。")
    >>> found.numbers.tolist(), found.dates.tolist(), found.others.tolist(), found.labels.tolist()
    ([9, 12, 24], [3], [19], [])
    """
    points = code_points(f"{_MARGIN}{text} ")
    signs = _signs().take(points, mode="clip")
    told = signs[:-1] & signs[1:] >> _SECOND
    told[: len(_MARGIN)] = 0
    places = np.flatnonzero(told)
    told = told[places]
    years = places[(told & _YEARS) != 0]
    dated = among(points[years - 3], "12１２") & (signs[years - 2] & signs[years - 1] & _ARABIC != 0)
    numbers = np.union1d(places[(told & _NUMBER) != 0], years[~dated])  # 任期3年
    dates = places[(told & _DATE) != 0]
    dates = dates[among(points[dates - 3 - (points[dates] == ord("学"))], "12１２二")]
    others, labels = (places[(told & kind) != 0] for kind in (_OTHER, _LABEL))
    return Glance(*(found - len(_MARGIN) for found in (numbers, dates, others, labels)))


@cache
def _signs() -> Array:
    """Code point → what a pair of characters may be that begins with it, and above that what one may be that ends with it.

    The last place is for all beyond.
    """
    table = np.zeros(0x10000, dtype=np.uint16)
    words = vocabulary()
    units, digits, spaces = {unit[0] for unit in words["units"]}, "0123456789", " \t\n\r\u00a0\u2002\u2003\u3000"
    for kind, begin, end in (
        (_ARABIC, digits, {*units, *"：∶/", *spaces} - {"年"}),
        (_CHINESE, HAN + "余多半", {*units, *spaces}),
        (_UNITLESS, "分覆前第", {*"之盖一", *HAN, *digits}),
        (_ALONE, "零半", map(chr, range(0x10000))),
        (_YEARS, digits, "年"),
        (_DATE, digits + HAN + "○学", "年"),
        (_OTHER, {word[0] for word in words["other_sectors"]}, {word[1] for word in words["other_sectors"]}),
        (_LABEL, {label[-1] for label in words["responsible"]["labels"]}, "：为" + spaces),
    ):
        table[[ord(sign) for sign in begin]] |= kind
        table[[ord(sign) for sign in end]] |= kind << _SECOND
    for wide, plain in WIDE:
        table[ord(wide)] = table[ord(plain)]
    return table
