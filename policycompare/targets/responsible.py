"""Who answers for a target: the body that a label (责任单位：县教委) or a verb behind it (由县教育局负责) names.

Caveat: a label's body may stand in a statement of its own some lines below the target; it counts only within the same measure.
"""

from __future__ import annotations

import numpy as np

from policycompare.targets.batches import Batch
from policycompare.targets.passages import Passage

_BELOW = 12  # statements, from the target's own on


class Responsible:
    """The bodies named in a passage of statements of a batch, which are the batch's `rows`."""

    def __init__(self, passage: Passage, batch: Batch, rows: list[int]) -> None:
        self._rows, self._plan = rows, batch.plan
        # By the statement's place in the passage: where the first body stands that a label names, and the first that a verb does.
        self._labelled, self._own = (_firsts(passage, name) for name in ("labelled", "responsible"))
        self._measure, self._kind = (
            batch.column(name, np.arange(len(batch.start))) if self._labelled else [] for name in ("measure", "kind")
        )

    def body(self, place: int) -> tuple[int, int] | None:
        """Where in the passage the body stands: in the statement's own note, or the first one below it."""
        named = [found[place] for found in (self._labelled, self._own) if place in found]
        return min(named) if named else self._below(place) if self._labelled else None

    def _below(self, place: int) -> tuple[int, int] | None:
        row = self._rows[place]
        for later in range(place + 1, len(self._rows)):
            if self._rows[later] - row >= _BELOW or self._plan[self._rows[later]] != self._plan[row]:
                return None
            if later in self._labelled:
                between = range(row + 1, self._rows[later] + 1)
                goes_on = all(self._measure[at] == self._measure[row] or self._kind[at] == "junk" for at in between)
                return self._labelled[later] if goes_on else None
        return None


def _firsts(passage: Passage, name: str) -> dict[int, tuple[int, int]]:
    """Place of a statement → where the first of a pattern's bodies in it stands."""
    found: dict[int, tuple[int, int]] = {}
    for match in passage.matches(name, with_names=True):
        found.setdefault(passage.place(match.start()), match.span("who"))
    return found
