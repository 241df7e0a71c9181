"""Tables → sentences, in English or Chinese; every number in them is taken from the table at hand.

Caveat: a sentence says what the table says and no more. Where an interval of a difference holds zero it says that the
plans cannot be told apart, even if one share is larger. The phrases are data (``data/lexicon/prose.csv``).
"""

from policycompare.prose.answers import answers, orders, silences
from policycompare.prose.findings import clusters, keyness, likeness, pairs, places, targets
from policycompare.prose.lenses import crosstab, pmc, pmc_limits
from policycompare.prose.limits import agreement, limits
from policycompare.prose.phrases import LANGUAGES, Cell, Sentence, interval, listed, percent, phrase, plain, points, say
from policycompare.prose.sharing import alignment, foreign_places, wording

__all__ = [
    "LANGUAGES",
    "Cell",
    "Sentence",
    "agreement",
    "alignment",
    "answers",
    "clusters",
    "crosstab",
    "foreign_places",
    "interval",
    "keyness",
    "likeness",
    "limits",
    "listed",
    "orders",
    "pairs",
    "percent",
    "phrase",
    "places",
    "plain",
    "pmc",
    "pmc_limits",
    "points",
    "say",
    "silences",
    "targets",
    "wording",
]
