"""The skins of a notebook: the magics, the sign-in and the explorer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.notebook.magic import load, unload
    from retarus_pandas.notebook.signin import login
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "load": "retarus_pandas.notebook.magic",
            "login": "retarus_pandas.notebook.signin",
            "unload": "retarus_pandas.notebook.magic",
        },
    )

__all__ = [
    "load",
    "login",
    "unload",
]
