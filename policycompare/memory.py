"""Python's cycle collector set aside while tables of many rows are made.

Caveat: only around code that makes no cycles: what is cyclic stays in memory until the collector runs again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection within: it would walk over every row again and again, and no row is cyclic."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
