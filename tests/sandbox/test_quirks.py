"""Every unknown of the service is a switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.sandbox import Quirk, Sandbox
from retarus_pandas.schema import bundled

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_every_quirk_says_in_a_sentence_what_it_does() -> None:
    for quirk in Quirk:
        assert quirk.meaning.endswith(".")
        assert quirk.value == quirk.name.lower().replace("_", "-")


def test_an_unknown_quirk_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(InputError, match=r"'sleepy'; the quirks are: past-end-error, "):
        Sandbox(quirks=["sleepy"])


def test_a_quirk_is_given_as_itself_or_by_name() -> None:
    for given in ([Quirk.ONE_WEEK], ["one-week"], "one-week"):
        assert Sandbox(quirks=given).quirks == {Quirk.ONE_WEEK}


@pytest.mark.parametrize("quirk", Quirk)
def test_only_some_quirks_make_other_records(quirk: Quirk) -> None:
    """The records are the truth that tests compare with: how they are asked and shown is no part of them."""
    reports = bundled().reports()
    usual, odd = ([Sandbox(300, now=NOW, quirks=quirks).records(one) for one in reports] for quirks in ([], [quirk]))
    assert (usual != odd) == quirk.in_records


def test_a_page_past_the_end_is_an_error(started: Callable[..., Any]) -> None:
    client = started(quirks=["past-end-error"])
    assert client.report("page: 1 size: 10000") == "Page 1 does not exist; the last page is 0"
    assert client.report("page: 0 size: 10000")["content"]


def test_a_page_past_the_end_is_the_last_one_again(started: Callable[..., Any]) -> None:
    client = started(quirks=["past-end-last"])
    count = len(client.report("size: 10000")["content"])
    last = client.report(f"page: {(count - 1) // 30} size: 30")
    assert client.report("page: 50 size: 30") == last


@pytest.mark.parametrize("past_end", [[], ["past-end-error"], ["past-end-last"]])
def test_a_full_page_says_that_more_follow(started: Callable[..., Any], past_end: list[str]) -> None:
    client = started(quirks=["more-when-full", *past_end])
    count = len(client.report("size: 10000")["content"])
    full = client.report(f"size: {count}")
    assert full["hasMoreElements"]
    after = client.report(f"page: 1 size: {count}")
    assert (after["content"], after["hasMoreElements"]) == ([], False)
    assert not client.report(f"size: {count + 1}")["hasMoreElements"]


def test_45_days_may_be_excluded(started: Callable[..., Any]) -> None:
    client = started(quirks=["span-exclusive"])
    bounds = [client.now - timedelta(days=45), client.now - timedelta(days=45) + timedelta(milliseconds=1)]
    too_long, longest = (f"{bound:%Y-%m-%dT%H:%M:%S}.{bound.microsecond // 1000:03d}Z" for bound in bounds)
    until = "2026-11-20T15:30:12.345Z"
    assert "shorter than 45 days" in client.report("", fromIncluded=too_long, toExcluded=until)
    assert client.report("", fromIncluded=longest, toExcluded=until)["content"]


def test_limits_may_be_clamped(started: Callable[..., Any]) -> None:
    client = started({"faxOutUdrReport": 30_000}, quirks=["clamp-limits"])
    page = client.report("size: 20000", fromIncluded="2020-01-01T00:00:00Z")
    assert (len(page["content"]), page["pageSize"]) == (10_000, 10_000)
    assert client.report("", fromIncluded="2020-01-01T00:00:00Z", toExcluded="2020-02-01T00:00:00Z")["content"] == []


@pytest.mark.parametrize(
    ("quirks", "invalid", "broken"),
    [([], 400, 200), (["errors-with-200"], 200, 200), (["rules-with-400"], 400, 400)],
)
def test_errors_come_with_either_status(
    started: Callable[..., Any], quirks: list[str], invalid: int, broken: int
) -> None:
    client = started(quirks=quirks)
    period = '{fromIncluded: "", toExcluded: ""}'
    query = f'{{ faxOutUdrReport(customerId: "99999", datePeriod: {period}) {{ pageIndex }} }}'
    for text, status in [("{ nothing }", invalid), (query, broken)]:
        reply = client.post(text)
        assert reply.status_code == status
        assert reply.json()["errors"]


def test_introspection_may_be_off(started: Callable[..., Any]) -> None:
    client = started(quirks=["no-introspection"])
    reply = client.post("{ __schema { queryType { name } } }")
    assert reply.status_code == 400
    assert "introspection" in reply.text
    assert client.data("{ __typename }") == {"__typename": "Query"}


def test_each_attempt_of_a_fax_may_have_a_record(started: Callable[..., Any]) -> None:
    box = started(2000, quirks=["row-per-attempt"]).box
    rows = sorted(box.records("faxOutUdrReport"), key=lambda row: (row["faxId"], row["attemptSeqNo"]))
    tries = [list(attempts) for _, attempts in groupby(rows, key=lambda row: row["faxId"])]
    assert 1000 < len(tries) < 1950
    for attempts in tries[:-1]:
        numbers = [row["attemptSeqNo"] for row in attempts]
        assert numbers == list(range(1, len(attempts) + 1))
        assert len({(row["jobId"], row["calledNumber"], row["jobBillingCode"]) for row in attempts}) == 1
        assert all(row["statusName"] != "OK" for row in attempts[:-1])
        stamps = [datetime.fromisoformat(row["keyTimestamp"]) for row in attempts]
        assert stamps == sorted(stamps)


def test_without_it_each_fax_has_one_record(client: Any) -> None:
    rows = client.box.records("faxOutUdrReport")
    assert len({row["faxId"] for row in rows}) == len(rows)
    assert all(row["attemptSeqNo"] == row["lastAttemptSeqNo"] for row in rows)
    assert {row["attemptSeqNo"] for row in rows} > {1, 2}


def test_a_missing_timestamp_may_be_empty(started: Callable[..., Any]) -> None:
    fields = ("callConnectedAt", "jobArchivePurgeAt", "processingFinalAt", "keyTimestamp")
    for quirks, absent in [([], None), (["empty-timestamps"], "")]:
        rows = started(500, quirks=quirks).box.records("faxOutUdrReport")
        values = {row[name] for row in rows for name in fields}
        assert absent in values
        assert not {None, ""} - {absent} & values


def test_status_codes_may_be_numbers(started: Callable[..., Any]) -> None:
    client = started(quirks=["numeric-status-code"])
    kind = '{ __type(name: "FaxOutUdrReportRecord") { fields { name type { name } } } }'
    types = {field["name"]: field["type"]["name"] for field in client.data(kind)["__type"]["fields"]}
    assert types["statusCode"] == "Int"
    assert {type(row["statusCode"]) for row in client.report("", "statusCode")["content"]} == {int}
    rows = client.report("", "statusCode", "smsOutUdrReport")["content"]
    assert {type(row["statusCode"]) for row in rows} <= {int, type(None)}


def test_there_may_be_fields_that_nobody_knows_of(started: Callable[..., Any]) -> None:
    client = started(quirks=["extra-fields"])
    fields = "billedAmount labels carrier { __typename who: name hops { country } } ...More"
    fragment = "fragment More on FaxOutUdrReportRecord { carrier { hops { milliseconds } } }"
    period = '{fromIncluded: "2026-10-20T00:00:00Z", toExcluded: "2026-11-20T00:00:00Z"}'
    arguments = f'customerId: "99999", datePeriod: {period}, size: 10000'
    data = client.data(f"{{ faxOutUdrReport({arguments}) {{ content {{ {fields} }} }} }} {fragment}")
    rows = data["faxOutUdrReport"]["content"]
    assert list(rows[0]) == ["billedAmount", "labels", "carrier"]
    assert {type(row["billedAmount"]) for row in rows} == {float}
    carriers = [row["carrier"] for row in rows]
    assert None in carriers
    hops = [{"country": "DEU", "milliseconds": 12}, {"country": "AUT", "milliseconds": 41}]
    assert {"__typename": "Carrier", "who": "Netz A", "hops": hops} in carriers
    assert {"__typename": "Carrier", "who": None, "hops": []} in carriers


def test_without_it_those_fields_are_unknown(client: Any) -> None:
    assert "'billedAmount'" in client.report("", "billedAmount")


def test_late_records_appear_while_pages_are_read(started: Callable[..., Any]) -> None:
    client = started(quirks=["rows-inserted"], shift_every=2, shift_limit=3)
    before = client.box.records("faxOutUdrReport")
    for _ in range(10):
        client.report("size: 10")
    late = client.box.inserted
    after = client.box.records("faxOutUdrReport")
    assert (len(before), len(late), len(after)) == (200, 3, 203)
    assert {shifted.report for shifted in late} == {"faxOutUdrReport"}
    new = [shifted.record for shifted in late]
    assert all(row in after and row not in before for row in new)
    assert [row for row in after if row not in new] == before
    assert client.box.expired == []


def test_old_records_vanish_while_pages_are_read(started: Callable[..., Any]) -> None:
    client = started(quirks=["rows-expired"], shift_every=1, shift_limit=4)
    asked = client.report("size: 4", "faxId")["content"]
    before = client.box.records("faxOutUdrReport")
    for _ in range(5):
        client.report("")
    gone = [shifted.record for shifted in client.box.expired]
    assert [{"faxId": row["faxId"]} for row in gone] == asked
    assert [row for row in before if row not in gone] == client.box.records("faxOutUdrReport")
    assert client.box.inserted == []


def test_records_stop_appearing_when_none_is_left_and_vanishing_when_all_are_gone(
    started: Callable[..., Any],
) -> None:
    client = started(5, quirks=["rows-inserted", "rows-expired"], shift_every=1)
    for _ in range(60):
        client.report("")
    assert client.report("")["content"] == []
    assert len(client.box.inserted) <= 10
    assert len(client.box.expired) <= 15


def test_shifts_are_the_same_for_the_same_seed(started: Callable[..., Any]) -> None:
    clients = [started(quirks=["rows-inserted", "rows-expired"], seed=4) for _ in range(2)]
    for client in clients:
        for _ in range(20):
            client.report("")
    first, second = (client.box for client in clients)
    assert (first.inserted, first.expired) == (second.inserted, second.expired)
    assert first.inserted


def test_records_change_while_pages_are_read(started: Callable[..., Any]) -> None:
    client = started(quirks=["rows-updated"], shift_every=1, shift_limit=4)
    before = {row["faxId"]: row for row in client.box.records("faxOutUdrReport")}
    for _ in range(6):
        client.report("")
    after = {row["faxId"]: row for row in client.box.records("faxOutUdrReport")}
    changed = {shifted.record["faxId"]: shifted.record for shifted in client.box.updated}
    assert len(changed) == 4
    assert all(before[name] | {"jobBillingCode": "corrected"} == row for name, row in changed.items())
    assert after == before | changed
    asked = client.report("size: 10000", "faxId jobBillingCode")["content"]
    assert {row["faxId"] for row in asked if row["jobBillingCode"] == "corrected"} == set(changed)


def test_each_record_changes_once(started: Callable[..., Any]) -> None:
    client = started(5, quirks=["rows-updated"], shift_every=1)
    count = len(client.report("")["content"])
    for _ in range(20):
        client.report("")
    assert len(client.box.updated) == count > 0


def test_records_may_move_at_chosen_pages(started: Callable[..., Any]) -> None:
    client = started(quirks=["rows-expired"], shift_every={2, 5})
    moved = []
    for _ in range(7):
        client.report("")
        moved.append(len(client.box.expired))
    assert moved == [0, 1, 1, 1, 2, 2, 2]


def test_e_mail_may_be_selected_by_the_creation_of_the_message(started: Callable[..., Any]) -> None:
    for quirks, key in [([], "metaCreationTime"), (["email-by-usage"], "usageCreationTime")]:
        rows = started(500, quirks=quirks).box.records("transactionalEmailUdrReport")
        stamps = [datetime.fromisoformat(row[key]) for row in rows]
        assert stamps == sorted(stamps)
        assert all(row["usageCreationTime"][:16] <= row["metaCreationTime"][:16] for row in rows)


def test_all_records_may_lie_in_one_working_week(started: Callable[..., Any]) -> None:
    rows = started(1000, quirks=["one-week"]).box.records("faxOutUdrReport")
    days = sorted({row["keyTimestamp"][:10] for row in rows})
    assert len(days) == 5
    assert datetime.fromisoformat(days[-1]) - datetime.fromisoformat(days[0]) < timedelta(days=7)


def _stamps(client: Any, arguments: str = "size: 10000", **period: str) -> list[datetime]:
    content = client.report(arguments, "keyTimestamp", **period)["content"]
    return [datetime.fromisoformat(record["keyTimestamp"]) for record in content]


def _whole(client: Any, arguments: str = "size: 10000") -> list[str]:
    return [record["faxId"] for record in client.report(arguments)["content"]]


def test_ties_may_come_in_another_order_each_time(started: Callable[..., Any]) -> None:
    steady, client = started(quirks=["many-at-one-instant"]), started(quirks=["ties-anew", "many-at-one-instant"])
    stamps = _stamps(client)
    assert len(set(stamps)) < 0.9 * len(stamps)
    assert stamps == sorted(stamps)
    answers = [_whole(client) for _ in range(4)]
    assert len(set(map(tuple, answers))) > 1
    assert {frozenset(answer) for answer in answers} == {frozenset(_whole(steady))}
    assert _whole(steady) == _whole(steady)


def test_instants_may_be_shown_in_seconds(started: Callable[..., Any]) -> None:
    exact = _stamps(started())
    assert any(stamp.microsecond >= 500_000 for stamp in exact)
    cut = [stamp.replace(microsecond=0) for stamp in exact]
    assert _stamps(started(quirks=["stamps-cut"])) == cut
    half = timedelta(milliseconds=500)
    assert _stamps(started(quirks=["stamps-rounded"])) == [(stamp + half).replace(microsecond=0) for stamp in exact]


def test_instants_may_be_finer_than_a_period_can_be_asked(started: Callable[..., Any]) -> None:
    client = started(2000, quirks=["stamps-finer", "many-at-one-instant"])
    texts = [row["keyTimestamp"] for row in client.report("size: 10000", "keyTimestamp")["content"]]
    stamps = [datetime.fromisoformat(text) for text in texts]
    assert stamps == sorted(stamps)
    assert {len(text) for text in texts} >= {len("2026-11-20T10:00:00.000123Z")}
    assert len({stamp.replace(microsecond=0) for stamp in stamps}) < 0.5 * len(stamps) < len(set(stamps))
    first = stamps[len(stamps) // 2].replace(microsecond=0)
    bounds = [f"{bound:%Y-%m-%dT%H:%M:%S}.000Z" for bound in (first, first + timedelta(hours=1))]
    asked = _stamps(client, fromIncluded=bounds[0], toExcluded=bounds[1])
    assert asked == [stamp for stamp in stamps if first <= stamp < first + timedelta(hours=1)]
    assert len(asked) > 1


@pytest.mark.parametrize(
    ("quirk", "is_there"),
    [
        ("", lambda stamp, start, end: start <= stamp < end),
        ("period-end-included", lambda stamp, start, end: start <= stamp <= end),
        ("period-by-date", lambda stamp, start, end: start.date() <= stamp.date() <= end.date()),
        ("period-local-time", lambda stamp, start, end: start <= stamp + timedelta(hours=1) < end),
        ("period-ignored", lambda stamp, start, end: True),
    ],
)
def test_a_period_may_mean_something_else(
    started: Callable[..., Any], quirk: str, is_there: Callable[[datetime, datetime, datetime], bool]
) -> None:
    client = started(1000, quirks=[quirk] if quirk else [])
    all_stamps = [datetime.fromisoformat(record["keyTimestamp"]) for record in client.box.records("faxOutUdrReport")]
    start, end = all_stamps[700], all_stamps[800]
    texts = [f"{bound:%Y-%m-%dT%H:%M:%S}.{bound.microsecond // 1000:03d}Z" for bound in (start, end)]
    found = _stamps(client, fromIncluded=texts[0], toExcluded=texts[1])
    assert found == [stamp for stamp in all_stamps if is_there(stamp, start, end)]


def test_the_order_may_not_be_that_which_is_asked(started: Callable[..., Any]) -> None:
    client = started(quirks=["sort-ignored"])
    stamps = _stamps(client)
    assert stamps not in (sorted(stamps), sorted(stamps)[::-1])
    assert stamps == _stamps(client, "size: 10000 sort: DESC")


def test_pages_may_be_smaller_than_asked(started: Callable[..., Any]) -> None:
    page = started(quirks=["size-clamped"]).report("size: 60")
    assert (len(page["content"]), page["pageSize"], page["hasMoreElements"]) == (25, 25, True)


def test_a_report_may_end_early(started: Callable[..., Any]) -> None:
    client = started(quirks=["ends-early"])
    answers = [client.report(f"size: 20 page: {page}") for page in range(2)]
    assert [(len(answer["content"]), answer["hasMoreElements"]) for answer in answers] == [(20, True), (0, False)]


def test_every_few_pages_may_be_an_error(started: Callable[..., Any]) -> None:
    client = started(quirks=["transient-errors"], shift_every=2)
    assert client.report("size: 20")["content"]
    assert client.report("size: 20") == "The service is busy"


def test_asking_again_cures_whatever_is_asked_between(started: Callable[..., Any]) -> None:
    """Of two who ask in turn, none meets the error for ever."""
    client = started(quirks=["transient-errors"], shift_every=2)
    answers = []
    for _ in range(4):
        assert client.report("size: 30")["content"]
        answers.append(client.report("size: 20") == "The service is busy")
    assert answers == [True, False, True, False]


@pytest.mark.parametrize("quirk", ["twins", "keys-repeated"])
def test_records_may_be_like_the_one_before(started: Callable[..., Any], quirk: str) -> None:
    rows = started(200, quirks=[quirk]).box.records("faxOutUdrReport")
    assert len(rows) == 200
    for other in range(200):
        like = rows[other - 1], rows[other]
        is_repeated = other % 20 == 1
        assert (len({(row["faxId"], row["attemptSeqNo"], row["keyTimestamp"]) for row in like}) == 1) == is_repeated
        assert (like[0] == like[1]) == (is_repeated and quirk == "twins")


def test_fields_and_arguments_may_not_exist(started: Callable[..., Any]) -> None:
    client = started(quirks=["fields-missing"])
    assert "attemptSeqNo" in client.report("", "faxId attemptSeqNo")
    assert "sort" in client.report("sort: ASC")
    assert client.report("")["content"]


def test_types_of_arguments_may_have_other_names(started: Callable[..., Any]) -> None:
    client = started(quirks=["types-renamed"])
    assert "DatePeriod" in client.report("")
    names = {kind["name"] for kind in client.data("{ __schema { types { name } } }")["__schema"]["types"]}
    assert "DatePeriodV2" in names
    assert "DatePeriod" not in names
