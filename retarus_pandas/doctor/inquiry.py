"""What a probe has asked so far: each thing once, and only when a question needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from retarus_pandas.doctor.asking import Asker, Reply, UntoldError
from retarus_pandas.doctor.evidence import (
    MILLISECOND,
    SECOND,
    Record,
    Seen,
    at,
    digest,
    fraction_digits,
    instant_columns,
    is_rising,
    micros,
    seen_in,
    window_between,
)
from retarus_pandas.document import read_queries, refused_additions, without
from retarus_pandas.errors import InputError
from retarus_pandas.schema import INTROSPECTION_QUERY, Schema, bundled, from_introspection, remember
from retarus_pandas.session import Profile, Session
from retarus_pandas.values import Addition, Query, Window

__all__ = ["Edge", "Inquiry", "Pages"]

_SAMPLE, _CLOSED, _LARGEST = 200, 500, 10_000
_WANTED = 60  # records of the closed period
_FEWEST = 5
_DEFAULTED = (Addition("argument", "page"), Addition("argument", "size"), Addition("argument", "sort"))
_ROUNDS = 3

# Old enough to be at rest, young enough to be kept for a while.
_OLD = (timedelta(days=60), timedelta(days=16))
_NEW = timedelta(days=44)


@dataclass(frozen=True, slots=True)
class Edge:
    """A record at the very beginning of one period, and at the very end of another."""

    record: Record
    place: int
    starting: Seen
    ending: Seen


@dataclass(frozen=True, slots=True)
class Pages:
    """The closed period again: in two pages, on one page that it fills, past its end, and on the largest page."""

    first: Seen
    second: Seen
    full: Seen
    past: Seen
    largest: Seen


class Inquiry:
    """All that a probe asks, and has seen.

    Parameters
    ----------
    session : Session
        Who asks.
    asker : Asker
        Sends the requests.
    now : datetime
        The present.
    """

    def __init__(self, session: Session, asker: Asker, now: datetime) -> None:
        self.session = session
        self.asker = asker
        self.now = now
        self.before: Profile | None = session.known.profile
        # What was refused, by report, and besides what is assumed of the other reports then.
        self.refused: dict[str, tuple[Addition, ...]] = {}
        self._assumed: tuple[Addition, ...] = ()
        # How instants in whole seconds stand to finer ones, and what told so, once that was asked.
        self.rounding: tuple[str, str] | None = None

    # ------------------------------------------------------------ the schema

    @cached_property
    def introspection(self) -> Reply:
        """The answer to the question for the schema."""
        return self.asker.ask({"query": INTROSPECTION_QUERY})

    @cached_property
    def live(self) -> Schema | None:
        """The service's own schema, if it gives one."""
        data = self.introspection.data
        if not data or self.introspection.errors:
            return None
        try:
            schema = from_introspection(data)
        except InputError:
            return None
        if not self.session.is_sandbox:
            remember(self.session.api_url, {"data": data})
        return schema

    @property
    def schema(self) -> Schema:
        """The best that is known."""
        return self.live or bundled()

    # ------------------------------------------------------------ samples

    @cached_property
    def samples(self) -> Mapping[str, Seen]:
        """Some old records of each report whose fields are known."""
        reports = [each for each in self.schema.reports() if bundled().known_fields(each) and self._fields(each)]
        start, end = (self.now - ago for ago in _OLD)
        found = {report: self._sample(report, Window(start, end)) for report in reports}
        if not any(seen.records for seen in found.values()):
            found = {report: self._sample(report, Window(end, self.now)) for report in reports}
        return found

    def _fields(self, report: str) -> tuple[str, ...]:
        return self.schema.known_fields(report)

    def _sample(self, report: str, window: Window) -> Seen:
        """The beginning of a period, without what the service refuses."""
        query = without(self._read(report), [*self._assumed, *self.refused.get(report, ())])
        for _ in range(_ROUNDS):
            seen = self.page(query, window, size=_SAMPLE)
            lost = refused_additions(query, query.text(window, 0, _SAMPLE), seen.errors) if seen.refused else ()
            if not lost:
                break
            self.refused[report] = (*self.refused.get(report, ()), *lost)
            self._assumed += tuple(each for each in lost if each.place != "record")
            query = without(query, lost)
        return seen

    def _read(self, text: str, filters: Mapping[str, Any] | None = None) -> Query:
        (query,) = read_queries(
            text, schema=self.schema, customer_id=self.session.customer_id, period_given=True, filters=filters
        )
        return query

    @property
    def main(self) -> Seen:
        """The sample that tells most."""
        found = [seen for seen in self.samples.values() if seen.stamp and len(seen.places()) >= _FEWEST]
        if not found:
            raise UntoldError(f"no report showed {_FEWEST} records with the timestamp that its period tests")
        return max(found, key=lambda seen: (len(seen.records), len(self.filterable(seen.query.report))))

    def filterable(self, report: str) -> list[str]:
        """The columns that a filter is known to take."""
        declared = self.schema.argument_type(report, "filter")
        return list(getattr(declared, "fields", {}))

    @cached_property
    def newest(self) -> Seen:
        """The end of the present: the newest records, newest first, if the service sorts."""
        query = self.variant(self.main, order="DESC" if self.takes("sort") else "")
        return self.page(query, Window(self.now - _NEW, self.now), size=_SAMPLE)

    @property
    def latest(self) -> Seen:
        """The newest records, if those are the newest."""
        if self.newest.more is not False and not is_rising(self.newest.places()[::-1]):
            raise UntoldError("the newest records cannot be asked: records do not come newest first")
        return self.newest

    @cached_property
    def finest(self) -> int:
        """The unit of the main report's instants, as far as seen: a second, or a millisecond, which can be asked."""
        seen = self.main
        return MILLISECOND if fraction_digits(seen.records, instant_columns(seen.query)) else SECOND

    # ------------------------------------------------------------ a closed period

    @cached_property
    def closed(self) -> Seen:
        """A period of some dozens of old records."""
        seen = self.page(self.main.query, _middle(self.main.places()), size=_CLOSED)
        if seen.more and len(set(seen.places())) > _FEWEST and not seen.outside():
            seen = self.page(self.main.query, _middle(seen.places()[: len(seen.records) // 4]), size=_CLOSED)
        return seen

    @property
    def whole(self) -> Seen:
        """The closed period, if all its records are there."""
        if not self.closed.whole or len(self.closed.records) < 4:
            raise UntoldError(
                f"no period of the {_describe(self.main)} showed all its records, and those only, at once"
            )
        return self.closed

    @cached_property
    def edge(self) -> Edge:
        """Two periods beside one record."""
        seen = self.closed if self.closed.records else self.main
        place, earlier = _beside_another(seen.places())
        record = next(each for each in seen.records if micros(each.get(seen.stamp or "")) == place)
        return Edge(
            record,
            place,
            starting=self.page(seen.query, window_between(place, place + self.finest), size=_SAMPLE),
            ending=self.page(seen.query, window_between(earlier, place), size=_SAMPLE),
        )

    @cached_property
    def pages(self) -> Pages:
        """The closed period in other pages."""
        whole = self.whole
        query, window, number = whole.query, whole.window, len(whole.records)
        return Pages(
            first=self.page(query, window, size=number // 2),
            second=self.page(query, window, page=1, size=number // 2),
            full=self.page(query, window, size=number),
            past=self.page(query, window, page=7, size=number),
            largest=self.page(query, window, size=_LARGEST),
        )

    @property
    def still(self) -> Seen:
        """The closed period, if it was the same at the last look as at the first."""
        looks = [
            sorted(digest(each, sorted(each)) for each in seen.records) for seen in (self.whole, self.pages.largest)
        ]
        if looks[0] != looks[1]:
            raise UntoldError("the records of the period moved while it was looked at")
        return self.whole

    @cached_property
    def bare(self) -> Seen:
        """The closed period, with neither page nor size nor order in the document."""
        query, window = self.whole.query, self.whole.window
        said = replace(query, additions=(*query.additions, *_DEFAULTED))
        return self.page(without(said, _DEFAULTED), window, size=_LARGEST)

    @cached_property
    def over(self) -> Seen:
        """A page that is larger than is documented."""
        seen = self.closed
        return self.page(seen.query, seen.window, size=_LARGEST + 1)

    @cached_property
    def spans(self) -> Mapping[str, Seen]:
        """A period of 45 days, one of 46, and one that begins before the history."""
        day, query = timedelta(days=1), self.main.query
        asked = {
            "45": Window(self.now - 50 * day, self.now - 5 * day),
            "46": Window(self.now - 51 * day, self.now - 5 * day),
            "91": Window(self.now - 91 * day, self.now - 89 * day),
        }
        return {name: self.page(query, window, size=1) for name, window in asked.items()}

    # ------------------------------------------------------------ asking

    def page(self, query: Query, window: Window, *, page: int = 0, size: int) -> Seen:
        """Ask one page."""
        return seen_in(self.asker.ask(query.request(window, page, size)), query, window, page, size)

    def variant(
        self, seen: Seen, *, order: str = "", alias: str = "", filters: Mapping[str, Any] | None = None
    ) -> Query:
        """The query of a sample in another order, under another name, or with filters."""
        fields = " ".join(column.name for column in seen.query.columns if not column.absent and not column.fields)
        name = f"{alias}: {seen.query.report}" if alias else seen.query.report
        query = self._read(f"{{ {name}{f'(sort: {order})' if order else ''} {{ {fields} }} }}", filters)
        gone = {(each.place, each.name) for each in (*self._assumed, *self.refused.get(query.report, ()))}
        return without(query, [each for each in query.additions if (each.place, each.name) in gone])

    def takes(self, argument: str) -> bool:
        """Whether nothing speaks against an argument of the main report."""
        report = self.main.query.report
        known = self.live is None or self.live.argument_type(report, argument) is not None
        return known and argument not in {each.name for each in (*self._assumed, *self.refused.get(report, ()))}

    def refusals(self) -> dict[str, tuple[tuple[str, str, str], ...]]:
        """What was refused, as a profile keeps it."""
        return {
            report: tuple((each["place"], each["name"], each["response_name"]) for each in map(asdict, refused))
            for report, refused in self.refused.items()
        }


def _middle(places: Sequence[int]) -> Window:
    """A span of some dozens of records, from one of them to before another."""
    ordered = sorted(places)
    first = min(_FEWEST, len(ordered) // 10)
    last = min(first + _WANTED, len(ordered) - 1)
    return window_between(ordered[first], ordered[last])


def _beside_another(places: Sequence[int]) -> tuple[int, int]:
    """An instant and an earlier one of the same day, or what is nearest to that."""
    ordered = sorted(set(places))
    pairs = [(late, early) for early, late in pairwise(ordered) if late - early > 2 * SECOND]
    if not pairs:
        raise UntoldError("no two records that were seen stand more than two seconds apart")
    best = [pair for pair in pairs if at(pair[0]).date() == at(pair[1]).date()] or pairs
    single = [pair for pair in best if places.count(pair[0]) == 1] or best
    return single[len(single) // 2]


def _describe(seen: Seen) -> str:
    return f"{len(seen.records)} records of {seen.query.report}"
