"""Where batches of documents are worked on: in this process, in several, or on a Dask cluster that somebody else started.

Caveat: results come in the order in which they are finished, which differs from run to run; whoever gathers them must not let the
order matter.
"""

from __future__ import annotations

import logging
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from policycompare.schema import PolicyCompareError

_ADDRESS = re.compile(r"(?:(?:tcp|tls|ucx|wss?)://)?[^\s/]+:\d{1,5}")
T = TypeVar("T")
R = TypeVar("R")


class LostWorkerError(Exception):
    """The worker died on this batch, and did so again when the batch was tried by itself."""


def cpus() -> int:
    """The processors that this process may use.

    Examples
    --------
    >>> cpus() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_engine(*, workers: int | None = None, scheduler: str | None = None) -> None:
    """Refuse what cannot work batches, before anything is begun.

    Raises
    ------
    PolicyCompareError
        There is no such number of workers, or the scheduler's address is none.
    """
    if workers is not None and workers < 1:
        raise PolicyCompareError(f"workers must be 1 or more; got {workers}.")
    if scheduler and not _ADDRESS.fullmatch(scheduler):
        raise PolicyCompareError(f"scheduler must be an address such as tcp://10.0.0.1:8786; got {scheduler!r}.")


def results(
    work: Callable[[T], R], batches: Iterable[T], *, workers: int | None = None, scheduler: str | None = None
) -> Iterator[tuple[T, R | LostWorkerError]]:
    """Each batch with what the work made of it, as they are finished; no more than two batches a worker are under way.

    Parameters
    ----------
    work
        A function that pickles.
    batches
        Taken one by one, as workers become free.
    workers
        Processes; 1 works in this one, None takes one a processor. Not used with a scheduler.
    scheduler
        The address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``.

    Yields
    ------
    tuple
        The batch and its result, or a :class:`LostWorkerError`.

    Raises
    ------
    PolicyCompareError
        There is no such number of workers, or the scheduler cannot be reached or is lost on the way.

    Examples
    --------
    >>> list(results(str.upper, ["a", "b"], workers=1))
    [('a', 'A'), ('b', 'B')]
    """
    check_engine(workers=workers, scheduler=scheduler)
    count = cpus() if workers is None else workers
    if scheduler:
        yield from _on_cluster(work, iter(batches), scheduler)
    elif count == 1:
        yield from ((batch, work(batch)) for batch in batches)
    else:
        yield from _in_processes(work, iter(batches), count)


def _in_processes(work: Callable[[T], R], batches: Iterator[T], count: int) -> Iterator[tuple[T, R | LostWorkerError]]:
    under_way: dict[Future[R], T] = {}
    while True:
        with _pool(count) as pool:
            try:
                yield from _flow(pool.submit, work, batches, under_way, limit=2 * count)
                return
            except BrokenProcessPool:
                pass
            finally:
                pool.shutdown(cancel_futures=True)
        # One worker died and took the pool with it; nobody can say on which batch, so each has a pool of its own.
        while under_way:
            batch = under_way.popitem()[1]
            with _pool(1) as pool:
                try:
                    yield batch, pool.submit(work, batch).result()
                except BrokenProcessPool:
                    yield batch, LostWorkerError()


def _pool(count: int) -> ProcessPoolExecutor:
    # Not forked: a process with threads, such as a notebook's kernel, must not be copied in mid-stride.
    # A worker that is stopped from the keyboard just ends: the process that hands out the work has the word.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL))


def _flow(
    submit: Callable[..., Future[R]], work: Callable[[T], R], batches: Iterator[T], under_way: dict[Future[R], T], *, limit: int
) -> Iterator[tuple[T, R]]:
    """Hand out batches and give back what is done; the batch whose result raises stays in ``under_way``."""
    while True:
        while len(under_way) < limit and (batch := next(batches, None)) is not None:
            under_way[submit(work, batch)] = batch
        if not under_way:
            return
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            result = future.result()
            yield under_way.pop(future), result


def _on_cluster(work: Callable[[T], R], batches: Iterator[T], scheduler: str) -> Iterator[tuple[T, R | LostWorkerError]]:
    try:
        from distributed import Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise PolicyCompareError("a scheduler needs Dask: install policycompare[cluster], on its workers too.") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # a lost connection is told once, in our words
    try:
        client = Client(scheduler, set_as_default=False)
    except (OSError, ValueError) as error:
        raise PolicyCompareError(f"scheduler {scheduler!r} cannot be reached ({error}); start it with `dask scheduler`.") from None
    with client:
        submit = client.get_executor(pure=False).submit
        under_way: dict[Future[R], T] = {}
        try:
            while True:
                try:
                    yield from _flow(submit, work, batches, under_way, limit=2 * max(1, sum(client.nthreads().values())))
                    return
                except KilledWorker:  # the scheduler had tried it on several
                    lost = [future for future in under_way if future.done() and isinstance(future.exception(), KilledWorker)]
                    yield from ((under_way.pop(future), LostWorkerError()) for future in lost)
        except (CancelledError, CommClosedError, OSError) as error:
            raise PolicyCompareError(
                f"scheduler {scheduler!r} is lost ({type(error).__name__}); what was finished is kept: start it again, then call again."
            ) from None
