"""What a reading option is: as an argument, on a line, in ``%config`` and in the documentation.

The options themselves are declared in `retarus_pandas.read.request`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from retarus_pandas.read import checks, words

__all__ = ["AS_PANDAS", "Flag", "Option", "Part"]


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
    value: Callable[[str, str], Any] = words.text
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One reading option.

    Parameters
    ----------
    takes : str
        Its types in words, for the docstring.
    help : str
        One sentence, for all places.
    more : str, default ""
        What the docstring says beyond it.
    part : Part
        Who takes it.
    default : object, default None
        What holds where it is not given.
    check : callable, optional
        ``check(name, value)`` returns the value to go on with, or raises `InputError`, before anything is sent.
    flag : Flag, optional
        How it is written on a line, where it can be.
    trait : bool, default False
        Whether ``%config RetarusMagics`` has a default for it.
    instead : str, default ""
        What to do where a function does not take it.
    """

    takes: str
    help: str
    part: Part
    default: Any = None
    more: str = ""
    check: checks.Check = checks.anything
    flag: Flag | None = None
    trait: bool = False
    instead: str = ""
