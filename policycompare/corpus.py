"""A study's manifest and source texts → the corpus tables.

Caveat: what the corpus knows of a plan's region, year or issuer is what its manifest says; columns named in
``guessed`` were inferred and stand on less than the text's own words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Corpus:
    """The tables that belong together, and the source texts that their offsets point into.

    Attributes
    ----------
    plans, sections, measures, statements
        See :data:`policycompare.schema.TABLES` for their columns.
    sources
        Plan id → source text, exactly as it was decoded.
    """

    plans: pd.DataFrame
    sections: pd.DataFrame
    measures: pd.DataFrame
    statements: pd.DataFrame
    sources: dict[str, str] = field(repr=False)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The four tables by name."""
        return {name: getattr(self, name) for name in ("plans", "sections", "measures", "statements")}


def load_corpus(where: str | Path | None = None) -> Corpus:
    """Load the packaged five plans, or a study."""
    raise NotImplementedError
