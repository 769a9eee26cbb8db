"""What reads a report, and how it is first asked for, in a read of any kind."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from retarus_pandas.frame import Learned
from retarus_pandas.read.contact import first_contact, live_query
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.planning import make_plan
from retarus_pandas.read.request import Request
from retarus_pandas.read.run import MakeContact, Run

if TYPE_CHECKING:
    from retarus_pandas.read.archived.reading import JoinedRun
    from retarus_pandas.session import Session
    from retarus_pandas.values import Query

__all__ = ["contact_of", "run_of"]


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


def run_of(report: ReportPlan, request: Request, who: Session | None) -> Run | JoinedRun:
    """What reads a report; nobody need be signed in where all of it comes from an archive."""
    limits = Limits.of(request)

    def live(part: ReportPlan) -> Run:
        assert who is not None
        names = (part.query.report, part.query.response_name, part.query.content_name)
        learned = who.learned.setdefault(names, Learned())
        return Run(part, who.post, limits, contact_of(part, request, who), learned=learned)

    if report.archived is None:
        return live(report)
    from retarus_pandas.read.archived.reading import JoinedRun

    mask: Any = request.values["mask"]
    return JoinedRun(report, report.archived, live, max_rows=limits.max_rows, mask_key=mask.key if mask else None)
