"""The line of the cell magic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retarus_pandas.errors import InputError
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.read.splitting import join_line, split_line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  a   b ", ["a", "b"]),
        ('--filter jobBillingCode="Pos. 2 Fax"', ["--filter", "jobBillingCode=Pos. 2 Fax"]),
        ("--filter 'a b'=c", ["--filter", "a b=c"]),
        (r"--save C:\new\table.csv", ["--save", r"C:\new\table.csv"]),
        (r'--save "C:\a b\"', ["--save", "C:\\a b\\"]),
        ("x # y", ["x", "#", "y"]),
        ("$HOME {x} `ls` ;", ["$HOME", "{x}", "`ls`", ";"]),
    ],
)
def test_quotes_group_and_everything_else_is_literal(line: str, words: list[str]) -> None:
    assert split_line(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "x --filter jobBillingCode=“Pos. 2 Fax” --last 7D",
            ["x", "--filter", "jobBillingCode=Pos. 2 Fax", "--last", "7D"],
        ),
        ("--filter jobBillingCode=„Pos. 2 Fax“", ["--filter", "jobBillingCode=Pos. 2 Fax"]),
        ("„Pos. 2“ «a b» »c d« ‘e f’ ‚g h‘", ["Pos. 2", "a b", "c d", "e f", "g h"]),
        ('a=“d’accord” b=“say "hi"” c=«»', ["a=d’accord", 'b=say "hi"', "c="]),
        ("--last\N{NO-BREAK SPACE}7D\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH SPACE}x", ["--last", "7D", "x"]),
        ("–last 7D —tz UTC", ["--last", "7D", "--tz", "UTC"]),
    ],
)
def test_what_an_editor_makes_of_quotes_blanks_and_dashes_means_the_same(line: str, words: list[str]) -> None:
    assert split_line(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('a="“b c”"', ["a=“b c”"]),
        ("a='x\N{NO-BREAK SPACE}y'", ["a=x\N{NO-BREAK SPACE}y"]),
        ("d’accord x“y” 2026–11", ["d’accord", "x“y”", "2026–11"]),
        ("'–last'", ["–last"]),
    ],
)
def test_within_straight_quotes_and_within_words_it_is_meant(line: str, words: list[str]) -> None:
    assert split_line(line) == words
    assert split_line(join_line(words)) == words


@pytest.mark.parametrize(("written", "name"), [("gro\u0308ße", "größe"), ("µ_kosten", "μ_kosten"), ("ｆaxes", "faxes")])
def test_a_name_is_the_variable_that_python_means(written: str, name: str) -> None:
    """Python normalises what it reads, and finds the variable under that name only."""
    assert cell_options(f"{written} --last 7D").name == name
    assert eval(written, {cell_options(f"{written} --last 7D").name: 1}) == 1


def test_an_open_quote_is_named() -> None:
    """Without repeating the line, which may hold a secret that nobody has looked for yet."""
    with pytest.raises(InputError, match="not closed") as caught:
        split_line('--client-secret="s3cret')
    with pytest.raises(InputError, match="not closed"):
        split_line("--filter x=“Pos. 2")
    assert "s3cret" not in str(caught.value)


@given(st.lists(st.text(st.characters(blacklist_characters='"', blacklist_categories=("Cs", "Cc")), min_size=1)))
def test_any_words_survive_being_quoted(words: list[str]) -> None:
    assert split_line(" ".join(f'"{word}"' for word in words)) == words


@pytest.mark.parametrize("line", ["frame --last 7D", "frame << --last 7D", "frame<< --last 7D", "--last 7D frame"])
def test_the_name_may_be_followed_by_an_arrow(line: str) -> None:
    options = cell_options(line)
    assert (options.name, options.last) == ("frame", "7D")


def test_how_a_file_is_written_takes_a_file() -> None:
    with pytest.raises(InputError, match=r"^The option --csv excel says .* add --save FILE.csv, or leave it out\.$"):
        cell_options("--last 7D --csv excel")
    assert cell_options("--csv excel --save x.csv").csv == "excel"
    assert cell_options("--csv excel --plan").csv == "excel"


@pytest.mark.parametrize(
    "line",
    [
        "2x",
        "class",
        "a-b",
        "frame other",
        "frame --save x.csv",
        "--quie",
        "x --csv excel",
        "print",
        "In",
        "_",
        "_1",
        "__name__",
    ],
)
def test_what_cannot_be_meant_is_refused(line: str) -> None:
    with pytest.raises(InputError):
        cell_options(line)
