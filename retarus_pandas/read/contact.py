"""First contact: the first request of a report goes alone, and what the service refuses of ours is left out.

So does the first that has more of ours than those before it: a report's name asks for all its fields.

A third of the bundled schema is guessed. On the first contradiction the service is asked for its own schema; where it
gives none, what its errors point at is left out of the document, in three rounds at most. What a session has learned
stays with it, so that later reads begin with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from retarus_pandas.document import cost_of, refused_additions, without
from retarus_pandas.errors import QueryError, RetarusError
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.refusal import with_a_way_on
from retarus_pandas.values import Addition, Column, Page, Query

if TYPE_CHECKING:
    from retarus_pandas.session import Session

__all__ = ["Contact", "first_contact", "is_known", "live_query", "without_what_was_refused"]

_ROUNDS = 3

_LIVE = "The service contradicts the bundled schema; it was asked for its own, which this session uses from now on."


@dataclass(frozen=True, slots=True)
class Contact:
    """What a first contact came to.

    Attributes
    ----------
    plan : ReportPlan
        The plan that the service accepts.
    first : Page
        The answer to its first request.
    requests : int
        Requests that were refused before.
    """

    plan: ReportPlan
    first: Page
    requests: int


def without_what_was_refused(plan: ReportPlan, session: Session) -> ReportPlan:
    """The plan without what the service has refused before, or a probe today; its notes say so again."""
    report, profile = plan.query.report, session.known.profile
    plan = _without(plan, (*session.known.refused.get(report, ()), *(profile.refusals(report) if profile else ())))
    return _with_columns_of_before(plan, session)


def is_known(plan: ReportPlan, session: Session) -> bool:
    """Whether the service has answered all that is added to a plan's query, and not only some other query of it."""
    accepted = session.known.accepted.get(plan.query.report)
    return accepted is not None and _places(without_what_was_refused(plan, session).query) <= accepted


def first_contact(
    plan: ReportPlan, ask: Callable[[ReportPlan], Page], *, session: Session, replan: Callable[[], Query | None]
) -> Contact:
    """Ask the first page, and what of ours is refused again without it.

    Parameters
    ----------
    plan : ReportPlan
        What is to be read.
    ask : callable
        Asks the first page of a plan.
    session : Session
        Remembers what was refused.
    replan : callable
        Asks the service for its own schema and makes the query anew; None where it gives none.

    Raises
    ------
    QueryError
        The service refuses something that is not ours.
    RetarusError
        As for any request.
    """
    refusals = 0
    while True:
        try:
            page = ask(plan)
        except QueryError as error:
            refused = refused_additions(plan.query, plan.document, error.errors) if refusals <= _ROUNDS else ()
            failure = None if refused else with_a_way_on(error, plan.query)
            refusals += 1
        else:
            accepted = session.known.accepted
            accepted[plan.query.report] = accepted.get(plan.query.report, frozenset()) | _places(plan.query)
            return Contact(plan, page, refusals)
        if failure is not None:
            # Outside of the handler, so that nothing hangs on it whose frames a traceback would show.
            raise failure
        query = replan() if refusals == 1 else None
        if query is not None:
            # Pieces of a plan that was made before have it still.
            _remember(session, plan, _lacking(plan.query, query))
            plan = _with_query(plan, query)
            if _is_by_name(query):
                session.known.named[query.report] = _shown(plan.query)
            continue
        _remember(session, plan, refused)
        plan = _without(plan, refused)


def _remember(session: Session, plan: ReportPlan, refused: Sequence[Addition]) -> None:
    known = session.known.refused.get(plan.query.report, ())
    session.known.refused[plan.query.report] = (*known, *refused)


def _lacking(before: Query, now: Query) -> list[Addition]:
    """What was added by the guesses and is not by the service's own schema."""
    there = _places(now)
    return [each for each in before.additions if (each.place, each.name) not in there]


def _places(query: Query) -> frozenset[tuple[str, str]]:
    """Its additions, under whatever names they come in the answer."""
    return frozenset((each.place, each.name) for each in query.additions)


def _without(plan: ReportPlan, refused: tuple[Addition, ...]) -> ReportPlan:
    left = [each for each in plan.query.additions if each in refused]
    return _noted(plan, without(plan.query, left), left) if left else plan


def _noted(plan: ReportPlan, query: Query, left: list[Addition]) -> ReportPlan:
    costs = "; ".join(cost_of(plan.query, each) for each in left)
    note = f"The service does not take all that was added to the query of {query.report}; left out was {costs}."
    return replace(plan, query=replace(query, notes=(*query.notes, note)))


def _with_query(plan: ReportPlan, query: Query) -> ReportPlan:
    """The plan with the query that the service's own schema makes of the same document."""
    columns = _merged(_shown(plan.query), query.columns)
    merged = replace(query, columns=columns, customer_id=plan.query.customer_id)
    left = _lacking(plan.query, query)
    told = replace(merged, notes=(*merged.notes, _LIVE))
    return _noted(plan, told, left) if left else replace(plan, query=told)


def _with_columns_of_before(plan: ReportPlan, session: Session) -> ReportPlan:
    """A report that is asked by its name keeps its columns through a session, whichever schema names them."""
    before = session.known.named.get(plan.query.report)
    if before is None or not _is_by_name(plan.query):
        return plan
    # Nulls need no mask, and that of the other read is not this one's.
    unmasked = tuple(replace(column, mask="") for column in before)
    query = replace(plan.query, columns=_merged(unmasked, plan.query.columns))
    gone = [column.name for column in query.columns if column.absent and column not in plan.query.columns]
    if not gone:
        return plan
    note = f"The service does not have all fields of {query.report}; as columns of nulls only stay {', '.join(gone)}."
    return replace(plan, query=replace(query, notes=(*query.notes, note)))


def _is_by_name(query: Query) -> bool:
    """Whether the author wrote the report's name, and none of its fields."""
    added = {each.response_name for each in query.additions if each.place == "record"}
    return all(column.name in added or column.absent for column in _shown(query))


def _shown(query: Query) -> tuple[Column, ...]:
    return tuple(column for column in query.columns if not column.hidden)


def _merged(before: tuple[Column, ...], now: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns in their order; one that the service does not have stays, and holds nulls."""
    known = {column.name: column for column in now}
    kept = [known.pop(column.name, replace(column, absent=True)) for column in before]
    return (*kept, *known.values())


def live_query(session: Session, make: Callable[[], Query]) -> Query | None:
    """What the service's own schema makes of a document; None where the service gives no schema."""
    profile = session.known.profile
    if not session.schema.bundled or (profile is not None and profile.gives_no_schema):
        return None
    try:
        session.fetch_schema()
    except RetarusError:  # it may not allow introspection, and the refusal is told all the same
        return None
    return make()
