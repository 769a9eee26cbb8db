"""The login form as a user meets it: in the browser, with mouse or keyboard, saved at the worst moment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from retarus_pandas.sandbox import Sandbox
from support.lab import DARK, IN_ALL_LOOKS, NARROW, Cell, Notebook, Server, shoot

pytestmark = pytest.mark.browser

CUSTOMER = "4711"
CLIENT = "the-client"
SECRET = "s3cret+/&%=ümlaut"
WRONG = "wr0ng-s3cret"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=50) as running:
        running.add_customer(CUSTOMER, CLIENT, SECRET)
        yield running


TALKATIVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, force=True)
get_ipython().kernel.log.setLevel(1)
get_ipython().kernel.log.addHandler(logging.StreamHandler(sys.stderr))
"""


class Form:
    """The form, found by what people see and hear of it."""

    def __init__(self, notebook: Notebook, cell: Cell) -> None:
        self.notebook = notebook
        self.cell = cell
        self.panel = cell.output.locator(".retarus-login")

    def field(self, label: str) -> Locator:
        return self.panel.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name)

    @property
    def message(self) -> Locator:
        return self.panel.get_by_role("alert")

    def fill(self, secret: str) -> None:
        self.field("Customer ID").fill(CUSTOMER)
        self.field("Client ID").fill(CLIENT)
        self.field("Client Secret").fill(secret)

    def expect_signed_in(self) -> None:
        expect(self.panel).to_contain_text(f"customer {CUSTOMER}")
        expect(self.panel).to_contain_text(re.compile(r"\b[45]:\d\d"))
        expect(self.field("Client Secret")).to_have_count(0)


def _show_form(notebook: Notebook, box: Sandbox | None = None) -> Form:
    """The form, with the sandbox's addresses in the environment if one is given."""
    places = {"RETARUS_API_URL": box.api_url, "RETARUS_TOKEN_URL": box.token_url} if box else {}
    notebook.run(f"import os\nos.environ.update({places})\nimport retarus_pandas as rt")
    form = Form(notebook, notebook.run("rt.login()"))
    expect(form.field("Customer ID")).to_be_visible()
    return form


def _focused_name(form: Form) -> str:
    """What a screen reader says of the control that has the focus."""
    name: str = form.notebook.page.evaluate(
        """() => {
            const control = document.activeElement;
            return control.labels?.[0]?.textContent.trim() || control.textContent.trim() || control.title;
        }"""
    )
    return name


def test_a_wrong_secret_and_then_the_right_one(notebook: Notebook, box: Sandbox) -> None:
    """A refusal says what to check and keeps all but the secret; success leaves one line."""
    form = _show_form(notebook, box)
    form.fill(WRONG)
    form.button("Log in").click()
    expect(form.message).to_contain_text(re.compile("client secret", re.IGNORECASE))
    expect(form.message).not_to_contain_text(WRONG)
    expect(form.field("Customer ID")).to_have_value(CUSTOMER)
    expect(form.field("Client ID")).to_have_value(CLIENT)
    expect(form.field("Client Secret")).to_have_value("")

    form.field("Client Secret").fill(SECRET)
    form.button("Log in").click()
    form.expect_signed_in()
    read = notebook.run("rt.read_retarus('{ faxOutUdrReport { faxId } }', last='90D').shape")
    expect(read.output).to_contain_text("(50, 1)")


def test_logging_out_from_the_line(notebook: Notebook, box: Sandbox) -> None:
    """The line's button forgets the session."""
    form = _show_form(notebook, box)
    form.fill(SECRET)
    form.button("Log in").click()
    form.button("Log out").click()
    expect(form.panel).not_to_contain_text("token valid")
    expect(notebook.run("print(rt.current_session())").output).to_contain_text("None")


def test_endpoints_are_typed_into_the_fold(notebook: Notebook, box: Sandbox) -> None:
    """Folded away until wanted; what is typed there is where the form signs in."""
    form = _show_form(notebook)
    expect(form.field("API URL")).to_be_hidden()
    form.button("Endpoints").click()
    form.field("API URL").fill(box.api_url)
    form.field("Token URL").fill(box.token_url)
    form.fill(SECRET)
    form.field("Client Secret").press("Enter")
    form.expect_signed_in()


def test_the_sandbox_needs_no_account(notebook: Notebook) -> None:
    """One click, and there is something to read."""
    form = _show_form(notebook)
    form.button("Try the sandbox").click()
    expect(form.panel).to_contain_text("sandbox")
    expect(form.field("Client Secret")).to_have_count(0)
    read = notebook.run("len(rt.read_retarus('{ smsInUdrReport { smsId } }', last='7D')) > 0")
    expect(read.output).to_contain_text("True")


def test_the_keyboard_is_enough(notebook: Notebook, box: Sandbox) -> None:
    """Tab goes from question to question in reading order, each has a name, and Enter submits."""
    form = _show_form(notebook, box)
    keyboard = notebook.page.keyboard
    form.field("Customer ID").focus()
    for label, text in [("Customer ID", CUSTOMER), ("Client ID", CLIENT), ("Client Secret", SECRET)]:
        assert _focused_name(form) == label
        keyboard.press("ControlOrMeta+a")
        keyboard.type(text)
        keyboard.press("Tab")
    names = [_focused_name(form)]
    while names[-1] != "Try the sandbox" and len(names) < 12:
        keyboard.press("Tab")
        names.append(_focused_name(form))
    assert all(names)
    assert names[-2:] == ["Log in", "Try the sandbox"]
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    form.expect_signed_in()


def test_enter_submits_from_any_field(notebook: Notebook, box: Sandbox) -> None:
    """As forms do, also while the cursor is in a field above the last."""
    form = _show_form(notebook, box)
    form.fill(SECRET)
    form.field("Client ID").press("Enter")
    form.expect_signed_in()


def test_signed_in_already_says_so(notebook: Notebook, box: Sandbox) -> None:
    """A second call does not ask what is known."""
    form = _show_form(notebook, box)
    form.fill(SECRET)
    form.field("Client Secret").press("Enter")
    form.expect_signed_in()
    again = notebook.run("rt.login()")
    expect(again.output).to_contain_text(f"customer {CUSTOMER}")
    expect(again.output.get_by_label("Client Secret")).to_have_count(0)


def test_the_secret_is_in_no_file_whenever_the_notebook_is_saved(
    notebook: Notebook, server: Server, box: Sandbox
) -> None:
    """Saved with widget state: in the middle of a word, after it, after a refusal, after success and a reload.

    With the kernel's logs at their most talkative; by whatever thread it reads what comes from widgets.
    """
    notebook.run(TALKATIVE)
    form = _show_form(notebook, box)
    form.fill(WRONG)
    notebook.page.keyboard.press("ControlOrMeta+s")
    saved = [notebook.save()]
    form.field("Client Secret").blur()
    saved.append(notebook.save())
    form.button("Log in").click()
    expect(form.message).to_be_visible()
    saved.append(notebook.save())
    form.field("Client Secret").press_sequentially(SECRET)
    saved.append(notebook.save())
    form.field("Client Secret").press("Enter")
    saved.append(notebook.save())
    form.expect_signed_in()
    saved.append(notebook.save())
    notebook.reload()
    saved.append(notebook.save())
    assert all("widget-state" in text for text in saved)
    assert notebook.heard("Content: {'comm_id'")
    server.shut_kernels_down()
    for secret in (SECRET, WRONG):
        assert server.files_with(secret) == []
        assert not notebook.heard(secret)


def test_the_first_empty_field_has_the_focus(notebook: Notebook) -> None:
    """Who runs the cell types at once."""
    notebook.run("import retarus_pandas as rt")
    known = {"": "Customer ID", "'4711'": "Client ID", "'4711', 'the-client'": "Client Secret"}
    for given, focused in known.items():
        form = Form(notebook, notebook.run(f"rt.login({given})"))
        expect(form.field(focused)).to_be_focused()


def test_who_does_something_else_meanwhile_keeps_the_focus(notebook: Notebook) -> None:
    """The form comes late, and the next line of code is not typed into it."""
    cell = notebook.start("import time\ntime.sleep(2)\nimport retarus_pandas as rt\nrt.login()")
    notebook.write("1")
    cell.editor.click()
    notebook.page.keyboard.type("# ")
    cell.wait()
    form = Form(notebook, cell)
    expect(form.field("Client Secret")).to_be_visible()
    expect(cell.editor).to_be_focused()


def test_who_types_the_secret_first_keeps_the_cursor(notebook: Notebook, server: Server) -> None:
    """As soon as the form appears: none of it lands in another field."""
    notebook.run("import retarus_pandas as rt")
    for patience in (0, 40):
        form = Form(notebook, notebook.start("rt.login()"))
        form.field("Client Secret").press_sequentially(SECRET, delay=patience)
        expect(form.field("Client Secret")).to_have_value(SECRET)
        expect(form.field("Customer ID")).to_have_value("")
        expect(form.field("Client ID")).to_have_value("")
        assert "widget-state" in notebook.save()
    assert server.files_with(SECRET[6:]) == []


def test_the_secret_is_in_no_file_while_the_kernel_is_busy(notebook: Notebook, server: Server, box: Sandbox) -> None:
    """The browser does not wait for a kernel that cannot answer: nothing is left in its model to be saved."""
    form = _show_form(notebook, box)
    busy = notebook.start("import time\nprint('busy', flush=True)\ntime.sleep(600)")
    expect(busy.output).to_contain_text("busy")
    form.fill(SECRET)
    form.field("Client Secret").press("Tab")
    assert "widget-state" in notebook.save()
    assert server.files_with(SECRET) == []
    notebook.interrupt()
    busy.wait()
    form.button("Log in").click()
    form.expect_signed_in()


def test_the_search_for_secrets_would_find_one(notebook: Notebook, server: Server) -> None:
    """The stock password field does leave its text behind: in the saved notebook and in what the kernel sends."""
    password = "not-so-s3cret"
    cell = notebook.run("import ipywidgets\nipywidgets.Password(description='Secret')")
    cell.output.get_by_label("Secret").fill(password)
    cell.output.get_by_label("Secret").press("Tab")
    notebook.run("None")
    notebook.save()
    found = server.files_with(password)
    assert notebook.path in found
    assert notebook.heard(password)
    for path in found:
        path.unlink()


def test_a_notebook_that_is_opened_again_shows_sentences(notebook: Notebook, server: Server) -> None:
    """Where a form, an explorer or a progress bar stood; widgets of others are left alone."""
    notebook.run("import ipywidgets, retarus_pandas as rt\n%load_ext retarus_pandas")
    form = notebook.run("rt.login(customer_id='4711')")
    explorer = notebook.run("%retarus explore")
    progress = notebook.run("from retarus_pandas.read.progress import _WidgetView\n_ = _WidgetView()")
    other = notebook.run("ipywidgets.Text(description='Name')")
    content = json.loads(notebook.save())
    server.shut_kernels_down()
    # As JupyterLab saves it by default.
    del content["metadata"]["widgets"]
    notebook.path.write_text(json.dumps(content), encoding="utf-8")
    notebook.reload()
    # A notebook that was written by hand is not trusted, and its widgets are not tried.
    notebook.page.evaluate("() => { for (const cell of testPanel().content.widgets) cell.model.trusted = true; }")
    expect(other.output).to_contain_text("Error displaying widget")
    expect(form.output).to_contain_text("The login form is not shown here")
    expect(form.output).to_contain_text("run this cell again")
    expect(explorer.output).to_contain_text("The explorer is not shown here")
    expect(progress.output).to_contain_text("reading …")
    notebook.shoot("reopened")


def test_widgets_that_were_saved_show_sentences_without_their_kernel(notebook: Notebook, server: Server) -> None:
    """What nobody answers is not to be filled in."""
    notebook.run("import retarus_pandas as rt\n%load_ext retarus_pandas")
    form = notebook.run("rt.login(customer_id='4711')")
    explorer = notebook.run("%retarus explore")
    notebook.save()
    server.shut_kernels_down()
    notebook.reload()
    for cell in (form, explorer):
        dead = cell.output.locator(".jupyter-widgets-disconnected").first
        expect(dead).to_be_visible()
        said = dead.evaluate("(each) => getComputedStyle(each, '::before').content")
        assert said.startswith('"The kernel that ')
        assert said.endswith('Run this cell again."')
        expect(cell.output.locator("input:visible, button:visible, select:visible")).to_have_count(0)


# What it says is a warning, and longer than any other.
PLAIN_TEXT_KEYRING = """
import keyring
class PlaintextKeyring(keyring.backend.KeyringBackend):
    priority = 1.0
    get_password = set_password = delete_password = lambda *given: None
keyring.set_keyring(PlaintextKeyring())
"""


@IN_ALL_LOOKS
def test_it_fits_and_can_be_looked_at(
    open_notebook: Callable[..., Notebook], box: Sandbox, theme: str, size: tuple[int, int]
) -> None:
    """Nothing is cut off in any of its states; the pictures are for people."""
    notebook = open_notebook(theme=theme, size=size)
    look = f"{'dark' if theme == DARK else 'light'}-{'narrow' if size == NARROW else 'wide'}"
    notebook.run(PLAIN_TEXT_KEYRING)
    form = _show_form(notebook, box)
    expect(form.panel.get_by_label("as plain text: PlaintextKeyring")).to_be_visible()
    _shoot_whole(form, f"login-{look}-1-form")
    form.button("Endpoints").click()
    form.fill(WRONG)
    form.button("Log in").click()
    expect(form.message).to_be_visible()
    _shoot_whole(form, f"login-{look}-2-refused")
    form.field("Client Secret").fill(SECRET)
    form.field("Client Secret").press("Enter")
    form.expect_signed_in()
    _shoot_whole(form, f"login-{look}-3-signed-in")


def _shoot_whole(form: Form, name: str) -> None:
    """No part of the form is wider than what shows it."""
    shoot(form.cell.locator, name)
    cut = form.panel.evaluate(
        """panel => [panel, ...panel.querySelectorAll('label, button, .widget-html-content')]
            .filter(part => part.clientWidth && part.scrollWidth > part.clientWidth + 1)
            .map(part => part.className + ': ' + part.textContent)"""
    )
    assert cut == []
    box = form.panel.bounding_box()
    window = form.notebook.page.viewport_size
    assert box is not None
    assert window is not None
    assert box["x"] + box["width"] <= window["width"]
