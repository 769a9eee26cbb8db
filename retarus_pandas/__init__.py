"""Retarus usage data in pandas: a reader, a Jupyter cell magic and a login form for the reporting API.

Start with ``rt.login()`` and ``rt.read_retarus("faxOutUdrReport", last="7D")``; in a notebook,
``%load_ext retarus_pandas`` adds the ``%%retarus`` cell magic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from retarus_pandas import errors, sandbox
    from retarus_pandas.archive import Archive
    from retarus_pandas.dask import read_retarus_dask
    from retarus_pandas.notebook import login
    from retarus_pandas.read import (
        Chunks,
        Piece,
        Plan,
        Scan,
        export_retarus,
        fields,
        plan_retarus,
        read_retarus,
        reports,
        scan_retarus,
    )
    from retarus_pandas.session import Session, current_session, logout
    from retarus_pandas.values import Progress
else:
    from retarus_pandas._door import door

    # Loaded on first use, so that the import itself costs next to nothing.
    __getattr__ = door(
        __name__,
        {
            "Archive": "retarus_pandas.archive",
            "Chunks": "retarus_pandas.read",
            "Piece": "retarus_pandas.read",
            "Plan": "retarus_pandas.read",
            "Progress": "retarus_pandas.values",
            "Scan": "retarus_pandas.read",
            "Session": "retarus_pandas.session",
            "current_session": "retarus_pandas.session",
            "errors": "retarus_pandas",
            "export_retarus": "retarus_pandas.read",
            "fields": "retarus_pandas.read",
            "login": "retarus_pandas.notebook",
            "logout": "retarus_pandas.session",
            "plan_retarus": "retarus_pandas.read",
            "read_retarus": "retarus_pandas.read",
            "read_retarus_dask": "retarus_pandas.dask",
            "reports": "retarus_pandas.read",
            "sandbox": "retarus_pandas",
            "scan_retarus": "retarus_pandas.read",
        },
    )

__all__ = [
    "Archive",
    "Chunks",
    "Piece",
    "Plan",
    "Progress",
    "Scan",
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
    "read_retarus_dask",
    "reports",
    "sandbox",
    "scan_retarus",
    "unload_ipython_extension",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%%retarus`` and ``%retarus``; called by ``%load_ext retarus_pandas``."""
    from retarus_pandas.notebook import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Remove all that `load_ipython_extension` added; called by ``%unload_ext retarus_pandas``."""
    from retarus_pandas.notebook import unload

    unload(shell)
