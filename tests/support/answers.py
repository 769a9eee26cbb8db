"""Answers of the service, queries for them, and pages decoded from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from retarus_pandas.frame.decode.decoder import Decoder
from retarus_pandas.frame.shape.dtypes import to_frame
from retarus_pandas.values import Column, Kind, Page, Query, Window

WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def query_of(*columns: Column, key: Sequence[str] = ()) -> Query:
    """A query for the report ``report``, whose answer uses the aliases ``rows``, ``more`` and ``number``."""
    return Query(
        report="report",
        response_name="report",
        content_name="rows",
        document="",
        operation=None,
        variables={},
        slots={},
        columns=columns,
        key=tuple(key),
        more_name="more",
        index_name="number",
        size_name=None,
    )


def answer_of(records: Any, **members: Any) -> bytes:
    """The body that answers with these records."""
    result = {"rows": records, "more": False, "number": 0} | members
    return json.dumps({"data": {"report": result}}).encode()


def answer_text(records: str, columns: str = "") -> bytes:
    """The same, of records written as JSON."""
    return f'{{"data":{{"report":{{"rows":{records},"more":false,"number":0{columns}}}}}}}'.encode()


def decode(decoder: Decoder, body: bytes, index: int = 0) -> Page:
    """One page."""
    return decoder.page(body, window=WINDOW, index=index)


def decode_value(kind: Kind, value: str, *, lists: int = 0, fields: Sequence[Column] = ()) -> Page:
    """A page of one record whose only field ``v`` holds a value, written as JSON."""
    column = Column("v", kind, lists, tuple(fields))
    return decode(Decoder(query_of(column)), answer_text(f'[{{"v":{value}}}]'))


def frame_of(columns: Sequence[Column], pages: Sequence[bytes], **options: Any) -> pd.DataFrame:
    """The frame that some answers become."""
    decoder = Decoder(query_of(*columns))
    return to_frame([decode(decoder, body).rows for body in pages], columns, **options)


def nested(name: str, lists: int = 0, /, **fields: Kind) -> Column:
    """A column of objects with plain fields."""
    return Column(name, Kind.OBJECT, lists, tuple(Column(field, kind) for field, kind in fields.items()))


def plain(value: Any) -> Any:
    """A value of a frame as JSON would have it: every missing one as None."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return None if pd.isna(value) else value
