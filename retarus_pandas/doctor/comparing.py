"""The schema in use, held against the one that the service gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retarus_pandas.doctor.finding import Finding
from retarus_pandas.errors import InputError, QueryError, RetarusError
from retarus_pandas.http import in_worker, json_object
from retarus_pandas.schema import INTROSPECTION_QUERY, Change, Schema, difference, from_introspection
from retarus_pandas.session import Session
from retarus_pandas.values import plain

__all__ = ["compare_schemas", "listed", "name_of", "type_of"]

_SHOWN = 3
_LONGEST = 300
_CHECK = "schema"
_LIST_ALL = "'python -m retarus_pandas schema --live --diff' lists all"
_USE_ITS_OWN = (
    "reads notice and adapt; to begin with the service's own: Session.fetch_schema(), or a file as schema= or "
    f"RETARUS_SCHEMA; {_LIST_ALL}"
)
_WITHOUT_IT = (
    "reads leave out what is refused; 'python -m retarus_pandas doctor --probe' asks which names that are; a schema "
    "file that the vendor offers goes in as schema= or RETARUS_SCHEMA"
)


def compare_schemas(session: Session) -> Finding:
    """Ask the service for its schema, by one request; the session goes on with the one that it has."""
    assumed = session.schema
    called = "the bundled schema" if assumed.bundled else f"the schema in use ({assumed.source})"
    try:
        live = _live(session)
    except (QueryError, InputError) as error:
        said = plain(str(error), _LONGEST)
        return Finding(
            _CHECK, "warn", f"the service does not give its schema, so {called} stays as it is: {said}", _WITHOUT_IT
        )
    except RetarusError as error:
        return Finding(_CHECK, "warn", f"the service was not heard about its schema: {error}", "run it again")
    changes = difference(assumed, live)
    if not changes:
        return Finding(_CHECK, "ok", f"{called} says what the service says, {len(live.reports())} reports")
    matters = any(each.change != "new" for each in changes)
    detail = f"against {called} the service {'; '.join(_told(changes))}"
    return Finding(_CHECK, "warn", detail, _USE_ITS_OWN) if matters else Finding(_CHECK, "ok", detail, _LIST_ALL)


def _live(session: Session) -> Schema:
    body = {"query": INTROSPECTION_QUERY}
    return from_introspection(in_worker(lambda stop: session.post(body, json_object, retry=False, stop=stop)))


def _told(changes: Sequence[Change]) -> Iterator[str]:
    for kind, verb, say in (("gone", "lacks", name_of), ("changed", "declares otherwise", type_of)):
        found = [say(each) for each in changes if each.change == kind]
        if found:
            yield f"{verb} {len(found)}: {listed(found, _SHOWN)}"
    new = [name_of(each) for each in changes if each.change == "new"]
    if new:
        yield f"has {len(new)} more: {listed(new, _SHOWN)}"


def name_of(change: Change) -> str:
    """What is changed, from its report on."""
    return plain(".".join(filter(None, [change.report, change.path])), _LONGEST)


def type_of(change: Change) -> str:
    """What is changed, with both types."""
    return plain(f"{name_of(change)}: {change.after}, not {change.before}", _LONGEST)


def listed(names: Iterable[str], most: int) -> str:
    """The first names, and how many more there are."""
    names = list(names)
    rest = len(names) - most
    return ", ".join(names[:most]) + (f", and {rest} more" if rest > 0 else "") if names else "none"
