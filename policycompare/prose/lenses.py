"""The statements through other frames, in words: instruments, strength, the PMC index; each number opens the statements behind it.

Caveat: a sentence names the largest share, which need not be distinguishable from the next: the interval says how far to trust it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.explanation import explain
from policycompare.prose.phrases import Cell, Sentence, interval, percent, say

if TYPE_CHECKING:
    from policycompare.corpus import Corpus


def crosstab(
    table: pd.DataFrame,
    corpus: Corpus,
    codings: pd.DataFrame,
    others: pd.DataFrame,
    *,
    themes: Mapping[str, str],
    frame: Mapping[str, str],
    language: str = "en",
) -> list[Sentence]:
    """For each code of the other frame, the theme whose statements carry it most; a sentence a code.

    Parameters
    ----------
    table
        As :func:`policycompare.crosstab` makes it; the rows of all plans together are read.
    corpus, codings, others
        What it was made from.
    themes, frame
        Id → name of the themes and of the other frame's codes, in the order of the sentences.
    language
        ``en`` or ``zh``.
    """
    rows = table[(table["plan"] == "") & table["share"].notna()]
    both = pd.concat([codings, others])
    out: list[Sentence] = []
    for other, name in frame.items():
        mine = rows[(rows["other"] == other) & (rows["n"] > 0)].sort_values(["share", "theme"], ascending=[False, True])
        if mine.empty:
            out.append(say("crosstab.nowhere", language, other=name))
            continue
        most = mine.iloc[0]
        share = Cell(percent(most["share"]), statements=tuple(explain(corpus, both, most)["statement"]))
        values = {"n": int(most["n"]), "of": int(most["of"]), "interval": interval(most["low"], most["high"])}
        out.append(say("crosstab.most", language, other=name, theme=themes[most["theme"]], share=share, **values))
    return out
