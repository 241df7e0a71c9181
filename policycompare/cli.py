"""The command line: arguments only; every command is one call into the house.

Caveat: a fault that the user can mend ends with its message on stderr and exit status 2, without a traceback; outputs
are put in place whole, so a command that failed has changed nothing.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policycompare.reading import MAX_BYTES
from policycompare.schema import GENRES, LEVELS, PolicyCompareError, PolicyCompareWarning

if TYPE_CHECKING:
    import pandas as pd

    from policycompare.corpus import Corpus

app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help="Compare education plans.")


class Language(StrEnum):
    """Languages of labels and prose."""

    en = "en"
    zh = "zh"


class TableFormat(StrEnum):
    """File formats of tables."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


Sources = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[STUDY or FILES…]", help="A study folder, a folder of plans, or plan files. Default: the five plans."),
]
TaxonomyName = Annotated[str, typer.Option("--taxonomy", metavar="NAME|FILE", help="education, education-extended, or a YAML file.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Leave out what cannot be read, say so, and exit with status 1.")]
Known = Annotated[str | None, typer.Option(metavar="TEXT", help="As in plans.csv.")]
MaxBytes = Annotated[int, typer.Option("--max-bytes", metavar="N", help="The largest file that is read.")]


@app.command()
def tables(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the tables go.")] = Path("out/tables"),
    taxonomy: TaxonomyName = "education",
    format: Annotated[TableFormat, typer.Option("--format", help="File format.")] = TableFormat.csv,
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write plans, sections, measures, statements, codings, targets and coverage."""
    import policycompare as pc

    corpus = _corpus(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    written = pc.analyse(corpus, taxonomy=taxonomy)
    pc.export.write_tables(written, out, format=format.value)
    typer.echo(f"{out}: " + ", ".join(f"{name} {len(table)}" for name, table in written.items()))
    _end(corpus.skipped)


@app.command()
def dataset(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The data set: new, or one to go on with.")] = Path("out/dataset"),
    taxonomy: TaxonomyName = "education",
    coder: Annotated[str, typer.Option("--coder", metavar="default|rules|FILE", help="The coder.")] = "default",
    workers: Annotated[int | None, typer.Option("--workers", metavar="N", help="Processes; one a processor unless given.")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler to use instead.")] = None,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write all tables of many documents as a Parquet data set; a run that was stopped goes on where it was."""
    from policycompare.stream import write_dataset

    written, skipped = write_dataset(
        _where(sources), out, taxonomy=taxonomy, coder=coder, workers=workers, scheduler=scheduler, max_bytes=max_bytes, progress=True
    )
    for reason in skipped["reason"]:
        typer.echo(reason, err=True)
    typer.echo(
        f"{out}: {len(written.plans):,} documents in {len(written.parts):,} parts"
        + (f"; {len(skipped):,} left out" if len(skipped) else "")
    )
    _end(skipped)


@app.command()
def report(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the report goes.")] = Path("out"),
    taxonomy: TaxonomyName = "education",
    language: Annotated[Language, typer.Option("--language", help="Language of labels and prose.")] = Language.en,
    format: Annotated[str, typer.Option("--format", metavar="html[,pdf]", help="Formats, separated by commas.")] = "html",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Write report.html with its tables and charts."""
    from policycompare.report import write_report

    written = write_report(
        _where(sources),
        out=out,
        taxonomy=taxonomy,
        language=language.value,
        formats=format.split(","),
        skip_bad=skip_bad,
        max_bytes=max_bytes,
    )
    for path in written.paths:
        typer.echo(path)
    _end(written.skipped)


@app.command()
def verify(file: Annotated[Path, typer.Argument(metavar="REPORT", help="A report.html.")]) -> None:
    """Make a report again and compare; exit status 1 if anything differs."""
    from policycompare.report import verify_report

    differ = verify_report(file)
    for line in differ:
        typer.echo(line, err=True)
    if differ:
        raise typer.Exit(1)
    typer.echo(f"{file}: equal, byte for byte")


@app.command()
def evaluate(
    sources: Sources = None,
    gold: Annotated[Path | None, typer.Option("--gold", metavar="FOLDER|SHEET", help="A gold coding or a hand-coded sheet.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the tables go.")] = Path("out/reliability"),
    taxonomy: TaxonomyName = "education",
    coder: Annotated[str, typer.Option("--coder", metavar="default|rules|FILE", help="The coder to judge.")] = "default",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Judge the coder against a gold coding or a hand-coded sheet."""
    import policycompare as pc

    corpus = _corpus(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    codings = pc.code(corpus, taxonomy=taxonomy, coder=coder, overrides=False)
    if gold is not None and gold.suffix in {".csv", ".xlsx"} and gold.name != "statements.csv":
        second = pc.read_sample(gold, corpus, taxonomy=taxonomy)
        found = pc.evaluate(corpus, codings, second, among=second.attrs["statements"])
    else:
        found = pc.evaluate(corpus, codings, pc.reliability.load_gold(gold))
    pc.export.write_tables(found, out)
    typer.echo(found["agreement"][["theme", "precision", "recall", "f1", "f1_low", "f1_high", "alpha"]].round(3).to_string(index=False))
    _end(corpus.skipped)


@app.command()
def sample(
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The sheet, .csv or .xlsx.")] = Path("sample.xlsx"),
    n: Annotated[int, typer.Option("-n", help="Statements to draw.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw.")] = 0,
    taxonomy: TaxonomyName = "education",
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Draw a stratified sheet of statements to code by hand."""
    import policycompare as pc

    corpus = _corpus(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    pc.write_sample(pc.draw_sample(corpus, pc.code(corpus, taxonomy=taxonomy, overrides=False), n=n, seed=seed), out)
    typer.echo(out)
    _end(corpus.skipped)


@app.command("diff-taxonomy")
def diff_taxonomies(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A taxonomy's name or file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another.")],
    sources: Sources = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where the tables go.")] = Path("out/taxonomy-change"),
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Say which statements change code, and which shares move, from one taxonomy to another."""
    import policycompare as pc

    corpus = _corpus(sources, skip_bad=skip_bad, max_bytes=max_bytes)
    statements, shares = pc.diff_taxonomy(corpus, old, new)
    pc.export.write_tables({"statements_changed": statements, "shares_moved": shares}, out)
    typer.echo(f"{len(statements)} codes change, {len(shares)} shares move: {out}")
    _end(corpus.skipped)


@app.command("fit-coder")
def fit_coder(
    folders: Annotated[list[Path], typer.Argument(metavar="GOLD_FOLDER…", help="Folders with a statements.csv.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The model, .npz.")] = Path("coder.npz"),
) -> None:
    """Fit the learned coder on gold codings; write it with its card and what it got wrong."""
    from policycompare.card import write_fit
    from policycompare.fitting import fit_model

    for path in write_fit(fit_model(folders), out):
        typer.echo(path)


@app.command("store")
def store_outputs(notebooks: Annotated[list[Path], typer.Argument(metavar="NOTEBOOK…", help="Notebooks to run again.")]) -> None:
    """Run notebooks and store their outputs in them."""
    from policycompare.report import store

    for notebook in notebooks:
        store(notebook)
        typer.echo(notebook)


@app.command()
def init(study: Annotated[Path, typer.Argument(metavar="STUDY", help="The folder to make.")]) -> None:
    """Make a study: plans.csv, plans/ and notebooks that run on it."""
    from policycompare.study import init as make

    typer.echo(f"{make(study)}: is a study now; go there and bring plans in with: policycompare add FILE…")


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=".txt, .html, .docx or .pdf files, a plan each.")],
    study: Annotated[Path, typer.Option("--study", metavar="DIR", help="The study; the current folder unless given.")] = Path(),
    plan: Annotated[str, typer.Option("--id", help="The plan's id, for a single file; else the file's name without its ending.")] = "",
    title: Known = None,
    region: Known = None,
    region_en: Known = None,
    level: Annotated[str | None, typer.Option(metavar="|".join(LEVELS))] = None,
    province: Known = None,
    year: Annotated[int | None, typer.Option(metavar="YYYY")] = None,
    issued: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")] = None,
    doc_number: Known = None,
    publisher: Known = None,
    genre: Annotated[str | None, typer.Option(metavar="|".join(GENRES))] = None,
    source: Annotated[str | None, typer.Option(help="Where the plan was found, such as its address.")] = None,
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Bring plans into a study; what is not given is guessed from the text and marked as guessed."""
    from policycompare.study import add as bring

    known = {
        "title": title, "region": region, "region_en": region_en, "level": level, "province": province, "year": year, "issued": issued,
        "doc_number": doc_number, "publisher": publisher, "genre": genre, "source": source,
    }  # fmt: skip
    added = bring(
        study, files, plan=plan, skip_bad=skip_bad, max_bytes=max_bytes, **{key: value for key, value in known.items() if value is not None}
    )
    for row in added.plans.to_dict("records"):
        guessed = "; ".join(f"{name} {row[name]}" for name in row["guessed"].split(";") if name)
        typer.echo(f"{row['plan']}: {row['file']}" + (f" (guessed: {guessed})" if guessed else ""))
    for reason in added.skipped["reason"]:
        typer.echo(reason, err=True)
    _end(added.skipped)


@app.command()
def check(
    study: Annotated[Path, typer.Argument(metavar="[STUDY]", help="The study; the current folder unless given.")] = Path(),
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Report everything that is wrong with a study, at once; exit status 2 if it does not load."""
    from policycompare.study import check as look

    findings = look(study, max_bytes=max_bytes)
    for row in findings.itertuples():
        typer.echo(f"{row.grade}: {row.finding}", err=True)
    if (findings["grade"] == "error").any():
        raise typer.Exit(2)
    typer.echo(f"{study}: loads" + (f", with {len(findings)} warnings" if len(findings) else " without a fault"))


def _corpus(sources: list[Path] | None, *, skip_bad: bool, max_bytes: int) -> Corpus:
    from policycompare.corpus import load_corpus

    return load_corpus(_where(sources), skip_bad=skip_bad, max_bytes=max_bytes)


def _where(sources: list[Path] | None) -> Path | list[Path] | None:
    """One study, folder or file; several files; or nothing, for the five plans."""
    return sources[0] if sources and len(sources) == 1 else sources or None


def _end(skipped: pd.DataFrame) -> None:
    """Exit status 1 where something was left out; what it was has been said."""
    if len(skipped):
        raise typer.Exit(1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; faults that the user can mend end in a message and exit status 2."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", PolicyCompareWarning)
            warnings.showwarning = _warn
            app(arguments)
    except PolicyCompareError as error:
        _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}; nothing was put in place.")
    except KeyboardInterrupt:
        _fail("stopped; nothing was put in place.", status=130)


def _warn(message: Warning | str, *_where: object, **_named: object) -> None:
    print(message, file=sys.stderr)


def _fail(message: str, *, status: int = 2) -> None:
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(status)
