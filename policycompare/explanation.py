"""From any cell of any table back to the statements that it counts.

Caveat: a cell is explained by its keys alone (plan, theme, term, cluster …), so explain it with the same corpus and the same codings
that the table was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from policycompare.cluster.cluster import main_themes
from policycompare.schema import PolicyCompareError
from policycompare.tokens import tokenize

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

KEYS = ("within", "statement", "measure", "section", "plan", "theme", "term", "cluster")
COLUMNS = ["plan", "measure", "statement", "text", "evidence", "start", "end"]


def explain(
    corpus: Corpus, codings: pd.DataFrame, cell: pd.DataFrame | pd.Series[Any] | Mapping[str, Any], *, clusters: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The statements that a row of any table counts.

    Parameters
    ----------
    corpus, codings
        What the table was made from.
    cell
        One row of any result table (a Series, a mapping, or a table of one row): coverage, differences, keyness, pairs and places of
        themes, clusters and their plans, targets and their lists, counterparts, shared wording, the PMC index. Its keys say what is counted; its figures are not read.
    clusters
        For rows with a ``cluster``: the table ``measures`` of :class:`policycompare.Clusters`.

    Returns
    -------
    pandas.DataFrame
        One row a body statement: ``plan``, ``measure``, ``statement``, ``text`` as in the source, ``evidence`` (the words that carried the
        codings, or the term; of a code given by hand who gave it, when and why), ``start`` and ``end`` in the plan's source text. A row that compares two plans is explained by the statements
        of both. A share of nothing has no rows.

    Raises
    ------
    PolicyCompareError
        The cell has no key, names what the corpus does not have, or has a cluster and `clusters` is missing.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> codings = pc.code(corpus)
    >>> coverage = pc.coverage(corpus, codings, draws=10)
    >>> row = coverage.query("plan == 'fengjie' and theme == 'teachers' and by == 'statements'").iloc[0]
    >>> len(pc.explain(corpus, codings, row)) == int(row["n"])
    True
    """
    keys = _keys(cell)
    if isinstance(listed := keys.get("statements"), str):  # a table that names its statements, such as the values of the PMC index
        found = corpus.statements[corpus.statements["statement"].isin(listed.split(";"))]
        return found.sort_values(["plan", "start"]).assign(evidence="")[COLUMNS].reset_index(drop=True)
    if not any(name in keys for name in KEYS):
        raise PolicyCompareError(f"cell must have one of {', '.join(KEYS)}; got {', '.join(map(str, keys)) or 'nothing'}.")
    body = corpus.statements[corpus.statements["kind"] == "body"].sort_values(["plan", "start"], ignore_index=True)
    body = body.assign(evidence="")
    if "within" in keys:  # the row names the measures or statements that it counts
        counted = set(str(keys["within"]).split())
        inside = body["measure"].isin(counted) | body["statement"].isin(counted)
        return body.loc[inside, COLUMNS].reset_index(drop=True)
    if "plan" in keys:
        body = _of_plans(body, corpus, keys, set(codings["theme"]))
    for name in ("statement", "measure", "section"):
        if name in keys:
            _known(keys[name], set(getattr(corpus, f"{name}s")[name]), name)
            wanted = [keys[name], keys.get(f"other_{name}")]
            body = body[body[name].isin(wanted)]
            break
    else:
        body = _of_groups(body, corpus, codings, keys, clusters)
    return body[COLUMNS].reset_index(drop=True)


def _of_groups(
    body: pd.DataFrame, corpus: Corpus, codings: pd.DataFrame, keys: dict[str, Any], clusters: pd.DataFrame | None
) -> pd.DataFrame:
    """The statements that every one of the cell's groups (cluster, theme, term) holds."""
    if "cluster" in keys:
        if clusters is None:
            raise PolicyCompareError("a cell with a cluster needs clusters=…; pass the table measures of what cluster_measures returned.")
        _known(keys["cluster"], set(clusters["cluster"]), "cluster")
        body = body[body["measure"].isin(clusters.loc[clusters["cluster"] == keys["cluster"], "measure"])]
    if "main_theme" in keys:
        main = main_themes(corpus, codings)
        body = body[[main.get(measure, "none") == keys["main_theme"] for measure in body["measure"]]]
    if "theme" in keys:
        body = _of_themes(body, codings, keys)
    if "term" in keys:
        has = [keys["term"] in words for words in tokenize(body["text"])]
        body = body[has].assign(evidence=keys["term"])
    return body


def _keys(cell: pd.DataFrame | pd.Series[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """The cell's keys that hold something."""
    if isinstance(cell, pd.DataFrame):
        if len(cell) != 1:
            raise PolicyCompareError(f"cell must be one row; got a table of {len(cell)}. Pick one: table.iloc[0].")
        cell = cell.iloc[0]
    pairs = cell.to_dict() if isinstance(cell, pd.Series) else dict(cell)
    if isinstance(pairs.get("statements"), str):
        return {"statements": pairs["statements"]}
    named = (*KEYS, "other", "other_measure", "main_theme", "subtheme", "by")
    return {
        str(key): value
        for key, value in pairs.items()
        if key in named and not (pd.api.types.is_scalar(value) and (pd.isna(value) or (value == "" and key != "within")))
    }


def _known(value: Any, known: set[Any], what: str) -> None:
    if value not in known:
        raise PolicyCompareError(f"cell: {what} {value!r} is not in this corpus; explain it with the corpus that the table was made from.")


def _of_plans(body: pd.DataFrame, corpus: Corpus, keys: dict[str, Any], themes: set[str]) -> pd.DataFrame:
    plans = set(corpus.plans["plan"])
    _known(keys["plan"], plans, "plan")
    other = keys.get("other", keys["plan"])
    if other == "others":
        return body
    _known(other, plans | themes, "plan")
    return body[body["plan"].isin([keys["plan"], other])]


def _of_themes(body: pd.DataFrame, codings: pd.DataFrame, keys: dict[str, Any]) -> pd.DataFrame:
    """Statements with the theme; with a second theme those of units (statements, or measures) that carry both."""
    themes = [keys["theme"], *([keys["other"]] if keys.get("other") in set(codings["theme"]) else [])]
    mine = codings[codings["theme"].isin(themes)]
    if "subtheme" in keys:
        mine = mine[mine["subtheme"] == keys["subtheme"]]
    unit = "measure" if keys.get("by") == "measures" else "statement"
    body = body[body[unit] != ""]
    unit_of = dict(zip(body["statement"], body[unit], strict=True))
    carriers = [{unit_of.get(name) for name in mine.loc[mine["theme"] == theme, "statement"]} for theme in themes]
    wanted = set.intersection(*carriers)
    body = body[body[unit].isin(wanted) & body["statement"].isin(mine["statement"])]
    said: dict[str, list[str]] = {}
    shown = mine[mine["statement"].isin(body["statement"])]
    hand = shown["hand"] if "hand" in shown else [""] * len(shown)
    for statement, terms, who in zip(shown["statement"], shown["terms"].fillna(""), hand, strict=True):
        said.setdefault(statement, []).extend([f"coded by hand ({who})"] if who else terms.split(";"))
    evidence = [";".join(filter(None, dict.fromkeys(said[statement]))) for statement in body["statement"]]
    return body.assign(evidence=pd.Series(evidence, index=body.index, dtype="str"))
