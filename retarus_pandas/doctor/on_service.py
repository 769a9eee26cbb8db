"""Questions about the service as a GraphQL endpoint."""

from __future__ import annotations

from retarus_pandas.doctor.asking import UntoldError
from retarus_pandas.doctor.comparing import listed, name_of, type_of
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Told, question
from retarus_pandas.schema import Change, bundled, difference
from retarus_pandas.values import show_errors

__all__ = ["QUESTIONS"]

_SHOWN = 12
_NO_SCHEMA = "the service does not give its schema, and refused no name that was asked"


@question("introspection", "Does the service give its schema?")
def _introspection(inquiry: Inquiry) -> Told:
    reply = inquiry.introspection
    if inquiry.live is not None:
        return Told("yes", f"introspection: HTTP {reply.status}, {len(inquiry.live.reports())} reports", value=True)
    said = show_errors(reply.errors) if reply.errors else "no schema in the answer."
    return Told("no", f"introspection: HTTP {reply.status}, {said}", value=False)


@question("names-lacking", "Which of the names that are assumed does it not have?", assumed=[])
def _lacking(inquiry: Inquiry) -> Told:
    _ = inquiry.samples
    refused = {f"{report}.{each.name}" for report, all_of_it in inquiry.refused.items() for each in all_of_it}
    gone = {name_of(each) for each in _changes(inquiry, "gone")}
    if inquiry.live is None and not refused:
        if any(seen.records for seen in inquiry.samples.values()):
            return Told("none that was asked", "all known fields of each report were asked, and came", [])
        raise UntoldError(_NO_SCHEMA)
    found = sorted(refused | gone)
    how = "its schema against the bundled one" if inquiry.live else "what it refused"
    return Told(listed(found, _SHOWN), how, found)


@question("names-new", "Which names does it have that nobody knew of?")
def _new(inquiry: Inquiry) -> Told:
    found = [f"{name_of(each)} ({each.after})" for each in _changes(inquiry, "new", needed=True) if _is_field(each)]
    return Told(listed(found, _SHOWN), "its schema against the bundled one, fields of records", found)


@question("types-other", "Which types does it declare otherwise?", assumed=[])
def _types(inquiry: Inquiry) -> Told:
    changed = _changes(inquiry, "changed", needed=True)
    found = [type_of(each) for each in changed]
    return Told(listed(found, _SHOWN), "its schema against the bundled one", found)


@question("aliases", "May fields have an alias?", assumed=True)
def _aliases(inquiry: Inquiry) -> Told:
    edge = inquiry.edge.starting
    seen = inquiry.page(inquiry.variant(inquiry.main, alias="other"), edge.window, size=1)
    if seen.refused:
        return Told("no", f"a report with an alias: {seen.refusal}", value=False)
    return Told("yes", f"a report with an alias: HTTP {seen.status}, {len(seen.records)} records", value=True)


@question("invalid-document", "How is a document that is not valid refused?")
def _invalid(inquiry: Inquiry) -> Told:
    reply = inquiry.asker.ask({"query": "{ thereIsNoSuchReport { content { id } } }"})
    if not reply.errors:
        return Told("it is not", f"a report that does not exist: HTTP {reply.status}, no errors", 0)
    return Told(f"HTTP {reply.status}", f"a report that does not exist: {show_errors(reply.errors)}", reply.status)


@question("broken-rule", "How is a query refused that breaks a limit?")
def _rule(inquiry: Inquiry) -> Told:
    seen = next((each for each in (inquiry.over, *inquiry.spans.values()) if each.refused), None)
    if seen is None:
        raise UntoldError("no limit that was tried was refused")
    return Told(f"HTTP {seen.status}", f"size {seen.asked}, {seen.window}: {seen.refusal}", seen.status)


@question("faults", "Do requests fail that succeed when they are made again?")
def _faults(inquiry: Inquiry) -> Told:
    requests, cured = inquiry.asker.requests, inquiry.asker.cured
    return Told("yes" if cured else "none did", f"{cured} of {requests} requests", cured)


def _changes(inquiry: Inquiry, kind: str, *, needed: bool = False) -> list[Change]:
    if inquiry.live is None:
        if needed:
            raise UntoldError("the service does not give its schema")
        return []
    return [each for each in difference(bundled(), inquiry.live) if each.change == kind]


def _is_field(change: Change) -> bool:
    return change.path.startswith("content.") and change.path.count(".") == 1


# Faults are counted when all else was asked.
QUESTIONS = (_introspection, _lacking, _new, _types, _aliases, _invalid, _rule)
LAST = (_faults,)
