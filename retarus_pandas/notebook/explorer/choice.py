"""What was chosen in the explorer, and the cell that asks for it."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from graphql import FieldNode, NameNode, OperationDefinitionNode, OperationType, SelectionSetNode, print_ast

from retarus_pandas.read import join_line

__all__ = ["PERIODS", "Choice"]

# What is offered, and how the magic line says it. The last is filled in from two fields.
PERIODS: dict[str, tuple[str, ...]] = {
    "Last 24 hours": ("--last", "24h"),
    "Last 7 days": ("--last", "7D"),
    "Last 30 days": ("--last", "30D"),
    "All 90 days": ("--last", "90D"),
    "Today": ("--period", "today"),
    "Yesterday": ("--period", "yesterday"),
    "This month": ("--period", "this month"),
    "Last month": ("--period", "last month"),
    "A month, quarter or day": (),
    "From … to …": (),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A report, its fields, a period, its time zone and filters.

    ``period`` is one of `PERIODS`; ``first`` and ``second`` are what was typed for the last two of them. ``tz`` is
    empty where that of ``%config`` is meant, or UTC.
    """

    report: str
    fields: tuple[str, ...] = ()
    period: str = "Last 7 days"
    first: str = ""
    second: str = ""
    tz: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    name: str = "frame"

    @property
    def document(self) -> str:
        """The GraphQL document."""
        record = SelectionSetNode(selections=tuple(_field(name) for name in self.fields))
        content = SelectionSetNode(selections=(_field("content", record),))
        report = SelectionSetNode(selections=(_field(self.report, content),))
        return print_ast(
            OperationDefinitionNode(
                operation=OperationType.QUERY, variable_definitions=(), directives=(), selection_set=report
            )
        )

    @property
    def words(self) -> tuple[str, ...]:
        """The options of the magic line."""
        filters = [word for column, value in self.filters for word in ("--filter", f"{column}={value}")]
        zone = ("--tz", self.tz) if self.tz else ()
        return (*self._period_words(), *zone, *filters)

    @property
    def cell(self) -> str:
        """The cell that asks for it."""
        return f"%%retarus {join_line([self.name, *self.words])}\n{self.document}"

    @property
    def is_complete(self) -> bool:
        """Whether there is something to ask."""
        return bool(self.fields and self.has_period and self.has_name)

    @property
    def has_name(self) -> bool:
        """Whether a variable can have the name."""
        return self.name.isidentifier() and not keyword.iskeyword(self.name)

    @property
    def has_period(self) -> bool:
        """Whether it is said which period is meant."""
        return bool(self._period_words())

    def _period_words(self) -> tuple[str, ...]:
        if self.period == "From … to …":
            return ("--start", self.first, *(("--end", self.second) if self.second else ())) if self.first else ()
        if not PERIODS[self.period]:
            return ("--period", self.first) if re.search(r"\w", self.first) else ()
        return PERIODS[self.period]


def _field(name: str, selection: SelectionSetNode | None = None) -> FieldNode:
    return FieldNode(name=NameNode(value=name), arguments=(), directives=(), selection_set=selection)
