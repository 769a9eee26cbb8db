"""Which page is worth asking next, and when two of them are worth a second look."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import pyarrow as pa
import pytest

from retarus_pandas.paging.reading import Answer, Reading
from retarus_pandas.values import Page, Window

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))


class Clerk:
    """Asks what a reading wants, and tells it what came, one tick after the other."""

    def __init__(self, *, width: int = 2, descending: bool = False) -> None:
        self.reading = Reading(WINDOW, width, descending)
        self.ticks = count(1)
        self.asked: dict[int, int] = {}

    def ask(self) -> int | None:
        index = self.reading.wanted()
        if index is not None:
            self.reading.flying.add(index)
            self.asked[index] = next(self.ticks)
        return index

    def hear(self, index: int, *, more: bool) -> None:
        self.reading.hear(index, self.asked[index], next(self.ticks), more=more)

    def put(self, index: int, *, rows: int = 1, more: bool = False) -> None:
        page = Page(WINDOW, index, pa.table({"id": list(range(rows))}), more, 1)
        self.reading.flying.discard(index)
        self.reading.put(index, Answer(page, None, self.asked[index]), next(self.ticks), speculative=False)

    def read(self, *pages: bool) -> None:
        """Read pages one after the other; each says whether more follow."""
        for index, more in enumerate(pages):
            assert self.ask() == index
            self.put(index, more=more)


def test_one_page_needs_no_second_look() -> None:
    clerk = Clerk()
    clerk.read(False)
    assert clerk.ask() is None


@pytest.mark.parametrize(("descending", "look"), [(False, ~0), (True, None)])
def test_after_several_pages_the_oldest_record_is_looked_at_again(descending: bool, look: int | None) -> None:
    clerk = Clerk(width=1, descending=descending)
    clerk.read(True, True, False)
    assert clerk.ask() == look
    assert clerk.ask() is None


def test_a_last_page_that_was_asked_ahead_is_looked_at_too() -> None:
    """And both looks can be on the way side by side."""
    clerk = Clerk()
    clerk.read(True)
    assert (clerk.ask(), clerk.ask()) == (1, 2)
    clerk.put(1, more=True)
    clerk.put(2)
    assert {clerk.ask(), clerk.ask()} == {~0, ~2}


def test_the_look_follows_the_last_answer_at_once_decoded_or_not() -> None:
    clerk = Clerk(width=1)
    clerk.read(True)
    assert clerk.ask() == 1
    clerk.hear(1, more=False)
    assert clerk.ask() == ~0


def test_no_look_before_all_answers_are_there() -> None:
    """Page 2 said that it is the last; what comes for page 1 may have been read later."""
    clerk = Clerk()
    clerk.read(True)
    assert (clerk.ask(), clerk.ask()) == (1, 2)
    clerk.hear(2, more=False)
    assert clerk.ask() is None
    clerk.hear(1, more=True)
    assert {clerk.ask(), clerk.ask()} == {~0, ~2}


@pytest.mark.parametrize("there", [True, False])
def test_a_look_before_a_page_was_asked_again_is_void(there: bool) -> None:
    """Page 1 turns out to be empty, which nobody believes at once; what it holds then is read after the look."""
    clerk = Clerk(width=1)
    clerk.read(True)
    clerk.reading.take()
    assert clerk.ask() == 1
    clerk.hear(1, more=False)
    assert clerk.ask() == ~0
    if there:
        clerk.put(~0)
    clerk.put(1, rows=0)
    assert clerk.ask() == 1
    clerk.hear(1, more=False)
    if not there:
        clerk.put(~0)
    assert clerk.ask() == ~0
