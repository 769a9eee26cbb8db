"""Hostile texts, from the service into each kind of file, and out of it by programs that are not ours."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import retarus_pandas as rt
from support.files import HOSTILE, in_libreoffice, in_openpyxl, write
from support.replies import answer
from support.servers import API, FaultyServer
from support.trying import ONE_FIXTURE

DOCUMENT = "{ smsInUdrReport { smsId messageContent numberOfParts receivedTs } }"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def asked() -> Iterator[dict[str, Any]]:
    """A service whose senders wrote all of them, and one who wrote nothing."""
    at = f"{pd.Timestamp.now(tz='UTC') - pd.Timedelta('1h'):%Y-%m-%dT%H:%M:%SZ}"
    content = [
        {"smsId": f"{n:020}", "messageContent": text, "numberOfParts": n, "receivedTs": at}
        for n, text in enumerate([*HOSTILE, None])
    ]
    page = {"pageIndex": 0, "pageSize": 10_000, "hasMoreElements": False, "content": content}
    with FaultyServer() as service:
        service.always(API, answer(json.dumps({"data": {"smsInUdrReport": page}}).encode()))
        urls = service.endpoints
        with rt.Session("1", "me", "secret", api_url=urls.api_url, token_url=urls.token_url) as session:
            yield {"query": DOCUMENT, "last": "1D", "session": session}


def ids() -> list[str]:
    return [f"{n:020}" for n in range(len(HOSTILE) + 1)]


def test_a_frame_has_them_as_they_are(asked: dict[str, Any]) -> None:
    frame = rt.read_retarus(**asked)
    assert list(frame["smsId"]) == ids()
    assert list(frame["messageContent"][:-1]) == HOSTILE
    assert pd.isna(frame["messageContent"].iloc[-1])


def test_parquet_keeps_all_of_them(asked: dict[str, Any], tmp_path: Path) -> None:
    rt.export_retarus(path=tmp_path / "x.parquet", **asked)
    assert pq.read_table(tmp_path / "x.parquet")["messageContent"].to_pylist() == [*HOSTILE, None]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), rt.read_retarus(**asked))


@pytest.mark.parametrize(
    ("preset", "sep"),
    [("plain", ","), ({"preset": "excel", "escape_formulas": False}, ","), ({"sep": ";", "lineterminator": "\n"}, ";")],
)
def test_csv_keeps_all_of_them(asked: dict[str, Any], tmp_path: Path, preset: Any, sep: str) -> None:
    rt.export_retarus(path=tmp_path / "x.csv", csv=preset, **asked)
    text = (tmp_path / "x.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sep))
    assert [row[:2] for row in rows[1:]] == [[key, text] for key, text in zip(ids(), [*HOSTILE, ""], strict=True)]
    read = pd.read_csv(tmp_path / "x.csv", sep=sep, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    assert list(read["messageContent"]) == [*HOSTILE, ""]


@pytest.mark.parametrize("preset", ["excel", "excel-de"])
def test_libreoffice_reads_and_calculates_none_of_them(asked: dict[str, Any], tmp_path: Path, preset: str) -> None:
    rt.export_retarus(path=tmp_path / "x.csv", csv=preset, **asked)
    sep = ";" if preset == "excel-de" else ","
    rows = in_libreoffice(tmp_path / "x.csv", tmp_path / "out", sep=sep, texts=2)["x"][1:]
    shown = {key: text for key, text, *_ in rows}
    assert list(shown) == ids()
    for key, text in zip(ids(), HOSTILE, strict=False):
        # It shows no control characters, and takes any end of a line for its own.
        if text.isprintable():
            assert shown[key].removeprefix("'") == text.removeprefix("'")


def test_a_workbook_keeps_all_of_them(asked: dict[str, Any], tmp_path: Path) -> None:
    rt.export_retarus(path=tmp_path / "x.xlsx", **asked)
    rows = in_openpyxl(tmp_path / "x.xlsx")["smsInUdrReport"][1:]
    assert [row[0] for row in rows] == ids()
    assert [row[1] or "" for row in rows] == [*HOSTILE, ""]
    assert sum(row[2] for row in rows) == sum(range(len(rows)))
    office = in_libreoffice(tmp_path / "x.xlsx", tmp_path / "out")["smsInUdrReport"][1:]
    assert [row[0] for row in office] == ids()
    shown = [(row[1], text) for row, text in zip(office, HOSTILE, strict=False) if text.isprintable()]
    assert [seen for seen, _ in shown] == [text for _, text in shown]


@settings(max_examples=25, suppress_health_check=ONE_FIXTURE)
@given(texts=st.lists(st.none() | ANY_TEXT, min_size=1, max_size=40), cut=st.integers(0, 40))
def test_any_text_comes_back_from_parquet_and_csv(tmp_path: Path, texts: list[str | None], cut: int) -> None:
    """In however many parts it was written."""
    table = pa.table({"a": pa.array(texts, pa.string()), "b": ["-"] * len(texts)})
    parts = [table.slice(0, cut), table.slice(cut)]
    assert pq.read_table(write(tmp_path / "x.parquet", *parts))["a"].to_pylist() == texts
    for preset in ("plain", {"preset": "excel", "escape_formulas": False}):
        text = write(tmp_path / "x.csv", *parts, csv=preset).read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert [row[0] for row in rows[1:]] == [text or "" for text in texts]
