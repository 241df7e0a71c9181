"""A study of one's own: make it, bring plans in, look it over."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from policycompare.cli.options import MaxBytes, SkipBad, TaxonomyName, command, end, place
from policycompare.messages import fault, said
from policycompare.reading import MAX_BYTES
from policycompare.schema import GENRES, LEVELS

app = typer.Typer()
Known = Annotated[str | None, typer.Option(metavar="TEXT", help=said("help.known"))]


@app.command("init", help=said("help.init"))
def init(study: Annotated[Path, typer.Argument(parser=place, metavar="STUDY", help=said("help.init.study"))]) -> None:
    """Make a study: plans.csv, plans/ and notebooks that run on it."""
    from policycompare.corpus.study import init as make

    typer.echo(said("init.done", study=shlex.quote(str(make(study))), command=command()))


@app.command("add", help=said("help.add"))
def add(
    files: Annotated[list[Path], typer.Argument(parser=place, metavar="FILE…", help=said("help.add.files"))],
    study: Annotated[Path, typer.Option("--study", parser=place, metavar="DIR", help=said("help.add.study"))] = Path(),
    plan: Annotated[str, typer.Option("--id", help=said("help.add.id"))] = "",
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
    source: Annotated[str | None, typer.Option(help=said("help.add.source"))] = None,
    skip_bad: SkipBad = False,
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Bring plans into a study; what is not given is guessed from the text and marked as guessed."""
    from policycompare.corpus.study import add as bring

    known = {
        "title": title, "region": region, "region_en": region_en, "level": level, "province": province, "year": year, "issued": issued,
        "doc_number": doc_number, "publisher": publisher, "genre": genre, "source": source,
    }  # fmt: skip
    added = bring(
        study, files, plan=plan, skip_bad=skip_bad, max_bytes=max_bytes, **{key: value for key, value in known.items() if value is not None}
    )
    for row in added.plans.to_dict("records"):
        guessed = "; ".join(f"{name} {row[name]}" for name in row["guessed"].split(";") if name)
        typer.echo(f"{row['plan']}: {row['file']}" + (said("add.guessed", guessed=guessed) if guessed else ""))
    for reason in added.skipped["reason"]:
        typer.echo(fault(reason), err=True)
    end(added.skipped)


@app.command("import", help=said("help.import"))
def import_corrections(
    file: Annotated[Path, typer.Argument(parser=place, metavar="FILE", help=said("help.import.file"))],
    study: Annotated[Path, typer.Option("--study", parser=place, metavar="DIR", help=said("help.add.study"))] = Path(),
    taxonomy: TaxonomyName = "education",
    who: Annotated[str, typer.Option("--who", metavar="NAME", help=said("help.import.who"))] = "",
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Take corrections from NVivo, MAXQDA, QualCoder or ATLAS.ti over into the study's overrides.csv; print what changed."""
    from policycompare import qda

    if file.suffix.lower() == ".qdc":
        codes = qda.read_codebook(file, taxonomy=taxonomy, max_bytes=max_bytes)
        new = codes.loc[codes["theme"] == "", "name"]
        typer.echo(said("import.codebook", file=file, n=len(codes), new=len(new)))
        for name in new:
            typer.echo(name)
        return
    found = qda.import_corrections(file, study, taxonomy=taxonomy, who=who, max_bytes=max_bytes)
    for note in found.notes:
        typer.echo(fault(note), err=True)
    for row in found.changes.to_dict("records"):
        told = ", ".join(filter(None, [row["who"], row["when"], row["why"]]))
        code = "/".join(filter(None, [row["theme"], row["subtheme"]]))
        values = {"code": code, "statement": row["statement"], "text": row["text"][:40]}
        line = said("import.add", **values) if row["action"] == "add" else said("import.remove", **values)
        typer.echo(line + (said("import.told", told=told) if told else ""))
    n = len(found.changes)
    typer.echo(said("import.written", table=study / "overrides.csv", n=n) if n else said("import.nothing", file=file))


@app.command("check", help=said("help.check"))
def check(
    study: Annotated[Path, typer.Argument(parser=place, metavar="[STUDY]", help=said("help.check.study"))] = Path(),
    max_bytes: MaxBytes = MAX_BYTES,
) -> None:
    """Report everything that is wrong with a study, at once; exit status 2 if it does not load."""
    from policycompare.corpus.study import check as look

    findings = look(study, max_bytes=max_bytes)
    for row in findings.itertuples():
        typer.echo(said("check.line", grade=said(f"check.{row.grade}"), finding=fault(str(row.finding))), err=True)
    if (findings["grade"] == "error").any():
        raise typer.Exit(2)
    typer.echo(said("check.warned" if len(findings) else "check.clean", study=study, n=len(findings)))
