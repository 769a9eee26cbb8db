"""JupyterLab and Chromium for the tests in this folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.lab import LIGHT, PATIENCE, WIDE, Notebook, Server, serve

# No update, no sync, no component: a test's browser talks to the test's server and to nobody else.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenNotebook = Callable[..., Notebook]


def _require_chromium() -> str:
    """The browser's path; without one the test skips, or fails where ``RETARUS_REQUIRE_BROWSER`` is set."""
    for name in CHROMIUM:
        path = shutil.which(name)
        if path:
            return path
    reason = (
        f"there is no {', '.join(CHROMIUM[:-1])} or {CHROMIUM[-1]} on the PATH; on Debian: apt-get install chromium"
    )
    if os.environ.get("RETARUS_REQUIRE_BROWSER"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    return _require_chromium()


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


# Playwright keeps an event loop running in the main thread; past this module other tests need theirs.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 250)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield launched
        launched.close()


@pytest.fixture
def open_notebook(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[OpenNotebook]:
    """Open an empty notebook: ``open_notebook(theme=DARK, size=NARROW)``."""
    contexts = []
    stem = re.sub(r"\W+", "-", request.node.name).strip("-")

    def open_one(*, theme: str = LIGHT, size: tuple[int, int] = WIDE) -> Notebook:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        return Notebook.create(context.new_page(), server, f"{stem}-{len(contexts)}", theme=theme)

    yield open_one
    for context in contexts:
        context.close()
    server.shut_kernels_down()


@pytest.fixture
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """An empty notebook in a wide window, light theme."""
    return open_notebook()
