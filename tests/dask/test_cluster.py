"""A report on a real cluster: one limit, a token a process, no secret in sight, and a worker that dies."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Iterator
from typing import Any

import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import retarus_pandas as rt
from retarus_pandas.sandbox import Sandbox
from support.canaries import CLIENT, CUSTOMER, SECRET, assert_nowhere

# Its functions say nothing of their types.
start_cluster: Any = LocalCluster
connect: Any = Client

LIMIT = 3
WORKERS, THREADS = (4, 2) if os.environ.get("RETARUS_LONG_TESTS") else (2, 2)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch, project: Any) -> Iterator[Sandbox]:
    with Sandbox(rows=900, latency=0.1) as made:
        made.add_customer(CUSTOMER, CLIENT, SECRET)
        mine = {"RETARUS_CUSTOMER_ID": CUSTOMER, "RETARUS_CLIENT_ID": CLIENT, "RETARUS_CLIENT_SECRET": SECRET}
        for name, value in {**made.environment, **mine, "PYTHONPATH": str(project)}.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_dies_costs_its_days_only_and_nothing_shows_a_secret(box: Sandbox) -> None:
    end = pd.Timestamp.now(tz="UTC").floor("min")
    how: dict[str, Any] = {"start": end - pd.Timedelta("30D"), "end": end, "page_size": 1000}
    whole = rt.read_retarus("faxOutUdrReport", **how)
    box.requests.clear()
    with (
        dask.config.set({"distributed.scheduler.locks.lease-timeout": "5s"}),
        start_cluster(n_workers=WORKERS, threads_per_worker=THREADS, dashboard_address=None) as cluster,
        connect(cluster) as client,
    ):
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
    assert box.requests.tokens <= WORKERS + 1
    assert_nowhere(seen, *tokens)


@pytest.mark.filterwarnings("ignore")
def test_a_lease_is_renewed_while_a_day_takes_longer_than_it_lasts(box: Sandbox) -> None:
    box.latency = 2.0
    with (
        dask.config.set({"distributed.scheduler.locks.lease-timeout": "1s"}),
        start_cluster(n_workers=1, threads_per_worker=4, processes=False, dashboard_address=None) as cluster,
        connect(cluster),
    ):
        faxes: Any = rt.read_retarus_dask("{ faxOutUdrReport { faxId } }", last="1D", limit=1)
        faxes.compute()
    assert box.requests.most_in_flight == 1
