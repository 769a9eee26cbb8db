"""What befalls the process that reads: interrupts at every stage, a fork."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support import reading_child
from support.replies import HEAD, Reply, answer, stall, status, trickle
from support.report_service import PLACES, Act, Asked, Plant, ReportService

TESTS = Path(__file__).parent.parent
# Far longer than anything here takes, and shorter than the pauses and the silence that are interrupted.
PATIENCE = 45


class Child:
    """The process that reads."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", reading_child.__file__],
            env=os.environ | {"PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def reading(self, service: ReportService, **job: Any) -> Iterator[dict[str, Any]]:
        """Begin a read; the dict is filled with what came when the block ends."""
        at = service.endpoints
        came: dict[str, Any] = {}
        self._send(
            {
                "api_url": at.api_url,
                "token_url": at.token_url,
                "start": service.start.isoformat(),
                "end": service.end.isoformat(),
                "concurrency": 4,
                "how": "read",
                "again": True,
            }
            | job
        )
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            assert self._receive() == {"began": True}
            yield came
            came |= self._receive()
        finally:
            watchdog.cancel()

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def _send(self, job: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process hung and was ended, or died"
        received: dict[str, Any] = json.loads(line)
        return received

    def close(self, *, kill: bool = False) -> None:
        assert self._process.stdin
        assert self._process.stdout
        if kill:
            self._process.kill()
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def children() -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    for child in made:
        child.close()


@pytest.fixture
def child(children: list[Child], request: pytest.FixtureRequest) -> Iterator[Child]:
    """One process for all tests, for it takes long to start; another one after a failure."""
    if not children:
        children.append(Child())
    failed = request.session.testsfailed
    yield children[0]
    if request.session.testsfailed > failed:
        children.pop().close(kill=True)


def ids(service: ReportService) -> list[str]:
    """Those of all rows."""
    return [record["faxId"] for record in service.whole()]


# What the service does when the interrupt comes. Each says by `stalled` that it is at it.


def _silent(asked: Asked) -> Reply:
    return stall()


def _half_a_body(asked: Asked) -> Reply:
    body = asked.send()
    return stall(HEAD % len(body) + body[: len(body) // 2])


def _slow(asked: Asked) -> Reply:
    body = asked.send()
    return trickle(HEAD % len(body) + body, pause=0.5)


def _no_token(asked: Asked) -> Reply:
    asked.service.lose_tokens(stall())
    return status(401)


def _then(reply: Reply) -> Reply:
    def told(exchange: Any) -> None:
        reply(exchange)
        exchange.owner.stalled.release()

    return told


def _pause(asked: Asked) -> Reply:
    return _then(status(429, Retry_After="55"))


def _large(asked: Asked) -> Reply:
    """A page that takes a while to decode, because of one value that is not as declared."""
    asked.records[:] = asked.records * 30_000
    asked.records[0] = asked.records[0] | {"docPages": "many"}
    return _then(answer(asked.send()))


STAGES: dict[str, tuple[Act, str]] = {
    "before the first answer": (_silent, "first"),
    "in the middle of a body": (_half_a_body, "middle"),
    "while the last page is awaited": (_silent, "last"),
    "in a trickle": (_slow, "middle"),
    "while another token is fetched": (_no_token, "middle"),
    "in a pause that the service wants": (_pause, "middle"),
    "while a page is decoded": (_large, "first"),
}


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_ends_a_read_at_every_stage(child: Child, stage: str, concurrency: int) -> None:
    """At once, with nothing left; and the session is as good as before, except in a pause."""
    act, position = STAGES[stage]
    again = act is not _pause
    with ReportService([Plant(PLACES[position], act, 1)]) as service:
        with child.reading(service, concurrency=concurrency, again=again) as came:
            assert service.stalled.acquire(timeout=PATIENCE)
            child.interrupt()
        assert came == {"ended": "interrupted"} | ({"again": ids(service)} if again else {})


def test_ctrl_c_ends_the_fetch_of_the_first_token(child: Child) -> None:
    with ReportService() as service:
        service.token(stall())
        with child.reading(service) as came:
            assert service.stalled.acquire(timeout=PATIENCE)
            child.interrupt()
        assert came == {"ended": "interrupted", "again": ids(service)}


def test_ctrl_c_ends_a_read_that_does_not_even_get_a_connection(child: Child) -> None:
    with ReportService() as service, crowded() as address:
        with child.reading(service, token_url=address, again=False) as came:
            # Nobody tells when the connection is being made; any moment after the read began will do.
            time.sleep(0.3)
            child.interrupt()
        assert came == {"ended": "interrupted"}


@contextmanager
def crowded() -> Iterator[str]:
    """An address where connections are neither accepted nor refused."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}/"
        for one in crowd:
            one.close()


@pytest.mark.parametrize("how", ["read", "chunks", "export"])
@pytest.mark.parametrize("stage", ["page", "end"])
def test_ctrl_c_between_pages_and_after_the_last(child: Child, tmp_path: Path, how: str, stage: str) -> None:
    """No frame, no file and no part of one."""
    with ReportService() as service:
        with child.reading(service, how=how, interrupt=stage, path=str(tmp_path / "x.parquet")) as came:
            pass
        assert came == {"ended": "interrupted", "again": ids(service)}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x.parquet", "x.csv"])
def test_ctrl_c_in_an_export_leaves_no_file(child: Child, tmp_path: Path, name: str) -> None:
    with ReportService([Plant(PLACES["last"], _half_a_body, 1)]) as service:
        with child.reading(service, how="export", path=str(tmp_path / name)) as came:
            assert service.stalled.acquire(timeout=PATIENCE)
            child.interrupt()
        assert came == {"ended": "interrupted", "again": ids(service)}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_parent_and_child_read_the_same_after_a_fork(child: Child) -> None:
    """The token is good in both, and no connection is shared."""
    with ReportService() as service:
        with child.reading(service, how="fork") as came:
            pass
        whole = ids(service)
        assert came == {"before": whole, "after": whole, "child": whole}
        assert len(service.asked("/token")) == 1
