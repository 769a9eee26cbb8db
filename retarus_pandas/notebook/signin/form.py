"""The login form: it asks, signs in while the notebook stays usable, and turns into one line."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

import ipywidgets

from retarus_pandas.errors import InputError, RetarusError, TransportError
from retarus_pandas.notebook.signin.foreign import agree, is_agreed, warning_of
from retarus_pandas.notebook.signin.line import Line
from retarus_pandas.notebook.signin.questions import Questions
from retarus_pandas.notebook.widgets import close_all
from retarus_pandas.session import (
    Session,
    changes_so_far,
    check_account,
    current_session,
    forget_login,
    is_login_remembered,
    make_current,
    on_sign_in_or_out,
    remember_login,
    sign_out,
    usable_keyring,
)
from retarus_pandas.values import Credentials, Endpoints, Secret

__all__ = ["LoginForm"]

# Time for what is typed to arrive: a browser holds texts back while an earlier one is being taken in.
_LAST_KEYS = 0.2


_NOT_KEPT = "not kept; type it again"
_NOT_SAVED = "The keyring did not save the login; what it held before may still be there."
_NOT_DELETED = "The keyring did not delete the remembered login; delete its entry 'retarus_pandas' there yourself."


class _NotAnsweredError(Exception):
    """A field was left empty, or something is to be agreed to."""


class _RefusedCustomerError(_NotAnsweredError):
    """The credentials are right, and the customer ID seems not to be."""


class LoginForm:
    """A form that signs in; ``panel`` is the widget to display.

    Parameters
    ----------
    sign_in : callable
        Makes a session of what was typed, or raises; called in a thread.
    sign_in_to_sandbox : callable
        The same without anything typed.
    known : Credentials
        What the fields start with.
    endpoints : Endpoints
        What the fields of the fold start with.
    """

    def __init__(
        self,
        sign_in: Callable[[Credentials, Endpoints], Session],
        sign_in_to_sandbox: Callable[[], Session],
        known: Credentials,
        endpoints: Endpoints,
    ) -> None:
        self._sign_in = sign_in
        self._sign_in_to_sandbox = sign_in_to_sandbox
        self._known, self._endpoints = known, endpoints
        self._working = threading.Lock()
        # What there is to say about the keyring once the form is gone.
        self._note = self._doubt = self._refused_customer = ""
        self.panel = ipywidgets.VBox()
        self.panel.add_class("retarus-login")
        self.questions: Questions | None = None
        self._line: Line | None = None
        on_sign_in_or_out(self)

    def session_changed(self) -> None:
        """Ask no longer, once somebody has signed in by other means: another form, or a call."""
        questions, session = self.questions, current_session()
        if questions is None or session is None or self.panel.comm is None:
            return
        # While the form works, what it does itself decides.
        if not self._working.acquire(blocking=False):
            return
        try:
            self._note = self._doubt = ""
            self._succeed(session, questions)
        finally:
            self._working.release()

    def ask(self, note: str = "") -> None:
        """Show the fields, below a note if there is one."""
        keyring = usable_keyring()
        is_remembered = keyring is not None and is_login_remembered()
        questions = Questions(self._known, self._endpoints, keyring=keyring, is_remembered=is_remembered)
        self._known = Credentials(self._known.customer_id, self._known.client_id, Secret(""))
        questions.say(note)
        questions.on_enter(self.submit)
        questions.log_in.on_click(lambda button: self.submit())
        questions.sandbox.on_click(lambda button: self._work(self._sign_in_to_invented_records))
        questions.forget.on_click(lambda button: self._forget(questions))
        self.questions = questions
        self._show(questions.rows)
        self.panel.remove_class("retarus-login-done")

    def submit(self) -> None:
        """Sign in with what was typed. The notebook stays usable meanwhile; a second call then does nothing."""
        self._work(self._sign_in_as_typed)

    def _work(self, make_session: Callable[[Questions, int], Session]) -> None:
        """Begin a try. All of it is done in the thread, where no interrupt of the kernel strikes half-way."""
        # The context says which cell's output the messages of the thread belong to.
        run = contextvars.copy_context().run
        threading.Thread(
            target=run, args=(self._try, make_session, changes_so_far()), name="login", daemon=True
        ).start()

    def _try(self, make_session: Callable[[Questions, int], Session], since: int) -> None:
        """Work in the thread, one try at a time. Whatever goes wrong becomes a text in the form."""
        if not self._working.acquire(blocking=False):
            return
        try:
            questions = self.questions
            if questions is not None:
                self._try_alone(make_session, questions, since)
        finally:
            self._working.release()

    def _try_alone(self, make_session: Callable[[Questions, int], Session], questions: Questions, since: int) -> None:
        try:
            questions.set_busy(busy=True)
            questions.say("")
            self._succeed(make_session(questions, since), questions)
        except _RefusedCustomerError as error:
            questions.ask_again(str(error), questions.customer_id)
        except (_NotAnsweredError, RetarusError) as error:
            questions.ask_again(str(error))
        except Exception as error:
            questions.ask_again(f"This should not have happened: {type(error).__name__}: {error}")

    def _sign_in_to_invented_records(self, questions: Questions, since: int) -> Session:
        return _made_current(self._sign_in_to_sandbox(), since)

    def _sign_in_as_typed(self, questions: Questions, since: int) -> Session:
        time.sleep(_LAST_KEYS)
        credentials, endpoints = questions.take()
        # Whatever is asked again, what was done meanwhile forgets the secret.
        questions.secret.placeholder = _NOT_KEPT
        try:
            self._check(questions, credentials, endpoints)
            session = self._sign_in(credentials, endpoints)
            self._check_account(credentials, session)
        except (_NotAnsweredError, InputError, TransportError):
            # A field that is empty or an address that is wrong says nothing of the secret.
            if since == changes_so_far():
                questions.secret.keep(credentials.client_secret)
            raise
        _made_current(session, since)
        self._known = Credentials(credentials.customer_id, credentials.client_id, Secret(""))
        self._endpoints = endpoints
        self._note = _remember(credentials, endpoints) if questions.remember.value else _forget_if_remembered()
        return session

    def _check(self, questions: Questions, credentials: Credentials, endpoints: Endpoints) -> None:
        """Ask again where something is missing or is to be agreed to first."""
        missing = questions.missing(credentials)
        if missing:
            raise _NotAnsweredError("Please fill in: " + ", ".join(field.description for field in missing))
        host = endpoints.foreign_token_host
        # An address without TLS is refused anyway.
        if host and endpoints.token_url.startswith("https:") and not is_agreed(host):
            agree(host)
            raise _NotAnsweredError(f"{warning_of(host)} If that is right, press Log in once more.")

    def _check_account(self, credentials: Credentials, session: Session) -> None:
        """Ask again where the service refuses the customer; who insists is let in."""
        check = check_account(session)
        insists = self._refused_customer == credentials.customer_id
        if check.is_refused and not insists:
            session.close()
            self._refused_customer = credentials.customer_id
            raise _RefusedCustomerError(
                f"The service gives no records of customer {credentials.customer_id}: {check.reason} "
                "Check the customer ID. If it is right all the same, press Log in once more."
            )
        self._doubt = f"Whether the customer ID is right is not known yet: {check.reason}" if check.reason else ""

    def _succeed(self, session: Session, questions: Questions) -> None:
        self._line = Line(session, ". ".join(filter(None, [self._doubt, self._note])))
        leave = ipywidgets.Button(description="Log out", tooltip="Forget the secret and the token")
        leave.on_click(lambda button: self._leave(session))
        row = ipywidgets.HBox([self._line.shown, leave])
        row.add_class("retarus-login-line")
        # Until the line is shown the form can still be used, should an interrupt strike.
        self._show([row])
        self.questions = None
        self.panel.add_class("retarus-login-done")
        questions.close()

    def _leave(self, session: Session) -> None:
        if current_session() is session:
            sign_out()
        else:
            session.close()
        before = self.panel.children
        stays = " The login remembered on this computer stays." if is_login_remembered() else ""
        self.ask(f"Logged out.{stays}")
        for widget in before:
            close_all(widget)

    def _forget(self, questions: Questions) -> None:
        is_gone = forget_login()
        questions.say("The login is remembered no longer." if is_gone else _NOT_DELETED, is_fault=not is_gone)
        questions.remember.value = not is_gone

    def _show(self, rows: list[Any]) -> None:
        self.panel.children = tuple(rows)


def _made_current(session: Session, since: int) -> Session:
    """The session, unless somebody has logged out or signed in otherwise since: what was done later counts."""
    try:
        return make_current(session, since=since)
    except RetarusError:
        session.close()
        raise


def _remember(credentials: Credentials, endpoints: Endpoints) -> str:
    """What is to be said about it: nothing, if the keyring has it."""
    return "" if remember_login(credentials, endpoints) else _NOT_SAVED


def _forget_if_remembered() -> str:
    return _NOT_DELETED if is_login_remembered() and not forget_login() else ""
