"""Slices of time against a service with moods: exact, or told."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from benchmarks.splitting import read as simulate_splitting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retarus_pandas.errors import IncompleteRead
from retarus_pandas.paging.report import Facts, Report
from retarus_pandas.paging.slices import read_slices
from retarus_pandas.paging.workers import Limit
from support.slicing import (
    SECOND,
    START,
    Page,
    Record,
    Service,
    Simulated,
    exact,
    in_order,
    rounded,
    shown_truly,
    simulate,
    to_second,
    windows,
)

HOUR = 3600 * SECOND
BORDERS = (0, 1.5, 7, 24)


def spread(count: int, hours: float = 24) -> list[Record]:
    return [Record(int(number * hours * HOUR / count), f"r{number:05}") for number in range(count)]


def report(size: int, **more: Any) -> Report:
    return replace(Report(size, key=("id",), key_timestamp="at"), **more)


def read(service: Service, size: int, *borders: float, **options: Any) -> Simulated:
    asked = windows(*(borders or (0, 24)), descending=service.descending)
    return simulate(report(size, descending=service.descending), asked, service.answer, **options)


def ids(records: list[Record], *, descending: bool = False) -> list[str | None]:
    return [record.id for record in in_order(records, descending=descending)]


def threaded(
    service: Service, asked: Report, *borders: float, concurrency: int = 4, **options: Any
) -> tuple[list[pa.Table], Facts]:
    facts = Facts()
    spans = windows(*(borders or (0, 24)), descending=service.descending)
    limit = Limit(concurrency)
    tables = list(read_slices(asked, spans, service.ask, threading.Event(), limit=limit, facts=facts, **options))
    return tables, facts


def names_in(tables: list[pa.Table]) -> list[str | None]:
    return [value for table in tables for value in table.column("id").to_pylist()]


# ------------------------------------------------------------ what holds whatever the service does


@st.composite
def services(draw: st.DrawFn) -> Service:
    grain = draw(st.sampled_from([1, 1000, 100_000, SECOND, 60 * SECOND]))
    spots = st.integers(0, 24 * HOUR // grain - 1) | st.sampled_from([0, 90, 420, 1439]).map(
        lambda minute: minute * 60 * SECOND // grain
    )
    near = st.integers(0, 20).map(lambda step: 420 * 60 * SECOND // grain - 10 + step)
    places = draw(st.lists(spots | near, max_size=25))
    unique = draw(st.booleans())
    records = [
        Record(place * grain, f"r{number if unique else number // 2:03}", number if draw(st.booleans()) else 0)
        for number, place in enumerate(places)
    ]
    mood = st.booleans
    return Service(
        records,
        shown=draw(st.sampled_from([exact, exact, to_second, rounded])),
        descending=draw(mood()),
        ties=draw(mood()),
        clamp=draw(st.sampled_from([10**6, 3])),
        echo=draw(mood()),
        includes_end=draw(st.sampled_from([False, False, True])),
        by_date=draw(st.sampled_from([False] * 7 + [True])),
        ignores_period=draw(st.sampled_from([False] * 7 + [True])),
        ignores_sort=draw(st.sampled_from([False] * 7 + [True])),
        ignores_size=draw(st.sampled_from([False] * 7 + [True])),
        shift=draw(st.sampled_from([0] * 7 + [HOUR])),
        more_when_full=draw(mood()),
        ends_early=draw(st.sampled_from([False] * 7 + [True])),
    )


def is_faithful(service: Service) -> bool:
    wrong = (service.by_date, service.ignores_period, service.ignores_sort, service.ignores_size, service.shift)
    return not any(wrong) and service.shown is not rounded


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    services(),
    st.integers(1, 12),
    st.integers(1, 5),
    st.sampled_from([(0, 24), BORDERS]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_exact_or_told(
    service: Service,
    size: int,
    concurrency: int,
    borders: tuple[float, ...],
    streaming: bool,
    foretold: bool,
    seed: int,
) -> None:
    rng = random.Random(seed)
    # What is shifted in front of the period nobody ever sees.
    first = 0 if service.ignores_period or service.by_date else service.shift
    expected = ids([record for record in service.records if record.at >= first])
    try:
        result = read(
            service,
            size,
            *borders,
            concurrency=concurrency,
            streaming=streaming,
            latency=rng.random,
            decoding=0.1,
            foretell=shown_truly if foretold else None,
        )
    except IncompleteRead:
        # Page numbers, which more than a page at one instant needs, may bring the same page twice.
        assert not is_faithful(service) or service.ends_early or service.more_when_full or service.ties
        return
    assert result.most_in_flight <= concurrency
    assert result.facts.rows == len(result.ids)
    if service.ignores_sort and not service.was_unsorted:
        return  # nobody can see it
    if result.facts.proven and service.shown is rounded:
        # Shown at a border from either side, two records that look the same are like one.
        assert set(result.ids) == set(expected)
    elif result.facts.proven:
        assert sorted(map(str, result.ids)) == sorted(map(str, expected))
    else:
        assert "unproven" in result.kinds()


def moods_that_can_be_exact() -> st.SearchStrategy[Service]:
    """Unique keys, and no more than a page at one shown instant."""
    return services().filter(is_faithful)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(moods_that_can_be_exact(), st.sampled_from([(0, 24), BORDERS]), st.integers(0, 10**6))
def test_the_same_for_any_size_and_order_of_ties(service: Service, borders: tuple[float, ...], seed: int) -> None:
    service.records = [Record(record.at, f"{n:03}", record.value) for n, record in enumerate(service.records)]
    rng = random.Random(seed)
    # With the end included, an answer shows the instant behind it, too.
    seconds = [record.at // SECOND for record in service.records]
    most = max((sum(0 <= other - second <= service.includes_end for other in seconds) for second in seconds), default=0)
    service.clamp = max(service.clamp, most + 2)
    result = read(service, most + 1 + rng.randrange(5), *borders, concurrency=3, latency=rng.random)
    assert not result.facts.notes
    if service.shown is exact:
        assert result.ids == ids(service.records, descending=service.descending)
    else:
        assert sorted(map(str, result.ids)) == sorted(map(str, ids(service.records)))


def test_few_records_are_one_request() -> None:
    assert read(Service(spread(9)), 10).facts.requests == 1


# ------------------------------------------------------------ one example for each rule, which fails without it


def outcome(service: Service, size: int, *borders: float, **options: Any) -> tuple[list[str | None], set[str]]:
    result = read(service, size, *borders, **options)
    return result.ids, result.kinds()


def at(*seconds: float) -> list[Record]:
    return [Record(round(second * SECOND), f"r{number}") for number, second in enumerate(seconds)]


def names(*numbers: int) -> list[str | None]:
    return [f"r{number}" for number in numbers]


def test_a_full_answer_is_never_believed_to_be_the_last() -> None:
    class Modest(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            return replace(super().answer(window, page, size), more=False)

    assert outcome(Modest(at(1, 2, 3, 4)), 2) == (names(0, 1, 2, 3), set())


def test_a_smaller_page_that_says_more_shows_what_is_full() -> None:
    class Modest(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            answer = super().answer(window, page, size)
            return replace(answer, more=answer.more and len(self.asked) == 1)

    assert outcome(Modest(at(1, 2, 3, 4, 5), clamp=2), 3) == (names(0, 1, 2, 3, 4), set())


def test_the_echoed_size_shows_what_is_full() -> None:
    class Modest(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            return replace(super().answer(window, page, size), more=False)

    assert outcome(Modest(at(1, 2, 3), clamp=2, echo=True), 3) == (names(0, 1, 2), set())


def test_the_records_at_the_cut_come_again_in_number() -> None:
    same = [Record(SECOND, "a"), Record(2 * SECOND, "b"), Record(2 * SECOND, "b"), Record(3 * SECOND, "c")]
    assert outcome(Service(same), 3) == (["a", "b", "b", "c"], set())


def test_one_of_two_equal_records_at_the_cut_is_missed() -> None:
    def expire(service: Service) -> None:
        if len(service.asked) == 2:
            del service.records[1]

    same = [Record(SECOND, "a"), Record(2 * SECOND, "b"), Record(2 * SECOND, "b"), Record(3 * SECOND, "c")]
    assert outcome(Service(same, move=expire), 3) == (["a", "b", "c"], {"gone"})


def test_what_an_answer_showed_far_behind_a_split_is_owed_until_it_comes() -> None:
    def shrink(service: Service) -> None:
        service.clamp = 10 if len(service.asked) < 3 else 1
        if len(service.asked) > 3:
            service.records = [record for record in service.records if record.id != "r00018"]

    service = Service(spread(24), move=shrink)
    result = read(service, 10, concurrency=2)
    assert (result.ids, result.kinds()) == (ids(service.records), {"gone"})


def test_fractions_are_seen_and_cut_at() -> None:
    service = Service(at(2.1, 2.2, 2.3, 2.4, 2.5), ends_early=True)
    assert outcome(service, 2) == (names(0, 1, 2, 3, 4), set())
    assert {page for _, page, _ in service.asked} == {0}


def test_what_fits_a_page_is_not_split() -> None:
    assert read(Service(spread(16)), 10).facts.requests == 2


@pytest.mark.parametrize("descending", [False, True])
def test_the_records_at_the_cut_come_again_whatever_their_order(descending: bool) -> None:
    records = at(1, 2, 2, 2, 3)
    for seed in range(20):
        service = Service(records, ties=True, descending=descending, random=random.Random(seed))
        assert outcome(service, 4) == (ids(records, descending=descending), set())


@pytest.mark.parametrize("descending", [False, True])
def test_stamps_in_seconds_are_cut_at_whole_seconds(descending: bool) -> None:
    service = Service(at(1.2, 2.1, 2.7, 3.5, 4), shown=to_second, descending=descending)
    found, kinds = outcome(service, 3)
    assert sorted(map(str, found)) == names(0, 1, 2, 3, 4)
    assert not kinds


@pytest.mark.parametrize("descending", [False, True])
def test_stamps_finer_than_what_can_be_asked_are_floored(descending: bool) -> None:
    records = at(1, 2.000_100, 2.000_900, 3)
    assert outcome(Service(records, descending=descending), 3) == (ids(records, descending=descending), set())


def test_a_first_bound_with_a_fraction_takes_in_stamps_in_seconds() -> None:
    start = 0.5 / 3600
    assert outcome(Service(at(0.7, 5), shown=to_second), 3, start, 24) == (names(0, 1), set())


@pytest.mark.parametrize("descending", [False, True])
def test_a_record_at_a_border_is_handed_over(descending: bool) -> None:
    records = at(1, 3600, 4000)
    service = Service(records, includes_end=True, descending=descending)
    assert outcome(service, 5, 0, 1, 2) == (ids(records, descending=descending), set())


@pytest.mark.parametrize("descending", [False, True])
def test_a_record_at_the_end_of_the_period_belongs_behind_it(descending: bool) -> None:
    service = Service(at(1, 3600), includes_end=True, descending=descending)
    assert outcome(service, 5, 0, 1) == (names(0), set())


@pytest.mark.parametrize("descending", [False, True])
def test_a_record_at_a_border_that_nobody_else_shows_stays(descending: bool) -> None:
    service = Service(at(1, 3599.7, 4000), shown=rounded, descending=descending)
    found, kinds = outcome(service, 5, 0, 1)
    assert (sorted(map(str, found)), kinds) == (names(0, 1), {"unproven"})
    service.records = service.records[:2]
    found, kinds = outcome(service, 5, 0, 1, 2)
    assert (sorted(map(str, found)), kinds) == (names(0, 1), {"unproven"})


def test_more_than_a_page_at_one_instant_is_read_by_page_number() -> None:
    assert outcome(Service(at(1, 2, 2, 2, 2, 2, 3)), 2) == (names(0, 1, 2, 3, 4, 5, 6), set())


def test_more_than_a_page_at_one_instant_in_another_order_each_time_is_told() -> None:
    for seed in range(20):
        service = Service(at(1, 2, 2, 2, 2, 2, 3), ties=True, random=random.Random(seed))
        found, kinds = outcome(service, 2)
        assert sorted(map(str, found)) == names(0, 1, 2, 3, 4, 5, 6) or kinds >= {"unproven"}


def pages_of_a_second(service: Service) -> list[int]:
    return [page for window, page, _ in service.asked if window.end - window.start == timedelta(seconds=1)]


@pytest.mark.parametrize("descending", [False, True])
def test_what_comes_and_goes_between_two_pages_of_an_instant_takes_nothing_along(descending: bool) -> None:
    def move(service: Service) -> None:
        page = service.asked[-1][1]
        if page == 1 and service.records[0].id == "r0":
            service.records = [*service.records[1:], Record(first * SECOND, "r7")]

    first = 24 * 3600 - 1 if descending else 0
    service = Service(at(*[first] * 5), move=move, descending=descending)
    assert outcome(service, 2, concurrency=1) == (["r1", "r2", "r3", "r4", "r7"], {"gone"})


def test_what_changes_in_a_column_between_two_pages_of_an_instant_comes_as_it_is_now() -> None:
    def update(service: Service) -> None:
        if service.asked[-1][1] == 2:
            service.records[1] = replace(service.records[1], value=7)

    result = read(Service(at(2, 2, 2, 2, 2), move=update), 2)
    assert (result.ids, result.kinds()) == (names(0, 1, 2, 3, 4), set())
    assert pa.concat_tables(result.tables).column("value").to_pylist() == [0, 7, 0, 0, 0]


def test_an_instant_that_comes_in_another_order_is_proven_by_all_of_its_pages() -> None:
    class Turning(Service):
        def _sorted(self, records: list[Record]) -> list[Record]:
            is_second = pages_of_a_second(self).count(0) == 2
            return records[::-1] if is_second else records

    service = Turning(at(0, 0, 0, 0, 0))
    assert outcome(service, 2, concurrency=1) == (names(0, 1, 2, 3, 4), set())
    assert pages_of_a_second(service) == [0, 1, 2] * 2


def test_what_never_stays_the_same_at_an_instant_is_asked_three_times_and_told() -> None:
    def update(service: Service) -> None:
        service.records[0] = replace(service.records[0], value=len(service.asked))

    service = Service(at(0, 0, 0, 0, 0), move=update)
    assert outcome(service, 2, concurrency=1) == (names(0, 1, 2, 3, 4), {"unproven"})
    assert pages_of_a_second(service) == [0, 1, 2] * 3


def test_an_instant_is_asked_twice_but_for_its_last_page() -> None:
    service = Service(at(0, 0, 0, 0, 0))
    assert outcome(service, 2, concurrency=1) == (names(0, 1, 2, 3, 4), set())
    assert pages_of_a_second(service) == [0, 1, 2, 0, 1]


def test_without_a_key_an_instant_is_asked_once_and_told() -> None:
    service = Service(at(0, 0, 0, 0, 0))
    result = simulate(Report(2, key_timestamp="at"), windows(0, 24), service.answer, concurrency=1)
    assert (len(result.ids), result.kinds()) == (5, {"unproven"})
    assert pages_of_a_second(service) == [0, 1, 2]


def test_an_instant_of_a_page_is_not_believed_to_whom_never_says_that_more_follow() -> None:
    class Modest(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            return replace(super().answer(window, page, size), more=False)

    found, kinds = outcome(Modest(at(1, 2, 2, 2, 3)), 2)
    assert (found, kinds) == (names(0, 1, 2, 4), {"unproven"})


def test_between_a_short_page_of_an_instant_and_the_next_one_records_may_be_left_out() -> None:
    class Short(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            is_short = page == 0 and window.end - window.start == timedelta(seconds=1)
            return replace(found, rows=found.rows[:2]) if is_short else found

    assert outcome(Short(at(2, 2, 2, 2, 2)), 3) == (names(0, 1, 3, 4), {"unproven"})


def test_pages_of_an_instant_that_are_shorter_than_asked_may_begin_where_longer_ones_would() -> None:
    class Clamped(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            return replace(found, rows=found.rows[:2], more=found.more or found.rows.num_rows > 2)

    assert outcome(Clamped(at(2, 2, 2, 2, 2)), 3) == (names(0, 1, 3, 4), {"unproven"})
    assert outcome(Service(at(2, 2, 2, 2, 2), clamp=2, echo=True), 3) == (names(0, 1, 2, 3, 4), set())


def test_the_same_page_of_an_instant_for_every_number_is_an_error() -> None:
    class Stuck(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            assert len(self.asked) < 50
            return super().answer(window, 0, size)

    with pytest.raises(IncompleteRead, match=r"Page \d+ of .* is the same as the page before"):
        read(Stuck(at(1, 2, 2, 2, 3)), 2)


def test_an_instant_is_read_in_full_pages_however_few_rows_are_wanted() -> None:
    service = Service(at(*[2] * 100))
    tables, facts = threaded(service, report(50, max_rows=3))
    assert (names_in(tables), facts.proven) == (sorted(names(*range(100)), key=str)[:3], True)
    assert facts.requests <= 6


def test_times_that_are_not_those_it_selects_by_are_found_out() -> None:
    found, kinds = outcome(Service(at(1, 2.6, 3.2, 4, 5), shown=rounded), 3)
    assert (found, kinds) == (names(0, 1, 2, 3, 4), {"unproven"})


def test_a_guess_draws_no_border_in_a_second_look() -> None:
    service = Service(at(1, 2.6, 3.2, 3.3, 3.4), shown=rounded)
    found, kinds = outcome(service, 3, foretell=shown_truly)
    assert (sorted(map(str, found)), kinds) == (names(0, 1, 2, 3, 4), {"unproven"})


def test_a_record_that_vanished_at_the_cut_is_gone_and_told() -> None:
    def expire(service: Service) -> None:
        if len(service.asked) == 2:
            service.records = [record for record in service.records if record.id != "r2"]

    assert outcome(Service(at(1, 2, 3, 4), move=expire), 3) == (names(0, 1, 3), {"gone"})


@pytest.mark.parametrize(("place", "told"), [(3, "00:00:03.000Z"), (3.25, "00:00:03.250Z")])
@pytest.mark.parametrize("descending", [False, True])
def test_what_is_gone_is_told_with_its_time(place: float, told: str, descending: bool) -> None:
    def expire(service: Service) -> None:
        if len(service.asked) == 2:
            service.records = [record for record in service.records if record.id != "r2"]

    service = Service(at(1, 2, place, 4, 5), move=expire, descending=descending)
    [note] = read(service, 3).facts.notes
    assert note.text == f"Records vanished from the service during the read, at 2026-10-01T{told}."


def test_a_record_that_a_full_answer_leaves_out_is_not_gone() -> None:
    for seed in range(20):
        service = Service(at(3600, 3600, 3600), shift=HOUR, ties=True, random=random.Random(seed))
        try:
            _, kinds = outcome(service, 1)
        except IncompleteRead:
            continue  # The same record was on two pages in a row.
        assert kinds >= {"unproven"}


def test_an_updated_record_is_there_once_and_new() -> None:
    def update(service: Service) -> None:
        if len(service.asked) == 2:
            service.records[2] = replace(service.records[2], value=7)

    result = read(Service(at(1, 2, 3, 4), move=update), 3)
    assert (result.ids, result.kinds()) == (names(0, 1, 2, 3), set())
    assert pa.concat_tables(result.tables).column("value").to_pylist() == [0, 0, 7, 0]


@pytest.mark.parametrize("mood", [{"by_date": True}, {"ignores_period": True}, {"shift": HOUR}])
def test_records_outside_of_several_windows_are_an_error(mood: dict[str, Any]) -> None:
    with pytest.raises(IncompleteRead, match=r"records outside of .*, which was asked"):
        read(Service(spread(24), **mood), 10, 0, 7, 13)


@pytest.mark.parametrize("mood", [{"by_date": True}, {"ignores_period": True}, {"shift": HOUR}])
def test_records_outside_of_one_window_are_told(mood: dict[str, Any]) -> None:
    for size in (5, 100):
        assert "unproven" in read(Service(spread(24), **mood), size, 0, 7).kinds()


def test_an_ignored_order_is_told_and_put_right() -> None:
    service = Service(spread(24), ignores_sort=True)
    assert outcome(service, 10) == (ids(service.records), {"unproven"})
    assert outcome(service, 30) == (ids(service.records), set())


def test_an_empty_page_that_says_more_is_an_error() -> None:
    class Empty(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            return replace(super().answer(window, page, size), more=True)

    with pytest.raises(IncompleteRead, match=r"Page 0 of .* holds no records and says that more follow"):
        read(Empty([]), 5)


def test_an_empty_page_after_a_promise_of_more_is_asked_once_more() -> None:
    class Forgetful(Service):
        empty = 0

        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            if not page or self.empty == page:
                return found
            self.empty = page
            return replace(found, rows=found.rows[:0], more=False)

    result = simulate(Report(5, ("id",)), windows(0, 24), Forgetful(spread(12)).answer)
    assert result.ids == ids(spread(12))
    assert result.facts.requests == 5


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("size", "seconds"), [(1, (1, 2, 3, 9)), (2, (1, 2, 3, 9, 9)), (2, (1, 1, 3, 3, 9, 9))])
def test_an_answer_at_one_instant_does_not_show_what_order_it_has(
    size: int, seconds: tuple[float, ...], descending: bool
) -> None:
    class Backwards(Service):
        def _sorted(self, records: list[Record]) -> list[Record]:
            return super()._sorted(records)[::-1]

    service = Backwards(at(*seconds), descending=descending)
    found, _ = outcome(service, size)
    assert sorted(map(str, found)) == names(*range(len(seconds)))


def test_more_records_than_asked_are_told() -> None:
    service = Service(spread(24), ignores_size=True)
    assert outcome(service, 10) == (ids(service.records), {"unproven"})


def test_the_same_page_for_every_number_is_an_error() -> None:
    class Stuck(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            return super().answer(window, 0, size)

    with pytest.raises(IncompleteRead, match=r"Page 1 of .* is the same as the page before"):
        simulate(Report(5, ("id",)), windows(0, 24), Stuck(spread(9)).answer)


@pytest.mark.parametrize("descending", [False, True])
def test_a_null_record_is_kept_once_and_told_of_where_more_follows(descending: bool) -> None:
    """Nobody can tell on which side of a cut it stands, not even of one among records of the same instant."""
    for place in (1.5, 2, 2.5, 3, 4):
        null = Record(round(place * SECOND), None)
        for records in ([null, *at(1, 2, 3, 4)], [*at(1, 2, 3, 4), null]):
            found, kinds = outcome(Service(records, descending=descending), 3)
            assert (sorted(map(str, found)), kinds) == (["None", *names(0, 1, 2, 3)], {"unproven"})
            assert outcome(Service(records, descending=descending), 9)[1] == set()


def test_a_service_that_begins_with_null_records_is_not_asked_second_by_second() -> None:
    class First(Service):
        def _sorted(self, records: list[Record]) -> list[Record]:
            return sorted(super()._sorted(records), key=lambda record: record.id is not None)

    service = First([Record(6 * HOUR, None), *at(3600, 7200)], clamp=1)
    result = read(service, 5)
    assert (Counter(result.ids), result.kinds()) == (Counter([None, "r0", "r1"]), {"unproven"})
    assert result.facts.requests <= 5


def test_a_record_without_a_stamp_in_one_of_several_answers_is_told() -> None:
    """The answer before may show it, too, or would have shown it in a place that was never asked."""

    class Always(Service):
        def _is_in(self, at: int, window: Any) -> bool:
            return at == 9 * HOUR or super()._is_in(at, window)

    service = Always([*at(1, 4000), Record(9 * HOUR, "r2")], shown=lambda stamp: None if stamp == 9 * HOUR else stamp)
    assert "unproven" in outcome(service, 5, 0, 1, 2)[1]
    assert outcome(service, 5, 0, 2) == (names(0, 1, 2), set())


def test_a_record_without_a_stamp_where_more_follows_is_told() -> None:
    service = Service(at(1, 2, 3, 4), shown=lambda stamp: None if stamp == 2 * SECOND else stamp)
    assert outcome(service, 3) == (names(0, 1, 2, 3), {"unproven"})
    assert outcome(service, 5) == (names(0, 1, 2, 3), set())


def test_a_record_without_a_stamp_at_an_instant_of_more_than_a_page_is_told() -> None:
    """As it stands behind those of its instant, others may stand where nobody looks."""

    class Last(Service):
        def _sorted(self, records: list[Record]) -> list[Record]:
            return sorted(super()._sorted(records), key=lambda record: record.id == "r3")

    records = [*at(2, 2, 2), Record(2 * SECOND + 1, "r3")]
    service = Last(records, shown=lambda stamp: None if stamp % SECOND else stamp)
    assert outcome(service, 2) == (names(0, 1, 2, 3), {"unproven"})


def test_a_key_in_two_slices_is_kept_and_told() -> None:
    records = [Record(SECOND, "a"), Record(2 * SECOND, "b"), Record(3 * SECOND, "a")]
    assert outcome(Service(records), 2) == (["a", "b", "a"], {"duplicates"})


def test_without_a_key_timestamp_page_numbers_are_told_of() -> None:
    service = Service(spread(9))
    several = simulate(Report(5, ("id",)), windows(0, 24), service.answer)
    assert (several.ids, several.kinds()) == (ids(service.records), {"unproven"})
    assert several.facts.requests == 2
    assert simulate(Report(10), windows(0, 24), service.answer).kinds() == set()


def test_a_pinned_page_is_left_as_it_is() -> None:
    service = Service(at(1, 2, 2, 2), ties=True)
    result = simulate(report(2, page=1), windows(0, 24), service.answer)
    assert (len(result.ids), result.facts.truncated, result.facts.requests) == (2, False, 1)
    assert simulate(report(2, page=0), windows(0, 24), service.answer).facts.truncated


def test_an_answer_that_comes_with_errors_is_named_by_its_span() -> None:
    class Broken(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            if self._is_in(7000 * SECOND, window) and not self._is_in(SECOND, window):
                return replace(found, rows=found.rows[:0], more=False, errors=({"message": "no"},))
            return found

    result = simulate(report(3), windows(0, 1, 2), Broken(at(1, 3590, 7000, 7001)).answer)
    assert (result.ids, result.facts.proven) == (names(0, 1), False)
    assert list(map(str, result.facts.holes)) == ["2026-10-01T01:00:00.000Z to 2026-10-01T02:00:00.000Z"]


def test_what_cannot_be_had_is_an_error_with_its_place() -> None:
    class Broken(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            raise LookupError("no")

    with pytest.raises(LookupError) as caught:
        read(Broken([]), 3)
    assert "page 0 of 2026-10-01T00:00:00.000Z to 2026-10-02" in str(caught.value.__notes__)


# ------------------------------------------------------------ what moves during the read


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10**6),
    st.integers(2, 9),
    st.sampled_from([3, 25]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(0, 24), BORDERS]),
)
def test_what_was_there_all_the_time_comes_once(
    seed: int, size: int, instants: int, ties: bool, descending: bool, borders: tuple[float, ...]
) -> None:
    rng = random.Random(seed)
    stamps = [rng.randrange(24 * 3600) * SECOND for _ in range(instants)]
    steady = [Record(stamps[n % instants], f"s{n:02}") for n in range(25)]
    fleeting = [Record(rng.choice(stamps), f"{rng.choice('ft')}{n:02}") for n in range(15)]
    # What goes and comes back at an instant of more than a page, while it is read by number, nobody can see.
    comes_back = max(Counter(record.at for record in [*steady, *fleeting]).values()) < size
    gone: set[str | None] = set()
    stays = rng.choice([0.8, 0.98, 0.995])

    def move(service: Service) -> None:
        before = {record.id for record in service.records}
        now = [f for f in fleeting if f.id not in gone and (rng.random() < stays) == (f.id in before)]
        service.records = sorted([*steady, *now], key=lambda record: str(record.id))
        if not comes_back:
            gone.update(before - {record.id for record in service.records})

    service = Service([*steady, *fleeting[::2]], ties=ties, move=move, descending=descending)
    try:
        result = read(service, size, *borders, concurrency=3, latency=rng.random)
    except IncompleteRead:
        return
    if result.facts.proven:
        assert sorted(str(name) for name in result.ids if name in ids(steady)) == sorted(map(str, ids(steady)))
        assert len(result.ids) == len(set(result.ids))


# ------------------------------------------------------------ requests


@pytest.mark.parametrize(
    ("shape", "count", "latency", "requests", "rounds"),
    [
        ("evenly", 200_000, "always the same", 24, 8),
        ("office hours", 200_000, "always the same", 28, 8),
        ("one campaign", 30_000, "always the same", 10, 3),
    ],
)
def test_requests_and_rounds(shape: str, count: int, latency: str, requests: int, rounds: int) -> None:
    result = simulate_splitting(shape, count, latency, 4)
    assert len(result.ids) == count
    assert result.facts.requests <= requests
    assert result.rounds <= rounds
    assert result.most_in_flight <= 4


@pytest.mark.parametrize(("count", "room"), [(150_000, 4), (300_000, 20)])
def test_a_stream_takes_hardly_more_rounds_than_a_whole_read(count: int, room: int) -> None:
    """What is asked ahead is what is given out next, where the next request leaves before the answer is decoded."""
    whole, stream = (simulate_splitting("evenly", count, "always the same", 4, room=each) for each in (None, room))
    assert stream.facts.requests <= whole.facts.requests + 3
    assert stream.rounds <= whole.rounds + 2


def test_a_guess_lets_the_next_request_leave_before_the_answer_is_decoded() -> None:
    waiting, ahead = (
        read(Service(spread(40)), 10, concurrency=1, decoding=1.0, foretell=foretell)
        for foretell in (None, shown_truly)
    )
    assert ahead.ids == waiting.ids
    assert ahead.rounds < waiting.rounds


def test_a_wrong_guess_changes_nothing() -> None:
    guesses = iter([(True, START + timedelta(hours=hour)) for hour in (23, 1, 2, 30, 5)])
    service = Service(spread(40))
    result = read(service, 10, concurrency=2, decoding=1.0, foretell=lambda _: next(guesses, None))
    assert (result.ids, result.kinds()) == (ids(service.records), set())


def test_max_rows_asks_no_more_than_it_needs() -> None:
    service = Service(spread(100))
    tables, facts = threaded(service, report(10, max_rows=3))
    assert (names_in(tables), facts.rows, facts.truncated) == (ids(service.records)[:3], 3, True)
    assert facts.requests <= 2


def test_max_rows_completes_the_last_instant_before_it_cuts() -> None:
    for seed in range(20):
        service = Service(at(1, 2, 2, 2, 3), ties=True, random=random.Random(seed))
        tables, _ = threaded(service, report(10, max_rows=3))
        assert names_in(tables) == names(0, 1, 2)


def test_no_rows_wanted_asks_nothing() -> None:
    service = Service(spread(5))
    assert threaded(service, report(10, max_rows=0))[0] == []
    assert not service.asked


def test_streaming_holds_no_more_than_its_budget() -> None:
    small, large = (read(Service(spread(100)), 10, streaming=True, budget=budget) for budget in (0, 2**20))
    assert small.ids == large.ids
    assert small.most_in_flight == 1 < large.most_in_flight
