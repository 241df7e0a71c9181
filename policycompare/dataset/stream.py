"""Any number of documents → a data set, in batches over processes or a cluster, with the memory of a few batches.

Caveat: a document is known by its id and the hash of its bytes. One that is in the data set already is not read again by a later run, and one
whose text changed replaces its former self; what ``plans.csv`` says of it is brought up to date; what a later run does not name stays.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from policycompare import __version__
from policycompare.coding.coding import code
from policycompare.corpus.corpus import Corpus, corpus_of, source_for, stated
from policycompare.corpus.manifest import Bad, Entry, entries, places_of, read_overrides
from policycompare.dataset.dataset import Dataset, parquet
from policycompare.dataset.engines import LostWorkerError, check_engine, results
from policycompare.dataset.parts import drop_plans, finished, part_name, put_part, put_tables, restated, writing
from policycompare.dataset.units import places, unit_counts
from policycompare.paths import data_path
from policycompare.reading import MAX_BYTES, Source, file_bytes
from policycompare.schema import PolicyCompareError, SourceError, frame
from policycompare.targets.targets import find_targets
from policycompare.taxonomy.taxonomy import Taxonomy, load_taxonomy, taxonomy_hash

#: Bytes of documents that make a part: a sixteenth of all, within these bounds. A run that is stopped loses what was under way.
LEAST_BYTES, MOST_BYTES = 250_000, 4_000_000
#: Bytes of .txt files that are worked on before other processes would be ready for them.
_SOON_DONE = 4_000_000


@dataclass(frozen=True)
class Document:
    """A plan's bytes, on their way to a worker; ``refused`` says why they shall not be read."""

    entry: Entry
    data: bytes = field(repr=False)
    digest: str
    refused: str = ""


@dataclass(frozen=True)
class Settings:
    """What a worker needs to know beside the documents; the taxonomy is pickled once, not with every batch."""

    taxonomy: bytes
    coder: str
    max_bytes: int


def write_dataset(
    where: str | Path | Sequence[str | Path] | None,
    out: str | Path,
    *,
    taxonomy: str | Path | Taxonomy = "education",
    coder: str = "default",
    workers: int | None = None,
    scheduler: str | None = None,
    batch_bytes: int | None = None,
    max_bytes: int = MAX_BYTES,
    progress: bool = False,
) -> tuple[Dataset, pd.DataFrame]:
    """Load, outline and code documents and find their targets, as a stream into a data set.

    Parameters
    ----------
    where
        As for :func:`policycompare.load_corpus`.
    out
        The data set's folder: new, or one to go on with.
    taxonomy, coder
        As for :func:`policycompare.code`; a coder of one's own must be a model's path, readable where the workers are.
    workers
        Processes; None is one a processor, or this one alone for less than 4 MB of .txt files: other processes would be ready too late.
    scheduler
        The address of a Dask scheduler to hand the batches to, instead of processes of this machine. Documents and results travel with
        the messages: the workers need no folder in common.
    batch_bytes
        Bytes of documents that make a part; by default a sixteenth of all, at least 250,000 and at most 4,000,000. Memory grows with it, and with
        the number of workers; a run that is stopped loses the parts that were under way.
    max_bytes
        The largest file that is read.
    progress
        Show a bar with rate and time left.

    Returns
    -------
    Dataset
        All finished parts.
    DataFrame
        The documents of this call that could not be read: ``plan, file, reason``.

    Raises
    ------
    PolicyCompareError
        Nothing can be read, the data set is in use or was made with other settings, the disk is full, or the scheduler is lost. What was
        finished is kept: the same call goes on from there.

    Examples
    --------
    >>> import tempfile, policycompare as pc
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     dataset, skipped = pc.write_dataset(None, folder, workers=1)
    ...     len(dataset.plans), len(dataset.parts), len(skipped)
    (5, 1, 0)
    """
    check_engine(workers=workers, scheduler=scheduler)
    if max_bytes < 1:
        raise PolicyCompareError(f"max_bytes must be 1 or more; got {max_bytes}.")
    loaded = load_taxonomy(taxonomy)
    where = data_path("plans") if where is None else where
    places = places_of(where)
    listed, bad = entries(places)
    if not listed:
        raise SourceError(*dict.fromkeys(one.reason for one in bad), f"{where}: holds no plan that can be read; add one.")
    if len(read_overrides(places)):
        raise PolicyCompareError(
            f"{where}: has overrides.csv, and a data set holds the coder's codings alone; name its folder plans/ instead."
        )
    settings = Settings(pickle.dumps(loaded), coder, max_bytes)
    with writing(out, _fingerprint(loaded, coder)) as dataset:
        run = _Run(dataset, listed, max_bytes=max_bytes, batch_bytes=batch_bytes)
        if workers is None and run.soon_done:
            workers = 1
        bar = _bar(run, progress=progress)
        try:
            lost = []
            for batch, made in results(partial(work, settings=settings), run.batches(bar), workers=workers, scheduler=scheduler):
                if isinstance(made, LostWorkerError):
                    lost.append(batch)
                else:
                    run.put(*made)
                    bar.update(sum(len(one.data) for one in batch))
            for batch in lost:
                alone = results(partial(work, settings=settings), [(one,) for one in batch], workers=2, scheduler=scheduler)
                fatal = {one[0].digest for one, made in alone if isinstance(made, LostWorkerError)}
                run.put(*work(tuple(_refused(one) if one.digest in fatal else one for one in batch), settings=settings))
            for name, replaced in run.stale.items():
                drop_plans(dataset, name, replaced)
            for part, plans in restated(run.older, {entry.plan: stated(entry) for entry in listed if entry.row}):
                corpus = replace(Dataset(dataset.path, dataset.settings).select(plans["plan"]), plans=plans)
                put_tables(part, {"targets": find_targets(corpus), "plans": plans})  # a year in words counts from the plan's
        except OSError as error:
            raise PolicyCompareError(
                f"{dataset.path}: cannot be written ({error.strerror or error}); {len(dataset.parts)} finished parts are kept: make room, then call again."
            ) from None
        finally:
            bar.close()
        if not dataset.parts:
            raise SourceError(*dict.fromkeys(one.reason for one in (*bad, *run.unread)))
        skipped = dataset.skipped
        mine = skipped[skipped["plan"].isin({entry.plan for entry in listed})]
        unread = frame("skipped", [asdict(one) for one in (*bad, *run.unread)])
        return dataset, pd.concat([unread, mine[list(unread)]], ignore_index=True)


def work(batch: tuple[Document, ...], *, settings: Settings) -> tuple[str, dict[str, bytes]]:
    """One batch, anywhere: documents in, the part's name and its tables as Parquet files out."""
    read: list[tuple[Entry, Source]] = []
    bad: list[tuple[Document, str]] = []
    for one in batch:
        try:
            if one.refused:
                raise SourceError(one.refused)
            read.append((one.entry, source_for(one.entry, one.data, max_bytes=settings.max_bytes)))
        except SourceError as error:
            bad.append((one, str(error)))
        except Exception as error:  # one document never stops the others
            bad.append((one, _failed(one.entry, error)))
    digests = {one.entry.plan: one for one in batch}
    found, failed = _tables(read, _unpickled(settings.taxonomy), settings.coder)
    bad += [(digests[entry.plan], reason) for entry, reason in failed]
    rows = [{**asdict(Bad(one.entry.plan, str(one.entry.path), why)), "sha256": one.digest} for one, why in bad]
    found["skipped"] = pd.DataFrame(rows, columns=[*frame("skipped"), "sha256"]).astype("str")
    return part_name((one.entry.plan, one.digest) for one in batch), {name: parquet(table) for name, table in found.items()}


@lru_cache(maxsize=1)
def _unpickled(taxonomy: bytes) -> Taxonomy:
    loaded: Taxonomy = pickle.loads(taxonomy)  # noqa: S301  from this very program
    return loaded


def _tables(read: list[tuple[Entry, Source]], taxonomy: Taxonomy, coder: str) -> tuple[dict[str, pd.DataFrame], list[tuple[Entry, str]]]:
    """All tables of some documents; where something fails that should not, halves are tried until the document is found."""
    try:
        return _analysed(corpus_of(read), taxonomy, coder), []
    except Exception as error:
        if len(read) == 1:
            return _analysed(corpus_of([]), taxonomy, coder), [(read[0][0], _failed(read[0][0], error))]
        if not read:
            raise
    half = len(read) // 2
    (first, failed), (second, failed_too) = (_tables(part, taxonomy, coder) for part in (read[:half], read[half:]))
    return {name: pd.concat([first[name], second[name]], ignore_index=True) for name in first}, failed + failed_too


def _analysed(corpus: Corpus, taxonomy: Taxonomy, coder: str) -> dict[str, pd.DataFrame]:
    codings = code(corpus, taxonomy=taxonomy, coder=coder)
    at = places(codings["statement"], corpus.statements["statement"])
    return {
        **corpus.tables,
        "codings": codings.assign(plan=corpus.statements["plan"].array.take(at)),
        "targets": find_targets(corpus),
        "units": unit_counts(corpus.statements, codings),
        "repairs": corpus.repairs,
        "sources": pd.DataFrame({"plan": list(corpus.sources), "text": list(corpus.sources.values())}, dtype="str"),
    }


def _failed(entry: Entry, error: Exception) -> str:
    return f"{entry.path}: the program failed on it ({type(error).__name__}: {error}); please report it with the file."


def _refused(document: Document) -> Document:
    why = f"{document.entry.path}: the worker that read it died, twice; it may need more memory than there is. Split it, or leave it out."
    return Document(document.entry, b"", document.digest, why)


def _fingerprint(taxonomy: Taxonomy, coder: str) -> dict[str, Any]:
    model = data_path("model", "coder.npz") if coder == "default" else Path(coder)
    return {
        "policycompare": __version__,
        "taxonomy": taxonomy.name,
        "themes": [theme.id for theme in taxonomy.reported],
        "taxonomy_sha256": taxonomy_hash(taxonomy),
        "coder": coder,
        "coder_sha256": sha256(model.read_bytes()).hexdigest() if model.is_file() else "",
    }


class _Run:
    """One call's way through its documents: which are done, which cannot be read, which have replaced an older text."""

    def __init__(self, dataset: Dataset, listed: list[Entry], *, max_bytes: int, batch_bytes: int | None) -> None:
        self.dataset, self.listed, self.max_bytes = dataset, listed, max_bytes
        self.bytes = sum(entry.path.stat().st_size for entry in listed if entry.path.is_file())
        self.soon_done = self.bytes < _SOON_DONE and all(entry.path.suffix.lower() == ".txt" for entry in listed)
        self.batch_bytes = batch_bytes or min(max(self.bytes // 16, LEAST_BYTES), MOST_BYTES)
        self.done = finished(dataset)
        self.unread: list[Bad] = []
        self.stale: dict[str, set[str]] = {}
        self.own_parts: set[str] = set()

    def put(self, name: str, files: dict[str, bytes]) -> None:
        """Put a part that this call has made in place."""
        put_part(self.dataset, name, files)
        self.own_parts.add(name)

    @property
    def older(self) -> list[Path]:
        """The parts that earlier calls made."""
        return [part for part in self.dataset.parts if part.name not in self.own_parts]

    def batches(self, bar: Any) -> Iterator[tuple[Document, ...]]:
        """The documents still to do. Batches are cut by the sizes of *all* documents, so a run that goes on cuts where the first one cut."""
        batch: list[Document] = []
        before = 0
        for entry in self.listed:
            try:
                data = file_bytes(entry.path, max_bytes=self.max_bytes)
            except SourceError as error:
                self.unread.append(Bad(entry.plan, str(entry.path), str(error)))
                continue
            if batch and before // self.batch_bytes != (before + len(data)) // self.batch_bytes:
                yield tuple(batch)
                batch = []
            before += len(data)
            digest = sha256(data).hexdigest()
            parts = self.done.get(entry.plan, {})
            for other in set(parts) - {digest}:
                self.stale.setdefault(parts[other], set()).add(entry.plan)
            if digest in parts:
                bar.update(len(data))
            else:
                batch.append(Document(entry, data, digest))
        if batch:
            yield tuple(batch)


def _bar(run: _Run, *, progress: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=run.bytes, unit="B", unit_scale=True, disable=not progress)
