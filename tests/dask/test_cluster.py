"""A report on a real cluster: one limit, a token a process, no secret in sight, and a worker that dies."""

from __future__ import annotations

import os
import pickle
import signal
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import retarus_pandas as rt
from retarus_pandas.sandbox import Sandbox
from support.canaries import CLIENT, CUSTOMER, SECRET, assert_nowhere
from support.spans import span

# Its functions say nothing of their types.
start_cluster: Any = LocalCluster
connect: Any = Client

LIMIT = 3
SIZES = [(2, 2), (4, 2)] if os.environ.get("RETARUS_LONG_TESTS") else [(2, 2)]


@dataclass(frozen=True)
class Running:
    """A service, and a cluster whose workers sign in to it from their environment."""

    box: Sandbox
    cluster: Any
    workers: int
    environment: Mapping[str, str]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def started(request: pytest.FixtureRequest, project: Path) -> Iterator[Running]:
    """One for all tests of a size, for its processes take their time to start; leases last two seconds."""
    workers, threads = request.param
    with Sandbox(rows=600) as box, pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box.add_customer(CUSTOMER, CLIENT, SECRET)
        mine = {"RETARUS_CUSTOMER_ID": CUSTOMER, "RETARUS_CLIENT_ID": CLIENT, "RETARUS_CLIENT_SECRET": SECRET}
        environment = {**box.environment, **mine, "PYTHONPATH": str(project)}
        for name, value in environment.items():
            patch.setenv(name, value)
        with (
            dask.config.set({"distributed.scheduler.locks.lease-timeout": "2s"}),
            start_cluster(n_workers=workers, threads_per_worker=threads, dashboard_address=None) as cluster,
        ):
            yield Running(box, cluster, workers, environment)


@pytest.fixture
def running(started: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The same, with the environment for this process, and for a worker that takes the place of another."""
    for name, value in started.environment.items():
        monkeypatch.setenv(name, value)
    return started


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_dies_costs_its_days_only_and_nothing_shows_a_secret(running: Running) -> None:
    box, cluster = running.box, running.cluster
    box.latency = 0.05
    how = span(24, page_size=1000)
    whole = rt.read_retarus("faxOutUdrReport", **how)
    box.requests.clear()
    with connect(cluster) as client:
        faxes: Any = rt.read_retarus_dask("faxOutUdrReport", limit=LIMIT, **how)
        future = client.compute(faxes)
        while len(box.requests.pages) < 2 * LIMIT:
            time.sleep(0.02)
        held = {address: len(keys) for address, keys in client.has_what().items()}
        pids = client.run(os.getpid)
        os.kill(pids[max(pids, key=lambda address: held.get(address, 0))], signal.SIGKILL)
        frame = future.result(timeout=120)
        seen: list[str | bytes] = [
            pickle.dumps(faxes.dask),
            repr(list(faxes.dask)),
            repr(client.get_worker_logs()),
            repr(client.get_scheduler_logs()),
            repr(client.scheduler_info()),
            repr(client.get_events()),
            repr(cluster.scheduler._to_dict()),
        ]
        tokens = list(box._accounts.tokens._issued)
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), whole)
    assert box.requests.most_in_flight <= LIMIT
    assert box.requests.tokens <= running.workers + 1
    assert_nowhere(seen, *tokens)


@pytest.mark.filterwarnings("ignore")
def test_a_lease_is_renewed_while_a_day_takes_longer_than_it_lasts(running: Running) -> None:
    box = running.box
    box.latency = 3.0
    box.requests.clear()
    with connect(running.cluster):
        faxes: Any = rt.read_retarus_dask("{ faxOutUdrReport { faxId } }", limit=1, **span(1))
        faxes.compute()
    assert box.requests.api >= 2
    assert box.requests.most_in_flight == 1
