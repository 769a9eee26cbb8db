"""What we added to a document, taken out again where the service refuses it.

A third of what is known of the service is guessed, so that it may refuse a field or an argument that its author never
wrote. Its errors say where they point, by place, by path or by name; what points at something of ours is ours to leave
out. What points at something of the author's is the author's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
    print_ast,
)

from retarus_pandas.document.nodes import names_in, response_name, selections_of, with_selection
from retarus_pandas.values import Addition, Column, Query

__all__ = ["cost_of", "refused_additions", "without"]

_QUOTED = re.compile(r"[`'\"“‘]([_A-Za-z]\w*)[`'\"”’]")
# graphql-java writes the path into its messages: FieldUndefined@[report/content/field]
_PATH = re.compile(r"@\[([\w/]+)\]")


def refused_additions(query: Query, sent: str, errors: Sequence[Any]) -> tuple[Addition, ...]:
    """What of ours a service's errors point at.

    Parameters
    ----------
    query : Query
        What was asked.
    sent : str
        The document as it was sent.
    errors : sequence
        The ``errors`` of the answer.

    Returns
    -------
    tuple of Addition
        Everything of ours where the errors point nowhere and may be about the document as a whole; empty where one
        of them is the author's, or about something else.
    """
    parts = _Parts.of(sent, query)
    told = [error for error in errors if isinstance(error, Mapping)]
    found: dict[Addition, None] = {}
    for error in told:
        ours = parts.blamed(error)
        if not ours and parts.is_the_authors(error):
            return ()
        found |= dict.fromkeys(ours)
    # An error with a path is about values: the document itself was accepted.
    about_the_document = bool(told) and not any(error.get("path") for error in told)
    if found or not about_the_document:
        return tuple(found)
    # Whose records are asked is documented; it goes only where an error points at it.
    return tuple(each for each in query.additions if each.name != "customerId")


class _Parts(NamedTuple):
    """Our nodes in a document, and what is not ours."""

    text: str
    ours: Mapping[Addition, Node]
    theirs: frozenset[str]
    report: FieldNode

    @classmethod
    def of(cls, text: str, query: Query) -> _Parts:
        report = _report(parse(text))
        ours = {each: node for each in query.additions for node in _nodes(report, query, each)}
        rest = parse(print_ast(parse(without(query, query.additions).document)))
        return cls(text, ours, frozenset(names_in(rest)), report)

    def blamed(self, error: Mapping[str, Any]) -> list[Addition]:
        """What of ours an error points at: by its place, else by a name that only we wrote, else by its path."""
        offsets = list(_offsets(self.text, error))
        by_place = [each for each, node in self.ours.items() if any(_is_within(node, at) for at in offsets)]
        if not by_place and self._is_deeper(offsets):
            return []
        names = _named(error)
        by_name = [each for each in self.ours if each.name in names and each.name not in self.theirs]
        by_path = [each for each in self.ours if each.response_name and each.response_name == _last(error.get("path"))]
        return by_place or by_name or by_path

    def is_the_authors(self, error: Mapping[str, Any]) -> bool:
        """Whether an error that points at nothing of ours points at something of the author's."""
        return self._is_deeper(_offsets(self.text, error)) or bool(_named(error) & self.theirs)

    def _is_deeper(self, offsets: Iterable[int]) -> bool:
        """Whether one of the places is within the report, and not the report itself."""
        return any(_is_within(self.report, at) and at != _start(self.report) for at in offsets)


def _offsets(text: str, error: Mapping[str, Any]) -> Iterator[int]:
    """The places an error names, as numbers of characters."""
    lines = re.split(r"\r\n|[\n\r]", text)
    places = error.get("locations")
    for place in places if isinstance(places, list) else ():
        line, column = (place.get(name) if isinstance(place, Mapping) else None for name in ("line", "column"))
        if isinstance(line, int) and isinstance(column, int) and 0 < line <= len(lines):
            yield sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def _named(error: Mapping[str, Any]) -> set[str]:
    # What is suggested is not what is wrong.
    message = str(error.get("message") or "").partition("Did you mean")[0]
    paths = [path.rpartition("/")[2] for path in _PATH.findall(message)]
    return {*_QUOTED.findall(message), *paths}


def _last(path: Any) -> Any:
    names = [step for step in path if isinstance(step, str)] if isinstance(path, list) else []
    return names[-1] if names else None


def _start(node: Node) -> int:
    return node.loc.start if node.loc else -1


def _is_within(node: Node, offset: int) -> bool:
    return node.loc is not None and node.loc.start <= offset < node.loc.end


# ---------------------------------------------------------------- leaving out


def without(query: Query, additions: Iterable[Addition]) -> Query:
    """The query without some of what we added to it.

    Parameters
    ----------
    query : Query
        What was to be asked.
    additions : iterable of Addition
        What to leave out; what is no addition of this query is passed over.

    Returns
    -------
    Query
        A field of a report that was asked by its name stays as a column of nulls in its declared dtype; a field that
        is not shown is gone with its column.
    """
    gone = set(additions) & set(query.additions)
    if not gone:
        return query
    arguments = {each.name for each in gone if each.place == "argument"}
    fields = {each.response_name for each in gone if each.place == "record"}
    facts = {each.response_name for each in gone if each.place == "result"}
    return replace(
        query,
        document=print_ast(_pruned(parse(query.document), query, arguments, fields, facts)),
        slots={name: slot for name, slot in query.slots.items() if name not in arguments},
        columns=tuple(_columns(query.columns, fields)),
        key=() if fields & set(query.key) else query.key,
        key_timestamp=None if query.key_timestamp in fields else query.key_timestamp,
        index_name=None if query.index_name in facts else query.index_name,
        size_name=None if query.size_name in facts else query.size_name,
        additions=tuple(each for each in query.additions if each not in gone),
    )


def _columns(columns: Iterable[Column], fields: set[str]) -> Iterator[Column]:
    for column in columns:
        if column.name not in fields:
            yield column
        elif not column.hidden:
            yield replace(column, absent=True)


def _pruned(
    document: DocumentNode, query: Query, arguments: set[str], fields: set[str], facts: set[str]
) -> DocumentNode:
    report = _report(document)
    content = [_without_fields(node, fields) if _is_content(node, query) else node for node in selections_of(report)]
    kept = tuple(node for node in content if _is_content(node, query) or not _is_one_of(node, facts))
    field = FieldNode(
        alias=report.alias,
        name=report.name,
        arguments=tuple(node for node in report.arguments or () if node.name.value not in arguments),
        directives=tuple(report.directives or ()),
        selection_set=SelectionSetNode(selections=kept),
    )
    operation = _operation(document)
    return DocumentNode(
        definitions=(
            OperationDefinitionNode(
                operation=operation.operation,
                name=operation.name,
                variable_definitions=tuple(operation.variable_definitions or ()),
                directives=tuple(operation.directives or ()),
                selection_set=SelectionSetNode(selections=(field,)),
            ),
        )
    )


def _without_fields(content: SelectionNode, fields: set[str]) -> FieldNode:
    assert isinstance(content, FieldNode)
    kept = tuple(node for node in selections_of(content) if not _is_one_of(node, fields))
    # Something has to be selected; this much every object has.
    empty = parse("{ __typename }").definitions[0]
    assert isinstance(empty, OperationDefinitionNode)
    return with_selection(content, SelectionSetNode(selections=kept) if kept else empty.selection_set)


def _is_one_of(node: SelectionNode, names: set[str]) -> bool:
    return isinstance(node, FieldNode) and response_name(node) in names


def _is_content(node: SelectionNode, query: Query) -> bool:
    return _is_one_of(node, {query.content_name})


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _report(document: DocumentNode) -> FieldNode:
    (report,) = _operation(document).selection_set.selections
    assert isinstance(report, FieldNode)
    return report


def _nodes(report: FieldNode, query: Query, addition: Addition) -> Iterator[ArgumentNode | FieldNode]:
    if addition.place == "argument":
        yield from (node for node in report.arguments or () if node.name.value == addition.name)
        return
    within = selections_of(report)
    if addition.place == "record":
        (content,) = (node for node in within if _is_content(node, query))
        within = selections_of(content) if isinstance(content, FieldNode) else ()
    yield from (
        node for node in within if isinstance(node, FieldNode) and response_name(node) == addition.response_name
    )


# ---------------------------------------------------------------- telling

_COSTS = {
    ("argument", "sort"): "the order of the records is the service's own",
    ("argument", "customerId"): "whose records come is decided by the access token",
    ("result", "pageIndex"): "whether a page is the one that was asked cannot be checked",
    ("result", "pageSize"): "whether pages were cut down has to be seen from their records",
}


def cost_of(query: Query, addition: Addition) -> str:
    """What is lost with something that is left out, in words."""
    shown = {column.name for column in query.columns if not column.hidden}
    if addition.place != "record":
        return f"{addition.name}: {_COSTS[addition.place, addition.name]}"
    costs = [
        *(["its column holds nulls only"] if addition.response_name in shown else []),
        *(["records are read by page number"] if addition.response_name == query.key_timestamp else []),
        *(["records cannot be told apart by their key"] if addition.response_name in query.key else []),
    ]
    return f"{addition.name}: {' and '.join(costs)}"
