"""The service's clock can be put forward: records come, change and go as days pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox import Sandbox

REPORT = "faxOutUdrReport"


def _stamp(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["keyTimestamp"])


def _seen(box: Sandbox, days: int) -> list[dict[str, dict[str, Any]]]:
    """What the service holds at the beginning and after each day, by id."""
    seen = [{row["faxId"]: row for row in box.records(REPORT)}]
    for _ in range(days):
        box.advance(timedelta(days=1))
        seen.append({row["faxId"]: row for row in box.records(REPORT)})
    return seen


def test_records_appear_at_their_key_timestamp_and_go_with_the_history(started: Callable[..., Any]) -> None:
    client = started(2000, days_ahead=20)
    now = client.now
    for held in _seen(client.box, 20):
        stamps = [_stamp(row) for row in held.values()]
        assert max(stamps) <= now < min(stamps) + timedelta(days=90)
        # Twenty days ahead bring about as many records a day as the first 88 had.
        assert 1700 < len(held) < 2150
        now += timedelta(days=1)


def test_a_record_that_has_come_stays_as_it_is(started: Callable[..., Any]) -> None:
    seen = _seen(started(500, days_ahead=5).box, 5)
    for before, after in pairwise(seen):
        assert all(after.get(name, row) == row for name, row in before.items())
    assert len(seen[-1].keys() - seen[0].keys()) > 10


def test_what_is_asked_keeps_to_the_clock(started: Callable[..., Any]) -> None:
    client = started(500, days_ahead=3)
    client.box.advance(timedelta(days=3))
    until = f"{client.now + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    asked = client.report("size: 10000", fromIncluded="2026-11-15T00:00:00Z", toExcluded=until)["content"]
    held = [row["faxId"] for row in client.box.records(REPORT) if row["keyTimestamp"] >= "2026-11-15"]
    assert [row["faxId"] for row in asked] == held
    assert "must not start before" in client.report("", fromIncluded="2026-08-23T00:00:00Z")


def test_without_days_ahead_nothing_comes(started: Callable[..., Any]) -> None:
    box = started(100).box
    before = box.records(REPORT)
    box.advance(timedelta(days=1))
    assert box.records(REPORT) == before


def test_late_records_come_within_nine_days_and_stay(started: Callable[..., Any]) -> None:
    client = started(3000, days_ahead=30, quirks=["late-days"])
    now, late = client.now, 0
    seen = _seen(client.box, 30)
    for before, after in pairwise(seen):
        new = [_stamp(after[name]) for name in after.keys() - before.keys()]
        assert all(now - timedelta(days=9) < stamp <= now + timedelta(days=1) for stamp in new)
        late += sum(stamp <= now for stamp in new)
        now += timedelta(days=1)
    assert late > 20


def test_records_change_in_one_field_within_nine_days(started: Callable[..., Any]) -> None:
    client = started(3000, days_ahead=30, quirks=["changed-later"])
    now, changes = client.now, 0
    seen = _seen(client.box, 30)
    for before, after in pairwise(seen):
        now += timedelta(days=1)
        for name in before.keys() & after.keys():
            if before[name] != after[name]:
                changes += 1
                assert before[name] | {"jobBillingCode": "corrected"} == after[name]
                assert now - timedelta(days=10) < _stamp(after[name]) < now
    assert changes > 20


def test_records_are_withdrawn_within_nine_days(started: Callable[..., Any]) -> None:
    client = started(3000, days_ahead=30, quirks=["withdrawn"])
    now, gone = client.now, 0
    seen = _seen(client.box, 30)
    for before, after in pairwise(seen):
        now += timedelta(days=1)
        ages = [now - _stamp(before[name]) for name in before.keys() - after.keys()]
        assert all(age < timedelta(days=10) or age > timedelta(days=90) for age in ages)
        gone += sum(age < timedelta(days=10) for age in ages)
    assert gone > 8


def test_a_changed_field_is_filtered_by_what_it_holds_now(started: Callable[..., Any]) -> None:
    client = started(1000, quirks=["changed-later"])
    asked = client.report('size: 10000 filter: {jobBillingCode: {values: ["corrected"]}}', "faxId jobBillingCode")
    assert {row["jobBillingCode"] for row in asked["content"]} == {"corrected"}


def test_the_clock_is_not_put_back(started: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"cannot be put back by 1 day, 0:00:00; give advance\(\) a positive"):
        started().box.advance(timedelta(days=-1))


def test_days_ahead_are_not_fewer_than_none() -> None:
    with pytest.raises(InputError, match=r"no -1 days ahead; give days_ahead=0 or more"):
        Sandbox(days_ahead=-1)


def test_the_clock_of_the_machine_can_be_put_forward_too() -> None:
    box = Sandbox(200, days_ahead=2)
    before = box.records(REPORT)
    box.advance(timedelta(days=2))
    after = box.records(REPORT)
    assert len(after) > len(before)
    assert max(map(_stamp, after)) > max(map(_stamp, before))
