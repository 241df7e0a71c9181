"""How well two codings of the same statements agree, theme by theme, and where they do not.

Caveat: the packaged gold coding was made by language-model readers of one family that applied the codebook twice, apart
from each other. Agreement with it shows that the coder follows the written rules, not that a panel of people would
agree as well. It also flatters a coder that was tuned on these very plans; judge on documents that it has not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.gold import gold_themes, load_gold, paired
from policycompare.schema import Array
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

__all__ = ["agreement", "errors", "known_agreement", "load_gold"]


def agreement(
    corpus: Corpus,
    codings: pd.DataFrame,
    gold: pd.DataFrame | None = None,
    *,
    themes: Sequence[str] | None = None,
    among: Collection[str] | None = None,
    by_plan: bool = False,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Precision, recall, F1 and Krippendorff's alpha of a coding against a second one, per theme, with intervals.

    Parameters
    ----------
    corpus
        The statements that were coded.
    codings
        The coding to judge.
    gold
        What it is held against: a gold coding by offsets (:func:`load_gold`; the packaged one where left out), or a second
        table of codings of the same corpus, a second coder's. With two coders of equal standing read alpha: it is the
        same both ways round.
    themes
        To report; where left out, all that either coding uses.
    among
        Ids of the statements that the second coder read, where that was a sample (``attrs["statements"]`` of
        :func:`policycompare.sampling.read_sample`); all of the corpus where left out.
    by_plan
        Rows for each plan instead of all plans together.
    level, draws, seed
        Of the bootstrap, which redraws statements within each plan.

    Returns
    -------
    pandas.DataFrame
        A row a theme, then ``macro`` (the mean over the themes; its counts are the sums): ``theme``, ``tp fp fn tn`` (statements), and for each of
        ``precision recall f1 alpha`` its value, ``…_low`` and ``…_high``. ``plan`` comes first with ``by_plan``. All lie in 0–1 save alpha, 1 for
        perfect, 0 for chance, below 0 for worse; a value that no statement bears on (no coding, no gold) is empty.

    Raises
    ------
    PolicyCompareError
        No statement of the corpus is in the gold, or a coding names no body statement of the corpus.

    Notes
    -----
    A gold row is matched with every body statement that shares at least half of the shorter one's characters; what those
    carry together is the reading. F1 = 2tp / (2tp + fp + fn). Alpha is nominal with two values (Krippendorff 2019, ch. 12),
    computed by the package ``krippendorff``; inside the bootstrap by the same formula over the counts.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> codings = pc.code(corpus)
    >>> agreement(corpus, codings, codings).set_index("theme").loc["macro", ["f1", "alpha"]].to_list()
    [1.0, 1.0]
    """
    pairs = paired(corpus, codings, gold, among=among)
    themes = _themes(pairs, themes)
    blocks = []
    for plans in [[plan] for plan in pairs["plan"].unique()] if by_plan else [list(pairs["plan"].unique())]:
        part = pairs[pairs["plan"].isin(plans)]
        block = _agreement(part, themes, level=level, draws=draws, seed=seed)
        if by_plan:
            block.insert(0, "plan", plans[0])
        blocks.append(block)
    return pd.concat(blocks, ignore_index=True)


def errors(
    corpus: Corpus,
    codings: pd.DataFrame,
    gold: pd.DataFrame | None = None,
    *,
    themes: Sequence[str] | None = None,
    among: Collection[str] | None = None,
) -> pd.DataFrame:
    """The coder's errors as counts of statements per theme, to correct shares with.

    Parameters and errors are those of :func:`agreement`. The gold must be text that the coder was not tuned on: else the
    errors are too few and the correction too small.

    Returns
    -------
    pandas.DataFrame
        ``theme, tp, fp, fn, tn``: what ``pc.coverage(…, errors=…)`` takes.
    """
    pairs = paired(corpus, codings, gold, among=among)
    names = _themes(pairs, themes)
    counts = _outcomes(pairs, names).sum(axis=0)
    return pd.DataFrame(counts, columns=["tp", "fp", "fn", "tn"]).astype(int).assign(theme=names)[["theme", "tp", "fp", "fn", "tn"]]


def _themes(pairs: pd.DataFrame, themes: Sequence[str] | None) -> list[str]:
    if themes is not None:
        return list(themes)
    used = frozenset().union(*pairs["read"], *pairs["gold"])
    return [theme for theme in gold_themes() if theme in used] + sorted(used - set(gold_themes()))


def _outcomes(pairs: pd.DataFrame, themes: Sequence[str]) -> Array:
    """Statement × theme × (tp, fp, fn, tn); all four are 0 where the gold is unsettled."""
    read, gold, unsettled = (
        np.array([[theme in found for theme in themes] for found in pairs[name]], dtype=bool).reshape(len(pairs), len(themes))
        for name in ("read", "gold", "unsettled")
    )
    outcomes: Array = np.stack([read & gold, read & ~gold, ~read & gold, ~read & ~gold], axis=-1) & ~unsettled[..., None]
    return outcomes


def _agreement(pairs: pd.DataFrame, themes: list[str], *, level: float, draws: int, seed: int) -> pd.DataFrame:
    outcomes = _outcomes(pairs, themes)
    drawn = np.zeros((draws + 1, len(themes), 4))
    drawn[0] = outcomes.sum(axis=0)
    for i, rows in enumerate(pairs.groupby("plan").indices.values()):  # sorted by plan: independent of the input's order
        part = outcomes[rows].reshape(len(rows), -1).astype(float)
        part = part[np.lexsort(part.T)]
        counts = np.random.default_rng([seed, i]).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
        drawn[1:] += (counts @ part).reshape(draws, len(themes), 4)
    measures = _measures(drawn)
    table = pd.DataFrame(drawn[0], columns=["tp", "fp", "fn", "tn"]).astype(int)
    table.insert(0, "theme", themes)
    table.loc[len(table)] = ["macro", *table[["tp", "fp", "fn", "tn"]].sum()]
    tail = (1 - level) / 2
    for name, values in measures.items():
        values = np.column_stack([values, _mean(values)])
        table[name] = values[0]
        low, high = _quantiles(values[1:], tail)
        table[f"{name}_low"], table[f"{name}_high"] = (
            np.fmin(low, values[0]),
            np.fmax(high, values[0]),
        )
    for j in range(len(themes)):  # the point value is the package's own
        table.loc[j, "alpha"] = _alpha_of_package(drawn[0, j])
    table.loc[len(themes), "alpha"] = table["alpha"].iloc[: len(themes)].mean()
    return table


def _measures(counts: Array) -> dict[str, Array]:
    """Each figure over … × (tp, fp, fn, tn) counts."""
    tp, fp, fn, tn = np.moveaxis(counts, -1, 0)
    n = 2 * (tp + fp + fn + tn)  # values: two a statement
    ones = 2 * tp + fp + fn
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": 2 * tp / (2 * tp + fp + fn),
            "alpha": 1 - (n - 1) * (fp + fn) / (ones * (n - ones)),
        }


def _alpha_of_package(counts: Array) -> float:
    import krippendorff

    tp, fp, fn, tn = (int(x) for x in counts)
    units = np.array([[0, 2]] * tp + [[1, 1]] * (fp + fn) + [[2, 0]] * tn)
    if not tp + fp + fn or not fp + fn + tn:  # one value only: alpha is not defined
        return float("nan")
    return float(krippendorff.alpha(value_counts=units, level_of_measurement="nominal"))


def _mean(values: Array) -> Array:
    """Mean over themes, leaving out the empty ones; empty where all are."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0).sum(axis=1)
    mean: Array = np.divide(
        total,
        known.sum(axis=1),
        out=np.full(len(values), np.nan),
        where=known.any(axis=1),
    )
    return mean


def _quantiles(values: Array, tail: float) -> tuple[Array, Array]:
    out = np.full((2, values.shape[1]), np.nan)
    for j, column in enumerate(values.T):
        if len(known := column[~np.isnan(column)]):
            out[:, j] = np.quantile(known, [tail, 1 - tail])
    return out[0], out[1]


def known_agreement(corpus: Corpus, codings: pd.DataFrame, *, taxonomy: Taxonomy | str | Path = "education") -> pd.DataFrame | None:
    """Agreement with the packaged gold coding on the plans and themes that it holds; None where it holds none of them.

    Parameters
    ----------
    corpus, codings
        The coding to judge. A plan counts as held only where the gold's texts stand at their offsets: an equal id is not enough.
    taxonomy
        What the codings were made with.

    Returns
    -------
    pandas.DataFrame or None
        As :func:`agreement`.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> known_agreement(corpus, pc.code(corpus))["theme"].to_list()
    ['moral_education', 'teachers', 'safety', 'funding', 'governance', 'macro']
    """
    gold = load_gold()
    spans = zip(gold["plan"], gold["start"], gold["end"], gold["text"], strict=True)
    stands = [corpus.sources.get(plan, "")[start:end] == text for plan, start, end, text in spans]
    held = pd.Series(stands, index=gold.index).groupby(gold["plan"]).all()
    gold = gold[gold["plan"].map(held)]
    loaded = load_taxonomy(taxonomy)
    themes = [theme.id for theme in loaded.reported if theme.id in gold_themes()]
    return agreement(corpus, codings, gold, themes=themes) if len(gold) and themes else None
