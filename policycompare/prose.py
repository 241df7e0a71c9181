"""Tables → sentences, in English or Chinese; every number in them is taken from the table at hand.

Caveat: a sentence says what the table says and no more. Where an interval of a difference holds zero it says that the
plans cannot be told apart, even if one share is larger. The phrases are data (``data/lexicon/prose.csv``).
"""

from __future__ import annotations

import csv
import math
import string
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from policycompare.charts import style
from policycompare.charts.labels import plan_labels
from policycompare.paths import data_path
from policycompare.schema import one_of
from policycompare.shares import default_errors
from policycompare.wording import respelt_words

if TYPE_CHECKING:
    from policycompare.corpus import Corpus
    from policycompare.taxonomy import Taxonomy

LANGUAGES = ("en", "zh")


class Cell(NamedTuple):
    """A number in a sentence or table, and the statements that it counts: those of a plan, with a theme, in a measure."""

    text: str
    plan: str = ""
    theme: str = ""
    measure: str = ""
    statement: str = ""


Sentence = str | Sequence[str | Cell]


@cache
def _phrases() -> dict[str, dict[str, str]]:
    with data_path("lexicon", "prose.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


def phrase(key: str, language: str) -> str:
    """A word or phrase of the report as it stands in the data, placeholders and all.

    Examples
    --------
    >>> phrase("genre.article", "en"), phrase("genre.article", "zh")
    ('press article', '新闻稿')
    """
    one_of("language", language, LANGUAGES)
    return _phrases()[key][language]


def say(key: str, language: str, **values: object) -> list[str | Cell]:
    """A phrase with its placeholders filled in, as parts; a value that is a :class:`Cell` or a sentence keeps its cells.

    Examples
    --------
    >>> say("silence.some", "en", plan="Jining", themes=Cell("School safety", theme="safety"))[2].theme
    'safety'
    """
    parts: list[str | Cell] = []
    for text, name, _, _ in string.Formatter().parse(phrase(key, language)):
        parts.append(text)
        if name is not None:
            value = values[name]
            parts += list(value) if isinstance(value, list) else [value if isinstance(value, Cell) else str(value)]
    return [part for part in parts if part]


def plain(sentence: Sentence) -> str:
    """A sentence as text.

    Examples
    --------
    >>> plain(["Most: ", Cell("32%", plan="county", theme="safety"), "."])
    'Most: 32%.'
    """
    parts = [sentence] if isinstance(sentence, str) else sentence
    return "".join(part.text if isinstance(part, Cell) else part for part in parts)


def listed(words: Iterable[str], language: str) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> listed(["Xianning", "Jining", "Fengjie"], "en"), listed(["咸宁市", "济宁市"], "zh")
    ('Xianning, Jining and Fengjie', '咸宁市和济宁市')
    """
    words = list(words)
    head, last = words[:-1], words[-1:]
    return phrase("and", language).join([phrase("comma", language).join(head), *last] if head else last)


def percent(share: float) -> str:
    """A share in 0–1 as a whole per cent; what is there but rounds to nothing is told from zero.

    Examples
    --------
    >>> percent(0.317), percent(0.002), percent(0), percent(float("nan"))
    ('32%', '<1%', '0%', '–')
    """
    return style.percent(share) or "–"


def interval(low: float, high: float) -> str:
    """Both ends of an interval of shares.

    Examples
    --------
    >>> interval(0.254, 0.381), interval(float("nan"), 1)
    ('25–38%', '–')
    """
    return "–" if math.isnan(low) or math.isnan(high) else f"{percent(low).removesuffix('%')}–{percent(high)}"


def points(difference: float) -> str:
    """A difference of shares in whole percentage points.

    Examples
    --------
    >>> points(0.123), points(-0.051), points(-0.001)
    ('12', '−5', '0')
    """
    return style.points(difference).removeprefix("+")


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
    for column, cells in values.items():
        groups = _groups(cells, plans["plan"], names)
        if len(groups) > 1:
            order = sorted(groups, key=lambda value: (not value, value)) if column == "year" else groups
            said = {value if value.isdigit() else phrase(f"{column}.{value}", language): groups[value] for value in order}
            out.append(say(f"limits.{column}", language, n=len(groups), groups=_clauses(said, language)))
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
        As :func:`policycompare.agreement` makes it; None where there is no gold coding of these plans.
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
