"""The period of a read that an archive has a part in, and where each part comes from. Nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from retarus_pandas.errors import InputError, PeriodError
from retarus_pandas.read.archived.days import Source, Split, cut_days, said, split_days
from retarus_pandas.read.archived.fitting import Fitting
from retarus_pandas.read.archived.masks import masks_of
from retarus_pandas.schema import HISTORY, MARGIN
from retarus_pandas.store import Folder, ReportHistory
from retarus_pandas.values import Column, Query, Window, show, wire_instant

if TYPE_CHECKING:
    from retarus_pandas.frame import Mask
    from retarus_pandas.period import Period
    from retarus_pandas.session import FilterRule

__all__ = ["Archived", "find"]

_UNPROVEN_RULE = (
    "The archive's records are filtered by equality of text, as the service is thought to do: any of the values of a "
    "column, in all of the columns. Nobody has proven that it does."
)
_OTHER_RULE = (
    "The archive {} cannot be filtered as the service filters, which {}: the probe of it found so. Filter the frame "
    "instead."
)
_AS_TEXT = (
    "The archive {} keeps {!r} as text, because values came that contradict its type. Those that fit the type are read "
    "as such; where others are among them, the column has a wider dtype."
)
_NEVER = "The field {0!r} of {1} was not there when the days of the archive {2} were asked for: it is null in them."


class _Resolve(Protocol):
    """Says which period is meant; an archived one may begin before the service's history."""

    def __call__(self, *, archived: bool = False) -> Period: ...


@dataclass(frozen=True, slots=True)
class Archived:
    """Where the parts of a period come from.

    Attributes
    ----------
    folder : pathlib.Path or None
        The report's in the archive; None where it has nothing of the report.
    sources : tuple of Source
        In the order of reading.
    proven : bool
        Whether it is certain that the days of the archive are whole.
    ignores_case : bool
        Whether filters take capitals for small letters, as the service was found to do.
    warnings : tuple of str
        What the caller should know of these days.
    """

    folder: Path | None
    sources: tuple[Source, ...]
    proven: bool = True
    ignores_case: bool = False
    warnings: tuple[str, ...] = ()

    def shown(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """The columns of a query as they come: what is masked in the archive is text, whatever the service has."""
        if self.folder is None:
            return columns
        masks = masks_of(columns, ReportHistory(self.folder).traits.columns)
        return columns if masks is None else masks.shown

    def windows(self, *, descending: bool) -> tuple[Window, ...]:
        """What the service is asked, cut to what one query may span."""
        from retarus_pandas.period import windows

        live = [source for source in self.sources if not source.days]
        return tuple(each for one in live for each in windows(one.start, one.end, descending=descending))

    def between(self, start: datetime, end: datetime) -> Archived:
        """The same of a part of the period, to be read in any process that finds the folder.

        Raises
        ------
        PeriodError
            The part begins or ends within a day that can only be read whole.
        """
        sources = tuple(part for source in self.sources if (part := source.between(start, end)) is not None)
        is_read = any(source.days for source in sources)
        cut = [day for source in sources for day in cut_days(source)]
        if cut and self.folder is not None and ReportHistory(self.folder).key_timestamp is None:
            raise PeriodError(
                "Nobody knows by which timestamp the report is selected, so that its archive can only give whole UTC "
                f"days, and a part of the plan has only some hours of {said(cut)}. Plan with tz='UTC', and split it "
                "into days."
            )
        place = self.folder.absolute() if self.folder is not None and is_read else None
        return replace(self, folder=place, sources=sources, warnings=self.warnings if is_read else ())

    def lines(self) -> list[str]:
        """The parts that come from the archive, as a plan shows them."""
        return [
            f"  from the archive: {source}, {len(source.days)} day(s) of {self.folder}"
            for source in self.sources
            if source.days
        ]


def find(
    query: Query,
    archive: Path,
    resolve: _Resolve,
    *,
    now: datetime,
    service: str | None,
    mask: Mask | None = None,
    rule: FilterRule | None = None,
) -> tuple[Period, Archived]:
    """Find the days that an archive has of a period.

    Parameters
    ----------
    query : Query
        What is asked.
    archive : pathlib.Path
        The archive.
    resolve : callable
        Says which period is meant.
    now : datetime.datetime
        The present.
    service : str or None
        Which service can be asked, as an archive tells it from others; empty if that is not known, None for none.
    mask : Mask, optional
        How the columns are masked.
    rule : FilterRule, optional
        How the service compares filters, where a probe has told.

    Raises
    ------
    PeriodError
        Days of the period are neither in the archive nor with the service, or can only be read whole.
    InputError
        There is no such archive, or it cannot answer the query.
    """
    name, edge = show(str(archive)), now - HISTORY.value
    folder = Folder(archive)
    history, signed_in = _history(query, folder, service), service is not None
    # What is about to leave the history has left it before it is asked.
    span = resolve(archived=True)
    days = {} if history is None else history.days(span.start.date(), span.end.date(), now=now + MARGIN.value)
    split = split_days(span.start, span.end, days, edge=edge, signed_in=signed_in)
    if split.holes:
        raise PeriodError(_hole(query, split, name, edge))
    if split.sources and not split.sources[0].days and span.start < edge + MARGIN.value:
        span = resolve()
        split = split_days(span.start, span.end, days, edge=edge, signed_in=signed_in)
    used = {day: days[day] for source in split.sources for day in source.days}
    told: list[str] = []
    if history is not None and used:
        fitting = Fitting(query, history, split.sources, used, name, edge, same_key=_is_same_key(folder, mask))
        told += _of_filters(rule, name) if fitting.check().filters else []
        told += [_NEVER.format(each, query.report, name) for each in fitting.never]
        told += [_AS_TEXT.format(name, each) for each in fitting.as_text]
    warnings = (*split.warnings(name), *told)
    place = history.folder if history is not None else None
    ignores_case = rule is not None and rule.tells_case is False
    return span, Archived(place, _in_order(split.sources, query), not split.unproven, ignores_case, warnings)


def _of_filters(rule: FilterRule | None, archive: str) -> list[str]:
    """What is not certain of how filters are compared; a rule that is known to be another one is refused."""
    if rule is None:
        return [_UNPROVEN_RULE]
    if rule.otherwise:
        raise InputError(_OTHER_RULE.format(archive, rule.otherwise))
    return [] if rule.is_known else [_UNPROVEN_RULE]


def _is_same_key(folder: Folder, mask: Mask | None) -> bool:
    """Whether hashes are made here as they were made there."""
    there = folder.about.get("mask")
    return mask is not None and there is not None and mask.identity()["key"] == there["key"]


def _history(query: Query, folder: Folder, service: str | None) -> ReportHistory | None:
    account = folder.account(query.customer_id)
    if service and service != account.environment:
        raise InputError(
            f"The archive {show(str(folder.path))} has the records of {account.environment}, and you are signed in to "
            f"{service}: they are not put together. Name another archive, or sign in elsewhere."
        )
    return account.report(query.report) if query.report in account.reports() else None


def _hole(query: Query, split: Split, name: str, edge: datetime) -> str:
    return (
        f"The records of {query.report} of {said(split.holes)} are nowhere: the archive {name} does not have them, and "
        f"the service keeps 90 days, from {wire_instant(edge)} on. Read the time before and behind them on their own."
    )


def _in_order(sources: tuple[Source, ...], query: Query) -> tuple[Source, ...]:
    if not query.descending:
        return sources
    return tuple(replace(source, days=source.days[::-1]) for source in reversed(sources))
