"""Files: where they go, and how each format is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.read.files.about import About
    from retarus_pandas.read.files.csv import PRESETS, CsvFile, check_csv
    from retarus_pandas.read.files.parquet import ParquetFile
    from retarus_pandas.read.files.target import check_target, staged, telling
    from retarus_pandas.read.files.xlsx import XlsxFile
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "PRESETS": "retarus_pandas.read.files.csv",
            "About": "retarus_pandas.read.files.about",
            "CsvFile": "retarus_pandas.read.files.csv",
            "ParquetFile": "retarus_pandas.read.files.parquet",
            "XlsxFile": "retarus_pandas.read.files.xlsx",
            "check_csv": "retarus_pandas.read.files.csv",
            "check_target": "retarus_pandas.read.files.target",
            "staged": "retarus_pandas.read.files.target",
            "telling": "retarus_pandas.read.files.target",
        },
    )

__all__ = [
    "PRESETS",
    "About",
    "CsvFile",
    "ParquetFile",
    "XlsxFile",
    "check_csv",
    "check_target",
    "staged",
    "telling",
]
