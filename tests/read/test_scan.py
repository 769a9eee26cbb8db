"""A report as a stream that programs of the Arrow world read as it is."""

from __future__ import annotations

import gc
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import deltalake
import duckdb
import pandas as pd
import polars
import pyarrow as pa
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import (
    InputError,
    PeriodError,
    PeriodWarning,
    SchemaMismatchError,
    SchemaWarning,
    ServiceError,
    SessionClosedError,
)
from retarus_pandas.period import check_kept
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.values import Progress
from support.archived import kept
from support.foreign import ForeignService, changed, without_field
from support.prices import PRICED, price_service
from support.replies import status
from support.servers import API, TOKEN, FaultyServer
from support.spans import session_for, span
from support.trials import sign_in

# pandas' stubs do not know it yet, and DuckDB's say that a query may give nothing.
from_arrow: Any = pd.DataFrame.from_arrow  # type: ignore[attr-defined]
sql: Any = duckdb.sql

TODAY = pd.Timestamp.now("UTC").floor("D")
DOCUMENT = "{ faxOutUdrReport { faxId jobBillingCode virtualPagesBilled jobExpress keyTimestamp } }"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=1200) as made:
        yield made


@pytest.fixture(scope="module")
def session(box: Sandbox) -> Iterator[rt.Session]:
    with session_for(box) as made:
        yield made


def how_for(session: rt.Session, **options: Any) -> dict[str, Any]:
    return span(80, **{"page_size": 150, "session": session, **options})


def in_duckdb(faxes: Any, folder: Path) -> int:
    [[total]] = sql("select sum(virtualPagesBilled)::bigint from faxes").fetchall()
    return int(total)


def in_polars(faxes: Any, folder: Path) -> int:
    return int(polars.DataFrame(faxes)["virtualPagesBilled"].sum())


def in_pyarrow(faxes: Any, folder: Path) -> int:
    return sum(pa.table(faxes)["virtualPagesBilled"].to_pylist())


def in_pandas(faxes: Any, folder: Path) -> int:
    return int(from_arrow(faxes)["virtualPagesBilled"].sum())


def in_deltalake(faxes: Any, folder: Path) -> int:
    deltalake.write_deltalake(str(folder / "faxes"), faxes)
    table = polars.DataFrame(deltalake.DeltaTable(str(folder / "faxes")).to_pyarrow_table())
    return int(table["virtualPagesBilled"].sum())


READERS = [in_duckdb, in_polars, in_pyarrow, in_pandas, in_deltalake]


@pytest.mark.parametrize("read", READERS)
def test_every_program_gets_the_sum_of_the_eager_frame_and_asks_once(
    box: Sandbox, session: rt.Session, tmp_path: Path, read: Callable[[Any, Path], int]
) -> None:
    """The spans that were asked cover the period once, and nothing is sent before the first rows are pulled."""
    how = how_for(session, tz="Europe/Berlin")
    whole = rt.read_retarus(DOCUMENT, **how)
    box.requests.clear()
    faxes = rt.scan_retarus(DOCUMENT, **how)
    assert faxes.schema.names == list(whole.columns)
    assert box.requests.api == 0
    assert read(faxes, tmp_path) == whole["virtualPagesBilled"].sum()
    assert box.requests.api == faxes.facts["requests"]
    starts = [page.window[0] for page in box.requests.pages]
    assert len(set(starts)) == len(starts)
    assert faxes.facts["rows"] == len(whole) > 1000


def test_each_reading_asks_anew_for_the_same_period(box: Sandbox, session: rt.Session) -> None:
    faxes = rt.scan_retarus(DOCUMENT, last="30D", page_size=200, session=session)
    one, other = pa.table(faxes), pa.table(faxes)
    assert one.equals(other)
    assert one.num_rows > 200


def test_schema_opening_and_dropping_send_nothing(box: Sandbox, session: rt.Session) -> None:
    before = box.requests.api
    faxes = rt.scan_retarus("faxOutUdrReport", **how_for(session))
    opened = faxes.__arrow_c_stream__()
    assert pa.RecordBatchReader.from_stream(faxes).schema == faxes.schema
    assert sql("select * from faxes limit 0").columns == faxes.schema.names
    assert "faxOutUdrReport" in repr(faxes)
    assert faxes.facts["rows"] == 0
    del opened, faxes
    assert box.requests.api == before


@pytest.mark.parametrize("report", ["faxInUdrReport", "faxOutUdrReport", "smsOutUdrReport"])
@pytest.mark.parametrize("backend", [None, "numpy_nullable"])
def test_pandas_gets_the_frame_of_the_reader(session: rt.Session, report: str, backend: Any) -> None:
    """Dtypes, order and zone; `to_pandas` with the facts."""
    how = how_for(session, tz="Europe/Berlin", **({"dtype_backend": backend} if backend else {}))
    frame = rt.read_retarus(report, **how)
    faxes = rt.scan_retarus(report, **how)
    pd.testing.assert_frame_equal(faxes.to_pandas(), frame)
    assert faxes.to_pandas().attrs["retarus"]["rows"] == len(frame)
    if backend is None:
        pd.testing.assert_frame_equal(from_arrow(faxes), frame)


def test_the_rows_are_those_of_a_file(session: rt.Session, tmp_path: Path) -> None:
    how = how_for(session, tz="Asia/Kolkata", mask={"jobBillingCode": "last4", "accountName": "drop"}, max_rows=333)
    rt.export_retarus("faxOutUdrReport", tmp_path / "x.parquet", **how)
    faxes = rt.scan_retarus("faxOutUdrReport", **how)
    table = pa.table(faxes)
    assert table.num_rows == 333
    assert faxes.facts["truncated"]
    assert "accountName" not in table.schema.names
    pd.testing.assert_frame_equal(table.to_pandas(), pd.read_parquet(tmp_path / "x.parquet"))


def test_a_count_and_a_join_with_itself_ask_once(box: Sandbox, session: rt.Session) -> None:
    """Which columns are wanted of a stream, and how often, is the program's own business."""
    faxes = rt.scan_retarus(DOCUMENT, **how_for(session))
    box.requests.clear()
    [[rows]] = sql("select count(*) from faxes").fetchall()
    assert box.requests.api == faxes.facts["requests"]
    assert rows == faxes.facts["rows"] > 1000
    [[pairs]] = sql("select count(*) from faxes one join faxes other using (faxId)").fetchall()
    assert pairs == rows


def test_an_archive_is_streamed_with_what_came_since(tmp_path: Path) -> None:
    with kept(tmp_path / "faxes", rows=400) as found:
        how = how_for(found.session, mask={"jobBillingCode": "last4"})
        whole = rt.read_retarus(DOCUMENT, **how)
        faxes = rt.scan_retarus(DOCUMENT, archive=found.archive, **how)
        found.box.requests.clear()
        pd.testing.assert_frame_equal(from_arrow(faxes), whole)
        assert {source["from"] for source in faxes.facts["sources"]} == {"archive", "service"}
        assert found.box.requests.api == faxes.facts["requests"] > 0
        end = how["end"].floor("D") - pd.Timedelta("12D")
        old = rt.scan_retarus(DOCUMENT, archive=found.archive, start=end - pd.Timedelta("20D"), end=end)
        asked = found.box.requests.api
        is_old = (whole["keyTimestamp"] < end) & (whole["keyTimestamp"] >= end - pd.Timedelta("20D"))
        assert in_duckdb(old, tmp_path) == whole.loc[is_old, "virtualPagesBilled"].sum() > 0
        assert found.box.requests.api == asked


@pytest.mark.parametrize("period", [{}, {"last": None, "start": TODAY, "end": TODAY}])
def test_nothing_has_the_columns_and_no_rows(session: rt.Session, period: dict[str, Any]) -> None:
    faxes = rt.scan_retarus(DOCUMENT, session=session, filters={"statusName": ["NONE"]}, **{"last": "9D", **period})
    assert sql("select sum(virtualPagesBilled), count(*) from faxes").fetchall() == [(None, 0)]
    assert polars.DataFrame(faxes).columns == faxes.schema.names
    assert pa.table(faxes).schema == faxes.schema


@pytest.mark.filterwarnings("ignore::retarus_pandas.errors.SchemaWarning")
def test_prices_keep_their_digits_as_text() -> None:
    literals = ("0.10", "12345678901234567.89", "1.000000000000000000001")
    with price_service(*literals) as service, sign_in(service) as session:
        faxes = rt.scan_retarus(PRICED, last="1D", session=session)
        assert faxes.schema.field("price").type == pa.string()
        assert sql("select price from faxes").fetchall() == [(literal,) for literal in literals]


# ---------------------------------------------------------------- errors


@pytest.fixture
def refusing() -> Iterator[FaultyServer]:
    with FaultyServer() as service:
        service.always(API, status(404, b"not here"))
        yield service


FOREIGN: dict[Callable[[Any, Path], int], type[Exception]] = {
    in_duckdb: duckdb.Error,
    in_polars: polars.exceptions.ComputeError,
    in_pyarrow: pa.ArrowInvalid,
    in_pandas: pa.ArrowInvalid,
    in_deltalake: deltalake.exceptions.DeltaError,
}


@pytest.mark.parametrize("read", READERS)
def test_an_error_is_named_by_the_program_and_raised_by_the_facts(
    refusing: FaultyServer, tmp_path: Path, read: Callable[[Any, Path], int]
) -> None:
    with sign_in(refusing) as session:
        faxes = rt.scan_retarus(DOCUMENT, last="1D", session=session)
        with pytest.raises((FOREIGN[read], pa.ArrowException, OSError), match=r"ServiceError: .*404"):
            read(faxes, tmp_path)
        with pytest.raises(ServiceError, match="404"):
            faxes.facts  # noqa: B018 - it raises


@pytest.mark.parametrize("read", READERS)
def test_in_a_with_block_the_error_is_ours(
    refusing: FaultyServer, tmp_path: Path, read: Callable[[Any, Path], int]
) -> None:
    with (
        sign_in(refusing) as session,
        pytest.raises(ServiceError) as caught,
        rt.scan_retarus(DOCUMENT, last="1D", session=session) as faxes,
    ):
        read(faxes, tmp_path)
    assert caught.value.status == 404


def _fail_and_go_on(faxes: rt.Scan) -> None:
    with suppress(pa.ArrowException, OSError):
        pa.table(faxes)
    raise ZeroDivisionError


def test_an_error_of_somebody_else_stays_what_it_is(refusing: FaultyServer) -> None:
    with (
        sign_in(refusing) as session,
        pytest.raises(ZeroDivisionError),
        rt.scan_retarus(DOCUMENT, last="1D", session=session) as faxes,
    ):
        _fail_and_go_on(faxes)


def test_a_good_reading_after_a_bad_one_has_its_own_facts() -> None:
    with price_service("1", field="docPages") as service, sign_in(service) as session:
        faxes = rt.scan_retarus("{ faxOutUdrReport { faxId docPages keyTimestamp } }", last="1D", session=session)
        service.api(status(404))
        with pytest.raises((pa.ArrowException, OSError)):
            pa.table(faxes)
        assert pa.table(faxes).num_rows == 1
        assert faxes.facts["rows"] == 1


def test_a_mistake_is_told_where_it_was_written(session: rt.Session) -> None:
    two = "{ smsInUdrReport { smsId } smsOutUdrReport { smsId } }"
    with pytest.raises(InputError, match="smsOutUdrReport"):
        rt.scan_retarus(two, last="1D", session=session)
    with pytest.raises(InputError, match="chunksize"):
        rt.scan_retarus(DOCUMENT, last="1D", chunksize=5, session=session)  # type: ignore[call-arg]
    with pytest.raises(PeriodError):
        rt.scan_retarus(DOCUMENT, last="400D", session=session)
    with pytest.warns(PeriodWarning, match="not included") as caught:
        rt.scan_retarus(
            DOCUMENT,
            start=pd.Timestamp.now("UTC").date() - pd.Timedelta("3D"),
            end=f"{pd.Timestamp.now('UTC') - pd.Timedelta('2D'):%Y-%m-%d}",
            session=session,
        )
    assert [each.filename for each in caught] == [__file__]


def test_a_closed_session_is_told(box: Sandbox) -> None:
    with session_for(box) as session:
        faxes = rt.scan_retarus(DOCUMENT, last="1D", session=session)
    with pytest.raises(pa.ArrowException, match="SessionClosedError"):
        pa.table(faxes)
    with pytest.raises(SessionClosedError):
        faxes.to_pandas()


def test_it_goes_to_no_other_process(session: rt.Session) -> None:
    with pytest.raises(TypeError, match="split"):
        pickle.dumps(rt.scan_retarus(DOCUMENT, last="1D", session=session))


# ---------------------------------------------------------------- what the service says of the columns


@pytest.mark.parametrize("introspection", [True, False])
def test_a_field_given_up_stays_as_a_column_of_nulls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, introspection: bool
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    schema = changed(without_field("docPages"))
    with ForeignService(schema, introspection=introspection) as service, sign_in(service) as session:
        faxes = rt.scan_retarus("faxOutUdrReport", last="2h", session=session)
        promised = faxes.schema
        with pytest.warns(SchemaWarning) as caught:
            table = pa.table(faxes)
        assert sum("docPages: its column holds nulls only" in str(each.message) for each in caught) == 1
        assert table.schema == promised == faxes.schema
        assert table["docPages"].null_count == table.num_rows == 5
        assert pa.table(faxes).equals(table)


def test_a_type_that_the_service_contradicts_ends_the_reading_before_its_first_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next reading goes by what the service said."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    other = changed(lambda text: without_field("attemptSeqNo")(text).replace("docPages: Int", "docPages: String"))
    with ForeignService(other, introspection=True) as service, sign_in(service) as session:
        faxes = rt.scan_retarus("{ faxOutUdrReport { faxId docPages } }", last="2h", session=session)
        assert faxes.schema.field("docPages").type == pa.int64()
        with pytest.raises(SchemaMismatchError, match=r"docPages.*int64.*string"), faxes:
            pa.table(faxes)
        again = rt.scan_retarus("{ faxOutUdrReport { faxId docPages } }", last="2h", session=session)
        assert pa.table(again).schema.field("docPages").type == pa.string()


def test_a_value_that_contradicts_its_type_is_an_error_by_name() -> None:
    with price_service('"many"', field="docPages") as service, sign_in(service) as session:
        faxes = rt.scan_retarus(PRICED.replace("price", "docPages"), last="1D", session=session)
        with pytest.raises(pa.ArrowException, match="SchemaMismatchError: The column 'docPages'"):
            pa.table(faxes)


# ---------------------------------------------------------------- the end


def page_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "retarus-page"]


def settled(box: Sandbox) -> None:
    """Nobody asks any more, and no thread is left that could."""
    end = time.monotonic() + 60
    while page_threads() and time.monotonic() < end:
        time.sleep(0.01)
    assert not page_threads()
    before = box.requests.api
    time.sleep(0.1)
    assert box.requests.api == before


def test_a_stream_that_is_dropped_half_way_ends_requests_and_threads() -> None:
    with Sandbox(rows=3000, latency=0.02) as box, session_for(box) as session:
        faxes = rt.scan_retarus(DOCUMENT, **how_for(session, page_size=30))
        reader = pa.RecordBatchReader.from_stream(faxes)
        assert reader.read_next_batch().num_rows
        assert page_threads()
        gc.disable()
        try:
            del reader
            settled(box)
        finally:
            gc.enable()
        assert 0 < faxes.facts["rows"] < 2000


def test_a_limit_in_sql_reads_no_more_than_it_needs() -> None:
    with Sandbox(rows=3000, latency=0.02) as box, session_for(box) as session:
        faxes = rt.scan_retarus(DOCUMENT, **how_for(session, page_size=30))
        assert len(sql("select faxId from faxes limit 10").fetchall()) == 10
        settled(box)
        assert box.requests.api < 30
        del faxes


def test_the_end_of_the_block_ends_what_duckdb_still_reads() -> None:
    with Sandbox(rows=20_000, latency=0.02) as box, session_for(box) as session:
        with rt.scan_retarus(DOCUMENT, **how_for(session, page_size=30)) as faxes:
            result = duckdb.connect()
            result.register("faxes", faxes)
            result.execute("select * from faxes")
            assert result.fetchone()
        settled(box)
        assert box.requests.api < 400
        with suppress(duckdb.Error):
            result.close()


def test_closing_ends_a_reading_that_waits_in_another_thread() -> None:
    failures: list[BaseException] = []
    with Sandbox(rows=300, latency=30) as box, session_for(box) as session:
        faxes = rt.scan_retarus(DOCUMENT, **how_for(session))

        def read() -> None:
            try:
                pa.table(faxes)
            except (pa.ArrowException, OSError) as error:
                failures.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        while not box.requests.api:
            time.sleep(0.01)
        faxes.close()
        faxes.close()
        thread.join(60)
        assert not thread.is_alive()
    assert len(failures) == 1


def test_a_closed_scan_is_read_no_more(session: rt.Session) -> None:
    with rt.scan_retarus(DOCUMENT, last="1D", session=session) as faxes:
        pass
    with pytest.raises(pa.ArrowException, match="InputError: The scan was closed"):
        pa.table(faxes)


def test_an_interrupt_comes_through_as_one(session: rt.Session) -> None:
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), rt.scan_retarus(DOCUMENT, **how_for(session, progress=stop)) as faxes:
        pa.table(faxes)


def test_a_period_that_leaves_the_history_before_it_is_read_is_an_error() -> None:
    """The service would send fewer rows, and nobody would know."""
    now = pd.Timestamp.now(tz="UTC").to_pydatetime()
    check_kept(now - pd.Timedelta("90D"), now, now=now)
    with pytest.raises(PeriodError, match="keeps 90 days"):
        check_kept(now - pd.Timedelta("90D"), now, now=now + pd.Timedelta("1min"))


def test_a_token_is_asked_once_for_all_readings() -> None:
    with price_service("1", field="docPages") as service, sign_in(service) as session:
        faxes = rt.scan_retarus("{ faxOutUdrReport { faxId docPages keyTimestamp } }", last="1D", session=session)
        for _ in range(3):
            assert pa.table(faxes).num_rows == 1
        assert len(service.asked(TOKEN)) == 1
        assert len(service.asked(API)) == 3
