"""The rules of a report: limits, paging, filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


def wire(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def span(end: datetime, **length: float) -> dict[str, str]:
    return {"fromIncluded": wire(end - timedelta(**length)), "toExcluded": wire(end)}


def test_45_days_are_allowed_and_a_millisecond_more_is_not(client: Any) -> None:
    assert client.report("", **span(client.now, days=45))["content"]
    assert "45 days" in client.report("", **span(client.now, days=45, milliseconds=1))


def test_90_days_back_are_allowed_and_a_millisecond_more_is_not(client: Any) -> None:
    oldest = client.now - timedelta(days=90)
    assert "content" in client.report("", **span(oldest + timedelta(days=1), days=1))
    assert "2026-08-22T15:30:12Z" in client.report("", **span(oldest + timedelta(days=1), days=1, milliseconds=1))


def test_a_span_may_reach_into_the_future(client: Any) -> None:
    assert client.report("", **span(client.now + timedelta(days=30), days=40))["content"]


@pytest.mark.parametrize(
    "instant",
    ["", "2026-11-01", "2026-11-01T00:00:00", "2026-11-01T00:00:00+01:00", "2026-13-01T00:00:00Z", "1 day ago"],
)
def test_an_instant_in_another_form_is_an_error_that_quotes_it(client: Any, instant: str) -> None:
    message = client.report("", fromIncluded=instant)
    assert "fromIncluded" in message
    assert repr(instant) in message


@pytest.mark.parametrize("fraction", ["", ".1", ".12345", ".123456789"])
def test_other_precisions_are_understood(client: Any, fraction: str) -> None:
    assert client.report("", fromIncluded=f"2026-11-01T00:00:00{fraction}Z")["content"]


def test_a_span_that_is_empty_or_runs_backwards_is_an_error(client: Any) -> None:
    assert "after it starts" in client.report("", **span(client.now, days=0))
    assert "after it starts" in client.report("", **span(client.now, days=-1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [("size: 10001", "at most 10000"), ("size: 0", "1 or more"), ("page: -1", "0 or more"), ("size: -5", "1 or more")],
)
def test_page_and_size_have_bounds(client: Any, arguments: str, message: str) -> None:
    assert message in client.report(arguments)


def test_the_page_says_which_one_it_is_and_whether_more_follow(client: Any) -> None:
    whole = client.report("size: 10000")
    count = len(whole["content"])
    assert (whole["pageIndex"], whole["pageSize"], whole["hasMoreElements"]) == (0, 10_000, False)
    last = (count - 1) // 7
    pages = [client.report(f"page: {page} size: 7") for page in range(last + 1)]
    assert [row for page in pages for row in page["content"]] == whole["content"]
    assert [page["hasMoreElements"] for page in pages] == [True] * last + [False]
    assert [page["pageIndex"] for page in pages] == list(range(last + 1))
    assert {page["pageSize"] for page in pages} == {7}


def test_without_paging_arguments_the_first_hundred_arrive_oldest_first(client: Any) -> None:
    page = client.report("", "keyTimestamp")
    assert (page["pageIndex"], page["pageSize"], page["hasMoreElements"]) == (0, 100, True)
    assert page == client.report("page: null size: null sort: null", "keyTimestamp")
    assert page == client.report("page: 0 size: 100 sort: ASC", "keyTimestamp")


def test_a_page_past_the_end_is_empty(client: Any) -> None:
    page = client.report("page: 99 size: 1000")
    assert page == {"content": [], "pageIndex": 99, "pageSize": 1000, "hasMoreElements": False}


def test_records_of_one_instant_keep_their_order_on_every_page(started: Callable[..., Any]) -> None:
    client = started({"smsOutUdrReport": 20_000})
    rows = client.report("size: 10000", "smsId deliveryProcessedTs", "smsOutUdrReport")["content"]
    stamps = [row["deliveryProcessedTs"] for row in rows]
    ties = [number for number in range(1, len(rows)) if stamps[number] == stamps[number - 1]]
    assert ties
    for number in ties[:5]:
        page = client.report(f"page: {number} size: 1", "smsId deliveryProcessedTs", "smsOutUdrReport")
        assert page["content"] == [rows[number]]


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        ('{statusName: {values: ["BUSY"]}}', lambda row: row["statusName"] == "BUSY"),
        ('{statusName: {values: ["BUSY", "NOFAX"]}}', lambda row: row["statusName"] in ("BUSY", "NOFAX")),
        (
            '{statusName: {values: ["OK"]}, jobBillingCode: {values: ["CC-4100", "Pos. 2 Fax"]}}',
            lambda row: row["statusName"] == "OK" and row["jobBillingCode"] in ("CC-4100", "Pos. 2 Fax"),
        ),
        ('{jobBillingCode: {values: [""]}}', lambda row: row["jobBillingCode"] == ""),
        ('{statusName: {values: ["ok"]}}', lambda row: False),
        ("{statusName: {values: []}}", lambda row: False),
        ("{statusName: {values: null}}", lambda row: True),
        ("{statusName: null}", lambda row: True),
        ("{statusName: {}}", lambda row: True),
        ("{}", lambda row: True),
        ("null", lambda row: True),
    ],
)
def test_filters_are_any_of_within_a_column_and_all_of_across(
    client: Any, wanted: str, passes: Callable[[dict[str, Any]], bool]
) -> None:
    fields = "faxId statusName jobBillingCode"
    every = client.report("size: 10000", fields)["content"]
    assert client.report(f"size: 10000 filter: {wanted}", fields)["content"] == list(filter(passes, every))


@pytest.mark.parametrize(
    ("report", "column"),
    [
        ("faxInUdrReport", "callingNumber"),
        ("smsInUdrReport", "keyword"),
        ("smsOutUdrReport", "recipient"),
        ("transactionalEmailUdrReport", "metaId"),
        ("transactionalEmailEventReport", "eventType"),
    ],
)
def test_every_report_can_be_filtered_by_its_texts(client: Any, report: str, column: str) -> None:
    rows = client.report("size: 10000", column, report)["content"]
    value = rows[0][column]
    found = client.report(f'size: 10000 filter: {{{column}: {{values: ["{value}"]}}}}', column, report)["content"]
    assert found == [row for row in rows if row[column] == value] != []


def test_the_clock_is_this_machines_unless_another_is_given(started: Callable[..., Any]) -> None:
    client = started(now=None)
    now = datetime.now(UTC)
    assert client.report("", **span(now, days=44))["content"]
    assert "90 days" in client.report("", **span(now - timedelta(days=50), days=44))
