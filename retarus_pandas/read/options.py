"""The options that the magic line and the command line share, declared once.

Each becomes a keyword argument of `read_retarus`. Both lines are parsed by `argparse` without abbreviations;
a mistake is an `InputError`, never an exit.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from retarus_pandas.errors import InputError

__all__ = ["OptionParser", "add_reading_options", "reading_arguments"]

_SECRET_WORDS = ("secret", "password", "token")


class OptionParser(argparse.ArgumentParser):
    """An argument parser that raises `InputError` and never guesses an abbreviation."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, "add_help": False, "exit_on_error": False} | settings)

    def error(self, message: str) -> NoReturn:
        raise self._mistake(message)

    def _mistake(self, message: str) -> InputError:
        return InputError(f"{message}; the options are: {self.format_usage().removeprefix('usage: ').strip()}")

    def declared(self) -> Sequence[argparse.Action]:
        """All options and arguments, in the order of their declaration."""
        return self._actions

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse words; a secret among them is refused before anything else is looked at."""
        refuse_secrets(words)
        try:
            return self.parse_args(list(words))
        except argparse.ArgumentError as error:
            raise self._mistake(str(error)) from None


def refuse_secrets(words: Sequence[str]) -> None:
    """Refuse a line on which an option carries a secret.

    Raises
    ------
    InputError
        The line names a secret; the message does not repeat it.
    """
    for word in words:
        name = word.split("=", 1)[0].lower()
        if name.startswith("-") and any(secret in name for secret in _SECRET_WORDS):
            raise InputError(
                f"{name!r}: secrets are not taken on this line, because the line is kept in the history "
                "(what you typed is there already: change the secret if others can read it). "
                "Use the form of '%retarus login', or set RETARUS_CLIENT_SECRET in the environment"
            )


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is read and how; nothing is required here, `read_retarus` decides."""
    what = parser.add_argument_group("what is read")
    what.add_argument("--last", metavar="7D", help="the time back from now, as pandas.Timedelta takes it")
    what.add_argument("--period", metavar="2026-10", help="a month, quarter, day …, as pandas.Period takes it")
    what.add_argument("--start", metavar="T", help="the first instant, as pandas.Timestamp takes it")
    what.add_argument("--end", metavar="T", help="the instant before which it ends; now, if left out")
    what.add_argument("--tz", metavar="Z", help="time zone of plain instants and of the result, e.g. Europe/Berlin")
    what.add_argument("--var", metavar="NAME=VALUE", action="append", help="a GraphQL variable; repeat for more")
    what.add_argument("--filter", metavar="COLUMN=VALUE", action="append", help="only rows with this value; repeatable")
    what.add_argument("--customer", metavar="ID", help="another customer ID than the session's")
    what.add_argument("--operation", metavar="NAME", help="the operation to run, if the document has several")
    how = parser.add_argument_group("how it is read")
    how.add_argument("--record-path", metavar="P", help="the list of objects to make one row of each item of")
    how.add_argument("--max-rows", metavar="N", type=int, help="stop after N rows and say so")
    how.add_argument("--page-size", metavar="N", type=int, help="rows asked at a time, at most 10000")
    how.add_argument("--concurrency", metavar="N", type=int, help="requests under way at a time")
    how.add_argument("--dtype-backend", metavar="B", help="numpy_nullable or pyarrow, as in pandas readers")


def reading_arguments(options: argparse.Namespace) -> dict[str, Any]:
    """Turn parsed options into keyword arguments of `read_retarus`; what was not given is not in it."""
    plain = {
        "last": options.last,
        "period": options.period,
        "start": options.start,
        "end": options.end,
        "tz": options.tz,
        "customer_id": options.customer,
        "operation": options.operation,
        "max_rows": options.max_rows,
        "page_size": options.page_size,
        "concurrency": options.concurrency,
        "dtype_backend": options.dtype_backend,
        "record_path": options.record_path and options.record_path.split("."),
        "filters": _grouped(options.filter, "--filter COLUMN=VALUE"),
        "variables": dict(_pairs(options.var, "--var NAME=VALUE")),
    }
    return {name: value for name, value in plain.items() if value not in (None, {}, "")}


def _grouped(words: Sequence[str] | None, form: str) -> dict[str, list[str]]:
    """Collect the values of each name, in the order given."""
    values: dict[str, list[str]] = {}
    for name, value in _pairs(words, form):
        values.setdefault(name, []).append(value)
    return values


def _pairs(words: Sequence[str] | None, form: str) -> list[tuple[str, str]]:
    pairs = []
    for word in words or ():
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise InputError(f"{word!r} is not of the form {form}")
        pairs.append((name.strip().removeprefix("$"), value))
    return pairs
