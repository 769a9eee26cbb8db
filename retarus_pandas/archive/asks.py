"""What an archive asks for: which reports, which of their fields, masked how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retarus_pandas.errors import InputError
from retarus_pandas.schema import Schema
from retarus_pandas.values import several, show

__all__ = ["Ask", "asks_of", "document"]

Fields = Sequence[str] | Mapping[str, Sequence[str]] | None


@dataclass(frozen=True, slots=True)
class Ask:
    """One report.

    Attributes
    ----------
    report : str
        Its name.
    fields : tuple of str, optional
        The fields that are wanted, by path; None for all that are known.
    """

    report: str
    fields: tuple[str, ...] | None


def asks_of(reports: str | Sequence[str] | None, fields: Fields, schema: Schema) -> list[Ask]:
    """What a caller wants archived.

    Parameters
    ----------
    reports : str or sequence of str, optional
        All whose fields are known, if left out.
    fields : sequence of str, or mapping of report to such, optional
        As `Archive.sync` takes it.
    schema : Schema
        What is known of the service.

    Raises
    ------
    InputError
        There is no such report, or it is not said of which report the fields are.
    """
    by_report = dict(fields) if isinstance(fields, Mapping) else {}
    known = [name for name in schema.reports() if schema.known_fields(name)]
    wanted = [*dict.fromkeys([*known, *by_report])] if reports is None else [*map(str, several(reports))]
    _check(wanted, by_report, schema)
    if fields is not None and not isinstance(fields, Mapping):
        if len(wanted) != 1:
            raise InputError(
                f"fields={show(fields)} does not say of which report. Give reports= with one name, or "
                'fields={"faxOutUdrReport": [...]}.'
            )
        by_report = {wanted[0]: fields}
    return [Ask(name, _paths(name, by_report.get(name))) for name in wanted]


def _check(wanted: Sequence[str], by_report: Mapping[str, Any], schema: Schema) -> None:
    there = ", ".join(schema.reports())
    if not wanted:
        raise InputError(f"reports=[] names no report. There are: {there}.")
    for name in [*wanted, *by_report]:
        if name not in schema.reports():
            raise InputError(f"There is no report {show(name)}. There are: {there}.")
    for name in by_report:
        if name not in wanted:
            raise InputError(f"fields= names the report {show(name)}, which reports= does not.")
    for name in wanted:
        if name not in by_report and not schema.known_fields(name):
            raise InputError(f'No field of the report {name} is known. Name them: fields={{"{name}": [...]}}.')


def _paths(report: str, given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    paths = tuple(dict.fromkeys(several(given)))
    wrong = [path for path in paths if not isinstance(path, str) or not all(map(str.isidentifier, path.split(".")))]
    if not paths or wrong:
        raise InputError(
            f"The fields of {report} are given as {show(given)}. Give names such as 'faxId', and 'extra.note' for a "
            "field of an object."
        )
    return paths


def document(ask: Ask, schema: Schema) -> str:
    """The document that asks for a report; its key and key timestamp are asked for in any case."""
    if ask.fields is None:
        return ask.report
    key = schema.key(ask.report)
    stamp = () if key.timestamp is None else (key.timestamp,)
    return f"{{ {ask.report} {_selection(dict.fromkeys([*ask.fields, *key.fields, *stamp]))} }}"


def _selection(paths: Mapping[str, None]) -> str:
    """Paths as nested braces."""
    inner: dict[str, dict[str, None]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        inner.setdefault(name, {}).update({rest: None} if rest else {})
    return "{ " + " ".join(f"{name} {_selection(rest)}" if rest else name for name, rest in inner.items()) + " }"
