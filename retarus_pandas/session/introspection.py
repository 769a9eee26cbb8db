"""The service's own schema: asked by introspection, kept on this computer for a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import InputError, QueryError

if TYPE_CHECKING:
    from retarus_pandas.http import Connection
    from retarus_pandas.schema import Schema

__all__ = ["live_schema"]


def live_schema(connection: Connection, api_url: str, source: str, *, refresh: bool, keep: bool) -> Schema:
    """The service's schema: one that was kept, unless a fresh one is wanted, or the answer to introspection."""
    from retarus_pandas.schema import from_introspection, recall, remember

    kept = None if refresh or not keep else recall(api_url)
    answer = kept or _introspect(connection)
    schema = from_introspection(answer, source=source)
    if kept is None and keep:
        remember(api_url, answer)
    return schema


def _introspect(connection: Connection) -> Mapping[str, Any]:
    from retarus_pandas.http import in_worker, json_object
    from retarus_pandas.schema import INTROSPECTION_QUERY

    try:
        return in_worker(lambda stop: connection.post({"query": INTROSPECTION_QUERY}, json_object, stop=stop))
    except QueryError as error:
        reason = str(error)
    raise InputError(
        f"The service did not give its schema; introspection may not be allowed. Go on with the bundled one, or give "
        f"the file the service offers for download as schema= or RETARUS_SCHEMA. {reason}"
    )
