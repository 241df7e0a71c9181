"""A page in a headless browser: printed to PDF, or asked what it shows.

Caveat: the page is opened from the disk with the network cut off; whatever it wanted from elsewhere is missing, and
:attr:`OpenPage.complaints` names it.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from policycompare.drawing.browser import find_browser, only_our_font
from policycompare.schema import DrawingError

# A4 less its margins, in pixels of 1/96 inch: charts must be drawn for the width that they are printed in.
PRINT_WIDTH = 697
_READY = "document.readyState === 'complete' && [...document.querySelectorAll('figure.chart')].every((f) => f.querySelector('.main-svg'))"


class OpenPage:
    """A page that a browser has opened.

    Attributes
    ----------
    complaints
        Errors on the page's console, exceptions in its scripts, and the addresses that it asked for beyond itself.
    """

    def __init__(self, runner: asyncio.Runner, tab: Any, complaints: list[str]) -> None:
        self._runner, self._tab, self.complaints = runner, tab, complaints

    def send(self, command: str, **values: Any) -> dict[str, Any]:
        """Send a command of the Chrome DevTools Protocol and return its result."""
        answer = self._runner.run(self._tab.send_command(command, values))
        if "error" in answer:
            raise DrawingError(f"the browser refused {command}: {answer['error'].get('message')}; try another by setting BROWSER_PATH.")
        return dict(answer["result"])

    def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression on the page."""
        result = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise DrawingError(f"the page failed on {script!r}: {result['result'].get('description')}")
        return result["result"].get("value")

    def wait(self, script: str, *, seconds: float = 30) -> None:
        """Wait until a JavaScript expression is true.

        Raises
        ------
        DrawingError
            It is not within ``seconds``.
        """
        for _ in range(int(seconds / 0.05)):
            if self.evaluate(f"Boolean({script})"):
                return
            self._runner.run(asyncio.sleep(0.05))
        raise DrawingError(f"the page was not ready after {seconds:g} s ({script}); try another browser by setting BROWSER_PATH.")


@contextmanager
def open_page(file: str | Path, *, width: int = 1280, height: int = 900) -> Iterator[OpenPage]:
    """A page in a window of this size, its charts drawn, the network cut off.

    Raises
    ------
    DrawingError
        There is no browser, it does not start, or the charts do not appear.
    """
    from choreographer import Browser

    logging.getLogger("choreographer").setLevel(logging.CRITICAL)
    program = str(find_browser())
    with only_our_font(), asyncio.Runner() as runner:
        browser = Browser(path=program, headless=True)
        try:
            runner.run(browser.open())
            page = runner.run(_tab(browser, runner, width, height))
            page.send("Page.navigate", url=Path(file).resolve().as_uri())
            page.wait(_READY)
            yield page
        except (RuntimeError, OSError) as fault:
            raise DrawingError(f"the browser {program} failed: {fault}; try another by setting BROWSER_PATH.") from fault
        finally:
            runner.run(browser.close())


async def _tab(browser: Any, runner: asyncio.Runner, width: int, height: int) -> OpenPage:
    tab = await browser.create_tab("")
    complaints: list[str] = []

    async def note(event: dict[str, Any]) -> None:
        said = _complaint(event["method"], event["params"])
        if said:
            complaints.append(said)

    for event in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Network.requestWillBeSent"):
        tab.subscribe(event, note)
    for domain in ("Runtime", "Log", "Network", "Page"):
        await tab.send_command(f"{domain}.enable")
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    await tab.send_command("Network.emulateNetworkConditions", offline)
    window = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    await tab.send_command("Emulation.setDeviceMetricsOverride", window)
    return OpenPage(runner, tab, complaints)


def _complaint(event: str, values: dict[str, Any]) -> str:
    if event == "Network.requestWillBeSent":
        address = values["request"]["url"]
        return "" if address.startswith(("file:", "data:", "blob:", "about:")) else f"asks for {address}"
    if event == "Log.entryAdded":
        return str(values["entry"]["text"]) if values["entry"]["level"] in ("error", "warning") else ""
    if event == "Runtime.exceptionThrown":
        return str(values["exceptionDetails"].get("exception", {}).get("description") or values["exceptionDetails"]["text"])
    return " ".join(str(part.get("value", "")) for part in values["args"]) if values["type"] in ("error", "warning", "assert") else ""


def print_pdf(file: str | Path, *, made: datetime) -> bytes:
    """A page as PDF: A4, charts as vectors, the font embedded, folded parts opened.

    Parameters
    ----------
    file
        The page.
    made
        The document's date; the same page and date give the same bytes.

    Raises
    ------
    DrawingError
        There is no browser, or the page's charts do not appear.
    """
    with open_page(file, width=PRINT_WIDTH) as page:
        page.send("Emulation.setEmulatedMedia", media="print")
        page.evaluate("document.documentElement.classList.add('printed'); window.dispatchEvent(new Event('beforeprint'))")
        options = {"printBackground": True, "preferCSSPageSize": True, "generateDocumentOutline": True, "generateTaggedPDF": True}
        pdf = base64.b64decode(page.send("Page.printToPDF", **options)["data"])
    return _settled(pdf, made)


def _settled(pdf: bytes, made: datetime) -> bytes:
    """The PDF with this date and with marks numbered from 1: what else differs from run to run.

    What is put in has the length of what it replaces, so that the table of offsets at the end of the file holds.

    Examples
    --------
    >>> _settled(b"/CreationDate (D:20261122072257+00'00') (node00000029) (node00000031)", datetime(2023, 9, 20))
    b"/CreationDate (D:20230920000000+00'00') (node00000001) (node00000002)"
    """
    marks = sorted(set(re.findall(rb"\(node\d{8}\)", pdf)))
    number = {mark: f"(node{at:08})".encode() for at, mark in enumerate(marks, start=1)}
    pdf = re.sub(rb"\(node\d{8}\)", lambda found: number[found[0]], pdf)
    return re.sub(rb"(/(?:Creation|Mod)Date \(D:)\d{14}\+00'00'", rb"\g<1>" + f"{made:%Y%m%d%H%M%S}+00'00'".encode(), pdf)
