"""Whatever is given for a period, it becomes windows that tile it, or an error that says what is wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given

import retarus_pandas as rt
from support.odd_values import SPANS, VALUES, ZONES
from support.trying import fuzzed, told_or_done


@fuzzed(150)
@given(SPANS, ZONES | VALUES)
def test_any_period_makes_windows_or_is_told_what_is_wrong(span: dict[str, Any], tz: Any) -> None:
    plan = told_or_done(lambda: rt.plan_retarus("{ faxOutUdrReport { faxId } }", customer_id="1", tz=tz, **span))
    if plan is None:
        return
    (report,) = plan.reports
    ends = [(window.start, window.end) for window in report.windows]
    assert str(plan)
    assert all(end == start for (_, end), (start, _) in pairwise(ends))
    assert not ends or (ends[0][0], ends[-1][1]) == (report.start, report.end)
    assert ends or report.start == report.end
