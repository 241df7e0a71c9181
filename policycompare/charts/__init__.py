"""One tidy table in, one plotly figure out; no analysis in here.

Caveat: plan and theme labels come from the ``plans`` table and the taxonomy; without them those of the packaged study and
taxonomy are used, and an id unknown there is shown as it is.
"""

from policycompare.charts.barcode import barcode
from policycompare.charts.clusters import cluster_map, cluster_regions
from policycompare.charts.counterparts import alignment_heatmap, wording_dots
from policycompare.charts.coverage import coverage_dots, coverage_heatmap, subtheme_dots
from policycompare.charts.difference import coverage_difference
from policycompare.charts.labels import MANY, plan_label
from policycompare.charts.lenses import crosstab_heatmap
from policycompare.charts.likeness import keyness_dots, similarity_matrix
from policycompare.charts.maps import prefecture_tiles, province_tiles
from policycompare.charts.orders import order_slopes
from policycompare.charts.pmc import pmc_surface
from policycompare.charts.regions import coverage_ranking, share_distributions
from policycompare.charts.reliability import reliability_curve, reliability_dots
from policycompare.charts.silences import silences
from policycompare.charts.targets import ledger_table, targets_table
from policycompare.charts.themes import theme_cooccurrence, theme_positions

__all__ = [
    "MANY",
    "alignment_heatmap",
    "barcode",
    "cluster_map",
    "cluster_regions",
    "coverage_difference",
    "coverage_dots",
    "coverage_heatmap",
    "coverage_ranking",
    "crosstab_heatmap",
    "keyness_dots",
    "ledger_table",
    "order_slopes",
    "plan_label",
    "pmc_surface",
    "prefecture_tiles",
    "province_tiles",
    "reliability_curve",
    "reliability_dots",
    "share_distributions",
    "silences",
    "similarity_matrix",
    "subtheme_dots",
    "targets_table",
    "theme_cooccurrence",
    "theme_positions",
    "wording_dots",
]
