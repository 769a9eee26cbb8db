"""Old and new in one read: what an archive has comes from there, the rest from the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.read.archived.days import Source
    from retarus_pandas.read.archived.masks import Masks, masks_of
    from retarus_pandas.read.archived.planning import Archived, find
    from retarus_pandas.read.archived.recall import Recall
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "Archived": "retarus_pandas.read.archived.planning",
            "Masks": "retarus_pandas.read.archived.masks",
            "Recall": "retarus_pandas.read.archived.recall",
            "Source": "retarus_pandas.read.archived.days",
            "find": "retarus_pandas.read.archived.planning",
            "masks_of": "retarus_pandas.read.archived.masks",
        },
    )

__all__ = [
    "Archived",
    "Masks",
    "Recall",
    "Source",
    "find",
    "masks_of",
]
