"""Compare the education plans of Chinese local governments: every number leads back to quoted sentences.

Rooms are imported when first used, so that ``import policycompare`` costs little more than pandas.

>>> import policycompare as pc
>>> corpus = pc.load_corpus()
>>> sorted(corpus.plans["plan"])
['county', 'fengjie', 'jining', 'shandan', 'xianning']
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public name -> the room it lives in. A room named like the key is the module itself.
_ROOMS = {
    "PolicyCompareError": "schema",
    "Corpus": "corpus.corpus",
    "load_corpus": "corpus.corpus",
    "study": "corpus.study",
    "load_taxonomy": "taxonomy.taxonomy",
    "Taxonomy": "taxonomy.taxonomy",
    "code": "coding.coding",
    "charts": "charts",
    "coverage": "shares",
    "crosstab": "lenses",
    "pmc_values": "pmc.pmc",
    "pmc_scores": "pmc.pmc",
    "sheets": "page.sheets",
    "code_strength": "strength",
    "strength_levels": "strength",
    "find_targets": "targets.targets",
    "compare_coverage": "compare.compare",
    "compare_groups": "compare.groups",
    "compare_orders": "compare.orders",
    "prefecture_codes": "compare.groups",
    "divisions": "divisions",
    "count_terms": "terms",
    "keyness": "compare.distinctive",
    "theme_pairs": "compare.themes",
    "theme_places": "compare.themes",
    "plan_similarity": "compare.likeness",
    "similarity_merges": "compare.likeness",
    "counterparts": "parallels.pairing",
    "plan_alignment": "parallels.alignment",
    "measures_without_counterpart": "parallels.alignment",
    "counterpart_agreement": "parallels.judging",
    "shared_wording": "parallels.sharing",
    "wording_shares": "parallels.sharing",
    "wording_pairs": "parallels.copies",
    "foreign_places": "parallels.places",
    "held_out_counterparts": "parallels.judging",
    "targets_ledger": "targets.ledger",
    "goals_without_numbers": "targets.ledger",
    "numbers_without_dates": "targets.ledger",
    "explain": "explanation",
    "cluster_measures": "cluster.cluster",
    "cluster_themes": "cluster.cluster",
    "Clusters": "cluster.cluster",
    "silences": "silence",
    "reliability": "reliability",
    "evaluate": "disagreement",
    "calibration": "disagreement",
    "left_out_codings": "disagreement",
    "left_out_agreement": "disagreement",
    "shipped_calibration": "disagreement",
    "draw_sample": "sampling",
    "write_sample": "sampling",
    "read_sample": "sampling",
    "diff_taxonomy": "impact",
    "analyse": "pipeline",
    "write_dataset": "dataset.stream",
    "open_dataset": "dataset.dataset",
    "Dataset": "dataset.dataset",
    "export": "export",
    "qda": "qda",
    "browse": "page.browsing",
    "provenance": "page.provenance",
    "pages": "page.pages",
    "prose": "prose",
    "evidence": "page.evidence",
    "report": "report",
}

__all__ = [*_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'policycompare' has no attribute {name!r}; it has {', '.join(sorted(_ROOMS))}")
    room = import_module(f"policycompare.{_ROOMS[name]}")
    value = room if _ROOMS[name].rpartition(".")[2] == name else getattr(room, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
