"""A real JupyterLab, and a notebook in it as a user has it in front of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocket, expect

PROJECT = Path(__file__).parents[2]
SHOTS = PROJECT / "tests" / "browser" / "shots"

WIDE = (1400, 900)
NARROW = (480, 900)
LIGHT = "JupyterLab Light"
DARK = "JupyterLab Dark"
# Each theme and each width; all combinations in a long run.
_LOOKS = [(LIGHT, WIDE), (DARK, NARROW), (LIGHT, NARROW), (DARK, WIDE)]
IN_ALL_LOOKS = pytest.mark.parametrize(
    ("theme", "size"),
    _LOOKS if "RETARUS_LONG_TESTS" in os.environ else _LOOKS[:2],
    ids=lambda value: {LIGHT: "light", DARK: "dark", WIDE: "wide", NARROW: "narrow"}[value],
)

# Generous, because all that waits for it also fails by it; nothing is ever asserted about how long it took.
PATIENCE = 60.0

# The open notebook's panel; `currentWidget` of the shell is null whenever nothing has the focus.
PANEL = """window.testPanel = () =>
    [...(window.jupyterapp?.shell.widgets('main') ?? [])].find(widget => widget.context?.sessionContext)"""

SETTINGS = {
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/codemirror-extension/plugin": {"defaultConfig": {"autoClosingBrackets": False}},
    # The kernel's first answer takes long where it has much to load; by default what comes after a second is dropped.
    "@jupyterlab/completer-extension/manager": {"providerTimeout": 60_000},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # All cells stay in the page, so that what is scrolled away can be looked at too.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class Server:
    """A running JupyterLab. All it and its kernels write goes below ``home``, the notebooks are in ``root``."""

    url: str
    token: str
    home: Path
    root: Path

    def call(self, method: str, path: str) -> Any:
        answer = requests.request(
            method, f"{self.url}api/{path}", headers={"Authorization": f"token {self.token}"}, timeout=PATIENCE
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def shut_kernels_down(self) -> None:
        for session in self.call("GET", "sessions"):
            self.call("DELETE", f"sessions/{session['id']}")

    def files_with(self, text: str) -> list[Path]:
        """All files the server, its kernels and their histories wrote that contain the text."""
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return [path for path in files if holds(path.read_bytes(), text)]


def holds(content: bytes, text: str) -> bool:
    """Whether the text is in there, plain or as it stands in JSON or in an address."""
    forms = {text, json.dumps(text)[1:-1], quote(text, safe="")}
    return any(form.encode() in content for form in forms)


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("RETARUS_", "JUPYTER", "IPYTHON")) and not name.upper().endswith("_PROXY")
    }
    own = {
        "HOME": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "PYTHONPATH": PROJECT,
    }
    return kept | {name: str(path) for name, path in own.items()}


def _write_settings(home: Path) -> None:
    for plugin, settings in SETTINGS.items():
        path = home / "config" / "lab" / "user-settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))


def _own_extension(home: Path) -> Path:
    """The folder with the extension of this checkout, whatever is installed; a test of its own compares the two."""
    place = home / "labextensions"
    place.mkdir()
    (place / "retarus-pandas").symlink_to(PROJECT / "retarus_pandas" / "lab" / "static")
    return place


def _wait_for_server(process: subprocess.Popen[bytes], home: Path, log: Path) -> dict[str, Any]:
    """What the server says about itself once it listens."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        for path in (home / "runtime").glob("jpserver-*.json"):
            facts: dict[str, Any] = json.loads(path.read_text() or "{}")
            if facts:
                return facts
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """Run JupyterLab on a free port, with nothing of the user's own settings, until the block ends."""
    root = home / "notebooks"
    root.mkdir(parents=True)
    _write_settings(home)
    log = home / "lab.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ServerApp.port=0", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={root}"]
    command += [
        f"--LabApp.extra_labextensions_path={_own_extension(home)}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=home, env=_environment(home), stdout=sink, stderr=sink)
        try:
            facts = _wait_for_server(process, home, log)
            server = Server(facts["url"], facts["token"], home, root)
            yield server
            server.shut_kernels_down()
        finally:
            process.terminate()
            process.wait(PATIENCE)


def shoot(part: Locator, name: str) -> Path:
    """Take a picture of a part of the page into the folder that git ignores."""
    SHOTS.mkdir(exist_ok=True)
    path = SHOTS / f"{name}.png"
    part.screenshot(path=path)
    return path


class Notebook:
    """One notebook, open in the page."""

    def __init__(self, page: Page, server: Server, path: Path) -> None:
        self.page = page
        self.server = server
        self.path = path
        self.received: list[bytes] = []
        self.complaints: list[str] = []
        page.on("websocket", self._listen)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep what the page's scripts complain about."""
        if message.type == "error":
            self.complaints.append(message.text)

    def _listen(self, socket: WebSocket) -> None:
        socket.on(
            "framereceived", lambda frame: self.received.append(frame if isinstance(frame, bytes) else frame.encode())
        )

    def heard(self, text: str) -> bool:
        """Whether the kernel ever sent the text to the browser."""
        return any(holds(frame, text) for frame in self.received)

    @classmethod
    def create(cls, page: Page, server: Server, name: str, *, theme: str = LIGHT) -> Notebook:
        """Make an empty notebook and open it."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = server.root / f"{name}.ipynb"
        empty = {"cells": [], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        path.write_text(json.dumps(empty), encoding="utf-8")
        notebook = cls(page, server, path)
        notebook.open(theme)
        return notebook

    def open(self, theme: str = LIGHT) -> None:
        self.page.add_init_script(PANEL)
        name = quote(str(self.path.relative_to(self.server.root)))
        self.page.goto(f"{self.server.url}lab/tree/{name}?reset&token={self.server.token}")
        self._wait_until_ready()
        self.set_theme(theme)

    def _wait_until_ready(self) -> None:
        self.page.wait_for_function(
            """() => {
                const context = testPanel()?.context;
                return context?.isReady && context.sessionContext.isReady
                    && context.sessionContext.session?.kernel?.status === 'idle';
            }""",
            timeout=PATIENCE * 1000,
        )
        self.page.evaluate(
            """async () => {
                await jupyterapp.restored;
                jupyterapp.shell.collapseLeft();
                jupyterapp.shell.collapseRight();
                jupyterapp.shell.activateById(testPanel().id);
            }"""
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of JupyterLab, as its menus do, and wait until it is done."""
        self.page.evaluate(
            "async ([name, args]) => { await jupyterapp.commands.execute(name, args); }", [name, arguments]
        )

    def set_theme(self, theme: str) -> None:
        self.command("apputils:change-theme", theme=theme)
        light = "true" if theme == LIGHT else "false"
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        # Its curtain, which fades away over all pictures.
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def write(self, code: str) -> Cell:
        """Put the code into a new last cell, or the last if it is empty."""
        index = self.page.evaluate(
            """async (code) => {
                const notebook = testPanel().content;
                notebook.activeCellIndex = notebook.widgets.length - 1;
                if (notebook.activeCell.model.sharedModel.getSource())
                    await jupyterapp.commands.execute('notebook:insert-cell-below');
                notebook.activeCell.model.sharedModel.setSource(code);
                return notebook.activeCellIndex;
            }""",
            code,
        )
        return Cell(self.page, index)

    def start(self, code: str) -> Cell:
        """Write the code as `write` does, and start it without waiting for its end."""
        cell = self.write(code)
        self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-cell'); }")
        return cell

    def run(self, code: str) -> Cell:
        """Run the code as `start` does, and wait for its end."""
        cell = self.start(code)
        cell.wait()
        return cell

    def cell(self, index: int) -> Cell:
        return Cell(self.page, index)

    def interrupt(self) -> None:
        self.command("notebook:interrupt-kernel")

    def save(self) -> str:
        """Save, and return what is on the disk."""
        self.command("docmanager:save")
        return self.path.read_text(encoding="utf-8")

    def reload(self) -> None:
        """Load the page again, as after F5; the kernel goes on."""
        self.page.reload()
        self._wait_until_ready()

    def shoot(self, name: str) -> Path:
        """Take a picture of the notebook, for people to look at."""
        return shoot(self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)"), name)


class Cell:
    """One cell of the notebook."""

    def __init__(self, page: Page, index: int) -> None:
        self.locator = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").nth(index)

    @property
    def output(self) -> Locator:
        return self.locator.locator(".jp-Cell-outputArea")

    @property
    def editor(self) -> Locator:
        return self.locator.locator(".cm-content")

    @property
    def prompt(self) -> Locator:
        return self.locator.locator(".jp-InputArea-prompt")

    def wait(self) -> None:
        """Wait until the cell has run."""
        expect(self.prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=PATIENCE * 1000)
