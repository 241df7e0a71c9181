"""The short door: a corpus in, all of its tables out.

Caveat: nothing is computed here that the rooms behind do not compute; a notebook that calls them one by one gets the
same tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from policycompare.coding.coding import code
from policycompare.schema import TABLES
from policycompare.shares import coverage
from policycompare.targets.targets import find_targets
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    import pandas as pd

    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy


def analyse(corpus: Corpus, *, taxonomy: str | Path | Taxonomy = "education") -> dict[str, pd.DataFrame]:
    """All tables of a corpus by name: its own, and ``codings``, ``targets`` and ``coverage``; ``overrides`` where there are any.

    Parameters
    ----------
    corpus
        The plans.
    taxonomy
        What to code by: a packaged taxonomy's name, a YAML file, or one as loaded.

    Raises
    ------
    PolicyCompareError
        The taxonomy breaks its rules.

    Examples
    --------
    >>> import policycompare as pc
    >>> list(analyse(pc.load_corpus()))
    ['plans', 'sections', 'measures', 'statements', 'codings', 'targets', 'coverage']
    """
    loaded = load_taxonomy(taxonomy)
    codings = code(corpus, taxonomy=loaded)
    made = {"codings": codings, "targets": find_targets(corpus), "coverage": coverage(corpus, codings, taxonomy=loaded)}
    overrides = {"overrides": corpus.overrides[list(TABLES["overrides"])]} if len(corpus.overrides) else {}
    return {**corpus.tables, **made, **overrides}
