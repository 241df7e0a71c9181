"""Whether a text still stands in the words that it was issued in.

Caveat: a converter between scripts or a synonym spinner leaves words behind (上風 for 优势, 資訊 for 信息) that plans do not use by
themselves, at least not many different ones side by side. That is a sign, no proof; and a careful editor leaves none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from policycompare.script import simplify
from policycompare.taxonomy.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from policycompare.corpus.corpus import Corpus
    from policycompare.taxonomy.taxonomy import Taxonomy

# Some of these words stand in any text (建立, 治理): only many different ones, often, are a sign.
FEWEST_WORDS, LEAST_RATE = 6, 5.0


def respelt_words(corpus: Corpus, *, taxonomy: Taxonomy | str | Path = "education") -> pd.DataFrame:
    """Words of each plan that a converter or spinner may have put in the place of others.

    Parameters
    ----------
    corpus
        The plans; their source texts are read.
    taxonomy
        Its ``variants`` name the words and what they stand for.

    Returns
    -------
    pandas.DataFrame
        A row plan × word: ``plan``, ``word`` (in the plan's own script), ``stands_for``, ``n`` times, and ``sign``: whether the plan has
        so many of these (at least 6 different ones, and 5 in 1,000 characters) that its wording is not to be trusted.

    Examples
    --------
    >>> import policycompare as pc
    >>> words = respelt_words(pc.load_corpus())
    >>> words.loc[words["sign"], "plan"].unique().tolist()
    ['jining']
    """
    loaded = load_taxonomy(taxonomy)
    rows = []
    for plan, source in corpus.sources.items():
        simple = simplify(source)
        found = [(simple.count(word), simple.find(word), word, meant) for word, meant in loaded.variants if word in simple]
        often = 1000 * sum(n for n, *_ in found) >= LEAST_RATE * max(1, len(simple))
        for n, at, word, meant in sorted(found, key=lambda item: (-item[0], item[2])):
            rows.append((plan, source[at : at + len(word)], meant, n, often and len(found) >= FEWEST_WORDS))
    return pd.DataFrame(rows, columns=["plan", "word", "stands_for", "n", "sign"]).astype({"n": "int64", "sign": "bool"})
