"""What the messages say of options, in the words of who wrote them on a line: ``--start``, not ``start=``."""

from __future__ import annotations

import ast
import re
from functools import partial

from retarus_pandas.errors import InputError, NotSignedInError, RetarusError, TransportError, retold
from retarus_pandas.read.option import Option
from retarus_pandas.read.splitting import join_line
from retarus_pandas.read.table import Table
from retarus_pandas.read.taken import OPTIONS

__all__ = ["SHELL", "in_words_of_a_line", "table_on_a_line", "told_on_a_line"]

# What a line begins with: that of a magic, and that of a shell.
_MAGIC, SHELL = "%retarus", "python -m retarus_pandas"

_TEXT = r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_LOG = r"retarus_pandas\.(?P<name>login|logout)\(\)"

# What messages name that a program calls, and what is run instead where a line was written; {text} is a text in it.
_ANYWHERE = [
    (rf"rt\.Archive\({_TEXT}\)\.sync\(\)", "'{program} archive sync {text}'"),
    (rf"retarus_pandas\.fields\({_TEXT}\)", "'{program} fields {text}'"),
    (r", or fields=\{.*?\}", ""),
    (r"\bfields=", "--field "),
    (r"\breports=(?=[\s,])", "--report"),
    (r"\breports=", "--report "),
    (rf"\b(?P<name>reread|since)={_TEXT}", "--{name} {text}"),
]
_CALLS = {
    _MAGIC: [
        *_ANYWHERE,
        (r"\bcall (?=retarus_pandas\.log(?:in|out)\(\))", "run "),
        (_LOG, "'{program} {name}'"),
        (r"Session\.fetch_schema\(\)", "'{program} schema --live'"),
        (r"\bschema= or (?=RETARUS_SCHEMA)", ""),
        (rf"'{SHELL} ", "'{program} "),
        (r"(?<=variables=)(?P<name>\{'(?P<variable>\w+)': …\})\.", "{name}, or set {variable} in the notebook."),
    ],
    # No form, no session that outlives a command, no variables.
    SHELL: [
        *_ANYWHERE,
        (rf"[,;] (?:or )?call {_LOG}(?: and retarus_pandas\.login\(\))?[^,;.]*", ""),
        (r"Session\.fetch_schema\(\)", "'{program} schema --live --save FILE'"),
        (r"\bschema= or (?=RETARUS_SCHEMA)", "'export --schema' or "),
        (r", or allow more with retarus_pandas\.Session\([^)]*\)", ""),
        (r"retarus_pandas\.read_retarus\([^…]*…\) reads .*?\.", "a file is read whose name ends in .graphql."),
    ],
}

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
    return _OPTION.sub(_on_a_line, _as_commands(text, program))


def told_on_a_line(error: RetarusError, program: str = _MAGIC) -> RetarusError:
    """The same error, in these words; of what the service may have said, only the calls that we name are told so."""
    is_ours = isinstance(error, InputError | NotSignedInError | TransportError)
    tell = in_words_of_a_line if is_ours else _as_commands
    return retold(error, tell(str(error), program))


def table_on_a_line(table: Table, program: str = _MAGIC) -> Table:
    """The same table, each text of it in these words."""
    told: Table = table.map(lambda cell: in_words_of_a_line(cell, program) if isinstance(cell, str) else cell)
    return told


def _as_commands(text: str, program: str) -> str:
    for call, command in _CALLS[program]:
        text = re.sub(call, partial(_command, command, program), text)
    return text


def _command(command: str, program: str, found: re.Match[str]) -> str:
    groups = found.groupdict()
    if "text" in groups:
        groups["text"] = join_line([ast.literal_eval(groups["text"])])
    return command.format(program=program, **groups)


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
