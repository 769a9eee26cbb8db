"""CSV: as machines read it, or as a spreadsheet does, with the settings of `pandas.DataFrame.to_csv`."""

from __future__ import annotations

import codecs
import csv as standard
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.errors import ExportError, InputError
from retarus_pandas.values import show

if TYPE_CHECKING:
    import pyarrow as pa

    from retarus_pandas.read.files.about import About

__all__ = ["PRESETS", "CsvFile", "check_csv"]

# Excel takes a file for UTF-8 by its BOM only, and separator and decimal sign from the country's settings.
_EXCEL = {"sep": ",", "encoding": "utf-8-sig", "lineterminator": "\r\n", "wall_time": True, "escape_formulas": True}
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "excel": _EXCEL,
    "excel-de": _EXCEL | {"sep": ";", "decimal": ","},
}
_OF_PANDAS = ("sep", "decimal", "encoding", "quoting", "quotechar", "date_format", "na_rep", "lineterminator")
_OURS = ("preset", "escape_formulas", "wall_time")

# What a spreadsheet calculates, or takes for the start of something to calculate. A number with a sign is harmless.
_FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
_SIGNED = r"^[+\-][0-9]+([.,][0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The settings of a file, checked.

    ``escape_formulas`` puts an apostrophe before texts that a spreadsheet would calculate; ``wall_time`` writes
    instants as spreadsheets read them.
    """

    encoding: str = "utf-8"
    escape_formulas: bool = False
    wall_time: bool = False
    decimal: str = "."
    of_pandas: Mapping[str, Any] = field(default_factory=dict)


def check_csv(name: str, value: Any) -> Any:
    """Check what `export_retarus` was given as `csv`, which is returned as it is.

    Raises
    ------
    InputError
        There is no such preset or setting, or pandas does not take its value.
    """
    _dialect(name, value)
    return value


def _dialect(name: str, value: Any) -> Dialect | None:
    """The settings that a preset or a mapping stands for; None where Arrow's own writer does it."""
    given = dict(value) if isinstance(value, Mapping) else {"preset": value}
    preset = given.pop("preset", "plain")
    if not isinstance(preset, str) or preset not in PRESETS:
        raise InputError(
            f"The option {name}={show(value)} does not fit: choose {', '.join(map(repr, PRESETS))}, or give a mapping "
            "with the names of pandas.DataFrame.to_csv."
        )
    settings = {**PRESETS[preset], **given}
    unknown = [each for each in settings if each not in _OF_PANDAS + _OURS]
    if unknown:
        there = ", ".join(_OURS + _OF_PANDAS)
        raise InputError(f"The option {name} has no setting {show(unknown[0])}. There are: {there}.")
    return _checked(name, settings) if settings else None


def _checked(name: str, settings: dict[str, Any]) -> Dialect:
    switches = {each: settings.pop(each, False) for each in ("escape_formulas", "wall_time")}
    if not all(isinstance(switch, bool) for switch in switches.values()):
        raise InputError(f"The switches {' and '.join(switches)} of {name} are True or False, not {show(switches)}.")
    encoding = settings.pop("encoding", "utf-8")
    settings.setdefault("lineterminator", "\r\n")
    if "\r" not in str(settings["lineterminator"]):
        # Else a text that holds one is not put in quotes, and what reads the file takes it for the end of the line.
        settings.setdefault("quoting", standard.QUOTE_NONNUMERIC)
    try:
        codecs.lookup(encoding)
        _try_out(settings)
    except (TypeError, ValueError, LookupError, standard.Error) as error:
        raise InputError(f"The option {name} has a value that pandas does not take: {error}.") from None
    return Dialect(encoding, **switches, decimal=settings.get("decimal", "."), of_pandas=settings)


def _try_out(settings: Mapping[str, Any]) -> None:
    import pandas as pd

    separator, quote = settings.get("sep", ","), settings.get("quotechar", '"')
    if separator == quote:
        raise ValueError(f"{separator!r} cannot be both separator and quote")
    frame = pd.DataFrame(
        {
            "a": [1.5, None],
            "b": ['"', f"{separator}{quote}\n"],
            "c": pd.to_datetime(["2026-10-01", "NaT"], utc=True),
        }
    )
    frame.to_csv(io.StringIO(), **settings)


class CsvFile:
    """A CSV file that is being written."""

    def __init__(self, part: Path, schema: pa.Schema, about: About, *, csv: Any = "plain") -> None:
        dialect = _dialect("csv", csv)
        self._file = _PlainCsv(part, schema) if dialect is None else _PandasCsv(part, schema, about, dialect)
        self.write = self._file.write
        self.finish = self.abandon = self._file.close


class _PlainCsv:
    """As Arrow writes it: comma, UTF-8, texts in quotes, missing values as nothing."""

    def __init__(self, part: Path, schema: pa.Schema) -> None:
        from pyarrow import csv

        self._writer = csv.CSVWriter(part, _as_plain(schema.empty_table()).schema)
        self.close = self._writer.close

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(_as_plain(table))


def _as_plain(table: pa.Table) -> pa.Table:
    from retarus_pandas.frame import durations_as_seconds, instants_as_text, lists_as_json

    return instants_as_text(durations_as_seconds(lists_as_json(table)))


class _PandasCsv:
    """As pandas writes it, part by part."""

    def __init__(self, part: Path, schema: pa.Schema, about: About, dialect: Dialect) -> None:
        from retarus_pandas.read.files.cells import holds_digits
        from retarus_pandas.read.files.wall import WallTime

        self._dialect = dialect
        self._wall = WallTime(schema, about) if dialect.wall_time else None
        self._digits = {field.name for field in schema if holds_digits(field)}
        self._file = part.open("w", encoding=dialect.encoding, newline="")
        self.close = self._file.close
        self._header = True
        self.write(schema.empty_table())

    def write(self, table: pa.Table) -> None:
        frame = _to_frame(self._prepared(table))
        try:
            frame.to_csv(self._file, index=False, header=self._header, **self._dialect.of_pandas)
        except UnicodeEncodeError as error:
            text = show(error.object[error.start : error.end])
            raise ExportError(
                f"The text {text} cannot be written in {self._dialect.encoding}. "
                'Take csv={"encoding": "utf-8-sig"}, which Excel reads, too.'
            ) from None
        self._header = False

    def _prepared(self, table: pa.Table) -> pa.Table:
        from retarus_pandas.frame import durations_as_seconds, lists_as_json

        table = lists_as_json(table)
        table = durations_as_seconds(table) if self._wall is None else self._wall.table(table)
        named = zip(table.column_names, table.columns, strict=True)
        columns = [_as_written(column, self._dialect, digits=name in self._digits) for name, column in named]
        return type(table).from_arrays(columns, table.column_names)


def _as_written(values: pa.ChunkedArray, dialect: Dialect, *, digits: bool) -> pa.ChunkedArray:
    """What pandas would not write as the settings say."""
    import pyarrow as pa

    if digits or pa.types.is_decimal(values.type):
        return _with_sign(values, dialect.decimal)
    if pa.types.is_string(values.type) and dialect.escape_formulas:
        return _escaped(values)
    if pa.types.is_timestamp(values.type) and values.type.tz is None and "date_format" not in dialect.of_pandas:
        return _for_spreadsheets(values, dialect.decimal)
    return values


def _escaped(values: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    is_formula = pc.and_not(pc.match_substring_regex(values, _FORMULA), pc.match_substring_regex(values, _SIGNED))
    return pc.if_else(is_formula, pc.binary_join_element_wise("'", values, ""), values)


def _with_sign(values: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.replace_substring(values.cast(pa.string()), ".", decimal)


def _for_spreadsheets(values: pa.ChunkedArray, decimal: str) -> pa.ChunkedArray:
    """Seconds with a fraction only where there is one, and with three digits where they are enough: more is text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = values.cast(pa.timestamp("us")).cast(pa.string())
    whole = pc.replace_substring_regex(texts, r"\.000000$", "")
    return pc.replace_substring(pc.replace_substring_regex(whole, r"(\.\d{3})000$", r"\1"), ".", decimal)


def _to_frame(table: pa.Table) -> Any:
    import pandas as pd
    import pyarrow as pa

    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype(), pa.string(): pd.StringDtype()}
    return table.to_pandas(types_mapper=kinds.get, ignore_metadata=True)
