"""Where in a document the cursor stands, however broken the document is.

What is typed is rarely a whole document, so nothing here is an error: a bracket that is missing or too many ends
what it must, and what belongs nowhere is passed over. A name is put where the cursor is, if none is there, and
the place where reading comes across it is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DirectiveLocation,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    TokenKind,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from retarus_pandas.completion.spot import Outline, Place, Spot
from retarus_pandas.document import END, LITERALS, Word, words_of
from retarus_pandas.schema import Schema

__all__ = ["outline", "records_of"]


def outline(text: str, offset: int | None, schema: Schema) -> Outline:
    """Read a document, and find out where the cursor is.

    Parameters
    ----------
    text : str
        The document, as far as it was typed.
    offset : int or None
        The number of characters before the cursor; None when it is not in the document.
    schema : Schema
        The schema in use.

    Returns
    -------
    Outline
    """
    words = words_of(text, offset)
    reader = _Reader(words, schema)
    reader.outline.fragments = _fragments(words)
    try:
        reader.read()
    except RecursionError:  # so deep is no document that anyone means
        reader.outline.spot = None
    return reader.outline


def _fragments(words: list[Word]) -> dict[str, str]:
    """Found by their first words alone, since a bracket missing above would hide them."""
    values = [word.value if word.kind is TokenKind.NAME else "" for word in words]
    quads = zip(values, values[1:], values[2:], values[3:], strict=False)
    return {name: on for first, name, third, on in quads if (first, third) == ("fragment", "on")}


def records_of(schema: Schema, page: GraphQLNamedType | None) -> GraphQLObjectType | None:
    """The type of a report's records, if this is the type of its pages: their fields may stand there, too."""
    reports = schema.reports() if page else ()
    return next((schema.record_type(report) for report in reports if schema.result_type(report) is page), None)


class _Reader:
    """Reads word by word; each method begins at what it is named for, and ends behind it."""

    def __init__(self, words: list[Word], schema: Schema) -> None:
        self._words = words
        self._at = 0
        self._open: list[TokenKind] = []
        self._in_default = False
        self._schema = schema
        self._graphql = schema.graphql
        self.outline = Outline(alone=len(words) == 1)

    @property
    def _now(self) -> Word:
        return self._words[self._at] if self._at < len(self._words) else END

    def _is(self, kind: TokenKind) -> bool:
        return self._now.kind is kind

    def _take(self, kind: TokenKind) -> Word | None:
        """Step over the word if it is of this kind."""
        word = self._now
        if word.kind is not kind:
            return None
        self._at += 1
        return word

    def _mark(self, word: Word | None, place: Place, **facts: Any) -> bool:
        """Note the place, if the cursor is at the word."""
        if word is None or word.typed is None:
            return False
        self.outline.spot = Spot(place, word.typed, **facts)
        return True

    def _inside(self, closer: TokenKind, *ends: TokenKind) -> Iterator[None]:
        """Again and again until the bracket is closed, or one around it."""
        self._at += 1
        self._open.append(closer)
        while self._now.kind not in (*self._open, *ends, TokenKind.EOF):
            before = self._at
            yield
            if self._at == before:
                self._at += 1
        self._open.pop()
        self._take(closer)

    # ------------------------------------------------------------ definitions

    def read(self) -> None:
        while not self._is(TokenKind.EOF):
            if self._is(TokenKind.BRACE_L):
                self._selection(self._graphql.query_type)
                continue
            word = self._now
            self._at += 1
            self._mark(word, Place.DEFINITION)
            if word.value in ("query", "mutation", "subscription"):
                self._operation(word.value)
            elif word.value == "fragment":
                self._fragment()

    def _operation(self, keyword: str) -> None:
        name = self._take(TokenKind.NAME)
        if name and name.typed is None:
            self.outline.operations.append(name.value)
        if self._is(TokenKind.PAREN_L):
            self._declarations()
        self._directives(DirectiveLocation.QUERY)
        if self._is(TokenKind.BRACE_L):
            self._selection(self._graphql.query_type if keyword == "query" else None)

    def _fragment(self) -> None:
        self._take(TokenKind.NAME)
        self._mark(self._take(TokenKind.NAME), Place.ON)
        condition = self._condition(None)
        self._directives(DirectiveLocation.FRAGMENT_DEFINITION)
        if self._is(TokenKind.BRACE_L):
            self._selection(condition)

    def _condition(self, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:
        word = self._take(TokenKind.NAME)
        self._mark(word, Place.CONDITION, type=parent)
        return self._graphql.get_type(word.value) if word else None

    def _declarations(self) -> None:
        for _ in self._inside(TokenKind.PAREN_R, TokenKind.BRACE_L):
            if self._take(TokenKind.DOLLAR):
                self._declaration()
            elif self._now.typed is not None:
                self._declaration(before="$")

    def _declaration(self, before: str = "") -> None:
        word = self._take(TokenKind.NAME)
        typed = self._take(TokenKind.COLON)
        here = self._mark(word, Place.DECLARATION, bare=typed is not None, before=before)
        name = word.value if word and not here else ""
        declared = self._type_reference(name) if typed else ""
        if self._take(TokenKind.EQUALS):
            self._in_default = True
            self._value(self._input_type(declared))
            self._in_default = False
        self._directives(DirectiveLocation.VARIABLE_DEFINITION)
        if name:
            self.outline.declared[name] = declared

    def _type_reference(self, variable: str) -> str:
        text = ""
        if self._take(TokenKind.BRACKET_L):
            text = f"[{self._type_reference(variable)}]"
            self._take(TokenKind.BRACKET_R)
        elif word := self._take(TokenKind.NAME):
            self._mark(word, Place.INPUT_TYPE, variable=variable)
            text = word.value
        return text + ("!" if self._take(TokenKind.BANG) else "")

    def _input_type(self, declared: str) -> Any:
        return self._graphql.get_type(declared.strip("[]!"))

    # ------------------------------------------------------------ selections

    def _selection(self, parent: GraphQLNamedType | None) -> None:
        names: set[str] = set()
        for _ in self._inside(TokenKind.BRACE_R):
            if self._take(TokenKind.SPREAD):
                self._spread(parent)
            elif self._is(TokenKind.NAME):
                self._field(parent, names)

    def _field(self, parent: GraphQLNamedType | None, names: set[str]) -> None:
        word = self._take(TokenKind.NAME)
        if self._take(TokenKind.COLON):
            word = self._take(TokenKind.NAME)
        if word and not self._mark(word, Place.FIELD, type=parent, taken=names):
            names.add(word.value)
        name = word.value if word else ""
        if parent is self._graphql.query_type and name in self._schema.reports():
            self.outline.reports.append(name)
        known = self._known_field(parent, name)
        if self._is(TokenKind.PAREN_L):
            self._arguments(known.args if known else {})
        self._directives(DirectiveLocation.FIELD)
        if self._is(TokenKind.BRACE_L):
            self._selection(get_named_type(known.type) if known else None)

    def _known_field(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        """The field of the type, or of the records of which it is a page."""
        for each in (parent, records_of(self._schema, parent)):
            found: GraphQLField | None = getattr(each, "fields", {}).get(name)
            if found:
                return found
        return None

    def _spread(self, parent: GraphQLNamedType | None) -> None:
        location = DirectiveLocation.INLINE_FRAGMENT
        word = self._take(TokenKind.NAME)
        if self._mark(word, Place.FRAGMENT, type=parent):
            return
        if word and word.value == "on":
            parent = self._condition(parent)
        elif word:
            location = DirectiveLocation.FRAGMENT_SPREAD
        self._directives(location)
        if self._is(TokenKind.BRACE_L):
            self._selection(parent)

    # ------------------------------------------------------------ arguments and values

    def _directives(self, location: DirectiveLocation) -> None:
        while self._take(TokenKind.AT):
            word = self._take(TokenKind.NAME)
            self._mark(word, Place.DIRECTIVE, location=location)
            known = self._graphql.get_directive(word.value) if word else None
            if self._is(TokenKind.PAREN_L):
                self._arguments(known.args if known else {})

    def _arguments(self, known: Mapping[str, Any]) -> None:
        names: set[str] = set()
        for _ in self._inside(TokenKind.PAREN_R, TokenKind.BRACE_L):
            self._member(known, names)

    def _member(self, known: Mapping[str, Any], names: set[str]) -> None:
        """One argument or input field with its value."""
        word = self._take(TokenKind.NAME)
        if word and not self._mark(word, Place.ARGUMENT, members=known, taken=names):
            names.add(word.value)
        if word and self._take(TokenKind.COLON):
            self._value(known[word.value].type if word.value in known else None)

    def _value(self, expected: Any) -> None:
        if self._take(TokenKind.DOLLAR):
            word = self._take(TokenKind.NAME)
            if word and not self._mark(word, Place.VARIABLE, type=expected):
                self.outline.used.setdefault(word.value, expected)
        elif word := self._take(TokenKind.NAME):
            self._mark(word, Place.VALUE, type=expected, bare=self._in_default)
        elif self._is(TokenKind.BRACKET_L):
            item = _item(expected)
            for _ in self._inside(TokenKind.BRACKET_R):
                self._value(item)
        elif self._is(TokenKind.BRACE_L):
            self._object(expected)
        elif self._now.kind in LITERALS:
            self._at += 1

    def _object(self, expected: Any) -> None:
        named = get_named_type(expected) if expected else None
        known = named.fields if isinstance(named, GraphQLInputObjectType) else {}
        names: set[str] = set()
        for _ in self._inside(TokenKind.BRACE_R):
            self._member(known, names)


def _item(expected: Any) -> Any:
    plain = get_nullable_type(expected) if expected else None
    return plain.of_type if is_list_type(plain) else expected
