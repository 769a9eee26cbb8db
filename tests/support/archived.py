"""An archive of the embedded service's records, and the same read with it and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc

import retarus_pandas as rt
from retarus_pandas.archive.answers import answer_of
from retarus_pandas.read import WholeRead, check_mask
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.store import Keeper, end_of, start_of

__all__ = ["REPORT", "Kept", "keep", "kept"]

REPORT = "faxOutUdrReport"
_RECORDS = "{{ {report} {{ content {{ {fields} }} }} }}"
_SETTLED = timedelta(days=10)


@dataclass(frozen=True)
class Kept:
    """A service, who asks it, and an archive of what it has."""

    box: Sandbox
    session: rt.Session
    archive: rt.Archive

    def both(self, query: str = REPORT, **options: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The same read from archive and service, and from the service alone."""
        given = {"session": self.session, "progress": False, **options}
        return rt.read_retarus(query, archive=self.archive, **given), rt.read_retarus(query, **given)


@contextmanager
def kept(folder: Path, report: str = REPORT, fields: Sequence[str] = (), **options: Any) -> Iterator[Kept]:
    """Start a service, and keep a report's days, with all of its fields if none are named."""
    with rt.Session.sandbox(**options) as session:
        assert session._sandbox is not None
        keep(folder, session, report, fields)
        yield Kept(session._sandbox, session, rt.Archive(folder, session))


def keep(
    folder: Path,
    session: rt.Session,
    report: str = REPORT,
    fields: Sequence[str] = (),
    *,
    mask: Any = None,
    now: datetime | None = None,
    settled: timedelta = _SETTLED,
) -> None:
    """Keep all days that are over as a sync does, but for that it would ask for each of them."""
    now = now or datetime.now(UTC)
    start = (now - timedelta(days=89)).replace(hour=0, minute=0, second=0, microsecond=0)
    end = now.replace(hour=0, minute=0, second=0, microsecond=0)
    query = _RECORDS.format(report=report, fields=" ".join(fields)) if fields else report
    whole = WholeRead(query, start=start, end=end, session=session, now=now, mask=mask).read()
    checked = check_mask("mask", mask)
    stamps = whole.table.column(whole.query.key_timestamp)
    answers = []
    for day in (start.date() + timedelta(days=number) for number in range((end - start).days)):
        is_within = pc.and_(pc.greater_equal(stamps, start_of(day)), pc.less(stamps, end_of(day)))
        answers.append(answer_of(day, replace(whole, table=whole.table.filter(is_within)), now, settled))
    with Keeper(folder, mask=None if checked is None else checked.identity()) as keeper:
        place = keeper.report(session.endpoints.service, session.customer_id, report)
        place.keep_fields(fields or None)
        place.commit(answers, at=now)
