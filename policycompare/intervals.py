"""Wilson's interval of a share of few cases, for whatever room counts some of them.

Caveat: it takes the cases for independent draws; statements of one measure are not, so shares of a plan are resampled instead
(:mod:`policycompare.shares`).
"""

from __future__ import annotations

import numpy as np

from policycompare.schema import Array


def wilson(n: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (1927) for ``n`` of ``of``; not a number where ``of`` is 0.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(0, 10)]
    [0.0, 0.278]
    """
    low, high = wilson_ends(np.array([n]), np.array([of]), level=level)
    return float(low[0]), float(high[0])


def wilson_ends(n: Array, of: Array, *, level: float) -> tuple[Array, Array]:
    """The same for arrays of counts."""
    from scipy.stats import norm

    z = float(norm.ppf(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        share, centre = n / of, n / of + z * z / (2 * of)
        half = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
        low, high = (centre - half) / (1 + z * z / of), (centre + half) / (1 + z * z / of)
    unknown = np.where(of > 0, 0.0, np.nan)
    return np.where(n == 0, 0.0, low) + unknown, np.where(n == of, 1.0, high) + unknown
