"""``archive sync | status | verify | changes``, as the shell and the line magic have it."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from retarus_pandas.archive.archive import Archive
    from retarus_pandas.read import Table

__all__ = ["ARCHIVE_ARGUMENTS", "archive_command", "archive_json"]

_ACTIONS = ("sync", "status", "verify", "changes")

# The words of the command, as `argparse` takes them.
ARCHIVE_ARGUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("action", {"choices": _ACTIONS, "metavar": "|".join(_ACTIONS), "help": "what is done"}),
    ("folder", {"metavar": "DIR", "help": "the archive's folder"}),
    ("--report", {"metavar": "R", "action": "append", "help": "only this report; can be repeated"}),
    ("--reread", {"metavar": "10D", "help": "sync: how long after its end a day is asked again"}),
    ("--field", {"metavar": "F", "action": "append", "help": "sync: only this field of the one report; repeated"}),
    ("--mask", {"metavar": "personal", "action": "append", "help": "sync: personal, or COLUMN=HOW; can be repeated"}),
    ("--since", {"metavar": "T", "help": "changes: since when, in UTC"}),
    ("--no-progress", {"dest": "progress", "action": "store_true", "default": None, "help": "sync: no progress bar"}),
]

_INCOMPLETE = 4


def archive_command(options: Namespace) -> tuple[Table, int]:
    """Do what the words say.

    Parameters
    ----------
    options : argparse.Namespace
        The words of `ARCHIVE_ARGUMENTS`, parsed.

    Returns
    -------
    tuple of (Table, int)
        What is to be shown, and the exit status: 0, or 4 where something is missing or wrong.

    Raises
    ------
    RetarusError
        As the methods of `Archive` do.
    """
    # Loaded here, because the words of the command are known to every notebook, and few have an archive.
    from retarus_pandas.archive.archive import Archive

    _check(options)
    archive = Archive(options.folder)
    if options.action == "sync":
        return _sync(archive, options)
    if options.action == "verify":
        _check_reports(archive, options.report)
        problems = _of_reports(archive.verify(), options.report)
        return problems, _INCOMPLETE if len(problems) else 0
    _check_reports(archive, options.report)
    frame = archive.coverage() if options.action == "status" else archive.changes(options.since)
    return _of_reports(frame, options.report), 0


def archive_json(frame: pd.DataFrame) -> Any:
    """A frame as plain values, for other programs: instants as text, a list of objects."""
    days = frame.select_dtypes("datetime").columns
    plain = frame.astype(dict.fromkeys(days, "str")).replace({"NaT": None})
    return json.loads(plain.to_json(orient="records", date_format="iso"))


def _check(options: Namespace) -> None:
    """Find what does not fit the action, before anything is done."""
    fit = {
        "sync": {"reread": "--reread", "field": "--field", "mask": "--mask", "progress": "--no-progress"},
        "changes": {"since": "--since"},
    }
    for action, flags in fit.items():
        for name, flag in flags.items():
            if options.action != action and getattr(options, name) is not None:
                raise InputError(f"The option {flag} fits 'archive {action}' only. Leave it out.")
    if options.action == "changes" and options.since is None:
        raise InputError("'archive changes' takes --since, such as --since 2026-11-01.")


def _sync(archive: Archive, options: Namespace) -> tuple[Table, int]:
    from retarus_pandas.read import reading_arguments

    given = {"reread": options.reread, "fields": options.field, **reading_arguments(options)}
    frame = archive.sync(options.report, **{name: value for name, value in given.items() if value is not None})
    return frame, _INCOMPLETE if frame["failed"].any() else 0


def _check_reports(archive: Archive, reports: list[str] | None) -> None:
    """A report of another name has nothing to tell, which would look as if all were well."""
    there = sorted(set(archive.coverage()["report"])) if reports else []
    for name in reports or ():
        if name not in there:
            raise InputError(f"The archive has no report {name!r}; there are: {', '.join(there) or 'none yet'}.")


def _of_reports(frame: Table, reports: list[str] | None) -> Table:
    if not reports:
        return frame
    from retarus_pandas.read import Table

    return Table(frame[frame["report"].isin(reports)].reset_index(drop=True))
