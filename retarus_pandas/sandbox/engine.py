"""Executes GraphQL requests against the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    ValidationRule,
    build_ast_schema,
    execute_sync,
    get_named_type,
    parse,
    specified_rules,
    validate,
)

from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.rendering import Json, render, to_json
from retarus_pandas.sandbox.rules import Selected
from retarus_pandas.sandbox.schema import definitions, published

__all__ = ["Engine", "Select"]

# Gives the page that a report's arguments ask for.
Select: TypeAlias = Callable[[str, Mapping[str, Any]], Selected]

_INTROSPECTION = re.compile(r"__(schema|type)\b")
_IN_SCHEMA = frozenset(
    {
        Quirk.NUMERIC_STATUS_CODE,
        Quirk.EXTRA_FIELDS,
        Quirk.FIELDS_MISSING,
        Quirk.TYPES_RENAMED,
        Quirk.ARGUMENT_TYPES,
    }
)
_RECORDS = GraphQLScalarType("Records")


class Engine:
    """Executes documents against the sandbox's schema.

    The schema exists twice. One is what the service would publish: it validates and introspects. In the other,
    which executes, ``content`` is a scalar, so that whole columns are rendered at once and no record is
    resolved field by field.
    """

    def __init__(self, quirks: frozenset[Quirk], missing: frozenset[str]) -> None:
        self._quirks = quirks
        self._published = published(quirks & _IN_SCHEMA, missing)
        self._executable = _executable(quirks & _IN_SCHEMA, missing)
        self._rules = [*specified_rules]
        if Quirk.NO_INTROSPECTION in quirks:
            self._rules.append(NoSchemaIntrospectionCustomRule)
        if Quirk.NO_ALIASES in quirks:
            self._rules.append(_NoAliases)
        self._read = lru_cache(maxsize=64)(self._parse)

    def answer(self, body: bytes, select: Select) -> tuple[int, bytes]:
        """Answer the JSON body of a request: HTTP status and body."""
        try:
            request = _request(body)
            document = self._read(request["query"])
        except GraphQLError as error:
            return self._refuse([error])
        if isinstance(document, list):
            return self._refuse(document)
        result = self._execute(document, request, select)
        if result.data is None:
            return self._refuse(result.errors or [])
        if not result.errors:
            return 200, to_json({"data": result.data})
        status = 400 if Quirk.RULES_WITH_400 in self._quirks else 200
        return status, to_json({"errors": _formatted(result.errors), "data": result.data})

    def _refuse(self, errors: list[GraphQLError]) -> tuple[int, bytes]:
        status = 200 if Quirk.ERRORS_WITH_200 in self._quirks else 400
        return status, to_json({"errors": _formatted(errors)})

    def _parse(self, text: str) -> DocumentNode | list[GraphQLError]:
        try:
            document = parse(text)
            return validate(self._published, document, self._rules) or document
        except GraphQLError as error:
            return [error]
        except RecursionError:
            return [GraphQLError("The document is nested too deeply")]

    def _execute(self, document: DocumentNode, request: Mapping[str, Any], select: Select) -> ExecutionResult:
        run = partial(
            execute_sync,
            document=document,
            context_value=select,
            variable_values=request.get("variables"),
            operation_name=request.get("operationName"),
        )
        result = run(self._executable)
        if result.data and _INTROSPECTION.search(request["query"]):
            # Nothing is behind the published schema: its reports are null, and what it says of itself is true.
            told = run(self._published).data or {}
            data = {name: value if told.get(name) is None else told[name] for name, value in result.data.items()}
            return ExecutionResult(data, result.errors)
        return result


class _NoAliases(ValidationRule):
    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.alias:
            self.report_error(GraphQLError(f"Aliases are not allowed: {node.alias.value!r}", node))


@cache
def _executable(quirks: frozenset[Quirk], missing: frozenset[str]) -> GraphQLSchema:
    schema = build_ast_schema(definitions(quirks, missing), assume_valid=True)
    assert schema.query_type
    for field in schema.query_type.fields.values():
        field.resolve = _resolve_report
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLObjectType)
        record = get_named_type(result.fields["content"].type)
        assert isinstance(record, GraphQLObjectType)
        result.fields["content"] = GraphQLField(_RECORDS, resolve=partial(_resolve_content, record))
    return schema


def _resolve_report(_root: None, info: GraphQLResolveInfo[Any], **arguments: Any) -> dict[str, Any]:
    page: Selected = info.context(info.field_name, arguments)
    return {"content": page, "pageIndex": page.page, "pageSize": page.size, "hasMoreElements": page.more}


def _resolve_content(record: GraphQLObjectType, result: dict[str, Any], info: GraphQLResolveInfo[Any]) -> Json:
    page: Selected = result["content"]
    return render(page.table, page.rows, record, info)


def _formatted(errors: list[GraphQLError]) -> list[Any]:
    return [error.formatted for error in errors]


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        raise GraphQLError("The body of the request is not JSON") from None
    if not isinstance(request, dict) or not isinstance(request.get("query"), str):
        raise GraphQLError('The body of the request must be an object with a text "query"')
    if not isinstance(request.get("variables"), dict | None):
        raise GraphQLError('"variables" must be an object')
    return request
