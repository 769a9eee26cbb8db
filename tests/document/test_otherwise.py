"""What people write in place of GraphQL, and the way on that they are told."""

from __future__ import annotations

import pytest

from retarus_pandas.document import read_queries
from retarus_pandas.errors import DocumentError
from retarus_pandas.schema import bundled

WRITTEN = {
    "SELECT * FROM faxOutUdrReport": "faxOutUdrReport",
    "select * from FAXOUTUDRREPORT;": "faxOutUdrReport",
    "SELECT faxId, `statusName` FROM faxOutUdrReport WHERE a = 'OK'": "{ faxOutUdrReport { faxId statusName } }",
    "faxId, statusName": "{ faxOutUdrReport { faxId statusName } }",
    "smsId\nstatus": "{ smsOutUdrReport { smsId status } }",
    "faxInUdrReport faxId billingCode": "{ faxInUdrReport { faxId billingCode } }",
    "faxOutUdrReport { faxId }": "{ faxOutUdrReport { faxId } }",
    'faxOutUdrReport(customerId: "1") { faxId }': '{ faxOutUdrReport(customerId: "1") { faxId } }',
    "statusName": "{ faxOutUdrReport { statusName } }",
    "faxOutUdrReport.faxId": "{ faxOutUdrReport { faxId } }",
    'faxoutudrreport["statusName"]': "{ faxOutUdrReport { statusName } }",
    "smsOutUdrReport: smsId": "{ smsOutUdrReport { smsId } }",
}


@pytest.mark.parametrize(("text", "meant"), WRITTEN.items())
def test_the_message_writes_out_what_is_meant(text: str, meant: str) -> None:
    """And what it writes is read."""
    with pytest.raises(DocumentError) as caught:
        read_queries(text, schema=bundled(), period_given=True)
    message = str(caught.value)
    assert meant in message
    assert "Unexpected" not in message
    assert len(message.splitlines()) == 1
    assert read_queries(meant, schema=bundled(), period_given=True)


def test_a_condition_is_told_apart_from_what_is_to_be_written() -> None:
    with pytest.raises(DocumentError, match="Write: faxOutUdrReport, and its condition as filters="):
        read_queries("SELECT * FROM faxOutUdrReport WHERE statusName = 'OK'", schema=bundled(), period_given=True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fax", "the name of one: faxInUdrReport, faxOutUdrReport."),
        ("SMS", "smsInUdrReport, smsOutUdrReport"),
        ("faxes", "faxInUdrReport, faxOutUdrReport, smsInUdrReport"),
    ],
)
def test_a_table_that_is_no_report_is_not_written_out(name: str, told: str) -> None:
    """Who did so would be told next that there is none."""
    with pytest.raises(DocumentError, match=told):
        read_queries(f"SELECT COUNT(*) FROM {name}", schema=bundled(), period_given=True)


@pytest.mark.parametrize("text", ["q.txt", "./q", "/tmp/folder", r"C:\queries\faxes", "queries/my faxes.sql"])
def test_the_name_of_a_file_is_told_to_be_one(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_queries(text, schema=bundled(), period_given=True)
    assert str(caught.value).startswith(
        f"This looks like the name of a file; retarus_pandas.read_retarus(pathlib.Path({text!r}), …)"
    )


@pytest.mark.parametrize(
    "text", ["faxOutUdrRepor", "{ faxOutUdrReport { faxId }", "nonsense at all", "SELECT 1", "faxOutUdrReport.nothing"]
)
def test_a_mere_mistake_keeps_its_message(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_queries(text, schema=bundled(), period_given=True)
    assert "SQL" not in str(caught.value)
    assert "the name of a file" not in str(caught.value)


def test_an_unknown_report_is_one_message_with_the_nearest_one() -> None:
    with pytest.raises(DocumentError) as caught:
        read_queries("faxOutUdrRepor", schema=bundled(), period_given=True)
    assert "Did you mean faxOutUdrReport?" in str(caught.value)
    assert "doubtful" not in str(caught.value)
