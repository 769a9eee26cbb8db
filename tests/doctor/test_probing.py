"""The probe names every quirk that can be seen from outside, within its requests, and guesses nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from retarus_pandas.doctor.asking import MOST_REQUESTS
from retarus_pandas.doctor.probing import probe_service, told_in_lines
from retarus_pandas.errors import AuthenticationError, NotSignedInError
from retarus_pandas.sandbox import Quirk, Sandbox
from retarus_pandas.session.profile import Profile
from retarus_pandas.session.session import Session
from support.kernels import run_kernel

# The records of a day are the same ones each time.
NOW = datetime.now(UTC).replace(hour=9, minute=30, second=0, microsecond=0) - timedelta(days=1)
ROWS = {
    "faxInUdrReport": 100,
    "faxOutUdrReport": 1500,
    "smsInUdrReport": 100,
    "smsOutUdrReport": 200,
    "transactionalEmailUdrReport": 8000,  # dense enough for its two timestamps to differ in order
    "transactionalEmailEventReport": 1,
}

# What each quirk is answered with: the question's name, and the fact.
ANSWERS: Mapping[Quirk, tuple[str, Any]] = {
    Quirk.PAST_END_ERROR: ("past-end", "error"),
    Quirk.PAST_END_LAST: ("past-end", "last"),
    Quirk.MORE_WHEN_FULL: ("full-page", True),
    Quirk.SPAN_EXCLUSIVE: ("span-45", False),
    Quirk.CLAMP_LIMITS: ("over-size", "clamped"),
    Quirk.ERRORS_WITH_200: ("invalid-document", 200),
    Quirk.RULES_WITH_400: ("broken-rule", 400),
    Quirk.NO_INTROSPECTION: ("introspection", False),
    Quirk.ROW_PER_ATTEMPT: ("attempts", True),
    Quirk.EMAIL_BY_USAGE: ("period-column", "usageCreationTime"),
    Quirk.EMPTY_TIMESTAMPS: ("empty-instants", [False, True]),
    Quirk.NUMERIC_STATUS_CODE: ("value-types", "faxOutUdrReport.statusCode: int where String is assumed"),
    Quirk.EXTRA_FIELDS: ("names-new", "faxOutUdrReport.content.carrier (Carrier)"),
    Quirk.ROWS_INSERTED: ("moving", 0),
    Quirk.ROWS_EXPIRED: ("moving", 1),
    Quirk.ROWS_UPDATED: ("moving", 2),
    Quirk.LATE_DAYS: ("later", 0),
    Quirk.WITHDRAWN: ("later", 1),
    Quirk.CHANGED_LATER: ("later", 2),
    Quirk.ONE_WEEK: ("extent", None),
    Quirk.TIES_ANEW: ("ties", False),
    Quirk.MANY_AT_ONE_INSTANT: ("bursts", None),
    Quirk.STAMPS_FINER: ("stamp-digits", 6),
    Quirk.STAMPS_CUT: ("stamp-shown", "cut"),
    Quirk.STAMPS_ROUNDED: ("stamp-shown", "rounded"),
    Quirk.PERIOD_END_INCLUDED: ("period-end", True),
    Quirk.PERIOD_BY_DATE: ("period-time", "dates"),
    Quirk.PERIOD_LOCAL_TIME: ("period-time", "local"),
    Quirk.PERIOD_IGNORED: ("period-time", "ignored"),
    Quirk.SORT_IGNORED: ("sort", "ignored"),
    Quirk.SIZE_CLAMPED: ("page-size", 25),
    Quirk.FILTERS_ANY_CASE: ("filter-case", False),
    Quirk.FILTERS_BY_PART: ("filter-whole", False),
    Quirk.ENDS_EARLY: ("next-page", "ends-early"),
    Quirk.TRANSIENT_ERRORS: ("faults", None),
    Quirk.TWINS: ("key", "twins"),
    Quirk.KEYS_REPEATED: ("key", "repeated"),
    Quirk.FIELDS_MISSING: ("names-lacking", "faxOutUdrReport.content.attemptSeqNo"),
    Quirk.NO_ALIASES: ("aliases", False),
    Quirk.ARGUMENT_TYPES: ("types-other", "faxOutUdrReport.(size): Long, not Int"),
    Quirk.TYPES_RENAMED: ("types-other", "faxOutUdrReport.(datePeriod): DatePeriodV2!, not DatePeriod!"),
}

# Quirks that hide nothing of each other, so that one probe shows them all.
TOGETHER = [
    {
        Quirk.PAST_END_ERROR,
        Quirk.SPAN_EXCLUSIVE,
        Quirk.ERRORS_WITH_200,
        Quirk.ROW_PER_ATTEMPT,
        Quirk.EMPTY_TIMESTAMPS,
        Quirk.EMAIL_BY_USAGE,
        Quirk.STAMPS_FINER,
        Quirk.PERIOD_END_INCLUDED,
    },
    {
        Quirk.PAST_END_LAST,
        Quirk.CLAMP_LIMITS,
        Quirk.NUMERIC_STATUS_CODE,
        Quirk.EXTRA_FIELDS,
        Quirk.TWINS,
        Quirk.ENDS_EARLY,
        Quirk.NO_ALIASES,
    },
    {Quirk.MORE_WHEN_FULL, Quirk.RULES_WITH_400, Quirk.KEYS_REPEATED, Quirk.ARGUMENT_TYPES},
    {Quirk.NO_INTROSPECTION, Quirk.SIZE_CLAMPED},
    {Quirk.FILTERS_ANY_CASE, Quirk.FILTERS_BY_PART},
    {Quirk.ROWS_INSERTED, Quirk.ROWS_EXPIRED, Quirk.ROWS_UPDATED},
    {Quirk.TIES_ANEW, Quirk.MANY_AT_ONE_INSTANT},
]
IN_DAYS = frozenset({Quirk.LATE_DAYS, Quirk.CHANGED_LATER, Quirk.WITHDRAWN})
ALONE = [{quirk} for quirk in Quirk if quirk not in IN_DAYS | {Quirk.TIES_ANEW}]
GROUPS = [*TOGETHER, *[one for one in ALONE if not any(one <= group for group in TOGETHER)]]
if os.environ.get("RETARUS_LONG_TESTS"):
    GROUPS = [*TOGETHER, *ALONE]


def named(quirks: Iterable[Quirk]) -> str:
    return "+".join(sorted(quirk.value for quirk in quirks))


def session_of(box: Sandbox) -> Session:
    return Session(box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url)


def probed(quirks: Iterable[Quirk] = (), **options: Any) -> Profile:
    with Sandbox(options.pop("rows", ROWS), quirks=quirks, now=NOW, **options) as box, session_of(box) as session:
        probe_service(session, pause=0, now=NOW)
        assert box.requests.api <= MOST_REQUESTS
        assert session.known.profile is not None
        return session.known.profile


@cache
def plain() -> Profile:
    return probed()


def test_every_quirk_has_an_answer() -> None:
    """A new quirk has to say in which row it shows."""
    assert set(ANSWERS) == set(Quirk)


@pytest.mark.parametrize("quirks", GROUPS, ids=map(named, GROUPS))
def test_quirks_are_named(quirks: set[Quirk]) -> None:
    """In the expected row, otherwise than by the plain service, and within the requests."""
    facts = probed(quirks).facts
    for quirk in quirks:
        name, expected = ANSWERS[quirk]
        assert shows(facts[name], expected), (quirk, facts[name])
        assert facts[name] != plain().facts.get(name), quirk


def shows(fact: Any, expected: Any) -> bool:
    """Whether a fact is as expected, or names it; a number says which of three counts is not zero."""
    if expected is None:
        return True
    if isinstance(fact, list) and type(expected) is int:
        return bool(fact[expected])
    if isinstance(fact, list) and isinstance(expected, str):
        return expected in fact
    if isinstance(fact, dict):
        return expected in fact.values() or [expected] in fact.values()
    return bool(fact == expected)


def test_what_happens_in_days_is_named_by_a_second_probe() -> None:
    """It compares with what the first one has seen."""
    counts = {}
    for quirks in (frozenset[Quirk](), IN_DAYS):
        rows = dict.fromkeys(ROWS, 30) | {"faxOutUdrReport": 20_000}
        with Sandbox(rows, quirks=quirks, now=NOW) as box, session_of(box) as session:
            probe_service(session, pause=0, now=NOW)
            assert session.known.profile is not None
            assert "later" not in session.known.profile.facts
            box.advance(timedelta(days=9))
            probe_service(session, pause=0, now=NOW + timedelta(days=9))
            counts[quirks] = session.known.profile.facts["later"]
    assert counts[frozenset()] == [0, 0, 0]
    for quirk in IN_DAYS:
        name, place = ANSWERS[quirk]
        assert name == "later"
        assert counts[IN_DAYS][place] > 0, quirk


def test_the_plain_service() -> None:
    """What the sandbox does by default, as far as it can be seen."""
    facts = plain().facts
    assert facts["period-time"] == "instants"
    assert facts["period-end"] is False
    assert facts["sort"] == "honoured"
    assert facts["past-end"] == "empty"
    assert facts["next-page"] == "goes-on"
    assert facts["page-size"] == 10_000
    assert facts["filter-case"] is True
    assert facts["filter-whole"] is True
    assert (facts["default-page"], facts["default-size"], facts["default-sort"]) == (0, 100, "ASC")
    assert facts["filter-several"] == "any of the values, all of the columns"
    assert facts["key"] == "unique"
    assert facts["moving"] == [0, 0, 0]
    assert facts["duration-unit"] == "milliseconds"
    assert plain().warning == ""


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_an_account_with_few_records_is_told_so(rows: int) -> None:
    """Nothing is guessed: what needs records has no answer."""
    with Sandbox(rows, now=NOW) as box, session_of(box) as session:
        table = probe_service(session, pause=0, now=NOW)
        assert box.requests.api <= MOST_REQUESTS
    answers = table.set_index("question")["answer"]
    for question in ("How is a period compared with the instants of records?", "What is a page past the end?"):
        assert answers[question].startswith("could not be told, because no")
    assert answers["Does the service give its schema?"] == "yes"


def test_records_that_move_give_no_answer_about_filters() -> None:
    """A number of records proves a rule only if the records stayed."""
    facts = probed({Quirk.ROWS_EXPIRED}).facts
    assert not {"filter-case", "filter-several", "full-page"} & set(facts)


@pytest.mark.parametrize("quirks", [(), (Quirk.NO_INTROSPECTION,)])
def test_without_names_that_are_assumed(quirks: tuple[Quirk, ...]) -> None:
    """With the service's schema or without, what it lacks is named, and the other questions are asked all the same."""
    profile = probed(quirks, missing=["sort", "attemptSeqNo", "pageSize"])
    assert any("attemptSeqNo" in name for name in profile.facts["names-lacking"])
    assert profile.facts["period-time"] == "instants"
    assert profile.facts["sort"] == "refused"
    assert bool(profile.refused) == bool(quirks)


def test_what_is_kept_holds_no_record_and_no_secret() -> None:
    """Answers, names and digests."""
    with Sandbox(300, now=NOW) as box, session_of(box) as session:
        probe_service(session, pause=0, now=NOW)
        token = session.sign_in().secret.reveal()
        profile = session.known.profile
        assert profile is not None
        kept = json.dumps(asdict(profile))
        texts = {
            value
            for report in ("faxOutUdrReport", "smsOutUdrReport")
            for record in box.records(report)
            for name, value in record.items()
            if isinstance(value, str) and len(value) > 7 and not name.endswith(("At", "Ts", "Timestamp"))
        }
    assert token not in kept
    assert box.client_secret not in kept
    assert box.customer_id not in kept
    assert not [text for text in texts if text in kept]


def test_a_refused_sign_in_is_an_error_and_no_table() -> None:
    with (
        Sandbox(1) as box,
        Session(box.customer_id, box.client_id, "wrong", api_url=box.api_url, token_url=box.token_url) as session,
        pytest.raises(AuthenticationError),
    ):
        probe_service(session, pause=0)


def test_nobody_signed_in() -> None:
    with pytest.raises(NotSignedInError, match=r"login\(\)"):
        probe_service()


def test_the_command_and_the_magic_show_all_questions() -> None:
    """The shell prints each question with its answer, the magic gives the table."""
    with Sandbox(300) as box, session_of(box) as session:
        table = probe_service(session, pause=0)
        printed = told_in_lines(table)
        with run_kernel(**box.environment) as kernel:
            shown = kernel.printed(
                "%load_ext retarus_pandas\n"
                "table = get_ipython().run_line_magic('retarus', 'doctor --probe')\n"
                "from retarus_pandas.__main__ import main\n"
                "print(list(table.columns), len(table), main(['doctor', '--probe']))",
            )
    assert all(question in printed for question in table["question"])
    assert f"['question', 'answer', 'evidence'] {len(table)} 0" in shown
    assert "What is a page past the end?\n    an empty page\n" in shown
