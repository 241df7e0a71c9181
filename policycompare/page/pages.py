"""Tables and sentences → pieces of an HTML page: what the report shows between its charts.

Caveat: plans are strangers' texts. All that comes from a table is escaped in this room (:mod:`policycompare.page.markup`) and nowhere
else: what it returns is safe to show, and the other rooms never return markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts.labels import gloss, plan_labels, word
from policycompare.charts.targets import target_value
from policycompare.page.markup import Markup, Quote, content, escape, inline
from policycompare.prose import Cell, Sentence, interval, percent, phrase, plain, say
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy


def sentences(lines: Iterable[Sentence], *, role: str = "answers") -> Markup:
    """Sentences as a list; a number in them opens the statements that it counts.

    Parameters
    ----------
    lines
        As :mod:`policycompare.prose` makes them.
    role
        The element's class: ``limits`` or ``answers``.

    Examples
    --------
    >>> print(sentences(["1 < 2"], role="limits"))
    <div class="limits"><ul><li>1 &lt; 2</li></ul></div>
    """
    items = "".join(f"<li>{inline(line)}</li>" for line in lines)
    return Markup(f'<div class="{escape(role)}"><ul>{items}</ul></div>')


def table(rows: Iterable[Sequence[object]], *, headers: Sequence[str], caption: str = "", numbers: Iterable[int] = ()) -> Markup:
    """A table; a :class:`~policycompare.prose.Cell` in it opens the statements that it counts.

    Parameters
    ----------
    rows
        Cells of each row: texts, numbers, cells or sentences.
    headers
        One a column.
    caption
        What a row is.
    numbers
        Places of the columns that are set to the right.

    Examples
    --------
    >>> "<td>&lt;b&gt;</td>" in table([["<b>"]], headers=["Title"])
    True
    """
    right = set(numbers)
    classes = [' class="number"' if place in right else "" for place in range(len(headers))]
    head = "".join(f'<th scope="col"{kind}>{escape(title)}</th>' for kind, title in zip(classes, headers, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{content(cell)}</td>" for kind, cell in zip(classes, row, strict=True)) + "</tr>" for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return Markup(f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def plans_table(corpus: Corpus, *, language: str = "en") -> Markup:
    """The documents: kind, level, date, number, issuer and size, as far as their texts or the manifest say."""
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    body = corpus.statements[corpus.statements["kind"] == "body"].groupby("plan").size()
    measures = corpus.measures.groupby("plan").size()
    columns = ["plan", "title", "genre", "level", "year", "issued", "doc_number", "publisher", "source", "script", "body", "measures"]
    if not corpus.plans["source"].any():
        columns.remove("source")
    rows = []
    for plan in corpus.plans.to_dict("records"):
        cells = {
            "plan": names[plan["plan"]],
            **{name: Quote(plan[name]) for name in ("title", "doc_number", "publisher", "source")},
            **{name: phrase(f"{name}.{plan[name]}", language) for name in ("genre", "level", "script")},
            **{name: plan[name] for name in ("year", "issued")},
            "body": Cell(str(body.get(plan["plan"], 0)), plan=plan["plan"]),
            "measures": int(measures.get(plan["plan"], 0)),
        }
        rows.append([cells[name] for name in columns])
    numbers = [columns.index(name) for name in ("year", "issued", "body", "measures")]
    return table(rows, headers=_heads(columns, language), caption=phrase("plans.caption", language), numbers=numbers)


def coverage_table(
    coverage: pd.DataFrame, corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education", language: str = "en"
) -> Markup:
    """Plan × theme: shares of statements with intervals, each opening its statements; folded up below, the corrected shares."""
    names, themes = plan_labels(corpus.plans["plan"], corpus.plans, language), theme_names(taxonomy, language=language)
    cells = coverage[coverage["by"] == "statements"]
    if "subtheme" in cells:
        cells = cells[cells["subtheme"] == ""]
    found = {(cell["plan"], cell["theme"]): cell for cell in cells.to_dict("records")}
    heads = [phrase("column.plan", language), *themes.values()]
    tables = []
    for suffix, caption in (("", "coverage.caption"), ("_corrected", "corrected.caption")):
        rows = [[names[plan], *(_share(found.get((plan, theme)), suffix) for theme in themes)] for plan in corpus.plans["plan"]]
        tables.append(table(rows, headers=heads, caption=phrase(caption, language), numbers=range(1, len(heads))))
    if cells["share_corrected"].isna().all():
        return tables[0]
    summary = escape(phrase("corrected.summary", language))
    return Markup(f"{tables[0]}<details><summary>{summary}</summary>{tables[1]}</details>")


def _share(cell: Mapping[Any, Any] | None, suffix: str) -> Sentence:
    if cell is None or pd.isna(cell[f"share{suffix}"]):
        return "–"
    share, low, high = (cell[f"{name}{suffix}"] for name in ("share", "low", "high"))
    # Only what was counted has statements to open.
    shown = percent(share) if suffix else Cell(percent(share), plan=cell["plan"], theme=cell["theme"])
    return [shown, f" ({interval(low, high)})"]


def agreement_table(
    agreement: pd.DataFrame | None,
    *,
    left_out: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> Markup:
    """Agreement with the gold coding per theme, with intervals; nothing where there is no gold coding.

    Where it is known how the plans were coded while they were left out of the coder's making (``left_out``), that is shown, and of the
    coder that saw them only the F1, in a column that says so.
    """
    if agreement is None:
        return Markup("")
    themes = theme_names(taxonomy, language=language)
    figures = ("precision", "recall", "f1", "alpha")
    seen = {} if left_out is None else dict(zip(agreement["theme"], _with_interval(agreement, "f1"), strict=True))
    shown = agreement if left_out is None else left_out
    columns = zip(shown["theme"], shown["tp"] + shown["fn"], *(_with_interval(shown, name) for name in figures), strict=True)
    rows = [[themes[theme], *cells, *([seen[theme]] if seen else [])] for theme, *cells in columns if theme in themes]
    heads = _heads(("theme", "n", *figures, *(["seen"] if seen else [])), language)
    caption = phrase("agreement.left_caption" if seen else "agreement.caption", language)
    return table(rows, headers=heads, caption=caption, numbers=range(1, len(heads)))


def _with_interval(agreement: pd.DataFrame, name: str) -> list[str]:
    ends = zip(*(agreement[f"{name}{end}"] for end in ("", "_low", "_high")), strict=True)
    return [f"{value:.2f} ({low:.2f}–{high:.2f})" for value, low, high in ends]


def targets_table(targets: pd.DataFrame, corpus: Corpus, *, language: str = "en") -> Markup:
    """The quantified targets, each quote opening its statement; with their groups where :func:`policycompare.targets_ledger` made them."""
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    columns = [*(["group"] if "group" in targets else []), "plan", "subject", "value", "baseline", "deadline", "responsible", "quote"]
    rows = []
    for row in targets.to_dict("records"):
        cells = {
            "group": gloss(row.get("group", ""), language),
            "plan": names[row["plan"]],
            "subject": Quote(row["subject"]),
            "value": target_value(row, language),
            "baseline": None if row["comparator"] == "change" else row["baseline"],
            "deadline": _deadline(row),
            "responsible": Quote(row["responsible"]),
            "quote": Cell(row["quote"], statement=row["statement"]),
        }
        rows.append([cells[name] for name in columns])
    heads = [phrase("column.group", language) if name == "group" else word(f"targets.{name}", language) for name in columns]
    return table(rows, headers=heads, caption=phrase("targets.caption", language), numbers=[columns.index("baseline")])


def statements_list(rows: pd.DataFrame, corpus: Corpus, *, summary: str, column: str, language: str = "en") -> Markup:
    """Rows of a table that name a statement, folded up: plan, the words in ``column``, the statement's id.

    Parameters
    ----------
    rows
        A table with ``plan``, ``statement`` and ``column``.
    corpus
        The plans, for names.
    summary
        A phrase with ``{n}``, the number of rows: what the list holds.
    column
        Which words to quote.
    language
        ``en`` or ``zh``.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    cells = [
        [names[row["plan"]], Quote(row[column]), Cell(row["statement"], statement=row["statement"])] for row in rows.to_dict("records")
    ]
    heads = _heads(("plan", "text", "statement"), language)
    title = plain(say(summary, language, n=len(rows)))
    return Markup(f"<details><summary>{escape(title)}</summary>{table(cells, headers=heads)}</details>")


def _deadline(row: Mapping[Any, Any]) -> str:
    own, inherited = row["deadline"], row["deadline_inherited"]
    return str(own) if not pd.isna(own) else f"({inherited})" if not pd.isna(inherited) else ""


def dropped(corpus: Corpus, *, language: str = "en") -> Markup:
    """What is not counted, or not as the coder has it: files that could not be read, with the reasons; codes changed by hand; and of each
    plan the passages taken for junk, and every repair.
    """
    names = plan_labels(corpus.plans["plan"], corpus.plans, language)
    junk = corpus.statements[corpus.statements["kind"] == "junk"]
    out: list[str] = []
    if len(corpus.skipped):
        lines = [[row["file"], row["reason"]] for row in corpus.skipped.to_dict("records")]
        out.append(table(lines, headers=_heads(("file", "reason"), language), caption=phrase("dropped.files", language)))
    if len(corpus.overrides):
        out.append(_overrides(corpus.overrides, language))
    for plan, name in names.items():
        lost, mended = junk[junk["plan"] == plan], corpus.repairs[corpus.repairs["plan"] == plan]
        rows: list[list[object]] = [[phrase("kind.junk", language), _place(row), Quote(row["text"])] for row in lost.to_dict("records")]
        rows += [[row["repair"], _place(row), Quote(row["text"])] for row in mended.to_dict("records")]
        if rows:
            summary = plain(say("dropped.summary", language, plan=name, n=len(lost), m=len(mended)))
            heads = [phrase("column.name", language), phrase("column.place", language), phrase("column.text", language)]
            out.append(f"<details><summary>{escape(summary)}</summary>{table(rows, headers=heads)}</details>")
    return Markup("".join(out) or f"<p>{escape(phrase('dropped.nothing', language))}</p>")


def _overrides(overrides: pd.DataFrame, language: str) -> Markup:
    """The codes that people added or took away, each opening its statement."""
    themes = {theme.id: getattr(theme, language) for theme in load_taxonomy("education-extended").themes}
    rows = [
        [
            Cell(row["statement"], statement=row["statement"]),
            phrase(f"hand.{row['action']}", language),
            " / ".join(filter(None, [themes.get(row["theme"], row["theme"]), row["subtheme"]])),
            *(Quote(row[name]) for name in ("who", "when", "why")),
        ]
        for row in overrides.to_dict("records")
    ]
    return table(
        rows, headers=_heads(("statement", "change", "themes", "who", "when", "why"), language), caption=phrase("hand.caption", language)
    )


def _place(row: Mapping[Any, Any]) -> str:
    return f"{row['start']}–{row['end']}" if not pd.isna(row["start"]) else ""


def theme_names(taxonomy: Taxonomy | str | Path = "education", *, language: str = "en") -> dict[str, str]:
    """Theme id → name, of the themes that are reported.

    Examples
    --------
    >>> theme_names("education", language="zh")["teachers"]
    '教师队伍'
    """
    loaded = load_taxonomy(taxonomy)
    return {theme.id: getattr(theme, language) for theme in loaded.reported}


def _heads(columns: Iterable[str], language: str) -> list[str]:
    return [phrase(f"column.{name}", language) for name in columns]
