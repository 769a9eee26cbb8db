"""Slices of time against a service with moods: exact, or told."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.slicing import (
    SECOND,
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

from retarus_pandas.errors import IncompleteRead
from retarus_pandas.paging import Report

HOUR = 3600 * SECOND
BORDERS = (0, 1.5, 7, 24)


def spread(count: int, hours: float = 24) -> list[Record]:
    return [Record(int(number * hours * HOUR / count), f"r{number:05}") for number in range(count)]


def report(size: int, **more: Any) -> Report:
    return Report(**({"size": size, "key": ("id",), "key_timestamp": "at"} | more))


def read(service: Service, size: int, *borders: float, **options: Any) -> Simulated:
    asked = windows(*(borders or (0, 24)), descending=service.descending)
    return simulate(report(size, descending=service.descending), asked, service.answer, **options)


def ids(records: list[Record], *, descending: bool = False) -> list[str | None]:
    return [record.id for record in in_order(records, descending=descending)]


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
    expected = ids([record for record in service.records if record.at >= service.shift])
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
        assert not is_faithful(service) or service.ends_early or service.more_when_full
        return
    assert result.most_in_flight <= concurrency
    assert result.facts.rows == len(result.ids)
    if service.ignores_sort and not service.was_unsorted:
        return  # nobody can see it
    if result.facts.proven:
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
    most = max((sum(r.at // SECOND == o.at // SECOND for o in service.records) for r in service.records), default=0)
    service.clamp = max(service.clamp, most + 2)
    result = read(service, most + 1 + rng.randrange(5), *borders, concurrency=3, latency=rng.random)
    assert not result.facts.notes
    if service.shown is exact:
        assert result.ids == ids(service.records, descending=service.descending)
    else:
        assert sorted(map(str, result.ids)) == sorted(map(str, ids(service.records)))


def test_few_records_are_one_request() -> None:
    assert read(Service(spread(9)), 10).facts.requests == 1
