"""One read of the faulty service, and what came of it."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd

import retarus_pandas as rt
from retarus_pandas.errors import RetarusWarning
from retarus_pandas.http.connection import Connection, connect
from support.catalogue import WHOLE, Fault, Outcome, Outcomes
from support.report_service import DOCUMENT, PAGE_SIZE, Place, Plant, ReportService, lost_names
from support.servers import FaultyServer

__all__ = [
    "QuickSession",
    "Result",
    "Trial",
    "difference",
    "hearing",
    "leftovers",
    "losing_names",
    "read_all",
    "sign_in",
]

ForEver = float("inf")


class QuickSession(rt.Session):
    """A session that does not pause for long between two tries."""

    def __init__(self, *args: Any, read_timeout: float = 10.0, first_pause: float = 0.002, **options: Any) -> None:
        self._read_timeout, self._first_pause = read_timeout, first_pause
        super().__init__(*args, **options)

    def _connect(self, timeout: float, max_bytes: int) -> Connection:
        return connect(
            self._credentials,
            self._endpoints,
            timeout=timeout,
            read_timeout=self._read_timeout,
            first_pause=self._first_pause,
            tries=5,
        )


def sign_in(service: FaultyServer, **options: Any) -> QuickSession:
    at = service.endpoints
    return QuickSession("99999", "client", "secret", api_url=at.api_url, token_url=at.token_url, **options)


def read_all(service: ReportService, session: rt.Session, **options: Any) -> Any:
    """The whole report."""
    span: dict[str, Any] = {"start": service.start, "end": service.end, "page_size": PAGE_SIZE}
    return rt.read_retarus(DOCUMENT, session=session, progress=False, **(span | options))


@dataclass(frozen=True)
class Trial:
    """One read, with faults planted at pages so many times."""

    planted: tuple[tuple[Fault, Place, float], ...]
    concurrency: int

    def run(self) -> Result:
        """Read, and tell what came."""
        faults = [fault for fault, _, _ in self.planted]
        timeouts = {
            "timeout": min(fault.timeout for fault in faults),
            "read_timeout": min(fault.silence(times) for fault, _, times in self.planted),
            "first_pause": max(fault.first_pause for fault in faults),
        }
        options = {name: value for fault in faults for name, value in fault.options.items()}
        plants = [Plant(place, fault.act, times) for fault, place, times in self.planted]
        with ReportService(plants) as service, sign_in(service, **timeouts) as session:
            with warnings_heard() as heard:
                try:
                    frame = read_all(service, session, concurrency=self.concurrency, **options)
                except Exception as error:
                    return Result(error, tuple(heard), "")
            wrong = difference(frame, service.sent_records())
            lost = len(service.whole()) - len(frame)
            return Result(None, tuple(heard), wrong, lost)


@dataclass(frozen=True)
class Result:
    """What came of a read: an error, or a frame, which `wrong` finds fault with or not."""

    error: Exception | None
    warnings: tuple[Warning, ...]
    wrong: str
    lost: int = 0

    def __str__(self) -> str:
        if self.error is not None:
            return f"{type(self.error).__name__}: {self.error}"
        if self.wrong:
            return f"a wrong frame: {self.wrong}"
        told = "; ".join(f"{type(each).__name__}: {each}" for each in self.warnings)
        return told or (f"{self.lost} rows lost without a word" if self.lost else WHOLE)

    def is_one_of(self, outcomes: Outcomes) -> bool:
        """Whether this is allowed."""
        return any(self._is(outcome) for outcome in outcomes)

    def _is(self, outcome: Outcome) -> bool:
        if isinstance(outcome, str):
            return str(self) == outcome
        if self.error is not None:
            return isinstance(self.error, outcome)
        return not self.wrong and any(isinstance(each, outcome) for each in self.warnings)


# ------------------------------------------------------------ warnings, of this thread only

_heard = threading.local()


@contextmanager
def warnings_heard() -> Iterator[list[Warning]]:
    """The warnings of this thread; inside of `hearing`."""
    kept: list[Warning] = []
    _heard.warnings = kept
    yield kept


@contextmanager
def hearing() -> Iterator[None]:
    """Keep warnings for the threads that cause them."""

    def keep(message: Warning | str, *about: Any, **more: Any) -> None:
        assert isinstance(message, Warning)
        _heard.warnings.append(message)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("always", RetarusWarning)
        warnings.showwarning = keep
        yield


# ------------------------------------------------------------ names that do not resolve


@contextmanager
def losing_names() -> Iterator[None]:
    """The name of a host that was lost is not found."""
    known = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if lost_names.get(port, 0) > 0:
            lost_names[port] -= 1
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, port, *args, **options)

    with mock.patch("socket.getaddrinfo", look_up):
        yield


# ------------------------------------------------------------ a frame against what was sent


def difference(frame: pd.DataFrame, sent: Sequence[Mapping[str, Any]]) -> str:
    """Where the frame is not what was sent, row by row; empty if nowhere."""
    if len(frame) != len(sent):
        return f"{len(frame)} rows instead of {len(sent)}"
    for name in frame.columns:
        dtype = frame[name].dtype
        for row, (have, record) in enumerate(zip(frame[name].tolist(), sent, strict=True)):
            if not _same(have, record.get(name), name, dtype):
                return f"row {row}, {name}: {have!r} instead of {record.get(name)!r}"
    return ""


def _same(have: Any, want: Any, name: str, dtype: Any) -> bool:
    missing = have is None or have is pd.NA or have is pd.NaT or (isinstance(have, float) and math.isnan(have))
    if want is None or missing:
        return missing and (want is None or (want == "" and name == "keyTimestamp"))
    if isinstance(dtype, pd.DatetimeTZDtype):
        wanted = pd.Timestamp(want)
        wanted = wanted.tz_localize("UTC") if wanted.tzinfo is None else wanted
        return bool(have == wanted.floor("us"))
    if not isinstance(want, str) and isinstance(have, str):
        return bool(json.loads(have) == want)
    if isinstance(want, str):
        return have == want.replace("\ud800", "\ufffd") or _same_instant(have, want)
    return bool(have == want)


def _same_instant(have: str, want: str) -> bool:
    """Whether both are spellings of one instant: a column that became text holds them in one form, in UTC."""
    try:
        wanted = datetime.fromisoformat(want)
        return datetime.fromisoformat(have) == (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC))
    except ValueError:
        return False


# ------------------------------------------------------------ what is left


def _sockets() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("retarus")}


@contextmanager
def leftovers(patience: float = 60.0) -> Iterator[None]:
    """Fail if a socket or a thread of the package is left, after a while for those that end."""
    sockets, threads = _sockets(), _threads()
    yield
    end = time.monotonic() + patience
    while (left := (_sockets() - sockets, _threads() - threads)) != (set(), set()) and time.monotonic() < end:
        time.sleep(0.01)
    assert left == (set(), set()), f"left behind: {left}"
