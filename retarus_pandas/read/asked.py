"""``reports``, ``fields REPORT`` and ``schema``, as the shell and the line magic have them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import ExportError
from retarus_pandas.session import acquire_session, known_schema

if TYPE_CHECKING:
    from retarus_pandas.read.table import Table

__all__ = ["ASKED_ARGUMENTS", "asked_command"]

# The words of each command, as `argparse` takes them.
ASKED_ARGUMENTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "reports": [],
    "fields": [("report", {"metavar": "REPORT", "help": "as the command 'reports' lists them"})],
    "schema": [
        ("--live", {"action": "store_true", "help": "ask the service for its own, and use it in this session"}),
        ("--diff", {"action": "store_true", "help": "what the schema in use has beyond the bundled one, and lacks"}),
        ("--save", {"metavar": "FILE", "help": "write it to a .graphql file"}),
    ],
}


def asked_command(command: str, options: Namespace) -> list[Table | str]:
    """Tell what can be asked.

    Parameters
    ----------
    command : str
        One of `ASKED_ARGUMENTS`.
    options : argparse.Namespace
        Its words, parsed.

    Returns
    -------
    list of Table or str
        What is to be shown, one below the other; a table comes last.

    Raises
    ------
    RetarusError
        There is no such report, the service does not give its schema, or the file cannot be written.
    """
    if command == "reports":
        return [_reports()]
    return [_fields(options.report)] if command == "fields" else _schema(options)


def _reports() -> Table:
    from retarus_pandas.read.table import Table
    from retarus_pandas.schema import describe_reports

    described = describe_reports(known_schema())
    return Table(
        {
            "report": [each.report for each in described],
            "what it lists": [each.meaning for each in described],
            "known fields": [each.fields or "none: name them" for each in described],
            "a period compares": [
                f"{each.period_tests} ({each.period_evidence})" if each.period_tests else "not known"
                for each in described
            ],
            "one record by": [each.key or "not known" for each in described],
            "--filter": ["yes" if each.filter else "not known" for each in described],
        }
    )


def _fields(report: str) -> Table:
    from retarus_pandas.read.discovery import fields
    from retarus_pandas.read.table import Table

    return Table(fields(report))


def _schema(options: Namespace) -> list[Table | str]:
    """One thing at a time, in the order in which one would want them."""
    from retarus_pandas.read.discovery import schema_changes, schema_text
    from retarus_pandas.read.table import Table

    said: list[Table | str] = []
    if options.live:
        schema = acquire_session().fetch_schema(refresh=True)
        said.append(f"The schema of this session is now the service's own: {len(schema.reports())} reports.")
    if options.diff:
        return [*said, Table(schema_changes())]
    if options.save:
        _write(options.save, schema_text())
        said.append(f"Saved to {options.save}.")
    return said or [schema_text()]


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(f"The file {file!r} cannot be written: {error.strerror}. Name another one.") from None
