"""What a change of the codebook changes: which statements change code, and which shares move.

Caveat: the comparison is of the two taxonomies' *codings* of these plans. A rule that was changed but decides nothing here does not show.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.coding.coding import code
from policycompare.shares import coverage
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


def diff_taxonomy(
    corpus: Corpus, old: Taxonomy | str | Path, new: Taxonomy | str | Path, *, coder: str = "rules"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code a corpus with two taxonomies and compare.

    Parameters
    ----------
    corpus
        The plans.
    old, new
        Taxonomies, by name, file or as loaded.
    coder
        ``"rules"``, where a changed rule shows at once, or ``"default"``.

    Returns
    -------
    statements
        A row a statement × theme whose coding changed: ``plan, statement, start, end, text, theme, change`` (``gained``, ``lost``, or
        ``subthemes`` where only those changed), ``subthemes_old, subthemes_new, terms_old, terms_new`` (joined by ``;``).
    shares
        A row a plan × theme whose share of statements moved: ``plan, theme, n_old, n_new, of, share_old, share_new, moved`` (new less old, 0–1); a
        theme that only one taxonomy has counts 0 in the other.

    Raises
    ------
    TaxonomyError
        A taxonomy cannot be loaded.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> statements, shares = diff_taxonomy(corpus, "education", "education")
    >>> len(statements), len(shares)
    (0, 0)
    """
    sides = []
    for given in (old, new):
        taxonomy = load_taxonomy(given)
        codings = code(corpus, taxonomy=taxonomy, coder=coder, overrides=False)
        sides.append((codings, coverage(corpus, codings, taxonomy=taxonomy, by="statements", errors=None, draws=2)))
    return _statements(corpus, sides[0][0], sides[1][0]), _shares(sides[0][1], sides[1][1])


def _statements(corpus: Corpus, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    keys = ["statement", "theme"]
    one, two = (
        codings.groupby(keys, sort=False).agg(subthemes=("subtheme", _joined), terms=("terms", _joined)).reset_index()
        for codings in (old, new)
    )
    both = one.merge(two, on=keys, how="outer", suffixes=("_old", "_new"), indicator="side")
    both["change"] = both["side"].map({"left_only": "lost", "right_only": "gained", "both": "subthemes"}).astype("str")
    both = both.astype({"side": "str"}).fillna("")
    changed = both[(both["side"] != "both") | (both["subthemes_old"] != both["subthemes_new"])]
    columns = ["plan", "statement", "start", "end", "text", "theme", "change", "subthemes_old", "subthemes_new", "terms_old", "terms_new"]
    order = {plan: i for i, plan in enumerate(corpus.plans["plan"])}
    merged = changed.merge(corpus.statements[["statement", "plan", "start", "end", "text"]], on="statement")
    return merged.sort_values(["plan", "start", "theme"], key=lambda column: column.map(order) if column.name == "plan" else column)[
        columns
    ].reset_index(drop=True)


def _joined(cells: pd.Series) -> str:
    return ";".join(dict.fromkeys(part for cell in cells for part in cell.split(";") if part))


def _shares(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    both = old[["plan", "theme", "n", "of", "share"]].merge(
        new[["plan", "theme", "n", "of", "share"]], on=["plan", "theme"], how="outer", suffixes=("_old", "_new"), sort=False
    )
    both["of"] = both["of_old"].fillna(both["of_new"])
    filled = both.fillna({"n_old": 0, "n_new": 0, "share_old": 0, "share_new": 0})
    filled["moved"] = filled["share_new"] - filled["share_old"]
    moved = filled[filled["n_old"] != filled["n_new"]]
    return moved[["plan", "theme", "n_old", "n_new", "of", "share_old", "share_new", "moved"]].reset_index(drop=True)
