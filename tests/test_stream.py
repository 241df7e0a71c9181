"""Streams of documents: the same rows however they were worked on, and nothing finished is ever lost or counted twice."""

import os
import shutil
import signal
from pathlib import Path

import pandas as pd
import pytest

import policycompare as pc
from policycompare.dataset import stream
from policycompare.dataset.dataset import PARTS
from policycompare.dataset.engines import LostWorkerError, results
from policycompare.dataset.parts import finished
from policycompare.schema import PolicyCompareError

SMALL = 3000  # bytes a part


@pytest.fixture
def folder(tmp_path):
    """Eight documents: some measures of each packaged plan."""
    place = tmp_path / "documents"
    place.mkdir()
    for number, (plan, measures) in enumerate(pc.load_corpus().measures.groupby("plan")):
        for half in (0, 1):
            texts = [text for text in measures["text"].tolist()[half::2] if len(text) > 40][:8]
            (place / f"{plan}-{half}.txt").write_text(f"{number}县教育工作要点\n一、重点任务\n" + "\n".join(texts), encoding="utf-8")
    return place


def rows(dataset, table):
    found = dataset.relation(table).df()
    return found.sort_values(
        [name for name in ("plan", "start", "end", "unit", "theme", "subtheme", "low") if name in found], ignore_index=True
    )


def files(dataset):
    return {str(file.relative_to(dataset.path)): file.read_bytes() for file in sorted(dataset.path.rglob("*.parquet"))}


def test_a_stream_gives_what_the_corpus_gives(folder, tmp_path):
    dataset, skipped = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert len(dataset.parts) > 2 and skipped.empty
    corpus = pc.load_corpus(folder)
    expected = {**corpus.tables, "codings": pc.code(corpus), "targets": pc.find_targets(corpus), "repairs": corpus.repairs}
    plans = sorted(corpus.sources)
    chosen = dataset.select(plans)
    for table in ("plans", "sections", "measures", "statements", "repairs"):
        pd.testing.assert_frame_equal(getattr(chosen, table), expected[table], check_like=False)
    assert chosen.sources == corpus.sources
    by = ["statement", "theme", "subtheme"]
    pd.testing.assert_frame_equal(
        dataset.codings(plans).sort_values(by, ignore_index=True), expected["codings"].sort_values(by, ignore_index=True)
    )
    assert len(rows(dataset, "targets")) == len(expected["targets"])


def test_processes_and_a_cluster_write_the_same_bytes(folder, tmp_path):
    from distributed import Client, LocalCluster

    one, _ = pc.write_dataset(folder, tmp_path / "one", workers=1, batch_bytes=SMALL)
    two, _ = pc.write_dataset(folder, tmp_path / "two", workers=2, batch_bytes=SMALL)
    with (
        LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp") as cluster,
        Client(cluster),
    ):
        three, _ = pc.write_dataset(folder, tmp_path / "three", scheduler=cluster.scheduler_address, batch_bytes=SMALL)
    assert files(one) == files(two) == files(three)


@pytest.mark.parametrize(("name", "workers"), [("page.txt", 1), ("page.html", None)], ids=["texts", "pages"])
def test_few_texts_start_no_process(folder, tmp_path, monkeypatch, name, workers):
    asked = []

    def here(work, batches, *, workers, scheduler):
        asked.append(workers)
        return results(work, batches, workers=1)

    monkeypatch.setattr(stream, "results", here)
    (folder / name).write_text("<html><p>某县教育工作要点</p><p>落实安全责任。</p></html>", encoding="utf-8")
    pc.write_dataset(folder, tmp_path / "out")
    assert asked == [workers]


def test_a_run_that_was_stopped_goes_on_where_it_was(folder, tmp_path, monkeypatch):
    whole, _ = pc.write_dataset(folder, tmp_path / "whole", workers=1, batch_bytes=SMALL)
    put, seen = stream.put_part, []

    def stopped(dataset, name, content):
        if len(seen) == 2:
            (dataset.path / "parts" / ".making-half").mkdir()  # what a killed run leaves
            raise KeyboardInterrupt
        seen.append(name)
        put(dataset, name, content)

    monkeypatch.setattr(stream, "put_part", stopped)
    with pytest.raises(KeyboardInterrupt):
        pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    kept = {part: part.stat().st_mtime_ns for part in pc.open_dataset(tmp_path / "out").parts}
    assert len(kept) == 2
    monkeypatch.setattr(stream, "put_part", put)
    again, _ = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert files(again) == files(whole)
    assert {part: part.stat().st_mtime_ns for part in kept} == kept


def test_more_documents_do_not_redo_the_others_and_a_changed_one_replaces_itself(folder, tmp_path):
    first, _ = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    before = files(first)
    (folder / "new.txt").write_text("某县教育规划\n一、加强师德师风建设。\n二、完善校园安全制度。", encoding="utf-8")
    more, _ = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert before.items() < files(more).items() and "new" in set(more.plans["plan"])
    (folder / "jining-0.txt").write_text("某市教育规划\n一、保障教育经费投入。", encoding="utf-8")
    changed, _ = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert changed.plans["plan"].is_unique and set(changed.plans["plan"]) == set(more.plans["plan"])
    for table in PARTS:
        assert set(changed.relation(table).df()["plan"]) <= set(changed.plans["plan"])
    assert changed.select("jining-0").statements["text"].tolist() == ["某市教育规划", "一、保障教育经费投入。"]
    assert {len(digests) for digests in finished(changed).values()} == {1}


def test_one_bad_document_is_listed_and_stops_nothing(folder, tmp_path, monkeypatch):
    (folder / "bad.docx").write_bytes(b"PK\x03\x04 and nothing more")
    (folder / "empty.txt").write_bytes(b"")
    monkeypatch.setattr(stream, "find_targets", _fails_on_jining)
    dataset, skipped = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert sorted(skipped["plan"]) == ["bad", "empty", "jining-0", "jining-1"]
    assert skipped["reason"].str.contains("bad.docx|is empty|RuntimeError: made to fail").all()
    assert len(dataset.plans) == 8
    again, skipped_again = pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    pd.testing.assert_frame_equal(skipped, skipped_again)
    assert len(again.parts) == len(dataset.parts)


def _fails_on_jining(corpus):
    if any(plan.startswith("jining") for plan in corpus.sources):
        raise RuntimeError("made to fail")
    return pc.find_targets(corpus)


def _dies_on(batch):
    if "die" in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return len(batch)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_worker_that_dies_takes_only_its_batch_with_it():
    found = dict(results(_dies_on, ["a", "die", "bb", "ccc"], workers=2))
    assert isinstance(found.pop("die"), LostWorkerError)
    assert found == {"a": 1, "bb": 2, "ccc": 3}


def test_a_full_disk_is_told_and_keeps_what_was_finished(folder, tmp_path, monkeypatch):
    write, written = Path.write_bytes, []

    def full(path, content):
        written.append(path)
        if len(written) > len(PARTS) + 3:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(PolicyCompareError, match=r"No space left.*1 finished parts are kept: make room"):
        pc.write_dataset(folder, tmp_path / "out", workers=1, batch_bytes=SMALL)
    assert [part.name[:5] for part in (tmp_path / "out" / "parts").iterdir()] == ["part-"]


def test_two_runs_other_settings_and_foreign_folders_are_refused(folder, tmp_path):
    out = tmp_path / "out"
    from policycompare.dataset.parts import writing

    with writing(out, {}), pytest.raises(PolicyCompareError, match="another run is writing"):
        pc.write_dataset(folder, out, workers=1)
    shutil.rmtree(out)
    pc.write_dataset(folder, out, workers=1)
    with pytest.raises(PolicyCompareError, match=r"was made with coder 'default' \(now 'rules'\)"):
        pc.write_dataset(folder, out, workers=1, coder="rules")
    with pytest.raises(PolicyCompareError, match="is there and no data set"):
        pc.write_dataset(folder, folder, workers=1)
    with pytest.raises(PolicyCompareError, match="is no data set"):
        pc.open_dataset(folder)
    with pytest.raises(PolicyCompareError, match="workers must be 1 or more; got 0"):
        pc.write_dataset(folder, tmp_path / "none", workers=0)
    import dask

    with pytest.raises(PolicyCompareError, match="cannot be reached"), dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        list(results(len, ["a"], scheduler="nowhere:1"))
    with pytest.raises(PolicyCompareError, match=r"plans must be among the 10 of .*got 'nobody'"):
        pc.open_dataset(out).select("nobody")


def test_what_plans_csv_says_is_brought_up_to_date_and_nothing_else_is_written_again(folder, tmp_path):
    study = tmp_path / "study"
    pc.study.init(study, notebooks=False)
    pc.study.add(study, sorted(folder.iterdir()))
    out = tmp_path / "out"
    dataset, _ = pc.write_dataset(study, out, workers=1, batch_bytes=SMALL)
    before = files(dataset)
    pc.write_dataset(study, out, workers=1, batch_bytes=SMALL)
    assert files(dataset) == before
    manifest = study / "plans.csv"
    table = pd.read_csv(manifest, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    first = table["plan"].iloc[0]
    table.assign(province=["湖北省", *[""] * (len(table) - 1)], year="2024", title="").to_csv(manifest, index=False, encoding="utf-8-sig")
    again, _ = pc.write_dataset(study, out, workers=1, batch_bytes=SMALL)
    assert again.plans.loc[again.plans["province"] != "", "plan"].tolist() == [first]
    assert set(again.plans["year"]) == {2024} and set(again.plans["title"]) == {""}
    changed = {name for name, content in files(again).items() if content != before[name]}
    assert {name.rsplit("/", 1)[1] for name in changed} == {"plans.parquet", "targets.parquet"}
    fresh, _ = pc.write_dataset(study, tmp_path / "fresh", workers=1, batch_bytes=SMALL)
    assert files(fresh) == files(again)
