"""Every reading option, once.

An option is one field of a class below. Its type is what type checkers see; the `Option` beside it says all the
rest: default, check, help, how it is written on a line, what completion offers, whether ``%config`` has it, and
who takes it. From here come the signatures and docstrings of `read_retarus`, `plan_retarus` and `export_retarus`,
the line of ``%%retarus`` and its ``%config``, the command ``export`` of the shell, completion, and the table in
the README, which a test compares.

To add an option, add its field: to `Shared` if a frame and a file can both have it, to `Reading` if only a frame
can, to `Exporting` if only a file can. Its `Part` says where it arrives as a keyword argument:

* ``TABLE``: `frame.to_table`, `frame.to_frame`, `frame.final_schema` and `frame.check_options` (so ``mask=`` and
  ``units=``);
* ``FRAME``: `frame.to_frame` and `frame.check_options`;
* ``FILE``: `open_sink` in `read.export` (so ``csv=``);
* ``PERIOD`` and ``DOCUMENT``: what resolves a period, what reads a document;
* ``PAGES``: the field of the same name in `read.limits.Limits`;
* ``CALL``: nobody; the route in `read.reader` asks for it by name (so ``archive=``).
"""

# No "from __future__ import annotations": the options are read from the annotations, and must not become text.

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from retarus_pandas.read import checks, words
from retarus_pandas.read.files import PRESETS, check_csv
from retarus_pandas.read.masking import PERSONAL, check_mask, mask_words
from retarus_pandas.read.option import AS_PANDAS, Flag, Option, Part
from retarus_pandas.schema import MOST_RECORDS_A_PAGE
from retarus_pandas.values import WAYS, Progress

if TYPE_CHECKING:
    import os

    from pandas._libs.lib import NoDefault

    from retarus_pandas.session import Session

__all__ = [
    "Chunking",
    "Exporting",
    "Planning",
    "Reading",
    "Shared",
]


_WAYS = ", ".join(f'``"{way}"``' for way in WAYS)


class Shared(TypedDict, total=False):
    """What `read_retarus`, `plan_retarus` and `export_retarus` all take."""

    period: Annotated[
        Any,
        Option(
            takes="str, pandas.Period or datetime.date",
            help="A month, quarter, day …, as pandas.Period takes it.",
            more='In local time of `tz`: ``"2026-10"``, ``"2026Q3"``, ``"yesterday"``.',
            part=Part.PERIOD,
            flag=Flag("--period", "2026-10", offers="periods"),
        ),
    ]
    start: Annotated[
        Any,
        Option(
            takes="str or datetime-like",
            help="The first instant, as pandas.Timestamp takes it.",
            part=Part.PERIOD,
            flag=Flag("--start", "T", offers="days"),
        ),
    ]
    end: Annotated[
        Any,
        Option(
            takes="str or datetime-like",
            help="The instant before which it ends; now, if left out.",
            more="It is itself not included.",
            part=Part.PERIOD,
            flag=Flag("--end", "T", offers="ends"),
        ),
    ]
    last: Annotated[
        Any,
        Option(
            takes="str, timedelta or offset",
            help="The time back from now, as pandas.Timedelta takes it.",
            more='``"7D"``, ``"36h"``; ``"90D"`` reads the whole history.',
            part=Part.PERIOD,
            flag=Flag("--last", "7D", offers="spans"),
        ),
    ]
    tz: Annotated[
        str,
        Option(
            default="UTC",
            takes="str",
            help="The time zone of plain instants and of the timestamps returned.",
            part=Part.TABLE,
            check=checks.zone,
            flag=Flag("--tz", "Z", offers="zones"),
            trait=True,
        ),
    ]
    filters: Annotated[
        Mapping[str, Any] | None,
        Option(
            takes="mapping",
            help="Columns, and the values of which a row must have one.",
            more='``{"statusName": ["OK"]}``. Several columns must all fit, as far as is known. Sent to the service, '
            "which may know more columns than we do.",
            part=Part.DOCUMENT,
            check=checks.by_name,
            flag=Flag("--filter", "COLUMN=VALUE", words.pair, words.grouped, offers="filters"),
        ),
    ]
    variables: Annotated[
        Mapping[str, Any] | None,
        Option(
            takes="mapping",
            help="Values of the variables that the document declares.",
            part=Part.DOCUMENT,
            flag=Flag("--var", "NAME=VALUE", words.pair, dict, offers="variables"),
        ),
    ]
    operation: Annotated[
        str | None,
        Option(
            takes="str",
            help="The operation to run, where the document has several.",
            part=Part.DOCUMENT,
            flag=Flag("--operation", "NAME", offers="operations"),
        ),
    ]
    customer_id: Annotated[
        str | int | None,
        Option(
            takes="str or int",
            help="Another customer ID than the session's.",
            part=Part.DOCUMENT,
            check=checks.account,
            flag=Flag("--customer", "ID"),
            trait=True,
        ),
    ]
    record_path: Annotated[
        str | Sequence[str] | None,
        Option(
            takes="str or list of str",
            help="The list of objects of which every item becomes a row, as in pandas.json_normalize.",
            more="A record without items stays, as one row of nulls.",
            part=Part.TABLE,
            flag=Flag("--record-path", "P", words.path, offers="lists"),
        ),
    ]
    sep: Annotated[
        str,
        Option(
            default=".",
            takes="str",
            help="What joins the names of nested fields.",
            part=Part.TABLE,
            check=checks.text,
        ),
    ]
    mask: Annotated[
        str | Mapping[str, str] | None,
        Option(
            takes='"personal" or mapping',
            help="What is hashed, cut to its last four characters or dropped: personal data, or COLUMN=HOW.",
            more=f"``{{column: how}}``, where how is one of {_WAYS}; "
            '``"personal"`` hashes numbers and addresses and drops texts, as `fields` classes them, and stands under '
            '``"*"`` in a mapping for all others. Hashes take a key, from ``RETARUS_MASK_KEY`` or the keyring. No '
            "masked value is in the result, in its notes, or in an error.",
            part=Part.TABLE,
            check=check_mask,
            flag=Flag("--mask", "personal", gather=mask_words, offers=(PERSONAL,)),
            trait=True,
        ),
    ]
    units: Annotated[
        Literal["si"] | None,
        Option(
            takes='{"si"}',
            help="Numbers whose unit is documented come as timedeltas, or in bytes.",
            more="Those whose unit is only guessed stay plain numbers, and a note names them; `fields` says of each "
            "which unit it has, and how that is known. In CSV and Excel durations are seconds.",
            part=Part.TABLE,
            check=checks.or_none(checks.one_of("si")),
            flag=Flag("--units", "si", offers=("si",)),
            trait=True,
        ),
    ]
    dtype_backend: Annotated[
        "Literal['numpy_nullable', 'pyarrow'] | NoDefault",
        Option(
            default=AS_PANDAS,
            takes='{"numpy_nullable", "pyarrow"}',
            help="The kind of dtypes, as in the pandas readers.",
            part=Part.FRAME,
            check=checks.one_of("numpy_nullable", "pyarrow"),
            flag=Flag("--dtype-backend", "B", offers=("numpy_nullable", "pyarrow")),
            trait=True,
        ),
    ]
    max_rows: Annotated[
        int | None,
        Option(
            takes="int",
            help="Stop after so many rows, and say so.",
            more='``frame.attrs["retarus"]["truncated"]`` says whether there were more.',
            part=Part.PAGES,
            instead="its parts are read on their own and do not know how many rows the others have, so cut the result",
            check=checks.or_none(checks.whole_number(0)),
            flag=Flag("--max-rows", "N", words.number, offers=("100", "1000")),
            trait=True,
        ),
    ]
    page_size: Annotated[
        int,
        Option(
            default=MOST_RECORDS_A_PAGE.value,
            takes="int",
            help="Rows asked at a time, at most 10,000.",
            more="The result is the same for any value.",
            part=Part.PAGES,
            check=checks.whole_number(1, MOST_RECORDS_A_PAGE.value, ", the most a page may hold"),
            flag=Flag("--page-size", "N", words.number, offers=("1000", "10000")),
            trait=True,
        ),
    ]
    concurrency: Annotated[
        int,
        Option(
            default=4,
            takes="int",
            help="Requests under way at a time.",
            more="The result is the same for any value.",
            part=Part.PAGES,
            check=checks.whole_number(1),
            instead="limit= says how many requests may be under way in all its parts together",
            flag=Flag("--concurrency", "N", words.number, offers=("1", "2", "4", "8")),
            trait=True,
        ),
    ]
    errors: Annotated[
        Literal["raise", "warn"],
        Option(
            default="raise",
            takes='{"raise", "warn"}',
            help="Whether GraphQL errors that come together with data are raised, or the data is kept with a warning.",
            more='``frame.attrs["retarus"]["holes"]`` names the spans of time in which rows may be missing.',
            part=Part.PAGES,
            check=checks.one_of("raise", "warn"),
        ),
    ]
    progress: Annotated[
        bool | Callable[[Progress], object] | None,
        Option(
            takes="bool or callable",
            help="Whether a progress bar is shown; left out, where somebody looks.",
            more="Or a function that is called with each `Progress`: its ``rows`` and ``covered``.",
            part=Part.CALL,
            instead="Dask has bars of its own, dask.diagnostics.ProgressBar and the dashboard of a cluster",
            check=checks.observer,
            flag=Flag("--no-progress", switched=False, help="No progress bar."),
            trait=True,
        ),
    ]
    archive: Annotated[
        "str | os.PathLike[str] | None",
        Option(
            takes="str or path",
            help="A folder with archived records: the days that are sealed there come from it, the others are asked.",
            more="The 90 days of the service do not bind what is archived. Days that neither has are an error.",
            part=Part.CALL,
            check=checks.or_none(checks.folder),
            flag=Flag("--archive", "DIR", offers="files"),
        ),
    ]
    session: Annotated[
        "Session | None",
        Option(
            takes="Session",
            help="Who asks; otherwise the current session, otherwise the environment.",
            part=Part.CALL,
        ),
    ]


class Reading(Shared, total=False):
    """What `read_retarus` takes, but for what changes the type of its result."""

    dtype: Annotated[
        Any,
        Option(
            takes="dtype or mapping",
            help="The dtypes of columns, as in the pandas readers; applied last.",
            part=Part.FRAME,
            instead="a file has the declared types, so convert the columns after reading it",
        ),
    ]


class Chunking(Reading, total=False):
    """All that `read_retarus` takes."""

    chunksize: Annotated[
        int | None,
        Option(
            takes="int",
            help="Return an iterator of frames of so many records instead; for one report only.",
            more="Rows that move while they are read are an error then, since a frame that was handed out cannot be "
            "taken back.",
            part=Part.CALL,
            check=checks.or_none(checks.whole_number(1)),
            instead="its rows are handed over part by part anyway, so leave it out",
        ),
    ]


class Exporting(Shared, total=False):
    """What `export_retarus` takes."""

    csv: Annotated[
        str | Mapping[str, Any],
        Option(
            default="plain",
            takes="str or mapping",
            help="How a CSV file is written.",
            more='``"plain"`` for programs; ``"excel"`` or ``"excel-de"`` (semicolon, decimal comma) for a '
            "spreadsheet; or a mapping with the names of `pandas.DataFrame.to_csv` and, if wanted, ``preset``, "
            "``escape_formulas`` and ``wall_time``.",
            part=Part.FILE,
            check=check_csv,
            flag=Flag("--csv", "PRESET", offers=tuple(PRESETS)),
            trait=True,
            instead="it says how a file is written, so give it to export_retarus",
        ),
    ]


class Planning(Chunking, Exporting, total=False):
    """What `plan_retarus` takes: all there is, so that any call can be looked at before it is made."""
