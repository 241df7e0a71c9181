"""Repeats in rows of letters that are maximal: none can be made longer without losing one of its places.

Caveat: repeats may overlap and stand within each other; a repeat of three places may be part of a longer one of two. Where one owner says a
phrase again and again without a letter between, only the first times are read: two of them, and no fewer than 200 letters.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from policycompare.schema import Array

#: A phrase that follows on itself shares each number of its repetitions with itself: their number is kept from growing with the square.
REFRAIN = 200


def shared_repeats(code: Array, owner: Array, at_least: int) -> Iterator[tuple[int, Array]]:
    """The repeats that stand in the letters of two owners.

    Parameters
    ----------
    code
        All letters in a row. Wherever a repeat may not run on, and at the end, stands a number that is nowhere else.
    owner
        Whose each letter is, from 0; -1 at the numbers between.
    at_least
        Letters that a repeat must have.

    Yields
    ------
    tuple
        A repeat's length, and all places where it begins, in order.

    Examples
    --------
    >>> code = np.array([*map(ord, "xabcd"), -1, *map(ord, "abcdy"), -2])
    >>> owner = np.array([0] * 5 + [-1] + [1] * 5 + [-1])
    >>> [(length, places.tolist()) for length, places in shared_repeats(code, owner, 3)]
    [(4, [1, 6])]
    """
    if len(code) < at_least:
        return
    window = _windows(code, at_least)
    begins = np.flatnonzero(_common(window, owner) & ~_refrains(window, owner))
    if not len(begins):
        return
    # Chains of neighbouring windows, each with a mark behind it: no repeat of the letters outside them is shared.
    chains = np.split(begins, np.flatnonzero(np.diff(begins) > 1) + 1)
    where = np.concatenate([np.append(np.arange(chain[0], chain[-1] + at_least), -1) for chain in chains])
    text = np.where(where < 0, -1 - np.cumsum(where < 0), code[where])
    order, common = _suffixes(text)
    before = np.append(-1, text[:-1])
    for length, start, end in _intervals(common, at_least):
        places = order[start:end]
        if len(np.unique(before[places])) > 1 and len(np.unique(owner[where[places]])) > 1:
            yield length, np.sort(np.unique(where[places]))


def _windows(code: Array, length: int) -> Array:
    """Each window's number: equal numbers, equal letters. Windows that would run over the end share theirs with none."""
    ranks, have = np.unique(code, return_inverse=True)[1], 1
    while have < length:
        step = min(have, length - have)
        ranks = _joined(ranks, step)
        have += step
    return ranks


def _joined(ranks: Array, step: int) -> Array:
    """Numbers of windows and of those `step` further on, as numbers of the two together, in order."""
    beyond = np.append(ranks[step:] + 1, np.zeros(min(step, len(ranks)), dtype=ranks.dtype))
    return np.unique(ranks.astype(np.int64) * (len(ranks) + 1) + beyond, return_inverse=True)[1]


def _common(window: Array, owner: Array) -> Array:
    """Which windows two owners have."""
    inside, owners = owner >= 0, int(owner.max()) + 1
    pairs = np.unique(window[inside] * owners + owner[inside])
    having = np.bincount(pairs // max(owners, 1), minlength=int(window.max()) + 1)
    common: Array = (having[window] > 1) & inside
    return common


def _refrains(window: Array, owner: Array) -> Array:
    """Windows of a phrase that goes on and on: those behind its second time, and behind so many of its letters."""
    order = np.lexsort((np.arange(len(window)), window, owner))
    again = (window[order][1:] == window[order][:-1]) & (owner[order][1:] == owner[order][:-1])
    back = np.zeros(len(window), dtype=np.int64)  # how far back the same window stood last; 0 for never
    back[order[1:][again]] = np.diff(order)[again]
    first = np.flatnonzero(np.append(True, back[1:] != back[:-1]))
    since = np.arange(len(back)) - np.repeat(first, np.diff(np.append(first, len(back))))
    return (back > 0) & (since >= np.maximum(REFRAIN, back))


def _suffixes(text: Array) -> tuple[Array, Array]:
    """The suffix array, and how many letters each suffix has in common with the one before it."""
    ranks, step = np.unique(text, return_inverse=True)[1], 1
    levels = [ranks]
    while ranks.max() < len(ranks) - 1:
        ranks, step = _joined(ranks, step), step * 2
        levels.append(ranks)
    order = np.argsort(ranks)
    one, two = order[:-1], order[1:]
    common = np.zeros(len(one), dtype=np.int64)
    for power in range(len(levels) - 1, -1, -1):
        inside = np.flatnonzero(np.maximum(one, two) + common < len(text))
        ahead = common[inside]
        same = levels[power][one[inside] + ahead] == levels[power][two[inside] + ahead]
        common[inside[same]] += 1 << power
    return order, np.append(0, common)


def _intervals(common: Array, at_least: int) -> Iterator[tuple[int, int, int]]:
    """Each repeat that is maximal to the right: its length, and the stretch of the suffix array that has it."""
    open_: list[tuple[int, int]] = []
    heights = np.where(common < at_least, 0, common).tolist()
    for at, height in enumerate([*heights, 0]):
        start = at - 1
        while open_ and open_[-1][0] > height:
            length, start = open_.pop()
            yield length, start, at
        if height and (not open_ or open_[-1][0] < height):
            open_.append((height, start))
