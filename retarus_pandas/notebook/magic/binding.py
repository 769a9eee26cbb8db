"""GraphQL variables from the notebook's variables, converted to their declared types."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import pandas as pd
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    TypeNode,
    print_ast,
)

from retarus_pandas.errors import DocumentError
from retarus_pandas.schema import Schema
from retarus_pandas.values import Kind, several, wire_instant

__all__ = ["bind"]

# Also a list that holds itself, a clock time that a zone skips, a zone that does not exist, a year beyond all years.
_NOT_CONVERTIBLE = (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, NotImplementedError)


def bind(
    declared: Mapping[str, TypeNode],
    driven: Collection[str],
    given: Mapping[str, str],
    namespace: Mapping[str, Any],
    *,
    schema: Schema,
    tz: str,
) -> tuple[dict[str, Any], list[str]]:
    """Give the declared variables values from the magic line, then from the notebook.

    The `driven` variables, for the customer, the date period, paging and sorting, are never taken from the
    notebook: the reader fills them in.

    Returns
    -------
    values : dict
        Ready to be sent. A variable found in neither place is not in it.
    taken : list of str
        The names that came from the notebook.

    Raises
    ------
    DocumentError
        A value does not fit its declared type; names the variable, the type and the value's own type.
    """
    values: dict[str, Any] = {}
    taken = []
    for name, node in declared.items():
        convert = _Conversion(name, node, schema, tz)
        if name in given:
            values[name] = convert.from_text(given[name])
        elif name in namespace and name not in driven:
            values[name] = convert.from_notebook(namespace[name])
            taken.append(name)
    return values | {name: value for name, value in given.items() if name not in declared}, taken


class _Conversion:
    """One variable's way to its declared type."""

    def __init__(self, name: str, node: TypeNode, schema: Schema, tz: str) -> None:
        self._name, self._node, self._schema, self._tz = name, node, schema, tz

    def from_text(self, text: str) -> Any:
        """Convert what stood on the line, where all is text."""
        node = self._node.type if isinstance(self._node, NonNullTypeNode) else self._node
        is_text = isinstance(node, NamedTypeNode) and node.name.value in {"String", "ID"}
        if is_text or self._is_enum(node):
            return text
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = [text] if isinstance(node, ListTypeNode) else text
        return self.from_python(value)

    def from_notebook(self, value: Any) -> Any:
        """Convert a notebook's variable, in which a missing value is more often a mistake than a wish."""
        node = self._node.type if isinstance(self._node, NonNullTypeNode) else self._node
        is_list = isinstance(node, ListTypeNode)
        items = self._several(value) if is_list else [value]
        try:
            is_missing = any(map(_holds_missing, items))
        except RecursionError:
            raise self._misfit(value) from None
        if is_missing:
            raise self._misfit(value, "it is, or holds, a missing value (None, NaN)")
        return self.from_python(items if is_list else value)

    def from_python(self, value: Any) -> Any:
        """Convert a value of any kind; what is missing becomes null."""
        try:
            return self._to(self._node, value)
        except DocumentError:
            raise
        except _NOT_CONVERTIBLE:
            raise self._misfit(value) from None

    def _is_enum(self, node: TypeNode) -> bool:
        return isinstance(node, NamedTypeNode) and isinstance(self._type(node), GraphQLEnumType)

    def _type(self, node: NamedTypeNode) -> Any:
        return self._schema.graphql.type_map.get(node.name.value)

    def _to(self, node: TypeNode, value: Any) -> Any:
        if isinstance(node, NonNullTypeNode):
            return self._to(node.type, value)
        if _is_missing(value):
            return None
        if isinstance(node, ListTypeNode):
            return [self._to(node.type, item) for item in self._several(value)]
        assert isinstance(node, NamedTypeNode)
        return self._to_named(node, _plain(value))

    def _to_named(self, node: NamedTypeNode, value: Any) -> Any:
        named = self._type(node)
        if isinstance(named, GraphQLInputObjectType):
            return self._to_object(named, value)
        if isinstance(named, GraphQLEnumType):
            return value.name if isinstance(value, Enum) and value.name in named.values else self._text(value)
        convert = Kind.converter(node.name.value)
        if isinstance(value, datetime):
            value = wire_instant(value if value.tzinfo else pd.Timestamp(value).tz_localize(self._tz))
        try:
            return convert(value) if convert else self._any(value)
        except _NOT_CONVERTIBLE:
            raise self._misfit(value) from None

    def _to_object(self, named: GraphQLInputObjectType, value: Any) -> Any:
        if isinstance(value, pd.Period):
            value = self._span(value)
        if not isinstance(value, Mapping):
            raise self._misfit(value)
        return {key: self._any(item) for key, item in value.items()}

    def _span(self, period: pd.Period) -> dict[str, str]:
        ends = [stamp.tz_localize(self._tz) for stamp in (period.start_time, (period + 1).start_time)]
        return dict(zip(("fromIncluded", "toExcluded"), map(wire_instant, ends), strict=True))

    def _any(self, value: Any) -> Any:
        """Convert by the value's own type, where the declared one is not known here."""
        value = _plain(value)
        if isinstance(value, datetime):
            return wire_instant(value if value.tzinfo else pd.Timestamp(value).tz_localize(self._tz))
        if isinstance(value, Mapping):
            return {str(key): self._any(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | pd.Series | pd.Index):
            return [self._any(item) for item in self._several(value)]
        return value if isinstance(value, bool | int | float | None) else self._text(value)

    def _text(self, value: Any) -> str:
        try:
            convert = Kind.TEXT.convert
            assert convert is not None
            text: str = convert(value)
        except TypeError:
            raise self._misfit(value) from None
        return text

    def _several(self, value: Any) -> list[Any]:
        try:
            return several(value)
        except TypeError as error:
            raise self._misfit(value, f"it is {error}") from None

    def _misfit(self, value: Any, reason: str = "") -> DocumentError:
        return DocumentError(
            f"The variable ${self._name} is declared as {print_ast(self._node)} and cannot be made from a "
            f"{type(value).__name__}{reason and f': {reason}'}; set another value, or give it with "
            f"--var {self._name}=VALUE."
        )


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _holds_missing(value: Any) -> bool:
    """Whether it is missing, or anything in it is: a member without a value is left out by the service."""
    if isinstance(value, Mapping):
        return any(map(_holds_missing, value.values()))
    if isinstance(value, list | tuple | set | pd.Series | pd.Index):
        return any(map(_holds_missing, value))
    return _is_missing(value)


def _plain(value: Any) -> Any:
    """A Python value in place of a NumPy one."""
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "shape", None) == () else value
