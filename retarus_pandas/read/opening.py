"""How a report is first asked for, in a read of any kind."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from retarus_pandas.read.contact import first_contact, live_query
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.planning import make_plan
from retarus_pandas.read.request import Request
from retarus_pandas.read.run import MakeContact

if TYPE_CHECKING:
    from retarus_pandas.session import Session
    from retarus_pandas.values import Query

__all__ = ["contact_of"]


def contact_of(
    report: ReportPlan, request: Request, who: Session, *, now: datetime | None = None
) -> MakeContact | None:
    """How a report is first asked for; None where the session knows it."""
    if report.query.report in who.refused:
        return None

    def again() -> Query:
        plan = make_plan(request, schema=who.schema, default_customer_id=who.customer_id, now=now)
        return next(each.query for each in plan.reports if each.query.response_name == report.query.response_name)

    return partial(first_contact, session=who, replan=lambda: live_query(who, again))
