"""The reading options: declared once, seen everywhere."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from pandas.api.extensions import no_default
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.errors import InputError
from retarus_pandas.notebook.magic.line import CELL_OPTIONS
from retarus_pandas.notebook.magic.magic import RetarusMagics
from retarus_pandas.read.given import request_of
from retarus_pandas.read.option import Flag, Part
from retarus_pandas.read.request import Planning, Shared
from retarus_pandas.read.taken import EXPORTING, OPTIONS, READING
from retarus_pandas.session import make_current

_FIELD = """
    made_up: Annotated[
        str,
        Option(
            default="one",
            takes='{"one", "two"}',
            help="Invented for a test.",
            part=Part.CALL,
            check=checks.one_of("one", "two"),
            flag=Flag("--made-up", "W", offers=("one", "two")),
            trait=True,
        ),
    ]
"""


def test_an_option_is_declared_in_one_place_and_seen_everywhere(project: Path, tmp_path: Path) -> None:
    """One field more, in a copy of the package, and nothing else."""
    shutil.copytree(project / "retarus_pandas", tmp_path / "retarus_pandas", ignore=shutil.ignore_patterns("lab"))
    shutil.copytree(project / "tests" / "support", tmp_path / "support")
    path = tmp_path / "retarus_pandas" / "read" / "request.py"
    text = path.read_text(encoding="utf-8")
    place = f'"""{Shared.__doc__}"""\n'
    assert text.count(place) == 1
    path.write_text(text.replace(place, place + _FIELD), encoding="utf-8")

    command = [sys.executable, "-m", "support.made_up", "made_up"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)

    refused = "The option made_up='three' does not fit: choose 'one' or 'two'."
    assert seen == {
        "signatures": [True, True],
        "signature of export": True,
        "docstring": True,
        "refusals": {"read": refused, "plan": refused, "export": refused},
        "line": {"made_up": "two"},
        "manual": True,
        "shell": True,
        "offered": True,
        "values offered": ["one", "two"],
        "good setting": seen["good setting"],
        "bad setting": refused.replace("The option made_up=", "RetarusMagics.made_up = "),
        "readme": ['| `made_up` | `"one"` | `--made-up W` | Invented for a test. |'],
    }
    assert seen["good setting"].startswith("smsInUdrReport: ")


@pytest.mark.parametrize(
    ("function", "own", "options"),
    [
        (rt.read_retarus, ["query"], READING),
        (rt.plan_retarus, ["query"], OPTIONS),
        (rt.export_retarus, ["query", "path"], EXPORTING),
    ],
)
def test_a_signature_shows_every_option_with_its_default(function: Any, own: list[str], options: Any) -> None:
    """Also to whoever presses Shift-Tab."""
    shown = inspect.signature(function).parameters
    assert list(shown) == [*own, *options]
    for name, option in options.items():
        expected = no_default if name == "dtype_backend" else option.default
        assert shown[name].default is expected
        assert shown[name].kind is inspect.Parameter.KEYWORD_ONLY


def test_a_plan_takes_whatever_a_read_or_an_export_takes() -> None:
    """So that any call can be looked at before it is made."""
    assert set(OPTIONS) == set(READING) | set(EXPORTING)
    plan = rt.plan_retarus("faxOutUdrReport", last="90D", customer_id=1, chunksize=5, dtype="str", progress=False)
    assert len(plan.reports[0].windows) == 3


def test_the_docstring_describes_every_parameter() -> None:
    text = str(inspect.getdoc(rt.read_retarus))
    section = text[text.index("Parameters\n") : text.index("Returns\n")]
    for name, option in READING.items():
        assert f"\n{name} : {option.takes}, " in section
        assert option.help.split(",")[0] in " ".join(section.split())
    assert "**options" not in section


def test_the_words_of_a_check_are_those_of_the_type() -> None:
    """What a type checker lets pass is what is accepted."""
    for name in ("errors", "dtype_backend"):
        words = re.findall(r"'(\w+)'", str(Planning.__annotations__[name]).partition(", Option(")[0])
        assert len(words) == 2
        assert [OPTIONS[name].check(name, word) for word in words] == list(words)
        assert OPTIONS[name].takes == "{" + ", ".join(f'"{word}"' for word in words) + "}"


def test_settings_are_the_options_that_have_one() -> None:
    """With the same help, and defaults that change nothing."""
    traits = RetarusMagics.class_own_traits(config=True)
    assert set(traits) == {name for name, option in CELL_OPTIONS.items() if option.trait}
    for name, trait in traits.items():
        assert trait.help == CELL_OPTIONS[name].help
        assert trait.default_value in (CELL_OPTIONS[name].default, "", True)


def test_every_flag_is_written_once_and_every_option_says_what_it_is() -> None:
    flags = [option.flag.name for option in CELL_OPTIONS.values() if option.flag]
    assert len(flags) == len(set(flags))
    for option in CELL_OPTIONS.values():
        assert option.help[0].isupper()
        assert option.help.endswith(".")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("page_size", 10_001, "page_size=10001 does not fit: give a whole number from 1 to 10,000"),
        ("page_size", True, "page_size=True"),
        ("page_size", "5", "page_size='5'"),
        ("concurrency", 0, "concurrency=0 does not fit: give a whole number of at least 1"),
        ("concurrency", 2.0, "concurrency=2.0"),
        ("max_rows", -1, "max_rows=-1"),
        ("chunksize", 0, "chunksize=0"),
        ("errors", "ignore", "errors='ignore' does not fit: choose 'raise' or 'warn'"),
        ("dtype_backend", None, "dtype_backend=None does not fit: choose 'numpy_nullable' or 'pyarrow'"),
        ("progress", "no", "progress='no'"),
        ("customer_id", True, "customer_id=True"),
        ("sep", 5, "sep=5"),
    ],
)
def test_a_value_that_does_not_fit_is_quoted_with_what_would(name: str, value: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        rt.plan_retarus("faxOutUdrReport", last="2D", **{name: value})
    assert words in str(caught.value)
    assert str(caught.value).startswith("The option ")
    assert str(caught.value).endswith(".")


def test_a_number_of_numpy_is_a_number() -> None:
    request = request_of("read_retarus", "x", {"page_size": np.int64(7), "max_rows": np.int32(0)}, READING)
    assert (request.values["page_size"], request.values["max_rows"]) == (7, 0)
    assert type(request.values["page_size"]) is int


def test_what_is_not_given_has_its_default_and_pandas_keeps_its_own() -> None:
    request = request_of("read_retarus", "x", {"dtype_backend": no_default}, READING)
    assert request.part(Part.FRAME) == {"dtype": None}
    assert request.part(Part.TABLE) == {"tz": "UTC", "record_path": None, "sep": ".", "mask": None, "units": None}


def test_an_unknown_option_is_a_type_error_that_names_the_nearest() -> None:
    """As Python has it for a function that lists its parameters."""
    with pytest.raises(TypeError, match=r"read_retarus\(\) got .* 'page_sise'; did you mean 'page_size'\?"):
        rt.read_retarus("faxOutUdrReport", page_sise=5)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="'zzz'; there are: period, "):
        rt.plan_retarus("faxOutUdrReport", zzz=5)  # type: ignore[call-arg]


def test_an_option_that_only_a_frame_has_is_not_one_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"The option dtype= is not taken by export_retarus: .* convert the columns"):
        rt.export_retarus("faxOutUdrReport", tmp_path / "x.csv", dtype="str")  # type: ignore[call-arg]


def test_a_flag_is_shown_as_it_is_written() -> None:
    assert str(Flag("--last", "7D")) == "--last 7D"
    assert str(Flag("--quiet")) == "--quiet"


_DOCUMENT = "{ smsInUdrReport { smsId } }"
# Whose end is the beginning of a day, which may not be meant.
_DAY, _NEXT = (f"{datetime.now(UTC) - timedelta(days=ago):%Y-%m-%d}" for ago in (6, 5))


@pytest.mark.parametrize("options", [{}, {"chunksize": 5}])
def test_a_warning_points_at_the_line_of_the_caller(options: dict[str, Any]) -> None:
    """Not at ours, however deep."""
    with rt.Session.sandbox(rows=20) as session, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        list(rt.read_retarus(_DOCUMENT, start=_DAY, end=_NEXT, session=session, **options))
    assert {Path(each.filename).name for each in caught} == {"test_request.py"}


def test_a_warning_of_a_cell_points_at_the_cell() -> None:
    """Not at IPython, which stands between."""
    config = Config()
    config.HistoryManager.enabled = False
    make: Any = InteractiveShell  # which leaves its methods unannotated
    shell = make(config=config)
    shell.run_line_magic("load_ext", "retarus_pandas")
    with rt.Session.sandbox(rows=20) as session, warnings.catch_warnings(record=True) as caught:
        make_current(session)
        shell.run_cell("import warnings; warnings.simplefilter('always')")
        shell.run_cell(f"%%retarus --start {_DAY} --end {_NEXT} --quiet\n{_DOCUMENT}")
    assert caught
    assert not [each.filename for each in caught if each.filename.endswith(".py")]
    assert all("not included" in str(each.message) for each in caught)
