"""Counterparts, shared wording and foreign places in words; each number opens the statements behind it.

Caveat: a counterpart is called by likeness, a shared run does not say who had it first, and a foreign name is a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts.labels import plan_labels
from policycompare.prose.phrases import Cell, Sentence, interval, listed, percent, phrase, say
from policycompare.script import simplify

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

SHOWN = 20  # characters of a measure without a title


def alignment(
    table: pd.DataFrame, alone: pd.DataFrame, corpus: Corpus, *, agreement: pd.DataFrame | None = None, top: int = 8, language: str = "en"
) -> list[Sentence]:
    """Who covers most and least of whose measures, which measures nobody else has, and how often the calls are right.

    Parameters
    ----------
    table, alone
        As :func:`policycompare.plan_alignment` and :func:`policycompare.measures_without_counterpart` make them.
    corpus
        What they were made from.
    agreement
        As :func:`policycompare.counterpart_agreement` makes it of :func:`policycompare.held_out_counterparts`; None leaves it out.
    top
        So many of the measures that nobody else has are named.
    language
        ``en`` or ``zh``.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    rows = table[table["share"].notna()].sort_values(["share", "plan", "other"], ascending=[False, True, True]).to_dict("records")
    if not rows:
        return [phrase("alignment.nothing", language)]
    ends = [("alignment.most", rows[0]), *([("alignment.least", rows[-1])] if len(rows) > 1 else [])]
    out: list[Sentence] = [_covered(key, row, corpus, names, language) for key, row in ends]
    if len(alone):
        cells: list[str | Cell] = []
        for place, row in enumerate(alone.head(top).to_dict("records")):
            title = row["title"] or row["text"].split("。")[0][:SHOWN]
            named = say("alignment.measure", language, plan=names[row["plan"]], title=Cell(title, measure=row["measure"]))
            cells += [*([phrase("comma", language)] if place else []), *named]
        key = "alignment.alone" if len(alone) <= top else "alignment.alone.most"
        out.append(say(key, language, n=len(alone), top=top, measures=cells))
    else:
        out.append(phrase("alignment.none", language))
    if agreement is not None:
        out.append(_tried(agreement.set_index("figure"), language))
    return out


def _covered(key: str, row: Mapping[Any, Any], corpus: Corpus, names: Mapping[str, str], language: str) -> list[str | Cell]:
    body = corpus.statements[(corpus.statements["kind"] == "body") & corpus.statements["measure"].isin(row["within"].split())]
    share = Cell(percent(row["share"]), statements=tuple(body["statement"]))
    values = {"n": row["n"], "of": row["of"], "interval": interval(row["low"], row["high"])}
    return say(key, language, plan=names[row["plan"]], other=names[row["other"]], share=share, **values)


def _tried(figures: pd.DataFrame, language: str) -> list[str | Cell]:
    values: dict[str, object] = {}
    for name, figure in (("right", "precision at 1"), ("none", "none found")):
        row = figures.loc[figure].to_dict()
        values |= {name: percent(row["value"]), f"{name}_interval": interval(row["low"], row["high"]), f"{name}_of": int(row["of"])}
    return say("alignment.tried", language, **values)


def wording(shares: pd.DataFrame, runs: pd.DataFrame, corpus: Corpus, *, language: str = "en") -> list[Sentence]:
    """How much of the plans is formula and how much is copied, and the longest run that is no formula.

    Parameters
    ----------
    shares, runs
        As :func:`policycompare.wording_shares` and :func:`policycompare.shared_wording` make them.
    corpus
        What they were made from.
    language
        ``en`` or ``zh``.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    out: list[Sentence] = []
    for kind in ("formula", "copy"):
        rows = shares[(shares["kind"] == kind) & shares["share"].notna()]
        ordered = rows.sort_values(["share", "plan"], ascending=[False, True]).to_dict("records")
        if len(ordered) > 1 and not ordered[0]["share"]:
            out.append(phrase(f"wording.{kind}.none", language))
        elif ordered:
            ends = {
                "high": _part(ordered[0], language),
                "low": _part(ordered[-1], language),
                "most": names[ordered[0]["plan"]],
                "least": names[ordered[-1]["plan"]],
            }
            out.append(say(f"wording.{kind}" if len(ordered) > 1 else f"wording.{kind}.one", language, **ends))
        else:
            out.append(phrase("wording.nothing", language))
    copied = runs[runs["kind"] == "copy"]
    if len(copied):
        first = copied[copied["run"] == copied["run"].iloc[0]]
        cell = Cell(first["text"].iloc[0], statements=tuple(dict.fromkeys(" ".join(first["within"]).split())))
        where = listed([names[plan] for plan in dict.fromkeys(first["plan"])], language)
        out.append(say("wording.longest", language, n=int(first["characters"].iloc[0]), text=cell, plans=where))
    return out


def _part(row: Mapping[Any, Any], language: str) -> list[str | Cell]:
    share = Cell(percent(row["share"]), statements=tuple(row["within"].split()))
    return say("wording.share", language, share=share, interval=interval(row["low"], row["high"]))


def foreign_places(table: pd.DataFrame, corpus: Corpus, *, language: str = "en") -> list[Sentence]:
    """The foreign places that nothing explains, how many are explained, and the plans whose own place is not known.

    Parameters
    ----------
    table
        As :func:`policycompare.foreign_places` makes it.
    corpus, language
        As in :func:`alignment`.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    out: list[Sentence] = []
    for plan, rows in table[table["flagged"]].groupby("plan", sort=True):
        cells: list[str | Cell] = []
        for place, (name, statement) in enumerate(zip(rows["place"], rows["statement"], strict=True)):
            cells += [*([phrase("comma", language)] if place else []), Cell(simplify(name), statement=statement)]
        out.append(say("foreign.some", language, plan=names[str(plan)], n=len(rows), places=cells))
    out = out or [phrase("foreign.none", language)]
    explained = table[(table["relation"] != "unknown") & ~table["flagged"]]
    if len(explained):
        out.append(say("foreign.explained", language, n=Cell(str(len(explained)), statements=tuple(dict.fromkeys(explained["statement"])))))
    placeless = [names[plan] for plan, region, province in _places(corpus) if not (region or province)]
    if placeless:
        out.append(say("foreign.unknown", language, plans=listed(placeless, language)))
    return out


def _places(corpus: Corpus) -> list[tuple[str, str, str]]:
    rows = corpus.plans.sort_values("plan")
    return list(zip(rows["plan"], rows["region"].fillna(""), rows["province"].fillna(""), strict=True))
