"""A real kernel, and a frontend of a few lines that talks to its widgets as a browser does."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from traitlets.config import Config
from zmq import POLLIN, Poller

Message = dict[str, Any]

PATIENCE = 60.0


class Kernel:
    """A running kernel; ``heard`` is all it ever published."""

    def __init__(self, client: Any, manager: Any = None) -> None:
        self._client = client
        self._manager = manager
        self.heard: list[Message] = []
        self.states: dict[str, dict[str, Any]] = {}

    def execute(self, code: str, *, attended: bool = True, answers: Sequence[str] = ()) -> list[Message]:
        """Run a cell and return what it published; `attended` says whether somebody could answer a question."""
        before, typed = len(self.heard), iter(answers)
        parent = self._client.execute(code, allow_stdin=attended)
        self._listen(parent, typed)
        self.reply = self._reply_to(parent)
        return [message for message in self.heard[before:] if message["parent_header"].get("msg_id") == parent]

    def _listen(self, parent: str, typed: Iterator[str]) -> None:
        """Hear everything that is published until the cell is done, also what answers somebody else."""
        poller = Poller()
        for channel in (self._client.iopub_channel, self._client.stdin_channel):
            poller.register(channel.socket, POLLIN)
        done = False
        while not done:
            ready = dict(poller.poll(int(PATIENCE * 1000)))
            assert ready, "the kernel is silent"
            if self._client.stdin_channel.socket in ready:
                self._client.get_stdin_msg(timeout=PATIENCE)
                self._client.input(next(typed))
            if self._client.iopub_channel.socket in ready:
                message = self._client.get_iopub_msg(timeout=PATIENCE)
                self._hear(message)
                is_own = message["parent_header"].get("msg_id") == parent
                done = is_own and message["content"].get("execution_state") == "idle"

    def _reply_to(self, parent: str) -> dict[str, Any]:
        while True:
            reply = self._client.get_shell_msg(timeout=PATIENCE)
            if reply["parent_header"].get("msg_id") == parent:
                content: dict[str, Any] = reply["content"]
                return content

    def interrupt(self) -> None:
        """What a frontend's stop button does; from any thread."""
        os.kill(self._manager.provisioner.pid, signal.SIGINT)

    def restart(self) -> None:
        """What a frontend's restart button does."""
        self._manager.restart_kernel(now=True)
        self._client.wait_for_ready(timeout=PATIENCE)

    def printed(self, code: str, *, attended: bool = True) -> str:
        """Run a cell that must succeed and return what it printed."""
        messages = self.execute(code, attended=attended)
        assert self.reply["status"] == "ok", self.reply
        return "".join(content["text"] for content in contents(messages, "stream"))

    def complete(self, code: str, cursor: int) -> dict[str, Any]:
        """What is offered at the cursor."""
        reply: dict[str, Any] = self._client.complete(code, cursor, reply=True, timeout=PATIENCE)["content"]
        return reply

    def inspect(self, code: str, cursor: int) -> dict[str, Any]:
        """What is said of what stands at the cursor."""
        reply: dict[str, Any] = self._client.inspect(code, cursor, reply=True, timeout=PATIENCE)["content"]
        return reply

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        content = message["content"]
        if message["msg_type"] == "comm_open":
            self.states[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif message["msg_type"] == "comm_msg" and content["data"]["method"] in {"update", "echo_update"}:
            self.states.get(content["comm_id"], {}).update(content["data"]["state"])
        elif message["msg_type"] == "comm_close":
            self.states.pop(content["comm_id"], None)

    def wait_until(self, reached: Callable[[], object]) -> None:
        """Listen until the widgets are as wanted."""
        while not reached():
            try:
                self._hear(self._client.get_iopub_msg(timeout=PATIENCE))
            except Empty:
                raise AssertionError(f"never reached; the widgets are {list(self.states.values())}") from None

    def widgets(self, **state: Any) -> list[str]:
        """The ids of the open widgets with this state, oldest first."""
        return [name for name, held in self.states.items() if state.items() <= held.items()]

    def set_state(self, widget: str, **state: Any) -> None:
        """What a browser sends when the user has changed something."""
        self._send(widget, {"method": "update", "state": state, "buffer_paths": []})

    def send_event(self, widget: str, event: str) -> None:
        """What a browser sends when the user has pressed a button or Enter."""
        self._send(widget, {"method": "custom", "content": {"event": event}})

    def close_comm(self, comm: str, **data: Any) -> None:
        """What a browser sends when it wants to hear no more."""
        self._send(comm, data, kind="comm_close")

    def _send(self, comm: str, data: dict[str, Any], *, kind: str = "comm_msg") -> None:
        message = self._client.session.msg(kind, {"comm_id": comm, "data": data})
        self._client.shell_channel.send(message)

    def published(self, text: str) -> bool:
        """Whether the kernel ever published the text."""
        return text in json.dumps(self.heard, default=str, ensure_ascii=False)


def contents(messages: list[Message], kind: str) -> list[dict[str, Any]]:
    """The contents of the messages of one kind."""
    return [message["content"] for message in messages if message["msg_type"] == kind]


@contextmanager
def _by_files() -> Iterator[Config]:
    """What makes a kernel listen at files, in a folder of its own with a short path, as such files need.

    The ports that a kernel would listen at are chosen before it starts, and bound when it has started. In between they
    are free for anybody, and a kernel that finds one taken dies; where many tests run, one does now and then.
    """
    with TemporaryDirectory() as folder:
        yield Config(ConnectionFileMixin={"transport": "ipc", "ip": f"{folder}/at"})


@contextmanager
def start_kernel(environment: dict[str, str] | None = None) -> Iterator[tuple[Any, Any]]:
    """A kernel's manager and a client that is connected to it, until the block ends."""
    with _by_files() as config:
        manager = KernelManager(config=config)
        manager.start_kernel(**({} if environment is None else {"env": environment}))
        client = manager.client()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=PATIENCE)
            yield manager, client
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
            manager.context.destroy()


@contextmanager
def run_kernel(**environment: str) -> Iterator[Kernel]:
    """Run a kernel until the block ends."""
    with start_kernel() as (manager, client):
        kernel = Kernel(client, manager)
        kernel.printed(f"import os; os.environ.update({environment!r})")
        yield kernel


def run_notebook(notebook: Any, folder: Path, *, environment: dict[str, str] | None = None, **options: Any) -> Any:
    """Run a notebook in this folder as a program does, in a fresh kernel, and return it with its outputs."""
    with _by_files() as config:
        client = NotebookClient(notebook, config=config, resources={"metadata": {"path": str(folder)}}, **options)
        return client.execute(**({} if environment is None else {"env": environment}))
