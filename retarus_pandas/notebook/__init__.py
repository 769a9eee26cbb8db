"""The skins of a notebook: the magics, the sign-in and the explorer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.notebook.magic.magic import load, unload
    from retarus_pandas.notebook.signin.login import login
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "load": "retarus_pandas.notebook.magic.magic",
            "login": "retarus_pandas.notebook.signin.login",
            "unload": "retarus_pandas.notebook.magic.magic",
        },
    )

__all__ = [
    "load",
    "login",
    "unload",
]
