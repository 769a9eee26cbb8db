"""What else slices rest on: for each rule the smallest service that shows what it is for; without it the test fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from retarus_pandas.errors import IncompleteRead
from retarus_pandas.paging.report import Report
from support.slicing import (
    SECOND,
    START,
    Page,
    Record,
    Service,
    Simulated,
    exact,
    rounded,
    shown_truly,
    simulate,
    to_second,
    windows,
)

HOUR = 3600
BOTH_WAYS = pytest.mark.parametrize("descending", [False, True])


def at(*seconds: float) -> list[Record]:
    return [Record(round(second * SECOND), f"r{number}") for number, second in enumerate(seconds)]


def names(*numbers: int) -> list[str | None]:
    return [f"r{number}" for number in numbers]


def read(service: Service, size: int, *hours: float, key: Sequence[str] = ("id",), **options: Any) -> Simulated:
    more = {"is_part": options.pop("is_part", False)}
    report = Report(size, tuple(key), "at", descending=service.descending, **more)
    asked = windows(*(hours or (0, 24)), descending=service.descending)
    return simulate(report, asked, service.answer, **{"concurrency": 1} | options)


def outcome(service: Service, size: int, *hours: float, **options: Any) -> tuple[list[str], set[str]]:
    """The names in the order of names, and what was told."""
    result = read(service, size, *hours, **options)
    return sorted(map(str, result.ids)), result.kinds()


# ------------------------------------------------------------ answers are checked


def test_what_stands_in_front_of_the_period_is_told_and_kept() -> None:
    service = Service(at(1, 2 * HOUR), ignores_period=True)
    assert outcome(service, 5, 1, 24) == (names(0, 1), {"unproven"})
    assert len(service.asked) == 1


def test_a_page_of_what_was_not_asked_is_not_all_of_it() -> None:
    assert outcome(Service(at(2 * HOUR, 3 * HOUR), ignores_period=True), 1, 0, 1)[0] == names(0, 1)


@pytest.mark.parametrize("options", [{"is_part": True}, {}])
def test_what_another_window_shows_too_is_an_error_however_few_they_are(options: dict[str, Any]) -> None:
    hours = (0, 1) if options else (0, 1, 2)
    with pytest.raises(IncompleteRead, match="records outside of"):
        read(Service(at(2.5, 2 * HOUR), ignores_period=True), 5, *hours, **options)


def test_what_is_in_front_of_a_window_read_by_page_number_is_an_error() -> None:
    with pytest.raises(IncompleteRead, match="records outside of"):
        read(Service(at(2.5), by_date=True), 5, 0, 1, 2)


def test_a_bound_with_a_fraction_takes_in_stamps_in_seconds_by_page_number_too() -> None:
    service = Service(at(0.7, 5, 8), shown=to_second, ignores_size=True)
    assert outcome(service, 2, 0.5 / HOUR, 1, 2) == (names(0, 1, 2), {"unproven"})


@BOTH_WAYS
def test_a_bound_with_a_fraction_takes_in_stamps_in_seconds(descending: bool) -> None:
    service = Service(at(0.7, 0.8, 5), shown=to_second, descending=descending)
    for size in (5, 3):
        assert outcome(service, size, 0.5 / HOUR, 24) == (names(0, 1, 2), set())


def test_what_goes_wrong_behind_a_cut_does_not_bring_rows_twice() -> None:
    class Later(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            self.ignores_period = len(self.asked) > 1
            return super().answer(window, page, size)

    with pytest.raises(IncompleteRead, match="stand in the result twice"):
        read(Later(at(1, 2, 3, 4, 5)), 2)


class Unsorted(Service):
    """Sends records as they stand in its list."""

    def _sorted(self, records: list[Record]) -> list[Record]:
        return records


def test_an_answer_without_order_tells_that_another_was_cut_by_chance() -> None:
    """The first answer is in order and leaves out one of its span."""
    service = Unsorted(at(1, 2, 8, 9, 1.5, 20, 15))
    assert outcome(service, 4) == (names(0, 1, 2, 3, 4, 5, 6), {"unproven"})


def test_whole_answers_need_no_order() -> None:
    service = Unsorted(at(2, 1, HOUR + 2, HOUR + 1))
    assert outcome(service, 4, 0, 1, 2) == (names(0, 1, 2, 3), set())


def test_an_answer_beside_the_slices_tells_of_an_order_that_is_ignored() -> None:
    service = Unsorted(at(1000, 3000, 3601, 3600, 2000), includes_end=True)
    assert outcome(service, 3, 0, 1)[1] == {"unproven"}


def test_an_answer_beside_the_slices_tells_of_a_period_that_is_ignored() -> None:
    service = Service(at(1800, 3599.6), shown=rounded, ignores_period=True)
    assert outcome(service, 5, 0, 1)[1] == {"unproven"}


def test_page_numbers_begin_where_the_proof_ends() -> None:
    service = Service(at(1, 2, 3, 4), shown=lambda stamp: None if stamp == 4 * SECOND else stamp)
    assert outcome(service, 2) == (names(0, 1, 2, 3), {"unproven"})


def test_stamps_that_are_no_times_are_told_where_more_follows() -> None:
    class Text(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            return replace(found, rows=found.rows.set_column(0, "at", found.rows["at"].cast(pa.string())))

    assert outcome(Text(at(1, 2, 3)), 2) == (names(0, 1, 2), {"unproven"})
    assert outcome(Text(at(1, 2, 3)), 5) == (names(0, 1, 2), set())


# ------------------------------------------------------------ units


@BOTH_WAYS
def test_stamps_in_tenths_are_cut_at_tenths(descending: bool) -> None:
    service = Service(at(2.31, 2.35, 2.39, 3), shown=lambda stamp: stamp // 100_000 * 100_000, descending=descending)
    assert outcome(service, 2) == (names(0, 1, 2, 3), set())


def test_the_finest_fraction_of_the_whole_read_counts() -> None:
    service = Service(at(5401, 5401, 5400, 5399.9, 5399.6, 5399.6, 5400), descending=True, more_when_full=True)
    assert outcome(service, 3, 1 / HOUR, 1.5, 2, concurrency=3) == (names(0, 1, 2, 3, 4, 5, 6), set())


def test_a_record_at_the_end_is_handed_over_in_whatever_fraction_it_is_shown() -> None:
    class Coarse(Service):
        def _is_in(self, at: int, window: Any) -> bool:
            return super()._is_in(at // 1000 * 1000, window)

    service = Coarse(at(1, HOUR + 0.0005, HOUR + 400), includes_end=True)
    assert outcome(service, 5, 0, 1, 2) == (names(0, 1, 2), set())


def test_within_a_millisecond_nobody_can_ask_for_an_order() -> None:
    class Coarse(Service):
        def _sorted(self, records: list[Record]) -> list[Record]:
            return sorted(records, key=lambda record: record.at // 1000)

    result = read(Coarse(at(1.0009, 1.0001, 2, 3)), 3)
    assert (result.ids, result.kinds()) == (names(1, 0, 2, 3), set())


# ------------------------------------------------------------ borders


def test_the_end_of_a_period_may_hold_more_than_a_page_that_belongs_behind_it() -> None:
    service = Service(at(24 * HOUR), descending=True, includes_end=True, more_when_full=True)
    assert outcome(service, 1) == ([], {"unproven"})


def test_backwards_what_was_handed_over_is_known_from_the_window_before() -> None:
    service = Service(at(1, HOUR - 1, HOUR, HOUR + 1), descending=True, includes_end=True)
    assert outcome(service, 5, 0, 1, 2) == (names(0, 1, 2, 3), set())
    assert len(service.asked) == 2


@BOTH_WAYS
def test_what_is_shown_on_the_other_side_of_a_cut_is_found_out(descending: bool) -> None:
    def rounded_to_two(stamp: int) -> int:
        return (stamp + SECOND) // (2 * SECOND) * 2 * SECOND

    service = Service(at(2.7, 3.3, 4.2, 4.2, 6), shown=rounded_to_two, descending=descending)
    found, kinds = outcome(service, 2)
    assert kinds >= {"unproven"} or found == names(0, 1, 2, 3, 4)


def test_nothing_in_front_of_the_period_is_asked() -> None:
    def expire(service: Service) -> None:
        if len(service.asked) == 2:
            del service.records[1]

    service = Service(at(0, 0.5, 7, 8), move=expire)
    assert outcome(service, 2) == (names(0, 2, 3), {"gone"})
    assert min(window.start for window, _, _ in service.asked) == START


@pytest.mark.parametrize(("count", "told"), [(1, {"gone"}), (3, {"gone"}), (4, {"gone", "unproven"})])
def test_of_what_was_owed_every_instant_is_looked_for(count: int, told: set[str]) -> None:
    """As long as they are few: more of them are no accident."""
    vanished = names(*range(5, 5 + count))

    def expire(service: Service) -> None:
        if len(service.asked) > 1:
            service.records = [record for record in service.records if record.id not in vanished]

    service = Service(at(*range(15)), move=expire)
    # The guess draws a border where the answer has more to show.
    guesses = iter([(True, START + timedelta(seconds=2))])
    result = read(service, 12, decoding=1.0, foretell=lambda _: next(guesses, None))
    assert (result.ids, result.kinds()) == ([record.id for record in service.records], told)
    assert result.facts.gone == min(count, 3)


def test_records_without_a_key_are_owed_once_however_many_answers_show_them() -> None:
    service = Service(at(2.3, 2.3, 2.2, 2.2, 2.1))
    result = read(service, 2, 1 / HOUR, 1.5, 2, key=(), foretell=shown_truly)
    assert sorted(map(str, result.ids)) == names(0, 1, 2, 3, 4)
    assert "cannot be cut" not in str(result.facts.notes)


@BOTH_WAYS
def test_a_guess_costs_no_request(descending: bool) -> None:
    records = at(*range(0, 24 * HOUR, HOUR))
    waiting, ahead = (
        read(Service(records, descending=descending), 5, decoding=1.0, foretell=foretell)
        for foretell in (None, shown_truly)
    )
    assert (ahead.ids, ahead.facts.requests) == (waiting.ids, waiting.facts.requests)


# ------------------------------------------------------------ order


@pytest.mark.parametrize(("key", "order"), [(("id",), [1, 2, 0]), (("value",), [0, 1, 2])])
def test_records_of_one_instant_come_by_key_and_then_by_content(key: Sequence[str], order: list[int]) -> None:
    records = [Record(SECOND, "b", 0), Record(SECOND, "a", 1), Record(SECOND, "a", 2)]
    for there in (records, records[::-1]):
        result = read(Service(there, shown=exact), 5, key=key)
        assert pa.concat_tables(result.tables).column("value").to_pylist() == order


# ------------------------------------------------------------ page numbers, and how much is asked


def test_an_empty_page_of_an_instant_that_says_more_is_told() -> None:
    class Empty(Service):
        def answer(self, window: Any, page: int, size: int) -> Page:
            found = super().answer(window, page, size)
            return replace(found, rows=found.rows[:0], more=True) if page else found

    assert outcome(Empty(at(2, 2, 2)), 2) == (names(0, 1), {"unproven"})
    with pytest.raises(IncompleteRead, match=r"Page 1 of .* holds no records and says that more follow"):
        read(Empty(at(2, 2, 2)), 2, key=())


@pytest.mark.parametrize(("wanted", "page", "size"), [(3, None, 10), (30, None, 31), (200, None, 100), (3, 0, 100)])
def test_few_wanted_rows_are_asked_in_one_small_page_but_for_a_pinned_one(
    wanted: int, page: int | None, size: int
) -> None:
    service = Service(at(*range(20)))
    simulate(Report(100, ("id",), "at", page=page, max_rows=wanted), windows(0, 24), service.answer, concurrency=1)
    assert service.asked[0][2] == size


def test_one_wanted_row_is_not_the_first_by_chance() -> None:
    """Two records are in order every other time."""
    service = Unsorted(at(3, 4, 1, 2, *range(5, 20)))
    result = simulate(Report(100, ("id",), "at", max_rows=1), windows(0, 24), service.answer)
    assert (result.ids[0], result.kinds()) == ("r2", {"unproven"})


def test_what_has_to_be_read_as_a_whole_is_read_in_full_pages_however_few_rows_are_wanted() -> None:
    service = Unsorted(at(1, 0, *range(2, 500)))
    result = simulate(Report(100, ("id",), "at", max_rows=1), windows(0, 24), service.answer)
    assert result.facts.requests <= 7


def test_a_stream_asks_the_first_page_of_each_window_at_once() -> None:
    result = read(Service(at(1, HOUR + 1, 2 * HOUR + 1)), 5, 0, 1, 2, 3, concurrency=3, streaming=True)
    assert (result.rounds, result.most_in_flight) == (1, 3)


def test_a_stream_asks_no_second_page_of_a_window_before_all_of_the_one_in_front() -> None:
    service = Service(at(*range(0, 2 * HOUR, 60)))
    read(service, 10, 0, 1, 2, concurrency=4, streaming=True)
    places = [(window.start - START) / timedelta(hours=1) for window, _, _ in service.asked]
    ahead = next(number for number, place in enumerate(places) if place > 1)
    assert all(place >= 1 for place in places[ahead:])


def test_page_numbers_of_a_stream_are_asked_when_their_rows_are_due() -> None:
    service = Service(at(*range(0, 2 * HOUR, 600)))
    simulate(Report(2, ("id",)), windows(0, 1, 2), service.answer, streaming=True)
    behind = [window.start > START for window, _, _ in service.asked]
    assert behind == [False, True, False, False, True, True]


def test_a_pinned_page_keeps_the_order_of_the_service() -> None:
    service = Service([Record(SECOND, "b"), Record(SECOND, "a")])
    result = simulate(Report(5, ("id",), "at", page=0), windows(0, 24), service.answer)
    assert result.ids == ["b", "a"]
