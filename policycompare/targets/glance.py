"""One look at a plan's text: where a number with its unit, a word of another sector, or the label of a body may stand.

Caveat: only two neighbouring characters are looked at, so a place that is found may hold nothing of the kind; but a place that is not
found holds nothing. The patterns in :mod:`policycompare.targets.cues` decide.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.script import code_points
from policycompare.targets.cues import vocabulary
from policycompare.targets.numerals import HAN

# What a pair of characters may be, as bits. A number is told by its unit, or stands without one (三分之一, 全覆盖, 前三, 第一, 零, 半数).
_ARABIC, _CHINESE, _UNITLESS, _ALONE, _YEARS, _OTHER, _LABEL = (1 << bit for bit in range(7))
_SECOND = 8  # bits to the left, for the second of a pair
_NUMBER = _ARABIC | _CHINESE | _UNITLESS | _ALONE
_DATE = re.compile(r"[12]\d{3}年")


class Glance(NamedTuple):
    """Places in a text, in order, at which something may begin (a label: at which it may end)."""

    numbers: list[int]
    others: list[int]
    labels: list[int]


def glance(text: str) -> Glance:
    """Where a quantity, a word of another sector, and the end of a label may stand in a folded text; a date alone is no quantity.

    Examples
    --------
    >>> glance("2025年招聘教师5名，半数以上到农村医院，任期3年。")
    Glance(numbers=[9, 12, 24], others=[19], labels=[])
    """
    points = code_points(text + " ")
    signs = _signs().take(points, mode="clip")
    told = signs[:-1] & signs[1:] >> _SECOND
    places = np.flatnonzero(told != 0)
    told = told[places]
    numbers, years, others, labels = (places[(told & kind) != 0].tolist() for kind in (_NUMBER, _YEARS, _OTHER, _LABEL))
    others = [at for at in others if text[at : at + 2] in _other_words()]
    lasting = [at for at in years if at < 3 or not _DATE.match(text, at - 3)]  # 任期3年
    return Glance(sorted(numbers + lasting), others, labels)


@cache
def _other_words() -> frozenset[str]:
    """How words of other sectors begin."""
    return frozenset(word[:2] for word in vocabulary()["other_sectors"])


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
        (_OTHER, {word[0] for word in words["other_sectors"]}, {word[1] for word in words["other_sectors"]}),
        (_LABEL, {label[-1] for label in words["responsible"]["labels"]}, "：为" + spaces),
    ):
        table[[ord(sign) for sign in begin]] |= kind
        table[[ord(sign) for sign in end]] |= kind << _SECOND
    return table
