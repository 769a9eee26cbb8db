"""Retarus usage data in pandas: a reader, a Jupyter cell magic and a login form for the reporting API.

Start with ``rt.login()`` and ``rt.read_retarus("faxOutUdrReport", last="7D")``; in a notebook,
``%load_ext retarus_pandas`` adds the ``%%retarus`` cell magic.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from retarus_pandas import errors, sandbox
    from retarus_pandas.discovery import fields, reports
    from retarus_pandas.notebook.login import login
    from retarus_pandas.reader import export_retarus, plan_retarus, read_retarus
    from retarus_pandas.session import Session, current_session, logout

__all__ = [
    "Session",
    "current_session",
    "errors",
    "export_retarus",
    "fields",
    "load_ipython_extension",
    "login",
    "logout",
    "plan_retarus",
    "read_retarus",
    "reports",
    "sandbox",
    "unload_ipython_extension",
]

# Where each public name lives; loaded on first use, so that the import itself costs next to nothing.
_HOMES = {
    "Session": "session",
    "current_session": "session",
    "errors": "",
    "export_retarus": "reader",
    "fields": "discovery",
    "login": "notebook.login",
    "logout": "session",
    "plan_retarus": "reader",
    "read_retarus": "reader",
    "reports": "discovery",
    "sandbox": "",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not home:
        return importlib.import_module(f"{__name__}.{name}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%%retarus`` and ``%retarus``; called by ``%load_ext retarus_pandas``."""
    from retarus_pandas.notebook import magic

    magic.load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Remove all that `load_ipython_extension` added; called by ``%unload_ext retarus_pandas``."""
    from retarus_pandas.notebook import magic

    magic.unload(shell)
