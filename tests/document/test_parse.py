"""Text becomes a tree, or an error that points at the place."""

from __future__ import annotations

import re

import pytest
from graphql import GraphQLError, print_ast
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.document.parse import MAX_CHARACTERS, MAX_TOKENS, Complaints, did_you_mean, is_report_name, parse
from retarus_pandas.errors import DocumentError, Mistake


@pytest.mark.parametrize("text", ["faxOutUdrReport", " faxOutUdrReport\n", "_x1"])
def test_a_bare_name_is_a_report_name(text: str) -> None:
    assert is_report_name(text)


@pytest.mark.parametrize("text", ["", "{ a }", "a b", "1a", "ä", "query Q { a }"])
def test_anything_else_is_not(text: str) -> None:
    assert not is_report_name(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "pointed_at"),
    [
        ("{ faxOutUdrReport(", 1, 19, ""),
        ("{\n  faxOutUdrReport {\n\t]\n}", 3, 2, "]"),
        ("{\r\n  a }\r\n }", 3, 2, "}"),
        ("{ a\x0b }", 1, 4, "\x0b"),
        ("{\u2028 a }", 1, 2, "·"),
        ('{ a(b: "x) }', 1, 13, ""),
    ],
)
def test_a_syntax_error_has_line_column_and_caret(text: str, line: int, column: int, pointed_at: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(text)
    (found,) = caught.value.mistakes
    assert (found.line, found.column) == (line, column)
    message, quoted, caret = str(caught.value).split("\n")
    assert message == f"{found.message} (line {line}, column {column})"
    assert quoted[caret.index("^") :].startswith(pointed_at)


def test_the_caret_of_a_long_line_stands_under_the_part_that_is_shown() -> None:
    with pytest.raises(DocumentError) as caught:
        parse("{ " + "abc " * 200 + "] " + "abc " * 200 + "}")
    _, quoted, caret = str(caught.value).split("\n")
    assert quoted[caret.index("^")] == "]"
    assert len(quoted) < 120


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2003", "\u3000"])
def test_a_blank_that_does_not_break_is_one(blank: str) -> None:
    """As web pages and chats put it into what is copied; within a text it is meant."""
    copied = f'{{{blank}a(b:{blank}"x{blank}y"){blank}{{ c{blank}d }} # {blank}\n}}'
    plain = f'{{ a(b: "x{blank}y") {{ c d }} # {blank}\n}}'
    assert print_ast(parse(copied)) == print_ast(parse(plain))


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u200b", "ZERO WIDTH SPACE (U+200B)"), ("\u00ad", "SOFT HYPHEN (U+00AD)"), ("\u2028", "LINE SEPARATOR"),
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE (U+202E)"), ("\u2066", "LEFT-TO-RIGHT ISOLATE"), ("\u2060", "WORD JOINER"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE (U+FEFF)"), ("\u200d", "ZERO WIDTH JOINER"), ("\ufe0f", "VARIATION"),
    ],
)  # fmt: skip
def test_an_invisible_character_is_named_with_its_place(character: str, name: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(name)) as caught:
        parse(f'{{\n  a(b: "{character}") {{ c{character}d }}\n}}')
    (found,) = caught.value.mistakes
    assert (found.line, found.column) == (2, 16)
    message, quoted, caret = str(caught.value).split("\n")
    assert message.endswith("shown as ·. Delete it. (line 2, column 16)")
    assert character not in str(caught.value)
    assert quoted[caret.index("^")] == "·"


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\u202e", "\ufeff"])
def test_within_texts_and_comments_it_is_meant(character: str) -> None:
    (definition,) = parse(f'{{ a(b: "x{character}", c: """y{character}"z""") # {character}\n}}').definitions
    assert print_ast(definition).count(character) == 2


def test_a_byte_order_mark_is_ignored_as_graphql_says() -> None:
    assert print_ast(parse("\ufeff{ a \ufeff }")) == print_ast(parse("{ a }"))
    assert is_report_name("\ufefffaxOutUdrReport\n")


@given(st.lists(st.sampled_from(['"', '"""', "\\", "#", "\n", "a", "\u200b", "\u00a0", "{"]), max_size=12))
def test_nothing_unseen_is_left_in_a_tree(parts: list[str]) -> None:
    """However texts and comments begin and end."""
    try:
        tree = parse(f"{{ a {''.join(parts)} }}")
    except DocumentError:
        return
    assert "\u200b" not in re.sub(r'"""[^"]*"""|"[^"]*"', "", print_ast(tree))


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_document_is_told_what_to_write(text: str) -> None:
    with pytest.raises(DocumentError, match="Write a query"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "#" * (MAX_CHARACTERS + 1),
        "{ " + "a " * MAX_TOKENS + "}",
        "{a" * 4000 + "}" * 4000,
        "{ a(b: " + "[" * 9000 + ") }",
    ],
    ids=["long", "many words", "deep selection", "deep value"],
)
def test_what_would_hold_up_the_process_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        parse(text)


@given(st.text(alphabet='{}()[]:$@!.#" \n\\abc1', max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_parsed_or_refused_with_a_place_inside_it(text: str) -> None:
    try:
        parse(text)
    except DocumentError as error:
        for found in error.mistakes:
            assert found.line <= text.count("\n") + 1


def test_several_mistakes_are_told_in_the_order_of_the_text() -> None:
    text = "{ one }\n{ two }"
    document = parse(text)
    complaints = Complaints(text)
    complaints.add("everywhere")
    complaints.add("second", document.definitions[1])
    complaints.add_errors(
        [GraphQLError("first", document.definitions[0]), GraphQLError("first", document.definitions[0])]
    )
    error = complaints.error()
    assert error.mistakes == (Mistake("first", 1, 1), Mistake("second", 2, 1), Mistake("everywhere"))
    assert str(error).startswith("3 mistakes:\nfirst (line 1, column 1)\n    { one }\n    ^\nsecond")


def test_a_long_list_and_a_long_message_are_cut() -> None:
    complaints = Complaints("{ a }")
    for number in range(30):
        complaints.add(f"{number}: " + "x" * 5000)
    error = complaints.error()
    assert len(error.mistakes) == 30
    assert "… and 10 more." in str(error)
    assert len(str(error)) < 20 * 600


def test_nothing_is_raised_where_nothing_is_wrong() -> None:
    Complaints("{ a }").raise_any()


def test_the_nearest_name_is_suggested_else_all() -> None:
    assert did_you_mean("faxID", ["faxId", "smsId"]) == " Did you mean faxId?"
    assert did_you_mean("qqqq", ["a", "b"], "$") == " There are: $a, $b."
    assert did_you_mean("qqqq", []) == ""
