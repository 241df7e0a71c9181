"""The report: a notebook's parameters and outputs, one page without network, texts that cannot run."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from policycompare import report
from policycompare.drawing.browser import find_browser
from policycompare.drawing.printing import open_page, print_pdf
from policycompare.page import notebook as notebook_room
from policycompare.page.provenance import read_made
from policycompare.paths import notebook_path
from policycompare.schema import DrawingError, PolicyCompareError
from policycompare.strength import code_strength

FIGURE = """import plotly.graph_objects as go
go.Figure(go.Bar(x=["</script><script>alert(1)</script>"], y=[1]), layout={"meta": {"title": "a < b"}, "height": 300})"""


def notebook(*cells: tuple[str, str, str], folder: Path) -> Path:
    """A notebook of (id, tag, source) cells; those tagged en or zh are prose."""
    book = nbformat.v4.new_notebook()
    for name, tag, source in cells:
        make = nbformat.v4.new_markdown_cell if tag in ("en", "zh") else nbformat.v4.new_code_cell
        book.cells.append(make(source, id=name, metadata={"tags": [tag] if tag else []}))
    path = folder / "book.ipynb"
    nbformat.write(book, path)
    return path


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    path = notebook(
        ("set", "parameters", 'study = None\nlanguage = "en"'),
        ("head-en", "en", "# What the plans say"),
        ("head-zh", "zh", "# 计划说了什么"),
        ("bars", "", FIGURE),
        ("spoken", "", 'print("not for the reader"); language'),
        folder=tmp_path_factory.mktemp("book"),
    )
    return report.run_notebook(path, parameters={"language": "zh"})


class Page(HTMLParser):
    """What a browser would load or show of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self.figures: list[dict[str, str | None]] = []
        self.text = ""
        self._inside = ""
        self._type = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "srcset", "data", "poster") or (name == "href" and tag != "a")
        ]
        self._inside, self._type = tag, given.get("type") or ""
        if tag == "figure":
            self.figures.append(given)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append((self._type, data))
        elif self._inside != "style":
            self.text += data


def test_parameters_reach_the_notebook(executed):
    assert executed.cells[-1].outputs[-1].data["text/plain"] == "'zh'"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [({"languages": "en"}, "unknown parameter languages; its parameters are study, language"), ({}, None)],
)
def test_unknown_parameters_are_refused(tmp_path, parameters, message):
    book = nbformat.read(notebook(("set", "parameters", 'study = None\nlanguage = "en"'), folder=tmp_path), as_version=4)
    if message is None:
        assert notebook_room.with_parameters(book, parameters) == book
    else:
        with pytest.raises(PolicyCompareError, match=message):
            notebook_room.with_parameters(book, parameters)


def test_a_notebook_without_a_parameters_cell_takes_none(tmp_path):
    book = nbformat.read(notebook(("only", "", "1"), folder=tmp_path), as_version=4)
    with pytest.raises(PolicyCompareError, match="no cell is tagged 'parameters'"):
        notebook_room.with_parameters(book, {"study": "a"})


def test_a_notebook_runs_in_the_environment_that_it_is_given(tmp_path):
    path = notebook(("ask", "", 'import os\nos.environ["SOURCE_DATE_EPOCH"], os.environ["PLOTLY_RENDERER"]'), folder=tmp_path)
    book = report.run_notebook(path, environment={"SOURCE_DATE_EPOCH": "7"})
    assert book.cells[0].outputs[0].data["text/plain"] == "('7', 'plotly_mimetype')"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("from policycompare.schema import SourceError\nraise SourceError('plans.csv, row 2: no file')", r"^plans\.csv, row 2: no file$"),
        ("1 / 0", r"book\.ipynb: a cell failed with ZeroDivisionError: division by zero"),
    ],
)
def test_a_failing_cell_is_one_error(tmp_path, source, message):
    with pytest.raises(PolicyCompareError, match=message):
        report.run_notebook(notebook(("bad", "", source), folder=tmp_path))


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(PolicyCompareError, match=r"none\.ipynb: there is no such notebook"):
        report.run_notebook(tmp_path / "none.ipynb")


@pytest.mark.parametrize("content", ["<<<<<<< not JSON", "{}", "[]", '{"nbformat": 99}', '{"nbformat": 4, "cells": [{}]}'])
def test_what_is_no_notebook_is_named(tmp_path, content):
    (tmp_path / "plain.ipynb").write_text(content)
    with pytest.raises(PolicyCompareError, match=r"plain\.ipynb: is no notebook"):
        report.run_notebook(tmp_path / "plain.ipynb")


def test_the_page_loads_nothing_from_elsewhere(executed):
    page = Page(report.to_html(executed))
    assert [place for place in page.loads if not place.startswith("data:")] == []


def test_the_page_shows_charts_and_prose_in_one_language_and_no_code(executed):
    page = Page(report.to_html(executed, language="zh"))
    assert [figure["id"] for figure in page.figures] == ["bars"]
    assert [figure["aria-label"] for figure in page.figures] == ["a < b"]
    assert "计划说了什么" in page.text
    for hidden in ("What the plans say", "not for the reader", "plotly.graph_objects"):
        assert hidden not in page.text


def test_texts_in_charts_are_data_not_code(executed):
    page = Page(report.to_html(executed))
    charts = [json.loads(text) for kind, text in page.scripts if kind == "application/json" and '"layout"' in text]
    assert charts[0]["data"][0]["x"] == ["</script><script>alert(1)</script>"]
    assert not any(text.startswith("alert") for _, text in page.scripts)


def test_the_same_outputs_give_the_same_page(executed):
    assert report.to_html(executed) == report.to_html(executed)


def test_figures_are_those_of_the_outputs(executed):
    figures = report.figures_of(executed)
    assert list(figures) == ["bars"]
    assert figures["bars"].layout.height == 300


# The report of the five plans: in English from the outputs that the notebook stores, in Chinese from a run.


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    stored = nbformat.read(notebook_path("report.ipynb"), as_version=4)
    run = report.run_notebook(notebook_path("report.ipynb"), parameters={"language": "zh"})
    for language, book in (("en", stored), ("zh", run)):
        (folder / f"{language}.html").write_text(report.to_html(book, language=language), encoding="utf-8")
    return {language: folder / f"{language}.html" for language in ("en", "zh")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_is_one_file_of_bounded_size(reports, language):
    page = Page(reports[language].read_text(encoding="utf-8"))
    assert [place for place in page.loads if not place.startswith("data:")] == []
    assert reports[language].stat().st_size < 8_000_000
    assert len(page.figures) >= 6


def test_the_chinese_report_has_no_untranslated_label(reports):
    text = Page(reports["zh"].read_text(encoding="utf-8")).text
    text = text[: text.index("数字背后的语句")]  # below stand the plans' own words and ids, hashes and names of programs
    english = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\S+-s\d+", "", text)))  # a statement's id is an address in any language
    assert english <= {"policycompare", "ICP"}


def test_the_report_says_first_what_limits_the_comparison_and_how_well_the_coding_agrees(reports):
    text = Page(reports["en"].read_text(encoding="utf-8")).text
    places = [text.index(words) for words in ("documents of 4 kinds", "not dated", "agrees with the gold coding", "same family", "most in")]
    assert places == sorted(places)


@pytest.mark.parametrize(("spoilt", "said"), [(None, []), ("hash", ["Jining"]), ("words", ["the page is not"])])
def test_a_report_is_verified_by_making_it_again(tmp_path, monkeypatch, spoilt, said):
    book = nbformat.read(notebook_path("report.ipynb"), as_version=4)
    page = report.to_html(book, title=report.phrase("report.title", "en"))
    digest = read_made(page)["made"]["source text of Jining"]
    changed = {None: page, "hash": page.replace(digest, "0" * 64), "words": page.replace("press article", "sermon", 1)}[spoilt]
    (tmp_path / "report.html").write_text(changed, encoding="utf-8")
    monkeypatch.setattr(report, "run_notebook", lambda *_args, **_named: book)
    differ = report.verify_report(tmp_path / "report.html")
    assert len(differ) == len(said)
    assert all(words in line for words, line in zip(said, differ, strict=True))


def test_what_is_no_report_cannot_be_verified(tmp_path):
    pages = ("<p>hello</p>", '<p data-made="{">', '<p data-made="{}">', '<p data-made="[1]">')
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.html").write_text(page)
    for name in (*(f"{number}.html" for number in range(len(pages))), "none.html"):
        with pytest.raises(PolicyCompareError, match=name):
            report.verify_report(tmp_path / name)


@pytest.fixture(scope="module")
def chromium() -> None:
    try:
        find_browser()
    except DrawingError as fault:
        pytest.skip(str(fault))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 390)])
def test_the_report_opens_without_network_complaint_or_sideways_scroll(chromium, reports, language, width):
    with open_page(reports[language], width=width) as page:
        figures = page.evaluate("document.querySelectorAll('figure.chart').length")
        assert figures == page.evaluate("[...document.querySelectorAll('figure.chart')].filter(f => f.querySelector('.main-svg')).length")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = "[...document.querySelectorAll('figure.chart .plot')].map((plot) => plot.getBoundingClientRect().right)"
        assert max(page.evaluate(wide)) <= width
        if language == "zh":
            drawn = " ".join(page.evaluate("[...document.querySelectorAll('figure.chart svg text')].map((text) => text.textContent)"))
            assert set(re.findall("[A-Za-z]{2,}", drawn)) <= {"policycompare", "Monroe", "Colaresi", "Quinn"}
        assert page.complaints == []


def test_a_click_on_a_cell_shows_exactly_the_statements_that_it_counts(chromium, reports, corpus, codings):
    coded = codings[codings["theme"] == "teachers"].merge(corpus.statements, on="statement")
    wanted = coded.loc[coded["plan"] == "fengjie", "statement"].drop_duplicates().to_list()
    with open_page(reports["zh"]) as page:
        x, y = page.evaluate(
            """(() => { const plot = document.querySelector('#coverage-heatmap .plot'); plot.scrollIntoView({ behavior: 'instant' });
            const { left, top, width } = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout, scale = width / plot.offsetWidth;
            return [left + scale * (xaxis._offset + xaxis.d2p('teachers')), top + scale * (yaxis._offset + yaxis.d2p('fengjie'))]; })()"""
        )
        page.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        page.wait("document.querySelector('#coverage-heatmap .plot')._hoverdata")
        for kind in ("mousePressed", "mouseReleased"):
            page.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        page.wait("document.querySelector('.panel')")
        shown = page.evaluate("[...document.querySelectorAll('.panel tr')].map(row => row.dataset.statement)")
        assert shown == wanted
        assert page.evaluate("document.querySelector('.panel').previousElementSibling.id") == "coverage-heatmap"
        assert page.evaluate("document.activeElement.className") == "panel"


def test_by_keyboard_a_charts_values_are_read_and_open_their_statements(chromium, reports, corpus, codings):
    coded = codings[codings["theme"] == "safety"].merge(corpus.statements, on="statement")
    wanted = coded.loc[coded["plan"] == "county", "statement"].drop_duplicates().to_list()

    def press(page, key, code):
        for kind in ("keyDown", "keyUp"):
            page.send(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text="\r" if key == "Enter" else ""
            )

    with open_page(reports["en"]) as page:
        page.evaluate("document.querySelector('#coverage-heatmap .values summary').focus()")
        press(page, "Enter", 13)
        page.wait("document.querySelector('#coverage-heatmap .values button')")
        said = page.evaluate("[...document.querySelectorAll('#coverage-heatmap .values li')].map((item) => item.textContent)")
        assert len(said) == 25
        at = next(place for place, text in enumerate(said) if text.startswith("Unnamed county · School safety"))
        assert f"{len(wanted)} of" in said[at]
        for _ in range(at + 1):
            press(page, "Tab", 9)
        assert page.evaluate("document.activeElement.textContent") == said[at]
        press(page, "Enter", 13)
        page.wait("document.querySelector('.panel')")
        assert page.evaluate("[...document.querySelectorAll('.panel tr')].map(row => row.dataset.statement)") == wanted
        press(page, "Escape", 27)
        assert page.evaluate("document.querySelector('.panel') === null && document.activeElement.textContent") == said[at]


def test_everything_that_is_reached_has_a_name(chromium, reports):
    """What a screen reader would say of each figure, control, link and button."""
    nameless = """[...document.querySelectorAll('figure.chart, a[href], button, input, select, summary')].filter((part) => !part.closest('.modebar') &&
        !(part.getAttribute('aria-label') || part.textContent.trim() || part.closest('label')?.textContent.trim())).map((part) => part.outerHTML)"""
    with open_page(reports["zh"]) as page:
        assert page.evaluate(nameless) == []
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        assert page.evaluate("[...document.querySelectorAll('th')].every((head) => head.scope === 'col')")


def test_on_paper_folded_parts_are_open_and_charts_keep_their_size(chromium, reports):
    with open_page(reports["en"]) as page:
        page.send("Emulation.setEmulatedMedia", media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("[...document.querySelectorAll('details:not(.values)')].filter((part) => !part.open).length") == 0
        assert page.evaluate("document.querySelector('.plot').getBoundingClientRect().width") == 680


def test_search_and_filters_show_the_statements_that_fit(chromium, reports, corpus, codings):
    safe = codings.loc[codings["theme"] == "safety", "statement"]
    rows = corpus.statements[corpus.statements["statement"].isin(safe) & (corpus.statements["plan"] == "county")]
    wanted = rows.loc[rows["text"].str.contains("安全"), "statement"].to_list()
    with open_page(reports["zh"], width=390) as page:
        page.evaluate(
            """(() => { const form = document.querySelector('.controls');
            form.elements.plan.value = 'county'; form.elements.theme.value = 'safety'; form.elements.text.value = '安全';
            form.dispatchEvent(new Event('input')); })()"""
        )
        assert wanted
        assert (
            page.evaluate("[...document.querySelectorAll('#evidence tbody tr')].filter(r => !r.hidden).map(r => r.dataset.statement)")
            == wanted
        )
        assert page.evaluate("document.querySelector('.controls output').textContent") == f"{len(wanted)} 条语句"


def test_statements_are_filtered_by_how_binding_they_are(chromium, reports, corpus):
    strengths = code_strength(corpus)
    wanted = strengths.loc[strengths["theme"] == "mandatory", "statement"].to_list()
    with open_page(reports["zh"], width=1280) as page:
        page.evaluate(
            """(() => { const form = document.querySelector('.controls');
            form.elements.strength.value = 'mandatory'; form.dispatchEvent(new Event('input')); })()"""
        )
        shown = page.evaluate("[...document.querySelectorAll('#evidence tbody tr')].filter(r => !r.hidden).map(r => r.dataset.statement)")
        assert shown == wanted


def test_the_pdf_embeds_its_font_and_keeps_the_text(chromium, reports):
    from io import BytesIO

    from pypdf import PdfReader

    pdf = PdfReader(BytesIO(print_pdf(reports["zh"], made=datetime(2023, 9, 20, tzinfo=UTC))))
    fonts = {str(font.get_object()["/BaseFont"]) for page in pdf.pages[:5] for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all(name.endswith("WenQuanYiMicroHei") for name in fonts)
    assert "比较的局限" in pdf.pages[0].extract_text()
    assert pdf.metadata.creation_date.date().isoformat() == pdf.metadata.modification_date.date().isoformat() == "2023-09-20"
