"""What people changed in the coding by hand, applied after the coder.

Caveat: an override holds for a statement of this very text. Where a plan's text or its division into statements has changed, the
override's statement or its ``text`` no longer fits, and it is refused rather than applied to other words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.schema import TABLES, TableError, typed

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

KEY = ["statement", "theme", "subtheme"]


def apply_overrides(codings: pd.DataFrame, corpus: Corpus, overrides: pd.DataFrame) -> pd.DataFrame:
    """Codings with overrides applied: first what is removed, then what is added.

    Parameters
    ----------
    codings
        As the coder made them.
    corpus
        Whose statements they are.
    overrides
        Rows of the table ``overrides``. To remove a theme without a subtheme removes the theme from the statement altogether; to
        add what is there already changes nothing.

    Returns
    -------
    DataFrame
        The codings in the order of the statements, with a column ``hand`` more: who coded a row by hand, when and why; empty for the
        coder's own. A row coded by hand has the score 1 and its whole statement for evidence.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> row = {"statement": "county-s0007", "theme": "safety", "action": "add", "who": "Li Ming", "why": "names campus security"}
    >>> coded = apply_overrides(pc.code(corpus), corpus, pd.DataFrame([row]))
    >>> coded.loc[coded["hand"] != "", ["theme", "score", "hand"]].values.tolist()
    [['safety', 1.0, 'Li Ming: names campus security']]
    """
    rows = typed(overrides, "overrides").to_dict("records")
    removed = {tuple(row[name] for name in KEY) for row in rows if row["action"] == "remove"}
    kept = codings.assign(hand=pd.Series("", index=codings.index, dtype="str"))
    kept = kept.loc[[key not in removed and (*key[:2], "") not in removed for key in _keys(codings)]]
    held = set(_keys(kept))
    themes = {key[:2] for key in held}
    spans = corpus.statements.set_index("statement")[["start", "end"]]
    added: list[dict[str, Any]] = []
    for row in (row for row in rows if row["action"] == "add"):
        key = tuple(row[name] for name in KEY)
        if key in held or (not row["subtheme"] and key[:2] in themes):
            continue
        start, end = spans.loc[row["statement"]]
        added.append({**dict(zip(KEY, key, strict=True)), "score": 1.0, "terms": "", "start": start, "end": end, "hand": said(row)})
        held.add(key)
        themes.add(key[:2])
    # A code without a subtheme stands for a theme that no subtheme bears out: it gives way to one that is named.
    named = {(row["statement"], row["theme"]) for row in added if row["subtheme"]}
    kept = kept.loc[[bool(sub) or (name, theme) not in named for name, theme, sub in _keys(kept)]]
    whole = pd.concat([kept, pd.DataFrame(added, columns=[*TABLES["codings"], "hand"])]) if added else kept
    place = {name: at for at, name in enumerate(corpus.statements["statement"])}
    return typed(whole.sort_values("statement", key=lambda names: names.map(place), kind="stable").reset_index(drop=True), "codings")


def said(row: Mapping[Any, Any]) -> str:
    """Who changed a coding, when and why, as far as it was given; else where the override stands.

    Examples
    --------
    >>> said({"who": "Li Ming", "when": "2026-11-22", "why": ""}), said({"at": "overrides.csv, row 2"})
    ('Li Ming, 2026-11-22', 'overrides.csv, row 2')
    """
    told = ", ".join(str(row[name]) for name in ("who", "when") if row.get(name))
    return ": ".join(filter(None, [told, str(row.get("why") or "")])) or str(row.get("at") or "?")


def override_faults(corpus: Corpus, *, themes: Mapping[str, Collection[str]] | None = None) -> list[str]:
    """Everything that is wrong with a study's overrides, one message a fault.

    Parameters
    ----------
    corpus
        Its table ``overrides``, and the statements that it speaks of.
    themes
        Theme → its subthemes; unless given, themes are not looked at.
    """
    body = corpus.statements[corpus.statements["kind"] == "body"]
    texts = dict(zip(body["statement"], body["text"], strict=True))
    found: list[str] = []
    first: dict[tuple[str, ...], dict[Any, Any]] = {}
    for row in corpus.overrides.to_dict("records"):
        found += [f"{row.get('at', 'overrides')}: {fault}" for fault in _row_faults(row, texts, themes)]
        twin = first.setdefault(tuple(row[name] for name in KEY), row)
        if twin is not row:
            found.append(f"{row.get('at', 'overrides')}: says what {twin.get('at', 'another row')} says of the same code; delete one.")
    return found


def checked_overrides(corpus: Corpus, *, themes: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """A study's overrides without a fault.

    Raises
    ------
    TableError
        Lists every row that names an unknown statement, theme, subtheme or action, or whose text is not the statement's.
    """
    if found := override_faults(corpus, themes=themes):
        raise TableError(*found)
    return corpus.overrides


def _row_faults(row: Mapping[Any, Any], texts: Mapping[str, str], themes: Mapping[str, Collection[str]] | None) -> list[str]:
    found = []
    statement, theme, subtheme = (row[name] for name in KEY)
    if statement not in texts:
        found.append(f"column statement: {statement!r} is no statement of the plans' bodies; take the id from the table statements.")
    elif row["text"] and _squeezed(row["text"]) != _squeezed(texts[statement]):
        found.append(f"column text: {statement} now reads {texts[statement]!r}; look at it again, or delete the row.")
    allowed = TABLES["overrides"]["action"].allowed
    if row["action"] not in allowed:
        found.append(f"column action: {row['action']!r} is not allowed; use one of {', '.join(allowed)}.")
    if themes is not None and theme not in themes:
        found.append(f"column theme: {theme!r} is no theme of the taxonomy; use one of {', '.join(themes)}.")
    elif themes is not None and subtheme and subtheme not in themes[theme]:
        below = ", ".join(themes[theme]) or "none: leave the cell empty"
        found.append(f"column subtheme: {subtheme!r} is no subtheme of {theme}; use one of {below}.")
    return found


def _keys(codings: pd.DataFrame) -> list[tuple[str, str, str]]:
    return list(zip(*(codings[name] for name in KEY), strict=True))


def _squeezed(text: str) -> str:
    """What is left of a text after a spreadsheet, which eats blanks and what would begin a formula."""
    return "".join(text.split()).lstrip("=+-@'")
