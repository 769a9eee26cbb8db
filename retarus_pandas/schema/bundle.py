"""The schema that comes with the package: one file a report, put together, and what the marks in it say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from graphql import GraphQLError, GraphQLField, GraphQLSchema, build_schema
from graphql.execution.values import get_directive_values

__all__ = ["Key", "key_of", "mark", "personal_class", "sdl", "together"]

_SHARED = "shared.graphql"


class Key(NamedTuple):
    """What tells one record of a report from another, and the timestamp that its date period tests."""

    fields: tuple[str, ...] = ()
    timestamp: str | None = None
    evidence: str = "unknown"


def sdl() -> str:
    """The bundled schema as text; a report is a file, and what the reports share comes first."""
    folder = resources.files(__package__).joinpath("reports")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".graphql")), key=lambda file: file.name)
    files.sort(key=lambda file: file.name != _SHARED)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def together() -> GraphQLSchema:
    """The bundled schema itself."""
    # Some of its types are empty because nothing is known of them, which strict validation would refuse.
    return build_schema(sdl(), assume_valid=True)


def mark(field: GraphQLField | None, directive: str) -> Mapping[str, Any]:
    """What a directive of the bundled schema says of a field; empty where it says nothing."""
    definition = together().get_directive(directive)
    assert definition is not None
    node = field.ast_node if field else None
    try:
        return (node and get_directive_values(definition, node)) or {}
    except GraphQLError:  # somebody else's directive of the same name
        return {}


@cache
def key_of(report: str) -> Key:
    """The key of a report's records, as its file says."""
    query = together().query_type
    said = mark(query.fields.get(report) if query else None, "key")
    if not said:
        return Key()
    return Key(tuple(said["fields"]), said.get("timestamp"), str(said.get("by") or "unknown").lower())


def personal_class(field: str) -> str:
    """The class of personal data that a field of this name may hold, in whatever report; "" if none."""
    return _personal().get(field, "")


@cache
def _personal() -> Mapping[str, str]:
    fields = [pair for each in together().type_map.values() for pair in getattr(each, "fields", {}).items()]
    marked = [(name, mark(field, "personal")) for name, field in fields]
    return {name: str(said["as"]).lower() for name, said in marked if said}
