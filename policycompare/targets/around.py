"""What stands around the numbers of a passage, for all at once: most are refused, or stand plainly, by a look at their neighbours.

Caveat: a number that stands plainly is asked nothing more, so every word that :func:`policycompare.targets.commitments.stands` or a bound
begins or ends with has to be known here. A test holds them together.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from policycompare.schema import Array
from policycompare.script import among, code_points
from policycompare.targets.commitments import GOES_ON, LINKS, NEAR
from policycompare.targets.cues import endings, vocabulary
from policycompare.targets.passages import Passage, Spots

DASHES = "-—–~－―至到− "


class Around(NamedTuple):
    """Columns over the numbers of a passage.

    ``refused``: it is no quantity; ``plain``: nothing around tells that it is none, or bounds it; ``dashed``: a dash stands before it, or a
    space; ``timed``: words before it in its clause say how often. ``opens`` is where the clause begins.
    """

    opens: Array
    refused: Array
    plain: Array
    dashed: Array
    timed: Array


def around(passage: Passage) -> Around:
    """What stands around each number of a passage."""
    at, stop = np.array([number.span() for number in passage.numbers], dtype=np.int64).reshape(-1, 2).T
    points = code_points(passage.named)
    commas = np.flatnonzero(code_points(passage.clauses) == ord("，"))
    opens = commas[np.searchsorted(commas, at) - 1] + 1
    before, behind = points[at - 1], points[stop]
    refused = among(behind, GOES_ON)
    refused |= among(before, _ordinals()) & (opens < at) & (points[stop - 1] != ord("%"))  # 第3届
    doubtful = among(before, _before()) | among(behind, _behind())
    doubtful |= (opens == at) | (points[opens - 1] == ord("（"))
    doubtful |= _last(passage.bounds, at) >= np.maximum(at - NEAR, 0)
    doubtful |= np.isin(passage.places(at), passage.places([*passage.standing.starts, *passage.composed.starts]))
    rough = np.flatnonzero(among(points, "余多"))
    doubtful |= np.searchsorted(rough, at) < np.searchsorted(rough, stop)
    return Around(opens, refused, ~doubtful, dashed=among(before, DASHES), timed=_last(passage.periods, at + 1) >= opens)


def _last(spots: Spots, places: Array) -> Array:
    """Where the last match begins that ends by each of some places; -1 where there is none."""
    return np.array([-1, *spots.starts])[np.searchsorted(spots.ends, places, side="right")]


@cache
def _ordinals() -> str:
    """Words of one character behind which a number counts nothing."""
    return "".join(sorted(word for word in endings()["existing"].words if len(word) == 1))


@cache
def _before() -> str:
    """With what anything ends that may stand right before a number and tells what it is."""
    words = endings()["existing"].words | endings()["named_before"].words
    glued = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+/·*时点：件"  # 9:30, 附件2
    asked = "在等有校县市区园率比例"  # 在5个县, 甲校等9所, 63所学校 behind 有 or a place, a share with decimals
    return "".join(sorted({word[-1] for word in words} | {*glued, *asked, *LINKS}))


@cache
def _behind() -> str:
    """With what a bound behind a number begins, or the bracket before it."""
    return "".join(sorted({word[0] for said in vocabulary()["after"].values() for word in said} | {"（"}))
