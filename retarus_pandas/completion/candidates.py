"""What can be written at the cursor, in a document that need not be whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    do_types_overlap,
    get_named_type,
    is_composite_type,
    is_introspection_type,
    specified_scalar_types,
)

from retarus_pandas.completion.cursor import outline, records_of
from retarus_pandas.completion.spot import Outline, Place, Spot
from retarus_pandas.document import DRIVEN
from retarus_pandas.schema import FieldFacts, Schema, describe

__all__ = ["Candidate", "complete", "matching"]

# A longer document would keep the user waiting, and nobody types one.
MAX_CHARACTERS = 20_000

_CONDITIONS = {"include": "Asked only if a variable is true.", "skip": "Asked only if a variable is not true."}


class Candidate(NamedTuple):
    """One thing that can be written: the text that takes the place of the word, and what it is."""

    text: str
    kind: str
    type: str = ""
    meaning: str = ""


def complete(
    text: str, offset: int, *, schema: Schema, names: Callable[[], Mapping[str, str]] = dict
) -> tuple[str, list[Candidate]]:
    """What can be written at the cursor.

    Parameters
    ----------
    text : str
        The document, as far as it was typed.
    offset : int
        The number of characters before the cursor.
    schema : Schema
        The schema in use.
    names : callable, optional
        Returns variables that can be had from elsewhere, with the GraphQL types that fit them.

    Returns
    -------
    word : str
        What was typed of the word before the cursor: a candidate replaces it.
    candidates : list of Candidate
        The best first; empty where nothing is known.
    """
    if len(text) > MAX_CHARACTERS:
        return "", []
    found = outline(text, offset, schema)
    if found.spot is None:
        return "", []
    candidates = _Candidates(found, found.spot, schema, names)
    return found.spot.word, matching(found.spot.word, candidates.all())


def matching(word: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that begin with the word, then those that have it within them, whatever the case."""
    wanted = word.lower()
    every = list(candidates)
    first = [each for each in every if each.text.lower().startswith(wanted)]
    return first + [each for each in every if wanted in each.text.lower() and each not in first]


class _Candidates:
    """The candidates for one spot, in the order in which one would want them."""

    def __init__(self, found: Outline, spot: Spot, schema: Schema, names: Callable[[], Mapping[str, str]]) -> None:
        self._found = found
        self._spot = spot
        self._schema = schema
        self._graphql = schema.graphql
        self._names = names

    def all(self) -> list[Candidate]:
        listed: Mapping[Place, Callable[[], Iterator[Candidate]]] = {
            Place.DEFINITION: self._definitions,
            Place.FIELD: self._fields,
            Place.ARGUMENT: self._arguments,
            Place.VALUE: self._values,
            Place.VARIABLE: self._variables,
            Place.DECLARATION: self._declarations,
            Place.INPUT_TYPE: self._input_types,
            Place.DIRECTIVE: self._directives,
            Place.FRAGMENT: self._fragments,
            Place.ON: self._on,
            Place.CONDITION: self._conditions,
        }
        return list(listed[self._spot.place]())

    def _definitions(self) -> Iterator[Candidate]:
        if self._found.alone:
            for each in self._of_type(self._graphql.query_type):
                yield each._replace(meaning=f"{each.meaning} Alone, it asks for all known fields.".strip())
        yield Candidate("query", "keyword", "keyword", "An operation with a name and variables.")
        yield Candidate("fragment", "keyword", "keyword", "A selection with a name, to be used with ….")

    # ------------------------------------------------------------ selections

    def _fields(self) -> Iterator[Candidate]:
        page: Any = self._spot.type
        taken = self._spot.taken
        short = self._of_type(records_of(self._schema, page))
        outer = self._of_type(page)
        # Fields of the records stand in content, or in its place.
        if not taken.isdisjoint(each.text for each in short):
            outer = [each for each in outer if each.text != "content"]
        offered = [*outer[:1], *([] if "content" in taken else short), *outer[1:]]
        yield from (each for each in offered if each.text not in taken)
        if self._spot.word.startswith("_"):
            yield Candidate("__typename", "field", "String!", "The name of the type.")

    def _of_type(self, parent: Any) -> list[Candidate]:
        facts = _facts(self._schema, parent)
        return [
            Candidate(name, "field", str(field.type), facts.get(name) or _first_line(field.description))
            for name, field in getattr(parent, "fields", {}).items()
        ]

    def _on(self) -> Iterator[Candidate]:
        yield Candidate("on", "keyword", "keyword", "Only for records of a type.")

    def _fragments(self) -> Iterator[Candidate]:
        yield from self._on()
        for name, condition in self._found.fragments.items():
            if self._applies(self._graphql.get_type(condition)):
                yield Candidate(name, "fragment", condition, "A fragment of this document.")

    def _conditions(self) -> Iterator[Candidate]:
        for name, each in self._graphql.type_map.items():
            if is_composite_type(each) and not is_introspection_type(each) and self._applies(each):
                yield Candidate(name, "type", "type", _first_line(each.description))

    def _applies(self, condition: GraphQLNamedType | None) -> bool:
        """Whether a fragment on this type can yield anything here, as far as that is known."""
        parent: Any = self._spot.type
        if condition is None or parent is None:
            return True
        return any(
            do_types_overlap(self._graphql, condition, each)
            for each in (parent, records_of(self._schema, parent))
            if is_composite_type(each) and is_composite_type(condition)
        )

    # ------------------------------------------------------------ arguments and values

    def _arguments(self) -> Iterator[Candidate]:
        # What is filled in by itself comes last.
        for name, each in sorted(self._spot.members.items(), key=lambda member: member[0] in DRIVEN):
            if name not in self._spot.taken:
                yield Candidate(name, "argument", str(each.type), _first_line(each.description))

    def _values(self) -> Iterator[Candidate]:
        named = get_named_type(self._spot.type) if self._spot.type else None
        if isinstance(named, GraphQLEnumType):
            for name, value in named.values.items():
                yield Candidate(name, "value", named.name, _first_line(value.description))
        if getattr(named, "name", "") == "Boolean":
            yield from (Candidate(text, "value", "Boolean") for text in ("true", "false"))
        if not self._spot.bare:
            yield from (each._replace(text=f"${each.text}") for each in self._variables())

    def _variables(self) -> Iterator[Candidate]:
        wanted = _bare(str(self._spot.type or ""))
        for name, declared in self._found.declared.items():
            if not (wanted and declared) or wanted == _bare(declared):
                yield Candidate(name, "variable", declared, "A variable of this document.")

    def _declarations(self) -> Iterator[Candidate]:
        taken = self._found.declared
        used = {name: str(expected or "") for name, expected in self._found.used.items() if name not in taken}
        at_hand = self._names()
        for name, expected in used.items():
            where = " and set in the notebook" if name in at_hand else ""
            yield self._declaration(name, expected or at_hand.get(name, ""), f"Used below{where}.")
        for name, fitting in at_hand.items():
            if name not in taken and name not in used:
                yield self._declaration(name, fitting, "A variable of the notebook.")

    def _declaration(self, name: str, declared: str, meaning: str) -> Candidate:
        tail = "" if self._spot.bare or not declared else f": {declared}"
        return Candidate(f"{self._spot.before}{name}{tail}", "variable", declared, meaning)

    def _input_types(self) -> Iterator[Candidate]:
        first = [str(self._found.used.get(self._spot.variable) or ""), self._names().get(self._spot.variable, "")]
        known = {**specified_scalar_types} | _input_types(self._schema)
        for text in dict.fromkeys([*filter(None, first), *known]):
            each = known.get(text)
            yield Candidate(text, "type", "type", _first_line(each.description) if each else "As its use has it.")

    def _directives(self) -> Iterator[Candidate]:
        for each in self._graphql.directives:
            if self._spot.location in each.locations:
                yield Candidate(
                    each.name, "directive", "directive", _CONDITIONS.get(each.name) or _first_line(each.description)
                )


@lru_cache(maxsize=8)
def _input_types(schema: Schema) -> dict[str, Any]:
    """The types that arguments of reports take, through and through."""
    found: dict[str, Any] = {}
    fields = map(schema.report_field, schema.reports())
    waiting = [argument.type for field in fields if field for argument in field.args.values()]
    while waiting:
        named = get_named_type(waiting.pop(0))
        if named.name not in found:
            found[named.name] = named
            waiting += [each.type for each in getattr(named, "fields", {}).values()]
    return found


@lru_cache(maxsize=32)
def _facts(schema: Schema, record: GraphQLNamedType) -> Mapping[str, str]:
    """What the fields of a report's records mean, in our words where the schema has none."""
    for report in schema.reports():
        if schema.record_type(report) is record:
            return {each.field: _meaning(each) for each in describe(schema, report)}
    return {}


def _meaning(fact: FieldFacts) -> str:
    unit = f" Unit: {fact.unit}." if fact.unit else ""
    return f"{_first_line(fact.meaning)}{unit}"


def _first_line(description: str | None) -> str:
    return (description or "").strip().partition("\n")[0]


def _bare(declared: str) -> str:
    """A type without the marks for what must not be null."""
    return declared.replace("!", "")
