"""What messages say of arguments, said of the options of a line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import InputError, NotSignedInError, PeriodError, QueryError
from retarus_pandas.read import OPTIONS, plan_retarus
from retarus_pandas.read.table import Table
from retarus_pandas.read.voice import SHELL, in_words_of_a_line, table_on_a_line, told_on_a_line

ROOT = Path(__file__).parent.parent.parent / "retarus_pandas"
# What only a program can write, and what only a notebook can.
OF_A_PROGRAM = re.compile(
    r"\b(?:retarus_pandas|rt)\.\w+\(|\blog(?:in|out)\(\)|fetch_schema|\bschema=|\bfields=|\breports="
)
OF_A_NOTEBOOK = re.compile(r"%retarus|in the notebook")
# What a notebook can run as well as a program, and a sentence about a call that no line can make.
BOTH = re.compile(r"retarus_pandas\.(?:Session|read_retarus|login)\([^)]|read_retarus_dask|^session= ")


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


@pytest.mark.parametrize(
    ("said", "on_a_magic_s", "in_a_shell"),
    [
        (
            "retarus_pandas.fields('x') lists what there is.",
            "'%retarus fields x' lists what there is.",
            "'python -m retarus_pandas fields x' lists what there is.",
        ),
        (
            "It was logged out; call retarus_pandas.login() to sign in again.",
            "It was logged out; run '%retarus login' to sign in again.",
            "It was logged out.",
        ),
        (
            "correct them, or call retarus_pandas.logout() and retarus_pandas.login()",
            "correct them, or run '%retarus logout' and '%retarus login'",
            "correct them",
        ),
        (
            "Session.fetch_schema(), or a file as schema= or RETARUS_SCHEMA",
            "'%retarus schema --live', or a file as RETARUS_SCHEMA",
            "'python -m retarus_pandas schema --live --save FILE', or a file as 'export --schema' or RETARUS_SCHEMA",
        ),
        (
            "'python -m retarus_pandas doctor --probe' asks again.",
            "'%retarus doctor --probe' asks again.",
            "'python -m retarus_pandas doctor --probe' asks again.",
        ),
        (
            "$x has no value: give it with variables={'x': …}. (line 1)",
            "$x has no value: give it with --var x=…, or set x in the notebook. (line 1)",
            "$x has no value: give it with --var x=…. (line 1)",
        ),
        (
            "a file; retarus_pandas.read_retarus(pathlib.Path('q.txt'), …) reads what is in it.",
            "a file; retarus_pandas.read_retarus(pathlib.Path('q.txt'), …) reads what is in it.",
            "a file; a file is read whose name ends in .graphql.",
        ),
        (
            "ask less (page_size=), or allow more with retarus_pandas.Session(..., max_bytes=).",
            "ask less (--page-size), or allow more with retarus_pandas.Session(..., max_bytes=).",
            "ask less (--page-size).",
        ),
        (
            "fields=['faxId'] is of none. Give reports= with one name, or fields={'x': [...]}.",
            "--field ['faxId'] is of none. Give --report with one name.",
            "--field ['faxId'] is of none. Give --report with one name.",
        ),
        ("since='last week' is no date.", '--since "last week" is no date.', '--since "last week" is no date.'),
        ("reread='x' is no length.", "--reread x is no length.", "--reread x is no length."),
    ],
)
def test_a_way_on_is_one_that_can_be_taken_there(said: str, on_a_magic_s: str, in_a_shell: str) -> None:
    assert in_words_of_a_line(said) == on_a_magic_s
    assert in_words_of_a_line(said, SHELL) == in_a_shell
    assert str(told_on_a_line(InputError(said), SHELL)) == in_a_shell
    table = table_on_a_line(Table({"to_do": [said], "rows": [7]}), SHELL)
    assert (table.loc[0, "to_do"], table.loc[0, "rows"]) == (in_a_shell, 7)


def sentences(path: Path) -> set[str]:
    """The texts of a module that are no docstrings, with x for what is put in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    expressions = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in parts | expressions
    ]
    return {text for text in texts if isinstance(text, str) and " " in text}


def test_every_way_on_of_a_message_is_known_here() -> None:
    """Messages are written for programs; one that names a call in a new way would be told so on a line, too."""
    files = [
        path
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in {"completion", "notebook", "dask", "sandbox", "__main__.py"}
        and path.name not in {"voice.py", "stray.py"}
    ]
    said = {text for path in files for text in sentences(path) if not BOTH.search(text)}
    assert sum(bool(OF_A_PROGRAM.search(text)) for text in said) > 10
    assert [text for text in said if OF_A_NOTEBOOK.search(text)] == []
    assert [text for text in said if OF_A_PROGRAM.search(in_words_of_a_line(text))] == []
    in_a_shell = [in_words_of_a_line(text, SHELL) for text in said]
    assert [text for text in in_a_shell if OF_A_PROGRAM.search(text) or OF_A_NOTEBOOK.search(text)] == []


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
