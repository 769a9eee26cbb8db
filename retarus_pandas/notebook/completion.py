"""Tab in cells and on lines of the magics. In all other cells IPython is left alone, and nothing is ever sent."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)
from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.notebook.fitting import fitting_types
from retarus_pandas.notebook.line_completion import Offer, complete_cell_line, complete_command
from retarus_pandas.query.complete import Candidate, complete
from retarus_pandas.query.schema import bundled
from retarus_pandas.session import known_schema

__all__ = ["register", "unregister"]

_NAME = "retarus_matcher"
_FILES = "IPCompleter.file_matcher"
# Before all of IPython's own, which then need not run.
_FIRST = 1000

_CELL = re.compile(r"\s*%%retarus(?!\S)")
_LINE = re.compile(r"\s*(?:[\w\s.,]+=\s*)?%retarus[ \t]+")


def register(shell: InteractiveShell) -> None:
    """Complete in this shell from now on."""
    unregister(shell)

    @context_matcher(identifier=_NAME, priority=_FIRST)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        offer = _offer(context, shell)
        return _result(offer) if offer else SimpleMatcherResult(completions=[])

    shell.Completer.custom_matchers.append(matcher)
    # Read now, so that the first Tab is as quick as the others.
    bundled()


def unregister(shell: InteractiveShell) -> None:
    """Complete no more."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != _NAME]


class _Silence(list[SimpleCompletion]):
    """Nothing, which passes for something: IPython lets other matchers be kept out only by one that found some."""

    def __len__(self) -> int:
        return 1


def _result(offer: Offer) -> SimpleMatcherResult:
    completions = [SimpleCompletion(each.text, type=_about(each)) for each in offer.candidates]
    return SimpleMatcherResult(
        completions=completions or _Silence(),
        matched_fragment=offer.word,
        ordered=True,
        suppress=True,
        do_not_suppress={_FILES} if offer.files else set(),
    )


def _about(candidate: Candidate) -> str:
    """The only words that IPython hands on beside the text."""
    return " · ".join(filter(None, (candidate.type or candidate.kind, candidate.meaning)))


def _offer(context: CompletionContext, shell: InteractiveShell) -> Offer | None:
    """What to offer; None where the place is none of ours."""
    text = context.full_text
    lines = text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
    cell = _CELL.match(text)
    if cell:
        return _in_cell(text, cell.end(), offset, shell)
    line = _LINE.match(context.text_until_cursor)
    if line and not text.lstrip().startswith("%%"):
        return complete_command(context.text_until_cursor[line.end() :], known_schema())
    return None


def _in_cell(text: str, begin: int, offset: int, shell: InteractiveShell) -> Offer | None:
    if offset <= begin:
        return None
    line, newline, body = text[begin:].partition("\n")
    start = begin + len(line) + len(newline)
    if offset < start or not newline:
        return complete_cell_line(text[begin:offset], body, known_schema())
    return Offer(*complete(body, offset - start, schema=known_schema(), names=lambda: _variables(shell)))


def _variables(shell: InteractiveShell) -> dict[str, Any]:
    return fitting_types(shell.user_ns, shell.user_ns_hidden)
