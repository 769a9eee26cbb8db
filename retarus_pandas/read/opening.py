"""What reads a report, and how it is first asked for, in a read of any kind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from retarus_pandas.frame import Learned
from retarus_pandas.read.asking import Post
from retarus_pandas.read.contact import first_contact, is_known, live_query
from retarus_pandas.read.given import Request
from retarus_pandas.read.limits import Limits
from retarus_pandas.read.plan import ReportPlan
from retarus_pandas.read.planning import make_queries
from retarus_pandas.read.run import MakeContact, Run

if TYPE_CHECKING:
    from retarus_pandas.read.joined import JoinedRun
    from retarus_pandas.session import Session
    from retarus_pandas.values import Query

__all__ = ["contact_of", "run_of"]


def contact_of(report: ReportPlan, request: Request, who: Session) -> MakeContact | None:
    """How a report is first asked for; None where the session knows it."""
    if is_known(report, who):
        return None

    def again() -> Query:
        queries = make_queries(request, schema=who.schema, default_customer_id=who.customer_id)
        return next(query for query in queries if query.response_name == report.query.response_name)

    return partial(first_contact, session=who, replan=lambda: live_query(who, again))


def run_of(report: ReportPlan, request: Request, who: Session | None, *, post: Post | None = None) -> Run | JoinedRun:
    """What reads a report; nobody need be signed in where all of it comes from an archive.

    Parameters
    ----------
    report : ReportPlan
        What is read.
    request : Request
        What was asked for.
    who : Session or None
        Who asks.
    post : Post, optional
        Sends a request instead of the session.
    """
    limits = Limits.of(request)

    def live(part: ReportPlan) -> Run:
        assert who is not None
        names = (part.query.report, part.query.response_name, part.query.content_name)
        learned = who.known.learned.setdefault(names, Learned())
        return Run(part, post or who.post, limits, contact_of(part, request, who), learned=learned)

    if report.archived is None:
        return live(report)
    from retarus_pandas.read.joined import JoinedRun

    mask: Any = request.values["mask"]
    return JoinedRun(report, report.archived, live, max_rows=limits.max_rows, mask_key=mask.key if mask else None)
