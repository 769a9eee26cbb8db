"""The whole way, from a document to a frame, against the embedded service and a crawl written by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retarus_pandas as rt
from retarus_pandas.errors import (
    DocumentError,
    InputError,
    NotSignedInError,
    PeriodError,
    PeriodWarning,
    SchemaWarning,
    SessionClosedError,
    UnprovenRowsWarning,
)
from support.crawl import FIELDS, crawl
from support.trying import ONE_FIXTURE

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=1500, seed=7) as made:
        yield made


def sign_in(box: rt.sandbox.Sandbox, **options: Any) -> rt.Session:
    return rt.Session(
        box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url, **options
    )


@pytest.fixture(scope="module")
def session(box: rt.sandbox.Sandbox) -> Iterator[rt.Session]:
    with sign_in(box) as made:
        yield made


def document(report: str) -> str:
    return f"{{ {report} {{ content {{ {FIELDS[report]} }} }} }}"


def same_rows(frame: pd.DataFrame, rows: list[dict[str, Any]]) -> None:
    """Value by value: texts and numbers as they are, instants as the moments they name."""
    assert len(frame) == len(rows)
    for name in frame.columns:
        want: Any = [row[name] for row in rows]
        have = frame[name]
        if isinstance(have.dtype, pd.DatetimeTZDtype):
            want = pd.to_datetime(pd.Series([value or None for value in want]), utc=True, format="ISO8601")
            assert list(have.isna()) == list(want.isna())
            assert list(have.dropna().dt.tz_convert("UTC")) == list(want.dropna())
        else:
            assert [None if pd.isna(value) else value for value in have] == want


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.mark.filterwarnings("ignore::retarus_pandas.errors.UnprovenRowsWarning")
@pytest.mark.parametrize("report", FIELDS)
def test_every_report_equals_the_crawl_by_hand(box: rt.sandbox.Sandbox, session: rt.Session, report: str) -> None:
    end = now()
    start = end - timedelta(days=80)
    frame = rt.read_retarus(document(report), start=start, end=end, page_size=400, session=session)
    same_rows(frame, crawl(box, report, start, end))
    assert len(frame) > 400
    assert list(frame.columns) == FIELDS[report].split()


@pytest.mark.filterwarnings("ignore::retarus_pandas.errors.UnprovenRowsWarning")
@settings(max_examples=25, suppress_health_check=ONE_FIXTURE)
@given(
    report=st.sampled_from(sorted(FIELDS)),
    begin=st.integers(1, 85 * 24 * 60),
    minutes=st.integers(1, 85 * 24 * 60),
    size=st.integers(30, 2000),
    concurrency=st.integers(1, 8),
)
def test_the_frame_is_the_same_for_any_period_page_size_and_concurrency(
    box: rt.sandbox.Sandbox,
    session: rt.Session,
    report: str,
    begin: int,
    minutes: int,
    size: int,
    concurrency: int,
) -> None:
    start = now() - timedelta(minutes=begin)
    end = min(start + timedelta(minutes=minutes), now())
    frame = rt.read_retarus(
        document(report), start=start, end=end, page_size=size, concurrency=concurrency, session=session
    )
    same_rows(frame, crawl(box, report, start, end))


def test_descending_gives_the_same_rows_the_other_way_round(session: rt.Session) -> None:
    fields = "faxId attemptSeqNo keyTimestamp"
    end = now()
    span: dict[str, Any] = {"start": end - timedelta(days=80), "end": end, "page_size": 300, "session": session}
    up = rt.read_retarus(f"{{ faxOutUdrReport {{ {fields} }} }}", **span)
    down = rt.read_retarus(f"{{ faxOutUdrReport(sort: DESC) {{ {fields} }} }}", **span)
    assert down["keyTimestamp"].is_monotonic_decreasing
    assert sorted(map(tuple, up.to_numpy())) == sorted(map(tuple, down.to_numpy()))


def test_several_reports_come_as_a_dict_by_response_name(session: rt.Session) -> None:
    frames = rt.read_retarus(
        "{ sent: smsOutUdrReport { smsId } smsInUdrReport { smsId receivedTs } }", last="30D", session=session
    )
    assert list(frames) == ["sent", "smsInUdrReport"]
    assert list(frames["sent"].columns) == ["smsId"]
    assert list(frames["smsInUdrReport"].columns) == ["smsId", "receivedTs"]


def test_a_report_by_its_name_has_all_known_fields(session: rt.Session) -> None:
    frame = rt.read_retarus("smsInUdrReport", last="20D", session=session)
    assert list(frame.columns) == list(rt.fields("smsInUdrReport")["field"])
    assert frame.dtypes.astype(str).to_dict() == dict(rt.fields("smsInUdrReport")[["field", "dtype"]].to_numpy())


def test_an_empty_period_has_the_columns_and_dtypes_of_a_full_one(session: rt.Session) -> None:
    full = rt.read_retarus("faxOutUdrReport", last="40D", session=session)
    moment = now() - DAY
    empty = rt.read_retarus("faxOutUdrReport", start=moment, end=moment, session=session)
    assert len(full) > 0
    assert len(empty) == 0
    pd.testing.assert_frame_equal(full.iloc[:0], empty, check_index_type=False)


def test_a_vendor_document_with_its_variables_runs_as_it_is(session: rt.Session) -> None:
    text = """
    query Faxes($customerId: String!, $datePeriod: DatePeriod!, $pageIndex: Int, $pageSize: Int,
                $sort: SortDirection, $filterFax: FaxOutColumnUdrFilters) {
      faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $pageIndex, size: $pageSize,
                      sort: $sort, filter: $filterFax) {
        content { faxId statusName }
        pageIndex
        pageSize
        hasMoreElements
      }
    }"""
    span: dict[str, Any] = {"last": "80D", "session": session}
    frame = rt.read_retarus(text, page_size=250, **span)
    assert list(frame.columns) == ["faxId", "statusName"]
    assert "No filter: $filterFax is not set." in frame.attrs["retarus"]["notes"]
    assert frame.equals(rt.read_retarus("{ faxOutUdrReport { faxId statusName } }", **span))
    busy = rt.read_retarus(text, variables={"filterFax": {"statusName": {"values": ["BUSY"]}}}, **span)
    assert set(busy["statusName"]) == {"BUSY"}


def test_a_pinned_page_comes_alone_and_says_that_more_exist(session: rt.Session) -> None:
    text = "{ smsOutUdrReport(page: 1, size: 50) { smsId } }"
    whole = rt.read_retarus("{ smsOutUdrReport { smsId } }", last="40D", session=session)
    page = rt.read_retarus(text, last="40D", session=session)
    assert list(page["smsId"]) == list(whole["smsId"][50:100])
    assert page.attrs["retarus"]["truncated"]


def test_filters_keep_only_the_values_named(session: rt.Session) -> None:
    span: dict[str, Any] = {"last": "60D", "session": session}
    frame = rt.read_retarus("{ faxOutUdrReport { statusName } }", filters={"statusName": ["BUSY", "NOFAX"]}, **span)
    whole = rt.read_retarus("{ faxOutUdrReport { statusName } }", **span)
    assert list(frame["statusName"]) == [name for name in whole["statusName"] if name in {"BUSY", "NOFAX"}]
    assert 0 < len(frame) < len(whole)


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 250])
def test_max_rows_stops_early_and_says_so(session: rt.Session, rows: int) -> None:
    span: dict[str, Any] = {"last": "80D", "session": session, "page_size": 100}
    whole = rt.read_retarus("{ smsOutUdrReport { smsId } }", **span)
    frame = rt.read_retarus("{ smsOutUdrReport { smsId } }", max_rows=rows, **span)
    pd.testing.assert_frame_equal(frame, whole.iloc[:rows])
    assert frame.attrs["retarus"]["truncated"]


@pytest.mark.parametrize(("rows", "size"), [(1, 10), (30, 31), (100, 40)])
def test_few_rows_are_asked_in_one_small_page(
    box: rt.sandbox.Sandbox, session: rt.Session, rows: int, size: int
) -> None:
    box.requests.clear()
    rt.read_retarus("{ smsOutUdrReport { smsId } }", last="80D", session=session, page_size=40, max_rows=rows)
    assert {page.size for page in box.requests.pages} == {size}


def test_what_has_no_order_is_read_in_full_pages_however_few_rows_are_wanted() -> None:
    start = datetime.now(UTC) - 80 * DAY
    asked: dict[str, Any] = {"start": start, "page_size": 40, "max_rows": 1}
    with rt.sandbox.Sandbox(rows=200, quirks=["sort-ignored"]) as box, sign_in(box) as session:
        stamps = [pd.Timestamp(row["keyTimestamp"]) for row in box.records("faxOutUdrReport")]
        with pytest.warns(UnprovenRowsWarning, match="in another order than by time"):
            frame = rt.read_retarus("{ faxOutUdrReport { keyTimestamp } }", session=session, **asked)
        assert list(frame["keyTimestamp"]) == [min(stamp for stamp in stamps if stamp >= start)]
        assert [box.requests.pages[number].size for number in (0, -1)] == [10, 40]


def test_max_rows_beyond_the_last_row_is_no_truncation(session: rt.Session) -> None:
    span: dict[str, Any] = {"last": "80D", "session": session, "page_size": 100}
    whole = rt.read_retarus("{ smsOutUdrReport { smsId } }", **span)
    for limit in (len(whole), len(whole) + 1):
        frame = rt.read_retarus("{ smsOutUdrReport { smsId } }", max_rows=limit, **span)
        assert len(frame) == len(whole)
        assert not frame.attrs["retarus"]["truncated"]


@pytest.mark.parametrize("chunksize", [1, 70, 100, 333, 10_000])
def test_chunks_put_together_are_the_frame(session: rt.Session, chunksize: int) -> None:
    span: dict[str, Any] = {"last": "9D" if chunksize == 1 else "80D", "session": session, "page_size": 100}
    whole = rt.read_retarus("faxOutUdrReport", **span)
    with rt.read_retarus("faxOutUdrReport", chunksize=chunksize, **span) as chunks:
        parts = list(chunks)
    assert all(len(part) == chunksize for part in parts[:-1])
    assert 0 < len(parts[-1]) <= chunksize
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


def test_chunks_left_half_read_leave_no_thread(session: rt.Session) -> None:
    before = set(threading.enumerate())
    chunks = rt.read_retarus("faxOutUdrReport", last="80D", page_size=50, chunksize=10, session=session)
    next(chunks)
    chunks.close()
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("retarus")]
    with pytest.raises(StopIteration):
        next(chunks)


def test_an_unknown_field_is_sent_to_the_service_which_decides(session: rt.Session) -> None:
    with pytest.raises(rt.errors.QueryError, match="notYetKnown"):
        rt.read_retarus("{ faxOutUdrReport { faxId notYetKnown } }", last="2D", session=session)


def test_an_unknown_field_that_the_service_knows_is_typed_by_its_values() -> None:
    with rt.sandbox.Sandbox(rows=300, quirks=["extra-fields"]) as box, sign_in(box) as session:
        extra = set(box.records("faxOutUdrReport")[0]) - set(rt.fields("faxOutUdrReport")["field"])
        name = sorted(extra)[0]
        text = f"{{ faxOutUdrReport {{ faxId {name} }} }}"
        with pytest.warns(SchemaWarning, match=name):
            frames = [rt.read_retarus(text, last="80D", page_size=size, session=session) for size in (40, 7, 10_000)]
        assert frames[0][name].notna().any()
        pd.testing.assert_frame_equal(frames[0], frames[1])
        pd.testing.assert_frame_equal(frames[0], frames[2])


def test_the_time_zone_is_that_of_naive_input_and_of_the_result(session: rt.Session) -> None:
    text = "{ smsInUdrReport { receivedTs } }"
    day = (now() - 5 * DAY).date().isoformat()
    frame = rt.read_retarus(text, period=day, tz="Europe/Berlin", session=session)
    whole = rt.read_retarus(text, last="20D", tz="Europe/Berlin", session=session)
    assert str(frame["receivedTs"].dtype) == "datetime64[us, Europe/Berlin]"
    assert list(frame["receivedTs"]) == [stamp for stamp in whole["receivedTs"] if stamp.date().isoformat() == day]


def test_a_date_as_end_warns_that_the_day_is_not_included(session: rt.Session) -> None:
    day = (now() - 3 * DAY).date()
    with pytest.warns(PeriodWarning, match=str(day)):
        rt.read_retarus("{ smsInUdrReport { smsId } }", start=day - DAY, end=day, session=session)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, PeriodError, "last="),
        ({"last": "7D", "period": "2026-10"}, PeriodError, "period"),
        ({"start": "2020-01-01"}, PeriodError, "90"),
        ({"last": "7D", "page_size": 10_001}, InputError, "10,000"),
        ({"last": "7D", "page_size": 0}, InputError, "page_size"),
        ({"last": "7D", "concurrency": 0}, InputError, "concurrency"),
        ({"last": "7D", "chunksize": 0}, InputError, "chunksize"),
        ({"last": "7D", "max_rows": -1}, InputError, "max_rows"),
        ({"last": "7D", "errors": "ignore"}, InputError, "ignore"),
        ({"last": "7D", "tz": "Europe/Berln"}, PeriodError, "Berln"),
        ({"last": "7D", "dtype_backend": "polars"}, InputError, "polars"),
        ({"last": "7D", "variables": {"nobody": 1}}, DocumentError, "nobody"),
        ({"last": "7D", "errors": ["warn"]}, InputError, r"errors=\['warn'\]"),
        ({"last": "7D", "sep": None}, InputError, "sep=None"),
        ({"last": "7D", "record_path": 5}, InputError, "record_path=5"),
        ({"last": "7D", "record_path": [["a"]]}, InputError, "record_path"),
        ({"last": "7D", "dtype_backend": []}, InputError, r"dtype_backend=\[\]"),
        ({"last": "7D", "operation": 5}, DocumentError, "no operation 5"),
        ({"last": "7D", "customer_id": ["1"]}, InputError, "customer_id"),
        ({"last": "7D", "page_size": 10**5000}, InputError, "page_size=<int>"),
        ({"last": 10**5000}, PeriodError, "last=<int>"),
    ],
)
def test_a_mistake_is_named_before_anything_is_sent(
    box: rt.sandbox.Sandbox, session: rt.Session, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    before = box.requests.api
    with pytest.raises(error, match=words):
        rt.read_retarus("{ faxOutUdrReport { faxId } }", **options, session=session)
    assert box.requests.api == before


@pytest.mark.parametrize(
    "text", ["mutation { x }", "subscription { x }", "{ faxOutUdrReport { faxId }", "", "{ a b", "?"]
)
def test_what_is_no_query_is_refused_before_anything_is_sent(
    box: rt.sandbox.Sandbox, session: rt.Session, text: str
) -> None:
    before = box.requests.api
    with pytest.raises(DocumentError):
        rt.read_retarus(text, last="7D", session=session)
    assert box.requests.api == before


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with a mark", "utf-16-be with a mark", "utf-16-le", "utf-16-be"],
)
def test_a_file_may_be_named_by_text_and_have_the_encodings_of_windows(tmp_path: Path, encoding: str) -> None:
    codec, _, mark = encoding.partition(" ")
    path = tmp_path / "größe der seiten.graphql"
    path.write_bytes((("\ufeff" if mark else "") + "# ü\n{ smsInUdrReport { smsId } }\n").encode(codec))
    plans = [str(rt.plan_retarus(query, period="yesterday", customer_id="1")) for query in (path, str(path))]
    assert "smsInUdrReport" in plans[0]
    assert plans[0] == plans[1]


def test_a_file_below_the_home_folder_may_be_named_by_its_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "q.graphql").write_text("{ smsInUdrReport { smsId } }", encoding="utf-8")
    assert "smsInUdrReport" in str(rt.plan_retarus("~/q.graphql", period="yesterday", customer_id="1"))


def test_a_file_in_another_encoding_is_told_in_which_to_save_it(tmp_path: Path) -> None:
    path = tmp_path / "q.graphql"
    path.write_bytes("# größe\n{ smsInUdrReport { smsId } }".encode("latin-1"))
    with pytest.raises(InputError, match=r"is no text in UTF-8\. Save it in that encoding"):
        rt.plan_retarus(path, period="yesterday", customer_id="1")


@pytest.mark.parametrize("name", ["missing.graphql", "no/such/FOLDER/x.GQL"])
def test_a_file_that_is_not_there_is_told_as_such(name: str) -> None:
    """And not as a mistake in a document."""
    with pytest.raises(InputError, match="cannot be read") as caught:
        rt.plan_retarus(name, last="1D")
    assert name in str(caught.value)


def test_the_document_may_come_from_a_file(session: rt.Session, tmp_path: Path) -> None:
    path = tmp_path / "query.graphql"
    path.write_text("{ smsInUdrReport { smsId } }", encoding="utf-8")
    frame = rt.read_retarus(path, last="10D", session=session)
    assert list(frame.columns) == ["smsId"]
    with pytest.raises(InputError, match=r"missing\.graphql"):
        rt.read_retarus(tmp_path / "missing.graphql", last="10D", session=session)


def test_a_customer_id_may_be_a_number() -> None:
    plan = rt.plan_retarus("faxOutUdrReport", last="2D", customer_id=12345)
    (report,) = plan.reports
    assert 'customerId: "12345"' in report.document


@pytest.mark.parametrize("act", [rt.read_retarus, rt.plan_retarus])
@pytest.mark.parametrize("session", ["session", 5, {}, pd.DataFrame()])
def test_what_is_no_session_is_named(act: Callable[..., Any], session: Any) -> None:
    with pytest.raises(InputError, match=type(session).__name__):
        act("faxOutUdrReport", last="2D", session=session)


def test_a_plan_sends_nothing_and_needs_no_session(box: rt.sandbox.Sandbox) -> None:
    before = (box.requests.api, box.requests.tokens)
    plan = rt.plan_retarus("faxOutUdrReport", last="90D", customer_id="12345")
    assert (box.requests.api, box.requests.tokens) == before
    (report,) = plan.reports
    assert len(report.windows) == 3
    assert "page: 0" in report.document
    assert "12345" in str(plan)


def test_the_facts_of_the_run_travel_with_the_frame(session: rt.Session, tmp_path: Path) -> None:
    frame = rt.read_retarus("faxOutUdrReport", last="80D", page_size=200, session=session)
    facts = frame.attrs["retarus"]
    assert facts["rows"] == len(frame)
    assert facts["report"] == "faxOutUdrReport"
    assert facts["windows"] == 2
    assert not facts["truncated"]
    frame.to_parquet(tmp_path / "x.parquet")
    assert pd.read_parquet(tmp_path / "x.parquet").attrs["retarus"] == facts


def test_signed_out_and_closed_sessions_are_told_apart(
    box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    rt.logout()
    for name in ("RETARUS_CUSTOMER_ID", "RETARUS_CLIENT_ID", "RETARUS_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotSignedInError, match="RETARUS_CLIENT_SECRET"):
        rt.read_retarus("faxOutUdrReport", last="1D")
    closed = sign_in(box)
    closed.close()
    with pytest.raises(SessionClosedError):
        rt.read_retarus("faxOutUdrReport", last="1D", session=closed)


def test_the_environment_signs_in(box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    rt.logout()
    for name, value in box.environment.items():
        monkeypatch.setenv(name, value)
    assert rt.current_session() is None
    assert len(rt.read_retarus("{ faxOutUdrReport { faxId } }", last="30D")) > 0
    assert rt.current_session() is not None
    rt.logout()
    assert rt.current_session() is None
