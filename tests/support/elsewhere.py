"""Faults that are not one answer of the service: what they come to, and the test that proves it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["ELSEWHERE", "Elsewhere", "missing", "table"]

_TESTS = Path(__file__).parent.parent


class Elsewhere(NamedTuple):
    """A fault, its outcome, and ``folder/module.py::test`` below ``tests``."""

    fault: str
    outcome: str
    proof: str


_WHOLE = "the whole frame"
_INTERRUPTED = "`Interrupted`, nothing left, the session still good"
_ONE = "_ctrl_c_ends_a_read_at_every_stage"
_PROCESS = "faults/test_process.py::test"
_AUTH = "http/test_auth.py::test"

ELSEWHERE = [
    Elsewhere(
        "two faults in one read",
        "what one of them comes to",
        "faults/test_pairs.py::test_two_faults_come_to_what_one_of_them_does",
    ),
    Elsewhere(
        "a host without an address",
        "`ConnectionFailedError`",
        "http/test_retry.py::test_a_host_without_an_address_is_told",
    ),
    Elsewhere(
        "a host that does not accept connections",
        "`ConnectionFailedError`",
        "http/test_transport.py::test_a_host_that_does_not_accept_is_given_up",
    ),
    Elsewhere(
        "a certificate that is not trusted",
        "`TransportError`, nothing sent",
        "http/test_transport.py::test_an_untrusted_certificate_stops_everything",
    ),
    Elsewhere(
        "a proxy that is not there",
        "`ConnectionFailedError`",
        "http/test_transport.py::test_a_proxy_that_is_not_there_is_told",
    ),
    Elsewhere(
        "a body that unpacks without end",
        "`BrokenAnswerError`",
        "http/test_transport.py::test_a_body_that_unpacks_without_end_is_refused",
    ),
    Elsewhere(
        "rows inserted or expired while paging",
        f"{_WHOLE} or `IncompleteRead`",
        "faults/test_moving.py::test_rows_that_move_are_read_once_or_the_read_fails",
    ),
    Elsewhere(
        "rows inserted or expired, at any moment between two requests",
        f"{_WHOLE} or `IncompleteRead`",
        "paging/test_pages.py::test_no_record_is_lost_or_doubled_without_notice_while_records_move",
    ),
    Elsewhere(
        "any page size, any concurrency",
        "the same frame",
        "faults/test_moving.py::test_a_quiet_service_gives_the_same_frame_however_it_is_read",
    ),
    Elsewhere(
        "a page asked ahead that fails",
        f"{_WHOLE}; it is asked once",
        "faults/test_politeness.py::test_a_page_asked_on_the_chance_is_asked_once_and_its_failure_is_not_told",
    ),
    Elsewhere(
        "429 beside other requests",
        "all of the session wait",
        "faults/test_politeness.py::test_a_pause_keeps_back_all_requests_of_the_session_and_of_no_other",
    ),
    Elsewhere("10,000 pages", _WHOLE, "faults/test_many_pages.py::test_thousands_of_pages_are_one_whole_frame"),
    Elsewhere(
        "the wall clock jumps forward or back", "a new token in time", f"{_AUTH}_the_earlier_of_the_two_clocks_decides"
    ),
    Elsewhere("the system sleeps", "a new token after it", f"{_AUTH}_the_earlier_of_the_two_clocks_decides"),
    Elsewhere("fork after login", f"{_WHOLE} in both", f"{_PROCESS}_parent_and_child_read_the_same_after_a_fork"),
    Elsewhere(
        "fork while a token is fetched",
        "the child fetches its own",
        f"{_AUTH}_a_fork_in_the_middle_of_a_fetch_leaves_the_child_usable",
    ),
    Elsewhere("Ctrl-C before the first answer", _INTERRUPTED, f"{_PROCESS}{_ONE}"),
    Elsewhere("Ctrl-C in the middle of a body", _INTERRUPTED, f"{_PROCESS}{_ONE}"),
    Elsewhere("Ctrl-C in a pause that the service wants", "`Interrupted`, nothing left", f"{_PROCESS}{_ONE}"),
    Elsewhere("Ctrl-C while a token is fetched", _INTERRUPTED, f"{_PROCESS}_ctrl_c_ends_the_fetch_of_the_first_token"),
    Elsewhere("Ctrl-C while another token is fetched", _INTERRUPTED, f"{_PROCESS}{_ONE}"),
    Elsewhere("Ctrl-C while a page is decoded", _INTERRUPTED, f"{_PROCESS}{_ONE}"),
    Elsewhere(
        "Ctrl-C while a connection is made",
        "`Interrupted`, nothing left after 5 s",
        f"{_PROCESS}_ctrl_c_ends_a_read_that_does_not_even_get_a_connection",
    ),
    Elsewhere("Ctrl-C between pages", _INTERRUPTED, f"{_PROCESS}_ctrl_c_between_pages_and_after_the_last"),
    Elsewhere(
        "Ctrl-C after the last page",
        "`KeyboardInterrupt`, nothing left",
        f"{_PROCESS}_ctrl_c_between_pages_and_after_the_last",
    ),
    Elsewhere(
        "Ctrl-C at any line of what hands pages out",
        "`KeyboardInterrupt`, no thread left",
        "paging/test_pages.py::test_ctrl_c_ends_a_read_before_any_line_of_it",
    ),
    Elsewhere(
        "Ctrl-C twice",
        "`KeyboardInterrupt`, no thread left",
        "paging/test_pages.py::test_a_second_ctrl_c_leaves_no_thread_either",
    ),
    Elsewhere(
        "Ctrl-C in an export",
        "`Interrupted`, no file and no part of one",
        f"{_PROCESS}_ctrl_c_in_an_export_leaves_no_file",
    ),
    Elsewhere(
        "an export over a file that is there, interrupted",
        "the file as it was",
        "read/test_export.py::test_what_was_there_before_stays_when_the_read_ends_early",
    ),
    Elsewhere(
        "Ctrl-C in a kernel",
        "`Interrupted`, the cells after it do not run",
        "notebook/test_kernel.py::test_an_interrupt_stops_the_read_and_the_cells_after_it",
    ),
    Elsewhere(
        "the kernel restarts in mid-read",
        "a fresh start",
        "notebook/test_kernel.py::test_a_restart_in_the_middle_of_a_read_is_a_fresh_start",
    ),
    Elsewhere(
        "the session is closed in mid-read",
        "`SessionClosedError`",
        "http/test_connection.py::test_close_ends_what_is_in_flight_and_refuses_what_is_later",
    ),
]


def table() -> Iterator[str]:
    """The lines of the table, in Markdown."""
    yield "| fault | comes to | proved by |"
    yield "| --- | --- | --- |"
    for fault, outcome, proof in ELSEWHERE:
        yield f"| {fault} | {outcome} | `{proof}` |"


def missing() -> list[str]:
    """The proofs that are not there."""
    return [row.proof for row in ELSEWHERE if not _is_there(*row.proof.split("::"))]


def _is_there(file: str, name: str) -> bool:
    path = _TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)
