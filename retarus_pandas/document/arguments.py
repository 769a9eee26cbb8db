"""The arguments of one report: what the author fixed, and what each request fills in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import index
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    EnumValueNode,
    FieldNode,
    NameNode,
    NonNullTypeNode,
    ObjectValueNode,
    Undefined,
    VariableNode,
    get_named_type,
)

from retarus_pandas.document.bind import Variables
from retarus_pandas.document.nodes import Names, argument, literal, variables_in
from retarus_pandas.document.parse import Complaints, is_report_name
from retarus_pandas.errors import PeriodError
from retarus_pandas.schema import MOST_RECORDS_A_PAGE, Schema
from retarus_pandas.values import several, show

__all__ = ["DRIVEN", "Arguments"]

# What each request fills in.
DRIVEN = ("customerId", "datePeriod", "page", "size")

_BOUNDS = ("fromIncluded", "toExcluded")
_LARGEST = 2**63
_DEEPEST = 20


class _Stated(NamedTuple):
    """What the document says of an argument; a default is not ``firm``: what a caller gives goes before it."""

    value: Any = Undefined
    firm: bool = False


class Arguments:
    """The arguments of one report field, as they are sent.

    Attributes
    ----------
    nodes : dict of str to graphql.ArgumentNode
        What is sent.
    slots : dict of str to str
        Which variable stands for what each request fills in; the document does not declare it.
    added : list of str
        Arguments that the author did not write, or wrote as a variable that says nothing.
    remarks : list of str
        What was decided about those that he did.
    customer_id : str or None
        Whose records are asked, as far as that is known.
    """

    def __init__(self, field: FieldNode, variables: Variables, schema: Schema, complaints: Complaints) -> None:
        self.nodes: dict[str, ArgumentNode] = {each.name.value: each for each in field.arguments or ()}
        self.slots: dict[str, str] = {}
        self.added: list[str] = []
        self.remarks: list[str] = []
        self.customer_id: str | None = None
        self._field = field
        self._report = field.name.value
        self._variables = variables
        self._schema = schema
        self._complaints = complaints
        self._names = Names(re.findall(r"\w+", complaints.text))

    def customer(self, customer_id: str | None, default: str | None) -> None:
        """Fix whose records are asked, as far as that is known yet."""
        stated = self._stated("customerId")
        if stated.value is Undefined or (customer_id is not None and not stated.firm):
            self.customer_id = default if customer_id is None else customer_id
        elif not isinstance(stated.value, str):
            self._complain("customerId", f'customerId is a text: write it as "{show(stated.value)}".')
        elif customer_id not in (None, stated.value):
            self._complain(
                "customerId",
                f"The document asks for customer {show(stated.value)} and customer_id= says {show(customer_id)}: "
                "give one.",
            )
        else:
            self.customer_id = stated.value
        self._carry("customerId")

    def period(self, *, given: bool) -> tuple[datetime, datetime] | None:
        """The author's own date period; ``given`` says that the caller has another."""
        bounds = self._bounds()
        if given and bounds and any(bound.firm for bound in bounds.values()):
            raise PeriodError(
                f"The document has a datePeriod for {self._report} and a period is given as well: "
                "take the datePeriod out of the document, or give no period."
            )
        period = None if given or bounds is None else self._both(bounds)
        self._carry("datePeriod")
        return period

    def page(self) -> int | None:
        """The page that the author pinned."""
        stated = self._stated("page")
        number = self._number("page", stated, 0, None)
        # A default of 0 says no more than that reading begins at the beginning.
        return number if stated.firm or number else None

    def size(self) -> int | None:
        """The page size that the author asked for."""
        return self._number("size", self._stated("size"), 1, MOST_RECORDS_A_PAGE.value)

    def descending(self) -> bool:
        """Whether the author asked for the newest records first."""
        stated = self._stated("sort")
        order = stated.value
        if order is not Undefined and order not in ("ASC", "DESC"):
            self._complain("sort", f"sort is ASC or DESC, not {show(order)}.")
        order = "DESC" if order == "DESC" else "ASC"
        if stated.value is not Undefined or self._takes_order(order):
            self.added += ["sort"] if stated.value is Undefined else []
            self.nodes["sort"] = argument("sort", EnumValueNode(value=order), instead_of=self.nodes.get("sort"))
        else:
            self.nodes.pop("sort", None)
        return order == "DESC"

    def filter(self, filters: Mapping[str, Any] | None) -> None:
        """Add the caller's filters, or leave out the author's where it is a variable that is not set."""
        if not filters:
            self._drop_unset("filter")
            # A member without a value is left out by the service: all records would look like those asked for.
            for name in variables_in(self.nodes["filter"]) if "filter" in self.nodes else ():
                self._variables.require(name)
                self._variables.require_some(name)
            self._tell_empty("filter")
            return
        if self._stated("filter").value is not Undefined:
            self._complain("filter", "The document has a filter of its own and filters= is given as well: give one.")
            return
        wanted = {str(column): self._wanted(column, values) for column, values in filters.items()}
        declared = self._schema.argument_type(self._report, "filter")
        self.nodes["filter"] = argument("filter", literal(wanted, declared), instead_of=self.nodes.get("filter"))

    def _drop_unset(self, name: str) -> None:
        """Leave out an argument that is a variable without a value: its type may have another name at the service."""
        node = self.nodes.get(name)
        variable = node.value.name.value if node and isinstance(node.value, VariableNode) else None
        definition = self._variables.definitions.get(variable or "")
        if definition is None or isinstance(definition.type, NonNullTypeNode):
            return
        if self._variables.value(definition.variable.name.value) is Undefined:
            del self.nodes[name]
            self.remarks.append(f"No {name}: ${variable} is not set.")

    def _tell_empty(self, name: str) -> None:
        """Say that an argument is a variable which holds nothing: it has no effect."""
        node = self.nodes.get(name)
        if node and isinstance(node.value, VariableNode):
            value = self._variables.value(node.value.name.value)
            if value is None or value == {}:
                self.remarks.append(f"No {name}: ${node.value.name.value} is {'null' if value is None else 'empty'}.")

    def _stated(self, name: str) -> _Stated:
        node = self.nodes.get(name)
        return _Stated() if node is None else self._say(node.value)

    def _say(self, node: Any) -> _Stated:
        """A literal, or what the variable in its place has; null says nothing."""
        if not isinstance(node, VariableNode):
            value = self._variables.resolve(node)
            return _Stated() if value is None else _Stated(value, firm=True)
        given = self._variables.given.get(node.name.value)
        if given is not None:
            return _Stated(given, firm=True)
        default = self._variables.default(node.name.value)
        return _Stated() if default is None else _Stated(default)

    def _carry(self, name: str) -> None:
        """Put a slot in the place of the argument's value, for each request to fill."""
        says_nothing = self._stated(name).value is Undefined
        if says_nothing and not self._takes(name):
            self.nodes.pop(name, None)
            return
        node = self.nodes.get(name)
        self.added += [name] if says_nothing else []
        self.slots[name] = self._names.fresh(f"retarus_{name}")
        self.nodes[name] = argument(name, _variable(self.slots[name]), instead_of=node)

    def _takes(self, name: str) -> bool:
        """Whether the report can be given this argument; the bundled schema does not forbid it."""
        return self._schema.bundled or self._schema.argument_type(self._report, name) is not None

    def _takes_order(self, order: str) -> bool:
        declared = self._schema.argument_type(self._report, "sort")
        return self._takes("sort") if declared is None else order in getattr(get_named_type(declared), "values", ())

    def _bounds(self) -> dict[str, _Stated] | None:
        """The members of the author's date period, None where there is no usable one."""
        node = self.nodes.get("datePeriod")
        if node and isinstance(node.value, ObjectValueNode):
            return {member.name.value: self._say(member.value) for member in node.value.fields}
        whole = self._stated("datePeriod")
        if whole.value is Undefined:
            return None
        if isinstance(whole.value, Mapping):
            return {name: _Stated(value, whole.firm) for name, value in whole.value.items()}
        self._complain("datePeriod", f"datePeriod has {' and '.join(_BOUNDS)}; {show(whole.value)} has not.")
        return None

    def _both(self, bounds: Mapping[str, _Stated]) -> tuple[datetime, datetime] | None:
        if set(bounds) != set(_BOUNDS):
            self._complain(
                "datePeriod", f"datePeriod has {' and '.join(_BOUNDS)}, not {', '.join(bounds) or 'nothing'}."
            )
            return None
        if any(bound.value is Undefined for bound in bounds.values()):
            for name in variables_in(self.nodes["datePeriod"]):
                self._variables.require(name)
        start, end = (self._instant(name, bounds[name].value) for name in _BOUNDS)
        return (start, end) if start and end else None

    def _instant(self, name: str, text: Any) -> datetime | None:
        if text is Undefined:
            return None
        try:
            instant = datetime.fromisoformat(text)
            return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            self._complain("datePeriod", f'{name} is an instant such as "2026-10-01T00:00:00.000Z", not {show(text)}.')
            return None

    def _number(self, name: str, stated: _Stated, low: int, high: int | None) -> int | None:
        value = stated.value
        if value is not Undefined and not (type(value) is int and low <= value <= (value if high is None else high)):
            limits = f"{low:,} or more" if high is None else f"{low:,} to {high:,}"
            self._complain(name, f"{name} is a whole number, {limits}, not {show(value)}.")
            value = Undefined
        self._carry(name)
        return None if value is Undefined else int(value)

    def _wanted(self, column: Any, values: Any) -> Mapping[str, Any]:
        """One column's filter in the service's shape."""
        try:
            shape = _shaped(values)
        except TypeError as error:
            self._complain("filter", f"filters={{{show(column)}: …}} takes the values to look for, not {error}.")
            return {}
        texts = shape.get("values", ("",))
        if not (isinstance(column, str) and is_report_name(column)):
            problem = f"filters= has {show(column)}, which is no name of a column."
        elif not texts or not shape:
            problem = f"filters={{{show(column)}: …}} has no value to look for: leave the column out."
        elif not (_is_literal(shape) and all(isinstance(text, str) for text in texts)):
            problem = f"filters={{{show(column)}: …}} takes texts, not {show(values)}."
        else:
            return shape
        self._complain("filter", problem)
        return {}

    def _complain(self, name: str, message: str) -> None:
        self._complaints.add(message, self.nodes.get(name, self._field))


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _shaped(values: Any) -> Mapping[str, Any]:
    """The service's own shape, with the whole numbers among the values as texts, since filters compare texts."""
    shape = values if isinstance(values, Mapping) else {"values": values}
    if "values" not in shape:
        return shape
    listed = [] if shape["values"] is None and shape is values else several(shape["values"])
    return {**shape, "values": [str(value) if _is_number(value) else value for value in listed]}


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and -_LARGEST <= index(value) < _LARGEST
    except TypeError:
        return False


def _is_literal(value: Any, depth: int = 0) -> bool:
    """Whether it can be written into a document: what is no name there would end up as a piece of GraphQL."""
    if depth > _DEEPEST:
        return False
    if isinstance(value, Mapping):
        names = all(isinstance(name, str) and is_report_name(name) for name in value)
        return names and all(_is_literal(item, depth + 1) for item in value.values())
    if isinstance(value, list | tuple):
        return all(_is_literal(item, depth + 1) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | bool) or (type(value) is int and _is_number(value))
