"""Signing in: who has to be asked is asked where they can answer, and nobody else."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import retarus_pandas as rt
from retarus_pandas.errors import AuthenticationError, InputError, NotSignedInError
from retarus_pandas.notebook.signin import show_login_form
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.current import acquire_session
from retarus_pandas.session.sources import CREDENTIAL_VARIABLES
from support.terminals import CTRL_D, run_in_terminal

CUSTOMER, CLIENT, SECRET = "4711", "the-client", "s3cret+/&%=ümlaut"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=10) as running:
        running.add_customer(CUSTOMER, CLIENT, SECRET)
        yield running


@pytest.fixture
def places(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The sandbox's addresses, in the environment."""
    places = {"RETARUS_API_URL": box.api_url, "RETARUS_TOKEN_URL": box.token_url}
    for name, url in places.items():
        monkeypatch.setenv(name, url)
    return places


def put_credentials(monkeypatch: pytest.MonkeyPatch, secret: str = SECRET) -> None:
    for name, value in zip(CREDENTIAL_VARIABLES, (CUSTOMER, CLIENT, secret), strict=True):
        monkeypatch.setenv(name, value)


def test_all_three_given_sign_in_at_once(places: dict[str, str]) -> None:
    """Nothing is asked; the session is proven good and current."""
    session = rt.login(CUSTOMER, CLIENT, SECRET)
    assert session is rt.current_session()
    assert session is not None
    assert session.api_url == places["RETARUS_API_URL"]
    assert session.connection.token_at_hand() is not None


def test_addresses_given_go_before_the_environment(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments first."""
    monkeypatch.setenv("RETARUS_API_URL", "https://api.invalid/v1")
    monkeypatch.setenv("RETARUS_TOKEN_URL", "https://token.invalid/")
    session = rt.login(CUSTOMER, CLIENT, SECRET, api_url=box.api_url, token_url=box.token_url)
    assert session is not None
    assert (session.api_url, session.token_url) == (box.api_url, box.token_url)


@pytest.mark.usefixtures("places")
def test_a_refusal_leaves_the_session_before_in_place() -> None:
    """A typing mistake does not log out."""
    before = rt.login(CUSTOMER, CLIENT, SECRET)
    with pytest.raises(AuthenticationError) as refusal:
        rt.login(CUSTOMER, CLIENT, "wrong")
    assert "wrong" not in str(refusal.value)
    assert rt.current_session() is before
    assert before is not None
    assert not before.closed


@pytest.mark.usefixtures("places")
def test_signed_in_already_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """Who is signed in is told so, and how to change it."""
    session = rt.login(CUSTOMER, CLIENT, SECRET)
    assert rt.login() is session
    said = capsys.readouterr().out
    assert f"customer {CUSTOMER}" in said
    assert "logout()" in said


@pytest.mark.usefixtures("places")
def test_the_environment_is_used_and_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Credentials in the environment need no asking."""
    put_credentials(monkeypatch)
    session = rt.login()
    assert session is rt.current_session() is not None
    assert "RETARUS_CLIENT_SECRET in the environment" in capsys.readouterr().out


@pytest.mark.usefixtures("places")
def test_a_secret_in_the_environment_that_is_refused_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not hidden behind a form."""
    put_credentials(monkeypatch, "wrong")
    with pytest.raises(AuthenticationError, match="client secret"):
        rt.login()


@pytest.mark.usefixtures("places")
def test_a_secret_that_was_changed_in_the_environment_is_the_one_that_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not a token from before."""
    put_credentials(monkeypatch)
    assert acquire_session().sign_in()
    put_credentials(monkeypatch, "wrong")
    with pytest.raises(AuthenticationError):
        rt.login()


@pytest.mark.usefixtures("places")
def test_credentials_that_are_taken_out_of_the_environment_sign_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may not want other programs to see them; what was signed in with them stays so."""
    put_credentials(monkeypatch)
    session = acquire_session()
    monkeypatch.delenv("RETARUS_CLIENT_SECRET")
    assert acquire_session() is session
    assert rt.login() is session
    put_credentials(monkeypatch, "another")
    assert acquire_session() is not session


@pytest.mark.usefixtures("places")
def test_a_session_of_an_environment_from_before_lasts_until_somebody_logs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads may be under way with it; after the log-out its secret and its token are gone as well."""
    put_credentials(monkeypatch)
    before = acquire_session()
    put_credentials(monkeypatch, "another")
    assert acquire_session() is not before
    assert before.sign_in()
    rt.logout()
    assert before.closed


@pytest.mark.usefixtures("places")
def test_after_a_log_out_a_script_may_still_say_login(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can be asked there, and the environment is named."""
    put_credentials(monkeypatch)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    rt.login()
    rt.logout()
    capsys.readouterr()
    assert rt.login() is rt.current_session() is not None
    assert "in the environment" in capsys.readouterr().out


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0"])
def test_blanks_around_credentials_do_no_harm(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    """As they come along when somebody copies: in arguments and in the environment alike, and in the secret too."""
    assert rt.login(*(f"{blank}{text}{blank}" for text in (CUSTOMER, CLIENT, SECRET))) is not None
    rt.logout()
    for name, text in zip(CREDENTIAL_VARIABLES, (CUSTOMER, CLIENT, SECRET), strict=True):
        monkeypatch.setenv(name, f"{blank}{text}{blank}")
    assert acquire_session().sign_in()


@pytest.mark.parametrize("given", [(), (CUSTOMER,), (CUSTOMER, CLIENT)])
def test_where_nobody_can_answer_the_variables_are_named(
    given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script fails with what to set instead of waiting for an answer."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(NotSignedInError) as error:
        rt.login(*given)
    assert all(name in str(error.value) for name in CREDENTIAL_VARIABLES)


def test_no_form_is_shown_outside_of_a_notebook() -> None:
    """The magic can tell by the answer."""
    assert show_login_form("note") is False


def test_plain_http_to_elsewhere_is_refused() -> None:
    """The secret is not sent in the clear."""
    with pytest.raises(InputError, match="https://"):
        rt.login(CUSTOMER, CLIENT, SECRET, token_url="http://example.org/token", api_url="https://example.org/")


ASK = """
import retarus_pandas as rt
session = rt.login(client_id={client!r})
print("as", session.client_id, session.customer_id)
"""


def test_a_terminal_asks_and_hides_the_secret(places: dict[str, str]) -> None:
    """Customer, client and secret are asked in this order; what is typed for the secret is not shown."""
    with run_in_terminal("-c", ASK.format(client=CLIENT), env=places) as terminal:
        terminal.wait_for("Customer ID: ")
        terminal.enter("")
        terminal.wait_for("Customer ID: ")
        terminal.enter(f" {CUSTOMER} ")
        terminal.wait_for(f"Client ID [{CLIENT}]: ")
        terminal.enter("")
        terminal.wait_for("Client Secret (not shown): ")
        terminal.enter(SECRET)
        shown = terminal.finish()
    assert f"as {CLIENT} {CUSTOMER}" in shown
    assert "token valid for 4:5" in shown or "token valid for 5:00" in shown
    assert SECRET not in shown


def test_an_end_of_input_is_not_a_traceback_of_input(places: dict[str, str]) -> None:
    """Ctrl-D at a question is an error that says how to go on."""
    code = f"import retarus_pandas as rt\ntry:\n{ASK.format(client=CLIENT).replace(chr(10), chr(10) + ' ')}\n"
    code += "except rt.errors.NotSignedInError as error:\n print(error)"
    with run_in_terminal("-c", code, env=places) as terminal:
        terminal.wait_for("Customer ID: ")
        terminal.press(CTRL_D)
        assert "call retarus_pandas.login() again" in terminal.finish()


def test_terminal_ipython_asks_too_and_its_history_has_no_secret(places: dict[str, str], tmp_path: Path) -> None:
    """The answers are not lines of the history."""
    shell = ("-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=nocolor")
    with run_in_terminal(*shell, env=places | {"IPYTHONDIR": str(tmp_path)}) as terminal:
        terminal.wait_for("In [1]: ")
        terminal.enter("import retarus_pandas as rt; session = rt.login()")
        terminal.wait_for("Customer ID: ")
        terminal.enter(CUSTOMER)
        terminal.wait_for("Client ID: ")
        terminal.enter(CLIENT)
        terminal.wait_for("(not shown): ")
        terminal.enter(SECRET)
        terminal.wait_for("Signed in as customer 4711")
        terminal.wait_for("In [2]: ")
        terminal.enter("session")
        terminal.wait_for("<Session customer_id='4711'")
        terminal.enter("exit")
        terminal.finish()
    history = next(tmp_path.rglob("history.sqlite")).read_bytes()
    assert b"rt.login()" in history
    forms = (SECRET, json.dumps(SECRET)[1:-1])
    assert SECRET not in terminal.shown
    assert not any(form.encode() in history for form in forms)
