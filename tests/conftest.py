"""What every test starts from: no credentials, no proxy, no session, and nobody's home directory or keyring."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.trying import LONG

# Machines that run tests are slow now and then; how long an example takes proves nothing. The same examples come in
# every run, so that a change is judged by what it does; a long run looks for others.
settings.register_profile("steady", deadline=None, derandomize=not LONG, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

_OWN_SWITCH = "RETARUS_REQUIRE_BROWSER"
_DIRECTORIES = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "XDG_CACHE_HOME")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


# What a shell runs in the background ignores interrupts, and so would all tests of them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's rounds, which tests that need one pay for."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _private_directories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Histories, settings and caches are written into a directory of this run."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in _DIRECTORIES:
            directory = home / name.lower()
            directory.mkdir(mode=0o700)
            patch.setenv(name, str(directory))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The caller's credentials and proxies are not the tests'; a test's session is not the next one's."""
    for name in list(os.environ):
        if (name.startswith("RETARUS_") and name != _OWN_SWITCH) or name.upper() in _PROXIES:
            monkeypatch.delenv(name)
    yield
    session = sys.modules.get("retarus_pandas.session")
    if session is not None:
        session.logout()


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return Path(__file__).parent.parent
