"""The same plan on Dask: a partition a day, on threads, processes or a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.dask.frame import read_retarus_dask
else:
    from retarus_pandas._door import door

    __getattr__ = door(__name__, {"read_retarus_dask": "retarus_pandas.dask.frame"})

__all__ = ["read_retarus_dask"]
