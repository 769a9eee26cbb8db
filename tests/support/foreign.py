"""A service whose schema is not quite what the package guesses, and which validates by it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graphql import (
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    build_schema,
    execute_sync,
    get_named_type,
    parse,
    specified_rules,
    validate,
)

from retarus_pandas.schema.bundle import sdl
from support.replies import Reply, answer, status
from support.servers import API, FaultyServer, Request, arguments_of

__all__ = ["ARGUMENTS", "ForeignService", "changed", "with_report", "without_field"]

Change = Callable[[str], str]
ARGUMENTS = (
    "customerId: String!, datePeriod: DatePeriod!, filter: FaxOutColumnUdrFilters, page: Int, size: Int, "
    "sort: SortDirection"
)


def changed(change: Change) -> GraphQLSchema:
    """The bundled schema after a change that does change it."""
    text = change(sdl())
    assert text != sdl()
    return build_schema(text, assume_valid=True)


def without_field(name: str, record: str = "FaxOutUdrReportRecord") -> Change:
    """A record type without one of its fields."""

    def change(text: str) -> str:
        before, head, after = text.partition(f"type {record} {{")
        fields, end, rest = after.partition("\n}")
        return before + head + re.sub(rf"(\n  \"[^\n]*)?\n  {name}: [^\n]*", "", fields) + end + rest

    return change


def with_report(arguments: str) -> Change:
    """Other arguments of the report of sent faxes."""
    return lambda text: re.sub(r"faxOutUdrReport\([^)]*\)", f"faxOutUdrReport({arguments})", text)


class ForeignService(FaultyServer):
    """Sent faxes, one a minute in the last hour; validated and executed by a schema of its own."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool, rows: int = 5) -> None:
        super().__init__()
        self._schema = schema
        self._rules = [*specified_rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self._rows = rows
        record: Any = schema.get_type("FaxOutUdrReportRecord")
        self._fields = {name: str(get_named_type(field.type)) for name, field in record.fields.items()}

    def record(self, number: int) -> dict[str, Any]:
        """One fax with all that the schema knows of it."""
        made = {"Int": number, "Boolean": bool(number % 2)}
        at = f"{self._start + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"
        known = {"faxId": f"fax-{number}", "keyTimestamp": at, "statusName": "OK", "attemptSeqNo": 1}
        values = {name: made.get(kind, f"{name} {number}") for name, kind in self._fields.items()}
        dated = {name: at for name in values if name.endswith(("At", "Timestamp"))}
        return {name: value for name, value in (values | dated | known).items() if name in self._fields}

    def next_answer(self, request: Request) -> Reply:
        if request.path != API:
            return super().next_answer(request)
        with self._lock:
            self.requests.append(request)
            if request.bearer not in self._issued:
                return status(401, b'{"error": "invalid_token"}')
        document = parse(request.json["query"])
        if errors := validate(self._schema, document, self._rules):
            return status(400, json.dumps({"errors": [error.formatted for error in errors]}).encode())
        result = execute_sync(
            self._schema,
            document,
            root_value={"faxOutUdrReport": self._page},
            variable_values=request.json.get("variables"),
        )
        return answer(dict(result.formatted))

    def _page(self, info: Any, **arguments: Any) -> dict[str, Any]:
        asked = arguments_of(info.context or "") if info.context else arguments
        page, size = int(asked.get("page") or 0), int(asked.get("size") or 100)
        period = asked["datePeriod"]
        begin, end = (datetime.fromisoformat(period[name]) for name in ("fromIncluded", "toExcluded"))
        there = [n for n in range(self._rows) if begin <= self._start + timedelta(minutes=n) < end]
        content = [self.record(number) for number in there[page * size : (page + 1) * size]]
        facts = {"hasMoreElements": (page + 1) * size < len(there)}
        return facts | {"content": content, "pageIndex": page, "pageSize": size, "pageNumber": page, "pageLength": size}
