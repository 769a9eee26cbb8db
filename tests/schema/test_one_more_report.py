"""A report is one file in the schema and one maker in the sandbox: with both, all of the package knows it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import retarus_pandas

REPORT = """
type LetterReportRecord {
  "Identifies the letter."
  letterId: ID! @known(by: GUESSED)
  "Where it went."
  street: String @known(by: GUESSED) @personal(as: ADDRESS)
  "When it was posted; the date period tests it."
  postedAt: String @known(by: GUESSED)
}

type LetterQueryResult implements Base {
  content: [LetterReportRecord] @known(by: GUESSED)
  pageIndex: Int @known(by: GUESSED)
  pageSize: Int @known(by: GUESSED)
  hasMoreElements: Boolean @known(by: GUESSED)
}

extend type Query {
  "Letters."
  letterReport(
    customerId: String!
    datePeriod: DatePeriod!
    page: Int
    size: Int
    sort: SortDirection
  ): LetterQueryResult @key(fields: ["letterId", "postedAt"], timestamp: "postedAt", by: GUESSED)
}
"""
MAKER = """
    "letterReport": Maker(
        lambda draw, keys, customer, quirks: {
            "letterId": draw.code(8), "street": draw.always("Main Street 1"), "postedAt": draw.instant(keys)
        },
        40,
    ),
"""
ASK = """
import json
import retarus_pandas as rt
with rt.Session.sandbox() as session:
    frame = rt.read_retarus("letterReport", last="90D", filters={"street": ["Main Street 1"]}, session=session)
fields = rt.fields("letterReport").set_index("field")
in_order = frame["postedAt"].is_monotonic_increasing
print(json.dumps([len(frame), list(frame.columns), fields["personal"].to_dict(), in_order]))
"""


def test_a_report_is_one_file_and_one_maker(tmp_path: Path) -> None:
    package = tmp_path / "retarus_pandas"
    shutil.copytree(Path(str(retarus_pandas.__file__)).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "schema" / "reports" / "letters.graphql").write_text(REPORT, encoding="utf-8")
    makers = package / "sandbox" / "makers.py"
    text = makers.read_text(encoding="utf-8")
    before, table, after = text.partition("MAKERS: Mapping[str, Maker] = {")
    makers.write_text(before + table + MAKER + after, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", ASK], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    rows, columns, personal, in_order = json.loads(ran.stdout)
    assert (rows, columns, in_order) == (40, ["letterId", "street", "postedAt"], True)
    assert personal == {"letterId": "", "street": "address", "postedAt": ""}
