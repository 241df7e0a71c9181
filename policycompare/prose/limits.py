"""What limits a comparison, and how well its coding agrees with readers.

Caveat: only what the table of plans says, or the texts show, can be named; a limit that nobody wrote down is not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.charts.labels import MANY, plan_labels
from policycompare.coding.respelling import respelt_words
from policycompare.prose.phrases import Cell, Sentence, listed, phrase, say
from policycompare.rates import default_errors

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy


def limits(corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education", language: str = "en") -> list[Sentence]:
    """What limits the comparison: how the documents differ in kind, level, year, length and script.

    Parameters
    ----------
    corpus
        The plans; its tables ``plans``, ``statements`` and ``skipped`` and its source texts are read.
    taxonomy
        Names the words that converters and spinners leave behind.
    language
        ``en`` or ``zh``.

    Returns
    -------
    list of sentences
        One a limit; a limit that these plans do not have gives none.

    Examples
    --------
    >>> import policycompare as pc
    >>> from policycompare.prose import plain
    >>> plain(limits(pc.load_corpus())[1]).split(":")[0]
    'They come from 2 levels of government, with different powers'
    """
    plans = corpus.plans
    names = plan_labels(plans["plan"], plans, language)
    if len(plans) < 2:
        return [phrase("limits.one", language), *_limits_of_text(corpus, names, taxonomy=taxonomy, language=language)]
    years = ["" if pd.isna(year) else str(int(year)) for year in plans["year"]]
    values = {"genre": plans["genre"].to_list(), "level": plans["level"].to_list(), "year": years}
    out: list[Sentence] = []
    if len(plans) > MANY:
        out.append(say("limits.many", language, n=len(plans)))
    for column, cells in values.items():
        groups = _groups(cells, plans["plan"], names)
        known = len(groups.keys() - {""})
        if known > 1:
            order = sorted(groups, key=lambda value: (not value, value)) if column == "year" else groups
            said = {value if value.isdigit() else phrase(f"{column}.{value}", language): groups[value] for value in order}
            out.append(say(f"limits.{column}", language, n=known, groups=_clauses(said, language)))
        elif known and "" in groups:
            which = {"column": phrase(f"guessed.{column}", language), "plans": listed(groups[""], language)}
            out.append(say("limits.partly", language, **which))
    if unknown := [phrase(f"guessed.{column}", language) for column, cells in values.items() if not any(cells)]:
        out.append(say("limits.unknown", language, columns=listed(unknown, language)))
    return out + _limits_of_text(corpus, names, taxonomy=taxonomy, language=language) or [phrase("limits.none", language)]


def _limits_of_text(corpus: Corpus, names: dict[str, str], *, taxonomy: Taxonomy | str | Path, language: str) -> list[Sentence]:
    out: list[Sentence] = []
    plans = corpus.plans
    counts = corpus.statements.loc[corpus.statements["kind"] == "body", "plan"].value_counts()
    body = [(int(counts.get(plan, 0)), plan) for plan in plans["plan"]]
    least, most = min(body, default=(0, "")), max(body, default=(0, ""))
    if least[0] < most[0]:
        ends = {"least": Cell(str(least[0]), plan=least[1]), "most": Cell(str(most[0]), plan=most[1])}
        out.append(say("limits.length", language, shortest=names[least[1]], longest=names[most[1]], **ends))
    if foreign := [names[plan] for plan in plans.loc[plans["script"] != "simplified", "plan"]]:
        out.append(say("limits.script", language, plans=listed(foreign, language)))
    guessed = {names[plan]: cell.split(";") for plan, cell in zip(plans["plan"], plans["guessed"], strict=True) if cell}
    if guessed:
        columns = {plan: [phrase(f"guessed.{name}", language) for name in cell] for plan, cell in guessed.items()}
        out.append(say("limits.guessed", language, groups=_clauses(columns, language)))
    words = respelt_words(corpus, taxonomy=taxonomy)
    usual = set(words.loc[~words["sign"], "stands_for"])  # words that the other plans use as well make poor examples
    for plan, found in words[words["sign"] & ~words["stands_for"].isin(usual)].groupby("plan", sort=False):
        pairs = zip(found["word"].head(4), found["stands_for"].head(4), strict=True)
        examples = listed([phrase("respelt.pair", language).format(word=word, meant=meant) for word, meant in pairs], language)
        out.append(
            say("limits.respelt", language, plan=names[str(plan)], n=int(words.loc[words["plan"] == plan, "n"].sum()), words=examples)
        )
    if len(corpus.overrides):
        n = {action: int((corpus.overrides["action"] == action).sum()) for action in ("add", "remove")}
        out.append(say("limits.hand", language, added=n["add"], removed=n["remove"]))
    if len(corpus.skipped):
        out.append(say("limits.skipped", language, n=len(corpus.skipped), files=listed(corpus.skipped["file"], language)))
    return out


def _groups(values: Iterable[str], plans: Iterable[str], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Value → names of the plans that have it, in the order in which they come."""
    out: dict[str, list[str]] = {}
    for value, plan in zip(values, plans, strict=True):
        out.setdefault(value, []).append(names[plan])
    return out


def _clauses(groups: Mapping[str, Sequence[str]], language: str) -> str:
    clauses = [phrase("group", language).format(value=value, plans=listed(who, language)) for value, who in groups.items()]
    return phrase("semicolon", language).join(clauses)


def agreement(
    table: pd.DataFrame | None,
    themes: Mapping[str, str],
    *,
    left_out: pd.DataFrame | None = None,
    packaged: bool = True,
    language: str = "en",
) -> list[Sentence]:
    """How well the coding agrees with the gold coding, and what that is worth.

    Parameters
    ----------
    table
        As :func:`policycompare.reliability.agreement` makes it; None where there is no gold coding of these plans.
    themes
        Theme id → name.
    left_out
        The same while each plan was left out of the coder's making (:func:`policycompare.left_out_agreement`): where it is known it is
        the answer, and `table` only what flatters.
    packaged
        The gold is the packaged one: its own caveats are added.
    language
        ``en`` or ``zh``.
    """
    if table is None or table.empty:
        return [phrase("agreement.none", language), *_unseen(themes, language)]
    rows = (table if left_out is None else left_out).set_index("theme")
    macro, each = rows.loc["macro"], rows.drop(index="macro").dropna(subset=["f1"])
    n = int(each[["tp", "fp", "fn", "tn"]].sum(axis=1).max()) if len(each) else 0
    values = {"f1": macro["f1"], "low": macro["f1_low"], "high": macro["f1_high"], "alpha": macro["alpha"]}
    values |= {"alpha_low": macro["alpha_low"], "alpha_high": macro["alpha_high"]}
    key = "agreement.macro" if left_out is None else "agreement.left"
    out: list[Sentence] = [say(key, language, n=n, **{name: f"{value:.2f}" for name, value in values.items()})]
    if len(each) > 1:
        least = each.sort_values("f1", kind="stable").iloc[0]
        ends = {"f1": f"{least['f1']:.2f}", "low": f"{least['f1_low']:.2f}", "high": f"{least['f1_high']:.2f}"}
        out.append(say("agreement.least", language, theme=themes.get(str(least.name), str(least.name)), **ends))
    if left_out is not None:
        seen = table.set_index("theme").loc["macro", ["f1", "f1_low", "f1_high"]]
        ends = {name: f"{value:.2f}" for name, value in zip(("f1", "low", "high"), seen, strict=True)}
        out.append(say("agreement.flattered", language, **ends))
    if packaged:
        out += [phrase("agreement.gold", language), *([phrase("agreement.seen", language)] if left_out is None else [])]
    return out + _unseen(themes, language)


def _unseen(themes: Mapping[str, str], language: str) -> list[Sentence]:
    """The shipped coder's mean F1 on documents left out of its making; nothing for themes that it was not measured on."""
    errors = default_errors().set_index("theme")
    if not set(themes) <= set(errors.index):
        return []
    rows = errors.loc[list(themes)]
    f1 = 2 * rows["tp"] / (2 * rows["tp"] + rows["fp"] + rows["fn"])
    least = str(f1.sort_values(kind="stable").index[0])
    values = {"n": f"{int(rows.iloc[0].sum()):,}", "f1": f"{f1.mean():.2f}", "theme": themes[least], "least": f"{f1[least]:.2f}"}
    return [say("agreement.unseen", language, **values)]
