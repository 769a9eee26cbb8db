"""The same report read in several ways; each gives a frame, or None where nothing is kept."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import requests

import retarus_pandas as rt

CONCURRENCY = 4
INSTANTS = ("At", "Timestamp")


@dataclass(frozen=True)
class Task:
    """A report of so many pages at a server, and where a file may be put."""

    url: str
    pages: int
    folder: Path = Path()

    @property
    def api(self) -> str:
        return f"{self.url}/api"

    def session(self) -> rt.Session:
        return rt.Session("99999", "benchmark", "benchmark", api_url=self.api, token_url=f"{self.url}/token")

    def bodies(self) -> Iterator[dict[str, Any]]:
        """The requests a read makes, without end."""
        [report] = rt.plan_retarus("faxOutUdrReport", last="7D", customer_id="99999").reports
        return (report.query.request(report.windows[0], page, report.page_size) for page in itertools.count())


def ours(task: Task) -> pd.DataFrame:
    """The reader."""
    with task.session() as session:
        frame: pd.DataFrame = rt.read_retarus("faxOutUdrReport", last="7D", concurrency=CONCURRENCY, session=session)
    return frame


def chunks(task: Task) -> None:
    """The reader, in parts."""
    with (
        task.session() as session,
        rt.read_retarus("faxOutUdrReport", last="7D", chunksize=10_000, session=session) as parts,
    ):
        for _ in parts:
            pass


def export(task: Task) -> None:
    """The reader, into a file."""
    with task.session() as session:
        rt.export_retarus("faxOutUdrReport", task.folder / "big.parquet", last="7D", session=session)


def scan(task: Task) -> None:
    """The reader, as a stream that DuckDB sums up."""
    import duckdb

    sql: Any = duckdb.sql
    with (
        task.session() as session,
        rt.scan_retarus("faxOutUdrReport", last="7D", session=session) as faxes,
    ):
        sql("select jobBillingCode, sum(virtualPagesBilled) from faxes group by 1").fetchall()
        assert faxes.facts["rows"]


def duckdb(task: Task) -> None:
    """The first page's batches again and again, summed up by DuckDB: what it takes and keeps by itself."""
    import duckdb
    import pyarrow as pa

    with task.session() as session:
        faxes = rt.scan_retarus("faxOutUdrReport", last="7D", max_rows=10_000, session=session)
        page = pa.table(faxes)
    pages = pa.RecordBatchReader.from_batches(
        page.schema, itertools.chain.from_iterable(page.to_batches() for _ in range(task.pages))
    )
    sql: Any = duckdb.sql
    assert pages.schema.names
    sql("select jobBillingCode, sum(virtualPagesBilled) from pages group by 1").fetchall()


def dask(task: Task) -> None:
    """The reader, a day a partition, summed up by Dask on the threads of this process."""
    with task.session() as session:
        faxes: Any = rt.read_retarus_dask("faxOutUdrReport", last="7D", session=session)
        faxes.groupby("jobBillingCode")["virtualPagesBilled"].sum().compute(scheduler="threads")


def bare(task: Task) -> None:
    """The same requests at the same concurrency; bodies are read in large pieces and thrown away."""

    def throw_away(body: dict[str, Any]) -> None:
        headers = {"Authorization": "Bearer benchmark", "Content-Type": "application/json"}
        with session.post(task.api, data=json.dumps(body).encode(), headers=headers, stream=True) as response:
            while response.raw.read(1 << 20):
                pass

    with requests.Session() as session, ThreadPoolExecutor(CONCURRENCY) as threads:
        pages = list(itertools.islice(task.bodies(), task.pages))
        list(threads.map(throw_away, pages))


def loop(task: Task) -> pd.DataFrame:
    """What people write with requests."""
    frames = []
    for body in task.bodies():
        response = requests.post(task.api, json=body, headers={"Authorization": "Bearer benchmark"}, timeout=60)
        result = response.json()["data"]["faxOutUdrReport"]
        frames.append(pd.json_normalize(result["content"]))
        if not result["hasMoreElements"]:
            break
    return with_instants(pd.concat(frames, ignore_index=True))


def with_gql(task: Task) -> pd.DataFrame:
    """What people write with gql."""
    from gql import Client, GraphQLRequest
    from gql.transport.requests import RequestsHTTPTransport

    transport = RequestsHTTPTransport(task.api, headers={"Authorization": "Bearer benchmark"})
    frames = []
    with Client(transport=transport, fetch_schema_from_transport=False) as client:
        for body in task.bodies():
            request = GraphQLRequest(body["query"], variable_values=body["variables"])
            result = client.execute(request)["faxOutUdrReport"]
            frames.append(pd.json_normalize(result["content"]))
            if not result["hasMoreElements"]:
                break
    return with_instants(pd.concat(frames, ignore_index=True))


def with_instants(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its instants as such."""
    for name in frame.columns:
        if name.endswith(INSTANTS):
            frame[name] = pd.to_datetime(frame[name], format="ISO8601", utc=True)
    return frame


WAYS: dict[str, Callable[[Task], pd.DataFrame | None]] = {
    "ours": ours,
    "chunks": chunks,
    "export": export,
    "scan": scan,
    "duckdb": duckdb,
    "dask": dask,
    "bare": bare,
    "loop": loop,
    "gql": with_gql,
}
