"""What the files and folders of an archive are called.

::

    faxes/                              0700, all files 0600
      _archive.json                     says that this is an archive, and how its records are masked
      .lock                             held by whoever writes
      sandbox-99999/
        _account.json                   whose records these are
        faxOutUdrReport/
          _generation                   which of the folders below counts
          _fields.json                  which fields were asked for, where not all are
          _ledger.jsonl                 one line a day and commit
          _snapshot.json                what the ledger says, up to a certain line
          .journal                      a commit that is not yet carried out
          1/
            _schema.arrow               what all of the files below have in common
            2026-11-18.parquet          one UTC day
          _gone/2026-11-18.parquet      the day's records that have vanished from the service

Readers of the kind of `pandas.read_parquet` and of DuckDB leave out what begins with a dot or an underscore.
"""

from __future__ import annotations

import re
from datetime import date

__all__ = [
    "ACCOUNT",
    "ARCHIVE",
    "FIELDS",
    "GONE",
    "JOURNAL",
    "LEDGER",
    "LOCK",
    "POINTER",
    "SCHEMA",
    "SNAPSHOT",
    "STAGED",
    "account_folder",
    "day_file",
    "day_of",
]

ARCHIVE, ACCOUNT, LOCK = "_archive.json", "_account.json", ".lock"
POINTER, LEDGER, SNAPSHOT, JOURNAL, SCHEMA, GONE = (
    "_generation",
    "_ledger.jsonl",
    "_snapshot.json",
    ".journal",
    "_schema.arrow",
    "_gone",
)
FIELDS, STAGED = "_fields.json", ".staged-"


def account_folder(environment: str, customer_id: str) -> str:
    """The folder of an account: ``sandbox-99999``; what not every file system takes becomes ``_``."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"{environment}-{customer_id}").lstrip("._") or "_"


def day_file(day: date) -> str:
    """The file of a day: ``2026-11-18.parquet``."""
    return f"{day.isoformat()}.parquet"


def day_of(name: str) -> date | None:
    """The day of such a file, None for any other."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.parquet", name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
