"""How often the coder errs: its hit rate and false alarm rate per theme, and what a share seen then says of the true one.

Caveat: the rates hold for the coder and the kind of text that they were measured on. Measured elsewhere they hold only in part, which is what
``trust`` is for.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.paths import data_path
from policycompare.schema import Array


def default_errors() -> pd.DataFrame:
    """The default coder's errors on left-out documents: ``theme, tp, fp, fn, tn``, counts of statements.

    Examples
    --------
    >>> default_errors().columns.to_list()
    ['theme', 'tp', 'fp', 'fn', 'tn']
    """
    return pd.read_csv(data_path("model", "errors.csv"))


class Rates:
    """The coder's hit rate and false alarm rate per cell: the best guess in row 0, and draws from what the counts leave open.

    Attributes
    ----------
    hit, alarm
        (1 + draws) × cells; empty (NaN) hit rates where nothing is known of the theme.
    spread
        2 × cells: the variance of the hit rate and of the false alarm rate.
    trust
        How much of the correction to take, 0–1.
    """

    def __init__(self, hit: Array, alarm: Array, spread: Array, trust: float) -> None:
        self.hit, self.alarm, self.spread, self.trust = hit, alarm, spread, trust

    @classmethod
    def of(cls, errors: pd.DataFrame | str | None, cells: pd.DataFrame, *, trust: float, draws: int, seed: int) -> Rates | None:
        """The rates behind a table of errors, for the themes and subthemes of ``cells``; none without a table.

        Raises
        ------
        PolicyCompareError
            The table lacks a column, or its name is not ``default``.
        """
        if errors is None:
            return None
        if isinstance(errors, str):
            schema.one_of("errors", errors, ("default",))
            errors = default_errors()
        if missing := [name for name in ("theme", "tp", "fp", "fn", "tn") if name not in errors]:
            raise schema.TableError(*[f"errors: column {name} is missing; add it." for name in missing])
        known = errors.set_index("theme")[["tp", "fp", "fn", "tn"]].astype(float)
        counts = known.reindex(cells["theme"].where(cells["subtheme"] == "", "\0")).to_numpy()
        rng = np.random.default_rng([seed, crc32(b"errors")])
        blank = np.where(np.isnan(counts), 1.0, counts)
        tp, fp, fn, tn = (blank + 0.5).T  # Jeffreys' prior keeps a rate measured on few statements away from 0 and 1
        hit = np.vstack([tp / (tp + fn), rng.beta(tp, fn, size=(draws, len(cells)))])
        alarm = np.vstack([fp / (fp + tn), rng.beta(fp, tn, size=(draws, len(cells)))])
        hit[:, np.isnan(counts).any(axis=1)] = np.nan
        spread = np.array([a * b / ((a + b) ** 2 * (a + b + 1)) for a, b in ((tp, fn), (fp, tn))])
        return cls(hit, alarm, spread, trust)

    def share(self, seen: Array, sizes: Array) -> Array:
        """The true share behind a share seen of units of so many statements; row 0 is the plan as it is, the others are draws."""
        hit, alarm = self.hit, self.alarm
        if len(sizes) and sizes.max() > 1:  # a unit is hit where any of its statements is
            counts = np.bincount(sizes.astype(int)) / len(sizes)
            passed = [(share, (1 - alarm) ** (size - 1)) for size, share in enumerate(counts) if share]
            hit = sum(share * (1 - (1 - self.hit) * rest) for share, rest in passed)
            alarm = sum(share * (1 - (1 - self.alarm) * rest) for share, rest in passed)
        with np.errstate(divide="ignore", invalid="ignore"):
            inverted = np.clip((seen - alarm) / (hit - alarm), 0, 1)
        corrected: Array = np.where(hit <= alarm, np.nan, seen + self.trust * (inverted - seen))
        return corrected
