"""Whatever is asked, a plan comes of it or an error that says what is wrong; and no plan grows beyond all measure."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import retarus_pandas as rt
from retarus_pandas.completion.candidates import complete
from retarus_pandas.document.document import mistakes
from retarus_pandas.schema.sources import bundled
from support.odd_values import VALUES
from support.trying import fuzzed, told_or_done

GOOD = [
    "{ faxOutUdrReport { faxId statusName docPages keyTimestamp } }",
    "{ faxOutUdrReport { content { faxId } pageIndex hasMoreElements } }",
    """query Vendor($customerId: String!, $period: DatePeriod!, $page: Int = 0, $filter: FaxOutColumnUdrFilters) {
      faxOutUdrReport(customerId: $customerId, datePeriod: $period, page: $page, sort: DESC, filter: $filter) {
        content { faxId jobBillingCode ...Status } hasMoreElements }
    }
    fragment Status on FaxOutUdrReportRecord { statusName state: statusCode @include(if: true) }""",
    """query One { faxInUdrReport { faxId } } query Two($with: Boolean!) { a: smsOutUdrReport { smsId @skip(if: $with) }
      b: smsOutUdrReport(page: 3) { status } ... on Query { faxInUdrReport { faxId } } }""",
    '{ faxOutUdrReport(datePeriod: {fromIncluded: "2026-10-01T00:00:00.000Z", toExcluded: "2026-10-02T00:00:00.000Z"}) '
    '{ faxId # a comment\n """block""" } }',
    "faxOutUdrReport",
]
_WORD = re.compile(r'"""|"[^"\n]*"|\.\.\.|\w+|[^\w\s]|\s+')
_WORDS = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "$",
    "!",
    "@",
    "=",
    "...",
    "on",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "schema",
    "type",
    "extend",
    "input",
    '"x"',
    '"""',
    '"""',
    "#",
    "|",
    "&\n",
    "",
    "",
    "",
    "true",
    "false",
    "null",
    "0",
    "-1",
    "1e400",
    "99999999999999999999",
    "0.5",
    "ASC",
    "x",
    "$x",
    "$customerId",
    "$page",
    "__typename",
    "__schema",
    "__type\n",
    "",
    "",
    "",
    "faxOutUdrReport",
    "faxInUdrReport",
    "smsOutUdrReport",
    "content",
    "faxId",
    "pages",
    "page",
    "size",
    "sort",
    "datePeriod",
    "fromIncluded",
    "filters\n",
    "",
    "",
    "",
    "@include(if:$x)",
    "@skip(if:true)",
    "@defer",
    "@unknown",
    "FaxOutUdrReportRecord",
    "Query",
    "Int",
    "String",
    "Boolean",
    "DatePeriod",
    "...F\n",
    "",
    "",
    "",
    "retarus_key",
    "retarus_0",
    "\x00",
    "\ufeff",
    "\u2028",
    "ü",
    "🖷",
    "�",
]


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A good document with words lost, doubled, swapped and put in."""
    words = _WORD.findall(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(0, 5))):
        at, other = (draw(st.integers(0, len(words))) for _ in range(2))
        act = draw(st.sampled_from(["lose", "double", "swap", "put", "cut", "repeat"]))
        piece = words[min(at, other) : max(at, other)]
        if act == "lose":
            del words[at : at + 1]
        elif act == "double":
            words[at:at] = piece
        elif act == "swap" and at < len(words) and other < len(words):
            words[at], words[other] = words[other], words[at]
        elif act == "put":
            words.insert(at, draw(st.sampled_from(_WORDS) | st.text(max_size=3)))
        elif act == "cut":
            words = words[:at] if draw(st.booleans()) else words
        elif act == "repeat":
            words[at:at] = [*words[at : at + 1]] * draw(st.sampled_from([2, 50, 3000]))
    return " ".join(words) if draw(st.booleans()) else "".join(words)


NAMES = st.sampled_from(["customerId", "period", "page", "size", "filter", "with", "x", "$x", ""]) | st.text(max_size=3)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "variables": st.dictionaries(NAMES, VALUES, max_size=4),
        "filters": st.dictionaries(st.sampled_from(["statusName", "docPages", "a b", ""]), VALUES, max_size=3),
        "operation": st.sampled_from(["One", "Two", "Vendor", "None", ""]),
        "record_path": st.sampled_from(["content", "faxId", "a.b", ""]) | st.lists(st.text(max_size=3), max_size=3),
        "sep": st.sampled_from([".", "", "_", "\0"]),
    },
)


@fuzzed(250)
@given(documents())
def test_any_document_makes_a_plan_or_is_told_what_is_wrong(text: str) -> None:
    """And what is sent is not much longer than what was written."""
    plan = told_or_done(lambda: rt.plan_retarus(text, last="2D", customer_id="1", variables={"with": True}))
    if plan is not None:
        assert str(plan)
        for report in plan.reports:
            assert len(report.document) < 20 * len(text) + 20_000


@fuzzed(250)
@given(st.sampled_from(GOOD) | documents(), OPTIONS)
def test_any_options_make_a_plan_or_are_told_what_is_wrong(text: str, options: dict[str, Any]) -> None:
    given_options = {"last": "2D", "customer_id": "1"} | options
    plan = told_or_done(lambda: rt.plan_retarus(text, **given_options))
    if plan is not None:
        assert str(plan)


@fuzzed(100)
@given(documents(), st.integers(0, 200))
def test_completion_and_checks_take_any_text(text: str, cursor: int) -> None:
    told_or_done(lambda: complete(text, min(cursor, len(text)), schema=bundled()))
    told_or_done(lambda: mistakes(text, schema=bundled()))


# Run apart, where the system ends what takes too much time or memory.
HOSTILE = """
import resource, sys
import retarus_pandas as rt
rt.plan_retarus("faxOutUdrReport", last="2D")
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))

def laughs(width, levels):
    spread = lambda level: f" ...L{level + 1}" * width if level < levels else " faxId"
    return "".join(f"fragment L{level} on FaxOutUdrReportRecord {{{spread(level)} }} " for level in range(levels + 1))

ASK = "{{ faxOutUdrReport {{ {} }} }} "
DOCUMENTS = {
    "a billion laughs": ASK.format("...L0") + laughs(10, 9),
    "two to the hundredth": ASK.format("...L0") + laughs(2, 100),
    "laughs under aliases": ASK.format(" ".join(f"a{n}: content {{ ...L0 }}" for n in range(200))) + laughs(10, 9),
    "a fragment of itself": ASK.format("...A") + "fragment A on FaxOutUdrReportRecord { faxId ...A }",
    "a circle": ASK.format("...A") + "".join(
        f"fragment {name} on FaxOutUdrReportRecord {{ ...{other} }} " for name, other in ("AB", "BA")
    ),
    "many aliases": ASK.format(" ".join(f"a{n}: faxId" for n in range(3000))),
    "the same field": ASK.format("faxId " * 9000),
    "many reports": "{" + " ".join(f"a{n}: faxOutUdrReport {{ faxId }}" for n in range(1000)) + "}",
    "many operations": " ".join(f"query Q{n} {{ faxOutUdrReport {{ faxId }} }}" for n in range(900)),
    "many variables": f"query ({' '.join(f'$v{n}: Int' for n in range(2000))}) {ASK.format('faxId')}",
    "many mistakes": ASK.format(" ".join(f"no{n}" for n in range(4000))),
    "many directives": ASK.format("faxId " + "@include(if: true) " * 1200),
    "inline in inline": ASK.format("... { " * 900 + "faxId" + " }" * 900),
    "deep": ASK.format("content { " * 5000 + "}" * 5000),
    "deeper": "{" * 90_000,
    "brackets": ASK.format("x(y: " + "[" * 4000 + "]" * 4000 + ")"),
    "a long name": ASK.format("a" * 90_000),
    "a long text": ASK.format('x(y: "' + "a" * 90_000 + '")'),
    "an open text": ASK.format('x(y: "' + "a" * 90_000),
    "a long number": ASK.format("x(y: " + "9" * 90_000 + ")"),
    "blanks": " " * 99_999 + "{",
    "too long": ASK.format("faxId " * 5_000_000),
}
for name, text in DOCUMENTS.items():
    try:
        plan = rt.plan_retarus(text, last="2D", customer_id="1", operation="Q1" if "operations" in name else None)
        assert len(str(plan)) < 10_000_000, name
        print(name, "planned", flush=True)
    except rt.errors.RetarusError as error:
        assert len(str(error)) < 20_000, name
        print(name, "refused", flush=True)
"""


def test_hostile_documents_take_neither_time_nor_memory() -> None:
    """Two minutes and 3 GB for all together, where one that is followed blindly would take years."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::UserWarning", "-c", HOSTILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-500:]}\n{done.stderr[-2000:]}"
    assert "many aliases planned" in done.stdout
    assert "too long refused" in done.stdout
