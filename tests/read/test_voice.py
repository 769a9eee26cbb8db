"""What messages say of arguments, said of the options of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import InputError, NotSignedInError, PeriodError, QueryError
from retarus_pandas.read import OPTIONS, plan_retarus
from retarus_pandas.read.voice import SHELL, in_words_of_a_line, told_on_a_line


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("start='2026-11-20' is later than end='2026-11-10'.", "--start 2026-11-20 is later than --end 2026-11-10."),
        ('Write period="last month".', 'Write --period "last month".'),
        ("end='x y' has no beginning. Add start=.", '--end "x y" has no beginning. Add --start.'),
        ("The option max_rows=-3 does not fit.", "The option --max-rows -3 does not fit."),
        ("choose by operation= one of A, B.", "choose by --operation one of A, B."),
        ("give it with variables={'wanted': …}, or", "give it with --var wanted=…, or"),
        ("filters={'statusName': …} takes texts", "--filter statusName=… takes texts"),
        ("Say it: mask={'*': 'personal', 'x': 'hash'}, or", "Say it: --mask personal --mask x=hash, or"),
        ("customer_id='1' and page_size=5", "--customer 1 and --page-size 5"),
        ("Session(schema=…), session= and dtype= stay", "Session(schema=…), session= and dtype= stay"),
        ('Take csv={"encoding": "utf-8-sig"}.', 'Take csv={"encoding": "utf-8-sig"}.'),
    ],
)
def test_an_argument_becomes_an_option(said: str, meant: str) -> None:
    assert in_words_of_a_line(said) == meant


@given(st.sampled_from([name for name, each in OPTIONS.items() if each.flag and each.flag.metavar]), st.text())
def test_saying_it_again_changes_nothing(name: str, value: str) -> None:
    once = in_words_of_a_line(f"{name}={value!r} is wrong.")
    assert in_words_of_a_line(once.partition(repr(value))[0]) == once.partition(repr(value))[0]


def test_a_call_becomes_a_command() -> None:
    """Of the program whose line it is; a shell has no form to sign in with."""
    missing = "Make it first: rt.Archive('of \\'26').sync()."
    assert in_words_of_a_line(missing) == """Make it first: '%retarus archive sync "of '26"'."""
    assert in_words_of_a_line(missing, SHELL).startswith("Make it first: 'python -m retarus_pandas archive sync ")
    signed_out = NotSignedInError("Not signed in: set A in the environment, or call retarus_pandas.login().")
    assert str(told_on_a_line(signed_out)) == "Not signed in: set A in the environment, or run '%retarus login'."
    assert str(told_on_a_line(signed_out, SHELL)) == "Not signed in: set A in the environment."


def test_the_service_s_own_words_are_left_as_they_are() -> None:
    refused = QueryError("The service answered with errors: last='7D' is odd.", [{"message": "m"}])
    told = told_on_a_line(refused)
    assert (str(told), type(told), told.__dict__) == (str(refused), QueryError, refused.__dict__)
    assert str(told_on_a_line(InputError("last='7D' is odd."))) == "--last 7D is odd."


def test_instants_are_told_in_the_zone_of_the_calendar() -> None:
    """As they can be written again."""
    with pytest.raises(PeriodError, match=r"\+05:30\. Write start=\"[^Z]+\+05:30\"") as caught:
        plan_retarus("faxOutUdrReport", start="2001-01-01", tz="Asia/Kolkata", customer_id="1")
    suggested = str(caught.value).partition('start="')[2].partition('"')[0]
    assert plan_retarus("faxOutUdrReport", start=suggested, tz="Asia/Kolkata", customer_id="1").reports


@pytest.mark.parametrize(("start", "tz"), [("0001-01-01", "America/New_York"), ("9999-12-31", "Europe/Berlin")])
def test_the_ends_of_the_calendar_are_told_all_the_same(start: str, tz: str) -> None:
    with pytest.raises(PeriodError, match="Write"):
        plan_retarus("faxOutUdrReport", start=f"{start}T00:00:00Z", end=f"{start}T23:59:59Z", tz=tz, customer_id="1")
