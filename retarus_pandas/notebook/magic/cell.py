"""One ``%%retarus`` cell: resolve its variables, hand over to the reader, show what came."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from retarus_pandas.document import declared_variables, driven_variables
from retarus_pandas.errors import NotSignedInError, RetarusError
from retarus_pandas.notebook.interactive import reason_against_tables, show_table
from retarus_pandas.notebook.magic.binding import bind
from retarus_pandas.notebook.magic.caller import caller_names
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.notebook.magic.warned import warnings_on_one_line
from retarus_pandas.notebook.summary import result_line
from retarus_pandas.read import (
    OPTIONS,
    configured,
    export_retarus,
    in_words_of_a_line,
    plan_retarus,
    read_retarus,
    reading_arguments,
    told_elsewhere,
    told_on_a_line,
)
from retarus_pandas.session import acquire_session, known_schema

__all__ = ["run_cell"]


def run_cell(line: str, cell: str, shell: InteractiveShell, defaults: Mapping[str, Any]) -> Any:
    """Run one cell; `defaults` are those of ``%config RetarusMagics``, and options go before them."""
    # Their mistakes are told in words of a line already, and may quote what looks like an argument.
    options = cell_options(line)
    given = reading_arguments(options)
    with warnings_on_one_line() as warned:
        try:
            return _run(options, given, cell, shell, defaults, warned)
        except RetarusError as error:
            failure = told_on_a_line(error)
    # Outside of the handler, so that nothing hangs on it whose frames a traceback would show.
    raise failure


def _run(
    options: Namespace,
    given: Mapping[str, Any],
    cell: str,
    shell: InteractiveShell,
    defaults: Mapping[str, Any],
    warned: Sequence[str],
) -> Any:
    body, silent = _body(cell)
    arguments = {**configured(defaults, file=options.save), **given}
    tz = arguments.get("tz", OPTIONS["tz"].default)
    declared = declared_variables(body, options.operation)
    driven = driven_variables(body) if declared else ()
    written = arguments.pop("variables", {})
    values, taken = bind(declared, driven, written, caller_names(shell), schema=known_schema(), tz=tz)
    arguments["variables"] = values
    if options.plan:
        return plan_retarus(body, **arguments)
    say = _Saying(taken, tz, warned, quiet=bool(options.quiet or defaults["quiet"] or silent))
    if options.name or options.save or not say.quiet:
        arguments.setdefault("progress", told_elsewhere)
    with _form_if_signed_out():
        # An archive may have all that is asked, so that nobody need be signed in.
        arguments["session"] = None if "archive" in arguments else acquire_session()
        return _read(body, arguments, options, shell, say, silent=silent)


@dataclass(frozen=True, slots=True)
class _Saying:
    """Says what came, unless it is to be quiet."""

    taken: list[str]
    tz: str
    warned: Sequence[str]
    quiet: bool

    def __call__(self, name: str, facts: list[dict[str, Any]]) -> None:
        if not self.quiet:
            text = result_line(name, facts, taken=self.taken, tz=self.tz, told=self.warned)
            print(in_words_of_a_line(text))  # noqa: T201 - one line of text is what the user asked for


def _read(
    body: str, arguments: dict[str, Any], options: Namespace, shell: InteractiveShell, say: _Saying, *, silent: bool
) -> Any:
    if options.save:
        say(options.save, [export_retarus(body, options.save, **arguments)])
        return None
    result = read_retarus(body, **arguments)
    frames: dict[str, pd.DataFrame] = {"": result} if isinstance(result, pd.DataFrame) else result
    if options.name:
        shell.push({options.name: result})
        say(options.name, [*map(_facts, frames.values())])
    show = None if silent else _way_to_show(options)
    if show is None:
        return None
    for name, frame in frames.items():
        if not options.name:
            say(name, [_facts(frame)])
        # One frame is the cell's result; of several each is displayed, and the dict is not repeated.
        if show is display and len(frames) == 1:
            return frame
        show(frame)
    return None


def _way_to_show(options: Namespace) -> Callable[[pd.DataFrame], object] | None:
    """How frames are shown; None if they are only stored."""
    reason = reason_against_tables() if options.table else ""
    if reason:
        print(reason)  # noqa: T201
    elif options.table:
        return show_table
    return None if options.name else display


def _facts(frame: pd.DataFrame) -> dict[str, Any]:
    return {**frame.attrs["retarus"], "columns": frame.shape[1]}


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
        from retarus_pandas.notebook.signin import show_login_form

        if not show_login_form():
            raise
        unset, needed_for = error.unset, error.needed_for
    else:
        return
    told = [
        "Not signed in. Sign in with the form above, then run this cell again.",
        f"Without the form: set {', '.join(unset)} in the environment." if unset else "",
        needed_for,
    ]
    raise NotSignedInError(" ".join(filter(None, told)), unset, needed_for)
