"""All words of a vocabulary in a text, overlapping, as columns: every place of the text goes down one trie, all side by side.

Caveat: time grows with the text times the longest word at worst. In real text few places are left after two letters, and no match is
handed out one by one, as those of an Aho–Corasick automaton are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import numpy as np

from policycompare.schema import Array

_ROOT = 0


class Trie:
    """A double-array trie (Aoe 1989): the letter ``c`` leads from cell ``s`` to cell ``base[s] + c``, if ``s`` is the ``owner`` of that.

    Letters are numbered from 1, those that are words by themselves first; the last number is any character that no word has. A letter's
    number is also its cell where it begins a word. Words are ranked, longer ones first; ``rank`` says which one ends in a cell (-1: none).

    Examples
    --------
    >>> found = Trie(["教师", "师", "教师队伍"]).find(np.array([ord(sign) for sign in "好教师。"]))
    >>> [column.tolist() for column in found]
    [[0, 1], [1, 2], [3, 3]]
    """

    def __init__(self, words: Sequence[str]) -> None:
        order = sorted(range(len(words)), key=lambda word: -len(words[word]))
        self.word = np.array(order, dtype=np.int64)
        self.size = np.array([len(words[word]) for word in order], dtype=np.int64)
        self.n_single = int((self.size == 1).sum())
        letters = {sign: letter for letter, sign in enumerate(dict.fromkeys("".join(words[word] for word in reversed(order))), start=1)}
        self.unknown = len(letters) + 1
        self.letter = np.full(0x110000, self.unknown, dtype=np.int32)
        self.letter[[ord(sign) for sign in letters]] = list(letters.values())
        nodes = {"": _ROOT}  # by what leads to them
        for word in words:
            for end in range(1, len(word) + 1):
                nodes.setdefault(word[:end], len(nodes))
        parent = np.array([nodes[path[:-1]] for path in nodes if path], dtype=np.int64)
        letter = np.array([letters[path[-1]] for path in nodes if path], dtype=np.int64)
        base = _bases(parent, letter, len(nodes), self.unknown)
        cell = np.append(_ROOT, base[parent] + letter)
        self.base, self.owner, self.rank = (np.full(int(base.max()) + self.unknown + 1, fill, dtype=np.int32) for fill in (0, -1, -1))
        self.base[cell] = base
        self.owner[cell[1:]] = cell[parent]
        self.rank[cell[[nodes[words[word]] for word in order]]] = np.arange(len(order))

    def find(self, points: Array) -> tuple[Array, Array, Array]:
        """Every word that stands in a text of code points: its number, start and end; by start, the longest first."""
        bits = len(self.word).bit_length()
        letters = np.full(len(points) + 1, self.unknown, dtype=np.int32)
        letters[:-1] = self.letter.take(points)
        at = np.flatnonzero(letters <= self.n_single)
        found = [at << bits | self.rank.take(letters.take(at))]
        # The first step takes two letters at once: cells of one letter are the letters' own numbers.
        at, cell = np.arange(len(points)), letters[:-1]
        below = self.base.take(cell) + letters[1:]
        for depth in count(2):
            alive = np.flatnonzero(self.owner.take(below) == cell)
            if not len(alive):
                break
            at, cell = at.take(alive), below.take(alive)
            rank = self.rank.take(cell)
            hit = np.flatnonzero(rank >= 0)
            found.append(at.take(hit) << bits | rank.take(hit))
            below = self.base.take(cell) + letters.take(at + depth)
        keys = np.sort(np.concatenate(found), kind="stable")  # each step's are in order: they are merged
        start = keys >> bits
        rank = keys - (start << bits)
        return self.word[rank], start, start + self.size[rank]


def _bases(parent: Array, letter: Array, n_nodes: int, most: int) -> Array:
    """A base for each node, so that no two nodes share a cell; the root's is 0, and cells up to ``most`` are its alone.

    ``parent`` and ``letter`` are of all nodes but the root.
    """
    base = np.zeros(n_nodes, dtype=np.int64)
    size = np.bincount(parent, minlength=n_nodes)
    letters = np.split(letter[np.argsort(parent, kind="stable")], np.cumsum(size)[:-1])
    taken = np.zeros(n_nodes + 2 * most + 2, dtype=bool)
    taken[: most + 1] = True
    rest = np.arange(1, n_nodes)
    single, several = rest[size[1:] == 1], rest[size[1:] > 1]
    top = most
    for node in several[np.argsort(-size[several], kind="stable")].tolist():  # the largest first, while there is room
        blocked = np.logical_or.reduce([taken[one : one + top + 1] for one in letters[node].tolist()])
        base[node] = blocked.argmin()
        cells = base[node] + letters[node]
        taken[cells] = True
        top = max(top, int(cells.max()))
        if len(taken) < top + most + 2:
            taken = np.append(taken, np.zeros_like(taken))
    free = most + 1 + np.flatnonzero(~np.append(taken, np.zeros_like(single, dtype=bool))[most + 1 :])
    base[single] = free[: len(single)] - np.array([letters[node][0] for node in single.tolist()], dtype=np.int64)
    return base
