"""Whether an archive can answer a query, said before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from retarus_pandas.document import Unaided, unaided
from retarus_pandas.errors import InputError, PeriodError
from retarus_pandas.read.archived.days import Source, cut_days, said
from retarus_pandas.read.archived.masks import misfits
from retarus_pandas.store import since
from retarus_pandas.values import Column, Kind, Query, wire_instant

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.store import Day, ReportHistory

__all__ = ["Fitting"]


@dataclass(frozen=True, slots=True)
class Fitting:
    """Holds a query against what an archive has.

    Attributes
    ----------
    query : Query
        What is asked.
    history : ReportHistory
        The archive's.
    sources : tuple of Source
        Where the period comes from.
    days : mapping of date to Day
        The days of the archive among them.
    archive : str
        What messages call it.
    edge : datetime.datetime
        From where on the service still has records.
    same_key : bool, default False
        Whether hashes are made with the key that the archive's were made with.
    """

    query: Query
    history: ReportHistory
    sources: tuple[Source, ...]
    days: Mapping[date, Day]
    archive: str
    edge: datetime
    same_key: bool = False

    def check(self) -> Unaided:
        """Refuse what the archive cannot answer; else return what is asked of it.

        Raises
        ------
        InputError
            The query takes the service, or fields that are not archived, or not for all of the days, or masked.
        PeriodError
            The period begins or ends within a day that can only be read whole.
        """
        asked = unaided(self.query)
        if asked.obstacles:
            raise InputError(
                f"The archive {self.archive} cannot answer {', '.join(asked.obstacles)}: only the service can. "
                f"{self._way_on}"
            )
        stored, never = self.history.traits.columns, self.never
        wanted = [each for each in self.query.columns if not (each.hidden or each.absent or each.name in never)]
        unknown = [(name,) for name in asked.filters if name not in self.history.schema.names]
        self._check_fields([*_lacking(wanted, stored, ()), *unknown])
        self._check_since([*_paths(wanted, ()), *((name,) for name in asked.filters)])
        self._check_masks(wanted, stored, asked.filters)
        self._check_filters(asked.filters)
        self._check_bounds()
        return asked

    @property
    def never(self) -> list[str]:
        """The fields of a report asked by its name that the service did not have when its days were archived."""
        if not self.history.has_all_fields:
            return []
        ours = {each.response_name for each in self.query.additions if each.place == "record"}
        known = {column.name for column in self.history.traits.columns}
        shown = [column for column in self.query.columns if not (column.hidden or column.absent)]
        return [column.name for column in shown if column.name in ours and column.source not in known]

    @property
    def as_text(self) -> list[str]:
        """The columns that are kept as text, though they are declared as something else."""
        schema = self.history.schema
        texts = {field.name for field in schema if _is_text(field.type) and not (field.metadata or {}).get(b"mask")}
        digits = {field.name for field in schema if b"digits" in (field.metadata or {})}
        return [
            column.source
            for column in self.query.columns
            if column.source in texts - digits
            and column.kind not in (Kind.TEXT, Kind.UNDECLARED, Kind.OBJECT)
            and not (column.lists or column.mask)
        ]

    @property
    def _way_on(self) -> str:
        return (
            f"Leave it out, or read without archive= from {wire_instant(self.edge)} on, which the service itself "
            "still has."
        )

    def _check_fields(self, lacking: Sequence[tuple[str, ...]]) -> None:
        if lacking:
            names = ", ".join(repr(".".join(path)) for path in lacking)
            raise InputError(
                f"The archive {self.archive} does not have {names} of {self.query.report}: name the fields you want in "
                f"a document. {self._way_on}"
            )

    def _check_since(self, paths: Iterable[tuple[str, ...]]) -> None:
        schema = self.history.schema
        for name in dict.fromkeys(map(".".join, paths)):
            first = since(schema.field(name)) if name in schema.names else None
            before = [day for day, found in self.days.items() if first is not None and found.asked < first]
            if first is not None and before:
                raise InputError(
                    f"The archive {self.archive} has {name!r} of {self.query.report} since {wire_instant(first)}, "
                    f"and {said(before)} was archived before, without it. {self._way_on}"
                )

    def _check_masks(self, wanted: Sequence[Column], stored: Sequence[Column], filters: Iterable[str]) -> None:
        is_live = any(not source.days for source in self.sources)
        masked = list(misfits(wanted, stored, is_live=is_live, same_key=self.same_key))
        if masked:
            raise InputError(
                f"The archive {self.archive} has {', '.join(masked)} masked, and the query does not ask for it so: "
                f"give the same mask=, with the same key. {self._way_on}"
            )
        hidden = [column.name for column in stored if column.mask and column.name in filters]
        if hidden:
            raise InputError(
                f"The archive {self.archive} has {hidden[0]!r} masked, so that it cannot be filtered by it. "
                f"{self._way_on}"
            )

    def _check_filters(self, filters: Iterable[str]) -> None:
        """Other values than texts can be written in several ways, and nobody knows which of them the service takes."""
        for name in filters:
            if not _is_text(self.history.schema.field(name).type):
                raise InputError(
                    f"The archive {self.archive} cannot be filtered by {name!r}, which holds no texts: only the "
                    f"service knows how its values are compared. Filter the frame instead. {self._way_on}"
                )

    def _check_bounds(self) -> None:
        cut = [day for source in self.sources for day in cut_days(source)]
        if cut and self.history.key_timestamp is None:
            raise PeriodError(
                f"Nobody knows by which timestamp {self.query.report} is selected, so that the archive "
                f"{self.archive} can only give whole UTC days, and the period has a part of {said(cut)}. Begin and end "
                "it at midnight UTC: tz='UTC'."
            )


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _lacking(columns: Iterable[Column], stored: Sequence[Column], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths of columns that are not archived."""
    known = {column.name: column for column in stored if column.way.is_shown}
    for column in (each for each in columns if each.way.is_shown):
        here = (*path, column.source)
        found = known.get(column.source)
        if found is None or (column.fields and not found.fields):
            yield here
        else:
            yield from _lacking(column.fields, found.fields, here)


def _paths(columns: Iterable[Column], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for column in columns:
        here = (*path, column.source)
        if column.fields and not column.lists:
            yield from _paths(column.fields, here)
        else:
            yield here
