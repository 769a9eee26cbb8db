"""Old and new in one call: the frame is what the service would have answered if it had kept everything."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retarus_pandas as rt
from retarus_pandas.doctor.probing import probe_service
from retarus_pandas.errors import (
    ArchiveWarning,
    InputError,
    NotSignedInError,
    PeriodError,
    PeriodWarning,
    RetarusWarning,
)
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.profile import Profile
from support.archived import REPORT, Kept, keep, kept
from support.trying import ONE_FIXTURE

NOW = datetime.now(UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)
MAILS = "transactionalEmailUdrReport"
NESTED = ["serviceLevel labels billedAmount carrier { name hops { country milliseconds } }"]
PLAIN = rt.fields(REPORT)["field"].tolist()
FIELDS = ["faxId", "statusName", "docPages", "keyTimestamp", "jobExpress", "callDuration", "callEndedAt", "labels"]
HOPS = ["", "hops { country }", "all: hops { country ms: milliseconds }"]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A service whose records have objects and lists, and an archive of all its days but today."""
    folder, rows = tmp_path_factory.mktemp("both") / "faxes", {REPORT: 1500, MAILS: 150}
    with rt.Session.sandbox(rows=rows, quirks=["extra-fields"]) as session:
        assert session._sandbox is not None
        session.fetch_schema()
        keep(folder, session, fields=[*PLAIN, *NESTED])
        yield Kept(session._sandbox, session, rt.Archive(folder, session))


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A document with aliases, a fragment and a condition, and its variables."""
    names = draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True))
    fields = [f"{draw(st.sampled_from(['', 'a_', 'z']))}{name}: {name}" for name in names]
    if draw(st.booleans()):
        fields.insert(0, f"carrier {{ name {draw(st.sampled_from(HOPS))} }}")
    cut = draw(st.integers(0, len(fields)))
    order = draw(st.sampled_from(["", "(sort: DESC)"]))
    text = (
        f"query($more: Boolean = true) {{ r: {REPORT}{order} {{ content {{ "
        f"{' '.join(fields[:cut])} ...F @include(if: $more) billedAmount @skip(if: $more) first: jobId }} }} }} "
        f"fragment F on FaxOutUdrReportRecord {{ {' '.join(fields[cut:]) or 'jobId'} }}"
    )
    return text, draw(st.sampled_from([{}, {"more": True}, {"more": False}]))


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    """Bounds at midnight or anywhere, in the archive, behind it, or on both sides."""
    start = NOW - draw(st.timedeltas(timedelta(hours=1), timedelta(days=85)))
    end = draw(st.sampled_from([NOW, min(NOW, start + draw(st.timedeltas(timedelta(0), timedelta(days=60))))]))
    if draw(st.booleans()):
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return {"start": start, "end": end, "tz": draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]))}


OPTIONS: list[dict[str, Any]] = [
    {},
    {"dtype_backend": "pyarrow"},
    {"dtype_backend": "numpy_nullable"},
    {"max_rows": 0},
    {"max_rows": 40},
    {"max_rows": 700},
    {"page_size": 100},
    {"dtype": "string"},
]


@settings(max_examples=25, suppress_health_check=ONE_FIXTURE)
@given(document=documents(), span=spans(), options=st.sampled_from(OPTIONS))
def test_the_frame_is_that_of_a_service_that_kept_everything(
    both: Kept, document: tuple[str, dict[str, Any]], span: dict[str, Any], options: dict[str, Any]
) -> None:
    """Whatever is selected, for whatever period; rows, order, dtypes, and whether there was more."""
    text, variables = document
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PeriodWarning)
        joined, live = both.both(text, variables=variables, **span, **options)
    pd.testing.assert_frame_equal(joined, live, check_flags=False)
    for name in ("report", "rows", "start", "end", "truncated", "kept_twice", "proven"):
        assert joined.attrs["retarus"][name] == live.attrs["retarus"][name], name


def test_nothing_is_sent_for_sealed_days(both: Kept) -> None:
    both.session.sign_in()
    both.box.requests.clear()
    frame = rt.read_retarus(
        REPORT, start=TODAY - 40 * DAY, end=TODAY - 20 * DAY, tz="UTC", archive=both.archive, session=both.session
    )
    assert (both.box.requests.api, both.box.requests.tokens) == (0, 0)
    [source] = frame.attrs["retarus"]["sources"]
    assert (source["from"], source["days"], source["rows"]) == ("archive", 20, len(frame))


def test_unsealed_days_and_today_are_asked(both: Kept) -> None:
    both.box.requests.clear()
    frame = rt.read_retarus(
        "{ faxOutUdrReport { content { faxId } } }", last="30D", archive=str(both.archive.path), session=both.session
    )
    [old, new] = frame.attrs["retarus"]["sources"]
    assert (old["from"], new["from"]) == ("archive", "service")
    assert old["end"] == new["start"]
    assert old["rows"] + new["rows"] == len(frame)
    assert min(page.window[0] for page in both.box.requests.pages) == new["start"]


def test_chunks_and_files_hold_the_same_rows(both: Kept, tmp_path: Path) -> None:
    span: dict[str, Any] = {"start": TODAY - 30 * DAY, "end": NOW, "session": both.session, "progress": False}
    query = "{ faxOutUdrReport { content { faxId keyTimestamp docPages } } }"
    whole = rt.read_retarus(query, **span)
    with rt.read_retarus(query, chunksize=70, archive=both.archive, **span) as chunks:
        parts = list(chunks)
    assert {len(part) for part in parts[:-1]} == {70}
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole, check_flags=False)
    facts = rt.export_retarus(query, tmp_path / "faxes.parquet", archive=both.archive, **span)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "faxes.parquet"), whole, check_flags=False)
    assert sum(source["rows"] for source in facts["sources"]) == facts["rows"] == len(whole)


def test_lists_of_objects_become_rows(both: Kept) -> None:
    query = "{ faxOutUdrReport { content { faxId carrier { hops { country } } } } }"
    span: dict[str, Any] = {"start": TODAY - 30 * DAY, "end": NOW}
    joined, live = both.both(query, record_path=["carrier", "hops"], **span)
    pd.testing.assert_frame_equal(joined, live, check_flags=False)
    assert len(joined) > joined["faxId"].nunique()


def test_filters_compare_texts_and_say_that_nobody_has_proven_it(both: Kept) -> None:
    span: dict[str, Any] = {"start": TODAY - 60 * DAY, "end": TODAY - 20 * DAY}
    wanted = {"statusName": ["OK", "BUSY"], "calledCountry": ["DEU"]}
    with pytest.warns(ArchiveWarning, match="Nobody has proven"):
        joined, live = both.both(filters=wanted, **span)
    assert 0 < len(joined) < 1500
    pd.testing.assert_frame_equal(joined, live, check_flags=False)


@pytest.mark.parametrize("quirk", [(), ("filters-any-case",)])
def test_filters_compare_as_a_probe_found_the_service_to_and_no_warning_is_left(
    tmp_path: Path, quirk: tuple[str, ...]
) -> None:
    """The rows are those of the service, whichever of the two rules it goes by."""
    span: dict[str, Any] = {"start": TODAY - 60 * DAY, "end": TODAY - 20 * DAY}
    wanted = {"statusName": ["Ok", "BUSY"]}
    with kept(tmp_path / "faxes", rows={REPORT: 1500}, quirks=quirk) as both:
        probe_service(both.session, pause=0)
        joined, live = both.both(filters=wanted, **span)
        exact, _ = both.both(filters={"statusName": ["BUSY"]}, **span)
    pd.testing.assert_frame_equal(joined, live, check_flags=False)
    assert len(exact) > 0
    assert (len(joined) > len(exact)) is bool(quirk)


def test_a_rule_that_an_archive_does_not_know_is_refused(tmp_path: Path) -> None:
    with kept(tmp_path / "faxes", rows={REPORT: 1500}, quirks=["filters-by-part"]) as both:
        probe_service(both.session, pause=0)
        with pytest.raises(InputError, match="takes a part of a value or a pattern for it: the probe") as error:
            both.both(filters={"statusName": ["BUSY"]}, start=TODAY - 60 * DAY, end=TODAY - 20 * DAY)
    assert "Filter the frame instead" in str(error.value)


def test_what_a_probe_could_not_tell_of_filters_is_still_warned_of(both: Kept) -> None:
    span: dict[str, Any] = {"start": TODAY - 60 * DAY, "end": TODAY - 20 * DAY}
    made = NOW.isoformat()
    before = both.session.known.profile
    try:
        both.session.known.use_profile(Profile(made, facts={"filter-case": True, "filter-whole": True}))
        with pytest.warns(ArchiveWarning, match="Nobody has proven"):
            both.both(filters={"statusName": ["OK"]}, **span)
    finally:
        both.session.known.use_profile(before or Profile(made))


@pytest.mark.parametrize(
    ("selection", "options", "problem"),
    [
        ("content { faxId(short: true) }", {}, "cannot answer the argument 'short' of 'faxId'"),
        ("content { faxId @upper }", {}, "the directive @upper of 'faxId'"),
        ("content { kind: __typename }", {}, "'__typename'"),
        ("content { ... on Special { faxId } jobId }", {}, "the fragment on Special"),
        ("content { faxId secretSauce }", {}, "does not have 'secretSauce'"),
        ("content { faxId }", {"filters": {"secretSauce": ["x"]}}, "does not have 'secretSauce'"),
        ("content { faxId }", {"filters": {"statusName": {"not": "OK"}}}, "the filter of 'statusName'"),
    ],
)
def test_what_only_the_service_can_do_is_refused_by_name(
    both: Kept, selection: str, options: dict[str, Any], problem: str
) -> None:
    """With the part of the period for which the service can be asked."""
    query = f"{{ faxOutUdrReport {{ {selection} }} }}"
    span: dict[str, Any] = {"start": TODAY - 60 * DAY, "end": TODAY - 20 * DAY}
    with pytest.raises(InputError, match=problem) as error:
        rt.plan_retarus(query, archive=both.archive, **span, **options)
    assert "read without archive= from" in str(error.value)


def test_a_pinned_page_is_refused(both: Kept) -> None:
    with pytest.raises(InputError, match="page 2, which the document asks for"):
        rt.plan_retarus(
            "{ faxOutUdrReport(page: 2) { content { faxId } } }",
            start=TODAY - 30 * DAY,
            end=TODAY - 20 * DAY,
            archive=both.archive,
        )


def test_a_hole_is_an_error_that_names_the_days(both: Kept) -> None:
    both.box.requests.clear()
    with pytest.raises(PeriodError, match=r"of 2026-01-01 to .* are nowhere"):
        rt.read_retarus(REPORT, start="2026-01-01", end="2026-12-31", archive=both.archive, session=both.session)
    assert both.box.requests.api == 0


def test_a_plan_shows_which_days_come_from_where(both: Kept) -> None:
    from_both: dict[str, Any] = {"archive": both.archive, "session": both.session}
    [report] = rt.plan_retarus(REPORT, start=TODAY - 30 * DAY, end=NOW, **from_both).reports
    assert f"from the archive: {TODAY - 30 * DAY:%Y-%m-%d}T00:00:00.000Z to " in str(report)
    assert len(report.windows) == 1
    [report] = rt.plan_retarus(REPORT, start=TODAY - 30 * DAY, end=TODAY - 20 * DAY, **from_both).reports
    assert "Nothing is asked of the service." in str(report)


def test_nobody_need_be_signed_in_for_what_is_archived(both: Kept) -> None:
    """Days that are still to be asked again come with a warning, and days that are not archived are an error."""
    query = "{ faxOutUdrReport { content { faxId keyTimestamp } } }"
    live = rt.read_retarus(query, start=TODAY - 30 * DAY, end=TODAY, session=both.session)
    with pytest.warns(ArchiveWarning, match="Nobody is signed in, so that "):
        frame = rt.read_retarus(query, start=TODAY - 30 * DAY, end=TODAY, archive=both.archive)
    pd.testing.assert_frame_equal(frame, live, check_flags=False)
    with pytest.raises(NotSignedInError, match="does not have all of the period"):
        rt.read_retarus(query, last="30D", archive=both.archive)


def test_old_and_new_over_more_than_the_service_keeps(tmp_path: Path) -> None:
    """The service forgets, the archive does not."""
    begin = NOW - 100 * DAY
    query = "{ faxOutUdrReport { content { faxId keyTimestamp docPages } } }"
    held: dict[str, dict[str, Any]] = {}
    with Sandbox({REPORT: 600}, now=begin, days_ahead=101) as box:
        session = rt.Session(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        )
        now = begin
        for days in (0, 60, 40):
            box.advance(days * DAY)
            now += days * DAY
            held |= {record["faxId"]: record for record in box.records(REPORT)}
            if days != 40:
                keep(tmp_path / "faxes", session, now=now, settled=timedelta(0))
        span: dict[str, Any] = {"start": TODAY - 180 * DAY, "end": NOW, "session": session, "progress": False}
        frame = rt.read_retarus(query, archive=tmp_path / "faxes", **span)
        live = rt.read_retarus(query, **(span | {"start": TODAY - 30 * DAY}))
        with pytest.raises(PeriodError, match="are nowhere"):
            rt.read_retarus(query, archive=tmp_path / "faxes", **(span | {"start": TODAY - 250 * DAY}))
    in_order = sorted(
        held.values(), key=lambda record: (datetime.fromisoformat(record["keyTimestamp"]), record["faxId"])
    )
    wanted = [each for each in in_order if datetime.fromisoformat(each["keyTimestamp"]) >= TODAY - 180 * DAY]
    assert frame["faxId"].tolist() == [record["faxId"] for record in wanted]
    assert frame["docPages"].fillna(-1).tolist() == [
        -1 if record["docPages"] is None else record["docPages"] for record in wanted
    ]
    assert frame.dtypes.equals(live.dtypes)
    assert {source["from"] for source in frame.attrs["retarus"]["sources"]} == {"archive", "service"}


def test_a_report_without_a_timestamp_of_its_own_comes_in_whole_days(both: Kept, tmp_path: Path) -> None:
    """Synced as it is, for a sync asks for whole days."""
    archive = rt.Archive(tmp_path / "mails", both.session)
    given: dict[str, Any] = {"session": both.session, "start": TODAY - 40 * DAY, "progress": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RetarusWarning)
        archive.sync(MAILS, progress=False)
        joined = rt.read_retarus(MAILS, archive=archive, end=TODAY - 20 * DAY, **given)
        live = rt.read_retarus(MAILS, end=TODAY - 20 * DAY, **given)
        assert len(joined)
        pd.testing.assert_frame_equal(joined, live, check_flags=False)
        with pytest.raises(PeriodError, match="only give whole UTC days"):
            rt.read_retarus(MAILS, archive=archive, end=TODAY - 20 * DAY + timedelta(hours=1), **given)


def test_a_field_that_was_archived_later_is_refused_for_the_days_before(tmp_path: Path) -> None:
    """And answered for those after."""
    query = "{ faxOutUdrReport { content { faxId docPages } } }"
    first = ["faxId", "attemptSeqNo", "keyTimestamp", "statusName"]
    with kept(tmp_path / "faxes", fields=first, rows={REPORT: 300}) as found:
        found.archive.sync(REPORT, fields=[*first, "docPages"], progress=False)
        with pytest.raises(InputError, match="'docPages' of faxOutUdrReport since"):
            found.both(query, start=TODAY - 40 * DAY, end=TODAY - 20 * DAY)
        with pytest.raises(InputError, match="does not have 'jobId'"):
            found.both("{ faxOutUdrReport { content { jobId } } }", start=TODAY - 40 * DAY, end=TODAY - 20 * DAY)
        joined, live = found.both("{ faxOutUdrReport { content { statusName } } }", start=TODAY - 40 * DAY, end=NOW)
    pd.testing.assert_frame_equal(joined, live, check_flags=False)


def test_a_masked_archive_goes_with_rows_masked_likewise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash is not hashed again, and what is masked does not stand beside what is not."""
    monkeypatch.setenv("RETARUS_MASK_KEY", "a key that is long enough")
    query = "{ faxOutUdrReport { content { calledNumber statusName pages: docPages } } }"
    mask = {"calledNumber": "hash", "docPages": "last4"}
    span: dict[str, Any] = {"start": TODAY - 40 * DAY, "end": NOW}
    with rt.Session.sandbox(rows={REPORT: 300}) as session:
        assert session._sandbox is not None
        keep(tmp_path / "faxes", session, mask=mask)
        found = Kept(session._sandbox, session, rt.Archive(tmp_path / "faxes", session))
        joined, live = found.both(query, mask={"calledNumber": "hash", "pages": "last4"}, **span)
        pd.testing.assert_frame_equal(joined, live, check_flags=False)
        with pytest.raises(InputError, match=r"'calledNumber' \(hash\), 'docPages' \(last4\) masked"):
            found.both(query, **span)
        old = rt.read_retarus(query, start=TODAY - 40 * DAY, end=TODAY - 20 * DAY, archive=found.archive)
        assert set(old["calledNumber"].dropna()) <= set(joined["calledNumber"].dropna())
        with pytest.raises(InputError, match="cannot be filtered by it"):
            rt.plan_retarus(
                query,
                start=TODAY - 40 * DAY,
                end=TODAY - 20 * DAY,
                archive=found.archive,
                filters={"calledNumber": ["+49"]},
            )
        monkeypatch.setenv("RETARUS_MASK_KEY", "another key that is long enough")
        with pytest.raises(InputError, match="with the same key"):
            found.both(query, mask={"calledNumber": "hash", "pages": "last4"}, **span)


def test_records_of_another_service_are_not_put_together(both: Kept) -> None:
    with (
        rt.Session(
            both.box.customer_id, "client", "secret", api_url="http://127.0.0.1:9/v1", token_url="http://127.0.0.1:9/t"
        ) as elsewhere,
        pytest.raises(InputError, match="has the records of sandbox, and you are signed in to 127"),
    ):
        rt.plan_retarus(REPORT, last="30D", archive=both.archive, session=elsewhere)


def test_several_reports_come_each_from_where_it_is(both: Kept) -> None:
    """A report that is not archived is asked."""
    query = "{ faxOutUdrReport { content { faxId } } smsOutUdrReport { content { smsId } } }"
    frames = rt.read_retarus(
        query, start=TODAY - 30 * DAY, end=NOW, archive=both.archive, session=both.session, progress=False
    )
    sources = {name: [source["from"] for source in frame.attrs["retarus"]["sources"]] for name, frame in frames.items()}
    assert sources == {"faxOutUdrReport": ["archive", "service"], "smsOutUdrReport": ["service"]}


def test_a_field_that_the_service_did_not_have_is_null_in_a_report_asked_by_its_name(tmp_path: Path) -> None:
    """Said by name; who names it himself is refused."""
    with Sandbox({REPORT: 200}, quirks=["no-introspection"], missing=["baudRate"]) as box:
        session = rt.Session(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RetarusWarning)
            keep(tmp_path / "faxes", session)
            live = rt.read_retarus(REPORT, start=TODAY - 40 * DAY, end=TODAY - 20 * DAY, session=session)
        span: dict[str, Any] = {"start": TODAY - 40 * DAY, "end": TODAY - 20 * DAY, "archive": tmp_path / "faxes"}
        with pytest.warns(ArchiveWarning, match="'baudRate' of faxOutUdrReport was not there"):
            joined = rt.read_retarus(REPORT, **span)
        pd.testing.assert_frame_equal(joined, live, check_flags=False)
        with pytest.raises(InputError, match="does not have 'baudRate'"):
            rt.read_retarus("{ faxOutUdrReport { content { baudRate } } }", **span)


@pytest.mark.parametrize(
    "quirks",
    [["period-end-included", "many-at-one-instant"], ["ties-anew", "twins", "row-per-attempt"], ["stamps-finer"]],
    ids="+".join,
)
def test_no_row_is_lost_or_doubled_where_the_service_is_odd(tmp_path: Path, quirks: list[str]) -> None:
    """Records at midnight, at one instant, or equal in all fields, at the border between archive and service."""
    query = "{ faxOutUdrReport(sort: DESC) { content { faxId statusCode stamp: keyTimestamp } } }"
    with kept(tmp_path / "faxes", rows={REPORT: 300}, quirks=quirks) as found:
        for document in (query, query.replace("(sort: DESC)", "")):
            joined, live = found.both(document, start=TODAY - 60 * DAY + timedelta(hours=7), end=NOW, page_size=60)
            pd.testing.assert_frame_equal(joined, live, check_flags=False)
            assert {source["from"] for source in joined.attrs["retarus"]["sources"]} == {"archive", "service"}


@pytest.mark.parametrize("column", ["keyTimestamp", "callConnectedAt"])
def test_only_texts_can_be_filtered_by(both: Kept, column: str) -> None:
    """An instant can be written in several ways, so that none would be found, and the frame looked complete."""
    filters = {column: ["2026-10-01T00:00:00.000Z"]}
    query = "{ faxOutUdrReport { content { faxId } } }"
    with pytest.raises(InputError, match="holds no texts: only the service knows"):
        rt.read_retarus(query, last="60D", filters=filters, archive=both.archive, session=both.session)


class Texts(rt.Session):
    """A session whose service sends numbers as texts, once it is told to."""

    is_odd = False

    def post(self, body: Any, read: Any, **options: Any) -> Any:
        def read_oddly(answer: bytes, status: int) -> Any:
            odd = re.sub(rb'"docPages": ?([0-9]+)', rb'"docPages": "x\1"', answer) if self.is_odd else answer
            return read(odd, status)

        return super().post(body, read_oddly, **options)


def test_numbers_of_an_archive_that_met_texts_are_numbers(tmp_path: Path) -> None:
    """One odd answer makes the column text for good; what fits the declared type is read as such, and told."""
    span: dict[str, Any] = {"start": TODAY - 30 * DAY, "end": TODAY - 20 * DAY}
    query = "{ faxOutUdrReport { content { faxId docPages } } }"
    with (
        Sandbox({REPORT: 400}) as box,
        Texts(box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url) as who,
    ):
        archive = rt.Archive(tmp_path / "faxes", who)
        archive.sync(REPORT, fields=["faxId", "keyTimestamp", "docPages"], progress=False)
        who.is_odd = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.sync(REPORT, progress=False)
        who.is_odd = False
        with pytest.warns(ArchiveWarning, match="keeps 'docPages' as text"):
            old = rt.read_retarus(query, **span, archive=archive, session=who, progress=False)
        new = rt.read_retarus(query, **span, session=who, progress=False)
    pd.testing.assert_frame_equal(old, new, check_flags=False)
