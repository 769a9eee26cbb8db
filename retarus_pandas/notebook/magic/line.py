"""The magic line, taken apart."""

from __future__ import annotations

import builtins
import keyword
import unicodedata
from argparse import Namespace
from collections.abc import Mapping
from functools import cache

from retarus_pandas.errors import InputError
from retarus_pandas.notebook.magic.caller import is_of_ipython
from retarus_pandas.read import ENDINGS_IN_WORDS, OPTIONS, Flag, Option, OptionParser, Part, add_options, split_line

__all__ = ["CELL_OPTIONS", "cell_options", "cell_parser"]

# All that the reading functions take, and what only a cell can have.
CELL_OPTIONS: Mapping[str, Option] = {
    **OPTIONS,
    "save": Option(
        takes="str",
        help=f"Stream to a {ENDINGS_IN_WORDS} file instead of a frame.",
        part=Part.CALL,
        flag=Flag("--save", "FILE", offers="files"),
    ),
    "plan": Option(
        default=False,
        takes="bool",
        help="Send nothing; show variables, windows and the document.",
        part=Part.CALL,
        flag=Flag("--plan"),
    ),
    "table": Option(
        default=False,
        takes="bool",
        help="Show a table that can be sorted and searched; needs itables.",
        part=Part.CALL,
        flag=Flag("--table"),
    ),
    "quiet": Option(
        default=False,
        takes="bool",
        help="No line about the result.",
        part=Part.CALL,
        flag=Flag("--quiet"),
        trait=True,
    ),
}


@cache
def cell_parser() -> OptionParser:
    """The options of ``%%retarus``."""
    parser = OptionParser(prog="%%retarus")
    parser.add_argument("name", metavar="NAME", nargs="?", help="The variable that gets the frame; shown, if left out.")
    add_options(parser, CELL_OPTIONS)
    return parser


def cell_options(line: str) -> Namespace:
    """Parse the line of ``%%retarus``.

    Raises
    ------
    InputError
        An unknown option, a value that does not fit, a secret, a NAME that is no Python name.
    """
    options = cell_parser().parse(_without_arrow(split_line(line)))
    # As Python does it, which would not find the variable otherwise.
    name = options.name = options.name and unicodedata.normalize("NFKC", options.name)
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise InputError(f"The word {name!r} cannot name a variable; write %%retarus NAME, then the options.")
    if name is not None and _is_taken(name):
        raise InputError(f"The name {name!r} is one of Python's or IPython's own, which are needed. Choose another.")
    if options.table and options.save:
        raise InputError("The option --table shows a frame, and --save makes none: leave out one of them.")
    if options.csv and not (options.save or options.plan):
        raise InputError(
            f"The option --csv {options.csv} says how a file is written, and none is: "
            "add --save FILE.csv, or leave it out."
        )
    if name and options.save:
        raise InputError(
            f"A cell makes a frame or a file, not both: leave out --save to get the frame {name!r}, or leave out "
            f"{name!r} to stream to {options.save!r} (a {ENDINGS_IN_WORDS} file) without making a frame."
        )
    return options


def _is_taken(name: str) -> bool:
    """Whether a frame of that name would hide what other cells, or IPython itself, cannot do without."""
    return hasattr(builtins, name) or is_of_ipython(name)


def _without_arrow(words: list[str]) -> list[str]:
    """``NAME <<`` means the same as ``NAME``."""
    if words[1:2] == ["<<"]:
        return [words[0], *words[2:]]
    if words and words[0].endswith("<<"):
        return [words[0].removesuffix("<<"), *words[1:]]
    return words
