"""One connection to a server of the tests, and a request over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from retarus_pandas.errors import RetarusError
from retarus_pandas.http.answers import json_object
from retarus_pandas.http.connection import Connection, connect
from retarus_pandas.values import Credentials, Endpoints, Secret
from support.servers import FaultyServer

SECRET = "canary-secret"
CREDENTIALS = Credentials("12345", "client", Secret(SECRET))
BODY = {"query": "{ report }", "variables": {"größe": 1}}
GOOD = {"data": {"report": 1}}

# Long enough that a test which waits for it has failed, short enough not to block the run.
PATIENT = 60


@contextmanager
def connected(endpoints: Endpoints, **options: Any) -> Iterator[Connection]:
    settings: dict[str, Any] = {
        "timeout": 60.0,
        "connect_timeout": 2.0,
        "read_timeout": 20.0,
        "first_pause": 0.002,
        "tries": 5,
        **options,
    }
    connection = connect(CREDENTIALS, endpoints, **settings)
    try:
        yield connection
    finally:
        connection.close()


def post(connection: Connection, **options: Any) -> Any:
    return connection.post(BODY, json_object, **options)


def failure(connection: Connection, **options: Any) -> RetarusError:
    with pytest.raises(RetarusError) as caught:
        post(connection, **options)
    return caught.value


def stopped(server: FaultyServer, connection: Connection, end: Callable[[], None], **options: Any) -> Any:
    """The failure of a request that is ended while the server is silent."""
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(post, connection, **options)
        assert server.stalled.acquire(timeout=PATIENT)
        time.sleep(0.02)
        end()
        return asked.exception(timeout=PATIENT / 3)
