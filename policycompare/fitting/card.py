"""Write a fitted coder with what a reader must know of it: its card, its errors, its calibration, and its left-out codings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from policycompare.fitting.fitting import Fit
from policycompare.gold import load_gold
from policycompare.taxonomy.taxonomy import load_taxonomy

_BINS = (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1)


def write_fit(fit: Fit, path: str | Path) -> list[Path]:
    """Write the model and, beside it, ``README.md`` (the card), ``documents.csv``, ``errors.csv``, ``calibration.csv`` and ``left_out.csv``.

    No text of the documents is written, only their titles; ``left_out.csv`` holds the packaged gold's plans alone.
    """
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    fit.model.save(place)
    tables = {
        "documents": document_table(fit.left_out),
        "errors": error_table(fit.left_out),
        "calibration": calibration_table(fit.left_out),
        "left_out": _gold_plans(fit),
    }
    for name, table in tables.items():
        table.to_csv(place.parent / f"{name}.csv", index=False, lineterminator="\n")
    (place.parent / "README.md").write_text(card(fit, name=place.name), encoding="utf-8")
    return [place, *(place.parent / f"{name}.csv" for name in tables), place.parent / "README.md"]


def error_table(left_out: pd.DataFrame) -> pd.DataFrame:
    """Counts of statements per theme, all documents, each left out: ``theme, tp, fp, fn, tn``."""
    settled = left_out[~left_out["unsettled"]]
    coded, gold = settled["coded"], settled["gold"]
    outcomes = {"tp": coded & gold, "fp": coded & ~gold, "fn": ~coded & gold, "tn": ~coded & ~gold}
    return settled.assign(**outcomes).groupby("theme", sort=False)[list(outcomes)].sum().reset_index()


def document_table(left_out: pd.DataFrame, by: Sequence[str] = ("folder", "plan", "title")) -> pd.DataFrame:
    """Documents by name and first heading, each left out: ``folder, plan, title, statements, f1`` (micro F1 over the core themes)."""
    core = left_out[left_out["theme"].isin(_core(left_out["theme"].unique())) & ~left_out["unsettled"]]
    right, said = core["coded"] & core["gold"], core["coded"].astype(int) + core["gold"]
    sums = core.assign(right=right, said=said).groupby(list(by), sort=True)
    table = sums.agg(statements=("row", "nunique"), right=("right", "sum"), said=("said", "sum")).reset_index()
    f1 = (2 * table["right"] / table["said"].where(table["said"] > 0)).round(2)
    return table[[*by, "statements"]].assign(f1=f1)


def _core(themes: Iterable[str]) -> list[str]:
    known = set(themes)
    return [theme.id for theme in load_taxonomy("education").reported if theme.id in known]


def calibration_table(left_out: pd.DataFrame) -> pd.DataFrame:
    """Bins of probability: mean ``score``, how many of ``n`` statement × theme were ``right`` to code."""
    settled = left_out[~left_out["unsettled"]]
    bins = pd.cut(settled["probability"], list(_BINS), include_lowest=True)
    table = settled.groupby(bins, observed=True).agg(score=("probability", "mean"), right=("gold", "sum"), n=("gold", "size"))
    return table.round({"score": 4}).reset_index(drop=True)


def _gold_plans(fit: Fit) -> pd.DataFrame:
    """Left-out codes of the plans whose gold is packaged, by offset."""
    packaged = load_gold()
    keys = set(zip(packaged["plan"], packaged["start"], packaged["end"], strict=True))
    coded = fit.left_out[fit.left_out["coded"]]
    inside = [key in keys for key in zip(coded["plan"], coded["start"], coded["end"], strict=True)]
    return coded[inside][["plan", "start", "end", "theme", "probability"]].rename(columns={"probability": "score"}).round({"score": 4})


def _f1(left_out: pd.DataFrame) -> pd.Series:
    """F1 per theme; empty where the theme is neither coded nor in the gold."""
    counts = error_table(left_out).set_index("theme")
    whole = 2 * counts["tp"] + counts["fp"] + counts["fn"]
    return (2 * counts["tp"] / whole.where(whole > 0)).astype(float)


def card(fit: Fit, *, name: str = "coder.npz") -> str:
    """The model card: what it was fitted on, how well it does on each document while that is left out, and what it is not for."""
    left, model = fit.left_out, fit.model
    errors, scores = error_table(left).set_index("theme"), _f1(left)
    facts = model.facts
    lines = [
        "# Model card: the learned coder",
        "",
        f"`{name}`: codes statements of Chinese education plans by the themes of the codebook. Two linear models: one over hashed character",
        "n-grams (1 to 3 characters, within a clause), and one that weighs its readings of a statement, of the statements around it, of the",
        "headings above and of the whole document together with the hits of the taxonomy's rules; where it leaves a chance, the mean of its logit and",
        "that of boosted trees over the same readings counts. The file holds numbers only (no pickle); no text of a document",
        "that it was fitted on can be read from it, and none ships but the five plans.",
        "",
        f"Fitted on {facts['statements']:,} body statements of {facts['documents']} documents, and, for the n-grams alone, on {facts['examples']:,} texts that",
        "a language model wrote and coded for this project: typical phrases (`phrases.txt`) and whole statements with hard cases (`statements.csv`), evidence",
        f"of no plan and in no figure below. Seed {facts['seed']}.",
        f"Fit it again: `policycompare fit-coder GOLD_FOLDER… -o {name}`.",
        "",
        "## How well it does",
        f"Every figure is of documents left out whole ({facts['n_folds']} groups). The rules, whose hits the model weighs, were written with a part of these documents",
        "in view, so expect less on a new document: on those kept from the rules' authors the macro F1 of the five core themes was",
        "lower by about 0.03. The gold codings were made by language-model readers that applied the codebook (two passes agree at alpha 0.965 to 1.0 on",
        "the five plans; the other documents were coded once): agreement with them shows that the rules of the codebook are followed, not what people would say.",
        "",
        "| theme | statements | precision | recall | F1 | coded from |",
        "|---|---|---|---|---|---|",
    ]
    for at, theme in enumerate(model.themes):
        e = errors.loc[theme]
        precision, recall = e["tp"] / max(1, e["tp"] + e["fp"]), e["tp"] / max(1, e["tp"] + e["fn"])
        lines.append(
            f"| {theme} | {e['tp'] + e['fn']} | {precision:.2f} | {recall:.2f} | {scores[theme]:.2f} | {model.thresholds[at]:.2f} |"
        )
    core = _core(model.themes)
    lines += [
        "",
        f"Macro F1: core themes {scores[core].mean():.3f}, all {scores.mean():.3f}. The probability is calibrated (`calibration.csv`); a theme is coded from",
        "half of its F1, the threshold that is best for F1 where probabilities are calibrated.",
        "",
        "## Documents",
        "Micro F1 over the five core themes while the documents were left out; each by its title: `documents.csv`.",
        "",
        "| folder | documents | statements | F1 |",
        "|---|---|---|---|",
    ]
    documents = document_table(left).groupby("folder").size().tolist()
    folders = document_table(left, ("folder",)).to_dict("records")
    lines += [f"| {at['folder']} | {n} | {at['statements']:,} | {at['f1']:.2f} |" for at, n in zip(folders, documents, strict=True)]
    lines += [
        "",
        "## Not for",
        "Texts that are not about education, other codebooks (fit it again), traditional script that was not simplified first (`pc.code` does that), or",
        'verdicts on single statements without reading them: `terms` shows the words that weighed most, `coder="rules"` keeps to codes that a rule explains.',
        "",
    ]
    return "\n".join(lines)
