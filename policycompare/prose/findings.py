"""Words, themes together and in place, clusters and targets in words; each number opens the statements behind it.

Caveat: p-values and z are the tables' own; where many are looked at the sentence says how many, and whether they were adjusted.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts.labels import gloss, plan_labels
from policycompare.charts.targets import target_value
from policycompare.explanation import explain
from policycompare.intervals import wilson
from policycompare.prose.phrases import Cell, Sentence, interval, listed, percent, phrase, say
from policycompare.targets.ledger import OTHER

if TYPE_CHECKING:
    from policycompare.cluster.cluster import Clusters
    from policycompare.corpus.corpus import Corpus

DISTINCT = 1.96  # Monroe, Colaresi & Quinn's line for z
ALPHA = 0.05


def keyness(
    table: pd.DataFrame,
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    themes: Mapping[str, str] | None = None,
    top: int = 3,
    language: str = "en",
) -> list[Sentence]:
    """The words that set each plan (and theme) apart; each word opens the statements that have it.

    Parameters
    ----------
    table
        As :func:`policycompare.keyness` makes it.
    corpus, codings
        What it was made from.
    themes
        Theme id → name, for a table by theme.
    top
        So many words a sentence, of those with z above 1.96.
    language
        ``en`` or ``zh``.

    Returns
    -------
    list of sentences
        One a plan (and theme) that has such a word, in the order of plans, and how many were looked at; else the one that says that none has.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    themes = themes or {}
    out: list[Sentence] = []
    strong = table[(table["term"] != "") & (table["z"] > DISTINCT)].sort_values(["z", "term"], ascending=[False, True])
    for plan, name in names.items():
        mine = strong[strong["plan"] == plan]
        for theme in ["", *themes]:
            rows = mine[mine["theme"] == theme].head(top)
            if len(rows):
                words = [_word(row, corpus, codings, language) for row in rows.to_dict("records")]
                key = "keyness.theme" if theme else "keyness.plan"
                out.append(say(key, language, plan=name, theme=themes.get(theme, ""), words=_joined(words, language)))
    looked = int((table["term"] != "").sum())
    return [*out, say("keyness.many", language, n=f"{looked:,}")] if out else [phrase("keyness.none", language)]


def _word(row: Mapping[Any, Any], corpus: Corpus, codings: pd.DataFrame, language: str) -> list[str | Cell]:
    cell = _counted(row["term"], corpus, codings, {"plan": row["plan"], "theme": row["theme"], "term": row["term"]})
    return say("keyness.word", language, term=cell, n=row["n"], other=row["n_other"], z=f"{row['z']:.1f}")


def pairs(table: pd.DataFrame, corpus: Corpus, codings: pd.DataFrame, *, themes: Mapping[str, str], language: str = "en") -> list[Sentence]:
    """Which themes stand together more often than chance would have it, and which most often at all.

    Parameters
    ----------
    table
        As :func:`policycompare.theme_pairs` makes it, of all plans together; statements are what is counted.
    corpus, codings
        What it was made from.
    themes
        Theme id → name.
    language
        ``en`` or ``zh``.
    """
    rows = table[(table["by"] == "statements") & (table["plan"] == "") & (table["n"] > 0)]
    rows = rows.sort_values(["share", "theme", "other"], ascending=[False, True, True])
    # Both directions of a pair have one p; the larger share is the one to tell.
    rows = rows[[not twin for twin in _twins(rows)]]
    compared = int(table[(table["by"] == "statements") & (table["plan"] == "") & table["p"].notna()].shape[0]) // 2
    if rows.empty:
        return [phrase("pairs.nothing", language)]
    together = rows[(rows["p"] * compared <= ALPHA)]
    out: list[Sentence] = [_pair("pairs.most", rows.iloc[0].to_dict(), corpus, codings, themes, language)]
    out += [
        _pair("pairs.together", row, corpus, codings, themes, language, p=_p(min(1.0, row["p"] * compared)), pairs=compared)
        for row in together.to_dict("records")
    ]
    return out if len(together) or not compared else [*out, say("pairs.chance", language, pairs=compared)]


def _twins(rows: pd.DataFrame) -> list[bool]:
    """Has the pair come before, the other way round?"""
    seen: set[frozenset[str]] = set()
    out = []
    for pair in map(frozenset, zip(rows["theme"], rows["other"], strict=True)):
        out.append(pair in seen)
        seen.add(pair)
    return out


def _pair(
    key: str, row: Mapping[Any, Any], corpus: Corpus, codings: pd.DataFrame, themes: Mapping[str, str], language: str, **more: object
) -> list[str | Cell]:
    low, high = wilson(int(row["n"]), int(row["of"]))
    cell = _counted(percent(row["share"]), corpus, codings, {name: row[name] for name in ("theme", "other", "by")})
    ends = {"share": cell, "interval": interval(low, high), "n": row["n"], "of": row["of"]}
    expected = "–" if pd.isna(row["expected"]) else f"{row['expected']:.1f}"
    return say(key, language, theme=themes[row["theme"]], other=themes[row["other"]], expected=expected, **ends, **more)


def places(table: pd.DataFrame, *, plans: pd.DataFrame, themes: Mapping[str, str], language: str = "en") -> list[Sentence]:
    """Which themes stand early, late or in blocks; a sentence a plan.

    Parameters
    ----------
    table
        As :func:`policycompare.theme_places` makes it.
    plans, themes, language
        As in :func:`policycompare.prose.answers`.
    """
    out: list[Sentence] = []
    for plan, name in plan_labels(plans["plan"], plans, language).items():
        mine = table[(table["plan"] == plan) & table["theme"].isin(list(themes))]
        found, likely = [], []
        for kind, marked, tested in (
            ("early", "place", "p_place"),
            ("late", "place", "p_place"),
            ("blocks", "spread", "p_spread"),
            ("spread", "spread", "p_spread"),
        ):
            rows = mine[mine[marked] == kind]
            if len(rows):
                listed = [_placed(row, kind, themes[row["theme"]], language) for row in rows.to_dict("records")]
                found.append(say(f"places.{kind}", language, themes=_joined(listed, language)))
                likely.append(float(rows[tested].max()))
        if found:
            p = f"p {_p(max(likely))}".replace("=", "≤")
            out.append(say("places.plan", language, plan=name, found=_joined(found, language, "semicolon"), p=p))
    looked = int(table["p_place"].notna().sum() + table["p_spread"].notna().sum())
    return [*out, say("places.many", language, n=looked)] if out else [phrase("places.none", language)]


def clusters(found: Clusters, agreement: pd.DataFrame | None = None, *, language: str = "en") -> list[Sentence]:
    """How many clusters there are, which of them hold, and how far they follow the themes.

    Parameters
    ----------
    found
        As :func:`policycompare.cluster_measures` returns them.
    agreement
        As :func:`policycompare.cluster_themes` makes it; None leaves its sentence out.
    language
        ``en`` or ``zh``.
    """
    summary = found.summary
    if summary.empty:
        return [phrase("clusters.nothing", language)]
    out: list[Sentence] = [
        say("clusters.count", language, measures=len(found.measures), k=len(summary), stable=int(summary["stable"].sum()))
    ]
    for row in summary.to_dict("records"):
        key = "clusters.untried" if pd.isna(row["jaccard"]) else "clusters.holds" if row["stable"] else "clusters.loose"
        cell = Cell(str(row["size"]), cluster=str(row["cluster"]))
        values = {"number": row["cluster"], "size": cell, "jaccard": "" if pd.isna(row["jaccard"]) else f"{row['jaccard']:.2f}"}
        out.append(say(key, language, name=row["name"], plans=len(row["plans"].split()), **values))
    if agreement is not None and len(agreement):
        first = agreement.iloc[0]
        if pd.isna(first["ami"]):
            out.append(phrase("clusters.unlike", language))
        else:
            key = "clusters.themes" if first["p"] <= ALPHA else "clusters.chance"
            out.append(say(key, language, ami=f"{first['ami']:.2f}", p=_p(first["p"])))
    return out


def likeness(similarity: pd.DataFrame, *, plans: pd.DataFrame, language: str = "en") -> list[Sentence]:
    """Which two plans are most and least alike in their words.

    Parameters
    ----------
    similarity
        As :func:`policycompare.plan_similarity` makes it.
    plans, language
        As in :func:`policycompare.prose.answers`.
    """
    names = plan_labels(plans["plan"], plans, language)
    known = similarity[similarity["similarity"].notna() & (similarity["plan"] < similarity["other"])]
    if known.empty:
        return [phrase("likeness.nothing", language)]
    rows = known.sort_values(["similarity", "plan", "other"], ascending=[False, True, True]).to_dict("records")
    ends = [("likeness.most", rows[0]), *([("likeness.least", rows[-1])] if len(rows) > 1 else [])]
    return [
        say(key, language, pair=listed([names[row["plan"]], names[row["other"]]], language), cosine=f"{row['similarity']:.2f}")
        for key, row in ends
    ]


def targets(
    ledger: pd.DataFrame, goals: pd.DataFrame, undated: pd.DataFrame, *, plans: pd.DataFrame, top: int = 3, language: str = "en"
) -> list[Sentence]:
    """How many targets each plan sets, what most plans count, and what is missing: numbers, or dates.

    Parameters
    ----------
    ledger, goals, undated
        As :func:`policycompare.targets_ledger`, :func:`policycompare.goals_without_numbers` and
        :func:`policycompare.numbers_without_dates` make them.
    plans, language
        As in :func:`policycompare.prose.answers`.
    top
        So many of the things that at least two plans count.
    """
    names = plan_labels(plans["plan"], plans, language)
    if ledger.empty:
        return [phrase("targets.nothing", language), *_missing(goals, undated, 0, language)]
    each: list[list[str | Cell]] = [
        [f"{name} ", _named(mine, str(len(mine)))] if len(mine := ledger[ledger["plan"] == plan]) else [f"{name} 0"]
        for plan, name in names.items()
    ]
    out: list[Sentence] = [say("targets.count", language, n=_named(ledger, str(len(ledger))), each=_joined(each, language))]
    shared = ledger[(ledger["plans"] > 1) & (ledger["group"] != OTHER)]
    for group in list(dict.fromkeys(shared["group"]))[:top]:
        rows = shared[shared["group"] == group]
        values: list[list[str | Cell]] = [
            [f"{names[row['plan']]} ", Cell(target_value(row, language), statement=row["statement"])] for row in rows.to_dict("records")
        ]
        plans_of = int(rows["plans"].iloc[0])
        out.append(
            say("targets.shared", language, group=gloss(group, language), plans=plans_of, values=_joined(values, language, "semicolon"))
        )
    return out + _missing(goals, undated, len(ledger), language)


def _placed(row: Mapping[Hashable, Any], kind: str, theme: str, language: str) -> list[str | Cell]:
    """One theme of a plan: where it stands, or in how many runs; the number opens its statements."""
    evidence = {"plan": row["plan"], "theme": row["theme"]}
    if kind in ("early", "late"):
        middle = Cell(percent(row["middle"]), **evidence)
        return say("places.at", language, theme=theme, middle=middle, interval=interval(row["low"], row["high"]))
    return say("places.runs", language, theme=theme, blocks=Cell(str(row["blocks"]), **evidence), expected=f"{row['blocks_expected']:.1f}")


def _missing(goals: pd.DataFrame, undated: pd.DataFrame, of: int, language: str) -> list[Sentence]:
    out: list[Sentence] = []
    if of:
        inherited = int(undated["deadline_inherited"].notna().sum())
        out.append(say("targets.undated", language, n=_named(undated, str(len(undated))), of=of, inherited=inherited))
    return [*out, say("targets.goals", language, n=_named(goals, str(len(goals))))]


def _named(rows: pd.DataFrame, text: str) -> Cell:
    """A number of rows that each name a statement."""
    return Cell(text, statements=tuple(dict.fromkeys(rows["statement"])))


def _counted(text: str, corpus: Corpus, codings: pd.DataFrame, keys: Mapping[str, Any]) -> Cell:
    """A number, and the statements that :func:`policycompare.explain` gives for its cell."""
    return Cell(text, statements=tuple(explain(corpus, codings, keys)["statement"]))


def _joined(parts: list[list[str | Cell]], language: str, by: str = "comma") -> list[str | Cell]:
    between = phrase(by, language)
    return [piece for place, part in enumerate(parts) for piece in ([between] if place else []) + part]


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
