"""The shares in words: who says most and least, who is silent, and whether an order hangs on what is counted.

Caveat: where an interval of a difference holds zero the sentence says that the plans cannot be told apart, even if one share is larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from policycompare.charts.labels import plan_labels
from policycompare.prose.phrases import Cell, Sentence, interval, listed, percent, phrase, points, say


def answers(
    coverage: pd.DataFrame, differences: pd.DataFrame, *, plans: pd.DataFrame, themes: Mapping[str, str], language: str = "en"
) -> list[Sentence]:
    """Who does most and least for each theme, and whether the two can be told apart; a sentence a theme.

    Parameters
    ----------
    coverage
        The table of this name; statements are what is counted.
    differences
        Of pairs of plans, as :func:`policycompare.compare_coverage` makes them.
    plans
        The corpus's, for names.
    themes
        Theme id → name, in the order of the sentences.
    language
        ``en`` or ``zh``.
    """
    names = plan_labels(plans["plan"], plans, language)
    cells = coverage[(coverage["by"] == "statements") & coverage["share"].notna()]
    if "subtheme" in cells:
        cells = cells[cells["subtheme"] == ""]
    out: list[Sentence] = []
    for theme, name in themes.items():
        rows = cells[cells["theme"] == theme].sort_values(["share", "plan"], ascending=[False, True]).to_dict("records")
        if not rows or rows[0]["share"] == 0:
            out.append(say("answer.nobody", language, theme=name))
        elif len(rows) == 1:
            out.append(say("answer.one", language, theme=name, share=_of_statements(rows[0], language)))
        else:
            most, least = rows[0], rows[-1]
            shares = {"high": _of_statements(most, language), "low": _of_statements(least, language)}
            sentence = say("answer.most", language, theme=name, most=names[most["plan"]], least=names[least["plan"]], **shares)
            out.append([*sentence, *_told_apart(differences, theme, most["plan"], least["plan"], language)])
    return out


def _of_statements(cell: Mapping[Any, Any], language: str) -> list[str | Cell]:
    share = Cell(percent(cell["share"]), plan=cell["plan"], theme=cell["theme"])
    return say("answer.share", language, share=share, interval=interval(cell["low"], cell["high"]))


def _told_apart(differences: pd.DataFrame, theme: str, most: str, least: str, language: str) -> list[str | Cell]:
    here = differences[(differences["theme"] == theme) & differences["plan"].isin([most, least]) & differences["other"].isin([most, least])]
    if here.empty or pd.isna(here["difference"].iloc[0]):
        return say("answer.untested", language)
    row = here.iloc[0]
    ends = [row["difference"], row["low"], row["high"]]
    difference, low, top = ends if row["plan"] == most else (-ends[0], -ends[2], -ends[1])
    key = "apart" if row["mark"] == "distinguishable" else "alike" if low <= 0 <= top else "doubtful"
    values = {"points": points(difference), "low": points(low), "top": points(top), "p": f"{row['p_adjusted']:.2f}"}
    return say(f"answer.{key}", language, **values)


def silences(coverage: pd.DataFrame, *, plans: pd.DataFrame, themes: Mapping[str, str], language: str = "en") -> list[Sentence]:
    """The themes that a plan never takes up; a sentence a plan that has such."""
    names = plan_labels(plans["plan"], plans, language)
    cells = coverage[(coverage["by"] == "statements") & (coverage["n"] == 0) & (coverage["of"] > 0)]
    out: list[Sentence] = []
    for plan, name in names.items():
        silent = [themes[theme] for theme in themes if theme in set(cells.loc[cells["plan"] == plan, "theme"])]
        if silent:
            out.append(say("silence.some", language, plan=name, themes=listed(silent, language)))
    return out or [phrase("silence.none", language)]


def orders(table: pd.DataFrame, *, plans: pd.DataFrame, themes: Mapping[str, str], language: str = "en") -> list[Sentence]:
    """The themes on which the order of plans depends on what is counted; a sentence a theme.

    Parameters
    ----------
    table
        As :func:`policycompare.compare_orders` makes it.
    plans, themes, language
        As in :func:`answers`.
    """
    names = plan_labels(plans["plan"], plans, language)
    out: list[Sentence] = []
    for row in table[table["depends"]].to_dict("records"):
        pairs = [listed([names.get(plan, plan) for plan in pair.split("–")], language) for pair in row["turned"].split(" ")]
        out.append(say("orders.depends", language, theme=themes[row["theme"]], pairs=phrase("semicolon", language).join(pairs)))
    return out or [phrase("orders.firm", language)]
