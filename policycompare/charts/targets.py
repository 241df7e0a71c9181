"""The quantified targets as a table: a table says them better than any mark would.

Caveat: units, subjects and quotes stay in the plans' own words in both languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts import style, typeset
from policycompare.charts.labels import Names, gloss, names, require

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_SIZES = {"en": ((1e9, "billion "), (1e6, "million ")), "zh": ((1e8, "亿"), (1e4, "万"))}
_SIGNS = {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< ", "~": "≈ "}


def targets_table(targets: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> Styler:
    """The targets of all plans, a row a target, grouped by plan in the text's order.

    Parameters
    ----------
    targets
        The ``targets`` table.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    pandas.io.formats.style.Styler
        Shows itself in a notebook; ``to_html()`` and ``to_excel()`` write it; ``data`` is the plain table. Texts are escaped.

    Raises
    ------
    PolicyCompareError
        The table is empty or lacks a column, or the language is unknown.
    """
    needed = (
        "statement",
        "plan",
        "quote",
        "low",
        "high",
        "unit",
        "comparator",
        "baseline",
        "period",
        "deadline",
        "subject",
        "start",
    )
    require(targets, "targets", needed)
    words = names(plans=plans, language=language, plan_ids=targets["plan"], each=False)
    order = {plan: at for at, plan in enumerate(words.plans)}
    rows = targets.assign(_order=targets["plan"].map(order)).sort_values(["_order", "start"]).to_dict("records")
    shown = pd.DataFrame([_row(row, words) for row in rows]).dropna(axis="columns", how="all").fillna("")
    note = words.word(
        "targets.note",
        targets=words.counted("targets", len(shown)),
        plans=words.counted("plans", len(words.plans)),
    )
    first = [at for at, row in enumerate(rows) if at and row["plan"] != rows[at - 1]["plan"]]
    looks = _look(first, nowrap="td.col0, td.col2, td:last-child")
    looks += [{"selector": "td:last-child", "props": f"font-size: {style.SMALL}px; color: {style.MUTED}"}]
    return _styled(shown, words, "targets", note, looks).format(escape="html")


def _styled(shown: pd.DataFrame, words: Names, key: str, note: str, looks: list[Any]) -> Styler:
    caption = f"<b>{words.word(f'{key}.title')}</b><br>{words.word('note', note=note)}<br>{typeset.escape(words.source)}"
    return shown.style.hide(axis="index").set_uuid(key).set_caption(caption).set_table_styles(looks)


def ledger_table(ledger: pd.DataFrame, *, plans: pd.DataFrame | None = None, language: str = "en") -> Styler:
    """Targets of several plans side by side: a row a group, a column a plan; groups of a single plan are left out.

    Parameters
    ----------
    ledger
        As ``pc.targets_ledger`` returns it: the ``targets`` table with ``group`` and in how many ``plans`` the group stands, in the order to show.
    plans, language
        As in :func:`policycompare.charts.coverage_heatmap`.

    Returns
    -------
    pandas.io.formats.style.Styler
        As of :func:`targets_table`.

    Raises
    ------
    PolicyCompareError
        The table has no group of two plans or lacks a column, or the language is unknown.
    """
    require(ledger, "ledger", ("group", "plans", "plan", "subject", "low", "high", "unit", "comparator"))
    table = ledger[ledger["plans"] > 1]
    require(table, "ledger of groups that two plans share", ())
    words = names(plans=plans, language=language, plan_ids=table["plan"], each=False)
    rows = []
    for group in dict.fromkeys(table["group"]):
        cells = {words.word("ledger.group"): typeset.escape(gloss(group, language))}
        for plan, label in words.plans.items():
            own = table[(table["group"] == group) & (table["plan"] == plan)].to_dict("records")
            said = [typeset.escape(f"{row['subject']}{': ' if language == 'en' else '：'}{target_value(row, language)}") for row in own]
            cells[typeset.escape(label)] = "<br>".join(said)
        rows.append(cells)
    note = words.word("ledger.note", targets=words.counted("targets", len(table)), plans=words.counted("plans", len(words.plans)))
    # The cells are escaped above, because their line breaks are meant.
    return _styled(pd.DataFrame(rows), words, "ledger", note, _look([], nowrap=""))


def target_value(row: Any, language: str = "en") -> str:
    """A target's value as one reads it, with its period in front.

    Examples
    --------
    >>> target_value({"low": 85, "high": 85, "comparator": ">=", "unit": "%"})
    '≥ 85%'
    >>> target_value({"low": 3, "high": 5, "comparator": "range", "unit": "所"})
    '3–5 schools'
    >>> target_value({"low": 240, "high": 295, "comparator": "change", "unit": "元", "period": "每年"})
    'a year: 240 → 295 yuan'
    >>> money = {"low": 1e7, "high": 1.5e7, "comparator": "range", "unit": "元"}
    >>> target_value(money), target_value(money, "zh")
    ('10–15 million yuan', '1,000–1,500 万元')
    """
    ends, unit = [float(row["low"]), float(row["high"])], gloss(row["unit"], language)
    if language == "en" and ends == [1, 1]:
        unit = unit.removesuffix("s")
    for size, name in _SIZES[language]:
        if min(ends) >= size and unit not in ("%", "‰"):
            ends, unit = [end / size for end in ends], f"{name}{unit}"
            break
    low, high = (_number(end) for end in ends)
    between = " → " if row["comparator"] == "change" else "–"
    value = low if low == high and row["comparator"] != "change" else f"{low}{between}{high}"
    period = f"{gloss(row['period'], language)} " if row.get("period") else ""
    return f"{period}{_SIGNS.get(row['comparator'], '')}{value}{'' if not unit or unit in '%‰' else ' '}{unit}"


def _row(row: dict[Any, Any], words: Names) -> dict[str, Any]:
    deadline, inherited = row["deadline"], row.get("deadline_inherited", pd.NA)
    year = str(int(deadline)) if pd.notna(deadline) else f"({int(inherited)})" if pd.notna(inherited) else None
    change = row["comparator"] == "change"
    cells = {
        "plan": words.plans[row["plan"]],
        "subject": row["subject"],
        "value": target_value(row, words.language),
        "baseline": _number(row["baseline"]) if pd.notna(row["baseline"]) and not change else None,
        "deadline": year,
        "responsible": row.get("responsible") or None,
        "quote": row["quote"],
        "statement": row["statement"],
    }
    return {words.word(f"targets.{name}"): cell for name, cell in cells.items()}


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"


def _look(first_rows: list[int], *, nowrap: str) -> list[Any]:
    line = f"1px solid {style.GRID}"
    looks = [
        (
            "",
            f"border-collapse: collapse; font: {style.TEXT}px/1.4 {style.FONT.replace(chr(34), chr(39))}; color: {style.INK}; width: 100%",
        ),
        (
            "caption",
            f"caption-side: top; text-align: left; padding: 8px 0; color: {style.MUTED}; font-size: {style.SMALL + 1}px",
        ),
        (
            "caption b",
            f"font-size: {style.TITLE}px; font-weight: normal; color: {style.INK}",
        ),
        (
            "th",
            f"text-align: left; vertical-align: bottom; border-bottom: 2px solid {style.MUTED}; padding: 4px 8px; font-weight: normal; color: {style.MUTED}",
        ),
        (
            "td",
            f"text-align: left; vertical-align: top; border-bottom: {line}; padding: 4px 8px",
        ),
        *([(nowrap, "white-space: nowrap")] if nowrap else []),
        ("td.col1", "min-width: 9em"),
        *[
            (
                f"td.row{at}, tbody tr:nth-child({at + 1}) td",
                f"border-top: 2px solid {style.MUTED}",
            )
            for at in first_rows
        ],
    ]
    return [{"selector": selector, "props": props} for selector, props in looks]
