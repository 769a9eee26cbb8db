"""The command line, ``python -m retarus_pandas``: its commands are those of `_parser`."""

from __future__ import annotations

import codecs
import io
import json
import shutil
import signal
import subprocess
import sys
import time
import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from retarus_pandas.archive import ARCHIVE_ARGUMENTS, archive_command, archive_json
from retarus_pandas.errors import (
    ArchiveLocked,
    AuthenticationError,
    InputError,
    NotSignedInError,
    RetarusError,
    ServiceError,
)
from retarus_pandas.read import (
    ASKED_ARGUMENTS,
    ENDINGS_IN_WORDS,
    EXPORTING,
    SHELL,
    OptionParser,
    add_options,
    asked_command,
    in_words_of_a_line,
    reading_arguments,
    table_on_a_line,
    told_on_a_line,
)
from retarus_pandas.session import acquire_session
from retarus_pandas.values import how_to_install

_ABOUT = "Usage data of Retarus: what can be asked, files and archives of it, and what may keep it from working."
_WORK = "retarus-demo"
_NEXT = """
How to go on
  in a notebook:   %load_ext retarus_pandas     then     %retarus login
  in a script:     import retarus_pandas as rt
                   rt.login()                   asks for your own customer ID, client ID and client secret
                   frame = rt.read_retarus("faxOutUdrReport", last="7D")
  in JupyterLab:   python -m retarus_pandas demo --lab
"""

_EXITS = "Exits with 0 ok, 2 usage, 3 not signed in or refused, 4 incomplete, 75 locked: try later, 130 stopped."
_ASKED = {
    "reports": "what can be asked",
    "fields": "a report's fields: type, dtype, unit, meaning, how well it is known",
    "schema": "the schema in use; --live asks the service for its own, --diff compares",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; return the process's exit status."""
    _print_in_any_encoding()
    parser = _parser()
    try:
        options = parser.parse(sys.argv[1:] if words is None else words)
    except InputError as error:
        # In words of a line already; it may quote what looks like an argument.
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    try:
        run = getattr(options, "run", None)
        if run is None:
            print(parser.format_help())
            return 0
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status: int = run(options)
    except RetarusError as error:
        print(f"{type(error).__name__}: {told_on_a_line(error, SHELL)}", file=sys.stderr)
        return _status_of(error)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return status


def _status_of(error: RetarusError) -> int:
    """What the process exits with: 2 usage, 3 not signed in or refused, 4 incomplete, 75 locked: try later."""
    if isinstance(error, ArchiveLocked):
        return 75
    if isinstance(error, InputError):
        return 2
    return 3 if isinstance(error, NotSignedInError | AuthenticationError | ServiceError) else 4


# What stands for characters of ours that a console or a redirected output does not have.
_IN_ASCII = str.maketrans({"…": "...", "×": "x", "·": "-", "–": "-", "’": "'", "“": '"', "”": '"', "→": "->"})


def _print_in_any_encoding() -> None:
    """Let no character end a command: its work would be lost for a line that says what was done."""
    codecs.register_error("retarus_pandas.in_ascii", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "backslashreplace"):
            stream.reconfigure(errors="retarus_pandas.in_ascii")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end].translate(_IN_ASCII)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """One line, without the place in the program, which says nothing to who typed a command."""
    print(f"{category.__name__}: {in_words_of_a_line(str(message), SHELL)}", file=sys.stderr)


def _parser() -> OptionParser:
    parser = OptionParser(prog="python -m retarus_pandas", description=_ABOUT, epilog=_EXITS, add_help=True)
    commands = parser.add_subparsers(title="commands", parser_class=OptionParser)

    demo = _command(commands, "demo", _demo, "read an invented report from the embedded service")
    demo.add_argument("--lab", action="store_true", help="open JupyterLab on the quickstart notebook instead")

    sandbox = _command(commands, "sandbox", _sandbox, "serve the embedded service until Ctrl-C")
    sandbox.add_argument("--rows", type=int, default=None, metavar="N", help="records of each report")
    sandbox.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other records")

    export = _command(commands, "export", _export, f"stream a report to a {ENDINGS_IN_WORDS} file")
    export.add_argument("query", metavar="QUERY", help="a report's name, or the path of a .graphql file")
    export.add_argument("--out", required=True, metavar="FILE", help=f"the {ENDINGS_IN_WORDS} file to write")
    export.add_argument("--schema", metavar="FILE", help="the service's schema, as a .graphql or .json file")
    add_options(export, EXPORTING)

    archive = _command(commands, "archive", _archive, "keep reports beyond the service's history")
    for name, settings in ARCHIVE_ARGUMENTS:
        archive.add_argument(name, **settings)
    archive.add_argument("--json", action="store_true", help="print JSON, also of an error")

    for command, about in _ASKED.items():
        asked = _command(commands, command, partial(_asked, command), about)
        for name, settings in ASKED_ARGUMENTS[command]:
            asked.add_argument(name, **settings)

    checking = _command(commands, "doctor", _doctor, "check versions, network, sign-in and clock")
    checking.add_argument("--probe", action="store_true", help="ask the service what nobody outside knows of it")
    return parser


def _command(commands: object, name: str, run: object, about: str) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(name, help=about, description=about, add_help=True)  # type: ignore[attr-defined]
    parser.set_defaults(run=run)
    return parser


def _demo(options: Namespace) -> int:
    if options.lab:
        return _demo_in_lab()
    import retarus_pandas as rt

    print("Starting the embedded service and signing in …")
    with rt.Session.sandbox() as session:
        session.sign_in()
        print(f"Signed in as customer {session.customer_id}. Reading 90 days of sent faxes …")
        started = time.perf_counter()
        frame = rt.read_retarus("faxOutUdrReport", last="90D", page_size=1000, progress=True, session=session)
        seconds = time.perf_counter() - started
    facts = frame.attrs["retarus"]
    shown = ["keyTimestamp", "calledCountry", "jobBillingCode", "statusName", "docPages", "callDuration"]
    print(frame[shown].to_string(max_rows=10))
    print(
        f"\n{len(frame):,} rows × {frame.shape[1]} columns, read in {facts['windows']} windows "
        f"and {facts['requests']} requests, {seconds:.1f} s"
    )
    print(_NEXT)
    return 0


def _demo_in_lab() -> int:
    """JupyterLab on a copy of the notebooks that stays; they start the embedded service themselves."""
    if find_spec("jupyterlab") is None:
        raise InputError(f"JupyterLab is not installed. Run: {how_to_install('lab')}")
    folder = _work_folder()
    print(f"The notebooks are in {folder}, where your work stays. Ctrl-C ends JupyterLab.", flush=True)
    command = [sys.executable, "-m", "jupyterlab", str(folder / "quickstart.ipynb")]
    with _interrupts_left_to_the_child():
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the words are ours


def _work_folder() -> Path:
    """A folder where the command is run, with the notebooks that are not there yet."""
    folder = Path.cwd() / _WORK
    try:
        for source in _notebooks().rglob("*"):
            target = folder / source.relative_to(_notebooks())
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
    except OSError as error:
        raise InputError(f"The folder {str(folder)!r} takes no notebooks: {error}. Change to another folder.") from None
    return folder


@contextmanager
def _interrupts_left_to_the_child() -> Iterator[None]:
    """Ctrl-C reaches both; JupyterLab asks whether it is meant, and is not to be left alone with the question."""
    # Not SIG_IGN, which a child would inherit.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _notebooks() -> Path:
    """The notebooks' folder: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    return next(folder for folder in (package / "_notebooks", package.parent / "notebooks") if folder.is_dir())


def _sandbox(options: Namespace) -> int:
    from retarus_pandas.sandbox import LIVE_DAYS, Sandbox, serve

    rows = {} if options.rows is None else {"rows": options.rows}
    serve(Sandbox(seed=options.seed, days_ahead=LIVE_DAYS, **rows))
    return 0


def _export(options: Namespace) -> int:
    import retarus_pandas as rt

    is_file = Path(options.query).suffix.lower() in {".graphql", ".gql"}
    query = Path(options.query) if is_file else options.query
    if options.schema is not None:
        acquire_session().use_schema(Path(options.schema))
    facts = rt.export_retarus(query, options.out, **reading_arguments(options))
    print(f"{facts['rows']:,} rows written to {options.out}")
    return 0


def _archive(options: Namespace) -> int:
    try:
        frame, status = archive_command(options)
    except RetarusError as error:
        said = f"{type(error).__name__}: {told_on_a_line(error, SHELL)}"
        status = _status_of(error)
        if options.json:
            # In ASCII, so that it is JSON in whatever encoding the output is redirected.
            print(json.dumps({"action": options.action, "exit": status, "error": said}))
        print(said, file=sys.stderr)
        return status
    if options.json:
        said = archive_json(frame)
        print(json.dumps({"action": options.action, "exit": status, "rows": said}))
    else:
        print(frame if len(frame) else "Nothing to tell: all is well.")
    return status


def _asked(command: str, options: Namespace) -> int:
    for each in asked_command(command, options):
        print(each)
    return 0


def _doctor(options: Namespace) -> int:
    from retarus_pandas.doctor import doctor, probe_service, told_in_lines

    if options.probe:
        print(told_in_lines(table_on_a_line(probe_service(), SHELL)))
        return 0
    checks = doctor()
    print(table_on_a_line(checks, SHELL).rename(columns={"to_do": "what to do"}))
    return int((checks["outcome"] == "fail").any())


if __name__ == "__main__":
    sys.exit(main())
