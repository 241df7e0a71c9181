"""The statements behind a report, as one table of the page that its script filters and opens.

Caveat: the table is the only copy of the texts in the page; what a click opens are its rows, so that a number and the
statements shown for it cannot differ. Without a script the whole table still stands at the end of the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.charts import labels as names
from policycompare.page.markup import Markup, escape
from policycompare.page.pages import theme_names
from policycompare.prose import phrase
from policycompare.strength import code_strength, strength_levels

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy


_Themes = Mapping[str, tuple[str, str]]  # id → name and colour


def statements_table(
    corpus: Corpus,
    codings: pd.DataFrame,
    *,
    clusters: pd.DataFrame | None = None,
    taxonomy: Taxonomy | str | Path = "education",
    language: str = "en",
) -> Markup:
    """Every body statement with its themes, the terms that carried them and how binding it is, with search and filters.

    Parameters
    ----------
    corpus, codings
        The statements and their codings.
    clusters
        The measures' clusters (``measure``, ``cluster``, ``name``), for charts of clusters.
    taxonomy
        The themes' names.
    language
        ``en`` or ``zh``; the statements stay in their own words.

    Returns
    -------
    Markup
        A ``section`` with the id ``evidence``; its rows have the id ``s-`` and the statement's.
    """
    plans, themes = names.plan_labels(corpus.plans["plan"], corpus.plans, language), theme_names(taxonomy, language=language)
    sections = corpus.sections.set_index("section")["title"].to_dict()
    coded = dict(list(codings.groupby("statement")))
    body = corpus.statements[corpus.statements["kind"] == "body"].to_dict("records")
    cluster = {} if clusters is None else dict(zip(clusters["measure"], clusters["cluster"].astype("str"), strict=True))
    levels, strength = theme_names(strength_levels(), language=language), code_strength(corpus).set_index("statement")["theme"]
    body = [{**row, "cluster": cluster.get(row["measure"], ""), "strength": strength[row["statement"]]} for row in body]
    colours = {theme: (themes[theme], colour) for theme, (_, _, colour) in names.theme_names(taxonomy).items() if theme in themes}
    by_hand = phrase("hand.by", language)
    rows = "".join(_row(row, coded.get(row["statement"]), plans, colours, sections, levels, by_hand) for row in body)
    words: dict[str, Any] = {"plans": plans, "themes": {**themes, **levels, "none": phrase("evidence.nothing", language)}}
    words["clusters"] = {name: phrase("evidence.cluster", language).format(number=name) for name in sorted(set(cluster.values()))}
    words |= {key: phrase(f"evidence.{key}", language) for key in ("count", "close")}
    heads = "".join(f'<th scope="col">{escape(phrase(f"column.{name}", language))}</th>' for name in ("statement", "text", "themes"))
    return Markup(
        f'<section id="evidence" data-words="{escape(json.dumps(words, ensure_ascii=False, sort_keys=True))}">'
        f"{_controls(plans, {**themes, 'none': words['themes']['none']}, levels, language)}"
        f'<div class="scroll"><table class="evidence"><caption>{escape(phrase("evidence.caption", language))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _shown(term: str) -> str:
    """A term as a reader sees it: an arrow marks words that stand above the statement (``^`` in the table codings)."""
    return f"↑{term[1:]}" if term.startswith("^") else term


def _row(
    row: Mapping[Any, Any],
    codings: pd.DataFrame | None,
    plans: Mapping[str, str],
    colours: _Themes,
    sections: Mapping[Any, Any],
    levels: Mapping[str, str],
    by_hand: str,
) -> str:
    codes: dict[str, float] = {}
    labels = []
    for theme, found in codings.groupby("theme", sort=False) if codings is not None else ():
        name, colour = colours.get(str(theme), (str(theme), ""))
        codes[str(theme)] = score = float(found["score"].max())
        terms = "、".join(dict.fromkeys(_shown(term) for cell in found["terms"] for term in cell.split(";") if term))
        people = "; ".join(dict.fromkeys(who for who in found.get("hand", ()) if who))
        chip = f'<span class="theme" style="border-left-color:{escape(colour)}">{escape(name)} {score:.2f}</span>'
        labels.append(f'{chip} <span class="note" lang="zh">{escape(terms)}</span>')
        labels += [f'<span class="note">{escape(by_hand.format(who=people))}</span>'] if people else []
    data = {name: row[name] for name in ("statement", "plan", "measure", "cluster")}
    data["codes"] = " ".join(f"{theme}:{score:.3f}" for theme, score in codes.items())
    data["strength"] = row["strength"]
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    where = " · ".join(filter(None, [plans[row["plan"]], sections.get(row["section"], ""), levels[row["strength"]]]))
    return (
        f'<tr id="s-{escape(row["statement"])}" {attributes}>'
        f'<td><code>{escape(row["statement"])}</code><br><span class="note">{escape(where)}</span></td>'
        f'<td class="quote" lang="zh">{escape(row["text"])}</td><td>{"<br>".join(labels)}</td></tr>'
    )


def _controls(plans: Mapping[str, str], themes: Mapping[str, str], levels: Mapping[str, str], language: str) -> str:
    def options(pairs: Mapping[str, str]) -> str:
        return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in pairs.items())

    def label(name: str, control: str) -> str:
        return f"<label>{escape(phrase(f'evidence.{name}', language))}{control}</label>"

    everything = {"": phrase("evidence.all", language)}
    return (
        '<form class="controls" hidden>'
        + label("search", '<input type="search" name="text">')
        + label("plan", f'<select name="plan">{options(everything | dict(plans))}</select>')
        + label("theme", f'<select name="theme">{options(everything | dict(themes))}</select>')
        + label("strength", f'<select name="strength">{options(everything | dict(levels))}</select>')
        + '<output aria-live="polite"></output></form>'
    )
