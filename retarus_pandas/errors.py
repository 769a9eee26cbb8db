"""Every error and warning of the package, in one tree.

::

    RetarusError
    ├── InputError (ValueError)          what the caller wrote cannot be used
    │   ├── DocumentError                the GraphQL document: syntax, names, variables; has ``mistakes``
    │   └── PeriodError                  the date period
    ├── NotSignedInError                 no credentials where some are needed
    ├── AuthenticationError              the token endpoint refused, or the API refuses the token
    ├── SessionClosedError               the session was closed or logged out
    ├── TransportError                   the request or its answer was lost on the way
    │   ├── ConnectionFailedError (ConnectionError)
    │   ├── DeadlineError (TimeoutError)
    │   └── BrokenAnswerError            an answer that is not what a GraphQL service sends
    ├── ServiceError                     an HTTP status that refuses; has ``status``
    │   └── QueryError                   GraphQL ``errors``; has ``errors``, ``data``, ``status``
    ├── ExportError (OSError)            a file could not be written
    ├── ArchiveError                     an archive's files are not as they were left; has ``path``
    │   └── ArchiveLocked                somebody else writes into it, or keeps a file of it open
    └── ResultError                      the answers cannot be made into one correct frame
        ├── SchemaMismatchError          a value contradicts the column type that was promised
        └── IncompleteRead               rows were lost, or the service repeats itself

    Interrupted (KeyboardInterrupt)      Ctrl-C, with the connections already closed

    RetarusWarning (UserWarning)
    ├── PeriodWarning                    the period may not be what was meant
    ├── SchemaWarning                    the service and the schema differ
    ├── PartialDataWarning               data is missing, as ``errors="warn"`` allows
    ├── DuplicateRowWarning              one record key with two contents
    ├── UnprovenRowsWarning              nothing proves that all rows are there, once each
    └── ArchiveWarning                   records that vanished, or days that can no longer be asked
"""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

__all__ = [
    "ArchiveError",
    "ArchiveLocked",
    "ArchiveWarning",
    "AuthenticationError",
    "BrokenAnswerError",
    "ConnectionFailedError",
    "DeadlineError",
    "DocumentError",
    "DuplicateRowWarning",
    "ExportError",
    "IncompleteRead",
    "InputError",
    "Interrupted",
    "Mistake",
    "NotSignedInError",
    "PartialDataWarning",
    "PeriodError",
    "PeriodWarning",
    "QueryError",
    "ResultError",
    "RetarusError",
    "RetarusWarning",
    "SchemaMismatchError",
    "SchemaWarning",
    "ServiceError",
    "SessionClosedError",
    "TransportError",
    "UnprovenRowsWarning",
]

E = TypeVar("E", bound=BaseException)

_PACKAGE = str(Path(__file__).parent)
_PYTHON = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib"))


def _raised_at(error: BaseException) -> str:
    """The caller's last line before the package was entered, without its source text; empty for a magic's own."""
    frames = traceback.extract_tb(error.__traceback__)
    entered = next((place for place, frame in enumerate(frames) if frame.filename.startswith(_PACKAGE)), 0)
    if not entered or "IPython" in frames[entered - 1].filename:
        return ""
    # Between the caller and the package may lie another one, such as Dask, that calls it for him.
    written = [frame for frame in frames[:entered] if not _is_installed(frame.filename)]
    last = (written or frames[:entered])[-1]
    where = "the cell" if last.filename.startswith("<") or "ipykernel" in last.filename else last.filename
    return f" (line {last.lineno} of {where})"


def _is_installed(filename: str) -> bool:
    """Whether a file is a package's or Python's own, and none that the caller wrote."""
    return filename.startswith((*_PYTHON, "<frozen ")) or not {"site-packages", "dist-packages"}.isdisjoint(
        Path(filename).parts
    )


class _ShortInNotebooks:
    """IPython shows a few lines for these instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        assert isinstance(self, BaseException)
        return f"{type(self).__name__}{_raised_at(self)}: {self}".splitlines()


class RetarusError(_ShortInNotebooks, Exception):
    """Root of all errors of this package."""


class InputError(RetarusError, ValueError):
    """What the caller wrote cannot be used; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a GraphQL document.

    ``line`` and ``column`` count from 1 in the author's own text; 0 where the mistake has no place in it.
    """

    message: str
    line: int = 0
    column: int = 0


class DocumentError(InputError):
    """The GraphQL document, or the variables for it, cannot be used.

    Attributes
    ----------
    mistakes : tuple of Mistake
        All that was found, in the order of the text.
    """

    def __init__(self, message: str, mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(message)
        self.mistakes = tuple(mistakes)


class PeriodError(InputError):
    """The date period cannot be used."""


class NotSignedInError(RetarusError):
    """A request was to be made and nobody is signed in.

    Attributes
    ----------
    unset : tuple of str
        The environment variables that would sign in and are not set.
    needed_for : str
        What has to be asked, in a sentence, where an archive has the rest.
    """

    def __init__(self, message: str, unset: Sequence[str] = (), needed_for: str = "") -> None:
        super().__init__(message)
        self.unset = tuple(unset)
        self.needed_for = needed_for


class AuthenticationError(RetarusError):
    """The credentials or the access token were refused."""


class SessionClosedError(RetarusError):
    """The session was closed or logged out."""


class TransportError(RetarusError):
    """A request, or the answer to it, was lost on the way."""


class ConnectionFailedError(TransportError, ConnectionError):
    """The host could not be reached, or the connection broke."""


class DeadlineError(TransportError, TimeoutError):
    """The answer did not come in time."""


class BrokenAnswerError(TransportError):
    """The answer is not what a GraphQL service sends: HTML, cut short, not JSON, not an object."""


class ServiceError(RetarusError):
    """The service refused by its HTTP status.

    Attributes
    ----------
    status : int
        The HTTP status.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class QueryError(ServiceError):
    """The service answered with GraphQL errors.

    Attributes
    ----------
    errors : list of dict
        The ``errors`` of the answer, as received.
    data : dict or None
        The ``data`` that came with them.
    status : int
        The HTTP status.
    """

    def __init__(
        self,
        message: str,
        errors: Sequence[Any] = (),
        data: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> None:
        super().__init__(message, status)
        self.errors = list(errors)
        self.data = data


class ExportError(RetarusError, OSError):
    """A file could not be written."""


class ArchiveError(RetarusError):
    """The files of an archive are not as they were left, or its file system cannot keep one.

    Attributes
    ----------
    path : pathlib.Path or None
        Which file or folder.
    """

    def __init__(self, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


class ArchiveLocked(ArchiveError):  # noqa: N818 - the name is part of the public contract
    """Somebody else writes into the archive, or keeps a file of it open; try again later."""


class ResultError(RetarusError):
    """The answers cannot be made into one correct frame."""


class SchemaMismatchError(ResultError):
    """A value contradicts the type its column was promised to have."""


class IncompleteRead(ResultError):  # noqa: N818 - the name is part of the public contract
    """Rows were lost while pages were read, or the service repeats itself without end."""


def retold(error: E, message: str | None = None) -> E:
    """The same error with another message, without the frames and the causes it came through.

    A new object, because whoever keeps the first one would otherwise share its traceback and its message.
    """
    told = type(error).__new__(type(error))
    told.__dict__.update(error.__dict__)
    told.args = (str(error) if message is None else message, *error.args[1:])
    return told


class Interrupted(_ShortInNotebooks, KeyboardInterrupt):
    """The read was interrupted; its connections are closed."""


class RetarusWarning(UserWarning):
    """Root of all warnings of this package."""


class PeriodWarning(RetarusWarning):
    """The period may not be what was meant."""


class SchemaWarning(RetarusWarning):
    """The service and the schema in use differ."""


class PartialDataWarning(RetarusWarning):
    """Data is missing, as ``errors="warn"`` allows."""


class DuplicateRowWarning(RetarusWarning):
    """One record key came with two different contents."""


class UnprovenRowsWarning(RetarusWarning):
    """The report cannot be read in a way that proves that all rows are there, once each."""


class ArchiveWarning(RetarusWarning):
    """Records have vanished from the service, or days can no longer be asked of it."""
