"""The variables of an operation: what is declared, what is given, what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    NonNullTypeNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_input_object_type,
    print_ast,
    type_from_ast,
    value_from_ast_untyped,
)
from graphql.execution.values import get_variable_values

from retarus_pandas.document.parse import Complaints, did_you_mean
from retarus_pandas.schema import Schema

__all__ = ["Variables"]


class Variables:
    """The variables of one operation, with the values that were given for them.

    ``Undefined`` stands for a variable that has neither a value nor a default.
    """

    def __init__(
        self, operation: OperationDefinitionNode, given: Mapping[str, Any], schema: Schema, complaints: Complaints
    ) -> None:
        self.definitions = {each.variable.name.value: each for each in operation.variable_definitions or ()}
        self.notes: list[str] = []
        self._schema = schema
        self._complaints = complaints
        self._missing: dict[str, None] = {}
        self.given = {str(name): self._checked(str(name), value) for name, value in given.items()}

    def value(self, name: str) -> Any:
        """The value given, else the default."""
        return self.given[name] if name in self.given else self.default(name)

    def default(self, name: str) -> Any:
        """The default that the operation declares."""
        definition = self.definitions.get(name)
        return (
            value_from_ast_untyped(definition.default_value) if definition and definition.default_value else Undefined
        )

    def resolve(self, node: ValueNode) -> Any:
        """The plain value of a literal, or of the variable that stands in its place."""
        if isinstance(node, VariableNode):
            return self.value(node.name.value)
        try:
            return value_from_ast_untyped(node, {name: self.value(name) for name in self.definitions})
        except ValueError:  # older graphql-core: Python reads no whole numbers of thousands of digits
            self._complaints.add("This number is too long.", node)
            return Undefined

    def require(self, name: str) -> None:
        """Say that the document cannot do without this variable."""
        if name in self.definitions and self.value(name) is Undefined:
            self._missing[name] = None

    def require_some(self, name: str) -> None:
        """Complain of what has no value: nobody outside knows whether the service finds nothing by it, or all."""
        for what, path in _empties(self.given.get(name)):
            where = f"has {what} at {'.'.join(path)}" if path else f"is {what}"
            self._complaints.add(
                f"The variable ${name} {where}, which has no value to look for: leave the filter out, or ask only "
                "where there is one.",
                self.definitions[name],
            )

    def require_if_declared_so(self, name: str) -> None:
        """The same, where the declared type does not allow null."""
        if name in self.definitions and isinstance(self.definitions[name].type, NonNullTypeNode):
            self.require(name)

    def complain_of_missing(self) -> None:
        """Name every variable that `require` found without a value."""
        for name in self._missing:
            definition = self.definitions[name]
            self._complaints.add(
                f"The variable ${name} ({print_ast(definition.type)}) has no value: "
                f"give it with variables={{{name!r}: …}}.",
                definition,
            )

    def _checked(self, name: str, value: Any) -> Any:
        definition = self.definitions.get(name)
        if definition is None:
            hint = did_you_mean(name, self.definitions, "$") or " It declares none."
            self._complaints.add(f"The document declares no variable ${name}.{hint}")
            return value
        try:
            plain = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as error:
            self._complaints.add(
                f"The variable ${name} ({print_ast(definition.type)}) cannot be sent: "
                f"a {type(value).__name__} is no JSON value ({error}). "
                "Give plain texts and numbers, or lists and dicts of them.",
                definition,
            )
            return value
        self._check_type(definition, plain)
        return plain

    def _check_type(self, definition: VariableDefinitionNode, value: Any) -> None:
        declared = type_from_ast(self._schema.graphql, definition.type)
        if declared is None:
            return
        name = definition.variable.name.value
        outcome = get_variable_values(self._schema.graphql, [definition], {name: value})
        if not isinstance(outcome, list):
            return
        # The bundled schema does not know all members of the service's input objects.
        if self._schema.bundled and is_input_object_type(get_named_type(declared)):
            self.notes += self._complaints.doubt_errors(outcome)
        else:
            self._complaints.add_errors(outcome)


def _empties(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lists without items and the members without members of their own, and the names that lead there."""
    if isinstance(value, list) and not value:
        yield "an empty list", path
    elif isinstance(value, Mapping):
        if path and not value:
            yield "an empty object", path
        for name, item in value.items():
            yield from _empties(item, (*path, str(name)))
