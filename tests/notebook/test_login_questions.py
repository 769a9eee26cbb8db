"""The form without a browser: what its thread does with failures, and what its fields keep."""

from __future__ import annotations

import threading

import pytest

from retarus_pandas.errors import InputError, NotSignedInError
from retarus_pandas.notebook.signin.form import LoginForm
from retarus_pandas.notebook.signin.secret_field import SecretField
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.current import current_session, logout, make_current
from retarus_pandas.session.session import Session
from retarus_pandas.values import Credentials, Endpoints, Secret
from support.signing_in import wait

TYPED = Credentials("4711", "the-client", Secret("s3cret"))


def refuse(credentials: Credentials, endpoints: Endpoints) -> Session:
    raise NotSignedInError("The door is closed; come back tomorrow.")


def break_down(credentials: Credentials, endpoints: Endpoints) -> Session:
    raise OSError("no memory for <this>")


def ask(sign_in: object, known: Credentials = TYPED) -> LoginForm:
    form = LoginForm(sign_in, Session.sandbox, known, Endpoints())  # type: ignore[arg-type]
    form.ask()
    return form


def message(form: LoginForm) -> str:
    assert form.questions is not None
    return str(form.questions.rows[1].value)


def test_a_refusal_is_told_and_the_fields_are_free_again() -> None:
    """What was typed stays, except the secret."""
    form = ask(refuse)
    form.submit()
    wait()
    assert "The door is closed; come back tomorrow." in message(form)
    questions = form.questions
    assert questions is not None
    assert not questions.customer_id.disabled
    assert not questions.log_in.disabled
    assert questions.customer_id.value == TYPED.customer_id
    assert "type it again" in questions.secret.placeholder
    assert not questions.secret.take()


def test_whatever_breaks_is_a_text_in_the_form(capfd: pytest.CaptureFixture[str]) -> None:
    """A thread must not print, and nobody is left in front of a form that waits for ever."""
    form = ask(break_down)
    form.submit()
    wait()
    assert "OSError: no memory for &lt;this&gt;" in message(form)
    assert form.questions is not None
    assert not form.questions.log_in.disabled
    assert capfd.readouterr() == ("", "")


def test_a_second_try_while_one_is_under_way_does_nothing() -> None:
    """Enter and a click at once sign in once."""
    calls: list[Credentials] = []
    go_on = threading.Event()

    def sign_in(credentials: Credentials, endpoints: Endpoints) -> Session:
        calls.append(credentials)
        go_on.wait()
        raise NotSignedInError("Enough.")

    form = ask(sign_in)
    form.submit()
    form.submit()
    go_on.set()
    wait()
    assert calls == [TYPED]


@pytest.mark.parametrize("ends_well", [True, False])
def test_who_logs_out_while_the_form_signs_in_stays_logged_out(ends_well: bool) -> None:
    """What was done later counts; the session is closed, and the secret is not kept."""
    made: list[Session] = []
    asked, go_on = threading.Event(), threading.Event()

    def sign_in(credentials: Credentials, endpoints: Endpoints) -> Session:
        asked.set()
        go_on.wait()
        if not ends_well:
            raise InputError("No such address.")
        made.append(Session.sandbox(rows=1))
        return made[0]

    form = ask(sign_in)
    form.submit()
    asked.wait()
    logout()
    go_on.set()
    wait()
    assert current_session() is None
    assert all(session.closed for session in made)
    assert ("in the meantime" if ends_well else "No such address") in message(form)
    assert form.questions is not None
    assert not form.questions.log_in.disabled
    assert not form.questions.secret.take()


def test_once_signed_in_there_is_nothing_to_submit() -> None:
    """A late Enter does no harm."""
    with Sandbox(rows=1) as box:
        form = ask(
            lambda credentials, endpoints: Session(
                box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
            )
        )
        form.submit()
        wait()
        form.submit()
        (row,) = form.panel.children
        shown, leave = row.children
        assert f"customer {box.customer_id}" in shown.value
        other = make_current(Session.sandbox(rows=1))
        leave.click()
        assert current_session() is other
        assert "Logged out." in message(form)


def test_other_endpoints_are_not_hidden() -> None:
    """Folded away are only the usual ones; an emptied field means the usual one."""
    form = ask(refuse)
    assert form.questions is not None
    assert not form.questions.fold.value
    form = LoginForm(refuse, Session.sandbox, TYPED, Endpoints(api_url="https://other.example.org/"))
    form.ask("A note.")
    assert form.questions is not None
    assert form.questions.fold.value
    assert "A note." in message(form)
    form.questions.api_url.value = " "
    assert form.questions.take() == (TYPED, Endpoints())


def test_the_field_takes_the_text_out_of_the_message() -> None:
    """What a browser sends is nowhere but in the secret, not even in the message it came in."""
    field = SecretField(description="Client Secret")
    state = {"value": "s3cret", "disabled": True}
    field.set_state(state)
    assert state == {"disabled": True}
    assert field.disabled
    assert field.value == ""
    assert "s3cret" not in repr(field)
    assert "s3cret" not in str(field.get_state())
    assert field.placeholder == "••••••••"
    assert field.take() == Secret("s3cret")
    assert field.take() == Secret("")
    assert field.placeholder == ""


def test_a_value_set_in_python_is_not_shown_either() -> None:
    """Whoever assigns it, the state that is sent and saved stays empty."""
    field = SecretField()
    field.value = "s3cret"
    assert "s3cret" not in str(field.get_state())
    assert "s3cret" not in repr(field)
