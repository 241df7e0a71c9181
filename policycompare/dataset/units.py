"""What shares are counted from: a plan's measures, and its statements outside any measure, each with what it carries of every theme.

Caveat: statements of one measure hang together, so the measure is the unit that is resampled and permuted; a statement outside any
measure is a unit of its own, and is not counted where measures are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from policycompare.schema import Array

#: ``theme`` is empty in the row of the whole unit, which every unit has, whatever it carries.
COLUMNS = ["plan", "unit", "measure", "theme", "statements", "characters", "of_statements", "of_characters"]


def carried(body: pd.DataFrame, codings: pd.DataFrame, codes: list[str]) -> Array:
    """Body statements × codes: does the statement carry the code? Codings of other statements, or by other codes, count for nothing.

    Examples
    --------
    >>> body = pd.DataFrame({"statement": ["a", "b"]})
    >>> carried(body, pd.DataFrame({"statement": ["b"], "theme": ["safety"]}), ["teachers", "safety"]).tolist()
    [[False, False], [False, True]]
    """
    out = np.zeros((len(body), len(codes)), dtype=bool)
    at = pd.Index(body["statement"]).get_indexer(pd.Index(codings["statement"]))
    column = pd.Index(codes).get_indexer(pd.Index(codings["theme"]))
    known = (at >= 0) & (column >= 0)
    out[at[known], column[known]] = True
    return out


def unit_counts(statements: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Units × themes: how many body statements, and how many characters of such, carry the theme.

    Parameters
    ----------
    statements
        The table ``statements``; only ``body`` is counted.
    codings
        Codings of these statements.

    Returns
    -------
    DataFrame
        One row plan × unit × theme that stands in it, and one with an empty ``theme`` for the whole unit; ``unit`` counts a plan's units
        from 0 in the order of the text, ``measure`` says whether the unit is one. ``statements`` and ``characters`` carry the theme, of the
        unit's ``of_statements`` and ``of_characters``; a statement carries a theme whole.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> units = unit_counts(corpus.statements, pc.code(corpus))
    >>> units[units["theme"] == ""]["statements"].sum() == (corpus.statements["kind"] == "body").sum()
    np.True_
    """
    body = statements[statements["kind"] == "body"].sort_values(["plan", "start"], ignore_index=True)
    inside = (body["measure"] != "").to_numpy()
    names = body["measure"].where(inside, body["statement"])
    # A unit is where the name changes: a measure's statements stand together, and both kinds of id begin with their plan's.
    of_plan = pd.factorize(body["plan"])[0]
    number = pd.factorize(names)[0]
    first = pd.Series(number).groupby(of_plan).transform("min").to_numpy() if len(body) else number
    whole = pd.DataFrame(
        {
            "plan": body["plan"],
            "unit": number - first,
            "measure": inside,
            "statements": 1,
            "characters": body["text"].str.len().astype("int64"),
        }
    )
    key = ["plan", "unit", "measure"]
    units = whole.groupby(key, sort=False, as_index=False).sum()
    pairs = codings[["statement", "theme"]].drop_duplicates()
    at = pd.Index(body["statement"]).get_indexer(pd.Index(pairs["statement"]))
    coded = whole.iloc[at[at >= 0]].assign(theme=pairs["theme"].to_numpy()[at >= 0])
    of_theme = coded.groupby([*key, "theme"], sort=False, as_index=False).sum()
    both = pd.concat([units.assign(theme=""), of_theme], ignore_index=True)
    sizes = units.rename(columns={"statements": "of_statements", "characters": "of_characters"})
    table = both.merge(sizes, on=key, how="left").sort_values(["plan", "unit", "theme"], ignore_index=True)[COLUMNS]
    out: pd.DataFrame = table.astype(dict.fromkeys(["unit", *COLUMNS[4:]], np.int32))
    return out
