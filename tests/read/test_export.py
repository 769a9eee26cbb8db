"""Files: the same columns and dtypes as the frame, and nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import retarus_pandas as rt
from retarus_pandas.errors import InputError, Interrupted, SchemaWarning
from retarus_pandas.notebook.magic.line import CELL_OPTIONS
from retarus_pandas.read.export import ENDINGS
from retarus_pandas.values import Progress
from support.files import write


@pytest.fixture(scope="module")
def box() -> Iterator[rt.sandbox.Sandbox]:
    with rt.sandbox.Sandbox(rows=900, quirks=["extra-fields"]) as made:
        yield made


@pytest.fixture(scope="module")
def session(box: rt.sandbox.Sandbox) -> Iterator[rt.Session]:
    with rt.Session(
        box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
    ) as made:
        yield made


def period(session: rt.Session) -> dict[str, Any]:
    now = pd.Timestamp.now(tz="UTC").floor("s")
    return {"start": now - pd.Timedelta(days=80), "end": now, "page_size": 150, "session": session}


@pytest.mark.parametrize("report", ["faxInUdrReport", "faxOutUdrReport", "smsOutUdrReport", "smsInUdrReport"])
@pytest.mark.parametrize("tz", ["UTC", "Europe/Berlin"])
def test_parquet_gives_back_the_frame(session: rt.Session, tmp_path: Path, report: str, tz: str) -> None:
    span = period(session) | {"tz": tz}
    facts = rt.export_retarus(report, tmp_path / "x.parquet", **span)
    frame = rt.read_retarus(report, **span)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), frame)
    assert facts["rows"] == len(frame) > 300


def test_parquet_gives_back_the_facts(session: rt.Session, tmp_path: Path) -> None:
    facts = rt.export_retarus("smsInUdrReport", tmp_path / "x.parquet", **period(session))
    attrs = pd.read_parquet(tmp_path / "x.parquet").attrs["retarus"]
    assert attrs | {"seconds": 0} == facts | {"seconds": 0}
    assert attrs["rows"] > 300


@pytest.mark.parametrize("backend", ["numpy_nullable", "pyarrow"])
def test_parquet_gives_back_the_dtypes_of_the_backend(session: rt.Session, tmp_path: Path, backend: Any) -> None:
    span = period(session)
    rt.export_retarus("faxOutUdrReport", tmp_path / "x.parquet", **span)
    frame = rt.read_retarus("faxOutUdrReport", dtype_backend=backend, **span)
    file = pd.read_parquet(tmp_path / "x.parquet", dtype_backend=backend)
    assert file.to_dict("list").keys() == frame.to_dict("list").keys()
    for name in frame:
        assert file[name].isna().equals(frame[name].isna())
        assert list(file[name].dropna()) == list(frame[name].dropna())


def test_an_empty_file_has_the_columns_and_dtypes(session: rt.Session, tmp_path: Path) -> None:
    moment = pd.Timestamp.now(tz="UTC") - pd.Timedelta(days=1)
    rt.export_retarus("faxOutUdrReport", tmp_path / "x.parquet", start=moment, end=moment, session=session)
    empty = rt.read_retarus("faxOutUdrReport", start=moment, end=moment, session=session)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "x.parquet"), empty, check_index_type=False)


def test_what_nobody_declared_is_text_and_lists_stay_lists(
    box: rt.sandbox.Sandbox, session: rt.Session, tmp_path: Path
) -> None:
    known = set(rt.fields("faxOutUdrReport")["field"])
    record = next(iter(box.records("faxOutUdrReport")))
    extra = [name for name, value in record.items() if name not in known and not isinstance(value, dict)]
    lists = [name for name in extra if isinstance(record[name], list) and record[name][:1] != [{}]]
    plain = [name for name in extra if not isinstance(record[name], list)]
    assert plain
    text = f"{{ faxOutUdrReport {{ faxId {' '.join(plain)} }} }}"
    with pytest.warns(SchemaWarning):
        rt.export_retarus(text, tmp_path / "x.parquet", **period(session))
    schema = pq.read_schema(tmp_path / "x.parquet")
    assert {schema.field(name).type for name in plain} == {pa.string()}
    assert lists is not None


def test_csv_holds_the_same_values_and_lists_as_json(tmp_path: Path) -> None:
    table = pa.table({"a": ["x, y", None, "ü"], "b": [[1, 2], None, []], "c": pa.array([1, None, 3], pa.int64())})
    path = write(tmp_path / "x.csv", table.slice(0, 1), table.slice(1))
    frame = pd.read_csv(path, dtype={"c": "Int64"})
    assert frame["a"].tolist()[0::2] == ["x, y", "ü"]
    assert [json.loads(value) if isinstance(value, str) else None for value in frame["b"]] == [[1, 2], None, []]
    assert frame["c"].tolist()[0::2] == [1, 3]


def test_csv_of_a_report_reads_back(session: rt.Session, tmp_path: Path) -> None:
    span = period(session)
    text = "{ faxOutUdrReport { faxId callDuration keyTimestamp jobExpress } }"
    rt.export_retarus(text, tmp_path / "x.csv", **span)
    frame = rt.read_retarus(text, **span)
    file = pd.read_csv(tmp_path / "x.csv", parse_dates=["keyTimestamp"], dtype={"callDuration": "Int64"})
    assert list(file["faxId"]) == list(frame["faxId"])
    assert list(file["callDuration"]) == list(frame["callDuration"])
    assert list(file["keyTimestamp"]) == list(frame["keyTimestamp"])


class Stumble(Exception):  # noqa: N818 - it is no error of anybody's
    pass


@pytest.mark.parametrize("kind", [Stumble, KeyboardInterrupt])
def test_what_was_there_before_stays_when_the_read_ends_early(
    session: rt.Session, tmp_path: Path, kind: type[BaseException]
) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"before")

    def stop(progress: Progress) -> None:
        raise kind

    with pytest.raises((Stumble, Interrupted)):
        rt.export_retarus("faxOutUdrReport", path, progress=stop, **period(session))
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.parquet"]


@pytest.mark.parametrize("name", ["x.xls", "x", "missing/x.csv"])
def test_a_name_that_will_not_do_is_refused_before_anything_is_sent(
    box: rt.sandbox.Sandbox, session: rt.Session, tmp_path: Path, name: str
) -> None:
    before = box.requests.api
    with pytest.raises(InputError, match=name.rsplit("/", maxsplit=1)[-1].replace(".", r"\.")):
        rt.export_retarus("faxOutUdrReport", tmp_path / name, **period(session))
    assert box.requests.api == before


def test_every_text_names_all_endings() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for ending in ENDINGS:
        assert f"``{ending}``" in str(rt.export_retarus.__doc__)
        assert f"* **`{ending}`**" in readme
        assert ending in CELL_OPTIONS["save"].help


def test_what_does_not_apply_to_a_file_is_refused(session: rt.Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dtype"):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.csv", dtype="str", **period(session))  # type: ignore[call-arg]
    with pytest.raises(InputError, match="chunksize"):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.csv", chunksize=5, **period(session))  # type: ignore[call-arg]
    two = "{ smsInUdrReport { smsId } smsOutUdrReport { smsId } }"
    with pytest.raises(InputError, match="smsOutUdrReport"):
        rt.export_retarus(two, tmp_path / "x.csv", **period(session))


def test_max_rows_holds_for_a_file_too(session: rt.Session, tmp_path: Path) -> None:
    facts = rt.export_retarus("faxOutUdrReport", tmp_path / "x.parquet", max_rows=160, **period(session))
    assert facts["truncated"]
    assert facts["rows"] == len(pd.read_parquet(tmp_path / "x.parquet")) == 160
