"""Which words set a plan apart, in all of it or where it speaks of one theme.

Caveat: keyness finds words, not policies: place names and a spinner's synonyms are as "distinctive" as a programme that no other
plan has. Read the quotes (``pc.explain``) before saying anything of a term.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policycompare.compare.groups import group_names, members
from policycompare.dataset.dataset import Dataset
from policycompare.schema import Array, PolicyCompareError, one_of
from policycompare.terms import term_counts

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

COLUMNS = ["plan", "theme", "term", "n", "of", "n_other", "of_other", "g2", "p", "log_ratio", "log_odds", "z", "statements", "reason"]


def keyness(
    corpus: Corpus | Dataset,
    codings: pd.DataFrame | None = None,
    *,
    by: str = "plan",
    group: str = "plan",
    fewest: int = 3,
    prior: float = 500,
    top: int | None = None,
) -> pd.DataFrame:
    """The words of each plan, or each group of plans, against those of all others.

    Parameters
    ----------
    corpus
        The plans; only body statements are read. The words of a data set are those that :func:`policycompare.count_terms` counted.
    codings
        Needed for ``by="theme"``; a data set has its own.
    by
        ``plan``: all of a plan against all of the others. ``theme``: its statements on a theme against the others' on the same theme.
    group
        The column of ``plans`` whose values are set against each other, such as ``province``, or ``prefecture``
        (:func:`policycompare.compare.groups.group_names`); the table's column ``plan`` then holds the group. Plans where it is empty are
        left out.
    fewest
        Words that all compared plans use fewer times than this are left out.
    prior
        Weight of the prior in pseudo-words: how strongly rare words are pulled towards no difference.
    top
        Only so many terms a plan (and theme), those with the largest ``z``.

    Returns
    -------
    pandas.DataFrame
        One row plan × theme × term, the most distinctive (by ``z``) first; ``theme`` is empty with ``by="plan"``. ``n`` of the plan's
        ``of`` words, ``n_other`` of the others' ``of_other``. ``g2``: log-likelihood, never negative, larger is surer; ``p``: of chi-square
        with one degree of freedom, not adjusted for the many terms. ``log_ratio``: the effect, base 2; 1 is twice as frequent, negative
        is rarer than elsewhere. ``log_odds`` and ``z``: weighted log-odds with an informative prior; \\|z\\| above 1.96 is Monroe,
        Colaresi & Quinn's usual line. ``statements``: how many statements have the term. A plan (and theme) of which
        nothing can be computed is one row without a term, with the ``reason``.

    Raises
    ------
    PolicyCompareError
        ``by`` is unknown, or codings are missing for ``by="theme"``.

    Notes
    -----
    G²: Dunning (1993), Computational Linguistics 19(1). Log ratio: Hardie (2014), with half a word for a count of 0. Log-odds: Monroe,
    Colaresi & Quinn (2008), "Fightin' Words", Political Analysis 16(4), equations 16, 20 and 22; the prior is the words' distribution over
    all compared plans. Counts come from one text each, so G² takes words for independent draws, which they are not: use it to rank.

    Examples
    --------
    >>> import policycompare as pc
    >>> terms = pc.keyness(pc.load_corpus(), top=5)
    >>> terms.groupby("plan").size().to_list()
    [5, 5, 5, 5, 5]
    """
    one_of("by", by, ("plan", "theme"))
    one_of("group", group, ["province"] if isinstance(corpus, Dataset) and group == "plan" else group_names(corpus.plans))
    if by == "theme" and codings is None and not isinstance(corpus, Dataset):
        raise PolicyCompareError('by="theme" needs codings; pass keyness(corpus, codings, by="theme").')
    member = members(corpus.plans, group)
    counts = _counts(corpus, codings, member, by_theme=by == "theme")
    themes = [""] if by == "plan" else sorted(set(counts["theme"]) if codings is None else set(codings["theme"]))
    names = sorted(set(member) - {""})
    if group != "plan" and not names:
        raise PolicyCompareError(f"group: no plan says its {group}; fill the column in plans.csv, or name another.")
    blocks = []
    for theme in themes:
        here = counts[counts["theme"] == theme]
        n: dict[str, Counter[str]] = {name: Counter() for name in names}
        spread: dict[str, dict[str, int]] = {name: {} for name in names}
        for name, rows in here.groupby("plan"):
            n[str(name)] = Counter(dict(zip(rows["term"], rows["n"].tolist(), strict=True)))
            spread[str(name)] = dict(zip(rows["term"], rows["statements"].tolist(), strict=True))
        everywhere = sum(n.values(), Counter[str]())
        blocks += [_against_the_rest(name, theme, n[name], everywhere, spread[name], fewest=fewest, prior=prior, top=top) for name in names]
    return pd.concat(blocks, ignore_index=True)[COLUMNS] if blocks else pd.DataFrame(columns=COLUMNS)


def _counts(corpus: Corpus | Dataset, codings: pd.DataFrame | None, member: pd.Series, *, by_theme: bool) -> pd.DataFrame:
    """Group (in the column ``plan``) × theme × term: ``n`` and ``statements``."""
    if isinstance(corpus, Dataset):
        return corpus.grouped_terms(member, by_theme=by_theme)
    counts = term_counts(corpus.statements, codings if by_theme else None)
    counts = counts[(counts["theme"] != "") == by_theme]
    named = counts.assign(plan=member.reindex(counts["plan"]).to_numpy())
    grouped = named[named["plan"] != ""].groupby(["plan", "theme", "term"], as_index=False)
    return grouped[["n", "statements"]].sum()


def _against_the_rest(
    plan: str,
    theme: str,
    here: Counter[str],
    everywhere: Counter[str],
    spread: dict[str, int],
    *,
    fewest: int,
    prior: float,
    top: int | None,
) -> pd.DataFrame:
    there = everywhere - here
    of, of_other = here.total(), there.total()
    about = f" on {theme}" if theme else ""
    reason = ""
    if not of:
        reason = f"{plan} has no word{about}"
    elif not of_other:
        reason = f"no other plan has a word{about}"
    terms = sorted(term for term, n in everywhere.items() if n >= fewest and n < of + of_other) if not reason else []
    if not reason and not terms:
        reason = f"no word{about} stands {fewest} times in these plans"
    if reason:
        return pd.DataFrame(
            [
                {
                    **dict.fromkeys(COLUMNS, np.nan),
                    **dict.fromkeys(("n", "n_other", "statements"), 0),
                    "plan": plan,
                    "theme": theme,
                    "term": "",
                    "of": of,
                    "of_other": of_other,
                    "reason": reason,
                }
            ]
        )
    n, n_other = (np.array([side[term] for term in terms], dtype=float) for side in (here, there))
    g2 = log_likelihood(n, n_other, of, of_other)
    log_odds, z = weighted_log_odds(n, n_other, of, of_other, prior=prior * (n + n_other) / (of + of_other), prior_total=prior)
    table = pd.DataFrame(
        {
            "plan": plan,
            "theme": theme,
            "term": terms,
            "n": n.astype(int),
            "of": of,
            "n_other": n_other.astype(int),
            "of_other": of_other,
            "g2": g2,
            "p": _chance(g2),
            "log_ratio": np.log2(np.where(n > 0, n, 0.5) / of) - np.log2(np.where(n_other > 0, n_other, 0.5) / of_other),
            "log_odds": log_odds,
            "z": z,
            "statements": [spread.get(term, 0) for term in terms],
            "reason": "",
        }
    )
    table = table.assign(_rank=-table["z"].round(9)).sort_values(["_rank", "term"], ignore_index=True).drop(columns="_rank")
    return table.head(top) if top else table


def log_likelihood(n: Array, n_other: Array, of: float, of_other: float) -> Array:
    """Dunning's log-likelihood G² of each 2 × 2 table: term or any other word, here or there.

    Parameters
    ----------
    n, n_other
        How often the term stands here and there.
    of, of_other
        All words here and there.

    Examples
    --------
    >>> float(log_likelihood(np.array([10.0]), np.array([10.0]), 100, 100)[0])
    0.0
    """
    n, n_other = np.asarray(n, dtype=float), np.asarray(n_other, dtype=float)
    seen = np.array([n, n_other, of - n, of_other - n_other])
    whole = of + of_other
    rate = (n + n_other) / whole
    expected = np.array([of * rate, of_other * rate, of * (1 - rate), of_other * (1 - rate)])
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    g2: Array = np.maximum(2 * parts.sum(axis=0), 0.0)
    return g2


def weighted_log_odds(n: Array, n_other: Array, of: float, of_other: float, *, prior: Array, prior_total: float) -> tuple[Array, Array]:
    """Monroe, Colaresi & Quinn's log-odds ratio with a Dirichlet prior, and its z-score.

    Parameters
    ----------
    n, n_other, of, of_other
        As in :func:`log_likelihood`.
    prior, prior_total
        Pseudo-count of each term, and of all words; 0 for none.

    Examples
    --------
    >>> log_odds, z = weighted_log_odds(np.array([5.0]), np.array([5.0]), 50, 50, prior=np.array([1.0]), prior_total=10)
    >>> float(log_odds[0]), float(z[0])
    (0.0, 0.0)
    """
    here, there = np.asarray(n, dtype=float) + prior, np.asarray(n_other, dtype=float) + prior
    log_odds = np.log(here / (of + prior_total - here)) - np.log(there / (of_other + prior_total - there))
    return log_odds, log_odds / np.sqrt(1 / here + 1 / there)


def _chance(g2: Array) -> Array:
    """Upper tail of chi-square with one degree of freedom."""
    from scipy.special import erfc

    chance: Array = erfc(np.sqrt(g2 / 2))
    return chance
