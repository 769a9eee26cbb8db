"""The schema as it may be otherwise: without some names, and with other types of arguments."""

from __future__ import annotations

import re
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from retarus_pandas.errors import InputError

__all__ = ["LONG", "renamed", "retyped", "without"]

LONG = "scalar Long"

# What the sandbox cannot do without.
_NEEDED = frozenset({"content", "datePeriod"})

_OTHER_TYPES = {
    r"\bcustomerId: String!": "customerId: ID!",
    r"\bpage: Int\b": "page: Int!",
    r"\bsize: Int\b": "size: Long",
}


def retyped(text: str) -> str:
    """Definitions with other scalars for the arguments of the reports."""
    for declared, other in _OTHER_TYPES.items():
        text = re.sub(declared, other, text)
    return text


def renamed(document: DocumentNode) -> DocumentNode:
    """A document of definitions with other names for the types of arguments."""
    return parse(re.sub(r"\b(DatePeriod|SortDirection|\w+Filters?)\b", r"\1V2", print_ast(document)))


def without(document: DocumentNode, names: frozenset[str]) -> DocumentNode:
    """A document of definitions without the fields and arguments of these names.

    Raises
    ------
    InputError
        There is no such field or argument, or the sandbox needs it.
    """
    if not names:
        return document
    remover = _Remover(names - _NEEDED)
    remaining: DocumentNode = visit(document, remover)
    for name in sorted(names - remover.removed):
        reason = "the sandbox cannot do without it" if name in _NEEDED else "no report has it"
        raise InputError(f"The field or argument {name!r} cannot be missing: {reason}. Give other names.")
    return remaining


class _Remover(Visitor):
    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self._names = names
        self.removed: set[str] = set()

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
        return self._judged(node.name.value)

    def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: Any) -> Any:
        return self._judged(node.name.value)

    def _judged(self, name: str) -> Any:
        if name not in self._names:
            return None
        self.removed.add(name)
        return REMOVE
