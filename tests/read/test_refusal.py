"""One mistake, one message: what the service refuses is told where the author wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import QueryError, SchemaWarning
from retarus_pandas.read.refusal import pointed_out, with_a_way_on
from retarus_pandas.read.warn import warn_caller
from retarus_pandas.values import Doubt, Query

DOUBT = Doubt(
    "statusNam", "a note", "Cannot query field 'statusNam'. (line 1, column 9)\n    { faxId statusNam }\n    ^"
)
QUERY = Query("r", "r", "content", "", None, {}, {}, (), notes=("a note",), doubts=(DOUBT,))


def refusal(*errors: object, data: dict[str, object] | None = None) -> QueryError:
    return QueryError("The service answered with errors: as it worded them.", errors, data)


@pytest.fixture(scope="module")
def session() -> Iterator[rt.Session]:
    with rt.Session.sandbox(rows=50) as made:
        yield made


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_typo_is_told_once_with_its_place(session: rt.Session, time: str) -> None:
    """By one error and no warning, whether the session knows the report or not."""
    if time == "second":
        rt.read_retarus("{ faxOutUdrReport { faxId } }", last="1D", session=session)
    with pytest.raises(QueryError) as caught:  # a warning would be another error
        rt.read_retarus("{ faxOutUdrReport { faxId statusNam } }", last="1D", session=session)
    first, quoted, caret, *rest = str(caught.value).splitlines()
    assert "statusNam" in first
    assert "Did you mean 'statusName'" in first
    assert quoted[caret.index("^") :].startswith("statusNam ")
    assert "statusNam" not in "".join(rest)
    assert "page 0" not in str(caught.value)
    assert caught.value.errors


@pytest.mark.parametrize(
    "message",
    [
        "Cannot query field 'statusNam' on type 'Record'. Did you mean 'statusName'?",
        "Validation error (FieldUndefined@[r/content/statusNam]) : Field 'statusNam' in type 'Record' is undefined",
        "Validation error of type FieldUndefined: Field 'statusNam' in type 'Record' is undefined @ 'r/content'",
    ],
)
def test_the_service_may_word_it_as_it_likes(message: str) -> None:
    told = str(pointed_out(refusal({"message": message}), QUERY))
    assert told.startswith(DOUBT.shown)
    assert "Validation" not in told


@pytest.mark.parametrize(
    ("document", "options", "told"),
    [
        ("{ faxOutUdrReport { faxId { x } } }", {}, "Field 'faxId' must not have a selection"),
        ("{ faxOutUdrReport { faxId } }", {"filters": {"statusNam": ["OK"]}}, "Expected value of type"),
        ("{ faxOutUdrReport { faxId } }", {"filters": {"statusName": {"a": 1}}}, "Expected value of type"),
    ],
)
def test_what_is_wrong_with_the_document_is_said_of_no_page(
    session: rt.Session, document: str, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(QueryError) as caught:
        rt.read_retarus(document, last="1D", session=session, **options)
    assert str(caught.value).startswith(told)
    assert "page 0" not in str(caught.value)


def test_errors_about_something_else_are_told_beside_it() -> None:
    told = str(pointed_out(refusal({"message": "no 'statusNam'"}, {"message": "the moon is full"}), QUERY))
    assert told.startswith(DOUBT.shown)
    assert "the moon is full" in told
    assert "no 'statusNam'" not in told


@pytest.mark.parametrize(
    "error",
    [
        refusal({"message": "the moon is full"}),
        refusal({"message": "Did you mean 'statusNam'?"}),
        refusal({"message": "statusNam failed", "path": ["r"]}),
        refusal({"message": "statusNam failed"}, data={"r": None}),
        refusal("statusName"),
    ],
)
def test_what_is_not_about_the_doubt_keeps_the_service_s_words(error: QueryError) -> None:
    assert str(pointed_out(error, QUERY)) == str(error)


def test_the_way_on_is_told_only_where_the_document_was_refused() -> None:
    assert "fetch_schema()" in str(with_a_way_on(refusal({"message": "no 'x'"}), QUERY))
    assert "fetch_schema()" not in str(with_a_way_on(refusal({"message": "x", "path": ["r"]}), QUERY))


_WITHIN_THE_PACKAGE = """
from contextlib import contextmanager

@contextmanager
def telling():
    warn_caller("something", category)
    yield

def read():
    with telling():
        pass
"""


def test_a_warning_points_past_context_managers_of_python() -> None:
    """At the line that called the package, not at a line of ``contextlib``."""
    package = {"__name__": "retarus_pandas.made_up", "warn_caller": warn_caller, "category": SchemaWarning}
    exec(_WITHIN_THE_PACKAGE, package)
    with pytest.warns(SchemaWarning, match="something") as caught:
        package["read"]()  # type: ignore[operator]
    assert caught[0].filename == __file__
