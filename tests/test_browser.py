"""A browser and a font are found, brought or asked for; nothing half-made counts."""

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policycompare.drawing import browser
from policycompare.paths import cache_folder
from policycompare.schema import DrawingError


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without a browser: an empty cache, no BROWSER_PATH, nothing installed."""
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(browser, "_system_browser", lambda: None)
    return tmp_path


def program(path, text="#!/bin/sh\necho 'Chromium 147'\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_without_a_browser_the_message_says_what_to_do(bare):
    with pytest.raises(DrawingError, match=r"python -m policycompare.drawing.browser.*BROWSER_PATH"):
        browser.find_browser()


def test_the_chosen_browser_goes_before_the_cached_before_the_systems(bare, monkeypatch):
    system, chosen = program(bare / "system"), program(bare / "chosen")
    monkeypatch.setattr(browser, "_system_browser", lambda: system)
    assert browser.find_browser() == system
    brought = program(browser._brought())
    assert browser.find_browser() == brought
    monkeypatch.setenv("BROWSER_PATH", str(chosen))
    assert browser.find_browser() == chosen


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_wrong_choice_is_an_error_not_a_fallback(bare, monkeypatch, name):
    program(browser._brought())
    monkeypatch.setenv("BROWSER_PATH", str(bare / name))
    with pytest.raises(DrawingError, match=r"BROWSER_PATH names .* not a program"):
        browser.find_browser()


def test_another_package_than_the_pinned_one_is_refused(bare, monkeypatch):
    tools = bare / "tools"
    program(tools / "node")
    program(tools / "npm", "#!/bin/sh\necho forged > sparticuz-chromium-147.0.0.tgz\n")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    forged = base64.b64encode(hashlib.sha512(b"forged\n").digest()).decode()
    with pytest.raises(DrawingError) as caught:
        browser._bring()
    assert forged in str(caught.value)
    assert [path.name for path in cache_folder().iterdir()] == ["lock"]


def test_a_failed_download_leaves_nothing_and_says_why(bare, monkeypatch, caplog):
    tools = bare / "tools"
    program(tools / "node")
    program(tools / "npm", "#!/bin/sh\necho 'npm error ENOTFOUND' >&2\nexit 1\n")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setattr(browser.platform, "system", lambda: "Linux")
    monkeypatch.setattr(browser.platform, "machine", lambda: "x86_64")
    with pytest.raises(DrawingError, match="no browser"):
        browser.install()
    assert "ENOTFOUND" in caplog.text
    assert not browser._brought().exists()


def test_a_browser_that_does_not_start_is_not_kept(bare, monkeypatch):
    monkeypatch.setattr(browser, "_download", lambda folder: b"")
    monkeypatch.setattr(browser, "_unpack", lambda package, folder: program(folder / "chromium", "#!/bin/sh\nexit 127\n"))
    with pytest.raises(subprocess.CalledProcessError):
        browser._bring()
    assert not browser._brought().exists()


def test_two_installations_at_once_do_not_disturb_each_other(bare):
    """Each process waits for the lock; the second finds the first one's browser."""
    code = (
        "import pathlib, time\nfrom policycompare.drawing import browser\n"
        "def unpack(package, folder):\n"
        "    folder.mkdir(); time.sleep(0.3)\n"
        "    (folder / 'chromium').write_text('#!/bin/sh\\n'); (folder / 'chromium').chmod(0o755)\n"
        "    print('unpacked')\n"
        "browser._download, browser._unpack = lambda folder: b'', unpack\n"
        "print(browser._bring())\n"
    )
    root = Path(browser.__file__).parents[2]
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[0].split() for process in both]
    assert sorted(len(lines) for lines in said) == [1, 2]
    assert {lines[-1] for lines in said} == {str(browser._brought())}


def test_the_packaged_font_is_the_one_that_its_notice_names():
    font = browser.find_font()
    assert hashlib.sha256(font.read_bytes()).hexdigest() in (font.parent / "NOTICE.txt").read_text(encoding="utf-8")


def test_the_font_has_every_character_of_the_plans_and_of_the_taxonomies():
    files = [file for file in sorted(browser.data_path().rglob("*")) if file.suffix in {".csv", ".yaml"}]
    texts = [file.read_text(encoding="utf-8-sig") for file in files if file.name != "quantities.yaml"]  # patterns, which nothing shows
    assert len(texts) > 3
    assert browser.missing_glyphs(texts) == ""


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=20))
def test_every_unified_ideograph_has_a_glyph(text):
    assert browser.missing_glyphs([text]) == ""


@pytest.mark.parametrize("char", ["\U00020000", "\U0001f600", "\ue000"])
def test_a_character_without_glyph_is_named(char):
    assert browser.missing_glyphs([f"计划{char}", char]) == char


def test_a_font_of_ones_own(monkeypatch, tmp_path):
    monkeypatch.setenv("POLICYCOMPARE_FONT", str(tmp_path / "none.ttf"))
    with pytest.raises(DrawingError, match=r"none.ttf.*POLICYCOMPARE_FONT"):
        browser.find_font()


@pytest.mark.skipif(sys.platform != "linux", reason="fontconfig is Linux's")
@pytest.mark.parametrize("before", [None, "/etc/fonts/fonts.conf"])
def test_the_environment_is_put_back(monkeypatch, before):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    if before:
        monkeypatch.setenv("FONTCONFIG_FILE", before)
    with browser.only_our_font():
        folder = Path(os.environ["FONTCONFIG_FILE"]).parent
        assert [file.name for file in folder.glob("*.tt?")] == [browser.find_font().name]
    assert os.environ.get("FONTCONFIG_FILE") == before
    assert not folder.exists()


def test_a_file_that_is_no_font_is_named(tmp_path, monkeypatch):
    (tmp_path / "font.ttf").write_text("no font")
    monkeypatch.setenv("POLICYCOMPARE_FONT", str(tmp_path / "font.ttf"))
    with pytest.raises(DrawingError, match=r"font\.ttf' is no font that can be read .*; set POLICYCOMPARE_FONT"):
        browser.missing_glyphs("字")
