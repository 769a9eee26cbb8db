"""Servers and connections to them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from retarus_pandas.http.connection import Connection
from support.asking import connected
from support.servers import FaultyServer


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


@pytest.fixture
def connection(server: FaultyServer) -> Iterator[Connection]:
    with connected(server.endpoints) as connection:
        yield connection


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_server(authority: trustme.CA) -> Iterator[FaultyServer]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with FaultyServer(context) as server:
        yield server


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bundle = tmp_path / "company-ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return bundle


@pytest.fixture
def proxied_server(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    """A server whose host name is not this machine's for us: only such are asked through a proxy."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("api.test").configure_cert(context)
    with FaultyServer(context, host="api.test") as server:
        monkeypatch.setenv("NO_PROXY", "")
        yield server
