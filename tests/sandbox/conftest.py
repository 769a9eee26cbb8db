"""A client of the sandbox written by hand with plain `requests`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from retarus_pandas.sandbox import Sandbox

NOW = datetime(2026, 11, 20, 15, 30, 12, 345_000, tzinfo=UTC)


def wire(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


class Client:
    """Signs in and asks; what comes back is only parsed."""

    now = NOW

    def __init__(self, box: Any, client_id: str | None = None, client_secret: str | None = None) -> None:
        self.box = box
        self.http = requests.Session()
        self.http.trust_env = False
        self.form = {
            "grant_type": "client_credentials",
            "client_id": client_id or box.client_id,
            "client_secret": client_secret or box.client_secret,
            "scope": "openid",
        }
        self.token = ""

    def sign_in(self) -> requests.Response:
        reply = self.http.post(self.box.token_url, data=self.form, timeout=30)
        self.token = reply.json().get("access_token", "")
        return reply

    def post(self, query: str, variables: Any = None, **more: Any) -> requests.Response:
        if not self.token:
            self.sign_in()
        return self.http.post(
            self.box.api_url,
            json={"query": query, "variables": variables, **more},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def data(self, query: str, variables: Any = None, **more: Any) -> Any:
        answer = self.post(query, variables, **more).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def message(self, query: str, variables: Any = None) -> str:
        """What the only error of the answer says."""
        [error] = self.post(query, variables).json()["errors"]
        message: str = error["message"]
        return message

    def report(self, arguments: str, fields: str = "faxId", report: str = "faxOutUdrReport", **more: Any) -> Any:
        """One page of a report with everything around it, or the message of the error."""
        period = {"fromIncluded": wire(NOW - timedelta(days=44)), "toExcluded": wire(NOW), **more}
        query = (
            f"query($c: String!, $d: DatePeriod!) {{ page: {report}(customerId: $c, datePeriod: $d {arguments})"
            f" {{ content {{ {fields} }} pageIndex pageSize hasMoreElements }} }}"
        )
        answer = self.post(query, {"c": self.box.customer_id, "d": period}).json()
        return answer["errors"][0]["message"] if "errors" in answer else answer["data"]["page"]

    def crawl(self, report: str, fields: str, start: datetime, end: datetime, arguments: str = "") -> list[Any]:
        """All records of a period of at most 45 days, page by page."""
        rows: list[Any] = []
        page, more = 0, True
        while more:
            period = {"fromIncluded": wire(start), "toExcluded": wire(end)}
            result = self.report(f"page: {page} {arguments}", fields, report, **period)
            assert isinstance(result, dict), result
            rows += result["content"]
            page, more = page + 1, result["hasMoreElements"]
        return rows


@pytest.fixture
def started() -> Iterator[Callable[..., Client]]:
    """Starts sandboxes, their clocks at one instant, and stops them when the test is over."""
    clients: list[Client] = []

    def start(rows: Any = 200, **options: Any) -> Client:
        clients.append(Client(Sandbox(rows, **{"now": NOW, **options}).start()))
        return clients[-1]

    yield start
    for client in clients:
        client.http.close()
        client.box.stop()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a sandbox that the tests of a file share."""
    with Sandbox(400, now=NOW) as box:
        client = Client(box)
        yield client
        client.http.close()
