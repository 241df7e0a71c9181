"""How long things take: ``make bench`` prints seconds, nothing is asserted, since machines differ."""

import resource
import subprocess
import sys
import time

import pytest

import policycompare as pc
from policycompare.drawing.printing import open_page

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

PIECES = {
    "import pandas": "import pandas",
    "import policycompare": "import pandas, policycompare",
    "load and code the five plans": "import policycompare as pc; pc.code(pc.load_corpus())",
    "all tables of the five plans": "import policycompare as pc; pc.analyse(pc.load_corpus())",
}


@pytest.mark.parametrize("piece", PIECES)
def test_a_process_of_its_own(piece):
    """The best of three, the interpreter's own start included."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", PIECES[piece]], check=True)
        seconds.append(time.perf_counter() - start)
    print(f"\n{piece}: {min(seconds):.2f} s")


def _spent(work):
    """Seconds by the clock, and of processors, with those of the processes that were started."""
    before, start = [resource.getrusage(who) for who in WHO], time.perf_counter()
    out = work()
    after, clock = [resource.getrusage(who) for who in WHO], time.perf_counter() - start
    busy = sum(one.ru_utime + one.ru_stime - other.ru_utime - other.ru_stime for one, other in zip(after, before, strict=True))
    return out, clock, busy


def test_twenty_charts_as_png_svg_and_pdf(tmp_path, corpus, codings, monkeypatch):
    import kaleido

    starts = []

    class Counted(kaleido.Kaleido):
        def __init__(self, *args, **options):
            starts.append(self)
            super().__init__(*args, **options)

    monkeypatch.setattr(kaleido, "Kaleido", Counted)
    coverage = pc.coverage(corpus, codings)
    figures = {f"chart-{number}": pc.charts.coverage_heatmap(coverage, language=("en", "zh")[number % 2]) for number in range(20)}
    files, clock, busy = _spent(lambda: pc.export.write_figures(figures, tmp_path, formats=["png", "svg", "pdf"]))
    images = [file for file in files if file.suffix in (".png", ".svg", ".pdf")]
    print(f"\n{len(images)} images through {len(starts)} browser: {clock:.1f} s by the clock, {busy:.1f} s of processors; bar 40 s")


def test_the_report_and_its_page(tmp_path):
    written, clock, busy = _spent(lambda: pc.report.write_report(out=tmp_path))
    page = written.paths[0]
    print(f"\nreport of the five plans: {clock:.1f} s by the clock, {busy:.1f} s of processors; bar 45 s")
    with open_page(page) as opened:
        timing = opened.evaluate("performance.getEntriesByName('answers')[0].startTime")
        drawn = opened.evaluate("performance.getEntriesByName('charts-drawn')[0].startTime")
        said = opened.complaints
    print(
        f"{page.stat().st_size / 1e6:.1f} MB; interactive after {timing / 1000:.2f} s, charts drawn after {drawn / 1000:.2f} s; bar 2 s; {said}"
    )
