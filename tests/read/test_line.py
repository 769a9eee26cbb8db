"""The options shared by the magic line and the command line."""

from __future__ import annotations

import re

import pytest

from retarus_pandas.__main__ import main
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


@pytest.mark.parametrize("words", [["--las"], ["--unknown"], ["--max-rows", "many"], ["--last"], ["--filter", "x"]])
def test_a_mistake_is_an_input_error_that_quotes_it(words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        arguments(*words)
    assert words[-1] in str(caught.value)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["last=7D"], "'last' lacks its dashes: write --last 7D."),
        (["tz", "=", "Europe/Berlin"], "write --tz Europe/Berlin."),
        (["last", "7D"], "write --last 7D."),
        (["max_rows=5"], "write --max-rows 5."),
        (["period=last month"], 'write --period "last month".'),
        (["no_progress"], "write --no-progress."),
        (["lst=7D"], "write --last 7D."),
        (["--last", "=", "7D"], "An equals sign stands without blanks: write --last 7D."),
        (["7D"], "'7D' is none of the options. Options begin with --"),
        (["--lst", "7D"], "no option '--lst'. Did you mean --last?"),
        (["--max_rows=5"], "Did you mean --max-rows?"),
        (["--nonsense"], "no option '--nonsense'. '"),
        (["--last", "--tz", "UTC"], "expected one argument"),
        (["elsewhere"], "'elsewhere' is none of the options. Options begin with --"),
    ],
)
def test_a_word_that_fits_nowhere_is_told_with_what_is_meant(words: list[str], meant: str) -> None:
    """In one line that says where to look, not with all there is."""
    with pytest.raises(InputError, match=re.escape(meant)) as caught:
        arguments(*words)
    assert "'test --help' lists what there is" in str(caught.value)
    assert len(str(caught.value)) < 150


def test_a_value_may_look_like_an_option() -> None:
    assert arguments("--var", "last=7D", "--filter", "period=x", "--filter=tz=1") == {
        "variables": {"last": "7D"},
        "filters": {"period": ["x"], "tz": ["1"]},
    }


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["exprt"], "no command 'exprt'. Did you mean 'export'?"),
        (["archive", "synk", "x"], "no command 'synk'. Did you mean 'sync'?"),
        (["export", "--lst", "7D"], "no option '--lst'. Did you mean --last? 'python -m retarus_pandas export --help'"),
        (["export", "r", "--out", "x.csv", "last=7D"], "write --last 7D. 'python -m retarus_pandas export --help'"),
    ],
)
def test_a_command_s_own_words_are_told_by_the_command(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert meant in capsys.readouterr().err


@pytest.mark.parametrize("words", [["client_secret=x1y2"], ["token", "=", "x1y2"], ["a", "password", "x1y2"]])
def test_a_secret_without_dashes_is_not_repeated_either(words: list[str]) -> None:
    with pytest.raises(InputError, match="history") as caught:
        arguments(*words)
    assert "x1y2" not in str(caught.value)


@pytest.mark.parametrize("word", ["--client-secret=x1y2", "--password", "--token=x1y2", "--CLIENT_SECRET=x1y2"])
def test_a_secret_is_refused_without_being_repeated(word: str) -> None:
    with pytest.raises(InputError, match="history") as caught:
        arguments("--last", "7D", word)
    assert "x1y2" not in str(caught.value)


def test_an_option_is_refused_that_carries_a_secret_even_after_another_mistake() -> None:
    with pytest.raises(InputError, match="history"):
        arguments("--nonsense", "--client-secret", "x1y2")
