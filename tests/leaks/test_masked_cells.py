"""What a cell shows of masked values: nothing, however it is run and whatever goes wrong."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.session import make_current
from support.canaries import assert_nowhere
from support.replies import Reply, answer
from support.servers import API, FaultyServer

NUMBER, NAME, KEY = "+4989-canary-of-a-number", "canary-of-a-name@example.com", "canary-key-of-the-mask"
BODY = "{ faxOutUdrReport { faxId calledNumber accountName keyTimestamp } }"


def page(*problems: Any) -> Reply:
    record = {
        "faxId": "1",
        "attemptSeqNo": 1,
        "calledNumber": NUMBER,
        "accountName": NAME,
        "keyTimestamp": f"{pd.Timestamp.now(tz='UTC') - pd.Timedelta('1h'):%Y-%m-%dT%H:%M:%SZ}",
    }
    result = {"pageIndex": 0, "pageSize": 1000, "hasMoreElements": False, "content": [record]}
    return answer({"data": {"faxOutUdrReport": result}} | ({"errors": list(problems)} if problems else {}))


@pytest.fixture
def service() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        made.always(API, page())
        yield made


@pytest.fixture
def shell(service: FaultyServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    monkeypatch.setenv("RETARUS_MASK_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance(config=config)  # IPython leaves its methods unannotated
    made.kernel = SimpleNamespace(_allow_stdin=True)  # as in a kernel, but that its outputs can be looked at
    urls = service.endpoints
    with rt.Session("1", "me", "secret", api_url=urls.api_url, token_url=urls.token_url) as session:
        made.run_cell("%load_ext retarus_pandas\n%xmode Verbose")
        make_current(session)
        yield made
        rt.logout()
    made.run_cell("%unload_ext retarus_pandas")
    InteractiveShell.clear_instance()


def outputs(shell: Any, cell: str) -> list[str]:
    """All that a cell shows, its result included."""
    with capture_output() as captured, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = shell.run_cell(cell).result
    return [
        repr(result),
        getattr(result, "_repr_html_", str)(),
        captured.stdout,
        captured.stderr,
        *(str(output.data) for output in captured.outputs),
        *(str(each.message) for each in caught),
    ]


@pytest.mark.parametrize(
    "line",
    ["", "faxes", "--table", "faxes --table", "--plan", "--save x.csv", "--save x.xlsx", "--dtype-backend pyarrow"],
)
def test_no_output_of_a_cell_shows_a_masked_value(shell: Any, line: str) -> None:
    shown = outputs(shell, f"%%retarus {line} --last 1D --mask personal\n{BODY}")
    assert len("".join(shown)) > 40
    assert_nowhere(shown, NUMBER, NAME, KEY)
    if "faxes" in line:
        frame = shell.user_ns["faxes"]
        assert_nowhere([frame.to_html(), repr(frame), repr(frame.attrs)], NUMBER, NAME, KEY)


def test_no_error_of_a_cell_shows_one_however_much_is_told(shell: Any, service: FaultyServer) -> None:
    place = ["faxOutUdrReport", "content", 0, "calledNumber"]
    service.always(API, page({"message": f"Cannot show {NUMBER!r}", "path": place, "extensions": {"value": NUMBER}}))
    shown = outputs(shell, f"%%retarus faxes --last 1D --mask personal\n{BODY}")
    assert any("masked field" in text for text in shown)
    assert_nowhere(shown, NUMBER, NAME, KEY)


def test_without_a_mask_the_values_are_found_by_the_same_look(shell: Any) -> None:
    """The proofs above would notice."""
    with pytest.raises(AssertionError, match="a leak"):
        assert_nowhere(outputs(shell, f"%%retarus --last 1D\n{BODY}"), NUMBER)
