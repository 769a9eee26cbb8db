"""What can be written on the lines of ``%%retarus`` and ``%retarus``."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from graphql import GraphQLEnumType, get_named_type

from retarus_pandas.completion.candidates import Candidate, matching
from retarus_pandas.completion.cursor import outline
from retarus_pandas.document import is_report_name
from retarus_pandas.read import Flag, Option, split_line
from retarus_pandas.schema import Schema, describe_reports

__all__ = ["Command", "Offer", "complete_cell_line", "complete_command", "option_at"]

_WORD = re.compile(r"""(?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s"'])+""")


class Offer(NamedTuple):
    """What can be written in place of the word at the end; ``files`` says that names of files fit as well."""

    word: str = ""
    candidates: list[Candidate] = []  # noqa: RUF012 - never changed
    files: bool = False


class Command(NamedTuple):
    """A command of ``%retarus``: what it does, and its arguments as `argparse` takes them."""

    about: str = ""
    arguments: Sequence[tuple[str, Mapping[str, Any]]] = ()


def complete_cell_line(line: str, body: str, schema: Schema, options: Mapping[str, Option]) -> Offer:
    """What can be written at the end of the line of ``%%retarus``.

    Parameters
    ----------
    line : str
        What stands between ``%%retarus`` and the cursor.
    body : str
        The rest of the cell.
    schema : Schema
        The schema in use.
    options : mapping of str to Option
        What can stand on the line.

    Returns
    -------
    Offer
    """
    words, word = _split(line)
    option, value = _option_and_value(words, word)
    flags = {each.flag.name: each for each in options.values() if each.flag}
    flag = flags[option].flag if option in flags else None
    if flag is not None and not flag.is_switch:
        return _values(flag, value, _Cell(body, schema))
    given = {each.partition("=")[0] for each in words}
    left = [each for name, each in flags.items() if name not in given or (each.flag and each.flag.gather)]
    return Offer(word, matching(word, map(_option, left)))


def option_at(line: str, offset: int, options: Mapping[str, Option]) -> tuple[str, Option] | None:
    """The option at a place of the line of ``%%retarus``, or the one whose value stands there, with its name."""
    named = {each.flag.name: (name, each) for name, each in options.items() if each.flag}
    before = ""
    for found in _WORD.finditer(line):
        word = found[0]
        if found.start() <= offset <= found.end():
            here, behind = named.get(word.partition("=")[0]), named.get(before)
            takes_this = behind and behind[1].flag and not behind[1].flag.is_switch
            return here or (behind if takes_this else None)
        before = word
    return None


def complete_command(line: str, schema: Schema, commands: Mapping[str, Command]) -> Offer:
    """What can be written at the end of the line of ``%retarus``; as `complete_cell_line`."""
    words, word = _split(line)
    if not words:
        every = (Candidate(name, "command", "command", command.about) for name, command in commands.items())
        return Offer(word, matching(word, every))
    if words[0] == "fields" and len(words) == 1:
        reports = describe_reports(schema)
        return Offer(word, matching(word, [Candidate(one.report, "report", "report", one.meaning) for one in reports]))
    known = dict(commands.get(words[0], Command()).arguments)
    if words[-1].startswith("-") and "metavar" in known.get(words[-1], {}):
        return Offer(_unquoted(word), files=True)
    positional = [settings for name, settings in known.items() if not name.startswith("-")]
    if len(words) <= len(positional):
        choices = positional[len(words) - 1].get("choices", ())
        return Offer(word, matching(word, [Candidate(one, "value", words[0]) for one in choices]), files=not choices)
    flags = [
        Candidate(flag, "option", settings.get("metavar", "option"), settings["help"])
        for flag, settings in known.items()
        if flag.startswith("-") and flag not in words
    ]
    return Offer(word, matching(word, flags))


def _split(line: str) -> tuple[list[str], str]:
    """The words that are complete, and the one at the end, which is empty behind a blank."""
    last = list(_WORD.finditer(line))[-1:]
    start = last[0].start() if last and last[0].end() == len(line) else len(line)
    return split_line(line[:start]), line[start:]


def _option_and_value(words: list[str], word: str) -> tuple[str, str]:
    if word.startswith("--") and "=" in word:
        option, _, value = word.partition("=")
        return option, _unquoted(value)
    return (words[-1] if words else ""), _unquoted(word)


def _unquoted(word: str) -> str:
    return word[1:] if word[:1] in ("'", '"') else word


def _option(option: Option) -> Candidate:
    flag = option.flag
    assert flag is not None
    return Candidate(flag.name, "option", flag.metavar or "option", flag.help or option.help)


class _Cell:
    """What the values on the line depend on."""

    def __init__(self, body: str, schema: Schema) -> None:
        self.schema = schema
        self.outline = outline(body, None, schema)
        written = [body.strip()] if is_report_name(body) else self.outline.reports
        self.reports = [name for name in written if name in schema.reports()] or list(schema.reports())


def _values(flag: Flag, value: str, cell: _Cell) -> Offer:
    name, equals, begun = value.partition("=")
    if flag.offers == "files":
        return Offer(value, files=True)
    if flag.offers == "variables" and equals:
        return Offer(begun, matching(begun, _values_of_variable(name, cell)))
    return Offer(value, [] if equals else matching(value, _offered(flag, cell)))


def _offered(flag: Flag, cell: _Cell) -> Iterable[Candidate]:
    """The words that the option names, or the candidates of the kind that it names."""
    if isinstance(flag.offers, str):
        return _KINDS[flag.offers](cell) if flag.offers else ()
    return [Candidate(word, "value", flag.metavar) for word in flag.offers]


def _spans(cell: _Cell) -> Iterator[Candidate]:
    spans = {"1D": "A day.", "7D": "A week.", "30D": "30 days.", "90D": "All that is kept."}
    yield from (Candidate(span, "value", "time", meaning) for span, meaning in spans.items())


def _periods(cell: _Cell) -> Iterator[Candidate]:
    now = pd.Timestamp.now("UTC").tz_localize(None)
    month, quarter = now.to_period("M"), now.to_period("Q")
    meanings = {
        month - 1: "The month before this.",
        month: "This month.",
        quarter - 1: "The quarter before this; the oldest days may be gone.",
        quarter: "This quarter.",
    }
    yield from (Candidate(str(period), "value", "period", meaning) for period, meaning in meanings.items())
    yield from _days(cell)


def _days(cell: _Cell) -> Iterator[Candidate]:
    yield Candidate("yesterday", "value", "day", "The day before this.")
    yield Candidate("today", "value", "day", "This day.")


def _ends(cell: _Cell) -> Iterator[Candidate]:
    yield Candidate("now", "value", "instant", "The moment the read begins.")
    yield from _days(cell)


@cache
def _zones() -> tuple[str, ...]:
    return ("UTC", *sorted(zoneinfo.available_timezones() - {"UTC"}))


def _filters(cell: _Cell) -> Iterator[Candidate]:
    for report in cell.reports:
        declared = cell.schema.argument_type(report, "filter")
        for name, field in getattr(get_named_type(declared), "fields", {}).items():
            yield Candidate(f"{name}=", "column", "column", field.description or f"A column of {report}.")


def _variables(cell: _Cell) -> Iterator[Candidate]:
    for name, declared in cell.outline.declared.items():
        yield Candidate(f"{name}=", "variable", declared, "A variable of this document.")


def _values_of_variable(name: str, cell: _Cell) -> Iterator[Candidate]:
    declared = cell.outline.declared.get(name, "").rstrip("!")
    known: Any = cell.schema.graphql.get_type(declared)
    values = known.values if isinstance(known, GraphQLEnumType) else ()
    for value in ("true", "false") if declared == "Boolean" else values:
        yield Candidate(value, "value", declared)


def _operations(cell: _Cell) -> Iterator[Candidate]:
    yield from (Candidate(name, "operation", "operation") for name in cell.outline.operations)


def _lists_of_objects(cell: _Cell) -> Iterator[Candidate]:
    for report in cell.reports:
        for name, field in getattr(cell.schema.record_type(report), "fields", {}).items():
            if "[" in str(field.type) and hasattr(get_named_type(field.type), "fields"):
                yield Candidate(name, "field", str(field.type), field.description or "")


# The names by which options say what is offered for their values.
_KINDS: Mapping[str, Callable[[_Cell], Iterator[Candidate]]] = {
    "spans": _spans,
    "periods": _periods,
    "days": _days,
    "ends": _ends,
    "zones": lambda cell: (Candidate(zone, "value", "time zone") for zone in _zones()),
    "filters": _filters,
    "variables": _variables,
    "operations": _operations,
    "lists": _lists_of_objects,
}
