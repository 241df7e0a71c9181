"""Many documents: rate, peak memory of all processes, growth, and a run that was killed. ``make bench`` prints; nothing is asserted by the clock.

Caveat: 1,000 documents unless ``POLICYCOMPARE_DOCUMENTS`` says how many (100,000 take 1 GB and some minutes). They are the measures of the five
plans in another order. Memory is the sum of what each process has for itself and its share of what it shares (PSS), seen ten times a
second; only Linux tells it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from test_throughput import documents

import policycompare as pc

MOST = int(os.environ.get("POLICYCOMPARE_DOCUMENTS", "1000"))


def start(folder, out):
    code = "import sys; from policycompare.cli import main; main(sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, "dataset", str(folder), "-o", str(out)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def family(pid):
    """A process and all that it started."""
    below = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended since
            below += [int(child) for child in task.read_text().split()]
    return [pid, *(one for child in below for one in family(child))]


def memory(pid):
    total = 0
    for one in family(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1000


def watched(process):
    """Seconds until a process has ended, and the most memory in MB that it and its children had."""
    began, peak = time.perf_counter(), [0.0]

    def look():
        while process.poll() is None:
            peak[0] = max(peak[0], memory(process.pid))
            time.sleep(0.1)

    if sys.platform == "linux":
        watcher = threading.Thread(target=look)
        watcher.start()
    assert process.wait() == 0
    return time.perf_counter() - began, peak[0]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Number of documents → folder that holds them, each ten times the one before."""
    place = tmp_path_factory.mktemp("documents")
    sizes = [size for size in (100, 1000, 10_000, 100_000) if size <= MOST]
    for size in sizes:
        (place / str(size)).mkdir()
        documents(place / str(size), size)
    return {size: place / str(size) for size in sizes}


def test_growth_memory_and_questions(folders, tmp_path):
    print(f"\n{pc.provenance.versions()['Python']} on {os.cpu_count()} processors")
    seconds = {}
    for size, folder in folders.items():
        megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        seconds[size], peak = watched(start(folder, tmp_path / str(size)))
        print(
            f"{size:7,} documents, {megabytes:7.1f} MB: {seconds[size]:6.1f} s, {megabytes / seconds[size]:5.2f} MB/s, at most {peak:,.0f} MB"
        )
    first, *_, last = list(seconds.items())[-3:]  # of 100 documents most is the start of the processes
    print(f"time a document, {first[0]:,} → {last[0]:,}: {last[1] / last[0] / (first[1] / first[0]):.2f} times")
    dataset = pc.open_dataset(tmp_path / str(last[0]))
    plans = dataset.plans
    began = time.perf_counter()
    coverage = pc.coverage(dataset)
    pc.compare_coverage(dataset)
    pc.compare_groups(coverage, plans.assign(province=(plans.index % 31).astype(str)))
    print(f"coverage, differences from the others and between 31 provinces: {time.perf_counter() - began:.1f} s")


def test_a_run_that_is_killed_half_way_goes_on(folders, tmp_path):
    folder = folders[max(folders)]
    whole, _ = watched(start(folder, tmp_path / "whole"))
    killed = start(folder, tmp_path / "killed")
    half = len(list((tmp_path / "whole" / "parts").iterdir())) / 2
    while killed.poll() is None and len(list((tmp_path / "killed").glob("parts/part-*"))) < half:
        time.sleep(0.05)
    for one in reversed(family(killed.pid)):
        os.kill(one, signal.SIGKILL)
    killed.wait()
    rest, _ = watched(start(folder, tmp_path / "killed"))
    contents = [
        {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*.parquet")}
        for out in (tmp_path / "whole", tmp_path / "killed")
    ]
    print(
        f"\n{max(folders):,} documents, killed half-way: the rest took {rest / whole:.0%} of a whole run; equal: {contents[0] == contents[1]}"
    )
    assert contents[0] == contents[1]
    assert json.loads((tmp_path / "killed" / "dataset.json").read_text(encoding="utf-8"))["coder"] == "default"


def test_large_analyses_grow_with_the_documents(folders, tmp_path):
    """Clusters, shared wording, counterparts of one plan: seconds a document as the number of documents grows, beside making the data set."""
    first = {}
    for size, folder in list(folders.items())[:2]:
        began = time.process_time()
        dataset, _ = pc.write_dataset(folder, tmp_path / str(size), workers=1)
        made = time.process_time() - began
        plan = dataset.plans["plan"].iloc[0]
        work = {
            "clusters": lambda: pc.cluster_measures(dataset, n_clusters=8, draws=0, workers=1),  # noqa: B023 - called at once
            "pairs that share wording": lambda: pc.wording_pairs(dataset, workers=1),  # noqa: B023
            "counterparts of one plan": lambda: pc.counterparts(dataset, plans=plan, top=5, workers=1),  # noqa: B023
        }
        for name, run in work.items():
            start = time.process_time()
            run()
            spent = time.process_time() - start
            grown = f"; a document, against {first[name][0]:,}: {spent / size / first[name][1]:.2f} times" if name in first else ""
            first.setdefault(name, (size, spent / size))
            print(f"\n{size:7,} documents, {name}: {spent / made:.2f} of the time that making the data set takes{grown}", end="")
