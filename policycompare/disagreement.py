"""Where two codings disagree, how far scores can be trusted, and the coder's reading of the gold plans while they were left out.

Caveat: the shipped model was fitted on the packaged gold too. Held against that gold it looks better than it is; :func:`left_out_codings`
gives what it said of each of the five plans when that plan was not in the fit. The rules had all five in view, always.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.coding.coding import LEARNT
from policycompare.gold import gold_themes, paired
from policycompare.intervals import wilson_ends
from policycompare.paths import data_path
from policycompare.reliability import agreement, errors, known_agreement
from policycompare.schema import PolicyCompareError, frame
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy


def evaluate(
    corpus: Corpus,
    codings: pd.DataFrame,
    gold: pd.DataFrame | None = None,
    *,
    among: Collection[str] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, pd.DataFrame]:
    """Everything that says how far a coding agrees with a second one.

    Parameters
    ----------
    corpus, codings, gold, among, draws, seed
        As :func:`policycompare.reliability.agreement` takes them; ``gold`` may be a second human coder's table.

    Returns
    -------
    dict of DataFrame
        ``agreement`` (per theme), ``by_plan`` (per plan and theme), ``disagreements`` (:func:`disagreements`), ``calibration``
        (:func:`calibration`) and ``errors`` (:func:`policycompare.reliability.errors`).

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> sorted(evaluate(corpus, pc.code(corpus), draws=10))
    ['agreement', 'by_plan', 'calibration', 'disagreements', 'errors']
    """
    themes = [theme for theme in gold_themes() if theme in set(codings["theme"])] + sorted(set(codings["theme"]) - set(gold_themes()))
    return {
        "agreement": agreement(corpus, codings, gold, themes=themes, among=among, draws=draws, seed=seed),
        "by_plan": agreement(corpus, codings, gold, themes=themes, among=among, by_plan=True, draws=draws, seed=seed),
        "disagreements": disagreements(corpus, codings, gold, among=among),
        "calibration": calibration(corpus, codings, gold, among=among),
        "errors": errors(corpus, codings, gold, themes=themes, among=among),
    }


def disagreements(
    corpus: Corpus, codings: pd.DataFrame, gold: pd.DataFrame | None = None, *, among: Collection[str] | None = None
) -> pd.DataFrame:
    """Every statement × theme that one coding has and the other has not, with both readings and the evidence.

    Only themes that the first coding uses are compared: a gold coding may have more.

    Returns
    -------
    pandas.DataFrame
        ``plan, start, end, text, theme, reading`` (``added``: only the first coding has it; ``missed``: only the second), ``read``
        and ``gold`` (all themes of either, joined by ``;``), ``terms`` and ``score`` of the first coding where it has the theme.
    """
    pairs = paired(corpus, codings, gold, among=among)
    themes = sorted(
        set(codings["theme"]), key=lambda theme: (gold_themes().index(theme) if theme in gold_themes() else len(gold_themes()), theme)
    )
    joined = codings.groupby(["statement", "theme"], sort=False).agg(terms=("terms", ";".join), score=("score", "max"))
    evidence = joined.to_dict("index")
    rows = []
    for pair in pairs.to_dict("records"):
        for theme in themes:
            if (theme in pair["read"]) == (theme in pair["gold"]) or theme in pair["unsettled"]:
                continue
            found = [evidence[name, theme] for name in pair["statement"].split(";") if (name, theme) in evidence]
            rows.append(
                {
                    "plan": pair["plan"],
                    "start": pair["start"],
                    "end": pair["end"],
                    "text": pair["text"],
                    "theme": theme,
                    "reading": "added" if theme in pair["read"] else "missed",
                    "read": ";".join(name for name in themes if name in pair["read"]),
                    "gold": ";".join(name for name in themes if name in pair["gold"]),
                    "terms": ";".join(cell["terms"] for cell in found),
                    "score": max((cell["score"] for cell in found), default=np.nan),
                }
            )
    columns = ["plan", "start", "end", "text", "theme", "reading", "read", "gold", "terms", "score"]
    return pd.DataFrame(rows, columns=columns)


def calibration(
    corpus: Corpus, codings: pd.DataFrame, gold: pd.DataFrame | None = None, *, among: Collection[str] | None = None, bins: int = 6
) -> pd.DataFrame:
    """Scores against the share of codings that the gold confirms: what a reliability curve shows.

    Returns
    -------
    pandas.DataFrame
        A row a bin of about equally many codings (statement × theme), by rising score: their mean ``score``, how many are ``right``, of
        ``n``, that ``share``, and its 95 % Wilson interval ``low``–``high``. Codings that share one score stay in one bin.
    """
    if bins < 1:
        raise PolicyCompareError(f"bins must be at least 1; got {bins}.")
    pairs = paired(corpus, codings, gold, among=among)
    scores = codings.groupby(["statement", "theme"])["score"].max().to_dict()
    judged = [
        (scores[name, theme], theme in pair["gold"])
        for pair in pairs.to_dict("records")
        for name in pair["statement"].split(";")
        for theme in pair["read"] - pair["unsettled"]
        if (name, theme) in scores
    ]
    table = pd.DataFrame(judged, columns=["score", "right"])
    if table.empty:
        return pd.DataFrame(columns=["score", "right", "n", "share", "low", "high"])
    table["bin"] = (table["score"].rank(method="average") - 0.5) * bins // len(table)
    return _with_shares(table.groupby("bin").agg(score=("score", "mean"), right=("right", "sum"), n=("right", "size")))


def shipped_calibration() -> pd.DataFrame:
    """The same for the shipped coder on all documents of its fit, each while it was left out, for probabilities from 0 to 1.

    Examples
    --------
    >>> shipped_calibration().columns.to_list()
    ['score', 'right', 'n', 'share', 'low', 'high']
    """
    return _with_shares(pd.read_csv(data_path("model", "calibration.csv")))


def _with_shares(bins: pd.DataFrame) -> pd.DataFrame:
    low, high = wilson_ends(bins["right"].to_numpy(), bins["n"].to_numpy(), level=0.95)
    return bins.assign(share=bins["right"] / bins["n"], low=low, high=high).reset_index(drop=True)


def left_out_codings(corpus: Corpus) -> pd.DataFrame:
    """What the shipped coder said of each gold plan while that plan was left out of the fit, as codings.

    Returns
    -------
    pandas.DataFrame
        As :func:`policycompare.code` returns them, for the plans of the corpus that the packaged gold codes; without subthemes and terms,
        the evidence being the whole statement.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> sorted(set(left_out_codings(corpus)["theme"])) == sorted(gold_themes())
    True
    """
    said = pd.read_csv(data_path("model", "left_out.csv"))
    body = corpus.statements[corpus.statements["kind"] == "body"]
    at = {(row["plan"], int(row["start"])): (row["statement"], int(row["end"])) for row in body.to_dict("records")}
    rows = []
    for row in said.to_dict("records"):
        if (row["plan"], int(row["start"])) in at:
            statement, end = at[row["plan"], int(row["start"])]
            rows.append({"statement": statement, "theme": row["theme"], "score": row["score"], "start": int(row["start"]), "end": end})
    return frame("codings", rows)


def left_out_agreement(corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education") -> pd.DataFrame | None:
    """Agreement with the packaged gold coding of what the shipped coder said of each plan while that plan was left out of the fit.

    Parameters
    ----------
    corpus
        The plans; only those whose texts are the packaged ones count.
    taxonomy
        Its themes are reported.

    Returns
    -------
    pandas.DataFrame or None
        As :func:`policycompare.reliability.agreement`; None where the corpus holds none of the packaged plans, or the model has no part in
        codings by this taxonomy.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> seen = pc.reliability.known_agreement(corpus, pc.code(corpus))
    >>> bool(left_out_agreement(corpus)["f1"].iloc[-1] < seen["f1"].iloc[-1])
    True
    """
    loaded = load_taxonomy(taxonomy)
    return known_agreement(corpus, left_out_codings(corpus), taxonomy=loaded) if loaded.name in LEARNT else None
