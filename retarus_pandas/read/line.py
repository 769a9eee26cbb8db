"""Options on a line: of the cell magic, of the line magic, and of the shell.

All are parsed by `argparse` without abbreviations; a mistake is an `InputError`, never an exit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from retarus_pandas.errors import InputError
from retarus_pandas.read.export import takes_option
from retarus_pandas.read.option import Flag, Option, Part
from retarus_pandas.read.stray import refuse_secrets, stray
from retarus_pandas.read.taken import OPTIONS

__all__ = ["OptionParser", "add_options", "configured", "reading_arguments"]


class OptionParser(argparse.ArgumentParser):
    """An argument parser that raises `InputError` and never guesses an abbreviation."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_abbrev": False, "add_help": False, "exit_on_error": False} | settings)

    def error(self, message: str) -> NoReturn:
        raise self._mistake(message)

    def _mistake(self, message: str) -> InputError:
        stop = "" if message.endswith((".", "?")) else "."
        return InputError(f"{message[:1].upper()}{message[1:]}{stop} {self._way_on()}")

    def _way_on(self) -> str:
        """Where all options are listed; those of a command of the line magic are few enough to stand here."""
        if self.prog.startswith("%%"):
            return f"'{self.prog}?' lists all options."
        if not self.prog.startswith("%"):
            return f"'{self.prog} --help' lists what there is."
        usage = " ".join(self.format_usage().removeprefix("usage: ").split())
        return f"Write it as: {usage}."

    def declared(self) -> Sequence[argparse.Action]:
        """All options and arguments, in the order of their declaration."""
        return self._actions

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse words; a secret among them is refused before anything else is looked at."""
        refuse_secrets(words)
        return self.parse_args(list(words))

    def parse_known_args(self, args: Iterable[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As `argparse` has it, of a command's own words too; but what is not known is a mistake, in our words."""
        words = list(args or ())
        complaint = stray(words, self._actions)
        if complaint:
            raise self._mistake(complaint)
        try:
            return super().parse_known_args(words, namespace)
        except argparse.ArgumentError as error:
            raise self._mistake(str(error)) from None


def add_options(parser: argparse.ArgumentParser, options: Mapping[str, Option]) -> None:
    """Add the options that can be written on a line; each is found under its name. Nothing is required here."""
    what = parser.add_argument_group("what is read")
    how = parser.add_argument_group("how it is read")
    for name, option in options.items():
        flag = option.flag
        if flag is not None:
            group = what if option.part in (Part.PERIOD, Part.DOCUMENT) else how
            group.add_argument(flag.name, dest=name, help=flag.help or option.help, **_settings(flag))


def _settings(flag: Flag) -> dict[str, Any]:
    if flag.is_switch:
        return {"action": "store_true", "default": None}
    return {"metavar": flag.metavar, "action": "append" if flag.gather else "store"}


def reading_arguments(words: argparse.Namespace) -> dict[str, Any]:
    """Turn parsed words into keyword arguments of the reading functions; what was not given is not in it.

    Raises
    ------
    InputError
        A word cannot be the value of its option.
    """
    given = {name: getattr(words, name, None) for name in OPTIONS}
    values = {name: _flag_value(OPTIONS[name], found) for name, found in given.items() if found is not None}
    return {name: value for name, value in values.items() if value not in ("", [], {})}


def _flag_value(option: Option, found: Any) -> Any:
    assert option.flag is not None
    return option.flag.read(found)


def configured(settings: Mapping[str, Any], *, file: str | None = None) -> dict[str, Any]:
    """Turn settings of ``%config`` into keyword arguments; those that say nothing are not in it.

    Nor are those that say how files are written, unless they fit the `file` that is to be.
    """
    known = {name: value for name, value in settings.items() if name in OPTIONS}
    said = {name: value for name, value in known.items() if not _says_nothing(OPTIONS[name], value)}
    return {
        name: value for name, value in said.items() if OPTIONS[name].part is not Part.FILE or takes_option(file, name)
    }


def _says_nothing(option: Option, value: Any) -> bool:
    """Whether a setting is empty, or a switch that was not switched."""
    if option.flag is not None and option.flag.is_switch:
        return bool(value != option.flag.switched)
    return value is None or value == ""
