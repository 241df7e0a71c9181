"""Where in a text something may begin, by its first two characters: all kinds at once, without a search for each.

Caveat: a place that is found may hold nothing of the kind, but a place that is not found holds nothing. What is sought has to be tried at
the places found (:meth:`policycompare.targets.passages.Passage.matches`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from policycompare.schema import Array
from policycompare.script import code_points
from policycompare.targets.numerals import WIDE

Opening = tuple[Iterable[str], Iterable[str] | None]  # what may be the first character, and the second; None: any


def openings_of(words: Iterable[str]) -> list[Opening]:
    """How words may begin.

    Examples
    --------
    >>> openings_of(["至少", "超"])
    [({'至'}, {'少'}), ({'超'}, None)]
    """
    starts = {word[:2] for word in words}
    alone, longer = ({start for start in starts if len(start) == length} for length in (1, 2))
    return [({start[0] for start in longer}, {start[1] for start in longer}), *([(alone, None)] if alone else [])]


class Pairs:
    """Kinds of things, and how each may begin.

    Examples
    --------
    >>> pairs = Pairs({"share": [("0123456789", "%")], "city": [("县市", "城"), ("京", None)]})
    >>> {kind: places.tolist() for kind, places in pairs.places("到2027年，县城和京郊达９５％。").items()}
    {'share': [14], 'city': [7, 10]}
    """

    def __init__(self, kinds: Mapping[str, Sequence[Opening]]) -> None:
        openings = [(kind, *opening) for kind, own in kinds.items() for opening in own]
        self._second = len(openings)  # bits to the left, for the second of a pair; 64 bits are room for 32 openings
        # Character → what may begin with it, and above that what may go on with it; the last place is for all beyond.
        self._table = np.zeros(0x10000, dtype=np.min_scalar_type((1 << 2 * self._second) - 1))
        self.kinds = dict.fromkeys(kinds, 0)  # the bits of each
        for bit, (kind, first, second) in enumerate(openings):
            self.kinds[kind] |= 1 << bit
            self._table[[ord(sign) for sign in first]] |= 1 << bit
            self._table[slice(None) if second is None else [ord(sign) for sign in second]] |= 1 << bit + self._second
        for wide, plain in WIDE:
            self._table[ord(wide)] = self._table[ord(plain)]

    def places(self, text: str) -> dict[str, Array]:
        """Kind → the places in a text, folded or not, at which one may begin."""
        signs = self._table.take(code_points(text + "\0"), mode="clip")
        told = signs[:-1] & signs[1:] >> self._second
        places = np.flatnonzero(told != 0)
        told = told[places]
        return {kind: places[(told & bits) != 0] for kind, bits in self.kinds.items()}
