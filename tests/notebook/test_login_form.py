"""The form in a real kernel, with a frontend of a few lines: it signs in, and the secret is nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from retarus_pandas.sandbox import Sandbox
from support.forms import CLIENT, CUSTOMER, show_form
from support.kernels import Kernel, contents, run_kernel

SECRET, WRONG = "s3cret+/&%=ümlaut", "wr0ng-s3cret"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=10) as running:
        running.add_customer(CUSTOMER, CLIENT, SECRET)
        yield running


@pytest.fixture(scope="module")
def one_kernel(box: Sandbox) -> Iterator[Kernel]:
    with run_kernel(RETARUS_API_URL=box.api_url, RETARUS_TOKEN_URL=box.token_url) as running:
        yield running


@pytest.fixture
def kernel(one_kernel: Kernel) -> Kernel:
    one_kernel.printed("import retarus_pandas as rt, ipywidgets; rt.logout(); ipywidgets.Widget.close_all()")
    one_kernel.states.clear()
    one_kernel.heard.clear()
    return one_kernel


LOOK = """
import json, gc, ipywidgets
from ipywidgets.embed import embed_data
widgets = list(ipywidgets.widgets.widget._instances.values())
print(json.dumps(ipywidgets.Widget.get_manager_state()), json.dumps(embed_data(views=widgets)), widgets)
print(str(get_ipython().kernel.get_parent()), rt.current_session())
"""


def assert_nowhere(kernel: Kernel, *secrets: str) -> None:
    """Not in the state a notebook or an exported page would hold, nor in a repr, nor in anything published."""
    looked = kernel.printed(LOOK)
    assert "Client Secret" in looked or "Signed in" in looked
    for secret in secrets:
        assert secret not in looked
        assert not kernel.published(secret)
        assert not kernel.published(secret.encode("unicode_escape").decode())


def test_a_wrong_secret_then_the_right_one(kernel: Kernel) -> None:
    """A refusal keeps what was typed except the secret; success leaves one line; the secrets are nowhere."""
    form = show_form(kernel)
    form.fill(WRONG)
    form.press("Log in")
    form.wait_for('role="alert"')
    assert form.says("client secret")
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    assert kernel.states[form.part(description="Customer ID")]["value"] == CUSTOMER
    assert kernel.states[form.part(description="Client Secret")]["value"] == ""
    assert_nowhere(kernel, WRONG)

    kernel.set_state(form.part(description="Client Secret"), value=SECRET)
    form.press("Log in")
    form.wait_for_the_line("127.0.0.1", "token valid for ")
    assert_nowhere(kernel, SECRET, WRONG)
    assert not contents(kernel.heard, "error")
    assert not [content for content in contents(kernel.heard, "stream") if content["name"] == "stderr"]


def test_buttons_are_off_while_the_form_works(kernel: Kernel) -> None:
    """It is busy with one try at a time, and shows it."""
    form = show_form(kernel)
    form.fill(SECRET)
    form.press("Log in")
    kernel.wait_until(lambda: kernel.widgets(description="Logging in …", disabled=True))
    kernel.wait_until(lambda: kernel.widgets(description="Try the sandbox", disabled=True))
    form.wait_for_the_line()


def test_enter_is_said_before_the_text_arrives(kernel: Kernel) -> None:
    """A browser reports the key first and the text of the field afterwards."""
    form = show_form(kernel, "rt.login(customer_id='4711', client_id='the-client')")
    field = form.part(description="Client Secret")
    kernel.send_event(field, "submit")
    kernel.set_state(field, value=SECRET)
    form.wait_for_the_line()
    assert_nowhere(kernel, SECRET)


def test_the_secret_may_come_by_the_hidden_way(kernel: Kernel) -> None:
    """A browser that follows links empties the field and passes the text to a widget that is not shown."""
    form = show_form(kernel)
    (link,) = [
        state["source"]
        for state in kernel.states.values()
        if state["_model_name"] == "DirectionalLinkModel"
        and state["source"] == [f"IPY_MODEL_{form.part(description='Client Secret')}", "value"]
    ]
    assert link
    (target,) = [
        state["target"][0].removeprefix("IPY_MODEL_")
        for state in kernel.states.values()
        if state["_model_name"] == "DirectionalLinkModel" and state["source"] == link
    ]
    form.fill("")
    kernel.set_state(target, value=SECRET)
    kernel.set_state(target, value="")
    form.press("Log in")
    form.wait_for_the_line()
    assert_nowhere(kernel, SECRET)


def test_what_is_missing_is_named(kernel: Kernel) -> None:
    """Nothing is sent before all three are there."""
    form = show_form(kernel)
    kernel.set_state(form.part(description="Client ID"), value=CLIENT)
    form.press("Log in")
    form.wait_for("Please fill in: Customer ID, Client Secret")


def test_the_sandbox_and_out_again(kernel: Kernel) -> None:
    """One click signs in to invented records, another logs out and asks again."""
    form = show_form(kernel)
    form.press("Try the sandbox")
    form.wait_for("Signed in as customer 99999 · sandbox · ")
    kernel.wait_until(lambda: kernel.widgets(description="Log out"))
    assert kernel.printed("print(rt.current_session().is_sandbox)") == "True\n"
    form.press("Log out")
    form.wait_for("Logged out.")
    assert kernel.printed("print(rt.current_session())") == "None\n"
    assert kernel.widgets(description="Client Secret")


def test_an_address_that_must_not_be_used_is_told_in_the_form(kernel: Kernel) -> None:
    """Mistakes in the fold end in the form too."""
    form = show_form(kernel)
    form.fill(SECRET)
    kernel.set_state(form.part(description="Token URL"), value="http://example.org/token")
    form.press("Log in")
    form.wait_for("must begin with https://")
    assert_nowhere(kernel, SECRET)


def test_a_closed_form_leaves_no_widgets(kernel: Kernel) -> None:
    """What is not shown any more is not in the saved state either."""
    form = show_form(kernel)
    form.fill(SECRET)
    form.press("Log in")
    line = {"ButtonModel", "ButtonStyleModel", "HBoxModel", "HTMLModel", "HTMLStyleModel", "LayoutModel", "VBoxModel"}
    kernel.wait_until(lambda: {state["_model_name"] for state in kernel.states.values()} == line)
    kernel.wait_until(lambda: len(kernel.widgets(_model_name="ButtonModel")) == 1)


def test_a_note_stands_above_the_fields(kernel: Kernel) -> None:
    """A cell that cannot run signed out says why it asks."""
    code = "from retarus_pandas.notebook.signin import show_login_form as show\nassert show('First sign in <here>.')"
    assert show_form(kernel, code).says("First sign in &lt;here&gt;.")


@pytest.mark.parametrize("archive", ["", " --archive texts"])
def test_a_cell_of_nobody_gets_the_form_and_says_what_else_would_do(
    kernel: Kernel, tmp_path_factory: pytest.TempPathFactory, archive: str
) -> None:
    """One message, which does not offer the form once more."""
    kernel.printed(f"import os; os.chdir({str(tmp_path_factory.getbasetemp())!r})")
    kernel.printed("%load_ext retarus_pandas")
    kernel.printed(
        "with rt.Session.sandbox(rows=9) as s: _ = rt.Archive('texts', s).sync('smsInUdrReport', fields=['smsId'])"
    )
    messages = kernel.execute(f"%%retarus --last 3D{archive}\n{{ smsInUdrReport {{ smsId }} }}")
    (error,) = contents(messages, "error")
    told = (
        "Not signed in. Sign in with the form above, then run this cell again. Without the form: set "
        "RETARUS_CUSTOMER_ID, RETARUS_CLIENT_ID, RETARUS_CLIENT_SECRET in the environment."
    )
    assert error["evalue"].startswith(told)
    rest = error["evalue"].removeprefix(told)
    assert rest.startswith(" The archive does not have all of the period: ") if archive else not rest
    assert contents(messages, "display_data")


def test_a_notebook_that_a_program_executes_gets_an_error(kernel: Kernel) -> None:
    """Nobody could fill the form in; the variables are named."""
    messages = kernel.execute("rt.login()", attended=False)
    (error,) = contents(messages, "error")
    assert error["ename"] == "NotSignedInError"
    assert "RETARUS_CLIENT_SECRET" in error["evalue"]
    assert not contents(messages, "display_data")


def test_after_a_log_out_the_account_of_the_environment_is_offered(kernel: Kernel) -> None:
    """Filled in and not taken; its secret is at hand and not shown."""
    kernel.printed(f"os.environ.update(RETARUS_CUSTOMER_ID={CUSTOMER!r}, RETARUS_CLIENT_ID={CLIENT!r})")
    kernel.printed(f"os.environ['RETARUS_CLIENT_SECRET'] = {SECRET[::-1]!r}[::-1]")
    try:
        form = show_form(kernel)
        assert kernel.states[form.part(description="Customer ID")]["value"] == CUSTOMER
        assert kernel.states[form.part(description="Client Secret")]["placeholder"]
        assert kernel.printed("print(rt.current_session())") == "None\n"
        form.press("Log in")
        form.wait_for_the_line()
        assert_nowhere(kernel, SECRET)
    finally:
        kernel.printed("[os.environ.pop(name) for name in list(os.environ) if 'RETARUS_C' in name]")


FOREIGN = "https://token.foreign.example/token"


def test_a_foreign_token_host_is_asked_about_once(kernel: Kernel) -> None:
    """Before the secret goes there; that nobody is there is what shows that it was tried afterwards."""
    form = show_form(kernel)
    form.fill(SECRET)
    kernel.set_state(form.part(description="Token URL"), value="https://127.0.0.1.foreign.invalid/token")
    form.press("Log in")
    form.wait_for("would go to &#x27;127.0.0.1.foreign.invalid&#x27;")
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    form.press("Log in")
    form.wait_for("No address is known for the host 127.0.0.1.foreign.invalid")
    assert_nowhere(kernel, SECRET)


@pytest.mark.parametrize("call", ["rt.login()", f"rt.login('4711', 'c', {SECRET[::-1]!r}[::-1])"])
def test_a_foreign_token_host_of_the_environment_brings_the_form(kernel: Kernel, call: str) -> None:
    """Also where nothing else would have to be asked."""
    setting = f"os.environ.update(RETARUS_TOKEN_URL={FOREIGN!r}, RETARUS_CUSTOMER_ID='4711', RETARUS_CLIENT_ID='c')"
    kernel.printed(f"kept = dict(os.environ); {setting}; os.environ['RETARUS_CLIENT_SECRET'] = {SECRET[::-1]!r}[::-1]")
    kernel.printed("from retarus_pandas.session import make_current; make_current(rt.Session.sandbox(rows=1)).close()")
    try:
        form = show_form(kernel, call)
        assert form.says("would go to &#x27;token.foreign.example&#x27;")
        assert kernel.printed("print(rt.current_session())") == "None\n"
    finally:
        kernel.printed("os.environ.clear(); os.environ.update(kept)")


@pytest.mark.parametrize("call", ["rt.login()", "get_ipython().run_line_magic('retarus', 'explore')"])
def test_a_console_gets_a_sentence_instead_of_how_a_widget_is_made(kernel: Kernel, call: str) -> None:
    kernel.printed("get_ipython().run_line_magic('load_ext', 'retarus_pandas')")
    (shown,) = contents(kernel.execute(call), "display_data")
    assert "needs a frontend with widgets" in shown["data"]["text/plain"]
    assert "VBox(" not in shown["data"]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]


def test_a_console_gets_a_line_instead_of_a_progress_bar(kernel: Kernel, box: Sandbox) -> None:
    places = f"api_url={box.api_url!r}, token_url={box.token_url!r}"
    kernel.printed(f"asks = rt.Session({CUSTOMER!r}, {CLIENT!r}, {SECRET[::-1]!r}[::-1], {places})")
    messages = kernel.execute("_ = rt.read_retarus('smsInUdrReport', last='1D', session=asks)")
    texts = [shown["data"]["text/plain"] for shown in contents(messages, "display_data")]
    texts += [shown["data"]["text/plain"] for shown in contents(messages, "update_display_data")]
    assert texts[0] == "reading …"
    assert "rows/s" in texts[-1]
    assert not [text for text in texts if "Box(" in text]


def test_a_wrong_customer_id_is_told_and_who_insists_is_let_in(kernel: Kernel) -> None:
    """The secret is kept, since it is right, and the cursor stands in what is to be corrected."""
    form = show_form(kernel)
    form.fill(SECRET)
    kernel.set_state(form.part(description="Customer ID"), value="4712")
    form.press("Log in")
    form.wait_for("The service gives no records of customer 4712")
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    assert kernel.printed("print(rt.current_session())") == "None\n"
    assert cursors(kernel) == [form.part(description="Customer ID")]
    form.press("Log in")
    form.wait_for_the_line(customer="4712")
    assert_nowhere(kernel, SECRET)


def test_an_address_that_is_refused_costs_no_typing(kernel: Kernel, box: Sandbox) -> None:
    form = show_form(kernel)
    form.fill(SECRET)
    kernel.set_state(form.part(description="Token URL"), value="http://example.org/token")
    form.press("Log in")
    form.wait_for("must begin with https://")
    kernel.wait_until(lambda: kernel.widgets(description="Log in", disabled=False))
    kernel.set_state(form.part(description="Token URL"), value=box.token_url)
    form.press("Log in")
    form.wait_for_the_line()
    assert_nowhere(kernel, SECRET)


def test_the_line_says_when_it_is_so_no_longer(kernel: Kernel) -> None:
    """Whoever signs out, and wherever."""
    form = show_form(kernel)
    form.fill(SECRET)
    form.press("Log in")
    form.wait_for_the_line()
    kernel.execute("rt.logout()")
    form.wait_for("No longer signed in as customer 4711")


def test_a_form_asks_no_longer_once_somebody_has_signed_in_by_other_means(kernel: Kernel) -> None:
    """It becomes the line as well, and logging out there brings its questions back."""
    form = show_form(kernel)
    kernel.set_state(form.part(description="Client Secret"), value=WRONG)
    kernel.execute("session = rt.Session.sandbox(rows=1); session.sign_in()")
    kernel.execute("from retarus_pandas.session import make_current; _ = make_current(session)")
    form.wait_for_the_line("sandbox", customer="99999")
    assert_nowhere(kernel, WRONG)
    form.press("Log out")
    form.wait_for("Logged out.")
    assert kernel.printed("print(rt.current_session())").strip() == "None"


def cursors(kernel: Kernel) -> list[str]:
    """The fields that the browser was told to put the cursor into."""
    messages = contents(kernel.heard, "comm_msg")
    return [each["comm_id"] for each in messages if each["data"].get("content", {}).get("do") == "focus"]


def test_the_first_empty_field_is_marked_for_the_cursor(kernel: Kernel) -> None:
    form = show_form(kernel, "rt.login(customer_id='4711')")
    marked = [name for name, state in kernel.states.items() if "retarus-login-first" in state.get("_dom_classes", ())]
    assert marked == [form.part(description="Client ID")]


@pytest.mark.parametrize("known", ["", "customer_id='4711', client_id='the-client'"])
def test_the_kernel_moves_the_cursor_of_who_may_be_typing_to_the_secret_only(kernel: Kernel, known: str) -> None:
    """A cursor that moved in the middle of the secret would put its rest into another field, which is saved."""
    form = show_form(kernel, f"rt.login({known})")
    form.press("Log in")
    form.wait_for("Please fill in")
    kernel.printed("pass")
    assert cursors(kernel) == [form.part(description="Client Secret")] * bool(known)
