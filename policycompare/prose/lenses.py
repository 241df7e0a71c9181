"""The statements through other frames, in words: instruments, strength, the PMC index; each number opens the statements behind it.

Caveat: a sentence names the largest share, which need not be distinguishable from the next: the interval says how far to trust it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.charts.labels import plan_labels
from policycompare.explanation import explain
from policycompare.pmc.variables import load_pmc
from policycompare.prose.phrases import Cell, Sentence, interval, listed, percent, phrase, say

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


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


def pmc(
    values: pd.DataFrame, scores: pd.DataFrame, corpus: Corpus, *, variables: str | Path = "pmc", language: str = "en"
) -> list[Sentence]:
    """The PMC index of each plan, highest first, with grade, range and weakest variables; a sentence a plan.

    Parameters
    ----------
    values, scores
        As :func:`policycompare.pmc_values` and :func:`policycompare.pmc_scores` make them; a score opens the statements that its values of 1 rest on.
    corpus
        What they were made from.
    variables
        The file of variables.
    language
        ``en`` or ``zh``.
    """
    file = load_pmc(variables)
    named = {one.id: getattr(one, language) for one in file.variables}
    grades = {grade["id"]: grade[language] for grade in file.grades}
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    out: list[Sentence] = []
    for row in scores[scores["variable"] == "PMC"].sort_values(["score", "plan"], ascending=[False, True]).to_dict("records"):
        plan = row["plan"]
        ones = values[(values["plan"] == plan) & (values["value"] == 1)]
        behind = dict.fromkeys(name for cell in ones["statements"] for name in cell.split(";") if name)
        parts = scores[(scores["plan"] == plan) & (scores["variable"] != "PMC")].sort_values("score", kind="stable").head(2)
        weakest = [
            phrase("pmc.variable", language).format(name=named[one], score=f"{score:.2f}")
            for one, score in parts[["variable", "score"]].values
        ]
        cell = Cell(f"{row['score']:.2f}", statements=tuple(behind))
        said = {"of": f"{row['of']:.0f}", "low": f"{row['low']:.2f}", "grade": grades[row["grade"]], "ones": len(ones)}
        out.append(say("pmc.plan", language, plan=names[plan], score=cell, weakest=listed(weakest, language), **said))
    by_hand = int((values["reason"] != "").sum())
    return [*out, say("pmc.overruled", language, n=by_hand, of=len(values))] if by_hand else out


def pmc_limits(language: str = "en") -> list[Sentence]:
    """What the index can't say.

    Examples
    --------
    >>> len(pmc_limits("zh"))
    5
    """
    return [phrase(f"pmc.limit.{key}", language) for key in ("mentions", "weights", "length", "words", "grades")]
