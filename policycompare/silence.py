"""Proof of silence: for every empty or nearly empty cell of the coverage, what was looked for and what came nearest.

Caveat: a silence is as good as the coder. What is shown as looked for are the taxonomy's rules; the nearest misses are the statements
in which a rule's word stood but lost to another reading, and those that the learned model held likeliest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.coding.coding import chances
from policycompare.schema import PolicyCompareError
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

COLUMNS = ["plan", "theme", "subtheme", "n", "of", "looked_for", "rules", "statement", "text", "words", "score", "why"]


def silences(
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    at_most: int = 1,
    subthemes: bool = False,
    misses: int = 3,
) -> pd.DataFrame:
    """Every theme that a plan takes up in at most so many statements, what was looked for, and the nearest misses, quoted.

    Parameters
    ----------
    corpus, codings
        The plans and their codings.
    taxonomy
        The one that they were coded with.
    at_most
        A cell with so many statements or fewer is a silence.
    subthemes
        Look at the subthemes too; their near misses are those of the rules.
    misses
        How many near misses to quote for each silence.

    Returns
    -------
    pandas.DataFrame
        Near misses, the nearest first, a row each; one row with an empty ``statement`` where there is none: ``plan``, ``theme``, ``subtheme`` (empty
        for the theme), ``n`` of ``of`` body statements, ``looked_for`` (the strongest rules, joined by ``;``) and ``rules`` (how many in all),
        ``statement``, its ``text``, the ``words`` of the theme in it, the model's ``score`` (0–1) and ``why`` it was not coded.

    Raises
    ------
    PolicyCompareError
        ``at_most`` is negative, or the taxonomy cannot be loaded.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> found = silences(corpus, pc.code(corpus), at_most=2)
    >>> list(found.columns) == COLUMNS
    True
    """
    if at_most < 0 or misses < 0:
        raise PolicyCompareError(f"at_most and misses must be 0 or more; got {at_most} and {misses}.")
    loaded = load_taxonomy(taxonomy)
    body = corpus.statements[corpus.statements["kind"] == "body"]
    of = body["plan"].value_counts()
    plan_of = body.set_index("statement")["plan"]
    near = chances(corpus, taxonomy=loaded)
    rows = []
    cells = [(theme.id, "") for theme in loaded.reported]
    if subthemes:
        cells += [(theme.id, sub.id) for theme in loaded.reported for sub in theme.subthemes]
    looked = {cell: _looked_for(loaded, *cell) for cell in cells}
    texts = body.set_index("statement")["text"]
    for theme, subtheme in cells:
        mine = codings[(codings["theme"] == theme) & ((codings["subtheme"] == subtheme) | (subtheme == ""))]
        coded = set(mine["statement"])
        counts = plan_of.reindex(sorted(coded)).value_counts()
        found = near[(near["theme"] == theme) & ~near["statement"].isin(coded)]
        if subtheme:
            found = found[found["subthemes"].map(lambda names, wanted=subtheme: wanted in names)]
        for plan in corpus.plans["plan"]:
            n = int(counts.get(plan, 0))
            if n > at_most or not int(of.get(plan, 0)):
                continue
            rules, number = looked[theme, subtheme]
            base = {
                "plan": plan, "theme": theme, "subtheme": subtheme, "n": n, "of": int(of[plan]), "looked_for": rules, "rules": number,
            }  # fmt: skip
            nearest = found[found["plan"] == plan].sort_values(["score", "words", "statement"], ascending=[False, False, True]).head(misses)
            quoted = [
                {
                    **base,
                    "statement": row["statement"],
                    "text": texts[row["statement"]],
                    "words": row["words"],
                    "score": row["score"],
                    "why": row["why"],
                }
                for row in nearest.to_dict("records")
            ]
            nowhere = f"no {'other ' if n else ''}statement of the plan has a word of the theme"
            rows += quoted or [{**base, "statement": "", "text": "", "words": "", "score": float("nan"), "why": nowhere}]
    return pd.DataFrame(rows, columns=COLUMNS)


def _looked_for(taxonomy: Taxonomy, theme: str, subtheme: str) -> tuple[str, int]:
    """The first dozen of the strongest rules, and how many there are."""
    entries = [entry for entry in taxonomy.entries if entry.theme == theme and subtheme in ("", entry.subtheme)]
    strongest = [entry.rule.text for entry in entries if entry.tier == "terms"] + [
        entry.rule.text for entry in entries if entry.tier != "terms"
    ]
    return ";".join(strongest[:12]), len(entries)
