"""The PMC index as a sheet of a page: a row a sub-variable, a column a plan, every 1 with its words.

Caveat: only the first words that show a value stand in the sheet; the number opens all statements behind it, where the page has them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts.labels import plan_labels
from policycompare.page.markup import Markup
from policycompare.page.pages import table
from policycompare.pmc.variables import load_pmc
from policycompare.prose import Cell, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policycompare.corpus.corpus import Corpus


def pmc_table(values: pd.DataFrame, corpus: Corpus, *, variables: str | Path = "pmc", language: str = "en") -> Markup:
    """Every 0/1 of the PMC index beside its words, to check line by line.

    Parameters
    ----------
    values
        As :func:`policycompare.pmc_values` makes them.
    corpus
        What they were made from.
    variables
        The file of variables.
    language
        ``en`` or ``zh``; quotes stay in their own words.

    Returns
    -------
    Markup
        A table: a 1 with the first words that show it and their statement's id, a 0 with how many statements came near it, if any (what was looked
        for stands in the last column, with the number needed), and what a
        person overruled marked ``*`` with the reason.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus().select("shandan")
    >>> pc.sheets.pmc_table(pc.pmc_values(corpus), corpus).count("<tr>")
    45
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    named = {one.id: getattr(one, language) for one in load_pmc(variables).variables}
    subs = {(one.id, sub.id): getattr(sub, language) for one in load_pmc(variables).variables for sub in one.subs}
    cell = {(row["variable"], row["sub"], row["plan"]): row for row in values.to_dict("records")}
    rows = []
    for key in dict.fromkeys(zip(values["variable"], values["sub"], strict=True)):
        mine = [cell[(*key, plan)] for plan in names]
        rows.append([f"{key[0]} {named[key[0]]}", subs[key], *map(_shown, mine), mine[0]["looked_for"]])
    heads = [phrase("column.variable", language), phrase("column.sub", language), *names.values(), phrase("column.looked_for", language)]
    return table(rows, headers=heads, caption=phrase("pmc.caption", language))


def _shown(row: Mapping[Any, Any]) -> list[str | Cell]:
    if row["reason"]:
        return [f"{row['value']}* {row['reason']}" + (f" ({row['who']})" if row["who"] else "")]
    if not row["value"]:
        return ["0" + (f" ({row['n']}) {row['quotes'].split(' | ')[0]}" if row["n"] else "")]
    names = tuple(filter(None, row["statements"].split(";")))
    said = f" {row['quotes'].split(' | ')[0]}" + (f" [{names[0]}]" if names else "")
    return [Cell("1", statements=names) if names else "1", said]
