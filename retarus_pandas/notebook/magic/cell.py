"""One ``%%retarus`` cell: resolve its variables, hand over to the reader, show what came."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from retarus_pandas.document import declared_variables, driven_variables
from retarus_pandas.errors import NotSignedInError
from retarus_pandas.notebook.magic.binding import bind
from retarus_pandas.notebook.magic.caller import caller_names
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.notebook.summary import result_line
from retarus_pandas.read import OPTIONS, configured, export_retarus, plan_retarus, read_retarus, reading_arguments
from retarus_pandas.session import acquire_session, known_schema

__all__ = ["run_cell"]


def run_cell(line: str, cell: str, shell: InteractiveShell, defaults: Mapping[str, Any]) -> Any:
    """Run one cell; `defaults` are those of ``%config RetarusMagics``, and options go before them."""
    options = cell_options(line)
    body, silent = _body(cell)
    arguments = configured(defaults) | reading_arguments(options)
    tz = arguments.get("tz", OPTIONS["tz"].default)
    declared = declared_variables(body, options.operation)
    driven = driven_variables(body) if declared else ()
    given = arguments.pop("variables", {})
    values, taken = bind(declared, driven, given, caller_names(shell), schema=known_schema(), tz=tz)
    arguments["variables"] = values
    if options.plan:
        return plan_retarus(body, **arguments)
    say = _Saying(taken, tz, quiet=bool(options.quiet or defaults["quiet"] or silent))
    with _form_if_signed_out():
        # An archive may have all that is asked, so that nobody need be signed in.
        arguments["session"] = None if "archive" in arguments else acquire_session()
        return _read(body, arguments, options, shell, say, silent=silent)


@dataclass(frozen=True, slots=True)
class _Saying:
    """Says what came, unless it is to be quiet."""

    taken: list[str]
    tz: str
    quiet: bool

    def __call__(self, name: str, facts: list[dict[str, Any]], *, notable_only: bool = False) -> None:
        text = result_line(name, facts, taken=self.taken, tz=self.tz, notable_only=notable_only)
        if text and not self.quiet:
            print(text)  # noqa: T201 - one line of text is what the user asked for


def _read(
    body: str, arguments: dict[str, Any], options: Namespace, shell: InteractiveShell, say: _Saying, *, silent: bool
) -> Any:
    if options.save:
        say(options.save, [export_retarus(body, options.save, **arguments)])
        return None
    result = read_retarus(body, **arguments)
    if options.name:
        shell.push({options.name: result})
        say(options.name, _facts(result))
        return None
    say("", _facts(result), notable_only=True)
    return None if silent else _shown(result)


def _body(cell: str) -> tuple[str, bool]:
    """The document and whether a semicolon silences it; a line is put in front so that positions are the cell's."""
    text = cell.rstrip()
    silent = text.endswith(";")
    return "\n" + text.removesuffix(";").rstrip(), silent


@contextmanager
def _form_if_signed_out() -> Iterator[None]:
    """Where somebody has to be signed in and nobody is, the form is shown and the cell fails."""
    try:
        yield
    except NotSignedInError as error:
        from retarus_pandas.notebook.signin.login import show_login_form

        if not show_login_form():
            raise
        message = str(error)
    else:
        return
    raise NotSignedInError(f"{message.removesuffix('.')}. Sign in with the form above, then run this cell again.")


def _facts(result: pd.DataFrame | dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    frames = [result] if isinstance(result, pd.DataFrame) else list(result.values())
    return [frame.attrs["retarus"] | {"columns": frame.shape[1]} for frame in frames]


def _shown(result: pd.DataFrame | dict[str, pd.DataFrame]) -> Any:
    """One frame is the cell's result; of several each is displayed under its name, and the dict is not repeated."""
    if isinstance(result, pd.DataFrame):
        return result
    for name, frame in result.items():
        print(f"{name}: {len(frame):,} rows")  # noqa: T201
        display(frame)
    return None
