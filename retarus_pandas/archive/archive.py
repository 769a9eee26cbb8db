"""`Archive`: the records of reports, kept in a folder beyond the service's history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.archive.asks import Ask, asks_of
from retarus_pandas.archive.shown import changes_frame, coverage_frame, problems_frame, sync_frame
from retarus_pandas.archive.syncing import ReportSync, Tally
from retarus_pandas.archive.telling import tell
from retarus_pandas.errors import InputError, Interrupted
from retarus_pandas.read import Table, check_mask, observer
from retarus_pandas.session import Session, acquire_session
from retarus_pandas.store import Folder, Keeper, named_folder
from retarus_pandas.values import Progress, show

if TYPE_CHECKING:
    import pyarrow.dataset as ds

__all__ = ["Archive", "sync_archive"]


class Archive:
    """The records of reports in a folder, kept beyond the 90 days of the service.

    A report's records lie in plain Parquet files, one for each UTC day that has ended, which pandas, DuckDB and others
    read as they are. `sync` keeps them up to date; every answer is proven, as in `read_retarus`, before it is kept.
    `read_retarus` takes an archive, or its folder, as ``archive=``.

    Parameters
    ----------
    path : str or path
        The folder. It need not exist before the first `sync`, and then is made for its owner alone.
    session : Session, optional
        Who asks; otherwise the current session, otherwise the environment. Only `sync` asks.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import retarus_pandas as rt
    >>> with rt.Session.sandbox(rows=500) as session:
    ...     archive = rt.Archive(pathlib.Path(tempfile.mkdtemp()) / "faxes", session)
    ...     synced = archive.sync("faxOutUdrReport", progress=False)
    >>> int(synced["failed"].sum())
    0
    >>> archive.dataset("faxOutUdrReport").count_rows() == int(synced["rows"].sum())
    True
    """

    def __init__(self, path: str | Path, session: Session | None = None) -> None:
        self.path = named_folder(path)
        self._session = session

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"Archive({str(self.path)!r})"

    def sync(
        self,
        reports: str | Sequence[str] | None = None,
        *,
        reread: Any = "10D",
        fields: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
        mask: str | Mapping[str, str] | None = None,
        progress: bool | Callable[[Progress], object] | None = None,
    ) -> Table:
        """Ask for every day that is not sealed yet, and keep the answers.

        The first sync asks for the whole history, day by day, some side by side; a daily one for the last days only.
        A day is asked again until it was asked `reread` after its end, for records come late and change; then it is
        sealed. Stopped at any moment, by whatever, a sync leaves each day as it was or as it is to be, and the next
        one goes on.

        Parameters
        ----------
        reports : str or list of str, optional
            Which reports; otherwise all whose fields are known.
        reread : timedelta-like, default "10D"
            How long after its end a day is asked again.
        fields : list of str, or mapping of report to such, optional
            Only these fields, ``"extra.note"`` for one of an object; the key and the key timestamp come in any case.
            An archive remembers them; later more can be given, but not fewer.
        mask : "personal" or mapping, optional
            As `read_retarus` takes it. Nothing unmasked is ever written. An archive keeps to one way and one key.
        progress : bool or callable, optional
            As `read_retarus` takes it.

        Returns
        -------
        pandas.DataFrame
            One row a report: ``report``; ``asked``, ``failed`` and ``sealed`` days; ``rows`` of the days that were
            asked; ``added``, ``changed`` and ``gone`` records of those among them that had been archived before;
            ``requests``; and ``trouble``, why answers were not taken.

        Raises
        ------
        InputError
            What was given cannot be used, or the archive holds records that are masked otherwise, or other fields.
        ArchiveLocked
            Somebody else writes into the archive.
        ArchiveError
            The file system cannot keep an archive, the disk is full, or files are damaged.
        RetarusError
            The service cannot be asked. What came before is kept.

        Warns
        -----
        ArchiveWarning
            Records have vanished from the service (they are kept in ``_gone``), days left its history before they
            could be sealed or asked, or answers were not taken because they were not whole.
        SchemaWarning
            As in `read_retarus`.
        """
        session = acquire_session(self._session)
        tallies = sync_archive(
            self.path, session, reports, reread=reread, fields=fields, mask=mask, progress=progress, clock=_now
        )
        tell(self.path, tallies)
        return sync_frame(tallies)

    def coverage(self) -> Table:
        """What is archived; nothing is asked.

        Returns
        -------
        pandas.DataFrame
            One row a report and account: ``account``, ``report``, ``first`` and ``last`` day, ``days``; of these
            ``sealed``, ``unsealed`` and ``unsettled``; ``gaps``, days between them that are not archived; ``rows``;
            ``megabytes``; ``later``, the fields that were not archived from the beginning; and ``folder``, in which the
            day files lie.
        """
        return coverage_frame(Folder(self.path), now=_now())

    def verify(self) -> Table:
        """Hold all files against what the ledger says of them; nothing is asked.

        Returns
        -------
        pandas.DataFrame
            One row a problem, none if all is well: ``account``, ``report``, ``day``, ``kind`` (missing, torn, edited,
            exchanged, rewritten, unknown, gap, books), ``what`` and ``path``.
        """
        return problems_frame(Folder(self.path))

    def changes(self, since: Any) -> Table:
        """What has changed since an instant: whether a bill was right.

        Parameters
        ----------
        since : str or datetime-like
            As `pandas.Timestamp` takes it, in UTC unless it has a zone.

        Returns
        -------
        pandas.DataFrame
            One row a day of which something is different now: ``account``, ``report``, ``day``; ``rows_before``, null
            if the day was not archived then; ``added``, ``changed`` and ``gone`` records since; ``rows`` now; and
            ``at``, when that was last written.
        """
        return changes_frame(Folder(self.path), since)

    def dataset(self, report: str, *, customer_id: str | None = None) -> ds.Dataset:
        """All archived days of a report, for pyarrow, and for all that reads its datasets.

        Parameters
        ----------
        report : str
            Its name.
        customer_id : str, optional
            The account, where the archive has several.

        Returns
        -------
        pyarrow.dataset.Dataset
            As of now; the columns of `ReportHistory.schema`.
        """
        return Folder(self.path).account(customer_id).report(report).dataset()


def _now() -> datetime:
    return datetime.now(UTC)


def sync_archive(
    path: Path,
    session: Session,
    reports: str | Sequence[str] | None,
    *,
    reread: Any,
    fields: Sequence[str] | Mapping[str, Sequence[str]] | None,
    mask: str | Mapping[str, str] | None,
    progress: bool | Callable[[Progress], object] | None,
    clock: Callable[[], datetime],
) -> list[Tally]:
    """Sync by any clock; see `Archive.sync`."""
    wait = _length(reread)
    asks = asks_of(reports, fields, session.schema)
    checked = check_mask("mask", mask)
    identity = None if checked is None else checked.identity()
    with Keeper(path, mask=identity) as keeper, observer(progress, path.name) as bar:
        syncs = [_sync_of(keeper, ask, session, wait, clock, mask) for ask in asks]
        try:
            _run(syncs, bar)
        except KeyboardInterrupt:
            pass
        else:
            return _unless_refused([each.tally for each in syncs])
    done = sum(each.tally.asked for each in syncs)
    raise Interrupted(f"Interrupted after {done:,} days, which are archived; run it again for the others.")


def _unless_refused(tallies: list[Tally]) -> list[Tally]:
    """Where no answer at all was taken, the first error says why; where some were, a warning does."""
    errors = [tally.error for tally in tallies if tally.error is not None]
    if errors and all(tally.asked == tally.failed for tally in tallies):
        raise errors[0]
    return tallies


def _sync_of(
    keeper: Keeper, ask: Ask, session: Session, wait: timedelta, clock: Callable[[], datetime], mask: Any
) -> ReportSync:
    report = keeper.report(environment_of(session), session.customer_id, ask.report)
    fields = report.keep_fields(ask.fields)
    return ReportSync(report, Ask(ask.report, fields), session, reread=wait, clock=clock, mask=mask)


def _run(syncs: Sequence[ReportSync], observe: Callable[[Progress], object]) -> None:
    """One report after the other, with one bar for all their days."""
    plans = [(sync, sync.days()) for sync in syncs]
    whole = sum(len(days) for _, days in plans) or 1
    days_before = rows_before = 0
    for sync, days in plans:

        def step(asked: int, rows: int, begun: tuple[int, int] = (days_before, rows_before)) -> None:
            observe(Progress(begun[1] + rows, (begun[0] + asked) / whole))

        sync.run(days, step)
        days_before += len(days)
        rows_before += sync.tally.rows
    observe(Progress(rows_before, 1.0, finished=True))


def environment_of(session: Session) -> str:
    """The service, as a folder is named after it: ``sandbox``, or the host with its port."""
    return session.endpoints.service


def _length(reread: Any) -> timedelta:
    from retarus_pandas.period import read_duration

    length = read_duration("reread", reread)
    if not timedelta(0) <= length <= timedelta(days=80):
        raise InputError(f'reread={show(reread)} is not between nothing and 80 days. Write "10D".')
    return length
