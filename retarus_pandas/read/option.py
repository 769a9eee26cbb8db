"""What a reading option is: as an argument, on a line, in ``%config`` and in the documentation.

The options themselves are declared in `retarus_pandas.read.request`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from retarus_pandas.errors import InputError
from retarus_pandas.values import show

__all__ = ["AS_PANDAS", "Check", "Flag", "Option", "Part"]

_ACCOUNTS = 10**12  # more than there are

Check = Callable[[str, Any], Any]


class AsPandas(Enum):
    """Stands for pandas' own default, so that a line is understood without loading pandas."""

    DEFAULT = "as pandas has it"


AS_PANDAS = AsPandas.DEFAULT


class Part(Enum):
    """Who takes an option, each as keyword arguments."""

    PERIOD = "what the period is resolved from"
    DOCUMENT = "what the document is bound to"
    TABLE = "how rows become one table"
    FRAME = "how a table becomes a frame"
    FILE = "how a table becomes a file"
    PAGES = "how pages are asked"
    CALL = "what the reading function itself looks at"


def plain_text(flag: str, word: str) -> str:
    """The word as it is."""
    return word


@dataclass(frozen=True, slots=True)
class Flag:
    """How an option is written on the line of a magic or of the shell.

    Parameters
    ----------
    name : str
        With its dashes.
    metavar : str, default ""
        What stands for the value; empty for a switch.
    value : callable, optional
        Makes a value of a word; it is called with the flag's name, for its messages.
    gather : callable, optional
        Makes one value of those of a flag that may be repeated; else the last one counts.
    switched : object, default True
        The value that a switch stands for.
    help : str, default ""
        What a switch does, where the option's own sentence does not say it.
    offers : str or tuple of str, optional
        What completion offers: the words themselves, or the name of a kind of candidates that it knows.
    """

    name: str
    metavar: str = ""
    value: Callable[[str, str], Any] = plain_text
    gather: Callable[[Sequence[Any]], Any] | None = None
    switched: object = True
    help: str = ""
    offers: str | tuple[str, ...] = ()

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value."""
        return not self.metavar

    def read(self, given: Any) -> Any:
        """Make a value of what a parser found: a word, the words of a repeated flag, or a switch."""
        if self.is_switch:
            return self.switched
        if self.gather:
            return self.gather([self.value(self.name, word) for word in given])
        return self.value(self.name, given)

    def __str__(self) -> str:
        return f"{self.name} {self.metavar}".rstrip()


def unchecked(name: str, value: Any) -> Any:
    """Whoever uses the value checks it."""
    return value


@dataclass(frozen=True, slots=True)
class Option:
    """One reading option.

    Parameters
    ----------
    default : object
        What holds where it is not given.
    takes : str
        Its types in words, for the docstring.
    help : str
        One sentence, for all places.
    more : str, default ""
        What the docstring says beyond it.
    part : Part
        Who takes it.
    check : callable, optional
        ``check(name, value)`` returns the value to go on with, or raises `InputError`, before anything is sent.
    flag : Flag, optional
        How it is written on a line, where it can be.
    trait : bool, default False
        Whether ``%config RetarusMagics`` has a default for it.
    instead : str, default ""
        What to do where a function does not take it.
    """

    default: Any
    takes: str
    help: str
    part: Part
    more: str = ""
    check: Check = unchecked
    flag: Flag | None = None
    trait: bool = False
    instead: str = ""


# ---------------------------------------------------------------- checks


def refuse(name: str, value: Any, advice: str) -> NoReturn:
    """Raise what every check raises."""
    raise InputError(f"The option {name}={show(value)} does not fit: {advice}.")


def whole_number(least: int, most: int | None = None, why: str = "") -> Check:
    """A check for a whole number; also one of NumPy's."""
    span = f"of at least {least}" if most is None else f"from {least} to {most:,}"

    def check(name: str, value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            number = least - 1
        if isinstance(value, bool) or number < least or (most is not None and number > most):
            refuse(name, value, f"give a whole number {span}{why}")
        return number

    return check


def or_none(check: Check) -> Check:
    """A check that lets None pass."""
    return lambda name, value: None if value is None else check(name, value)


def one_of(*choices: str) -> Check:
    """A check for one of a few words."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            refuse(name, value, f"choose {' or '.join(map(repr, choices))}")
        return value

    return check


def text(name: str, value: Any) -> str:
    """Check for a text."""
    if not isinstance(value, str):
        refuse(name, value, "give a text")
    return value


def account(name: str, value: Any) -> str | None:
    """A customer ID as text; numbers are taken, since most people write it as one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _ACCOUNTS:
        return str(value)
    if value is not None and not isinstance(value, str):
        refuse(name, value, "give the number of an account as text")
    return value


def observer(name: str, value: Any) -> Any:
    """Check for what a progress bar is made from."""
    if value is not None and not isinstance(value, bool) and not callable(value):
        refuse(name, value, "give True, False, or a function that is called with each Progress")
    return value


# ---------------------------------------------------------------- words of a line


def number(flag: str, word: str) -> int:
    """A word as a whole number."""
    try:
        return int(word)
    except ValueError:  # also a number of thousands of digits
        raise InputError(f"The value {word!r} of {flag} is not a whole number; write digits only.") from None


def path(flag: str, word: str) -> list[str]:
    """The names on the way to a nested field."""
    return word.split(".") if word else []


def pair(flag: str, word: str) -> tuple[str, str]:
    """A name and its value."""
    name, equals, value = word.partition("=")
    if not equals or not name.strip():
        raise InputError(f"The value {word!r} of {flag} is not of the form NAME=VALUE; write the equals sign.")
    return name.strip().removeprefix("$"), value


def grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The values of each name, in the order given."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values
