"""Choosing a report and its fields without writing GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.notebook.explorer.choice import Choice
    from retarus_pandas.notebook.explorer.exploring import explorer_for
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "Choice": "retarus_pandas.notebook.explorer.choice",
            "explorer_for": "retarus_pandas.notebook.explorer.exploring",
        },
    )

__all__ = [
    "Choice",
    "explorer_for",
]
