"""An archive of the embedded service's records, and the same read with it and without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import retarus_pandas as rt
from retarus_pandas.sandbox import Sandbox

__all__ = ["REPORT", "Kept", "kept"]

REPORT = "faxOutUdrReport"


@dataclass(frozen=True)
class Kept:
    """A service, who asks it, and an archive of what it has."""

    box: Sandbox
    session: rt.Session
    archive: rt.Archive

    def both(self, query: str = REPORT, **options: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The same read from archive and service, and from the service alone."""
        given = {"session": self.session, "progress": False, **options}
        return rt.read_retarus(query, archive=self.archive, **given), rt.read_retarus(query, **given)


@contextmanager
def kept(folder: Path, reports: Any = REPORT, *, sync: dict[str, Any] | None = None, **options: Any) -> Iterator[Kept]:
    """Start a service, and archive it, if `reports` says of what."""
    with rt.Session.sandbox(**options) as session:
        assert session._sandbox is not None
        archive = rt.Archive(folder, session)
        if reports:
            archive.sync(reports, progress=False, **(sync or {}))
        yield Kept(session._sandbox, session, archive)
