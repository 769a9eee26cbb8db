"""Signing in: by arguments, by the environment, by a form in a notebook, by questions in a terminal."""

from __future__ import annotations

from retarus_pandas.errors import NotSignedInError
from retarus_pandas.notebook.display import signed_in_line
from retarus_pandas.notebook.signin import prompt
from retarus_pandas.notebook.signin.foreign import is_agreed, warning_of
from retarus_pandas.read import Surroundings, here
from retarus_pandas.session import (
    CREDENTIAL_VARIABLES,
    AccountCheck,
    Session,
    acquire_session,
    check_account,
    credentials_in_environment,
    current_session,
    endpoints_in_environment,
    known_login,
    make_current,
    session_of,
    was_logged_out,
)
from retarus_pandas.values import Credentials, Endpoints, Secret

__all__ = ["login", "show_login_form"]

_FROM_ENVIRONMENT = f"The credentials are those of {', '.join(CREDENTIAL_VARIABLES)} in the environment."
_LOG_OUT_FIRST = "To change that, log out first: '%retarus logout', or retarus_pandas.logout()."
_NOT_SHOWN = (
    "The login form is not shown here: it needs a frontend with widgets, such as JupyterLab, and the kernel that made "
    "it. In a notebook that was opened again, run this cell again; elsewhere, set "
    f"{', '.join(CREDENTIAL_VARIABLES)} in the environment before the kernel starts, or run: "
    'import getpass; retarus_pandas.login("CUSTOMER ID", "CLIENT ID", getpass.getpass("Client Secret: "))'
)
_NOTHING = Credentials("", "", Secret(""))


def login(
    customer_id: str | None = None,
    client_id: str | None = None,
    client_secret: str | Secret | None = None,
    *,
    api_url: str | None = None,
    token_url: str | None = None,
) -> Session | None:
    """Sign in, and make the session the current one.

    Without arguments, a notebook shows a form and a terminal asks. Who is signed in already, or has credentials in
    the environment, is not asked again; `logout` first to become somebody else: then the credentials of the
    environment are only offered.

    Parameters
    ----------
    customer_id, client_id, client_secret : str, optional
        With all three given nothing is asked; fewer are what the form starts with. A secret in a cell is saved with
        the notebook: leave it out, and the form asks for it.
    api_url, token_url : str, optional
        Other endpoints than the documented ones and those of ``RETARUS_API_URL`` and ``RETARUS_TOKEN_URL``.

    Returns
    -------
    Session or None
        None where the form was shown: it signs in when it is filled in.

    Raises
    ------
    AuthenticationError
        The token endpoint refused the credentials.
    NotSignedInError
        Nobody is there to be asked; the message names the environment variables to set.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> rt.login()  # doctest: +SKIP
    """
    # First of all, so that this frame holds no plain secret when anything below raises.
    client_secret = Secret.of(client_secret)
    given = Credentials.of(customer_id, client_id, client_secret)
    if len(given.missing) == 3 and not (api_url or token_url):
        session = _signed_in_already()
        if session is not None:
            return session
    known, endpoints = known_login(given, api_url, token_url)
    if given.missing or _is_to_be_asked_about(endpoints):
        return _ask(known, endpoints)
    return _sign_in(known, endpoints)


def show_login_form(note: str | None = None) -> bool:
    """Show the login form where there is somebody to fill it in.

    Parameters
    ----------
    note : str, optional
        Shown in the form, above the fields.

    Returns
    -------
    bool
        Whether it was shown.
    """
    if here() is not Surroundings.NOTEBOOK:
        return False
    _show(*known_login(_NOTHING, None, None), note or "")
    return True


def _signed_in_already() -> Session | None:
    """The session that needs no asking, after saying so.

    It is acquired anew, because one made from the environment is replaced where that was changed since: then it is
    the new secret that is tried, and not a token of before.
    """
    is_signed_in = current_session() is not None
    if not is_signed_in and (was_logged_out() or credentials_in_environment().missing):
        return None
    if not is_signed_in and _is_to_be_asked_about(endpoints_in_environment()):
        return None
    session = acquire_session()
    line = signed_in_line(session, session.sign_in())
    _say(f"{line}. {_LOG_OUT_FIRST if is_signed_in else _FROM_ENVIRONMENT}")
    return session


def _is_to_be_asked_about(endpoints: Endpoints) -> bool:
    """Whether the secret would go to a foreign host that nobody agreed to yet; a program cannot be asked."""
    host = endpoints.foreign_token_host
    return host is not None and not is_agreed(host) and here() is Surroundings.NOTEBOOK


def _say(line: str) -> None:
    print(line)  # noqa: T201 - who asks to sign in wants to read how it stands


def _ask(known: Credentials, endpoints: Endpoints) -> Session | None:
    where = here()
    if where is Surroundings.NOTEBOOK:
        host = endpoints.foreign_token_host
        _show(known, endpoints, warning_of(host) if host and not is_agreed(host) else "")
        return None
    if where is Surroundings.TERMINAL:
        session = _sign_in(prompt.ask(known), endpoints)
        _say(f"{signed_in_line(session, session.sign_in())}.{_doubt(check_account(session))}")
        return session
    if not known.missing:
        # After a log-out: a program that calls `login` all the same means the credentials it was given.
        session = _sign_in(known, endpoints)
        _say(f"{signed_in_line(session, session.sign_in())}. {_FROM_ENVIRONMENT}")
        return session
    raise NotSignedInError(
        f"Not signed in, and nobody is there to be asked; set {', '.join(CREDENTIAL_VARIABLES)} in the environment, "
        "or pass all three to retarus_pandas.login(…)."
    )


def _doubt(check: AccountCheck) -> str:
    """What is to be said of the customer ID; nothing, where it is good."""
    if check.is_refused:
        return f" The service refuses this customer, so check the customer ID: {check.reason}"
    return f" Whether the customer ID is right is not known yet: {check.reason}" if check.reason else ""


def _show(known: Credentials, endpoints: Endpoints, note: str) -> None:
    from retarus_pandas.notebook.signin.form import LoginForm
    from retarus_pandas.notebook.widgets import show

    form = LoginForm(_made, _sign_in_to_sandbox, known, endpoints)
    form.ask(note)
    show(form.panel, _NOT_SHOWN)


def _sign_in(credentials: Credentials, endpoints: Endpoints) -> Session:
    return make_current(_made(credentials, endpoints))


def _sign_in_to_sandbox() -> Session:
    from retarus_pandas.sandbox import LIVE_DAYS

    return _proven(Session.sandbox(days_ahead=LIVE_DAYS))


def _made(credentials: Credentials, endpoints: Endpoints) -> Session:
    return _proven(session_of(credentials, endpoints))


def _proven(session: Session) -> Session:
    """The session, once its credentials were accepted."""
    try:
        session.sign_in()
    except BaseException:  # an interrupt, too: nobody else could close it
        session.close()
        raise
    return session
