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


def places(wanted: pd.Series, ids: pd.Series) -> Array:
    """Where each of the wanted stands among distinct ids, -1 for those that do not: three times as fast as an index of strings.

    Examples
    --------
    >>> places(pd.Series(["b", "x", "b"]), pd.Series(["a", "b"])).tolist()
    [1, -1, 1]
    """
    found = pd.factorize(pd.concat([ids, wanted]))[0][len(ids) :]
    return np.where(found < len(ids), found, -1)


def carried(body: pd.DataFrame, codings: pd.DataFrame, codes: list[str]) -> Array:
    """Body statements × codes: does the statement carry the code? Codings of other statements, or by other codes, count for nothing.

    Examples
    --------
    >>> body = pd.DataFrame({"statement": ["a", "b"]})
    >>> carried(body, pd.DataFrame({"statement": ["b"], "theme": ["safety"]}), ["teachers", "safety"]).tolist()
    [[False, False], [False, True]]
    """
    out = np.zeros((len(body), len(codes)), dtype=bool)
    at = places(codings["statement"], body["statement"])
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
    # A measure's statements stand together, and both kinds of id begin with their plan's: units are numbered plan by plan.
    unit = pd.factorize(body["measure"].where(inside, body["statement"]))[0]
    opening = np.unique(unit, return_index=True)[1]
    plans = body["plan"].iloc[opening]
    first, of_plan = (np.unique(pd.factorize(plans)[0], return_index=True, return_inverse=True))[1:]
    # Statements and characters in a grid of units and themes, of which the first column is the whole unit.
    named, themes = pd.factorize(codings["theme"], sort=True)
    shape = (len(opening), len(themes) + 1)
    at = places(codings["statement"], body["statement"])
    row, column = np.divmod(np.unique(at[at >= 0] * shape[1] + named[at >= 0] + 1), shape[1])
    row, column = np.append(np.arange(len(body)), row), np.append(np.zeros(len(body), dtype=np.int64), column)
    size = body["text"].str.len().to_numpy(dtype=np.int64)
    cell = unit[row] * shape[1] + column
    counts, characters = (np.bincount(cell, weights, minlength=shape[0] * shape[1]).reshape(shape) for weights in (None, size[row]))
    units, theme = np.nonzero(counts)
    columns = {
        "plan": plans.take(units).array,
        "unit": (np.arange(len(opening)) - first[of_plan])[units],
        "measure": inside[opening][units],
        "theme": pd.Index(["", *themes], dtype="str").take(theme),
        "statements": counts[units, theme],
        "characters": characters[units, theme],
        "of_statements": counts[units, 0],
        "of_characters": characters[units, 0],
    }
    out: pd.DataFrame = pd.DataFrame(columns, columns=COLUMNS).astype(dict.fromkeys(["unit", *COLUMNS[4:]], np.int32))
    return out
