"""A host is asked without credentials, and its clock is read from the answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from retarus_pandas.errors import InputError
from retarus_pandas.http.hosts import ca_bundle, probe, proxy_to


class Dated(ThreadingHTTPServer):
    """Answers with a given ``Date``, and keeps what it was asked with."""

    daemon_threads = True
    date: str | None = None
    authorizations: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Dated

    def do_POST(self) -> None:
        self.server.authorizations.append(self.headers.get("Authorization"))
        self.send_response_only(401)
        if self.server.date is not None:
            self.send_header("Date", self.server.date)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def server() -> Iterator[Dated]:
    with Dated(("127.0.0.1", 0), Handler) as running:
        running.authorizations = []
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def address(server: Dated) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


def test_a_clock_that_is_years_apart(server: Dated) -> None:
    """The difference is this machine's clock less the server's."""
    server.date = "Mon, 01 Jan 2001 00:00:00 GMT"
    answer = probe(address(server))
    assert answer.status == 401
    assert answer.skew is not None
    assert answer.skew > timedelta(days=9000)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_server_that_does_not_tell_the_time(server: Dated, date: str | None) -> None:
    """No answer to that question, and no error."""
    server.date = date
    assert probe(address(server)).skew is None


def test_no_credentials_are_sent(server: Dated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even those that a ``.netrc`` has for the host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    probe(address(server))
    assert server.authorizations == [None]


def test_plain_http_to_elsewhere_is_refused() -> None:
    """The same rule as for requests with secrets."""
    with pytest.raises(InputError, match="https://"):
        probe("http://example.org/")


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://proxy:3128", "http://proxy:3128"),
        ("http://user:p%40ss@proxy:3128", "http://***@proxy:3128"),
        ("user:pass@proxy:3128", "http://***@proxy:3128"),
        ("", None),
    ],
)
def test_the_proxy_is_shown_without_user_and_password(
    proxy: str, shown: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its address is enough."""
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("no_proxy", "direct.example.org")
    assert proxy_to("https://api.example.org/") == shown
    assert proxy_to("https://direct.example.org/") is None


def test_the_certificates_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As requests takes them."""
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl.pem")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    assert ca_bundle() == "/curl.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert ca_bundle() == "/requests.pem"
    monkeypatch.delenv("CURL_CA_BUNDLE")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert Path(ca_bundle()).exists()
