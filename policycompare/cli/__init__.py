"""The command line: arguments only; every command is one call into the house.

Caveat: a fault that the user can mend ends with its message on stderr and exit status 2, without a traceback; outputs
are put in place whole, so a command that failed has changed nothing.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Literal

import typer

from policycompare.cli import coder, outputs, studies
from policycompare.messages import fault, language, said, speak
from policycompare.schema import PolicyCompareError, PolicyCompareWarning

# Boxed help breaks lines at spaces only and cuts what is too long: in Chinese, half of it.
_BOXES: Literal["rich"] | None = None if language() == "zh" else "rich"
app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, help=said("help"), rich_markup_mode=_BOXES)
for group in (outputs.app, coder.app, studies.app):
    app.registered_commands += group.registered_commands
    app.registered_groups += group.registered_groups

# What click raises for wrong arguments; typer exports no other name for it.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; faults that the user can mend end in a message and exit status 2."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", PolicyCompareWarning)
            warnings.showwarning = _warn
            speak(None)
            raise SystemExit(app(arguments, standalone_mode=False) or 0)
    except PolicyCompareError as error:
        _fail("\n".join(map(fault, error.faults)))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _fail(said("fail.machine", fault=f"{place}{error.strerror or error}"))
    except (KeyboardInterrupt, typer.Abort):
        _fail(said("fail.stopped"), status=130)
    except Exception as error:
        if not isinstance(error, _UsageError):
            raise
        _fail(_usage(error))


def _usage(error: Exception) -> str:
    """A wrong argument in one line, and where to look; called with nothing, the help."""
    context = getattr(error, "ctx", None)
    text = error.format_message()  # type: ignore[attr-defined]
    if type(error).__name__ == "NoArgsIsHelpError" or context is None:
        return str(text)
    return f"{fault(text)}\n{said('fail.help', command=context.command_path)}"


def _warn(message: Warning | str, *_where: object, **_named: object) -> None:
    print(fault(str(message)), file=sys.stderr)


def _fail(message: str, *, status: int = 2) -> None:
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(status)
