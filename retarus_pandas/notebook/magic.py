"""``%%retarus`` and ``%retarus``: parse the line, hand over, show what came."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.display import display
from traitlets import Bool, Int, Unicode

from retarus_pandas.errors import NotSignedInError
from retarus_pandas.notebook import commands, completion
from retarus_pandas.notebook.binding import bind
from retarus_pandas.notebook.choice import Choice
from retarus_pandas.notebook.line import cell_options, cell_parser
from retarus_pandas.notebook.summary import result_line
from retarus_pandas.options import reading_arguments
from retarus_pandas.query.document import declared_variables, driven_variables
from retarus_pandas.reader import export_retarus, plan_retarus, read_retarus
from retarus_pandas.session import Session, acquire_session, known_schema

__all__ = ["RetarusMagics", "load", "unload"]

_MANUAL = """Run a GraphQL query on the Retarus reporting API and get a DataFrame.

    %%retarus faxes --period 2026-10 --tz Europe/Berlin --filter statusName=OK
    {{ faxOutUdrReport {{ content {{ faxId jobBillingCode docPages keyTimestamp }} }} }}

With NAME (or NAME <<) the frame is stored and one line says what came; without, the frame is the cell's
result. A body that is only a report's name asks for all its known fields; '%retarus reports' lists them.
A semicolon at the end of the body silences the result.

The period stands on the line: --last 7D, --period 2026-10, or --start and --end (the end is not included).
Quotes group words: --filter jobBillingCode="Pos. 2 Fax". A backslash is a backslash.

A GraphQL variable that the document declares is taken from --var NAME=VALUE, else from the notebook's
variable of that name, converted to its declared type; the result line says which were taken. The customer,
the period, paging and sorting are filled in for you.

Defaults can be set once: '%config RetarusMagics' lists them, e.g. %config RetarusMagics.tz = "Europe/Berlin".
Sign in with '%retarus login'. Secrets are refused on this line, because the history keeps it.

{options}
"""


@magics_class
class RetarusMagics(Magics):
    """The magics and their defaults; see ``%%retarus?``."""

    shell: InteractiveShell
    # What the explorer showed last.
    last_choice: Choice | None = None

    tz = Unicode("UTC", help="Time zone of plain instants and of the result.").tag(config=True)
    page_size = Int(10_000, min=1, max=10_000, help="Rows asked at a time.").tag(config=True)
    concurrency = Int(4, min=1, help="Requests under way at a time.").tag(config=True)
    max_rows = Int(None, allow_none=True, help="Stop after so many rows and say so.").tag(config=True)
    dtype_backend = Unicode("", help="'numpy_nullable' or 'pyarrow'; empty for the default dtypes.").tag(config=True)
    customer_id = Unicode("", help="Another customer ID than the session's.").tag(config=True)
    progress = Bool(True, help="Show a progress bar.").tag(config=True)  # noqa: FBT003
    quiet = Bool(False, help="No line about the result.").tag(config=True)  # noqa: FBT003

    @no_var_expand
    @cell_magic("retarus")  # type: ignore[arg-type]  # IPython annotates its decorators for bare use only
    def run_cell(self, line: str, cell: str) -> Any:
        options = cell_options(line)
        body, silent = _body(cell)
        arguments = self._defaults() | reading_arguments(options)
        declared = declared_variables(body, options.operation)
        driven = driven_variables(body) if declared else ()
        given = arguments.pop("variables", {})
        values, taken = bind(declared, driven, given, self.shell.user_ns, schema=known_schema(), tz=arguments["tz"])
        arguments["variables"] = values
        if options.plan:
            return plan_retarus(body, **arguments)
        return self._read(body, arguments, options, taken, silent=silent)

    def _read(self, body: str, arguments: dict[str, Any], options: Namespace, taken: list[str], *, silent: bool) -> Any:
        arguments |= {"session": _session_or_form(), "progress": self._progress(options)}
        quiet = options.quiet or self.quiet or silent
        if options.save:
            facts = export_retarus(body, options.save, **arguments)
            _say(result_line(options.save, [facts], taken=taken, tz=arguments["tz"]), quiet=quiet)
            return None
        result = read_retarus(body, **arguments)
        if options.name:
            self.shell.push({options.name: result})
            _say(result_line(options.name, _facts(result), taken=taken, tz=arguments["tz"]), quiet=quiet)
            return None
        notable = result_line("", _facts(result), taken=taken, tz=arguments["tz"], notable_only=True)
        _say(notable, quiet=quiet or not notable)
        return None if silent else _shown(result)

    def _defaults(self) -> dict[str, Any]:
        settings = {name: getattr(self, name) for name in ("tz", "page_size", "concurrency", "max_rows")}
        texts = {name: getattr(self, name) for name in ("dtype_backend", "customer_id")}
        return {name: value for name, value in settings.items() if value is not None} | {
            name: value for name, value in texts.items() if value
        }

    def _progress(self, options: Namespace) -> bool | None:
        """Leave it to the frontend unless it was switched off."""
        return None if self.progress and not options.no_progress else False

    @no_var_expand
    @line_magic("retarus")  # type: ignore[arg-type]
    def run_line(self, line: str) -> Any:
        return commands.run(line, self.shell)


# Set here, since a docstring cannot be put together; IPython shows them for ``%%retarus?`` and ``%retarus?``.
setattr(RetarusMagics.run_cell, "__doc__", _MANUAL.format(options=cell_parser().format_help()))  # noqa: B010
setattr(RetarusMagics.run_line, "__doc__", commands.MANUAL)  # noqa: B010


def load(shell: InteractiveShell) -> None:
    """Register the magics with a shell."""
    shell.register_magics(RetarusMagics)
    completion.register(shell)


def unload(shell: InteractiveShell) -> None:
    """Take the magics, and their defaults in ``%config``, out of a shell again."""
    completion.unregister(shell)
    for kind in ("cell", "line"):
        shell.magics_manager.magics[kind].pop("retarus", None)
    instance = shell.magics_manager.registry.pop(RetarusMagics.__name__, None)
    shell.configurables[:] = [one for one in shell.configurables if one is not instance]


def _body(cell: str) -> tuple[str, bool]:
    """The document and whether a semicolon silences it; a line is put in front so that positions are the cell's."""
    text = cell.rstrip()
    silent = text.endswith(";")
    return "\n" + text.removesuffix(";").rstrip(), silent


def _session_or_form() -> Session:
    """The session to read with; signed out, the form is shown and the cell fails."""
    try:
        return acquire_session()
    except NotSignedInError as error:
        from retarus_pandas.notebook.login import show_login_form

        if not show_login_form():
            raise
        message = str(error)
    raise NotSignedInError(f"{message}. Sign in with the form above, then run this cell again")


def _facts(result: pd.DataFrame | dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    frames = [result] if isinstance(result, pd.DataFrame) else list(result.values())
    return [frame.attrs["retarus"] | {"columns": frame.shape[1]} for frame in frames]


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        print(text)  # noqa: T201 - one line of text is what the user asked for


def _shown(result: pd.DataFrame | dict[str, pd.DataFrame]) -> Any:
    """One frame is the cell's result; of several each is displayed under its name, and the dict is not repeated."""
    if isinstance(result, pd.DataFrame):
        return result
    for name, frame in result.items():
        _say(f"{name}: {len(frame):,} rows", quiet=False)
        display(frame)
    return None
