"""The magics in a real kernel: what a notebook program sees, and what an interrupt leaves behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient.exceptions import CellExecutionError

import retarus_pandas as rt
from support.kernels import run_notebook, start_kernel

PATIENCE = 60


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    # Each answer takes so long that a read of a few windows outlasts the interrupt by far.
    with rt.sandbox.Sandbox(rows=300, latency=20) as made:
        yield made


class Kernel:
    """A kernel and what came out of it."""

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager = manager
        self.client = client

    def send(self, code: str) -> str:
        """Send a cell and do not wait."""
        sent: str = self.client.execute(code, allow_stdin=False)
        return sent

    def reply(self, sent: str) -> dict[str, Any]:
        """The reply to a cell that was sent."""
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == sent:
                content: dict[str, Any] = message["content"]
                return content

    def run(self, code: str) -> dict[str, Any]:
        """Run a cell."""
        return self.reply(self.send(code))

    def value(self, expression: str) -> str:
        """The repr of an expression."""
        sent = self.client.execute("", user_expressions={"x": expression}, allow_stdin=False)
        text: str = self.reply(sent)["user_expressions"]["x"]["data"]["text/plain"]
        return text

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def restart(self) -> None:
        """What the button does, whatever the kernel is at."""
        self._manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=PATIENCE)


@pytest.fixture
def kernel(box: rt.sandbox.Sandbox, tmp_path: Path) -> Iterator[Kernel]:
    with start_kernel(os.environ | box.environment | {"IPYTHONDIR": str(tmp_path)}) as (manager, client):
        made = Kernel(manager, client)
        made.run("%load_ext retarus_pandas")
        yield made


def wait_for_a_request(box: rt.sandbox.Sandbox) -> None:
    end = time.monotonic() + PATIENCE
    while box.requests.api < 1:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_interrupt_stops_the_read_and_the_cells_after_it(kernel: Kernel, box: rt.sandbox.Sandbox) -> None:
    box.requests.clear()
    reading = kernel.send("%%retarus faxes --last 80D --no-progress\nfaxOutUdrReport")
    following = kernel.send("after = 1")
    wait_for_a_request(box)
    kernel.interrupt()
    reply = kernel.reply(reading)
    assert (reply["status"], reply["ename"]) == ("error", "Interrupted")
    assert kernel.reply(following)["status"] == "aborted"
    # It answered while the service was still holding back its answers, which take 20 seconds.
    assert kernel.value("'faxes' in globals()") == "False"
    assert kernel.value("[t.name for t in __import__('threading').enumerate() if t.name.startswith('retarus')]") == "[]"


def test_a_restart_in_the_middle_of_a_read_is_a_fresh_start(
    kernel: Kernel, box: rt.sandbox.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.requests.clear()
    kernel.send("%%retarus faxes --last 80D --no-progress\nfaxOutUdrReport")
    wait_for_a_request(box)
    kernel.restart()
    assert kernel.value("'faxes' in globals() or 'retarus_pandas' in __import__('sys').modules") == "False"
    monkeypatch.setattr(box, "latency", 0.0)
    kernel.run("%load_ext retarus_pandas")
    assert kernel.run("%%retarus faxes --last 80D --no-progress\nfaxOutUdrReport")["status"] == "ok"
    assert kernel.value("len(faxes), faxes['faxId'].is_unique") == f"({len(_faxes(box))}, True)"


def _faxes(box: rt.sandbox.Sandbox) -> pd.DataFrame:
    with rt.Session(
        box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
    ) as session:
        frame = rt.read_retarus("faxOutUdrReport", last="80D", progress=False, session=session)
    assert isinstance(frame, pd.DataFrame)
    return frame


def test_a_notebook_program_stops_at_the_cell_that_fails(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RETARUS_")}
    cells = ["%load_ext retarus_pandas", "%%retarus x --last 7D\nfaxOutUdrReport", "never = 1"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with pytest.raises(CellExecutionError) as caught:
        run_notebook(notebook, tmp_path, environment=environment, timeout=PATIENCE)
    assert caught.value.ename == "NotSignedInError"
    assert "RETARUS_CLIENT_SECRET" in caught.value.evalue
    failed, skipped = notebook.cells[1:]
    (output,) = [output for output in failed.outputs if output.output_type == "error"]
    assert len(output.traceback) <= 8
    assert "execution_count" not in skipped or skipped.execution_count is None
