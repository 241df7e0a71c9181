"""Where the packaged data lie.

A checkout keeps them in ``data/`` at its root; a wheel carries the same folder inside the package.
"""

import os
from pathlib import Path

from policycompare.schema import PolicyCompareError

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """Path of a packaged data file or folder.

    Examples
    --------
    >>> data_path("plans", "plans.csv").is_file()
    True
    """
    packaged = _PACKAGE / "data"
    return (packaged if packaged.is_dir() else _PACKAGE.parent / "data").joinpath(*parts)


def notebook_path(*parts: str) -> Path:
    """Path of a packaged notebook: ``notebooks/`` of a checkout; a wheel carries it inside the package.

    Examples
    --------
    >>> notebook_path("report.ipynb").suffix
    '.ipynb'
    """
    packaged = _PACKAGE / "notebooks"
    return (packaged if packaged.is_dir() else _PACKAGE.parent / "notebooks").joinpath(*parts)


def cache_folder() -> Path:
    """Where what is costly to get is kept between checkouts: ``$XDG_CACHE_HOME/policycompare`` or ``~/.cache/policycompare``.

    It is the user's own; a cache in a folder that all users share could be another's. It need not exist yet.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "policycompare"


def path_of(argument: str, value: object) -> Path:
    """A path that somebody gave as an argument, if a file can have it on this machine at all.

    Raises
    ------
    PolicyCompareError
        It is no text and no path, or longer than the machine allows.

    Examples
    --------
    >>> path_of("gold", 3)
    Traceback (most recent call last):
    policycompare.schema.PolicyCompareError: gold: got 3; give a name or a path.
    """
    if not isinstance(value, str | Path):
        raise PolicyCompareError(f"{argument}: got {str(value)[:60]}; give a name or a path.")
    path = Path(value)
    try:
        path.exists()
    except OSError as error:
        raise PolicyCompareError(
            f"{argument}: {str(value)[:60]!r} cannot be looked up ({error.strerror}); give a name or a path."
        ) from None
    return path
