"""Codings → how much of each plan each theme takes, with intervals, raw and corrected for the coder's errors.

Caveat: a plan is read whole, so an interval is not about sampling from a population. It says how far the share would
move had the same plan been drafted in other sentences: its measures are resampled (Benoit, Laver & Mikhaylov 2009,
"Treating words as data with error", American Journal of Political Science 53(2)). The corrected columns add how often
the coder errs; they hold for the coder that the table of errors was measured on, and for no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd

from policycompare import schema
from policycompare.dataset.aggregates import coverage_of, own_codings
from policycompare.dataset.dataset import Dataset
from policycompare.rates import Rates
from policycompare.schema import Array
from policycompare.strength import strength_values
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus


def coverage(
    corpus: Corpus | Dataset,
    codings: pd.DataFrame | None = None,
    *,
    taxonomy: Taxonomy | str | Path = "education",
    by: str | Sequence[str] = schema.COUNTED_BY,
    subthemes: bool = False,
    errors: pd.DataFrame | str | None = "default",
    trust: float = 0.5,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Plan × theme coverage, with an interval for every share; a theme that a plan never takes up is a row too.

    Parameters
    ----------
    corpus
        The plans; only body statements are counted. A data set is counted where it lies (:mod:`policycompare.dataset.aggregates`).
    codings
        Codings of its statements, as :func:`policycompare.code` or a human coder made them; a data set has its own.
    taxonomy
        The themes to report, by name, file or as loaded. A theme coded but not in it is an error, never left out.
    by
        What is counted: ``statements``; ``measures`` that have the theme in one of their body statements; or
        ``characters``, the lengths of the whole statements that carry it. Not by default: ``strength``, every statement weighed by how binding
        it is (3 mandatory, 2 commitment, 1 encouragement, 0 nothing; :func:`policycompare.code_strength`).
    subthemes
        Add a column ``subtheme`` and a row for every subtheme below the rows of the themes (where it is empty).
    errors
        The coder's known errors, one row a theme: ``theme, tp, fp, fn, tn``, counts of statements
        (:func:`policycompare.reliability.errors` makes it from a hand-coded sample). ``"default"`` is the table measured
        on documents that the shipped coder had not seen. ``None`` leaves the corrected columns empty: right for
        human codings.
    trust
        How much of the correction to take, 0–1. Rates measured on other documents hold for a plan only in part. The shipped coder errs
        about as often one way as the other: on left-out documents the mean error over plan × theme was 1.7 points uncorrected,
        1.9 with half of the correction and 2.3 with all of it. Pass 1 with ``errors`` that you measured on a sample of these very plans.
    level
        Of the intervals, between 0 and 1.
    draws, seed
        Of the resampling. A plan's intervals depend on its own id and text alone, not on the other plans.

    Returns
    -------
    pandas.DataFrame
        The table ``coverage`` (:data:`policycompare.schema.TABLES`): ``n`` of ``of`` units, ``share`` in 0–1 (empty where
        ``of`` is 0), ``low`` and ``high``. A measure is resampled whole; a statement outside any measure is a unit of its
        own. Where all units of a cell agree (none or all carry the theme) resampling is blind, and the far bound is the
        exact binomial one for that many units. ``share_corrected`` moves from the share seen towards the one that, with the
        coder's hit rate and false alarm rate, would give it (Rogan & Gladen 1978), as far as `trust` says, within 0–1; its interval
        adds the uncertainty of both rates. A measure is taken to be hit or wrongly hit through each of its statements.

    Raises
    ------
    PolicyCompareError
        ``by`` is unknown, ``level`` or ``trust`` outside 0–1, a coding's statement is not a body statement of the corpus, its theme not
        in the taxonomy, or ``errors`` lacks a column.

    Examples
    --------
    >>> import policycompare as pc
    >>> corpus = pc.load_corpus()
    >>> coverage = pc.coverage(corpus, pc.code(corpus))
    >>> len(coverage) == 5 * 5 * 3, bool(coverage["share"].between(0, 1).all())
    (True, True)
    """
    by = [by] if isinstance(by, str) else list(by)
    for way in by:
        schema.one_of("by", way, schema.COUNTED_BY if isinstance(corpus, Dataset) else schema.WEIGHED_BY)
    if not 0 < level < 1:
        raise schema.PolicyCompareError(f"level must lie between 0 and 1, such as 0.95; got {level!r}.")
    if not 0 <= trust <= 1:
        raise schema.PolicyCompareError(f"trust must lie within 0 and 1; got {trust!r}.")
    cells = _cells(load_taxonomy(taxonomy), subthemes=subthemes)
    if isinstance(corpus, Dataset):
        own_codings(corpus, codings, cells["theme"])
        if subthemes:
            raise schema.PolicyCompareError(
                "subthemes: a data set counts themes only; take Dataset.select(plans) for the plans of interest."
            )
        rates = Rates.of(errors, cells, trust=trust, draws=0, seed=seed)
        return schema.typed(coverage_of(corpus, cells["theme"].to_list(), by=by, rates=rates, level=level), "coverage")
    if codings is None:
        raise schema.PolicyCompareError("codings are missing; pass coverage(corpus, codings), with codings from code(corpus).")
    body = corpus.statements[corpus.statements["kind"] == "body"]
    coded = _coded(body, codings, cells)
    force = strength_values(body["text"]) if "strength" in by else np.zeros(len(body))
    rates = Rates.of(errors, cells, trust=trust, draws=draws, seed=seed)
    blocks = []
    plan_rows = body.groupby("plan", sort=False).indices
    for plan in corpus.plans["plan"]:
        rows = plan_rows.get(plan, np.array([], dtype=np.intp))
        units = _Units(body.iloc[rows], coded[rows], force[rows], draws=draws, seed=[seed, crc32(plan.encode())])
        for way in by:
            blocks.append(_block(plan, way, cells, units, rates, level=level))
    columns = list(schema.TABLES["coverage"])
    if subthemes:
        columns.insert(2, "subtheme")
    table = pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=columns)
    return schema.typed(table, "coverage")[columns]


def _cells(taxonomy: Taxonomy, *, subthemes: bool) -> pd.DataFrame:
    """The columns of the coverage matrix: a row a theme, then a row a subtheme."""
    themes = [(theme.id, "") for theme in taxonomy.reported]
    below = [(theme.id, sub.id) for theme in taxonomy.reported for sub in theme.subthemes] if subthemes else []
    return pd.DataFrame(themes + below, columns=["theme", "subtheme"])


def _coded(body: pd.DataFrame, codings: pd.DataFrame, cells: pd.DataFrame) -> Array:
    """Body statements × cells: does the statement carry the theme (or subtheme)?"""
    at = pd.Index(body["statement"]).get_indexer(pd.Index(codings["statement"]))
    unknown = codings["statement"][at < 0].unique()
    strange = sorted(set(codings["theme"]) - set(cells["theme"]))
    faults = []
    if len(unknown):
        faults.append(
            f"codings: {len(unknown)} statements are no body statements of this corpus ({', '.join(unknown[:3])}…); code it again."
        )
    if strange:
        faults.append(f"codings: theme {', '.join(strange)} is not in the taxonomy; pass the taxonomy=… that the codings were made with.")
    if faults:
        raise schema.PolicyCompareError(*faults)
    out = np.zeros((len(body), len(cells)), dtype=bool)
    column = pd.MultiIndex.from_frame(cells)
    subtheme = codings["subtheme"].fillna("") if "subtheme" in codings else [""] * len(codings)
    out[
        at,
        column.get_indexer(pd.MultiIndex.from_arrays([codings["theme"], [""] * len(codings)])),
    ] = True
    below = column.get_indexer(pd.MultiIndex.from_arrays([codings["theme"], subtheme]))
    out[at[below >= 0], below[below >= 0]] = True
    return out


class _Units:
    """A plan's body statements gathered into the units that are resampled, and the draws of those units."""

    def __init__(
        self,
        body: pd.DataFrame,
        coded: Array,
        force: Array,
        *,
        draws: int,
        seed: list[int],
    ) -> None:
        measure = body["measure"].fillna("").to_numpy(dtype=object)
        inside = measure != ""
        names = np.where(inside, measure, "\0" + body["statement"].to_numpy(dtype=object))
        unit, _ = pd.factorize(names)
        self.n_units = int(unit.max()) + 1 if len(unit) else 0
        self.is_measure = np.zeros(self.n_units, dtype=bool)
        self.is_measure[unit[inside]] = True
        self.n_cells = coded.shape[1]
        lengths = body["text"].str.len().to_numpy(dtype=float)
        self.statements = self._sums(unit, np.ones(len(unit)), coded)
        self.characters = self._sums(unit, lengths, coded)
        self.strength = self._sums(unit, force, coded)
        # Measures and loose statements are drawn apart, so that a draw has as many measures as the plan.
        rng = np.random.default_rng(seed)
        self.counts = np.zeros((draws, self.n_units))
        for part in (self.is_measure, ~self.is_measure):
            if size := int(part.sum()):
                self.counts[:, part] = rng.multinomial(size, np.full(size, 1 / size), size=draws)

    def _sums(self, unit: Array, weight: Array, coded: Array) -> tuple[Array, Array]:
        """Unit × cell weight that carries the cell, and the unit's whole weight."""
        carried = np.zeros((self.n_units, self.n_cells))
        np.add.at(carried, unit, coded * weight[:, None])
        return carried, np.bincount(unit, weights=weight, minlength=self.n_units)


def _block(
    plan: str,
    way: str,
    cells: pd.DataFrame,
    units: _Units,
    rates: Rates | None,
    *,
    level: float,
) -> pd.DataFrame:
    """The rows of one plan counted one way."""
    # Row 0 of every matrix is the plan as it is, the others are draws.
    counts = np.vstack([np.ones((1, units.n_units)), units.counts])
    if way == "measures":
        any_statement = (units.statements[0][units.is_measure] > 0).astype(float)
        counts = counts[:, units.is_measure]
        carried, whole = any_statement, np.ones(int(units.is_measure.sum()))
    else:
        carried, whole = {"characters": units.characters, "strength": units.strength}.get(way, units.statements)
    n, of = counts @ carried, counts @ whole
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = n / of[:, None]
    low, high = resampled_interval(seen, units=len(whole), level=level)
    rows = cells.assign(plan=plan, by=way, n=n[0], of=of[0], share=seen[0], low=low, high=high)
    if rates is None:
        return rows
    sizes = units.statements[1][units.is_measure] if way == "measures" else np.ones(len(whole))
    true = rates.share(seen, sizes)
    low, high = resampled_interval(true, units=len(whole), level=level)
    return rows.assign(share_corrected=true[0], low_corrected=low, high_corrected=high)


def resampled_interval(shares: Array, *, units: int | Array, level: float) -> tuple[Array, Array]:
    """Percentile interval of the draws (rows 1…), widened to hold row 0; exact bounds where all units agree.

    Parameters
    ----------
    shares
        Draws × cells; row 0 is what was seen.
    units
        How many units were resampled, of all cells or of each.
    level
        Between 0 and 1.

    Examples
    --------
    >>> low, high = resampled_interval(np.zeros((11, 1)), units=10, level=0.95)
    >>> low.tolist(), high.round(2).tolist()
    ([0.0], [0.31])
    """
    if not np.any(units):
        return np.full(shares.shape[1], np.nan), np.full(shares.shape[1], np.nan)
    tail = (1 - level) / 2
    low, high = np.quantile(shares[1:], [tail, 1 - tail], axis=0)
    far = 1 - tail ** (1 / np.maximum(units, 1))  # Clopper & Pearson's bound for 0 of `units`
    low = np.where(shares[0] == 1, np.minimum(low, 1 - far), np.minimum(low, shares[0]))
    high = np.where(shares[0] == 0, np.maximum(high, far), np.maximum(high, shares[0]))
    return low, high
