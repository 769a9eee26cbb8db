"""What the messages say of options, in the words of who wrote them on a line: ``--start``, not ``start=``."""

from __future__ import annotations

import ast
import re

from retarus_pandas.errors import InputError, NotSignedInError, RetarusError, TransportError, retold
from retarus_pandas.read.option import Option
from retarus_pandas.read.splitting import join_line
from retarus_pandas.read.taken import OPTIONS

__all__ = ["SHELL", "in_words_of_a_line", "told_on_a_line"]

# What a line begins with: that of a magic, and that of a shell.
_MAGIC, SHELL = "%retarus", "python -m retarus_pandas"
_SYNC = re.compile(r"""rt\.Archive\((?P<folder>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)\.sync\(\)""")
_LOGIN = ", or call retarus_pandas.login()"

_WRITTEN = {name: option for name, option in OPTIONS.items() if option.flag is not None and option.flag.metavar}
_VALUE = r"""(?P<pairs>\{[^{}]*\}) | "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<plain>-?\w[\w:/+-]*(?:\.\w+)*)"""
_OPTION = re.compile(rf"(?<![\w.])(?P<name>{'|'.join(_WRITTEN)})=(?: {_VALUE} )?", re.VERBOSE)
_PAIR = re.compile(r"""['"]([^'"]*)['"]:\s*(?:['"]([^'"]*)['"]|(…))""")


def in_words_of_a_line(text: str, program: str = _MAGIC) -> str:
    """A message about arguments and calls, as one about the options and commands of a magic's or a shell's line.

    Parameters
    ----------
    text : str
        The message.
    program : str, default "%retarus"
        What its commands begin with; `SHELL` in a shell, which has no sign-in form.

    Examples
    --------
    >>> in_words_of_a_line('No period is given. Write last="7D", period="last month", or start= and end=.')
    'No period is given. Write --last 7D, --period "last month", or --start and --end.'
    >>> in_words_of_a_line("Make it first: rt.Archive('faxes').sync().")
    "Make it first: '%retarus archive sync faxes'."
    """
    text = text.replace(_LOGIN, "" if program == SHELL else f", or run '{program} login'")
    text = _SYNC.sub(lambda found: f"'{program} archive sync {join_line([ast.literal_eval(found['folder'])])}'", text)
    return _OPTION.sub(_on_a_line, text)


def told_on_a_line(error: RetarusError, program: str = _MAGIC) -> RetarusError:
    """The same error, in these words where they are ours and not the service's."""
    is_ours = isinstance(error, InputError | NotSignedInError | TransportError)
    return retold(error, in_words_of_a_line(str(error), program) if is_ours else None)


def _on_a_line(found: re.Match[str]) -> str:
    option = _WRITTEN[found["name"]]
    if found["pairs"] is not None:
        return _pairs(option, found["pairs"]) or found[0]
    value = next((found[group] for group in ("double", "single", "plain") if found[group] is not None), None)
    return " ".join(filter(None, [_flag(option), None if value is None else join_line([value])]))


def _pairs(option: Option, written: str) -> str:
    """A mapping, as a flag that is repeated; empty for a mapping that a line cannot hold."""
    pairs = _PAIR.findall(written) if option.flag and option.flag.gather else ()
    # The star is all others, which a line says without a name.
    words = [value or more if name == "*" else f"{name}={value or more}" for name, value, more in pairs]
    return " ".join(f"{_flag(option)} {join_line([word])}" for word in words)


def _flag(option: Option) -> str:
    assert option.flag is not None
    return option.flag.name
