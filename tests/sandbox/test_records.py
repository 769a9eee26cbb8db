"""Records are believable, and the same for the same seed and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from retarus_pandas.sandbox import Sandbox
from retarus_pandas.sandbox.makers import DEFAULT_ROWS

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def box() -> Sandbox:
    return Sandbox(4000, now=NOW)


def test_the_same_seed_and_day_make_the_same_records() -> None:
    for report in DEFAULT_ROWS:
        one, two = (Sandbox(50, seed=3, now=NOW.replace(hour=hour)).records(report) for hour in (0, 23))
        assert one == two


@pytest.mark.parametrize("other", [{"seed": 4}, {"now": NOW + timedelta(days=1)}])
def test_another_seed_or_day_makes_others(other: dict[str, Any]) -> None:
    for report in DEFAULT_ROWS:
        assert Sandbox(50, **{"seed": 3, "now": NOW, **other}).records(report) != Sandbox(50, seed=3, now=NOW).records(
            report
        )


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_records_or_none_are_possible(started: Callable[..., Any], rows: int) -> None:
    client = started(rows)
    for report in DEFAULT_ROWS:
        assert len(client.box.records(report)) == rows
    assert len(client.report("", fromIncluded="2026-10-07T00:00:00Z")["content"]) <= rows


def test_each_report_has_as_many_records_as_were_asked_for() -> None:
    box = Sandbox({"faxOutUdrReport": 17, "smsInUdrReport": 0}, now=NOW)
    counts = {report: len(box.records(report)) for report in DEFAULT_ROWS}
    assert counts == DEFAULT_ROWS | {"faxOutUdrReport": 17, "smsInUdrReport": 0}


def test_all_lie_in_the_history_even_for_somebody_who_reads_a_day_later(box: Sandbox) -> None:
    for row in box.records("faxOutUdrReport"):
        at = datetime.fromisoformat(row["keyTimestamp"])
        assert NOW - timedelta(days=89) < at < NOW


def test_business_is_done_on_weekdays_by_day_in_germany(box: Sandbox) -> None:
    local = [datetime.fromisoformat(row["keyTimestamp"]).astimezone(BERLIN) for row in box.records("faxOutUdrReport")]
    weekend = sum(at.weekday() > 4 for at in local)
    by_day = sum(7 <= at.hour < 18 for at in local)
    assert 0 < weekend < len(local) / 20
    assert 0.8 < by_day / len(local) < 1


def test_month_ends_are_busy(box: Sandbox) -> None:
    days = Counter(row["keyTimestamp"][:10] for row in box.records("faxOutUdrReport"))
    usual = sorted(days.values())[len(days) // 2]
    assert days["2026-09-30"] > 1.5 * usual


def test_faxes_fail_and_are_retried_and_tell_why(box: Sandbox) -> None:
    rows = box.records("faxOutUdrReport")
    states = Counter(row["statusName"] for row in rows)
    assert 0.88 < states["OK"] / len(rows) < 0.96
    assert {"BUSY", "NOFAX", "RING_TO"} < set(states)
    for row in rows:
        assert (row["statusReason"] is None) == (row["statusName"] == "OK") == (row["attemptPages"] > 0)
    busy = [row for row in rows if row["statusName"] == "BUSY"]
    assert all(row["callConnectedAt"] is None and row["baudRate"] is None and row["callDuration"] == 0 for row in busy)
    assert max(row["attemptSeqNo"] for row in busy) > 3


def test_the_instants_of_a_fax_follow_each_other(box: Sandbox) -> None:
    names = ("jobSubmittedAt", "callInviteAt", "callConnectedAt", "callEndedAt", "keyTimestamp")
    for row in box.records("faxOutUdrReport"):
        stamps = [datetime.fromisoformat(row[name]) for name in names if row[name]]
        assert stamps == sorted(stamps), row


def test_countries_fit_the_numbers(box: Sandbox) -> None:
    prefixes = {"DEU": "+49", "AUT": "+43", "CHE": "+41", "USA": "+1"}
    rows = box.records("faxOutUdrReport")
    for row in rows:
        assert row["calledNumber"].startswith(prefixes.get(row["calledCountry"], "+"))
    assert len({row["calledCountry"] for row in rows}) > 5
    assert len({row["calledNumber"] for row in rows}) < len(rows) / 2


def test_values_are_missing_as_null_and_as_empty_text(box: Sandbox) -> None:
    for report, name in [
        ("faxOutUdrReport", "jobBillingCode"),
        ("faxInUdrReport", "billingCode"),
        ("smsOutUdrReport", "status"),
    ]:
        assert {None, ""} < {row[name] for row in box.records(report)}


def test_timestamps_come_with_and_without_milliseconds(box: Sandbox) -> None:
    for report, name in [("faxOutUdrReport", "keyTimestamp"), ("smsInUdrReport", "receivedTs")]:
        assert {"." in row[name] for row in box.records(report)} == {True, False}


def test_sms_ids_hold_german_local_time(box: Sandbox) -> None:
    for row in box.records("smsInUdrReport"):
        at = datetime.fromisoformat(row["receivedTs"]).astimezone(BERLIN)
        assert row["smsId"].startswith(f"I.{at:%Y%m%d-%H%M%S}.{at.microsecond // 1000:03d}-0")


def test_tracking_ids_of_received_sms_are_padded_to_forty(box: Sandbox) -> None:
    rows = box.records("smsInUdrReport")
    assert {len(row["trackingId"]) for row in rows} == {40}
    assert all(row["trackingId"].endswith(" ") for row in rows)


def test_sms_status_codes_are_numeric_text(box: Sandbox) -> None:
    for row in box.records("smsOutUdrReport"):
        code = row["statusCode"]
        assert code is None or (len(code) == 3 and code.isdigit())
        assert (row["numberDeliveryTs"] is not None) == (row["status"] == "SUC_FIN")


def test_texts_have_what_makes_parsers_stumble(box: Sandbox) -> None:
    texts = {str(row["messageContent"]) for row in box.records("smsInUdrReport")}
    assert any('"' in text for text in texts)
    assert any(not text.isascii() for text in texts)


def test_ids_are_unique(box: Sandbox) -> None:
    names = ("faxId", "faxId", "smsId", "smsId", "metaId", "eventId")
    for report, name in zip(
        ("faxInUdrReport", "faxOutUdrReport", "smsInUdrReport", "smsOutUdrReport", *list(DEFAULT_ROWS)[4:]),
        names,
        strict=True,
    ):
        rows = box.records(report)
        assert len({row[name] for row in rows}) == len(rows)


def test_e_mail_usage_ids_hold_the_job_and_a_hash_sign(box: Sandbox) -> None:
    for row in box.records("transactionalEmailUdrReport"):
        assert row["usageId"].startswith(f"{row['jobId']}#")
        assert row["usageMsgTo"].endswith(f"@{row['usageMsgToDomain']}")
