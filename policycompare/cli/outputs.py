"""What leaves the toolkit: tables, charts, codings, the report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from policycompare.cli.options import Language, MaxBytes, Out, SkipBad, Sources, TaxonomyName, corpus_of, end, formats_of, place, where
from policycompare.messages import fault, said
from policycompare.reading import MAX_BYTES

app = typer.Typer()
export = typer.Typer(no_args_is_help=True)
app.add_typer(export, name="export", help=said("help.export"))


@export.command("tables", help=said("help.tables"))
@app.command("tables", help=said("help.tables"))
def tables(
    sources: Sources = None,
    out: Out = Path("out/tables"),
    taxonomy: TaxonomyName = "education",
    format: Annotated[str, typer.Option("--format", metavar="csv[,parquet,xlsx]", help=said("help.formats"))] = "csv",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write plans, sections, measures, statements, codings, targets and coverage."""
    import policycompare as pc
    from policycompare.charts.labels import theme_names
    from policycompare.export import TABLE_FORMATS
    from policycompare.placing import put_in_place

    formats = formats_of(format, TABLE_FORMATS)
    corpus = corpus_of(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    written = pc.analyse(corpus, taxonomy=taxonomy)
    colours = {theme: colour for theme, (_, _, colour) in theme_names(taxonomy).items()}
    with put_in_place(out) as place:
        for form in formats:
            pc.export.write_tables(written, place, format=form, colours=colours)
    typer.echo(said("tables.done", out=out, counts=", ".join(f"{name} {len(table)}" for name, table in written.items())))
    end(corpus.skipped)


@app.command("dataset", help=said("help.dataset"))
def dataset(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", parser=place, metavar="DIR", help=said("help.dataset.out"))] = Path("out/dataset"),
    taxonomy: TaxonomyName = "education",
    coder: Annotated[str, typer.Option("--coder", metavar="default|rules|FILE", help=said("help.dataset.coder"))] = "default",
    workers: Annotated[int | None, typer.Option("--workers", metavar="N", help=said("help.dataset.workers"))] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help=said("help.dataset.scheduler"))] = None,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write all tables of many documents as a Parquet data set; a run that was stopped goes on where it was."""
    from policycompare.dataset.stream import write_dataset

    written, skipped = write_dataset(
        where(sources), out, taxonomy=taxonomy, coder=coder, workers=workers, scheduler=scheduler, max_bytes=max_bytes, progress=True
    )
    for reason in skipped["reason"]:
        typer.echo(fault(reason), err=True)
    left = said("dataset.left", n=f"{len(skipped):,}") if len(skipped) else ""
    typer.echo(said("dataset.done", out=out, documents=f"{len(written.plans):,}", parts=f"{len(written.parts):,}") + left)
    end(skipped)


@export.command("charts", help=said("help.charts"))
def charts(
    sources: Sources = None,
    out: Out = Path("out/charts"),
    taxonomy: TaxonomyName = "education",
    language: Language = "en",
    format: Annotated[str, typer.Option("--format", metavar="png,svg[,pdf,html]", help=said("help.formats"))] = "png,svg",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write every chart of the report, each with its rows as CSV and its caption as text."""
    from policycompare.export import FIGURE_FORMATS
    from policycompare.report import write_charts

    formats = formats_of(format, FIGURE_FORMATS)
    written = write_charts(
        where(sources), out=out, taxonomy=taxonomy, language=language, formats=formats, skip_bad=skip_bad, max_bytes=max_bytes
    )
    _list(written.paths)
    end(written.skipped)


@export.command("codings", help=said("help.codings"))
def codings(
    sources: Sources = None,
    out: Out = Path("out/codings"),
    taxonomy: TaxonomyName = "education",
    format: Annotated[str, typer.Option("--format", metavar="csv[,xlsx]", help=said("help.formats"))] = "csv",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write the codings with what they code."""
    import policycompare as pc
    from policycompare.export import CODING_WRITERS

    formats = formats_of(format, CODING_WRITERS)
    corpus = corpus_of(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    _list(pc.export.write_codings(corpus, pc.code(corpus, taxonomy=taxonomy), out, formats=formats, taxonomy=taxonomy))
    end(corpus.skipped)


@app.command("report", help=said("help.report"))
def report(
    sources: Sources = None,
    out: Out = Path("out"),
    taxonomy: TaxonomyName = "education",
    language: Language = "en",
    format: Annotated[str, typer.Option("--format", metavar="html[,pdf,docx]", help=said("help.formats"))] = "html",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write the report with its tables and charts."""
    from policycompare.report import FORMATS, write_report

    formats = formats_of(format, FORMATS)
    written = write_report(
        where(sources), out=out, taxonomy=taxonomy, language=language, formats=formats, skip_bad=skip_bad, max_bytes=max_bytes
    )
    _list(written.paths)
    end(written.skipped)


@app.command("verify", help=said("help.verify"))
def verify(file: Annotated[Path, typer.Argument(parser=place, metavar="REPORT", help=said("help.verify.file"))]) -> None:
    """Make a report again and compare; exit status 1 if anything differs."""
    from policycompare.report import verify_report

    differ = verify_report(file)
    for line in differ:
        typer.echo(line, err=True)
    if differ:
        raise typer.Exit(1)
    typer.echo(said("verify.equal", file=file))


@app.command("store", help=said("help.store"))
def store_outputs(
    notebooks: Annotated[list[Path], typer.Argument(parser=place, metavar="NOTEBOOK…", help=said("help.store.notebooks"))],
) -> None:
    """Run notebooks and store their outputs in them."""
    from policycompare.page.notebook import store

    for notebook in notebooks:
        store(notebook)
        typer.echo(notebook)


def _list(paths: Iterable[Path]) -> None:
    for path in paths:
        typer.echo(path)
