"""The words on a chart: plan, theme and interface labels in English or Chinese.

Caveat: a plan whose text names no region is labelled by its level ("Unnamed county", 某县), never by its id or file name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare.charts.style import NO_THEME, PALETTE
from policycompare.paths import data_path
from policycompare.schema import PolicyCompareError, one_of
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

LANGUAGES = ("en", "zh")
#: Plans that a chart with a place for each has room for; from more than :data:`MANY` on the report leaves out the charts that grow fastest.
MOST_PLANS, MANY = 120, 24


@cache
def _words() -> dict[str, dict[str, str]]:
    with data_path("lexicon", "labels.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: {"en": row["en"], "zh": row["zh"]} for row in csv.DictReader(file)}


def word(key: str, language: str, **values: object) -> str:
    """A label's text with its placeholders filled in; of ``one|many`` the form that fits ``n``.

    Examples
    --------
    >>> word("statements", "en", n=1), word("statements", "en", n=1423), word("statements", "zh", n=3)
    ('1 statement', '1,423 statements', '3 条语句')
    """
    one_of("language", language, LANGUAGES)
    text = _words()[key][language]
    if "|" in text:
        text = text.split("|")[values.get("n") != 1]
    return text.format(**{name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()})


@cache
def _glosses() -> dict[str, str]:
    with data_path("lexicon", "glosses.csv").open(encoding="utf-8", newline="") as file:
        return {row["zh"]: row["en"] for row in csv.DictReader(file)}


def gloss(text: str, language: str) -> str:
    """A unit, period or group of targets in the reader's language; one without a gloss stays in the plans' own words.

    Examples
    --------
    >>> gloss("课时", "en"), gloss("课时", "zh"), gloss("20**年", "en")
    ('class hours', '课时', '20**年')
    """
    one_of("language", language, LANGUAGES)
    return _glosses().get(text, text) if language == "en" else text


def plan_label(plan: Mapping[Any, Any], language: str) -> str:
    """A plan's name on a chart: its region's, or by its level where the text names none.

    Parameters
    ----------
    plan
        A row of the ``plans`` table; ``region``, ``region_en``, ``level`` and ``plan`` are read.
    language
        ``en`` or ``zh``.

    Examples
    --------
    >>> plan_label({"plan": "a", "region": "", "region_en": "", "level": "county"}, "zh")
    '某县'
    >>> plan_label({"plan": "a", "region": "奉节县", "region_en": "Fengjie", "level": "county"}, "en")
    'Fengjie'
    """
    one_of("language", language, LANGUAGES)
    order = ("region_en", "region") if language == "en" else ("region", "region_en")
    named = next((cell for cell in (_cell(plan, name) for name in order) if cell), "")
    level = _cell(plan, "level")
    return named or (word(f"unnamed.{level}", language) if level else _cell(plan, "plan"))


def _cell(row: Mapping[Any, Any], name: str) -> str:
    value = row.get(name, "")
    return "" if value is None or value is pd.NA or value != value else str(value).strip()


@cache
def _shipped_plans() -> pd.DataFrame:
    return pd.read_csv(
        data_path("plans", "plans.csv"),
        encoding="utf-8-sig",
        dtype=str,
        keep_default_na=False,
    )


def plan_ids(plans: pd.DataFrame | None) -> list[str]:
    """The ids of the plans table, or of the packaged study's where there is none."""
    return [str(plan) for plan in (_shipped_plans() if plans is None else plans)["plan"]]


def plan_labels(ids: Iterable[str], plans: pd.DataFrame | None, language: str) -> dict[str, str]:
    """Plan id → label, in the plans table's order; equal labels are told apart by year, then by id."""
    wanted = set(ids)
    table = _shipped_plans() if plans is None else plans
    rows = [row for row in table.to_dict("records") if row["plan"] in wanted]
    rows += [{"plan": plan} for plan in sorted(wanted - {row["plan"] for row in rows})]
    labels = {str(row["plan"]): plan_label(row, language) for row in rows}
    dated = {str(row["plan"]): f"{labels[row['plan']]} {_year(row)}".strip() for row in rows}
    for told_apart in (dated, {plan: f"{dated[plan]} ({plan})" for plan in labels}):
        shown = list(labels.values())
        labels = {plan: told_apart[plan] if shown.count(label) > 1 else label for plan, label in labels.items()}
    return labels


def _year(row: Mapping[Any, Any]) -> str:
    return _cell(row, "year").removesuffix(".0")


def sources(ids: Iterable[str], plans: pd.DataFrame | None, language: str, *, most: int = 8) -> str:
    """The plans that a figure rests on, each with its year; their number where they are more than ``most``."""
    labels = plan_labels(ids, plans, language)
    if len(labels) > most:
        return word("source.many", language, n=len(labels))
    table = _shipped_plans() if plans is None else plans
    years = {row["plan"]: _year(row) for row in table.to_dict("records")}
    left, right = ("(", ")") if language == "en" else ("（", "）")
    gap = " " if language == "en" else ""
    named = [f"{label}{gap}{left}{years.get(plan) or word('undated', language)}{right}" for plan, label in labels.items()]
    return word("separator", language).join(named)


def theme_names(taxonomy: Taxonomy | str | Path) -> dict[str, tuple[str, str, str]]:
    """Theme id → (English name, Chinese name, colour), in the taxonomy's order, its background too."""
    themes = load_taxonomy(taxonomy).themes
    return {theme.id: (theme.en, theme.zh, theme.colour or PALETTE[at % len(PALETTE)]) for at, theme in enumerate(themes)}


def subtheme_labels(taxonomy: Taxonomy | str | Path, language: str) -> dict[tuple[str, str], str]:
    """(theme id, subtheme id) → label, in the taxonomy's order."""
    one_of("language", language, LANGUAGES)
    return {(theme.id, below.id): getattr(below, language) for theme in load_taxonomy(taxonomy).themes for below in theme.subthemes}


@dataclass(frozen=True)
class Names:
    """The labels of one chart: plan and theme id → label (in the order to show them), theme id → colour."""

    language: str
    plans: dict[str, str]
    themes: dict[str, str]
    colours: dict[str, str]
    source: str

    def word(self, key: str, **values: object) -> str:
        """See :func:`word`."""
        return word(key, self.language, **values)

    def counted(self, table: str, n: float) -> str:
        """A number with what it counts: "423 statements"."""
        return self.word(table, n=round(n))


def names(
    *,
    plans: pd.DataFrame | None,
    language: str,
    taxonomy: Taxonomy | str | Path = "education",
    plan_ids: Iterable[str] = (),
    theme_ids: Iterable[str] = (),
    each: bool = True,
) -> Names:
    """The labels of the plans and themes that a table names; a theme that the taxonomy lacks is labelled by its id.

    Raises
    ------
    PolicyCompareError
        The language is unknown, or the chart has a place for each plan and there are more than :data:`MOST_PLANS`.
    """
    one_of("language", language, LANGUAGES)
    plan_ids = set(plan_ids)
    if each and len(plan_ids) > MOST_PLANS:
        raise PolicyCompareError(
            f"this chart has a place for each plan, and {len(plan_ids):,} are too many ({MOST_PLANS} at most); draw pc.charts.coverage_ranking, "
            "share_distributions, province_tiles or prefecture_tiles, or pass the rows of some plans."
        )
    wanted, ids, at = set(theme_ids), set(plan_ids), LANGUAGES.index(language)
    known = theme_names(taxonomy) if wanted else {}
    spare = {theme: (theme, theme, NO_THEME) for theme in sorted(wanted - set(known))}
    shown = {theme: named for theme, named in {**known, **spare}.items() if theme in wanted}
    return Names(
        language=language,
        plans=plan_labels(ids, plans, language),
        themes={theme: named[at] for theme, named in shown.items()},
        colours={theme: named[2] for theme, named in shown.items()},
        source=word("source", language, plans=sources(ids, plans, language)),
    )


def records(table: pd.DataFrame) -> Iterator[Any]:
    """A table's rows, each with its cells as attributes."""
    return iter(table.itertuples(index=False))


def require(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Refuse a table that has no row or lacks a column that the chart reads."""
    missing = [column for column in columns if column not in table]
    if missing:
        raise PolicyCompareError(f"{name}: column {', '.join(missing)} missing; pass the table as its function returned it.")
    if table.empty:
        raise PolicyCompareError(f"{name}: the table has no row, so there is nothing to draw; check what it was made from.")
