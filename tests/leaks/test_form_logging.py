"""What is typed into the form never leaves the kernel, however talkative its logs are, and is gone when it is over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from retarus_pandas.sandbox import Sandbox
from support.canaries import SECRET, assert_nowhere
from support.forms import CLIENT, CUSTOMER, Form, show_form
from support.kernels import Kernel, contents, run_kernel

OTHER = "0ther-s3cret-th4t-is-wrong"
STOCK = "s3cret-of-the-st0ck-field"

# Each a program's own idea of how to see more; the first leaves handlers that are there already, the second does not.
LOGS = {
    "root": "logging.basicConfig(level=logging.DEBUG)",
    "root, by force": "logging.basicConfig(level=logging.DEBUG, force=True)",
    "comm": "talk(logging.getLogger('Comm'))",
    "kernel": "talk(get_ipython().kernel.log)",
    "the application's": (
        "import traitlets.config\n"
        "traitlets.config.Application.instance().log_level = 10\n"
        "talk(traitlets.config.Application.instance().log)"
    ),
    "of last resort": (
        "logging.getLogger().handlers[:] = []\n"
        "logging.lastResort = logging.StreamHandler(sys.stderr)\n"
        "logging.getLogger('Comm').setLevel(1)"
    ),
    # And all cells with what comes of them to another.
    "a file": "logging.basicConfig(level=1, force=True, filename='talk.log')\n%logstart -o -t cells.log",
    "every one, with all that a record holds": (
        "class Everything(logging.Handler):\n"
        "    def emit(self, record):\n"
        "        print(vars(record))\n"
        "logging.getLogger().setLevel(1)\n"
        "logging.getLogger().addHandler(Everything(1))\n"
        "[talk(each) for each in list(logging.root.manager.loggerDict.values()) if hasattr(each, 'handlers')]"
    ),
}
PREPARE = """
import gc, logging, pathlib, sys, ipywidgets
import retarus_pandas as rt
def talk(logger):
    logger.setLevel(1)
    logger.addHandler(logging.StreamHandler(sys.stderr))
def is_in_memory(backwards):
    def shows(text):
        spelled = text if isinstance(text, str) else text.decode("utf-8", "replace")
        return len(text) < 1 << 20 and backwards in spelled[::-1]
    gc.collect()
    everything = (each for held in gc.get_objects() for each in gc.get_referents(held))
    return any(isinstance(each, (str, bytes)) and shows(each) for each in everything)
# What was logged to a file is printed, so that it is found where all else is, and not logged again.
def look(session=get_ipython().kernel.session, stdout=sys.stdout):
    before = session.debug, sys.stdout
    session.debug, sys.stdout = False, stdout
    print("looked", [path.read_text() for path in pathlib.Path().glob("*.log")], flush=True)
    session.debug, sys.stdout = before
kept, stdout = {}, sys.stdout
"""
FORGET_LOGS = """
get_ipython().kernel.session.debug, sys.stdout = False, stdout
logging.lastResort = kept.setdefault("last resort", logging.lastResort)
for logger in [logging.getLogger(), get_ipython().kernel.log, *logging.root.manager.loggerDict.values()]:
    if hasattr(logger, "handlers"):
        kept.setdefault(logger, (list(logger.handlers), logger.level))
        logger.handlers[:], level = kept[logger]
        logger.setLevel(level)
get_ipython().logger.logstop()
for path in pathlib.Path().glob("*.log"):
    path.unlink()
rt.logout()
ipywidgets.Widget.close_all()
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=10) as running:
        running.add_customer(CUSTOMER, CLIENT, SECRET)
        yield running


@pytest.fixture(scope="module")
def one_kernel(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with run_kernel(RETARUS_API_URL=box.api_url, RETARUS_TOKEN_URL=box.token_url) as running:
        running.printed(f"import os; os.chdir({str(tmp_path_factory.mktemp('logs'))!r})")
        running.printed(PREPARE)
        yield running


@pytest.fixture
def kernel(one_kernel: Kernel) -> Iterator[Kernel]:
    one_kernel.printed(FORGET_LOGS)
    one_kernel.states.clear()
    one_kernel.heard.clear()
    yield one_kernel
    one_kernel.printed(FORGET_LOGS)


def look(kernel: Kernel) -> None:
    """All that was published up to now, whatever it answers."""
    kernel.printed("look()")
    assert_nowhere([json.dumps(kernel.heard, default=str, ensure_ascii=False)], OTHER)


@pytest.mark.parametrize("before", [True, False], ids=["set before", "set after"])
@pytest.mark.parametrize("log", LOGS)
def test_what_is_typed_is_in_no_log(kernel: Kernel, log: str, before: bool) -> None:
    """Typed only, refused, signed in and logged out."""
    if before:
        kernel.printed(LOGS[log])
    form = show_form(kernel)
    if not before:
        kernel.printed(LOGS[log])
    form.fill(OTHER)
    look(kernel)
    form.press("Log in")
    form.wait_for('role="alert"')
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    look(kernel)
    form.fill(SECRET)
    look(kernel)
    form.press("Log in")
    form.wait_for_the_line()
    look(kernel)
    form.press("Log out")
    form.wait_for("Logged out.")
    look(kernel)


@pytest.mark.parametrize("log", LOGS)
def test_what_is_typed_into_a_stock_field_is_found(kernel: Kernel, log: str) -> None:
    """The logs do talk; without this, finding nothing would prove nothing."""
    kernel.printed(LOGS[log])
    kernel.printed("field = ipywidgets.Password(description='stock')")
    kernel.set_state(kernel.widgets(description="stock")[-1], value=STOCK)
    kernel.printed("pass")
    kernel.printed("look()")
    streams = [content["text"] for content in contents(kernel.heard, "stream")]
    with pytest.raises(AssertionError, match="a leak"):
        assert_nowhere(streams, STOCK)


def test_what_is_typed_is_not_printed_where_messages_are_read(kernel: Kernel) -> None:
    """Printed to a file, because in a cell's output the kernel would print what it printed without end."""
    field = show_form(kernel).part(description="Client Secret")
    kernel.printed("field = ipywidgets.Password(description='stock')")
    kernel.printed("sys.stdout = open('printed.log', 'w', buffering=1)\nget_ipython().kernel.session.debug = True")
    kernel.set_state(field, value=OTHER)
    kernel.printed("pass")
    look(kernel)
    kernel.set_state(kernel.widgets(description="stock")[-1], value=STOCK)
    kernel.printed("pass")
    kernel.printed("look()")
    with pytest.raises(AssertionError, match="a leak"):
        assert_nowhere([content["text"] for content in contents(kernel.heard, "stream")], STOCK)


@pytest.mark.parametrize("log", ["root", "kernel", "a file"])
def test_what_arrives_after_the_form_is_gone_is_in_no_log(kernel: Kernel, log: str) -> None:
    """A browser may hold a text back until there is no field any more."""
    kernel.printed(LOGS[log])
    field = show_form(kernel).part(description="Client Secret")
    kernel.printed("ipywidgets.Widget.close_all()")
    kernel.set_state(field, value=OTHER)
    kernel.printed("pass")
    look(kernel)
    assert not is_in_memory(kernel, OTHER)


def is_in_memory(kernel: Kernel, secret: str) -> bool:
    """Searched by its letters backwards, so that the question does not bring what it looks for."""
    return kernel.printed(f"print(is_in_memory({secret[::-1]!r}))").strip() == "True"


def type_only(form: Form) -> None:
    form.fill(OTHER)


def type_what_nobody_handles(form: Form) -> None:
    form.kernel.printed(
        "[each.comm.on_msg(None) for each in ipywidgets.widgets.widget._instances.values()"
        " if hasattr(each, 'description') and each.description == 'Client Secret']"
    )
    form.fill(OTHER)


def leave_a_field_empty(form: Form) -> None:
    form.fill(OTHER)
    form.kernel.set_state(form.part(description="Customer ID"), value="")
    submit(form, "Please fill in")


def give_a_wrong_address(form: Form) -> None:
    form.fill(OTHER)
    form.kernel.set_state(form.part(description="Token URL"), value="http://example.org/token")
    submit(form, "must begin with https://")


def give_a_wrong_customer(form: Form) -> None:
    form.fill(SECRET)
    form.kernel.set_state(form.part(description="Customer ID"), value="4712")
    submit(form, "gives no records of customer 4712")


def submit(form: Form, answer: str) -> None:
    form.press("Log in")
    form.wait_for(answer)
    form.kernel.wait_until(lambda: form.kernel.widgets(description="Log in", disabled=False))


SIGN_IN_OTHERWISE = f"rt.login({CUSTOMER!r}, {CLIENT!r}, {SECRET[::-1]!r}[::-1])"
SANDBOX = "from retarus_pandas.session import make_current; make_current(rt.Session.sandbox(rows=1)).close()"


@pytest.mark.parametrize(
    ("hold", "secret", "way"),
    [
        (type_only, OTHER, "rt.logout()"),
        (type_only, OTHER, "rt.logout(forget=True)"),
        (type_only, OTHER, SANDBOX),
        (type_only, OTHER, SIGN_IN_OTHERWISE),
        (type_what_nobody_handles, OTHER, "rt.logout()"),
        (leave_a_field_empty, OTHER, "rt.logout()"),
        (give_a_wrong_address, OTHER, SIGN_IN_OTHERWISE),
        (give_a_wrong_customer, SECRET, "rt.logout()"),
        (give_a_wrong_customer, SECRET, SANDBOX),
    ],
)
def test_a_secret_that_is_held_and_was_never_used_is_forgotten(
    kernel: Kernel, hold: Callable[[Form], None], secret: str, way: str
) -> None:
    """Once somebody has logged out or signed in by another way."""
    hold(show_form(kernel))
    kernel.printed("pass")
    assert is_in_memory(kernel, secret)
    kernel.printed(way)
    assert not is_in_memory(kernel, secret)


def test_what_was_typed_into_other_forms_is_forgotten_with_the_sign_in_by_one(kernel: Kernel) -> None:
    """And is in no log meanwhile."""
    kernel.printed(LOGS["root"])
    forms = [(show_form(kernel), kernel.widgets(description="Client Secret")[-1]) for _ in range(3)]
    for _, field in forms[:2]:
        kernel.set_state(field, value=OTHER)
    kernel.printed("pass")
    assert is_in_memory(kernel, OTHER)
    form = forms[-1][0]
    form.fill(SECRET)
    form.press("Log in")
    form.wait_for("Signed in as customer")
    kernel.wait_until(lambda: len(kernel.widgets(_model_name="CheckboxStyleModel")) == 2)
    look(kernel)
    assert not is_in_memory(kernel, OTHER)


@pytest.mark.parametrize("leave", ["by the button", "by a call"])
def test_a_secret_that_was_used_is_forgotten(kernel: Kernel, leave: str) -> None:
    """With all that was made of it."""
    form = show_form(kernel)
    form.fill(SECRET)
    form.press("Log in")
    form.wait_for_the_line()
    assert is_in_memory(kernel, SECRET)
    if leave == "by the button":
        form.press("Log out")
        form.wait_for("Logged out.")
    else:
        kernel.printed("rt.logout()")
    assert not is_in_memory(kernel, SECRET)


def test_a_refused_secret_is_forgotten(kernel: Kernel) -> None:
    form = show_form(kernel)
    form.fill(OTHER)
    form.press("Log in")
    form.wait_for('role="alert"')
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    assert not is_in_memory(kernel, OTHER)
