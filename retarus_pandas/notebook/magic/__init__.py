"""``%%retarus`` and ``%retarus``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.notebook.magic.magic import load, unload
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "load": "retarus_pandas.notebook.magic.magic",
            "unload": "retarus_pandas.notebook.magic.magic",
        },
    )

__all__ = [
    "load",
    "unload",
]
