"""The history that outlives what the service keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.archive.archive import Archive
    from retarus_pandas.archive.command import ARCHIVE_ARGUMENTS, archive_command, archive_json
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "ARCHIVE_ARGUMENTS": "retarus_pandas.archive.command",
            "Archive": "retarus_pandas.archive.archive",
            "archive_command": "retarus_pandas.archive.command",
            "archive_json": "retarus_pandas.archive.command",
        },
    )

__all__ = ["ARCHIVE_ARGUMENTS", "Archive", "archive_command", "archive_json"]
