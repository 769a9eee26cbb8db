"""A Dask DataFrame of which every partition is a day of the report, read where it is needed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack
from uuid import uuid4

from retarus_pandas.dask.permits import Permits, cluster_worker, make_permits
from retarus_pandas.dask.signing_in import remember_session, session_here
from retarus_pandas.errors import InputError, ResultError
from retarus_pandas.read import PIECEWISE, Piece, Reading, plan_pieces, read_piece, with_options
from retarus_pandas.values import how_to_install, show

if TYPE_CHECKING:
    import dask.dataframe
    import pandas as pd

__all__ = ["read_retarus_dask"]


@with_options(PIECEWISE)
def read_retarus_dask(
    query: str | Path, *, split: Any = "1D", limit: int = 4, **options: Unpack[Reading]
) -> dask.dataframe.DataFrame:
    """Read a Retarus report into a Dask DataFrame, a partition a day.

    Parameters
    ----------
    query : str or pathlib.Path
        As in `read_retarus`; one report only.
    split : str or timedelta, default "1D"
        The length of a partition, as in `Plan.split`.
    limit : int, default 4
        Requests under way at a time in all partitions together, on threads, processes and clusters. All frames with
        the same limit share it.
    **options
        As in `read_retarus`, without `max_rows`, `concurrency` and `progress`.

    Returns
    -------
    dask.dataframe.DataFrame
        The rows, columns and dtypes of `read_retarus`, but that the types are those of the schema alone, as in
        `Chunks`. Where the report's own timestamp is selected, the index is that timestamp, without a name, and its
        divisions are known: ``frame.loc["2026-10-03"]`` reads one day. ``frame.compute().reset_index(drop=True)`` is
        the frame of `read_retarus`.

    Raises
    ------
    DocumentError, PeriodError, InputError
        What was given cannot be used, or Dask is not installed (extra ``dask``).

    Notes
    -----
    Nothing is sent before the frame is computed, and each partition asks one page after another whenever it is needed:
    a frame that is computed twice is read twice, unless ``persist`` keeps it.

    A session is never sent to another process. Threads of this process use the one that is given, or the current one;
    each worker process signs in once, from its environment or its keyring. So the graph, its keys, logs and
    dashboards hold no secret; what a query names, such as a filter's value, is in the graph.

    With ``archive=`` each partition takes its sealed days from that folder, which has to be found under the same name
    where the workers run; partitions of which all is archived need no sign-in.

    If a worker dies, its days are read again by others, and its requests count until its leases end
    (``distributed.scheduler.locks.lease-timeout``, 30 s). On a cluster warnings of a read are shown by the client; a
    pool of processes leaves them on its standard error.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     faxes = rt.read_retarus_dask(
    ...         "{ faxOutUdrReport { keyTimestamp docPages } }", last="5D", session=session
    ...     )
    ...     pages = faxes["docPages"].sum().compute()
    >>> faxes.npartitions, faxes.known_divisions, bool(pages > 0)
    (6, True, True)
    """
    _check_dask()
    _check_limit(limit)
    pieces, empty = plan_pieces("read_retarus_dask", query, options, split)
    part = Part(uuid4().hex, remember_session(options.get("session")), make_permits(limit))
    if not pieces:
        return _made("from_pandas", empty, npartitions=1)
    by = _index_of(pieces[0], empty)
    meta = _indexed(empty, by)
    return _made(
        "from_map",
        replace(part, by=by),
        list(pieces),
        meta=meta,
        divisions=_divisions(pieces, meta.index, by),
        label=f"retarus-{pieces[0].name}",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """Reads a partition; plain values only, so that it goes to any worker.

    Attributes
    ----------
    reading : str
        Another one for each frame: its partitions are read for it, and not shared with an older one's.
    session : str
        The name of the session that the frame was made with, in the process that has it.
    permits : Permits
        How many may ask at a time.
    by : str, default ""
        The column that becomes the index.
    """

    reading: str
    session: str
    permits: Permits
    by: str = ""

    def __call__(self, piece: Piece) -> pd.DataFrame:
        with self.permits.one():
            session = session_here(self.session) if piece.asks else None
            frame = read_piece(piece, session=session, at_once=self.permits.limit, warn=_warn)
        indexed = _indexed(frame, self.by)
        if self.by:
            _check_inside(piece, indexed)
        return indexed

    def __repr__(self) -> str:
        return f"<a part of reading {self.reading}>"

    def __dask_tokenize__(self) -> tuple[str, str]:
        return (type(self).__name__, self.reading)


def _check_dask() -> None:
    if find_spec("dask") is None:
        raise InputError(
            f"The function read_retarus_dask takes the package 'dask', which is not installed. "
            f"Run: {how_to_install('dask')}"
        )


def _check_limit(limit: object) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InputError(f"The option limit={show(limit)} does not fit: give a whole number of at least 1.")


def _made(make: str, *args: Any, **options: Any) -> dask.dataframe.DataFrame:
    """A frame whose texts, lists and decimals Dask does not convert to texts of its own."""
    import dask
    import dask.dataframe

    with dask.config.set({"dataframe.convert-string": False}):
        made: dask.dataframe.DataFrame = getattr(dask.dataframe, make)(*args, **options)
    return made


def _index_of(piece: Piece, empty: pd.DataFrame) -> str:
    """The column by which rows are sorted into days, where the result has it; else ""."""
    import pandas as pd

    query = piece.report.query
    shown = {column.name for column in query.columns if not column.hidden}
    name = query.key_timestamp
    if name is None or name not in shown or query.descending or name not in empty:
        return ""
    return name if pd.api.types.is_datetime64_any_dtype(empty[name].dtype) else ""


def _indexed(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """The frame, with the instants of a column as its index, in the dtype they have by default."""
    if not by:
        return frame
    import pandas as pd

    zone = frame.dtypes[by].pyarrow_dtype.tz if isinstance(frame.dtypes[by], pd.ArrowDtype) else frame[by].dt.tz
    return frame.set_axis(pd.DatetimeIndex(frame[by].astype(pd.DatetimeTZDtype("us", zone)), name=None), axis=0)


def _divisions(pieces: tuple[Piece, ...], index: pd.Index[Any], by: str) -> tuple[pd.Timestamp, ...] | None:
    """The instants between which the rows of each partition lie, in the index' own dtype."""
    import pandas as pd

    edges = [*(piece.start for piece in pieces), pieces[-1].end]
    return tuple(pd.DatetimeIndex(edges).astype(index.dtype)) if by else None


def _check_inside(piece: Piece, frame: pd.DataFrame) -> None:
    """Divisions are believed without a look, so rows outside of theirs would be lost where a slice is taken."""
    stamps = frame.index.dropna()
    outside = ((stamps < piece.start) | (stamps >= piece.end)).sum()
    if outside:
        raise ResultError(
            f"{outside:,} records of {piece.name} came for {piece!r} with timestamps outside of it, so that the report "
            "cannot be cut into days. Read it whole with read_retarus, or leave its timestamp out of the selection."
        )


def _warn(text: str, category: type[Warning]) -> None:
    """Where a cluster's client sees it, too."""
    if cluster_worker() is None:
        # There is no line that somebody wrote in a worker.
        warnings.warn_explicit(text, category, "retarus_pandas", 0)
        return
    from distributed.worker import warn

    warn(text, category)
