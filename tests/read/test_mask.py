"""Masked values show in no way out, and in nothing that is said about them."""

from __future__ import annotations

import logging
import pickle
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import InputError, QueryError
from retarus_pandas.read.masking import check_mask, mask_words
from retarus_pandas.read.voice import in_words_of_a_line
from support.canaries import assert_nowhere
from support.replies import answer
from support.servers import API, FaultyServer

NUMBER, NAME = "+4989-canary-of-a-number", "canary-of-a-name@example.com"
CODE, PAGES, AT = "c4n4ry-c0de-x4711", "c4n4ry-p4ges-xyzzy", "c4n4ry-t1me-plugh"
CANARIES = (NUMBER, NAME, CODE, PAGES, AT)
KEY = "canary-key-of-the-mask"
DOCUMENT = "{ faxOutUdrReport { faxId calledNumber accountName jobBillingCode docPages jobSubmittedAt keyTimestamp } }"
MASK = {"*": "personal", "jobBillingCode": "last4", "docPages": "hash", "jobSubmittedAt": "drop"}


def page(**changes: Any) -> dict[str, Any]:
    record = {
        "faxId": "1",
        "attemptSeqNo": 1,
        "calledNumber": NUMBER,
        "accountName": NAME,
        "jobBillingCode": CODE,
        "docPages": PAGES,
        "jobSubmittedAt": AT,
        "keyTimestamp": f"{pd.Timestamp.now(tz='UTC') - pd.Timedelta('1h'):%Y-%m-%dT%H:%M:%SZ}",
    }
    result = {"pageIndex": 0, "pageSize": 1000, "hasMoreElements": False, "content": [record | changes]}
    return {"data": {"faxOutUdrReport": result}}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    with FaultyServer() as made:
        made.always(API, answer(page()))
        yield made


@pytest.fixture
def session(service: FaultyServer) -> Iterator[rt.Session]:
    with rt.Session(
        "1", "me", "secret", api_url=service.endpoints.api_url, token_url=service.endpoints.token_url
    ) as made:
        yield made


def frame(session: rt.Session, folder: Path) -> list[str | bytes]:
    read = rt.read_retarus(DOCUMENT, last="1D", mask=MASK, session=session)
    assert len(read) == 1
    return [read.to_csv(), repr(read.attrs), pickle.dumps(read)]


def chunks(session: rt.Session, folder: Path) -> list[str | bytes]:
    # With a declared type that does not fit, parts end in an error; which is one more thing that is said.
    with pytest.raises(rt.errors.SchemaMismatchError) as caught:
        [*rt.read_retarus(DOCUMENT, last="1D", mask=MASK, chunksize=5, session=session)]
    return [repr(caught.value)]


def parts(session: rt.Session, folder: Path) -> list[str | bytes]:
    document, mask = _as_declared()
    read = [*rt.read_retarus(document, last="1D", mask=mask, chunksize=5, session=session)]
    assert sum(map(len, read)) == 1
    return [str(frame.to_dict("list")) for frame in read]


def plan(session: rt.Session, folder: Path) -> list[str | bytes]:
    return [str(rt.plan_retarus(DOCUMENT, last="1D", mask=MASK, session=session))]


def _as_declared() -> tuple[str, dict[str, str]]:
    """Without the columns whose values contradict their types, which ends parts and files in an error."""
    document = DOCUMENT.replace("docPages jobSubmittedAt ", "")
    return document, {name: how for name, how in MASK.items() if name in document or name == "*"}


def arrow(session: rt.Session, folder: Path) -> list[str | bytes]:
    read = rt.read_retarus(DOCUMENT, last="1D", mask=MASK, dtype_backend="pyarrow", session=session)
    return [str(read.to_dict("list"))]


def export(name: str, **options: Any) -> Callable[[rt.Session, Path], list[str | bytes]]:
    def exported(session: rt.Session, folder: Path) -> list[str | bytes]:
        document, mask = _as_declared()
        facts = rt.export_retarus(document, folder / name, last="1D", mask=mask, session=session, **options)
        return [repr(facts), *_content(folder / name)]

    return exported


def _content(path: Path) -> list[str | bytes]:
    if path.suffix == ".parquet":
        return [str(pq.read_table(path).to_pydict()), str(pq.read_metadata(path).metadata)]
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return [archive.read(name) for name in archive.namelist()]
    return [path.read_bytes()]


WAYS = {
    "frame": frame,
    "chunks": chunks,
    "parts": parts,
    "plan": plan,
    "arrow": arrow,
    "parquet": export("x.parquet"),
    "csv": export("x.csv"),
    "csv for Excel": export("x.csv", csv="excel-de"),
    "xlsx": export("x.xlsx"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_way_out_shows_a_masked_value_or_the_key(
    session: rt.Session, tmp_path: Path, caplog: pytest.LogCaptureFixture, way: Callable[[rt.Session, Path], list[str]]
) -> None:
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        shown = way(session, tmp_path)
    assert_nowhere([*shown, *(str(each.message) for each in caught), caplog.text, " "], *CANARIES, KEY)


def test_what_remains_can_be_seen(session: rt.Session) -> None:
    with pytest.warns(rt.errors.SchemaWarning) as caught:
        read = rt.read_retarus(DOCUMENT, last="1D", mask=MASK, session=session)
    assert any("docPages: a masked value where Int is declared" in str(each.message) for each in caught)
    assert [*read] == ["faxId", "calledNumber", "accountName", "jobBillingCode", "docPages", "keyTimestamp"]
    assert read["jobBillingCode"][0] == "…4711"
    assert read["calledNumber"].str.fullmatch("[0-9a-f]{32}").all()
    said = "calledNumber (hash), accountName (hash), jobBillingCode (last4), docPages (hash), jobSubmittedAt (drop)"
    assert f"Masked: {said}." in read.attrs["retarus"]["notes"]


def test_personal_columns_that_a_mapping_leaves_as_they_are_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number called stands in the station's identifier once more."""
    monkeypatch.delenv("RETARUS_MASK_KEY", raising=False)
    query = "{ faxOutUdrReport { faxId calledNumber calledCsId docPages } }"
    with rt.Session.sandbox(rows=5) as sandbox:
        for mask, said in [
            ({"calledNumber": "last4"}, ["Masked: calledNumber (last4).", "Personal, and not masked: calledCsId."]),
            ({"calledNumber": "last4", "calledCsId": "drop"}, ["Masked: calledNumber (last4), calledCsId (drop)."]),
            (None, []),
        ]:
            read = rt.read_retarus(query, last="80D", mask=mask, session=sandbox)
            assert read.attrs["retarus"]["notes"] == said


def test_what_is_filtered_by_is_named_without_the_value(session: rt.Session, tmp_path: Path) -> None:
    """Who looks for one number and masks it does not want it in the facts of the frame."""
    fields = "{ faxId calledNumber accountName jobBillingCode keyTimestamp }"
    documents = (
        f"{{ faxOutUdrReport {fields} }}",
        f"query ($n: [String!]) {{ faxOutUdrReport(filter: {{jobBillingCode: {{values: $n}}}}) {fields} }}",
    )
    asked: Any = {"last": "1D", "mask": {"*": "personal", "jobBillingCode": "hash"}, "session": session}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = rt.read_retarus(documents[0], filters={"calledNumber": NUMBER}, **asked)
        rt.export_retarus(documents[1], tmp_path / "x.xlsx", variables={"n": [CODE]}, **asked)
    assert frame.attrs["retarus"]["notes"][0] == "Only rows that fit a filter on calledNumber."
    said = [str(each.message) for each in caught]
    assert any("'calledNumber'" in text and "There are: statusName, jobBillingCode." in text for text in said)
    shown = _content(tmp_path / "x.xlsx")
    assert any(b">$n<" in bytes(part) for part in shown if isinstance(part, bytes))
    assert_nowhere([repr(frame.attrs), *said, *shown], *CANARIES)


def failing(*path: str | int) -> dict[str, Any]:
    message = f"Cannot show '{NUMBER}' as a number"
    return page() | {"errors": [{"message": message, "path": [*path], "extensions": {"value": NUMBER}}]}


@pytest.mark.parametrize("mode", ["raise", "warn"])
def test_no_error_of_the_service_shows_a_masked_value(service: FaultyServer, session: rt.Session, mode: Any) -> None:
    service.always(API, answer(failing("faxOutUdrReport", "content", 0, "calledNumber")))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        shown = _outcome(session, mode)
    shown += [str(each.message) for each in caught]
    assert any("masked field" in text for text in shown)
    assert_nowhere(shown, *CANARIES, KEY)


def _outcome(session: rt.Session, mode: Any) -> list[str]:
    try:
        read = rt.read_retarus(DOCUMENT, last="1D", mask=MASK, errors=mode, session=session)
    except QueryError as error:
        return [repr(error), repr(error.errors), repr(error.data)]
    return [read.to_csv(), repr(read.attrs)]


def test_other_errors_of_the_service_are_told_as_they_are(service: FaultyServer, session: rt.Session) -> None:
    service.always(API, answer(page() | {"errors": [{"message": "No such code", "path": ["faxOutUdrReport"]}]}))
    with pytest.raises(QueryError, match="No such code"):
        rt.read_retarus(DOCUMENT, last="1D", mask=MASK, session=session)


def test_without_a_key_it_is_said_how_to_make_one(
    service: FaultyServer, session: rt.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RETARUS_MASK_KEY")
    for mask in ("personal", {"calledNumber": "hash"}):
        with pytest.raises(InputError, match=r"token_urlsafe.*RETARUS_MASK_KEY.*keyring set"):
            rt.read_retarus(DOCUMENT, last="1D", mask=mask, session=session)
    assert not service.asked(API)
    plan = rt.plan_retarus(DOCUMENT, last="1D", mask={"calledNumber": "last4", "accountName": "drop"}, session=session)
    assert [column.mask for column in plan.reports[0].query.columns[:3]] == ["", "last4", "drop"]


def test_a_key_that_could_be_guessed_is_refused(session: rt.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", "short-canary")
    with pytest.raises(InputError, match="shorter than 16") as caught:
        rt.read_retarus(DOCUMENT, last="1D", mask="personal", session=session)
    assert_nowhere([str(caught.value)], "short-canary")


@pytest.mark.parametrize(
    ("mask", "meant"),
    [
        ("personel", "Did you mean 'personal'?"),
        ("docPages", "such as mask={'docPages': 'hash'}"),
        ("hash", "such as mask={'calledNumber': 'hash'}"),
        ("", "such as mask={'calledNumber': 'hash'}"),
        ({"*": "last4"}, "such as mask={'calledNumber': 'hash'}"),
        ({"personel": ""}, "Did you mean 'personal' alone?"),
        ({"docPages": "hsh"}, "'hsh' is no way to mask 'docPages'. Did you mean 'hash'?"),
        ({"docPages": "=drop"}, "Did you mean 'drop'?"),
        ({"docPages": "md5"}, "There are: 'hash', 'last4', 'drop', 'keep'."),
        ({"docPages": None}, "None is no way to mask 'docPages'."),
        ({" ": "hash"}, "' ' names no column."),
    ],
)
def test_a_misspelt_mask_is_told_what_is_meant(mask: Any, meant: str) -> None:
    with pytest.raises(InputError, match=re.escape(meant)):
        check_mask("mask", mask)


def test_a_misspelt_mask_on_a_line_is_told_in_its_words() -> None:
    said = []
    for word in ("personel", "personel=", "docPages", "a=hsh"):
        with pytest.raises(InputError) as caught:
            check_mask("mask", mask_words([word]))
        said.append(in_words_of_a_line(str(caught.value)))
    assert [text.partition(" does")[0].removeprefix("The option ") for text in said] == [
        "--mask personel",
        "--mask personel=",
        "--mask docPages",
        "--mask a=hsh",
    ]
    assert "such as --mask docPages=hash." in said[2]


@pytest.mark.parametrize(
    "mask",
    ["hash", {}, {"calledNumber": "sha"}, {"calledNumber": True}, {"*": "hash"}, {1: "hash"}, ["calledNumber"], 5],
)
def test_what_says_nothing_about_columns_is_refused(session: rt.Session, mask: Any) -> None:
    with pytest.raises(InputError, match=r"The option mask=.* does not fit"):
        rt.read_retarus(DOCUMENT, last="1D", mask=mask, session=session)


def test_joins_and_counts_over_the_sandbox_are_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    end = pd.Timestamp.now(tz="UTC")
    with rt.Session.sandbox(rows=500) as session:
        span: Any = {"start": end - pd.Timedelta("60D"), "end": end, "session": session}
        document = "{ smsOutUdrReport { smsId recipient src status } }"
        plain = rt.read_retarus(document, **span)
        hidden = rt.read_retarus(document, mask="personal", **span)
    for name in ("recipient", "src"):
        assert hidden[name].nunique() == plain[name].nunique() > 1
        pairs = pd.DataFrame({"plain": plain[name], "hidden": hidden[name]}).drop_duplicates()
        assert pairs["plain"].is_unique
        assert pairs["hidden"].is_unique
    assert hidden[["smsId", "status"]].equals(plain[["smsId", "status"]])


def test_the_columns_of_a_whole_report_are_masked_by_their_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    fields = rt.fields("smsInUdrReport").set_index("field")["personal"]
    with rt.Session.sandbox(rows=50) as session:
        hidden = rt.read_retarus("smsInUdrReport", last="30D", mask="personal", session=session)
    assert "messageContent" not in hidden
    for name in fields[fields == "number"].index:
        assert hidden[name].dropna().str.fullmatch("[0-9a-f]{32}").all()
