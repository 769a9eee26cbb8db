"""The interactive table: what strangers wrote is seen in it as they wrote it, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
import pytest
from playwright.sync_api import expect

from support.lab import IN_ALL_LOOKS, Notebook
from support.replies import answer
from support.servers import API, FaultyServer

pytest.importorskip("itables")
pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>window.pwned = 1</script>",
    '<img src=x onerror="window.pwned = 2">',
    "</script><script>window.pwned = 3</script>",
    '"><svg onload=window.pwned=4>',
    "</td></tr></table><iframe src=javascript:parent.pwned=5>",
    "<!--",
    "${window.pwned = 6}",
    "&lt;b&gt;not bold&lt;/b&gt;",
    '<a href="javascript:window.pwned=7">click</a>',
    "\u2028<style>* { display: none }</style>",
    "+49 89 1234, as it is",
    "=1+1",
]
CELL = """%%retarus messages --last 1D --table
{ smsInUdrReport { smsId messageContent numberOfParts receivedTs } }"""


@pytest.fixture
def service() -> Iterator[FaultyServer]:
    at = f"{pd.Timestamp.now(tz='UTC') - pd.Timedelta('1h'):%Y-%m-%dT%H:%M:%SZ}"
    content = [
        {"smsId": f"{n:03}", "messageContent": text, "numberOfParts": n or None, "receivedTs": at}
        for n, text in enumerate(HOSTILE)
    ]
    page = {"pageIndex": 0, "pageSize": 10_000, "hasMoreElements": False, "content": content}
    with FaultyServer() as made:
        made.always(API, answer({"data": {"smsInUdrReport": page}}))
        yield made


@IN_ALL_LOOKS
def test_hostile_texts_are_shown_and_do_nothing(
    open_notebook: Callable[..., Notebook], service: FaultyServer, theme: str, size: tuple[int, int]
) -> None:
    """Not when the cell has run, not when it is searched, and not when the notebook is opened again."""
    notebook = open_notebook(theme=theme, size=size)
    addresses: list[str] = []
    notebook.page.on("request", lambda request: addresses.append(request.url))
    login = {
        "RETARUS_CUSTOMER_ID": "1",
        "RETARUS_CLIENT_ID": "me",
        "RETARUS_CLIENT_SECRET": "s",
        "RETARUS_API_URL": service.endpoints.api_url,
        "RETARUS_TOKEN_URL": service.endpoints.token_url,
    }
    notebook.run(f"import os\nos.environ.update({login})\n%load_ext retarus_pandas")
    cell = notebook.run(CELL)
    table = cell.output.locator("table.dataTable").last
    expect(table).to_be_visible()
    left = [
        part.evaluate("part => part.getBoundingClientRect().x")
        for part in (table, cell.output.locator(".dt-container"))
    ]
    assert left[0] == left[1]
    cell.output.get_by_label("entries per page").select_option("25")
    shown = [text.strip() for text in table.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert shown == [" ".join(text.split()) for text in HOSTILE]
    expect(table.locator("tbody td").first).to_have_text("000")
    for tag in ("img", "svg", "script", "iframe", "a", "b", "style"):
        expect(table.locator(f"tbody {tag}")).to_have_count(0)
    notebook.shoot(f"table-{theme.split()[-1].lower()}-{size[0]}")
    cell.output.get_by_role("searchbox").fill("not bold")
    expect(table.locator("tbody tr")).to_have_count(1)
    assert notebook.page.evaluate("window.pwned") is None
    notebook.save()
    notebook.reload()
    expect(notebook.cell(1).output.locator("table.dataTable").last).to_be_visible()
    assert notebook.page.evaluate("window.pwned") is None
    assert [url for url in addresses if not url.startswith((notebook.server.url, "data:", "blob:", "ws:"))] == []
