"""What a call will ask, as values that can be read before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import InputError
from retarus_pandas.values import Query, Window, wire_instant

if TYPE_CHECKING:
    from retarus_pandas.read.archived import Archived

__all__ = ["Origin", "Piece", "Plan", "ReportPlan"]


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """One report of a call: what is asked, for which windows, in pages of which size.

    Attributes
    ----------
    query : Query
        The report's own document and columns.
    start, end : datetime.datetime
        The period in UTC, half-open.
    windows : tuple of Window
        What the service is asked of the period, cut to what one query may span, in the order of reading.
    page_size : int
        Rows asked at a time.
    notes : tuple of str
        What was decided about the period.
    warnings : tuple of str
        What the caller may not have meant by it.
    is_part : bool
        Whether it is one of several parts that are read apart.
    archived : Archived, optional
        Which parts of the period come from an archive, where one is given.
    """

    query: Query
    start: datetime
    end: datetime
    windows: tuple[Window, ...]
    page_size: int
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_part: bool = False
    archived: Archived | None = field(default=None, hash=False)

    @property
    def document(self) -> str:
        """The document of the first request."""
        return str(self._first["query"])

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the document's variables."""
        return dict(self._first["variables"])

    @property
    def _first(self) -> dict[str, Any]:
        window = self.windows[0] if self.windows else None
        return self.query.request(window, self.query.page or 0, self.page_size)

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What the caller should know about the period and the document."""
        of_days = self.archived.warnings if self.archived is not None else ()
        return (*self.notes, *self.warnings, *of_days, *self.query.remarks, *self.query.notes)

    def __str__(self) -> str:
        lines = [
            f"{self.query.response_name}: {wire_instant(self.start)} to {wire_instant(self.end)} (excluded), "
            f"{len(self.windows)} window(s), pages of {self.page_size:,} rows",
            *(self.archived.lines() if self.archived is not None else ()),
            *(f"  window {number}: {window}" for number, window in enumerate(self.windows, 1)),
            *(f"  note: {note}" for note in self.all_notes),
            *(self._asked() if self.windows or self.archived is None else ["  Nothing is asked of the service."]),
        ]
        return "\n".join(lines)

    def _asked(self) -> list[str]:
        return [
            "  variables:",
            *(f"    {line}" for line in json.dumps(self.variables, indent=2, ensure_ascii=False).splitlines()),
            "  document of the first request:",
            *(f"    {line}" for line in self.document.splitlines()),
        ]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a plan was made of, as plain values: no session, no key, nothing that one process only has.

    Attributes
    ----------
    query : str
        The text that was given, or that stood in the file.
    options : mapping
        The options of the call.
    mask_mark : str
        By which the key is known again that masks were to be made with; "" where there is none.
    api_url : str
        The service that was meant; "" where nobody was signed in.
    """

    query: str
    options: Mapping[str, Any]
    mask_mark: str = ""
    api_url: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Piece:
    """A part of a plan's period, as a plain value: it can be pickled, sent to any process, and read there.

    ``read_retarus(piece)`` asks with the session of the process that holds it. Pieces that ask the same are equal, and
    can be the keys of a dict, also after a journey. The columns have the declared types, so that all pieces of a plan
    fit together; what nobody declares is text, as in `Chunks`. A piece of a plan with ``archive=`` has the folder's
    full name, and is read where that is found. Each proves its own rows;
    what only two of them together would show, such as one key in both, is not told.

    Attributes
    ----------
    report : ReportPlan
        What is asked, and for which span.
    origin : Origin
        The call that the plan was made for.

    Examples
    --------
    >>> import pandas as pd
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     query = "{ faxOutUdrReport { keyTimestamp docPages } }"
    ...     pieces = rt.plan_retarus(query, last="7D", session=session).split("1D")
    ...     days = [rt.read_retarus(piece, session=session) for piece in pieces]
    >>> len(days)
    8
    >>> pd.concat(days)["keyTimestamp"].is_monotonic_increasing
    True
    """

    report: ReportPlan
    origin: Origin

    @property
    def name(self) -> str:
        """The report's response name."""
        return self.report.query.response_name

    @property
    def asks(self) -> bool:
        """Whether the service is asked, and somebody has to be signed in."""
        return bool(self.report.windows)

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return self.report.start

    @property
    def end(self) -> datetime:
        """The instant before which it ends, in UTC."""
        return self.report.end

    def __eq__(self, other: object) -> bool:
        # What was given for filters and variables is in the report, as plain values; the rest says itself in its repr.
        return isinstance(other, Piece) and self.report == other.report and repr(self.origin) == repr(other.origin)

    def __hash__(self) -> int:
        return hash(self.report)

    def __repr__(self) -> str:
        return f"<Piece {self.name}, {wire_instant(self.start)} to {wire_instant(self.end)} (excluded)>"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a call will ask; nothing was sent to make it.

    Attributes
    ----------
    reports : tuple of ReportPlan
        One for each report the document asks.
    origin : Origin, optional
        The call that it was made for.
    """

    reports: tuple[ReportPlan, ...]
    origin: Origin | None = field(default=None, compare=False)

    @property
    def several(self) -> bool:
        """Whether the document asks more than one report."""
        return len(self.reports) > 1

    def split(self, length: Any = "1D") -> tuple[Piece, ...]:
        """The period in parts that can be read on their own, anywhere; together they have every row once.

        Parameters
        ----------
        length : str or timedelta, default "1D"
            How long a part is, as `pandas.Timedelta` takes it, in whole minutes. Days are those of the plan's ``tz``,
            as the rows' timestamps show them, and have 23 or 25 hours where the clocks are changed. Other lengths
            are counted from the midnight at which the first day begins.

        Returns
        -------
        tuple of Piece
            In the order of reading; of several reports those of the first one first. Empty for an empty period.

        Raises
        ------
        PeriodError
            That is no such length, or it cuts days that an archive can only give whole.
        InputError
            The plan takes ``max_rows=`` or one page only, which no part of it can keep to.

        Examples
        --------
        >>> import retarus_pandas as rt
        >>> plan = rt.plan_retarus("faxOutUdrReport", last="36h", customer_id="99999", tz="Europe/Berlin")
        >>> 2 <= len(plan.split("1D")) <= 3
        True
        """
        origin = self.origin
        assert origin is not None
        if origin.options["max_rows"] is not None:
            raise InputError("A plan with max_rows= cannot be split: no part knows how many rows the others have.")
        return tuple(Piece(part, origin) for report in self.reports for part in _parts(report, length, origin))

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.reports))

    __repr__ = __str__


def _parts(report: ReportPlan, length: Any, origin: Origin) -> list[ReportPlan]:
    from retarus_pandas.period import parts, windows

    query = report.query
    if query.page is not None:
        raise InputError(f"The document pins page {query.page}, which is one of the whole; leave it out to split.")
    spans = parts(report.start, report.end, length, origin.options["tz"])
    archives = [report.archived.between(span.start, span.end) if report.archived else None for span in spans]
    cut = [
        replace(
            report,
            start=span.start,
            end=span.end,
            windows=(
                archived.windows(descending=query.descending)
                if archived is not None
                else windows(span.start, span.end, descending=query.descending)
            ),
            archived=archived,
            # What was decided about the period holds for all of it, and was said of the plan.
            warnings=(),
            is_part=len(spans) > 1,
        )
        for span, archived in zip(spans, archives, strict=True)
    ]
    return cut[::-1] if query.descending else cut
