"""Tab in cells and on lines of the magics. In all other cells IPython is left alone, and nothing is ever sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)
from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.notebook.magic.ours import is_python, options_begin

if TYPE_CHECKING:
    from retarus_pandas.completion import Candidate, Offer

__all__ = ["register", "unregister"]

_NAME = "retarus_matcher"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_FILES = "IPCompleter.file_matcher"
# Before all of IPython's own, which then need not run.
_FIRST = 1000

_LINE = re.compile(r"\s*(?:[\w\s.,]+=\s*)?%retarus[ \t]+")


def register(shell: InteractiveShell) -> None:
    """Complete in this shell from now on."""
    unregister(shell)

    @context_matcher(identifier=_NAME, priority=_FIRST)  # type: ignore[untyped-decorator]
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        offer = _offer(context, shell)
        return _result(offer) if offer else SimpleMatcherResult(completions=[])

    shell.Completer.custom_matchers.append(matcher)


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
    """The only words that IPython hands on beside the text; JupyterLab cannot show them in two lines."""
    words = " · ".join(filter(None, (candidate.type or candidate.kind, candidate.meaning)))
    return words.replace(" ", _NO_BREAK)


def _offer(context: CompletionContext, shell: InteractiveShell) -> Offer | None:
    """What to offer; None where the place is none of ours."""
    begin = options_begin(context.full_text)
    line = None if begin is not None else _LINE.match(context.text_until_cursor)
    if begin is None and (not line or not is_python(context.full_text)):
        return None
    # Loaded on first use, which no other cell is: what knows the schema takes long to import.
    from retarus_pandas.notebook.magic.offers import offer_in_cell, offer_on_line

    if begin is not None:
        lines = context.full_text.split("\n")[: context.cursor_line]
        offset = sum(len(each) + 1 for each in lines) + context.cursor_position
        return offer_in_cell(context.full_text, begin, offset, shell)
    return offer_on_line(context.text_until_cursor[line.end() if line else 0 :])
