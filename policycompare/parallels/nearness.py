"""Measures as rows of weights: how near each is to each in words, in its statements, and in what it is coded with.

Caveat: a likeness is of texts, not of policies, and rare words weigh by how rare they are in this very corpus.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policycompare.coding.coding import code
from policycompare.schema import Array
from policycompare.script import simplify
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy
from policycompare.tokens import tokenize

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus

#: Weights of words, statements and codes in a score: chosen on the gold list by :func:`policycompare.parallels.judging.choose`, which a test repeats.
WEIGHTS = (1.0, 2.0, 0.3)
_BLOCK = 2000  # statements compared with as many at a time: what is held at once does not grow with the corpus
_LETTERS = re.compile(r"[\u3400-\u9fffA-Za-z]+")


@dataclass(frozen=True)
class Space:
    """Measures, in the order of plans and texts, as rows of weights that can be compared block by block.

    Attributes
    ----------
    measures, units
        One row a measure; one row a statement of a measure (its title too), in the measures' order.
    words, said
        TF-IDF rows of length 1 of measures and of units: words and pairs of characters.
    codes
        Rows of length 1: the themes and subthemes that a measure's statements carry.
    first
        Where each measure's units begin, and their number as the last.
    weight
        A unit's part of its measure: as the square root of its length.
    terms
        The columns of `words`; pairs of characters that are no word are ``""``.
    """

    measures: pd.DataFrame
    units: pd.DataFrame
    words: Any
    said: Any
    codes: Array
    first: Array
    weight: Array
    terms: list[str]

    @cached_property
    def quotable(self) -> Array:
        """Is a unit a body statement, or all that its measure has?"""
        body: Array = self.units["kind"].to_numpy(dtype=object) == "body"
        has = np.add.reduceat(body.astype(int), self.first[:-1]) > 0
        return body | ~np.repeat(has, np.diff(self.first))

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Runs of whole plans, from a measure to the one before which the next begins."""
        ends = [*(np.flatnonzero(self.measures["plan"].to_numpy()[1:] != self.measures["plan"].to_numpy()[:-1]) + 1), len(self.measures)]
        start = 0
        for at, end in enumerate(ends):
            last = at + 1 == len(ends)
            if last or self.first[ends[at + 1]] - self.first[start] > _BLOCK:
                yield start, int(end)
                start = int(end)

    def parts(self, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[Array, Array, Array, Array]:
        """Likeness of words, of statements and of codes (measures × measures), and that of the statements one by one.

        That of statements has a direction: how well each of the first measure's statements is matched by any of the second's.
        """
        one, two = slice(*rows), slice(*columns)
        words = (self.words[one] @ self.words[two].T).toarray()
        units = [slice(int(self.first[start]), int(self.first[end])) for start, end in (rows, columns)]
        alike = (self.said[units[0]] @ self.said[units[1]].T).toarray()
        matched = np.maximum.reduceat(alike, self.first[two] - units[1].start, axis=1)
        statements = np.add.reduceat(matched * self.weight[units[0], None], self.first[one] - units[0].start, axis=0)
        return words, statements, self.codes[one] @ self.codes[two].T, alike


def combined(likenesses: Sequence[Array], weights: tuple[float, ...] = WEIGHTS) -> Array:
    """The likenesses in one score, 0 to 1, rounded so that ties are ties on every machine."""
    total = sum(weight * part for weight, part in zip(weights, likenesses, strict=True))
    return np.round(np.asarray(total) / sum(weights), 9)


def ordered(measures: pd.DataFrame) -> pd.DataFrame:
    """Measures in the order of plans and texts."""
    return measures.sort_values(["plan", "start", "measure"], ignore_index=True)


def weigher_of(texts: Iterable[str]) -> Any:
    """What weighs words and pairs of characters, fitted on these texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = list(texts)
    # A text without a letter of its own still needs a column: an empty vocabulary is refused.
    return TfidfVectorizer(analyzer=list, sublinear_tf=True).fit([["\0"], *map(_terms, texts, tokenize(texts))])


def space_of(corpus: Corpus, taxonomy: Taxonomy | str | Path = "education-extended", *, weigher: Any = None) -> Space:
    """The measures of a corpus, of which there must be one, ready to be compared; by default they tell themselves how rare a word is."""
    measures = ordered(corpus.measures)
    units = _units(corpus.statements, measures)
    words = tokenize(measures["text"])
    known = weigher_of(measures["text"]) if weigher is None else weigher
    lengths = np.sqrt(units["text"].str.len().to_numpy(dtype=float))
    first = np.append(np.unique(units["at"].to_numpy(), return_index=True)[1], len(units))
    whole = np.repeat(np.add.reduceat(lengths, first[:-1]), np.diff(first))
    spoken = {word for each in words for word in each}
    return Space(
        measures,
        units,
        known.transform(list(map(_terms, measures["text"], words))),
        known.transform(list(map(_terms, units["text"], tokenize(units["text"])))),
        _codes(corpus, measures, load_taxonomy(taxonomy)),
        first,
        lengths / whole,
        [term if term in spoken else "" for term in known.get_feature_names_out()],
    )


def _terms(text: str, words: list[str]) -> list[str]:
    """A text's words, and all pairs of neighbouring characters."""
    runs = _LETTERS.findall(simplify(text))
    return [run[at : at + 2] for run in runs for at in range(len(run) - 1)] + words


def _units(statements: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """The measures' titles and body statements; a measure without any stands as a whole."""
    place = pd.Series(range(len(measures)), index=measures["measure"])
    mine = statements[statements["kind"].isin(["title", "body"]) & statements["measure"].isin(place.index)]
    silent = measures[~measures["measure"].isin(mine["measure"])]
    units = pd.concat([mine, silent.assign(statement="", kind="body")])[["statement", "measure", "kind", "text", "start"]]
    return units.assign(at=units["measure"].map(place)).sort_values(["at", "start"], ignore_index=True)


def _codes(corpus: Corpus, measures: pd.DataFrame, taxonomy: Taxonomy) -> Array:
    """Measures × themes and subthemes: the roots of their summed scores, the rarer the heavier, each row of length 1."""
    codings = code(corpus, taxonomy=taxonomy)
    both = pd.concat([codings.assign(of=codings["theme"]), codings.assign(of=codings["theme"] + "/" + codings["subtheme"])])
    both = both[~both["of"].str.endswith("/")].drop_duplicates(["statement", "of"])
    columns = sorted(set(both["of"]))
    row = pd.Index(measures["measure"]).get_indexer(both["statement"].map(corpus.statements.set_index("statement")["measure"]))
    inside = row >= 0
    found = np.zeros((len(measures), len(columns)))
    np.add.at(found, (row[inside], pd.Index(columns).get_indexer(both["of"])[inside]), both["score"].to_numpy(dtype=float)[inside])
    rarity = np.log((1 + len(measures)) / (1 + (found > 0).sum(axis=0))) + 1
    weighted = np.sqrt(found) * rarity
    rows: Array = weighted / np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-12)
    return rows
