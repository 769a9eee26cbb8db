"""What is said of what stands at a place in a cell: the same as elsewhere, and nothing where nothing is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.completion import about_in_cell
from retarus_pandas.read import OPTIONS, fields
from retarus_pandas.schema import bundled, describe, load

MAGIC = "%%retarus"


def about(marked: str) -> str | None:
    """What is said where the cell has ``|``."""
    before, _, after = marked.partition("|")
    return about_in_cell(before + after, len(MAGIC), len(before), schema=bundled(), options=OPTIONS)


@pytest.mark.parametrize("name", ["|docPages", "doc|Pages", "docPages|"])
@pytest.mark.parametrize("place", ["{{ faxOutUdrReport {{ content {{ {} }} }} }}", "{{ a: faxOutUdrReport {{ b: {}"])
def test_a_field_is_said_as_everywhere_else(name: str, place: str) -> None:
    """Wherever in the word the cursor is, and whether or not the document is whole."""
    told = fields("faxOutUdrReport").set_index("field").loc["docPages"]
    assert about(f"{MAGIC} --last 7D\n" + place.format(name)) == (
        f"docPages  {told['type']}, becomes {told['dtype']}; {told['evidence']}\n"
        f"{told['meaning']}\n"
        "A field of faxOutUdrReport."
    )


def test_every_known_field_has_its_unit_and_its_class_of_personal_data() -> None:
    for report in bundled().reports():
        for each in describe(bundled(), report):
            told = about(f"{MAGIC}\n{{ {report} {{ {each.field}| }} }}") or ""
            flat = told.replace("\n", " ")
            assert each.type in flat
            assert f"becomes {each.dtype}" in flat
            assert f"Unit: {each.unit}." in flat or not each.unit
            assert (f"personal data ({each.personal})" in flat) is bool(each.personal)
            assert max(map(len, told.splitlines())) <= 88


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ("\nfaxOut|UdrReport", "faxOutUdrReport  a report with 45 known fields\nSent faxes."),
        ("\n{ faxOut|UdrReport { faxId } }", "'%retarus fields faxOutUdrReport' lists its fields."),
        ("\n{ faxOutUdrReport { cont|ent { faxId } } }", "content  [FaxOutUdrReportRecord]"),
        ("\n{ faxOutUdrReport(so|rt: DESC) { faxId } }", "sort  SortDirection"),
        ("\n{ faxOutUdrReport(sort: DE|SC) { faxId } }", "DESC  SortDirection\nNewest first."),
        ("\n{ faxOutUdrReport(filter: {status|Name: {values: []}}) { faxId } }", "statusName  StringColumnFilter"),
        ("\nquery ($a: [String!]) { faxOutUdrReport(filter: {statusName: {values: $a|}}) { faxId", "$a  [String!]"),
        ("\nquery ($a: DatePer|iod) { faxOutUdrReport { faxId", "DatePeriod  a type"),
        (" x --la|st 7D", "--last 7D\nThe time back from now, as pandas.Timedelta takes it."),
        (" x --last 7|D", "In a call: last=, which takes str, timedelta or offset."),
        (" x --filter=status|Name=OK\nfax", "--filter COLUMN=VALUE"),
        (" x --no-progr|ess", "--no-progress\nNo progress bar."),
    ],
)
def test_reports_arguments_values_variables_and_options_are_said(marked: str, said: str) -> None:
    assert said in (about(MAGIC + marked) or "")


@pytest.mark.parametrize(
    "marked",
    [
        " fax|es --last 7D\nx",
        " --unkn|own 7D",
        " --last 7D |",
        " --no-progress fr|ame",
        "\n{ faxOutUdrReport { nope| } }",
        "\n{ pri|nt { x } }",
        "\n{ x| : faxOutUdrReport { faxId } }",
        '\n{ faxOutUdrReport(customerId: "doc|Pages") {',
        "\n{ faxOutUdrReport { faxId # doc|Pages",
        "\n|",
        "\n{ | faxOutUdrReport { faxId } }",
        "\n$|x",
        "\n{ ...Al|l }",
    ],
)
def test_where_nothing_is_known_nothing_is_said(marked: str) -> None:
    assert about(MAGIC + marked) == ""


def test_before_the_options_the_cell_is_not_ours() -> None:
    assert about("%%ret|arus --last 7D\nfaxOutUdrReport") is None


def test_a_service_s_own_schema_speaks_for_itself() -> None:
    schema = load(
        """type Query { "Ours." faxOutUdrReport: P } type P { content: [R] } type R { "How new." brandNew: Int }"""
    )
    text = f"{MAGIC}\n{{ faxOutUdrReport {{ brandNew"
    told = about_in_cell(text, len(MAGIC), len(text), schema=schema, options=OPTIONS)
    assert told == "brandNew  Int, becomes Int64; service\nHow new.\nA field of faxOutUdrReport."


@given(st.text(st.sampled_from('{}()[]:$!"#.@ \n-=aQ\u00a0fcontent')), st.integers(0, 40))
def test_no_text_is_too_broken(text: str, at: int) -> None:
    whole = f"{MAGIC}\n{{ faxOutUdrReport {text}"
    assert isinstance(about_in_cell(whole, len(MAGIC), len(MAGIC) + at, schema=bundled(), options=OPTIONS), str)
