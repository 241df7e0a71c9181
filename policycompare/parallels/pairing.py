"""Who else does this? For every measure the nearest measure of each other plan, and whether it is a counterpart.

Caveat: what is near is told by words, statements and codes, not by understanding. How often that is right was measured on a list
coded by hand beforehand (``data/gold/counterparts.md``, :func:`policycompare.counterpart_agreement`); the nearest measure is
named also where it is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from policycompare.corpus.corpus import Corpus
from policycompare.dataset.dataset import Dataset
from policycompare.parallels.candidates import candidates as candidates_of
from policycompare.parallels.nearness import Space, combined, ordered, space_of, weigher_of
from policycompare.schema import Array, PolicyCompareError
from policycompare.taxonomy.taxonomy import Taxonomy

COLUMNS = ["plan", "measure", "other", "other_measure", "score", "found", "mutual", "words"]
COLUMNS += ["quote", "quoted", "other_quote", "other_quoted", "reason"]

#: The score from which the nearest measure is a counterpart: chosen on the gold list by :func:`policycompare.parallels.judging.choose`.
AT_LEAST = 0.105
_TOLD = 5000  # pairs of measures whose words are held at once


def counterparts(
    corpus: Corpus | Dataset,
    *,
    plans: str | Iterable[str] | None = None,
    top: int | None = None,
    taxonomy: Taxonomy | str | Path = "education-extended",
    at_least: float = AT_LEAST,
    candidates: int = 50,
    sample: int = 5000,
    workers: int | None = None,
) -> pd.DataFrame:
    """For every measure its nearest in each other plan, and whether that is a counterpart.

    The score, 0 to 1, adds up three likenesses: of the measures' words and pairs of characters (TF-IDF, cosine); of the first measure's
    statements to whatever statement of the second is most like each; and of the themes and subthemes that both are coded with.
    It has a direction, since a clause of a long measure may answer the whole of a short one.

    Parameters
    ----------
    corpus
        The plans, in any order.
    plans
        Those whose measures to look for; None is all, which a data set refuses.
    top
        Only so many other plans a measure, the nearest; None is all. What is held at once then does not grow with the number of plans.
    taxonomy
        What to code the measures by; the default score was tried with the default taxonomy.
    at_least
        The least score of a counterpart, between 0 and 1; below it there is none.
    candidates
        Measures of a data set that are compared with each, those nearest by their n-grams of characters. Of the five plans, so treated as a data
        set, 30 find 99 in 100 of the corpus's nearest measures and all counterparts; scores differ by less than 0.003, for how rare a code is is
        told by the candidates.
    sample
        Measures drawn from a data set to tell how rare a word is.
    workers
        Processes that read a data set's parts; None is one a processor.

    Returns
    -------
    pandas.DataFrame
        One row measure × other plan, in the order of plans and texts: ``other_measure`` (the nearest), ``score``, ``found`` (is it a
        counterpart?), ``mutual`` (is the first also the nearest to the second?), ``words`` (that make most of the likeness), and of
        both the ``quote`` that is most alike and the statement ``quoted``. ``reason`` says where nothing can be compared.

    Raises
    ------
    PolicyCompareError
        ``at_least`` is not above 0 and at most 1, ``top`` or ``candidates`` is below 1, a plan is unknown, a data set comes without ``plans``, or
        the taxonomy breaks its rules.

    Examples
    --------
    >>> import policycompare as pc
    >>> found = pc.counterparts(pc.load_corpus()).set_index(["measure", "other"])
    >>> found.loc[("shandan-2.2", "county"), "other_measure"]
    'county-3.17'
    """
    if not 0 < at_least <= 1:
        raise PolicyCompareError(f"at_least must be above 0 and at most 1, such as {AT_LEAST}; got {at_least!r}.")
    if (top is not None and top < 1) or candidates < 1:
        raise PolicyCompareError(f"top and candidates must be 1 or more; got {top!r} and {candidates!r}.")
    wanted = None if plans is None else sorted({plans} if isinstance(plans, str) else set(plans))
    if wanted is not None and (unknown := sorted(set(wanted) - set(corpus.plans["plan"]))):
        raise PolicyCompareError(f"plans must be among the {len(corpus.plans):,} of the study; got {', '.join(map(repr, unknown))}.")
    if isinstance(corpus, Corpus):
        return _counterparts(corpus, wanted, top, at_least, _Ground(taxonomy))
    if not wanted:
        raise PolicyCompareError(f"plans: say whose measures to look for among the {len(corpus.plans):,} plans of {corpus.path}.")
    drawn = corpus.draw_measures(sample)
    ground = _Ground(taxonomy, weigher_of(drawn["text"]))
    near = candidates_of(corpus, wanted, most=candidates, sample=drawn, workers=workers)
    tables = [_counterparts(_around(corpus, plan, near), [plan], top, at_least, ground) for plan in wanted]
    return pd.concat(tables, ignore_index=True)


def _around(dataset: Dataset, plan: str, near: pd.DataFrame) -> Corpus:
    """A plan with the candidates of its measures, as a corpus; with all statements of their plans, in whose light each is coded."""
    mine = near[near["plan"] == plan]
    chosen = dataset.select({plan, *mine["other"]})
    kept = (chosen.measures["plan"] == plan) | chosen.measures["measure"].isin(mine["other_measure"])
    return replace(chosen, measures=chosen.measures[kept].reset_index(drop=True))


@dataclass(frozen=True)
class _Ground:
    """What measures are compared by: a taxonomy, and what weighs words (None: the measures themselves)."""

    taxonomy: Taxonomy | str | Path
    weigher: Any = None


def _counterparts(corpus: Corpus, plans: Collection[str] | None, top: int | None, at_least: float, ground: _Ground) -> pd.DataFrame:
    nearest = [] if corpus.measures.empty else [_nearest(space_of(corpus, ground.taxonomy, weigher=ground.weigher), plans, top)]
    silent = pd.DataFrame(list(_incomparable(corpus, plans)), columns=COLUMNS)
    table = pd.concat([*nearest, silent.assign(mutual=False)], ignore_index=True)
    table = table.assign(found=table["score"] >= at_least)
    place = {name: at for at, name in enumerate(ordered(corpus.measures)["measure"])}
    order = table.assign(_at=table["measure"].map(place)).sort_values(["_at", "other"], ignore_index=True)
    return order[COLUMNS].astype(dict.fromkeys(COLUMNS, "str") | {"score": float, "found": bool, "mutual": bool})


def _nearest(space: Space, plans: Collection[str] | None, top: int | None) -> pd.DataFrame:
    """For each measure (of these plans) and other plan (the nearest so many) a row; whole plans at a time."""
    plan = space.measures["plan"].to_numpy(dtype=object)
    asked = np.full(len(plan), True) if plans is None else space.measures["plan"].isin(list(plans)).to_numpy()
    blocks = []
    for rows in space.blocks():
        found = []
        for columns in space.blocks() if asked[slice(*rows)].any() else ():
            *likenesses, alike = space.parts(rows, columns)
            scores = combined(likenesses)
            shown = _shown(space, rows, columns, alike)
            cuts = np.flatnonzero(np.append(True, plan[slice(*columns)][1:] != plan[slice(*columns)][:-1]))
            for start, end in zip(cuts, [*cuts[1:], columns[1] - columns[0]], strict=True):
                for at, to in enumerate(start + np.argmax(scores[:, start:end], axis=1)):
                    one, two = rows[0] + at, columns[0] + int(to)
                    if asked[one] and plan[one] != plan[two]:
                        found.append((one, two, scores[at, to], *_closest(space, shown, (one, two), (rows[0], columns[0]))))
        block = pd.DataFrame(found, columns=["one", "two", "score", "quoted", "other_quoted"])
        if top is not None:
            block = block.sort_values(["one", "score", "two"], ascending=[True, False, True]).groupby("one").head(top)
        blocks += [_told(space, block.iloc[start : start + _TOLD]) for start in range(0, len(block), _TOLD)]
    if not blocks:
        return pd.DataFrame(columns=COLUMNS)
    nearest = pd.concat(blocks, ignore_index=True)
    return nearest.assign(mutual=_mutual(space, nearest, complete=plans is None and top is None))


def _mutual(space: Space, found: pd.DataFrame, *, complete: bool) -> list[bool]:
    """Is the first of a pair also the nearest to the second? Where not all pairs are there, it is worked out."""
    pairs = list(zip(found["one"].tolist(), found["two"].tolist(), strict=True))
    if complete:
        known = set(pairs)
        return [(two, one) in known for one, two in pairs]
    plan = space.measures["plan"].to_numpy(dtype=object)
    places = pd.Series(range(len(plan))).groupby(plan).agg(["min", "max"])
    spans = {name: (int(first), int(last) + 1) for name, first, last in places.itertuples()}
    back = {}
    for one, two in pairs:
        if (two, plan[one]) not in back:
            *likenesses, _ = space.parts((two, two + 1), spans[plan[one]])
            back[two, plan[one]] = spans[plan[one]][0] + int(np.argmax(combined(likenesses)[0]))
    return [back[two, plan[one]] == one for one, two in pairs]


def _shown(space: Space, rows: tuple[int, int], columns: tuple[int, int], alike: Array) -> Array:
    """The statements' likenesses; titles, which are near each other for their few words, only where a measure has nothing else."""
    quotable = [space.quotable[int(space.first[start]) : int(space.first[end])] for start, end in (rows, columns)]
    return np.where(np.outer(*quotable), np.round(alike, 9), -1)


def _closest(space: Space, shown: Array, pair: tuple[int, int], before: tuple[int, int]) -> tuple[int, int]:
    """The two units of a pair of measures that are most alike."""
    spans = [
        (int(space.first[at] - space.first[start]), int(space.first[at + 1] - space.first[start]))
        for at, start in zip(pair, before, strict=True)
    ]
    square = shown[slice(*spans[0]), slice(*spans[1])]
    one, two = np.unravel_index(int(np.argmax(square)), square.shape)
    return int(space.first[pair[0]] + one), int(space.first[pair[1]] + two)


def _told(space: Space, found: pd.DataFrame) -> pd.DataFrame:
    """The rows of pairs that are given as places of measures and of units."""
    measures, units = space.measures, space.units
    one, two, quoted, other_quoted = (found[name].to_numpy(dtype=int) for name in ("one", "two", "quoted", "other_quoted"))
    shared = space.words[one].multiply(space.words[two]).tocsr()
    columns = {
        "one": one,
        "two": two,
        "plan": measures["plan"].to_numpy()[one],
        "measure": measures["measure"].to_numpy()[one],
        "other": measures["plan"].to_numpy()[two],
        "other_measure": measures["measure"].to_numpy()[two],
        "score": found["score"].to_numpy(),
        "words": [_strongest(shared, row, space.terms) for row in range(len(one))],
        "quote": units["text"].to_numpy()[quoted],
        "quoted": units["statement"].to_numpy()[quoted],
        "other_quote": units["text"].to_numpy()[other_quoted],
        "other_quoted": units["statement"].to_numpy()[other_quoted],
        "reason": "",
    }
    return pd.DataFrame(columns)


def _strongest(shared: Any, row: int, terms: list[str]) -> str:
    """The five words with the largest weights in a row."""
    span = slice(shared.indptr[row], shared.indptr[row + 1])
    ranked = sorted((-round(float(value), 9), terms[at]) for at, value in zip(shared.indices[span], shared.data[span], strict=True))
    return " ".join([term for _, term in ranked if term][:5])


def _incomparable(corpus: Corpus, asked: Collection[str] | None) -> Iterator[dict[str, Any]]:
    """Rows of measures (of the plans asked for) that nothing can be compared with, and why."""
    plans, having = sorted(corpus.plans["plan"]), set(corpus.measures["plan"])
    measures = corpus.measures if asked is None else corpus.measures[corpus.measures["plan"].isin(list(asked))]
    for plan, measure in zip(measures["plan"], measures["measure"], strict=True):
        silent = [(other, f"{other} has no measure") for other in plans if other != plan and other not in having]
        for other, why in silent if len(plans) > 1 else [("", "there is no other plan")]:
            yield {**dict.fromkeys(COLUMNS, ""), "plan": plan, "measure": measure, "other": other, "score": np.nan, "reason": why}
