"""In a notebook nothing shows a secret: no traceback, no debugger, no history, no file, no widget, no child process."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from support.acting import QUERY, SCENARIOS, Scenario, granted, page
from support.canaries import CLIENT, CUSTOMER, SECRET, assert_nowhere
from support.kernels import Kernel, run_kernel, run_notebook
from support.replies import stall
from support.servers import API, FaultyServer
from support.servers import TOKEN as TOKEN_PATH

PATIENCE = 60
LONG = "RETARUS_LONG_TESTS" in os.environ

READ = f"""rt.read_retarus({QUERY!r}, last="2D", progress=True)"""
ACTS = {
    "read": READ,
    "chunks": f"""list(rt.read_retarus({QUERY!r}, last="2D", chunksize=1))""",
    "sign in": "rt.current_session().sign_in()",
    "schema": "rt.current_session().fetch_schema(refresh=True)",
    "cell": f"get_ipython().run_cell_magic('retarus', '--last 2D', {QUERY!r})",
}
# Somebody's own code around a call, which puts its own error on top of ours.
AROUND = """
def careless():
    try:
        return {act}
    except BaseException as error:
        raise RuntimeError("mine") from error
careless()
"""
# What one looks at in a debugger: the variables of every frame, from the innermost to the outermost.
_FRAMES = ["pp locals()", "args", "up"] * 10
DEBUGGER = ["where", *_FRAMES, "exceptions", "exceptions 0", *_FRAMES, "q"]
MODES = ["Plain", "Context", "Verbose", "Minimal", *["Docs"] * LONG]
TALKATIVE = """
import http.client, logging, warnings
logging.basicConfig(level=logging.DEBUG, force=True)
http.client.HTTPConnection.debuglevel = 9
warnings.simplefilter("always")
"""
REFUSED = {"%store session", "import pickle; pickle.dumps(session)", "import copy; copy.deepcopy(session)"}
LOOKS = """
%history
%history -g -n -o
%whos
%who_ls
%store session
%store
%env
%logstate
print(In, Out, globals(), get_ipython().user_ns)
session?
session??
session.connection?
vars(session)
dir(session)
display(session, session.connection, session._credentials, session.sign_in())
help(session)
frame
display(frame, frame.attrs)
print(frame.to_html(), frame.style.to_html(), frame.to_json())
import pickle; pickle.dumps(frame)
import pickle; pickle.dumps(session)
import copy; copy.deepcopy(session)
%retarus status
%retarus doctor
%retarus schema --save schema.graphql
%retarus explore
%retarus login
get_ipython().run_cell_magic("retarus", "named --last 2D", ASK)
get_ipython().run_cell_magic("retarus", "--plan --last 2D", ASK)
get_ipython().run_cell_magic("retarus", "--save x.csv --last 2D", ASK)
rt.export_retarus(ASK, "x.parquet", last="2D")
import subprocess, sys; print(subprocess.check_output([sys.executable, "-c", "import os; print(os.environ)"]))
!env
print(open("/proc/self/environ").read(), open("/proc/self/cmdline").read())
import json, ipywidgets; print(json.dumps(ipywidgets.Widget.get_manager_state()))
from ipywidgets.embed import embed_data; print(embed_data(views=list(ipywidgets.widgets.widget._instances.values())))
%notebook saved.ipynb
%save -f saved.py 1-1000
%history -g -f saved.txt
get_ipython().history_manager.writeout_cache()
""".strip().split("\n")


class Place:
    """The kernel, the service it asks, and the directory where all its files are."""

    def __init__(self, kernel: Kernel, server: FaultyServer, folder: Path) -> None:
        self.kernel, self.server, self.folder = kernel, server, folder

    def befall(self, scenario: Scenario) -> None:
        """Sign in, without a word about how it went, where this is what the service answers."""
        self.server.always(TOKEN_PATH, scenario.token)
        self.server.always(API, scenario.api)
        self.kernel.printed(sign_in_code(self.server, self.folder))

    def look(self) -> None:
        """All that was published, replied and written since the last look."""
        published = json.dumps(self.kernel.heard, default=str, ensure_ascii=False)
        assert_nowhere([published, json.dumps(self.kernel.reply, ensure_ascii=False)])
        self.kernel.heard.clear()


def sign_in_code(server: FaultyServer, folder: Path) -> str:
    """The secret comes from a file, as what stands in a cell is the author's to keep."""
    places = {"api_url": server.endpoints.api_url, "token_url": server.endpoints.token_url}
    return f"""
import os, pathlib
import retarus_pandas as rt
from retarus_pandas.session import make_current
os.chdir({str(folder / "work")!r})
session = make_current(
    rt.Session({CUSTOMER!r}, {CLIENT!r}, pathlib.Path({str(folder / "secret")!r}).read_text(), **{places})
)
"""


def private_folder(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Where a kernel that is started now writes all it writes."""
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "XDG_CACHE_HOME", "TMPDIR", "HOME"):
        patch.setenv(name, str(folder / name.lower()))
        (folder / name.lower()).mkdir(mode=0o700)
    (folder / "work").mkdir()
    (folder / "secret").write_text(SECRET)
    return folder


def assert_in_no_file(folder: Path) -> None:
    """Not in any file but the one that the secret is read from."""
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / "secret"]
    assert_nowhere([path.read_bytes() for path in files] + [str(path) for path in files])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with pytest.MonkeyPatch.context() as patch:
        folder = private_folder(tmp_path_factory.mktemp("kernel"), patch)
        with FaultyServer() as server, run_kernel() as kernel:
            kernel.printed("%load_ext retarus_pandas")
            yield Place(kernel, server, folder)


def test_nothing_to_look_at_shows_a_secret(place: Place) -> None:
    """With a session at work, and every log at its most talkative; and no file has it, the history's neither."""
    place.befall(Scenario(granted(), page()))
    place.kernel.printed(TALKATIVE)
    place.kernel.printed(f"ASK = {QUERY!r}\nframe = {READ}")
    failed = []
    for code in LOOKS:
        place.kernel.execute(code)
        failed += [code] * (place.kernel.reply["status"] == "error")
        place.look()
    assert failed == [code for code in LOOKS if code in REFUSED]
    names = {path.name for path in place.folder.rglob("*")}
    assert {"history.sqlite", "saved.ipynb", "saved.py", "x.csv", "x.parquet"} <= names
    assert_in_no_file(place.folder)
    place.kernel.printed(
        "logging.basicConfig(level=logging.WARNING, force=True); http.client.HTTPConnection.debuglevel = 0"
    )


def test_a_secret_that_is_shown_is_found(place: Place) -> None:
    """Printed, or put into a variable that a traceback prints."""
    for code in ("print(SECRET)", "%xmode Verbose\nint(SECRET)", "from IPython.display import HTML; HTML(SECRET)"):
        place.kernel.printed(f"SECRET = open({str(place.folder / 'secret')!r}).read()")
        place.kernel.execute(code)
        with pytest.raises(AssertionError, match="a leak"):
            place.look()
        place.kernel.heard.clear()
        place.kernel.printed("del SECRET; get_ipython().reset(new_session=False)\n%load_ext retarus_pandas")


def fail_and_look(place: Place, act: str, mode: str) -> None:
    """The call alone and inside of somebody's function; its traceback, once more, and in a debugger."""
    kernel = place.kernel
    kernel.printed(f"%xmode {mode}")
    for code, outermost in ((act, "retarus_pandas"), (AROUND.format(act=act), "careless")):
        kernel.execute(code)
        assert kernel.reply["status"] == "error"
        kernel.execute("%tb")
        place.look()
        kernel.execute("%debug", answers=DEBUGGER)
        assert kernel.published(outermost), "the debugger did not get there"
        place.look()


@pytest.mark.parametrize("mode", MODES)
def test_no_traceback_shows_a_secret(place: Place, mode: str) -> None:
    place.befall(SCENARIOS["API errors, repeating"])
    fail_and_look(place, READ, mode)


REPEATING = ["refused, repeating", "API errors, repeating", "API refuses, repeating", "API redirects"]
FAILING = [
    ("cell", "refused, repeating"),
    ("cell", "API refuses, repeating"),
    ("sign in", "refused, repeating"),
    ("schema", "API errors, repeating"),
    *[(act, scenario) for act in ("read", "chunks", "cell", "schema") for scenario in REPEATING] * LONG,
]


@pytest.mark.parametrize(("act", "scenario"), FAILING)
def test_no_act_shows_a_secret(place: Place, act: str, scenario: str) -> None:
    place.befall(SCENARIOS[scenario])
    fail_and_look(place, ACTS[act], "Verbose")


UNDER_WAY = [
    (TOKEN_PATH, "read"),
    (TOKEN_PATH, "sign in"),
    (API, "chunks"),
    (API, "schema"),
    *[(silent, act) for silent in (TOKEN_PATH, API) for act in ("read", "chunks", "cell", "schema")] * LONG,
]


@pytest.mark.parametrize(("silent", "act"), UNDER_WAY)
def test_no_interrupt_shows_a_secret(place: Place, silent: str, act: str) -> None:
    """While the request with the secret, or the one with the token, is under way."""
    place.befall(Scenario(stall(), stall()) if silent == TOKEN_PATH else Scenario(granted(), stall()))
    place.kernel.printed("%xmode Verbose")

    def interrupt() -> None:
        if place.server.stalled.acquire(timeout=PATIENCE):
            place.kernel.interrupt()

    for code in (ACTS[act], AROUND.format(act=ACTS[act])):
        # Only a request of this cell is a reason to interrupt.
        while place.server.stalled.acquire(blocking=False):
            continue
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        place.kernel.execute(code)
        interrupter.join()
        assert place.kernel.reply["status"] == "error"
        place.kernel.execute("%tb")
        place.kernel.execute("%debug", answers=DEBUGGER)
        place.look()


def test_a_session_that_is_to_be_stored_is_refused_with_the_reason(place: Place) -> None:
    place.befall(Scenario())
    place.kernel.execute("%store session")
    told = json.dumps([place.kernel.heard, place.kernel.reply], default=str)
    assert "not pickled" in told
    assert "sign in again" in told
    place.look()


def test_a_restarted_kernel_knows_nothing(place: Place) -> None:
    place.befall(Scenario())
    place.kernel.printed("session.sign_in()")
    place.kernel.restart()
    look = "import os, retarus_pandas as rt; print('session' in globals(), rt.current_session(), dict(os.environ))"
    assert place.kernel.printed(look).startswith("False None ")
    place.look()
    place.kernel.printed("%load_ext retarus_pandas")


def notebook_of(cells: list[str]) -> Any:
    made: Any = nbformat.v4
    return made.new_notebook(cells=[made.new_code_cell(cell) for cell in cells])


def test_a_saved_notebook_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run by a program, cells that fail included, with the state of its widgets."""
    folder = private_folder(tmp_path, monkeypatch)
    with FaultyServer() as server:
        server.always(TOKEN_PATH, granted())
        server.api(page())
        server.always(API, SCENARIOS["API errors, repeating"].api)
        cells = [
            sign_in_code(server, folder),
            "%load_ext retarus_pandas",
            TALKATIVE,
            "%xmode Verbose",
            READ,
            "%retarus status",
        ]
        cells += [ACTS["cell"], AROUND.format(act=READ), "%tb", "%retarus doctor", "%history", "session"]
        notebook = notebook_of(cells)
        run_notebook(notebook, folder / "work", timeout=PATIENCE, allow_errors=True, store_widget_state=True)
    kinds = [[output.output_type for output in cell.outputs] for cell in notebook.cells]
    assert "execute_result" in kinds[4]
    assert "error" in kinds[6]
    assert "error" in kinds[7]
    assert_nowhere([nbformat.writes(notebook)])  # type: ignore[no-untyped-call]
    assert_in_no_file(folder)
