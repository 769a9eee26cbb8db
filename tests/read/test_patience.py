"""A read outlives a bad quarter of a minute, in real time and with the settings that everybody has."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import retarus_pandas as rt
from support.replies import Reply, html, status
from support.report_service import DOCUMENT, ReportService
from support.servers import API, TOKEN, Request

# Longer than five tries take, and than a deployment or a fail-over of the other side often does.
AWAY = 12.0


class Away(ReportService):
    """The report, behind an endpoint that is busy or away for its first seconds."""

    def __init__(self, path: str, reply: Reply) -> None:
        super().__init__()
        self._path, self._reply = path, reply
        self._first: float | None = None

    def next_answer(self, request: Request) -> Reply:
        if request.path != self._path:
            return super().next_answer(request)
        now = time.monotonic()
        self._first = self._first or now
        if now - self._first >= AWAY:
            return super().next_answer(request)
        with self._lock:
            self.requests.append(request)
        return self._reply


KINDS = {"429": (API, status(429)), "503": (API, status(503)), "502 for a token": (TOKEN, html(502))}


@pytest.mark.skipif(
    not os.environ.get("RETARUS_LONG_TESTS"),
    reason="takes half a minute; that a busy service is asked as long as there is time is tried in a shortened one",
)
@pytest.mark.filterwarnings("ignore::retarus_pandas.errors.PeriodWarning")
def test_a_service_that_is_away_for_twelve_seconds_is_waited_for() -> None:
    """Without a word from it of how long: busy, down, or without tokens. All at once, since they take their time."""

    def read(kind: str) -> tuple[pd.DataFrame, int, int]:
        path, reply = KINDS[kind]
        with (
            Away(path, reply) as service,
            rt.Session(
                "1", "c", "s", api_url=service.endpoints.api_url, token_url=service.endpoints.token_url
            ) as session,
        ):
            frame = rt.read_retarus(DOCUMENT, start=service.start, end=service.end, progress=False, session=session)
            return frame, len(service.whole()), len(service.asked(path))

    with ThreadPoolExecutor(len(KINDS)) as threads:
        came = dict(zip(KINDS, threads.map(read, KINDS), strict=True))
    for kind, (frame, rows, asked) in came.items():
        assert len(frame) == frame["faxId"].nunique() == rows > 0, kind
        # Patiently, not by hammering on it.
        assert 4 < asked < 30, kind
