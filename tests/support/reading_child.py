"""A process that reads for another one, which interrupts it: one job a line on standard input.

It answers each with a line when it begins and with one that tells what came.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pandas as pd

import retarus_pandas as rt
from retarus_pandas.errors import Interrupted
from retarus_pandas.values import Progress
from support.report_service import DOCUMENT, PAGE_SIZE
from support.trials import leftovers

Job = dict[str, Any]


def _press_again(lost: sys.UnraisableHookArgs) -> None:
    """Python drops an interrupt that comes while it tidies up a dead object; whoever sits there presses again."""
    if lost.exc_type is KeyboardInterrupt:
        # From another thread, since in this one it would be dropped as well.
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(lost)


def _interrupt_at(stage: str | None) -> Callable[[Progress], None] | bool:
    """An observer that interrupts its own process, as if somebody did at that very moment."""

    def observe(progress: Progress) -> None:
        if progress.finished == (stage == "end"):
            os.kill(os.getpid(), signal.SIGINT)

    return False if stage is None else observe


def _read(job: Job, session: rt.Session, stage: str | None = None) -> list[str]:
    """The IDs of the rows, in order."""
    options: dict[str, Any] = {
        "start": pd.Timestamp(job["start"]),
        "end": pd.Timestamp(job["end"]),
        "page_size": PAGE_SIZE,
        "concurrency": job["concurrency"],
        "progress": _interrupt_at(stage),
        "session": session,
    }
    if job["how"] == "export":
        rt.export_retarus(DOCUMENT, job["path"], **options)
        return list(pd.read_parquet(job["path"])["faxId"])
    if job["how"] == "chunks":
        with rt.read_retarus(DOCUMENT, chunksize=2, **options) as chunks:
            return [name for chunk in chunks for name in chunk["faxId"]]
    return list(rt.read_retarus(DOCUMENT, **options)["faxId"])


def _interrupted(job: Job, session: rt.Session) -> dict[str, Any]:
    """A read that is interrupted, and one after it."""
    try:
        return {"ended": "", "rows": _read(job, session, job.get("interrupt"))}
    except KeyboardInterrupt as error:
        told = {"ended": _kind(error)}
    return told | ({"again": _read(job | {"how": "read"}, session)} if job["again"] else {})


def _kind(error: KeyboardInterrupt) -> str:
    """Ours stands alone; a plain one comes from where the package builds a frame or writes a file."""
    ours = isinstance(error, Interrupted) and error.__cause__ is None and error.__context__ is None
    return "interrupted" if ours or type(error) is KeyboardInterrupt else repr(error)


def _forked(job: Job, session: rt.Session) -> dict[str, Any]:
    """One read before the fork, and two at the same time after it."""
    before = _read(job, session)
    receive, send = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.write(send, json.dumps(_read(job, session)).encode())
        finally:
            os._exit(0)
    os.close(send)
    after = _read(job, session)
    with os.fdopen(receive, encoding="utf-8") as pipe:
        in_child = pipe.read()
    os.waitpid(child, 0)
    return {"before": before, "after": after, "child": json.loads(in_child or "null")}


def _do(job: Job) -> dict[str, Any]:
    act = _forked if job["how"] == "fork" else _interrupted
    try:
        with (
            leftovers(),
            rt.Session("99999", "client", "secret", api_url=job["api_url"], token_url=job["token_url"]) as session,
        ):
            return act(job, session)
    except AssertionError as error:
        return {"left": str(error)}


def _say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


def _main() -> None:
    # A shell that starts something in the background has interrupts ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.unraisablehook = _press_again
    while line := sys.stdin.readline():
        _say(began=True)
        _say(**_do(json.loads(line)))


if __name__ == "__main__":
    _main()
