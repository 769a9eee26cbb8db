"""What is selected of a report: its records, their key, and the facts by which paging goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from graphql import FieldNode, InlineFragmentNode, SelectionNode, SelectionSetNode

from retarus_pandas.document.nodes import Names, response_name, select, selections_of, with_selection
from retarus_pandas.document.otherwise import fields_of_reports
from retarus_pandas.document.parse import did_you_mean
from retarus_pandas.document.selection import Flattener
from retarus_pandas.values import Addition

__all__ = ["FACTS", "MORE", "Content", "content_of"]

# Without it there is no paging.
MORE = "hasMoreElements"
# What a result says of its page.
FACTS = (MORE, "pageIndex", "pageSize")


class Content(NamedTuple):
    """The selection of one report as it is sent.

    ``facts`` are the nodes of the result by which paging goes on. ``places`` says under which response name a field
    of the records is found; ``additions`` is what the author did not write, ``hidden`` the response names of those
    that are not shown.
    """

    records: FieldNode
    facts: Mapping[str, FieldNode]
    places: Mapping[str, str]
    additions: tuple[Addition, ...]
    hidden: frozenset[str]
    notes: tuple[str, ...]


def content_of(field: FieldNode, flattener: Flattener) -> Content:
    """Find the records in a report's selection, and add what paging needs.

    Parameters
    ----------
    field : graphql.FieldNode
        The report's field, flattened.
    flattener : Flattener
        What flattened it.

    Returns
    -------
    Content
    """
    schema = flattener.schema
    report = field.name.value
    record_type = schema.record_type(report)
    result = _Result(field, flattener)
    written = result.records()
    chosen = SelectionSetNode(selections=selections_of(written) or result.all_fields())
    below = flattener.flatten([chosen], record_type).selections
    places = {node.name.value: response_name(node) for node in map(_plain, reversed(below)) if node}
    key = schema.key(report)
    wanted = dict.fromkeys(name for name in (*key.fields, key.timestamp) if name)
    names = Names(_response_names(below))
    added = {name: names.fresh(name) for name in wanted if name not in places}
    keys = (select(name, alias=alias) for name, alias in added.items())
    ours = {**added, **({} if selections_of(written) else places)}
    return Content(
        records=with_selection(written, SelectionSetNode(selections=(*below, *keys))),
        facts={name: result.fact(name) for name in FACTS},
        places=places | added,
        additions=(*(Addition("record", name, ours[name]) for name in ours), *result.additions),
        hidden=frozenset(added.values()),
        notes=tuple(result.notes),
    )


def _response_names(selections: Iterable[SelectionNode]) -> Iterator[str]:
    """The names in the answer, those of fragments too."""
    for node in selections:
        if isinstance(node, FieldNode):
            yield response_name(node)
        elif isinstance(node, InlineFragmentNode):
            yield from _response_names(node.selection_set.selections)


class _Result:
    """The selection of a report, divided into records, facts about the page, and what is neither."""

    def __init__(self, field: FieldNode, flattener: Flattener) -> None:
        self.notes: list[str] = []
        self._field = field
        self._report = field.name.value
        self._schema = flattener.schema
        self._complaints = flattener.complaints
        known = {*FACTS, "__typename", *getattr(self._schema.result_type(self._report), "fields", ())}
        self._contents: list[FieldNode] = []
        self._facts: list[FieldNode] = []
        self._strays: list[SelectionNode] = []
        for node in selections_of(field):
            if isinstance(node, FieldNode) and node.name.value == "content":
                self._contents.append(node)
            elif isinstance(node, FieldNode) and node.name.value in known:
                self._facts.append(node)
            else:
                self._strays.append(node)
        self._names = Names(map(response_name, (*self._contents, *self._facts)))
        self.additions: list[Addition] = []

    def records(self) -> FieldNode:
        """The author's ``content``; where there is none, one around the fields that belong in it."""
        for node in self._contents[1:]:
            self._complaints.add("content is asked twice: ask the report twice, each time under an alias.", node)
        if self._contents:
            self._complain_of_strays()
        return self._contents[0] if self._contents else select("content", selections=self._strays)

    def fact(self, name: str) -> FieldNode:
        """The author's field of this name, or one of ours; neither is shown, so that both are ours to leave out."""
        written = next((node for node in self._facts if node.name.value == name and _plain(node)), None)
        node = written or select(name, alias=self._names.fresh(name))
        if name != MORE:
            self.additions.append(Addition("result", name, response_name(node)))
        return node

    def all_fields(self) -> tuple[FieldNode, ...]:
        """What is asked where the author selects nothing of the records."""
        names = self._schema.known_fields(self._report)
        if self._facts and not self._contents:
            self._complaints.add("This asks for no records: add content { … } with the fields you want.", self._field)
        elif not names:
            self._complain_of_unknown_fields()
        return tuple(select(name) for name in names)

    def _complain_of_unknown_fields(self) -> None:
        report, known = self._report, self._schema.reports()
        if report in known:
            problem = f"The fields of {report} are not known"
        elif reports := fields_of_reports([report]):
            problem = f"{report} is a field of {', '.join(reports)}. Write: {{ {reports[0]} {{ {report} }} }}"
            self._complaints.add(problem, self._field)
            return
        else:
            problem = f"There is no report {report!r} that is known.{did_you_mean(report, known)} If the service has it"
        self._complaints.add(
            f"{problem}: name the fields that you want, {{ {report} {{ content {{ … }} }} }}, or use the service's own "
            "schema (Session.fetch_schema(), or a file as schema= or RETARUS_SCHEMA).",
            self._field,
        )

    def _complain_of_strays(self) -> None:
        for node in self._strays:
            name = repr(node.name.value) if isinstance(node, FieldNode) else "This fragment"
            if isinstance(node, FieldNode) and self._is_news(node.name.value):
                self.notes.append(self._complaints.doubt(f"{name} stands beside content and is not read.", node))
            else:
                self._complaints.add(f"{name} stands beside content: put it inside, or remove it.", node)

    def _is_news(self, name: str) -> bool:
        """Whether the service may well know a field that this schema does not."""
        return self._schema.bundled and name not in self._schema.known_fields(self._report)


def _plain(node: SelectionNode) -> FieldNode | None:
    """The node, if it is a field that the service answers in every record, as it is."""
    return node if isinstance(node, FieldNode) and not node.arguments and not node.directives else None
