"""Selections in a plain form: fragments resolved, skipped fields left out, equal names merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    InlineFragmentNode,
    NamedTypeNode,
    Node,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    is_abstract_type,
    print_ast,
)

from retarus_pandas.document.bind import Variables
from retarus_pandas.document.columns import field_type
from retarus_pandas.document.nodes import names_in, response_name
from retarus_pandas.document.parse import Complaints
from retarus_pandas.schema import Schema

__all__ = ["Flattener"]

# Fragments within fragments can say in a few lines what takes years to expand.
MAX_SELECTIONS = 20_000
MAX_DEPTH = 40

_CONDITIONS = {"include": True, "skip": False}

_Found: TypeAlias = dict[object, list[FieldNode | InlineFragmentNode]]


class Flattener:
    """Resolves fragments and conditions as the service would, and keeps what only the service can decide.

    A fragment dissolves where its type condition surely holds. Where that depends on the record, or on types
    that the schema does not know, or where it carries other directives, it stays, as an inline fragment.
    """

    def __init__(self, document: DocumentNode, variables: Variables, schema: Schema, complaints: Complaints) -> None:
        self.schema = schema
        self.complaints = complaints
        self.names = names_in(document)
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._left = MAX_SELECTIONS

    def flatten(
        self, sets: Sequence[SelectionSetNode], parent: GraphQLNamedType | None, depth: int = 0
    ) -> SelectionSetNode:
        """Several selections of one object as one, in the order of the answer.

        Parameters
        ----------
        sets : sequence of graphql.SelectionSetNode
            The selections, at least one.
        parent : graphql type or None
            The type of the object, None where it is not known.
        depth : int, default 0
            How many levels were entered already.

        Returns
        -------
        graphql.SelectionSetNode
            Each response name once; the nodes keep their places in the author's text.
        """
        if depth > MAX_DEPTH:
            raise self.complaints.error(f"The document is nested more than {MAX_DEPTH} levels deep.")
        found: _Found = {}
        inlined: set[str] = set()
        for each in sets:
            self._collect(each.selections, parent, found, inlined)
        merged = (self._merge(nodes, parent, depth) for nodes in found.values())
        return SelectionSetNode(selections=tuple(node for node in merged if node), loc=sets[0].loc)

    def _collect(
        self,
        selections: Iterable[SelectionNode],
        parent: GraphQLNamedType | None,
        found: _Found,
        inlined: set[str],
    ) -> None:
        for node in selections:
            self._left -= 1
            if self._left < 0:
                raise self.complaints.error(
                    f"The document's fragments expand to more than {MAX_SELECTIONS:,} fields. Ask for less at a time."
                )
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(response_name(node), []).append(node)
            elif isinstance(node, InlineFragmentNode):
                self._collect_fragment(node, parent, found, inlined)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in inlined:
                self._collect_spread(node, parent, found, inlined)

    def _collect_spread(
        self,
        node: FragmentSpreadNode,
        parent: GraphQLNamedType | None,
        found: _Found,
        inlined: set[str],
    ) -> None:
        fragment = self._fragments.get(node.name.value)
        if fragment is None:
            return  # the structural check has complained of it
        spread = InlineFragmentNode(
            type_condition=fragment.type_condition,
            directives=tuple(node.directives or ()),
            selection_set=fragment.selection_set,
            loc=node.loc,
        )
        if self._collect_fragment(spread, parent, found, inlined):
            inlined.add(node.name.value)

    def _collect_fragment(
        self,
        node: InlineFragmentNode,
        parent: GraphQLNamedType | None,
        found: _Found,
        inlined: set[str],
    ) -> bool:
        others = _other_directives([node])
        if not others and self._surely_applies(node, parent):
            self._collect(node.selection_set.selections, parent, found, inlined)
            return True
        condition = node.type_condition.name.value if node.type_condition else None
        found.setdefault((condition, *map(print_ast, others)), []).append(node)
        return False

    def _surely_applies(self, fragment: InlineFragmentNode, parent: GraphQLNamedType | None) -> bool:
        if fragment.type_condition is None:
            return True
        name = fragment.type_condition.name.value
        declared = self.schema.graphql.get_type(name)
        if declared is None:
            # Of a type that only the service knows: the result of a report is known by its `content`.
            return any(_is_content(node) for node in fragment.selection_set.selections)
        if declared is parent:
            return True
        # Only then is it certain: an interface of an object, not the other way round.
        return isinstance(parent, GraphQLObjectType) and self._is_interface_of(declared, parent)

    def _is_interface_of(self, declared: GraphQLNamedType, parent: GraphQLObjectType) -> bool:
        return is_abstract_type(declared) and self.schema.graphql.is_sub_type(declared, parent)

    def _included(self, node: SelectionNode) -> bool:
        return all(
            self._condition(directive) is wanted
            for directive in node.directives or ()
            for wanted in [_CONDITIONS.get(directive.name.value)]
            if wanted is not None
        )

    def _condition(self, directive: DirectiveNode) -> bool:
        """What the directive's ``if`` says; what lets the selection stay where it says nothing usable."""
        stay = _CONDITIONS[directive.name.value]
        stated = [each.value for each in directive.arguments or () if each.name.value == "if"]
        if not stated:
            self.complaints.add(
                f"@{directive.name.value} needs a condition: @{directive.name.value}(if: …).", directive
            )
            return stay
        if isinstance(stated[0], VariableNode):
            self._variables.require(stated[0].name.value)
        value = self._variables.resolve(stated[0])
        if not isinstance(value, bool) and value is not Undefined:
            self.complaints.add(f"@{directive.name.value}(if: …) takes true or false, not {value!r}.", stated[0])
        return value if isinstance(value, bool) else stay

    def _merge(
        self, nodes: Sequence[FieldNode | InlineFragmentNode], parent: GraphQLNamedType | None, depth: int
    ) -> FieldNode | InlineFragmentNode | None:
        first = nodes[0]
        sets = [each.selection_set for each in nodes if each.selection_set and each.selection_set.selections]
        if isinstance(first, InlineFragmentNode):
            inner = self.flatten(sets, self._conditioned(first.type_condition, parent), depth + 1)
            return _with_selection(first, _other_directives(nodes), inner) if inner.selections else None
        self._complain_of_conflicts(first, nodes)
        merged = self.flatten(sets, field_type(parent, first.name.value), depth + 1) if sets else None
        if merged is not None and not merged.selections:
            return None
        return _with_selection(first, _other_directives(nodes), merged)

    def _conditioned(self, condition: NamedTypeNode | None, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:
        return self.schema.graphql.get_type(condition.name.value) if condition else parent

    def _complain_of_conflicts(self, first: FieldNode, nodes: Sequence[Node]) -> None:
        wanted = _asked(first)
        for other in nodes[1:]:
            if isinstance(other, FieldNode) and _asked(other) != wanted:
                self.complaints.add(
                    f"{response_name(first)!r} is asked twice, with different fields or arguments: "
                    f"give one of them an alias, such as other: {other.name.value}.",
                    other,
                )


def _asked(field: FieldNode) -> tuple[str, frozenset[str]]:
    return field.name.value, frozenset(map(print_ast, field.arguments or ()))


def _is_content(node: SelectionNode) -> bool:
    return isinstance(node, FieldNode) and node.name.value == "content"


def _other_directives(nodes: Iterable[SelectionNode]) -> tuple[DirectiveNode, ...]:
    every = [each for node in nodes for each in node.directives or () if each.name.value not in _CONDITIONS]
    return tuple({print_ast(each): each for each in every}.values())


def _with_selection(
    node: FieldNode | InlineFragmentNode, directives: tuple[DirectiveNode, ...], selection: SelectionSetNode | None
) -> FieldNode | InlineFragmentNode:
    if isinstance(node, InlineFragmentNode):
        assert selection is not None
        return InlineFragmentNode(
            type_condition=node.type_condition, directives=directives, selection_set=selection, loc=node.loc
        )
    return FieldNode(
        alias=node.alias,
        name=node.name,
        arguments=tuple(node.arguments or ()),
        directives=directives,
        selection_set=selection,
        loc=node.loc,
    )
