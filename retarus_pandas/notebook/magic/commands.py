"""``%retarus login``, ``status`` and the other commands of the line magic."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from retarus_pandas.archive import ARCHIVE_ARGUMENTS
from retarus_pandas.errors import InputError
from retarus_pandas.notebook.magic.misplaced import in_a_cell, is_document, way_on
from retarus_pandas.read import (
    ASKED_ARGUMENTS,
    OptionParser,
    asked_command,
    refuse_secrets,
    split_line,
    table_on_a_line,
)
from retarus_pandas.session import current_session, logout, make_current

__all__ = ["ARGUMENTS", "COMMANDS", "MANUAL", "run"]

MANUAL = """Sign in, look around, and check what is wrong.

    %retarus login            the sign-in form
    %retarus logout           forget the secret and the token
    %retarus status           who is signed in, where, and for how long the token is good
    %retarus reports          what can be asked
    %retarus fields REPORT    a report's fields: type, dtype, unit, meaning, how well it is known
    %retarus schema           the schema in use; --live asks the service for its own, --diff compares
    %retarus explore          choose a report and its fields with the mouse or the keyboard
    %retarus archive sync|status|verify|changes DIR   keep reports beyond the service's history, and look into them
    %retarus doctor           check versions, network, sign-in and clock; --probe asks the service what is not known
    %retarus demo             sign in to the embedded service with invented records
"""

_COMMAND = re.compile(r"^ *(%retarus .+?)  +(.+)$", re.MULTILINE)
_HELP = {"help", "--help", "-h", "-?", "?"}


def run(line: str, shell: InteractiveShell) -> Any:
    """Run one command of ``%retarus``.

    Raises
    ------
    InputError
        An unknown command or option; says which there are.
    """
    if is_document(line):
        raise InputError(in_a_cell(line.strip()))
    words = split_line(line)
    if not words or words[0] in _HELP:
        _help()
        return None
    refuse_secrets(words)
    if words[0] not in COMMANDS:
        raise InputError(way_on(words, COMMANDS))
    command, *rest = words
    parser = OptionParser(prog=f"%retarus {command}")
    for flags, settings in ARGUMENTS.get(command, ()):
        parser.add_argument(flags, **settings)
    return COMMANDS[command](parser.parse(rest), shell)


def _help() -> None:
    """The manual, as a table where there is HTML: lines of a text are broken anywhere in a narrow window."""
    from retarus_pandas.read import Table

    described = Table(_COMMAND.findall(MANUAL), columns=["command", "what it does"])
    display({"text/plain": MANUAL, "text/html": described._repr_html_()}, raw=True)


def _login(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.notebook.signin import login

    login()


def _logout(options: Namespace, shell: InteractiveShell) -> Any:
    was = current_session()
    logout()
    print(f"Logged out of customer {was.customer_id}." if was else "Nobody was signed in.")  # noqa: T201


def _status(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.notebook.display import status_table

    return table_on_a_line(status_table(current_session()))


def _asked(command: str) -> Callable[[Namespace, InteractiveShell], Any]:
    def show(options: Namespace, shell: InteractiveShell) -> Any:
        from retarus_pandas.read import Table

        *said, last = asked_command(command, options)
        for text in said if isinstance(last, Table) else [*said, last]:
            print(text)  # noqa: T201 - what was asked for
        return last if isinstance(last, Table) else None

    return show


def _explore(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.notebook.explorer import explorer_for
    from retarus_pandas.notebook.widgets import show
    from retarus_pandas.read import here

    if not here().is_kernel:
        raise InputError(
            "The explorer needs a notebook with widgets; '%retarus reports' and '%retarus fields REPORT' "
            "tell the same in text."
        )
    memory = shell.magics_manager.registry["RetarusMagics"]
    show(
        explorer_for(shell, memory).panel,
        "The explorer is not shown here: it needs a frontend with widgets, such as JupyterLab, and the kernel that "
        "made it. In a notebook that was opened again, run this cell again; elsewhere, '%retarus reports' and "
        "'%retarus fields REPORT' tell the same in text.",
    )


def _doctor(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.doctor import doctor, probe_service

    return table_on_a_line(probe_service() if options.probe else doctor().rename(columns={"to_do": "what to do"}))


def _archive(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.archive import archive_command

    frame, _ = archive_command(options)
    return frame


def _demo(options: Namespace, shell: InteractiveShell) -> Any:
    from retarus_pandas.sandbox import LIVE_DAYS
    from retarus_pandas.session import Session

    session = make_current(Session.sandbox(days_ahead=LIVE_DAYS))
    session.sign_in()
    print(  # noqa: T201
        f"Signed in to the embedded service as customer {session.customer_id}; its records are invented.\n"
        "Try a cell:\n\n    %%retarus faxes --last 7D\n    faxOutUdrReport\n"
    )


ARGUMENTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    **ASKED_ARGUMENTS,
    "archive": ARCHIVE_ARGUMENTS,
    "doctor": [("--probe", {"action": "store_true", "help": "ask the service what nobody outside knows of it"})],
}

COMMANDS = {
    "login": _login,
    "logout": _logout,
    "status": _status,
    **{command: _asked(command) for command in ASKED_ARGUMENTS},
    "explore": _explore,
    "archive": _archive,
    "doctor": _doctor,
    "demo": _demo,
}
