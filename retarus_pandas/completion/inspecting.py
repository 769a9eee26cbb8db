"""What something in a magic's cell is: the report, field, argument or option at the cursor, in a few lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import GraphQLEnumType, get_named_type

from retarus_pandas.completion.candidates import MAX_CHARACTERS
from retarus_pandas.completion.cursor import outline, records_of
from retarus_pandas.completion.facts import facts_of, first_line, report_of
from retarus_pandas.completion.lines import option_at
from retarus_pandas.completion.spot import Outline, Place, Spot
from retarus_pandas.read import OPTIONS, Option
from retarus_pandas.schema import FieldFacts, Schema, describe_reports

__all__ = ["about_in_cell"]

_Lines = Iterator[str]
_WIDTH = 88


def about_in_cell(text: str, begin: int, offset: int, *, schema: Schema, options: Mapping[str, Option]) -> str | None:
    """Say what stands at the cursor of a ``%%retarus`` cell, whose options begin at `begin`; None before them.

    Parameters
    ----------
    text : str
        The whole cell.
    begin, offset : int
        Where the options begin, and where the cursor is.
    schema : Schema
        The schema in use.
    options : mapping of str to Option
        What can stand on the line.

    Returns
    -------
    str or None
        Empty where nothing is known.
    """
    if offset < begin:
        return None
    line, newline, body = text[begin:].partition("\n")
    start = begin + len(line) + len(newline)
    if offset < start or not newline:
        found = option_at(line, offset - begin, options)
        return _wrapped(_option(*found)) if found else ""
    return _wrapped(_in_body(body, offset - start, schema))


def _wrapped(lines: _Lines) -> str:
    return "\n".join(textwrap.fill(line, _WIDTH) for line in lines if line)


def _option(name: str, option: Option) -> _Lines:
    assert option.flag is not None
    yield str(option.flag)
    yield " ".join(filter(None, [option.flag.help or option.help, option.more.replace("``", "")]))
    if name in OPTIONS and not option.flag.is_switch:
        yield f"In a call: {name}=, which takes {option.takes}."


def _in_body(body: str, offset: int, schema: Schema) -> _Lines:
    if len(body) > MAX_CHARACTERS:
        return
    # The whole word, wherever in it the cursor is.
    end = offset + len(re.split(r"\W", body[offset:], maxsplit=1)[0])
    found = outline(body, end, schema)
    if found.spot is not None and found.spot.word:
        yield from _KINDS.get(found.spot.place, _nothing)(found.spot, found, schema)


def _nothing(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    return iter(())


def _name_alone(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    if found.alone:
        yield from _report(spot.word, schema)


def _field(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    if spot.type is schema.graphql.query_type and spot.word in schema.reports():
        yield from _report(spot.word, schema)
        return
    page: Any = spot.type
    # A field of the records may stand in place of content.
    for parent in (page, records_of(schema, page)):
        field = getattr(parent, "fields", {}).get(spot.word)
        if field is None:
            continue
        facts = facts_of(schema, parent).get(spot.word)
        yield from _facts(facts, report_of(schema, parent)) if facts else _typed(spot.word, field)
        return


def _report(name: str, schema: Schema) -> _Lines:
    for each in describe_reports(schema):
        if each.report == name:
            yield f"{name}  a report with {each.fields or 'no'} known fields"
            yield each.meaning
            yield f"A period compares {each.period_tests} ({each.period_evidence})." if each.period_tests else ""
            yield f"One record by {each.key}." if each.key else ""
            yield f"'%retarus fields {name}' lists its fields."


def _facts(facts: FieldFacts, report: str) -> _Lines:
    yield f"{facts.field}  {facts.becomes}"
    yield facts.about
    if facts.personal:
        yield f"May hold personal data ({facts.personal}), which --mask personal hides."
    yield f"A field of {report}."


def _argument(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    if spot.word in spot.members:
        yield from _typed(spot.word, spot.members[spot.word])


def _value(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    named = get_named_type(spot.type) if spot.type else None
    if isinstance(named, GraphQLEnumType) and spot.word in named.values:
        yield f"{spot.word}  {named.name}"
        yield first_line(named.values[spot.word].description)


def _variable(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    declared = found.declared.get(spot.word)
    if declared:
        yield f"${spot.word}  {declared}"
        yield "A variable of this document."
        yield f"Its value comes from --var {spot.word}=VALUE, else from the notebook's variable of that name."


def _named_type(spot: Spot, found: Outline, schema: Schema) -> _Lines:
    named = schema.graphql.get_type(spot.word)
    if named is not None:
        yield f"{spot.word}  a type"
        yield named.description or ""


def _typed(name: str, member: Any) -> _Lines:
    yield f"{name}  {member.type}"
    yield member.description or ""


_KINDS: Mapping[Place, Callable[[Spot, Outline, Schema], _Lines]] = {
    Place.DEFINITION: _name_alone,
    Place.FIELD: _field,
    Place.ARGUMENT: _argument,
    Place.VALUE: _value,
    Place.VARIABLE: _variable,
    Place.INPUT_TYPE: _named_type,
    Place.CONDITION: _named_type,
}
