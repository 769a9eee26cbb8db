"""What may keep a read from working, checked one by one."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from retarus_pandas.errors import NotSignedInError, QueryError, RetarusError
from retarus_pandas.notebook import keyring_store
from retarus_pandas.notebook.display import Table, minutes
from retarus_pandas.service.probe import Probe, ca_bundle, probe, proxy_to
from retarus_pandas.session import Session, current_session
from retarus_pandas.surroundings import Surroundings, here
from retarus_pandas.values import Endpoints

__all__ = ["doctor"]

_REQUIRED = (
    "retarus-pandas",
    "pandas",
    "pyarrow",
    "graphql-core",
    "requests",
    "urllib3",
    "ipython",
    "ipywidgets",
    "tqdm",
)
_OPTIONAL = ("ipykernel", "jupyterlab", "keyring", "dask")

# Periods that end now are cut by this machine's clock.
_TOLERATED_SKEW = 30.0


@dataclass(frozen=True, slots=True)
class _Finding:
    check: str
    outcome: Literal["ok", "warn", "fail"]
    detail: str
    to_do: str = ""


def doctor(session: Session | None = None) -> pd.DataFrame:
    """Check versions, network, clock, sign-in, the service and the frontend. Secrets are not shown.

    Parameters
    ----------
    session : Session, optional
        The session to check; by default the current one, else one from the environment. Signed out, what needs no
        credentials is checked.

    Returns
    -------
    pandas.DataFrame
        A row for each check: ``check``; ``outcome``, one of ok, warn and fail; ``detail``; ``to_do``.
    """
    own = None if session or current_session() else _session_from_environment()
    try:
        return Table([asdict(finding) for finding in _all_findings(session or current_session() or own)])
    finally:
        if own is not None:
            own.close()


def _session_from_environment() -> Session | None:
    with suppress(RetarusError):
        return Session.from_env()
    return None


def _all_findings(session: Session | None) -> Iterator[_Finding]:
    endpoints = _endpoints(session)
    yield from _versions()
    yield _certificates()
    for name, url in [("token endpoint", endpoints.token_url), ("API", endpoints.api_url)]:
        yield from _host(name, url)
    yield from _credentials(session)
    yield _frontend()
    yield _keyring()


def _endpoints(session: Session | None) -> Endpoints:
    if session is not None:
        return Endpoints(session.api_url, session.token_url)
    usual = Endpoints()
    return Endpoints(
        os.environ.get("RETARUS_API_URL") or usual.api_url, os.environ.get("RETARUS_TOKEN_URL") or usual.token_url
    )


def _versions() -> Iterator[_Finding]:
    yield _Finding("Python", "ok", f"{platform.python_version()} on {platform.platform()}")
    for name in (*_REQUIRED, *_OPTIONAL):
        try:
            yield _Finding(name, "ok", version(name))
        except PackageNotFoundError:
            if name in _OPTIONAL:
                yield _Finding(name, "ok", "not installed; it is optional")
            else:
                yield _Finding(name, "fail", "not installed", f"pip install {name}")


def _certificates() -> _Finding:
    bundle = ca_bundle()
    if Path(bundle).exists():
        return _Finding("CA certificates", "ok", bundle)
    return _Finding(
        "CA certificates",
        "fail",
        f"there is no {bundle}",
        "correct REQUESTS_CA_BUNDLE (or CURL_CA_BUNDLE), or unset it",
    )


def _host(name: str, url: str) -> Iterator[_Finding]:
    """Whether it answers, by which way, and what time it is there."""
    proxy = proxy_to(url)
    way = f"by the proxy {proxy}" if proxy else "without a proxy"
    try:
        answer = probe(url)
    except RetarusError as error:
        yield _Finding(name, "fail", f"{url}, {way}: {error}", "check the address, the network, HTTPS_PROXY, NO_PROXY")
        return
    yield _Finding(name, "ok", f"{url} answers {way}")
    yield _clock(name, answer)


def _clock(name: str, answer: Probe) -> _Finding:
    if answer.skew is None:
        return _Finding(f"clock ({name})", "warn", "the server does not tell the time")
    seconds = answer.skew.total_seconds()
    detail = f"this machine is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    if abs(seconds) <= _TOLERATED_SKEW:
        return _Finding(f"clock ({name})", "ok", detail)
    return _Finding(f"clock ({name})", "warn", detail, "set this machine's clock; periods that end now are cut by it")


def _credentials(session: Session | None) -> Iterator[_Finding]:
    if session is None:
        yield _Finding("sign-in", "warn", _why_not_signed_in(), "run '%retarus login' or call retarus_pandas.login()")
        return
    who = f"customer {session.customer_id}, client {session.client_id}"
    signed_in = _attempt(
        "sign-in",
        lambda: f"{who}: token valid for {minutes(session.sign_in().remaining())}",
        "if it is the credentials: logout(), then login() with other ones",
    )
    yield signed_in
    if signed_in.outcome == "ok":
        yield _attempt("query", lambda: _ask_something(session), "ask the Retarus account manager for access")


def _why_not_signed_in() -> str:
    try:
        Session.from_env().close()
    except NotSignedInError as error:
        return str(error)
    except RetarusError as error:
        return f"the credentials in the environment cannot be used: {error}"
    return "not signed in"


def _attempt(check: str, act: Callable[[], str], to_do: str) -> _Finding:
    try:
        return _Finding(check, "ok", act())
    except RetarusError as error:
        return _Finding(check, "fail", str(error), to_do)


def _ask_something(session: Session) -> str:
    def read(body: bytes, status: int) -> Any:
        return None

    try:
        session.connection.post({"query": "{ __typename }"}, read)
    except QueryError as error:
        return f"the API accepts the token and answers, if only to refuse a trial query: {error}"
    return "the API accepts the token and answers"


def _frontend() -> _Finding:
    where = here()
    if where is not Surroundings.UNATTENDED:
        return _Finding("frontend", "ok", where.value)
    return _Finding("frontend", "warn", where.value, "nobody can be asked: sign in by the RETARUS_… variables")


def _keyring() -> _Finding:
    if keyring_store.is_usable():
        return _Finding("keyring", "ok", "credentials can be remembered on this computer")
    return _Finding("keyring", "ok", "none that can be used, so the form does not offer to remember")
