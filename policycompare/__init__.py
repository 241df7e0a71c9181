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
    "Corpus": "corpus",
    "load_corpus": "corpus",
    "study": "study",
    "load_taxonomy": "taxonomy",
    "Taxonomy": "taxonomy",
    "code": "coding",
    "charts": "charts",
    "coverage": "shares",
    "crosstab": "lenses",
    "pmc_values": "pmc",
    "pmc_scores": "pmc",
    "sheets": "sheets",
    "code_strength": "strength",
    "strength_levels": "strength",
    "find_targets": "targets",
    "compare_coverage": "compare",
    "compare_groups": "groups",
    "compare_orders": "orders",
    "count_terms": "terms",
    "keyness": "distinctive",
    "theme_pairs": "themes",
    "theme_places": "themes",
    "plan_similarity": "likeness",
    "similarity_merges": "likeness",
    "counterparts": "alignment",
    "plan_alignment": "alignment",
    "measures_without_counterpart": "alignment",
    "counterpart_agreement": "judging",
    "shared_wording": "sharing",
    "wording_shares": "sharing",
    "wording_pairs": "copies",
    "foreign_places": "places",
    "held_out_counterparts": "judging",
    "targets_ledger": "ledger",
    "goals_without_numbers": "ledger",
    "numbers_without_dates": "ledger",
    "explain": "explanation",
    "cluster_measures": "cluster",
    "cluster_themes": "cluster",
    "Clusters": "cluster",
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
    "write_dataset": "stream",
    "open_dataset": "dataset",
    "Dataset": "dataset",
    "export": "export",
    "qda": "qda",
    "browse": "browsing",
    "provenance": "provenance",
    "pages": "pages",
    "prose": "prose",
    "evidence": "evidence",
    "report": "report",
}

__all__ = [*_ROOMS, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'policycompare' has no attribute {name!r}; it has {', '.join(sorted(_ROOMS))}")
    room = import_module(f"policycompare.{_ROOMS[name]}")
    value = room if _ROOMS[name] == name else getattr(room, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
