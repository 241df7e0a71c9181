"""Run a notebook in a fresh kernel, with parameters, and take the figures out of its outputs.

Caveat: what a notebook has stored is not looked at; only what this very run computes counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policycompare.placing import put_in_place
from policycompare.schema import PolicyCompareError

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from nbformat import NotebookNode

PLOTLY_MIME = "application/vnd.plotly.v1+json"


def run_notebook(
    notebook: str | Path, *, parameters: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None, timeout: int = 600
) -> NotebookNode:
    """Execute a notebook in a fresh kernel, with its parameters set.

    Parameters
    ----------
    notebook
        The ``.ipynb`` file; it is read, not changed.
    parameters
        Names and values, set in a cell put in after the cell tagged ``parameters`` (papermill's convention).
    environment
        Variables to set for the kernel.
    timeout
        Seconds that one cell may take.

    Returns
    -------
    NotebookNode
        The notebook with the outputs of this run.

    Raises
    ------
    PolicyCompareError
        A cell failed: the message is the cell's own error, or names the cell.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    try:
        book = nbformat.read(notebook, as_version=4)
    except FileNotFoundError:
        raise PolicyCompareError(f"{notebook}: there is no such notebook; give the path of an .ipynb file.") from None
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError):
        # nbformat lets whatever it runs into in a file of another shape through.
        raise PolicyCompareError(f"{notebook}: is no notebook; give the path of an .ipynb file.") from None
    book = with_parameters(book, parameters or {}, name=str(notebook))
    # The kernel must import the very package that runs here, installed or not.
    package = str(Path(__file__).resolve().parents[2])
    env = {
        **os.environ,
        **(environment or {}),
        "PLOTLY_RENDERER": "plotly_mimetype",
        "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])),
    }
    client = NotebookClient(
        book,
        timeout=timeout,
        kernel_name="python3",
        extra_arguments=["--Application.log_level=ERROR"],
        resources={"metadata": {"path": os.getcwd()}},
    )
    try:
        client.execute(env=env)
    except CellExecutionError as error:
        raise PolicyCompareError(_cell_error(error, notebook)) from error
    except (CellTimeoutError, DeadKernelError) as error:
        raise PolicyCompareError(f"{notebook}: the run stopped: {str(error).splitlines()[0]}") from error
    return book


def with_parameters(book: NotebookNode, parameters: Mapping[str, Any], *, name: str = "notebook") -> NotebookNode:
    """A copy of the notebook with a cell that sets the parameters, after the one tagged ``parameters``.

    Raises
    ------
    PolicyCompareError
        The notebook has no cell tagged ``parameters``, or that cell does not know one of the names.
    """
    import copy

    import nbformat

    book = copy.deepcopy(book)
    if not parameters:
        return book
    place = next((i for i, cell in enumerate(book.cells) if "parameters" in cell.metadata.get("tags", [])), None)
    if place is None:
        raise PolicyCompareError(f"{name}: no cell is tagged 'parameters'; tag the cell that sets {', '.join(parameters)}.")
    known = re.findall(r"^(\w+)\s*=", book.cells[place].source, flags=re.MULTILINE)
    unknown = [key for key in parameters if key not in known]
    if unknown:
        raise PolicyCompareError(f"{name}: unknown parameter {', '.join(unknown)}; its parameters are {', '.join(known)}.")
    source = "\n".join(f"{key} = {value!r}" for key, value in parameters.items())
    cell = nbformat.v4.new_code_cell(source, id="injected-parameters", metadata={"tags": ["injected-parameters"]})
    book.cells.insert(place + 1, cell)
    return book


def _cell_error(error: Any, notebook: str | Path) -> str:
    """The message of the package's own errors as it is; of any other, with the cell's last line."""
    own = {PolicyCompareError.__name__, *(cls.__name__ for cls in PolicyCompareError.__subclasses__())}
    return str(error.evalue) if error.ename in own else f"{notebook}: a cell failed with {error.ename}: {error.evalue}"


def figures_of(book: NotebookNode) -> dict[str, go.Figure]:
    """The figures in an executed notebook's outputs, named by their cells' ids.

    A cell with more than one figure numbers them from the second on (``targets``, ``targets-2``).
    """
    import plotly.graph_objects as go

    found = {}
    for cell in book.cells:
        for place, figure in enumerate(_cell_figures(cell), start=1):
            found[figure_name(cell, place)] = go.Figure(figure)
    return found


def figure_name(cell: Any, place: int) -> str:
    """The name of a cell's figure: the cell's id, numbered from the second on."""
    return str(cell["id"]) if place == 1 else f"{cell['id']}-{place}"


def _cell_figures(cell: Any) -> Iterable[dict[str, Any]]:
    for output in cell.get("outputs", []):
        if PLOTLY_MIME in output.get("data", {}):
            figure = output["data"][PLOTLY_MIME]
            yield {"data": figure["data"], "layout": figure["layout"]}


def store(notebook: str | Path) -> None:
    """Execute a notebook and store its outputs in its file, so that the same code and data give the same file.

    Kernel versions, times and the like are left out; only the kernel's name stays.
    """
    import nbformat

    book = run_notebook(notebook)
    book.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in book.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    nbformat.validate(book)
    with put_in_place(Path(notebook).parent) as place:
        (place / Path(notebook).name).write_text(nbformat.writes(book) + "\n", encoding="utf-8", newline="\n")
