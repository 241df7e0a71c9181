"""One look at plans' text: where a number with its unit, a date, a word of another sector, or the label of a body may stand.

Caveat: only two neighbouring characters are looked at, so a place that is found may hold nothing of the kind; but a place that is not
found holds nothing. The patterns in :mod:`policycompare.targets.cues` decide.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.targets.cues import vocabulary
from policycompare.targets.numerals import HAN
from policycompare.targets.pairs import Pairs, openings_of

_DATE = re.compile(r"[12１２]\d{3}年")


class Glance(NamedTuple):
    """Places in a text at which something may begin (a date or a label: at which it may end)."""

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
    places = _pairs().places(text)
    lasting = [at for at in places["years"].tolist() if at < 3 or not _DATE.match(text, at - 3)]  # 任期3年
    dates = [at for at in places["dates"].tolist() if at > 2 and text[at - 3 - (text[at] == "学")] in "12１２二"]
    return Glance(np.append(places["numbers"], lasting).astype(int), np.array(dates, int), places["others"], places["labels"])


@cache
def _pairs() -> Pairs:
    """How these things begin. A number is told by its unit, or stands without one (三分之一, 全覆盖, 前三, 第一, 零, 半数)."""
    words = vocabulary()
    units, digits, spaces = {unit[0] for unit in words["units"]}, "0123456789", " \t\n\r\u00a0\u2002\u2003\u3000"
    return Pairs(
        {
            "numbers": [
                (digits, {*units, *"：∶/", *spaces} - {"年"}),
                (HAN + "余多半", {*units, *spaces}),
                ("分覆前第", {*"之盖一", *HAN, *digits}),
                ("零半", None),
            ],
            "years": [(digits, "年")],
            "dates": [(digits + HAN + "○学", "年")],
            "others": openings_of(words["other_sectors"]),
            "labels": [({label[-1] for label in words["responsible"]["labels"]}, "：为" + spaces)],
        }
    )
