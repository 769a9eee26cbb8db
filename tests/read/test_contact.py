"""First contact with services that are not quite what the schema guesses, over real sockets."""

from __future__ import annotations

import warnings
from typing import Any

import pandas as pd
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import DocumentError, QueryError, SchemaWarning, UnprovenRowsWarning
from support.foreign import ARGUMENTS, Change, ForeignService, changed, with_report, without_field
from support.servers import API

SHORT = "{ faxOutUdrReport { faxId statusName } }"
VENDOR = """query Q($customerId: String!, $datePeriod: DatePeriod!, $pageIndex: Int, $pageSize: Int,
        $sort: SortDirection, $filterFax: FaxOutColumnUdrFilters) {
    faxOutUdrReport(customerId: $customerId, datePeriod: $datePeriod, page: $pageIndex, size: $pageSize, sort: $sort,
        filter: $filterFax) { content { faxId jobId statusName } pageIndex pageSize hasMoreElements }
}"""
TEXTS = {"by name": "faxOutUdrReport", "short": SHORT}

GIVEN_UP: dict[str, tuple[str, Change]] = {
    "no keyTimestamp": ("keyTimestamp", without_field("keyTimestamp")),
    "no attemptSeqNo": ("attemptSeqNo", without_field("attemptSeqNo")),
    "no sort": ("sort", with_report("customerId: String!, datePeriod: DatePeriod!, page: Int, size: Int")),
    "another order": ("sort", lambda text: text.replace("  ASC", "  UP").replace("  DESC", "  DOWN")),
    "no customer": ("customerId", with_report("datePeriod: DatePeriod!, page: Int, size: Int, sort: SortDirection")),
    "no pageIndex": ("pageIndex", lambda text: text.replace("pageIndex: Int", "pageNumber: Int")),
    "no pageSize": ("pageSize", lambda text: text.replace("pageSize: Int", "pageLength: Int")),
}
OTHER_TYPES: dict[str, Change] = {
    "an ID": with_report(ARGUMENTS.replace("String!", "ID!")),
    "a list of customers": with_report(ARGUMENTS.replace("String!", "[String!]!")),
    "pages that must be": with_report(ARGUMENTS.replace("page: Int", "page: Int!")),
    "long numbers": lambda text: "scalar Long\n" + with_report(ARGUMENTS.replace("Int", "Long"))(text),
    "another input": lambda text: text.replace("DatePeriod", "DatePeriodInput"),
    "another filter": lambda text: text.replace("FaxOutColumnUdrFilters", "FaxOutFilter"),
}


@pytest.fixture(params=[True, False], ids=["introspection", "no introspection"])
def introspection(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each service is asked for its schema anew: their ports may be the same."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def _session(service: ForeignService) -> rt.Session:
    where = service.endpoints
    return rt.Session("99999", "client", "secret", api_url=where.api_url, token_url=where.token_url)


def _read(text: str, session: rt.Session) -> tuple[pd.DataFrame, list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = rt.read_retarus(text, last="2h", session=session)
    return frame, caught


@pytest.mark.parametrize("text", [*TEXTS.values(), VENDOR], ids=[*TEXTS, "the vendor's"])
@pytest.mark.parametrize("change", OTHER_TYPES.values(), ids=OTHER_TYPES)
def test_other_types_of_the_same_values_are_no_matter(text: str, change: Change) -> None:
    """One request, and nothing to say."""
    with ForeignService(changed(change), introspection=False) as service, _session(service) as session:
        frame, caught = _read(text, session)
        assert frame["faxId"].tolist() == [f"fax-{number}" for number in range(5)]
        assert not caught
        assert len(service.asked(API)) == 1


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize(("name", "change"), GIVEN_UP.values(), ids=GIVEN_UP)
def test_nobody_is_refused_for_what_he_never_wrote(
    text: str, name: str, change: Change, *, introspection: bool
) -> None:
    """The rows come, and one warning names what was given up and what it costs."""
    with ForeignService(changed(change), introspection=introspection) as service, _session(service) as session:
        frame, caught = _read(text, session)
        assert frame["faxId"].tolist() == [f"fax-{number}" for number in range(5)]
        assert frame["statusName"].tolist() == ["OK"] * 5
        assert frame.attrs["retarus"]["rows"] == 5
        told = [str(each.message) for each in caught if "left out" in str(each.message)]
        assert len(told) == 1
        assert f"{name}: " in told[0]
        assert {each.category for each in caught} <= {SchemaWarning, UnprovenRowsWarning}
        assert {each.filename for each in caught} == {__file__}
        assert any("asked for its own" in str(each.message) for each in caught) is introspection


@pytest.mark.parametrize(("name", "change"), GIVEN_UP.values(), ids=GIVEN_UP)
def test_the_vendors_query_reads_and_says_what_was_given_up(name: str, change: Change, *, introspection: bool) -> None:
    """Its variables for paging and order say nothing until they are set, and what it asks of a page is not shown."""
    with ForeignService(changed(change), introspection=introspection) as service, _session(service) as session:
        for _ in range(2):
            frame, caught = _read(VENDOR, session)
            assert frame["faxId"].tolist() == [f"fax-{number}" for number in range(5)]
            told = [str(each.message) for each in caught if "left out" in str(each.message)]
            assert [f"{name}: " in each for each in told] in ([True], [] if introspection else [True])


@pytest.mark.parametrize("order", ["sort: DESC", "sort: ASC", 'customerId: "5"'])
def test_an_order_or_an_account_that_is_written_is_the_authors(order: str, *, introspection: bool) -> None:
    """And the way on is told."""
    change = with_report("datePeriod: DatePeriod!, page: Int, size: Int")
    text = f"{{ faxOutUdrReport({order}) {{ faxId statusName }} }}"
    with (
        ForeignService(changed(change), introspection=introspection) as service,
        _session(service) as session,
        pytest.raises(QueryError, match=r"Session\.fetch_schema\(\)") as refused,
    ):
        _read(text, session)
    assert "RETARUS_SCHEMA" in str(refused.value)
    assert "?." not in str(refused.value)


def test_a_field_that_only_the_guesses_have_is_refused_with_the_way_on_at_any_time(*, introspection: bool) -> None:
    """Also where the session knows the report; without a page, which it has nothing to do with."""
    schema = changed(without_field("docPages"))
    with ForeignService(schema, introspection=introspection) as service, _session(service) as session:
        _read(SHORT, session)
        with pytest.raises(QueryError, match=r"docPages.*Session\.fetch_schema\(\)") as refused:
            _read("{ faxOutUdrReport { faxId docPages } }", session)
        assert "page 0" not in str(refused.value)
        assert str(refused.value).count("RETARUS_SCHEMA") == 1


@pytest.mark.parametrize("field", ["docPages", "jobExpress"])
def test_a_read_that_asks_less_says_nothing_of_one_that_asks_more(field: str, *, introspection: bool) -> None:
    """What nobody asked before may be refused now; and what was answered is asked as ever."""
    service_without = changed(without_field(field))
    with ForeignService(service_without, introspection=introspection) as service, _session(service) as session:
        for text in (SHORT, "faxOutUdrReport", "faxOutUdrReport", SHORT):
            frame, _ = _read(text, session)
            assert frame["faxId"].tolist() == [f"fax-{number}" for number in range(5)]
        before = len(service.asked(API))
        _read(SHORT, session)
        _read("faxOutUdrReport", session)
        assert len(service.asked(API)) == before + 2


def test_what_was_learned_stays_with_the_session(*, introspection: bool) -> None:
    """The second read asks once, and says once more what it does without."""
    _, change = GIVEN_UP["no sort"]
    with ForeignService(changed(change), introspection=introspection) as service, _session(service) as session:
        _read(SHORT, session)
        before = len(service.asked(API))
        frame, caught = _read(SHORT, session)
        assert len(service.asked(API)) == before + 1
        assert len(frame) == 5
        assert [each for each in caught if "sort: " in str(each.message)] if not introspection else True


@pytest.mark.parametrize("field", ["docPages", "jobExpress", "statusReason", "callConnectedAt"])
def test_a_field_given_up_stays_as_a_column_of_nulls(field: str, *, introspection: bool) -> None:
    """In its place, in the dtype that the guess gives it."""
    with rt.Session.sandbox(rows=10) as box:
        usual = rt.read_retarus("faxOutUdrReport", last="1D", session=box)
    schema = changed(without_field(field))
    with ForeignService(schema, introspection=introspection) as service, _session(service) as session:
        frame, caught = _read("faxOutUdrReport", session)
        again, told = _read("faxOutUdrReport", session)
        short, _ = _read(SHORT, session)
    assert frame[field].isna().all()
    assert frame.dtypes.to_dict() == usual.dtypes.to_dict()
    assert list(frame.columns) == list(usual.columns)
    assert sum(f"{field}: its column holds nulls only" in str(each.message) for each in caught) == 1
    pd.testing.assert_frame_equal(again, frame)
    assert sum(field in str(each.message) and "nulls only" in str(each.message) for each in told) == 1
    assert field not in short.columns


def test_a_schema_of_ones_own_names_the_columns_from_then_on() -> None:
    with (
        ForeignService(changed(without_field("docPages")), introspection=True) as service,
        _session(service) as session,
    ):
        assert "docPages" in _read("faxOutUdrReport", session)[0].columns
        session.fetch_schema()
        assert "docPages" not in _read("faxOutUdrReport", session)[0].columns


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{ faxOutUdrReport { faxId statusNam } }", "statusNam"),
        ("{ faxOutUdrReport { keyTimestamp } }", "keyTimestamp"),
    ],
)
def test_what_the_author_wrote_and_the_service_refuses_is_the_author_s(
    text: str, word: str, *, introspection: bool
) -> None:
    """Once, with the way on; nothing is left out of what he wrote."""
    schema = changed(without_field("keyTimestamp"))
    with ForeignService(schema, introspection=introspection) as service, _session(service) as session:
        with pytest.raises((QueryError, DocumentError), match=word) as caught:
            _read(text, session)
        assert "schema" in str(caught.value)


def test_an_export_and_chunks_make_contact_the_same_way(tmp_path: Any) -> None:
    """Their columns are final before the first row."""
    schema = changed(without_field("docPages"))
    with ForeignService(schema, introspection=False) as service:
        with _session(service) as session, pytest.warns(SchemaWarning, match="docPages"):
            rt.export_retarus("faxOutUdrReport", tmp_path / "faxes.parquet", last="2h", session=session)
        with _session(service) as session, pytest.warns(SchemaWarning, match="docPages"):
            chunks = list(rt.read_retarus("faxOutUdrReport", last="2h", chunksize=2, session=session))
    written = pd.read_parquet(tmp_path / "faxes.parquet")
    pd.testing.assert_frame_equal(written, pd.concat(chunks, ignore_index=True))
    assert written["docPages"].dtype == "Int64"
