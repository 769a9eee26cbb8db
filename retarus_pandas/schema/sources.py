"""Where a schema comes from.

A *bundled* schema comes with the package; it holds what is known of the API from outside and only advises.
A schema from a file of the user's, or from the service itself, decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
)

from retarus_pandas.errors import InputError
from retarus_pandas.schema.bundle import together
from retarus_pandas.schema.model import Schema
from retarus_pandas.values import show

__all__ = ["INTROSPECTION_QUERY", "bundled", "from_introspection", "load"]

INTROSPECTION_QUERY: str = get_introspection_query()


@cache
def bundled() -> Schema:
    """The schema that comes with the package."""
    return Schema(together(), bundled=True, source="bundled")


def load(source: str | Path | Mapping[str, Any]) -> Schema:
    """A schema of the user's own.

    Parameters
    ----------
    source : str, pathlib.Path or mapping
        A file with SDL or with the JSON answer to an introspection query; or the text or the answer itself.

    Returns
    -------
    Schema

    Raises
    ------
    InputError
        It is none of these, cannot be read, or has no reports.
    """
    if isinstance(source, Mapping):
        return from_introspection(source, source="introspection")
    if not isinstance(source, str | PathLike):
        raise InputError(f"A schema is a file's text or path, or an introspection answer, not {show(source)}.")
    if isinstance(source, str) and "{" in source:
        return _from_text(source, "text")
    return _from_text(_read(Path(source)), f"file {Path(source)}")


def from_introspection(answer: Mapping[str, Any], *, source: str = "live") -> Schema:
    """The schema that an introspection answer describes.

    Parameters
    ----------
    answer : mapping
        The answer to `INTROSPECTION_QUERY`, with or without its ``data`` level.
    source : str, default "live"
        Where it came from, in words.

    Returns
    -------
    Schema
    """
    data = answer.get("data", answer)
    if not isinstance(data, Mapping) or not isinstance(data.get("__schema"), Mapping):
        raise InputError(
            f"The introspection answer ({source}) holds no schema{_first_error(answer)}. "
            "The service may not allow introspection: give a schema file it offers for download as "
            "schema= or RETARUS_SCHEMA."
        )
    try:
        graphql = build_client_schema(IntrospectionQuery(__schema=data["__schema"]), assume_valid=True)
    except (GraphQLError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise _unusable(source, error) from None
    return _checked(graphql, source)


def _first_error(answer: Mapping[str, Any]) -> str:
    match answer.get("errors"):
        case [{"message": str(message)}, *_]:
            return f": {message!r}"
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"The schema file {str(path)!r} cannot be read: {reason}. "
            "Give the path of an SDL file (.graphql) or of an introspection answer (.json)."
        ) from None


def _from_text(text: str, source: str) -> Schema:
    try:
        if text.lstrip().startswith(("{", "[")):
            answer = json.loads(text)
            return from_introspection(answer if isinstance(answer, Mapping) else {}, source=source)
        return _checked(build_schema(text, assume_valid=True), source)
    except InputError:
        raise
    except (GraphQLError, TypeError, ValueError, RecursionError) as error:
        raise _unusable(source, error) from None


def _unusable(source: str, error: Exception) -> InputError:
    return InputError(
        f"The schema ({source}) cannot be used: {str(error) or type(error).__name__}. "
        "Give the SDL or the introspection answer as the service offers it, unchanged."
    )


def _checked(graphql: GraphQLSchema, source: str) -> Schema:
    schema = Schema(graphql, bundled=False, source=source)
    if not schema.reports():
        raise InputError(
            f"The schema ({source}) has no reports: none of its queries answers with a list called 'content'. "
            "Is it the schema of the Retarus reporting API?"
        )
    return schema
