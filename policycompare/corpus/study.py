"""A study: a folder with ``plans.csv``, the source texts in ``plans/`` and notebooks that run on them.

Caveat: what a plan's text is, is settled when the plan is brought in. :func:`add` keeps the text that was read, not the
original file, so that offsets and ids hold for good; what reading changed is kept beside it in ``repairs.csv``.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare.corpus.corpus import load_corpus
from policycompare.corpus.guess import guess
from policycompare.corpus.manifest import MANIFEST, REPAIRS, Bad, bad_id, read_table
from policycompare.corpus.overrides import override_faults
from policycompare.corpus.saving import as_csv, put_file, put_files
from policycompare.outline.outline import outline
from policycompare.paths import notebook_path
from policycompare.reading import MAX_BYTES, read_source
from policycompare.schema import TABLES, PolicyCompareError, PolicyCompareWarning, SourceError, TableError, faults, frame
from policycompare.schema import check as checked

COLUMNS = tuple(TABLES["manifest"])
_OWN = ("plan", "file", "guessed", "sha256")
_NOTE = "*Copied by `policycompare init`: the numbers are your study's as soon as the cells have run; words about the five packaged plans are not.*"


@dataclass(frozen=True)
class Added:
    """What :func:`add` did: the rows that it wrote to ``plans.csv``, and the files that it left out, with the reasons."""

    plans: pd.DataFrame
    skipped: pd.DataFrame


def init(directory: str | Path, *, notebooks: bool = True) -> Path:
    """Make an empty study.

    Parameters
    ----------
    directory
        The study's folder; it may exist, but holds no study yet.
    notebooks
        Whether to copy the notebooks, set to run on the study, without their outputs.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SourceError
        The folder is a study already, or cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = init(Path(folder) / "my-study", notebooks=False)
    ...     sorted(path.name for path in study.iterdir())
    ['plans', 'plans.csv']
    """
    directory = Path(directory)
    if (directory / MANIFEST).exists():
        raise SourceError(f"{directory}: is a study already; bring plans in with `policycompare add`, or name another folder.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "plans").mkdir(exist_ok=True)
        if notebooks:
            (directory / "notebooks").mkdir(exist_ok=True)
            for path in sorted(notebook_path().glob("*.ipynb")):
                target = directory / "notebooks" / path.name
                if not target.exists():
                    put_file(target, _for_study(path.read_text(encoding="utf-8")).encode())
        # The manifest comes last: a folder without one is no study yet.
        put_file(directory / MANIFEST, as_csv(pd.DataFrame(columns=list(COLUMNS))))
    except OSError as error:
        raise SourceError(f"{directory}: cannot be made a study ({error}); name a folder that you may write to.") from None
    return directory


def add(
    directory: str | Path,
    files: str | Path | Iterable[str | Path],
    *,
    plan: str = "",
    skip_bad: bool = False,
    max_bytes: int = MAX_BYTES,
    **known: Any,
) -> Added:
    """Bring plans into a study: all of the files, or with a fault in any of them none.

    Parameters
    ----------
    directory
        The study.
    files
        One or several .txt, .html, .docx or .pdf files.
    plan
        The plan's id, for a single file; the file's stem unless given.
    skip_bad
        Leave out files that cannot be read instead of refusing all.
    max_bytes
        The largest file that is read.
    **known
        What is known of all of these plans, by the manifest's columns: ``region``, ``year``, ``level``… What is not
        given is guessed from the text and listed in the column ``guessed``.

    Returns
    -------
    Added
        The new rows of ``plans.csv`` and what was left out.

    Raises
    ------
    PolicyCompareError
        Names every file that cannot be read and every id that is taken; the study is as it was before.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = init(Path(folder) / "my-study", notebooks=False)
    ...     _ = (Path(folder) / "north.txt").write_text("某县教育规划\\n一、加强党建。落实责任。", encoding="utf-8")
    ...     added = add(study, Path(folder) / "north.txt", region="某县", year=2024)
    ...     added.plans[["plan", "title", "region", "guessed"]].to_dict("records")
    [{'plan': 'north', 'title': '某县教育规划', 'region': '某县', 'guessed': 'title;genre'}]
    """
    directory = Path(directory)
    paths = [Path(files)] if isinstance(files, (str, Path)) else [Path(file) for file in files]
    manifest = _manifest(directory)
    if not (directory / "plans").resolve().is_relative_to(directory.resolve()):
        raise SourceError(f"{directory / 'plans'}: is a link out of the study; put a folder in its place.")
    _check_known(known, plan=plan, paths=paths)
    taken = {str(one).casefold(): f"{directory / MANIFEST}" for one in manifest["plan"]}
    digests = {str(one): str(plan) for one, plan in zip(manifest.get("sha256", []), manifest["plan"], strict=True) if one}
    rows, texts, repairs, bad = [], {}, [], []
    for path in sorted(dict.fromkeys(paths)):
        name = plan or path.stem
        try:
            row, text, changed = _bring(path, name, {column: str(value) for column, value in known.items() if value is not None}, max_bytes)
            if name.casefold() in taken:
                raise SourceError(
                    f"{path}: the id {name!r} is taken (by {taken[name.casefold()]}); rename the file, or give it another id."
                )
            if (directory / row["file"]).exists():
                raise SourceError(
                    f"{path}: {directory / row['file']} lies there already, without a row; move it away, or give the plan another id."
                )
        except SourceError as error:
            bad += [Bad(name, str(path), fault) for fault in error.faults]
            continue
        taken[name.casefold()] = str(path)
        if (twin := digests.setdefault(row["sha256"], name)) != name:
            warnings.warn(f"{path}: has the same text as the plan {twin}; leave one out.", PolicyCompareWarning, stacklevel=2)
        rows.append(row)
        texts[directory / row["file"]] = text.encode("utf-8")
        repairs += [{"plan": name, **repair} for repair in changed]
    if bad and not skip_bad:
        raise SourceError(*(one.reason for one in bad))
    if not rows:
        raise SourceError(*(one.reason for one in bad), f"{directory}: no file was brought in; name one that can be read.")
    new = pd.DataFrame(rows)
    kept = _kept_repairs(directory)
    put_files(
        {
            **texts,
            directory / REPAIRS: as_csv(pd.concat([kept, pd.DataFrame(repairs, columns=list(TABLES["repairs"]))])) if repairs else b"",
            directory / MANIFEST: as_csv(pd.concat([manifest, new]).fillna("")),
        }
    )
    return Added(frame("manifest", rows), frame("skipped", [asdict(one) for one in bad]))


def check(directory: str | Path, *, max_bytes: int = MAX_BYTES) -> pd.DataFrame:
    """Everything that is wrong with a study, or worth knowing, at once.

    Returns
    -------
    DataFrame
        One row a finding: ``grade`` (``error``: the study does not load; ``warning``: it does) and ``finding``. Empty
        for a study in order.

    Raises
    ------
    SourceError
        The folder is no study.

    Examples
    --------
    >>> from policycompare.paths import data_path
    >>> len(check(data_path("plans")))
    0
    """
    directory = Path(directory)
    _manifest_path(directory)
    errors: Sequence[str] = ()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", PolicyCompareWarning)
        try:
            errors = override_faults(load_corpus(directory, max_bytes=max_bytes))
        except PolicyCompareError as error:
            errors = error.faults
    told = [str(one.message) for one in said if issubclass(one.category, PolicyCompareWarning)]
    rows = [("error", fault) for fault in errors] + [("warning", fault) for fault in dict.fromkeys(told)]
    return pd.DataFrame(rows, columns=["grade", "finding"], dtype="str")


def _manifest_path(directory: Path) -> Path:
    if not (directory / MANIFEST).is_file():
        raise SourceError(f"{directory}: is no study: it has no {MANIFEST}; make one with `policycompare init {directory}`.")
    return directory / MANIFEST


def _manifest(directory: Path) -> pd.DataFrame:
    path = _manifest_path(directory)
    table = read_table(path)
    wrong = faults(table, "manifest", where=path)
    if wrong:
        raise TableError(*(message for _, message in wrong))
    return table


def _check_known(known: dict[str, Any], *, plan: str, paths: list[Path]) -> None:
    open_columns = [name for name in COLUMNS if name not in _OWN]
    unknown = [name for name in known if name not in open_columns]
    if unknown:
        raise PolicyCompareError(f"a plan has no column {', '.join(unknown)}; use {', '.join(open_columns)}.")
    if plan and len(paths) != 1:
        raise PolicyCompareError(
            f"an id can be given to a single file, not to {len(paths)}; bring them in one by one, or leave the id out."
        )
    row = {"plan": "x", "file": "x", **{name: value for name, value in known.items() if value is not None}}
    wrong = [message.partition(": ")[2] for _, message in faults(pd.DataFrame([row]), "manifest")]
    if wrong:
        raise PolicyCompareError(*wrong)


def _bring(path: Path, name: str, known: dict[str, str], max_bytes: int) -> tuple[dict[str, str], str, tuple[dict[str, Any], ...]]:
    """A plan's row, source text and repairs."""
    if bad_id(name):
        raise SourceError(f"{path}: {name!r} cannot be a plan's id; rename the file, or give it an id of letters, digits and hyphens.")
    source = read_source(path, max_bytes=max_bytes)
    found = {key: value for key, value in guess(source.text, outline(source.text, plan=name)).items() if value}
    guessed = [key for key in found.pop("guessed", "").split(";") if key and key not in known]
    row = {
        "source": path.name.lstrip("=+-@"),
        **found,
        **known,
        "plan": name,
        "file": f"plans/{name}.txt",
        "guessed": ";".join(guessed),
        "sha256": sha256(source.text.encode("utf-8")).hexdigest(),
    }
    return {column: row.get(column, "") for column in COLUMNS}, source.text, source.repairs


def _kept_repairs(directory: Path) -> pd.DataFrame:
    path = directory / REPAIRS
    return checked(read_table(path), "repairs", where=path) if path.is_file() else frame("repairs")


def _for_study(notebook: str) -> str:
    """A notebook that runs on the study that it lies in, without what it showed of the five plans."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            lines = "".join(cell["source"]).splitlines(keepends=True)
            cell["source"] = [
                'study = ".."  # the study that this notebook lies in\n' if line.startswith("study =") else line for line in lines
            ]
    note = {"cell_type": "markdown", "metadata": {}, "source": [_NOTE]}
    if content.get("nbformat_minor", 0) >= 5:
        note["id"] = "policycompare-init"
    content["cells"].insert(1, note)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
