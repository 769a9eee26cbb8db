"""The options shared by the magic line and the command line."""

from __future__ import annotations

import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.read.line import OptionParser, add_options, reading_arguments
from retarus_pandas.read.taken import OPTIONS


def parser() -> OptionParser:
    made = OptionParser(prog="test")
    add_options(made, OPTIONS)
    return made


def arguments(*words: str) -> dict[str, object]:
    return reading_arguments(parser().parse(words))


def test_options_become_keyword_arguments_and_what_is_not_given_is_left_out() -> None:
    assert arguments() == {}
    assert arguments("--last", "7D", "--max-rows", "5") == {"last": "7D", "max_rows": 5}


def test_a_repeated_filter_adds_values_in_their_order() -> None:
    given = arguments("--filter", "a=2", "--filter", "b=x=y", "--filter", "a=1")
    assert given == {"filters": {"a": ["2", "1"], "b": ["x=y"]}}


def test_a_variable_may_be_written_with_its_dollar() -> None:
    assert arguments("--var", "$code=A", "--var", "other=") == {"variables": {"code": "A", "other": ""}}


@pytest.mark.parametrize(
    "words", [["--las", "7D"], ["--unknown"], ["--max-rows", "many"], ["--last"], ["--filter", "x"]]
)
def test_a_mistake_is_an_input_error_that_quotes_it(words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        arguments(*words)
    assert words[-1] in str(caught.value)


@pytest.mark.parametrize("word", ["--client-secret=x1y2", "--password", "--token=x1y2", "--CLIENT_SECRET=x1y2"])
def test_a_secret_is_refused_without_being_repeated(word: str) -> None:
    with pytest.raises(InputError, match="history") as caught:
        arguments("--last", "7D", word)
    assert "x1y2" not in str(caught.value)


def test_an_option_is_refused_that_carries_a_secret_even_after_another_mistake() -> None:
    with pytest.raises(InputError, match="history"):
        arguments("--nonsense", "--client-secret", "x1y2")
