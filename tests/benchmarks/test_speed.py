"""How long things take: ``make bench`` prints seconds, nothing is asserted, since machines differ."""

import subprocess
import sys
import time

import pytest

import policycompare as pc

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


def test_twenty_charts_as_png_svg_and_pdf(tmp_path, corpus, codings):
    coverage = pc.coverage(corpus, codings)
    figures = {f"chart-{number}": pc.charts.coverage_heatmap(coverage, language=("en", "zh")[number % 2]) for number in range(20)}
    start = time.perf_counter()
    files = pc.export.write_figures(figures, tmp_path, formats=["png", "svg", "pdf"])
    print(f"\n{len(files)} images: {time.perf_counter() - start:.1f} s")
