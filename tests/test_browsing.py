"""What notebooks show of a corpus, a taxonomy and a long table: escaped, complete, and with completion of ids."""

from dataclasses import replace

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from lxml import html

import policycompare as pc
from policycompare.drawing.browser import find_browser
from policycompare.drawing.printing import open_page
from policycompare.schema import DrawingError, PolicyCompareError

HOSTILE = "<script>alert(1)</script>\"' & "


def test_a_corpus_shows_its_plans_and_their_sizes(corpus):
    shown = html.fromstring(f"<div>{corpus._repr_html_()}</div>")
    rows = {row[0].text: [cell.text for cell in row] for row in shown.iterfind(".//tbody/tr")}
    assert list(rows) == list(corpus.plans["plan"])
    body = corpus.statements.query("kind == 'body'")
    assert [int(row[-2]) for row in rows.values()] == body.groupby("plan").size().reindex(list(rows)).to_list()
    assert f"{len(body):,} statements" in shown.text_content()


def test_names_of_strangers_are_escaped(corpus):
    plans = corpus.plans.assign(title=HOSTILE, region=HOSTILE)
    assert "NA" not in corpus._repr_html_()
    assert "<script" not in replace(corpus, plans=plans)._repr_html_()
    taxonomy = pc.load_taxonomy()
    theme = replace(taxonomy.themes[0], en=HOSTILE, zh=HOSTILE, definition={"en": HOSTILE}, colour='"><script>')
    assert "<script" not in replace(taxonomy, name=HOSTILE, themes=(theme,))._repr_html_()
    assert "<script" not in pc.browse(pd.DataFrame({HOSTILE: [HOSTILE]}))


def test_a_taxonomy_shows_every_reported_theme_and_subtheme():
    taxonomy = pc.load_taxonomy()
    shown = html.fromstring(f"<div>{taxonomy._repr_html_()}</div>")
    codes = [code.text for code in shown.iterfind(".//code")]
    assert codes == [name for theme in taxonomy.reported for name in (theme.id, *(sub.id for sub in theme.subthemes))]
    assert sum(int(cell.text) for cell in shown.iterfind(".//td[4]")) == sum(
        entry.theme in {theme.id for theme in taxonomy.reported} for entry in taxonomy.entries
    )


def test_ids_are_keys_and_are_completed(corpus):
    assert corpus["xianning"].plans["plan"].to_list() == ["xianning"]
    assert corpus[["xianning", "county"]].plans["plan"].to_list() == ["county", "xianning"]
    taxonomy = pc.load_taxonomy()
    assert taxonomy["teachers"].zh == "教师队伍"
    with pytest.raises(PolicyCompareError, match="theme must be one of moral_education, teachers"):
        taxonomy["cheese"]
    shell = InteractiveShell()
    shell.user_ns.update(corpus=corpus, taxonomy=taxonomy)
    for line, wanted in (('corpus["xi', "xianning"), ('taxonomy["te', "teachers")):
        with provisionalcompleter():
            assert wanted in {one.text for one in shell.Completer.completions(line, len(line))}


def test_browse_shows_every_row_and_writes_numbers_short():
    table = pd.DataFrame({"plan": ["a", "b"], "share": [0.5, float("nan")], "n": [3, 10], "text": ["安全", None]})
    shown = html.fromstring(pc.browse(table, language="zh"))
    assert [[cell.text or "" for cell in row] for row in shown.iterfind(".//tbody/tr")] == [["a", "0.5", "3", "安全"], ["b", "", "10", ""]]
    assert shown.find(".//input").get("placeholder") == "搜索"
    assert [head.text for head in html.fromstring(pc.browse(table.set_index("plan"))).iterfind(".//th")] == list(table)
    assert pc.browse(table) == pc.browse(table)


@pytest.fixture
def chromium() -> None:
    try:
        find_browser()
    except DrawingError as fault:
        pytest.skip(str(fault))


def test_a_browser_searches_and_sorts(tmp_path, chromium):
    table = pd.DataFrame({"text": ["安全", "经费", "Safety"], "n": [10, 9, 100]})
    (tmp_path / "page.html").write_text(f"<meta charset='utf-8'>{pc.browse(table)}", encoding="utf-8")
    shown = "[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).map(r => r.cells[1].textContent).join()"
    search = "(() => {{ const box = document.querySelector('input'); box.value = '{}'; box.dispatchEvent(new Event('input')); }})()"
    click = "document.querySelectorAll('th')[1].click()"
    with open_page(tmp_path / "page.html") as page:
        page.evaluate(search.format("saf"))
        assert (page.evaluate(shown), page.evaluate("document.querySelector('output').textContent")) == ("100", "1")
        page.evaluate(search.format(""))
        for order in ("9,10,100", "100,10,9"):
            page.evaluate(click)
            assert page.evaluate(shown) == order
        assert page.complaints == []
