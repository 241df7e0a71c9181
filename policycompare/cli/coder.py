"""The coder: judge it, compare taxonomies, fit it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policycompare.cli.options import MaxBytes, Out, SkipBad, Sources, TaxonomyName, corpus_of, end, place
from policycompare.messages import said
from policycompare.reading import MAX_BYTES

app = typer.Typer()


@app.command("evaluate", help=said("help.evaluate"))
def evaluate(
    sources: Sources = None,
    gold: Annotated[Path | None, typer.Option("--gold", parser=place, metavar="FOLDER|SHEET", help=said("help.gold"))] = None,
    out: Out = Path("out/reliability"),
    taxonomy: TaxonomyName = "education",
    coder: Annotated[str, typer.Option("--coder", metavar="default|rules|FILE", help=said("help.coder"))] = "default",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Judge the coder against a gold coding or a hand-coded sheet."""
    import policycompare as pc

    corpus = corpus_of(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    codings = pc.code(corpus, taxonomy=taxonomy, coder=coder, overrides=False)
    if gold is not None and gold.suffix in {".csv", ".xlsx"} and gold.name != "statements.csv":
        second = pc.read_sample(gold, corpus, taxonomy=taxonomy)
        found = pc.evaluate(corpus, codings, second, among=second.attrs["statements"])
    else:
        found = pc.evaluate(corpus, codings, pc.reliability.load_gold(gold))
    pc.export.write_tables(found, out)
    typer.echo(found["agreement"][["theme", "precision", "recall", "f1", "f1_low", "f1_high", "alpha"]].round(3).to_string(index=False))
    end(corpus.skipped)


@app.command("sample", help=said("help.sample"))
def sample(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", parser=place, metavar="FILE", help=said("help.sample.out"))] = Path("sample.xlsx"),
    n: Annotated[int, typer.Option("-n", help=said("help.sample.n"))] = 200,
    seed: Annotated[int, typer.Option("--seed", help=said("help.sample.seed"))] = 0,
    taxonomy: TaxonomyName = "education",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Draw a stratified sheet of statements to code by hand."""
    import policycompare as pc

    corpus = corpus_of(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    pc.write_sample(pc.draw_sample(corpus, pc.code(corpus, taxonomy=taxonomy, overrides=False), n=n, seed=seed), out)
    typer.echo(out)
    end(corpus.skipped)


@app.command("diff-taxonomy", help=said("help.diff"))
def diff_taxonomies(
    old: Annotated[str, typer.Argument(metavar="OLD", help=said("help.diff.old"))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=said("help.diff.new"))],
    sources: Sources = None,
    out: Out = Path("out/taxonomy-change"),
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Say which statements change code, and which shares move, from one taxonomy to another."""
    import policycompare as pc

    corpus = corpus_of(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    statements, shares = pc.diff_taxonomy(corpus, old, new)
    pc.export.write_tables({"statements_changed": statements, "shares_moved": shares}, out)
    typer.echo(said("diff.done", codes=len(statements), shares=len(shares), out=out))
    end(corpus.skipped)


@app.command("fit-coder", help=said("help.fit"))
def fit_coder(
    folders: Annotated[list[Path], typer.Argument(parser=place, metavar="GOLD_FOLDER…", help=said("help.fit.folders"))],
    out: Annotated[Path, typer.Option("--out", "-o", parser=place, metavar="FILE", help=said("help.fit.out"))] = Path("coder.npz"),
) -> None:
    """Fit the learned coder on gold codings; write it with its card and what it got wrong."""
    from policycompare.fitting.card import write_fit
    from policycompare.fitting.fitting import fit_model

    for path in write_fit(fit_model(folders), out):
        typer.echo(path)
