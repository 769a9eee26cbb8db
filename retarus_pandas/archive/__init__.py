"""The history that outlives what the service keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.archive.archive import Archive
else:
    from retarus_pandas._door import door

    __getattr__ = door(__name__, {"Archive": "retarus_pandas.archive.archive"})

__all__ = ["Archive"]
