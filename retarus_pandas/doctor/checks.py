"""What may keep a read from working, checked one by one."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from retarus_pandas.doctor.comparing import compare_schemas
from retarus_pandas.doctor.finding import Finding
from retarus_pandas.doctor.probing import told_of_probe
from retarus_pandas.errors import NotSignedInError, RetarusError
from retarus_pandas.http import Probe, ca_bundle, probe, proxy_to
from retarus_pandas.read import Surroundings, Table, here, minutes
from retarus_pandas.session import (
    CREDENTIAL_VARIABLES,
    Session,
    current_session,
    endpoints_in_environment,
    usable_keyring,
)
from retarus_pandas.values import Endpoints, how_to_install

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


def doctor(session: Session | None = None) -> Table:
    """Check versions, network, clock, sign-in, the service and the frontend. Secrets are not shown.

    Where the service gives its schema, it is held against the one in use, by one request; no record is read.

    Parameters
    ----------
    session : Session, optional
        The session to check; by default the current one, else one from the environment. Signed out, what needs no
        credentials is checked.

    Returns
    -------
    Table
        A frame with a row for each check: ``check``; ``outcome``, one of ok, warn and fail; ``detail``; ``to_do``.
    """
    session = session or current_session()
    if session is not None:
        return _table(session, "")
    try:
        own = Session.from_env()
    except NotSignedInError as error:
        return _table(None, f"nobody is signed in: {', '.join(error.unset)} not set")
    except RetarusError as error:
        return _table(None, f"the credentials in the environment cannot be used: {error}")
    with own:
        return _table(own, "")


def _table(session: Session | None, why_none: str) -> Table:
    endpoints = _endpoints(session)
    findings = [
        *_versions(),
        _certificates(),
        *_host("token endpoint", endpoints.token_url),
        *_host("API", endpoints.api_url),
        *(_credentials(session) if session else [_signed_out(why_none)]),
        _frontend(),
        _keyring(),
    ]
    return Table([asdict(finding) for finding in findings])


def _endpoints(session: Session | None) -> Endpoints:
    if session is not None:
        return Endpoints(session.api_url, session.token_url)
    return endpoints_in_environment()


def _versions() -> Iterator[Finding]:
    yield Finding("Python", "ok", f"{platform.python_version()} on {platform.platform()}")
    for name in (*_REQUIRED, *_OPTIONAL):
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            if name in _OPTIONAL:
                yield Finding(name, "ok", "not installed; it is optional")
            else:
                yield Finding(name, "fail", "not installed", how_to_install(package=name))


def _certificates() -> Finding:
    bundle = ca_bundle()
    if Path(bundle).exists():
        return Finding("CA certificates", "ok", bundle)
    return Finding(
        "CA certificates",
        "fail",
        f"there is no {bundle}",
        "correct REQUESTS_CA_BUNDLE (or CURL_CA_BUNDLE), or unset it",
    )


def _host(name: str, url: str) -> Iterator[Finding]:
    """Whether it answers, by which way, and what time it is there."""
    proxy = proxy_to(url)
    way = f"by the proxy {proxy}" if proxy else "without a proxy"
    try:
        answer = probe(url)
    except RetarusError as error:
        yield Finding(name, "fail", f"{url}, {way}: {error}", "check the address, the network, HTTPS_PROXY, NO_PROXY")
        return
    yield Finding(name, "ok", f"{url} answers {way}")
    yield _clock(name, answer)


def _clock(name: str, answer: Probe) -> Finding:
    if answer.skew is None:
        return Finding(f"clock ({name})", "warn", "the server does not tell the time")
    seconds = answer.skew.total_seconds()
    detail = f"this machine is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
    if abs(seconds) <= _TOLERATED_SKEW:
        return Finding(f"clock ({name})", "ok", detail)
    return Finding(f"clock ({name})", "warn", detail, "set this machine's clock; periods that end now are cut by it")


def _signed_out(why: str) -> Finding:
    variables = ", ".join(CREDENTIAL_VARIABLES)
    return Finding("sign-in", "warn", why, f"set {variables} in the environment, or call retarus_pandas.login()")


def _credentials(session: Session) -> Iterator[Finding]:
    foreign = session.endpoints.foreign_token_host
    by = f", by the foreign host {foreign}" if foreign else ""
    who = f"customer {session.customer_id}, client {session.client_id}{by}"
    signed_in = _attempt(
        "sign-in",
        lambda: f"{who}: token valid for {minutes(session.sign_in().remaining())}",
        "if it is the credentials: correct them in the environment, "
        "or call retarus_pandas.logout() and retarus_pandas.login()",
    )
    yield signed_in
    if signed_in.outcome == "ok":
        query = _attempt("query", lambda: _ask_something(session), "ask the Retarus account manager for access")
        yield query
        if query.outcome == "ok":
            yield compare_schemas(session)
            yield Finding("probe", "ok", told_of_probe(session.known.profile))


def _attempt(check: str, act: Callable[[], str], to_do: str) -> Finding:
    try:
        return Finding(check, "ok", act())
    except RetarusError as error:
        return Finding(check, "fail", str(error), to_do)


def _ask_something(session: Session) -> str:
    # That a trial query is refused in good order is as good a sign; asked once, the doctor need not be patient.
    session.post({"query": "{ __typename }"}, lambda body, status: None, retry=False)
    return "the API accepts the token and answers"


def _frontend() -> Finding:
    where = here()
    if where is not Surroundings.UNATTENDED:
        return Finding("frontend", "ok", where.value)
    return Finding("frontend", "warn", where.value, "nobody can be asked: sign in by the RETARUS_… variables")


def _keyring() -> Finding:
    keyring = usable_keyring()
    if keyring is not None and keyring.is_plain_text:
        return Finding("keyring", "warn", f"{keyring.name} keeps what it is given as plain text")
    if keyring is not None:
        return Finding("keyring", "ok", "credentials can be remembered on this computer")
    return Finding("keyring", "ok", "none that can be used, so the form does not offer to remember")
